"""A frozen body that somebody changed in the database is refused wherever it is read, before a number is taken."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select

from models.findings import RefusedError
from models.records.storage import Storage
from models.records.tables import METADATA, Approval, Publication, Snapshot
from tasks.scoring.explaining import explain_newest
from tasks.scoring.gathering import outdated_warnings
from tests.past_the_guards import past_the_guards
from tests.tasks.districts import YEAR, Districts
from tests.tasks.months import FIRST as REPORT
from tests.tasks.months import Months
from tests.tasks.papers import drafted
from tests.tasks.publishing.test_issuing import FIRST, place, publish


def change(storage: Storage, old: bytes, new: bytes) -> str:
    """Change one figure in the newest snapshot, past this program and its guards; returns its name."""
    with storage.reading() as session:
        snapshot = session.exec(select(Snapshot)).one()
    assert old in snapshot.body
    with past_the_guards(storage) as connection:
        table = METADATA.tables["snapshot"]
        connection.execute(update(table).values(body=snapshot.body.replace(old, new, 1)))
    return snapshot.sha256


def recorded(storage: Storage) -> int:
    with storage.reading() as session:
        return len(session.exec(select(Approval)).all()) + len(session.exec(select(Publication)).all())


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Districts, str]:
    """The nine districts with one index raised after the evaluation, and the snapshot's name."""
    districts = Districts.copied(tmp_path_factory.mktemp("changed")).receive()
    districts.evaluate()
    return districts, change(districts.storage, b'"index":"84.58"', b'"index":"94.58"')


@pytest.mark.parametrize(
    "reading",
    [
        lambda districts, out: publish(districts, FIRST),
        lambda districts, out: drafted(districts.folder, districts.storage, YEAR, out),
        lambda districts, out: explain_newest(districts.storage, YEAR, "thu-dau-mot"),
        lambda districts, out: outdated_warnings(districts.storage, districts.province, YEAR),
        lambda districts, out: districts.evaluate(),
    ],
    ids=["publish", "draft", "explain", "warn", "evaluate"],
)
def test_changed_results_are_neither_published_nor_shown_nor_taken_for_what_was_computed(
    evaluated: tuple[Districts, str], tmp_path: Path, reading: Callable[[Districts, Path], object]
) -> None:
    districts, name = evaluated
    with pytest.raises(RefusedError, match=rf"bản số liệu {name}: .*nội dung .* đã bị thay đổi sau khi đóng băng"):
        reading(districts, tmp_path / "draft")
    assert recorded(districts.storage) == 0
    assert not place(districts).exists()
    assert not (tmp_path / "draft").exists()


def test_a_changed_report_takes_no_number(tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    months.freeze("2025-03")
    name = change(months.storage, b'"151/160', b'"159/160')
    with pytest.raises(RefusedError, match=f"bản số liệu {name}"):
        months.publish("2025-03", REPORT)
    with pytest.raises(RefusedError, match=f"bản số liệu {name}"):
        months.freeze("2025-03")
    assert recorded(months.storage) == 0
    assert not months.place("first").exists()
