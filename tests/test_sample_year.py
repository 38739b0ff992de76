"""The sample year: twelve months that make the yearly facts, and forms in which they stand already."""

import csv
import io
import runpy
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from models.findings import Severity
from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.forms.sheets import IDS_ROW
from models.forms.sources import ScoreSource
from models.progress.measures import Figure
from models.progress.periods import Period, month, read_period, whole_year
from models.progress.plan_tasks import TaskState
from models.progress.registers import RegisterKind
from models.progress.results import Standing
from models.province.folder import Province, check_province, load_province
from models.records.entries import FactEntry, ScoreEntry
from models.records.progress_snapshots import thawed_progress
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.documents.progress_report import report_documents_of, report_signer
from tasks.documents.report import REPORT
from tasks.forms.writing import write_forms
from tasks.progress.as_json import progress_data
from tasks.progress.forecasting import forecast_now
from tasks.progress.freezing import freeze_progress
from tasks.progress.gathering import progress_now
from tasks.reading.workbooks import read_workbook
from tasks.recording.progress import current_figures, record_figures, record_indices, record_register
from tasks.recording.progress_importing import read_figures, read_indices, read_register
from tasks.recording.versions import record_facts, record_scores
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import render_pdf
from tasks.spreadsheets.workbooks import INPUT_FILL, SUGGESTED_FILL
from tests.conftest import EXAMPLES, ROOT, copy_example
from tests.libreoffice import recalculated

pytestmark = pytest.mark.slow

YEAR = 2025
TODAY = date(2025, 12, 22)
FOLDER = EXAMPLES / "tinh-mau"
RECEIVED = FOLDER / "progress-2025"
MONTHS = range(1, 13)
SKIPPED_A_MONTH = "so-ngoai-vu"
LATE_REGISTERED = (RegisterKind.TASKS, RegisterKind.INITIATIVES, RegisterKind.OVERDUE, RegisterKind.INSPECTIONS)


class SampleYear(NamedTuple):
    """The sample province with its whole year recorded."""

    province: Province
    storage: Storage


def import_months(province: Province, storage: Storage, numbers: range = MONTHS) -> None:
    """The figures of months as they came in, corrections after the month that they correct."""
    for number in numbers:
        period = month(YEAR, number)
        for path in sorted(RECEIVED.glob(f"figures-{period}*.csv"), key=lambda path: path.stem):
            content = path.read_bytes()
            figures, _ = read_figures(content, path.name, province, period, TODAY)
            record_figures(storage, period, content, path.name, figures)


def import_rest(province: Province, storage: Storage) -> None:
    """Other indices and registers."""
    content = (RECEIVED / "indices-2025.csv").read_bytes()
    record_indices(storage, content, "indices-2025.csv", read_indices(content, "indices-2025.csv", province)[0])
    for kind in LATE_REGISTERED:
        name = f"register-{kind}.csv"
        content = (RECEIVED / name).read_bytes()
        entries, _ = read_register(kind, content, name, province, TODAY)
        record_register(storage, kind, YEAR, content, name, entries)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleYear]:
    province = load_province(FOLDER)
    storage = open_storage(tmp_path_factory.mktemp("year"), Settings(user="người thử"))
    import_months(province, storage)
    import_rest(province, storage)
    yield SampleYear(province, storage)
    storage.engine.dispose()


@cache
def yearly_facts() -> dict[tuple[str, str, str], str]:
    lines = (FOLDER / "facts-2025.csv").read_text(encoding="utf-8").splitlines()
    return {
        (row["unit"], row["component"], row["fact"]): row["value"]
        for row in csv.DictReader(line for line in lines if not line.startswith("#"))
    }


def self_assessment(year: SampleYear, unit: str, into: Path) -> Path:
    (path,) = write_forms(year.province, year.storage, YEAR, FormKind.SELF_ASSESSMENT, [unit], into)
    return path


def cells_of(book: Workbook, column: str) -> dict[str, Any]:
    """The cells of a column of the criteria sheet by hidden key."""
    sheet = book[CRITERIA_SHEET]
    at = next(cell.column - 1 for cell in sheet[IDS_ROW] if cell.value == column)
    return {str(row[0].value): row[at] for row in sheet.iter_rows(min_row=IDS_ROW + 1) if row[0].value}


def fill_of(cell: Any) -> str:
    return str(cell.fill.start_color.rgb)[-6:]


def texts_of(book: Workbook) -> str:
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


# --- the files --------------------------------------------------------------------------------------------------------


def test_the_months_come_out_of_the_generator_the_same_byte_for_byte(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path / "examples")
    (tmp_path / "models").symlink_to(ROOT / "models")
    for path in (folder / "progress-2025").iterdir():
        path.unlink()
    subprocess.run([sys.executable, folder / "generate_months.py"], check=True)
    made = {path.name: path.read_bytes() for path in (folder / "progress-2025").iterdir()}
    assert made == {path.name: path.read_bytes() for path in RECEIVED.iterdir()}


def test_the_province_folder_is_valid_and_every_file_says_that_it_is_a_sample() -> None:
    assert [each for each in check_province(FOLDER)[1] if each.severity is not Severity.INFO] == []
    files = [*RECEIVED.glob("*.csv"), *(FOLDER / "progress").glob("*.yaml")]
    assert len(files) == 25
    assert all(path.read_text(encoding="utf-8").startswith("# DỮ LIỆU MẪU") for path in files)


def test_a_split_keeps_its_total_and_no_part_is_more_than_its_room() -> None:
    split = runpy.run_path(str(FOLDER / "generate_months.py"))["split"]
    assert split(10, [1, 1, 1]) == (4, 3, 3)
    assert split(10, [5, 1, 1], [3, 9, 9]) == (3, 6, 1)
    assert split(0, [3, 0, 1]) == (0, 0, 0)


# --- the months make the year -----------------------------------------------------------------------------------------


def test_the_months_of_every_unit_add_up_to_its_facts_of_the_year(sample: SampleYear) -> None:
    facts = yearly_facts()
    forecast = forecast_now(sample.storage, sample.province, YEAR, TODAY)
    compared = 0
    for unit in forecast.units:
        for one in unit.suggested:
            entry = one.entry
            if entry.unit != SKIPPED_A_MONTH or entry.component in ("3.6", "6.1.1"):
                assert facts[entry.unit, entry.component, entry.fact] == entry.value, (entry, one.origin)
                compared += 1
    assert compared > 1000


def test_a_skipped_month_is_missed_and_said(sample: SampleYear) -> None:
    facts = yearly_facts()
    (unit,) = forecast_now(sample.storage, sample.province, YEAR, TODAY).only(SKIPPED_A_MONTH).units
    resolved = next(one for one in unit.suggested if (one.entry.component, one.entry.fact) == ("3.4.1", "denominator"))
    assert int(resolved.entry.value) < int(facts[SKIPPED_A_MONTH, "3.4.1", "denominator"])
    assert resolved.origin.endswith("lũy kế báo cáo tháng 01–12/2025, mới có 11/12 tháng (thiếu tháng 05)")
    not_reported = progress_now(sample.storage, sample.province, read_period("2025-05")).not_reported
    assert [one.code for one in not_reported] == [SKIPPED_A_MONTH]


def test_a_corrected_month_counts_as_corrected_and_the_first_version_stays(sample: SampleYear) -> None:
    with sample.storage.reading() as session:
        figures = current_figures(session, [YEAR])
    (corrected,) = [
        figure
        for figure in figures
        if (figure.unit, figure.measure, figure.period) == ("so-y-te", "dung-han", month(YEAR, 9))
    ]
    first = next(
        line.split(",")
        for line in (RECEIVED / "figures-2025-09.csv").read_text(encoding="utf-8").splitlines()
        if line.startswith("so-y-te,dung-han,")
    )
    assert corrected.version == 2
    assert corrected.numerator is not None
    assert corrected.numerator < int(first[2])


def test_no_month_has_more_late_dossiers_than_it_resolved_less_those_in_time(sample: SampleYear) -> None:
    with sample.storage.reading() as session:
        figures = {(one.unit, one.measure, one.period): one for one in current_figures(session, [YEAR])}
    late = [(key, one) for key, one in figures.items() if key[1] == "xin-loi"]
    assert len(late) > 400
    for (unit, _, period), one in late:
        resolved: Figure = figures[unit, "dung-han", period]
        assert resolved.numerator is not None
        assert resolved.denominator is not None
        assert one.denominator == resolved.denominator - resolved.numerator, (unit, str(period))


def test_the_tables_of_the_year_are_full_and_show_every_state(sample: SampleYear) -> None:
    result = progress_now(sample.storage, sample.province, whole_year(YEAR))
    assert [unit.code for unit in result.not_reported] == ["xa-ba-lam"]
    assert all(measure.total.figure for measure in result.measures)
    states = {row.state for plan in result.plans for row in plan.rows}
    assert states == set(TaskState)
    assert [row.task.owner for row in result.plans[0].overdue] == ["Sở Xây dựng", "Sở Y tế"]
    standings = {row.standing for row in result.commitments}
    assert {Standing.FULFILLED, Standing.MISSED, Standing.AWAITED} <= standings
    assert {Standing.FULFILLED, Standing.MISSED} <= {row.standing for row in result.targets}
    assert sum(bool(register.entries) for register in result.registers) >= 3


def test_the_year_is_the_same_on_both_databases(storage: Storage, sample: SampleYear) -> None:
    import_months(sample.province, storage)
    import_rest(sample.province, storage)
    for period in (month(YEAR, 6), whole_year(YEAR)):
        here, there = (progress_now(each, sample.province, period) for each in (storage, sample.storage))
        assert progress_data(here) == progress_data(there)


# --- forms with what the months said ----------------------------------------------------------------------------------


def test_suggested_values_stand_in_the_form_marked_and_with_their_months(sample: SampleYear, tmp_path: Path) -> None:
    book = load_workbook(self_assessment(sample, "so-y-te", tmp_path))
    values, names = cells_of(book, "value"), cells_of(book, "content")
    given = values["3.4.1/numerator"]
    assert given.value == int(yearly_facts()["so-y-te", "3.4.1", "numerator"])
    assert (fill_of(given), given.font.italic, given.protection.locked) == (SUGGESTED_FILL, True, False)
    origin = "Hồ sơ TTHC giải quyết trước hạn, đúng hạn: lũy kế báo cáo tháng 01–12/2025"
    assert str(names["3.4.1"].value).endswith(f"Điền sẵn từ số liệu “{origin}”.")
    assert str(names["6.1.1"].value).endswith("Giải ngân kế hoạch vốn đầu tư công: báo cáo tháng 12/2025”.")
    prompts = [str(check.prompt) for check in book[CRITERIA_SHEET].data_validations.dataValidation]
    assert any(prompt.startswith(f"{origin}. Sửa nếu chưa đúng.") for prompt in prompts)
    assert (values["1.1.3/numerator"].value, fill_of(values["1.1.3/numerator"])) == (None, INPUT_FILL)
    assert "Ô tím, chữ nghiêng" in texts_of(book)


def test_a_department_that_measures_nothing_of_a_leaf_gets_no_suggestion_for_it(
    sample: SampleYear, tmp_path: Path
) -> None:
    values = cells_of(load_workbook(self_assessment(sample, "so-tu-phap", tmp_path)), "value")
    assert (values["3.4.2/numerator"].value, values["3.4.2/denominator"].value) == (None, None)
    with sample.storage.reading() as session:
        told = [one for one in current_figures(session, [YEAR]) if (one.unit, one.measure) == ("so-tu-phap", "xin-loi")]
    assert len(told) == 12
    assert {(one.numerator, one.denominator) for one in told} == {(Decimal(0), Decimal(0))}


def test_nine_months_say_that_they_are_not_the_year(sample: SampleYear, tmp_path: Path) -> None:
    storage = open_storage(tmp_path, Settings(user="người thử"))
    import_months(sample.province, storage, range(1, 10))
    part = SampleYear(sample.province, storage)
    department = texts_of(load_workbook(self_assessment(part, "so-y-te", tmp_path)))
    assert "lũy kế báo cáo tháng 01–09/2025, mới có 9/12 tháng”" in department
    assert "báo cáo tháng 09/2025, chưa hết năm”" in department
    commune = texts_of(load_workbook(self_assessment(part, "xa-long-dien", tmp_path)))
    assert "lũy kế báo cáo tháng 07–09/2025, mới có 3/6 tháng”" in commune
    storage.engine.dispose()


def test_what_is_recorded_wins_over_what_the_months_said(sample: SampleYear, tmp_path: Path) -> None:
    storage = open_storage(tmp_path, Settings(user="người thử"))
    import_months(sample.province, storage)
    facts = [FactEntry("so-y-te", "3.4.1", "numerator", "6000"), FactEntry("so-y-te", "3.4.1", "denominator", "6710")]
    record_facts(storage, YEAR, b"facts", "facts.csv", facts)
    scores = [
        ScoreEntry("so-y-te", "3.5.1", ScoreSource.SELF, None, True, "Không phát sinh"),
        ScoreEntry("so-y-te", "7.4", ScoreSource.SELF, Decimal(2)),
    ]
    record_scores(storage, YEAR, b"scores", "scores.csv", scores)
    values = cells_of(
        load_workbook(self_assessment(SampleYear(sample.province, storage), "so-y-te", tmp_path)), "value"
    )
    assert (values["3.4.1/numerator"].value, fill_of(values["3.4.1/numerator"])) == (6000, INPUT_FILL)
    assert [values[f"{code}/denominator"].value for code in ("3.5.1", "7.4")] == [None, None]
    assert fill_of(values["7.5/denominator"]) == SUGGESTED_FILL
    storage.engine.dispose()


def test_a_year_without_months_gives_forms_without_a_word_about_them(sample: SampleYear, tmp_path: Path) -> None:
    storage = open_storage(tmp_path, Settings(user="người thử"))
    book = load_workbook(self_assessment(SampleYear(sample.province, storage), "so-y-te", tmp_path))
    assert "iền sẵn" not in texts_of(book)
    storage.engine.dispose()


def test_the_same_months_give_the_same_form_byte_for_byte(sample: SampleYear, tmp_path: Path) -> None:
    first, second = (self_assessment(sample, "xa-long-dien", tmp_path / name).read_bytes() for name in "ab")
    assert first == second


def test_the_points_of_suggested_values_are_calculated_by_a_spreadsheet_program(
    sample: SampleYear, tmp_path: Path
) -> None:
    (unit,) = forecast_now(sample.storage, sample.province, YEAR, TODAY).only("so-y-te").units
    book = recalculated(self_assessment(sample, "so-y-te", tmp_path), tmp_path)
    points = cells_of(book, "points")
    codes = {one.entry.component for one in unit.suggested} & set(points)
    leaves = sample.province.criteria_sets["so-2025"].by_code
    counted = sample.province.round_of(YEAR).ranking.counted_points
    for code in codes - {"3.6"}:
        facts = {one.entry.fact: one.entry.value for one in unit.suggested if one.entry.component == code}
        expected = leaves[code].rule.points(facts, leaves[code].max, YEAR).points
        assert expected is not None
        assert Decimal(str(points[code].value)) == counted(expected), code
    assert len(codes) == 12


def test_a_pre_filled_form_is_read_as_if_the_unit_had_typed_it(sample: SampleYear, tmp_path: Path) -> None:
    path = self_assessment(sample, "so-y-te", tmp_path)
    reading = read_workbook(path.read_bytes(), path.name, sample.province)
    assert [finding for finding in reading.findings if finding.severity is not Severity.INFO] == []
    said = {(each.code, fact): value for each in reading.statements for fact, value in each.facts.items()}
    (unit,) = forecast_now(sample.storage, sample.province, YEAR, TODAY).only("so-y-te").units
    asked = {statement.code for statement in reading.statements}
    suggested = [one.entry for one in unit.suggested if one.entry.component in asked]
    assert len(suggested) == 21
    assert said == {(entry.component, entry.fact): entry.value for entry in suggested}


def test_the_demonstration_prints_a_line_a_subject(sample: SampleYear, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.demo.year import print_headlines

    print_headlines(progress_now(sample.storage, sample.province, whole_year(YEAR)))
    printed = capsys.readouterr().out
    assert "Kế hoạch cải cách hành chính năm 2025: 14/19 nhiệm vụ (73,68%), quá hạn 2" in printed
    assert "Hồ sơ nộp trực tuyến: 293." in printed
    assert "Chưa báo cáo: 1/80 đơn vị" in printed


@pytest.mark.parametrize("period", ["2025-03", "2025-Q2", "2025"])
def test_a_province_with_templates_of_its_own_reads_the_same_in_every_report(
    sample: SampleYear, period: str, tmp_path: Path
) -> None:
    frozen = thawed_progress(freeze_progress(sample.storage, sample.province, read_period(period)).body)
    head = PaperHead(1, TODAY, frozen.config.symbols.report, report_signer(frozen.config, None))
    ours, own = (report_documents_of(frozen, head, templates) for templates in (None, tmp_path))
    assert [document.name for document in ours if document not in own] == []
    assert len(ours) > len(frozen.progress.result.measures)


# --- documents --------------------------------------------------------------------------------------------------------


def read_document(sample: SampleYear, period: Period, name: str) -> str:
    """The words of one document of a period's report."""
    frozen = thawed_progress(freeze_progress(sample.storage, sample.province, period).body)
    numbering = PaperHead(7, TODAY, frozen.config.symbols.report, report_signer(frozen.config, None))
    (document,) = (one for one in report_documents_of(frozen, numbering) if one.name == name)
    pages = PdfReader(io.BytesIO(render_pdf(document, frozen.sha256, TODAY))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_report_of_july_compares_like_with_like_and_tells_causes(sample: SampleYear) -> None:
    said = read_document(sample, month(YEAR, 7), REPORT)
    for sentence in (
        "79/80 đơn vị đã báo cáo số liệu của kỳ; 01 đơn vị chưa báo cáo: xã Ba Lâm.",
        "chỉ so 16 đơn vị có số liệu cả hai kỳ, tháng 7 năm 2025 có thêm 63 đơn vị",
        "tính trên cùng các đơn vị: 8.230/9.893 hồ sơ (83,19%) so với 7.161/8.736 hồ sơ (81,97%)",
        "Đơn vị có tỷ lệ thấp nhất: đặc khu Cồn Sa (50%)",
        "3. Nguyên nhân - Cấp xã mới đi vào hoạt động từ ngày 01 tháng 7",
        "4. Giải pháp - Bố trí cán bộ hỗ trợ trực tuyến cho các xã, phường trong quý III. 5. Nhiệm vụ tháng 8",
    ):
        assert sentence in said, sentence


def test_the_report_of_the_year_tells_what_was_missed_and_shows_groups_that_told_something(sample: SampleYear) -> None:
    said = read_document(sample, whole_year(YEAR), REPORT)
    rows = progress_now(sample.storage, sample.province, whole_year(YEAR)).commitments
    missed = [row.unit.name for row in rows if row.standing is Standing.MISSED]
    assert f", {len(missed):02} không đạt" in said
    assert "Phường 5" in missed
    assert "Phường 5 Xã, phường, đặc khu tiếp nhận hồ sơ trực tuyến: từ 65% trở lên" in said
    assert "giao cơ quan chủ trì đôn đốc hằng tuần".capitalize() in said
    assert "phuong" not in said
    assert "(cũ)" not in said


def test_the_sheet_of_a_unit_names_its_head_and_a_ratio_of_nothing_is_no_percentage(sample: SampleYear) -> None:
    said = read_document(sample, whole_year(YEAR), "don-vi/so-tu-phap.pdf")
    assert "Người đứng đầu: Giám đốc Sở Tư pháp." in said
    assert "Hồ sơ trễ hạn có thư xin lỗi 0/0 hồ sơ (–)" in said
