"""The workbooks of a round: what officers may fill in, what LibreOffice calculates, whose they are, the same bytes."""

import csv
import hashlib
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK, NOT_APPLICABLE, YES
from models.criteria.sets import Source
from models.findings import RefusedError
from models.forms.descriptions import ROUND_KINDS, FormKind, read_identity, set_used
from models.forms.explanation import EXPLANATION_SHEET
from models.forms.row_keys import Remark, RowKey
from models.forms.self_assessment import CRITERIA_SHEET, SUMMARY_SHEET
from models.forms.sheets import COVER_SHEET, IDENTITY_SHEET, KEY_ID, LISTS_SHEET, REASON_MISSING
from models.forms.sources import ScoreSource, Stage
from models.forms.tables import EVIDENCE, fact_of_column
from models.province.folder import Province, load_province
from models.province.rounds import RankingRule
from models.records.entries import EvidenceEntry, FactEntry, WordEntry
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.forms.fact_cells import value_of
from tasks.forms.round_records import RoundRecords, read_round
from tasks.forms.self_assessment import self_assessment_book, self_assessment_form
from tasks.forms.writing import only, write_forms
from tasks.progress.forecasting import SuggestedFact
from tasks.recording.importing import read_facts, read_scores
from tasks.recording.versions import record_facts, record_scores
from tasks.scoring.points import Given, GroupScoring, UnitInput, score_unit
from tasks.spreadsheets.clockless import parts_without_clock
from tasks.spreadsheets.workbooks import INPUT_FILL, book_bytes
from tests.conftest import copy_example
from tests.libreoffice import all_converted, recalculated

pytestmark = pytest.mark.slow

YEAR = 2025
UNITS = ("so-tu-phap", "thanh-tra", "xa-long-dien")
SHEETS = [COVER_SHEET, CRITERIA_SHEET, SUMMARY_SHEET, LISTS_SHEET, IDENTITY_SHEET]


class Held(NamedTuple):
    """A province with nothing recorded, and the same with its sample data."""

    province: Province
    empty: Storage
    recorded: Storage
    folder: Path


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("forms")
    province = load_province(copy_example("tinh-mau", folder))
    empty = open_storage(folder / "empty", Settings(user="người thử"))
    recorded = open_storage(folder / "recorded", Settings(user="người thử"))
    content = (province.folder / "facts-2025.csv").read_bytes()
    facts, _ = read_facts(content, "facts-2025.csv", province, YEAR, {})
    record_facts(recorded, YEAR, content, "facts-2025.csv", facts)
    content = (province.folder / "scores-2025.csv").read_bytes()
    scores, _ = read_scores(content, "scores-2025.csv", province, YEAR)
    record_scores(recorded, YEAR, content, "scores-2025.csv", scores)
    yield Held(province, empty, recorded, folder)
    empty.engine.dispose()
    recorded.engine.dispose()


@pytest.fixture(scope="module")
def blank(held: Held) -> dict[str, Path]:
    """Blank self-assessment forms by unit."""
    paths = write_forms(held.province, held.empty, YEAR, FormKind.SELF_ASSESSMENT, UNITS, held.folder / "blank")
    return {path.stem.removeprefix(f"tu-danh-gia-{YEAR}-"): path for path in paths}


@pytest.fixture(scope="module")
def written(held: Held) -> dict[FormKind, list[Path]]:
    """Forms of all kinds with what is recorded; a few units of both groups."""
    out = held.folder / "written"
    units = (*UNITS, "so-y-te", "so-noi-vu")
    return {kind: write_forms(held.province, held.recorded, YEAR, kind, units, out) for kind in ROUND_KINDS}


# --- finding one's way by keys and column ids, as a reader does -------------------------------------------------------


def columns_of(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): int(cell.column or 0) for cell in sheet[1] if cell.value is not None}


def rows_of(sheet: Worksheet) -> dict[str, int]:
    column = columns_of(sheet)[KEY_ID]
    keys = ((sheet.cell(row, column).value, row) for row in range(2, sheet.max_row + 1))
    return {str(key): row for key, row in keys if key is not None}


def at(sheet: Worksheet, key: str, column: str) -> Any:
    return sheet.cell(rows_of(sheet)[key], columns_of(sheet)[column])


def sheets_with_rows(book: Workbook) -> list[Worksheet]:
    return [sheet for sheet in book.worksheets if sheet.cell(1, 1).value == KEY_ID]


def unlocked(sheet: Worksheet) -> set[str]:
    return {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}


def checked(sheet: Worksheet) -> set[str]:
    return {
        sheet.cell(row, column).coordinate
        for validation in sheet.data_validations.dataValidation
        for part in validation.sqref.ranges
        for row in range(part.min_row, part.max_row + 1)
        for column in range(part.min_col, part.max_col + 1)
    }


def facts_of(folder: Path, unit: str) -> dict[tuple[str, str], str]:
    with (folder / "facts-2025.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {(row["component"], row["fact"]): row["value"] for row in rows if row["unit"] == unit}


# --- what may be filled in --------------------------------------------------------------------------------------------


def test_a_unit_has_one_form_with_its_pages_and_hidden_sheets(blank: dict[str, Path]) -> None:
    assert list(blank) == list(UNITS)
    for path in blank.values():
        book = load_workbook(path)
        assert book.sheetnames == SHEETS
        states = [book[name].sheet_state for name in SHEETS]
        assert states == ["visible", "visible", "visible", "hidden", "veryHidden"]
        assert book.active is book[COVER_SHEET]
        assert book.security.lockStructure


def test_leaves_stand_in_the_order_of_the_set_with_a_row_for_every_fact_asked(
    held: Held, blank: dict[str, Path]
) -> None:
    for code, path in blank.items():
        unit = held.province.units[code]
        sheet = load_workbook(path)[CRITERIA_SHEET]
        record = read_round(held.province, held.empty, YEAR).units[code]
        expected = []
        for leaf in record.criteria_set.leaves:
            expected.append(leaf.code)
            if leaf.source is Source.SELF and leaf.applies_to(code, unit.kind):
                expected += [f"{leaf.code}/{field.id}" for field in leaf.rule.fields]
        assert list(rows_of(sheet)) == expected


def test_only_inputs_are_unlocked_and_each_has_a_check_with_vietnamese_messages(
    blank: dict[str, Path], written: dict[FormKind, list[Path]]
) -> None:
    for path in [*blank.values(), *(path for paths in written.values() for path in paths)]:
        book = load_workbook(path)
        assert sum(len(unlocked(sheet)) for sheet in book.worksheets) > 0, path
        for sheet in book.worksheets:
            assert sheet.protection.sheet, (path, sheet.title)
            assert not sheet.protection.password
            free = unlocked(sheet)
            merged = {
                cell.coordinate
                for area in sheet.merged_cells.ranges
                for row in sheet[area.coord]
                for cell in row[0 if row[0].row != area.min_row else 1 :]
            }
            assert free - merged <= checked(sheet), (path, sheet.title)
            white = {cell for cell in free - merged if sheet[cell].fill.start_color.rgb != f"00{INPUT_FILL}"}
            assert {sheet.cell(1, sheet[cell].column).value for cell in white} <= set(EVIDENCE)
            for validation in sheet.data_validations.dataValidation:
                assert validation.promptTitle
                assert validation.prompt
                assert validation.error
                assert validation.showErrorMessage
                assert validation.showInputMessage
                assert len(validation.prompt) <= 255
                assert len(validation.error) <= 225
                assert len(validation.promptTitle) <= 32
                assert len(validation.formula1) <= 255


def test_further_lines_of_evidence_look_white_until_the_line_before_is_filled(blank: dict[str, Path]) -> None:
    sheet = load_workbook(blank["so-tu-phap"])[CRITERIA_SHEET]
    lines = [at(sheet, key, "document") for key in ("1.1.3/numerator", "1.1.3/denominator", "1.1.3")]
    assert [cell.fill.fill_type for cell in lines] == ["solid", None, None]
    assert not any(cell.protection.locked for cell in lines)
    yellow = [
        (min(each.min_row for each in area.sqref.ranges), area.sqref, rule.formula[0])
        for area in sheet.conditional_formatting
        for rule in area.rules
        if str(rule.dxf.fill.end_color.rgb).endswith(INPUT_FILL)
    ]
    for before, line in pairwise(lines):
        ((first, formula),) = ((top, said) for top, cells, said in yellow if line.coordinate in cells)
        column, row = coordinate_from_string(formula.replace("$", "").removesuffix('<>""'))
        assert (column, row + line.row - first) == (before.column_letter, before.row)


def test_surveyed_registered_and_structurally_removed_leaves_are_locked(held: Held, blank: dict[str, Path]) -> None:
    sheet = load_workbook(blank["thanh-tra"])[CRITERIA_SHEET]
    criteria_set = held.province.criteria_sets["so-2025"]
    free = unlocked(sheet)
    seen = set()
    for leaf in criteria_set.leaves:
        applies = leaf.applies_to("thanh-tra", "so")
        row = rows_of(sheet)[leaf.code]
        open_cells = {cell.coordinate for cell in sheet[row] if cell.coordinate in free}
        assert bool(open_cells) is (applies and leaf.source is Source.SELF), leaf.code
        assert (at(sheet, leaf.code, "not_applicable").value == NOT_APPLICABLE) is not applies
        seen.add((applies, leaf.source))
    assert {(True, Source.SURVEY), (True, Source.REGISTER), (False, Source.SELF), (True, Source.SELF)} <= seen


def test_only_leaves_that_may_be_claimed_have_a_claim(held: Held, blank: dict[str, Path]) -> None:
    sheet = load_workbook(blank["so-tu-phap"])[CRITERIA_SHEET]
    free = unlocked(sheet)
    for leaf in held.province.criteria_sets["so-2025"].leaves:
        if leaf.applies_to("so-tu-phap", "so") and leaf.source is Source.SELF:
            claim = at(sheet, leaf.code, "not_applicable").coordinate
            assert (claim in free) is leaf.may_be_claimed, leaf.code


def test_the_rule_stands_under_the_name_and_labels_begin_with_a_large_letter(blank: dict[str, Path]) -> None:
    sheet = load_workbook(blank["so-tu-phap"])[CRITERIA_SHEET]
    assert at(sheet, "1.1.3", "content").value == (
        "Mức độ hoàn thành kế hoạch CCHC\nTỷ lệ (số nhiệm vụ CCHC hoàn thành đúng tiến độ ÷ tổng số nhiệm vụ trong kế "
        "hoạch CCHC năm) × 2 điểm; dưới 70%: 0 điểm"
    )
    assert at(sheet, "1.1.3/numerator", "content").value == "Số nhiệm vụ CCHC hoàn thành đúng tiến độ"


def test_choices_are_offered_by_label(blank: dict[str, Path]) -> None:
    book = load_workbook(blank["so-tu-phap"])
    sheet = book[CRITERIA_SHEET]
    cell = at(sheet, "1.4.1/option", "value").coordinate
    (validation,) = (each for each in sheet.data_validations.dataValidation if cell in each.sqref)
    place = str(validation.formula1).removeprefix(f"{LISTS_SHEET}!").replace("$", "")
    labels = [row[0].value for row in book[LISTS_SHEET][place]]
    assert labels == [
        "Có kế hoạch, từ ba hình thức trở lên",
        "Có kế hoạch, một hoặc hai hình thức",
        "Không có kế hoạch tuyên truyền",
    ]
    answer = at(sheet, "1.1.2/fields", "value").coordinate
    (validation,) = (each for each in sheet.data_validations.dataValidation if answer in each.sqref)
    assert validation.formula1 == '"có,không"'


def test_number_and_date_formats_fit_the_facts(blank: dict[str, Path]) -> None:
    sheet = load_workbook(blank["so-tu-phap"])[CRITERIA_SHEET]
    formats = {key: at(sheet, key, "value").number_format for key in ("1.1.1/date", "1.2.1/late", "1.1.3/numerator")}
    assert formats == {"1.1.1/date": "dd/mm/yyyy", "1.2.1/late": "#,##0", "1.1.3/numerator": "#,##0"}
    assert at(sheet, "1.1.1", "number").number_format == "@", "a document number like 1/2 must not become a date"


def test_pages_print_on_a4_across_one_page_wide_with_their_heads(written: dict[FormKind, list[Path]]) -> None:
    for paths in written.values():
        for sheet in sheets_with_rows(load_workbook(paths[0])):
            assert sheet.page_setup.orientation == "landscape"
            assert int(sheet.page_setup.paperSize or 0) == 9
            assert sheet.page_setup.fitToWidth == 1
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.print_title_rows in ("$4:$5", "$4:$4")
            assert sheet.freeze_panes
            assert sheet.row_dimensions[1].hidden
            assert sheet.column_dimensions["A"].hidden
            assert sheet.oddHeader.center.text == "DỮ LIỆU MẪU"


def test_the_cover_says_whose_form_it_is_when_it_is_due_and_how_to_fill_it_in(blank: dict[str, Path]) -> None:
    sheet = load_workbook(blank["so-tu-phap"])[COVER_SHEET]
    text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
    for said in ("Sở Tư pháp (mã so-tu-phap)", "Năm 2025", "10/01/2026", "Cách điền", "Màu của ô", "Ô xám"):
        assert said in text


def test_a_cover_tells_the_colours_of_its_own_form(written: dict[FormKind, list[Path]]) -> None:
    def told(kind: FormKind) -> str:
        sheet = load_workbook(written[kind][0])[COVER_SHEET]
        return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)

    assert "Chưa trả lời" in told(FormKind.EXPLANATION)
    assert "thay đổi mà chưa ghi lý do" in told(FormKind.APPRAISAL)
    for kind in set(ROUND_KINDS) - {FormKind.SELF_ASSESSMENT}:
        assert "thiếu tài liệu kiểm chứng" not in told(kind)
        assert "không áp dụng với đơn vị" not in told(kind)


# --- what is calculated -----------------------------------------------------------------------------------------------


def fill(
    path: Path, fields: dict[tuple[str, str], FactField], facts: dict[tuple[str, str], str], claims: set[str]
) -> None:
    """Fill a form as an officer does: facts and claims into the cells of their keys."""
    book = load_workbook(path)
    sheet = book[CRITERIA_SHEET]
    rows, columns = rows_of(sheet), columns_of(sheet)
    for (code, fact), value in facts.items():
        if (row := rows.get(f"{code}/{fact}")) is not None:
            sheet.cell(row, columns["value"], value_of(fields[code, fact], value))
    for code in claims:
        sheet.cell(rows[code], columns["not_applicable"], YES)
    book.save(path)


@pytest.fixture(scope="module")
def filled(held: Held, blank: dict[str, Path]) -> dict[str, tuple[Workbook, UnitInput, GroupScoring]]:
    """Blank forms filled with the sample's facts and some claims, as LibreOffice calculates them."""
    out = held.folder / "filled"
    out.mkdir()
    results = {}
    for code, path in blank.items():
        group = held.province.group_of(held.province.round_of(YEAR), code)
        assert group
        criteria_set = held.province.criteria_sets[group.criteria_set]
        unit = held.province.units[code]
        claimable = [
            leaf.code
            for leaf in criteria_set.leaves
            if leaf.may_be_claimed and leaf.source is Source.SELF and leaf.applies_to(code, unit.kind)
        ]
        facts = facts_of(held.province.folder, code)
        without = {leaf for leaf in claimable if leaf not in {component for component, _ in facts}}
        claims = without | set(claimable[:3])
        facts = {key: value for key, value in facts.items() if key[0] not in claims}
        fields = {(leaf.code, field.id): field for leaf in criteria_set.leaves for field in leaf.rule.fields}
        target = out / path.name
        target.write_bytes(path.read_bytes())
        fill(target, fields, facts, claims)
        own: dict[str, dict[str, str]] = {}
        for (component, fact), value in facts.items():
            if component in criteria_set.by_code and criteria_set.by_code[component].source is Source.SELF:
                own.setdefault(component, {})[fact] = value
        given = {(claim, ScoreSource.SELF): Given(None) for claim in claims}
        results[code] = UnitInput(unit, own, given), GroupScoring(criteria_set, YEAR, rule=RankingRule())
    converted = all_converted([out / path.name for path in blank.values()], held.folder, "xlsx")
    return {
        code: (load_workbook(path, data_only=True), *results[code])
        for code, path in zip(results, converted, strict=True)
    }


def near(shown: object, expected: Decimal | None) -> bool:
    if expected is None:
        return shown in (None, "", "–")
    return isinstance(shown, int | float) and abs(Decimal(str(shown)) - expected) < Decimal("0.00000001")


@pytest.mark.parametrize("code", UNITS)
def test_a_filled_form_shows_the_points_that_scoring_gives(
    filled: dict[str, tuple[Workbook, UnitInput, GroupScoring]], code: str
) -> None:
    book, unit, scoring = filled[code]
    scored = score_unit(unit, scoring, [])
    sheet, summary = book[CRITERIA_SHEET], book[SUMMARY_SHEET]
    own = [leaf for leaf in scored.leaves if scoring.criteria_set.by_code[leaf.code].source is Source.SELF]
    shown = {leaf.code: at(sheet, leaf.code, "points").value for leaf in own}
    assert [leaf.code for leaf in own if not near(shown[leaf.code], leaf.points)] == []
    assert sum(leaf.points is None for leaf in own) >= 3, "claims are taken out"

    columns = columns_of(summary)
    lines = {summary.cell(row, columns["content"]).value: row for row in range(5, 6 + len(scoring.criteria_set.areas))}
    for name, area in [(area.name, area.code) for area in scoring.criteria_set.areas] + [("Tổng cộng", "")]:
        leaves = [leaf for leaf in own if area in ("", scoring.criteria_set.by_code[leaf.code].area)]
        points = sum((leaf.points for leaf in leaves if leaf.points is not None), Decimal(0))
        maximum = sum((leaf.max for leaf in leaves if leaf.points is not None), Decimal(0))
        line = {id: summary.cell(lines[name], column).value for id, column in columns.items()}
        assert near(line["points"], points), (name, line)
        assert near(line["adjusted"], maximum), (name, line)
        assert near(line["index"], points / maximum * 100 if maximum else None), (name, line)
        assert (line["missing"], line["check"]) == (0, 0), (name, line)


def test_a_half_filled_form_counts_what_is_missing_and_what_makes_no_sense(held: Held, blank: dict[str, Path]) -> None:
    path = held.folder / "half.xlsx"
    path.write_bytes(blank["so-tu-phap"].read_bytes())
    book = load_workbook(path)
    sheet = book[CRITERIA_SHEET]
    at(sheet, "1.1.1/date", "value").value = date(2025, 1, 20)
    at(sheet, "1.1.3/numerator", "value").value = 12
    at(sheet, "1.1.3/denominator", "value").value = 10
    book.save(path)
    half = recalculated(path, held.folder)
    assert at(half[CRITERIA_SHEET], "1.1.1", "points").value == 0.25
    assert at(half[CRITERIA_SHEET], "1.1.3", "points").value == CHECK
    summary, columns = half[SUMMARY_SHEET], columns_of(half[SUMMARY_SHEET])
    first = {id: summary.cell(5, column).value for id, column in columns.items()}
    leaves = [
        leaf
        for leaf in held.province.criteria_sets["so-2025"].leaves
        if leaf.area == "1" and leaf.source is Source.SELF
    ]
    assert (first["points"], first["missing"], first["check"]) == (0.25, len(leaves) - 2, 1)


def test_what_is_already_recorded_stands_in_its_cell(held: Held, written: dict[FormKind, list[Path]]) -> None:
    for path in written[FormKind.SELF_ASSESSMENT][:2]:
        code = path.stem.removeprefix(f"tu-danh-gia-{YEAR}-")
        sheet = load_workbook(path)[CRITERIA_SHEET]
        criteria_set = read_round(held.province, held.recorded, YEAR).units[code].criteria_set
        rows, columns = rows_of(sheet), columns_of(sheet)
        count = 0
        for (component, fact), value in facts_of(held.province.folder, code).items():
            if (row := rows.get(f"{component}/{fact}")) is None:
                continue
            count += 1
            (field,) = (field for field in criteria_set.by_code[component].rule.fields if field.id == fact)
            shown = sheet.cell(row, columns["value"]).value
            assert shown is not None
            said = shown.strftime("%d/%m/%Y") if hasattr(shown, "strftime") else str(shown)
            assert field.read(said) == value, (component, fact)
        assert count > 50


def test_forms_of_every_kind_open_without_an_error_value(held: Held, written: dict[FormKind, list[Path]]) -> None:
    paths = [path for kind in ROUND_KINDS for path in written[kind]]
    for path in all_converted(paths, held.folder / "opened", "xlsx"):
        for sheet in load_workbook(path, data_only=True).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "e", (path.name, sheet.title, cell.coordinate, cell.value)
                    assert not str(cell.value).startswith(("#N", "#R", "#V", "#D", "Err:")), (
                        path.name,
                        cell.coordinate,
                    )


# --- appraisal, explanation, survey, register -------------------------------------------------------------------------


def test_every_leaf_that_is_not_surveyed_is_appraised_by_exactly_one_agency(
    held: Held, written: dict[FormKind, list[Path]]
) -> None:
    keys: list[str] = []
    subjects = []
    for path in written[FormKind.APPRAISAL]:
        book = load_workbook(path)
        subjects.append(path.stem)
        for sheet in sheets_with_rows(book):
            keys += rows_of(sheet)
    assert subjects == [f"tham-dinh-{YEAR}-{id}" for id in ("snv", "stp", "stc", "skhcn", "vp")]
    expected = {
        str(RowKey(leaf.code, unit=code))
        for code in (*UNITS, "so-y-te", "so-noi-vu")
        for record in [read_round(held.province, held.empty, YEAR).units[code]]
        for leaf in record.criteria_set.leaves
        if leaf.source is not Source.SURVEY and leaf.applies_to(code, record.unit.kind)
    }
    assert len(keys) == len(set(keys))
    assert set(keys) == expected


def test_the_appraiser_sees_facts_claimed_points_and_what_was_given_before(written: dict[FormKind, list[Path]]) -> None:
    sheet = sheets_with_rows(load_workbook(written[FormKind.APPRAISAL][1]))[0]
    key = "so-tu-phap:2.2.1"
    assert at(sheet, key, "unit").value == "Sở Tư pháp"
    assert at(sheet, key, "stated").value == "Ngày ban hành kế hoạch rà soát: 07/02/2025"
    assert (at(sheet, key, "points").value, at(sheet, key, "max").value) == (0.5, 0.5)
    assert at(sheet, key, "appraised").value == 0.25
    assert at(sheet, key, "reason").value == "Ngày ký trên văn bản là 17/02/2025"


def test_a_change_without_a_reason_is_shown(held: Held, written: dict[FormKind, list[Path]]) -> None:
    path = held.folder / "appraised.xlsx"
    path.write_bytes(written[FormKind.APPRAISAL][1].read_bytes())
    book = load_workbook(path)
    sheet = sheets_with_rows(book)[0]
    changes: dict[str, dict[str, Any]] = {
        "so-y-te:2.1.2": {"appraised": 0.5},
        "so-y-te:2.2.1": {"appraised": 0.25, "reason": "Văn bản ký ngày 20/02/2025"},
        "so-noi-vu:2.1.1": {"appraised": 1},
        "so-noi-vu:2.1.2": {"not_applicable": YES},
        "so-tu-phap:2.1.1": {"not_applicable": YES, "reason": "Không phát sinh"},
        "so-tu-phap:2.1.2": {},
    }
    for key, values in changes.items():
        for column, value in values.items():
            at(sheet, key, column).value = value
    book.save(path)
    shown = sheets_with_rows(recalculated(path, held.folder))[0]
    missing = {key for key in changes if at(shown, key, "check").value == REASON_MISSING}
    assert missing == {"so-y-te:2.1.2", "so-noi-vu:2.1.2"}
    points = next(each for each in sheet.data_validations.dataValidation if each.promptTitle == "Điểm thẩm định")
    first = next(iter(points.sqref.ranges)).min_row
    assert (points.type, points.operator) == ("decimal", "between")
    assert (points.formula1, points.formula2) == ("0", f"$D{first}")


def test_the_explanation_form_holds_exactly_what_was_cut_with_its_reason(
    held: Held, written: dict[FormKind, list[Path]]
) -> None:
    records = read_round(held.province, held.recorded, YEAR)
    cut_in_all = 0
    for path in written[FormKind.EXPLANATION]:
        code = path.stem.removeprefix(f"giai-trinh-{YEAR}-")
        sheet = load_workbook(path)[EXPLANATION_SHEET]
        record = records.units[code]
        expected = [
            leaf
            for leaf, claimed in record.claimed.items()
            if (
                given := record.given.get((leaf, ScoreSource.COUNCIL))
                or record.given.get((leaf, ScoreSource.APPRAISAL))
            )
            and claimed.points is not None
            and given.points is not None
            and given.points < claimed.points
        ]
        assert [key for key in rows_of(sheet) if not key.startswith("#")] == expected
        assert {Remark.PREPARED_BY, Remark.CONTACT} == {key for key in rows_of(sheet) if key.startswith("#")}
        for leaf in expected:
            reason = record.note(leaf, ScoreSource.COUNCIL) or record.note(leaf, ScoreSource.APPRAISAL)
            assert str(at(sheet, leaf, "reason").value).endswith(f": {reason}")
            declared = record.criteria_set.by_code[leaf]
            assert all(line in str(at(sheet, leaf, "content").value) for line in record.stated(declared))
        cut_in_all += len(expected)
    assert cut_in_all > 5


@pytest.mark.parametrize(
    ("kind", "sources"), [(FormKind.SURVEY, {Source.SURVEY}), (FormKind.REGISTER, {Source.REGISTER, Source.EXTERNAL})]
)
def test_tables_of_facts_show_the_points_of_the_rules(
    held: Held, written: dict[FormKind, list[Path]], kind: FormKind, sources: set[Source]
) -> None:
    records = read_round(held.province, held.recorded, YEAR)
    seen: set[tuple[str, str]] = set()
    for path in all_converted(written[kind], held.folder / kind, "xlsx"):
        for sheet in sheets_with_rows(load_workbook(path, data_only=True)):
            for text in rows_of(sheet):
                key = RowKey.read(text)
                assert key
                record = records.units[key.unit]
                leaf = record.criteria_set.by_code.get(key.code)
                if leaf is None:
                    continue
                facts = {fact for column in columns_of(sheet) if (fact := fact_of_column(column))}
                assert facts == {field.id for field in leaf.rule.fields}
                stated = record.facts.get(key.code, {})
                expected = leaf.rule.points(stated, leaf.max, YEAR).points if stated else None
                counted = None if expected is None else record.ranking.counted_points(expected)
                assert near(at(sheet, text, "points").value, counted), (path.name, text)
                seen.add((key.unit, key.code))
    assert seen == {
        (code, leaf.code)
        for code in (*UNITS, "so-y-te", "so-noi-vu")
        for leaf in records.units[code].criteria_set.leaves
        if leaf.source in sources and leaf.applies_to(code, records.units[code].unit.kind)
    }


def test_the_register_asks_for_cases_of_bonus_and_penalty(written: dict[FormKind, list[Path]]) -> None:
    book = load_workbook(written[FormKind.REGISTER][0])
    assert {"Điểm thưởng", "Điểm trừ"} <= set(book.sheetnames)
    assert "so-y-te:DT.1" in rows_of(book["Điểm thưởng"])
    assert "so-y-te:DP.3" in rows_of(book["Điểm trừ"])


# --- whose form, and the same bytes -----------------------------------------------------------------------------------


def test_the_hidden_identity_is_read_back_and_holds_for_the_rows(
    held: Held, written: dict[FormKind, list[Path]]
) -> None:
    for kind, paths in written.items():
        for path in paths:
            book = load_workbook(path)
            stated = read_identity(book[IDENTITY_SHEET].iter_rows(values_only=True))
            assert (stated.identity.kind, stated.identity.year, stated.identity.province) == (kind, YEAR, "tinh-mau")
            assert path.stem.endswith(f"-{stated.identity.subject}")
            known = {set_used(criteria_set) for criteria_set in held.province.criteria_sets.values()}
            assert set(stated.identity.sets) <= known
            keys = [key for sheet in sheets_with_rows(book) for key in rows_of(sheet)]
            assert stated.holds_for(keys), path.name
            assert not stated.holds_for(keys[:-1])


def test_the_same_records_give_the_same_bytes(held: Held, written: dict[FormKind, list[Path]]) -> None:
    again = held.folder / "again"
    units = (*UNITS, "so-y-te", "so-noi-vu")
    for kind, paths in written.items():
        for path in write_forms(held.province, held.recorded, YEAR, kind, units, again):
            (first,) = (each for each in paths if each.name == path.name)
            assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()


HOSTILE = (
    '=HYPERLINK("http://x.example","Sở")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "#REF!",
    "Sở & <b>“A”</b> 'B' \"C\" &P&D &12",
    "Sở\x07 Tư\x00 pháp",
    "S\u01a1\u0309 Tu\u031b pha\u0301p",
    "Sở \u202eđảo\u202c 😀",
    "Sở rất dài " * 40,
)


def test_hostile_names_stay_names_in_forms_of_every_kind(held: Held, tmp_path: Path) -> None:
    codes = [unit.code for unit in held.province.units.values() if unit.kind == "so"][: len(HOSTILE)]
    named = dict(zip(codes, HOSTILE, strict=True))
    units = {
        code: unit.model_copy(update={"name": named.get(code, unit.name)}) for code, unit in held.province.units.items()
    }
    hostile = replace(held.province, units=units)
    for kind in ROUND_KINDS:
        written = write_forms(hostile, held.recorded, YEAR, kind, codes, tmp_path / "hostile")
        plain = write_forms(held.province, held.recorded, YEAR, kind, codes, tmp_path / "plain")
        assert [path.name for path in written] == [path.name for path in plain]
        for path, other in zip(written, plain, strict=True):
            assert formulas_in(path) == formulas_in(other), path.name
    paths = [tmp_path / "hostile" / f"tu-danh-gia-{YEAR}-{code}.xlsx" for code in codes]
    for path, name in zip(all_converted(paths, tmp_path, "xlsx"), HOSTILE, strict=True):
        assert load_workbook(path)[COVER_SHEET]["B3"].value == harmless(name)


def harmless(name: str) -> str:
    """What is left of a name: composed, without characters that no workbook may hold."""
    return normalize("NFC", name.replace("\x07", "").replace("\x00", ""))


def formulas_in(path: Path) -> list[str]:
    return [
        f"{sheet.title}!{cell.coordinate} {cell.value}"
        for sheet in load_workbook(path).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type in ("f", "e")
    ]


# --- one template for units whose forms look alike --------------------------------------------------------------------


def alike(records: RoundRecords) -> None:
    """Every form from a template is the one that is written cell by cell, in all its parts."""
    for unit in records.units:
        form = parts_without_clock(self_assessment_form(records, unit))
        assert form == parts_without_clock(book_bytes(self_assessment_book(records, unit).book)), unit


def test_a_form_from_a_template_is_the_one_written_cell_by_cell(held: Held) -> None:
    records = only(read_round(held.province, held.recorded, YEAR), [*UNITS, "so-y-te", "xa-an-loc"])
    asked = {
        field.kind
        for record in records.units.values()
        for leaf in record.criteria_set.leaves
        for field in leaf.rule.fields
    }
    assert asked == set(FactKind)
    alike(records)
    assert len(records.templates) < len(records.units), "some look alike"


def test_what_a_unit_has_said_stands_in_its_form_whatever_it_is(held: Held) -> None:
    records = only(read_round(held.province, held.empty, YEAR), UNITS)
    code, day = "1.1.1", date(2025, 3, 1)
    said = {
        "so-tu-phap": ("=1+1", "- kế hoạch"),
        "thanh-tra": (" <trống> & \r\n", "@tệp"),
        "xa-long-dien": ("dòng\nhai", "𝟛\x07"),
    }
    units = {
        unit: replace(
            record,
            words={(code, Stage.SELF): WordEntry(unit, code, Stage.SELF, "", said[unit][0])},
            evidence={
                (code, Stage.SELF): [
                    EvidenceEntry(unit, code, Stage.SELF, place, said[unit][1], "1/2", day, "trang 3")
                    for place in range(9)
                ]
            },
            given={("1.1.2", ScoreSource.SELF): Given(None)},
            remarks={FormKind.SELF_ASSESSMENT.value: dict.fromkeys(Remark, said[unit][1])},
        )
        for unit, record in records.units.items()
    }
    alike(replace(records, units=units))


def test_units_have_their_own_layout_where_it_depends_on_more_than_values(held: Held) -> None:
    records = only(read_round(held.province, held.empty, YEAR), ["so-tu-phap", "so-noi-vu"])
    one, other = records.units.values()
    long_name = replace(other, unit=other.unit.model_copy(update={"name": "Sở" + " rất dài" * 30}))
    suggested = {"1.1.1": {"date": SuggestedFact(FactEntry("so-tu-phap", "1.1.1", "date", "2025-03-01"), "báo cáo")}}
    prefilled = replace(one, suggested=suggested)
    for changed, layouts in (([one, other], 1), ([one, long_name], 2), ([prefilled, other], 2)):
        again = replace(records, units={record.unit.code: record for record in changed})
        alike(again)
        assert len(again.templates) == layouts


# --- refusals and the command line ------------------------------------------------------------------------------------


def test_units_that_do_not_take_part_are_all_named(held: Held, tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        write_forms(held.province, held.empty, YEAR, FormKind.SURVEY, ["so-x", "so-y-te", "so-z"], tmp_path / "out")
    assert [finding.what for finding in refused.value.findings] == [
        "không có đơn vị mang mã “so-x”",
        "không có đơn vị mang mã “so-z”",
    ]
    assert not (tmp_path / "out").exists()


def test_a_year_without_a_round_is_refused(held: Held, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="chưa khai báo kỳ đánh giá năm 2031"):
        write_forms(held.province, held.empty, 2031, FormKind.SELF_ASSESSMENT, [], tmp_path)


def test_the_form_of_a_month_is_no_form_of_a_round(held: Held, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="không phải là biểu mẫu của kỳ đánh giá") as refused:
        write_forms(held.province, held.empty, YEAR, FormKind.MONTHLY, [], tmp_path / "out")
    assert refused.value.findings[0].remedy == "Ghi biểu mẫu của một tháng"


def test_a_round_with_no_records_has_every_form_but_the_councils(held: Held, tmp_path: Path) -> None:
    for kind in ROUND_KINDS:
        paths = write_forms(held.province, held.empty, YEAR, kind, ["so-y-te"], tmp_path)
        assert bool(paths) is (kind is not FormKind.COUNCIL), "without an appraisal nothing is contested"
    text = [
        cell.value
        for row in load_workbook(tmp_path / f"giai-trinh-{YEAR}-so-y-te.xlsx")[EXPLANATION_SHEET]
        for cell in row
    ]
    assert "Không có tiêu chí nào bị giảm điểm khi thẩm định." in text


def test_the_command_writes_forms_of_the_asked_kind(
    held: Held, cchc: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    province = copy_example("tinh-mau", tmp_path)
    done = cchc("--province", province, "forms", "2025", "--unit", "so-y-te", "--unit", "so-tu-phap", "--out", "phieu")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "phieu").iterdir()) == [
        "tu-danh-gia-2025-so-tu-phap.xlsx",
        "tu-danh-gia-2025-so-y-te.xlsx",
    ]
    done = cchc("--province", province, "forms", "survey", "2025", "--out", "khao-sat")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "khao-sat").iterdir()) == [
        "khao-sat-2025-so.xlsx",
        "khao-sat-2025-xa.xlsx",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("2025", "--unit", "so-x"), 1, "không có đơn vị mang mã “so-x”"),
        (("2031",), 1, "chưa khai báo kỳ đánh giá năm 2031"),
        (("khac", "2025"), 2, "không có loại “khac”"),
        (("survey",), 2, "ghi năm từ 2000 đến 2100"),
        (("a", "b", "2025"), 2, "ghi năm từ 2000 đến 2100"),
    ],
)
def test_the_command_says_what_is_wrong(
    cchc: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    province = copy_example("tinh-mau", tmp_path)
    done = cchc("--province", province, "forms", *arguments, "--out", "phieu", COLUMNS="300")
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
