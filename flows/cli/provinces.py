"""Many provinces: provinces add, list of one installation; gather the country's ranking from what they published."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import Year, app, machine_settings, print_findings

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


@app.command()
def gather(
    year: Year,
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi bảng xếp hạng", file_okay=False)],
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[THƯ_MỤC]...", help="Các thư mục đã công bố, của bất kỳ tỉnh nào", show_default=False),
    ] = None,
    many: Many = None,
) -> None:
    """Xếp hạng cả nước từ bản công bố của các tỉnh: kiểm tra từng bản trước; bản không nguyên vẹn bị từ chối."""
    from flows.deploying import provinces_in
    from tasks.gathering.country import rank_country
    from tasks.gathering.publications import gather_folders, gather_provinces
    from tasks.gathering.writing import write_country

    if folders and many:
        raise typer.BadParameter("nêu các thư mục đã công bố, hoặc --provinces", param_hint="THƯ_MỤC, --provinces")
    if folders:
        gathered = gather_folders(year, folders, machine_settings())
    else:
        gathered = gather_provinces(year, provinces_in(folder_of_provinces(many)), machine_settings())
    country = rank_country(gathered)
    if gathered.provinces:
        for path in write_country(country, out):
            typer.echo(str(path))
        for ranking in country.levels:
            typer.echo(f"{ranking.level.label}: {ranking.ranked} đơn vị được xếp hạng, {len(gathered.provinces)} tỉnh.")
    for refused in gathered.refused:
        typer.echo(f"Từ chối {refused.name}:", err=True)
        print_findings(refused.findings)
    for name in gathered.silent:
        typer.echo(f"{name}: chưa công bố kết quả năm {year}.", err=True)
    if gathered.refused or not gathered.provinces:
        raise typer.Exit(1)
