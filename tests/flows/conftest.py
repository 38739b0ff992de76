"""What tests of flows share: a Prefect server for the session, and what runs show on it."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture(scope="module", autouse=True)
def _printed_once(printed_once: None) -> None:
    """What these tests publish, many of them publish; those that watch it being printed say so."""


async def artifacts() -> dict[str, str]:
    """The newest artifact of every key, as the text of its data."""
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        return {artifact.key or "": str(artifact.data) for artifact in await client.read_latest_artifacts()}
