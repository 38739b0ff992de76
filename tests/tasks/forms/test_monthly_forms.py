"""Reports of the month on both databases: written, calculated by a spreadsheet program, filled in, recorded."""

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from sqlalchemy import select

from models.findings import RefusedError
from models.forms.descriptions import FormIdentity, FormKind
from models.forms.monthly import MONTH_SHEET, TASK_SHEET
from models.forms.row_keys import Remark
from models.forms.sheets import COVER_SHEET, IDENTITY_SHEET
from models.progress.measures import Figure
from models.progress.periods import read_period
from models.records.storage import open_storage
from models.records.submissions import Outcome
from models.records.tables import METADATA
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.forms.month_records import write_months
from tasks.intake.judging import is_late
from tasks.reading.workbooks import read_workbook
from tasks.recording.progress import current_figures, record_figures
from tasks.recording.progress_importing import read_figures
from tests.libreoffice import converted, recalculated
from tests.tasks.filled_forms import filled
from tests.tasks.month_office import DONE, GOOD, TODAY, MonthOffice, changed, errors, month_folder, warnings

pytestmark = pytest.mark.slow

CSV = """\
unit,measure,numerator,denominator,value,note
stc,nhan,,,100,
stc,ton,,,5,
stc,xong,,,95,
stc,dang,,,10,
stc,dung-han,90,95,,
stc,luy-ke,,,40,
stc,kinh-phi,,,12.5,
"""


@pytest.fixture
def on_sqlite(tmp_path: Path) -> MonthOffice:
    month_folder(tmp_path)
    return MonthOffice(tmp_path, open_storage(tmp_path, Settings(user="người thử")))


def rows(office: MonthOffice, table: str) -> list[dict[str, Any]]:
    columns = METADATA.tables[table].c
    with office.storage.reading() as session:
        return [dict(row) for row in session.execute(select(*columns).order_by(columns.id)).mappings()]


def import_csv(office: MonthOffice, period: str, text: str = CSV) -> None:
    figures, _ = read_figures(text.encode(), "thang.csv", office.province, read_period(period), office.today)
    record_figures(office.storage, read_period(period), text.encode(), "thang.csv", figures)


def stated(figures: Mapping[str, Figure]) -> dict[str, tuple[Any, ...]]:
    return {id: (one.numerator, one.denominator, one.value, one.qualifier) for id, one in figures.items()}


# --- written ----------------------------------------------------------------------------------------------------------


def test_every_unit_that_reports_gets_a_form_of_what_is_asked_of_it(on_sqlite: MonthOffice) -> None:
    forms = on_sqlite.forms("2025-03")
    assert sorted(forms) == [
        f"bao-cao-thang-2025-03-{unit}.xlsx" for unit in ("phuong-c", "snv", "stc", "vpub", "xa-a", "xa-b")
    ]
    xa = load_workbook(io.BytesIO(forms["bao-cao-thang-2025-03-xa-a.xlsx"]))
    assert xa.sheetnames == ["Hướng dẫn", MONTH_SHEET, IDENTITY_SHEET], "no tasks of its own"
    keys = [row[0].value for row in xa[MONTH_SHEET].iter_rows(min_row=6, max_col=1) if row[0].value]
    assert keys == ["nhan", "ton", "xong", "dang", "dung-han", *(remark.value for remark in Remark)]
    assert forms == on_sqlite.forms("2025-03"), "the same records give the same bytes"


def test_the_form_shows_last_month_and_the_year_so_far_and_calculates_ratios(
    on_sqlite: MonthOffice, tmp_path: Path
) -> None:
    import_csv(on_sqlite, "2025-01")
    import_csv(on_sqlite, "2025-03", CSV.replace("stc,nhan,,,100,", "stc,nhan,,,120,"))
    path = tmp_path / "bao-cao.xlsx"
    path.write_bytes(on_sqlite.form("2025-04", cells=GOOD | DONE))
    sheet = recalculated(path, tmp_path)[MONTH_SHEET]
    ids = {sheet.cell(1, column).value: column for column in range(1, sheet.max_column + 1)}
    lines = {sheet.cell(row, 1).value: row for row in range(6, sheet.max_row + 1)}

    def cell(key: str, id: str) -> Any:
        return sheet.cell(lines[key], ids[id]).value

    assert (cell("nhan", "last"), cell("nhan", "cumulated")) == ("120 hồ sơ", "220 hồ sơ\n(thiếu tháng 2)")
    assert cell("dung-han", "last") == "90/95 hồ sơ (94,74%)"
    assert cell("dung-han", "ratio") == pytest.approx(90 / 95)
    assert sheet.cell(lines["dung-han"], ids["ratio"]).number_format == "0.00%"
    assert cell("gio", "last") == "–"
    assert not cell("nhan", "ratio")


def test_the_form_of_a_new_unit_misses_no_month_before_it_existed(on_sqlite: MonthOffice) -> None:
    on_sqlite.today = date(2025, 10, 20)
    import_csv(on_sqlite, "2025-07", "unit,measure,value\nxa-ab,nhan,7\n")
    (content,) = on_sqlite.forms("2025-10", "xa-ab").values()
    sheet = load_workbook(io.BytesIO(content))[MONTH_SHEET]
    ids = {sheet.cell(1, column).value: column for column in range(1, sheet.max_column + 1)}
    (row,) = (row for row in range(6, sheet.max_row + 1) if sheet.cell(row, 1).value == "nhan")
    assert sheet.cell(row, ids["cumulated"]).value == "7 hồ sơ\n(thiếu tháng 8, 9)"


def test_the_form_shows_no_slugs_and_says_what_each_number_counts(on_sqlite: MonthOffice) -> None:
    sheet = load_workbook(io.BytesIO(on_sqlite.form("2025-03", cells={})))[MONTH_SHEET]
    shown = [[str(cell.value) for cell in row[1:] if cell.value is not None] for row in sheet.iter_rows(min_row=4)]
    ids = {row[0].value for row in sheet.iter_rows(min_row=6, max_col=1)}
    words = [text for row in shown for text in row]
    assert not ids & set(words)
    assert not any("ử số" in text or "ẫu số" in text for text in words)
    assert [row[0] for row in shown[2:6]] == ["1", "2", "3", "4"]
    assert "Hồ sơ giải quyết đúng hạn\n(1) Số hồ sơ đúng hạn\n(2) Số hồ sơ đã giải quyết" in words
    assert {"Số (1)", "Số (2)", "Số liệu"} <= set(words)


def test_a_measure_that_was_added_since_does_not_make_a_form_unreceivable(on_sqlite: MonthOffice) -> None:
    on_sqlite.drop(on_sqlite.form("2025-03"))
    declared = on_sqlite.folder / "progress" / "measures.yaml"
    first, more = "measures:\n", "  - {id: moi, name: Chỉ tiêu mới, kind: count}\n"
    declared.write_text(declared.read_text(encoding="utf-8").replace(first, first + more), encoding="utf-8")
    (report,) = on_sqlite.receive().files
    assert errors(report) == []
    assert "biểu mẫu chưa có chỉ tiêu “Chỉ tiêu mới”" in warnings(report)


def test_a_form_whose_measures_were_moved_is_refused_by_name(on_sqlite: MonthOffice) -> None:
    report = on_sqlite.send("2025-03", changed(GOOD | DONE, {("nhan", "content"): "Hồ sơ đã giải quyết"}))
    assert any(
        "ô Chỉ tiêu ghi “Hồ sơ đã giải quyết” nhưng dòng này của biểu mẫu là chỉ tiêu “Hồ sơ tiếp nhận trong tháng”"
        in what
        for what in errors(report)
    )


def test_only_inputs_are_open_and_each_says_what_is_asked(on_sqlite: MonthOffice) -> None:
    book = load_workbook(io.BytesIO(on_sqlite.form("2025-03", cells={})))
    for title, open_columns in ((MONTH_SHEET, {"G", "H", "I", "K"}), (TASK_SHEET, {"G", "H", "I", "J"})):
        sheet = book[title]
        unlocked = {
            get_column_letter(cell.column)
            for row in sheet.iter_rows(max_row=13)  # what stands above the remarks
            for cell in row
            if not cell.protection.locked
        }
        assert sheet.protection.sheet
        assert unlocked == open_columns
        checks = sheet.data_validations.dataValidation
        assert all(check.prompt and check.error and check.errorTitle == "Chưa đúng" for check in checks)
    prompts = [check.prompt for check in book[MONTH_SHEET].data_validations.dataValidation]
    assert any(prompt.startswith("Số hồ sơ đúng hạn: nhập số nguyên") for prompt in prompts)
    states = [book[TASK_SHEET].cell(row, 6).value for row in (6, 7)]
    assert states == ["Quá hạn", "Chưa đến hạn"]


@pytest.mark.parametrize(
    ("month", "day", "state"),
    [
        ("2025-03", date(2025, 11, 20), "Chưa đến hạn"),  # due on 30 September, after the month
        ("2025-10", date(2025, 11, 20), "Quá hạn"),
        ("2025-10", date(2025, 9, 20), "Chưa đến hạn"),  # the month is not over
    ],
)
def test_tasks_stand_as_at_the_end_of_the_month_or_today_before_that(
    on_sqlite: MonthOffice, month: str, day: date, state: str
) -> None:
    on_sqlite.today = day
    (content,) = on_sqlite.forms(month, "stc").values()
    assert load_workbook(io.BytesIO(content))[TASK_SHEET].cell(7, 6).value == state


@pytest.mark.parametrize(
    ("period", "unit", "said"),
    [
        ("2025-Q1", "stc", "quý I năm 2025 không phải là một tháng"),
        ("2025-03", "la", "không có đơn vị mang mã “la”"),
        ("2025-07", "xa-a", "Xã A thôi tồn tại sau ngày 30/06/2025, trước khi tháng 7 năm 2025 kết thúc"),
    ],
)
def test_a_form_that_nobody_can_send_is_not_written(
    on_sqlite: MonthOffice, period: str, unit: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError) as refused:
        write_months(on_sqlite.province, on_sqlite.storage, read_period(period), [unit], tmp_path / "out", TODAY)
    assert [finding.what for finding in refused.value.findings] == [said]


def test_the_command_line_writes_the_forms_and_says_who_is_missing(
    on_sqlite: MonthOffice, cchc: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    written = cchc("forms", "monthly", "2025-03", "--unit", "stc", "--out", "out", CCHC_PROVINCE=str(tmp_path))
    assert (written.returncode, written.stdout.split()) == (0, ["out/bao-cao-thang-2025-03-stc.xlsx"])
    refused = cchc("forms", "monthly", "2025", "--out", "out", CCHC_PROVINCE=str(tmp_path))
    assert (refused.returncode, "năm 2025 không phải là một tháng" in refused.stdout + refused.stderr) == (1, True)
    on_sqlite.send("2025-03")
    status = " ".join(cchc("status", "2025", CCHC_PROVINCE=str(tmp_path)).stdout.split())
    assert "Tháng 3 năm 2025 (hạn 18/03/2025): 1/6 đơn vị có số liệu, 1 gửi chậm; còn thiếu: Phường C," in status


# --- received ---------------------------------------------------------------------------------------------------------


def test_an_error_in_progress_keeps_forms_of_the_month_waiting_and_no_yearly_form(
    on_sqlite: MonthOffice, cchc: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    def intake() -> CompletedProcess[str]:
        return cchc("intake", CCHC_PROVINCE=str(tmp_path), CCHC_INBOX_QUIET="0", COLUMNS="200")

    cchc("forms", "2025", "--unit", "stc", "--out", "out", CCHC_PROVINCE=str(tmp_path))
    (yearly,) = (tmp_path / "out").glob("*stc*.xlsx")
    on_sqlite.drop(yearly.read_bytes(), "nam.xlsx")
    on_sqlite.drop(on_sqlite.form("2025-03"), "thang.xlsx")
    measures = tmp_path / "progress" / "measures.yaml"
    declared = measures.read_text(encoding="utf-8")
    measures.write_text(f"{declared}  - {{id: hong\n", encoding="utf-8")
    first = intake()
    assert first.returncode == 0
    assert "nam.xlsx" in first.stdout
    assert "thang.xlsx" not in first.stdout
    assert "Thư mục progress/ có lỗi: phiếu tháng được để lại trong hộp nhận" in first.stderr
    assert "progress/measures.yaml:" in first.stderr
    measures.write_text(declared, encoding="utf-8")
    second = intake()
    assert "thang.xlsx" in second.stdout
    assert "nam.xlsx" not in second.stdout
    assert on_sqlite.figures("2025-03")


def test_what_a_form_says_is_recorded_as_the_import_of_the_same_figures(office: MonthOffice) -> None:
    report = office.send("2025-05", changed(GOOD | DONE, {(Remark.DIFFICULTIES.value, "measured_in"): "thiếu người"}))
    assert (report.outcome, errors(report), warnings(report), report.late) == (Outcome.ACCEPTED, [], [], True)
    of_the_form = stated(office.figures("2025-05"))
    import_csv(office, "2025-05")
    assert of_the_form == stated(office.figures("2025-05"))
    first = {row["measure"]: row for row in rows(office, "figure_version") if row["version"] == 1}
    assert (first["gio"]["note"], first["gio"]["numerator"]) == ("chưa có phần mềm đo", None)
    assert [(entry.unit, dict(entry.values)) for entry in office.tasks()] == [
        (
            "stc",
            {
                "plan": "kh-2025",
                "number": "1",
                "begun": "2025-01-02",
                "done_on": "2025-01-25",
                "evidence": "01/KH-STC ngày 25/01/2025",
            },
        ),
        (
            "stc",
            {"plan": "kh-2025", "number": "2", "begun": "2025-03-01", "explanation": "đang tổng hợp"},
        ),
    ]
    (receipt,) = [row for row in rows(office, "receipt") if row["subject"] == "stc"]
    assert (receipt["kind"], receipt["year"]) == ("monthly 2025-05", 2025)
    remark = rows(office, "remark_version")[0]
    assert (remark["kind"], remark["text"]) == ("monthly 2025-05", "thiếu người")


def test_the_form_saved_in_an_older_or_an_open_format_gives_the_same_versions(tmp_path: Path) -> None:
    """A fresh office for each format, one form: what is in the tables afterwards, but ids, times and the file's own."""
    offices = {}
    for format in ("xlsx", "xls", "ods"):
        (tmp_path / format).mkdir()
        month_folder(tmp_path / format)
        storage = open_storage(tmp_path / format, Settings(user="người thử"))
        offices[format] = MonthOffice(tmp_path / format, storage)
    filled_in = changed(GOOD | DONE, {(Remark.DIFFICULTIES.value, "measured_in"): "thiếu người"})
    sent = tmp_path / "thang.xlsx"
    sent.write_bytes(offices["xlsx"].form("2025-05", cells=filled_in))
    recorded = {}
    for format, office in offices.items():
        office.drop(converted(sent, tmp_path, format).read_bytes(), f"thang.{format}")
        (report,) = office.receive().files
        assert (report.outcome, errors(report), warnings(report)) == (Outcome.ACCEPTED, [], []), format
        tables = ("figure_version", "register_version", "remark_version")
        recorded[format] = {table: [without_the_file(row) for row in rows(office, table)] for table in tables}
        office.storage.engine.dispose()
    assert all(recorded["xlsx"].values())
    assert recorded["xls"] == recorded["xlsx"]
    assert recorded["ods"] == recorded["xlsx"]


def without_the_file(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith(("_id", "_at")) and name != "origin"}


def test_the_same_month_again_is_a_new_version_that_withdraws_what_it_leaves_out(office: MonthOffice) -> None:
    office.send("2025-03", GOOD | DONE)
    office.send("2025-04")
    again = office.send(
        "2025-03",
        {
            ("kinh-phi", "fact:value"): None,
            ("kinh-phi", "note"): None,
            ("luy-ke", "fact:value"): 41,
            ("gio", "note"): None,
            ("gio", "fact:numerator"): 190,
            ("gio", "fact:denominator"): 95,
            ("kh-2025:2", "fact:begun"): None,
            ("kh-2025:2", "explanation"): None,
        },
    )
    assert errors(again) == ["chỉ tiêu “Kinh phí CCHC” chưa có số liệu và chưa ghi lý do"]
    again = office.send(
        "2025-03",
        {
            ("kinh-phi", "fact:value"): None,
            ("kinh-phi", "note"): "chưa quyết toán",
            ("luy-ke", "fact:value"): 41,
            ("kh-2025:2", "fact:begun"): None,
            ("kh-2025:2", "explanation"): None,
        },
    )
    assert (errors(again), again.number) == ([], 2)
    march = office.figures("2025-03")
    assert "kinh-phi" not in march
    assert march["luy-ke"].value == 41
    assert office.figures("2025-03", with_notes=True)["kinh-phi"].note == "chưa quyết toán"
    assert office.figures("2025-04")["luy-ke"].value == 40, "another month is another form"


def test_what_the_import_told_later_is_not_withdrawn_by_a_form(office: MonthOffice) -> None:
    office.send("2025-03")
    import_csv(office, "2025-03", "unit,measure,value\nstc,kinh-phi,15\n")
    fewer = {("kinh-phi", "fact:value"): None, ("kinh-phi", "note"): ""}
    folder = month_folder(office.folder)
    folder.change("progress/measures.yaml", "unit: triệu đồng, kinds: so", "unit: triệu đồng, kinds: xa")
    cells = {key: value for key, value in GOOD.items() if key not in fewer}
    assert errors(office.send("2025-03", changed(cells, {("luy-ke", "fact:value"): 41}))) == []
    march = office.figures("2025-03")
    assert (march["kinh-phi"].value, march["luy-ke"].value) == (Decimal(15), Decimal(41))


def test_a_figure_that_is_asked_no_more_is_withdrawn_by_the_next_version(office: MonthOffice) -> None:
    office.send("2025-03")
    folder = month_folder(office.folder)
    folder.change("progress/measures.yaml", "unit: triệu đồng, kinds: so", "unit: triệu đồng, kinds: xa")
    cells = {key: value for key, value in GOOD.items() if key[0] != "kinh-phi"}
    assert errors(office.send("2025-03", changed(cells, {("luy-ke", "fact:value"): 41}))) == []
    assert "kinh-phi" not in office.figures("2025-03", with_notes=True)
    last = [row for row in rows(office, "figure_version") if row["measure"] == "kinh-phi"][-1]
    assert (last["version"], last["withdrawn"], last["value"]) == (2, True, None)


def test_the_same_file_again_changes_nothing(office: MonthOffice) -> None:
    content = office.form("2025-03")
    for name in ("a.xlsx", "b.xlsx"):
        office.drop(content, name)
    assert sorted(file.outcome for file in office.receive().files) == [Outcome.ACCEPTED, Outcome.UNCHANGED]
    office.drop(content, "c.xlsx")
    (file,) = office.receive().files
    assert (file.outcome, file.findings[0].what.startswith("tệp này đã nhận lúc")) == (Outcome.UNCHANGED, True)


def test_a_report_after_the_working_days_of_its_deadline_is_late(on_sqlite: MonthOffice) -> None:
    # The month ends on Friday 14 March 2025; two working days later is Tuesday the 18th.
    identity = FormIdentity(FormKind.MONTHLY, "", 2025, "stc", (), period="2025-03")
    days = (datetime(2025, 3, day, 23, tzinfo=VIETNAM) for day in (18, 19))
    assert [is_late(on_sqlite.province, identity, moment) for moment in days] == [False, True]


def test_the_year_of_the_round_need_not_be_there(on_sqlite: MonthOffice) -> None:
    month_folder(on_sqlite.folder).remove("rounds/2025.yaml")
    assert errors(on_sqlite.send("2025-03")) == []


# --- bad input --------------------------------------------------------------------------------------------------------


def test_a_month_that_has_not_ended_is_refused(on_sqlite: MonthOffice) -> None:
    report = on_sqlite.send("2099-03", {key: value for key, value in GOOD.items() if "kh-" not in key[0]})
    assert report.outcome is Outcome.REFUSED
    assert errors(report) == ["tháng 3 năm 2099 đến hết ngày 14/03/2099 mới kết thúc, chưa nhận số liệu"]


def test_a_unit_that_ceased_to_exist_in_the_month_is_refused_with_its_successor(on_sqlite: MonthOffice) -> None:
    content = on_sqlite.form("2025-06", "xa-a", {})
    change = "xa-a,Xã A,xa,,,,2025-06-30,"
    month_folder(on_sqlite.folder).change("units.csv", change, "xa-a,Xã A,xa,,,,2025-06-10,")
    folder = month_folder(on_sqlite.folder)
    folder.change("units.csv", change, "xa-a,Xã A,xa,,,,2025-06-10,")
    folder.change("units.csv", "xa-b,Xã B,xa,,,,2025-06-30,", "xa-b,Xã B,xa,,,,2025-06-10,")
    folder.change("units.csv", "xa-ab,Xã A Bình,xa,,,2025-07-01,,", "xa-ab,Xã A Bình,xa,,,2025-06-11,,")
    text = folder.text("successions.csv").replace("2025-07-01", "2025-06-11")
    folder.write("successions.csv", text)
    on_sqlite.drop(content)
    (report,) = on_sqlite.receive().files
    assert errors(report) == ["Xã A thôi tồn tại sau ngày 10/06/2025, trước khi tháng 6 năm 2025 kết thúc"]
    assert report.findings[0].remedy == "Ghi cho đơn vị kế thừa: xa-ab"


def test_a_month_that_lies_in_the_same_batch_is_not_missed(on_sqlite: MonthOffice) -> None:
    on_sqlite.send("2025-01")
    for month in ("2025-02", "2025-04"):
        on_sqlite.drop(on_sqlite.form(month), f"{month}.xlsx")
    told = {file.path: warnings(file) for file in on_sqlite.receive().files}
    assert told["2025-04.xlsx"] == ["đơn vị chưa báo cáo tháng 3 năm 2025"]


def test_a_skipped_month_is_named(on_sqlite: MonthOffice) -> None:
    on_sqlite.send("2025-01")
    assert warnings(on_sqlite.send("2025-04")) == ["đơn vị chưa báo cáo tháng 2 năm 2025, tháng 3 năm 2025"]


def test_the_form_of_another_unit_is_not_taken_from_a_folder(on_sqlite: MonthOffice) -> None:
    on_sqlite.drop(on_sqlite.form("2025-03"), folder="snv")
    (report,) = on_sqlite.receive().files
    assert errors(report) == ["phiếu của Sở Tài chính nằm trong thư mục của Sở Nội vụ"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {("nhan", "fact:value"): "nhiều"},
            "chỉ tiêu “Hồ sơ tiếp nhận trong tháng”, số liệu: “nhiều” không phải là số",
        ),
        (
            {("nhan", "fact:value"): 99.5},
            "chỉ tiêu “Hồ sơ tiếp nhận trong tháng”, số liệu: “99,5” không phải là số nguyên, trong khi ở đây đếm số "
            "lượng; có phải 99500?",
        ),
        (
            {("nhan", "fact:numerator"): 3},
            "chỉ tiêu “Hồ sơ tiếp nhận trong tháng” không có cột “Số (1)”, giá trị ở đây không được ghi nhận",
        ),
        ({("kh-2025:2", "fact:done_on"): "sắp xong"}, "nhiệm vụ 2, ngày hoàn thành: “sắp xong” không phải là một ngày"),
    ],
)
def test_a_cell_that_says_nothing_usable_is_named(on_sqlite: MonthOffice, cells: Any, said: str) -> None:
    report = on_sqlite.send("2025-03", changed(GOOD, cells))
    assert report.outcome is Outcome.RETURNED
    assert said in errors(report)
    assert report.findings[0].place is not None
    assert [name.endswith(".xlsx") for name in on_sqlite.replies()] == [True], "a marked workbook goes back"


def test_the_reply_is_mended_and_sent_back(on_sqlite: MonthOffice) -> None:
    assert on_sqlite.send("2025-03", changed(GOOD, {("nhan", "fact:value"): 105})).outcome is Outcome.RETURNED
    on_sqlite.drop(filled(on_sqlite.reply(), {("nhan", "fact:value"): 100}))
    (report,) = on_sqlite.receive().files
    assert (report.outcome, errors(report), report.number) == (Outcome.ACCEPTED, [], 1)


def test_rows_without_their_hidden_keys_are_found_by_words(on_sqlite: MonthOffice) -> None:
    book = load_workbook(io.BytesIO(on_sqlite.form("2025-03", cells=GOOD | DONE)))
    for title in (MONTH_SHEET, TASK_SHEET):
        for row in range(6, book[title].max_row + 1):
            book[title].cell(row, 1).value = None
    out = io.BytesIO()
    book.save(out)
    reading = read_workbook(out.getvalue(), "thang.xlsx", on_sqlite.province)
    assert reading.identity is not None
    facts = {statement.code: dict(statement.facts) for statement in reading.statements}
    assert facts["dung-han"] == {"numerator": "90", "denominator": "95"}
    assert facts["kh-2025:1"]["done_on"] == "2025-01-25"


def test_a_row_that_was_deleted_stops_the_form(on_sqlite: MonthOffice) -> None:
    book = load_workbook(io.BytesIO(on_sqlite.form("2025-03")))
    book[MONTH_SHEET].delete_rows(6)
    out = io.BytesIO()
    book.save(out)
    on_sqlite.drop(out.getvalue())
    (report,) = on_sqlite.receive().files
    assert "biểu mẫu thiếu 1 dòng: tiêu chí nhan" in errors(report)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("period", "2025-13", "kỳ báo cáo “2025-13” của biểu mẫu không phải là một tháng của năm 2025"),
        ("period", "2024-03", "kỳ báo cáo “2024-03” của biểu mẫu không phải là một tháng của năm 2025"),
        ("subject", "la", "không có đơn vị mang mã “la”"),
    ],
)
def test_an_identity_that_was_changed_is_refused(on_sqlite: MonthOffice, name: str, value: str, said: str) -> None:
    book = load_workbook(io.BytesIO(on_sqlite.form("2025-03")))
    for row in book[IDENTITY_SHEET].iter_rows():
        if row[0].value == name:
            row[1].value = value
    out = io.BytesIO()
    book.save(out)
    reading = read_workbook(out.getvalue(), "thang.xlsx", on_sqlite.province)
    assert (reading.identity, [finding.what for finding in reading.findings]) == (None, [said])


def without_identity(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    del book[IDENTITY_SHEET]
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cover_cell(book: Workbook, beginning: str) -> Any:
    """The cell of the cover that begins so."""
    return next(cell for row in book[COVER_SHEET] for cell in row if str(cell.value or "").startswith(beginning))


def test_a_form_without_its_hidden_sheet_is_known_by_month_and_unit_of_its_cover(on_sqlite: MonthOffice) -> None:
    on_sqlite.drop(without_identity(on_sqlite.form("2025-03", cells=GOOD | DONE), lambda book: None))
    (report,) = on_sqlite.receive().files
    assert (report.outcome, errors(report)) == (Outcome.ACCEPTED, [])
    assert warnings(report) == [
        "trang ẩn nhận dạng đã bị xóa; nhận theo nội dung là báo cáo số liệu tháng 3 năm 2025 của "
        "“Sở Tài chính (mã stc)”"
    ]
    assert on_sqlite.figures("2025-03")["luy-ke"].value == 40
    assert [entry.value("number") for entry in on_sqlite.tasks()] == ["1", "2"]


def test_a_lone_page_of_figures_does_not_withdraw_what_was_told_of_tasks(on_sqlite: MonthOffice) -> None:
    on_sqlite.send("2025-03", GOOD | DONE)
    lone = on_sqlite.form("2025-03", cells=GOOD)
    on_sqlite.drop(without_identity(lone, lambda book: book.remove(book[TASK_SHEET])), "lai.xlsx")
    (report,) = on_sqlite.receive().files
    assert (report.outcome, errors(report)) == (
        Outcome.RETURNED,
        ["trang ẩn nhận dạng đã bị xóa và không còn trang “Nhiệm vụ kế hoạch”, trong khi đơn vị có nhiệm vụ kế hoạch"],
    )
    assert [entry.value("number") for entry in on_sqlite.tasks()] == ["1", "2"]


def test_what_is_wrong_in_a_form_without_its_hidden_sheet_is_named_at_its_cell(on_sqlite: MonthOffice) -> None:
    cells = changed(GOOD, {("nhan", "fact:value"): "nhiều"})
    on_sqlite.drop(without_identity(on_sqlite.form("2025-03", cells=cells), lambda book: None))
    (report,) = on_sqlite.receive().files
    assert (report.outcome, errors(report)) == (
        Outcome.RETURNED,
        ["chỉ tiêu “Hồ sơ tiếp nhận trong tháng”, số liệu: “nhiều” không phải là số"],
    )


def _set(beginning: str, value: str | None) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        cover_cell(book, beginning).value = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("Tháng 3", None),
        _set("Tháng 3", "Tháng 4 năm 2025, từ 15/03/2025 đến hết 14/04/2025"),
        _set("Tháng 3", "Tháng 13 năm 2025"),
        _set("BÁO CÁO", "BÁO CÁO SỐ LIỆU THÁNG 2 NĂM 2025"),
        _set("Sở Tài chính (", "Sở Tài chính"),
        _set("Sở Tài chính (", "Sở Tài chính (mã snv)"),
        _set("Sở Tài chính (", "Sở Nào Đó (mã stc)"),
        lambda book: book.remove(book[COVER_SHEET]),
    ],
)
def test_a_form_without_hidden_sheet_whose_cover_leaves_a_doubt_is_refused(
    on_sqlite: MonthOffice, change: Callable[[Workbook], None]
) -> None:
    content = without_identity(on_sqlite.form("2025-03"), change)
    reading = read_workbook(content, "thang.xlsx", on_sqlite.province)
    assert reading.identity is None
    assert "không chắc là báo cáo của đơn vị nào, tháng nào" in reading.findings[0].what


def test_a_form_moves_to_the_next_month_only_by_its_own_form(on_sqlite: MonthOffice) -> None:
    on_sqlite.send("2025-03")
    with on_sqlite.storage.reading() as session:
        assert {str(figure.period) for figure in current_figures(session, [2025])} == {"2025-03"}
    assert on_sqlite.figures("2025-03")["kinh-phi"].value == Decimal("12.5")
