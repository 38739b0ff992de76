"""A sender's file name as it may be shown: on screens, in letters, in mail."""

from unicodedata import category, normalize

_LONGEST_NAME = 120
_IN_PATHS = '<>:"|?*'


def shown_name(name: str) -> str:
    """A file's name as it may be shown: no path, no control characters, no marks of writing direction.

    Long names are cut before their ending; nothing left gives `tệp không tên`.
    """
    last = normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(
        letter
        for letter in last
        if letter not in _IN_PATHS and category(letter)[0] != "C" and category(letter) not in ("Zl", "Zp")
    )
    kept = " ".join(kept.split()).strip(". ") if kept.strip(". ") else ""
    if len(kept) > _LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        tail = dot + ending if stem and len(ending) <= 5 else ""
        kept = kept[: _LONGEST_NAME - 1 - len(tail)] + "…" + tail
    return kept or "tệp không tên"


def shown_path(relative: str) -> str:
    """Where something lay in the inbox, without what would play tricks on a screen."""
    return "/".join(map(shown_name, relative.split("/")))
