"""Nothing that was recorded changes unseen: the journal names what was changed, removed, added or reordered."""

import hashlib
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, String, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

import models
from models.records.journal import JOURNAL, keys_in, official_tables, spans, unguard
from models.records.storage import Storage, database_url, make_engine, migrate, open_storage, prepare_storage
from models.records.tables import METADATA, FactVersion, Receipt, ScoreVersion, Snapshot
from models.settings import Settings
from tasks.recording.journal import walk_journal
from tasks.recording.versions import insert_rows
from tests.models.records.test_storage import FACT, RECEIPT, SCORE, SHA256, SNAPSHOT, add
from tests.past_the_guards import past_the_guards

ATTACKS: dict[str, tuple[str, str]] = {
    "changed points": (
        "UPDATE score_version SET points = points + points WHERE unit = 'u3'",
        "điểm số 3 (2025, u3, 1.1, self) đã bị sửa sau khi ghi",
    ),
    "changed unit": (
        "UPDATE fact_version SET unit = 'u9' WHERE unit = 'u2'",
        "số liệu số 2 (2025, u9, 1.1, numerator) đã bị sửa sau khi ghi",
    ),
    "removed": ("DELETE FROM fact_version WHERE unit = 'u1'", "số liệu số 1 đã bị xóa"),
    "added at the end": (
        "INSERT INTO fact_version (id, receipt_id, year, unit, component, fact, version, value, withdrawn)"
        " VALUES (77, 1, 2025, 'u7', '1.1', 'numerator', 1, '99', false)",
        "số liệu số 77 (2025, u7, 1.1, numerator) được thêm ngoài chương trình",
    ),
    "added before the others": (
        "INSERT INTO fact_version (id, receipt_id, year, unit, component, fact, version, value, withdrawn)"
        " VALUES (0, 1, 2025, 'u7', '1.1', 'numerator', 1, '99', false)",
        "số liệu số 0 (2025, u7, 1.1, numerator) được thêm ngoài chương trình",
    ),
    "reordered": (
        "UPDATE fact_version SET id = id + 100 WHERE id = 1; UPDATE fact_version SET id = 1 WHERE id = 2;"
        "UPDATE fact_version SET id = 2 WHERE id = 101",
        "số liệu số 1 (2025, u2, 1.1, numerator) bị đổi chỗ với số 2",
    ),
    "receipt of another": (
        "UPDATE receipt SET received_by = 'người khác'",
        "biên nhận số 1 (2025, diem.csv) đã bị sửa",
    ),
    "changed snapshot": ("UPDATE snapshot SET year = 2024", "(2024) đã bị sửa sau khi ghi"),
    "changed link": ("UPDATE journal SET recorded_by = 'người khác' WHERE id = 2", "mắt xích đã bị sửa sau khi ghi"),
    "removed link": ("DELETE FROM journal WHERE id = 2", "thiếu mắt xích 2: đã bị xóa khỏi nhật ký"),
    "reordered links": (
        "UPDATE journal SET id = 9 WHERE id = 2; UPDATE journal SET id = 2 WHERE id = 3;"
        " UPDATE journal SET id = 3 WHERE id = 9",
        "mắt xích không nối tiếp mắt xích trước",
    ),
}


def filled(storage: Storage) -> Storage:
    """A receipt with three facts and three scores, and a snapshot, each in a transaction of its own."""
    add(storage, (Receipt, RECEIPT), *((FactVersion, {**FACT, "unit": f"u{place}"}) for place in (1, 2, 3)))
    add(storage, *((ScoreVersion, {**SCORE, "unit": f"u{place}"}) for place in (1, 2, 3)))
    add(storage, (Snapshot, SNAPSHOT))
    return storage


def before_the_journal() -> str:
    """The version of the tables that the journal came after."""
    config = Config()
    config.set_main_option("script_location", str(Path(models.__file__).parent / "records" / "migrations"))
    return str(ScriptDirectory.from_config(config).get_revision("0007").down_revision)


def told(storage: Storage) -> str:
    """The first thing that is not as it was recorded."""
    return walk_journal(storage).findings[0].what


def test_everything_written_is_chained_with_who_and_when(storage: Storage) -> None:
    walked = walk_journal(filled(storage))
    assert (walked.findings, walked.links, walked.rows, walked.sealed) == ((), 4, 8, 0)
    with storage.reading() as session:
        links = session.execute(select(JOURNAL).order_by(JOURNAL.c.id)).mappings().all()
    assert [(link["table_name"], link["rows"]) for link in links] == [
        ("receipt", "1"),
        ("fact_version", "1-3"),
        ("score_version", "1-3"),
        ("snapshot", SHA256),
    ]
    assert {link["recorded_by"] for link in links} == {"người thử"}
    assert all(abs((datetime.now(UTC) - link["recorded_at"]).total_seconds()) < 60 for link in links)
    assert [link["before"] for link in links] == ["0" * 64, *(link["sha256"] for link in links[:-1])]
    assert walked.head == links[-1]["sha256"]


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_done_past_the_program_is_named(storage: Storage, attack: str) -> None:
    filled(storage)
    statements, named = ATTACKS[attack]
    with past_the_guards(storage) as connection:
        for statement in statements.split(";"):
            connection.execute(text(statement))
    first = walk_journal(storage).findings[0]
    assert first.what.startswith("chỗ sai đầu tiên: ")
    assert named in first.what


def test_the_first_of_several_is_named_with_who_recorded_it(storage: Storage) -> None:
    filled(storage)
    with past_the_guards(storage) as connection:
        connection.execute(text("DELETE FROM score_version WHERE unit = 'u2'"))
        connection.execute(text("UPDATE fact_version SET value = '1' WHERE unit = 'u3'"))
    first, second = walk_journal(storage).findings
    assert first.file == "nhật ký, mắt xích 2"
    assert "số liệu số 3" in first.what
    assert "người ghi: người thử" in first.what
    assert "điểm số 2 đã bị xóa" in second.what
    assert "đầu tiên" not in second.what


@pytest.mark.slow
@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if not attack.startswith("added")])
def test_the_database_itself_refuses_to_change_and_to_remove(storage: Storage, attack: str) -> None:
    filled(storage)
    with pytest.raises(IntegrityError, match="only ever added"), storage.engine.begin() as connection:
        connection.execute(text(ATTACKS[attack][0].partition(";")[0]))
    assert walk_journal(storage).findings == ()


def test_no_row_takes_the_place_of_another(tmp_path: Path) -> None:
    storage = filled(open_storage(tmp_path, Settings(user="người thử")))
    with pytest.raises(IntegrityError, match="only ever added"), storage.engine.begin() as connection:
        connection.execute(text("REPLACE INTO fact_version SELECT * FROM fact_version WHERE id = 1"))
    assert walk_journal(storage).findings == ()
    storage.engine.dispose()


@pytest.mark.slow
def test_no_table_is_emptied(tmp_path: Path, postgres_url: str) -> None:
    storage = filled(open_storage(tmp_path, Settings(user="người thử", database_url=postgres_url)))
    with pytest.raises(DBAPIError, match="only ever added"), storage.engine.begin() as connection:
        connection.execute(text("TRUNCATE fact_version"))
    storage.engine.dispose()


def test_guards_that_were_taken_away_are_missed(storage: Storage) -> None:
    with storage.engine.begin() as connection:
        unguard(connection)
    assert "bộ chặn sửa, xóa của cơ sở dữ liệu đã bị gỡ" in told(storage)


def test_the_program_itself_may_note_that_a_snapshot_still_holds(storage: Storage) -> None:
    filled(storage)
    with storage.writing() as session:
        snapshot = session.get_one(Snapshot, SHA256)
        snapshot.evaluated_at, snapshot.through_fact = datetime.now(UTC), 3
    walked = walk_journal(storage)
    assert (walked.findings, walked.links) == ((), 4)


def test_a_row_that_came_in_past_the_program_is_never_taken_for_one_of_ours(storage: Storage) -> None:
    filled(storage)
    with storage.engine.begin() as connection:
        connection.execute(insert(METADATA.tables["fact_version"]), [{**FACT, "id": 50, "unit": "lạ"}])
    add(storage, (FactVersion, {**FACT, "id": 51, "unit": "u4"}))
    walked = walk_journal(storage)
    assert [finding.what.split(" được")[0] for finding in walked.findings] == [
        "chỗ sai đầu tiên: số liệu số 50 (2025, lạ, 1.1, numerator)"
    ]


def test_every_later_snapshot_is_chained_too(storage: Storage) -> None:
    filled(storage)
    add(storage, (Snapshot, {**SNAPSHOT, "sha256": "b" * 64}), (Snapshot, {**SNAPSHOT, "sha256": "c" * 64}))
    add(storage, (Snapshot, {**SNAPSHOT, "sha256": "d" * 64}))
    walked = walk_journal(storage)
    assert (walked.findings, walked.links, walked.rows) == ((), 7, 11)


def test_what_fails_leaves_no_link(storage: Storage) -> None:
    filled(storage)
    with pytest.raises(IntegrityError):
        add(storage, (FactVersion, {**FACT, "unit": "u5"}), (FactVersion, {**FACT, "unit": "u5"}))
    assert walk_journal(storage).links == 4


def test_a_new_table_is_in_the_journal_without_a_word(storage: Storage) -> None:
    table = Table("visit", METADATA, Column("id", Integer, primary_key=True), Column("who", String))
    try:
        table.create(storage.engine)
        assert table in official_tables()
        with storage.writing() as session:
            session.execute(insert(table), [{"who": "chị Hoa"}])
        assert walk_journal(storage).rows == 1
        with storage.engine.begin() as connection:
            connection.execute(table.update().values(who="người khác"))
        assert "visit số 1 đã bị sửa" in told(storage)
    finally:
        METADATA.remove(table)


def test_only_the_journal_what_browsers_sign_in_with_words_to_search_and_what_passes_are_not_official() -> None:
    unofficial = set(METADATA.tables) - {table.name for table in official_tables()}
    passing = {"appraisal_hold", "waiting_file", "evidence_word"}
    assert unofficial == {"journal", "account_secret", "desk_session", "evidence_text"} | passing


def test_a_database_from_before_gets_a_sealed_beginning(tmp_path: Path, settings_of_nothing: Settings) -> None:
    (tmp_path / "var").mkdir()
    engine = make_engine(database_url(tmp_path, settings_of_nothing))
    migrate(engine, before_the_journal())
    with engine.begin() as connection:
        connection.execute(insert(Receipt), [RECEIPT])
        for unit in ("u1", "u2", "u3"):
            connection.execute(insert(FactVersion), [{**FACT, "unit": unit}])
            connection.execute(insert(ScoreVersion), [{**SCORE, "unit": unit}])
        connection.execute(insert(Snapshot), [SNAPSHOT])
    engine.dispose()
    prepare_storage(tmp_path, settings_of_nothing)
    storage = open_storage(tmp_path, settings_of_nothing)
    walked = walk_journal(storage)
    assert (walked.findings, walked.rows, walked.sealed) == ((), 8, 8)
    add(storage, (FactVersion, {**FACT, "unit": "u4"}))
    with past_the_guards(storage) as connection:
        connection.execute(text("UPDATE score_version SET note = 'khác' WHERE unit = 'u1'"))
    assert "điểm số 1 (2025, u1, 1.1, self) đã bị sửa sau khi ghi (niêm phong lúc" in told(storage)
    storage.engine.dispose()


def test_both_databases_spell_a_row_alike(storage: Storage) -> None:
    add(storage, (Receipt, RECEIPT), (ScoreVersion, {**SCORE, "points": Decimal("48.75")}))
    with storage.reading() as session:
        hashes = list(session.execute(select(JOURNAL.c.row_hashes).order_by(JOURNAL.c.id)).scalars())
    assert hashes == [
        hashlib.sha256(spelled.encode()).digest()
        for spelled in (
            f'["diem.csv","scores","2026-01-10T05:00:00+00:00","người thử","{SHA256}",1,"",2025]',
            '["1.1",false,"","48.75",1,"self","stc",1,false,2025]',
        )
    ]


@pytest.mark.parametrize(("keys", "said"), [([1], "1"), ([1, 2, 3], "1-3"), ([1, 3, 4, 9], "1,3-4,9")])
def test_keys_are_said_in_few_words_and_read_again(keys: list[int], said: str) -> None:
    assert spans(keys) == said
    assert list(keys_in(said)) == [str(key) for key in keys]


@pytest.mark.slow
def test_a_year_of_a_province_is_walked_in_ten_seconds(storage: Storage) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {FactVersion: [], ScoreVersion: []}
    for unit in range(190):
        for leaf in range(90):
            where = {"unit": f"u{unit}", "component": f"1.{leaf}"}
            rows[FactVersion] += [{**FACT, **where, "fact": fact} for fact in ("numerator", "denominator")]
            rows[ScoreVersion] += [{**SCORE, **where, "source": source} for source in ("self", "appraisal")]
    with storage.writing() as session:
        session.execute(insert(Receipt), [RECEIPT])
        for table, given in rows.items():
            insert_rows(session, table, given)
    started = time.perf_counter()
    walked = walk_journal(storage)
    assert (walked.findings, walked.rows) == ((), 1 + 190 * 90 * 4)
    assert time.perf_counter() - started < 10
