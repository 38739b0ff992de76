"""What Prefect keeps of runs that ended long ago is taken away, every week.

The server itself deletes old runs and events (see `serving.prefect_environment`); the results that runs keep, so that
one which waits for an approval goes on where it stood, are files of which only their age tells that nobody needs them.
"""

import time
from pathlib import Path

from prefect import flow
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH

from flows.running import run_name, tell

KEPT_DAYS = 400  # a run waits for weeks, never for more than a round


@flow(name="tidy", flow_run_name=run_name("tidy"), log_prints=True)
def tidy(province: str | None = None) -> int:
    """Remove kept results of runs that are older than any run that waits; returns how many.

    Args:
        province: only names the run; results of all provinces of a server lie together.
    """
    before = time.time() - KEPT_DAYS * 24 * 3600
    old = [path for path in _results() if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    tell(f"đã xóa {len(old)} tệp kết quả cũ hơn {KEPT_DAYS} ngày")
    return len(old)


def _results() -> list[Path]:
    place = Path(str(PREFECT_LOCAL_STORAGE_PATH.value()))
    return sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else []
