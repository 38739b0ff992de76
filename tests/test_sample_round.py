"""The whole sample round, from its CSV files to the published folder, on both databases: equal, byte for byte."""

import json
from datetime import date
from pathlib import Path

import pytest

from models.province.folder import load_province
from models.records.results import RoundResult, Status
from models.records.snapshots import thawed
from models.records.storage import open_storage
from models.settings import Settings
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.folders import verify_folder
from tasks.recording.importing import read_facts, read_history, read_scores
from tasks.recording.versions import facts_by_component, record_facts, record_history, record_scores
from tests.conftest import copy_example
from tests.tasks.papers import numbered
from tests.tasks.papers import published as publish_paper

pytestmark = pytest.mark.slow

pytestmark = pytest.mark.slow

YEAR = 2025


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def without_sheets_of_communes(folder: Path) -> Path:
    """The folder, told to write no sheet for 64 communes: those of the departments show the same."""
    round = folder / "rounds" / "2025.yaml"
    text = round.read_text(encoding="utf-8")
    round.write_text(text.replace("criteria_set: xa-2025", "criteria_set: xa-2025\n    result_sheets: false"), "utf-8")
    return folder


def published(folder: Path, settings: Settings, out: Path) -> Path:
    """Run the sample round in a folder of its own."""
    without_sheets_of_communes(folder)
    province, storage = load_province(folder), open_storage(folder, settings)
    content = (folder / "history-2024.csv").read_bytes()
    record_history(storage, content, "history-2024.csv", read_history(content, "history-2024.csv", province)[0])
    content = (folder / "facts-2025.csv").read_bytes()
    facts, _ = read_facts(content, "facts-2025.csv", province, YEAR, facts_by_component(storage, YEAR))
    record_facts(storage, YEAR, content, "facts-2025.csv", facts)
    content = (folder / "scores-2025.csv").read_bytes()
    record_scores(storage, YEAR, content, "scores-2025.csv", read_scores(content, "scores-2025.csv", province, YEAR)[0])
    evaluate_round(province, storage, YEAR)
    publish_paper(folder, storage, YEAR, numbered(5, date(2026, 2, 20)), out)
    storage.engine.dispose()
    return out


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sample")
    return published(copy_example("tinh-mau", root), Settings(user="người thử"), root / "published")


@pytest.fixture(scope="module")
def results(on_sqlite: Path) -> RoundResult:
    return thawed((on_sqlite / "snapshot.json").read_bytes()).results


def test_the_round_on_postgresql_equals_the_one_on_sqlite_byte_for_byte(
    on_sqlite: Path, postgres_url: str, tmp_path: Path
) -> None:
    settings = Settings(user="người khác", database_url=postgres_url)
    on_postgresql = published(copy_example("tinh-mau", tmp_path), settings, tmp_path / "elsewhere")
    names = files_in(on_sqlite)
    assert names == files_in(on_postgresql)
    different = [name for name in names if (on_sqlite / name).read_bytes() != (on_postgresql / name).read_bytes()]
    assert different == []


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
