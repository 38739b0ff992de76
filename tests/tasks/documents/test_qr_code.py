"""The address of a decision's results, and a QR code that says it, module for module."""

import re
from xml.etree import ElementTree

import pytest
import segno

from models.province.config import ProvinceConfig, Site
from models.wording import unaccented
from tasks.documents.qr_code import edition_folder, qr_svg, results_address

ADDRESS = "https://cchc.mau.example/2025/05-qd-ubnd/"


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Thủ Dầu Một", "thu dau mot"), ("ĐẶC KHU Đỗ Xá", "dac khu do xa"), ("Nghĩa Lộ, Ý Yên", "nghia lo, y yen")],
)
def test_marks_of_vietnamese_are_taken_off(text: str, plain: str) -> None:
    assert unaccented(text) == plain


def test_the_address_follows_from_year_and_decision() -> None:
    config = ProvinceConfig(name="tỉnh Mẫu", site=Site(address="https://cchc.mau.example/"))
    assert results_address(config, 2025, "05/QĐ-UBND") == ADDRESS
    assert edition_folder(2025, "1.205/QĐ-CT-UBND") == "2025/1-205-qd-ct-ubnd"


def test_without_an_address_there_is_none_to_print() -> None:
    assert results_address(ProvinceConfig(name="tỉnh Mẫu"), 2025, "05/QĐ-UBND") is None


def modules_of(svg: str) -> set[tuple[int, int]]:
    """The dark modules (row, column) that the paths of the code draw."""
    drawing = ElementTree.fromstring(svg)
    line = next(path.attrib["d"] for path in drawing if path.attrib.get("stroke") == "#000")
    row, column, dark = 0.0, 0, set()
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", line):
        if command == "M":
            column, row = int(first), float(second)
        elif command == "m":
            column, row = column + int(first), row + float(second)
        else:
            dark |= {(int(row), place) for place in range(column, column + int(first))}
            column += int(first)
    return dark


def test_the_code_is_drawn_module_for_module_with_its_quiet_zone() -> None:
    code = segno.make_qr(ADDRESS, error="m")
    expected = {
        (row + 4, column + 4) for row, line in enumerate(code.matrix) for column, module in enumerate(line) if module
    }
    assert modules_of(qr_svg(ADDRESS)) == expected
    size = code.symbol_size(border=4)[0]
    assert f'viewBox="0 0 {size} {size}"' in qr_svg(ADDRESS)
