"""What runs that ended long ago have left is taken away, every week: kept results, and pieces of work in the store.

The server itself deletes old runs and events (see `serving.prefect_environment`); the results that runs keep, so that
one which waits for an approval goes on where it stood, are files of which only their age tells that nobody needs them.
So are pieces of work whose run was killed.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH

from flows.running import province_folder, run_name, tell
from models.records.store import WORK, Store
from models.settings import Settings

KEPT_DAYS = 400  # a run waits for weeks, never for more than a round
WORK_KEPT = timedelta(days=2)  # no piece of work takes so long; a run that waits keeps none


@flow(name="tidy", flow_run_name=run_name("tidy"), log_prints=True)
def tidy(province: str | None = None) -> int:
    """Remove kept results of runs that are older than any run that waits, and old pieces of work; returns how many.

    Args:
        province: whose store is looked through; results of all provinces of a server lie together.
    """
    before = time.time() - KEPT_DAYS * 24 * 3600
    old = [path for path in _results() if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    tell(f"đã xóa {len(old)} tệp kết quả cũ hơn {KEPT_DAYS} ngày")
    works = Store.of(province_folder(province), Settings()).clear_older(WORK, datetime.now(UTC) - WORK_KEPT)
    tell(f"đã xóa {works} tệp làm việc dở của các lần chạy đã bị ngắt")
    return len(old) + works


def _results() -> list[Path]:
    place = Path(str(PREFECT_LOCAL_STORAGE_PATH.value()))
    return sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else []
