"""The printed self-assessment, signed by the head of the unit and sent back: examined, kept by its hash, told of.

A digital signature is verified; one that is broken is refused, so that it is made again while that is easy. A scan of
signed paper has none, and counts as what it is. What opens the file is a child process.
Source: docs/process.md, 1 (signed by the head of the unit).
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from models.findings import Severity, has_critical, refusal
from models.forms.descriptions import FormKind
from models.records.storage import Storage
from models.records.submissions import storable
from models.records.tables import Receipt, SignedSummary
from models.settings import Settings
from models.wording import capitalised
from tasks.reading.file_names import shown_name
from tasks.reading.isolation import ChildFailedError, ChildFaultError, children

_EXAMINED = f"{__name__}:examined"
_PDF = b"%PDF-"


class ExaminedSummary(NamedTuple):
    """What a child finds in a file.

    Attributes:
        number: how many digital signatures it bears.
        lines: who signed when, and whether that is trusted.
        faults: what is wrong with them, and what to do.
        doubts: what could not be confirmed.
        text: the words of its pages without any space; empty of a scan.
    """

    number: int
    lines: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    doubts: tuple[str, ...]
    text: str


def examined(content: bytes, name: str, settings: Settings, province: Path) -> tuple[Any, ...]:
    """Read a PDF and check its signatures; for a child.

    Raises:
        ValueError: it is no readable PDF.
    """
    import io

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    from tasks.publishing.trust import trust_of
    from tasks.publishing.verifying import check_pdf

    try:
        text = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)
    except PyPdfError as error:
        raise ValueError(str(error)) from error
    checked = check_pdf(name, content, trust_of(settings, province), expected=0)
    lines = tuple(line.strip() for line in checked.lines[1:])
    grave = [each for each in checked.findings if has_critical([each])]
    doubts = tuple(each.what for each in checked.findings if each.severity is Severity.WARNING)
    return (
        sum(line[:1].isdigit() for line in lines),
        lines,
        tuple((each.what, each.remedy) for each in grave),
        doubts,
        text,
    )


def receive_signed(
    storage: Storage, settings: Settings, province: Path, year: int, unit: str, name: str, content: bytes, now: datetime
) -> SignedSummary:
    """Keep a signed self-assessment of a unit; the same file again is the record that there is.

    Raises:
        RefusedError: nothing was sent yet that it could sum up, it is no PDF, or a digital signature is broken.
    """
    shown = storable(shown_name(name.replace("\\", "/").rpartition("/")[2])) or "khong-ten.pdf"
    with storage.reading() as session:
        receipts = _receipts(session, year, unit)
        session.expunge_all()
    if not receipts:
        raise refusal(shown, f"chưa nhận phiếu tự đánh giá năm {year}", "Gửi phiếu tự đánh giá trước, rồi in và ký")
    if not content.startswith(_PDF):
        raise refusal(shown, "không phải tệp PDF", "Ký số bản in PDF, hoặc quét bản giấy đã ký thành PDF")
    found = _examined(shown, content, settings, province)
    if found.faults:
        what, remedy = found.faults[0]
        raise refusal(shown, what, remedy)
    sha256 = storage.keep(content)
    with storage.writing() as session:
        same = select(SignedSummary).where(SignedSummary.year == year, SignedSummary.unit == unit)
        known = session.exec(same.where(SignedSummary.sha256 == sha256)).first()
        if known is None:
            assert receipts[-1].id is not None
            known = SignedSummary(
                year=year,
                unit=unit,
                receipt_id=receipts[-1].id,
                sha256=sha256,
                file_name=shown,
                size=len(content),
                signatures=_rows(found, receipts),
                received_at=now,
                received_by=storage.user,
            )
            session.add(known)
            session.flush()
        session.expunge(known)
    return known


def _examined(name: str, content: bytes, settings: Settings, province: Path) -> ExaminedSummary:
    try:
        return ExaminedSummary(*children().submit(_EXAMINED, content, name, settings, province).result())
    except (ChildFailedError, ChildFaultError):
        raise refusal(name, "không đọc được tệp PDF này", "Lập lại tệp bằng phần mềm khác rồi gửi lại") from None


def _rows(found: ExaminedSummary, receipts: Sequence[Receipt]) -> list[dict[str, Any]]:
    """What is told of the file, a line each, with whether it is a doubt."""
    stands_for = next((place for place, one in enumerate(receipts, 1) if one.sha256 in found.text), 0)
    rows = [{"said": line, "doubt": False} for line in found.lines]
    if not found.number:
        rows.append({"said": "Không có chữ ký số: bản quét từ giấy, hoặc chưa ký.", "doubt": not found.text})
    rows += [{"said": f"{capitalised(doubt)}.", "doubt": True} for doubt in found.doubts]
    if stands_for:
        newest = stands_for == len(receipts)
        rows.append({"said": f"Là bản in của bản {stands_for} phiếu tự đánh giá.", "doubt": not newest})
    return rows


def _receipts(session: Session, year: int, unit: str) -> list[Receipt]:
    """Every version of a unit's self-assessment, the oldest first."""
    of_unit = select(Receipt).where(Receipt.kind == FormKind.SELF_ASSESSMENT.value, Receipt.year == year)
    return list(session.exec(of_unit.where(Receipt.subject == unit).order_by(col(Receipt.id))))


def signed_of(session: Session, unit: str) -> list[SignedSummary]:
    """The signed self-assessments of a unit, the newest first."""
    of_unit = select(SignedSummary).where(SignedSummary.unit == unit).order_by(col(SignedSummary.id).desc())
    return list(session.exec(of_unit))


def is_overtaken(session: Session, signed: SignedSummary) -> bool:
    """Whether the unit sent another version of its self-assessment since."""
    return _receipts(session, signed.year, signed.unit)[-1].id != signed.receipt_id
