"""Versions: appended, never overwritten, whole even when a process dies; on SQLite and on a real PostgreSQL."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from models.forms.sources import ScoreSource
from models.records.entries import FactEntry, HistoryEntry, ScoreEntry
from models.records.storage import Storage, open_storage
from models.records.tables import METADATA, PublishedIndex, Receipt, ScoreVersion
from models.settings import Settings
from tasks.recording.versions import (
    Recorded,
    current_facts,
    current_history,
    current_scores,
    facts_by_component,
    newest_version,
    record_facts,
    record_history,
    record_scores,
)

YEAR = 2025
SELF, APPRAISAL, SURVEY, COUNCIL, BONUS, PENALTY = ScoreSource


def score(points: str | None, unit: str = "stc", component: str = "1.1", source: ScoreSource = APPRAISAL) -> ScoreEntry:
    """A score, or a grant where there are no points."""
    return ScoreEntry(unit, component, source, None if points is None else Decimal(points), points is None)


def fact(value: str, name: str = "numerator", unit: str = "stc", component: str = "1.1") -> FactEntry:
    return FactEntry(unit, component, name, value)


def published(index: str, unit: str = "stc", year: int = 2024, rank: int | None = 1) -> HistoryEntry:
    return HistoryEntry(year, "so", unit, Decimal(100), Decimal(index), Decimal(index), rank, "Tốt")


def imported(storage: Storage, file: str, *entries: ScoreEntry, year: int = YEAR) -> Recorded:
    """A scores file, recorded; the name stands for its bytes."""
    return record_scores(storage, year, file.encode(), file, entries)


def scores(storage: Storage, year: int = YEAR) -> dict[str, tuple[Decimal | None, int]]:
    """Current points and version by unit."""
    with storage.reading() as session:
        current = current_scores(session, year)
    return {entry.unit: (entry.points, version) for entry, version in current}


def facts(storage: Storage) -> dict[str, tuple[str, int]]:
    """Current value and version by fact."""
    with storage.reading() as session:
        return {entry.fact: (entry.value, version) for entry, version in current_facts(session, YEAR)}


def history(storage: Storage, year: int = 2024) -> dict[str, Decimal]:
    with storage.reading() as session:
        return {entry.unit: entry.index for entry in current_history(session, year)}


def newest(storage: Storage) -> int:
    with storage.reading() as session:
        return newest_version(session, ScoreVersion, YEAR)


def rows_of(storage: Storage, table: str) -> list[dict[str, Any]]:
    """Every row that a table holds, in the order of their ids."""
    columns = METADATA.tables[table].c
    with storage.reading() as session:
        return [dict(row) for row in session.execute(select(*columns).order_by(columns.id)).mappings()]


def test_a_first_file_becomes_version_1(storage: Storage) -> None:
    assert imported(storage, "a.csv", score("1.5"), score("2", "snv")) == Recorded(2)
    assert scores(storage) == {"snv": (Decimal(2), 1), "stc": (Decimal("1.5"), 1)}


def test_an_entry_comes_back_as_it_was_recorded(storage: Storage) -> None:
    entry = ScoreEntry("stc", "1.1", COUNCIL, Decimal("48.75"), False, "Hội đồng xem xét lại")
    imported(storage, "a.csv", entry)
    with storage.reading() as session:
        assert [tuple(current) for current in current_scores(session, YEAR)] == [(entry, 1)]


def test_a_later_row_of_the_same_file_is_the_next_version(storage: Storage) -> None:
    assert imported(storage, "a.csv", score("1"), score("2"), score("1.5")) == Recorded(3)
    assert scores(storage) == {"stc": (Decimal("1.5"), 3)}
    assert [(row["version"], row["points"]) for row in rows_of(storage, "score_version")] == [
        (1, Decimal(1)),
        (2, Decimal(2)),
        (3, Decimal("1.5")),
    ]


def test_a_later_file_is_the_next_version_and_overwrites_nothing(storage: Storage) -> None:
    imported(storage, "a.csv", score("1"), score("1", "snv"))
    before = rows_of(storage, "score_version")
    imported(storage, "b.csv", score("2"))
    assert scores(storage) == {"snv": (Decimal(1), 1), "stc": (Decimal(2), 2)}
    assert rows_of(storage, "score_version")[:2] == before


def test_a_grant_may_follow_points_and_points_a_grant(storage: Storage) -> None:
    imported(storage, "a.csv", score("1"))
    imported(storage, "b.csv", score(None))
    assert scores(storage) == {"stc": (None, 2)}
    imported(storage, "c.csv", score("0"))
    assert scores(storage) == {"stc": (Decimal(0), 3)}


def test_each_unit_component_source_and_year_counts_its_own_versions(storage: Storage) -> None:
    imported(storage, "a.csv", score("1"), score("1", component="1.2"), score("1", source=SELF))
    imported(storage, "b.csv", score("2"))
    imported(storage, "c.csv", score("3"), year=YEAR + 1)
    with storage.reading() as session:
        current = [(entry.component, entry.source, version) for entry, version in current_scores(session, YEAR)]
    assert current == [("1.1", APPRAISAL, 2), ("1.1", SELF, 1), ("1.2", APPRAISAL, 1)]
    assert scores(storage, year=YEAR + 1) == {"stc": (Decimal(3), 1)}


def test_the_same_file_twice_changes_nothing_and_says_when_it_came(storage: Storage) -> None:
    started = datetime.now(UTC)
    imported(storage, "a.csv", score("1"))
    imported(storage, "b.csv", score("2"))
    before = {table: rows_of(storage, table) for table in ("receipt", "score_version")}
    again = imported(storage, "a.csv", score("1"))
    assert {table: rows_of(storage, table) for table in before} == before
    assert again.versions == 0
    assert again.received_before is not None
    assert started <= again.received_before <= datetime.now(UTC)
    assert scores(storage) == {"stc": (Decimal(2), 2)}


def test_a_file_is_known_by_its_bytes_not_by_its_name(storage: Storage) -> None:
    record_scores(storage, YEAR, b"first", "a.csv", [score("1")])
    assert record_scores(storage, YEAR, b"first", "b.csv", [score("1")]).received_before
    assert record_scores(storage, YEAR, b"second", "a.csv", [score("1")]) == Recorded(1)


def test_the_same_bytes_may_serve_another_year_and_another_kind(storage: Storage) -> None:
    assert imported(storage, "a.csv", score("1")) == Recorded(1)
    assert imported(storage, "a.csv", score("1"), year=YEAR + 1) == Recorded(1)
    assert record_facts(storage, YEAR, b"a.csv", "a.csv", [fact("95")]) == Recorded(1)


def test_a_receipt_names_file_person_and_moment_and_keeps_the_bytes(storage: Storage) -> None:
    record_scores(storage.acting_as("chị Hoa"), YEAR, "nội dung".encode(), "điểm.csv", [score("1")])
    (receipt,) = rows_of(storage, "receipt")
    assert (receipt["kind"], receipt["year"], receipt["file_name"]) == ("scores", YEAR, "điểm.csv")
    assert (receipt["received_by"], receipt["size"]) == ("chị Hoa", len("nội dung".encode()))
    assert datetime.now(UTC) - receipt["received_at"] < timedelta(minutes=5)
    assert storage.kept(receipt["sha256"]).read_bytes() == "nội dung".encode()
    assert rows_of(storage, "score_version")[0]["receipt_id"] == receipt["id"]


def test_what_became_of_a_file_is_told_in_vietnamese_time() -> None:
    assert str(Recorded(3)) == "đã ghi 3 bản mới"
    before = Recorded(0, datetime(2026, 1, 9, 18, 5, tzinfo=UTC))
    assert str(before) == "tệp này đã nhận lúc 01:05 ngày 10/01/2026; không có gì thay đổi"


def test_facts_are_versions_too(storage: Storage) -> None:
    record_facts(storage, YEAR, b"1", "a.csv", [fact("90"), fact("100", "denominator")])
    record_facts(storage, YEAR, b"2", "b.csv", [fact("95")])
    assert facts(storage) == {"denominator": ("100", 1), "numerator": ("95", 2)}


def test_current_facts_are_gathered_by_unit_and_component(storage: Storage) -> None:
    record_facts(
        storage, YEAR, b"1", "a.csv", [fact("90"), fact("100", "denominator"), fact("1", "done", "snv", "1.2")]
    )
    record_facts(storage, YEAR, b"2", "b.csv", [fact("95")])
    assert facts_by_component(storage, YEAR) == {
        ("stc", "1.1"): {"numerator": "95", "denominator": "100"},
        ("snv", "1.2"): {"done": "1"},
    }
    assert facts_by_component(storage, YEAR - 1) == {}


def test_current_versions_may_be_read_of_some_units_only(storage: Storage) -> None:
    record_facts(storage, YEAR, b"1", "a.csv", [fact("90"), fact("1", "done", "snv"), fact("2", "done", "stp")])
    imported(storage, "b.csv", score("1"), score("2", "snv"))
    assert facts_by_component(storage, YEAR, ["snv", "stp"]).keys() == {("snv", "1.1"), ("stp", "1.1")}
    assert facts_by_component(storage, YEAR, []) == {}
    with storage.reading() as session:
        assert [score.entry.unit for score in current_scores(session, YEAR, units=["snv"])] == ["snv"]


def test_of_history_the_newest_version_counts(storage: Storage) -> None:
    record_history(storage, b"1", "a.csv", [published("91.5"), published("88", "snv")])
    record_history(storage, b"2", "b.csv", [published("92.25")])
    assert history(storage) == {"snv": Decimal(88), "stc": Decimal("92.25")}
    assert [row["version"] for row in rows_of(storage, "published_index")] == [1, 1, 2]


def test_a_published_index_comes_back_as_it_was_recorded(storage: Storage) -> None:
    entry = HistoryEntry(2024, "xa", "xa-a", None, None, Decimal("78.39"), None, None)
    record_history(storage, b"1", "a.csv", [entry])
    with storage.reading() as session:
        assert current_history(session, 2024) == [entry]


def test_a_history_file_may_span_years_and_its_receipt_bears_the_newest(storage: Storage) -> None:
    record_history(storage, b"1", "a.csv", [published("80", year=2022), published("85", year=2024)])
    record_history(storage, b"2", "b.csv", [published("81", year=2022)])
    assert (history(storage, 2022), history(storage, 2024)) == ({"stc": Decimal(81)}, {"stc": Decimal(85)})
    assert [receipt["year"] for receipt in rows_of(storage, "receipt")] == [2024, 2022]


def test_a_file_that_the_database_refuses_leaves_nothing(storage: Storage) -> None:
    imported(storage, "a.csv", score("1"))
    with pytest.raises(IntegrityError):
        imported(storage, "b.csv", score("2"), score("-1", "snv"))
    assert scores(storage) == {"stc": (Decimal(1), 1)}
    assert len(rows_of(storage, "receipt")) == 1
    assert imported(storage, "b.csv", score("2")) == Recorded(1)


@pytest.mark.slow
def test_a_file_of_many_thousand_rows_is_recorded_whole(storage: Storage) -> None:
    many = [score("1", f"xa-{number:05}") for number in range(5_001)]
    assert imported(storage, "a.csv", *many) == Recorded(5_001)
    assert len(scores(storage)) == 5_001


FILES_EACH = 15
UNITS = ("snv", "stc", "sxd")


def import_many(province: Path, settings: Settings, name: str, start: Barrier) -> None:
    """One importer: many files, each with new points of every unit."""
    storage = open_storage(province, settings)
    start.wait(60)
    for number in range(FILES_EACH):
        imported(storage, f"{name}-{number}.csv", *(score(str(number), unit) for unit in UNITS))


def import_one(province: Path, settings: Settings, start: Barrier) -> None:
    """One importer: the same file as everybody else."""
    storage = open_storage(province, settings)
    start.wait(60)
    imported(storage, "a.csv", score("1"))


def die_while_writing(province: Path, settings: Settings) -> None:
    """An importer that is killed after its rows are written and before they are committed."""
    storage = open_storage(province, settings)
    with storage.writing() as session:
        receipt = Receipt(
            kind="scores",
            year=YEAR,
            sha256=storage.keep(b"b.csv"),
            file_name="b.csv",
            size=5,
            received_at=datetime.now(UTC),
            received_by="người thử",
        )
        session.add(receipt)
        session.flush()
        row = {"year": YEAR, **score("9")._asdict(), "source": "appraisal", "receipt_id": receipt.id, "version": 2}
        session.execute(insert(ScoreVersion), [row])
        assert session.execute(select(func.count()).select_from(ScoreVersion)).scalar_one() == 2
        os.kill(os.getpid(), signal.SIGKILL)


def run_at_once(work: Callable[..., None], *arguments: tuple[Any, ...]) -> list[int | None]:
    """Run the work in processes of their own, one for each set of arguments; their exit codes."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=work, args=given) for given in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


@pytest.mark.slow
def test_processes_that_import_at_once_all_land_without_gaps(
    tmp_path: Path, settings: Settings, storage: Storage
) -> None:
    start = multiprocessing.get_context("spawn").Barrier(2)
    importers = [(tmp_path, settings, name, start) for name in ("a", "b")]
    assert run_at_once(import_many, *importers) == [0, 0]
    assert len(rows_of(storage, "receipt")) == 2 * FILES_EACH
    versions: dict[str, list[int]] = {}
    for row in rows_of(storage, "score_version"):
        versions.setdefault(row["unit"], []).append(row["version"])
    assert versions == {unit: list(range(1, 2 * FILES_EACH + 1)) for unit in UNITS}


@pytest.mark.slow
def test_the_same_file_from_two_processes_at_once_is_recorded_once(
    tmp_path: Path, settings: Settings, storage: Storage
) -> None:
    start = multiprocessing.get_context("spawn").Barrier(2)
    assert run_at_once(import_one, *[(tmp_path, settings, start)] * 2) == [0, 0]
    assert len(rows_of(storage, "receipt")) == 1
    assert scores(storage) == {"stc": (Decimal(1), 1)}


@pytest.mark.slow
def test_a_process_killed_while_writing_leaves_the_old_state(
    tmp_path: Path, settings: Settings, storage: Storage
) -> None:
    imported(storage, "a.csv", score("1"))
    assert run_at_once(die_while_writing, (tmp_path, settings)) == [-signal.SIGKILL]
    assert scores(storage) == {"stc": (Decimal(1), 1)}
    assert [receipt["file_name"] for receipt in rows_of(storage, "receipt")] == ["a.csv"]
    assert imported(storage, "b.csv", score("9")) == Recorded(1)
    assert scores(storage) == {"stc": (Decimal(9), 2)}


def test_the_newest_version_is_that_of_one_year(storage: Storage) -> None:
    imported(storage, "a.csv", score("1"))
    before = newest(storage)
    imported(storage, "b.csv", score("1"), year=YEAR + 1)
    assert newest(storage) == before
    with storage.reading() as session:
        assert newest_version(session, PublishedIndex, YEAR) == 0
