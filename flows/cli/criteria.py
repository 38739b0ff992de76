"""Criteria sets: out as papers."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import app, province_folder, today

criteria = typer.Typer(
    help="Bộ tiêu chí: phụ lục của quyết định ban hành, hướng dẫn cho các đơn vị.", no_args_is_help=True
)
app.add_typer(criteria, name="criteria")

SetId = Annotated[str, typer.Argument(metavar="MÃ", help="Mã bộ tiêu chí (id), ví dụ so-2025")]


@criteria.command("export")
def export_set(
    id: SetId,
    out: Annotated[
        Path, typer.Option("--out", help="Tệp .docx (phụ lục) hoặc .pdf (hướng dẫn) sẽ ghi", dir_okay=False)
    ],
    guide: Annotated[
        bool, typer.Option("--guide", help="Ghi hướng dẫn cho các đơn vị, dạng Word khi tệp là .docx")
    ] = False,
    year: Annotated[
        int | None, typer.Option("--year", help="Năm để ghi thời hạn; bỏ trống: kỳ mới nhất dùng bộ này")
    ] = None,
) -> None:
    """Xuất bộ tiêu chí: .docx là phụ lục của quyết định ban hành, .pdf là hướng dẫn cho các đơn vị."""
    from models.province.folder import load_province
    from tasks.documents.criteria_papers import exported_set

    if out.exists():
        raise typer.BadParameter(f"tệp {out} đã có", param_hint="--out")
    form = out.suffix.casefold()
    if form not in (".docx", ".pdf"):
        raise typer.BadParameter(f"tệp {out.name} không có đuôi .docx hoặc .pdf", param_hint="--out")
    as_guide = guide or form == ".pdf"
    out.write_bytes(exported_set(load_province(province_folder()), id, year, today(), form, as_guide=as_guide))
    typer.echo(f"Đã ghi {'hướng dẫn theo' if as_guide else 'phụ lục'} bộ tiêu chí {id}: {out}")
