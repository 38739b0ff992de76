"""Pages of the desk right after something was recorded: what the first visit of each costs on the sample province.

`python -m benchmarks.first_visits` prints every page.
"""

import argparse
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from benchmarks.browsers import ready_account, signed_in
from benchmarks.measuring import Figures, cpu
from benchmarks.places import EXAMPLES
from benchmarks.sizes import Sizes
from flows.cli.main import app as command_line
from flows.desk.app import make_app
from models.province.folder import load_province
from models.records.storage import Storage, open_storage
from models.roles import Role
from models.settings import Settings
from tasks.accounts.accounts import Account
from tasks.recording.importing import read_scores
from tasks.recording.versions import record_scores

_YEAR, _UNIT, _LEAF = 2025, "so-tu-phap", "1.1.3"
_MONTH = 11  # the last one that is told, and looked at
_ROUND = f"/ky/{_YEAR}"
PAGES = (
    _ROUND,
    f"{_ROUND}/xep-hang",
    f"{_ROUND}/soat",
    f"{_ROUND}/lan-tinh",
    f"{_ROUND}/thay-doi",
    f"{_ROUND}/gia-han",
    f"{_ROUND}/mien-kiem-tra",
    f"{_ROUND}/don-vi/{_UNIT}",
    f"/thang/{_YEAR}",
    f"/thang/{_YEAR}-{_MONTH}",
    f"/don-vi/{_UNIT}",
    f"/don-vi/{_UNIT}/minh-chung/{_YEAR}",
    f"/minh-chung/{_YEAR}",
    f"/tham-dinh/{_YEAR}/snv",
    f"/tham-dinh/{_YEAR}/snv/{_UNIT}/{_LEAF}",
    f"/hoi-dong/{_YEAR}/so",
    "/bo-tieu-chi",
    "/trinh-duyet",
    "/toi",
)
_IMPORTS = (
    ("history", "history-2024.csv"),
    ("facts", str(_YEAR), "facts-2025.csv"),
    ("scores", str(_YEAR), "scores-2025.csv"),
)
_EVALUATIONS = 2  # so that there is something to compare
_LOGIN = "chuyen-vien"
_numbers = count(1)


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promise on the first visit of a page."""
    yield "desk_first_visit", max(milliseconds for _, milliseconds in first_visits(work, sizes.turns, sizes.months))


def first_visits(work: Path, turns: int, months: int = _MONTH) -> Iterator[tuple[str, float]]:
    """Milliseconds of CPU of each page when it is opened as the first one after a record: the least of some turns.

    A few pages only where they are opened once, to see that it runs.
    """
    storage, client = _desk(work, months, min(turns, _EVALUATIONS))
    for page in PAGES if turns > 1 else PAGES[:: len(PAGES) // 4]:
        client.get(page).raise_for_status()
        seen = []
        for _ in range(turns):
            record_something(storage, work)
            started = cpu()
            client.get(page).raise_for_status()
            seen.append(1000 * (cpu() - started))
        yield page, min(seen)
    storage.engine.dispose()


def _desk(work: Path, months: int, evaluations: int = _EVALUATIONS) -> tuple[Storage, httpx.Client]:
    """The desk of the sample province in the midst of its year, and an officer's browser; nothing works ahead."""
    folder = Path(shutil.copytree(EXAMPLES / "tinh-mau", work / "tinh-mau"))
    _run(folder, "init")
    told = [f"{_YEAR}-{month:02}" for month in range(_MONTH + 1 - months, _MONTH + 1)]
    for *what, file in (*_IMPORTS, *(("figures", month, f"progress-{_YEAR}/figures-{month}.csv") for month in told)):
        _run(folder, "import", *what, str(folder / file))
    for _ in range(evaluations):
        _run(folder, "evaluate", str(_YEAR))
        record_something(open_storage(folder, Settings(user="bench")), work)
    storage = open_storage(folder, Settings(user="bench"))
    ready_account(storage, load_province(folder), Account(_LOGIN, "Chuyên viên (đo)", Role.OFFICER))
    cookies = signed_in(storage, _LOGIN).cookies
    app = make_app(folder, Settings(user="bench"))
    return storage, TestClient(app, base_url="http://127.0.0.1:4280", cookies=cookies)


def _run(folder: Path, *words: str) -> None:
    """A command in this process: one of its own would take longer to start than to do it."""
    done = CliRunner().invoke(command_line, ["--province", str(folder), *words])
    if done.exit_code:
        raise RuntimeError(f"{words}: {done.output}")


def record_something(storage: Storage, work: Path) -> None:
    """One appraised point of one unit, another one each time."""
    points, province = f"1.{next(_numbers):04}", load_province(work / "tinh-mau")
    content = f"unit,component,source,points,not_applicable,note\n{_UNIT},{_LEAF},appraisal,{points},,đo\n".encode()
    entries, _ = read_scores(content, "diem.csv", province, _YEAR)
    record_scores(storage, _YEAR, content, "diem.csv", entries)


def main() -> None:
    """Print every page with its milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_visits", description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        for page, milliseconds in first_visits(Path(name), given.turns):
            print(f"{milliseconds:6.0f} ms  {page}", flush=True)


if __name__ == "__main__":
    main()
