"""The server with every schedule, and the desk: serve."""

from typing import Annotated

import typer

from flows.cli.commands import app, machine_settings, province_folder


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Cổng của máy chủ Prefect trên máy này")
    ] = None,
    desk_port: Annotated[
        int | None, typer.Option("--desk-port", min=1, max=65535, help="Cổng của bàn làm việc trên máy này")
    ] = None,
) -> None:
    """Bàn làm việc, máy chủ Prefect, worker và mọi lịch chạy của prefect.yaml trên máy này."""
    from flows.serving import serve_here

    settings = machine_settings()
    chosen = {"port": port or settings.port, "desk_port": desk_port or settings.desk_port}
    serve_here(province_folder(), settings.model_copy(update=chosen))
