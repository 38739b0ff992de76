"""How a text goes on from the one before it, and how it is without its marks."""

import unicodedata


def continued(text: str) -> str:
    """A text that goes on after a semicolon: its first letter small. Not for names."""
    return text[:1].lower() + text[1:]


def unaccented(text: str) -> str:
    """Small letters without the marks of Vietnamese: `Thủ Dầu Một` → `thu dau mot`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
