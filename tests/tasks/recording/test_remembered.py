"""What a process remembers of versions is what the database says, whatever was added, taken back or not yet seen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.province.folder import Province
from models.records.storage import Storage, open_storage
from models.records.tables import FactVersion, Receipt
from models.settings import Settings
from tasks.recording.remembered import Remembered
from tasks.recording.versions import CurrentFact, current_facts
from tests.tasks.forms_sent import YEAR, on, record, sample_province, self_assessment

NOW = datetime(2026, 1, 5, tzinfo=UTC)
FIRST, SECOND = {"numerator": "1", "denominator": "9"}, {"numerator": "2", "denominator": "9"}


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return sample_province(tmp_path)


@pytest.fixture
def desk(province: Province) -> Iterator[Storage]:
    """A storage that remembers."""
    opened = open_storage(province.folder, Settings(user="người thử"))
    opened.remembered = Remembered()
    yield opened.acting_as("bàn làm việc")
    opened.engine.dispose()


def facts(storage: Storage) -> list[CurrentFact]:
    with storage.reading() as session:
        return current_facts(session, YEAR)


def forgetful(storage: Storage) -> Storage:
    return Storage(storage.engine, storage.var, "người thử")


def test_what_is_added_and_what_is_left_out_again_is_seen(province: Province, desk: Storage) -> None:
    assert facts(desk) == []
    for name, said in {"a": FIRST, "b": SECOND, "c": {}}.items():
        record(forgetful(desk), province, **{name: self_assessment(on("1.1.2", facts=said))})
        assert facts(desk) == facts(forgetful(desk))
    record(desk, province, snv=self_assessment(on("1.1.2", unit="snv", facts=FIRST), unit="snv"))
    assert [fact.entry.unit for fact in facts(desk)] == ["snv", "snv"]
    assert facts(desk) == facts(forgetful(desk))


def test_a_reader_of_an_older_state_is_shown_that_one(province: Province, desk: Storage) -> None:
    record(desk, province, stc=self_assessment(on("1.1.2", facts=FIRST)))
    with desk.reading() as session:
        before = current_facts(session, YEAR)
        record(desk, province, newer=self_assessment(on("1.1.2", facts=SECOND)))
        assert "2" in [fact.entry.value for fact in facts(desk)]
        assert current_facts(session, YEAR) == before
    assert "2" in [fact.entry.value for fact in facts(desk)]


def _fail_while_writing(desk: Storage) -> None:
    with desk.writing() as session:
        receipt = {"kind": "facts", "year": YEAR, "sha256": "0" * 64, "file_name": "a.csv", "size": 1}
        row = Receipt(**receipt, received_at=NOW, received_by="ai")
        session.add(row)
        session.flush()
        fact = {"year": YEAR, "unit": "stc", "component": "1.1.2", "fact": "numerator", "version": 1, "value": "7"}
        session.add(FactVersion(receipt_id=row.id, **fact))
        session.flush()
        assert [fact.entry.value for fact in current_facts(session, YEAR)] == ["7"]
        raise ZeroDivisionError


def test_what_was_rolled_back_was_never_there(province: Province, desk: Storage) -> None:
    facts(desk)
    with pytest.raises(ZeroDivisionError):
        _fail_while_writing(desk)
    record(desk, province, stc=self_assessment(on("1.1.2", facts=FIRST)))
    assert facts(desk) == facts(forgetful(desk)) != []
