"""A workbook from a template is the one that would have been written with the same values from the start."""

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from tasks.spreadsheets.clockless import parts_without_clock
from tasks.spreadsheets.templates import Template, template_of
from tasks.spreadsheets.workbooks import (
    INPUT_DATE,
    INPUT_NUMBER,
    INPUT_TEXT,
    TEXT,
    Own,
    Page,
    PlainValue,
    add_page,
    book_bytes,
    new_book,
    put_title,
    set_print,
)

Values = Mapping[str, PlainValue]
UNIT = "Xã Đông & Tây <1>"


def written(values: Values) -> tuple[Workbook, list[Page], Own]:
    title = Own("unit", values["unit"])
    book = new_book(str(title), "Sở Nội vụ")
    first, second = add_page(book, "Một", values), add_page(book, "Hai", values)
    put_title(first, "Phiếu", first.own("unit"))
    first.put(4, 2, "như nhau", TEXT)
    for row, name in enumerate(("text", "other"), 5):
        first.put(row, 2, first.own(name), INPUT_TEXT)
    second.put(1, 1, "=1+1", TEXT)
    second.put(2, 1, second.own("number"), INPUT_NUMBER)
    second.put(3, 1, second.own("day"), INPUT_DATE)
    second.put(4, 1, second.own("text"), TEXT)
    set_print(first, "", first.own("unit"), "DỮ LIỆU MẪU", 3)
    return book, [first, second], title


def template(values: Values) -> Template:
    return template_of(*written(values))


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"text": "12/KH-STP", "other": "hai\ndòng", "number": Decimal("12.50"), "day": date(2025, 3, 1)},
        {"text": "=1+1", "other": "- kế hoạch số 1", "number": 0, "day": "không"},
        {"text": "@a", "other": "+84", "number": Decimal("1E+2")},
        {"text": "  trước, sau ", "other": "a\r\nb\tc", "number": Decimal("0.1234567890123456789")},
        {"text": "<b>&amp;\"'>]]>", "other": "𝟛 👍 \ufffe\x07\ud800", "number": 10**17},
        {"text": "", "other": "\x07", "number": Decimal("-3")},
        {"text": "#N/A", "other": "TRUE", "number": "12"},
        {"text": "own-footer-of-the-subject", "other": "own-title-of-the-subject"},
        {"text": "e\u0301 a\u0306", "other": "_x000D_", "unit": "&A &12" + " rất dài" * 30},
    ],
)
def test_every_part_is_as_if_the_workbook_had_been_written_with_the_values(own: dict[str, PlainValue]) -> None:
    values = {"unit": UNIT, **own}
    filled = template({"unit": "Xã khác", "text": "của xã khác", "day": "không"}).filled(values)
    assert parts_without_clock(filled) == parts_without_clock(book_bytes(written(values)[0]))
    load_workbook(io.BytesIO(filled))


def test_a_template_holds_nothing_of_the_subject_that_it_was_made_of() -> None:
    assert template({"unit": "Xã A", "text": "lời của A"}) == template({"unit": "Xã B", "number": Decimal(5)})
