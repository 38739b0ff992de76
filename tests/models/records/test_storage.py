"""The database and the kept files, on SQLite and on a real PostgreSQL."""

import hashlib
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

import models
from models.findings import RefusedError
from models.numbers import plain
from models.records.storage import (
    SCHEMA_VERSION,
    Storage,
    database_url,
    make_engine,
    migrate,
    open_storage,
    prepare_storage,
    schema_version,
)
from models.records.tables import (
    METADATA,
    Approval,
    FactVersion,
    PublishedIndex,
    Receipt,
    Record,
    ScoreVersion,
    Snapshot,
)
from models.settings import Settings

HANOI = timezone(timedelta(hours=7))
NOON = datetime(2026, 1, 10, 12, tzinfo=HANOI)
SHA256 = "a" * 64

RECEIPT = {
    "id": 1,
    "kind": "scores",
    "year": 2025,
    "sha256": SHA256,
    "file_name": "diem.csv",
    "size": 1,
    "received_at": NOON,
    "received_by": "người thử",
}
SCORE = {
    "receipt_id": 1,
    "year": 2025,
    "unit": "stc",
    "component": "1.1",
    "source": "self",
    "version": 1,
    "points": Decimal(2),
    "not_applicable": False,
    "note": "",
}
FACT = {
    "receipt_id": 1,
    "year": 2025,
    "unit": "stc",
    "component": "1.1",
    "fact": "numerator",
    "version": 1,
    "value": "95",
}
INDEX = {"receipt_id": 1, "year": 2024, "group": "so", "unit": "stc", "version": 1, "index": Decimal("91.5"), "rank": 1}
SNAPSHOT = {
    "sha256": SHA256,
    "year": 2025,
    "body": b"{}",
    "through_score": 0,
    "through_fact": 0,
    "created_at": NOON,
    "created_by": "người thử",
    "evaluated_at": NOON,
}
APPROVAL = {
    "year": 2025,
    "snapshot_sha256": SHA256,
    "verdict": "approved",
    "symbol": "QĐ-UBND",
    "number": 57,
    "number_year": 2026,
    "day": NOON.date(),
    "replaces": "",
    "reason": "",
    "decided_by": "người thử",
    "decided_at": NOON,
    "via": "cli",
}


def add(storage: Storage, *rows: tuple[type[Record], dict[str, Any]]) -> None:
    """Write rows in one transaction, past everything but the database itself."""
    with storage.writing() as session:
        for table, values in rows:
            session.execute(insert(table), [values])


def add_with_receipt(storage: Storage, *rows: tuple[type[Record], dict[str, Any]]) -> None:
    add(storage, (Receipt, RECEIPT), *rows)


def stored_points(storage: Storage) -> list[Decimal | None]:
    """The points of all score versions, least first."""
    points = METADATA.tables["score_version"].c.points
    with storage.reading() as session:
        return list(session.execute(select(points).order_by(points)).scalars())


def state_schema(province: Path, settings: Settings, version: str) -> None:
    """Make the database say that another version of the program made it."""
    engine = make_engine(database_url(province, settings))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()


def refused(province: Path, settings: Settings) -> tuple[str, str]:
    """What an opening is refused for, and the remedy."""
    with pytest.raises(RefusedError) as refusal:
        open_storage(province, settings)
    (finding,) = refusal.value.findings
    assert finding.file == "cơ sở dữ liệu"
    return finding.what, finding.remedy


def test_an_empty_database_becomes_ready(tmp_path: Path, settings_of_nothing: Settings) -> None:
    storage = open_storage(tmp_path, settings_of_nothing)
    assert schema_version(storage.engine) == SCHEMA_VERSION
    assert set(METADATA.tables) <= set(inspect(storage.engine).get_table_names())
    assert storage.user == "người thử"
    storage.engine.dispose()


def test_a_database_that_is_ready_opens_with_what_it_holds(
    tmp_path: Path, settings: Settings, storage: Storage
) -> None:
    add_with_receipt(storage, (ScoreVersion, SCORE))
    again = open_storage(tmp_path, settings)
    assert stored_points(again) == [Decimal(2)]
    again.engine.dispose()


def test_the_migrated_tables_are_those_of_the_models(storage: Storage) -> None:
    with storage.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_database_of_the_first_version_keeps_every_row_when_it_is_brought_up(
    tmp_path: Path, settings_of_nothing: Settings
) -> None:
    (tmp_path / "var").mkdir()
    engine = make_engine(database_url(tmp_path, settings_of_nothing))
    migrate(engine, "0001")
    rows = {
        "receipt": "(1, 'facts', 2025, :sha256, 'a.csv', 1, '2026-01-09 00:00:00', 'chị Hoa')",
        "score_version": "(1, 1, 2025, 'stc', '1.1', 'appraisal', 1, 1500000, false, 'lý do')",
        "fact_version": "(1, 1, 2025, 'stc', '1.1', 'numerator', 1, '9')",
    }
    with engine.begin() as connection:
        for table, values in rows.items():
            statement = text(f"INSERT INTO {table} VALUES {values}")
            connection.execute(statement, {"sha256": "0" * 64} if ":sha256" in values else {})
    prepare_storage(tmp_path, settings_of_nothing)
    with engine.connect() as connection:
        for table, added in (("receipt", ("",)), ("score_version", (False,)), ("fact_version", (False,))):
            (row,) = connection.execute(text(f"SELECT * FROM {table}"))
            assert row[0] == 1
            assert row[-1:] == added
        assert connection.execute(text("SELECT receipt_id FROM fact_version")).scalar() == 1
    assert schema_version(engine) == SCHEMA_VERSION
    engine.dispose()


def test_evidence_of_before_is_found_by_its_words(tmp_path: Path, settings_of_nothing: Settings) -> None:
    (tmp_path / "var").mkdir()
    engine = make_engine(database_url(tmp_path, settings_of_nothing))
    migrate(engine, "0013")
    file = "(1, 2025, 'stc', :sha256, 'a.pdf', 1, 'pdf', 1, 'accepted', '', false, '2026-01-09 00:00:00', 'ai', 'desk')"
    with engine.begin() as connection:
        for statement in (
            f"INSERT INTO evidence_file VALUES {file}",
            "INSERT INTO evidence_text VALUES (:sha256, 'ke hoach 12/kh')",
        ):
            connection.execute(text(statement), {"sha256": "0" * 64})
    prepare_storage(tmp_path, settings_of_nothing)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT word, year, file_id FROM evidence_word ORDER BY word")).all()
    assert [tuple(row) for row in rows] == [(word, 2025, 1) for word in ("12", "12/kh", "hoach", "ke", "kh")]
    engine.dispose()


def test_approvals_of_before_follow_no_submission_and_accept_nothing(
    tmp_path: Path, settings_of_nothing: Settings
) -> None:
    (tmp_path / "var").mkdir()
    engine = make_engine(database_url(tmp_path, settings_of_nothing))
    migrate(engine, "0005")
    before = METADATA.tables["approval"].columns.keys()
    columns = [name for name in before if name in APPROVAL]
    with engine.begin() as connection:
        connection.execute(insert(Snapshot), [SNAPSHOT])
        row = {name: str(APPROVAL[name]) if name == "decided_at" else APPROVAL[name] for name in columns}
        named, given = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        connection.execute(text(f"INSERT INTO approval ({named}) VALUES ({given})"), row)
    prepare_storage(tmp_path, settings_of_nothing)
    engine.dispose()
    storage = open_storage(tmp_path, settings_of_nothing)
    with storage.reading() as session:
        (approval,) = session.execute(select(Approval)).scalars()
    kept = (approval.number, approval.submission_number, approval.submission_day, approval.accepted)
    assert kept == (57, None, None, [])
    storage.engine.dispose()


def test_the_program_asks_for_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(models.__file__).parent / "records" / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA_VERSION


def test_a_database_of_another_version_is_refused(tmp_path: Path, settings: Settings, storage: Storage) -> None:
    state_schema(tmp_path, settings, "0000")
    assert refused(tmp_path, settings) == (
        f"cấu trúc phiên bản 0000, chương trình cần {SCHEMA_VERSION}",
        "Sao lưu rồi nâng cấp cơ sở dữ liệu",
    )


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path, settings: Settings, storage: Storage) -> None:
    state_schema(tmp_path, settings, "9999")
    assert refused(tmp_path, settings) == (
        f"cấu trúc phiên bản 9999, chương trình cần {SCHEMA_VERSION}",
        "Cơ sở dữ liệu do bản mới hơn tạo ra: cập nhật chương trình",
    )
    with pytest.raises(RefusedError, match="9999"):
        prepare_storage(tmp_path, settings)
    assert schema_version(storage.engine) == "9999"


def test_preparing_twice_changes_nothing(tmp_path: Path, settings_of_nothing: Settings) -> None:
    prepare_storage(tmp_path, settings_of_nothing)
    storage = open_storage(tmp_path, settings_of_nothing)
    add_with_receipt(storage, (ScoreVersion, SCORE))
    prepare_storage(tmp_path, settings_of_nothing)
    assert stored_points(storage) == [Decimal(2)]
    assert (tmp_path / "var" / "received").is_dir()
    storage.engine.dispose()


def open_at_once(province: Path, settings: Settings, start: Barrier) -> None:
    start.wait(60)
    open_storage(province, settings).engine.dispose()


@pytest.mark.slow
def test_processes_that_open_an_empty_database_at_once_all_succeed(
    tmp_path: Path, settings_of_nothing: Settings
) -> None:
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(3)
    processes = [spawn.Process(target=open_at_once, args=(tmp_path, settings_of_nothing, start)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    storage = open_storage(tmp_path, settings_of_nothing)
    assert schema_version(storage.engine) == SCHEMA_VERSION
    storage.engine.dispose()


def test_decimals_come_back_as_they_were_and_in_the_order_of_their_worth(storage: Storage) -> None:
    written = ["0", "0.000001", "0.1", "0.3", "9.99", "10", "48.75", "100", "999999999999.999999"]
    rows = [(ScoreVersion, {**SCORE, "unit": f"u{text}", "points": Decimal(text)}) for text in reversed(written)]
    add_with_receipt(storage, *rows)
    read = stored_points(storage)
    assert [str(points) for points in read] == written


@pytest.mark.parametrize("spelled", ["1E+2", "100.000000", "100.0000000000"])
def test_a_decimal_comes_back_without_the_noise_of_its_spelling(storage: Storage, spelled: str) -> None:
    add_with_receipt(storage, (ScoreVersion, {**SCORE, "points": Decimal(spelled)}))
    assert [str(points) for points in stored_points(storage)] == ["100"]


def test_decimals_are_compared_exactly_by_the_database(storage: Storage) -> None:
    add_with_receipt(storage, (ScoreVersion, {**SCORE, "points": Decimal("0.3")}))
    points = METADATA.tables["score_version"].c.points
    with storage.reading() as session:
        assert session.execute(select(points).where(points == Decimal("0.3"))).scalars().all() == [Decimal("0.3")]
        assert session.execute(select(points).where(points > Decimal("0.299999"))).scalars().all() == [Decimal("0.3")]
        assert session.execute(select(points).where(points > Decimal("0.3"))).scalars().all() == []


@pytest.mark.parametrize("too_fine", ["0.0000001", "48.7500001", "0.1234560000000000000000000000001"])
def test_a_seventh_decimal_is_refused_instead_of_lost(storage: Storage, too_fine: str) -> None:
    with pytest.raises(StatementError, match="more than 6 decimals"):
        add_with_receipt(storage, (ScoreVersion, {**SCORE, "points": Decimal(too_fine)}))
    assert stored_points(storage) == []


BROKEN_ROWS: dict[str, tuple[type[Record], dict[str, Any]]] = {
    "negative points": (ScoreVersion, {**SCORE, "points": Decimal("-0.5")}),
    "an unknown source": (ScoreVersion, {**SCORE, "source": "neighbour"}),
    "points with not applicable": (ScoreVersion, {**SCORE, "not_applicable": True}),
    "neither points nor not applicable": (ScoreVersion, {**SCORE, "points": None}),
    "a score's version zero": (ScoreVersion, {**SCORE, "version": 0}),
    "a score without receipt": (ScoreVersion, {**SCORE, "receipt_id": 2}),
    "a fact's version zero": (FactVersion, {**FACT, "version": 0}),
    "a fact without receipt": (FactVersion, {**FACT, "receipt_id": 2}),
    "a fact without value": (FactVersion, {**FACT, "value": None}),
    "rank zero": (PublishedIndex, {**INDEX, "rank": 0}),
    "no index": (PublishedIndex, {**INDEX, "index": None}),
    "a file of unknown kind": (Receipt, {**RECEIPT, "id": 2, "kind": "letters"}),
    "the same file twice": (Receipt, {**RECEIPT, "id": 2}),
    "an approval of no snapshot": (Approval, APPROVAL),
}


@pytest.mark.parametrize("broken", BROKEN_ROWS)
def test_the_database_itself_refuses(storage: Storage, broken: str) -> None:
    with pytest.raises(IntegrityError):
        add_with_receipt(storage, BROKEN_ROWS[broken])
    with storage.reading() as session:
        assert session.execute(select(METADATA.tables["receipt"])).all() == []


@pytest.mark.parametrize(("table", "values"), [(ScoreVersion, SCORE), (FactVersion, FACT), (PublishedIndex, INDEX)])
def test_a_version_exists_only_once(storage: Storage, table: type[Record], values: dict[str, Any]) -> None:
    add_with_receipt(storage, (table, values), (table, {**values, "version": 2}))
    with pytest.raises(IntegrityError):
        add(storage, (table, values))


def test_a_grant_has_no_points(storage: Storage) -> None:
    add_with_receipt(storage, (ScoreVersion, {**SCORE, "not_applicable": True, "points": None}))
    assert stored_points(storage) == [None]


BROKEN_APPROVALS: dict[str, dict[str, Any]] = {
    "an unknown verdict": {"verdict": "perhaps"},
    "an approval without number": {"number": None},
    "an approval without day": {"day": None},
    "a refusal without reason": {"verdict": "refused", "number": None, "day": None},
    "a second approval of the round": {"number": 58},
    "a number that was given already": {"replaces": "57/QĐ-UBND"},
}


@pytest.mark.parametrize("broken", BROKEN_APPROVALS)
def test_the_database_itself_refuses_as_approval(storage: Storage, broken: str) -> None:
    add(storage, (Snapshot, SNAPSHOT), (Approval, APPROVAL))
    with pytest.raises(IntegrityError):
        add(storage, (Approval, {**APPROVAL, **BROKEN_APPROVALS[broken]}))


def test_a_round_may_be_refused_many_times_before_it_is_approved(storage: Storage) -> None:
    no = {**APPROVAL, "verdict": "refused", "number": None, "day": None, "reason": "thiếu minh chứng"}
    add(storage, (Snapshot, SNAPSHOT), (Approval, no), (Approval, no), (Approval, APPROVAL))


@pytest.mark.parametrize("zone", [UTC, HANOI, timezone(timedelta(hours=-9, minutes=-30))])
def test_a_moment_keeps_its_zone(storage: Storage, zone: timezone) -> None:
    moment = datetime(2026, 1, 10, 23, 59, 59, 123456, tzinfo=zone)
    add(storage, (Receipt, {**RECEIPT, "received_at": moment}))
    with storage.reading() as session:
        read = session.execute(select(METADATA.tables["receipt"].c.received_at)).scalar_one()
    assert (read, read.tzinfo) == (moment, UTC)


def test_a_moment_without_zone_is_refused(storage: Storage) -> None:
    with pytest.raises(StatementError, match="time zone"):
        add(storage, (Receipt, {**RECEIPT, "received_at": NOON.replace(tzinfo=None)}))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://127.0.0.1:1/cchc",
        "sqlite:////khong-co-thu-muc/cchc.sqlite",
        "không phải địa chỉ",
        "nosuch://db",
        "mysql://db",
    ],
)
def test_a_database_that_cannot_be_reached_is_refused_in_plain_words(tmp_path: Path, address: str) -> None:
    what, remedy = refused(tmp_path, Settings(database_url=address))
    assert what.startswith("không mở được (")
    assert "\n" not in what
    assert remedy == "Kiểm tra CCHC_DATABASE_URL và quyền ghi vào var/"
    with pytest.raises(RefusedError, match="không mở được"):
        prepare_storage(tmp_path, Settings(database_url=address))


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "var" / "cchc.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"not a database at all, but long enough to look like one" * 100)
    before = file.read_bytes()
    assert refused(tmp_path, Settings())[0].startswith("tệp bị hỏng (")
    assert file.read_bytes() == before


def write_and_fail(storage: Storage) -> None:
    with storage.writing() as session:
        session.execute(insert(Receipt), [RECEIPT])
        raise ZeroDivisionError


def test_an_error_while_writing_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail(storage)
    with storage.reading() as session:
        assert session.execute(select(METADATA.tables["receipt"])).all() == []


def test_a_reader_sees_one_state_while_others_write(storage: Storage) -> None:
    count = text("SELECT count(*) FROM score_version")
    with storage.reading() as session:
        assert session.execute(count).scalar() == 0
        add_with_receipt(storage, (ScoreVersion, SCORE))
        assert session.execute(count).scalar() == 0
    with storage.reading() as session:
        assert session.execute(count).scalar() == 1


def test_a_file_is_kept_once_under_the_hash_of_its_bytes(tmp_path: Path) -> None:
    storage = open_storage(tmp_path, Settings())
    content = "đơn vị,điểm\n".encode()
    sha256 = storage.keep(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    kept = storage.kept(sha256)
    first = kept.stat()
    assert storage.keep(content) == sha256
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    assert [file for file in (tmp_path / "var" / "received").rglob("*") if file.is_file()] == [kept]
    assert kept.read_bytes() == content
    storage.engine.dispose()


def test_what_a_killed_process_left_of_a_file_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    storage = open_storage(tmp_path, Settings())
    received = tmp_path / "var" / "received"
    (received / "ab").mkdir(parents=True)
    left = [received / f".{'0a' * 16}", received / "ab" / f".{'ab' * 32}.{'0b' * 16}"]
    for path in left:
        path.write_bytes(b"half")

    def pieces() -> Iterator[bytes]:
        yield b"first"
        (mine,) = [path for path in received.glob(".*") if path not in left]
        storage.remove_unfinished()
        assert [path for path in received.rglob(".*") if path.is_file()] == [mine]
        yield b"second"

    sha256 = storage.keep_pieces(pieces())
    assert storage.kept(sha256).read_bytes() == b"firstsecond"
    assert not list(received.rglob(".*"))
    left[0].write_bytes(b"half")
    storage.keep(b"another")
    assert not list(received.rglob(".*"))
    storage.engine.dispose()


def test_files_that_differ_are_kept_side_by_side(tmp_path: Path) -> None:
    storage = open_storage(tmp_path, Settings())
    hashes = [storage.keep(content) for content in (b"", b"a", b"b")]
    assert [storage.kept(sha256).read_bytes() for sha256 in hashes] == [b"", b"a", b"b"]
    storage.engine.dispose()


def test_another_person_may_act_in_the_same_storage(storage: Storage) -> None:
    other = storage.acting_as("người khác")
    assert (other.user, other.engine, other.var) == ("người khác", storage.engine, storage.var)
    assert storage.user == "người thử"


def test_a_printed_decimal_is_the_same_from_both_databases(storage: Storage) -> None:
    add_with_receipt(storage, (PublishedIndex, {**INDEX, "max_points": Decimal("98.50"), "points": Decimal("90.0")}))
    index = METADATA.tables["published_index"].c
    with storage.reading() as session:
        row = session.execute(select(index.max_points, index.points, index.index)).one()
    assert [plain(number) for number in row] == ["98.5", "90", "91.5"]


def test_what_lies_open_to_other_accounts_is_closed_by_the_next_opening(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    outside.chmod(0o644)
    open_storage(tmp_path / "tinh", Settings(user="người thử")).engine.dispose()
    (tmp_path / "tinh" / "var" / "cchc.sqlite").chmod(0o644)
    for name in ("received/ab/file", "prefect/prefect.db", "faults.log"):
        path = tmp_path / "tinh" / "var" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o644)
    var = tmp_path / "tinh" / "var"
    var.chmod(0o755)
    (var / "link").symlink_to(outside)
    open_storage(tmp_path / "tinh", Settings(user="người thử")).keep(b"received")
    found = [var, *(path for path in var.rglob("*") if path.is_file() and not path.is_symlink())]
    assert len(found) > 5
    assert [path for path in found if path.stat().st_mode & 0o077] == []
    assert outside.stat().st_mode & 0o777 == 0o644


def named(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "province.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_database_belongs_to_the_first_province_and_is_refused_to_every_other(
    tmp_path: Path, settings: Settings, storage: Storage
) -> None:
    """Also an old one, which knows no province yet: the fixture was made without province.yaml."""
    first = named(tmp_path, "name: tỉnh Mẫu\ncode: tinh-mau\n")
    open_storage(first, settings).engine.dispose()
    named(tmp_path, "name: tỉnh Bình Dương\ncode: binh-duong\n")
    for opening in (open_storage, prepare_storage):
        with pytest.raises(RefusedError) as refused:
            opening(tmp_path, settings)
        assert "là của tỉnh Mẫu (tinh-mau), không phải của tỉnh Bình Dương (binh-duong)" in str(refused.value)
    named(tmp_path, "name: thành phố Mẫu\ncode: tinh-mau\n")
    open_storage(tmp_path, settings).engine.dispose()


def test_a_renamed_province_takes_its_database_along_by_an_act_of_its_own(tmp_path: Path, settings: Settings) -> None:
    open_storage(named(tmp_path, "name: tỉnh Mẫu\n"), settings).engine.dispose()
    named(tmp_path, "name: tỉnh Mới\ncode: tinh-moi\n")
    with pytest.raises(RefusedError, match="là của tỉnh Mẫu"):
        open_storage(tmp_path, settings)
    prepare_storage(tmp_path, settings, renamed=True)
    prepare_storage(tmp_path, settings, renamed=True)
    storage = open_storage(tmp_path, settings)
    with storage.reading() as session:
        names = session.execute(text("SELECT name, code, recorded_by FROM province ORDER BY id")).all()
    assert [tuple(row) for row in names] == [
        ("tỉnh Mẫu", None, "người thử"),
        ("tỉnh Mới", "tinh-moi", "người thử"),
    ]


def test_provinces_that_open_one_empty_database_at_once_leave_it_to_one(tmp_path: Path, settings: Settings) -> None:
    open_storage(tmp_path, settings).engine.dispose()
    settings = settings.model_copy(update={"database_url": settings.database_url or database_url(tmp_path, settings)})
    folders = [named(tmp_path / code, f"name: {code}\ncode: {code}\n") for code in ("mot", "hai", "ba")]

    def outcome(folder: Path) -> str:
        try:
            open_storage(folder, settings).engine.dispose()
        except RefusedError as refused:
            return str(refused)
        return "opened"

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(outcome, folders))
    assert outcomes.count("opened") == 1
    assert sum("không phải của" in said for said in outcomes) == 2


def test_a_connection_that_the_database_has_cut_is_made_anew(postgres_url: str, tmp_path: Path) -> None:
    address = database_url(tmp_path, Settings(database_url=postgres_url))
    engine, another = make_engine(address), make_engine(address)
    with engine.connect() as connection:
        mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with another.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != mine
    engine.dispose()
    another.dispose()
