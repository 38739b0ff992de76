"""The deployments of prefect.yaml, made for every province of a server; and those that nothing declares any more.

A deployment is named by its flow and the name of the province's folder: `intake/tinh-mau`. This file runs
as a program in a process of its own (`python -m flows.deploying FOLDER…`): one process for all provinces, since Prefect
takes its time to begin.
"""

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.settings import Settings

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.responses import DeploymentResponse

POOL = "cchc"
TAG = "cchc"
_MANIFEST = "province.yaml"
_A_PAGE = 100


def deployment_of(flow: str, province: Path) -> str:
    """How the deployment of a flow for a province is called on its server."""
    return f"{flow}/{province.name}"


def provinces_in(folder: Path) -> list[Path]:
    """The province folders in a folder, by name: each folder that has a province.yaml, right or wrong."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and (path / _MANIFEST).is_file())


def provinces_of(settings: Settings) -> list[Path]:
    """The provinces that this installation serves: all of CCHC_PROVINCES, or the one of CCHC_PROVINCE."""
    if settings.provinces:
        return provinces_in(settings.provinces)
    return [settings.province] if settings.province else []


def deploy(provinces: Sequence[Path]) -> None:
    """Register every deployment of prefect.yaml for these provinces with the server of the environment.

    Raises:
        SystemExit: Prefect refuses one, which it says.
    """
    from prefect.cli import app

    sys.argv = ["prefect", "--no-prompt", "deploy", "--all"]
    for province in provinces:
        os.environ |= {"CCHC_DEPLOYMENT": province.name, "CCHC_PROVINCE": str(province)}
        try:
            app()
        except SystemExit as ended:
            if ended.code:
                raise


def retire(provinces: Collection[Path]) -> None:
    """Take away deployments of ours that belong to none of these provinces or that prefect.yaml no longer declares.

    One of which a run still waits for a person only stops to make new runs.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    kept = {province.name for province in provinces}
    with get_client(sync_client=True) as client:
        ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
        for one in list(_deployments(client, ours)):
            if one.name in kept:
                continue
            if _waits(client, one):
                client.pause_deployment(one.id)
            else:
                client.delete_deployment(one.id)


def _deployments(client: "SyncPrefectClient", which: object) -> "Iterator[DeploymentResponse]":
    offset = 0
    while page := client.read_deployments(deployment_filter=which, limit=_A_PAGE, offset=offset):  # type: ignore[arg-type]
        yield from page
        offset += len(page)


def _waits(client: "SyncPrefectClient", deployment: "DeploymentResponse") -> bool:
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterDeploymentId,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType

    waiting = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED, StateType.RUNNING])),
    )
    return bool(client.read_flow_runs(flow_run_filter=waiting, limit=1))


if __name__ == "__main__":
    deploy([Path(folder) for folder in sys.argv[1:]])
    retire(provinces_of(Settings()))
