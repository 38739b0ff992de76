"""A Prefect server, a worker, all deployments of prefect.yaml and the desk on this machine, until interrupted.

For one province, or for all whose folders lie in one folder: then one server, one worker and one desk serve them all,
and a folder that is added is served without starting anything again. Prefect's own state lies in the province's var/,
or in the hidden folder beside the provinces, so that nothing is written into anybody's home. The server answers its own
addresses only and wants a sign-in (`guarding.py`); server, worker and desk are started again when they end and never
outlive this command (`keeping.py`).
"""

import base64
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.deploying import POOL, provinces_in
from flows.guarding import SIGN_IN, of_prefect, of_the_desk, reached_at, sign_in_of
from flows.keeping import KeptProcess, keep_running, run_kept, start_dying_with_us, stop
from models.findings import RefusedError, refusal
from models.settings import MANY_VAR, Settings, SigningSettings, make_var, var_folder

DESK = "flows.desk.app:desk_app"
_PROJECT = Path(__file__).resolve().parent.parent
_STARTED_WITHIN = 120
_KEPT_DAYS = 180  # of runs that ended
_LATE_AFTER = 600  # seconds: a worker that is busy with another run is not late yet


@dataclass(frozen=True)
class Served:
    """What one server serves.

    Attributes:
        place: the province folder, or the folder of many.
        is_many: which of both.
    """

    place: Path
    is_many: bool = False

    @property
    def var(self) -> Path:
        """Where the server's own state and its sign-in lie."""
        return self.place / MANY_VAR if self.is_many else var_folder(self.place)

    @property
    def provinces(self) -> list[Path]:
        """The province folders, as they are now."""
        return provinces_in(self.place) if self.is_many else [self.place]


def prefect_environment(served: Served, settings: Settings) -> dict[str, str]:
    """The environment of Prefect's processes: its folder, address and sign-in, no telemetry, the provinces."""
    home = served.var / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    own, sign_in = of_prefect(settings), sign_in_of(served.var)[0]
    environment = {
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
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(_KEPT_DAYS * 24 * 3600),
        "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(_LATE_AFTER),
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "CCHC_HOST": settings.host,
        "CCHC_PORT": str(settings.port),
        "CCHC_DESK_HOST": settings.desk_host,
        "CCHC_DESK_PORT": str(settings.desk_port),
    }
    return environment | {"CCHC_PROVINCES" if served.is_many else "CCHC_PROVINCE": str(served.place)}


def serve_here(served: Served, settings: Settings) -> None:
    """Start server, worker and desk, register the deployments, and keep all running until interrupted.

    Raises:
        RefusedError: the port is taken, the server does not come up, a part ends again and again, or several provinces
            are to be served with the signing keys of one.
        SystemExit: when all has ended, see `run_kept`.
    """
    for host, port, option in (
        (settings.host, settings.port, "--port 4201"),
        (settings.desk_host, settings.desk_port, "--desk-port 4281"),
    ):
        if not _is_free(host, port):
            raise refusal(f"{host}:{port}", "cổng đang được dùng", f"Chọn cổng khác: cchc serve {option}")
    if served.is_many and SigningSettings().is_set:
        what = "khóa ký (CCHC_SIGN_…) là của một tỉnh, không dùng chung cho nhiều tỉnh"
        raise refusal(str(served.place), what, "Bỏ các biến CCHC_SIGN_…; tỉnh ký bằng khóa trên máy thì chạy riêng")
    os.umask(0o077)  # databases, logs and drafts are nobody else's
    for province in () if served.is_many else served.provinces:
        make_var(province)
    served.var.mkdir(mode=0o700, exist_ok=True)
    sign_in, made = sign_in_of(served.var)
    if made:
        print(f"Đăng nhập Prefect (chỉ hiện một lần, sau này xem tệp {served.var / 'sign-in'}): {sign_in}")
    environment = prefect_environment(served, settings)
    run_kept(lambda: _serve(served, settings, environment))


def _serve(served: Served, settings: Settings, environment: Mapping[str, str]) -> None:
    parts: list[KeptProcess] = []
    deployed: list[Path] = []

    def deploy_new() -> None:
        nonlocal deployed
        if (there := served.provinces) != deployed:
            new, deployed = [one for one in there if one not in deployed], there
            _deploy(new, environment)

    try:
        at = _at(settings.host, settings.port)
        parts.append(_part("server", [*at, "flows.guarding:guarded_app"], environment))
        _wait_until_up(parts[0], environment)
        _run(_prefect(["work-pool", "create", POOL, "--type", "process", "--overwrite"]), environment)
        deploy_new()
        worker = ["worker", "start", "--pool", POOL, "--limit", str(settings.runs)]
        parts.append(_part("worker", _prefect(worker), environment))
        parts.append(_part("desk", [*_at(settings.desk_host, settings.desk_port), DESK], environment))
        _wait_until_open(parts[-1], settings)
        print(f"Bàn làm việc: {of_the_desk(settings)[0]}", flush=True)
        print(f"Prefect: {of_prefect(settings)[0]}  (dừng: Ctrl-C)", flush=True)
        keep_running(parts, meanwhile=lambda: _told_if_refused(deploy_new))
    except KeyboardInterrupt:
        pass
    finally:
        stop(parts)


def _told_if_refused(work: Callable[[], None]) -> None:
    """What is done while others are served ends nothing where it fails."""
    try:
        work()
    except RefusedError as refused:
        print("; ".join(map(str, refused.findings)), file=sys.stderr, flush=True)


def _deploy(provinces: Sequence[Path], environment: Mapping[str, str]) -> None:
    _run([sys.executable, "-m", "flows.deploying", *map(str, provinces)], environment)


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


def _part(name: str, command: list[str], environment: Mapping[str, str]) -> KeptProcess:
    """Start a part of Prefect; what it says, at its end above all, goes into its own log."""
    log = Path(environment["PREFECT_HOME"]) / f"{name}.log"
    return KeptProcess(name, lambda: start_dying_with_us(command, environment, _PROJECT, log), log)


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=environment, cwd=_PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(command[1:])
        raise refusal("Prefect", f"lệnh {said} thất bại", (done.stderr or done.stdout).strip()[-800:])


def _wait_until_up(server: KeptProcess, environment: Mapping[str, str]) -> None:
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


def _wait_until_open(desk: KeptProcess, settings: Settings) -> None:
    """No address is told that refuses its first visitor; of a desk that ends, whoever keeps it running tells."""
    until = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < until and desk.process.poll() is None and _is_free(settings.desk_host, settings.desk_port):
        time.sleep(0.1)
