"""What the open data say: every name of the JSON, every column of CSV and XLSX, with meaning, unit and type.

The words stand once, those of a unit's figures in models/published_figures.py. From them come the data dictionary for
people and the JSON Schema (draft 2020-12) for programs. The files are written by tasks/publishing/exporting.py.
"""

import csv
import io
import json
from collections.abc import Collection, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from models.published_figures import FIGURES, ColumnGroup, Medium, PublishedFigure, figures_in
from tasks.publishing.exporting import AREAS, REPAIR_HEADINGS
from tasks.spreadsheets.inert import inert

DICTIONARY_COLUMNS = ("Tệp", "Tên", "Ý nghĩa", "Đơn vị tính", "Kiểu dữ liệu")
_POINTS, _PERCENT, _UNITS = "điểm", "%", "đơn vị"
_DECIMAL = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "text": ({"type": "string"}, "chữ"),
    "decimal": (_DECIMAL, "số thập phân, dấu chấm; trong JSON viết trong ngoặc kép"),
    "whole": ({"type": "integer"}, "số nguyên"),
    "count": ({"type": "integer", "minimum": 0}, "số nguyên không âm"),
    "rank": ({"type": "integer", "minimum": 1}, "số nguyên từ 1"),
    "yes": ({"type": "boolean"}, "đúng/sai (true/false); trong CSV là 1/0"),
    "year": ({"type": "integer", "minimum": 2000, "maximum": 2100}, "số nguyên"),
    "hash": ({"type": "string", "pattern": "^(sha256:)?[0-9a-f]{64}$"}, "chuỗi 64 ký tự thập lục phân"),
    "state": ({"enum": ["evaluated", "approved", "published"]}, "một trong: evaluated, approved, published"),
    "scored": ({"enum": ["scored", "not_scored"]}, "một trong: scored, not_scored"),
    "codes": ({"type": "array", "items": {"type": "string"}}, "danh sách mã"),
}


class DataName(NamedTuple):
    """One name of the data: what it means, in which unit, of which kind, and whether it may be empty."""

    meaning: str
    kind: str
    unit: str = ""
    empty: bool = False

    @classmethod
    def of(cls, figure: PublishedFigure) -> "DataName":
        """A figure of a unit as the data have it."""
        return cls(figure.meaning, figure.kind, figure.unit, figure.empty)

    @property
    def type(self) -> str:
        """The type as people read it."""
        return _KINDS[self.kind][1] + ("; có thể trống" if self.empty else "")

    @property
    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema has it."""
        schema = _KINDS[self.kind][0]
        either = {"anyOf": [schema, {"type": "null"}]} if self.empty else schema
        return {"description": self.meaning, **either}


_DOCUMENT = {
    "year": DataName("Năm của chỉ số (không phải năm ban hành quyết định)", "year"),
    "snapshot": DataName("Tên (SHA-256) của bản kết quả đã phê duyệt", "hash"),
    "status": DataName("Tình trạng của bản kết quả", "state"),
}
_GROUP = {
    "id": DataName("Mã nhóm đơn vị", "text"),
    "name": DataName("Tên nhóm đơn vị", "text"),
    "size": DataName("Số đơn vị của nhóm", "count", _UNITS),
    "mean": DataName("Chỉ số trung bình của các đơn vị được xếp hạng", "decimal", _PERCENT, True),
    "up": DataName("Số đơn vị có chỉ số tăng so với năm trước", "count", _UNITS),
    "down": DataName("Số đơn vị có chỉ số giảm so với năm trước", "count", _UNITS),
    "unchanged": DataName("Số đơn vị có chỉ số không đổi so với năm trước", "count", _UNITS),
}
_AREA = {
    "code": DataName("Mã lĩnh vực theo bộ tiêu chí", "text"),
    "name": DataName("Tên lĩnh vực", "text"),
    "max_points": DataName("Điểm tối đa của lĩnh vực đối với đơn vị", "decimal", _POINTS),
    "points": DataName("Điểm đạt của lĩnh vực", "decimal", _POINTS),
    "index": DataName("Chỉ số của lĩnh vực; trống nếu cả lĩnh vực không áp dụng", "decimal", _PERCENT, True),
}
_OF_REPAIRS = (
    _GROUP["name"],
    *(DataName.of(figure) for figure in FIGURES if figure.group is ColumnGroup.UNIT),
    DataName("Mã tiêu chí hoặc tiêu chí thành phần đạt dưới một nửa điểm tối đa", "text"),
    DataName("Tên của tiêu chí ấy", "text"),
    DataName("Điểm tối đa của tiêu chí", "decimal", _POINTS),
    DataName("Điểm đơn vị đạt", "decimal", _POINTS),
    DataName("Điểm tối đa trừ điểm đạt", "decimal", _POINTS),
    DataName("Điểm dựa vào đâu: thẩm định, khảo sát, số liệu…", "text"),
    DataName("Số liệu mà điểm mất được tính từ đó, và mức cần đạt để được đủ điểm", "text"),
)


def dictionary_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Every name of every file, in the order of the files: see DICTIONARY_COLUMNS."""
    unit = "groups[].units[]."
    figures = figures_in(Medium.JSON)
    own = {figure.id: DataName.of(figure) for figure in figures if not figure.parent}
    area = {f"{AREAS}[].{name}": named for name, named in _AREA.items()}
    inner = {f"{figure.parent}.{figure.name}": DataName.of(figure) for figure in figures if figure.parent}
    for prefix, names in (("", _DOCUMENT), ("groups[].", _GROUP), (unit, own | area | inner)):
        yield from (_row("results.json", prefix + name, named) for name, named in names.items())
    yield _row("results.csv", "group", _GROUP["id"])
    for figure in figures_in(Medium.CSV):
        yield _row("results.csv", figure.id, _column(figure))
    for figure in figures_in(Medium.WORKBOOK):
        yield _row("results.xlsx, trang “Xếp hạng …”", figure.heading_in(Medium.WORKBOOK), _column(figure))
    yield _row("results.xlsx, trang “Lĩnh vực …”", "mã. tên lĩnh vực (%)", _AREA["index"])
    for heading, named in zip(REPAIR_HEADINGS, _OF_REPAIRS, strict=True):
        yield _row("results.xlsx, trang “Cần khắc phục”", heading, named)


def _column(figure: PublishedFigure) -> DataName:
    """A figure in a table, where the part of the JSON that holds it may be missing."""
    return DataName.of(figure)._replace(empty=figure.empty or bool(figure.parent))


def _row(file: str, name: str, named: DataName) -> tuple[str, str, str, str, str]:
    return file, name, named.meaning, named.unit, named.type


def dictionary_csv() -> bytes:
    """The data dictionary as CSV, UTF-8 with a byte order mark so that spreadsheets read its Vietnamese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DICTIONARY_COLUMNS)
    writer.writerows([inert(cell) for cell in row] for row in dictionary_rows())
    return out.getvalue().encode("utf-8-sig")


def results_schema(optional: Collection[str] = ()) -> bytes:
    """The JSON Schema that results.json keeps; nothing that it does not name may stand there.

    Args:
        optional: names of groups and units that may be missing: what a province does not show.
    """
    parts: dict[str, Any] = {AREAS: {"type": "array", "items": _object(_AREA)}}
    figures = figures_in(Medium.JSON)
    for parent, inner in groupby((one for one in figures if one.parent), key=attrgetter("parent")):
        parts[parent] = {"anyOf": [_object({figure.name: DataName.of(figure) for figure in inner}), {"type": "null"}]}
    own = {figure.id: DataName.of(figure) for figure in figures if not figure.parent}
    units = {"type": "array", "items": _object(own, optional, parts)}
    groups = {"type": "array", "items": _object(_GROUP, optional, {"units": units})}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Kết quả Chỉ số cải cách hành chính của một năm",
        **_object(_DOCUMENT, (), {"groups": groups}),
    }
    return json.dumps(schema, ensure_ascii=False, indent=1).encode() + b"\n"


def _object(names: dict[str, DataName], optional: Collection[str] = (), parts: dict[str, Any] | None = None) -> Any:
    properties = {**{name: named.schema for name, named in names.items()}, **(parts or {})}
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
