"""YAML files that people write → checked models, or findings with file and line.

The node tree is kept beside the values, so that every error of a model is said at the line where it stands. Numbers come
out as int or Decimal, never float; text as NFC.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar
from unicodedata import normalize

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.findings import Finding

Model = TypeVar("Model", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFile:
    """A YAML file's values with the lines they stand on."""

    def __init__(self, shown_as: str, root: yaml.Node | None) -> None:
        self.shown_as = shown_as
        self._root = root

    def line(self, path: Sequence[str | int]) -> int:
        """The line of the deepest part of the path that is in the file; names of union members are passed over."""
        node = self._root
        line = node.start_mark.line + 1 if node else 1
        for part in path:
            step = _child(node, part)
            if step is not None:
                key, node = step
                line = key.start_mark.line + 1
        return line

    def finding(self, path: Sequence[str | int], what: str, remedy: str) -> Finding:
        """A finding at a path of this file."""
        return Finding(self.shown_as, self.line(path), what, remedy)


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that tells the line of a child, and the child."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def load_model(path: Path, shown_as: str, model: type[Model]) -> tuple[Model | None, YamlFile, list[Finding]]:
    """Read one YAML file into a model.

    Returns:
        The model or None, the file for later findings, and what is wrong with it.
    """
    try:
        root = yaml.compose(path.read_bytes().decode("utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError:
        file = YamlFile(shown_as, None)
        return None, file, [Finding(shown_as, 0, "tệp không phải UTF-8", "Lưu lại tệp với bảng mã UTF-8")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = getattr(error, "problem", None) or "không đọc được"
        finding = Finding(shown_as, line, f"sai cú pháp YAML ({problem})", "Kiểm tra thụt dòng, dấu hai chấm, ngoặc")
        return None, YamlFile(shown_as, None), [finding]
    file = YamlFile(shown_as, root)
    findings: list[Finding] = []
    value = _value(root, file, findings, ()) if root else None
    if findings:
        return None, file, findings
    if not isinstance(value, dict):
        return None, file, [Finding(shown_as, 1, "tệp không có nội dung dạng “mục: giá trị”", "Xem tệp mẫu")]
    try:
        return model.model_validate(value), file, []
    except ValidationError as error:
        return None, file, [_said(file, details) for details in error.errors(include_url=False)]


def _value(node: yaml.Node, file: YamlFile, findings: list[Finding], path: tuple[str | int, ...]) -> Any:
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key, child in node.value:
            if key.value in values:
                line = key.start_mark.line + 1
                findings.append(Finding(file.shown_as, line, f"mục “{key.value}” ghi hai lần", "Bỏ bớt một"))
            values[key.value] = _value(child, file, findings, (*path, key.value))
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, file, findings, (*path, position)) for position, child in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    kind, text = node.tag.rpartition(":")[2], node.value
    try:
        match kind:
            case "int":
                return int(text)
            case "float":
                return Decimal(text)
            case "bool":
                return text.casefold() in ("true", "yes", "on")
            case "null":
                return None
            case "timestamp":
                return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        pass
    return normalize("NFC", text)


_MESSAGES = {
    "missing": ("thiếu mục “{last}”", "Thêm mục này"),
    "extra_forbidden": ("không có mục tên “{last}”", "Sửa tên mục hoặc bỏ đi; xem docs về thư mục tỉnh"),
    "union_tag_not_found": ("quy tắc thiếu loại (kind)", "Ghi kind là một trong: {expected}"),
    "union_tag_invalid": ("không có loại quy tắc “{tag}”", "Dùng một trong: {expected}"),
    "enum": ("giá trị “{input}” không hợp lệ ở mục “{last}”", "Dùng một trong: {expected}"),
    "literal_error": ("giá trị “{input}” không hợp lệ ở mục “{last}”", "Dùng một trong: {expected}"),
    "greater_than": ("“{last}” là {input}, phải lớn hơn {gt}", "Sửa lại giá trị"),
    "greater_than_equal": ("“{last}” là {input}, phải từ {ge} trở lên", "Sửa lại giá trị"),
    "less_than_equal": ("“{last}” là {input}, không được quá {le}", "Sửa lại giá trị"),
    "decimal_max_places": ("“{last}” là {input}, có quá {decimal_places} chữ số thập phân", "Làm tròn bớt"),
    "decimal_type": ("“{last}” không phải là số", "Nhập một số, dấu chấm thập phân, không đặt trong ngoặc kép"),
    "decimal_parsing": ("“{last}” không phải là số", "Nhập một số, dấu chấm thập phân"),
    "int_type": ("“{last}” không phải là số nguyên", "Nhập một số nguyên"),
    "int_parsing": ("“{last}” không phải là số nguyên", "Nhập một số nguyên"),
    "string_type": ("“{last}” phải là chữ", "Đặt giá trị trong ngoặc kép"),
    "string_too_short": ("“{last}” để trống", "Ghi nội dung"),
    "string_pattern_mismatch": ("“{last}” có ký tự không dùng được: {input}", "Chỉ dùng chữ, số, dấu chấm, gạch"),
    "date_type": ("“{last}” không phải là ngày", "Ghi ngày dạng 2025-01-31"),
    "date_from_datetime_parsing": ("“{last}” không phải là ngày", "Ghi ngày dạng 2025-01-31"),
    "date_parsing": ("“{last}” không phải là ngày", "Ghi ngày dạng 2025-01-31"),
    "too_short": ("“{last}” có quá ít mục (cần ít nhất {min_length})", "Bổ sung"),
    "tuple_type": ("“{last}” phải là một danh sách", "Ghi mỗi mục một dòng bắt đầu bằng gạch ngang"),
    "model_type": ("“{last}” phải có các mục con", "Xem tệp mẫu"),
    "model_attributes_type": ("“{last}” phải có các mục con", "Xem tệp mẫu"),
    "value_error": ("{error}", "Sửa lại giá trị"),
}


def _said(file: YamlFile, details: ErrorDetails) -> Finding:
    """A model's error in Vietnamese, at its line."""
    path = details["loc"]
    what, remedy = _MESSAGES.get(details["type"], ("“{last}” không hợp lệ", "Xem tệp mẫu và sửa lại"))
    context = {key: str(value) for key, value in details.get("ctx", {}).items()}
    context.setdefault("expected", context.pop("expected_tags", ""))
    context.setdefault("error", "")
    words = {"last": path[-1] if path else "", "input": _short(details["input"]), **context}
    return file.finding(path, what.format_map(words), remedy.format_map(words))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
