"""Other values in a YAML text: only what differs is written anew, comments stay, and any value comes back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.province.yaml_editing import UneditableError, edited
from models.province.yaml_files import values_of
from models.province.yaml_writing import block_text, flow_text, leaf_lines, same
from tests.conftest import ROOT

TEXT = """\
# Bộ tiêu chí
id: so            # mã
title: >-
  Bộ tiêu chí
  của các sở
areas:
  # lĩnh vực thứ nhất
  - code: "1"     # mã lĩnh vực
    max: 2
    rule: {kind: tiers, tiers: [{from: 30, points: 1}, {points: 0}]}   # bậc
  # lĩnh vực thứ hai
  - code: "2"
    max: 3.50

checks:
  - {left: a/b, op: "="}
"""


def changed(path: list[str | int], value: Any) -> str:
    values = values_of(TEXT, "t")[0]
    at = values
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    elif isinstance(at, list) and path[-1] == len(at):
        at.append(value)
    else:
        at[path[-1]] = value
    text = edited(TEXT, values, "t")
    assert same(values_of(text, "t")[0], values)
    assert [line.split("#")[1] for line in text.splitlines() if "#" in line] == [
        line.split("#")[1] for line in TEXT.splitlines() if "#" in line
    ]
    return text


def test_nothing_changed_is_the_same_text() -> None:
    assert edited(TEXT, values_of(TEXT, "t")[0], "t") == TEXT
    for path in sorted((ROOT / "examples").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert edited(text, values_of(text, "t")[0], "t") == text


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (["id"], "xa", "id: so ", "id: xa "),
        (["title"], "Tên: mới", "title: >-\n  Bộ tiêu chí\n  của các sở\n", 'title: "Tên: mới"\n'),
        (["areas", 0, "max"], Decimal("2.5"), "max: 2\n", "max: 2.5\n"),
        (["areas", 1, "max"], None, "    max: 3.50\n", ""),
        (
            ["areas", 0, "name"],
            "Một",
            "[{from: 30, points: 1}, {points: 0}]}   # bậc\n",
            "[{from: 30, points: 1}, {points: 0}]}   # bậc\n    name: Một\n",
        ),
        (["areas", 0, "rule", "tiers", 0, "from"], 40, "from: 30", "from: 40"),
        (["areas", 2], {"code": "3", "max": 1}, "    max: 3.50\n", '    max: 3.50\n  - {code: "3", max: 1}\n'),
        (["areas", 1], None, '  - code: "2"\n    max: 3.50\n', ""),
        (["checks", 0, "op"], "<=", '"="', "<="),
        (["checks"], None, 'checks:\n  - {left: a/b, op: "="}\n', ""),
        (["day"], date(2025, 1, 31), 'op: "="}\n', 'op: "="}\nday: 2025-01-31\n'),
    ],
)
def test_only_what_changed_is_written_anew(path: list[str | int], value: Any, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert changed(path, value) == TEXT.replace(old, new)


def test_line_ends_and_a_missing_last_one_stay() -> None:
    text = "a: 1\r\nb: 2"
    assert edited(text, {"a": 1, "b": 2, "c": "x"}, "t") == "a: 1\r\nb: 2\r\nc: x"


def test_what_is_used_twice_cannot_be_changed_alone() -> None:
    text = "a: &x {b: 1}\nc: *x\n"
    with pytest.raises(UneditableError):
        edited(text, {"a": {"b": 2}, "c": {"b": 1}}, "t")


SCALARS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
    | st.sampled_from(
        ["=", "<=", "yes", "null", "1.10", "010", "2025-01-31", "- a", "a: b", "a #b", "~", "1:30", "", " x", "'", '"']
    )
    | st.integers(-1000, 1000)
    | st.decimals(-100, 100, places=2)
    | st.booleans()
    | st.none()
    | st.dates(date(2000, 1, 1), date(2099, 12, 31))
)
NAMES = st.sampled_from(["code", "id", "name", "max", "rule", "items", "late"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
MAPPINGS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=5)


def _composed_text(value: Any) -> Any:
    """As `values_of` gives it: texts in NFC."""
    return values_of(f"x: {flow_text(value)}", "t")[0]["x"]


@given(MAPPINGS)
def test_any_value_comes_back_however_it_is_written(value: dict[str, Any]) -> None:
    value = _composed_text(value)
    for text in (block_text(value), f"{flow_text(value)}", "\n".join(line for line, _ in leaf_lines(value))):
        assert same(values_of(text, "t")[0], value), text
        assert isinstance(yaml.safe_load(text), dict)


@given(MAPPINGS, MAPPINGS)
def test_any_mapping_becomes_any_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    old, new = _composed_text(old), _composed_text(new)
    for text in (block_text(old), "\n".join(line for line, _ in leaf_lines(old)) + "\n"):
        assert same(values_of(edited(text, new, "t"), "t")[0], new)
