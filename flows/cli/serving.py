"""The server with every schedule: serve."""

from typing import Annotated

import typer

from flows.cli.commands import app, machine_settings, province_folder


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Cổng của máy chủ Prefect trên máy này")
    ] = None,
) -> None:
    """Máy chủ Prefect, worker và mọi lịch chạy của prefect.yaml trên máy này."""
    from flows.serving import serve_here

    settings = machine_settings()
    serve_here(province_folder(), settings.model_copy(update={"port": port or settings.port}))
