"""Criteria sets out and in: export, import, copy to the next year, what differs between two, a year tried under one."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import (
    Json,
    Year,
    app,
    opened,
    print_findings,
    province_folder,
    refuse_existing,
    write_and_say,
)

criteria = typer.Typer(help="Bộ tiêu chí: xuất ra Excel, nhập lại, chép sang năm sau, so sánh.", no_args_is_help=True)
app.add_typer(criteria, name="criteria")

SetId = Annotated[str, typer.Argument(metavar="MÃ", help="Mã bộ tiêu chí (id), ví dụ so-2025")]
Out = Annotated[Path, typer.Option("--out", help="Tệp .xlsx sẽ ghi", dir_okay=False)]


@criteria.command("export")
def export_set(id: SetId, out: Out) -> None:
    """Xuất bộ tiêu chí ra Excel để sửa; nhập lại bằng criteria import."""
    from models.province.folder import load_province
    from tasks.criteria.as_workbook import set_as_workbook

    refuse_existing(out)
    if out.suffix.casefold() != ".xlsx":
        raise typer.BadParameter(f"tệp {out.name} không có đuôi .xlsx", param_hint="--out")
    out.write_bytes(set_as_workbook(load_province(province_folder()), id))
    typer.echo(f"Đã xuất bộ tiêu chí {id} ra {out}; sửa bằng Excel rồi nhập lại: cchc criteria import {out}")


@criteria.command("import")
def import_set(
    file: Annotated[Path, typer.Argument(help="Tệp Excel do criteria export ghi ra", exists=True, dir_okay=False)],
) -> None:
    """Nhập bộ tiêu chí đã sửa trong Excel: chỉ những gì đã sửa thay đổi, ghi chú của tệp còn nguyên."""
    from models.findings import refusal
    from tasks.criteria.from_workbook import changed_set, set_from_workbook

    read = set_from_workbook(file.read_bytes(), file.name)
    if read is None:
        what = "tệp này không phải là bộ tiêu chí do chương trình xuất ra"
        raise refusal(file.name, what, "Xuất bộ tiêu chí ra Excel trước, sửa trên tệp ấy rồi nhập lại")
    folder = province_folder()
    write_and_say(folder, changed_set(folder, read))


@criteria.command("copy")
def copy_set(
    old: Annotated[str, typer.Argument(metavar="CŨ", help="Mã bộ tiêu chí đang có, ví dụ so-2025")],
    new: Annotated[str, typer.Argument(metavar="MỚI", help="Mã bộ tiêu chí mới, ví dụ so-2026")],
    year: Annotated[int | None, typer.Option("--year", help="Năm của bộ mới, khi mã không có năm")] = None,
    as_json: Json = False,
) -> None:
    """Chép bộ tiêu chí sang năm khác: dời hạn, ngày, năm; liệt kê mọi chỗ đã dời."""
    import json

    from models.findings import Severity
    from models.province.folder import load_province
    from tasks.criteria.copying import copied_set
    from tasks.editing.changing import write_changes

    province = load_province(province_folder())
    copied = copied_set(province, old, new, year)
    write_changes(province.folder, copied.checked.changes)
    print_findings([finding for finding in copied.checked.findings if finding.severity is not Severity.INFO])
    if as_json:
        moved = [each._asdict() for each in copied.moved]
        typer.echo(json.dumps({"file": copied.file, "moved": moved}, ensure_ascii=False, indent=2))
        return
    typer.echo(f"Đã tạo {copied.file}, năm {copied.from_year} → {copied.to_year}; {len(copied.moved)} chỗ đã dời:")
    for each in copied.moved:
        typer.echo(f"  {copied.file}:{each.line}: {each.what}: {each.before} → {each.after}")


@criteria.command("diff")
def compare_sets(
    old: Annotated[str, typer.Argument(metavar="CŨ", help="Mã bộ tiêu chí cũ")],
    new: Annotated[str, typer.Argument(metavar="MỚI", help="Mã bộ tiêu chí mới")],
    as_json: Json = False,
) -> None:
    """So sánh hai bộ tiêu chí: mục mới, mục bỏ, đổi mã, nặng hơn, nhẹ hơn, chấm khác đi."""
    import json

    from models.province.folder import load_province
    from tasks.criteria.differences import SORTS, differences_of

    found = differences_of(load_province(province_folder()), old, new)
    if as_json:
        typer.echo(json.dumps([each.as_data() for each in found], ensure_ascii=False, indent=2))
        return
    for sort, heading in SORTS.items():
        if told := [each for each in found if each.sort == sort]:
            typer.echo(f"{heading} ({len(told)}):")
            for each in told:
                typer.echo(f"  {each.said}")
    if not found:
        typer.echo("Hai bộ tiêu chí không khác nhau.")


@app.command("try")
def try_year(
    year: Year,
    criteria_file: Annotated[
        Path,
        typer.Option("--criteria", metavar="TỆP", help="Tệp bộ tiêu chí: .yaml, hoặc .xlsx do criteria export ghi ra"),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            help="Bảng chuyển số liệu (CSV): old_code,old_fact,new_code,new_fact",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="Nhóm đơn vị của kỳ ấy")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Ghi thêm bảng ra tệp .xlsx này", dir_okay=False)] = None,
    as_json: Json = False,
) -> None:
    """Tính thử một năm đã qua theo bộ tiêu chí khác: ai lên, ai xuống, vì tiêu chí nào. Không ghi lại gì."""
    import json

    from flows.cli.console import officers_console, print_table
    from tasks.criteria.from_workbook import tried_file
    from tasks.criteria.trial_tables import HEADS, rows_of, summary_of, trial_data, trial_workbook
    from tasks.criteria.trying import try_set

    if not criteria_file.is_file():
        raise typer.BadParameter(f"không có tệp {criteria_file}", param_hint="--criteria")
    if out is not None:
        refuse_existing(out)
    content = tried_file(criteria_file.read_bytes(), criteria_file.name)
    declared = (mapping.read_bytes(), mapping.name) if mapping else None
    province, storage = opened()
    trial = try_set(province, storage, year, content, criteria_file.name, declared, group)
    print_findings(trial.notes)
    if out is not None:
        out.write_bytes(trial_workbook(trial, province.config))
    if as_json:
        typer.echo(json.dumps(trial_data(trial), ensure_ascii=False, indent=2))
        return
    right = ("Chỉ số trước", "Hạng trước", "Chỉ số thử", "Hạng thử", "Tăng, giảm")
    print_table(officers_console(), f"Tính thử năm {year}", HEADS, rows_of(trial), right=right)
    for line in summary_of(trial):
        typer.echo(f"{line}.")
    typer.echo("Kết quả này chỉ để xem, không được ghi lại.")
