"""What must hold of computed results before anything is frozen.

Every index in 0–100; area points with bonus and penalty sum to the total; ranks are those of the tie rule; rank changes
of an unchanged group without ties sum to 0; no unit lost or double.
Source: docs/process.md, 4 (the sum of rank changes), docs/process.md, 2 (ties).
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.running import findings_of, said
from models.findings import Finding
from models.numbers import HUNDRED, ZERO
from models.province.rounds import Ties
from models.records.results import GroupResult, RoundResult

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations import Expectation

_WHOLE = 10**12  # settled figures have 12 decimals: whole numbers of their last place lose nothing
_RANK_METHODS = {Ties.COMPETITION: "min", Ties.DENSE: "dense", Ties.ORDINAL: "first"}
_COLUMNS = ["place", "group", "unit", "name", "index", "compared", "areas_outside", "sum_gap", "ranked", "rank"]
_REPORT = "Không đóng băng kết quả; báo người phụ trách phần mềm kèm tệp dữ liệu"


def check_results(results: RoundResult, members: Mapping[str, Collection[str]]) -> list[Finding]:
    """Check the results of a round.

    Args:
        results: as computed.
        members: codes of the units of each group, as the round declares them.

    Returns:
        One finding per expectation that failed.
    """
    shown_as = f"kết quả năm {results.year}"
    units, groups = _unit_frame(results), _group_frame(results)
    expected = sorted(f"{group}/{unit}" for group, codes in members.items() for unit in codes)
    areas_per_unit = max((len(unit.areas) for group in results.groups for unit in group.units), default=0)
    expectations = [*_of_figures(areas_per_unit), *_of_members(expected, sorted({*expected} ^ {*units["place"]}))]
    findings = findings_of(units, expectations, shown_as, "name")
    if len(groups):
        findings += findings_of(groups, _of_groups(), shown_as, "name")
    return findings


def _of_figures(areas_per_unit: int) -> list["Expectation"]:
    """Of every unit: indices in range, area points that sum to the total, a rank after the tie rule."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeBetween(
            column="index",
            min_value=0,
            max_value=int(HUNDRED) * _WHOLE,
            meta=said("chỉ số ngoài khoảng 0–100", _REPORT),
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="areas_outside",
            max_value=0,
            meta=said("chỉ số của một lĩnh vực ngoài khoảng 0–100", _REPORT),
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="sum_gap",
            min_value=0,
            max_value=areas_per_unit + 1,
            meta=said("tổng điểm không bằng tổng điểm các lĩnh vực cộng thưởng trừ phạt", _REPORT),
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="rank",
            column_B="expected_rank",
            meta=said("thứ hạng không theo quy tắc xếp hạng của kỳ", _REPORT),
        ),
    ]


def _of_members(expected: list[str], strays: list[str]) -> list["Expectation"]:
    """No unit lost, foreign or double."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeUnique(column="unit", meta=said("đơn vị xuất hiện hai lần", _REPORT)),
        gxe.ExpectColumnDistinctValuesToEqualSet(
            column="place",
            value_set=expected,
            meta=said(f"thiếu hoặc thừa đơn vị so với kỳ đánh giá: {', '.join(strays)}", _REPORT),
        ),
    ]


def _of_groups() -> list["Expectation"]:
    """What some units of an unchanged group rose, others fell."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeInSet(
            column="rank_changes",
            value_set=[0],
            meta=said("thay đổi thứ hạng của nhóm không đổi thành viên không triệt tiêu nhau", _REPORT),
        )
    ]


def _unit_frame(results: RoundResult) -> "pd.DataFrame":
    """One row per unit; figures as whole numbers of their last settled place, rank 0 where there is none."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for group in results.groups:
        for unit in group.units:
            total = sum((area.points for area in unit.areas), ZERO) + unit.bonus - unit.penalty
            kept = max(ZERO, min(unit.max_points, total))
            rows.append(
                {
                    "place": f"{group.id}/{unit.code}",
                    "group": group.id,
                    "unit": unit.code,
                    "name": unit.name,
                    "index": _whole(unit.index),
                    "compared": _whole(results.ranking.compared(unit.index)) if unit.index is not None else None,
                    "areas_outside": sum(
                        area.index is not None and not 0 <= area.index <= HUNDRED for area in unit.areas
                    ),
                    "sum_gap": _whole(abs(kept - unit.points)) if unit.points is not None else None,
                    "ranked": unit.ranked,
                    "rank": unit.rank or 0,
                }
            )
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    for column in ("index", "compared", "sum_gap", "rank"):
        frame[column] = frame[column].astype("Int64")
    competing = frame[frame["ranked"].astype(bool)]
    method: Any = _RANK_METHODS[results.ranking.ties]
    ranks = competing.groupby("group", sort=False)["compared"].rank(method=method, ascending=False)
    frame["expected_rank"] = ranks.reindex(frame.index).fillna(0).astype("Int64")
    return frame


def _group_frame(results: RoundResult) -> "pd.DataFrame":
    """One row per group whose rank changes must sum to 0."""
    import pandas as pd

    rows = [
        {"name": group.name, "rank_changes": sum(_rank_changes(group))}
        for group in results.groups
        if _rank_changes(group) and not group.population_changed and _ranked_one_by_one(group)
    ]
    return pd.DataFrame(rows)


def _rank_changes(group: GroupResult) -> list[int]:
    return [unit.change.rank for unit in group.units if unit.change and unit.change.rank is not None]


def _ranked_one_by_one(group: GroupResult) -> bool:
    """Whether both years' ranks are 1, 2, 3 … without ties or gaps, so that what one unit rises others fall.

    Published ranks of the year before may have gaps: of a larger group, or of which not all was imported.
    """
    now = sorted(unit.rank for unit in group.units if unit.rank is not None)
    before = sorted(unit.previous.rank for unit in group.units if unit.previous and unit.previous.rank is not None)
    return now == list(range(1, len(now) + 1)) == before


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value * _WHOLE)
