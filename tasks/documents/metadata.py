"""A numbered decision → the metadata of an outgoing document, as XML beside its PDFs.

The fields, their order and their greatest lengths are those of the list in annex VI. What only the document system of
the agency knows (the file it is put into, its place there, when it is due) stays empty. Codes are never cut, because
province.yaml does not take longer ones; words that are too long are cut and end with “…”.
Source: Nghị định 30/2020/NĐ-CP, annex VI.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import NamedTuple
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from models.numbers import document_number
from models.province.config import ProvinceConfig
from report_templates.filters import without_end
from tasks.rendering.letterhead import PaperHead

METADATA = "metadata.xml"
ELLIPSIS = "…"


class Entry(NamedTuple):
    """One field of the list: its name, the most characters it may have, and whether these make a code or words."""

    name: str
    length: int
    is_code: bool = False


FIELDS = (
    Entry("OrganId", 13, is_code=True),
    Entry("FileCatalog", 4, is_code=True),
    Entry("FileNotation", 20, is_code=True),
    Entry("DocOrdinal", 3, is_code=True),
    Entry("TypeName", 100),
    Entry("CodeNumber", 11, is_code=True),
    Entry("CodeNotation", 30, is_code=True),
    Entry("IssuedDate", 10, is_code=True),
    Entry("OrganName", 200),
    Entry("Subject", 500),
    Entry("Language", 30),
    Entry("PageAmount", 3, is_code=True),
    Entry("Description", 500),
    Entry("Position", 100),
    Entry("FullName", 50),
    Entry("Priority", 1, is_code=True),
    Entry("IssuedAmount", 3, is_code=True),
    Entry("DueDate", 10, is_code=True),
)
_RECIPIENT_FIELDS = (Entry("OrganId", 13, is_code=True), Entry("OrganName", 200))


def decision_metadata(config: ProvinceConfig, decision: PaperHead, subject: str, pages: int) -> bytes:
    """The metadata of a decision, as XML; the same bytes for the same arguments.

    Args:
        config: the issuer and the recipients.
        decision: number, day, symbol, signer.
        subject: what the decision is about: the title of its PDF.
        pages: how many pages decision and annexes have together.

    Raises:
        ValueError: the decision has no number or no day yet, or a code is longer than its field.
    """
    if decision.number is None or decision.day is None:
        raise ValueError("only a numbered decision is an outgoing document")
    values = {
        "OrganId": config.organ_id or "",
        "FileCatalog": str(decision.day.year),
        "TypeName": "Quyết định",
        "CodeNumber": document_number(decision.number),
        "CodeNotation": decision.symbol,
        "IssuedDate": decision.day.isoformat(),
        "OrganName": config.issued_by.name,
        "Subject": subject,
        "Language": "Tiếng Việt",
        "PageAmount": str(pages),
        "Description": f"Thay thế {without_end(decision.replaces)}" if decision.replaces else "",
        "Position": decision.signer.title.capitalize(),
        "FullName": decision.signer.name or "",
        "Priority": "0",
    }
    root = Element("OutgoingDocument")
    _add_fields(root, FIELDS, values)
    recipients = SubElement(root, "Recipients")
    for line in config.recipients:
        _add_fields(SubElement(recipients, "To"), _RECIPIENT_FIELDS, {"OrganName": without_end(line)})
    indent(root, " ")
    content = BytesIO()
    ElementTree(root).write(content, encoding="UTF-8", xml_declaration=True)
    return content.getvalue() + b"\n"


def _add_fields(parent: Element, fields: Sequence[Entry], values: Mapping[str, str]) -> None:
    for field in fields:
        SubElement(parent, field.name).text = fitted(field, values.get(field.name, ""))


def fitted(field: Entry, value: str) -> str:
    """A value no longer than its field.

    Raises:
        ValueError: a code is too long; half a code would be another one.
    """
    text = " ".join(value.split())
    if len(text) <= field.length:
        return text
    if field.is_code:
        raise ValueError(f"{field.name}: “{text}” dài quá {field.length} ký tự")
    return text[: field.length - len(ELLIPSIS)].rstrip() + ELLIPSIS
