"""The results of the sample province, whose criteria have names as long as real ones, from its CSV files."""

import shutil
from pathlib import Path

from benchmarks.national_round import YEAR
from models.province.folder import load_province
from models.records.snapshots import Frozen
from models.records.storage import open_storage
from models.settings import Settings
from tasks.publishing.evaluating import evaluate_round
from tasks.recording.importing import read_facts, read_scores
from tasks.recording.versions import facts_by_component, record_facts, record_scores

_SAMPLE = Path(__file__).resolve().parent.parent / "examples" / "tinh-mau"


def sample_results(work: Path) -> Frozen:
    """Record and evaluate the sample round in a copy of its folder."""
    folder = Path(shutil.copytree(_SAMPLE, work / _SAMPLE.name))
    province, storage = load_province(folder), open_storage(folder, Settings(user="bench"))
    name, content = _file(folder, "facts")
    facts, _ = read_facts(content, name, province, YEAR, facts_by_component(storage, YEAR))
    record_facts(storage, YEAR, content, name, facts)
    name, content = _file(folder, "scores")
    record_scores(storage, YEAR, content, name, read_scores(content, name, province, YEAR)[0])
    frozen = evaluate_round(province, storage, YEAR).frozen
    storage.engine.dispose()
    return frozen


def _file(folder: Path, what: str) -> tuple[str, bytes]:
    path = folder / f"{what}-{YEAR}.csv"
    return path.name, path.read_bytes()
