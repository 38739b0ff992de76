"""What tests of publishing share: what was printed once."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _printed_once(printed_once: None) -> None:
    """What these tests publish, many of them publish; those that watch it being printed say so."""
