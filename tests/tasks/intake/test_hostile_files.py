"""Files made to kill or stall what reads them, received in one run with good files among them."""

import io
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlmodel import select

from models.findings import MOST_TOLD, Finding, Severity, as_told
from models.forms.descriptions import FormKind
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.records.submissions import Outcome, Reading
from models.records.tables import Receipt
from models.settings import Settings
from tasks.forms.round_records import read_round
from tasks.intake.answering import unanswered
from tasks.intake.form_status import forms_status
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import Parts, standard_parts
from tasks.intake.receiving import FileReport, IntakeReport, receive_inbox
from tasks.mail.acknowledging import tell_senders
from tasks.reading.isolation import children
from tests.broken_workbooks import hostile
from tests.broken_workbooks.archives import SHEET, with_cell
from tests.mailbox import Mailbox, serving
from tests.models.folders import Folder
from tests.tasks.filled_forms import GOOD, form_of
from tests.tasks.forms_sent import YEAR, sample_province

pytestmark = pytest.mark.slow

OUTSIDE = "có địa chỉ nằm ngoài trang tính"
DAMAGED = "nội dung tệp bị hỏng, không đọc được (phần xl/worksheets/sheet2.xml)"

HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "far cell": (lambda form: hostile.with_reference(form, "ZZZZZ99999999"), f"{OUTSIDE} (ô ZZZZZ99999999)"),
    "small letters": (lambda form: hostile.with_reference(form, "zzz99999"), f"{OUTSIDE} (ô zzz99999)"),
    "leading zeros": (lambda form: hostile.with_reference(form, "A000099999999"), f"{OUTSIDE} (ô A000099999999)"),
    "last column and one": (lambda form: hostile.with_reference(form, "XFE300"), f"{OUTSIDE} (ô XFE300)"),
    "far row": (
        lambda form: hostile.with_rows(form, b'<row r="4000000000"><c><v>1</v></c></row>'),
        f"{OUTSIDE} (dòng 4000000000)",
    ),
    "last cell": (lambda form: with_cell(form, "XFD1048576"), "dữ liệu hoặc định dạng đến dòng 1.048.576"),
    "texts announced": (
        lambda form: hostile.with_texts_announced(form, 4_000_000_000),
        "tệp khai báo có 4000000000 chuỗi chữ, không đúng với nội dung",
    ),
    "old dimensions": (
        lambda form: hostile.old_workbook((0, 0), rows=2**32 - 1, columns=65_535),
        "địa chỉ nằm ngoài trang tính (dòng 4294967295, cột 65535)",
    ),
    "old far cell": (
        lambda form: hostile.old_workbook((0, 65_000)),
        "địa chỉ nằm ngoài trang tính (dòng 1, cột 65001)",
    ),
    "old texts announced": (
        lambda form: hostile.old_workbook((0, 0), texts=2**32 - 1),
        "tệp khai báo có 4294967295 chuỗi chữ",
    ),
    "junk rows": (hostile.with_junk_rows, DAMAGED),
    "everything merged": (hostile.with_everything_merged, "gộp quá nhiều ô thành một (A1:XFD1048576)"),
    "merged twice": (
        lambda form: hostile.with_merges(form, "C300:D310", "D305:E306"),
        "các vùng ô gộp chồng lên nhau (D305:E306)",
    ),
    "merged outside": (lambda form: hostile.with_merges(form, "A1:XFE2"), f"{OUTSIDE} (vùng gộp A1:XFE2)"),
    "very many cell styles": (lambda form: hostile.with_styles(form, 400_000), "tệp có hơn 10.000 kiểu định dạng"),
    "styles bomb": (hostile.with_styles_bomb, "kiểu “bom nén”"),
    "odd cells": (lambda form: hostile.with_odd_cells(form, 210_000), "có hơn 200.000 ô báo lỗi"),
    "nested": (lambda form: hostile.nested(form, 200), "có phần tử lồng nhau quá sâu"),
    "attributes": (lambda form: hostile.with_attributes(form, 300), "có phần tử mang 300 thuộc tính"),
    "names": (
        lambda form: hostile.with_many(form, "xl/workbook.xml", "definedName", "definedNames", 3_000),
        "tệp có hơn 2.000 tên vùng",
    ),
    "validations": (
        lambda form: hostile.with_many(form, SHEET, "dataValidation", "dataValidations", 3_000),
        "tệp có hơn 2.000 quy tắc nhập liệu",
    ),
    "links": (
        lambda form: hostile.with_many(form, SHEET, "hyperlink", "sheetData", 11_000),
        "tệp có hơn 10.000 liên kết",
    ),
    "relation out of the file": (
        lambda form: hostile.with_relation(form, "../../../etc/passwd"),
        "tệp lấy nội dung từ ngoài tệp (“../../../etc/passwd”",
    ),
    "picture from elsewhere": (
        lambda form: hostile.with_relation(form, "http://tracker.example/a.png", mode="External"),
        "tệp lấy nội dung từ ngoài tệp (“http://tracker.example/a.png”",
    ),
    "one part for two sheets": (hostile.with_one_part_for_two_sheets, "dùng chung một phần bên trong"),
    "part in other letters": (hostile.with_a_part_in_other_letters, "tệp có phần bên trong bị lặp"),
}


@dataclass
class Office:
    """A department whose inbox is received with the real parts, but for what a test puts in their place."""

    folder: Path
    province: Province
    storage: Storage
    settings: Settings
    form: bytes

    def drop(self, path: str, content: bytes) -> None:
        file = self.folder / "var" / "inbox" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def receive(self, parts: Parts | None = None) -> IntakeReport:
        inbox, outbox = inbox_of(self.folder, self.settings), outbox_of(self.folder, self.settings)
        return receive_inbox(self.province, self.storage, inbox, outbox, parts or standard_parts(), "inbox", 0)

    def replies(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "var" / "outbox").iterdir())

    def receipts(self) -> int:
        with self.storage.reading() as session:
            return len(session.exec(select(Receipt)).all())


def office_in(folder: Path) -> Office:
    settings = Settings(user="người thử")
    province, storage = sample_province(folder), open_storage(folder, settings)
    form = form_of(province, storage, FormKind.SELF_ASSESSMENT, "stc", GOOD, folder / "forms", YEAR)
    return Office(folder, province, storage, settings, form)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return office_in(tmp_path)


# --- all at once ------------------------------------------------------------------------------------------------------


@dataclass
class Received:
    """What came of all hostile files and the good ones in one run."""

    reports: dict[str, FileReport]
    replies: list[str]
    receipts: int
    left: list[str]


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Received:
    office = office_in(tmp_path_factory.mktemp("hostile"))
    for name, (make, _) in HOSTILE.items():
        office.drop(f"{name}.xlsx", make(office.form))
    office.drop("a good one.xlsx", office.form)
    office.drop("errors without end.xlsx", hostile.with_endless_errors(office.form))
    reports = {report.path: report for report in office.receive().files}
    left = [path.name for path in (office.folder / "var" / "inbox").iterdir()]
    office.storage.engine.dispose()
    return Received(reports, office.replies(), office.receipts(), left)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason_and_answered_by_a_letter(received: Received, name: str) -> None:
    report = received.reports[f"{name}.xlsx"]
    (finding,) = report.findings
    assert (report.outcome, finding.unopened) == (Outcome.REFUSED, True)
    assert HOSTILE[name][1] in finding.what
    assert finding.remedy
    assert [Path(reply).suffix for reply in received.replies if reply.startswith(f"ket-qua-{name}-")] == [".pdf"]


def test_good_files_among_them_are_recorded(received: Received) -> None:
    assert received.reports["a good one.xlsx"].outcome is Outcome.ACCEPTED
    assert received.reports["errors without end.xlsx"].outcome is Outcome.ACCEPTED, "they follow the sheet's own end"
    assert received.receipts == 2


def test_the_inbox_is_empty_afterwards(received: Received) -> None:
    assert received.left == []
    assert len(received.reports) == len(HOSTILE) + 2


# --- a file over which a child fails ----------------------------------------------------------------------------------


class Deadly:
    """The real parts, but a file that begins with `chết` kills the child that opens it."""

    def __init__(self) -> None:
        self.tried = 0

    @property
    def parts(self) -> Parts:
        return standard_parts()._replace(read=self.read)

    def read(self, kept: Path, file: str, province: Province) -> "Future[Reading]":
        if kept.read_bytes().startswith("chết".encode()):
            self.tried += 1
            return children().submit("os:abort")
        return standard_parts().read(kept, file, province)


def test_a_file_over_which_the_child_dies_is_refused_answered_and_never_tried_again(office: Office) -> None:
    deadly = Deadly()
    office.drop("a.xlsx", "chết".encode())
    office.drop("b.xlsx", "chết".encode())
    office.drop("c.xlsx", office.form)
    reports = {report.path: report for report in office.receive(deadly.parts).files}
    said = "không nhận: tệp làm chương trình đọc dừng đột ngột nên không đọc được"
    assert [reports[name].said for name in ("a.xlsx", "b.xlsx")] == [said, said]
    assert reports["c.xlsx"].outcome is Outcome.ACCEPTED
    assert deadly.tried == 1, "the same bytes are tried once"
    office.drop("lại.xlsx", "chết".encode())
    (again,) = office.receive(deadly.parts).files
    assert (again.said, again.findings[0].file, deadly.tried) == (said, "lại.xlsx", 1)
    assert [Path(name).suffix for name in office.replies()] == [".pdf", ".pdf"]
    assert unanswered(office.storage) == []


def test_status_names_files_over_which_reading_gave_up_however_many_came_after(office: Office) -> None:
    office.drop("chet.xlsx", "chết".encode())
    office.receive(Deadly().parts)
    for number in range(9):
        office.drop(f"{number}.xlsx", f"văn bản {number}".encode())
    office.receive()
    status = forms_status(
        office.storage, read_round(office.province, office.storage, YEAR), datetime.now(UTC).date(), office.settings
    )
    assert "chet.xlsx" in [each.file_name for each in status.unknown]


def test_where_no_child_can_be_started_nothing_is_refused(office: Office) -> None:
    from models.findings import RefusedError
    from tasks.reading.isolation import NoChildrenError

    def read(kept: Path, file: str, province: Province) -> "Future[Reading]":
        started: Future[Reading] = Future()
        started.set_exception(NoChildrenError("no memory"))
        return started

    office.drop("stc.xlsx", office.form)
    with pytest.raises(RefusedError, match="không khởi động được tiến trình con"):
        office.receive(standard_parts()._replace(read=read))
    assert [report.outcome for report in office.receive().files] == [Outcome.ACCEPTED]


# --- floods and giants ------------------------------------------------------------------------------------------------


def test_a_flood_of_the_same_refusal_is_answered_once_a_sender(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    Folder(tmp_path).change("units.csv", "stc,Sở Tài chính,so,,,,,", "stc,Sở Tài chính,so,,,,,stc@mau.example")
    office.province = load_province(tmp_path)
    for number in range(250):
        office.drop(f"stc/{number:03}.xlsx", b"")
    office.drop("stc/khac.xlsx", b"%PDF-1.7")
    office.drop("snv/rong.xlsx", b"")
    assert {file.outcome for file in office.receive().files} == {Outcome.REFUSED}
    assert [name[: name.rindex("-")] for name in office.replies()] == ["ket-qua-000", "ket-qua-khac", "ket-qua-rong"]
    assert unanswered(office.storage) == []
    mailbox = Mailbox()
    with serving(mailbox) as mail:
        office.settings = Settings(
            user="người thử",
            smtp_host=mail.host,
            smtp_port=mail.port,
            smtp_security=mail.security,
            smtp_from=mail.sender,
        )
        (office.folder / "var" / "outbox" / office.replies()[0]).unlink()
        outbox = outbox_of(office.folder, office.settings)
        attempts = tell_senders(office.province, office.storage, outbox, office.settings, standard_parts())
    assert len(attempts) == 252
    ((to, message),) = mailbox.received
    assert to == ["stc@mau.example"]
    body = message.get_body()
    assert body is not None
    assert "Tệp “000.xlsx” và 249 tệp khác có cùng lỗi" in " ".join(body.get_content().split())
    letters = [part.get_content() for part in message.iter_attachments()]
    texts = [" ".join(PdfReader(io.BytesIO(letter)).pages[0].extract_text().split()) for letter in letters]
    assert "đã nhận tệp “000.xlsx” và 249 tệp khác có cùng lỗi" in texts[0]
    assert "Các tệp này chưa được tiếp nhận" in texts[0]
    assert "đã nhận tệp “khac.xlsx” (kiểm tra lúc" in texts[1]
    office.storage.engine.dispose()


def test_a_giant_is_kept_and_refused_without_ever_being_held_in_memory(office: Office) -> None:
    giant = office.folder / "var" / "inbox" / "lon.xlsx"
    giant.parent.mkdir(parents=True)
    with giant.open("wb") as file:
        file.truncate(90 * 2**20)
    office.drop("stc.xlsx", office.form)
    tracemalloc.start()
    store = inbox_of(office.folder, office.settings)
    (arrival,) = store.arrivals(["lon.xlsx"], datetime.now(UTC))
    store.kept(arrival, office.storage.keep_pieces)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()
    reports = {report.path: report for report in office.receive().files}
    assert reports["lon.xlsx"].said == "không nhận: tệp quá lớn (90 MB, tối đa 32 MB)"
    assert reports["stc.xlsx"].outcome is Outcome.ACCEPTED


def test_of_very_many_findings_the_worst_are_told_and_the_rest_counted(office: Office) -> None:
    notes = [Finding("a", 0, f"điều {number}", "Sửa", Severity.WARNING) for number in range(700)]
    faults = [Finding("a", 0, f"lỗi {number}", "Sửa") for number in range(3)]
    told = as_told([*notes, *faults])
    assert len(told) == MOST_TOLD
    assert list(told[:3]) == faults
    assert (told[-1].what, told[-1].severity) == ("còn 204 điều khác chưa liệt kê ở đây", Severity.WARNING)
    assert as_told([*faults, *notes[:10]]) == (*faults, *notes[:10])


# --- what is no file --------------------------------------------------------------------------------------------------


def test_what_looks_like_a_file_and_is_none_is_told_and_left(office: Office) -> None:
    office.drop("stc.xlsx", office.form)
    inbox = office.folder / "var" / "inbox"
    (inbox / "lien-ket.xlsx").symlink_to(office.folder / "province.yaml")
    (inbox / "mat.xlsx").symlink_to(office.folder / "khong-co")
    (inbox / "ngoai").symlink_to(office.folder / "criteria")
    (inbox / "thu-muc.xlsx").mkdir()
    (inbox / "snv").mkdir()
    (inbox / ".an.xlsx").symlink_to(office.folder / "province.yaml")
    os.mkfifo(inbox / "ong.xlsx")
    report = office.receive()
    assert [file.outcome for file in report.files] == [Outcome.ACCEPTED]
    told = dict(report.untakable)
    assert sorted(told) == ["lien-ket.xlsx", "mat.xlsx", "ngoai", "ong.xlsx", "thu-muc.xlsx"]
    assert told["lien-ket.xlsx"] == told["ngoai"] == told["mat.xlsx"]
    assert "ong.xlsx: không phải tệp thường (ống dẫn, thiết bị) nên không nhận; xóa khỏi hộp nhận" in report.lines()
    assert "thu-muc.xlsx: là thư mục mang tên tệp, không phải tệp; đổi tên hoặc xóa thư mục này" in report.lines()


# --- the parent -------------------------------------------------------------------------------------------------------


def test_the_parent_loads_nothing_that_opens_workbooks(office: Office) -> None:
    office.drop("stc.xlsx", office.form)
    office.drop("la.xlsx", b"?")
    run = (
        "import sys; from flows.cli.main import main; from contextlib import suppress\n"
        f"sys.argv = ['cchc', '-p', {str(office.folder)!r}, 'intake']\n"
        "with suppress(SystemExit): main()\n"
        "print(sorted({'openpyxl', 'python_calamine', 'tasks.reading.opening'} & set(sys.modules)))"
    )
    settings = {**os.environ, "CCHC_INBOX_QUIET": "0", "CCHC_USER": "người thử"}
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True, env=settings)
    one, other, loaded = done.stdout.splitlines()
    assert {one[:17], other[:17]} == {"stc.xlsx: đã nhận", "la.xlsx: không nh"}
    assert loaded == "[]"
