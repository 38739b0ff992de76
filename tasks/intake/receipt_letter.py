"""An accepted file → one page that says what was received, when, as which version, under which hash.

A phiếu báo (PB) of the department in the official format; the program makes it, nobody signs it.
Source: Nghị định 30/2020/NĐ-CP, Điều 7 and annex I.
"""

import hashlib

from models.findings import Severity
from models.province.config import ProvinceConfig
from models.records.tables import Submission
from models.working_days import VIETNAM
from tasks.intake.owed import Owed
from tasks.intake.refusal_letter import department_agency, notice_head
from tasks.rendering.pdf import Document, render_pdf, template_environment

_SUBJECT = "đã nhận biểu mẫu xác định Chỉ số cải cách hành chính"


def receipt_letter(province: ProvinceConfig, submission: Submission, form: Owed, number: int, shown: str) -> bytes:
    """The receipt of an accepted file as a one-page PDF/A; the same arguments give the same bytes.

    Args:
        province: names, place of issue, mark.
        submission: the accepted file.
        form: which form it is, and until when it was due.
        number: which version of the form it became.
        shown: the file's name, fit to be shown.
    """
    received = submission.received_at.astimezone(VIETNAM)
    warnings = sum(row["severity"] == Severity.WARNING for row in submission.findings)
    context = {
        "config": province,
        "decision": notice_head(province, received.date()),
        "agency": department_agency(province),
        "orientation": "",
        "title": f"Phiếu báo về việc {_SUBJECT}",
        "subject": _SUBJECT,
        "form": form,
        "number": number,
        "file": shown,
        "submission": submission,
        "received": received,
        "warnings": warnings,
    }
    html = template_environment().get_template("receipt.html").render(context)
    document = Document("bien-nhan.pdf", f"Phiếu báo về việc {_SUBJECT}", html)
    return render_pdf(document, hashlib.sha256(html.encode()).hexdigest(), received)
