"""Who has sent what, which version counts, what was returned and why, who is late, what waits for whom."""

import os
from datetime import UTC, date, datetime

import pytest

from models.findings import RefusedError
from models.forms.descriptions import FormKind
from models.forms.explanation import EXPLAINS
from models.records.tables import DeliveryAttempt
from tasks.forms.round_records import read_round
from tasks.intake.form_status import FormsStatus, forms_data, forms_status
from tasks.intake.owed import Owed
from tests.tasks.departments import Department
from tests.tasks.intake.json_forms import WRONG, form_file, plan_done

TODAY = date(2026, 1, 13)
SELF, APPRAISAL, EXPLANATION = FormKind.SELF_ASSESSMENT, FormKind.APPRAISAL, FormKind.EXPLANATION
TAX = "Sở Tài chính"


def status(department: Department) -> FormsStatus:
    return forms_status(
        department.storage, read_round(department.province, department.storage, 2025), TODAY, department.settings
    )


def form(department: Department, kind: FormKind = SELF, subject: str = "stc") -> Owed:
    return next(each for each in status(department).of_kind(kind) if each.subject == subject)


def waiting_for(department: Department, who: str) -> list[str]:
    return [what for name, what in status(department).waiting if name == who]


def receive(department: Department, name: str, content: bytes) -> None:
    department.drop(name, content)
    department.receive()


def appraised(points: str) -> bytes:
    return form_file("snv", plan_done(points=points, text="Thiếu tài liệu"), kind="appraisal")


def explained(text: str = "Có biên bản") -> bytes:
    return form_file("stc", {"code": "1.1.2", "answer": EXPLAINS, "text": text}, kind="explanation")


def test_before_anything_came_every_unit_has_its_form_to_send_and_is_late(department: Department) -> None:
    assert [each.subject for each in status(department).of_kind(SELF)] == ["snv", "stc", "vpub", "phuong-c", "xa-ab"]
    assert waiting_for(department, TAX) == ["gửi Phiếu tự đánh giá, quá hạn 12/01/2026 (10/01/2026 là ngày nghỉ)"]
    assert not form(department, EXPLANATION).is_asked


def test_versions_are_numbered_and_the_last_one_counts(department: Department) -> None:
    receive(department, "a.xlsx", form_file("stc", plan_done("8")))
    receive(department, "b.xlsx", form_file("stc", plan_done("9")))
    found = form(department)
    assert [(version.number, version.file_name, version.late) for version in found.versions] == [
        (1, "a.xlsx", True),
        (2, "b.xlsx", True),
    ]
    assert found.newest == found.versions[-1]
    assert waiting_for(department, "Sở Nội vụ")[-1] == "thẩm định 1 phiếu tự đánh giá"


def test_a_returned_form_is_open_with_its_reason_until_it_is_mended(department: Department) -> None:
    receive(department, "sai.xlsx", form_file("stc", plan_done(text=WRONG)))
    found = form(department)
    assert found.open is not None
    assert (found.open.file_name, found.open.why, found.newest) == ("sai.xlsx", "số liệu sai", None)
    assert waiting_for(department, TAX) == ["sửa và gửi lại Phiếu tự đánh giá “sai.xlsx” (số liệu sai)"]
    receive(department, "dung.xlsx", form_file("stc", plan_done()))
    assert form(department).open is None
    assert waiting_for(department, TAX) == []


def test_the_work_goes_from_appraiser_to_unit_to_appraiser_to_council(department: Department) -> None:
    receive(department, "1.xlsx", form_file("stc", plan_done("95")))
    receive(department, "1.xlsx", form_file("stc", plan_done("10")))
    receive(department, "2.xlsx", appraised("0"))
    assert waiting_for(department, TAX) == ["giải trình 1 tiêu chí bị giảm điểm"]
    assert form(department, EXPLANATION).is_asked
    receive(department, "3.xlsx", explained())
    assert waiting_for(department, TAX) == []
    assert waiting_for(department, "Sở Nội vụ")[-1] == "thẩm định lần 2: 1 đơn vị có giải trình"
    assert waiting_for(department, "Hội đồng") == ["Các sở: quyết định 1 điểm của 1 đơn vị có giải trình"]
    receive(department, "4.xlsx", form_file("so", plan_done(points="20", text="Biểu quyết"), kind="council"))
    assert waiting_for(department, "Hội đồng") == []


def test_files_that_are_no_forms_or_came_to_a_wrong_place_are_listed_apart(department: Department) -> None:
    receive(department, "la.xlsx", b"?")
    receive(department, "snv/nham.xlsx", form_file("stc", plan_done()))
    found = status(department)
    assert [(each.file_name, each.why) for each in found.unknown] == [
        ("la.xlsx", "không phải là tệp Excel"),
        ("nham.xlsx", "phiếu của Sở Tài chính nằm trong thư mục của Sở Nội vụ"),
    ]
    assert form(department).open is None, "another unit's folder says nothing about this one"


def test_mails_that_failed_or_had_no_address_are_told_until_they_are_sent(department: Department) -> None:
    receive(department, "a.xlsx", form_file("stc", plan_done()))

    def attempt(outcome: str, detail: str = "") -> None:
        with department.storage.writing() as session:
            tried = DeliveryAttempt(submission_id=1, address="a@b.vn", outcome=outcome, attempted_at=datetime.now(UTC))
            tried.detail = detail
            session.add(tried)

    attempt("failed", "máy chủ không trả lời")
    assert status(department).mail == (("a.xlsx", "chưa gửi được thư đến a@b.vn: máy chủ không trả lời"),)
    attempt("sent")
    assert status(department).mail == ()
    attempt("no_address")
    assert status(department).mail == (("a.xlsx", "nơi gửi chưa có địa chỉ thư"),)


def test_a_file_that_was_received_and_lies_there_still_is_stuck(department: Department) -> None:
    receive(department, "a.xlsx", form_file("stc", plan_done()))
    assert status(department).stuck == ()
    department.drop("b.xlsx", form_file("snv", plan_done(unit="snv")))
    (arrival,) = department.inbox.listed(datetime.now(UTC), 0).ready
    department.receive()
    inbox = department.folder / "var" / "inbox" / "b.xlsx"
    inbox.write_bytes(form_file("snv", plan_done(unit="snv")))
    os.utime(inbox, (arrival.changed or 0, arrival.changed or 0))
    assert status(department).stuck == ("b.xlsx",)


def test_one_unit_is_shown_with_its_own_forms_only(department: Department) -> None:
    assert [each.kind for each in status(department).of_unit("stc")] == [SELF, EXPLANATION]
    with pytest.raises(RefusedError, match="không có đơn vị “la”"):
        status(department).of_unit("la")


def test_the_document_for_machines_has_every_form_and_what_waits(department: Department) -> None:
    receive(department, "a.xlsx", form_file("stc", plan_done(text=WRONG)))
    document = forms_data(status(department))
    assert set(document) == {"forms", "waiting", "unknown", "mail", "stuck"}
    entry = next(each for each in document["forms"] if each["subject"] == "stc" and each["kind"] == "self_assessment")
    assert (entry["open"]["outcome"], entry["versions"], entry["due"]) == ("returned", [], True)
    assert {"who": TAX, "what": "sửa và gửi lại Phiếu tự đánh giá “a.xlsx” (số liệu sai)"} in document["waiting"]
