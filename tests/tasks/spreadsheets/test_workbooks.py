"""tasks/spreadsheets/workbooks.py: on how many pages a form prints."""

import pytest

from models.forms.tables import KEY, Column
from tasks.spreadsheets.workbooks import add_page, new_book, set_columns, set_print

COLUMNS = (KEY, Column("code", "Mã", 20), Column("content", "Nội dung", 60))


@pytest.mark.parametrize(("rows", "pages"), [(10, 0), (28, 1), (40, 0), (54, 2)])
def test_a_last_page_of_a_few_lines_is_fitted_into_those_before_it(rows: int, pages: int) -> None:
    page = add_page(new_book("Phiếu", "Sở"), "Trang")
    set_columns(page, COLUMNS)
    for row in range(2, rows + 2):
        page.put(row, 2, "x")
        page.height(row, [("x", 20)], least=15)
    set_print(page, "", "Phiếu", None, len(COLUMNS))
    assert (page.sheet.page_setup.fitToWidth, page.sheet.page_setup.fitToHeight) == (1, pages)
