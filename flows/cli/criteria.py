"""Criteria sets out and in: as workbook and papers, copied to the next year, two compared, a year tried under one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import (
    Json,
    Year,
    app,
    opened,
    print_data,
    print_findings,
    province_folder,
    refuse_existing,
    today,
    write_and_say,
)

if TYPE_CHECKING:
    from tasks.criteria.importing import ImportedSet

criteria = typer.Typer(
    help="Bộ tiêu chí: xuất ra Excel hoặc thành văn bản, nhập lại, chép sang năm sau, so sánh.", no_args_is_help=True
)
app.add_typer(criteria, name="criteria")

SetId = Annotated[str, typer.Argument(metavar="MÃ", help="Mã bộ tiêu chí (id), ví dụ so-2025")]


@criteria.command("export")
def export_set(
    id: SetId,
    out: Annotated[
        Path,
        typer.Option("--out", help="Tệp sẽ ghi: .xlsx (để sửa), .docx (phụ lục), .pdf (hướng dẫn)", dir_okay=False),
    ],
    guide: Annotated[
        bool, typer.Option("--guide", help="Ghi hướng dẫn cho các đơn vị, dạng Word khi tệp là .docx")
    ] = False,
    year: Annotated[
        int | None, typer.Option("--year", help="Năm để ghi thời hạn; bỏ trống: kỳ mới nhất dùng bộ này")
    ] = None,
) -> None:
    """Xuất bộ tiêu chí: .xlsx để sửa rồi nhập lại, .docx là phụ lục của quyết định ban hành, .pdf là hướng dẫn."""
    from models.province.folder import load_province

    refuse_existing(out)
    form = out.suffix.casefold()
    if form not in (".xlsx", ".docx", ".pdf"):
        raise typer.BadParameter(f"tệp {out.name} không có đuôi .xlsx, .docx hoặc .pdf", param_hint="--out")
    province = load_province(province_folder())
    if form == ".xlsx":
        from tasks.criteria.as_workbook import set_as_workbook

        out.write_bytes(set_as_workbook(province, id))
        typer.echo(f"Đã xuất bộ tiêu chí {id} ra {out}; sửa bằng Excel rồi nhập lại: cchc criteria import {out}")
        return
    from tasks.documents.criteria_papers import exported_set

    as_guide = guide or form == ".pdf"
    out.write_bytes(exported_set(province, id, year, today(), form, as_guide=as_guide))
    typer.echo(f"Đã ghi {'hướng dẫn theo' if as_guide else 'phụ lục'} bộ tiêu chí {id}: {out}")


@criteria.command("import")
def import_set(
    file: Annotated[
        Path,
        typer.Argument(
            help="Phụ lục dạng .docx, .xlsx; hoặc tệp do criteria export ghi ra", exists=True, dir_okay=False
        ),
    ],
    id: Annotated[str | None, typer.Option("--id", help="Mã của bộ mới; không ghi thì theo tên tệp")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Tên của bộ mới")] = None,
    like: Annotated[
        str, typer.Option("--like", help="Bộ năm trước mà bộ này giữ tên số liệu; không ghi thì bộ giống nhất")
    ] = "",
) -> None:
    """Đọc phụ lục thành bộ tiêu chí mới, chỗ chưa chắc được đánh dấu; hoặc nhập lại bộ đã xuất ra Excel, Word và sửa.

    Với tệp đã xuất ra thì chỉ những gì đã sửa thay đổi, ghi chú của tệp YAML còn nguyên; có --id thì ghi thành bộ mới.
    """
    from tasks.criteria.coming_back import set_from_file
    from tasks.criteria.exported import changed_set
    from tasks.criteria.new_sets import as_new_set, check_of_set, id_of_file, import_into

    folder = province_folder()
    if read := set_from_file(file.read_bytes(), file.name):
        write_and_say(folder, changed_set(folder, as_new_set(folder, read, id, title or "") if id else read))
        return
    path, imported = import_into(folder, file, id or id_of_file(file.stem), title or "", like)
    print_findings(imported.findings)
    _print_read(imported)
    findings = check_of_set(folder, path)
    said = f"{len(findings)} điều cần xem" if findings else "hợp lệ"
    typer.echo(f"cchc check, criteria/{path.name}: {said}.")
    print_findings(findings)
    typer.echo(f"Đã ghi {path.relative_to(folder)}.")


@criteria.command("copy")
def copy_set(
    old: Annotated[str, typer.Argument(metavar="CŨ", help="Mã bộ tiêu chí đang có, ví dụ so-2025")],
    new: Annotated[str, typer.Argument(metavar="MỚI", help="Mã bộ tiêu chí mới, ví dụ so-2026")],
    year: Annotated[int | None, typer.Option("--year", help="Năm của bộ mới, khi mã không có năm")] = None,
    as_json: Json = False,
) -> None:
    """Chép bộ tiêu chí sang năm khác: dời hạn, ngày, năm; liệt kê mọi chỗ đã dời."""
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
        print_data({"file": copied.file, "moved": moved})
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
    from models.province.folder import load_province
    from tasks.criteria.differences import SORTS, differences_of

    found = differences_of(load_province(province_folder()), old, new)
    if as_json:
        print_data([each.as_data() for each in found])
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
        typer.Option(
            "--criteria", metavar="TỆP", help="Bộ tiêu chí: .yaml, hoặc .xlsx, .docx do criteria export ghi ra"
        ),
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
    from flows.cli.console import officers_console, print_table
    from tasks.criteria.coming_back import tried_file
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
        print_data(trial_data(trial))
        return
    right = ("Chỉ số trước", "Hạng trước", "Chỉ số thử", "Hạng thử", "Tăng, giảm")
    print_table(officers_console(), f"Tính thử năm {year}", HEADS, rows_of(trial), right=right)
    for line in summary_of(trial):
        typer.echo(f"{line}.")
    typer.echo("Kết quả này chỉ để xem, không được ghi lại.")


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
