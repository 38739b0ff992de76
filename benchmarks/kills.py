"""Every step of a round killed with SIGKILL, at random moments and at every boundary of its transactions.

A try copies a prepared province, starts the command as a process group of its own, kills the group, starts it again
and compares what is recorded and written with the unkilled run.
"""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

from benchmarks.places import EXAMPLES, Databases, Ended, Place

MOST_AGAIN = 2
_numbers = count()


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the round, the example it runs on, and the step that it follows, if not the first."""

    name: str
    example: str
    command: tuple[str, ...]
    follows: str | None = None


_ACCEPTED = ("thieu-ten-nguoi-ky", "ngay-truoc-ket-qua")
_PUBLISH = (
    *("publish", "2017", "--number", "5", "--date", "2018-02-20", "--out", "cong-bo"),
    *("--submission-number", "4", "--submission-date", "2018-02-19", "--approved-by", "người đo (mẫu)"),
    *(word for code in _ACCEPTED for word in ("--accept", f"{code}: quyết định của năm trước, công bố lại để đo")),
)
_FIGURES = ("import", "figures", "2025-01", "progress-2025/figures-2025-01.csv")
STEPS = (
    Step("import", "binh-duong-2017", ("import", "scores", "2017", "scores.csv")),
    Step("evaluate", "binh-duong-2017", ("evaluate", "2017"), "import"),
    Step("publish signed", "binh-duong-2017", _PUBLISH, "evaluate"),
    Step("site", "binh-duong-2017", ("site", "--out", "trang"), "publish signed"),
    Step("backup", "binh-duong-2017", ("backup", "sao-luu.zip"), "publish signed"),
    Step("intake", "tinh-mau", ("intake",)),
    Step("monthly", "tinh-mau", ("monthly", "2025-01", "--out", "bao-cao")),
)


def with_what_they_follow(names: Iterable[str]) -> list[Step]:
    """These steps and those before them, in the order of the round."""
    needed = set(names)
    for step in reversed(STEPS):
        if step.name in needed and step.follows:
            needed.add(step.follows)
    return [step for step in STEPS if step.name in needed]


@dataclass(slots=True)
class Tally:
    """What was seen of one case: tries, what came of them, seconds of the slowest command and MiB of the largest."""

    tries: int = 0
    survived: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    slowest: float = 0.0
    peak: int = 0
    wrong: list[str] = field(default_factory=list)

    def took(self, ended: Ended) -> Ended:
        """A command that was waited for."""
        self.slowest, self.peak = max(self.slowest, ended.seconds), max(self.peak, ended.peak)
        return ended

    def compare(self, what: str, meant: Counter[str], state: Counter[str], ended: Ended) -> None:
        """What a try left, held against what it was to leave."""
        lost, doubled = meant - state, state - meant
        stuck = (bool(lost) and ended.code != 0) or not ended.in_words
        self.tries += 1
        self.lost += bool(lost)
        self.doubled += bool(doubled)
        self.stuck += stuck
        self.survived += not (lost or doubled or stuck)
        if lost or doubled or stuck:
            told = [*(f"- {each}" for each in sorted(lost)[:4]), *(f"+ {each}" for each in sorted(doubled)[:4])]
            self.wrong.append(f"{what}: {'; '.join(told)} (exit {ended.code}: {ended.said[-300:]!r})")

    def judge(self, what: str, ended: Ended, done: bool) -> None:
        """A try in which nothing can be lost or doubled but what is asked for; else it is stuck."""
        self.tries += 1
        self.survived += ended.in_words and done
        if not (ended.in_words and done):
            self.stuck += 1
            self.wrong.append(f"{what}: exit {ended.code}: {ended.said[-300:]!r}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A step ready to be tried: its province before the step, how long the step takes, and what it comes to."""

    step: Step
    before: Place
    seconds: float
    after: Place
    state: Counter[str]
    boundaries: int


def prepared(
    step: Step, work: Path, databases: Databases, workbooks: Mapping[str, bytes], ready: Mapping[str, Prepared]
) -> Prepared:
    """Bring a province up to a step, and run the step once unkilled.

    Args:
        step: what is to be tried.
        work: an empty folder.
        databases: where its database is.
        workbooks: what lies in the inbox of intake.
        ready: the steps before it.

    Raises:
        RuntimeError: a command does not do its work even unkilled.
    """
    before = (
        databases.copy(ready[step.follows].after, work / "before")
        if step.follows
        else _begun(step, work, databases, workbooks)
    )
    after = databases.copy(before, work / "unkilled")
    ended = must(after.start(step.command, ("-m", "benchmarks.driven", "0")).ended())
    boundaries = int(ended.said.rpartition("boundaries ")[2])
    return Prepared(step, before, ended.seconds, after, after.state(), boundaries)


def _begun(step: Step, work: Path, databases: Databases, workbooks: Mapping[str, bytes]) -> Place:
    """A province at the beginning of its round, or of its months."""
    folder = Path(shutil.copytree(EXAMPLES / step.example, work / "before"))
    settings = _with_keys(folder, work) if step.name == "import" else {}
    place = Place(folder, databases.new(), settings)
    must(place.run(("init",)))
    if step.name == "intake":
        fill_inbox(place, workbooks)
    if step.name == "monthly":
        must(place.run(_FIGURES))
    return place


def fill_inbox(place: Place, workbooks: Mapping[str, bytes]) -> None:
    """Lay files into the inbox, of a round whose deadlines are ahead."""
    from flows.demo.yearly_round import open_deadlines

    open_deadlines(place.folder / "rounds" / "2025.yaml")
    inbox = place.folder / "var" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    for name, content in workbooks.items():
        (inbox / name).write_bytes(content)


def _with_keys(folder: Path, work: Path) -> dict[str, str]:
    """Keys, pictures and roots of a province that signs; the settings that name the keys."""
    from tests.tasks.publishing.authority import PASSPHRASE, PERSON, Authority, draw_seal, draw_signature

    authority, agency = Authority(), "Ủy ban nhân dân tỉnh Bình Dương"
    authority.trusted_in(folder / "trust", authority.revocations())
    (folder / "images").mkdir()
    draw_signature(folder / "images" / "chu-ky.png")
    draw_seal(folder / "images" / "con-dau.png")
    config = folder / "province.yaml"
    told = config.read_text(encoding="utf-8")
    told = told.replace("title: CHỦ TỊCH}", f"title: CHỦ TỊCH, name: {PERSON}, image: chu-ky.png}}")
    told = told.replace("legal_bases:", "seal: {image: con-dau.png, diameter: 36}\nlegal_bases:", 1)
    config.write_text(told, encoding="utf-8")
    settings: dict[str, str] = {}
    for whose, name in (("PERSON", PERSON), ("AGENCY", agency)):
        file = authority.certify(name, agency).p12(work / f"{whose}.p12")
        settings |= {f"CCHC_SIGN_{whose}_FILE": str(file), f"CCHC_SIGN_{whose}_PASSPHRASE": PASSPHRASE}
    return settings


def must(ended: Ended) -> Ended:
    """A command that has to do its work, or nothing can be measured.

    Raises:
        RuntimeError: it did not.
    """
    if ended.code:
        raise RuntimeError(f"exit {ended.code}: {ended.said[-2000:]}")
    return ended


def kill_at_random(ready: Prepared, tries: int, chance: random.Random, at: Path, databases: Databases) -> Tally:
    """Kill the step at moments of the time that it takes, drawn beforehand so that a seed draws them again."""
    moments = [chance.uniform(0, ready.seconds) for _ in range(tries)]

    def killed(moment: float) -> Callable[[Place], None]:
        def kill(place: Place) -> None:
            running = place.start(ready.step.command)
            sleep(moment)
            running.kill()
            running.ended()

        return kill

    faults = {f"{place}: after {moment:.2f} s": killed(moment) for place, moment in enumerate(moments, start=1)}
    return _tried(ready, faults, at, databases)


def kill_at_boundaries(ready: Prepared, most: int | None, at: Path, databases: Databases) -> Tally:
    """Kill the step before and after every COMMIT; `most` of them, from the last, where not all are asked for."""

    def killed(boundary: int) -> Callable[[Place], None]:
        def kill(place: Place) -> None:
            place.start(ready.step.command, ("-m", "benchmarks.driven", str(boundary))).ended()

        return kill

    boundaries = range(1, ready.boundaries + 1)
    chosen: Iterable[int] = boundaries if most is None else boundaries[max(0, len(boundaries) - most) :]
    return _tried(ready, {f"at boundary {each}": killed(each) for each in chosen}, at, databases)


def _tried(ready: Prepared, faults: Mapping[str, Callable[[Place], Any]], at: Path, databases: Databases) -> Tally:
    tally = Tally()

    def once(fault: tuple[str, Callable[[Place], Any]]) -> None:
        name, strike = fault
        place = databases.copy(ready.before, at / f"try-{next(_numbers)}")
        strike(place)
        finish(name, ready, place, tally)
        databases.drop(place)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(once, faults.items()))
    return tally


def finish(name: str, ready: Prepared, place: Place, tally: Tally) -> None:
    """Let the next run finish what a fault interrupted, and compare."""
    for ended in _runs(place, ready.step.command):
        tally.took(ended)
        if ended.code == 0:
            break
    tally.compare(f"{ready.step.name} {name}", ready.state, place.state(), ended)


def _runs(place: Place, command: Sequence[str]) -> Iterator[Ended]:
    for _ in range(MOST_AGAIN):
        yield place.run(command)
