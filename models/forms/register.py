"""The register (sổ theo dõi) of a group: what other agencies keep, bonus and penalty, with their basis.

Its sheets: tasks/forms/register.py; what is right in it: expectations/register.py.
"""

from models.criteria.sets import Source
from models.forms.base import FormDescription, Subject
from models.forms.sources import Stage
from models.forms.tables import FACT_TABLE

FORM = FormDescription(
    id="register",
    label="Sổ theo dõi, điểm thưởng, điểm trừ",
    step="sổ theo dõi",
    file_stem="theo-doi",
    subject=Subject.GROUP,
    tables=(FACT_TABLE,),
    title="Sổ theo dõi, điểm thưởng, điểm trừ",
    stage=Stage.REGISTER,
    states=frozenset({Source.REGISTER, Source.EXTERNAL}),
    states_blocks=True,
)
