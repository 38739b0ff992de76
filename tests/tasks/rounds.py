"""A small round with everything that documents speak of: areas, survey, lost points, reasons, last year."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from models.forms.sources import ScoreSource
from models.province.rounds import Group, Round, Selection
from models.records.results import RoundResult
from models.records.snapshots import Frozen
from models.units import Unit
from tasks.scoring.comparison import compare_group
from tasks.scoring.points import Given, GroupScoring, UnitInput, score_group
from tasks.scoring.ranking import rank_group
from tests.tasks.building import ANSWERS, RATIO, Past, a_set, area, criterion, leaf, published
from tests.tasks.rendering.test_pdf import CONFIG

REASON = "Thiếu tài liệu kiểm chứng"
SET = a_set(
    area("1", criterion("1.1", leaf("1.1.1", 10), leaf("1.1.2", 10, RATIO))),
    area("2", leaf("2.1", 20, not_applicable={"by_event": True}), leaf("2.2", "0.5")),
    area("3", leaf("3.1", 30, ANSWERS, source="survey"), leaf("3.2", "9.5")),
)
ROUND = Round(
    year=2025,
    groups=(Group(id="xa", name="UBND xã, phường", criteria_set="mau", units=Selection(kind=("xa",))),),
    repair_days=15,
)


def unit_input(place: int) -> UnitInput:
    """The unit that came in at this place: fewer points each time; the second leaf is always appraised down."""
    points = Decimal(10) - Decimal(place % 40) / 4
    appraised = {"1.1.1": points, "1.1.2": Decimal(2), "2.1": points * 2, "2.2": Decimal("0.5"), "3.2": points * 9 / 10}
    given = {
        **{(code, ScoreSource.SELF): Given(Decimal(9 if code != "2.2" else 0)) for code in appraised},
        **{(code, ScoreSource.APPRAISAL): Given(value, REASON) for code, value in appraised.items()},
        ("3.1", ScoreSource.SURVEY): Given(points * 3),
    }
    if place == 1:
        given["2.1", ScoreSource.APPRAISAL] = Given(None, "Không phát sinh")
        given["2.2", ScoreSource.APPRAISAL] = Given(None, "Không phát sinh")
    return UnitInput(Unit(code=f"x{place:03}", name=f"Xã số {place + 1:03}", kind="xa"), {}, given)


def frozen_round(size: int, *, silent: Sequence[str] = (), compared: bool = True, round: Round = ROUND) -> Frozen:
    """A frozen round of so many units; the silent ones sent nothing. Last year they stood the other way round."""
    inputs = [unit_input(place) for place in range(size)]
    inputs = [replace(one, given={}) if one.unit.code in silent else one for one in inputs]
    rule = round.ranking
    scored, _ = score_group(inputs, GroupScoring(SET, round.year, rule=rule))
    ranked = rank_group(scored, rule, round.grades)
    past: dict[str, Past] = {}
    if compared:
        past = {one.unit.code: (str(50 + place % 40), size - place) for place, one in enumerate(inputs)}
    units = {one.unit.code: one.unit for one in inputs}
    group = compare_group(round.groups[0], ranked, rule, SET.maximum, published(past), (), units)
    return Frozen(CONFIG, round, {"mau": SET}, (), {}, "", RoundResult(round.year, rule, (group,)))
