"""What must hold of computed results before anything is frozen.

Every index in 0–100; area points with bonus and penalty sum to the total; ranks are those of the tie rule; rank changes
of an unchanged group without ties sum to 0; no unit lost or double.
Source: docs/maths.md, 7 to 9 and 13; docs/process.md, 2 and 4.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from expectations.checking import Check, Expect, Suite, Words, expect
from models.findings import Finding, Severity
from models.numbers import HUNDRED, ZERO
from models.province.rounds import RankingRule, Ties
from models.records.results import GroupResult, RoundResult, UnitResult

_LAST_PLACE = Decimal("1E-12")  # of settled figures
_RANK_METHODS = {Ties.COMPETITION: "min", Ties.DENSE: "dense", Ties.ORDINAL: "first"}
_REPORT = "Không đóng băng kết quả; báo người phụ trách phần mềm kèm tệp dữ liệu"
_SHOWN = 5


class CheckedUnit(NamedTuple):
    """One unit of a group, and the rank that it should have; a rank is 0 where there is none."""

    unit: UnitResult
    expected_rank: int
    rule: RankingRule

    @property
    def name(self) -> str:
        """As people know it."""
        return self.unit.name

    @property
    def rank(self) -> int:
        """The rank that it has."""
        return self.unit.rank or 0

    @property
    def capped_index(self) -> Decimal | None:
        """Its index, None where the round lets bonus lift it above 100."""
        return self.unit.index if self.rule.capped else None

    @property
    def lowest_area(self) -> Decimal | None:
        """The lowest index of an area."""
        return min((area.index for area in self.unit.areas if area.index is not None), default=None)

    @property
    def highest_area(self) -> Decimal | None:
        """The highest index of an area."""
        return max((area.index for area in self.unit.areas if area.index is not None), default=None)

    @property
    def gap(self) -> Decimal | None:
        """By how much the points differ from the sum of their parts."""
        unit = self.unit
        total = sum((area.points for area in unit.areas), ZERO) + unit.bonus - unit.penalty
        kept = self.rule.total(total, unit.max_points)
        return None if unit.points is None else abs(kept - unit.points)

    @property
    def rounding(self) -> Decimal:
        """How large a gap the last places of its parts may leave."""
        return (len(self.unit.areas) + 1) * _LAST_PLACE


class CheckedMember(NamedTuple):
    """A unit of a group that is declared in the round, or in the results."""

    name: str
    declared: bool
    computed: bool


class CheckedGroup(NamedTuple):
    """A group whose rank changes must sum to 0."""

    name: str
    rank_changes: int


def check_results(results: RoundResult, members: Mapping[str, Collection[str]]) -> list[Finding]:
    """Check the results of a round.

    Args:
        results: as computed.
        members: codes of the units of each group, as the round declares them.

    Returns:
        One finding per check that failed, naming up to 5 of its units or groups.
    """
    failures = SUITE.failures(result_rows(results, members))
    return [_finding(f"kết quả năm {results.year}", check, rows) for check, rows in failures]


def result_rows(
    results: RoundResult, members: Mapping[str, Collection[str]]
) -> list[CheckedUnit | CheckedMember | CheckedGroup]:
    """The results of a round as rows: its units, who is in it and should be, its groups."""
    units = [
        CheckedUnit(unit, rank, results.ranking)
        for group in results.groups
        for unit, rank in zip(group.units, _expected_ranks(group, results.ranking), strict=True)
    ]
    declared = {f"{group}/{unit}" for group, codes in members.items() for unit in codes}
    computed = {f"{group.id}/{unit.code}" for group in results.groups for unit in group.units}
    places = [CheckedMember(place, place in declared, place in computed) for place in sorted(declared | computed)]
    return [*units, *places, *_groups(results)]


def _expected_ranks(group: GroupResult, rule: RankingRule) -> list[int]:
    """The ranks of a group's units as pandas finds them, which knows nothing of how we rank."""
    import pandas as pd

    indices = (unit.index if unit.ranked else None for unit in group.units)
    compared = [None if index is None else int(rule.compared(index) / _LAST_PLACE) for index in indices]
    method: Any = _RANK_METHODS[rule.ties]
    return [int(rank) for rank in pd.Series(compared, dtype="Int64").rank(method=method, ascending=False).fillna(0)]


def _groups(results: RoundResult) -> Iterator[CheckedGroup]:
    for group in results.groups:
        changes = [unit.change.rank for unit in group.units if unit.change and unit.change.rank is not None]
        if changes and not group.population_changed and _ranked_one_by_one(group):
            yield CheckedGroup(group.name, sum(changes))


def _ranked_one_by_one(group: GroupResult) -> bool:
    """Whether both years' ranks are 1, 2, 3 … without ties or gaps, so that what one unit rises others fall.

    Published ranks of the year before may have gaps: of a larger group, or of which not all was imported.
    """
    now = sorted(unit.rank for unit in group.units if unit.rank is not None)
    before = sorted(unit.previous.rank for unit in group.units if unit.previous and unit.previous.rank is not None)
    return now == list(range(1, len(now) + 1)) == before


def _finding(results: str, check: Check[Any], rows: Sequence[CheckedUnit | CheckedMember | CheckedGroup]) -> Finding:
    ((_, what, _),) = check.words(rows[0])
    names = [row.name for row in rows]
    if check.of is CheckedMember:
        return Finding(results, 0, f"{what}: {', '.join(names)}", check.remedy, check.severity)
    shown = f"{', '.join(names[:_SHOWN])}{'…' if len(names) > _SHOWN else ''}"
    return Finding(results, 0, f"{what} ({shown})", check.remedy, check.severity)


def _check(name: str, of: type, expected: str, unmet: str, *expects: Expect) -> Check[Any]:
    """A check that stops a round, with the words for all that fail it."""
    return Check(name, of, Severity.CRITICAL, expected, _REPORT, expects, lambda row: [Words(None, unmet)])


SUITE = Suite(
    "results",
    "Kết quả tính được, trước khi đóng băng",
    (
        _check(
            "index_outside",
            CheckedUnit,
            "chỉ số của đơn vị từ 0 đến 100 (trên 100 khi kỳ đánh giá không cắt điểm thưởng)",
            "chỉ số ngoài khoảng 0–100",
            expect("ExpectColumnValuesToBeBetween", column="unit.index", min_value=0),
            expect("ExpectColumnValuesToBeBetween", column="capped_index", max_value=int(HUNDRED)),
        ),
        _check(
            "area_outside",
            CheckedUnit,
            "chỉ số của từng lĩnh vực từ 0 đến 100",
            "chỉ số của một lĩnh vực ngoài khoảng 0–100",
            expect("ExpectColumnValuesToBeBetween", column="lowest_area", min_value=0),
            expect("ExpectColumnValuesToBeBetween", column="highest_area", max_value=int(HUNDRED)),
        ),
        _check(
            "sum_differs",
            CheckedUnit,
            "tổng điểm bằng tổng điểm các lĩnh vực cộng điểm thưởng trừ điểm trừ",
            "tổng điểm không bằng tổng điểm các lĩnh vực cộng điểm thưởng trừ điểm trừ",
            expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="rounding", column_B="gap", or_equal=True),
        ),
        _check(
            "rank_wrong",
            CheckedUnit,
            "thứ hạng theo quy tắc xếp hạng của kỳ",
            "thứ hạng không theo quy tắc xếp hạng của kỳ",
            expect("ExpectColumnPairValuesToBeEqual", column_A="rank", column_B="expected_rank"),
        ),
        _check(
            "unit_twice",
            CheckedUnit,
            "mỗi đơn vị xuất hiện một lần",
            "đơn vị xuất hiện hai lần",
            expect("ExpectColumnValuesToBeUnique", column="unit.code"),
        ),
        _check(
            "unit_astray",
            CheckedMember,
            "đủ và đúng các đơn vị của kỳ đánh giá",
            "thiếu hoặc thừa đơn vị so với kỳ đánh giá",
            expect("ExpectColumnPairValuesToBeEqual", column_A="declared", column_B="computed"),
        ),
        _check(
            "changes_remain",
            CheckedGroup,
            "thay đổi thứ hạng của nhóm không đổi thành viên triệt tiêu nhau",
            "thay đổi thứ hạng của nhóm không đổi thành viên không triệt tiêu nhau",
            expect("ExpectColumnValuesToBeInSet", column="rank_changes", value_set=[0]),
        ),
    ),
    "Kết quả không đạt một điều nào thì không được đóng băng.",
)
