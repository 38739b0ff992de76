"""This installation: backup, restore, doctor."""

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import (
    app,
    chosen,
    default_province,
    machine_settings,
    print_findings,
    province_folder,
    signing_settings,
)

BackupFile = Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp sao lưu, ví dụ cchc-2026.zip", dir_okay=False)]


@app.command()
def backup(file: BackupFile) -> None:
    """Sao lưu tất cả vào một tệp: cơ sở dữ liệu, tệp đã nhận, bản công bố, thư mục tỉnh; không có khóa, mật khẩu."""
    from models.records.storage import open_storage
    from tasks.upkeep.backing_up import back_up

    province = province_folder()
    done = back_up(province, open_storage(province, machine_settings()), file)
    print_findings(done.findings)
    typer.echo(
        f"Đã sao lưu: {done.file} ({done.size / 2**20:.1f} MiB): {done.rows} dòng, {done.received} tệp đã nhận, "
        f"{done.published} bản công bố."
    )
    typer.echo(f"Mắt xích cuối của nhật ký: {done.head}")


@app.command()
def restore(file: BackupFile) -> None:
    """Khôi phục từ một tệp sao lưu vào thư mục tỉnh còn trống (--province) và cơ sở dữ liệu còn trống."""
    from datetime import datetime

    from models.findings import has_critical
    from models.working_days import moment_told
    from tasks.upkeep.restoring import restore as bring_back

    folder = chosen.province or default_province()
    if folder is None:
        raise typer.BadParameter("chưa chỉ thư mục tỉnh; dùng --province hoặc CCHC_PROVINCE", param_hint="--province")
    done = bring_back(file, folder, machine_settings())
    print_findings(done.findings)
    typer.echo(f"Đã khôi phục {done.rows} dòng và {len(done.contents.parts)} phần vào {done.folder}; mọi mã băm đúng.")
    made = moment_told(datetime.fromisoformat(done.contents.made_at))
    typer.echo(f"Bản sao lưu lập lúc {made}, người lập: {done.contents.made_by}.")
    if has_critical(list(done.findings)):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Khám máy này: cơ sở dữ liệu, nhật ký, tệp, đĩa, phông, thư, đồng hồ, khóa, lịch chạy; có lỗi thì mã thoát 1."""
    from flows.examining import examine_schedules
    from models.findings import has_critical
    from tasks.upkeep.examining import examine

    province, settings = province_folder(), machine_settings()
    sick = False
    parts = examine(province, settings, signing_settings())
    for examined in chain(parts, [examine_schedules(province, settings)]):
        critical = has_critical(list(examined.findings))
        sick = sick or critical
        typer.echo(
            f"{'LỖI' if critical else 'Tốt' if not examined.findings else 'Xem'}  {examined.part}: {examined.said}"
        )
        print_findings(examined.findings)
    if sick:
        raise typer.Exit(1)
