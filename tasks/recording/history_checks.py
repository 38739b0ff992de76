"""Published indices of earlier years as typed → what contradicts itself among the units of a group.

Ranks and changes of this year are told against them, so one slip of a finger becomes a sentence that a province signs:
a rank 40 typed for 4 in a group of five was printed as a rise of 37.
Source: docs/process.md, 2; docs/maths.md, 5.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import NamedTuple

from models.numbers import said
from models.province.csv_files import CsvRow
from models.records.entries import HistoryEntry

GREAT_CHANGE = Decimal(25)  # points of index from one year to the next; published tables show half of it at most
_COMPARE = "Đối chiếu với quyết định đã công bố"

Told = Callable[[CsvRow, str, str], None]


class TypedResult(NamedTuple):
    """One row of the file and what it says."""

    entry: HistoryEntry
    row: CsvRow


def compare_typed(results: Iterable[TypedResult], refuse: Told, warn: Told) -> None:
    """Hold the results of a file against each other.

    Args:
        results: one a unit and year, in any order.
        refuse: told what cannot be true: ranks against indices, a rank beyond the group, one rank for two indices.
        warn: told what is hardly true: a better grade for a lower index, an index that jumps from year to year.
    """
    by_group = sorted(results, key=lambda one: (one.entry.year, one.entry.group, -one.entry.index, one.entry.unit))
    for _, of_group in groupby(by_group, key=lambda one: (one.entry.year, one.entry.group)):
        group = list(of_group)
        _compare_ranks(group, refuse)
        _compare_grades(group, warn)
    _compare_years(by_group, warn)


def _compare_ranks(group: Sequence[TypedResult], refuse: Told) -> None:
    """Ranks of a group, which comes with the highest index first."""
    for one in group:
        if one.entry.rank is not None and one.entry.rank > len(group):
            what = f"hạng {one.entry.rank} lớn hơn số đơn vị của nhóm {one.entry.group} năm {one.entry.year}"
            what += f" trong tệp ({len(group)})"
            refuse(one.row, what, "Sửa hạng; nếu tệp thiếu đơn vị thì ghi đủ, hoặc để trống cột rank")
    ranked = [one for one in group if one.entry.rank is not None and one.entry.rank <= len(group)]
    for higher, lower in pairwise(ranked):
        assert higher.entry.rank is not None
        assert lower.entry.rank is not None
        if higher.entry.index == lower.entry.index or higher.entry.rank < lower.entry.rank:
            continue
        said = f"{_indexed(lower.entry)}; đơn vị {_indexed(higher.entry)} (dòng {higher.row.line})"
        same = higher.entry.rank == lower.entry.rank
        why = "hai chỉ số khác nhau mà cùng hạng" if same else "chỉ số thấp hơn mà hạng cao hơn"
        refuse(lower.row, f"{why}: {said}", _COMPARE)


def _indexed(entry: HistoryEntry) -> str:
    return f"{entry.unit} chỉ số {said(entry.index)} hạng {entry.rank}"


def _compare_grades(group: Sequence[TypedResult], warn: Told) -> None:
    """Grades of a group, highest index first: a grade left once does not come again, save below a gate."""
    seen: list[str] = []
    for one in group:
        grade = one.entry.grade
        if grade is None or (seen and seen[-1] == grade):
            continue
        if grade in seen:
            what = f"xếp loại “{grade}” với chỉ số {said(one.entry.index)}, trong khi đơn vị có "
            what += f"chỉ số cao hơn xếp loại “{seen[-1]}”"
            warn(one.row, what, f"{_COMPARE}; đúng nếu đơn vị kia bị khống chế xếp loại")
        else:
            seen.append(grade)


def _compare_years(results: Iterable[TypedResult], warn: Told) -> None:
    by_unit = sorted(results, key=lambda one: (one.entry.unit, one.entry.year))
    for earlier, later in pairwise(by_unit):
        if earlier.entry.unit != later.entry.unit or later.entry.year != earlier.entry.year + 1:
            continue
        change = later.entry.index - earlier.entry.index
        if abs(change) >= GREAT_CHANGE:
            moved = f"{'tăng' if change > 0 else 'giảm'} {said(abs(change))}"
            warn(later.row, f"chỉ số {moved} so với năm {earlier.entry.year} (dòng {earlier.row.line})", _COMPARE)
