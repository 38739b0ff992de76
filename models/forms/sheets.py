"""What the sheets of every workbook share: their names, the hidden row and column, how long a text may be.

Nothing is found by position: every sheet with rows carries the ids of its columns in a hidden row and the keys of its
rows in a hidden column, and a hidden sheet says which form this is (models/forms/descriptions.py).
"""

import re
from collections.abc import Iterable

FORMAT = 1
IDENTITY_SHEET = "_cchc"
LISTS_SHEET = "_danh_muc"
COVER_SHEET = "Hướng dẫn"
SHEET_TITLE_LENGTH = 31
TEXT_LENGTH = 2000

IDS_ROW = 1
KEY_COLUMN = 1
KEY_ID = "key"

REASON_MISSING = "Thiếu lý do"

_UNSAFE_IN_TITLES = re.compile(r"[\\/*?:\[\]\x00-\x1f]")


def shortened(text: str, longest: int) -> str:
    """The text, cut at a word where it is too long."""
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"


def sheet_title(text: str, taken: Iterable[str] = ()) -> str:
    """A sheet title that spreadsheets accept and that is not taken yet."""
    wanted = _UNSAFE_IN_TITLES.sub("-", text).strip("' ")[:SHEET_TITLE_LENGTH] or "Trang"
    lowered = {title.casefold() for title in taken}
    title, number = wanted, 2
    while title.casefold() in lowered:
        title = f"{wanted[: SHEET_TITLE_LENGTH - 4]} ({number})"
        number += 1
    return title
