"""What a file says beside its tables → a row a thing, by its path: `ranking.decimals`, `groups.2`; and back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.editing.columns import ABSENT, EditedColumn, Sort
from tasks.editing.tables import Placed, ReadRow, TableRow, in_order_of

PATH_COLUMNS = (
    EditedColumn("path", "Mục", 30),
    EditedColumn("value", "Giá trị", 100, Sort.WRITTEN),
)
PATH_NOTE = "Mỗi dòng một mục của tệp; groups.2 là phần tử thứ hai của groups; thêm, xóa dòng tùy ý."


def path_rows(values: Mapping[str, Any]) -> Iterator[TableRow]:
    """The rows of what a file says."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            inner: Iterator[tuple[str, Any]] = ((f"{name}.{key}", each) for key, each in value.items())
        elif isinstance(value, list) and value:
            inner = ((f"{name}.{place}", each) for place, each in enumerate(value, 1))
        else:
            inner = iter([(name, value)])
        for path, each in inner:
            yield TableRow(path, {"path": path, "value": each})


def values_of_rows(rows: Sequence[ReadRow], base: Mapping[str, Any], placed: Placed) -> dict[str, Any]:
    """What the rows say; items of a list in the order of their rows, whatever their numbers."""
    values: dict[str, Any] = {}
    seen: set[str] = set()
    for row in rows:
        path, value = str(row.values.get("path", "")).strip(), row.values.get("value", ABSENT)
        name, _, inner = path.partition(".")
        if not name:
            placed.complain(row.place("path"), "thiếu tên mục", "Ghi tên mục, hoặc xóa cả dòng")
            continue
        if value is ABSENT:
            continue  # emptied: the file has it no more
        known = values.get(name, [] if inner.isdecimal() else {})
        fits = isinstance(known, list if inner.isdecimal() else dict) if inner else name not in values
        if not fits or (path in seen and not inner.isdecimal()):
            placed.complain(row.place("path"), f"mục “{path}” không hợp với một dòng khác của trang", "Bỏ bớt một dòng")
            continue
        seen.add(path)
        if not inner:
            values[name] = value
            placed.cells[name,] = row.place("value")
        elif isinstance(known, list):
            placed.cells[name, len(known)] = row.place("value")
            values[name] = [*known, value]
        else:
            placed.cells[name, inner] = row.place("value")
            values[name] = {**known, inner: value}
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(base.get(name), Mapping):
            values[name] = in_order_of(value, base[name])
    return in_order_of(values, base)
