"""Criteria sets: read a printed annex into a new set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import app, print_findings, province_folder

if TYPE_CHECKING:
    from tasks.criteria.importing import ImportedSet

criteria = typer.Typer(help="Bộ tiêu chí: đọc từ phụ lục Word, Excel.", no_args_is_help=True)
app.add_typer(criteria, name="criteria")


@criteria.command("import")
def import_set(
    file: Annotated[Path, typer.Argument(help="Phụ lục dạng .docx hoặc .xlsx", exists=True, dir_okay=False)],
    id: Annotated[str | None, typer.Option("--id", help="Mã của bộ mới; không ghi thì theo tên tệp")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Tên của bộ mới")] = None,
) -> None:
    """Đọc phụ lục bộ tiêu chí (.docx, .xlsx) thành criteria/MÃ.yaml; chỗ chưa chắc được đánh dấu."""
    from tasks.criteria.new_sets import check_of_set, id_of_file, import_into

    folder = province_folder()
    path, imported = import_into(folder, file, id or id_of_file(file.stem), title or "")
    print_findings(imported.findings)
    _print_read(imported)
    findings = check_of_set(folder, path)
    said = f"{len(findings)} điều cần xem" if findings else "hợp lệ"
    typer.echo(f"cchc check, criteria/{path.name}: {said}.")
    print_findings(findings)
    typer.echo(f"Đã ghi {path.relative_to(folder)}.")


def _print_read(imported: "ImportedSet") -> None:
    """Leaves and maxima by area against the printed ones, then what is to be looked at."""
    from flows.cli.console import officers_console, print_table
    from models.numbers import said

    console = officers_console()
    unsure = {area.code: 0 for area in imported.areas}
    for leaf in imported.leaves:
        unsure[leaf.area] += bool(leaf.doubt)
    rows = [
        (
            area.code,
            area.name,
            str(area.leaves),
            said(area.sum),
            "–" if area.printed is None else said(area.printed),
            "" if area.printed in (None, area.sum) else "lệch",
            str(area.leaves - unsure[area.code]),
            str(unsure[area.code]),
        )
        for area in imported.areas
    ]
    columns = ("Mã", "Lĩnh vực", "Tiêu chí chấm", "Cộng", "Phụ lục in", "", "Nhận ra quy tắc", "Cần xem")
    print_table(console, "Đã đọc", columns, rows, right=(*columns[2:5], *columns[6:]))
    console.print(
        f"{len(imported.leaves)} tiêu chí, tổng {said(imported.criteria_set.maximum)} điểm: "
        f"nhận ra quy tắc của {imported.recognised}, cần xem {len(imported.leaves) - imported.recognised}."
    )
