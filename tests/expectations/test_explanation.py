"""What an explanation is told: one thing wrong each."""

from datetime import date
from decimal import Decimal
from typing import Any

from expectations.evidence import evidence_span
from expectations.explanation import ExplanationForm, check_explanations
from models.findings import Finding, Place, Severity
from models.forms.explanation import AGREES, EXPLAINS
from models.records.submissions import EvidenceItem, Statement
from tests.expectations.statements import YEAR
from tests.tasks.building import POINTS, a_set, area, leaf

CRITICAL, WARNING, INFO = Severity
SAMPLE = a_set(area("1", leaf("1.1", 2, POINTS), leaf("1.2", 3, POINTS)))
PLACES = {
    id: Place("Giải trình", 6, column)
    for column, id in enumerate(
        ("code", "max", "answer", "explanation", "document/0", "number/0", "date/0", "page/0"), 1
    )
}
LAST = date(2026, 2, 7)
NEW = EvidenceItem("Báo cáo bổ sung", "02/BC-UBND", date(2026, 2, 3), "trang 1")


def found(**stated: Any) -> list[Finding]:
    code = stated.pop("code", "1.1")
    statement = Statement("xa-a", code, **{"places": PLACES, **stated})
    span = evidence_span(YEAR, LAST, date(2026, 2, 20))
    return check_explanations([ExplanationForm("giai-trinh.xlsx", SAMPLE, {"1.1"}, [statement], span)])[0]


def only(**stated: Any) -> tuple[str, str, Severity, str]:
    (finding,) = found(**stated)
    return finding.what, finding.remedy, finding.severity, finding.place.cell if finding.place else ""


def test_an_answer_is_no_fault() -> None:
    assert found(answer=AGREES, maximum=Decimal(2)) == []
    assert found(answer=EXPLAINS, text="Có báo cáo bổ sung", evidence=(NEW,)) == []


def test_a_cut_without_answer_is_a_warning() -> None:
    assert only() == ("tiêu chí 1.1 chưa chọn trả lời", "Chọn “đồng ý” hoặc “giải trình”", WARNING, "C6")


def test_an_explanation_needs_words() -> None:
    assert only(answer=EXPLAINS) == (
        "tiêu chí 1.1 chọn “giải trình” mà chưa có nội dung giải trình",
        "Nêu căn cứ để giữ điểm tự chấm",
        CRITICAL,
        "D6",
    )


def test_an_explanation_of_what_was_not_cut_is_a_warning() -> None:
    what, _, severity, cell = only(code="1.2", answer=EXPLAINS, text="Đủ tài liệu")
    assert what == "tiêu chí 1.2 không bị giảm điểm nên không cần giải trình"
    assert (severity, cell) == (WARNING, "C6")
    assert found(code="1.2") == []


def test_new_evidence_that_cannot_be_found_is_a_warning() -> None:
    what, _, severity, cell = only(answer=EXPLAINS, text="Bổ sung", evidence=(NEW._replace(number=""),))
    assert what == "tài liệu kiểm chứng “Báo cáo bổ sung” của tiêu chí 1.1 thiếu số, ký hiệu"
    assert (severity, cell) == (WARNING, "F6")


def test_new_evidence_of_after_the_deadline_is_a_warning() -> None:
    what, _, severity, _ = only(answer=EXPLAINS, text="Bổ sung", evidence=(NEW._replace(day=date(2026, 2, 8)),))
    assert what.endswith("ghi ngày 08/02/2026, sau ngày 07/02/2026 là ngày cuối được tính")
    assert severity is WARNING


def test_a_changed_maximum_is_said() -> None:
    what, _, severity, cell = only(answer=AGREES, maximum=Decimal(3))
    assert what == "điểm tối đa của tiêu chí 1.1 đã bị sửa thành 3,00; bộ tiêu chí quy định 2,00"
    assert (severity, cell) == (CRITICAL, "B6")
