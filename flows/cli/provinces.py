"""Many provinces of one installation: provinces add, list."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import app, machine_settings

provinces = typer.Typer(help="Nhiều tỉnh trên một máy chủ (cchc serve --provinces): thêm tỉnh, xem từng tỉnh.")
app.add_typer(provinces, name="provinces")
Many = Annotated[
    Path | None,
    typer.Option("--provinces", help="Thư mục chứa các thư mục tỉnh (hoặc đặt biến CCHC_PROVINCES)"),
]


def folder_of_provinces(given: Path | None) -> Path:
    """The folder of province folders that was chosen by option or setting; another is wrong usage."""
    folder = given or machine_settings().provinces
    if folder is None:
        what = "chưa chỉ thư mục các tỉnh; dùng --provinces hoặc CCHC_PROVINCES"
        raise typer.BadParameter(what, param_hint="--provinces")
    if not folder.is_dir():
        raise typer.BadParameter(f"không có thư mục {folder}", param_hint="--provinces")
    return folder.resolve()


@provinces.command("add")
def add(
    folder: Annotated[Path, typer.Argument(metavar="THƯ_MỤC", help="Thư mục tỉnh cần thêm")], into: Many = None
) -> None:
    """Kiểm tra một thư mục tỉnh, chép vào, tạo cơ sở dữ liệu; máy chủ đang chạy phục vụ ngay."""
    from tasks.upkeep.provinces import add_province

    if not folder.is_dir():
        raise typer.BadParameter(f"không có thư mục {folder}", param_hint="THƯ_MỤC")
    place = add_province(folder, folder_of_provinces(into), machine_settings())
    typer.echo(f"Đã thêm {place}.")


@provinces.command("list")
def listed(into: Many = None) -> None:
    """Các tỉnh đang phục vụ; tỉnh nào có lỗi thì nêu lỗi và kết thúc với mã 1."""
    from flows.deploying import provinces_in
    from tasks.upkeep.provinces import known_provinces

    known = known_provinces(provinces_in(folder_of_provinces(into)), machine_settings())
    for one in known:
        typer.echo(f"{one.folder.name}: {one.said}")
    if not known:
        typer.echo("Chưa có tỉnh nào.")
    if not all(one.is_right for one in known):
        raise typer.Exit(1)
