"""tasks/spreadsheets/tables.py: what a workbook of tables looks like on paper."""

import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from tasks.spreadsheets.tables import Folded, workbook_of

LONG = "Hồ sơ thủ tục hành chính giải quyết trước hạn, đúng hạn"
HEADS = ["Nhóm", "Mã đơn vị", "Đơn vị", "Chỉ tiêu", "Giá trị", "Lưu ý"]


@pytest.fixture(scope="module")
def sheet() -> Any:
    rows = [["UBND xã, phường", f"xa-{at}", f"Xã {at}", LONG, Decimal(at), ""] for at in range(300)]
    rows.append(["UBND xã, phường", "xa-x", "Xã X", LONG, Decimal(1), "một lời dài hiếm khi có " * 12])
    return load_workbook(io.BytesIO(workbook_of([("Số liệu", iter([HEADS, *rows]))], "0.00", None)))["Số liệu"]


def test_columns_that_serve_machines_are_folded_away_and_not_printed(sheet: Any) -> None:
    folded = {name for name, of in sheet.column_dimensions.items() if of.hidden and of.outlineLevel == 1}
    assert folded == {"A", "B"}


def test_what_is_printed_is_as_wide_as_a_sideways_page_at_ten_points(sheet: Any) -> None:
    widths = [of.width for of in sheet.column_dimensions.values() if not of.hidden]
    assert sum(widths) <= 147
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.print_title_rows) == (
        "landscape",
        1,
        "$1:$1",
    )


def test_columns_share_the_page_so_that_nearly_every_row_is_one_line(sheet: Any) -> None:
    heights = [sheet.row_dimensions[row].height for row in range(2, 302)]
    assert set(heights) == {14}
    assert sheet.row_dimensions[302].height > 14


def test_many_columns_of_words_share_the_page_too() -> None:
    rows = [["Một nội dung dài, " * 6 for _ in range(6)] for _ in range(20)]
    book = load_workbook(io.BytesIO(workbook_of([("A", iter([list("abcdef"), *rows]))], "0", None)))
    widths = [of.width for of in book["A"].column_dimensions.values()]
    assert min(widths) > 16
    assert sum(widths) > 130


def test_columns_in_which_nothing_stands_take_no_room_on_paper() -> None:
    rows = [[f"Xã {at}", Decimal(at), None, ""] for at in range(3)]
    heads = ["Đơn vị", "Chỉ số", "Hạng năm trước", "Ghi chú"]
    columns = load_workbook(io.BytesIO(workbook_of([("A", iter([heads, *rows]))], "0", None)))["A"].column_dimensions
    assert {name: of.hidden for name, of in columns.items()} == {"A": False, "B": False, "C": True, "D": True}
    empty = load_workbook(io.BytesIO(workbook_of([("A", iter([heads]))], "0", None)))["A"].column_dimensions
    assert not any(of.hidden for of in empty.values())


def test_details_are_folded_below_the_row_that_sums_them_up() -> None:
    rows = [["Toàn tỉnh", Decimal(3)], Folded(["Xã A", Decimal(1)]), Folded(["Xã B", Decimal(2)])]
    sheet = load_workbook(io.BytesIO(workbook_of([("A", iter([["Đơn vị", "Hồ sơ"], *rows]))], "0", None)))["A"]
    assert [sheet.row_dimensions[row].hidden for row in range(1, 5)] == [False, False, True, True]
    assert [sheet.row_dimensions[row].outlineLevel for row in (2, 3, 4)] == [0, 1, 1]
    assert sheet.sheet_properties.outlinePr.summaryBelow is False
    assert [cell.value for cell in sheet["A"]] == ["Đơn vị", "Toàn tỉnh", "Xã A", "Xã B"]
