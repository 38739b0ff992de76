"""Real forms saved by a real spreadsheet program as .xls and .ods say what the .xlsx says; nothing hides in them."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.records.submissions import Reading
from tests.broken_workbooks.forms import columns_of, edited, filled, row_of
from tests.libreoffice import all_converted
from tests.tasks.reading.reading_forms import form, forms, reading_of, said, sample

pytestmark = pytest.mark.slow

FORMATS = ("xlsx", "xls", "ods")


def without_places(reading: Reading) -> object:
    statements = [replace(each, places={}) for each in reading.statements]
    return reading.identity, statements, reading.remarks, said(reading)


def saved_as(contents: dict[str, bytes], folder: Path) -> dict[str, dict[str, Reading]]:
    """The forms by file name, saved in each format by a spreadsheet program and read."""
    paths = []
    for name, content in contents.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return {
        format: {path.stem: reading_of(path.read_bytes()) for path in all_converted(paths, folder, format)}
        for format in FORMATS
    }


def test_forms_of_every_kind_say_the_same_in_every_format(tmp_path: Path) -> None:
    contents = forms(recorded=True)
    kinds = {leaf.rule.kind for criteria_set in sample().criteria_sets.values() for leaf in criteria_set.leaves}
    assert len(kinds) > 6
    read = saved_as(contents, tmp_path)
    for name, usual in read["xlsx"].items():
        assert usual.identity, name
        assert usual.statements, name
        for format in ("xls", "ods"):
            assert without_places(read[format][name]) == without_places(usual), (name, format)


def test_claims_errors_percentages_and_hidden_rows_are_seen_in_every_format(tmp_path: Path) -> None:
    leaves = sample().criteria_sets["so-2025"].leaves
    claimed = next(leaf for leaf in leaves if leaf.may_be_claimed and leaf.source == "self")
    content = filled(
        form(FormKind.SELF_ASSESSMENT, "so-tu-phap"),
        CRITERIA_SHEET,
        {
            (claimed.code, "not_applicable"): "có",
            (claimed.code, "explanation"): "Không phát sinh",
            **{(f"{claimed.code}/{field.id}", "value"): None for field in claimed.rule.fields},
        },
    )

    def hide(book: Workbook) -> None:
        sheet = book[CRITERIA_SHEET]
        at = columns_of(sheet)["value"]
        wrong, share = row_of(sheet, "1.1.3/numerator"), row_of(sheet, "1.1.3/denominator")
        sheet.cell(wrong, at).value = "=1/0"
        sheet.cell(share, at).value = 0.95
        sheet.cell(share, at).number_format = "0.00%"
        hidden = row_of(sheet, "1.1.1/date")
        sheet.row_dimensions[hidden].hidden = True

    read = saved_as({"phieu.xlsx": edited(content, hide)}, tmp_path)
    usual = read["xlsx"]["phieu"]
    told = " ".join(said(usual))
    assert "ô báo lỗi #DIV/0!" in told
    assert "“95%” là tỷ lệ" in told
    assert "đang bị ẩn có số liệu" in told
    for format in ("xls", "ods"):
        assert without_places(read[format]["phieu"]) == without_places(usual), format
