"""The sample province's figures: criteria sets and a fixed seed → facts-2025.csv, scores-2025.csv, history-2024.csv.

Everything is made up. A unit has a level between 0 and 1000; every figure of the unit is drawn near that level, so good
units are good in most things. Named situations (a commune that sends nothing, two that tie, a department with late
dossiers and the like) are declared on top of the draw. Only whole numbers are drawn and only Decimal is divided, so the
files come out the same byte for byte everywhere.

Run from the root of the repository: python examples/tinh-mau/generate.py
"""

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import singledispatch
from pathlib import Path
from random import Random
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1]))

from models.criteria.facts import NEVER_DONE  # noqa: E402
from models.criteria.rules.base import Rule  # noqa: E402
from models.criteria.rules.binary import BinaryRule  # noqa: E402
from models.criteria.rules.checklist import ChecklistRule  # noqa: E402
from models.criteria.rules.deduction import DeductionRule  # noqa: E402
from models.criteria.rules.external import ExternalRule  # noqa: E402
from models.criteria.rules.on_time import OnTimeRule  # noqa: E402
from models.criteria.rules.options import OptionsRule  # noqa: E402
from models.criteria.rules.points import PointsRule  # noqa: E402
from models.criteria.rules.proportional import ProportionalRule  # noqa: E402
from models.criteria.rules.survey import SurveyRule  # noqa: E402
from models.criteria.rules.tiers import Measured, TiersRule  # noqa: E402
from models.criteria.sets import CriteriaSet, Leaf, Source  # noqa: E402
from models.numbers import HUNDRED, plain, printed  # noqa: E402
from models.province.folder import Province, load_province  # noqa: E402
from models.province.rounds import STANDARD_GRADES  # noqa: E402
from models.units import Unit  # noqa: E402

SEED = 20250701
YEAR = 2025
CENT = Decimal("0.01")
Facts = dict[str, str]
Quantities = dict[str, int]

# --- Situations -----------------------------------------------------------------------------------------------------

SENDS_NOTHING = "xa-ba-lam"
NOT_APPRAISED = "so-cong-thuong"  # sends its form after the agencies have sent theirs
TIED = {"xa-xuan-hoa": "xa-tan-phu"}  # the first sends and receives exactly what the second does
NOT_SURVEYED = {("so-ngoai-vu", "8.3.1"), ("so-ngoai-vu", "8.3.2")}
LEFT_BLANK = {
    ("so-y-te", "4.5.1"),
    ("so-gd-dt", "7.7.1"),
    ("xa-son-trung", "1.4.2"),
    ("xa-ha-thuong", "5.2.2"),
    ("xa-dong-an", "7.5.2"),
    ("p-an-hoi", "2.3.1"),
    ("dk-hon-nhan", "3.7"),
}
LEVELS = {
    "so-xay-dung": 900,
    "so-tu-phap": 990,
    "so-ngoai-vu": 420,
    "bql-kkt": 450,
    "p-hoa-giang": 1000,
    "xa-an-loc": 900,
    "xa-hung-thuan": 400,
    "xa-giang-son": 410,
    "xa-ha-thuong": 380,
    "xa-tan-phu": 640,
    "dk-con-sa": 430,
}
FIXED_FACTS: dict[tuple[str, str], Facts] = {
    ("xa-an-loc", "5.4.1"): {"staff_disciplined": "0", "leaders_disciplined": "1"},
    ("p-hoa-giang", "1.5"): {"option": "ap_dung"},
}
FIXED_SHARES = {("so-xay-dung", "3.4.1"): 931}  # too many late dossiers for so good a department
BLOCK_COUNTS = {
    ("so-noi-vu", "DT.3"): 1,
    ("so-tu-phap", "DT.1"): 2,
    ("so-tu-phap", "DT.2"): 1,
    ("so-kh-cn", "DT.1"): 1,
    ("so-y-te", "DP.1"): 1,
    ("bql-kkt", "DP.1"): 2,
    ("p-hoa-giang", "DT.1"): 1,
    ("p-long-khe", "DT.2"): 1,
    ("p-thanh-my", "DT.1"): 1,
    ("xa-long-dien", "DT.2"): 2,
    ("xa-giang-trung", "DT.3"): 1,
    ("xa-giang-son", "DP.1"): 1,
    ("xa-hung-thuan", "DP.3"): 1,
    ("xa-vinh-thanh", "DP.2"): 1,
}
Score = tuple[str, str, str, str, str, str]  # unit, component, source, points, not_applicable, note
FIXED_SCORES: tuple[Score, ...] = (
    ("so-kh-cn", "4.2", "self", "0.75", "0", "Tự chấm; số liệu chi tiết gửi kèm báo cáo giải trình"),
    ("xa-lam-giang", "7.6", "self", "0.5", "0", "Tự chấm; đã gửi ảnh chụp phòng họp không giấy"),
    ("p-hoa-giang", "1.5", "appraisal", "0.5", "0", "Mô hình chưa có báo cáo đánh giá hiệu quả sau khi áp dụng"),
    ("p-hoa-giang", "1.5", "council", "1", "0", "Hội đồng thống nhất công nhận sau khi xem xét báo cáo bổ sung"),
    ("xa-giang-son", "6.4.1", "appraisal", "0", "0", "Không chấp nhận đề nghị không áp dụng: xã có được giao vốn"),
    ("so-vh-tt-dl", "DT.2", "bonus", "0.5", "0", "Mô hình tiếp nhận hồ sơ lưu động được hai địa phương áp dụng"),
    ("xa-my-hoa", "DT.1", "bonus", "1", "0", "Quyết định công nhận sáng kiến cấp tỉnh kèm theo hồ sơ"),
    ("p-5", "DP.1", "penalty", "0.5", "0", "Văn bản phê bình về chậm xử lý phản ánh, kiến nghị"),
)
GRANTED: tuple[tuple[str, str, str, str], ...] = (
    ("so-ngoai-vu", "2.1.1", "appraisal", "Trong năm không được giao soạn thảo văn bản quy phạm pháp luật"),
    ("so-ngoai-vu", "2.1.2", "appraisal", "Trong năm không được giao soạn thảo văn bản quy phạm pháp luật"),
    ("so-ngoai-vu", "7.5", "appraisal", "Không có TTHC phải nộp phí, lệ phí"),
    ("so-dt-tg", "3.5.1", "appraisal", "Trong năm không phát sinh phản ánh, kiến nghị"),
    ("so-dt-tg", "3.5.2", "appraisal", "Trong năm không phát sinh phản ánh, kiến nghị"),
    ("so-dt-tg", "7.5", "appraisal", "Không có TTHC phải nộp phí, lệ phí"),
    ("so-noi-vu", "6.3", "appraisal", "Không có kiến nghị về tài chính phải thực hiện trong năm"),
    ("so-tu-phap", "6.3", "appraisal", "Không có kiến nghị về tài chính phải thực hiện trong năm"),
    ("thanh-tra", "2.1.1", "appraisal", "Trong năm không được giao soạn thảo văn bản quy phạm pháp luật"),
    ("thanh-tra", "2.1.2", "appraisal", "Trong năm không được giao soạn thảo văn bản quy phạm pháp luật"),
    ("bql-kkt", "2.2.3", "appraisal", "Kết quả rà soát không có văn bản cần xử lý"),
    ("dk-con-sa", "6.3.2", "council", "Đơn vị thành lập mới, không có trụ sở, tài sản dôi dư; Hội đồng chấp nhận"),
    ("dk-con-sa", "6.4.1", "appraisal", "Đơn vị thành lập mới, chưa được giao kế hoạch vốn năm 2025"),
    ("dk-con-sa", "6.4.2", "appraisal", "Đơn vị thành lập mới, chưa được giao kế hoạch vốn năm 2025"),
    ("dk-con-sa", "6.5", "appraisal", "Không có kiến nghị về tài chính phải thực hiện trong năm"),
)
NO_LATE_DOSSIER = "Trong năm không có hồ sơ giải quyết trễ hạn"
NO_CASE: dict[str, tuple[int, str]] = {  # communes: out of 1000, how many had no case; why it was granted
    "2.1.2": (300, "Trong kỳ không phát sinh văn bản quy phạm pháp luật phải ban hành"),
    "2.3.2": (380, "Qua tự kiểm tra không phát hiện văn bản có sai sót"),
    "6.3.2": (60, "Không có trụ sở, tài sản dôi dư sau sắp xếp"),
    "6.5": (420, "Không có kiến nghị về tài chính phải thực hiện trong năm"),
}
RARE_CASES = frozenset(
    {"leaders_disciplined", "staff_disciplined", "unlawful", "alcohol", "no_consultation", "missing"}
)

# --- Sizes of things ------------------------------------------------------------------------------------------------

RECEIVED = {  # dossiers received by a department in a year
    "so-noi-vu": 5260,
    "so-tu-phap": 18740,
    "so-tai-chinh": 9385,
    "so-cong-thuong": 12410,
    "so-nn-mt": 21930,
    "so-xay-dung": 14875,
    "so-kh-cn": 1340,
    "so-vh-tt-dl": 2215,
    "so-gd-dt": 3480,
    "so-y-te": 6890,
    "so-dt-tg": 145,
    "so-ngoai-vu": 210,
    "bql-kcn": 1875,
    "bql-kkt": 940,
}
DENOMINATORS: dict[str, dict[str, str | tuple[int, int]]] = {  # a quantity of the unit, or a range to draw from
    "so-2025": {
        "1.1.3": (24, 48),
        "1.3.1": "rooms",
        "1.3.2": (4, 14),
        "1.6.1": (60, 240),
        "1.7.2": (24, 36),
        "2.1.1": (2, 9),
        "2.2.2": (8, 45),
        "2.2.3": (3, 12),
        "3.1.3": (240, 1450),
        "3.2.1": (4, 14),
        "3.2.2": "procedures",
        "3.3.1": "procedures",
        "3.3.2": (3, 15),
        "3.4.1": "resolved",
        "3.4.2": "late",
        "3.4.3": "received",
        "3.5.1": (3, 40),
        "4.4.1": "service_units_2021",
        "4.4.2": "staff",
        "4.5.2": (2, 9),
        "5.1.2": "staff",
        "5.3.2": "graded_well",
        "5.4.1": (40, 180),
        "5.5": "leaders",
        "6.1.1": (18000, 260000),
        "6.3": (80, 3200),
        "6.5": "service_units",
        "7.1.2": (12, 30),
        "7.2.1": "documents",
        "7.2.2": "all_leaders",
        "7.3.1": "procedures_fit",
        "7.3.2": "procedures_online",
        "7.4": "received",
        "7.5": "with_fee",
        "7.6.1": "received",
        "7.6.2": "resolved",
    },
    "xa-2025": {
        "1.1.3": (18, 36),
        "1.3.2": (3, 14),
        "1.6.1": (30, 120),
        "1.7.2": (12, 26),
        "2.1.2": (1, 4),
        "2.2.2": (12, 60),
        "2.3.2": (1, 6),
        "3.1.1": "procedures",
        "3.2.1": "procedures",
        "3.2.3": (80, 300),
        "3.3.1": "births",
        "3.3.2": "deaths",
        "3.4.1": "resolved",
        "3.4.2": "late",
        "3.4.3": "received",
        "3.5.1": (2, 35),
        "3.7": "resolved",
        "4.4.1": "villages",
        "5.1.1": "staff",
        "5.1.2": "staff",
        "5.2.1": (20, 70),
        "5.2.2": "staff",
        "5.3.2": "graded_well",
        "6.1": (2500, 48000),
        "6.4.1": (3200, 64000),
        "6.5": (20, 900),
        "7.1.1": "documents",
        "7.1.2": "counter_staff",
        "7.2.1": "received",
        "7.2.2": "procedures_online",
        "7.3": "with_fee",
        "7.4.1": "received",
        "7.4.2": "resolved",
        "7.5.2": "villages",
        "7.7.1": "adults",
        "7.7.2": "households",
    },
}
SHARES: dict[str, dict[str, tuple[int, int]]] = {  # out of 1000: share at level 0 and at level 1000
    "so-2025": {
        "1.3.1": (60, 480),
        "3.1.3": (70, 400),
        "3.4.1": (938, 1001),
        "3.4.2": (300, 1050),
        "4.4.1": (0, 170),
        "4.4.2": (10, 85),
        "5.3.2": (290, 150),
        "5.4.1": (730, 1120),
        "7.3.1": (500, 1030),
        "7.3.2": (250, 930),
        "7.4": (350, 1000),
        "7.5": (180, 1000),
        "7.6.1": (450, 1020),
        "7.6.2": (500, 1020),
    },
    "xa-2025": {
        "3.4.1": (943, 1001),
        "3.4.2": (300, 1050),
        "3.7": (90, 420),
        "5.3.2": (290, 150),
        "6.1": (760, 1260),
        "7.2.1": (380, 980),
        "7.2.2": (120, 760),
        "7.3": (250, 950),
        "7.4.1": (420, 1020),
        "7.4.2": (450, 1020),
        "7.5.2": (500, 1040),
    },
}
PARTS = {("so-2025", "7.3.1"): "procedures_online"}  # a numerator that is another leaf's denominator
REMAINDERS = {  # what is left of a denominator and is another leaf's denominator
    ("so-2025", "3.4.1"): "late",
    ("so-2025", "4.4.1"): "service_units",
    ("xa-2025", "3.4.1"): "late",
    ("so-2025", "1.6.1"): "tasks_late",
    ("xa-2025", "1.6.1"): "tasks_late",
}
NO_MORE_THAN = {"1.6.2": "tasks_late"}  # tasks still open cannot be more than tasks not done in time
DAYS_OFF = (  # Tết and 2 September: nobody signs a document then
    (date(2025, 1, 1), date(2025, 1, 1)),
    (date(2025, 1, 25), date(2025, 2, 2)),
    (date(2025, 9, 1), date(2025, 9, 2)),
)


def quantities_of(unit: Unit, dice: Random) -> Quantities:
    """How large a unit is: the numbers that several of its figures share."""
    return _department(unit, dice) if unit.kind == "so" else _commune(unit, dice)


def _department(unit: Unit, dice: Random) -> Quantities:
    received = RECEIVED.get(unit.code, 0)
    procedures = dice.randint(36, 60) if received < 1000 else dice.randint(70, 190)
    staff = dice.randint(48, 165)
    leaders = dice.randint(14, 34)
    return {
        "rooms": dice.randint(6, 14),
        "received": received,
        "resolved": received * dice.randint(965, 995) // 1000,
        "procedures": procedures,
        "procedures_fit": procedures * dice.randint(620, 880) // 1000,
        "with_fee": received * dice.randint(300, 650) // 1000,
        "staff": staff,
        "graded_well": staff * dice.randint(860, 960) // 1000,
        "leaders": leaders,
        "all_leaders": leaders + dice.randint(3, 4),
        "service_units_2021": dice.randint(6, 26),
        "documents": dice.randint(2600, 9400),
    }


def _commune(unit: Unit, dice: Random) -> Quantities:
    adults = dice.randint(600, 900) if unit.kind == "dac_khu" else dice.randint(9000, 31000)
    received = adults * dice.randint(140, 310) // 1000
    procedures = 421
    staff = dice.randint(24, 30) if unit.kind == "dac_khu" else dice.randint(38, 66)
    return {
        "received": received,
        "resolved": received * dice.randint(965, 995) // 1000,
        "procedures": procedures,
        "procedures_online": dice.randint(140, 210),
        "with_fee": received * dice.randint(250, 500) // 1000,
        "staff": staff,
        "counter_staff": dice.randint(6, 14),
        "graded_well": staff * dice.randint(860, 960) // 1000,
        "documents": dice.randint(900, 3600),
        "villages": dice.randint(2, 4) if unit.kind == "dac_khu" else dice.randint(9, 28),
        "births": adults * dice.randint(5, 8) // 1000 + 2,
        "deaths": adults * dice.randint(2, 4) // 1000 + 1,
        "adults": adults,
        "households": adults * dice.randint(330, 380) // 1000,
    }


# --- One leaf's facts -----------------------------------------------------------------------------------------------


class Draw(NamedTuple):
    """What the facts of one leaf are drawn from: a level between 0 and 1000, and the quantities that the unit has."""

    leaf: Leaf
    set_id: str
    unit: str
    level: int
    quantities: Quantities
    dice: Random


@singledispatch
def facts_of(rule: Rule, draw: Draw) -> Facts:
    """Facts that suit the level."""
    raise TypeError(f"no facts for {type(rule).__name__}")


@facts_of.register
def _(rule: PointsRule, draw: Draw) -> Facts:
    step = rule.step or Decimal("0.25")
    return {"points": plain(step * (draw.level * (int(draw.leaf.max / step) + 1) // 1001))}


@facts_of.register
def _(rule: BinaryRule, draw: Draw) -> Facts:
    return {"done": _yes(450 + draw.level * 55 // 100, draw.dice)}


@facts_of.register
def _(rule: OptionsRule, draw: Draw) -> Facts:
    best_first = sorted(rule.options, key=lambda option: -option.points)
    return {"option": best_first[min(len(best_first) - 1, (1000 - draw.level) * len(best_first) // 1000)].id}


@facts_of.register
def _(rule: TiersRule, draw: Draw) -> Facts:
    if rule.of is Measured.RATIO:
        bounds = [int(tier.bound) * 10 for tier in rule.tiers if tier.bound is not None]
        return _ratio(draw, (bounds[-1] - 130, bounds[0] + 60), rule.may_exceed)
    count, code = _number_on_scale(rule, draw.level), draw.leaf.code
    return {"value": str(min(count, draw.quantities[NO_MORE_THAN[code]]) if code in NO_MORE_THAN else count)}


@facts_of.register
def _(rule: ProportionalRule, draw: Draw) -> Facts:
    return _ratio(draw, (max(350, int(rule.floor) * 10 - 130), 1030), rule.may_exceed)


@facts_of.register
def _(rule: OnTimeRule, draw: Draw) -> Facts:
    return {"date": _day(rule, draw.level, draw.dice)}


@facts_of.register
def _(rule: ChecklistRule, draw: Draw) -> Facts:
    chance = (700 if rule.all_required else 420) + draw.level * (30 if rule.all_required else 58) // 100
    return {item.id: _yes(chance, draw.dice) for item in rule.items}


@facts_of.register
def _(rule: DeductionRule, draw: Draw) -> Facts:
    return {case.id: str(_cases(case.id, draw.level, draw.dice)) for case in rule.cases}


@facts_of.register
def _(rule: SurveyRule, draw: Draw) -> Facts:
    return _survey(rule, draw.level, draw.dice)


@facts_of.register
def _(rule: ExternalRule, draw: Draw) -> Facts:
    return {"value": plain(Decimal(560 + draw.level * 39 // 100 + draw.dice.randint(-12, 12)) / 10)}


def _ratio(draw: Draw, usual_shares: tuple[int, int], may_exceed: bool) -> Facts:
    """A part and its whole; the usual shares are those out of 1000 at level 0 and 1000, somewhat beyond the bounds."""
    code, quantities = draw.leaf.code, draw.quantities
    size = DENOMINATORS[draw.set_id][code]
    denominator = quantities[size] if isinstance(size, str) else draw.dice.randint(*size)
    worst, best = SHARES[draw.set_id].get(code) or usual_shares
    share = FIXED_SHARES.get((draw.unit, code), worst + (best - worst) * draw.level // 1000)
    numerator = max(0, (denominator * share + 500) // 1000)
    if not may_exceed:
        numerator = min(denominator, numerator)
    if name := PARTS.get((draw.set_id, code)):
        quantities[name] = numerator
    if name := REMAINDERS.get((draw.set_id, code)):
        quantities[name] = denominator - numerator
    return {"numerator": str(numerator), "denominator": str(denominator)}


def _number_on_scale(rule: TiersRule, level: int) -> int:
    """A count that reaches every step of the scale somewhere between level 0 and 1000."""
    bounds = [int(tier.bound) for tier in rule.tiers if tier.bound is not None]
    if rule.tiers[0].rises:
        return (bounds[-1] * 500 + (bounds[0] * 1300 - bounds[-1] * 500) * level // 1000 + 500) // 1000
    return max(0, (bounds[-1] + 2) * (760 - level) // 700 + (1 if level < 760 else 0))


def _yes(chance: int, dice: Random) -> str:
    return "1" if dice.randint(1, 1000) <= chance else "0"


def _day(rule: OnTimeRule, level: int, dice: Random) -> str:
    if level < 90:
        return NEVER_DONE
    earliest, latest = rule.period(YEAR)
    days = dice.randint(0, 18) if level >= 380 else -dice.randint(2, 36)
    day = min(max(rule.deadline_in(YEAR) - timedelta(days), earliest), latest)
    before, after = _working_day(day, -1), _working_day(day)
    early = after > latest or (days >= 0 and before >= earliest)
    return (before if early else after).isoformat()


def _working_day(day: date, step: int = 1) -> date:
    """The day itself, or the next one (or the one before, with step -1) on which documents are signed."""
    while day.weekday() > 4 or any(first <= day <= last for first, last in DAYS_OFF):
        day += timedelta(step)
    return day


def _cases(case: str, level: int, dice: Random) -> int:
    if case == "leaders_disciplined":
        return 0
    chance = (1000 - level) // (9 if case in RARE_CASES else 2)
    return dice.randint(1, 1 if case in RARE_CASES else 3) if dice.randint(1, 1000) <= chance else 0


def _survey(rule: SurveyRule, level: int, dice: Random) -> Facts:
    if rule.scale is not None:
        lowest, highest = (330, 485) if rule.scale == 5 else (660, 970)
        return {"mean": plain(Decimal(lowest + (highest - lowest) * level // 1000) / 100)}
    if len(rule.answers) == 5:
        forms, best, good = dice.randint(90, 260), 170 + level * 45 // 100, 400 - level * 6 // 100
        rest: tuple[int, ...] = (650, 250, 100)
    else:
        forms, best, good = dice.randint(24, 80), 300 + level * 60 // 100, 360 - level * 28 // 100
        rest = (720, 280)
    counts = [forms * best // 1000, forms * good // 1000]
    left = forms - sum(counts)
    counts += [left * share // 1000 for share in rest[1:]]
    counts.insert(2, forms - sum(counts))
    counted = {answer.id: str(count) for answer, count in zip(rule.answers, counts, strict=True)}
    return {**counted, "forms": str(forms)} if rule.forms else counted


# --- One unit -------------------------------------------------------------------------------------------------------


class Sample:
    """The files being filled: facts and scores in the order of groups, units and leaves."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.facts: list[tuple[str, str, str, str]] = []
        self.scores: list[Score] = []

    def add_unit(self, unit: Unit, criteria_set: CriteriaSet) -> None:
        """Draw everything of one unit."""
        like = TIED.get(unit.code, unit.code)
        dice = Random(f"{SEED} {like}")
        level = LEVELS.get(like, 330 + dice.randint(0, 330) + dice.randint(0, 330))
        quantities = quantities_of(unit, dice)
        granted = {component: (source, note) for code, component, source, note in GRANTED if code == like}
        known: dict[str, Facts] = {}
        for leaf in criteria_set.leaves:
            near = min(1000, max(0, level + dice.randint(-210, 210)))
            drawn = facts_of(leaf.rule, Draw(leaf, criteria_set.id, like, near, quantities, dice))
            if not leaf.applies_to(unit.code, unit.kind):
                continue
            reason = granted.get(leaf.code) or self._no_case(leaf, criteria_set, quantities, like, dice)
            if reason:
                self.scores.append((unit.code, leaf.code, reason[0], "", "1", reason[1]))
            elif not self._withheld(unit.code, leaf):
                known[leaf.code] = FIXED_FACTS.get((like, leaf.code), drawn)
        self._write_facts(unit.code, criteria_set, known)
        self._appraise(unit.code, criteria_set, known, dice)
        self.scores += [score for score in FIXED_SCORES if score[0] == unit.code]

    @staticmethod
    def _no_case(
        leaf: Leaf, criteria_set: CriteriaSet, quantities: Quantities, unit: str, dice: Random
    ) -> tuple[str, str] | None:
        if leaf.code == "3.4.2":
            return None if quantities["late"] else ("appraisal", NO_LATE_DOSSIER)
        if criteria_set.id != "xa-2025" or leaf.code not in NO_CASE:
            return None
        chance, note = NO_CASE[leaf.code]
        return ("appraisal", note) if dice.randint(1, 1000) <= chance else None

    @staticmethod
    def _withheld(unit: str, leaf: Leaf) -> bool:
        """Whether the facts of this leaf are among those that never came."""
        claimed = {score[:2] for score in FIXED_SCORES if score[2] == "self" or score[5].startswith("Không chấp nhận")}
        return (unit, leaf.code) in LEFT_BLANK | NOT_SURVEYED | claimed

    def _write_facts(self, unit: str, criteria_set: CriteriaSet, known: Mapping[str, Facts]) -> None:
        for component, facts in known.items():
            fields = criteria_set.by_code[component].rule.fields
            self.facts += [(unit, component, field.id, facts[field.id]) for field in fields]
        for (code, item), count in BLOCK_COUNTS.items():
            if code == unit:
                self.facts.append((unit, item, "count", str(count)))

    def _appraise(self, unit: str, criteria_set: CriteriaSet, known: Mapping[str, Facts], dice: Random) -> None:
        """The appraisers find less than was claimed in a few leaves."""
        settled = {score[1] for score in FIXED_SCORES if score[0] == unit}
        open_leaves = [
            leaf
            for leaf in criteria_set.leaves
            if leaf.code in known and leaf.source is Source.SELF and leaf.code not in settled
        ]
        open_leaves = [leaf for leaf in open_leaves if leaf.criterion not in ("3.4", "5.4", "5.6")]
        chosen = dice.sample(open_leaves, dice.randint(3, 7))
        for leaf in sorted(chosen, key=criteria_set.leaves.index):
            found, note = corrected(leaf.rule, known[leaf.code])
            before = leaf.rule.points(known[leaf.code], leaf.max, YEAR).points
            after = leaf.rule.points(found, leaf.max, YEAR).points
            assert before is not None
            assert after is not None
            after = after.quantize(CENT, ROUND_HALF_UP)
            if after < before and unit != NOT_APPRAISED:
                self.scores.append((unit, leaf.code, "appraisal", plain(after), "0", note))


@singledispatch
def corrected(rule: Rule, facts: Facts) -> tuple[Facts, str]:
    """Facts as an appraiser finds them in the evidence, and the reason that is noted."""
    raise TypeError(f"no correction for {type(rule).__name__}")


@corrected.register
def _(rule: ProportionalRule, facts: Facts) -> tuple[Facts, str]:
    fewer = int(facts["numerator"]) * 92 // 100
    confirmed = f"{fewer}/{facts['denominator']} ({rule.numerator})"
    return {**facts, "numerator": str(fewer)}, f"Tài liệu kiểm chứng chỉ xác nhận được {confirmed}"


@corrected.register
def _(rule: TiersRule, facts: Facts) -> tuple[Facts, str]:
    if rule.of is Measured.NUMBER:
        return {"value": str(int(facts["value"]) * 3 // 5)}, "Một số minh chứng trùng lặp hoặc không đúng nội dung CCHC"
    other = int(facts["numerator"]) * (86 if rule.tiers[0].rises else 120) // 100
    other = min(other, int(facts["denominator"]))
    return {**facts, "numerator": str(other)}, "Số liệu đối chiếu trên hệ thống khác với số liệu báo cáo"


@corrected.register
def _(rule: BinaryRule, facts: Facts) -> tuple[Facts, str]:
    return {"done": "0"}, "Tài liệu kiểm chứng chưa đủ căn cứ xác nhận đạt yêu cầu"


@corrected.register
def _(rule: OptionsRule, facts: Facts) -> tuple[Facts, str]:
    best_first = sorted(rule.options, key=lambda option: -option.points)
    at = [option.id for option in best_first].index(facts["option"])
    return {"option": best_first[min(at + 1, len(best_first) - 1)].id}, "Minh chứng chưa đủ cho mức đã chọn"


@corrected.register
def _(rule: OnTimeRule, facts: Facts) -> tuple[Facts, str]:
    late = _working_day(rule.deadline_in(YEAR) + timedelta(5))
    return {"date": late.isoformat()}, f"Ngày ký trên văn bản là {late:%d/%m/%Y}"


@corrected.register
def _(rule: ChecklistRule, facts: Facts) -> tuple[Facts, str]:
    last = next((item for item in reversed(rule.items) if facts[item.id] == "1"), rule.items[-1])
    return {**facts, last.id: "0"}, f"Chưa có tài liệu kiểm chứng đối với nội dung: {last.label}"


@corrected.register
def _(rule: DeductionRule, facts: Facts) -> tuple[Facts, str]:
    first = rule.cases[0]
    return {**facts, first.id: str(int(facts[first.id]) + 1)}, f"Bổ sung một trường hợp chưa kê khai: {first.label}"


# --- Last year ------------------------------------------------------------------------------------------------------

MAXIMA_2024 = {"thanh-tra": Decimal("71.5"), "van-phong": Decimal("71.5"), "so-ngoai-vu": Decimal("96.5")}
UNRANKED_2024 = frozenset({"thanh-tra"})
HISTORY_KINDS = {"so": ("so",), "huyen": ("huyen",), "xa": ("xa_cu", "phuong_cu", "thi_tran_cu")}


def history_rows(province: Province) -> list[Sequence[str]]:
    """Last year's published tables, best unit first, with shared ranks where indices are equal."""
    rows: list[Sequence[str]] = []
    for group, kinds in HISTORY_KINDS.items():
        units = [
            unit
            for unit in province.units.values()
            if unit.kind in kinds and (unit.valid_from is None or unit.valid_from.year < YEAR)
        ]
        rows += _published(group, units)
    return rows


def _published(group: str, units: Sequence[Unit]) -> list[Sequence[str]]:
    results = []
    for unit in units:
        dice = Random(f"{SEED} 2024 {unit.code}")
        share = 6050 + dice.randint(0, 1750) + dice.randint(0, 1750)
        maximum = MAXIMA_2024.get(unit.code, HUNDRED)
        points = (maximum * share / 10000).quantize(CENT, ROUND_HALF_UP)
        results.append((printed(points * HUNDRED / maximum, 2), unit.code, maximum, points))
    results.sort(key=lambda result: (-result[0], result[1]))
    ranked = [index for index, code, _, _ in results if code not in UNRANKED_2024]
    return [
        (
            str(YEAR - 1),
            group,
            code,
            plain(maximum),
            f"{points:.2f}",
            f"{index:.2f}",
            "" if code in UNRANKED_2024 else str(ranked.index(index) + 1),
            next(band.label for band in STANDARD_GRADES if band.reached_by(index)),
        )
        for index, code, maximum, points in results
    ]


# --- Files ----------------------------------------------------------------------------------------------------------


def write(name: str, remark: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write one CSV file with its remark on the first line."""
    text = io.StringIO(newline="")
    text.write(f"# DỮ LIỆU MẪU: {remark}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    (FOLDER / name).write_bytes(text.getvalue().encode("utf-8"))


def main() -> None:
    """Write the three files."""
    province = load_province(FOLDER)
    sample = Sample(province)
    round = province.round_of(YEAR)
    for group in round.groups:
        for unit in province.members(round, group):
            if unit.code != SENDS_NOTHING:
                sample.add_unit(unit, province.criteria_sets[group.criteria_set])
    write(
        f"facts-{YEAR}.csv",
        "số liệu của các đơn vị năm 2025, do generate.py tạo ra",
        ("unit", "component", "fact", "value"),
        sample.facts,
    )
    write(
        f"scores-{YEAR}.csv",
        "điểm tự chấm, thẩm định, Hội đồng, điểm thưởng, điểm trừ năm 2025, do generate.py tạo ra",
        ("unit", "component", "source", "points", "not_applicable", "note"),
        sample.scores,
    )
    write(
        f"history-{YEAR - 1}.csv",
        "kết quả năm 2024 đã công bố, do generate.py tạo ra",
        ("year", "group", "unit", "max_points", "points", "index", "rank", "grade"),
        history_rows(province),
    )


if __name__ == "__main__":
    main()
