"""Who owes which form until when: followed to where a person reads it, in the mail, on the cover, in the status."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from models.forms.descriptions import FormIdentity, FormKind
from models.forms.explanation import AGREES, EXPLAINS
from models.forms.sheets import COVER_SHEET
from models.forms.sources import ScoreSource
from models.records.entries import FactEntry, ScoreEntry
from models.records.storage import open_storage
from models.records.submissions import EvidenceItem, Reading, Statement
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.forms.round_records import read_round
from tasks.forms.writing import write_forms
from tasks.intake.form_status import forms_status
from tasks.intake.inbox import Arrival
from tasks.intake.judging import KeptFile, not_admitted
from tasks.intake.months_told import months_status
from tasks.intake.owed import Owed, owed_in_round
from tasks.intake.validation import validate_batch, validation_context
from tasks.mail.reminder_mail import due_notices
from tasks.recording.versions import record_facts, record_scores
from tests.models.folders import Folder
from tests.tasks.departments import Department
from tests.tasks.intake.json_forms import WRONG, form_file, plan_done
from tests.tasks.month_office import MonthOffice, month_folder

SELF, APPRAISAL, EXPLANATION = FormKind.SELF_ASSESSMENT, FormKind.APPRAISAL, FormKind.EXPLANATION
YEAR = 2025
DAY_AFTER = {SELF: date(2026, 1, 13), APPRAISAL: date(2026, 2, 3), EXPLANATION: date(2026, 2, 10)}
EXTENDED = "extensions:\n  - {{units: [{}], step: {}, until: 2026-02-27, reason: Công văn xin gia hạn}}\n"
ONE_MEASURE = "measures:\n  - {id: luy-ke, name: TTHC đã số hóa, kind: count, unit: TTHC, kinds: so}\n"


def receive(department: Department, *forms: bytes) -> None:
    """Receive the forms, one after the other."""
    for number, content in enumerate(forms):
        department.drop(f"{number}.xlsx", content)
        department.receive()


def owed(department: Department, kind: FormKind, subject: str) -> Owed:
    records = read_round(department.province, department.storage, YEAR)
    with department.storage.reading() as session:
        (found,) = (one for one in owed_in_round(session, records) if (one.kind, one.subject) == (kind, subject))
    return found


def reminded(department: Department, kind: FormKind, name: str, day: date | None = None) -> list[str]:
    """What a recipient is reminded of a kind of form, on the first day after its last one."""
    notices = due_notices(department.province, department.storage, day or DAY_AFTER[kind])
    reminders = (one for notice in notices for one in notice.reminders if one.expected.form.kind is kind)
    return [str(one) for one in reminders if one.expected.form.name == name]


def cut_and_explained(*answered: str) -> list[bytes]:
    """The forms of a unit of which two leaves are cut and so many of them explained."""
    claimed = [plan_done("10"), {"code": "1.1.1", "facts": {"date": "2025-01-20"}}]
    cut = [plan_done(points="0", text="Thiếu"), {"unit": "stc", "code": "1.1.1", "points": "0", "text": "Thiếu"}]
    answers = [{"code": code, "answer": EXPLAINS, "text": "Có biên bản"} for code in answered]
    return [
        form_file("stc", *claimed),
        form_file("snv", *cut, kind="appraisal"),
        *([form_file("stc", *answers, kind="explanation")] if answers else []),
    ]


# --- what came --------------------------------------------------------------------------------------------------------


def test_who_has_sent_is_left_alone_and_who_was_returned_is_not(department: Department) -> None:
    receive(department, form_file("stc", plan_done()), form_file("snv", plan_done(unit="snv", text=WRONG)))
    assert reminded(department, SELF, "Sở Tài chính") == []
    assert len(reminded(department, SELF, "Sở Nội vụ")) == 1
    assert owed(department, SELF, "snv").open is not None


def test_a_unit_whose_cuts_are_not_explained_is_reminded(department: Department) -> None:
    receive(department, *cut_and_explained())
    assert reminded(department, EXPLANATION, "Sở Tài chính") == [
        "Phiếu giải trình năm 2025 của Sở Tài chính: đã quá hạn 1 ngày làm việc (ngày cuối là 09/02/2026). Hạn "
        "07/02/2026 là ngày nghỉ nên chuyển sang ngày làm việc kế tiếp."
    ]


def test_a_unit_whose_explanation_was_accepted_is_left_alone(department: Department) -> None:
    receive(department, *cut_and_explained("1.1.2", "1.1.1"))
    assert owed(department, EXPLANATION, "stc").newest is not None
    assert reminded(department, EXPLANATION, "Sở Tài chính") == []


def test_an_explanation_that_leaves_a_cut_unanswered_is_waited_for_alike_in_mail_and_status(
    department: Department,
) -> None:
    receive(department, *cut_and_explained("1.1.2"))
    (said,) = reminded(department, EXPLANATION, "Sở Tài chính")
    assert said.endswith("Phiếu đã nhận còn 1 tiêu chí chưa trả lời.")
    status = forms_status(
        department.storage,
        read_round(department.province, department.storage, YEAR),
        DAY_AFTER[SELF],
        department.settings,
    )
    assert ("Sở Tài chính", "giải trình 1 tiêu chí bị giảm điểm") in status.waiting


def test_an_agency_whose_accepted_appraisal_keeps_all_points_is_left_alone(department: Department) -> None:
    receive(department, form_file("stc", plan_done("10")))
    assert len(reminded(department, APPRAISAL, "Sở Nội vụ")) == 1
    receive(department, form_file("snv", kind="appraisal"))
    assert reminded(department, APPRAISAL, "Sở Nội vụ") == []


def test_what_was_imported_is_owed_no_more_and_a_survey_alone_is_not_an_answer(department: Department) -> None:
    record_facts(department.storage, YEAR, b"facts", "facts.csv", [FactEntry("stc", "1.1.2", "numerator", "9")])
    given = [
        ScoreEntry("snv", "1.1.2", ScoreSource.APPRAISAL, Decimal(0)),
        ScoreEntry("vpub", "2.1", ScoreSource.SURVEY, Decimal(3)),
    ]
    record_scores(department.storage, YEAR, b"scores", "scores.csv", given)
    found = {code: owed(department, SELF, code) for code in ("stc", "snv", "vpub")}
    assert {code: (form.is_owed, form.is_imported) for code, form in found.items()} == {
        "stc": (False, True),
        "snv": (False, True),
        "vpub": (True, False),
    }


def test_a_report_of_plan_tasks_alone_is_missing_neither_in_mail_nor_in_status(tmp_path: Path) -> None:
    folder = month_folder(tmp_path).write("progress/measures.yaml", ONE_MEASURE)
    folder.change("progress/plan_tasks.yaml", "owner: snv", "owner: phuong-c")
    storage = open_storage(tmp_path, Settings(user="người thử"))
    office = MonthOffice(tmp_path, storage)
    office.send("2025-05", {("kh-2025:3", "explanation"): "đang chuẩn bị"}, unit="phuong-c")
    may = months_status(storage, office.province, YEAR, office.today)[-1]
    assert [form.subject for form in may.missing] == ["snv", "stc", "vpub"]
    reminders = [one for notice in due_notices(office.province, storage, date(2025, 5, 16)) for one in notice.reminders]
    assert sorted(one.expected.form.subject for one in reminders) == ["snv", "stc", "vpub"]
    assert "phuong-c" in [form.subject for form in may.told]
    storage.engine.dispose()


# --- until when -------------------------------------------------------------------------------------------------------


def cover_line(department: Department, kind: FormKind, unit: str) -> str:
    """Until when a form is to be sent, as its cover says."""
    only = [] if kind is APPRAISAL else [unit]
    out = department.folder / "forms"
    path, *_ = write_forms(department.province, department.storage, YEAR, kind, only, out)
    rows = load_workbook(path)[COVER_SHEET].iter_rows(values_only=True)
    return next(str(row[3]) for row in rows if row[1] == "Hạn gửi")


def test_a_deadline_on_a_day_off_is_said_as_the_day_it_moves_to(department: Department) -> None:
    assert str(owed(department, SELF, "stc").due) == "12/01/2026 (10/01/2026 là ngày nghỉ)"
    assert cover_line(department, SELF, "stc") == "12/01/2026 (10/01/2026 là ngày nghỉ)"


@pytest.mark.parametrize(("kind", "subject"), [(SELF, "stc"), (APPRAISAL, "snv"), (EXPLANATION, "stc")])
def test_an_extension_moves_the_day_in_mail_on_the_cover_and_for_evidence(
    department: Department, kind: FormKind, subject: str
) -> None:
    receive(department, *(cut_and_explained() if kind is EXPLANATION else ()))
    name = department.province.units[subject].name
    assert len(reminded(department, kind, name)) == 1
    Folder(department.folder).add("rounds/2025.yaml", EXTENDED.format(subject, kind.value))
    assert reminded(department, kind, name) == []
    (said,) = reminded(department, kind, name, date(2026, 2, 27))
    assert said.endswith("hôm nay, 27/02/2026, là ngày cuối.")
    assert cover_line(department, kind, subject) == "27/02/2026"


@pytest.mark.parametrize("kind", [SELF, EXPLANATION])
def test_evidence_of_before_the_own_last_day_counts(department: Department, kind: FormKind) -> None:
    receive(department, *cut_and_explained())
    assert evidence_faults(department, kind, date(2026, 2, 12)) == 1
    Folder(department.folder).add("rounds/2025.yaml", EXTENDED.format("stc", kind.value))
    assert evidence_faults(department, kind, date(2026, 2, 12)) == 0


@pytest.mark.parametrize(("kind", "monday"), [(SELF, date(2026, 1, 12)), (EXPLANATION, date(2026, 2, 9))])
def test_evidence_of_the_day_that_a_deadline_moves_to_counts(
    department: Department, kind: FormKind, monday: date
) -> None:
    receive(department, *cut_and_explained())
    assert [evidence_faults(department, kind, monday.replace(day=monday.day + more)) for more in (0, 1)] == [0, 1]


def evidence_faults(department: Department, kind: FormKind, signed: date) -> int:
    """How often a document of this day, in a form of late February, is said to be signed after the last day."""
    item = EvidenceItem("Báo cáo", "12/BC-STC", signed, "trang 1")
    statement = Statement("stc", "1.1.2", {"numerator": "10", "denominator": "10"}, evidence=(item,), answer=AGREES)
    reading = Reading("phieu.xlsx", FormIdentity(kind, "tỉnh Mẫu", YEAR, "stc", ()), (statement,))
    context = validation_context(department.province, department.storage, [YEAR], today=date(2026, 2, 27))
    (found,) = validate_batch([reading], department.province, context)
    return sum("là ngày cuối được tính" in finding.what for finding in found)


def test_a_step_without_a_deadline_is_not_reminded_of(department: Department) -> None:
    Folder(department.folder).change("rounds/2025.yaml", "  self_assessment: 2026-01-10\n", "")
    assert owed(department, SELF, "stc").due is None
    assert reminded(department, SELF, "Sở Tài chính") == []
    assert cover_line(department, SELF, "stc") == "theo văn bản của cơ quan chủ trì"


def test_a_form_that_is_in_time_is_not_locked_out(department: Department) -> None:
    Folder(department.folder).add("rounds/2025.yaml", "locks: {self_assessment: 2026-01-10}\n")
    reading = Reading("phieu.xlsx", FormIdentity(SELF, "tỉnh Mẫu", YEAR, "stc", ()))

    def refused(day: int) -> list[str]:
        when = datetime(2026, 1, day, 12, tzinfo=VIETNAM)
        file = KeptFile(Arrival("phieu.xlsx", "phieu.xlsx", 1, None, when), "phieu.xlsx", "")
        return [finding.what for finding in not_admitted(department.province, file, reading, set())]

    assert refused(11) == refused(12) == []
    assert refused(13) == ["bước tự đánh giá đã khóa từ hết ngày 12/01/2026"]
