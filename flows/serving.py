"""A Prefect server, a worker and all deployments of prefect.yaml on this machine, until interrupted.

Prefect's own state lies in the province's var/prefect, so that nothing is written into anybody's home.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from models.findings import refusal
from models.settings import var_folder

POOL = "cchc"
_PROJECT = Path(__file__).resolve().parent.parent
_STARTED_WITHIN = 120


def prefect_environment(province: Path, host: str, port: int) -> dict[str, str]:
    """The environment of Prefect's processes: its folder, its address, no telemetry, the province."""
    home = var_folder(province) / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://{host}:{port}/api",
        # Behind a reverse proxy the browser needs another address than this machine.
        "PREFECT_UI_API_URL": os.environ.get("PREFECT_UI_API_URL", f"http://{host}:{port}/api"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
        "PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT": "60",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "CCHC_PROVINCE": str(province),
    }


def serve_here(province: Path, host: str, port: int) -> None:
    """Start server and worker, register the deployments, and wait until interrupted.

    Raises:
        RefusedError: the port is taken, or the server does not come up.
    """
    if not _is_free(host, port):
        raise refusal(f"{host}:{port}", "cổng đang được dùng", "Chọn cổng khác: cchc serve --port 4201")
    environment = prefect_environment(province, host, port)
    server = _start(["server", "start", "--host", host, "--port", str(port)], environment)
    worker: subprocess.Popen[bytes] | None = None
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _wait_until_up(server, host, port, _log_of("server", environment))
        _run(["work-pool", "create", POOL, "--type", "process", "--overwrite"], environment)
        _run(["--no-prompt", "deploy", "--all"], environment)
        worker = _start(["worker", "start", "--pool", POOL], environment)
        print(f"Prefect: http://{host}:{port}  (dừng: Ctrl-C)", flush=True)
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        _stop([process for process in (worker, server) if process])


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) != 0


def _prefect(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]


def _start(arguments: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a part of Prefect; what it says, at its end above all, goes into its own log."""
    with _log_of(arguments[0], environment).open("ab") as log:
        return subprocess.Popen(_prefect(arguments), env=environment, cwd=_PROJECT, stdout=log, stderr=log)


def _log_of(part: str, environment: Mapping[str, str]) -> Path:
    return Path(environment["PREFECT_HOME"]) / f"{part}.log"


def _run(arguments: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        _prefect(arguments), env=environment, cwd=_PROJECT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise refusal("Prefect", f"lệnh {' '.join(arguments)} thất bại", (done.stderr or done.stdout).strip()[-800:])


def _wait_until_up(server: subprocess.Popen[bytes], host: str, port: int, log: Path) -> None:
    until = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/api/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise refusal("Prefect", "máy chủ không khởi động được", f"Xem {log}")


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
