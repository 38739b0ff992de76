"""A Prefect server, a worker, all deployments of prefect.yaml and the desk on this machine, until interrupted.

Prefect's own state lies in the province's var/prefect, so that nothing is written into anybody's home. The server
answers its own addresses only and wants a sign-in (`guarding.py`); server, worker and desk are started again when they
end and never outlive this command (`keeping.py`).
"""

import base64
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from flows.guarding import SIGN_IN, of_prefect, of_the_desk, reached_at, sign_in_of
from flows.keeping import Part, keep_running, run_kept, start_dying_with_us, stop
from models.findings import refusal
from models.settings import Settings, make_var, var_folder

POOL = "cchc"
DESK = "flows.desk.app:desk_app"
_PROJECT = Path(__file__).resolve().parent.parent
_STARTED_WITHIN = 120


def prefect_environment(province: Path, settings: Settings) -> dict[str, str]:
    """The environment of Prefect's processes: its folder, address and sign-in, no telemetry, the province."""
    home = var_folder(province) / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    own, sign_in = of_prefect(settings), sign_in_of(province)[0]
    return {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"{reached_at(settings.host, settings.port)}/api",
        # Behind a reverse proxy the browser needs another address than this machine.
        "PREFECT_UI_API_URL": os.environ.get("PREFECT_UI_API_URL", f"{own[0]}/api"),
        SIGN_IN: sign_in,
        "PREFECT_API_AUTH_STRING": sign_in,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join(own),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
        "PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT": "60",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "CCHC_PROVINCE": str(province),
        "CCHC_HOST": settings.host,
        "CCHC_PORT": str(settings.port),
        "CCHC_DESK_HOST": settings.desk_host,
        "CCHC_DESK_PORT": str(settings.desk_port),
    }


def serve_here(province: Path, settings: Settings) -> None:
    """Start server, worker and desk, register the deployments, and keep all running until interrupted.

    Raises:
        RefusedError: the port is taken, the server does not come up, or a part ends again and again.
        SystemExit: when all has ended, see `run_kept`.
    """
    for host, port, option in (
        (settings.host, settings.port, "--port 4201"),
        (settings.desk_host, settings.desk_port, "--desk-port 4281"),
    ):
        if not _is_free(host, port):
            raise refusal(f"{host}:{port}", "cổng đang được dùng", f"Chọn cổng khác: cchc serve {option}")
    os.umask(0o077)  # databases, logs and drafts are nobody else's
    make_var(province)
    sign_in, made = sign_in_of(province)
    if made:
        print(f"Đăng nhập Prefect (chỉ hiện một lần, sau này xem tệp {var_folder(province) / 'sign-in'}): {sign_in}")
    environment = prefect_environment(province, settings)
    run_kept(lambda: _serve(settings, environment))


def _serve(settings: Settings, environment: Mapping[str, str]) -> None:
    parts: list[Part] = []
    try:
        at = _at(settings.host, settings.port)
        parts.append(_part("server", [*at, "flows.guarding:guarded_app"], environment))
        _wait_until_up(parts[0], environment)
        _run(["work-pool", "create", POOL, "--type", "process", "--overwrite"], environment)
        _run(["--no-prompt", "deploy", "--all"], environment)
        parts.append(_part("worker", _prefect(["worker", "start", "--pool", POOL]), environment))
        parts.append(_part("desk", [*_at(settings.desk_host, settings.desk_port), DESK], environment))
        print(f"Bàn làm việc: {of_the_desk(settings)[0]}", flush=True)
        print(f"Prefect: {of_prefect(settings)[0]}  (dừng: Ctrl-C)", flush=True)
        keep_running(parts)
    except KeyboardInterrupt:
        pass
    finally:
        stop(parts)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) != 0


def _at(host: str, port: int) -> list[str]:
    """How an application is served; which one is said behind it."""
    # Longer than browsers and proxies keep a connection: none is closed while something is being sent on it.
    at = ["--host", host, "--port", str(port), "--log-level", "warning", "--timeout-keep-alive", "90"]
    return [sys.executable, "-m", "uvicorn", *at, "--factory"]


def _prefect(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]


def _part(name: str, command: list[str], environment: Mapping[str, str]) -> Part:
    """Start a part of Prefect; what it says, at its end above all, goes into its own log."""
    log = Path(environment["PREFECT_HOME"]) / f"{name}.log"
    return Part(name, lambda: start_dying_with_us(command, environment, _PROJECT, log), log)


def _run(arguments: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        _prefect(arguments), env=environment, cwd=_PROJECT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise refusal("Prefect", f"lệnh {' '.join(arguments)} thất bại", (done.stderr or done.stdout).strip()[-800:])


def _wait_until_up(server: Part, environment: Mapping[str, str]) -> None:
    signed = base64.b64encode(environment[SIGN_IN].encode()).decode()
    asked = urllib.request.Request(
        f"{environment['PREFECT_API_URL']}/health", headers={"Authorization": f"Basic {signed}"}
    )
    until = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < until and server.process.poll() is None:
        try:
            with urllib.request.urlopen(asked, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise refusal("Prefect", "máy chủ không khởi động được", f"Xem {server.log}")
