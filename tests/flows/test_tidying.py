"""Kept results of runs: only those that no run can still wait for are taken away."""

import os
import time
from pathlib import Path

import pytest

from flows.tidying import KEPT_DAYS, tidy

pytestmark = pytest.mark.slow


def test_old_results_go_and_those_of_a_run_that_may_wait_stay(prefect_server: None, tmp_path: Path) -> None:
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings

    old, kept = tmp_path / "a" / "old", tmp_path / "kept"
    for path, days in ((old, KEPT_DAYS + 1), (kept, KEPT_DAYS - 1)):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
        when = time.time() - days * 24 * 3600
        os.utime(path, (when, when))
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: tmp_path}):
        assert tidy() == 1
    assert (old.exists(), kept.exists()) == (False, True)
