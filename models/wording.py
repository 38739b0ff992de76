"""How a text begins and goes on, how it is without its marks, and which word was meant by another."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST_WORD = 60  # characters
_WORD = re.compile(r"[^\W_]+")
_OUTER = re.compile(r"^[\W_]+|[\W_]+$")


def capitalised(text: str) -> str:
    """A text as a sentence begins: its first letter a capital."""
    return text[:1].upper() + text[1:]


def continued(text: str) -> str:
    """A text that goes on after a semicolon: its first letter small. Not for names."""
    return text[:1].lower() + text[1:]


def in_one_line(text: str) -> str:
    """What somebody typed, composed (NFC), with single spaces and no end of line."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def first_of(names: Sequence[str], most: int, noun: str) -> str:
    """The first names of a list, and how many there are besides: `a, b và 3 đơn vị khác`."""
    shown, others = ", ".join(names[:most]), len(names) - most
    return f"{shown} và {others} {noun} khác" if others > 0 else shown


def unaccented(text: str) -> str:
    """Small letters without the marks of Vietnamese: `Thủ Dầu Một` → `thu dau mot`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_in(text: str) -> set[str]:
    """The words of a text without marks, as a search finds them: `12/KH-STC` is itself, and `12`, `kh` and `stc`.

    What is longer than any word is cut.
    """
    plain = unaccented(text)
    found = {*_WORD.findall(plain), *map(inner, plain.split())} - {""}
    return {word[:LONGEST_WORD] for word in found}


def inner(word: str) -> str:
    """A word without what stands around it, no longer than any word: `(12/KH-STC),` → `12/KH-STC`."""
    return _OUTER.sub("", word)[:LONGEST_WORD]


def meant(word: str, known: Iterable[str]) -> str:
    """The question whether the likest known word was meant, with a space behind it; "" where none is like it."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"Có phải “{close[0]}”? " if close else ""
