"""The database of one province and its kept files: opened, migrated, read and written.

SQLite (WAL) in the folder's var/ by default, PostgreSQL by CCHC_DATABASE_URL. Writers take turns: a version's number is
the one after the highest, so two imports must not read it at once.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlmodel import Session, col, select

from models.findings import Act, Action, Finding, RefusedError, refusal
from models.province.identity import Identity, identity_of
from models.records.journal import guard, seal, unguard, unsealed
from models.records.store import RECEIVED, Store, of_the_province, opened_address
from models.records.tables import ProvinceName
from models.settings import Settings, close_to_others, make_var, var_folder

SCHEMA_VERSION = "0015"
REMEMBERED = "remembered"
"""Under what a session for reading has what its process remembers of the database."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_NEWEST = "head"
_PATIENCE = 30.0  # seconds that one process waits for another
_WRITERS_LOCK = 20_180_727  # any fixed number: the key of PostgreSQL's advisory lock


class Storage:
    """An open database, the store of received files, and the folder of what only this machine needs."""

    def __init__(
        self, engine: Engine, var: Path, user: str, remembered: object = None, store: Store | None = None
    ) -> None:
        self.engine = engine
        self.var = var
        self.store = store or Store(opened_address(str(var), "var"))
        self.user = user
        self.remembered = remembered  # what sessions for reading are given of earlier readings

    def acting_as(self, user: str) -> "Storage":
        """The same storage, with another person named in new records."""
        return Storage(self.engine, self.var, user, self.remembered, self.store)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading one consistent state."""
        with Session(self.engine, info={REMEMBERED: self.remembered}) as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN"))
            else:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that no other writer overlaps; committed at the end, rolled back on any error. What it adds
        becomes a part of the journal.

        Raises:
            RefusedError: another process holds the database for longer than the patience of this one.
        """
        with Session(self.engine) as session:
            with _refusing_the_held():
                _wait_for_turn(session.connection())
            foreign = unsealed(session.connection())
            yield session
            session.flush()
            seal(session.connection(), foreign, self.user)
            session.commit()

    def keep(self, content: bytes) -> str:
        """Keep a received file's bytes under their SHA-256, which is returned; keeping them twice changes nothing. What
        a killed process has left of such a file goes.
        """
        self.remove_unfinished()
        return self.keep_pieces((content,))

    def keep_pieces(self, pieces: Iterable[bytes]) -> str:
        """The same for a file that comes piece by piece; where one fails to come, nothing is kept."""
        return self.store.put_pieces(pieces)

    def remove_unfinished(self) -> None:
        """Remove what a process that was killed while it kept a file has left."""
        self.store.remove_unfinished()

    def place_told(self, place: Path) -> str:
        """A place as the database keeps it: from the province folder on where it lies in it, so that both can move."""
        province, place = self.var.parent.resolve(), place.resolve()
        return str(place.relative_to(province) if place.is_relative_to(province) else place)

    def place(self, told: str) -> Path:
        """A place that the database keeps; rows from before hold it whole."""
        return self.var.parent / told

    def kept(self, sha256: str) -> Path:
        """Where the received bytes with this SHA-256 lie on this machine; see `Store.local`."""
        return self.store.local(sha256)


def database_url(province: Path, settings: Settings) -> str:
    """The database's address: as set, with the folder's name for `{province}`, else SQLite in the province's var/."""
    if settings.database_url:
        url = of_the_province(settings.database_url, province)
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
    return f"sqlite:///{var_folder(province) / 'cchc.sqlite'}"


def database_file(province: Path, settings: Settings) -> Path | None:
    """Where the database lies that is a file, whether or not it is there yet."""
    url = make_url(database_url(province, settings))
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_engine(url: str, patience: float = _PATIENCE) -> Engine:
    """An engine that waits so many seconds for other writers; on SQLite with foreign keys on and WAL.

    A connection to PostgreSQL that a restart has cut is made anew before it is used.
    """
    engine = create_engine(url, pool_pre_ping=make_url(url).get_backend_name() == "postgresql")
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def _be_patient(connection, _record) -> None:  # type: ignore[no-untyped-def]
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {int(patience * 1000)}")
            connection.commit()

    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _prepare(connection, _record) -> None:  # type: ignore[no-untyped-def]
            connection.isolation_level = None
            if engine.url.database:  # the files beside it are made with its own mode
                close_to_others(Path(engine.url.database))
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
            _switch_to_wal(cursor)
            for pragma in ("synchronous=FULL", "foreign_keys=ON"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    return engine


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    """Write ahead from now on. Of several processes that open a new file one switches it; SQLite itself lets the others
    fail here instead of waiting.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def open_storage(province: Path, settings: Settings) -> Storage:
    """Open the province's database; an empty one is made ready first.

    Raises:
        RefusedError: the database cannot be reached, was made by another version of the program, or belongs to another
            province.
    """
    var, store = make_var(province), Store.of(province, settings)
    with _refusing_the_unreachable():
        engine = make_engine(database_url(province, settings), settings.patience)
        version = schema_version(engine)
        if version is None:
            _refuse_to_begin_anew(engine, store)
            migrate(engine)
        if version not in (None, SCHEMA_VERSION):
            engine.dispose()
            raise _other_version(version)
        storage = Storage(engine, var, _acting_user(settings), store=store)
        _belong_to(identity_of(province), storage)
    return storage


def _refuse_to_begin_anew(engine: Engine, store: Store) -> None:
    """An empty database beside received files was not empty before: nothing is made anew over it.

    Raises:
        RefusedError: files were received.
    """
    received = sum(1 for _ in store.listed())
    if received and schema_version(engine) is None:  # another process may have begun it meanwhile
        what = f"trống, trong khi kho tệp đã nhận (var/received) có {received} tệp"
        remedy = "Khôi phục từ bản sao lưu gần nhất; nếu thật sự muốn bắt đầu lại thì chuyển var/received đi nơi khác"
        raise refusal("cơ sở dữ liệu", what, remedy)


def _belong_to(province: Identity | None, storage: Storage, renamed: bool = False) -> None:
    """Let the database know its province: the first one that opens it, and from a renaming on the one it became.

    Raises:
        RefusedError: it belongs to another province.
    """
    if province is None:
        return
    with Session(storage.engine) as session:
        known = _known_province(session)
    if known is None or (renamed and known != province):
        with storage.writing() as session:
            known = _known_province(session)
            if known is None or renamed:
                now, user = datetime.now(UTC), storage.user
                session.add(ProvinceName(**province.model_dump(), recorded_at=now, recorded_by=user))
                return
    if not known.is_same_as(province):
        storage.engine.dispose()
        raise refusal(
            "cơ sở dữ liệu",
            f"là của {known}, không phải của {province}",
            "Kiểm tra thư mục tỉnh và CCHC_DATABASE_URL; nếu chính tỉnh này đã đổi tên hay đổi mã thì ghi nhận tên mới",
            action=Action(Act.RENAME_PROVINCE),
        )


def _known_province(session: Session) -> Identity | None:
    row = session.exec(select(ProvinceName).order_by(col(ProvinceName.id).desc()).limit(1)).first()
    return Identity(name=row.name, code=row.code) if row else None


def _acting_user(settings: Settings) -> str:
    try:
        return settings.acting_user
    except (OSError, KeyError) as error:  # an account without a name, as containers may have
        raise refusal(
            "CCHC_USER", "không biết ai đang thao tác (tài khoản trên máy không có tên)", "Đặt CCHC_USER là họ tên"
        ) from error


def prepare_storage(province: Path, settings: Settings, renamed: bool = False) -> None:
    """Create the province's var/ and database, or bring its tables to this version of the program.

    Args:
        province: the province folder.
        settings: where the database is.
        renamed: whether the province has another name or code than the database knows, and it shall know the new one.

    Raises:
        RefusedError: the database cannot be reached, was made by a newer version of the program, or belongs to another
            province.
    """
    (make_var(province) / RECEIVED).mkdir(exist_ok=True)
    with _refusing_the_unreachable():
        engine = make_engine(database_url(province, settings))
        try:
            version = schema_version(engine)
            if version and version > SCHEMA_VERSION:
                raise _other_version(version)
            if version is None:
                _refuse_to_begin_anew(engine, Store.of(province, settings))
            migrate(engine)
            _belong_to(identity_of(province), Storage(engine, var_folder(province), _acting_user(settings)), renamed)
        finally:
            engine.dispose()


# What a database says when it fails, and what that means; the first part that is in its message counts.
_FAULTS = (
    ("disk is full", "ổ đĩa đầy", "Giải phóng chỗ trống rồi chạy lại"),
    ("No space left", "ổ đĩa đầy", "Giải phóng chỗ trống rồi chạy lại"),
    ("malformed", "tệp bị hỏng", "Giữ nguyên tệp, khôi phục bản sao lưu gần nhất rồi chạy lại"),
    ("not a database", "tệp bị hỏng", "Giữ nguyên tệp, khôi phục bản sao lưu gần nhất rồi chạy lại"),
    ("disk I/O error", "ổ đĩa không đọc hoặc không ghi được", "Kiểm tra ổ đĩa rồi chạy lại"),
    ("readonly", "không có quyền ghi", "Kiểm tra quyền ghi vào var/"),
    ("read-only", "không có quyền ghi", "Kiểm tra quyền ghi vào cơ sở dữ liệu"),
)


def database_fault(error: Exception, otherwise: str, remedy: str) -> Finding:
    """What is wrong with a database that failed, in words.

    Args:
        error: what it raised.
        otherwise: what is said of a message that is not known.
        remedy: what helps against that.
    """
    reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
    what, act = next(((what, act) for part, what, act in _FAULTS if part in reason), (otherwise, remedy))
    return Finding("cơ sở dữ liệu", 0, f"{what} ({reason})", act)


@contextmanager
def _refusing_the_unreachable() -> Iterator[None]:
    """Answer in plain words where an address is no database's, or its database does not open."""
    try:
        yield
    except (SQLAlchemyError, ImportError) as error:
        fault = database_fault(error, "không mở được", "Kiểm tra CCHC_DATABASE_URL và quyền ghi vào var/")
        raise RefusedError([fault]) from error


@contextmanager
def _refusing_the_held() -> Iterator[None]:
    """Answer in plain words where another process does not let go of the database."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        if "locked" not in reason and "lock timeout" not in reason:
            raise
        raise refusal(
            "cơ sở dữ liệu",
            "đang bị một chương trình khác giữ, chờ không được",
            "Đóng chương trình đang mở cơ sở dữ liệu rồi chạy lại; chưa có gì bị ghi hay mất",
        ) from error


def _other_version(version: str) -> RefusedError:
    what = f"cấu trúc phiên bản {version}, chương trình cần {SCHEMA_VERSION}"
    newer = version > SCHEMA_VERSION
    if newer:
        return refusal("cơ sở dữ liệu", what, "Cơ sở dữ liệu do bản mới hơn tạo ra: cập nhật chương trình")
    return refusal("cơ sở dữ liệu", what, "Sao lưu rồi nâng cấp cơ sở dữ liệu", action=Action(Act.INIT))


def schema_version(engine: Engine) -> str | None:
    """The migration that the database stands at, None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
        return str(row[0]) if row else None


def migrate(engine: Engine, to: str = _NEWEST) -> None:
    """Create or upgrade all tables, to the newest version or the named one."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with _foreign_keys_waiting(engine), engine.begin() as connection:
        _wait_for_turn(connection)
        config.attributes["connection"] = connection
        unguard(connection)
        command.upgrade(config, to)
        if to == _NEWEST:
            guard(connection)
        if engine.dialect.name == "sqlite":
            assert not connection.execute(text("PRAGMA foreign_key_check")).first(), "a migration broke a reference"


@contextmanager
def _foreign_keys_waiting(engine: Engine) -> Iterator[None]:
    """SQLite changes a table by making it anew, and may not see the rows that point to it lose it meanwhile."""
    if engine.dialect.name != "sqlite":
        yield
        return

    def wait(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA foreign_keys=OFF")

    engine.dispose()
    event.listen(engine, "connect", wait)
    try:
        yield
    finally:
        event.remove(engine, "connect", wait)
        engine.dispose()


def _wait_for_turn(connection: Connection) -> None:
    """Hold the only writer's place until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
