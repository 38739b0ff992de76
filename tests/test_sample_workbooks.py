"""The sample round from workbooks alone, after its months, comes to what its CSV files come to; mistakes are mended."""

from collections.abc import Collection
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.demo.agencies import MISTAKES, SampleData, SampleInbox
from flows.demo.round_by_workbooks import SampleRound
from models.province.folder import load_province
from models.records.results import RoundResult, UnitResult
from models.records.storage import open_storage
from models.records.submissions import Outcome
from models.settings import Settings
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FileReport, receive_inbox
from tasks.publishing.evaluating import evaluate_round
from tasks.recording.importing import read_facts, read_scores
from tasks.recording.versions import record_facts, record_scores
from tasks.spreadsheets.workbooks import SUGGESTED_FILL
from tests.conftest import copy_example
from tests.test_sample_year import cells_of, fill_of, import_months

pytestmark = pytest.mark.slow

YEAR = 2025
# Of 64 communes that fill in the same form: one of each kind, and those about whose points the council decides.
COMMUNES = ("dk-con-sa", "p-1", "p-hoa-giang", "xa-an-loc")


def with_few_communes(folder: Path) -> Path:
    """The folder, its round of communes held among a few of them."""
    round = folder / "rounds" / f"{YEAR}.yaml"
    text, every = round.read_text(encoding="utf-8"), "units: {kind: [xa, phuong, dac_khu]}"
    assert every in text
    round.write_text(text.replace(every, f"units: {{codes: [{', '.join(COMMUNES)}]}}"), encoding="utf-8")
    return folder


def rows_of(path: Path, units: Collection[str]) -> bytes:
    """The heads of a CSV file and its rows of these units."""
    note, heads, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join([note, heads, *(row for row in rows if row.partition(",")[0] in units)]).encode()


class Played:
    """The round of the sample province in a folder of its own, by workbooks."""

    def __init__(self, folder: Path, by_csv: Path) -> None:
        province, settings = load_province(folder), Settings(user="người thử")
        round = province.round_of(YEAR)
        members = {unit.code for group in round.groups for unit in province.members(round, group)}
        content = {name: rows_of(folder / f"{name}-{YEAR}.csv", members) for name in ("facts", "scores")}
        facts, _ = read_facts(content["facts"], "facts", province, YEAR, {})
        scores, _ = read_scores(content["scores"], "scores", province, YEAR)
        self.files: list[FileReport] = []
        storage = open_storage(folder, settings)
        inbox, outbox = inbox_of(folder, settings), outbox_of(folder, settings)

        def receive() -> None:
            report = receive_inbox(province, storage, inbox, outbox, standard_parts(), "inbox", 0)
            self.files += report.files

        import_months(province, storage)
        data = SampleData.of(province, YEAR, facts, scores)
        var = folder / "var"
        self.forms = var / "bieu-mau"
        sent = SampleInbox(var / "demo", var / "inbox", var / "outbox", receive)
        SampleRound(data, storage, self.forms, sent, lambda message: None).play()
        frozen = evaluate_round(province, storage, YEAR).frozen
        self.results: RoundResult = frozen.results
        self.unappraised = list(frozen.unappraised)
        self.left = list((var / "inbox").iterdir())
        storage.engine.dispose()
        imported = open_storage(by_csv, settings)
        record_facts(imported, YEAR, content["facts"], "facts", facts)
        record_scores(imported, YEAR, content["scores"], "scores", scores)
        self.expected: RoundResult = evaluate_round(province, imported, YEAR).frozen.results
        imported.engine.dispose()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    root = tmp_path_factory.mktemp("workbooks")
    return Played(with_few_communes(copy_example("tinh-mau", root)), root / "by-csv")


def test_every_unit_comes_to_the_same_points_rank_and_grade_as_by_csv(played: Played) -> None:
    def figures(results: RoundResult) -> dict[str, tuple[object, ...]]:
        return {unit.code: (unit.points, unit.max_points, unit.rank, unit.grade) for unit in units_of(results)}

    assert len(figures(played.results)) == 16 + len(COMMUNES)
    assert figures(played.results) == figures(played.expected)


def test_what_came_after_all_workbooks_of_the_appraisers_counts_as_not_appraised(played: Played) -> None:
    assert played.unappraised == ["so-cong-thuong"]


def test_the_forms_that_went_out_held_what_the_months_had_told(played: Played) -> None:
    form = load_workbook(played.forms / "tu-danh-gia" / "tu-danh-gia-2025-so-y-te.xlsx")
    suggested = {key for key, cell in cells_of(form, "value").items() if fill_of(cell) == SUGGESTED_FILL}
    assert len(suggested) == 21


def units_of(results: RoundResult) -> list[UnitResult]:
    return [unit for group in results.groups for unit in group.units]


def test_only_what_was_wrong_on_purpose_comes_back_and_nothing_stays_in_the_inbox(played: Played) -> None:
    returned = [file for file in played.files if file.outcome is not Outcome.ACCEPTED]
    assert [file.outcome for file in returned].count(Outcome.RETURNED) == len(MISTAKES)
    assert [file.outcome for file in returned].count(Outcome.REFUSED) == 1
    assert len(returned) == len(MISTAKES) + 1
    assert played.left == []
