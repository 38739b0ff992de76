"""A criteria set as tables that officers edit in a spreadsheet, and back: leaves, blocks, cross-checks, the rest.

A rule stands in two cells: its kind, from a list, and its parameters, a line each as the set writes them; beside them
is what they say in words, for reading only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.criteria.cross_checks import CrossCheck
from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.sets import Area, BlockItem, Component, CriteriaSet, Criterion, Evidence, Source
from tasks.editing.columns import ABSENT, EditedColumn, Sort, column_of, file_names
from tasks.editing.tables import EditedTable, Placed, ReadRow, ReadSheet, TableRow, in_order_of, rows_of

SET_BOOK = "criteria-set"
_LEAVES, _BLOCKS, _CHECKS, _GENERAL = "leaves", "blocks", "checks", "general"
_LEVEL, _KIND, _PARAMETERS, _IN_WORDS = "level", "rule.kind", "rule.parameters", "rule.words"
_LEVELS = (("area", "Lĩnh vực"), ("criterion", "Tiêu chí"), ("component", "Tiêu chí thành phần"))
_BELOW = ("areas", "criteria", "components")
_OWN_TABLES = ("areas", "checks")
_BLOCK_NAMES = (("bonus", "Điểm thưởng"), ("penalty", "Điểm trừ"))

KIND_NAMES = {
    "points": "Cho điểm trực tiếp",
    "binary": "Đạt hoặc không đạt",
    "options": "Chọn một phương án",
    "tiers": "Thang điểm theo bậc",
    "proportional": "Tính theo tỷ lệ",
    "on_time": "Đúng thời hạn",
    "within": "Trong số ngày quy định",
    "checklist": "Danh mục nội dung",
    "deduction": "Trừ điểm theo trường hợp",
    "survey": "Điều tra xã hội học",
    "external": "Theo chỉ số khác",
    "min_max": "So với các đơn vị cùng nhóm",
    "by_fact": "Tùy trường hợp",
}
"""The kinds of rule as officers choose them; one that is not named here goes by its own name."""

_SOURCES = (
    ("self", "Đơn vị tự chấm"),
    ("survey", "Khảo sát"),
    ("register", "Cơ quan theo dõi"),
    ("external", "Chỉ số bên ngoài"),
)
_EVIDENCE = (
    ("required_for_points", "Không có thì không tính điểm"),
    ("strict", "Thiếu thì trả lại phiếu"),
    ("required", "Phải có"),
    ("optional", "Có thể có"),
    ("none", "Không cần"),
)
SOURCE_NAMES = {Source(value): name for value, name in _SOURCES}
EVIDENCE_NAMES = {Evidence(value): name for value, name in _EVIDENCE}
_COMPARISONS = (("<=", "không lớn hơn"), ("=", "bằng"), ("<", "nhỏ hơn"), (">=", "không nhỏ hơn"))
_SEVERITIES = (("critical", "trả lại phiếu"), ("warning", "cảnh báo"), ("info", "chỉ nhắc"))
_TITLES = {
    "code": ("Mã", 11),
    "name": ("Tên", 46),
    "max": ("Điểm tối đa", 10),
    "source": ("Nguồn số liệu", 18),
    "evidence": ("Tài liệu kiểm chứng", 18),
    "appraised_by": ("Cơ quan thẩm định (mã)", 14),
    "not_applicable": ("Không áp dụng", 26),
    "reference": ("Căn cứ", 26),
    "each": ("Điểm mỗi trường hợp", 12),
    "per": ("Tính theo mấy trường hợp", 12),
    "steps": ("Các bậc", 30),
    "left": ("Vế trái (mã/số liệu)", 30),
    "op": ("So sánh", 16),
    "right": ("Vế phải (mã/số liệu)", 30),
    "what": ("Điều sai, khi không đúng như vậy", 50),
    "severity": ("Khi sai thì", 14),
    "tolerance": ("Cho phép lệch", 10),
}
_CHOICES = {"source": _SOURCES, "evidence": _EVIDENCE, "op": _COMPARISONS, "severity": _SEVERITIES}


def _column(model: type, id: str) -> EditedColumn:
    title, width = _TITLES.get(id, (id, 20))
    column = column_of(model, id, title, width)
    if id in _CHOICES:
        return EditedColumn(id, title, width, Sort.TEXT, _CHOICES[id])
    return column


def _leaf_columns() -> tuple[EditedColumn, ...]:
    """What the parts of a set can say, the rule in three columns."""
    names = list(dict.fromkeys(name for model in (Component, Criterion, Area) for name in file_names(model)))
    plain = {name: next(model for model in (Component, Criterion, Area) if name in file_names(model)) for name in names}
    first = [_column(plain[name], name) for name in ("code", "name", "max", "source")]
    rule = [
        EditedColumn(
            _KIND, "Loại quy tắc", 22, Sort.TEXT, tuple((kind, KIND_NAMES.get(kind, kind)) for kind in RULE_KINDS)
        ),
        EditedColumn(_PARAMETERS, "Nội dung quy tắc", 60, Sort.WRITTEN),
        EditedColumn(_IN_WORDS, "Quy tắc bằng lời (chỉ để đọc)", 50, Sort.TOLD),
    ]
    taken = {"code", "name", "max", "source", "rule", *_BELOW}
    rest = [_column(plain[name], name) for name in names if name not in taken]
    return (EditedColumn(_LEVEL, "Cấp", 18, Sort.TEXT, _LEVELS), *first, *rule, *rest)


def _block_columns() -> tuple[EditedColumn, ...]:
    block = EditedColumn("block", "Khối", 14, Sort.TEXT, _BLOCK_NAMES)
    return (block, *(_column(BlockItem, name) for name in file_names(BlockItem)))


def _check_columns() -> tuple[EditedColumn, ...]:
    return tuple(_column(CrossCheck, name) for name in file_names(CrossCheck))


_GENERAL_COLUMNS = (
    EditedColumn("path", "Mục", 18),
    EditedColumn("value", "Giá trị", 80, Sort.WRITTEN),
)


def tables_of(values: Mapping[str, Any], known: CriteriaSet | None, year: int) -> tuple[EditedTable, ...]:
    """A set as tables.

    Args:
        values: what its file says.
        known: the same as a model, for what is only told; None where it could not be read.
        year: the index year in which deadlines are told.
    """
    return (
        EditedTable(
            _LEAVES,
            "Bộ tiêu chí",
            "Mỗi dòng một lĩnh vực, tiêu chí hoặc tiêu chí thành phần, theo thứ tự. Chèn, xóa, dời dòng tùy ý.",
            _leaf_columns(),
            tuple(_leaf_rows(values.get("areas", []), _sentences(known, year))),
        ),
        EditedTable(
            _BLOCKS,
            "Điểm thưởng, điểm trừ",
            "Mức nhiều nhất của cả khối ghi ở trang Thông tin chung (bonus.cap, penalty.cap).",
            _block_columns(),
            tuple(_block_rows(values)),
            20,
        ),
        EditedTable(
            _CHECKS,
            "Đối chiếu số liệu",
            "Các số liệu ở vế trái cộng lại, so với vế phải; mỗi số liệu ghi mã/tên, nhiều số liệu ghi [a/x, b/y].",
            _check_columns(),
            tuple(TableRow(str(place), check) for place, check in enumerate(values.get("checks", []))),
            20,
        ),
        EditedTable(
            _GENERAL,
            "Thông tin chung",
            "Mỗi dòng một mục của tệp; bonus.cap là mục cap bên trong bonus.",
            _GENERAL_COLUMNS,
            tuple(_general_rows(values)),
            10,
        ),
    )


def _sentences(known: CriteriaSet | None, year: int) -> dict[str, str]:
    return {leaf.code: leaf.rule.sentence(leaf.max, year) for leaf in known.leaves} if known else {}


def _leaf_rows(
    parts: Sequence[Mapping[str, Any]], words: Mapping[str, str], level: int = 0, above: str = ""
) -> Iterator[TableRow]:
    for place, part in enumerate(parts):
        key = f"{above}{place}"
        values = {name: value for name, value in part.items() if name not in (*_BELOW, "rule")}
        values[_LEVEL] = _LEVELS[level][0]
        if isinstance(rule := part.get("rule"), Mapping):
            values[_KIND] = str(rule.get("kind", ""))
            if parameters := {name: value for name, value in rule.items() if name != "kind"}:
                values[_PARAMETERS] = parameters
        if (sentence := words.get(str(part.get("code")))) is not None:
            values[_IN_WORDS] = sentence
        yield TableRow(key, values, level)
        yield from _leaf_rows(part.get(_below(level), []), words, level + 1, f"{key}/")


def _block_rows(values: Mapping[str, Any]) -> Iterator[TableRow]:
    for block, _ in _BLOCK_NAMES:
        for place, item in enumerate(values.get(block, {}).get("items", [])):
            yield TableRow(f"{block}/{place}", {"block": block, **item})


def _general_rows(values: Mapping[str, Any]) -> Iterator[TableRow]:
    for name, value in values.items():
        if name in (block for block, _ in _BLOCK_NAMES):
            for inner, what in value.items():
                if inner != "items":
                    yield TableRow(f"{name}.{inner}", {"path": f"{name}.{inner}", "value": what})
        elif name not in _OWN_TABLES:
            yield TableRow(name, {"path": name, "value": value})


# --- back -------------------------------------------------------------------------------------------------------------


def values_of_tables(
    sheets: Mapping[str, ReadSheet], base: Mapping[str, Any], tables: Sequence[EditedTable], placed: Placed
) -> dict[str, Any]:
    """What the file of the set should say.

    Args:
        sheets: the tables as they came back.
        base: what the file said when they went out; {} where nothing of it is to be kept.
        tables: as they went out.
        placed: cells by path and findings are added to it.
    """
    leaves, blocks, checks, general = (rows_of(sheets.get(table.id), table, placed) for table in tables)
    wanted: dict[str, Any] = dict(base)
    for block, _ in _BLOCK_NAMES:
        if isinstance(wanted.get(block), Mapping):
            wanted[block] = {name: value for name, value in wanted[block].items() if name == "items"}
    for name in list(wanted):
        if name not in ("bonus", "penalty", *_OWN_TABLES):
            del wanted[name]
    _put_general(wanted, general, placed)
    wanted["areas"] = _areas(leaves, base, placed)
    _put_blocks(wanted, blocks, base, placed)
    if rows := [_row_values(row, ("checks", place), placed) for place, row in enumerate(checks)]:
        wanted["checks"] = rows
    elif not base.get("checks") and "checks" in base:
        wanted["checks"] = base["checks"]
    else:
        wanted.pop("checks", None)
    return in_order_of(wanted, base) if base else _usual_order(wanted)


def _usual_order(values: Mapping[str, Any]) -> dict[str, Any]:
    """The order of the model, for a file that is written anew."""
    names = [name for name in file_names(CriteriaSet) if name in values]
    return {name: values[name] for name in names} | {name: value for name, value in values.items() if name not in names}


def _row_values(
    row: ReadRow, path: tuple[str | int, ...], placed: Placed, without: Sequence[str] = ()
) -> dict[str, Any]:
    placed.put(path, row)
    return in_order_of({name: value for name, value in row.values.items() if name not in without}, row.was)


def _put_general(wanted: dict[str, Any], rows: Sequence[ReadRow], placed: Placed) -> None:
    for row in rows:
        name, value = str(row.values.get("path", "")), row.values.get("value", ABSENT)
        outer, _, inner = name.partition(".")
        if not name or name in _OWN_TABLES or (outer in dict(_BLOCK_NAMES) and not inner):
            what = f"“{name}” không phải là một mục ghi ở trang này" if name else "thiếu tên mục"
            placed.complain(row.place("path"), what, "Ghi ở trang riêng của mục ấy, hoặc xóa dòng này")
            continue
        if value is ABSENT:
            continue  # emptied: the file has it no more
        placed.cells[(outer, inner) if inner else (outer,)] = row.place("value")
        if inner and outer in dict(_BLOCK_NAMES):
            wanted[outer] = {**wanted.get(outer, {}), inner: value}
        else:
            wanted[name] = value


def _areas(rows: Sequence[ReadRow], base: Mapping[str, Any], placed: Placed) -> list[dict[str, Any]]:
    """The tree that the rows make by their levels."""
    root: dict[str, Any] = {"areas": []}
    owners: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [(root, ())]
    levels = [level for level, _ in _LEVELS]
    for row in rows:
        if row.values.get(_LEVEL) not in levels:
            what, remedy = "thiếu cấp của dòng này", "Chọn Lĩnh vực, Tiêu chí hoặc Tiêu chí thành phần"
            placed.complain(row.place(_LEVEL), what, remedy)
            continue
        level = levels.index(row.values[_LEVEL])
        if level >= len(owners):
            what = f"{_LEVELS[level][1]} đứng ở đây mà phía trên chưa có {_LEVELS[level - 1][1].lower()}"
            placed.complain(row.place(_LEVEL), what, "Sửa cột Cấp, hoặc thêm dòng cấp trên ở phía trên")
            continue
        owner, above = owners[level]
        siblings = owner.setdefault(_BELOW[level], [])
        path = (*above, _BELOW[level], len(siblings))
        was = _base_part(base, row.key)
        part = _part(row, was, path, placed)
        siblings.append(part)
        if was.get(_below(level)) == []:
            part[_below(level)] = []
        owners[level + 1 :] = [(part, path)] if level + 1 < len(_BELOW) else []
    areas: list[dict[str, Any]] = root["areas"]
    return areas


def _below(level: int) -> str:
    """The name of the parts below a level; "" below the last."""
    return _BELOW[level + 1] if level + 1 < len(_BELOW) else ""


def _base_part(base: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The part that a key names, {} for a new one."""
    part: Any = {"areas": base.get("areas", [])}
    if not key:
        return {}
    for name, place in zip(_BELOW, key.split("/"), strict=False):
        items = part.get(name, [])
        if not place.isdecimal() or int(place) >= len(items):
            return {}
        part = items[int(place)]
    found: Mapping[str, Any] = part
    return found


def _part(row: ReadRow, was: Mapping[str, Any], path: tuple[str | int, ...], placed: Placed) -> dict[str, Any]:
    values = {name: value for name, value in row.values.items() if not name.startswith("rule.") and name != _LEVEL}
    kind, parameters = row.values.get(_KIND, ABSENT), row.values.get(_PARAMETERS, ABSENT)
    placed.put(path, row)
    placed.cells[*path, "rule"] = row.place(_PARAMETERS)
    placed.cells[*path, "rule", "kind"] = row.place(_KIND)
    if parameters is not ABSENT and not isinstance(parameters, Mapping):
        placed.complain(row.place(_PARAMETERS), "nội dung quy tắc không có dạng “mục: giá trị”", "Ghi mỗi mục một dòng")
    elif kind is not ABSENT:
        values["rule"] = {"kind": kind, **({} if parameters is ABSENT else parameters)}
    elif parameters is not ABSENT:
        placed.complain(row.place(_KIND), "có nội dung quy tắc mà thiếu loại quy tắc", "Chọn loại quy tắc")
    if not was.get("rule") and "rule" in was and "rule" not in values:
        values["rule"] = was["rule"]
    if row.is_new:
        usual = ("code", "name", "max", "source", "rule")
        names = [name for name in usual if name in values]
        return {name: values[name] for name in names} | {
            name: value for name, value in values.items() if name not in names
        }
    return in_order_of(values, was)


def _put_blocks(wanted: dict[str, Any], rows: Sequence[ReadRow], base: Mapping[str, Any], placed: Placed) -> None:
    items: dict[str, list[dict[str, Any]]] = {block: [] for block, _ in _BLOCK_NAMES}
    for row in rows:
        block = row.values.get("block")
        if block not in items:
            placed.complain(row.place("block"), "thiếu khối của mục này", "Chọn Điểm thưởng hoặc Điểm trừ")
            continue
        items[block].append(_row_values(row, (block, "items", len(items[block])), placed, ["block"]))
    for block, listed in items.items():
        own = wanted.pop(block, {})
        rest = {name: value for name, value in own.items() if name != "items"}
        before = base.get(block, {})
        if listed or before.get("items") == []:
            wanted[block] = in_order_of({**rest, "items": listed}, before)
        elif rest or block in base:
            wanted[block] = rest
