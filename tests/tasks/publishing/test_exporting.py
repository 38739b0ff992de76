"""Results for other tools and for spreadsheets: the JSON to the letter, the same in CSV and XLSX; nothing that runs."""

import csv
import io
import json
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from models.records.snapshots import Frozen
from tasks.publishing.exporting import FORMATS, rank_rows, results_data, results_in_format
from tasks.spreadsheets.inert import inert
from tests.tasks.districts import Districts

Json = dict[str, Any]
SNAPSHOT = "0" * 64
ROUND_KEYS = ["year", "snapshot", "status", "groups"]
GROUP_KEYS = ["id", "name", "size", "mean", "up", "down", "unchanged", "units"]
UNIT_KEYS = [
    *("code", "name", "max_points", "self_points", "appraised_points", "survey_points", "bonus", "penalty"),
    *("points", "index", "rank", "tied", "grade", "gated_by", "ranked", "status", "no_comparison", "areas"),
    *("previous", "change", "robustness"),
]
AREA_KEYS = ["code", "name", "max_points", "points", "index"]
PREVIOUS_KEYS = ["year", "index", "rank", "from"]
PRINTED = re.compile(r"\d+\.\d\d")
DECLARED = re.compile(r"\d+(\.\d+)?")
HOSTILE = ["=1+1", "+84 274", "-2+3", "@SUM(A1)", '=HYPERLINK("x")']


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """A round with a history of two units, one unit that sent nothing, and last year's first now second."""
    districts = Districts.copied(tmp_path_factory.mktemp("exported"))
    districts.receive("\n".join(line for line in districts.scores.splitlines() if not line.startswith("di-an,")))
    districts.receive_history()
    return districts.evaluate().frozen


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """A round whose first units, and a criterion, bear names that a spreadsheet program would run."""
    districts = Districts.copied(tmp_path_factory.mktemp("hostile"))
    units = districts.folder / "units.csv"
    header, *rows = csv.reader(units.read_text(encoding="utf-8").splitlines())
    named = [[row[0], name, *row[2:]] for row, name in zip(rows, HOSTILE, strict=False)]
    with units.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *named, *rows[len(named) :]])
    districts.rewrite("criteria/huyen-2017.yaml", "name: Điểm thẩm định", 'name: "=cmd()"')
    return districts.receive().receive_score("di-an", "1.1", "appraisal", "1").evaluate().frozen


def exported(frozen: Frozen, form: str) -> bytes:
    return results_in_format(frozen, SNAPSHOT, "evaluated", form)


def document(frozen: Frozen) -> Json:
    read: Json = json.loads(exported(frozen, "json"))
    return read


def units_of(frozen: Frozen) -> dict[str, Json]:
    return {unit["code"]: unit for group in document(frozen)["groups"] for unit in group["units"]}


def lines_of(frozen: Frozen) -> dict[str, dict[str, str]]:
    return {line["code"]: line for line in csv.DictReader(io.StringIO(exported(frozen, "csv").decode()))}


def sheets_of(frozen: Frozen) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(exported(frozen, "xlsx")))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book.worksheets}


def test_the_json_has_exactly_the_keys_of_the_interface_at_every_level(frozen: Frozen) -> None:
    read = document(frozen)
    assert list(read) == ROUND_KEYS
    for group in read["groups"]:
        assert list(group) == GROUP_KEYS
        for unit in group["units"]:
            assert list(unit) == UNIT_KEYS
            assert all(list(area) == AREA_KEYS for area in unit["areas"])


def test_the_json_says_what_was_computed(frozen: Frozen) -> None:
    read = document(frozen)
    (group,) = read["groups"]
    assert (read["year"], read["snapshot"], read["status"]) == (2017, SNAPSHOT, "evaluated")
    assert (group["id"], group["name"], group["size"]) == ("huyen", "UBND các huyện, thị xã, thành phố", 9)
    assert (group["up"], group["down"], group["unchanged"]) == (1, 1, 0)
    assert read == results_data(frozen.results, SNAPSHOT, "evaluated")


def test_printed_numbers_are_strings_as_printed_with_a_decimal_point(frozen: Frozen) -> None:
    scored = [unit for unit in units_of(frozen).values() if unit["status"] == "scored"]
    printed = [unit[name] for unit in scored for name in ("appraised_points", "survey_points", "points", "index")]
    printed += [area[name] for unit in scored for area in unit["areas"] for name in ("points", "index")]
    assert all(PRINTED.fullmatch(value) for value in [*printed, document(frozen)["groups"][0]["mean"]])
    declared = [unit[name] for unit in scored for name in ("max_points", "bonus", "penalty")]
    declared += [area["max_points"] for unit in scored for area in unit["areas"]]
    assert all(DECLARED.fullmatch(value) for value in declared)


def test_counted_things_are_whole_numbers_and_yes_or_no_is_true_or_false(frozen: Frozen) -> None:
    best = units_of(frozen)["thu-dau-mot"]
    assert [type(best[name]) for name in ("rank", "tied", "ranked")] == [int, bool, bool]
    assert [type(value) for value in best["robustness"].values()] == [int, int]
    assert [type(document(frozen)["groups"][0][name]) for name in ("size", "up", "down", "unchanged")] == [int] * 4


def test_a_unit_reads_as_in_the_design(frozen: Frozen) -> None:
    unit = units_of(frozen)["tan-uyen"]
    assert {name: unit[name] for name in UNIT_KEYS[2:16]} == {
        "max_points": "100",
        "self_points": None,
        "appraised_points": "48.75",
        "survey_points": "33.25",
        "bonus": "0",
        "penalty": "0",
        "points": "82.00",
        "index": "82.00",
        "rank": 2,
        "tied": False,
        "grade": "Tốt",
        "gated_by": None,
        "ranked": True,
        "status": "scored",
    }
    first = {"code": "1", "name": "Kết quả thẩm định", "max_points": "65", "points": "48.75", "index": "75.00"}
    assert unit["areas"][0] == first
    assert list(unit["robustness"]) == ["rank_p5", "rank_p95"]


def test_previous_and_change_are_filled_where_there_is_something_to_compare(frozen: Frozen) -> None:
    risen = units_of(frozen)["thu-dau-mot"]
    assert list(risen["previous"]) == PREVIOUS_KEYS
    assert risen["previous"] == {"year": 2016, "index": "81.50", "rank": 2, "from": ["thu-dau-mot"]}
    assert risen["change"]["index"] == "3.08"
    assert list(risen["change"]) == ["index", "rank"]
    assert units_of(frozen)["tan-uyen"]["change"]["index"] == "-1.10"


def test_previous_and_change_are_null_where_there_is_nothing_to_compare(frozen: Frozen) -> None:
    alone = units_of(frozen)["bau-bang"]
    assert (alone["previous"], alone["change"]) == (None, None)


def test_a_rank_that_rose_is_positive_where_the_same_units_were_ranked(tmp_path: Path) -> None:
    districts = Districts.copied(tmp_path).receive()
    header = "year,group,unit,max_points,points,index,rank,grade\n"
    best = ["tan-uyen", "thu-dau-mot"]
    others = [code for code in districts.province.units if code not in best]
    rows = [f"2016,huyen,{code},100,{90 - rank},{90 - rank},{rank},\n" for rank, code in enumerate(best + others, 1)]
    districts.receive_history(header + "".join(rows))
    units = units_of(districts.evaluate().frozen)
    assert units["thu-dau-mot"]["change"]["rank"] == 1
    assert units["tan-uyen"]["change"]["rank"] == -1


def test_a_unit_that_sent_nothing_has_no_points_index_rank_or_grade(frozen: Frozen) -> None:
    absent = units_of(frozen)["di-an"]
    assert absent["status"] == "not_scored"
    assert [absent[name] for name in ("points", "index", "rank", "grade", "robustness")] == [None] * 5


def test_the_csv_has_a_line_a_unit_with_the_figures_of_the_json(frozen: Frozen) -> None:
    units, lines = units_of(frozen), lines_of(frozen)
    assert list(lines) == list(units)
    for code, unit in units.items():
        same = [name for name in lines[code] if name in unit and name != "tied"]
        assert {name: lines[code][name] for name in same} == {name: said(unit[name]) for name in same}
    assert lines["thu-dau-mot"]["previous_index"] == "81.50"
    assert lines["thu-dau-mot"]["change_index"] == "3.08"


def said(value: object) -> str:
    return "" if value is None else str(value)


def test_the_workbook_has_the_figures_of_the_json(frozen: Frozen) -> None:
    header, *rows = sheets_of(frozen)["Xếp hạng huyen"]
    columns = {"Hạng": "rank", "Thẩm định": "appraised_points", "Tổng điểm": "points", "Chỉ số (%)": "index"}
    for row in (dict(zip(header, row, strict=True)) for row in rows):
        unit = units_of(frozen)[row["Mã"]]
        assert [number(row[name]) for name in columns] == [number(unit[name]) for name in columns.values()]
        assert (row["Đơn vị"], row["Xếp loại"]) == (unit["name"], unit["grade"])


def number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def test_the_workbook_has_area_indices_and_a_repair_list(frozen: Frozen) -> None:
    sheets = sheets_of(frozen)
    assert list(sheets) == ["Xếp hạng huyen", "Lĩnh vực huyen", "Cần khắc phục"]
    areas = next(row for row in sheets["Lĩnh vực huyen"] if row[1] == "tan-uyen")
    assert areas[3:] == [75, 95, 82]


def test_ranks_as_text_for_the_table_of_a_run(frozen: Frozen) -> None:
    (group,) = frozen.results.groups
    best = rank_rows(frozen, group)[0]
    assert (best["Hạng"], best["Mã"], best["Chỉ số (%)"]) == ("1", "thu-dau-mot", "84.58")


def test_names_that_a_spreadsheet_would_run_are_inert_in_the_csv(hostile: Frozen) -> None:
    assert sorted(line["name"] for line in lines_of(hostile).values())[: len(HOSTILE)] == sorted(
        f"'{name}" for name in HOSTILE
    )


def test_names_that_a_spreadsheet_would_run_are_inert_in_the_workbook(hostile: Frozen) -> None:
    book = load_workbook(io.BytesIO(exported(hostile, "xlsx")))
    cells = [cell for sheet in book.worksheets for row in sheet.rows for cell in row]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [text for text in texts if text.startswith(("=", "+", "-", "@"))] == []
    assert {f"'{name}" for name in [*HOSTILE, "=cmd()"]} <= texts


def test_names_stay_as_they_are_in_the_json_which_nothing_runs(hostile: Frozen) -> None:
    assert set(HOSTILE) <= {unit["name"] for unit in units_of(hostile).values()}


@pytest.mark.parametrize("value", ["-1.10", "+3", "84.58", "Thị xã Tân Uyên", None, 2, Decimal("-0.5")])
def test_numbers_and_plain_names_are_left_alone(value: object) -> None:
    assert inert(value) == value


@pytest.mark.parametrize("value", ["=A1", "+A1", "-A1", "@A1", "\t=A1", "\r=A1", "-1+2", "--1", "+1e5"])
def test_what_starts_like_a_formula_gets_an_apostrophe(value: str) -> None:
    assert inert(value) == f"'{value}"


@pytest.mark.slow
def test_every_format_is_the_same_bytes_some_seconds_later(frozen: Frozen) -> None:
    before = {form: exported(frozen, form) for form in FORMATS}
    time.sleep(2)
    assert {form: exported(frozen, form) for form in FORMATS} == before


def test_json_is_utf8_text_that_people_can_read(frozen: Frozen) -> None:
    content = exported(frozen, "json")
    assert "Thị xã Tân Uyên".encode() in content
    assert content.endswith(b"}\n")
    assert b"Infinity" not in content
    assert b"NaN" not in content
