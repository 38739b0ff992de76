"""The doctor asks a real Prefect server whether what runs by itself does."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from flows.deploying import POOL
from flows.examining import examine_schedules
from models.settings import Settings

pytestmark = pytest.mark.slow


def test_a_server_without_a_living_worker_is_found_and_one_with_it_is_well(
    prefect_server: None, tmp_path: Path
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.settings import PREFECT_API_URL

    address = urlsplit(PREFECT_API_URL.value() or "")
    settings = Settings(host=address.hostname or "", port=address.port or 0)
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"), overwrite=True)
        (finding,) = examine_schedules(tmp_path, settings).findings
        assert finding.what == "không có worker nào còn sống, việc đến giờ không ai chạy"
        path = "/work_pools/{work_pool_name}/workers/heartbeat"
        client.request("POST", path, path_params={"work_pool_name": POOL}, json={"name": "w"})
    examined = examine_schedules(tmp_path, settings)
    assert (examined.findings, examined.said.partition(",")[0]) == ((), "1 worker")
