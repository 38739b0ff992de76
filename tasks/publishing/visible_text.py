"""An HTML document → the places of its text that nobody filled in: “…”, dots, and runs of hard spaces."""

import re
from html.parser import HTMLParser

_VOID = frozenset(("area", "br", "col", "hr", "img", "link", "meta", "wbr"))
_UNSEEN = frozenset(("head", "style", "script"))
_BLANK = re.compile(r"…|\.{3,}|\u00a0{3,}")
_DOTS = re.compile(r"…|\.{3,}")
_AROUND = 24
_MOST = 5


class _Text(HTMLParser):
    """Collects the text of a document, without what is not seen."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0  # how deep inside an element that is not seen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        if tag in _VOID:
            self.parts.append(" ")
            return
        if self.hidden or tag in _UNSEEN:
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        """Come out of it; blocks part their texts."""
        if self.hidden and tag not in _VOID:
            self.hidden -= 1
        self.parts.append("\n" if tag in ("p", "td", "th", "tr", "div", "h1", "h2", "h3") else "")

    def handle_data(self, data: str) -> None:
        """Keep what is seen."""
        if not self.hidden:
            self.parts.append(data)


def blanks_in(html: str, *, dots_only: bool = False) -> list[str]:
    """The words around each blank of a document, at most five; with `dots_only` hard spaces count as none."""
    reader = _Text()
    reader.feed(html)
    pattern = _DOTS if dots_only else _BLANK
    found = []
    for line in "".join(reader.parts).split("\n"):
        if match := pattern.search(line):
            start, end = max(0, match.start() - _AROUND), match.end() + _AROUND
            found.append(" ".join(line[start:end].split()))
    return found[:_MOST]
