"""The last hour: communes send their workbooks at the desk within a minute, and pages are asked for meanwhile.

The desk runs as `cchc serve` runs it, in a process of its own; one officer's browser sends for all, from many threads.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from time import sleep

import httpx
from sqlmodel import func, select

from benchmarks.browsers import PATIENCE, client_at, desk_at, ready_account, signed_in, wait_for
from benchmarks.commune_workbooks import Workbook, commune_workbooks, national_folder
from benchmarks.measuring import WALL, Figures
from benchmarks.sizes import Sizes
from models.province.folder import Province
from models.records.storage import Storage, open_storage
from models.records.submissions import Outcome
from models.records.tables import Submission
from models.roles import Role
from models.settings import Settings
from tasks.accounts.accounts import Account
from tests.mailbox import free_port

_LOGIN = "chuyen-vien"
_PAUSE = 0.2


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promises on the desk."""
    province = national_folder(work / "province", sizes.uploads)
    workbooks = list(islice(commune_workbooks(province, work.parent), sizes.uploads))
    storage = open_storage(province.folder, Settings(user="bench"))
    ready_account(storage, province, Account(_LOGIN, "Chuyên viên (đo)", Role.OFFICER))
    port = free_port()
    served = _serve(province, port)
    try:
        officer = signed_in(storage, _LOGIN)
        client = client_at(port, officer.cookies)
        wait_for(client)
        pages = _flood(client, officer.token, workbooks, sizes.upload_seconds)
        yield "desk_lost", float(len(workbooks) - _recorded(storage, len(workbooks)))
        yield "desk_pages", sorted(pages)[int(len(pages) * 0.95) - 1]
    finally:
        served.terminate()
        served.wait()
        storage.engine.dispose()


def _serve(province: Province, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, *desk_at(port)]
    environment = {**os.environ, "CCHC_PROVINCE": str(province.folder), "CCHC_DESK_PORT": str(port)}
    return subprocess.Popen(command, env={**environment, "CCHC_USER": "bench"})


def _flood(client: httpx.Client, token: str, workbooks: Sequence[Workbook], seconds: float) -> list[float]:
    """Send every workbook within so many seconds; returns how long each page took that was opened meanwhile."""
    pages: list[float] = []
    over = threading.Event()

    def send(workbook: Workbook) -> None:
        code = workbook.name.removesuffix(".xlsx").rpartition("2025-")[2]
        file = {"workbook": (workbook.name, workbook.content)}
        client.post(f"/don-vi/{code}/gui", data={"form_token": token}, files=file)

    def look() -> None:
        while not over.is_set() or not pages:
            started = WALL()
            client.get("/don-vi/xa-0000")
            pages.append(WALL() - started)
            sleep(_PAUSE)

    looking = threading.Thread(target=look)
    looking.start()
    started, sending = WALL(), [threading.Thread(target=send, args=(workbook,)) for workbook in workbooks]
    for place, thread in enumerate(sending, start=1):
        thread.start()
        sleep(max(0.0, started + place * seconds / len(sending) - WALL()))
    for thread in sending:
        thread.join()
    over.set()
    looking.join()
    return pages


def _recorded(storage: Storage, expected: int) -> int:
    """How many files were accepted, as soon as all are, or when patience ends."""
    until = WALL() + PATIENCE
    while True:
        with storage.reading() as session:
            accepted = select(func.count()).where(Submission.outcome == Outcome.ACCEPTED)
            found = session.exec(accepted.select_from(Submission)).one()
        if found >= expected or WALL() > until:
            return int(found)
        sleep(_PAUSE)
