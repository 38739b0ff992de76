"""A YAML text and the values that it should have → the same text with only what differs written anew.

Comments, order, quotes and line ends of all that stays are those of its authors, byte for byte; a comment that stands
on lines of its own is kept even where what follows it goes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import yaml

from models.province.yaml_files import composed, values_of
from models.province.yaml_writing import entry_text, flow_text, item_text, same

_NAMING = ("code", "id", "number", "period", "label", "unit")
_COMMENT = re.compile(r"^[ \t]*#.*(?:\r?\n|$)", re.MULTILINE)


class UneditableError(Exception):
    """The text is written in a way (anchors, tags, several documents) in which no single value can be changed."""


class _Edit(NamedTuple):
    """A part of the text and what stands there instead."""

    start: int
    end: int
    text: str


def edited(text: str, wanted: Mapping[str, Any], shown_as: str) -> str:
    """The text with other values.

    Args:
        text: a YAML text whose root is a mapping.
        wanted: all that it should say; see `values_of` for the sorts of values.
        shown_as: its name.

    Raises:
        UneditableError: a value cannot be changed without writing all anew.
    """
    known, wrong = values_of(text, shown_as)
    if not wrong and same(known, wanted):
        return text
    root, broken = composed(text, shown_as)
    if broken or wrong or not isinstance(root, yaml.MappingNode):
        raise UneditableError(shown_as)
    edits = list(_Editor(text).mapping(root, known, wanted, root.flow_style))
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=False)[::-1]:
        text = text[: edit.start] + edit.text + text[edit.end :]
    if not same(values_of(text, shown_as)[0], wanted):
        raise UneditableError(shown_as)
    return text


class _Editor:
    """What to change in one text; the places are those of the text as it was."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def mapping(
        self, node: yaml.Node, known: Mapping[str, Any], wanted: Mapping[str, Any], flow: Any
    ) -> Iterator[_Edit]:
        """The edits of a mapping: names that say something else, that are gone, and new ones after those before."""
        assert isinstance(node, yaml.MappingNode)
        entries = {key.value: (key, value) for key, value in node.value}
        gone = [name for name in known if name not in wanted]
        new = [name for name in wanted if name not in known]
        if (flow and (gone or new)) or not wanted or len(gone) == len(known):
            yield _Edit(node.start_mark.index, self._end(node), flow_text(wanted))
            return
        if not flow and gone and node.value[0][0].value in gone and self._shares_its_line(node):
            yield _Edit(*self._span(node), self._anew(wanted, node.start_mark.column))
            return
        for name, (key, value) in entries.items():
            if name in gone:
                yield self._without(key.start_mark.index, self._end(value))
            elif not same(known[name], wanted[name]):
                yield from self._entry(key, value, known[name], wanted[name], flow)
            if name not in gone:
                for added in _following(name, list(wanted), set(known)):
                    yield self._added(
                        value, entry_text(added, wanted[added], key.start_mark.column), key.start_mark.column
                    )
        if first := _leading(list(wanted), set(known)):
            key, value = next(entry for name, entry in entries.items() if name not in gone)
            for added in first:
                yield self._added(value, entry_text(added, wanted[added], key.start_mark.column), key.start_mark.column)

    def _entry(self, key: yaml.Node, value: yaml.Node, known: Any, wanted: Any, flow: Any) -> Iterator[_Edit]:
        """The edits of one name whose value differs."""
        both = [isinstance(each, Mapping) for each in (known, wanted)]
        lists = [isinstance(each, list | tuple) for each in (known, wanted)]
        if all(both) and wanted:
            yield from self.mapping(value, known, wanted, flow or _is_flow(value))
        elif all(lists) and known and wanted:
            yield from self.sequence(value, known, wanted, flow or _is_flow(value))
        elif flow or _is_flow(value):
            yield _Edit(value.start_mark.index, self._end(value), flow_text(wanted))
        else:
            column = key.start_mark.column
            text = entry_text(key.value, wanted, column).replace("\n", self.newline)
            start, end = key.start_mark.index, self._end(value)
            yield _Edit(start, end, self._comments(start, end, column) + text)

    def sequence(self, node: yaml.Node, known: Sequence[Any], wanted: Sequence[Any], flow: Any) -> Iterator[_Edit]:
        """The edits of a list: items are known by code or id, else by what they say, else by their place."""
        assert isinstance(node, yaml.SequenceNode)
        steps = SequenceMatcher(None, _names(known), _names(wanted), autojunk=False).get_opcodes()
        if flow and any(i2 - i1 != j2 - j1 for _, i1, i2, j1, j2 in steps):
            yield _Edit(node.start_mark.index, self._end(node), flow_text(wanted))
            return
        column = node.start_mark.column
        for _, i1, i2, j1, j2 in steps:
            shared = min(i2 - i1, j2 - j1)
            for place in range(shared):
                old, new = known[i1 + place], wanted[j1 + place]
                if not same(old, new):
                    yield from self._item(node.value[i1 + place], old, new, flow)
            for place in range(i1 + shared, i2):
                item = node.value[place]
                yield self._without(self._dash(item), self._end(item))
            for place in range(j1 + shared, j2):
                text = item_text(wanted[place], column)
                before = i1 + shared - 1
                if before >= 0:
                    yield self._added(node.value[before], text, column)
                else:
                    start = self._line_start(self._dash(node.value[0]))
                    yield _Edit(start, start, " " * column + text.replace("\n", self.newline) + self.newline)

    def _item(self, node: yaml.Node, known: Any, wanted: Any, flow: Any) -> Iterator[_Edit]:
        if isinstance(known, Mapping) and isinstance(wanted, Mapping) and wanted:
            yield from self.mapping(node, known, wanted, flow or _is_flow(node))
        elif isinstance(known, list) and isinstance(wanted, list) and known and wanted:
            yield from self.sequence(node, known, wanted, flow or _is_flow(node))
        else:
            yield _Edit(node.start_mark.index, self._end(node), flow_text(wanted))

    # --- places -------------------------------------------------------------------------------------------------------

    def _end(self, node: yaml.Node) -> int:
        """Where the last sign of a node stands; the marks of block collections reach to the next one."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        end = int(node.end_mark.index)
        return int(node.start_mark.index) + len(self.text[node.start_mark.index : end].rstrip())

    def _span(self, node: yaml.Node) -> tuple[int, int]:
        return int(node.start_mark.index), self._end(node)

    def _line_start(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        """Where the next line begins; the end of the text where there is none."""
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found + 1

    def _dash(self, item: yaml.Node) -> int:
        """Where the dash of an item of a block list stands."""
        return self.text.rindex("-", 0, int(item.start_mark.index))

    def _shares_its_line(self, node: yaml.Node) -> bool:
        """Whether something (the dash of its list) stands before the first name on the same line."""
        start = int(node.start_mark.index)
        return bool(self.text[self._line_start(start) : start].strip())

    # --- edits --------------------------------------------------------------------------------------------------------

    def _added(self, after: yaml.Node, text: str, column: int) -> _Edit:
        """New lines after a node."""
        place = self._line_end(self._end(after))
        lines = " " * column + text.replace("\n", self.newline)
        if not self.text[:place].endswith("\n"):
            return _Edit(place, place, self.newline + lines)
        return _Edit(place, place, lines + self.newline)

    def _without(self, start: int, end: int) -> _Edit:
        """Whole lines less, their comments kept."""
        first, last = self._line_start(start), self._line_end(end)
        return _Edit(first, last, "".join(self._comment_lines(start, end)))

    def _comment_lines(self, start: int, end: int) -> list[str]:
        part = self.text[start:end]
        return [] if re.search(r"[|>][-+0-9]*[ \t]*\r?\n", part) else _COMMENT.findall(part)

    def _comments(self, start: int, end: int, column: int) -> str:
        """The comments of a part that is written anew, to stand before it, and the indentation of what follows."""
        found = self._comment_lines(start, end)
        return "".join(line.lstrip(" ") + " " * column for line in found)

    def _anew(self, wanted: Mapping[str, Any], column: int) -> str:
        return item_text(wanted, column - 2).removeprefix("- ").replace("\n", self.newline)


def _is_flow(node: yaml.Node) -> bool:
    """Whether a node stands on its line as `[…]`, `{…}` or a single value that is no block of lines."""
    if isinstance(node, yaml.CollectionNode):
        return bool(node.flow_style)
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style not in ("|", ">")
        and node.start_mark.index < node.end_mark.index
    )


def _names(items: Sequence[Any]) -> list[str]:
    """What each item of a list is known by."""
    names = []
    for item in items:
        named = (
            next((f"{name}={item[name]}" for name in _NAMING if name in item), "") if isinstance(item, Mapping) else ""
        )
        names.append(named or flow_text(item))
    return names


def _following(name: str, wanted: Sequence[str], known: set[str]) -> Iterator[str]:
    """The new names that are wanted directly after a known one."""
    for added in wanted[wanted.index(name) + 1 :]:
        if added in known:
            return
        yield added


def _leading(wanted: Sequence[str], known: set[str]) -> list[str]:
    """The new names that are wanted before any known one."""
    first = next((place for place, name in enumerate(wanted) if name in known), len(wanted))
    return list(wanted[:first])
