"""A file that cannot come back as a workbook → one page that says why it was sent back and what to do.

It is a phiếu báo (PB) of the department in the official format; the program makes it, nobody signs it, and its number
stays blank for the registry. A file that was accepted with remarks, but cannot be marked, gets the same page in other
words. Source: Nghị định 30/2020/NĐ-CP, Điều 7 and annex I.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from unicodedata import normalize

from models.findings import Finding, has_critical, worst_first
from models.province.config import ProvinceConfig, Signer
from models.units import Unit
from models.wording import capitalised
from models.working_days import VIETNAM
from tasks.rendering.letterhead import Agency, PaperHead
from tasks.rendering.pdf import Document, render_pdf, template_environment

_TYPE = "PB"
_RETURNED = "trả lại tệp biểu mẫu xác định Chỉ số cải cách hành chính"
_ACCEPTED = "kết quả kiểm tra tệp biểu mẫu xác định Chỉ số cải cách hành chính"
_LETTERS_A_LINE = 68  # of body text, a little on the safe side
_WIDE, _AS_WIDE_AS = frozenset("mwMW@%…—"), 2.1  # letters of usual width
_GAP = 0.4  # between paragraphs, in lines
_LINES_OF_TEXT = 26.0  # between the addressee and the signature
_FRAME = "n" * 160, "n" * 180, "n" * 36  # what stands around the file's name, the sender's name and the contact
_LONGEST_REASON = 360
_LONGEST_NAME = 90
# What the font of the decree has and a reason may need: Latin with Vietnamese, punctuation, signs of arithmetic.
_UNKNOWN = re.compile(r"[^\x20-\x7e\u00a0-\u024f\u1e00-\u1eff\u2010-\u2015\u2018-\u201e\u2026\u20ab\u2212\u2264\u2265]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the letter says.

    Attributes:
        accepted: whether the file was taken all the same.
        addressee: the sender where it is known, else empty.
        reasons: what is wrong and what to do, one sentence pair each.
        more: how many further reasons there is no room for.
        others: how many more files it is about.
    """

    accepted: bool
    addressee: str
    file: str
    checked: datetime
    reasons: tuple[str, ...]
    more: int
    until: date | None
    contact: str
    others: int


def refusal_letter(
    province: ProvinceConfig,
    file: str,
    findings: Sequence[Finding],
    when: datetime,
    unit: Unit | None = None,
    until: date | None = None,
    contact: str = "",
    others: int = 0,
) -> bytes:
    """The letter as a one-page PDF/A; the same arguments give the same bytes.

    Args:
        province: names, place of issue, mark.
        file: the sender's file name.
        findings: why the file is sent back, in any order; those without room are counted.
        when: the moment of checking, with zone.
        unit: the sender, where it is known.
        until: the last day for sending again.
        contact: whom to ask, e.g. an address; the department when empty.
        others: how many more files were sent back for the same reasons.
    """
    reasons = tuple(map(_reason, worst_first(findings)))
    sender = _cut(_printable(unit.name), _LONGEST_NAME) if unit else ""
    name, whom = (_cut(_printable(text), _LONGEST_NAME) for text in (file, contact or province.department))
    around = sum(_lines(text + frame) for text, frame in zip((name, sender, whom), _FRAME, strict=True))
    shown = _that_fit(reasons, _LINES_OF_TEXT - around)
    accepted = not has_critical(findings)
    checked = when.astimezone(VIETNAM)
    more = len(reasons) - shown
    refusal = Refusal(accepted, sender, name, checked, reasons[:shown], more, until, whom, others)
    subject = _ACCEPTED if refusal.accepted else _RETURNED
    context = {
        "config": province,
        "decision": notice_head(province, refusal.checked.date()),
        "agency": department_agency(province),
        "refusal": refusal,
        "orientation": "",
        "subject": subject,
        "title": f"Phiếu báo về việc {subject}",
    }
    html = template_environment().get_template("refusal.html").render(context)
    document = Document("phieu-bao.pdf", f"Phiếu báo về việc {subject}", html)
    return render_pdf(document, hashlib.sha256(html.encode()).hexdigest(), refusal.checked)


def notice_head(province: ProvinceConfig, day: date) -> PaperHead:
    """The head of a phiếu báo: no number, and the symbol of the department: `PB-SNV`."""
    initials = "".join(word[0] for word in province.department.split() if word[0].isalpha()).upper()
    return PaperHead(None, day, f"{_TYPE}-{initials}", Signer(id="none", title=province.department))


def department_agency(province: ProvinceConfig) -> Agency:
    """The department under its People's Committee. Source: NĐ 30/2020/NĐ-CP, Phụ lục I và III."""
    return Agency((f"UBND {province.name}",), (province.department,), province.department, province.department)


def _reason(finding: Finding) -> str:
    where = f"{capitalised(str(finding.place))}: " if finding.place else ""
    what = finding.what if where else capitalised(finding.what)
    return _cut(_printable(f"{where}{what}. {capitalised(finding.remedy)}."), _LONGEST_REASON)


def _that_fit(reasons: Sequence[str], room: float) -> int:
    """How many reasons fit into so many lines; the first one always does."""
    for number, reason in enumerate(reasons):
        room -= _lines(reason)
        if number and room < 0:
            return number
    return len(reasons)


def _lines(text: str) -> float:
    """How many lines a paragraph takes, on the safe side."""
    width = sum(_AS_WIDE_AS if letter in _WIDE or letter.isupper() else 1 for letter in text)
    return ceil(width / _LETTERS_A_LINE) + _GAP


def _printable(text: str) -> str:
    """Text that the font of the decree has; anything else becomes a question mark."""
    return _UNKNOWN.sub("?", " ".join(normalize("NFC", text).split()))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
