"""Real forms sent as people send them, through the real intake, up to the reply that their sender reads."""

import fcntl
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from models.findings import Severity
from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.province.folder import load_province
from models.records.storage import Storage, open_storage
from models.records.submissions import Outcome
from models.settings import Settings
from tasks.forms.round_records import read_round
from tasks.intake.form_status import forms_status
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FileReport, receive_inbox
from tasks.intake.results_sheet import RESULTS_SHEET
from tests.broken_workbooks.forms import cell_of
from tests.libreoffice import converted
from tests.tasks.filled_forms import GOOD, Cells, filled, form_of
from tests.tasks.forms_sent import YEAR, sample_province

pytestmark = pytest.mark.slow

BARE = {key: value for key, value in GOOD.items() if key[0] != "1.1.2" or key[1] == "value"}
CLAIMED = {
    **{key: value for key, value in GOOD.items() if not key[0].startswith("1.1.1")},
    ("1.1.1", "not_applicable"): "có",
    ("1.1.1", "explanation"): "Trong năm không phát sinh",
}


class Office:
    """The small province, and what comes into its inbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.province = sample_province(folder)
        self.settings = Settings(user="người thử")
        self.storage: Storage = open_storage(folder, self.settings)
        self.blank = form_of(self.province, self.storage, FormKind.SELF_ASSESSMENT, "stc", {}, folder / "out")

    def send(self, content: bytes, name: str) -> FileReport:
        inbox = inbox_of(self.folder, self.settings)
        (Path(inbox.root) / name).write_bytes(content)
        outbox = outbox_of(self.folder, self.settings)
        report = receive_inbox(self.province, self.storage, inbox, outbox, standard_parts(), "inbox", 0)
        (file,) = report.files
        return file

    def form(self, cells: Cells) -> bytes:
        return filled(self.blank, cells)

    @property
    def replies(self) -> list[Path]:
        return sorted(Path(outbox_of(self.folder, self.settings).root).iterdir())

    def reply(self) -> Workbook:
        (path,) = self.replies
        assert path.suffix == ".xlsx"
        return load_workbook(io.BytesIO(path.read_bytes()))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.storage.engine.dispose()


def listed(book: Workbook) -> str:
    return "\n".join(str(cell.value) for row in book[RESULTS_SHEET].iter_rows() for cell in row if cell.value)


def test_one_missing_line_of_evidence_is_told_and_does_not_return_the_form(office: Office) -> None:
    assert office.send(office.form(BARE), "stc.xlsx").said.startswith("đã nhận, bản 1")
    said = listed(office.reply())
    assert "ĐÃ ĐƯỢC TIẾP NHẬN" in said
    assert "Tiêu chí 1.1.2 chưa có tài liệu kiểm chứng và chưa có giải trình." in said
    status = forms_status(
        office.storage, read_round(office.province, office.storage, YEAR), datetime.now(UTC).date(), office.settings
    )
    (form,) = [each for each in status.of_kind(FormKind.SELF_ASSESSMENT) if each.subject == "stc"]
    assert form.newest
    assert any("1.1.2 chưa có tài liệu" in warning.what for warning in form.newest.warnings)


def test_a_form_without_remarks_gets_no_workbook_back(office: Office) -> None:
    report = office.send(office.form(GOOD), "stc.xlsx")
    assert report.outcome is Outcome.ACCEPTED
    assert not [finding for finding in report.findings if finding.severity is Severity.WARNING]
    assert office.replies == []


def test_thousands_of_an_english_spreadsheet_program_are_asked_about_at_their_cells(office: Office) -> None:
    cells = {**GOOD, ("1.1.2/numerator", "value"): 1.279, ("1.1.2/denominator", "value"): 1.309}
    assert office.send(office.form(cells), "stc.xlsx").outcome is Outcome.RETURNED
    sheet = office.reply()[CRITERIA_SHEET]
    for fact, meant in (("numerator", 1279), ("denominator", 1309)):
        comment = cell_of(sheet, f"1.1.2/{fact}", "value").comment
        assert comment is not None
        assert f"có phải {meant}?" in comment.text


@pytest.mark.parametrize("format", ["xls", "ods"])
def test_a_form_of_another_format_that_claims_no_case_is_accepted(office: Office, tmp_path: Path, format: str) -> None:
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(office.form(CLAIMED))
    content = converted(path, tmp_path, format).read_bytes()
    report = office.send(content, f"stc.{format}")
    assert (report.outcome, report.number) == (Outcome.ACCEPTED, 1), report.findings


@pytest.mark.parametrize("format", ["xls", "ods"])
def test_a_form_of_another_format_comes_back_as_our_form_with_its_values_and_marks(
    office: Office, tmp_path: Path, format: str
) -> None:
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(office.form({**GOOD, ("1.1.2/numerator", "value"): "N/A"}))
    report = office.send(converted(path, tmp_path, format).read_bytes(), f"stc.{format}")
    assert report.outcome is Outcome.RETURNED
    book = office.reply()
    sheet = book[CRITERIA_SHEET]
    wrong = cell_of(sheet, "1.1.2/numerator", "value")
    assert wrong.value == "N/A"
    assert wrong.comment is not None
    assert "không phải là số" in wrong.comment.text
    assert cell_of(sheet, "1.1.2/denominator", "value").value == 100
    assert cell_of(sheet, "1.1.1", "number").value == "12/KH-STC"
    assert cell_of(sheet, "1.1.1/date", "value").is_date
    assert str(cell_of(sheet, "1.1.2", "points").value).startswith("="), "the points are live again"
    wrong.value = 95
    out = io.BytesIO()
    book.save(out)
    assert office.send(out.getvalue(), "sua.xlsx").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("nothing", ["N/A", "-", "không phát sinh"])
def test_no_case_in_the_cell_of_a_number_is_led_to_the_claim(office: Office, nothing: str) -> None:
    yaml = office.folder / "criteria" / "so.yaml"
    claimable = 'code: "1.1.2"\n            not_applicable: {by_event: true}\n'
    yaml.write_text(yaml.read_text(encoding="utf-8").replace('code: "1.1.2"\n', claimable), encoding="utf-8")
    office.province = load_province(office.folder)
    blank = form_of(office.province, office.storage, FormKind.SELF_ASSESSMENT, "stc", {}, office.folder / "out")
    report = office.send(filled(blank, {**GOOD, ("1.1.2/numerator", "value"): nothing}), "stc.xlsx")
    (finding,) = [finding for finding in report.findings if "không phải là số" in finding.what]
    assert "chọn “có” ở cột Đề nghị không áp dụng" in finding.remedy


def test_what_a_killed_process_left_while_keeping_a_file_is_cleaned(office: Office) -> None:
    received = office.folder / "var" / "received"
    (received / "ab").mkdir(parents=True)
    left, older_layout, written = received / ".1f", received / "ab" / ".ab12.2e", received / ".3d"
    for path in (left, older_layout, written):
        path.write_bytes(b"half")
    with written.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        office.send(office.form(GOOD), "stc.xlsx")
        assert [path.exists() for path in (left, older_layout, written)] == [False, False, True]
