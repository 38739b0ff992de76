"""Other indices → what papers say of them: sentences of a report, tables of its annex, rows of its workbook.

A change of rank is told where the number of those ranked stayed, as `models/progress/indices.py` says; all that tie
for the farthest way up or down are named. Source: docs/process.md, 3 and 5 (Sóc Trăng: +6, +7, −6, −4, −2, +1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from models.numbers import plain, vietnamese_number
from models.progress.indices import IndexSeries, IndexValue, rank_change, said_of_places
from models.progress.results import IndexRow
from report_templates.filters import counted, unit_in_sentence, units_joined

_FEWEST_COMPARED = 3
_FEW_UNITS = 3
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One unit in the table of an index, as printed."""

    unit: str
    value: str
    rank: str
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class IndexTable:
    """One index of many units in its newest year, best rank first.

    Attributes:
        name: the index with its year and who published it.
        valued, ranked: whether any unit has a value, or a rank in one of the two years.
    """

    name: str
    year: int
    valued: bool
    ranked: bool
    lines: tuple[IndexLine, ...]


def index_sentence(row: IndexRow) -> str:
    """`PAR INDEX năm 2024: 85,2; hạng 20/63, tăng 6 bậc so với năm 2023.`, or why no change of rank is told."""
    newest = row.newest
    of = f" của {unit_in_sentence(row.unit.name)}" if row.unit else ""
    said = f"{row.series.in_year(newest.year)}{of}: {newest.shown}"
    if newest.rank_change is None and row.change.places is not None:
        said += f", {said_of_places(row.change.places)} so với năm {newest.year - 1}"
    elif row.change.broken and newest.rank is not None:
        said += f" ({row.change.broken})"
    return f"{said}."


def index_sentences(rows: Sequence[IndexRow]) -> list[str]:
    """One sentence an index and unit; of an index of many units how many have it, who stands at its ends, who moved."""
    said = []
    for told, of_units in _by_series(rows):
        if len(of_units) <= _FEW_UNITS:
            said += [index_sentence(row) for row in told]
            continue
        said += [index_sentence(row) for row in told if row.unit is None]
        said.append(_many_units_sentence(of_units))
    return said


def index_tables(rows: Sequence[IndexRow]) -> list[IndexTable]:
    """A table of every index that has more units than the report names."""
    return [_table(of_units) for _, of_units in _by_series(rows) if len(of_units) > _FEW_UNITS]


def index_rows(rows: Sequence[IndexRow]) -> Iterator[list[Any]]:
    """Every value of every index, the heads first; places gained are positive."""
    yield [
        *("Chỉ số", "Đơn vị", "Năm", "Giá trị", "Hạng", "Trong số"),
        *("Tăng, giảm hạng so với năm trước", "Ngày công bố", "Nguồn"),
    ]
    for row in rows:
        where = row.unit.name if row.unit else "Toàn tỉnh"
        for value in row.years:
            change = rank_change(_earlier(row, value), value).places
            yield [
                *(row.series.name, where, value.year, value.value, value.rank, value.of),
                *(change, value.published_on, value.source),
            ]


def _by_series(rows: Sequence[IndexRow]) -> Iterator[tuple[list[IndexRow], list[IndexRow]]]:
    """The rows of each index: all, and those of units that have its newest year."""
    for _, of_series in groupby(rows, key=lambda row: row.series.id):
        told = list(of_series)
        of_units = [row for row in told if row.unit is not None]
        year = max((row.newest.year for row in of_units), default=0)
        yield told, [row for row in of_units if row.newest.year == year]


def _earlier(row: IndexRow, value: IndexValue) -> IndexValue | None:
    return next((one for one in row.years if one.year == value.year - 1), None)


def _many_units_sentence(rows: Sequence[IndexRow]) -> str:
    """`DDCI năm 2024: 40 đơn vị có kết quả; cao nhất Sở A (96), thấp nhất Sở B (72,4); 12 đơn vị tăng hạng, …`."""
    said = f"{rows[0].series.in_year(rows[0].newest.year)}: {counted(len(rows))} đơn vị có kết quả"
    return f"{'; '.join([said, *_ends(rows), *_moves(rows)])}."


def _ends(rows: Sequence[IndexRow]) -> Iterator[str]:
    """Who stands highest and lowest by value, where enough have one."""
    values = [row.newest.value for row in rows if row.newest.value is not None]
    if len(values) < _FEWEST_COMPARED or min(values) == max(values):
        return
    ends = []
    for word, value in (("cao", max(values)), ("thấp", min(values))):
        names = units_joined([row.unit.name for row in rows if row.unit and row.newest.value == value])
        ends.append(f"{word} nhất {names} ({vietnamese_number(plain(value))})")
    yield ", ".join(ends)


def _moves(rows: Sequence[IndexRow]) -> Iterator[str]:
    """How many rose and fell in rank against the year before, and who went farthest; nothing where none is known."""
    places = [row.change.places for row in rows if row.change.places is not None]
    if not places:
        return
    counts = [
        f"{counted(number)} đơn vị {word}"
        for number, word in (
            (sum(one > 0 for one in places), "tăng hạng"),
            (sum(one < 0 for one in places), "giảm hạng"),
            (sum(one == 0 for one in places), "giữ nguyên thứ hạng"),
        )
        if number
    ]
    yield f"so với năm {rows[0].newest.year - 1}, {', '.join(counts)}"
    for most, word in ((max(places), "tăng"), (min(places), "giảm")):
        if most and (most > 0) is (word == "tăng"):
            names = units_joined([row.unit.name for row in rows if row.unit and row.change.places == most])
            yield f"{word} nhiều nhất: {names} ({abs(most)} bậc)"


def _table(rows: Sequence[IndexRow]) -> IndexTable:
    ordered = sorted(rows, key=_place)
    newest = rows[0].newest
    lines = tuple(_line(row) for row in ordered)
    return IndexTable(
        _named(rows[0].series, newest.year),
        newest.year,
        any(line.value != _NOTHING for line in lines),
        any({line.rank, line.before, line.change} != {_NOTHING} for line in lines),
        lines,
    )


def _named(series: IndexSeries, year: int) -> str:
    published = f" ({series.publisher} công bố)" if series.publisher else ""
    return f"{series.in_year(year)}{published}"


def _place(row: IndexRow) -> tuple[bool, int, bool, Any, str]:
    """Best rank first, then highest value; units without either last, by name."""
    newest = row.newest
    return (
        newest.rank is None,
        newest.rank or 0,
        newest.value is None,
        -(newest.value or 0),
        row.unit.name if row.unit else "",
    )


def _line(row: IndexRow) -> IndexLine:
    newest, earlier = row.newest, _earlier(row, row.newest)
    before = _ranked(earlier)
    if before == _NOTHING and newest.rank_before is not None:
        before = str(newest.rank_before)
    return IndexLine(
        row.unit.name if row.unit else "",
        _NOTHING if newest.value is None else vietnamese_number(plain(newest.value)),
        _ranked(newest),
        before,
        _NOTHING if row.change.places is None else said_of_places(row.change.places),
    )


def _ranked(value: IndexValue | None) -> str:
    if value is None or value.rank is None:
        return _NOTHING
    return f"{value.rank}/{value.of}" if value.of else str(value.rank)
