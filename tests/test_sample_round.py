"""The whole sample round, from its CSV files to the published folder; on both databases the same, byte for byte."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pdfplumber
import pytest
from openpyxl import load_workbook
from pdfplumber.page import Page

from models.province.folder import load_province
from models.records.results import RoundResult, Status
from models.records.snapshots import Frozen, thawed
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.documents.publication import publication_documents
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.folders import verify_folder
from tasks.recording.importing import read_facts, read_history, read_scores
from tasks.recording.versions import facts_by_component, record_facts, record_history, record_scores
from tasks.rendering.letterhead import PaperHead
from tests.conftest import ROOT, copy_example
from tests.libreoffice import converted
from tests.tasks.papers import REASON, numbered
from tests.tasks.papers import published as publish_paper

pytestmark = pytest.mark.slow

YEAR = 2025
GOLDEN = ROOT / "tests" / "golden" / "tinh-mau-2025" / "results.csv"
LATE = "so-cong-thuong"  # sent its form when the appraisal was over


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def without_sheets_of_communes(folder: Path) -> Path:
    """The folder, told to write no sheet for 64 communes: those of the departments show the same."""
    round = folder / "rounds" / "2025.yaml"
    text = round.read_text(encoding="utf-8")
    round.write_text(text.replace("criteria_set: xa-2025", "criteria_set: xa-2025\n    result_sheets: false"), "utf-8")
    return folder


def evaluated(folder: Path, settings: Settings) -> tuple[Storage, Frozen]:
    """The sample round received and evaluated in a folder of its own."""
    province, storage = load_province(folder), open_storage(folder, settings)
    content = (folder / "history-2024.csv").read_bytes()
    record_history(storage, content, "history-2024.csv", read_history(content, "history-2024.csv", province)[0])
    content = (folder / "facts-2025.csv").read_bytes()
    facts, _ = read_facts(content, "facts-2025.csv", province, YEAR, facts_by_component(storage, YEAR))
    record_facts(storage, YEAR, content, "facts-2025.csv", facts)
    content = (folder / "scores-2025.csv").read_bytes()
    record_scores(storage, YEAR, content, "scores-2025.csv", read_scores(content, "scores-2025.csv", province, YEAR)[0])
    return storage, evaluate_round(province, storage, YEAR).frozen


def published_sample(into: Path) -> Path:
    """The sample round published as 05/QĐ-UBND, with its province and its database beside it."""
    folder = without_sheets_of_communes(copy_example("tinh-mau", into))
    storage, _ = evaluated(folder, Settings(user="người thử"))
    publish_paper(folder, storage, YEAR, numbered(5, date(2026, 2, 20)), into / "published")
    storage.engine.dispose()
    return into


@pytest.fixture(scope="module")
def on_sqlite(built_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    return built_once("sample", published_sample) / "published"


@pytest.fixture(scope="module")
def results(on_sqlite: Path) -> RoundResult:
    return thawed((on_sqlite / "snapshot.json").read_bytes()).results


def test_the_results_on_postgresql_equal_those_on_sqlite_byte_for_byte(
    on_sqlite: Path, postgres_url: str, tmp_path: Path
) -> None:
    settings = Settings(user="người khác", database_url=postgres_url)
    storage, frozen = evaluated(without_sheets_of_communes(copy_example("tinh-mau", tmp_path)), settings)
    storage.engine.dispose()
    assert frozen.body == (on_sqlite / "snapshot.json").read_bytes()


def test_every_unit_comes_to_the_recorded_points_rank_and_grade(results: RoundResult) -> None:
    """Whoever changes a figure of the sample says so by changing the recorded ones; the words may change freely."""
    with GOLDEN.open(encoding="utf-8") as file:
        recorded = list(csv.DictReader(file))
    computed = [
        {"group": group.id, "rank": unit.rank, "code": unit.code, "points": unit.points, "max_points": unit.max_points}
        | {"index": unit.index, "grade": unit.grade}
        for group in results.groups
        for unit in group.units
    ]
    assert [{name: str(figure or "") for name, figure in unit.items()} for unit in computed] == recorded


def test_the_published_folder_verifies_and_holds_decision_annexes_and_open_data(on_sqlite: Path) -> None:
    assert verify_folder(on_sqlite) == []
    names = files_in(on_sqlite)
    assert sum(name.startswith("phieu-ket-qua/phieu-ket-qua-") for name in names) == 16
    assert [name for name in names if "/" not in name] == [
        "bao-cao-phu-luc.pdf",
        "bao-cao.pdf",
        "manifest.json",
        "metadata.xml",
        "phu-luc-1-so.pdf",
        "phu-luc-2-so-linh-vuc.pdf",
        "phu-luc-3-xa.pdf",
        "phu-luc-4-xa-linh-vuc.pdf",
        "quyet-dinh.pdf",
        "results.csv",
        "results.json",
        "results.xlsx",
        "snapshot.json",
        "to-trinh.pdf",
    ]
    assert json.loads((on_sqlite / "results.json").read_bytes())["status"] == "published"


def test_the_sample_round_uses_everything(results: RoundResult) -> None:
    departments, communes = results.groups
    assert (departments.size, communes.size) == (16, 64)
    assert [unit.code for unit in communes.not_scored_units] == ["xa-ba-lam"]
    assert [unit.code for unit in departments.unranked_units] == ["thanh-tra"]
    assert any(unit.tied for unit in communes.units)
    assert any(unit.gated for unit in departments.units)
    assert any(unit.bonus for unit in communes.units)
    assert any(unit.penalty for unit in departments.units)
    assert any(area.index is None for unit in departments.units for area in unit.areas)
    bases = {leaf.basis for group in results.groups for unit in group.units for leaf in unit.leaves}
    assert {"council", "appraisal", "survey", "facts", "missing", "not_applicable", "structural", "rebased"} <= bases


def text_of(folder: Path, name: str) -> str:
    with pdfplumber.open(folder / name) as opened:
        return " ".join(" ".join(page.extract_text() for page in opened.pages).split())


def test_ties_the_gate_and_a_missing_survey_of_the_sample_are_printed_as_they_are(
    on_sqlite: Path, results: RoundResult
) -> None:
    communes, departments = (text_of(on_sqlite, name) for name in ("phu-luc-3-xa.pdf", "phu-luc-1-so.pdf"))
    tied = [unit for unit in results.groups[1].units if unit.tied]
    assert [unit.name for unit in tied] == ["Xã Tân Phú", "Xã Xuân Hòa"]
    (rank,) = {unit.rank for unit in tied}
    for unit in tied:
        assert re.search(rf"{unit.name} .{{10,70}} {rank} {unit.grade} ", communes), unit.name
    assert (
        "trừ điểm của các tiêu chí không áp dụng đối với đơn vị đó và điểm của các tiêu chí khảo sát chưa có kết quả "
        "(Sở Ngoại vụ)."
    ) in departments
    assert "khảo sát chưa có kết quả" not in communes
    not_counted = "Tiêu chí khảo sát chưa có kết quả không tính vào điểm tối đa của đơn vị"
    assert not_counted in text_of(on_sqlite, "phu-luc-2-so-linh-vuc.pdf")
    assert not_counted not in text_of(on_sqlite, "phu-luc-4-xa-linh-vuc.pdf")
    assert "Sở Xây dựng: Khá, tiêu chí 3.4 “Kết quả giải quyết hồ sơ thủ tục hành chính” đạt 37,40%" in departments


def test_the_report_and_the_sheet_of_the_sample_name_who_answers(on_sqlite: Path) -> None:
    said = text_of(on_sqlite, "bao-cao.pdf")
    for head in ("Giám đốc Sở Xây dựng (90,26%)", "Chủ tịch UBND xã Ba Lâm (không gửi hồ sơ)"):
        assert head in said
    sheet = text_of(on_sqlite, "phieu-ket-qua/phieu-ket-qua-so-y-te.pdf")
    assert "Người chịu trách nhiệm về Chỉ số của đơn vị: Giám đốc Sở Y tế." in sheet


def test_a_unit_of_the_sample_that_nobody_appraised_is_named_in_its_papers(on_sqlite: Path) -> None:
    frozen = thawed((on_sqlite / "snapshot.json").read_bytes())
    assert frozen.procedure
    assert list(frozen.unappraised) == [LATE]
    assert len(frozen.unappraised[LATE]) > 60
    assert "trừ điểm của Sở Công Thương chưa được thẩm định" in text_of(on_sqlite, "bao-cao.pdf")
    _, _, notes = text_of(on_sqlite, "phu-luc-1-so.pdf").partition("Ghi chú")
    assert re.search(rf"điểm của Sở Công Thương chưa được thẩm định \(.*\); lý do: {REASON}", notes)
    sheet = text_of(on_sqlite, f"phieu-ket-qua/phieu-ket-qua-{LATE}.pdf")
    assert "đơn vị tự đánh giá, chưa được thẩm định" in sheet
    told = json.loads((on_sqlite / "manifest.json").read_bytes())["accepted"]
    assert (told[0]["kind"], told[0]["units"], told[0]["reason"]) == ("chua-tham-dinh", [LATE], REASON)


def test_communes_are_compared_with_what_they_were_merged_from_but_not_rank_with_rank(results: RoundResult) -> None:
    communes = results.group("xa")
    assert communes is not None
    merged = next(unit for unit in communes.units if unit.previous and len(unit.previous.from_units) > 1)
    assert merged.change is not None
    assert communes.population_changed
    assert all(unit.change is None or unit.change.rank is None for unit in communes.units)
    new = next(unit for unit in communes.units if unit.code == "dk-con-sa")
    assert (new.status, new.previous, new.change) == (Status.SCORED, None, None)
    assert new.no_comparison


# --- a reader with the printed figures comes to the same (docs/maths.md, 8) -------------------------------------------

CENT = Decimal("0.01")


def number(cell: str | None) -> Decimal:
    """A printed number, nothing for a dash or an empty cell."""
    bare = (cell or "").rstrip("*").replace(".", "").replace(",", ".")
    return Decimal(bare) if re.fullmatch(r"-?\d+(\.\d+)?", bare) else Decimal(0)


def printed_rows(pdf: Path) -> Iterator[list[str]]:
    """The rows of all tables of a finished document, every cell in one line; heads too."""
    with pdfplumber.open(pdf) as opened:
        for page in opened.pages:
            yield from rows_on(page)


def rows_on(page: Page) -> Iterator[list[str]]:
    for table in page.extract_tables():
        yield from ([" ".join((cell or "").split()) for cell in row] for row in table)


def ranking_rows(pdf: Path) -> list[dict[str, str]]:
    """The rows of units of a ranking annex, by what stands over the columns."""
    rows = list(printed_rows(pdf))
    head = next(row for row in rows if row[0] == "STT" and any(cell.startswith("Tổng điểm") for cell in row))
    names = [re.sub(r" \(tối đa.*", "", cell) for cell in head]
    return [
        dict(zip(names, row, strict=True)) for row in rows if len(row) == len(head) and row[0].isdecimal() and row[-1]
    ]


def index_of(points: Decimal, maximum: Decimal) -> Decimal:
    return (points * 100 / maximum).quantize(CENT, ROUND_HALF_UP)


@pytest.mark.parametrize(("annex", "units"), [("phu-luc-1-so.pdf", 15), ("phu-luc-3-xa.pdf", 63)])
def test_the_printed_parts_of_every_row_of_an_annex_add_up_to_its_printed_total(
    on_sqlite: Path, annex: str, units: int
) -> None:
    rows = ranking_rows(on_sqlite / annex)
    assert len(rows) == units
    wrong = []
    for row in rows:
        appraised = row.get("Điểm thẩm định") or row["Điểm thẩm định hoặc tự đánh giá"]
        parts = number(appraised) + number(row["Điểm khảo sát"])
        parts += number(row.get("Điểm thưởng")) - number(row.get("Điểm trừ"))
        total, maximum = number(row["Tổng điểm"]), number(row.get("Điểm tối đa")) or Decimal(100)
        if total != min(parts, maximum) or number(row["Chỉ số (%)"]) != index_of(total, maximum):
            wrong.append(row)
    assert wrong == []


@pytest.mark.parametrize("annex", ["phu-luc-2-so-linh-vuc.pdf", "phu-luc-4-xa-linh-vuc.pdf"])
def test_the_printed_areas_of_every_row_of_the_matrix_add_up_to_its_printed_total(
    on_sqlite: Path, results: RoundResult, annex: str
) -> None:
    extra = {unit.name: unit.bonus - unit.penalty for group in results.groups for unit in group.units}
    largest = {unit.name: unit.max_points for group in results.groups for unit in group.units}
    rows = [row for row in printed_rows(on_sqlite / annex) if row[0].isdecimal() and len(row) > 6]
    assert len(rows) >= 16
    wrong = []
    for row in rows:
        name = row[1].removesuffix(" (**)")
        areas = sum((number(cell) for cell in row[2:-2:2]), Decimal(0))
        if number(row[-2]) != min(areas + extra[name], largest[name]):
            wrong.append(row)
    assert wrong == []


class Sheet(NamedTuple):
    """A result sheet as it is read back: what its tables say, and what shows how it is set."""

    name: str
    rows: list[list[str]]
    pages: int
    last_lines: int
    smallest: float


@pytest.fixture(scope="module")
def sheets(on_sqlite: Path) -> list[Sheet]:
    """All result sheets: reading a page takes longer than all that is asked of it."""
    read = []
    for sheet in sorted(on_sqlite.glob("phieu-ket-qua/*.pdf")):
        with pdfplumber.open(sheet) as opened:
            rows = [row for page in opened.pages for row in rows_on(page)]
            last_lines = len(opened.pages[-1].extract_text().splitlines())
            smallest = min(char["size"] for page in opened.pages for char in page.chars)
            read.append(Sheet(sheet.name, rows, len(opened.pages), last_lines, smallest))
    return read


def test_every_leaf_of_every_sheet_loses_its_maximum_less_its_printed_points(sheets: list[Sheet]) -> None:
    leaves = 0
    for sheet in sheets:
        areas: dict[str, Decimal] = {}
        stated: dict[str, Decimal] = {}
        at = ""
        for row in sheet.rows:
            cells = [cell for cell in row if cell]
            if area := re.match(r"(\d+)\. ", cells[0] if cells else ""):
                at = area[1]
                if len(cells) > 4:
                    stated[at] = number(cells[2])
            elif re.fullmatch(r"\d+(\.\d+)+", row[0]) and at and len(row) >= 5 and re.fullmatch(r"[\d,]+", row[-1]):
                leaves += 1
                *_, maximum, points, lost = (number(cell) for cell in (row[2], *row[-2:]))
                assert maximum - points == lost, (sheet.name, row)
                areas[at] = areas.get(at, Decimal(0)) + points
        assert {area: areas.get(area, Decimal(0)) for area in stated} == stated, sheet.name
    assert leaves > 1000


def test_open_data_and_workbook_add_up_as_the_annexes_do(on_sqlite: Path) -> None:
    with (on_sqlite / "results.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["points"]]
    assert len(rows) == 79
    for row in rows:
        figures = {name: Decimal(row[name] or 0) for name in ("appraised_points", "survey_points", "bonus", "penalty")}
        parts = figures["appraised_points"] + figures["survey_points"] + figures["bonus"] - figures["penalty"]
        assert Decimal(row["points"]) == min(parts, Decimal(row["max_points"])), row["code"]
    book = load_workbook(on_sqlite / "results.xlsx", data_only=True)
    for sheet in (book["Xếp hạng so"], book["Xếp hạng xa"]):
        head, *body = sheet.iter_rows(values_only=True)
        for values in (dict(zip(head, line, strict=True)) for line in body):
            if values["Tổng điểm"] is None:
                continue
            appraised = next(name for name in values if name.startswith("Thẩm định"))
            parts = sum(Decimal(str(values[name] or 0)) for name in (appraised, "Khảo sát", "Điểm thưởng"))
            parts -= Decimal(str(values["Điểm trừ"] or 0))
            assert Decimal(str(values["Tổng điểm"])) == min(parts, Decimal(str(values["Điểm tối đa"]))), values["Mã"]


def test_a_lowered_grade_says_by_which_gate_and_with_what_figures_in_every_medium(
    on_sqlite: Path, results: RoundResult
) -> None:
    gated = [unit for group in results.groups for unit in group.units if unit.gated]
    with (on_sqlite / "results.csv").open(encoding="utf-8") as file:
        told = {row["code"]: row["gated_by"] for row in csv.DictReader(file)}
    in_annexes = "".join(_text(on_sqlite / name) for name in ("phu-luc-1-so.pdf", "phu-luc-3-xa.pdf"))
    assert gated
    for unit in gated:
        assert unit.gated_by is not None
        assert re.search(rf"\d.*: không xếp trên mức {unit.grade}", unit.gated_by)
        assert told[unit.code] == unit.gated_by
        assert "".join(unit.gated_by.split()) in in_annexes
        if (sheet := on_sqlite / "phieu-ket-qua" / f"phieu-ket-qua-{unit.code}.pdf").exists():
            assert "".join(unit.gated_by.split()) in _text(sheet)


def test_the_workbook_says_on_one_row_where_a_unit_lost_points_and_folds_their_figures_below_it(
    on_sqlite: Path,
) -> None:
    sheet = load_workbook(on_sqlite / "results.xlsx")["Cần khắc phục"]
    place = next(cell.row for cell in sheet["B"] if cell.value == LATE)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=place) if row[1].value == LATE]
    total, *leaves = rows
    lost = format(sum((Decimal(str(row[7])) for row in leaves), Decimal(0)), ".2f").replace(".", ",")
    assert total[4] == f"{len(leaves):02d} tiêu chí, mất {lost} điểm"
    assert total[-1].count("; ") == len(leaves) - 1
    assert total[-1].startswith(f"{leaves[0][3]}: ")
    assert total[7] is None  # who sums the column up counts a point once
    hidden = [sheet.row_dimensions[row].hidden for row in range(place, place + len(rows))]
    assert hidden == [False, *[True] * len(leaves)]


def test_the_workbook_prints_on_few_pages_at_a_legible_size(on_sqlite: Path, tmp_path: Path) -> None:
    with pdfplumber.open(converted(on_sqlite / "results.xlsx", tmp_path, "pdf")) as printed:
        sizes = [min(round(char["size"], 1) for char in page.chars) for page in printed.pages]
    assert len(sizes) <= 16  # two groups, 79 units: rankings, areas, and of each unit where it lost points
    assert min(sizes) >= 10


def test_a_sheet_of_93_leaves_has_four_pages_or_five_and_none_of_a_few_lines(sheets: list[Sheet]) -> None:
    assert [sheet.name for sheet in sheets if sheet.last_lines <= 10 or sheet.smallest < 9.9] == []
    assert max(sheet.pages for sheet in sheets) <= 5
    assert sum(sheet.pages == 5 for sheet in sheets) <= 5


@pytest.mark.parametrize("annex", ["phu-luc-1-so.pdf", "phu-luc-3-xa.pdf", "phu-luc-4-xa-linh-vuc.pdf"])
def test_no_page_of_an_annex_has_a_single_row_of_a_table_or_a_few_lines(on_sqlite: Path, annex: str) -> None:
    with pdfplumber.open(on_sqlite / annex) as opened:
        for page in opened.pages:
            assert len(page.extract_text().splitlines()) > 8, page.page_number
            tables = page.extract_tables()
            edge = [tables[place] for place in (0, -1) if tables]
            long = page.page_number > 1 or len(opened.pages) > 1
            for table in edge:
                rows = [row for row in table if (row[0] or "").isdecimal()]
                others_of_it = {row[0] for row in rows}
                assert not (long and others_of_it and len(rows) == 1 and rows[0][0] != "1"), page.page_number


def test_a_snapshot_of_before_points_were_rounded_loads_with_its_bytes_as_exact(on_sqlite: Path) -> None:
    values = json.loads((on_sqlite / "snapshot.json").read_bytes())
    for rule in (values["round"]["ranking"], values["results"]["ranking"]):
        del rule["points_decimals"], rule["capped"]
    earlier = json.dumps(values).encode()
    frozen = thawed(earlier)
    assert frozen.body == earlier
    assert frozen.round.ranking == frozen.results.ranking
    assert (frozen.round.ranking.points_decimals, frozen.round.ranking.capped) == ("exact", True)


def test_a_province_with_templates_of_its_own_reads_the_same_in_every_document(on_sqlite: Path, tmp_path: Path) -> None:
    frozen = thawed((on_sqlite / "snapshot.json").read_bytes())
    config = frozen.config
    everywhere = [group.model_copy(update={"result_sheets": True}) for group in frozen.round.groups]
    whole = replace(frozen, round=frozen.round.model_copy(update={"groups": tuple(everywhere)}))
    for draft in (False, True):
        head = PaperHead(5, date(2026, 2, 20), config.symbols.decision, config.signer(None), draft=draft)
        ours, own = (publication_documents(whole, head, templates) for templates in (None, tmp_path))
        assert [document.name for document in ours if document not in own] == []
    assert len(ours) > len(frozen.round.groups)


def _text(pdf: Path) -> str:
    """The text of a document without its spaces and line ends."""
    with pdfplumber.open(pdf) as opened:
        return "".join("".join((page.extract_text() or "").split()) for page in opened.pages)
