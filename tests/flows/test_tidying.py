"""What runs have left: only what no run can still wait for or work with is taken away."""

import os
import time
from pathlib import Path

import pytest

from flows.tidying import KEPT_DAYS, tidy

pytestmark = pytest.mark.slow


def test_old_results_go_and_those_of_a_run_that_may_wait_stay(prefect_server: None, tmp_path: Path) -> None:
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings

    province, results = tmp_path / "tinh", tmp_path / "results"
    old, kept = results / "a" / "old", results / "kept"
    killed, at_work, received = (province / "var" / name for name in ("work/1/ab/1", "work/2/ab/2", "received/ab/3"))
    days = {old: KEPT_DAYS + 1, kept: KEPT_DAYS - 1, killed: 3, at_work: 1, received: 900}
    for path, age in days.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
        when = time.time() - age * 24 * 3600
        os.utime(path, (when, when))
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: results}):
        assert tidy(str(province)) == 2
    assert [path for path in days if path.exists()] == [kept, at_work, received]
