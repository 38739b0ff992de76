"""A document's HTML → what WeasyPrint lays out, without work that it would do anew for every document and element.

Its elements are read by a faster parser where that reads them alike; the style sheets inside are parsed once a process;
and WeasyPrint's own one gives markers and notes to the elements that may have them, where it would compute six styles
of them for each cell of a table. What is printed stays the same to the byte.
"""

import re
from functools import lru_cache
from typing import Any

from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML
from weasyprint.html import UA

from tasks.rendering.markup import elements_of

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_READ_ANEW = re.compile(
    r"<style\s|<link\b|<!--|@(?:[-\w]*\\|import|font-face|counter-style|color-profile)", re.IGNORECASE
)
_IN_BODY = re.compile(r"<(?:style|link)\b", re.IGNORECASE)
_ANY_MARKED = re.compile(r"footnote|\bnote\s*\(|list-item|<summary", re.IGNORECASE)
_OF_LISTS = CSS(string=re.sub(r"^::(?=marker|footnote-|note-)", "li::", UA, flags=re.MULTILINE))


class _Unmarked(HTML):  # type: ignore[misc]
    """A document without notes, whose only markers are those of lists."""

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return super()._ua_stylesheets(forms) if forms else [_OF_LISTS]


def with_style_sheets(html: str, address: str, fetcher: Any) -> tuple[HTML, list[CSS]]:
    """A document, and the style sheets to render it with.

    Args:
        html: complete, with its style sheets inside.
        address: what relative addresses in it are taken from.
        fetcher: WeasyPrint's way to files.
    """
    head, end, body = html.partition("</head>")
    plain = end and not _READ_ANEW.search(head) and not _IN_BODY.search(body)
    sheets = _STYLE.findall(head) if plain else []
    rest = _STYLE.sub("", head) + end + body if sheets else html
    kind, root = HTML if _ANY_MARKED.search(html) else _Unmarked, elements_of(rest)
    document = kind(string=rest if root is None else "", base_url=address, url_fetcher=fetcher)
    if root is not None:
        document.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        document.etree_element = document.wrapper_element.etree_element
    return document, [_parsed(each, address) for each in sheets]


@lru_cache(maxsize=32)
def _parsed(sheet: str, address: str) -> CSS:
    return CSS(string=sheet, base_url=address)
