"""YAML files that people write → checked models, or findings with file and line.

The node tree is kept beside the values, so that every error of a model is said at the line where it stands. Numbers
come out as int or Decimal, never float; text as NFC.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar, get_args
from unicodedata import normalize

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.rules.base import Rule
from models.findings import Finding, Severity
from models.province.plain_files import UnreadableError, read_plain
from models.wording import meant

Model = TypeVar("Model", bound=BaseModel)
Step = str | int
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


class YamlFile:
    """A YAML file's values with the lines they stand on."""

    def __init__(self, shown_as: str, root: yaml.Node | None) -> None:
        self.shown_as = shown_as
        self._root = root

    def line(self, path: Sequence[Step]) -> int:
        """The line of the deepest part of the path that is in the file; names of union members are passed over."""
        node = self._root
        line = node.start_mark.line + 1 if node else 1
        for part in path:
            step = _child(node, part)
            if step is not None:
                key, node = step
                line = key.start_mark.line + 1
        return line

    def finding(self, path: Sequence[Step], what: str, remedy: str, severity: Severity = Severity.CRITICAL) -> Finding:
        """A finding at a path of this file."""
        return Finding(self.shown_as, self.line(path), what, remedy, severity)

    def written(self, path: Sequence[Step]) -> tuple[Step, ...]:
        """The path without the parts that are not in the file (names of union members, missing names)."""
        node = self._root
        found: list[Step] = []
        for part in path:
            step = _child(node, part)
            if step is not None:
                node = step[1]
                found.append(part)
        return tuple(found)

    def text(self, path: Sequence[Step]) -> str:
        """What is written at a path, "" where that is no single value."""
        node = self._root
        for part in path:
            step = _child(node, part)
            node = step[1] if step else None
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def leave_out(self, paths: Iterable[tuple[Step, ...]]) -> None:
        """Forget parts of the file, so that what remains can be read; the lines of the rest stay."""
        for path in sorted(set(paths), reverse=True):
            parent = self._root
            for part in path[:-1]:
                step = _child(parent, part)
                parent = step[1] if step else None
            step = _child(parent, path[-1])
            if step is not None and isinstance(parent, yaml.MappingNode | yaml.SequenceNode):
                parent.value = [
                    child for child in parent.value if step[0] is not (child[0] if isinstance(child, tuple) else child)
                ]


def _child(node: yaml.Node | None, part: Step) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that tells the line of a child, and the child."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def load_model(
    path: Path, shown_as: str, model: type[Model], droppable: Sequence[Sequence[str]] = (), context: object = None
) -> tuple[Model | None, YamlFile, list[Finding]]:
    """Read one YAML file into a model.

    Args:
        path: the file.
        shown_as: its name in findings.
        model: what it says.
        droppable: paths ("*" is any name or position) of parts without which the rest still makes sense. Where such a
            part is wrong, the model of the rest is returned beside the findings, so that the rest can be checked too.
        context: what models take from other files.

    Returns:
        The model or None, the file for later findings, and what is wrong with it.
    """
    root, broken = _composed(path, shown_as)
    file = YamlFile(shown_as, root)
    if broken:
        return None, file, [broken]
    findings: list[Finding] = []
    if not isinstance(_value(root, file, findings, {}), dict):
        return None, file, [Finding(shown_as, 1, "tệp không có nội dung dạng “mục: giá trị”", "Xem tệp mẫu")]
    value, wrong = _modelled(root, file, model, droppable, context)
    findings += wrong
    return value if droppable or not findings else None, file, findings


def _composed(path: Path, shown_as: str) -> tuple[yaml.Node | None, Finding | None]:
    """The file's node tree, or why there is none."""
    try:
        return composed(read_plain(path).decode("utf-8-sig"), shown_as)
    except UnreadableError as unreadable:
        return None, Finding(shown_as, 0, unreadable.what, unreadable.remedy)
    except UnicodeDecodeError:
        return None, Finding(shown_as, 0, "tệp không phải UTF-8", "Lưu lại tệp với bảng mã UTF-8")


def composed(text: str, shown_as: str) -> tuple[yaml.Node | None, Finding | None]:
    """The node tree of a text in YAML, or why there is none."""
    try:
        if unprinted := _UNPRINTED.search(text):
            line = text.count("\n", 0, unprinted.start()) + 1
            return None, Finding(shown_as, line, "có ký tự điều khiển không in được", "Xóa và gõ lại dòng này")
        if line := _line_of_depth(_DEEPEST, text):
            return None, Finding(shown_as, line, "các mục lồng nhau quá sâu", "Kiểm tra thụt dòng và dấu ngoặc")
        return yaml.compose(text, Loader=_Loader), None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or "")
        said, remedy = next((words for part, words in _SYNTAX.items() if part in problem), _SYNTAX[""])
        return None, Finding(shown_as, mark.line + 1 if mark else 0, f"sai cú pháp YAML: {said}", remedy)


def _line_of_depth(deepest: int, text: str) -> int:
    """The line where collections nest deeper than that, 0 when nowhere; composing them would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > deepest:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return 0


_SYNTAX = {
    "mapping values are not allowed": (
        "thừa dấu hai chấm hoặc thụt dòng sai",
        "Thụt dòng đều nhau; giá trị có dấu hai chấm phải đặt trong ngoặc kép",
    ),
    "could not find expected ':'": ("thiếu dấu hai chấm sau tên mục", "Ghi dạng “mục: giá trị”"),
    "cannot start any token": ("có ký tự không được đứng đầu", "Thụt dòng bằng dấu cách, không dùng phím Tab"),
    "did not find expected key": ("thụt dòng không đều", "Các mục cùng cấp phải thụt vào như nhau"),
    "did not find expected '-' indicator": ("thụt dòng không đều", "Các mục cùng cấp phải thụt vào như nhau"),
    "did not find expected ',' or": ("dấu ngoặc mở mà không đóng", "Đóng ngoặc, hoặc thêm dấu phẩy giữa các giá trị"),
    "unexpected end of stream": ("dấu ngoặc mở mà không đóng", "Đóng ngoặc kép hoặc ngoặc nhọn đã mở"),
    "another document": ("tệp có hai phần ngăn bằng ---", "Bỏ dòng --- ở giữa tệp"),
    "undefined alias": ("dấu * chỉ tới một tên không có", "Đặt giá trị có dấu * trong ngoặc kép"),
    "escape character": ("dấu \\ trong ngoặc kép", "Dùng ngoặc đơn thay ngoặc kép, hoặc viết \\\\"),
    "": ("không đọc được", "Kiểm tra thụt dòng, dấu hai chấm, dấu ngoặc"),
}


def _modelled(
    root: yaml.Node | None, file: YamlFile, model: type[Model], droppable: Sequence[Sequence[str]], context: object
) -> tuple[Model | None, list[Finding]]:
    """The model of the file, or of what remains without its wrong parts; and what is wrong with the whole."""
    findings: list[Finding] | None = None
    while True:
        try:
            return model.model_validate(_value(root, file, [], {}), context=context), findings or []
        except ValidationError as error:
            errors = [details for details in error.errors(include_url=False) if not _only_follows(details)]
        if findings is None:
            findings = [_said(file, details, model) for details in errors]
        wrong = [_dropped(file, details, droppable) for details in errors]
        parts = [part for part in wrong if part is not None]
        if not parts or len(parts) < len(wrong):
            return None, findings
        file.leave_out(parts)


def _dropped(file: YamlFile, details: ErrorDetails, droppable: Sequence[Sequence[str]]) -> tuple[Step, ...] | None:
    """The smallest part that holds the error and may be left out; None where there is none."""
    path = file.written(details["loc"])
    if details["type"] == "extra_forbidden":
        return path or None
    fitting = (
        len(pattern)
        for pattern in droppable
        if len(pattern) <= len(path) and all(name in ("*", part) for name, part in zip(pattern, path, strict=False))
    )
    length = max(fitting, default=0)
    return path[:length] if length else None


def _only_follows(details: ErrorDetails) -> bool:
    """Whether a list is called too short only because some of its items are wrong themselves."""
    if details["type"] != "too_short" or not isinstance(details["input"], list):
        return False
    return len(details["input"]) >= int(details["ctx"]["min_length"])


def values_of(text: str, shown_as: str) -> tuple[Any, list[Finding]]:
    """What a text in YAML says: mappings, lists, texts, numbers as int or Decimal, days; and what is wrong with it."""
    root, broken = composed(text, shown_as)
    if broken:
        return None, [broken]
    findings: list[Finding] = []
    return _value(root, YamlFile(shown_as, root), findings, {}), findings


def _value(node: yaml.Node | None, file: YamlFile, findings: list[Finding], known: dict[int, Any]) -> Any:
    """The value of a node; what is referred to twice is read once."""
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        known[id(node)] = values
        for key, child in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                findings.append(Finding(file.shown_as, line, "tên mục không phải là chữ", "Ghi dạng “mục: giá trị”"))
            elif key.value in values:
                findings.append(Finding(file.shown_as, line, f"mục “{key.value}” ghi hai lần", "Bỏ bớt một"))
            else:
                values[key.value] = _value(child, file, findings, known)
        return values
    if isinstance(node, yaml.SequenceNode):
        items: list[Any] = []
        known[id(node)] = items
        items += [_value(child, file, findings, known) for child in node.value]
        return items
    return _scalar(node) if node else None


def _scalar(node: yaml.Node) -> Any:
    """The value of a scalar; a number that would lose something of how it is written (`010`, `1.`) stays text."""
    kind, text = node.tag.rpartition(":")[2], node.value
    try:
        match kind:
            case "int" | "float":
                number = int(text) if kind == "int" else Decimal(text)
                return number if str(number) == text else text
            case "bool":
                return text.casefold() in ("true", "yes", "on")
            case "null":
                return None
            case "timestamp":
                return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        pass
    return normalize("NFC", text)


_AS_SAMPLE = "Xem tệp mẫu trong examples/tinh-mau"
_WRITE_DATE = "Ghi ngày dạng 2025-01-31"
_MESSAGES = {
    "missing": ("thiếu mục “{last}”", "Thêm mục này"),
    "extra_forbidden": ("không có mục tên “{last}”", "{meant}Sửa tên mục hoặc bỏ đi; ở đây ghi được: {expected}"),
    "rule_kind_missing": ("quy tắc thiếu loại (kind)", "Ghi kind là một trong: {expected}"),
    "rule_kind_unknown": ("không có loại quy tắc “{tag}”", "{meant}Dùng một trong: {expected}"),
    "enum": ("giá trị “{input}” không hợp lệ ở mục “{last}”", "{meant}Dùng một trong: {expected}"),
    "literal_error": ("giá trị “{input}” không hợp lệ ở mục “{last}”", "{meant}Dùng một trong: {expected}"),
    "greater_than": ("“{last}” là {input}, phải lớn hơn {gt}", "Sửa lại giá trị"),
    "greater_than_equal": ("“{last}” là {input}, phải từ {ge} trở lên", "Sửa lại giá trị"),
    "less_than_equal": ("“{last}” là {input}, không được quá {le}", "Sửa lại giá trị"),
    "decimal_max_places": ("“{last}” là {input}, có quá {decimal_places} chữ số thập phân", "Làm tròn bớt"),
    "decimal_max_digits": ("“{last}” là {input}, có quá {max_digits} chữ số", "Sửa lại giá trị"),
    "decimal_whole_digits": ("“{last}” là {input}, quá lớn", "Sửa lại giá trị"),
    "decimal_type": ("“{last}” không phải là số", "Ghi một số, dùng dấu chấm thập phân"),
    "decimal_parsing": ("“{last}” là “{input}”, không phải là số", "Ghi một số, dùng dấu chấm thập phân (2.5)"),
    "finite_number": ("“{last}” không phải là số", "Ghi một số, dùng dấu chấm thập phân"),
    "int_type": ("“{last}” không phải là số nguyên", "Ghi một số nguyên, không đặt trong ngoặc kép"),
    "int_parsing": ("“{last}” là “{input}”, không phải là số nguyên", "Ghi một số nguyên"),
    "int_parsing_size": ("“{last}” quá lớn", "Sửa lại giá trị"),
    "int_from_float": ("“{last}” là {input}, không phải là số nguyên", "Ghi một số nguyên"),
    "bool_type": ("“{last}” không phải là có hoặc không", "Ghi true hoặc false"),
    "bool_parsing": ("“{last}” là “{input}”, không phải là có hoặc không", "Ghi true hoặc false"),
    "string_type": ("“{last}” phải là chữ", "Đặt giá trị trong ngoặc kép"),
    "string_too_short": ("“{last}” để trống", "Ghi nội dung"),
    "string_too_long": ("“{last}” dài quá {max_length} ký tự", "Rút ngắn lại"),
    "too_long": ("“{last}” dài quá {max_length} ký tự", "Rút ngắn lại"),
    "string_pattern_mismatch": ("“{last}” có ký tự không dùng được: {input}", "{allowed}"),
    "date_type": ("“{last}” không phải là ngày", _WRITE_DATE),
    "date_parsing": ("“{last}” là “{input}”, không phải là ngày", _WRITE_DATE),
    "date_from_datetime_parsing": ("“{last}” là “{input}”, không phải là ngày", _WRITE_DATE),
    "date_from_datetime_inexact": ("“{last}” là “{input}”, không phải là ngày", _WRITE_DATE),
    "too_short": ("“{last}” có quá ít mục (cần ít nhất {min_length})", "Bổ sung"),
    "tuple_type": ("“{last}” phải là một danh sách", "Ghi mỗi mục một dòng bắt đầu bằng gạch ngang"),
    "model_type": ("“{last}” phải có các mục con", _AS_SAMPLE),
    "model_attributes_type": ("“{last}” phải có các mục con", _AS_SAMPLE),
    "value_error": ("{error}", "Sửa lại giá trị"),
}
_EMPTY = ("“{last}” để trống", "Ghi giá trị hoặc bỏ mục này")
_IN_IDS = "Chỉ dùng chữ thường không dấu, chữ số, gạch dưới; bắt đầu bằng chữ"
_IN_CODES = "Chỉ dùng chữ, số, dấu chấm, gạch; không có dấu cách"


def _said(file: YamlFile, details: ErrorDetails, model: type[BaseModel]) -> Finding:
    """A model's error in Vietnamese, at its line, with the nearest thing that may be written there."""
    path = details["loc"]
    what, remedy = _MESSAGES.get(details["type"], ("“{last}” không hợp lệ", _AS_SAMPLE))
    if details["input"] is None:
        what, remedy = _EMPTY
    context = {key: str(value) for key, value in details.get("ctx", {}).items()}
    last, typed, expected = _last_of(path), _short(details["input"]), said_choices(context.get("expected", ""))
    if details["type"] == "extra_forbidden":
        known = _names_at(file, path[:-1], model)
        typed, expected = last, ", ".join(known)
    words = {
        "tag": "",
        "error": "",
        "meant": meant(typed, expected.split(", ")),
        **context,
        "last": last,
        "input": typed,
        "expected": expected,
        "allowed": _IN_IDS if "[a-z]" in context.get("pattern", "") else _IN_CODES,
    }
    return file.finding(path, what.format_map(words), remedy.format_map(words))


def _names_at(file: YamlFile, path: Sequence[Step], model: type[BaseModel]) -> list[str]:
    """The names that a mapping at a path of a file may have, in the order of its model."""
    models = [model]
    for depth, part in enumerate(path):
        if isinstance(part, str):
            fields = [field for each in models for field in each.model_fields.items()]
            inner = [field.annotation for name, field in fields if part in (name, field.alias)]
            models = [_written_kind(file, path[: depth + 1], found) for found in _models_in(*inner)] or models
    return list(dict.fromkeys(field.alias or name for each in models for name, field in each.model_fields.items()))


def _models_in(*annotations: Any) -> list[type[BaseModel]]:
    """The models that annotations speak of."""
    found: list[type[BaseModel]] = []
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found.append(annotation)
        found += _models_in(*get_args(annotation))
    return found


def _written_kind(file: YamlFile, path: Sequence[Step], model: type[BaseModel]) -> type[BaseModel]:
    """A rule is of the kind that it names."""
    return RULE_KINDS.get(file.text((*path, "kind")), model) if issubclass(model, Rule) else model


def said_choices(expected: str) -> str:
    """What a model says that it expects (`'a', 'b' or 'c'`), for Vietnamese readers."""
    return expected.replace("'", "").replace(" or ", ", ")


def _last_of(path: tuple[Step, ...]) -> str:
    """The name of the last part of a path; of an item of a list, the list's name and its position."""
    names = [part for part in path if isinstance(part, str)]
    name = names[-1] if names else "tệp"
    return f"{name} (mục thứ {path[-1] + 1})" if path and isinstance(path[-1], int) else name


def _short(value: object) -> str:
    """A value as said in a message; of collections only that they are."""
    if isinstance(value, dict | list):
        return "nhóm mục" if isinstance(value, dict) else "danh sách"
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
