"""The server with every schedule, and the desk: serve."""

from typing import Annotated

import typer

from flows.cli.commands import app, machine_settings, province_folder
from flows.cli.provinces import Many, folder_of_provinces


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Cổng của máy chủ Prefect trên máy này")
    ] = None,
    desk_port: Annotated[
        int | None, typer.Option("--desk-port", min=1, max=65535, help="Cổng của bàn làm việc trên máy này")
    ] = None,
    provinces: Many = None,
) -> None:
    """Bàn làm việc, máy chủ Prefect, worker và mọi lịch chạy của prefect.yaml trên máy này.

    Cho một tỉnh (--province trước lệnh, CCHC_PROVINCE) hoặc mọi tỉnh trong một thư mục (--provinces, CCHC_PROVINCES).
    """
    from flows.serving import Served, serve_here

    settings = machine_settings()
    chosen: dict[str, object] = {"port": port or settings.port, "desk_port": desk_port or settings.desk_port}
    if provinces or settings.provinces:
        served = Served(folder_of_provinces(provinces), is_many=True)
        chosen["provinces"] = served.place
    else:
        served = Served(province_folder())
    serve_here(served, settings.model_copy(update=chosen))
