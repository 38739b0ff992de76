"""What became of the evidence files of a unit → a letter: which are taken for which criterion, which are not and why.

A phiếu báo (PB) of the department in the official format; the program makes it, nobody signs it.
Source: Nghị định 30/2020/NĐ-CP, Điều 7 and annex I.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.province.folder import Province
from models.working_days import VIETNAM
from tasks.evidence.receiving import Taken
from tasks.intake.refusal_letter import department_agency, notice_head
from tasks.rendering.pdf import Document, render_pdf, template_environment

_SUBJECT = "kết quả tiếp nhận tệp minh chứng xác định Chỉ số cải cách hành chính"
_MARK = 12  # characters that tell one letter from another, at the end of its name


@dataclass(frozen=True)
class EvidenceAnswer:
    """What is told of the files of one unit for one round, and the letter that tells it.

    Attributes:
        name: of the letter; the same files come to the same name and bytes.
        when: the newest of them came.
    """

    unit: str
    year: int
    taken: tuple[Taken, ...]
    when: datetime
    name: str
    content: bytes


def answer_to(province: Province, unit: str, year: int, taken: Sequence[Taken], when: datetime) -> EvidenceAnswer:
    """The letter about the files of a unit.

    Args:
        province: names, place of issue, mark.
        unit, year: whose files, for which round.
        taken: what became of each; nothing of it may change later.
        when: the newest of them came.
    """
    name = f"minh-chung-{year}-{unit}"
    came = when.astimezone(VIETNAM)
    context = {
        "config": province.config,
        "decision": notice_head(province.config, came.date()),
        "agency": department_agency(province.config),
        "orientation": "",
        "title": f"Phiếu báo về việc {_SUBJECT}",
        "subject": _SUBJECT,
        "addressee": province.units[unit].name,
        "year": year,
        "came": came,
        "accepted": [one for one in taken if one.file is not None],
        "refused": [one for one in taken if one.file is None],
    }
    html = template_environment().get_template("evidence_letter.html").render(context)
    mark = hashlib.sha256(html.encode()).hexdigest()
    document = Document(f"{name}.pdf", f"Phiếu báo về việc {_SUBJECT}", html)
    return EvidenceAnswer(
        unit, year, tuple(taken), when, f"{name}-{mark[:_MARK]}.pdf", render_pdf(document, mark, came)
    )
