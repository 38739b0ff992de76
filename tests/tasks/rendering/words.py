"""Word files for tests: what they say, how a piece of text looks, what their schema says of them."""

import io
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import docx
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from tinyhtml5 import parse

from tasks.rendering.pdf import Document

_WITHIN_A_WORD = frozenset(("b", "i", "sup", "wbr", "span"))


class Looks(NamedTuple):
    """How a paragraph begins: size in points, weight, slope."""

    size: float
    bold: bool
    italic: bool


def words_of_html(document: Document) -> list[str]:
    """Every word of a paper in its order, as a reader of the HTML finds it."""
    body = parse(document.html, namespace_html_elements=False).find("body")
    return "".join(_pieces(body)).split()


def _pieces(element: Element) -> list[str]:
    apart = element.tag not in _WITHIN_A_WORD or element.get("class") == "of"
    inner = [element.text or "", *(piece for child in element for piece in (*_pieces(child), child.tail or ""))]
    return [" ", *inner, " "] if apart else inner


def words_of_word(content: bytes) -> list[str]:
    """Every word of a Word file in its order, margins left out."""
    said = []
    for each in docx.Document(io.BytesIO(content)).element.body.iter():
        if each.tag in (qn("w:p"), qn("w:br")):
            said.append(" ")
        elif each.tag == qn("w:t"):
            said.append(each.text or "")
    return "".join(said).split()


def paragraphs_in(content: bytes) -> list[Paragraph]:
    """Every paragraph, those in tables too, in their order."""
    file = docx.Document(io.BytesIO(content))
    return [Paragraph(each, file._body) for each in file.element.body.iter(qn("w:p"))]


def looks_of(content: bytes, text: str) -> set[Looks]:
    """How the runs look that say this, in the first paragraph that does.

    Args:
        content: the file.
        text: a part of one paragraph.
    """
    paragraph = next(each for each in paragraphs_in(content) if text in " ".join(each.text.split()))
    runs = [run for run in paragraph.runs if run.text.strip() and (run.text in text or text in run.text)]
    return {
        Looks(
            _size(run.font.size, paragraph),
            _is_on(run.bold, paragraph, "bold"),
            _is_on(run.italic, paragraph, "italic"),
        )
        for run in runs or paragraph.runs
    }


def _size(own: Any, paragraph: Paragraph) -> float:
    return float((own or paragraph.style.font.size).pt)  # type: ignore[union-attr]


def _is_on(own: bool | None, paragraph: Paragraph, what: str) -> bool:
    return bool(getattr(paragraph.style.font, what)) if own is None else own  # type: ignore[union-attr]


def schema_faults(content: bytes, folder: Path) -> list[str]:
    """What a validator after ECMA-376 and the rules of Word finds wrong with a file."""
    from openxml_audit import OpenXmlValidator  # takes long, and most tests of words need none

    path = folder / "tep.docx"
    path.write_bytes(content)
    return [str(fault) for fault in OpenXmlValidator().validate(path).errors]
