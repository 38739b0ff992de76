"""The desk killed with SIGKILL while units upload: each file is recorded whole or not at all, and its page says so.

A try copies a prepared province whose units are signed in, starts the desk as a process group of its own, has every
unit send its workbook at once and kills the group. The desk that is started again receives what lies there; whoever
finds nothing of its file on its page sends it again. Then everything is held against the run that nobody killed.
"""

import random
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import count
from pathlib import Path
from signal import SIGTERM
from time import sleep

import httpx
from sqlmodel import select

from benchmarks.browsers import PATIENCE, SignedIn, client_at, desk_at, ready_account, signed_in, wait_for
from benchmarks.kills import Tally, must
from benchmarks.measuring import WALL
from benchmarks.places import EXAMPLES, Databases, Ended, Place, Running
from models.province.folder import load_province
from models.records.storage import Storage, open_storage
from models.records.tables import Submission
from models.roles import Role
from models.settings import Settings
from tasks.accounts.accounts import Account
from tests.mailbox import free_port

DESK = "desk"
_YEAR = 2025
_PAUSE = 0.1
_PASSING = ("file var/uploads/", "file var/cchc.sqlite-")
_SECOND_TIME = "đã nhận từ trước"
_numbers = count()


@dataclass(frozen=True, slots=True)
class _Sender:
    """A unit whose browser is signed in, and the file that it sends."""

    unit: str
    browser: SignedIn
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A province whose units are signed in; how long their files take, and what they come to."""

    before: Place
    senders: Sequence[_Sender]
    seconds: float
    state: Counter[str]


def killed_while_uploading(
    workbooks: Mapping[str, bytes], tries: int, chance: random.Random, work: Path, databases: Databases
) -> tuple[str, Tally]:
    """Kill the desk at moments of the time that the uploads take, half of them while these are coming in.

    Args:
        workbooks: by file name; a unit each, named at its end, and the broken one of one more unit.
        tries: how often.
        chance: what the moments are drawn from.
        work: an empty folder.
        databases: where the databases of the copies are.

    Returns:
        What was tried, with how many of all files were there when the desk was started again; what was seen.
    """
    tally, ready, there = Tally(), _prepared(workbooks, work, databases), 0
    moments = [chance.random() ** 2 * ready.seconds for _ in range(tries)]
    for number, moment in enumerate(moments, start=1):
        place = databases.copy(ready.before, work / f"try-{next(_numbers)}")
        there += _try(f"{number}: after {moment:.2f} s", ready, place, moment, tally)
        databases.drop(place)
    many = len(ready.senders)
    return f"desk killed while {many} files are sent ({there} of {many * tries} were there)", tally


# --- a province whose units are signed in -----------------------------------------------------------------------------


def _prepared(workbooks: Mapping[str, bytes], work: Path, databases: Databases) -> _Prepared:
    from flows.demo.yearly_round import open_deadlines

    folder = Path(shutil.copytree(EXAMPLES / "tinh-mau", work / "before"))
    open_deadlines(folder / "rounds" / f"{_YEAR}.yaml")
    before = Place(folder, databases.new(), {"CCHC_DESK_IDLE": "600"})
    must(before.run(("init",)))
    senders = _signed_in(before, workbooks)
    unkilled = databases.copy(before, work / "unkilled")
    desk, started = _Desk.started(unkilled), WALL()
    if len(_all_send(desk.port, senders)) != len(senders):
        raise RuntimeError("files are not taken even by a desk that nobody kills")
    _wait_until_received(unkilled)
    seconds = WALL() - started
    must(desk.stop())
    state = _state(unkilled)
    databases.drop(unkilled)
    return _Prepared(before, senders, seconds, state)


def _signed_in(place: Place, workbooks: Mapping[str, bytes]) -> list[_Sender]:
    """An account a unit, each with a browser that is signed in."""
    province = load_province(place.folder)
    units = {name: Path(name).stem.rpartition(f"{_YEAR}-")[2] for name in workbooks}
    spare = iter(sorted(province.units_of_round(_YEAR).keys() - units.values()))
    senders = []
    with _storage(place) as storage:
        for name, content in workbooks.items():
            unit = units[name] if units[name] in province.units else next(spare)
            account = Account(f"unit.{unit}", "Người thử (mẫu)", Role.UNIT, unit)
            ready_account(storage, province, account)
            senders.append(_Sender(unit, signed_in(storage, account.login), name, content))
    return senders


@contextmanager
def _storage(place: Place) -> Iterator[Storage]:
    storage = open_storage(place.folder, Settings(user="faults", database_url=place.database_url))
    yield storage
    storage.engine.dispose()


@dataclass(frozen=True, slots=True)
class _Desk:
    """A desk in a process group of its own."""

    port: int
    running: Running

    @classmethod
    def started(cls, place: Place) -> "_Desk":
        """From its first answer on."""
        port = free_port()
        desk = cls(port, place.start((), desk_at(port), CCHC_DESK_PORT=str(port)))
        wait_for(client_at(port))
        return desk

    def kill(self, moment: float) -> None:
        """After so many seconds end it and everything that it started, as a power cut does."""
        sleep(moment)
        self.running.kill()

    def stop(self) -> Ended:
        """Have it come to its end; exit code 0 where it did, since uvicorn ends by the signal that it was sent."""
        self.running.process.terminate()
        ended = self.running.ended()
        return replace(ended, code=0) if ended.code == -SIGTERM else ended


# --- a try ------------------------------------------------------------------------------------------------------------


def _try(name: str, ready: _Prepared, place: Place, moment: float, tally: Tally) -> int:
    """One kill; returns how many files were there when the desk was started again."""
    desk = _Desk.started(place)
    killing = threading.Thread(target=desk.kill, args=(moment,))
    killing.start()
    answered = _all_send(desk.port, ready.senders)
    killing.join()
    desk.running.ended()
    desk, started = _Desk.started(place), WALL()
    shown = {sender.name for sender in ready.senders if _is_shown(desk.port, sender)}
    wrong = [f"{file}: answered, and on nobody's page" for file in sorted(answered - shown)]
    _wait_until_received(place)
    recorded = _recorded(place)
    wrong += [f"{file}: shown {file in shown}, recorded {n} times" for file, n in _unlike(ready, shown, recorded)]
    again = [sender for sender in ready.senders if sender.name not in shown]
    _all_send(desk.port, again)
    _wait_until_received(place)
    seconds, state = WALL() - started, _state(place)
    twice = next((sender for sender in ready.senders if sender.name in shown), ready.senders[0])
    if not _is_told_of_the_first_time(desk.port, twice):
        wrong.append(f"{twice.name}: sent a second time and taken for new")
    ended = tally.took(replace(desk.stop(), seconds=seconds))
    tally.compare(f"desk killed {name}, {len(shown)} files were there", ready.state, state, ended)
    if wrong:
        tally.stuck += 1
        tally.survived -= 1
        tally.wrong += wrong
    return len(shown)


def _unlike(ready: _Prepared, shown: Set[str], recorded: Counter[str]) -> Iterator[tuple[str, int]]:
    """The files of which the first page says otherwise than what is recorded when all is received."""
    for sender in ready.senders:
        if recorded[sender.name] != (sender.name in shown):
            yield sender.name, recorded[sender.name]


def _all_send(port: int, senders: Sequence[_Sender]) -> set[str]:
    """Everybody sends at once; the names of the files that were answered."""
    answered: set[str] = set()

    def send(sender: _Sender) -> None:
        with suppress(httpx.TransportError):
            if _send(port, sender).is_redirect:
                answered.add(sender.name)

    sending = [threading.Thread(target=send, args=(sender,)) for sender in senders]
    for each in sending:
        each.start()
    for each in sending:
        each.join()
    return answered


def _send(port: int, sender: _Sender) -> httpx.Response:
    with client_at(port, sender.browser.cookies) as client:
        return client.post(
            f"/don-vi/{sender.unit}/gui",
            data={"form_token": sender.browser.token},
            files={"workbook": (sender.name, sender.content)},
        )


def _is_shown(port: int, sender: _Sender) -> bool:
    """Whether the unit's page says that the file is here."""
    with client_at(port, sender.browser.cookies) as client:
        page = client.get(f"/don-vi/{sender.unit}")
        if page.status_code != HTTPStatus.OK:
            raise RuntimeError(f"the page of {sender.unit} is answered with {page.status_code}")
        return sender.name in page.text


def _is_told_of_the_first_time(port: int, sender: _Sender) -> bool:
    """Whether a file that is sent once more is answered as one that was here before."""
    with client_at(port, sender.browser.cookies) as client:
        answer = client.get(_send(port, sender).headers["location"])
        return _SECOND_TIME in answer.text


def _wait_until_received(place: Place) -> None:
    """Go on when no sent file waits any more, or patience ends; what lies there then is lost."""
    until = WALL() + PATIENCE
    while WALL() < until and any(_lying(place)):
        sleep(_PAUSE)


def _lying(place: Place) -> Iterator[Path]:
    uploads = place.folder / "var" / "uploads"
    return (path for path in uploads.glob("*/*/*") if not path.name.startswith("."))


def _recorded(place: Place) -> Counter[str]:
    """How often each file is recorded."""
    with _storage(place) as storage, storage.reading() as session:
        return Counter(session.exec(select(Submission.file_name)))


def _state(place: Place) -> Counter[str]:
    """What the round has come to, while the desk holds the database; what is left of a file half sent goes later."""
    return Counter({what: n for what, n in place.state().items() if not what.startswith(_PASSING)})
