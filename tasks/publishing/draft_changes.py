"""Two drafts of one paper → what the words of each document say otherwise, as a reader would mark it.

In: the PDFs of both drafts by name. Out: of each document its changed passages, word by word; lines that only break
elsewhere are no change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

_MOST = 300  # passages of one document: more is another document
_CONTEXT = 8  # words before and after a change


class Mark(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


class ChangedWords(NamedTuple):
    """Some words in a row of which the same became."""

    mark: Mark
    text: str


Passage = tuple[ChangedWords, ...]


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One document of two drafts.

    Attributes:
        passages: what changed, in the order of the document; empty where nothing did.
        is_new, is_gone: whether only one of the drafts has it.
        rest: how many passages more there are than are told.
    """

    name: str
    passages: tuple[Passage, ...] = ()
    is_new: bool = False
    is_gone: bool = False
    rest: int = 0


def text_changes(before: Mapping[str, Path], after: Mapping[str, Path]) -> list[DocumentChange]:
    """Every document of either draft, in the order of the later one, then those that it has no more."""
    names = [*after, *(name for name in before if name not in after)]
    return [_change(name, before.get(name), after.get(name)) for name in names]


def _change(name: str, before: Path | None, after: Path | None) -> DocumentChange:
    if before is None or after is None:
        return DocumentChange(name, is_new=before is None, is_gone=after is None)
    if before.read_bytes() == after.read_bytes():
        return DocumentChange(name)
    passages = list(changed_passages(_lines(before), _lines(after)))
    return DocumentChange(name, tuple(passages[:_MOST]), rest=max(0, len(passages) - _MOST))


def _lines(path: Path) -> list[str]:
    from pypdf import PdfReader

    pages = PdfReader(path).pages
    lines = (" ".join(line.split()) for page in pages for line in page.extract_text().splitlines())
    return [line for line in lines if line]


def changed_passages(before: Sequence[str], after: Sequence[str]) -> Iterator[Passage]:
    """The passages that differ between two texts given as lines; each with a few words around it."""
    for tag, from_, to, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, new = (" ".join(lines).split() for lines in (before[from_:to], after[start:end]))
        words = list(_marked(gone, new))
        if any(each.mark is not Mark.KEPT for each in words):
            yield tuple(_shortened(words))


def _marked(gone: Sequence[str], new: Sequence[str]) -> Iterator[ChangedWords]:
    for tag, from_, to, start, end in SequenceMatcher(None, gone, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield ChangedWords(Mark.KEPT, " ".join(new[start:end]))
            continue
        if from_ < to:
            yield ChangedWords(Mark.GONE, " ".join(gone[from_:to]))
        if start < end:
            yield ChangedWords(Mark.NEW, " ".join(new[start:end]))


def _shortened(words: Sequence[ChangedWords]) -> Iterator[ChangedWords]:
    """The passage without the middle of what was kept."""
    for place, each in enumerate(words):
        many = each.text.split()
        if each.mark is not Mark.KEPT or len(many) <= 2 * _CONTEXT:
            yield each
            continue
        left = many[:_CONTEXT] if place else []
        right = many[-_CONTEXT:] if place < len(words) - 1 else []
        yield ChangedWords(Mark.KEPT, " ".join([*left, "…", *right]))
