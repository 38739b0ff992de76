"""`cchc serve --provinces`: one server, worker and desk for several provinces, each with its own runs."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient

from flows.desk.provinces import desk_of_provinces
from models.findings import refusal
from models.settings import Settings
from tests.conftest import EXAMPLES, ROOT
from tests.flows.test_annual_evaluation import posted, wait_until
from tests.mailbox import Mailbox, free_port, serving

pytestmark = pytest.mark.slow

FLOWS = {
    "annual_evaluation",
    "intake",
    "monthly_progress",
    "open_month",
    "open_round",
    "reminders",
    "tell_operator",
    "tidy",
}


@dataclass
class Served:
    """A running `cchc serve --provinces`, its API, its desk, and the mail that the operator got."""

    folder: Path
    api: httpx.Client
    sign_in: tuple[str, str]
    desk: httpx.Client
    log: Path
    mailbox: Mailbox

    def get(self, path: str) -> Any:
        answer = self.api.get(path, auth=self.sign_in)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return posted(self.api, path, body, self.sign_in)

    def deployments(self, province: str) -> set[str]:
        """The flows that have a deployment for a province."""
        named = {one["id"]: one["name"] for one in self.post("/flows/filter", {})}
        known = self.post("/deployments/filter", {})
        return {named[one["flow_id"]] for one in known if one["name"] == province}

    def run_intake(self, province: str) -> dict[str, Any]:
        """Receive once; returns the run as it ended."""
        deployment = self.get(f"/deployments/name/intake/{province}")
        run = self.post(f"/deployments/{deployment['id']}/create_flow_run", {})

        def ended() -> bool:
            return self.get(f"/flow_runs/{run['id']}")["state_type"] in ("COMPLETED", "FAILED", "CRASHED")

        wait_until(ended, 180, self.log)
        return dict(self.get(f"/flow_runs/{run['id']}"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two provinces: the sample, and one whose folder has an error."""
    folder = tmp_path_factory.mktemp("provinces")
    shutil.copytree(EXAMPLES / "tinh-mau", folder / "tinh-mau", ignore=shutil.ignore_patterns("var"))
    shutil.copytree(EXAMPLES / "binh-duong-2017", folder / "tinh-loi", ignore=shutil.ignore_patterns("var"))
    (folder / "tinh-loi" / "units.csv").write_text("không phải danh sách", encoding="utf-8")
    log, port, desk_port, mailbox = folder.parent / "serve.log", free_port(), free_port(), Mailbox()
    with serving(mailbox) as mail:
        said = {"HOST": mail.host, "PORT": mail.port, "SECURITY": "none", "FROM": mail.sender}
        environment = os.environ | {f"CCHC_SMTP_{name}": str(value) for name, value in said.items()}
        environment["CCHC_OPERATOR"] = "van-hanh@mau.example"
        command = [sys.executable, "-m", "flows.cli", "serve", "--provinces", str(folder)]
        command += ["--port", str(port), "--desk-port", str(desk_port)]
        with log.open("wb") as file:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)
        wait_until(lambda: "Prefect: http" in log.read_text(encoding="utf-8"), 240, log)
        name, _, password = (folder / ".cchc" / "sign-in").read_text(encoding="utf-8").partition(":")
        yield Served(
            folder,
            httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=60),
            (name, password),
            httpx.Client(base_url=f"http://127.0.0.1:{desk_port}", timeout=60),
            log,
            mailbox,
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_of_a_province_whose_desk_cannot_be_opened_the_page_says_why_and_leads_to_the_others(tmp_path: Path) -> None:
    for name in ("tinh-mau", "tinh-mau-thu"):
        shutil.copytree(EXAMPLES / "tinh-mau", tmp_path / name, ignore=shutil.ignore_patterns("var"))

    def broken(_province: Path, _settings: Settings) -> FastAPI:
        raise refusal("cơ sở dữ liệu", "tệp bị hỏng", "Khôi phục bản sao lưu gần nhất")

    with TestClient(desk_of_provinces(tmp_path, Settings(), broken, HTMLResponse)) as browser:
        choices = browser.get("/tinh").text
        assert '<a href="/tinh/tinh-mau/">Tỉnh Mẫu (tinh-mau)</a>' in choices
        assert '<a href="/tinh/tinh-mau-thu/">Tỉnh Mẫu (tinh-mau-thu)</a>' in choices
        shut = browser.get("/tinh/tinh-mau/")
    assert shut.status_code == 503
    assert "tệp bị hỏng" in shut.text
    assert '<a href="/tinh">Chọn tỉnh khác</a>' in shut.text


def test_a_province_whose_database_cannot_be_made_is_not_added(
    tmp_path: Path, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    many = tmp_path / "provinces"
    many.mkdir()
    nowhere = f"sqlite:///{tmp_path}/none/{{province}}.sqlite"
    added = cchc("provinces", "add", EXAMPLES / "tinh-mau", "--provinces", many, CCHC_DATABASE_URL=nowhere)
    assert added.returncode == 1
    assert "cơ sở dữ liệu" in added.stderr
    assert list(many.iterdir()) == []


def test_every_province_has_its_deployments_its_queue_and_one_run_of_each_at_a_time(served: Served) -> None:
    assert served.deployments("tinh-mau") == served.deployments("tinh-loi") == FLOWS
    intake = served.get("/deployments/name/intake/tinh-mau")
    assert intake["parameters"] == {"province": str(served.folder / "tinh-mau")}
    assert (intake["work_queue_name"], intake["global_concurrency_limit"]["limit"]) == ("tinh-mau", 1)
    assert intake["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


def test_a_broken_folder_stops_its_province_alone_and_the_operator_is_told(served: Served) -> None:
    well, broken = served.run_intake("tinh-mau"), served.run_intake("tinh-loi")
    assert (well["state_type"], broken["state_type"]) == ("COMPLETED", "FAILED")
    assert well["name"].startswith("Nhận hộp thư đến · Tỉnh Mẫu · 20")
    wait_until(lambda: bool(served.mailbox.received), 180, served.log)
    (to, message), *_ = served.mailbox.received
    text = message.get_content()
    assert to == ["van-hanh@mau.example"]
    assert message["Subject"] == "[CCHC] Nhận hộp thư đến: thất bại"
    assert f"“{broken['name']}”" in text
    assert "units.csv" in text


def test_that_a_report_is_missing_is_told_to_the_operator(served: Served) -> None:
    event = {
        "id": str(uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": "cchc.report.missing",
        "resource": {"prefect.resource.id": "cchc.province.tinh-mau", "prefect.resource.name": "tinh-mau"},
        "payload": {"period": "2025-03"},
    }
    served.api.post("/events", json=[event], auth=served.sign_in).raise_for_status()
    subject = "[DỮ LIỆU MẪU] [CCHC] Báo cáo tháng 3 năm 2025: chưa công bố"
    wait_until(lambda: subject in [message["Subject"] for _, message in served.mailbox.received], 180, served.log)


def test_a_browser_chooses_a_province_and_comes_to_the_page_that_a_mail_named(served: Served) -> None:
    first = served.desk.get("/")
    assert (first.status_code, first.headers["location"]) == (303, "/tinh")
    choices = served.desk.get("/tinh").text
    assert '<a href="/tinh/tinh-mau/">Tỉnh Mẫu</a>' in choices
    assert "Bình Dương" in choices
    taken = served.desk.get("/tinh/tinh-mau/trinh-duyet?x=1")
    assert (taken.status_code, taken.headers["location"]) == (303, "/trinh-duyet?x=1")
    assert served.desk.cookies["cchc_tinh"] == "tinh-mau"
    assert served.desk.get("/trinh-duyet").headers["location"] == "/dang-nhap?tiep=%2Ftrinh-duyet"
    assert "Chọn tỉnh khác" in served.desk.get("/dang-nhap").text
    for strange in ("/tinh/%2e%2e", "/tinh/.cchc", "/tinh/khac/x"):
        assert served.desk.get(strange).headers.get("location", "/tinh") == "/tinh"
    assert served.desk.get("/tep/ban-lam-viec.css").status_code == 200


def test_a_province_is_added_and_taken_away_while_all_is_served(
    served: Served, tmp_path: Path, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    source = tmp_path / "tinh-them"
    shutil.copytree(EXAMPLES / "binh-duong-2017", source, ignore=shutil.ignore_patterns("var"))
    added = cchc("provinces", "add", source, "--provinces", served.folder)
    assert added.returncode == 0, added.stderr
    assert cchc("provinces", "add", source, "--provinces", served.folder).returncode == 1
    wait_until(lambda: served.deployments("tinh-them") == FLOWS, 120, served.log)
    assert "/tinh/tinh-them/" in served.desk.get("/tinh").text
    listed = cchc("provinces", "list", "--provinces", served.folder)
    assert listed.returncode == 1
    assert "tinh-loi: 3 lỗi, trước hết: units.csv:1: LỖI: thiếu cột “code”" in listed.stdout
    shutil.rmtree(served.folder / "tinh-them")
    wait_until(lambda: not served.deployments("tinh-them"), 120, served.log)
