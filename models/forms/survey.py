"""The results of a group's sociological survey (điều tra xã hội học): the answers of every unit, leaf by leaf.

Its sheets: tasks/forms/survey.py; what is right in it: expectations/survey.py.
"""

from models.criteria.sets import Source
from models.forms.base import FormDescription, Subject
from models.forms.sources import Stage
from models.forms.tables import FACT_TABLE

FORM = FormDescription(
    id="survey",
    label="Phiếu nhập kết quả khảo sát",
    step="khảo sát",
    file_stem="khao-sat",
    subject=Subject.GROUP,
    tables=(FACT_TABLE,),
    title="Kết quả điều tra xã hội học",
    stage=Stage.SURVEY,
    states=frozenset({Source.SURVEY}),
)
