"""What the fast parser reads is what a parser of HTML reads, and our papers are such."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinyhtml5 import parse

from tasks.rendering.markup import elements_of
from tests.tasks.rendering.test_pdf import SAMPLE, compared, documents_of, group

_TAGS = st.sampled_from(
    ["b", "br", "i", "img", "span", "p", "div", "h2"] * 2 + ["col", "li", "table", "tbody", "td", "tr"]
)
_WORDS = st.sampled_from(
    ["", " ", "\n", "một", " a&amp;b ", "&#39;", "\u00a0"] * 6 + ["&#150;", "&nbsp;", "&lt;p>", "]]>"]
)
_ATTRIBUTES = st.sampled_from(
    ["", ' class="x"', ' style="a: b"'] * 6 + [" hidden", ' title="a\nb"', " title='a'", ' ID="m"']
)


def _written(tag: str, attributes: str, inside: str) -> str:
    if tag in ("br", "col", "img"):
        return f"<{tag}{attributes}>{inside}"  # what it cannot hold comes after it
    return f"<{tag}{attributes}>{inside}</{tag}>"


_MARKUP = st.recursive(
    _WORDS,
    lambda inside: st.builds(_written, _TAGS, _ATTRIBUTES, st.lists(inside, max_size=3).map("".join)),
    max_leaves=5,
)
_HEAD = '<!DOCTYPE html><html lang="vi">\n<head><title>Mẫu</title>\n</head>\n'
_TABLE = "<table><colgroup><col></colgroup><tbody><tr><td>{}</td></tr></tbody></table>"


def _read(root: Element) -> Iterator[tuple[object, ...]]:
    """Every element with its words; space about the body is nowhere on a page."""
    for element in root.iter():
        words = [element.text or "", *(child.tail or "" for child in element)]
        if element.tag == "body":
            words[-1] = words[-1].rstrip()
        yield element.tag, dict(element.attrib), [child.tag for child in element], words


@given(st.lists(_MARKUP, max_size=3).map("".join), st.sampled_from(["{}", "<p>{}</p>", _TABLE]))
def test_what_is_read_fast_is_what_a_parser_of_html_reads(markup: str, around: str) -> None:
    html = f"{_HEAD}<body>{around.format(markup)}</body></html>\n"
    root = elements_of(html)
    if root is not None:
        assert list(_read(root)) == list(_read(parse(html, namespace_html_elements=False)))


@pytest.mark.parametrize(
    "body",
    [
        "<p>một<p>hai</p>",
        "<p>một<table><tbody><tr><td>hai</td></tr></tbody></table></p>",
        "<table><tr><td>một</td></tr></table>",
        "<table>một<tbody><tr><td>hai</td></tr></tbody></table>",
        "<table>\u00a0<tbody><tr><td>hai</td></tr></tbody></table>",
        "<P>một</P>",
        '<p Class="x">một</p>',
        "<p>một&#150;hai</p>",
        "<p>một<!-- hai --></p>",
        '<p title="một\nhai">ba</p>',
        "<li>một</li>",
    ],
)
def test_what_a_parser_of_html_mends_is_left_to_it(body: str) -> None:
    assert elements_of(f"{_HEAD}<body><p>một<br>hai &amp; ba</p></body></html>") is not None
    assert elements_of(f"{_HEAD}<body>{body}</body></html>") is None


def test_our_papers_are_read_fast() -> None:
    for document in documents_of(group([compared(place) for place in range(3)]), config=SAMPLE):
        assert elements_of(re.sub("<style>.*?</style>", "", document.html, flags=re.DOTALL)) is not None, document.name
