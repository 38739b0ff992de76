"""`cchc serve` as a stranger meets it: no route without a sign-in, no other host, no page of another origin."""

import base64
import configparser
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, sync_playwright
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from flows.keeping import descendants
from models.settings import Settings
from tests.conftest import EXAMPLES, ROOT
from tests.mailbox import free_port

pytestmark = pytest.mark.slow

SOCKETS = (
    "events/in",
    "events/out",
    "logs/out",
    "task_runs/subscriptions/scheduled",
    "work_pools/cchc/workers/connect",
)


@dataclass
class Served:
    """A running `cchc serve`: its process, address, folder, sign-in, and what it printed until it was up."""

    process: subprocess.Popen[str]
    port: int
    folder: Path
    said: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sign_in(self) -> str:
        return (self.folder / "var" / "sign-in").read_text()

    def ask(self, path: str, body: object = None, method: str | None = None, **headers: str) -> tuple[int, str]:
        """Status and text of an answer; signed in where a header says so."""
        data = None if body is None else json.dumps(body).encode()
        sent = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        request = urllib.request.Request(f"{self.address}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    @property
    def signed(self) -> str:
        return "Basic " + base64.b64encode(self.sign_in.encode()).decode()


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "flows.cli", "--province", str(folder), "serve", "--port", str(port)]
    command += ["--desk-port", str(free_port())]
    environment = {**os.environ, "CCHC_ADDRESSES": "https://cchc.example"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def said_until_up(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Prefect:"):
            return said
    raise AssertionError(said)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "tinh"
    shutil.copytree(EXAMPLES / "tinh-mau", folder, ignore=shutil.ignore_patterns("var"))
    port = free_port()
    process = start(folder, port)
    yield Served(process, port, folder, said_until_up(process))
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """An address of another origin that serves an empty page."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>other</title>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def runs(served: Served) -> list[dict[str, object]]:
    status, text = served.ask("/api/flow_runs/filter", {}, Authorization=served.signed)
    assert status == 200, text
    found: list[dict[str, object]] = json.loads(text)
    return [run for run in found if not run["auto_scheduled"]]


def deployment(served: Served) -> str:
    status, text = served.ask(f"/api/deployments/name/open_round/{served.folder.name}", Authorization=served.signed)
    assert status == 200, text
    return str(json.loads(text)["id"])


def test_no_route_of_the_api_answers_without_the_sign_in(served: Served) -> None:
    described = json.loads(served.ask("/openapi.json", Authorization=served.signed)[1])
    routes = [(method.upper(), path) for path, methods in described["paths"].items() for method in methods]
    assert len(routes) > 150
    asked = [(method, "/api" + re.sub(r"\{.*?\}", "x", path)) for method, path in routes]
    asked += [("GET", path) for path in ("/docs", "/redoc", "/openapi.json", "/api/docs", "/api/openapi.json", "/api")]
    answers = {(method, path): served.ask(path, method=method)[0] for method, path in asked}
    assert {asked: status for asked, status in answers.items() if status != 401} == {}


@pytest.mark.parametrize("sign_in", ["cchc:", "cchc:wrong", "", ":"])
def test_another_sign_in_is_none(served: Served, sign_in: str) -> None:
    given = "Basic " + base64.b64encode(sign_in.encode()).decode()
    assert served.ask("/api/admin/version", Authorization=given)[0] == 401
    assert served.ask("/api/admin/version", Authorization=served.signed)[0] == 200


def test_the_pages_hold_nothing_and_ask_for_the_sign_in(served: Served, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(served.address)
    page.get_by_role("textbox").or_(page.locator("input[type=password]")).first.wait_for(timeout=60_000)
    assert "annual_evaluation" not in page.content()
    page.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "cchc.example:4200"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
    ids=str,
)
def test_another_host_or_origin_is_refused_even_with_the_sign_in(served: Served, headers: dict[str, str]) -> None:
    for path in ("/", "/api/admin/version"):
        assert served.ask(path, Authorization=served.signed, **headers)[0] == 403


@pytest.mark.parametrize("headers", [{"Host": "cchc.example"}, {"Origin": "https://cchc.example"}], ids=str)
def test_a_configured_address_is_answered(served: Served, headers: dict[str, str]) -> None:
    assert served.ask("/api/admin/version", Authorization=served.signed, **headers)[0] == 200


def test_a_page_of_another_origin_reads_nothing_and_starts_nothing(
    served: Served, browser: Browser, elsewhere: str
) -> None:
    """Also where it knows the sign-in, and with what a page may send without asking first."""
    page = browser.new_page()
    page.goto(elsewhere)
    start = f"{served.address}/api/deployments/{deployment(served)}/create_flow_run"
    tries = """async ([read, start, signed]) => {
        const tried = [];
        const attempt = async (address, options) => {
            try { const answer = await fetch(address, options); tried.push(answer.type + (await answer.text())); }
            catch (error) { tried.push("refused"); }
        };
        const json = {"Content-Type": "application/json"};
        for (const headers of [{}, {Authorization: signed}]) {
            await attempt(read, {headers});
            await attempt(start, {method: "POST", headers: {...json, ...headers}, body: "{}"});
        }
        for (const type of ["text/plain", "application/x-www-form-urlencoded"])
            await attempt(start, {method: "POST", mode: "no-cors", headers: {"Content-Type": type}, body: "{}"});
        await new Promise(done => {
            const address = read.replace("http", "ws").replace("admin/version", "events/out");
            const socket = new WebSocket(address, ["prefect"]);
            socket.onopen = () => { tried.push("opened"); done(); };
            socket.onerror = () => { tried.push("refused"); done(); };
        });
        return tried;
    }"""
    tried = page.evaluate(tries, [f"{served.address}/api/admin/version", start, served.signed])
    assert tried == ["refused"] * 4 + ["opaque"] * 2 + ["refused"]
    page.set_content(f"<form method=post action='{start}'><button>x</button></form>")
    with page.expect_navigation():
        page.get_by_role("button").click()
    assert page.inner_text("body") == "Địa chỉ này không được phục vụ ở đây."
    page.close()
    assert runs(served) == []


@pytest.mark.parametrize("socket_path", SOCKETS)
def test_a_websocket_wants_the_sign_in_and_the_own_origin(served: Served, socket_path: str) -> None:
    def opens(token: str, origin: str | None = None) -> bool:
        address = f"ws://127.0.0.1:{served.port}/api/{socket_path}"
        page = Origin(origin) if origin else None
        try:
            with connect(address, subprotocols=[Subprotocol("prefect")], origin=page) as connection:
                connection.send(json.dumps({"type": "auth", "token": token}))
                return bool(json.loads(connection.recv(timeout=30))["type"] == "auth_success")
        except (ConnectionClosed, InvalidStatus):
            return False

    assert not opens("")
    assert not opens("cchc:wrong")
    assert not opens(served.sign_in, "https://evil.example")
    assert opens(served.sign_in)


def test_the_sign_in_is_shown_once_and_kept_for_the_account_alone(served: Served) -> None:
    assert served.sign_in in served.said
    assert re.fullmatch(r"cchc:[\w-]{32}", served.sign_in)
    var = served.folder / "var"
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    files = [path for path in var.rglob("*") if path.is_file()]
    assert {"sign-in", "server.log", "worker.log", "prefect.db"} <= {path.name for path in files}
    assert [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_a_run_that_is_started_with_the_sign_in_is_done_by_the_worker(served: Served) -> None:
    body = {"parameters": {"year": 2025}, "state": {"type": "SCHEDULED"}}
    path = f"/api/deployments/{deployment(served)}/create_flow_run"
    status, text = served.ask(path, body, Authorization=served.signed)
    assert status == 201, text
    run = json.loads(text)["id"]
    end = time.monotonic() + 150
    while (state := state_of(served, run)) not in ("COMPLETED", "FAILED", "CRASHED") and time.monotonic() < end:
        time.sleep(2)
    assert state == "COMPLETED"
    assert list((served.folder / "var" / "forms" / "2025").glob("*.xlsx"))


def state_of(served: Served, run: str) -> str:
    return str(json.loads(served.ask(f"/api/flow_runs/{run}", Authorization=served.signed)[1])["state_type"])


def test_a_killed_worker_works_again_and_a_killed_program_leaves_nothing(served: Served, tmp_path: Path) -> None:
    shutil.copytree(served.folder, tmp_path / "tinh", ignore=shutil.ignore_patterns("prefect"))
    process = start(tmp_path / "tinh", free_port())
    said = said_until_up(process)
    assert served.sign_in not in said, "the sign-in is shown at the first start only"
    worker = worker_of(process)
    os.kill(worker, signal.SIGKILL)
    assert process.stdout
    assert "worker: đã dừng (mã -9), đang khởi động lại" in process.stdout.readline()
    end = time.monotonic() + 30
    while worker_of(process) in (0, worker) and time.monotonic() < end:
        time.sleep(0.2)
    assert worker_of(process) not in (0, worker)
    below = list(descendants(process.pid))
    process.kill()
    process.wait()
    while any(Path(f"/proc/{one}").exists() for one in below) and time.monotonic() < end + 30:
        time.sleep(0.2)
    assert [one for one in below if Path(f"/proc/{one}").exists()] == []


@pytest.mark.parametrize("port", ["99999", "0", "mở"])
def test_a_port_that_is_none_is_said_in_words(cchc: Callable[..., subprocess.CompletedProcess[str]], port: str) -> None:
    done = cchc("--province", EXAMPLES / "tinh-mau", "serve", CCHC_PORT=port)
    assert done.returncode == 2
    assert "CCHC_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_unit_file_is_one_that_systemd_takes_and_starts_again_always(tmp_path: Path) -> None:
    unit = ROOT / "tools" / "cchc.service"
    read = configparser.ConfigParser()
    read.read_string(unit.read_text(encoding="utf-8"))
    assert read["Service"]["Restart"] == "always"
    if verify := shutil.which("systemd-analyze"):
        # Program and account are not there on the machine that tests.
        text = unit.read_text(encoding="utf-8").replace("/opt/cchc/.venv/bin/cchc", "/bin/true")
        (tmp_path / "cchc.service").write_text(text.replace("User=cchc", "User=root"), encoding="utf-8")
        done = subprocess.run(
            [verify, "verify", tmp_path / "cchc.service"], capture_output=True, text=True, check=False
        )
        assert [line for line in done.stderr.splitlines() if "cchc.service" in line] == []


def test_the_compose_file_serves_all_provinces_on_this_machine_alone_and_starts_again_always() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert {name: one["restart"] for name, one in services.items()} == {"database": "always", "cchc": "always"}
    assert "ports" not in services["database"]
    assert all(published.startswith("127.0.0.1:") for published in services["cchc"]["ports"])
    known = {f"CCHC_{name.upper()}" for name in Settings.model_fields}
    assert known.issuperset(services["cchc"]["environment"])
    made = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    packages = re.search(r"^RUN_PACKAGES = (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert packages
    assert [one for one in packages[1].split() if one != "python3-venv" and one not in made] == []
    assert 'ENTRYPOINT ["/opt/cchc/.venv/bin/cchc"]' in made


def worker_of(process: subprocess.Popen[str]) -> int:
    """The worker's process, 0 where there is none."""
    for one in descendants(process.pid):
        command = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        if b"worker" in command:
            return one
    return 0
