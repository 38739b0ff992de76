"""What units wrote in the forms of the months: in the report once, whole in its annex, shortened at a word."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pdfplumber
import pytest
from openpyxl import load_workbook

from models.findings import RefusedError
from models.forms.row_keys import Remark
from models.progress.periods import Period, read_period
from models.records.progress_snapshots import FORMAT, FrozenProgress, NoFigure, UnitRemark, thawed_progress
from models.records.storage import open_storage
from models.settings import Settings
from tasks.documents.progress_report import UNITS_FOLDER, WORDS_ANNEX, report_documents_of, report_signer
from tasks.documents.progress_tables import figures_workbook, unit_view
from tasks.documents.report import REPORT
from tasks.documents.unit_words import LONGEST, Said, said_together, why_without_figures
from tasks.progress.freezing import frozen_progress
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import render_pdf
from tasks.site.editions import Hidden
from tasks.site.reports import visible_progress
from tests.tasks.filled_forms import Cells
from tests.tasks.month_office import GOOD, MonthOffice, changed, month_folder

pytestmark = pytest.mark.slow

DAY = date(2025, 5, 20)
MAY = read_period("2025-05")
DIFFICULTIES, PROPOSALS = ((one.value, "measured_in") for one in (Remark.DIFFICULTIES, Remark.PROPOSALS))
LONG = "Máy quét của bộ phận một cửa hỏng đã lâu. " * 20 + "\nChưa có kinh phí mua mới."


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> FrozenProgress:
    """May of the small province, in which nobody has told anything yet."""
    folder = month_folder(tmp_path_factory.mktemp("thang")).path
    office = MonthOffice(folder, open_storage(folder, Settings(user="người thử")))
    return may(office)


def may(office: MonthOffice) -> FrozenProgress:
    return frozen_progress(office.storage, office.province, MAY)


def wrote(
    frozen: FrozenProgress, *told: tuple[str, str], remark: Remark = Remark.DIFFICULTIES, month: Period = MAY
) -> FrozenProgress:
    """The same progress with remarks of units."""
    units = {unit.code: unit for unit in frozen.progress.result.expected}
    remarks = [UnitRemark(units[code], month, remark, text) for code, text in told]
    progress = replace(frozen.progress, remarks=(*frozen.progress.remarks, *remarks))
    return FrozenProgress(frozen.config, progress)


def lacking(frozen: FrozenProgress, unit: str, *reasons: tuple[str, str]) -> FrozenProgress:
    of = next(one for one in frozen.progress.result.expected if one.code == unit)
    told = tuple(NoFigure(of, MAY, measure, reason) for measure, reason in reasons)
    return FrozenProgress(frozen.config, replace(frozen.progress, no_figures=(*frozen.progress.no_figures, *told)))


def html(frozen: FrozenProgress, name: str = REPORT) -> str:
    decision = PaperHead(12, DAY, frozen.config.symbols.report, report_signer(frozen.config, None))
    document = next(one for one in report_documents_of(frozen, decision) if one.name == name)
    return " ".join(document.html.split())


def one_page(frozen: FrozenProgress, unit: str) -> str:
    decision = PaperHead(12, DAY, frozen.config.symbols.report, report_signer(frozen.config, None))
    name = f"{UNITS_FOLDER}/{unit}.pdf"
    (sheet,) = (one for one in report_documents_of(frozen, decision) if one.name == name)
    with pdfplumber.open(io.BytesIO(render_pdf(sheet, frozen.sha256, DAY))) as pdf:
        (page,) = pdf.pages
        return " ".join(page.extract_text().split())


def named(frozen: FrozenProgress, remark: Remark = Remark.DIFFICULTIES) -> list[tuple[str, Sequence[str]]]:
    return [(said.text, said.units) for said in said_together(frozen.progress, remark)]


def test_what_units_send_comes_into_the_report_of_the_month(office: MonthOffice) -> None:
    words: Cells = {DIFFICULTIES: "Thiếu người làm công nghệ thông tin", PROPOSALS: "Đề nghị bổ sung biên chế."}
    task: Cells = {("kh-2025:1", "explanation"): "Chờ ý kiến của tỉnh, xong trong tháng 6"}
    office.send("2025-05", changed(GOOD, {**words, **task, ("#contact", "measured_in"): "0912 000 000"}))
    office.send("2025-05", {**GOOD_OF_ANOTHER, DIFFICULTIES: "thiếu người làm công nghệ  thông tin."}, "phuong-c")
    frozen = may(office)
    assert frozen.sha256 == may(office).sha256
    report = html(frozen)
    assert "KHÓ KHĂN, VƯỚNG MẮC; ĐỀ XUẤT, KIẾN NGHỊ" in report
    assert "- Sở Tài chính và Phường C: “Thiếu người làm công nghệ thông tin”." in report
    assert "- Sở Tài chính: “Đề nghị bổ sung biên chế”." in report
    assert "Chờ ý kiến của tỉnh, xong trong tháng 6" in report
    assert "02 đơn vị đã báo cáo nhưng có chỉ tiêu chưa có số liệu; lý do tại Phụ lục III kèm theo." in report
    assert "chưa có phần mềm đo" in html(frozen, WORDS_ANNEX)
    assert b"0912" not in frozen.body
    book = load_workbook(io.BytesIO(figures_workbook(frozen)))
    assert next(row[1:] for row in book["Ý kiến của đơn vị"].iter_rows(min_row=2, values_only=True)) == (
        "Phường C", "5/2025", "Khó khăn, vướng mắc", "thiếu người làm công nghệ  thông tin.",
    )  # fmt: skip
    assert ("gio", "Thời gian giải quyết bình quân", "chưa có phần mềm đo") in [
        row[3:] for row in book["Chưa có số liệu"].iter_rows(min_row=2, values_only=True)
    ]
    tasks = list(book["Nhiệm vụ"].iter_rows(values_only=True))
    assert "Chờ ý kiến của tỉnh, xong trong tháng 6" in [row[tasks[0].index("Giải trình của đơn vị")] for row in tasks]


GOOD_OF_ANOTHER: Cells = {key: value for key, value in GOOD.items() if key[0] in ("nhan", "ton", "xong", "dang")} | {
    ("dung-han", "note"): "đang đối chiếu"
}


def test_who_filled_a_form_in_is_nowhere_in_the_snapshot(office: MonthOffice) -> None:
    office.send("2025-05", changed(GOOD, {("#prepared_by", "measured_in"): "Người lập (mẫu)"}))
    frozen = may(office)
    assert frozen.progress.remarks == ()
    assert "Người lập (mẫu)" not in frozen.body.decode()


def test_the_same_words_stand_once_those_of_most_units_first(frozen: FrozenProgress) -> None:
    told = wrote(
        frozen, ("stc", "Thiếu máy"), ("snv", "Thiếu người."), ("vpub", "thiếu  NGƯỜI"), ("phuong-c", "Thiếu người;")
    )
    assert named(told) == [
        ("Thiếu người.", ("Sở Nội vụ", "Văn phòng UBND tỉnh", "Phường C")),
        ("Thiếu máy", ("Sở Tài chính",)),
    ]
    assert named(told, Remark.PROPOSALS) == []
    assert "Trong kỳ không có đơn vị nào nêu." in html(told)


def test_nothing_said_needs_no_part(frozen: FrozenProgress) -> None:
    assert "KHÓ KHĂN, VƯỚNG MẮC" not in html(frozen)


def test_a_long_text_is_cut_at_a_word_and_stands_whole_in_the_annex(frozen: FrozenProgress) -> None:
    told = wrote(frozen, ("stc", LONG))
    (said,) = said_together(told.progress, Remark.DIFFICULTIES)
    assert said.is_cut
    assert len(said.in_short) <= LONGEST
    assert f"{said.in_short.removesuffix('…')} " in " ".join(LONG.split())
    report, annex = html(told), html(told, WORDS_ANNEX)
    assert said.in_short in report
    assert "Chưa có kinh phí mua mới" not in report
    assert "Nội dung đầy đủ tại Phụ lục" in report
    assert "Chưa có kinh phí mua mới." in annex


def test_very_many_units_are_counted_in_the_report_and_named_in_the_annex() -> None:
    said = Said("Thiếu người", tuple(f"Xã {number}" for number in range(1, 11)))
    assert said.named == "Xã 1; Xã 2; Xã 3; Xã 4; Xã 5; Xã 6 và 04 đơn vị khác"
    assert Said("a", said.units[:7]).named.endswith("Xã 6 và Xã 7")


def test_a_report_of_several_months_names_the_months(frozen: FrozenProgress) -> None:
    quarter = FrozenProgress(
        frozen.config,
        replace(frozen.progress, result=replace(frozen.progress.result, period=read_period("2025-6M"))),
    )
    told = wrote(quarter, ("stc", "Thiếu máy"), month=read_period("2025-04"))
    told = wrote(told, ("stc", "Thiếu máy"), ("snv", "Thiếu máy"))
    assert named(told) == [("Thiếu máy", ("Sở Nội vụ (tháng 5)", "Sở Tài chính (tháng 4, 5)"))]
    view = unit_view(told.progress, next(one for one in told.progress.result.expected if one.code == "snv"))
    assert view.words == (("Khó khăn, vướng mắc tháng 5", "Thiếu máy"),)


def test_who_has_not_reported_stands_with_the_reasons_given(frozen: FrozenProgress) -> None:
    told = lacking(
        frozen, "stc", ("nhan", "phần mềm đang nâng cấp."), ("xong", "phần mềm đang nâng cấp"), ("gio", "chưa đo")
    )
    assert why_without_figures(told.progress) == [
        "Sở Tài chính: phần mềm đang nâng cấp (Hồ sơ tiếp nhận trong tháng và Hồ sơ đã giải quyết); "
        "chưa đo (Thời gian giải quyết bình quân)"
    ]
    assert "Lý do đơn vị chưa báo cáo đã nêu:" in html(told)
    assert "LÝ DO CHƯA CÓ SỐ LIỆU CỦA CÁC ĐƠN VỊ" in html(told, WORDS_ANNEX)


def test_the_page_of_a_unit_shows_its_own_words_and_stays_one_page(frozen: FrozenProgress) -> None:
    told = wrote(frozen, ("stc", LONG), ("snv", "Của đơn vị khác"))
    told = wrote(told, ("stc", LONG), remark=Remark.PROPOSALS)
    said = one_page(lacking(told, "stc", ("gio", "chưa có phần mềm đo")), "stc")
    assert "3. Ý kiến của đơn vị Khó khăn, vướng mắc: “Máy quét của bộ phận một cửa" in said
    assert "Chưa có số liệu: chưa có phần mềm đo (Thời gian giải quyết bình quân)." in said
    assert "4. Việc cần làm" in said
    assert "Của đơn vị khác" not in said


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+84 912", "-1+2", "@SUM(A1)"])
def test_words_never_run_in_a_spreadsheet_program(frozen: FrozenProgress, text: str) -> None:
    told = lacking(wrote(frozen, ("stc", text)), "stc", ("gio", text))
    book = load_workbook(io.BytesIO(figures_workbook(told)))
    for sheet in ("Ý kiến của đơn vị", "Chưa có số liệu"):
        cell = next(iter(book[sheet].iter_rows(min_row=2)))[-1]
        assert (cell.data_type, cell.value) == ("s", f"'{text}")


def test_markup_in_words_stays_text(frozen: FrozenProgress) -> None:
    assert "“&lt;b&gt;đậm&lt;/b&gt; &amp; nghiêng”." in html(wrote(frozen, ("stc", "<b>đậm</b> & nghiêng")))


def test_words_of_hidden_units_are_taken_out(frozen: FrozenProgress) -> None:
    told = lacking(wrote(frozen, ("stc", "Bí mật"), ("snv", "Công khai")), "stc", ("gio", "Bí mật"))
    hidden = Hidden(frozenset({"stc"}), frozenset({"Sở Tài chính"}), frozenset())
    shown = visible_progress(told.progress, hidden)
    assert [one.text for one in shown.remarks] == ["Công khai"]
    assert shown.no_figures == ()


def test_a_snapshot_of_the_first_format_is_read_and_keeps_its_name(frozen: FrozenProgress) -> None:
    values = json.loads(frozen.body)
    values["format"] = 1
    for key in ("remarks", "no_figures"):
        del values["progress"][key]
    for row in [row for one in values["progress"]["result"]["measures"] for row in (one["total"], *one["rows"])]:
        del row["no_comparison"]
    for row in [row for plan in values["progress"]["result"]["plans"] for row in plan["rows"]]:
        del row["explanation"]
    old = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    thawed = thawed_progress(old)
    assert thawed.body == old
    assert thawed.progress.remarks == ()
    assert html(thawed) == html(frozen)


def test_a_snapshot_of_a_later_format_is_refused_with_what_to_do(frozen: FrozenProgress) -> None:
    later = frozen.body.replace(f'"format":{FORMAT}'.encode(), f'"format":{FORMAT + 1}'.encode())
    with pytest.raises(RefusedError, match="Cập nhật phần mềm"):
        thawed_progress(later)
