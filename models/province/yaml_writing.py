"""Values → YAML as people write it in a province folder, and as any other tool reads it.

What is written here comes back as the same values by `values_of` (yaml_files.py): texts that YAML would take for
something else stand in quotes, `=` among them.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import normalize

import yaml

from models.numbers import plain

_WIDEST = 110  # letters of a line before what is on it is written below each other
_STEP = "  "
_BREAKS = {"\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\uFEFF", "\x7f": "\\x7F"}


def flow_text(value: Any) -> str:
    """A value on one line: `{from: 30, points: 1}`."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{flow_text(key)}: {flow_text(inner)}" for key, inner in value.items()) + "}"
        case str():
            return _text(value)
        case list() | tuple():
            return f"[{', '.join(map(flow_text, value))}]"
        case _:
            return _scalar(value)


def block_text(value: Mapping[str, Any]) -> str:
    """A mapping, each name on a line of its own; what is short stands on one line."""
    return "\n".join(_block_lines(value, ""))


def entry_text(key: str, value: Any, indent: int) -> str:
    """One name of a block mapping with what it says, without the indentation of its first line."""
    return "\n".join(_entry_lines(key, value, " " * indent)).lstrip(" ")


def item_text(value: Any, indent: int) -> str:
    """One item of a block list, from its dash on, without the indentation of its first line."""
    return "\n".join(_item_lines(value, " " * indent)).lstrip(" ")


def leaf_lines(value: Any) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The same values with every single one on a line of its own, each line with the path of what it says."""
    yield from _leaf_lines(value, "", ())


def _leaf_lines(value: Any, indent: str, path: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    items: Iterator[tuple[str, str | int, Any]]
    if isinstance(value, Mapping):
        items = ((f"{_text(str(key))}:", key, inner) for key, inner in value.items())
    else:
        items = (("-", position, inner) for position, inner in enumerate(value))
    for head, step, inner in items:
        here = (*path, step)
        if isinstance(inner, Mapping | list | tuple) and inner:
            yield f"{indent}{head}", here
            yield from _leaf_lines(inner, indent + _STEP, here)
        else:
            yield f"{indent}{head} {flow_text(inner)}", here


def _block_lines(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        yield from _entry_lines(key, inner, indent)


def _entry_lines(key: str, value: Any, indent: str) -> Iterator[str]:
    flow = f"{indent}{_text(key)}: {flow_text(value)}"
    if not _is_long(value, flow):
        yield flow
    elif isinstance(value, Mapping):
        yield f"{indent}{_text(key)}:"
        yield from _block_lines(value, indent + _STEP)
    else:
        yield f"{indent}{_text(key)}:"
        for item in value:
            yield from _item_lines(item, indent + _STEP)


def _item_lines(value: Any, indent: str) -> Iterator[str]:
    flow = f"{indent}- {flow_text(value)}"
    if not isinstance(value, Mapping) or not _is_long(value, flow):
        yield flow
        return
    lines = list(_block_lines(value, indent + _STEP))
    yield f"{indent}- {lines[0].lstrip()}"
    yield from lines[1:]


def _is_long(value: Any, flow: str) -> bool:
    """Whether a value is better written below its name: it is too wide for a line, or has lists of mappings in it."""
    if not isinstance(value, Mapping | list | tuple) or not value:
        return False
    return len(flow) > _WIDEST


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
    raise TypeError(f"no value of a province folder: {value!r}")


def _text(text: str) -> str:
    """A text, in quotes where YAML would read something else."""
    text = normalize("NFC", text)
    if text and text.isprintable() and _is_plain(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(_BREAKS.get(letter, letter) for letter in quoted)


def _is_plain(text: str) -> bool:
    """Whether a text means itself without quotes, as an item, as a name, and as what a name says."""
    if text != text.strip() or text[0] in "\"'|>%@`&*!?#-,[]{}:" or any(sign in text for sign in ',[]{}#"'):
        return False
    try:
        node = yaml.compose(f"[{{{text}: {text}}}, {text}]", Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    if not isinstance(node, yaml.SequenceNode) or len(node.value) != 2:
        return False
    mapping, item = node.value
    if not isinstance(mapping, yaml.MappingNode) or len(mapping.value) != 1:
        return False
    return all(_says(each, text) for each in (*mapping.value[0], item))


def _says(node: yaml.Node, text: str) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":str") and node.value == text


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to whoever reads them: numbers by their value, lists in order, names in any."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)
