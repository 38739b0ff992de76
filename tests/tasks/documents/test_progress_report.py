"""The report of a period read back from its PDFs: title, parts, figures equal to the engine's, one page a unit."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from models.findings import RefusedError
from models.forms.row_keys import Remark
from models.progress.commitments import Commitment
from models.progress.periods import Period, month, read_period
from models.progress.results import CommitmentRow, Forecast, Standing
from models.province.calendar import report_due
from models.province.config import ProvinceConfig
from models.records.progress_snapshots import FrozenProgress, NoFigure, ReportedGroup, UnitRemark, thawed_progress
from models.units import Unit, kind_name
from tasks.documents.charts import drawn_measures, months_chart
from tasks.documents.progress_report import at_risk, report_documents_of, report_signer, shared_grounds
from tasks.documents.progress_tables import (
    figures_workbook,
    group_figure,
    groups_told,
    headline_rows,
    unit_view,
    units_tables,
)
from tasks.progress.computing import counted_plan
from tasks.progress.freezing import PeriodKind, refuse_unreported
from tasks.publishing.choosing import paper_of
from tasks.publishing.issuing import draft
from tasks.publishing.reports import WORKBOOK
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import render_pdf
from tasks.rendering.word import word_file
from tests.models.folders import sample_folder
from tests.tasks.months import TODAY, Months
from tests.tasks.papers import pages
from tests.tasks.rendering.words import schema_faults, words_of_html, words_of_word

pytestmark = pytest.mark.slow

DAY = date(2025, 3, 17)
WORDS = ("Ý kiến của đơn vị", "Chưa có số liệu")


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Months:
    return Months.told(tmp_path_factory.mktemp("months"))


@pytest.fixture(scope="module")
def march(months: Months) -> FrozenProgress:
    return months.frozen("2025-03")


def numbered(config: ProvinceConfig) -> PaperHead:
    return PaperHead(12, DAY, config.symbols.report, report_signer(config, None))


def printed(frozen: FrozenProgress, *names: str) -> dict[str, bytes]:
    documents = report_documents_of(frozen, numbered(frozen.config))
    wanted = [document for document in documents if not names or document.name in names]
    return {document.name: render_pdf(document, frozen.sha256, DAY) for document in wanted}


@pytest.fixture(scope="module")
def pdfs(march: FrozenProgress) -> dict[str, bytes]:
    return printed(march)


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def test_a_report_has_its_annexes_and_a_sheet_for_every_unit(pdfs: dict[str, bytes]) -> None:
    assert list(pdfs) == [
        "bao-cao.pdf",
        "bao-cao-phu-luc-so-lieu.pdf",
        "bao-cao-phu-luc-nhiem-vu.pdf",
        *(f"don-vi/{code}.pdf" for code in ("snv", "stc", "vpub", "phuong-c", "xa-a", "xa-b")),
    ]


def test_the_report_bears_letterhead_number_title_and_addressee(pdfs: dict[str, bytes]) -> None:
    first = pages(pdfs["bao-cao.pdf"])[0]
    for said in (
        "UBND TỈNH MẪU",
        "SỞ NỘI VỤ",
        "Số: 12/BC-SNV",
        "Mẫu, ngày 17 tháng 3 năm 2025",
        "BÁO CÁO Kết quả công tác cải cách hành chính tháng 3 năm 2025",
        "Kính gửi: Ủy ban nhân dân tỉnh Mẫu",
        "số liệu từ ngày 15 tháng 02 năm 2025 đến hết ngày 14 tháng 3 năm 2025",
    ):
        assert said in first


def test_the_report_prints_causes_and_remedies_where_somebody_wrote_them(
    march: FrozenProgress, pdfs: dict[str, bytes]
) -> None:
    written = replace(march.progress, causes=("thiếu người trực",), remedies=("bố trí thêm người.",))
    said = text(printed(replace(march, progress=written), "bao-cao.pdf")["bao-cao.pdf"])
    for line in ("3. Nguyên nhân - Thiếu người trực.", "4. Giải pháp - Bố trí thêm người.", "5. Nhiệm vụ tháng 4"):
        assert line in said, said[-1500:]
    assert "3. Nhiệm vụ tháng 4" in text(pdfs["bao-cao.pdf"])


def test_causes_of_a_period_come_from_the_file_of_the_province(tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    path = months.folder / "progress" / "reports.yaml"
    path.write_text(
        "reports:\n  - {period: 2025-03, causes: [thiếu người], remedies: [thêm người]}\n", encoding="utf-8"
    )
    march, april = (months.frozen(period).progress for period in ("2025-03", "2025-04"))
    assert (march.causes, march.remedies) == (("thiếu người",), ("thêm người",))
    assert (april.causes, april.remedies) == ((), ())


def test_who_answers_for_a_unit_is_the_register_s_else_the_position_of_units_csv(tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    path = months.folder / "units.csv"
    head, *lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    heads = {"stc": "Giám đốc Sở Tài chính", "snv": "Giám đốc Sở Nội vụ"}
    told = [f"{head},head", *(f"{line},{heads.get(line.partition(',')[0], '')}" for line in lines)]
    path.write_text("\n".join(told) + "\n", encoding="utf-8")
    frozen = months.frozen("2025-03")
    assert (frozen.progress.heads["stc"], frozen.progress.heads["snv"]) == (
        "Giám đốc Người thứ nhất (mẫu)",
        "Giám đốc Sở Nội vụ",
    )
    sheet = text(printed(frozen, "don-vi/snv.pdf")["don-vi/snv.pdf"])
    assert "Người đứng đầu: Giám đốc Sở Nội vụ." in sheet


def test_its_parts_are_numbered_without_a_gap_and_it_ends_as_a_report_does(pdfs: dict[str, bytes]) -> None:
    said = text(pdfs["bao-cao.pdf"])
    parts = (
        "I. KẾT QUẢ NỔI BẬT",
        "II. KẾT QUẢ THEO LĨNH VỰC",
        "III. THỰC HIỆN KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH",
        "IV. THỰC HIỆN CAM KẾT, MỤC TIÊU",
        "V. ĐÁNH GIÁ CHUNG, NHIỆM VỤ THỜI GIAN TỚI",
    )
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert "xem xét, chỉ đạo./." in said
    assert said.index("./.") < said.index("Nơi nhận:") < said.index("- Lưu: VT, CCHC.")


def test_its_figures_are_those_of_the_engine(pdfs: dict[str, bytes], march: FrozenProgress) -> None:
    said = text(pdfs["bao-cao.pdf"])
    assert "04/06 đơn vị đã báo cáo số liệu của kỳ; 02 đơn vị chưa báo cáo: phường C và xã B." in said
    assert "1. Chỉ đạo, điều hành" in said
    assert (
        "- Hồ sơ đúng hạn: 151/160 hồ sơ (94,38%), tăng 4,38 điểm phần trăm so với tháng trước, "
        "tăng 14,38 điểm phần trăm so với cùng kỳ năm 2024. Đơn vị có tỷ lệ thấp nhất: Sở Nội vụ (90%)."
    ) in said
    plan = march.progress.result.plans[0]
    assert f"Kế hoạch CCHC năm 2025: đã hoàn thành {plan.counts.shown}" in said
    for row in march.progress.result.at_risk:
        assert row.reached.split(" ")[0] in said


def test_the_signature_is_never_on_a_page_without_the_tasks_before_it(pdfs: dict[str, bytes]) -> None:
    last = pages(pdfs["bao-cao.pdf"])[-1]
    assert last.index("b) ") < last.index("Trên đây là kết quả") < last.index("Nơi nhận:")


def heads_of_headline(pdf: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        tables = [table for page in document.pages[:2] for table in page.extract_tables()]
    return [" ".join(str(head).split()) for head in next(table for table in tables if "Kết quả" in table[0])[0]]


def test_a_comparison_that_no_figure_has_is_no_column(months: Months, pdfs: dict[str, bytes]) -> None:
    always = ["STT", "Chỉ tiêu", "Kết quả"]
    assert heads_of_headline(pdfs["bao-cao.pdf"]) == [*always, "So với tháng trước", "So với cùng kỳ năm trước"]
    first = printed(months.frozen("2024-03"), "bao-cao.pdf")["bao-cao.pdf"]
    assert heads_of_headline(first) == always


def risk(unit: str, target: str, forecast: str, how: str) -> CommitmentRow:
    pledge = Commitment.model_construct(id="dung-han")
    shown = Forecast(Decimal(forecast), f"{forecast}%", how)
    return CommitmentRow(
        pledge, Unit(code=unit, name=unit, kind="so"), "", False, Decimal(target), "", Standing.AT_RISK, shown, ""
    )


def test_a_group_of_which_no_figure_is_known_makes_no_column(march: FrozenProgress) -> None:
    ceased = ReportedGroup("khac-phuong_cu", kind_name("phuong_cu"), ("phuong-cu-a",))
    more = replace(march.progress, groups=(*march.progress.groups, ceased))
    told = groups_told(more.result.measures, more)
    assert ceased not in told
    assert set(told) < set(march.progress.groups) | {ceased}
    said = text(printed(replace(march, progress=more), "bao-cao.pdf")["bao-cao.pdf"])
    assert "Phường (cũ)" not in said
    assert ceased.name == "Phường (cũ)"


def test_once_the_year_is_over_no_column_of_forecasts_stands_in_the_list_of_what_is_at_risk(
    march: FrozenProgress,
) -> None:
    rows = tuple(replace(row, standing=Standing.MISSED, forecast=None) for row in march.progress.result.commitments)
    over = replace(march.progress, result=replace(march.progress.result, commitments=rows))
    assert "Dự báo cả năm" not in text(printed(replace(march, progress=over), "bao-cao.pdf")["bao-cao.pdf"])


def test_commitments_at_risk_stand_farthest_from_their_aim_first(march: FrozenProgress) -> None:
    rows = [risk("a", "98", "97", "x"), risk("b", "65", "51", "x"), risk("c", "20", "31", "y")]
    result = replace(march.progress.result, commitments=(*rows, replace(rows[0], standing=Standing.MISSED)))
    first = at_risk(replace(march.progress, result=result))
    assert [(row.unit.code, row.standing) for row in first] == [
        ("a", Standing.MISSED),
        ("c", Standing.AT_RISK),
        ("b", Standing.AT_RISK),
        ("a", Standing.AT_RISK),
    ]
    assert shared_grounds(rows) == {"x": 1}


def test_pages_are_numbered_from_the_second_and_set_in_the_font_of_the_decree(pdfs: dict[str, bytes]) -> None:
    first, second, *_ = pages(pdfs["bao-cao.pdf"])
    assert not first.startswith("1 ")
    assert second.startswith("2 ")
    for pdf in pdfs.values():
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            fonts = {char["fontname"].split("+")[-1] for page in document.pages for char in page.chars}
        assert all(font.startswith(("Liberation-Serif", "LiberationSerif", "Times")) for font in fonts), fonts


def test_the_annex_of_figures_lies_across_and_holds_every_unit(pdfs: dict[str, bytes], march: FrozenProgress) -> None:
    pdf = pdfs["bao-cao-phu-luc-so-lieu.pdf"]
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        assert all(page.width > page.height for page in document.pages)
    said = text(pdf)
    assert said.startswith("Phụ lục I SỐ LIỆU CẢI CÁCH HÀNH CHÍNH THÁNG 3 NĂM 2025")
    for table in units_tables(march.progress):
        for unit, cells in table.rows:
            assert unit.name in said
            assert all(cell.split(" ")[0] in said for cell in cells)


def test_the_annex_of_tasks_tells_state_and_head_of_every_task(pdfs: dict[str, bytes], march: FrozenProgress) -> None:
    said = text(pdfs["bao-cao-phu-luc-nhiem-vu.pdf"])
    assert "10/03/2025" in said
    assert "Cam kết của các đơn vị" in said
    html = next(one.html for one in report_documents_of(march, numbered(march.config)) if "nhiem-vu" in one.name)
    assert "Hoàn thành chậm 10 ngày" in html
    assert "Giám đốc Người thứ nhất (mẫu)" in html


def test_counts_by_head_stand_only_where_they_say_more_than_those_by_unit(march: FrozenProgress) -> None:
    (plan, *_) = march.progress.result.plans
    rows = [
        replace(row, task=row.task.model_copy(update={"responsible": f"Giám đốc {row.owner}"})) for row in plan.rows
    ]
    assert not counted_plan(plan.plan, rows).heads_tell_more
    first = replace(rows[0], task=rows[0].task.model_copy(update={"responsible": "Người trước đó"}))
    assert counted_plan(plan.plan, [first, *rows]).heads_tell_more


@pytest.mark.parametrize("code", ["snv", "stc", "vpub", "phuong-c", "xa-a", "xa-b"])
def test_a_unit_has_one_page(pdfs: dict[str, bytes], code: str) -> None:
    assert len(pages(pdfs[f"don-vi/{code}.pdf"])) == 1


def test_the_page_of_a_unit_says_what_its_head_has_to_do(pdfs: dict[str, bytes]) -> None:
    said = text(pdfs["don-vi/stc.pdf"])
    for part in (
        "Công tác cải cách hành chính tháng 3 năm 2025 của Sở Tài chính",
        "Kèm theo Báo cáo số 12/BC-SNV ngày 17 tháng 3 năm 2025",
        "Người đứng đầu: Giám đốc Người thứ nhất (mẫu).",
        "96/100 hồ sơ (96%)",
        "nhiệm vụ 2 “Rà soát TTHC” (hạn 31/03/2025).",
        "Báo cáo số liệu còn thiếu:",
    ):
        assert part in said
    assert "Đơn vị chưa báo cáo số liệu nào của kỳ." in text(pdfs["don-vi/phuong-c.pdf"])


def test_a_unit_with_very_many_figures_and_tasks_has_two_legible_pages(tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    more = "".join(
        f"  - {{id: chi-tieu-{n}, name: Chỉ tiêu theo dõi thứ {n} về cải cách hành chính, kind: count, unit: việc}}\n"
        for n in range(20)
    )
    path = months.folder / "progress" / "measures.yaml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    tasks = "".join(f"{n},Nhiệm vụ kế hoạch thứ {n} của đơn vị,snv,2025-02-01,\n" for n in range(10, 40))
    path = months.folder / "progress" / "viec-2025.csv"
    path.write_text(path.read_text(encoding="utf-8") + tasks, encoding="utf-8")
    months.tell("2025-03", "".join(f"snv,chi-tieu-{n},,,{n}\n" for n in range(20)))
    pdf = printed(months.frozen("2025-03"), "don-vi/snv.pdf")["don-vi/snv.pdf"]
    first, second = pages(pdf)
    said = f"{first} {second}"
    assert "Còn 22 nhiệm vụ quá hạn, sắp đến hạn khác tại phụ lục của Báo cáo." in said


@pytest.mark.parametrize(
    ("period", "title"),
    [
        ("2025-Q1", "quý I năm 2025"),
        ("2025-6M", "6 tháng đầu năm 2025"),
        ("2025-9M", "9 tháng đầu năm 2025"),
        ("2025", "năm 2025"),
    ],
)
def test_longer_periods_are_called_by_their_names_and_not_told_against_last_month(
    months: Months, period: str, title: str
) -> None:
    frozen = months.frozen(period)
    (report,) = (one for one in report_documents_of(frozen, numbered(frozen.config)) if one.name == "bao-cao.pdf")
    assert f"<br>{title}</span>" in report.html
    assert "tháng trước" not in report.html
    assert "So với tháng trước" not in headline_rows(frozen.progress)[0]


def test_a_province_that_follows_no_commitments_or_indices_has_no_such_parts(tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    for name in ("commitments", "targets", "indices", "plan_tasks"):
        (months.folder / "progress" / f"{name}.yaml").unlink()
    frozen = months.frozen("2025-03")
    report, *others = report_documents_of(
        frozen, PaperHead(None, None, "BC-SNV", report_signer(frozen.config, None), draft=True)
    )
    assert "III. ĐÁNH GIÁ" not in report.html
    assert "IV. ĐÁNH GIÁ CHUNG" in report.html
    assert "Chưa có kế hoạch nào được đưa vào theo dõi." in report.html
    assert "CAM KẾT" not in report.html
    assert [document.title for document in others] == [
        "Phụ lục. Số liệu cải cách hành chính tháng 3 năm 2025 của từng đơn vị"
    ]


def test_a_month_without_any_figure_says_so(months: Months) -> None:
    report = report_documents_of(months.frozen("2025-08"), numbered(months.province.config))[0]
    assert "Chưa có số liệu nào của kỳ." in report.html
    assert "Chưa có số liệu theo lĩnh vực." in report.html
    assert "Chưa có đơn vị nào trong 05 đơn vị báo cáo số liệu của kỳ." in report.html


def test_the_same_snapshot_gives_the_same_bytes(months: Months, march: FrozenProgress, pdfs: dict[str, bytes]) -> None:
    again = thawed_progress(months.freeze("2025-03").body)
    assert again.sha256 == march.sha256
    name = "bao-cao.pdf"
    assert printed(again, name)[name] == pdfs[name]
    assert figures_workbook(again) == figures_workbook(march)


def test_the_workbook_holds_the_same_figures_as_numbers(march: FrozenProgress) -> None:
    book = load_workbook(io.BytesIO(figures_workbook(march)))
    assert book.sheetnames == [
        "Số liệu",
        "Đơn vị chưa so sánh",
        "Các tháng",
        "Nhiệm vụ",
        "Cam kết",
        "Mục tiêu",
        "Chỉ số khác",
        *WORDS,
    ]
    rows = list(book["Số liệu"].iter_rows(values_only=True))
    total = next(row for row in rows if row[0] == "ho-so" and row[5] == "Toàn tỉnh")
    assert (total[6], total[7], total[8], total[9]) == (151, 160, 94.375, "151/160 hồ sơ (94,38%)")
    assert total[10] == 4.38  # 94,38 − 90,00: the difference of what is printed
    months = list(book["Các tháng"].iter_rows(values_only=True))
    assert months[0][-2:] == ("2/2025", "3/2025")
    assert months[1][-2:] == (90, 94.375)


def test_a_group_is_the_sum_of_the_parts_of_its_units(march: FrozenProgress) -> None:
    progress = march.progress
    ratio, late = progress.result.measures[:2]
    departments, communes = progress.groups
    figure = group_figure(ratio, departments, progress)
    assert figure is not None
    assert (figure.numerator, figure.denominator) == (Decimal(151), Decimal(160))
    assert group_figure(ratio, communes, progress) is None
    of_communes = group_figure(late, communes, progress)
    assert of_communes is not None
    assert of_communes.value == Decimal(2)


def test_the_draft_is_marked_on_every_page_and_says_when_the_report_is_due(months: Months, tmp_path: Path) -> None:
    paths = draft(paper_of(months.folder, months.freeze("2025-03")), tmp_path).paths
    assert [path.name for path in paths] == [
        "bao-cao.pdf",
        "bao-cao-phu-luc-so-lieu.pdf",
        "bao-cao-phu-luc-nhiem-vu.pdf",
        WORKBOOK,
        "du-thao-bao-cao.docx",
        "du-thao-bao-cao-phu-luc-so-lieu.docx",
        "du-thao-bao-cao-phu-luc-nhiem-vu.docx",
    ]
    drafts = [page for path in paths if path.suffix == ".pdf" for page in pages(path.read_bytes())]
    assert all("DỰ THẢO" in page for page in drafts)
    assert "Số: /BC-SNV" in drafts[0]
    assert "Hạn gửi báo cáo của Sở Nội vụ: ngày 18 tháng 3 năm 2025." in " ".join(drafts)


def test_the_report_and_its_annexes_say_the_same_in_word(march: FrozenProgress, tmp_path: Path) -> None:
    units = march.progress.result.expected
    remarks = [UnitRemark(unit, month(2025, 3), Remark.DIFFICULTIES, "Thiếu máy quét.\n" * 30) for unit in units[:2]]
    lacking = (NoFigure(units[0], month(2025, 3), "ho-so", "Chưa có phần mềm"),)
    told = replace(march.progress, remarks=tuple(remarks), no_figures=lacking)
    paper = replace(numbered(march.config), number=None, day=None, draft=True)
    documents = report_documents_of(replace(march, progress=told), paper)
    assert [document.name for document in documents] == [
        "bao-cao.pdf",
        *(f"bao-cao-phu-luc-{of}.pdf" for of in ("so-lieu", "nhiem-vu", "y-kien")),
    ]
    for document in documents:
        content = word_file(document, DAY)
        assert words_of_word(content) == words_of_html(document), document.name
        assert schema_faults(content, tmp_path) == [], document.name


def test_the_chart_shows_every_measure_with_two_months_and_says_them_in_words(
    months: Months, march: FrozenProgress
) -> None:
    progress = march.progress
    lines = drawn_measures([one.measure for one in progress.result.measures], progress.totals)
    assert [measure.id for measure, _ in lines] == ["ho-so", "qua-han"]
    charts = [months_chart(measure, line) for measure, line in lines]
    assert [chart.alt for chart in charts] == [
        "Biểu đồ Hồ sơ đúng hạn: 3/2024 80%, 2/2025 90%, 3/2025 94,38%",
        "Biểu đồ Hồ sơ quá hạn (hồ sơ): 2/2025 5, 3/2025 5",
    ]
    report = report_documents_of(march, numbered(march.config))[0]
    assert report.images == {
        f"cac-thang-{one}.svg": chart.svg for one, chart in zip(("ho-so", "qua-han"), charts, strict=True)
    }
    assert all(chart.title in report.html for chart in charts)


# --- what is frozen ---------------------------------------------------------------------------------------------------


def test_nothing_that_is_nobodys_business_is_frozen(months: Months) -> None:
    units = months.folder / "units.csv"
    text_of_units = units.read_text(encoding="utf-8")
    with_address = text_of_units.replace("stc,Sở Tài chính,so,,,,,", "stc,Sở Tài chính,so,,,,,a@mau.example")
    assert with_address != text_of_units
    units.write_text(with_address, encoding="utf-8")
    body = months.freeze("2025-03").body.decode()
    units.write_text(text_of_units, encoding="utf-8")
    assert "mau.example" not in body
    assert "var/" not in body


def test_new_figures_give_another_snapshot(tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    before = months.freeze("2025-03").sha256
    months.tell("2025-03", "xa-b,qua-han,,,1\n")
    assert months.freeze("2025-03").sha256 != before


def test_what_a_unit_owns_is_told_of_it_alone(march: FrozenProgress) -> None:
    unit = next(unit for unit in march.progress.result.expected if unit.code == "stc")
    view = unit_view(march.progress, unit)
    assert {row.task.number for row in view.tasks} == {"2", "4"}
    assert [measure.id for measure, _ in view.rows] == ["ho-so"]
    assert {measure.id for measure in view.silent} == {"qua-han", "bien-che", "cat-giam"}


@given(st.integers(24_000, 25_100), st.integers(1, 36))
def test_every_period_is_written_into_a_snapshot_and_read_back(start: int, length: int) -> None:
    period = Period(start, start + length - 1)
    assert read_period(str(period)) == period


@pytest.mark.parametrize(
    ("kind", "number", "period"),
    [
        ("month", 5, "2025-05"),
        ("quarter", 3, "2025-Q1"),
        ("quarter", 6, "2025-Q2"),
        ("6m", 6, "2025-6M"),
        ("9m", 9, "2025-9M"),
        ("year", 12, "2025"),
    ],
)
def test_a_kind_of_report_ends_with_a_month(kind: str, number: int, period: str) -> None:
    assert str(PeriodKind(kind).ending_with(month(2025, number))) == period


@pytest.mark.parametrize(("kind", "number"), [("quarter", 4), ("6m", 9), ("6m", 12), ("9m", 12), ("year", 6)])
def test_a_kind_that_does_not_end_there_is_refused_with_those_that_do(kind: str, number: int) -> None:
    with pytest.raises(RefusedError, match="Các báo cáo đến kỳ"):
        PeriodKind(kind).ending_with(month(2025, number))


def test_a_report_is_due_by_the_rules_of_the_province_and_its_working_days(months: Months) -> None:
    due = {
        period: report_due(months.province.config, read_period(period)).deadline
        for period in ("2025-03", "2025-Q1", "2025-9M", "2025")
    }
    assert due == {
        "2025-03": date(2025, 3, 18),
        "2025-Q1": date(2025, 3, 20),
        "2025-9M": date(2025, 9, 16),
        "2025": date(2025, 12, 20),
    }


def test_what_lies_ahead_or_is_not_followed_is_not_reported(months: Months, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="chưa có gì để báo cáo"):
        refuse_unreported(months.province, read_period("2026-06"), TODAY)
    bare = Months(sample_folder(tmp_path / "bare").path)
    with pytest.raises(RefusedError, match="chưa khai báo chỉ tiêu"):
        refuse_unreported(bare.province, read_period("2025-03"), TODAY)
