"""The province folder and its database: check, init."""

from typing import Annotated

import typer

from flows.cli.commands import app, machine_settings, print_findings, province_folder


@app.command()
def check() -> None:
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
