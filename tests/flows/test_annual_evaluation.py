"""The yearly round as officers run it: a real server and worker, the deployment triggered, approved in the form."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from models.province.folder import load_province
from models.records.storage import Storage, open_storage
from models.records.tables import Approval, Publication
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.publishing.folders import read_manifest, verify_folder
from tasks.recording.importing import read_scores
from tasks.recording.versions import record_scores
from tests.conftest import ROOT, copy_example
from tests.mailbox import free_port

pytestmark = pytest.mark.slow

YES = {
    "verdict": "Phê duyệt",
    "approved_by": "Lãnh đạo (mẫu)",
    "number": 7,
    "day": "2018-08-20",
    "submission_number": 45,
    "submission_day": "2018-08-13",
    "accepted": "thieu-ten-nguoi-ky: bản thử\nngay-truoc-ket-qua: bản thử",
}


def posted(api: httpx.Client, path: str, body: dict[str, Any], sign_in: tuple[str, str]) -> Any:
    """What Prefect answers; a busy server (503) is asked again, as its own client does."""
    for _ in range(10):
        answer = api.post(path, json=body, auth=sign_in)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(1)
    answer.raise_for_status()
    return answer.json() if answer.content else None


class Served:
    """`cchc serve` in a process of its own, and its API."""

    def __init__(self, province: Path) -> None:
        self.province = province
        self.port = free_port()
        self.log = province / "serve.log"
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{self.port}/api", timeout=60)
        self.start()

    @property
    def sign_in(self) -> tuple[str, str]:
        name, _, password = (self.province / "var" / "sign-in").read_text(encoding="utf-8").partition(":")
        return name, password

    def start(self) -> None:
        command = serve_command(self.province, self.port)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=log, stderr=log)
        marker = f"Prefect: http://127.0.0.1:{self.port}"
        seen = self.log.read_text(encoding="utf-8").count(marker)
        wait_until(lambda: self.log.read_text(encoding="utf-8").count(marker) > seen, 180, self.log)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def get(self, path: str) -> Any:
        answer = self.api.get(path, auth=self.sign_in)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return posted(self.api, path, body, self.sign_in)

    def start_run(self, year: int) -> str:
        deployment = self.get(f"/deployments/name/annual_evaluation/{self.province.name}")
        run = self.post(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": {"year": year}})
        return str(run["id"])

    def wait_for(self, run: str, state: str, forms: int = 0) -> dict[str, Any]:
        """Wait until the run has the state (and that many forms were asked); a failed run fails at once."""

        def reached() -> bool:
            now = self.get(f"/flow_runs/{run}")["state"]
            assert now["type"] not in ("FAILED", "CRASHED"), (now, self.log.read_text(encoding="utf-8")[-4000:])
            form = now["state_details"].get("pause_key") or ""
            return bool(now["type"] == state and form.endswith(str(forms or "")))

        wait_until(reached, 180, self.log)
        return dict(self.get(f"/flow_runs/{run}"))

    def resume(self, run: str, answer: dict[str, Any]) -> None:
        """Answer a waiting run; its form is kept a moment after the server calls the run suspended."""
        for _ in range(20):
            result = self.post(f"/flow_runs/{run}/resume", {"run_input": answer})
            if result["status"] == "ACCEPT":
                return
            time.sleep(0.5)
        raise AssertionError(result)


def serve_command(province: Path, port: int) -> list[str]:
    ports = ["--port", str(port), "--desk-port", str(free_port())]
    return [sys.executable, "-m", "flows.cli", "--province", str(province), "serve", *ports]


def wait_until(holds: Callable[[], bool], seconds: float, log: Path) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, log.read_text(encoding="utf-8")[-4000:]
        time.sleep(0.3)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    province = copy_example("binh-duong-2017", tmp_path_factory.mktemp("served"))
    import_scores(province)
    server = Served(province)
    yield server
    server.stop()


def import_scores(folder: Path) -> Storage:
    province, storage = load_province(folder), open_storage(folder, Settings(user="người thử"))
    content = (folder / "scores.csv").read_bytes()
    entries, _ = read_scores(content, "scores.csv", province, 2017)
    record_scores(storage, 2017, content, "scores.csv", entries)
    return storage


def test_a_run_waits_for_approval_through_a_restart_and_then_publishes_what_was_drafted(served: Served) -> None:
    run = served.start_run(2017)
    served.wait_for(run, "PAUSED", forms=1)
    drafts = list((served.province / "var" / "drafts").rglob("*.pdf"))
    assert sorted(draft.name for draft in drafts) == [
        "bao-cao.pdf",
        "phu-luc-1-huyen.pdf",
        "phu-luc-2-huyen-linh-vuc.pdf",
        "quyet-dinh.pdf",
        "to-trinh.pdf",
    ]

    served.stop()
    served.start()
    served.resume(run, {**YES, "number": None})
    served.wait_for(run, "PAUSED", forms=2)

    served.resume(run, YES)
    served.wait_for(run, "COMPLETED")
    folder = served.province / "var" / "published" / "2017-2018-007"
    assert verify_folder(folder) == []
    assert read_manifest(folder)["decision"] == {"notation": "07/QĐ-UBND", "date": "2018-08-20", "replaces": None}
    check_records(served.province, folder)
    check_artifacts(served)


def check_records(province: Path, folder: Path) -> None:
    storage = open_storage(province, Settings(user="người thử"))
    with storage.reading() as session:
        approval = session.exec(select(Approval)).one()
        publication = session.exec(select(Publication)).one()
        assert (approval.decided_by, approval.via, approval.number) == ("Lãnh đạo (mẫu)", "prefect", 7)
        assert approval.snapshot_sha256 == read_manifest(folder)["snapshot"]
        assert storage.place(publication.folder) == folder
    storage.engine.dispose()


def check_artifacts(served: Served) -> None:
    """Ranks, draft and publication can be seen in the Prefect UI."""
    artifacts = served.post("/artifacts/filter", {})
    by_key = {artifact["key"]: artifact for artifact in artifacts}
    assert {"cchc-ranks-2017-huyen", "cchc-draft-2017", "cchc-published-2017"} <= set(by_key)
    first = json.loads(by_key["cchc-ranks-2017-huyen"]["data"])[0]
    assert (first["Hạng"], first["Đơn vị"], first["Chỉ số (%)"]) == ("1", "Thành phố Thủ Dầu Một", "84.58")
    assert "quyet-dinh.pdf" in by_key["cchc-published-2017"]["data"]


def test_the_yearly_run_is_scheduled_for_the_morning_of_15_february_in_vietnam(served: Served) -> None:
    deployment = served.get(f"/deployments/name/annual_evaluation/{served.province.name}")
    assert "approval" in deployment["parameter_openapi_schema"]["properties"]
    waiting = {"state": {"type": {"any_": ["SCHEDULED"]}, "name": {"any_": ["Scheduled"]}}}
    scheduled = {"flow_runs": {**waiting, "deployment_id": {"any_": [deployment["id"]]}}}

    wait_until(lambda: bool(served.post("/flow_runs/filter", scheduled)), 120, served.log)
    run = min(served.post("/flow_runs/filter", scheduled), key=lambda run: str(run["expected_start_time"]))
    start = datetime.fromisoformat(run["expected_start_time"]).astimezone(VIETNAM)
    assert (start.month, start.day, start.hour, start.minute) == (2, 15, 8, 0)


def test_a_taken_port_is_refused_in_plain_words(served: Served, tmp_path: Path) -> None:
    done = subprocess.run(
        serve_command(served.province, served.port),
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "cổng đang được dùng" in done.stderr
    assert "Traceback" not in done.stderr
