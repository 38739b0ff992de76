"""Results of a round → JSON, CSV and XLSX for other tools and for people with a spreadsheet.

The JSON is an interface: printed numbers are strings, exactly as printed but with a decimal point; the site's data
dictionary says what each means. Text that a spreadsheet program would run is made inert. The same results give the
same bytes.
"""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from models.numbers import ZERO, plain
from models.province.rounds import RankingRule
from models.records.results import GroupResult, RoundResult, UnitResult
from models.records.snapshots import Frozen
from tasks.scoring.comparison import repair_list
from tasks.spreadsheets.inert import inert
from tasks.spreadsheets.tables import workbook_of

CSV_COLUMNS = (
    "group",
    "code",
    "name",
    "status",
    "rank",
    "tied",
    "grade",
    "max_points",
    "self_points",
    "appraised_points",
    "survey_points",
    "bonus",
    "penalty",
    "points",
    "index",
    "previous_year",
    "previous_index",
    "previous_rank",
    "change_index",
    "change_rank",
)
RANKING_HEADINGS: Mapping[str, str] = {
    "rank": "Hạng",
    "code": "Mã",
    "name": "Đơn vị",
    "max_points": "Điểm tối đa",
    "self_points": "Tự chấm",
    "appraised_points": "Thẩm định",
    "survey_points": "Khảo sát",
    "bonus": "Điểm thưởng",
    "penalty": "Điểm trừ",
    "points": "Tổng điểm",
    "index": "Chỉ số (%)",
    "grade": "Xếp loại",
    "previous_index": "Chỉ số năm trước",
    "previous_rank": "Hạng năm trước",
    "change_index": "Tăng/giảm chỉ số",
    "change_rank": "Tăng/giảm hạng",
    "note": "Ghi chú",
}
REPAIR_HEADINGS = (
    "Nhóm",
    "Mã",
    "Đơn vị",
    "Mã tiêu chí",
    "Tiêu chí",
    "Điểm tối đa",
    "Điểm đạt",
    "Điểm mất",
    "Căn cứ",
)
AREAS, REPAIRS = "areas", "lost_points"


def results_document(results: RoundResult, snapshot: str, status: str) -> dict[str, Any]:
    """The results as the JSON of `cchc results` has them.

    Args:
        results: a round's results.
        snapshot: the snapshot's SHA-256.
        status: `evaluated`, `approved` or `published`.
    """
    return {
        "year": results.year,
        "snapshot": snapshot,
        "status": status,
        "groups": [
            {
                "id": group.id,
                "name": group.name,
                "size": group.size,
                "mean": _said(group.mean, results.ranking),
                "up": group.index_counts.up,
                "down": group.index_counts.down,
                "unchanged": group.index_counts.unchanged,
                "units": [_unit_document(unit, results.ranking) for unit in group.units],
            }
            for group in results.groups
        ],
    }


def _unit_document(unit: UnitResult, rule: RankingRule) -> dict[str, Any]:
    previous, change, robustness = unit.previous, unit.change, unit.robustness
    return {
        "code": unit.code,
        "name": unit.name,
        "max_points": plain(unit.max_points),
        "self_points": _said(unit.self_points, rule),
        "appraised_points": _said(unit.appraised_points, rule),
        "survey_points": _said(unit.survey_points, rule),
        "bonus": plain(unit.bonus),
        "penalty": plain(unit.penalty),
        "points": _said(unit.points, rule),
        "index": _said(unit.index, rule),
        "rank": unit.rank,
        "tied": unit.tied,
        "grade": unit.grade,
        "ranked": unit.ranked,
        "status": unit.status.value,
        "areas": [
            {
                "code": area.code,
                "name": area.name,
                "max_points": plain(area.max_points),
                "points": _said(area.points, rule),
                "index": _said(area.index, rule),
            }
            for area in unit.areas
        ],
        "previous": previous
        and {
            "year": previous.year,
            "index": _as_published(previous.index, rule),
            "rank": previous.rank,
            "from": list(previous.from_units),
        },
        "change": change and {"index": _as_published(change.index, rule), "rank": change.rank},
        "robustness": robustness and {"rank_p5": robustness.rank_p5, "rank_p95": robustness.rank_p95},
    }


def _said(value: Decimal | None, rule: RankingRule) -> str | None:
    return None if value is None else format(rule.printed(value), "f")


def _as_published(value: Decimal, rule: RankingRule) -> str:
    """A figure of another year: with the decimals of this round, or its own where cutting would change it."""
    cut = rule.printed(value)
    return format(cut, "f") if cut == value else plain(value)


def results_csv(results: RoundResult, without: Collection[str] = ()) -> str:
    """One line a unit, groups in the order of the round, best unit first; columns named in `without` are left out."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    columns = [name for name in CSV_COLUMNS if name not in without]
    writer.writerow(columns)
    for group in results.groups:
        for unit in group.units:
            document = _unit_document(unit, results.ranking)
            previous, change = document["previous"] or {}, document["change"] or {}
            values = {
                **document,
                "group": group.id,
                "tied": int(unit.tied),
                "previous_year": previous.get("year"),
                "previous_index": previous.get("index"),
                "previous_rank": previous.get("rank"),
                "change_index": change.get("index"),
                "change_rank": change.get("rank"),
            }
            writer.writerow([inert(values[name]) for name in columns])
    return out.getvalue()


FORMATS = ("json", "csv", "xlsx")


def results_in_format(frozen: Frozen, snapshot: str, status: str, form: str, without: Collection[str] = ()) -> bytes:
    """The results as bytes of a file in one of FORMATS.

    Args:
        frozen: a round computed and frozen.
        snapshot: its SHA-256.
        status: `evaluated`, `approved` or `published`.
        form: one of FORMATS.
        without: columns, names of the JSON and sheets (AREAS, REPAIRS) that are left out.

    Raises:
        KeyError: no such format.
    """
    write: dict[str, Callable[[], bytes]] = {
        "json": lambda: results_json(frozen.results, snapshot, status, without),
        "csv": lambda: results_csv(frozen.results, without).encode(),
        "xlsx": lambda: results_xlsx(frozen, without),
    }
    return write[form]()


def results_json(results: RoundResult, snapshot: str, status: str, without: Collection[str] = ()) -> bytes:
    """The results document as indented UTF-8 JSON; names in `without` are left out of groups and units."""
    document = results_document(results, snapshot, status)
    for group in document["groups"]:
        for part in (group, *group["units"]):
            for name in without:
                part.pop(name, None)
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def results_xlsx(frozen: Frozen, without: Collection[str] = ()) -> bytes:
    """A workbook: ranking and area indices of each group, and the repair list of every unit.

    Columns of the ranking and sheets (AREAS, REPAIRS) that are named in `without` are left out.
    """
    decimals = "0." + "0" * frozen.results.ranking.decimals if frozen.results.ranking.decimals else "0"
    sheets: list[tuple[str, Iterator[list[Any]]]] = []
    for group in frozen.results.groups:
        sheets.append((f"Xếp hạng {group.id}", _ranking_rows(group, frozen.results.ranking, without)))
        if AREAS not in without:
            sheets.append((f"Lĩnh vực {group.id}", _area_rows(group, frozen.results.ranking)))
    if REPAIRS not in without:
        sheets.append(("Cần khắc phục", _repair_rows(frozen)))
    return workbook_of(sheets, decimals, frozen.config.mark)


def _ranking_rows(group: GroupResult, rule: RankingRule, without: Collection[str] = ()) -> Iterator[list[Any]]:
    columns = [column for column in RANKING_HEADINGS if column not in without]
    yield [RANKING_HEADINGS[column] for column in columns]
    for unit in group.units:
        previous, change = unit.previous, unit.change
        values = {
            "rank": unit.rank,
            "code": unit.code,
            "name": unit.name,
            "max_points": unit.max_points,
            "self_points": _cut(unit.self_points, rule),
            "appraised_points": _cut(unit.appraised_points, rule),
            "survey_points": _cut(unit.survey_points, rule),
            "bonus": unit.bonus,
            "penalty": unit.penalty,
            "points": _cut(unit.points, rule),
            "index": _cut(unit.index, rule),
            "grade": unit.grade,
            "previous_index": previous.index if previous else None,
            "previous_rank": previous.rank if previous else None,
            "change_index": change.index if change else None,
            "change_rank": change.rank if change else None,
            "note": unit.no_comparison or (previous.note if previous else None),
        }
        yield [values[column] for column in columns]


def rank_rows(group: GroupResult, rule: RankingRule) -> list[dict[str, Any]]:
    """The group's ranking as a table of text, one mapping a unit."""
    header, *rows = _ranking_rows(group, rule)
    return [
        {name: "" if value is None else str(value) for name, value in zip(header, row, strict=True)} for row in rows
    ]


def _area_rows(group: GroupResult, rule: RankingRule) -> Iterator[list[Any]]:
    areas = next(([area.code for area in unit.areas] for unit in group.units if unit.areas), [])
    names = {area.code: area.name for unit in group.units for area in unit.areas}
    yield ["Hạng", "Mã", "Đơn vị", *(f"{code}. {names[code]} (%)" for code in areas), "Chỉ số (%)"]
    for unit in group.units:
        indices = {area.code: _cut(area.index, rule) for area in unit.areas}
        yield [unit.rank, unit.code, unit.name, *(indices.get(code) for code in areas), _cut(unit.index, rule)]


def _repair_rows(frozen: Frozen) -> Iterator[list[Any]]:
    yield list(REPAIR_HEADINGS)
    for group in frozen.results.groups:
        leaves = frozen.criteria_sets[group.criteria_set].by_code
        for unit in group.units:
            for loss in repair_list(unit.leaves):
                leaf = loss.leaf
                yield [
                    group.name,
                    unit.code,
                    unit.name,
                    leaf.code,
                    leaves[leaf.code].name,
                    leaf.max,
                    frozen.results.ranking.printed(leaf.points or ZERO),
                    frozen.results.ranking.printed(loss.lost),
                    leaf.basis.label,
                ]


def _cut(value: Decimal | None, rule: RankingRule) -> Decimal | None:
    return None if value is None else rule.printed(value)
