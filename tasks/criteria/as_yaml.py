"""A criteria set → YAML as officers write it: what is left to its default stays out, short rules in one line.

Plain readers of YAML read it too: codes and signs that YAML takes for something else are quoted.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from typing_extensions import override

from models.criteria.rules.base import Rule
from models.criteria.sets import CriteriaSet
from models.numbers import plain

_WIDTH = 120
_LONGEST_LINE = 88
_INDENT = {"mapping": 2, "sequence": 4, "offset": 2}
_QUOTED = ("code", "op")
_READER = yaml.resolver.Resolver()


def set_as_yaml(criteria_set: CriteriaSet, comments: Mapping[str, Sequence[str]], heading: Sequence[str] = ()) -> str:
    """The set as the text of its file.

    Args:
        criteria_set: the set.
        comments: lines that stand over the rule of a leaf, or over a bonus or penalty item, by code.
        heading: lines at the top of the file.
    """
    dumped = criteria_set.model_dump(mode="python", by_alias=True, exclude_defaults=True)
    tree = _written(dumped)
    for part, depth in _parts(tree):
        told = comments.get(str(part["code"]), ())
        key = next((name for name in ("rule", "each", "steps") if name in part), None)
        if told and key:
            part.yaml_set_comment_before_after_key(key, before="\n".join(told), indent=depth)
    out = io.StringIO()
    _writer().dump(tree, out)
    return "".join(f"# {line}\n" for line in heading) + out.getvalue()


def rule_as_yaml(rule: Rule) -> str:
    """A rule in one line, as it may be put after `rule:`."""
    tree = _written(rule.model_dump(mode="python", by_alias=True, exclude_defaults=True))
    _flow(tree)
    out = io.StringIO()
    writer = _writer()
    writer.width = 10_000
    writer.dump(tree, out)
    return out.getvalue().strip()


def _parts(tree: CommentedMap) -> list[tuple[CommentedMap, int]]:
    """Every criterion, component and item of a block, with how far its keys are indented."""
    found: list[tuple[CommentedMap, int]] = []
    for area in tree.get("areas", ()):
        for criterion in area.get("criteria", ()):
            found.append((criterion, 8))
            found += [(component, 12) for component in criterion.get("components", ())]
    for block in ("bonus", "penalty"):
        found += [(item, 6) for item in tree.get(block, {}).get("items", ())]
    return found


def _written(value: Any) -> Any:
    """A dumped value as ruamel writes it: rules and small maps in one line where they fit."""
    if isinstance(value, Mapping):
        tree = CommentedMap()
        for key, inner in value.items():
            written = _written(inner)
            if key in _QUOTED and isinstance(written, str):
                written = DoubleQuotedScalarString(written)
            tree[key] = written
        if _is_small(value) and _length(tree) <= _LONGEST_LINE:
            _flow(tree)
        return tree
    if isinstance(value, list | tuple):
        return CommentedSeq([_written(inner) for inner in value])
    if isinstance(value, str):
        text = str(value)
        return DoubleQuotedScalarString(text) if _taken_for_another(text) else text
    return value


def _taken_for_another(text: str) -> bool:
    """Whether a plain reader takes the bare text for a number, a day, yes or no, or for nothing it knows, as `=`."""
    tag: str = _READER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag != _READER.DEFAULT_SCALAR_TAG


def _is_small(value: Mapping[str, Any]) -> bool:
    """Whether a map may stand in one line: a rule, an item of a rule or of a block, a check, what does not apply."""
    return (
        not ({"areas", "criteria", "components", "items"} & set(value) and "kind" not in value) and "name" not in value
    )


def _length(tree: CommentedMap) -> int:
    return len(str(dict(tree))) - sum(len(key) for key in tree) // 8


def _flow(tree: Any) -> None:
    if isinstance(tree, CommentedMap | CommentedSeq):
        tree.fa.set_flow_style()
        for inner in tree.values() if isinstance(tree, CommentedMap) else tree:
            _flow(inner)


class _Representer(RoundTripRepresenter):
    """Writes points as plain numbers, each wherever it stands."""

    @override
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _number(representer: RoundTripRepresenter, value: Decimal) -> ScalarNode:
    tag = "int" if value == value.to_integral_value() else "float"
    return representer.represent_scalar(f"tag:yaml.org,2002:{tag}", plain(value))


def _day(representer: RoundTripRepresenter, value: date) -> ScalarNode:
    return representer.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


_Representer.add_representer(Decimal, _number)
_Representer.add_representer(date, _day)


def _writer() -> YAML:
    writer = YAML()
    writer.Representer = _Representer
    writer.width = _WIDTH
    writer.allow_unicode = True
    writer.brace_single_entry_mapping_in_flow_sequence = True
    writer.indent(**_INDENT)
    return writer
