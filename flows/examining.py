"""What Prefect says of itself to the doctor: whether the server answers, a worker lives, and schedules run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from flows.deploying import POOL
from models.findings import Act, Action, Finding, Severity
from models.settings import Settings, var_folder
from tasks.upkeep.examining import Examined

_PART = "lịch chạy"
_SECONDS = 5
_HEARTBEAT = timedelta(minutes=3)


def examine_schedules(province: Path, settings: Settings) -> Examined:
    """Whether what runs by itself does: the server of this machine, its worker, its schedules."""
    api = f"http://{settings.host}:{settings.port}/api"
    if not _answers(api):
        if not (var_folder(province) / "prefect").is_dir():
            return Examined(_PART, "máy chủ chưa từng chạy ở đây; mọi việc chạy bằng lệnh")
        what = f"máy chủ {settings.host}:{settings.port} không trả lời, không việc nào tự chạy"
        return Examined(_PART, "không chạy", (_wrong(what),))
    return _asked(api)


def _answers(api: str) -> bool:
    try:
        with urlopen(f"{api}/health", timeout=_SECONDS):
            return True
    except HTTPError:
        return True  # it wants a sign-in
    except (URLError, OSError, ValueError):
        return False


def _asked(api: str) -> Examined:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    try:
        with temporary_settings({PREFECT_API_URL: api}), get_client(sync_client=True) as client:
            workers = client.request(
                "POST", "/work_pools/{work_pool_name}/workers/filter", path_params={"work_pool_name": POOL}
            ).json()
            deployments = client.read_deployments()
    except Exception as error:  # whatever its client raises: the doctor goes on
        return Examined(_PART, "không xem được", (_wrong(f"máy chủ không cho xem ({type(error).__name__})"),))
    now = datetime.now(UTC)
    beats = [datetime.fromisoformat(worker["last_heartbeat_time"]) for worker in workers]
    alive = [beat for beat in beats if now - beat < _HEARTBEAT]
    findings = [] if alive else [_wrong("không có worker nào còn sống, việc đến giờ không ai chạy")]
    for one in deployments:
        if one.paused:
            what = f"lịch {one.name} đang tạm dừng"
            findings.append(Finding(_PART, 0, what, "Bật lại trong trang Prefect", Severity.WARNING))
    return Examined(_PART, f"{len(alive)} worker, {len(deployments)} lịch", tuple(findings))


def _wrong(what: str) -> Finding:
    return Finding(_PART, 0, what, "Khởi động lại", action=Action(Act.SERVE))
