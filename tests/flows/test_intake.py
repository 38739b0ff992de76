"""The intake as Prefect runs it and as a command: the same functions, the same outcome."""

import asyncio
import json
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook
from prefect import Task
from prefect.client.orchestration import get_client
from prefect.flows import load_flow_from_entrypoint
from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner
from prefect.testing.utilities import prefect_test_harness
from sqlmodel import select

from flows.running import TRIED_AGAIN, task_runner
from models.findings import refusal
from models.forms.descriptions import FormKind
from models.province.folder import load_province
from models.records.storage import Storage, open_storage
from models.records.tables import Submission
from models.settings import Settings
from tasks.intake.inbox import only_intake
from tests.conftest import ROOT
from tests.tasks.filled_forms import GOOD, form_of
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

YEAR = 2025


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files as they come: one right, one half filled, one that is no workbook."""
    pytest.importorskip("tasks.reading.workbooks")
    folder = tmp_path_factory.mktemp("sent")
    province = sample_province(folder)
    storage = open_storage(folder, Settings(user="người thử"))

    def form(unit: str, cells: object) -> bytes:
        return form_of(province, storage, FormKind.SELF_ASSESSMENT, unit, cells, folder / "forms")  # type: ignore[arg-type]

    half = {key: value for key, value in GOOD.items() if not key[0].startswith("1.1.2")}
    files = {"stc.xlsx": form("stc", GOOD), "snv/phiếu.xlsx": form("snv", half), "la.xlsx": b"xin chao"}
    storage.engine.dispose()
    return files


@pytest.fixture
def folder(tmp_path: Path, sent: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A province folder whose inbox holds these files."""
    monkeypatch.setenv("CCHC_INBOX_QUIET", "0")
    sample_province(tmp_path / "tinh")
    for name, content in sent.items():
        path = tmp_path / "tinh" / "var" / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "tinh"


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def outcomes(storage: Storage) -> dict[str, str]:
    with storage.reading() as session:
        return {row.file_name: row.outcome for row in session.exec(select(Submission))}


async def artifacts() -> dict[str, str]:
    async with get_client() as client:
        return {artifact.key or "": str(artifact.data) for artifact in await client.read_latest_artifacts()}


def test_the_flow_records_returns_and_shows_what_it_found(prefect_server: None, folder: Path) -> None:
    from flows.intake import intake

    said = dict(line.split(": ", 1) for line in intake(str(folder)))
    storage = open_storage(folder, Settings())
    assert outcomes(storage) == {"stc.xlsx": "accepted", "phiếu.xlsx": "returned", "la.xlsx": "refused"}
    assert said["stc.xlsx"].startswith("đã nhận, bản 1 (chậm)")
    assert said["snv/phiếu.xlsx"].startswith("trả lại để sửa: ")
    assert files_in(folder / "var" / "inbox") == []
    replies = files_in(folder / "var" / "outbox")
    assert [Path(name).suffix for name in replies] == [".pdf", ".xlsx"]
    marked = load_workbook(folder / "var" / "outbox" / replies[1])
    assert marked.sheetnames[0] == "Kết quả kiểm tra"
    table = json.loads(asyncio.run(artifacts())["cchc-intake"])
    assert {row["Tệp"] for row in table} == {"stc.xlsx", "snv/phiếu.xlsx", "la.xlsx"}
    assert all(row["Cách sửa"] for row in table if row["Mức"] == "LỖI")

    assert intake(str(folder)) == [], "a second run finds nothing to do"
    with only_intake(storage):
        (folder / "var" / "inbox" / "stc.xlsx").write_bytes(b"?")
        assert intake(str(folder)) == []
    assert files_in(folder / "var" / "inbox") == ["stc.xlsx"], "another run is at work"
    storage.engine.dispose()


def test_the_command_does_the_same_and_prints_a_line_a_file(
    folder: Path, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    done = cchc("-p", folder, "intake", CCHC_INBOX_QUIET="0")
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert set(lines) == {"stc.xlsx", "snv/phiếu.xlsx", "la.xlsx"}
    assert lines["la.xlsx"].startswith("không nhận: ")
    assert load_province(folder).config.name == "tỉnh Mẫu"
    storage = open_storage(folder, Settings())
    assert outcomes(storage) == {"stc.xlsx": "accepted", "phiếu.xlsx": "returned", "la.xlsx": "refused"}
    storage.engine.dispose()
    refused = cchc("-p", folder, "intake", "--inbox", folder / "khong-co")
    assert refused.returncode == 1
    assert "không đọc được hộp nhận" in refused.stderr


def test_the_task_runner_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(task_runner(), ThreadPoolTaskRunner)
    monkeypatch.setenv("CCHC_TASK_RUNNER", "processes")
    assert isinstance(task_runner(), ProcessPoolTaskRunner)
    monkeypatch.setenv("CCHC_TASK_RUNNER", "dask")
    assert type(task_runner()).__name__ == "DaskTaskRunner"


def test_a_deployed_flow_is_found_by_every_worker_under_the_name_it_has_here() -> None:
    """Loaded from a file it would have the name of the file alone, which another machine does not know."""
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    for entrypoint in (one["entrypoint"] for one in deployments):
        deployed = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
        assert deployed is getattr(import_module(deployed.fn.__module__), deployed.fn.__name__)
        assert deployed.fn.__module__.startswith("flows.")


@pytest.mark.parametrize(
    ("trouble", "times"), [(ConnectionRefusedError("the mail server"), 3), (refusal("phiếu", "sai", "Sửa"), 1)]
)
def test_what_outer_things_fail_is_tried_again_and_what_people_got_wrong_is_not(
    prefect_server: None, trouble: Exception, times: int
) -> None:
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise trouble

    failing = Task(fail, **{**TRIED_AGAIN, "retries": 2, "retry_delay_seconds": 0})
    with pytest.raises(type(trouble)):
        failing()
    assert len(tries) == times
