"""Batches judged side by side come out as if they had been judged one after another, and nothing is read twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.findings import Finding
from models.forms.descriptions import FormKind
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, Reading
from models.records.workplaces import workplace_of
from tasks.intake.batches import Batch, begin_batch, judge_opened, judged_of
from tasks.intake.judging import Parts
from tasks.recording.extensions import extend
from tests.models.folders import Folder
from tests.tasks.departments import Department
from tests.tasks.intake.json_forms import form_file, json_parts, plan_done

YEAR = 2025


class Counted:
    """The parts for JSON forms, which count what they read and what they check."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.checked: list[str] = []

    @property
    def parts(self) -> Parts:
        return json_parts()._replace(read=self._read, validate=self._validate)

    def _read(self, kept: Path, file: str, province: Province) -> "Future[Reading]":
        self.read.append(file)
        return json_parts().read(kept, file, province)

    def _validate(self, readings: Sequence[Reading], province: Province, storage: Storage) -> list[tuple[Finding, ...]]:
        self.checked += [reading.file for reading in readings]
        return json_parts().validate(readings, province, storage)


@pytest.fixture
def begun(department: Department) -> Callable[[Counted, set[str]], Batch]:
    """A batch of the one form that lies in the inbox, of a province whose forms are locked."""
    Folder(department.folder).add(f"rounds/{YEAR}.yaml", "locks: {self_assessment: 2026-01-15}\n")

    def begin(counted: Counted, under_way: set[str]) -> Batch:
        department.drop("stc.xlsx", form_file("stc", plan_done()))
        arrivals = department.inbox.arrivals(["stc.xlsx"], datetime.now(UTC))
        place = workplace_of(department.province, department.storage)
        return begin_batch(place, department.storage, department.inbox, arrivals, counted.parts, under_way)

    return begin


def grant(department: Department, unit: str) -> None:
    now = datetime.now(UTC)
    kind, until = FormKind.SELF_ASSESSMENT, now.date() + timedelta(days=1)
    extend(department.storage, department.province, YEAR, kind, [unit], until, "Bão lũ", now)


def test_what_was_granted_meanwhile_counts_and_the_file_is_not_read_again(
    department: Department, begun: Callable[[Counted, set[str]], Batch]
) -> None:
    counted = Counted()
    batch = begun(counted, set())
    found = judge_opened(batch)
    grant(department, "stc")
    (judged,) = judged_of(batch, found, department.province, department.storage)
    assert judged.outcome is Outcome.ACCEPTED
    assert (counted.read, counted.checked) == (["stc.xlsx"], ["stc.xlsx"])


def test_what_another_unit_sends_meanwhile_changes_nothing(
    department: Department, begun: Callable[[Counted, set[str]], Batch]
) -> None:
    grant(department, "stc")
    grant(department, "snv")
    counted = Counted()
    batch = begun(counted, set())
    found = judge_opened(batch)
    department.drop("snv.xlsx", form_file("snv", plan_done(unit="snv")))
    (department.folder / "var" / "inbox" / "stc.xlsx").unlink()
    assert department.outcomes() == {"snv.xlsx": Outcome.ACCEPTED}
    (judged,) = judged_of(batch, found, department.province, department.storage)
    assert (judged.outcome, counted.checked) == (Outcome.ACCEPTED, ["stc.xlsx"])


def test_the_same_bytes_in_a_later_batch_are_read_when_the_earlier_one_is_recorded(
    department: Department, begun: Callable[[Counted, set[str]], Batch]
) -> None:
    grant(department, "stc")
    counted, under_way = Counted(), set[str]()
    first, second = (begun(counted, under_way) for _ in range(2))
    assert [len(batch.opened) for batch in (first, second)] == [1, 0]
    found = judge_opened(second)
    assert (found.key, counted.read) == ("", [])
    (judged,) = judged_of(second, found, department.province, department.storage)
    assert (judged.outcome, counted.read) == (Outcome.ACCEPTED, ["stc.xlsx"])


def test_what_the_store_has_lost_is_judged_anew(
    department: Department, begun: Callable[[Counted, set[str]], Batch]
) -> None:
    grant(department, "stc")
    batch = begun(Counted(), set())
    found = judge_opened(batch)
    department.storage.store.remove(found.key)
    (judged,) = judged_of(batch, found, department.province, department.storage)
    assert judged.outcome is Outcome.ACCEPTED
