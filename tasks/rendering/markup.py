"""The HTML of our templates → its elements, by the XML parser that Python has in C.

A parser of HTML mends what is written wrongly, and takes twenty times as long. What is well-formed and nested as our
templates nest it both read alike; anything else, as a province's own template may have it, is left to that of HTML.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_DOCTYPE = "<!DOCTYPE html>"
_EMPTY = re.compile(r"<(br|col|img|meta)\b([^<>]*?)/?>")
# Comments, declarations, line breaks in values and references to characters are not the same in both.
_READ_OTHERWISE = re.compile(r"""<[!?]|=\s*(?:"[^"<>]*[\t\n\r]|')|&#(?!3[49];)""")
_SPACE = " \t\n\r"
_ATTRIBUTE = re.compile(r"[a-z][a-z-]*")

_PHRASES = frozenset({"b", "br", "i", "img", "span", "sup"})
_FLOW = _PHRASES | {"div", "h1", "h2", "h3", "p", "table"}
_ROWS = frozenset({"tr"})
_NOTHING: frozenset[str] = frozenset()
_WITHOUT_WORDS: Mapping[str, frozenset[str]] = {
    "html": frozenset({"head", "body"}),
    "head": frozenset({"title", "meta"}),
    "table": frozenset({"caption", "colgroup", "thead", "tbody", "tfoot"}),
    "colgroup": frozenset({"col"}),
    "thead": _ROWS,
    "tbody": _ROWS,
    "tfoot": _ROWS,
    "tr": frozenset({"td", "th"}),
}
_INSIDE: Mapping[str, frozenset[str]] = {
    **_WITHOUT_WORDS,
    **dict.fromkeys(("body", "caption", "div", "td", "th"), _FLOW),
    **dict.fromkeys(("b", "h1", "h2", "h3", "i", "p", "span", "sup"), _PHRASES),
    **dict.fromkeys(("br", "col", "img", "meta", "title"), _NOTHING),
}


def elements_of(html: str) -> Element | None:
    """The root of a complete document, as a parser of HTML would read it; None where only that one can tell."""
    text = html.removeprefix(_DOCTYPE)
    if text is html or _READ_OTHERWISE.search(text):
        return None
    try:
        root = ElementTree.fromstring(_EMPTY.sub(r"<\1\2/>", text))
    except ElementTree.ParseError:
        return None
    if [child.tag for child in root] != ["head", "body"] or not all(map(_alike, root.iter())):
        return None
    root.text = root[-1].tail = None  # space around head and body, which is nowhere on a page
    return root


def _alike(element: Element) -> bool:
    """Whether both parsers put an element's children and words where they are written."""
    inside = _INSIDE.get(element.tag)
    if inside is None or not all(map(_ATTRIBUTE.fullmatch, element.keys())):
        return False
    words = [element.text, *(child.tail for child in element)] if element.tag in _WITHOUT_WORDS else ()
    return all(child.tag in inside for child in element) and not any(each and each.strip(_SPACE) for each in words)
