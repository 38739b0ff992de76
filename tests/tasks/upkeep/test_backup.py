"""Everything in one file and back: on either database, at any path, while others write, and never half."""

import fcntl
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess
from threading import Event, Thread

import pytest
from sqlalchemy import inspect, select

from benchmarks.clusters import s3_server
from models.findings import RefusedError
from models.records.storage import Storage, make_engine, migrate, open_storage
from models.records.store import RECEIVED, Store
from models.records.tables import METADATA, Publication, Snapshot
from models.settings import Settings, SigningSettings
from tasks.forms.round_records import read_round
from tasks.intake.round_status import round_status
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.trust import Trust
from tasks.publishing.verifying import verify_place
from tasks.recording.journal import walk_journal
from tasks.upkeep.archive import CONTENTS
from tasks.upkeep.backing_up import back_up
from tasks.upkeep.examining import examine
from tasks.upkeep.restoring import restore
from tests.tasks.districts import YEAR, Districts
from tests.tasks.publishing.test_issuing import CORRECTION, FIRST, place, publish
from tests.tasks.recording.test_journal import before_the_journal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """A round evaluated and published, on SQLite."""
    districts = Districts.copied(tmp_path_factory.mktemp("original")).receive()
    districts.evaluate()
    publish(districts, FIRST)
    (districts.folder / "khoa.p12").write_bytes(b"khoa")
    (districts.folder / "ghi-chu.txt").write_text("-----BEGIN PRIVATE KEY-----", encoding="utf-8")
    return districts


@pytest.fixture(scope="module")
def archive(done: Districts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return back_up(done.folder, done.storage, tmp_path_factory.mktemp("backup") / "cchc.zip").file


def all_rows(storage: Storage) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; where a publication lies left out."""
    rows = {}
    with storage.reading() as session:
        for table in METADATA.sorted_tables:
            columns = [column for column in table.columns if column.name != "folder"]
            rows[table.name] = [tuple(row) for row in session.execute(select(*columns).order_by(*table.primary_key))]
    return rows


def test_what_comes_back_is_the_same_evaluates_to_the_same_and_verifies(
    done: Districts, archive: Path, tmp_path: Path, settings: Settings
) -> None:
    there = tmp_path / "nơi khác" / "tinh"
    there.parent.mkdir()
    restored = restore(archive, there, settings)
    assert restored.findings == ()
    again = Districts.__new__(Districts)
    again.folder, again.storage = there, open_storage(there, settings)
    assert all_rows(again.storage) == all_rows(done.storage)
    assert walk_journal(again.storage).findings == ()
    evaluation = evaluate_round(again.province, again.storage, YEAR)
    with done.storage.reading() as session:
        (frozen,) = session.execute(select(Snapshot.sha256)).scalars()
    assert (evaluation.new, evaluation.sha256) == (False, frozen)
    with again.storage.reading() as session:
        (folder,) = session.execute(select(Publication.folder)).scalars()
    assert again.storage.place(folder) == place(again)
    assert verify_place(place(again), Trust(), again.storage).findings == ()
    assert {path.name for path in (there / "var" / "received").glob("??/*")} == {
        path.name for path in (done.folder / "var" / "received").glob("??/*")
    }
    again.receive_score("di-an", "1.1", "council", "48.5")
    assert walk_journal(again.storage).findings == ()
    again.storage.engine.dispose()


def test_a_province_folder_that_was_moved_goes_on_where_it_was(done: Districts, tmp_path: Path) -> None:
    left = done.duplicate(tmp_path)
    left.storage.engine.dispose()
    there = tmp_path / "ổ khác" / "tỉnh"
    there.parent.mkdir()
    moved = Districts(left.folder.rename(there))
    records = read_round(moved.province, moved.storage, YEAR)
    ((*_, folder),) = round_status(moved.storage, records, date(2018, 1, 1)).decisions
    assert Path(folder) == place(moved)
    assert verify_place(place(moved), Trust(), moved.storage).findings == ()
    seen = {part.part: part.findings for part in examine(there, Settings(), SigningSettings())}
    assert [seen[part] for part in ("nhật ký", "tệp đã nhận", "bản công bố")] == [(), (), ()]
    assert not moved.evaluate().new
    assert not publish(moved, FIRST).new
    moved.receive_score("di-an", "1.1", "council", "48.5").evaluate()
    assert publish(moved, CORRECTION, "second").new
    assert verify_place(place(moved, "second"), Trust(), moved.storage).findings == ()
    assert verify_place(place(moved), Trust(), moved.storage).findings == ()
    assert not left.folder.exists()
    moved.storage.engine.dispose()


def test_from_postgresql_to_sqlite(done: Districts, archive: Path, tmp_path: Path, postgres_url: str) -> None:
    on_postgresql = Settings(user="người thử", database_url=postgres_url)
    restore(archive, tmp_path / "first", on_postgresql)
    storage = open_storage(tmp_path / "first", on_postgresql)
    second = back_up(tmp_path / "first", storage, tmp_path / "second.zip")
    storage.engine.dispose()
    restore(second.file, tmp_path / "second", Settings(user="người thử"))
    back = open_storage(tmp_path / "second", Settings(user="người thử"))
    assert all_rows(back) == all_rows(done.storage)
    back.engine.dispose()


def test_no_key_and_no_password_is_in_it(archive: Path, done: Districts, tmp_path: Path) -> None:
    names = zipfile.ZipFile(archive).namelist()
    assert "province/province.yaml" in names
    assert not [name for name in names if name.endswith(("khoa.p12", "ghi-chu.txt"))]
    left = back_up(done.folder, done.storage, tmp_path / "again.zip").findings
    assert [finding.file for finding in left] == ["ghi-chu.txt", "khoa.p12"]
    assert archive.stat().st_mode & 0o777 == 0o600


def test_a_backup_in_the_province_folder_holds_neither_itself_nor_others_nor_what_was_killed(
    done: Districts, tmp_path: Path
) -> None:
    districts = done.duplicate(tmp_path)
    first, second = districts.folder / "sao-luu.zip", districts.folder / "sao-luu-2.zip"
    killed = districts.folder / f".sao-luu.zip.{'0a' * 16}"
    written = districts.folder / f".sao-luu.zip.{'0b' * 16}"
    killed.write_bytes(b"half")
    written.write_bytes(b"half")
    with written.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        back_up(districts.folder, districts.storage, first)
        assert (killed.exists(), written.exists()) == (False, True)
    again = back_up(districts.folder, districts.storage, second)
    assert "sao-luu.zip" in [finding.file for finding in again.findings]
    for file in (first, second):
        assert not [name for name in zipfile.ZipFile(file).namelist() if "sao-luu" in name]
    assert abs(first.stat().st_size - second.stat().st_size) < 1000
    districts.storage.engine.dispose()


def test_a_place_that_is_not_empty_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "tinh").mkdir()
    (tmp_path / "tinh" / "gì đó").write_bytes(b"")
    with pytest.raises(RefusedError, match="không trống"):
        restore(archive, tmp_path / "tinh", Settings())
    assert [path.name for path in tmp_path.iterdir()] == ["tinh"]


def test_a_database_that_is_not_empty_is_refused(archive: Path, tmp_path: Path, postgres_url: str) -> None:
    settings = Settings(user="người thử", database_url=postgres_url)
    restore(archive, tmp_path / "first", settings)
    with pytest.raises(RefusedError, match=r"cơ sở dữ liệu: .*không trống"):
        restore(archive, tmp_path / "second", settings)
    assert not (tmp_path / "second").exists()


def test_a_backup_is_never_written_over(archive: Path, done: Districts) -> None:
    with pytest.raises(RefusedError, match="đã có tệp này"):
        back_up(done.folder, done.storage, archive)


def rewritten(archive: Path, into: Path, part: str, change: Callable[[bytes], bytes | None]) -> Path:
    """The archive with one part changed, or without it."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            content: bytes | None = old.read(name)
            if name == part:
                content = change(old.read(name))
            if content is not None:
                new.writestr(name, content)
    return into


DAMAGES: dict[str, tuple[str, Callable[[bytes], bytes | None]]] = {
    "a changed row": ("database/score_version.jsonl", lambda content: content.replace(b'"48.', b'"49.', 1)),
    "a table removed": ("database/approval.jsonl", lambda content: None),
    "a changed criteria set": ("province/province.yaml", lambda content: content + b"\n"),
    "a changed published file": ("published/1/results.csv", lambda content: content.replace(b"84.58", b"94.58")),
    "contents removed": (CONTENTS, lambda content: None),
    "contents of a later format": (CONTENTS, lambda content: content.replace(b'"format": 1', b'"format": 2')),
    "a part that leads out": (
        CONTENTS,
        lambda content: json.dumps({**json.loads(content), "published": {"1": "../../outside"}}).encode(),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_leaves_nothing_behind(archive: Path, tmp_path: Path, damage: str) -> None:
    file = rewritten(archive, tmp_path / "damaged.zip", *DAMAGES[damage])
    with pytest.raises(RefusedError, match="không phải bản sao lưu hoặc đã hỏng"):
        restore(file, tmp_path / "tinh", Settings())
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.zip"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A bucket of a server that speaks S3, and a database that is named by the province's folder."""
    with s3_server("cchc") as s3:
        for name, value in s3.items():
            monkeypatch.setenv(name, value)
        database = f"sqlite:///{tmp_path}/{{province}}.sqlite"
        yield Settings(user="người thử", store="s3://cchc/{province}", database_url=database)


def test_with_a_store_elsewhere_received_files_go_there_and_come_from_there(
    done: Districts, archive: Path, tmp_path: Path, elsewhere: Settings
) -> None:
    assert restore(archive, tmp_path / "tinh", elsewhere).findings == ()
    storage = open_storage(tmp_path / "tinh", elsewhere)
    assert all_rows(storage) == all_rows(done.storage)
    received = list(done.storage.store.listed())
    assert list(storage.store.listed()) == received != []
    assert not (tmp_path / "tinh" / "var" / "received").exists()
    again = back_up(tmp_path / "tinh", storage, tmp_path / "again.zip")
    storage.engine.dispose()
    restore(again.file, tmp_path / "here", Settings())
    here = open_storage(tmp_path / "here", Settings())
    assert [here.store.get(key, RECEIVED) for key in received] == [
        done.storage.kept(key).read_bytes() for key in received
    ]
    here.engine.dispose()


def test_of_a_damaged_backup_nothing_is_left_in_a_store_elsewhere_but_what_lay_there(
    done: Districts, archive: Path, tmp_path: Path, elsewhere: Settings
) -> None:
    file = rewritten(archive, tmp_path / "damaged.zip", *DAMAGES["a changed published file"])
    there, first = Store.of(tmp_path / "tinh", elsewhere), next(done.storage.store.listed())
    there.put(done.storage.kept(first).read_bytes(), RECEIVED)
    with pytest.raises(RefusedError, match="đã hỏng"):
        restore(file, tmp_path / "tinh", elsewhere)
    assert list(there.listed()) == [first]
    assert not (tmp_path / "tinh").exists()


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 cut"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.zip").write_bytes(content)
    with pytest.raises(RefusedError, match="không phải bản sao lưu hoặc đã hỏng"):
        restore(tmp_path / "other.zip", tmp_path / "tinh", Settings())


def test_a_backup_cut_short_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(archive.read_bytes()[:-2000])
    with pytest.raises(RefusedError, match="không phải bản sao lưu hoặc đã hỏng"):
        restore(tmp_path / "cut.zip", tmp_path / "tinh", Settings())


def test_a_backup_from_before_the_journal_is_migrated_and_sealed(archive: Path, tmp_path: Path) -> None:
    old = before_the_journal()
    engine = make_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    migrate(engine, old)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    with zipfile.ZipFile(archive) as new, zipfile.ZipFile(tmp_path / "old.zip", "w") as into:
        contents = json.loads(new.read(CONTENTS))
        of_rows = {f"database/{table.name}.jsonl" for table in METADATA.sorted_tables if table.name not in tables}
        contents["parts"] = {name: part for name, part in contents["parts"].items() if name not in of_rows}
        for name in contents["parts"]:
            into.writestr(name, new.read(name))
        into.writestr(CONTENTS, json.dumps({**contents, "schema": old, "head": ""}))
    restore(tmp_path / "old.zip", tmp_path / "restored", Settings())
    storage = open_storage(tmp_path / "restored", Settings())
    walked = walk_journal(storage)
    assert (walked.findings, walked.sealed) == ((), walked.rows - 1)  # whose it is came with the first opening
    assert walked.rows > 20
    storage.engine.dispose()


def test_it_is_consistent_while_others_write(done: Districts, tmp_path: Path) -> None:
    districts = done.duplicate(tmp_path)
    stop = Event()

    def write() -> None:
        count = 0
        while not stop.is_set():
            count += 1
            districts.receive_score("di-an", "1.1", "council", f"{count % 40}.{count % 9}")

    writer = Thread(target=write)
    writer.start()
    try:
        file = back_up(districts.folder, open_storage(districts.folder, Settings(user="b")), tmp_path / "b.zip").file
    finally:
        stop.set()
        writer.join()
    restored = restore(file, tmp_path / "restored", Settings())
    assert restored.findings == ()
    storage = open_storage(tmp_path / "restored", Settings())
    with storage.reading() as session:
        named = set(session.execute(select(METADATA.tables["receipt"].c.sha256)).scalars())
    assert all(storage.kept(sha256).is_file() for sha256 in named)
    storage.engine.dispose()


def test_an_officer_reads_what_was_saved_and_brought_back(
    done: Districts, tmp_path: Path, cchc: Callable[..., CompletedProcess[str]]
) -> None:
    saved = cchc("-p", done.folder, "backup", tmp_path / "b.zip")
    assert saved.returncode == 0, saved.stderr
    assert "1 tệp đã nhận, 1 bản công bố." in saved.stdout
    assert "khoa.p12: CẢNH BÁO: là khóa hoặc mật khẩu, không đưa vào bản sao lưu" in saved.stderr
    back = cchc("-p", tmp_path / "tinh", "restore", tmp_path / "b.zip")
    assert back.returncode == 0, back.stderr
    assert "mọi mã băm đúng" in back.stdout
    assert cchc("-p", tmp_path / "tinh", "verify", "--journal").returncode == 0
    shutil.rmtree(tmp_path / "tinh")
