"""The province folder and its database: check, init; the folder as a workbook, out and in."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import app, machine_settings, print_findings, province_folder, refuse_existing, write_and_say

folder = typer.Typer(help="Thư mục tỉnh thành một bảng Excel để sửa, và nhập lại.", no_args_is_help=True)
app.add_typer(folder, name="folder")


@app.command()
def check(
    data_docs: Annotated[
        Path | None,
        typer.Option(
            "--data-docs", help="Ghi thêm trang Data Docs của các phép kiểm tra phiếu vào thư mục này", file_okay=False
        ),
    ] = None,
) -> None:
    """Kiểm tra thư mục tỉnh: mọi lỗi một lần, kèm tệp, dòng và cách sửa."""
    from models.findings import has_critical
    from models.province.folder import check_province

    province, findings = check_province(province_folder())
    print_findings(findings)
    if has_critical(findings) or province is None:
        typer.echo(f"{len(findings)} điều cần sửa.", err=True)
        raise typer.Exit(1)
    typer.echo(
        f"Thư mục hợp lệ: {province.config.name}, {len(province.units)} đơn vị, "
        f"{len(province.criteria_sets)} bộ tiêu chí, {len(province.rounds)} kỳ đánh giá."
    )
    if data_docs is not None:
        from expectations.data_docs import write_data_docs

        first = write_data_docs(province.criteria_sets.values(), data_docs)
        typer.echo(f"Phép kiểm tra phiếu, theo từng loại phiếu và bộ tiêu chí: {first}")


@app.command()
def init(
    renamed: Annotated[
        bool, typer.Option("--renamed", help="Tỉnh đã đổi tên hoặc đổi mã: từ nay cơ sở dữ liệu theo tên mới")
    ] = False,
) -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu trong var/."""
    from models.records.storage import prepare_storage

    prepare_storage(province_folder(), machine_settings(), renamed)
    typer.echo("Cơ sở dữ liệu sẵn sàng.")


@folder.command("export")
def export_folder(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp .xlsx sẽ ghi", dir_okay=False)],
) -> None:
    """Xuất đơn vị, kế thừa, kỳ đánh giá, chỉ tiêu, kế hoạch, cam kết, mục tiêu ra một bảng Excel."""
    from models.province.folder import load_province
    from tasks.editing.folder_book import folder_as_workbook

    refuse_existing(file)
    file.write_bytes(folder_as_workbook(load_province(province_folder())))
    typer.echo(f"Đã xuất thư mục tỉnh ra {file}; sửa bằng Excel rồi nhập lại: cchc folder import {file}")


@folder.command("import")
def import_folder(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp do folder export ghi", exists=True, dir_okay=False)],
) -> None:
    """Nhập bảng “Thư mục tỉnh” đã sửa: chỉ những gì đã sửa thay đổi; có lỗi thì không ghi gì."""
    from tasks.editing.folder_book import changed_folder

    chosen = province_folder()
    write_and_say(chosen, changed_folder(chosen, file.read_bytes(), file.name))
