"""How a text begins and goes on, how it is without its marks, and which word was meant by another."""

import difflib
import unicodedata
from collections.abc import Iterable


def begun(text: str) -> str:
    """A text as a sentence begins: its first letter a capital."""
    return text[:1].upper() + text[1:]


def continued(text: str) -> str:
    """A text that goes on after a semicolon: its first letter small. Not for names."""
    return text[:1].lower() + text[1:]


def unaccented(text: str) -> str:
    """Small letters without the marks of Vietnamese: `Thủ Dầu Một` → `thu dau mot`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def meant(word: str, known: Iterable[str]) -> str:
    """The question whether the likest known word was meant, with a space behind it; "" where none is like it."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"Có phải “{close[0]}”? " if close else ""
