"""What the open data say: every name of the JSON, every column of CSV and XLSX, with meaning, unit and type.

The words stand here once. From them come the data dictionary for people and the JSON Schema (draft 2020-12) for
programs. The files themselves are written by tasks/publishing/exporting.py.
"""

import csv
import io
import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from tasks.publishing.exporting import AREAS, CSV_COLUMNS, RANKING_HEADINGS, REPAIR_HEADINGS
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


class Named(NamedTuple):
    """One name of the data: what it means, in which unit, of which kind, and whether it may be empty."""

    meaning: str
    kind: str
    unit: str = ""
    empty: bool = False

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
    "year": Named("Năm của chỉ số (không phải năm ban hành quyết định)", "year"),
    "snapshot": Named("Tên (SHA-256) của bản kết quả đã phê duyệt", "hash"),
    "status": Named("Tình trạng của bản kết quả", "state"),
}
_GROUP = {
    "id": Named("Mã nhóm đơn vị", "text"),
    "name": Named("Tên nhóm đơn vị", "text"),
    "size": Named("Số đơn vị của nhóm", "count", _UNITS),
    "mean": Named("Chỉ số trung bình của các đơn vị được xếp hạng", "decimal", _PERCENT, True),
    "up": Named("Số đơn vị có chỉ số tăng so với năm trước", "count", _UNITS),
    "down": Named("Số đơn vị có chỉ số giảm so với năm trước", "count", _UNITS),
    "unchanged": Named("Số đơn vị có chỉ số không đổi so với năm trước", "count", _UNITS),
}
_UNIT = {
    "code": Named("Mã đơn vị, theo units.csv của tỉnh", "text"),
    "name": Named("Tên đơn vị", "text"),
    "max_points": Named("Điểm tối đa của chính đơn vị, đã trừ nội dung không áp dụng", "decimal", _POINTS),
    "self_points": Named("Điểm đơn vị tự chấm", "decimal", _POINTS, True),
    "appraised_points": Named("Điểm thẩm định, không gồm phần khảo sát", "decimal", _POINTS, True),
    "survey_points": Named("Điểm điều tra xã hội học", "decimal", _POINTS, True),
    "bonus": Named("Điểm thưởng", "decimal", _POINTS),
    "penalty": Named("Điểm trừ", "decimal", _POINTS),
    "points": Named("Tổng điểm", "decimal", _POINTS, True),
    "index": Named("Chỉ số CCHC: tổng điểm chia điểm tối đa của đơn vị, nhân 100", "decimal", _PERCENT, True),
    "rank": Named("Thứ hạng trong nhóm; trống nếu không xếp hạng", "rank", "", True),
    "tied": Named("Có đơn vị khác cùng hạng", "yes"),
    "grade": Named("Xếp loại", "text", "", True),
    "ranked": Named("Đơn vị thuộc diện xếp hạng", "yes"),
    "status": Named("Đơn vị được chấm điểm (scored) hay không (not_scored)", "scored"),
}
_AREA = {
    "code": Named("Mã lĩnh vực theo bộ tiêu chí", "text"),
    "name": Named("Tên lĩnh vực", "text"),
    "max_points": Named("Điểm tối đa của lĩnh vực đối với đơn vị", "decimal", _POINTS),
    "points": Named("Điểm đạt của lĩnh vực", "decimal", _POINTS),
    "index": Named("Chỉ số của lĩnh vực; trống nếu cả lĩnh vực không áp dụng", "decimal", _PERCENT, True),
}
_PREVIOUS = {
    "year": Named("Năm so sánh", "year"),
    "index": Named("Chỉ số năm trước; đơn vị sáp nhập: bình quân của các đơn vị trước", "decimal", _PERCENT),
    "rank": Named("Thứ hạng năm trước; trống nếu không so sánh được", "rank", "", True),
    "from": Named("Mã của đơn vị, hoặc các đơn vị, có kết quả năm trước", "codes"),
}
_CHANGE = {
    "index": Named("Chênh lệch chỉ số so với năm trước", "decimal", "điểm phần trăm"),
    "rank": Named("Số bậc tăng (dương) hoặc giảm (âm); trống nếu không so sánh được", "whole", "bậc", True),
}
_ROBUSTNESS = {
    "rank_p5": Named("Hạng tốt nhất trong 90% trường hợp trọng số lĩnh vực thay đổi ±25%", "rank"),
    "rank_p95": Named("Hạng thấp nhất trong 90% trường hợp trọng số lĩnh vực thay đổi ±25%", "rank"),
}
_PARTS = {"areas": _AREA, "previous": _PREVIOUS, "change": _CHANGE, "robustness": _ROBUSTNESS}
_OF_CSV = {
    "group": _GROUP["id"],
    **{f"previous_{name}": _PREVIOUS[name]._replace(empty=True) for name in ("year", "index", "rank")},
    **{f"change_{name}": named._replace(empty=True) for name, named in _CHANGE.items()},
}
_NOTE = Named("Lý do không so sánh, hoặc đơn vị được sắp xếp từ đâu", "text", "", True)
_OF_REPAIRS = (
    _GROUP["name"],
    _UNIT["code"],
    _UNIT["name"],
    Named("Mã tiêu chí hoặc tiêu chí thành phần đạt dưới một nửa điểm tối đa", "text"),
    Named("Tên của tiêu chí ấy", "text"),
    Named("Điểm tối đa của tiêu chí", "decimal", _POINTS),
    Named("Điểm đơn vị đạt", "decimal", _POINTS),
    Named("Điểm tối đa trừ điểm đạt", "decimal", _POINTS),
    Named("Điểm dựa vào đâu: thẩm định, khảo sát, số liệu…", "text"),
)


def dictionary_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Every name of every file, in the order of the files: see DICTIONARY_COLUMNS."""
    for prefix, names in (("", _DOCUMENT), ("groups[].", _GROUP), ("groups[].units[].", _UNIT)):
        yield from (_row("results.json", prefix + name, named) for name, named in names.items())
    for part, names in _PARTS.items():
        prefix = f"groups[].units[].{part}{'[]' if part == AREAS else ''}."
        yield from (_row("results.json", prefix + name, named) for name, named in names.items())
    for name in CSV_COLUMNS:
        yield _row("results.csv", name, column_named(name))
    for name, heading in RANKING_HEADINGS.items():
        yield _row("results.xlsx, trang “Xếp hạng …”", heading, column_named(name))
    yield _row("results.xlsx, trang “Lĩnh vực …”", "mã. tên lĩnh vực (%)", _AREA["index"])
    for heading, named in zip(REPAIR_HEADINGS, _OF_REPAIRS, strict=True):
        yield _row("results.xlsx, trang “Cần khắc phục”", heading, named)


def column_named(name: str) -> Named:
    """What a column of the CSV or of the ranking in the workbook says.

    Raises:
        KeyError: no such column.
    """
    return _NOTE if name == "note" else _OF_CSV.get(name) or _UNIT[name]


def _row(file: str, name: str, named: Named) -> tuple[str, str, str, str, str]:
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
    for part in ("previous", "change", "robustness"):
        parts[part] = {"anyOf": [_object(_PARTS[part]), {"type": "null"}]}
    units = {"type": "array", "items": _object(_UNIT, optional, parts)}
    groups = {"type": "array", "items": _object(_GROUP, optional, {"units": units})}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Kết quả Chỉ số cải cách hành chính của một năm",
        **_object(_DOCUMENT, (), {"groups": groups}),
    }
    return json.dumps(schema, ensure_ascii=False, indent=1).encode() + b"\n"


def _object(names: dict[str, Named], optional: Collection[str] = (), parts: dict[str, Any] | None = None) -> Any:
    properties = {**{name: named.schema for name, named in names.items()}, **(parts or {})}
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
