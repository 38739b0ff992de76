"""A document of docs/ as a test reads it: its fenced blocks, the words in its code marks, the rows of its tables."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"^#+ (\d[\d.]*?)\.? ", re.MULTILINE)
_FILE_NAME = re.compile(r"`([\w./-]+\.(?:csv|html))`")
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        section: the number of the heading it stands under, such as 2.5; "" before the first.
        line: the line of the document on which its text begins.
        named: the file that the paragraph above it names, "" where it names none.
    """

    section: str
    line: int
    language: str
    text: str
    named: str


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks_of(name: str, language: str | None = None) -> list[Block]:
    """The fenced blocks of a document, all or those of one language, in their order."""
    text = document(name)
    blocks = [_block(text, fence) for fence in _FENCE.finditer(text)]
    return [block for block in blocks if language in (None, block.language)]


def _block(text: str, fence: re.Match[str]) -> Block:
    above = text[: fence.start()]
    numbers = _NUMBER.findall(_FENCE.sub("", above))
    names = _FILE_NAME.findall(above.rstrip("\n").rpartition("\n\n")[2])
    return Block(
        section=numbers[-1] if numbers else "",
        line=above.count("\n") + 2,
        language=fence["language"],
        text=fence["text"],
        named=names[-1] if names else "",
    )


def code_of(name: str) -> list[str]:
    """Everything that the prose of a document sets in code marks."""
    return _CODE.findall(_FENCE.sub("", document(name)))


def rows_of(name: str) -> list[list[str]]:
    """The cells of every row of the tables of a document, the headings' rows included."""
    lines = [line for line in document(name).splitlines() if line.startswith("|") and not line.startswith("|-")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def write_into(folder: Path, name: str, text: str) -> Path:
    """A file of a document, written where the document says."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
