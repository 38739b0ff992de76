"""Faults of what a round stands on: disk, pages of the database, its server, clock, mail server, neighbours, senders.

Each case takes the prepared steps and yields its name and what was seen.
"""

import random
import shutil
import socket
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from benchmarks.kills import Prepared, Tally, finish, must
from benchmarks.places import Databases, Place
from tests.mailbox import free_port

Cases = Iterator[tuple[str, Tally]]
Steps = Mapping[str, Prepared]
_DISKS = (0.1, 0.35, 0.6, 0.85)  # shares of what the step writes for which there is room
_SLACK = 16 * 1024  # bytes; what a disk of memory needs for itself
_PAGE, _DAMAGES = 4096, 8
_DAY_BEHIND = 86_400
_AHEAD = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long behind(void) { const char *told = getenv("CLOCK_BEHIND"); return told ? atol(told) : 0; }
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int said = real(id, at);
    if (id == CLOCK_REALTIME) at->tv_sec -= behind();
    return said;
}
int gettimeofday(struct timeval *at, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec; at->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"""


def full_disk(ready: Steps, at: Path, databases: Databases, chance: random.Random, seconds: float) -> Cases:
    """A province on a disk of memory with room for a part of what the step writes; then on one with room again.

    The disk is a tmpfs in a namespace of its own, which needs no special rights; what it holds is taken out of it
    before the namespace ends. The server of PostgreSQL keeps its own disk.
    """
    for name in ("import", "evaluate", "publish signed", "intake", "monthly", "backup"):
        step, tally, stopped = ready[name], Tally(), 0
        before, after = _size(step.before.folder), _size(step.after.folder)
        for share in _DISKS:
            place = databases.copy(step.before, at / "try")
            room = before + int((after - before) * share) + _SLACK
            held = at / "held"
            held.mkdir()
            script = (
                f'mount -t tmpfs -o size={room} full "{place.folder}" '
                f'&& cp -a "{step.before.folder}/." "{place.folder}" '
                f'&& cd "{place.folder}" && "$@"; code=$?; cp -a "{place.folder}/." "{held}"; exit $code'
            )
            inside = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
            ended = tally.took(place.start(step.step.command, within=inside).ended())
            shutil.rmtree(place.folder)
            held.rename(place.folder)
            stopped += ended.code != 0
            if not ended.in_words:
                tally.judge(f"{name} with room for {share:.0%}", ended, False)
            else:
                finish(f"with room for {share:.0%}", step, place, tally)
            databases.drop(place)
        yield f"{name}, disk full ({stopped} stopped by it)", tally


def _size(folder: Path) -> int:
    """Bytes of files on a disk of whole pages."""
    return sum(-(-path.lstat().st_size // _PAGE) * _PAGE for path in folder.rglob("*") if not path.is_dir())


def damaged_pages(ready: Steps, at: Path, databases: Databases, chance: random.Random, seconds: float) -> Cases:
    """One page of the SQLite file overwritten: commands say so or are not touched by it; the backup brings all back."""
    if databases.server:
        return
    step, tally = ready["publish signed"], Tally()
    saved = databases.copy(step.after, at / "saved")
    must(saved.run(("backup", "sao-luu.zip")))
    told = must(saved.run(("results", "2017", "--format", "json"))).said
    for _ in range(_DAMAGES):
        place = databases.copy(step.after, at / "try")
        database = place.folder / "var" / "cchc.sqlite"
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = chance.randrange(1, database.stat().st_size // _PAGE)
        with database.open("r+b") as file:
            file.seek(page * _PAGE)
            file.write(chance.randbytes(_PAGE))
        for command in (("status", "2017"), ("evaluate", "2017"), ("results", "2017", "--format", "json"), ("doctor",)):
            ended = tally.took(place.run(command))
            wrong = command[0] == "results" and ended.code == 0 and ended.said != told
            if not ended.in_words or wrong:
                tally.lost += wrong
                tally.judge(f"page {page}: {' '.join(command)}", ended, False)
                break
        else:
            seen = any(f"LỖI  {part}" in ended.said for part in ("cơ sở dữ liệu", "nhật ký"))
            tally.judge(f"page {page}: doctor sees nothing", ended, seen)
        databases.drop(place)
    yield "one page of the database damaged", tally
    tally = Tally()
    back = Place(at / "back", None, saved.settings)
    ended = tally.took(back.run(("restore", str(saved.folder / "sao-luu.zip"))))
    rows = Counter({each: n for each, n in back.state().items() if each.startswith("row ")})
    meant = Counter({each: n for each, n in step.state.items() if each.startswith("row ")})
    tally.compare("restored", meant, rows, ended)
    yield "restored from its backup", tally


def database_away(ready: Steps, at: Path, databases: Databases, chance: random.Random, seconds: float) -> Cases:
    """PostgreSQL stopped in the middle of a step and started again; SQLite held by another program meanwhile."""
    for name in ("import", "evaluate", "publish signed", "intake"):
        step, tally = ready[name], Tally()
        place = databases.copy(step.before, at / "try")
        if databases.server:
            running = place.start(step.step.command)
            sleep(step.seconds * chance.uniform(0.3, 0.8))
            with databases.away():
                sleep(seconds)
                ended = running.ended()
        else:
            connection = sqlite3.connect(place.folder / "var" / "cchc.sqlite", isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            running = place.start(step.step.command)
            sleep(seconds)
            connection.execute("ROLLBACK")
            connection.close()
            ended = running.ended()
        if not tally.took(ended).in_words:
            tally.judge(f"{name}, database away", ended, False)
        else:
            finish("database away", step, place, tally)
        databases.drop(place)
        yield f"{name}, database away {seconds:.0f} s", tally


def clock_set_back(ready: Steps, at: Path, databases: Databases, chance: random.Random, seconds: float) -> Cases:
    """The step a day before what was recorded, by a library that is laid over the clock (made with the C compiler)."""
    library = at / "behind.so"
    (at / "behind.c").write_text(_AHEAD)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, at / "behind.c", "-ldl"], check=True)
    clock = {"LD_PRELOAD": str(library), "CLOCK_BEHIND": str(_DAY_BEHIND)}
    for name in ("evaluate", "publish signed", "intake", "monthly"):
        step, tally = ready[name], Tally()
        place = databases.copy(step.before, at / "try")
        ended = tally.took(place.run(step.step.command, **clock))
        tally.compare(f"{name} a day back", step.state, place.state(), ended)
        databases.drop(place)
        yield f"{name}, clock a day back", tally


@contextmanager
def _hanging_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for each in held:
                each.close()


def hanging_mail(ready: Steps, at: Path, databases: Databases, chance: random.Random, seconds: float) -> Cases:
    """A mail server that takes the connection and never answers: all is received, and later mailed once."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message

    letters: Counter[str] = Counter()

    class Mailbox(Message):
        def handle_message(self, message: object) -> None:
            letters[str(message["X-RcptTo"]) + str(message["Subject"])] += 1  # type: ignore[index]

    step, tally = ready["intake"], Tally()
    place = databases.copy(step.before, at / "try")
    mail = {"CCHC_SMTP_HOST": "127.0.0.1", "CCHC_SMTP_SECURITY": "none", "CCHC_SMTP_FROM": "cchc@mau.example"}
    with _hanging_server() as port:
        ended = tally.took(place.run(step.step.command, **mail, CCHC_SMTP_PORT=str(port), CCHC_SMTP_TIMEOUT="3"))
    received = Counter({each: n for each, n in step.state.items() if "delivery" not in each and "mail" not in each})
    state = Counter({each: n for each, n in place.state().items() if "delivery" not in each and "mail" not in each})
    tally.compare("intake, mail server hangs", received, state, ended)
    controller = Controller(Mailbox(), hostname="127.0.0.1", port=free_port())
    controller.start()
    for _ in range(2):
        ended = tally.took(place.run(step.step.command, **mail, CCHC_SMTP_PORT=str(controller.port)))
    controller.stop()
    tally.judge(
        f"letters after the server hung: {dict(letters)}", ended, bool(letters) and set(letters.values()) == {1}
    )
    tally.doubled += any(times > 1 for times in letters.values())
    databases.drop(place)
    yield "intake, mail server hangs", tally


def together(ready: Steps, at: Path, databases: Databases, chance: random.Random, seconds: float) -> Cases:
    """Four intakes, then two publications of the same decision, started at the same moment."""
    for name, many in (("intake", 4), ("publish signed", 2)):
        step, tally = ready[name], Tally()
        place = databases.copy(step.before, at / "try")
        ends = [running.ended() for running in [place.start(step.step.command) for _ in range(many)]]
        worst = max(map(tally.took, ends), key=lambda ended: (not ended.in_words, name == "intake" and ended.code))
        tally.compare(f"{many} × {name}", step.state, place.state(), worst)
        if all(ended.code for ended in ends):
            tally.judge(f"none of {many} × {name} did it", worst, False)
        databases.drop(place)
        yield f"{many} × {name} at once", tally


def hostile_files(ready: Steps, at: Path, databases: Databases, chance: random.Random, seconds: float) -> Cases:
    """More than a hundred hostile files and good ones among them: each answered, the good ones recorded."""
    step, tally = ready["intake"], Tally()
    place = databases.copy(step.before, at / "try")
    inbox = place.folder / "var" / "inbox"
    good = sorted(path for path in inbox.iterdir() if not path.name.startswith("hong"))
    files = _hostile(good[0].read_bytes(), chance)
    for name, content in files.items():
        (inbox / f"{name}.xlsx").write_bytes(content)
    count = len(list(inbox.iterdir()))
    ended = tally.took(place.run(step.step.command))
    left = [path.name for path in inbox.iterdir()]
    receipts = Counter({each: n for each, n in place.state().items() if each.startswith("row receipt")})
    meant = Counter({each: n for each, n in step.state.items() if each.startswith("row receipt")})
    tally.compare(f"{len(files)} hostile files", meant, receipts, ended)
    tally.tries, tally.survived = count, count - len(left) if not tally.lost else tally.survived
    tally.stuck += bool(left)
    if left:
        tally.wrong.append(f"left in the inbox: {', '.join(left[:5])}")
    databases.drop(place)
    yield f"{len(files)} hostile files among good ones", tally


def _hostile(form: bytes, chance: random.Random) -> dict[str, bytes]:
    from tests.tasks.intake.test_hostile_files import HOSTILE

    files = {name.replace(" ", "-"): make(form) for name, (make, _) in HOSTILE.items()}
    for number in range(40):
        files[f"cut-{number}"] = form[: chance.randrange(len(form))]
        damaged = bytearray(form)
        for _ in range(60):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        files[f"bytes-{number}"] = bytes(damaged)
    return files


OUTAGES: Mapping[str, Callable[[Steps, Path, Databases, random.Random, float], Cases]] = {
    "disk": full_disk,
    "pages": damaged_pages,
    "away": database_away,
    "clock": clock_set_back,
    "mail": hanging_mail,
    "together": together,
    "hostile": hostile_files,
}
