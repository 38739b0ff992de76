"""The kinds of rule there are.

A new kind is declared by one more line below; what it has left unsaid is refused then, by name.
"""

from models.criteria.rules.binary import BinaryRule
from models.criteria.rules.by_fact import ByFactRule
from models.criteria.rules.checklist import ChecklistRule
from models.criteria.rules.deduction import DeductionRule
from models.criteria.rules.external import ExternalRule
from models.criteria.rules.kinds import RULE_KINDS, AnyRule, declare, meant_kind
from models.criteria.rules.min_max import MinMaxRule
from models.criteria.rules.on_time import OnTimeRule
from models.criteria.rules.options import OptionsRule
from models.criteria.rules.points import PointsRule
from models.criteria.rules.proportional import ProportionalRule
from models.criteria.rules.survey import SurveyRule
from models.criteria.rules.tiers import TiersRule
from models.criteria.rules.within import WithinRule

__all__ = ["RULE_KINDS", "AnyRule", "declare", "meant_kind"]

declare(PointsRule)
declare(BinaryRule)
declare(OptionsRule)
declare(TiersRule)
declare(ProportionalRule)
declare(OnTimeRule)
declare(WithinRule)
declare(ChecklistRule)
declare(DeductionRule)
declare(SurveyRule)
declare(ExternalRule)
declare(ByFactRule)
declare(MinMaxRule)
