"""Results of a round → JSON, CSV and XLSX for other tools and for people with a spreadsheet.

The JSON is an interface: printed numbers are strings, exactly as printed but with a decimal point; the site's data
dictionary says what each means. Text that a spreadsheet program would run is made inert. The same results give the
same bytes.
"""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from models.numbers import ZERO, plain
from models.province.rounds import EXACT_POINTS, RankingRule
from models.published_figures import Appraised, DecimalsSaid, Medium, PublishedFigure, figures_in, figures_told
from models.records.results import GroupResult, RoundResult, UnitResult
from models.records.snapshots import Frozen
from report_templates.filters import counted, points
from tasks.scoring.comparison import repair_list
from tasks.scoring.repairs import figures_of
from tasks.spreadsheets.inert import inert
from tasks.spreadsheets.tables import Folded, workbook_of

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
    "Số liệu của điểm mất",
)
AREAS, REPAIRS = "areas", "lost_points"


def results_data(results: RoundResult, snapshot: str, status: str) -> dict[str, Any]:
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
                "units": [_unit_data(unit, results.ranking) for unit in group.units],
            }
            for group in results.groups
        ],
    }


def _unit_data(unit: UnitResult, rule: RankingRule) -> dict[str, Any]:
    """A unit's figures under their names, the areas among them; what has a parent stands in it."""
    figures = figures_in(Medium.JSON)
    document = {figure.id: _data(figure, unit, rule) for figure in figures if not figure.parent}
    document[AREAS] = [
        {
            "code": area.code,
            "name": area.name,
            "max_points": plain(area.max_points),
            "points": format(rule.printed_points(area.points), "f"),
            "index": _said(area.index, rule),
        }
        for area in unit.areas
    ]
    for parent, inner in groupby((one for one in figures if one.parent), key=attrgetter("parent")):
        known = getattr(unit, parent) is not None
        document[parent] = {figure.name: _data(figure, unit, rule) for figure in inner} if known else None
    return document


def _data(figure: PublishedFigure, unit: UnitResult, rule: RankingRule) -> Any:
    """A figure for programs: decimals as text, as printed but with a decimal point."""
    value = figure.of(unit)
    if isinstance(value, Decimal):
        if figure.cut is DecimalsSaid.AS_PUBLISHED:
            cut = rule.printed(value)
            return format(cut, "f") if cut == value else plain(value)
        return format(_cut(value, figure, rule), "f") if figure.cut is DecimalsSaid.PRINTED else plain(value)
    return list(value) if isinstance(value, tuple) else value


def _said(value: Decimal | None, rule: RankingRule) -> str | None:
    return None if value is None else format(rule.printed(value), "f")


def results_csv(results: RoundResult, without: Collection[str] = ()) -> str:
    """One line a unit, groups in the order of the round, best unit first; columns named in `without` are left out."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    figures = [figure for figure in figures_in(Medium.CSV) if figure.id not in without]
    writer.writerow(["group", *(figure.id for figure in figures)])
    for group in results.groups:
        for unit in group.units:
            values = [_data(figure, unit, results.ranking) for figure in figures]
            writer.writerow([inert(int(value) if isinstance(value, bool) else value) for value in (group.id, *values)])
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
    document = results_data(results, snapshot, status)
    for group in document["groups"]:
        for part in (group, *group["units"]):
            for name in without:
                part.pop(name, None)
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def results_xlsx(frozen: Frozen, without: Collection[str] = ()) -> bytes:
    """A workbook: ranking and area indices of each group, and the repair list of every unit.

    Columns of the ranking and sheets (AREAS, REPAIRS) that are named in `without` are left out.
    """
    rule = frozen.results.ranking
    most = max(rule.decimals, 0 if rule.points_decimals == EXACT_POINTS else rule.points_decimals)
    decimals = "0." + "0" * most if most else "0"
    sheets: list[tuple[str, Iterator[list[Any]]]] = []
    for group in frozen.results.groups:
        sheets.append(
            (f"Xếp hạng {group.id}", _ranking_rows(group, frozen.results.ranking, frozen.appraised_in(group), without))
        )
        if AREAS not in without:
            sheets.append((f"Lĩnh vực {group.id}", _area_rows(group, frozen.results.ranking)))
    if REPAIRS not in without:
        sheets.append(("Cần khắc phục", _repair_rows(frozen)))
    return workbook_of(sheets, decimals, frozen.config.mark)


def _ranking_rows(
    group: GroupResult, rule: RankingRule, appraised: Appraised, without: Collection[str] = ()
) -> Iterator[list[Any]]:
    told = figures_told(Medium.WORKBOOK, group.ranked_units, group.units)
    figures = [figure for figure in told if figure.id not in without]
    yield [figure.heading_in(Medium.WORKBOOK, appraised) for figure in figures]
    for unit in group.units:
        yield [
            _cut(value, figure, rule) if figure.cut is DecimalsSaid.PRINTED else value
            for figure, value in ((one, one.of(unit)) for one in figures)
        ]


def rank_rows(frozen: Frozen, group: GroupResult) -> list[dict[str, Any]]:
    """The ranking of a group as a table of text, one mapping a unit."""
    header, *rows = _ranking_rows(group, frozen.results.ranking, frozen.appraised_in(group))
    return [
        {name: "" if value is None else str(value) for name, value in zip(header, row, strict=True)} for row in rows
    ]


def _area_rows(group: GroupResult, rule: RankingRule) -> Iterator[list[Any]]:
    areas = next(([area.code for area in unit.areas] for unit in group.units if unit.areas), [])
    names = {area.code: area.name for unit in group.units for area in unit.areas}
    yield ["Hạng", "Mã", "Đơn vị", *(f"{code}. {names[code]} (%)" for code in areas), "Chỉ số (%)"]
    for unit in group.units:
        indices = {area.code: area.index and rule.printed(area.index) for area in unit.areas}
        index = unit.index and rule.printed(unit.index)
        yield [unit.rank, unit.code, unit.name, *(indices.get(code) for code in areas), index]


def _repair_rows(frozen: Frozen) -> Iterator[list[Any]]:
    """A row a unit that lost points, in which leaves, and folded below it a row a leaf with its figures."""
    rule = frozen.results.ranking
    yield list(REPAIR_HEADINGS)
    for group in frozen.results.groups:
        leaves = frozen.criteria_sets[group.criteria_set].by_code
        for unit in group.units:
            losses = repair_list(unit.leaves, rule)
            if losses:
                total = (
                    f"{counted(len(losses))} tiêu chí, mất {points(sum((one.lost for one in losses), ZERO), rule)} điểm"
                )
                each = "; ".join(f"{one.leaf.code}: {points(one.lost, rule)}" for one in losses)
                yield [group.name, unit.code, unit.name, None, total, None, None, None, None, each]
            for loss in losses:
                leaf = loss.leaf
                yield Folded(
                    (
                        group.name,
                        unit.code,
                        unit.name,
                        leaf.code,
                        leaves[leaf.code].name,
                        leaf.max,
                        rule.printed_points(leaf.points or ZERO),
                        loss.lost,
                        leaf.basis.label,
                        figures_of(leaf, leaves[leaf.code], frozen.results.year),
                    )
                )


def _cut(value: Any, figure: PublishedFigure, rule: RankingRule) -> Any:
    """A number with the decimals that the round gives to such a figure; anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    return rule.printed_points(value) if figure.in_points else rule.printed(value)
