"""A Prefect server for as long as something is measured."""

import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from flows.demo.yearly_round import prepare_prefect


@contextmanager
def prefect_server(home: Path) -> Iterator[None]:
    """A server that this process and all that it starts speak to.

    Args:
        home: where it keeps what it knows; not there yet.
    """
    prepare_prefect(home)
    from prefect.server.api.server import SubprocessASGIServer
    from prefect.settings import PREFECT_API_URL, temporary_settings

    server = SubprocessASGIServer()
    server.start(timeout=180)
    os.environ["PREFECT_API_URL"] = server.api_url  # of what is started; this process has read its own by now
    try:
        with temporary_settings({PREFECT_API_URL: server.api_url}):
            yield
    finally:
        server.stop()


@contextmanager
def quiet() -> Iterator[None]:
    """Flows say nothing: what they tell is no measurement."""
    logging.disable(logging.INFO)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)
