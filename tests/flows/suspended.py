"""Runs of a deployment, which alone can be suspended: taken up as a worker does, by this program or an upgraded one."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow
from prefect.settings import get_current_settings

from tests.conftest import ROOT

_TAKE_UP = """
import asyncio, importlib, sys
from contextlib import suppress
from prefect.client.orchestration import get_client
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow

async def read():
    async with get_client() as client:
        return await client.read_flow_run(sys.argv[2])

run = asyncio.run(read())
flow = getattr(importlib.import_module(f"flows.{sys.argv[1]}"), sys.argv[1])
with suppress(Pause):
    run_flow(flow, flow_run=run, parameters=run.parameters, return_type="state")
"""


def scheduled(flow: Flow[..., Any], parameters: dict[str, Any]) -> FlowRun:
    """A run of a deployment that nobody has taken up yet."""

    async def create() -> FlowRun:
        async with get_client() as client:
            deployment = await client.create_deployment(await client.create_flow(flow), f"{flow.name}-of-test")
            return await client.create_flow_run_from_deployment(deployment, parameters=parameters)

    return asyncio.run(create())


def read(run: UUID) -> FlowRun:
    """A run as the server knows it."""

    async def fetch() -> FlowRun:
        async with get_client() as client:
            return await client.read_flow_run(run)

    return asyncio.run(fetch())


def question(run: FlowRun) -> str:
    """What a suspended run asks a person, in words."""

    async def fetch() -> str:
        assert run.state
        keys = run.state.state_details.run_input_keyset
        assert keys
        async with get_client() as client:
            return str(json.loads(await client.read_flow_run_input(run.id, keys["description"])))

    return asyncio.run(fetch())


def continued(flow: Flow[..., Any], run: FlowRun) -> FlowRun:
    """What becomes of a run that a worker takes up."""
    run = read(run.id)
    with suppress(Pause):
        run_flow(flow, flow_run=run, parameters=run.parameters, return_type="state")
    return read(run.id)


def continued_after_an_upgrade(flow: Flow[..., Any], run: FlowRun, into: Path) -> FlowRun:
    """What becomes of a run that the next version of the program takes up: every function of flows/ is changed."""
    shutil.copytree(ROOT / "flows", into / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (into / "flows").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^( +)return ", r"\1pass\n\1return ", source), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _TAKE_UP, flow.name, str(run.id)],
        env={
            **os.environ,
            **get_current_settings().to_environment_variables(exclude_unset=True),
            "PYTHONPATH": os.pathsep.join([str(into), str(ROOT)]),
        },
        cwd=into,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return read(run.id)
