"""The guide's part about each page, shown on the page itself: docs/huong-dan.md stays the one text.

A heading of the guide followed by `<!-- trang: NAME… -->` begins the part about the pages of these templates.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "huong-dan.md"
_PART = re.compile(r"^<!-- trang: ([a-z_ ]+) -->\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"^!\[.*\n", re.MULTILINE)


@cache
def parts_of_guide() -> Mapping[str, str]:
    """The guide's text about each page, by the page's template, without pictures."""
    return {
        template: _PICTURE.sub("", part[2]).strip()
        for part in _PART.finditer(GUIDE.read_text(encoding="utf-8"))
        for template in part[1].split()
    }


@cache
def help_of(template: str) -> Markup:
    """What the guide says about a page, as HTML; empty where it says nothing."""
    return Markup(MarkdownIt("commonmark", {"html": False}).render(parts_of_guide().get(template, "")))
