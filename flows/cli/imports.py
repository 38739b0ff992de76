"""CSV files beside the workbooks: import scores, facts, history, figures, indices, register."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import PeriodText, Year, app, named_period, opened, print_findings, today

imports = typer.Typer(help="Nhập điểm, số liệu, kết quả năm trước từ tệp CSV.", no_args_is_help=True)
app.add_typer(imports, name="import")


CsvPath = Annotated[Path, typer.Argument(help="Tệp CSV", exists=True, dir_okay=False, readable=True)]
Convert = Annotated[
    Path | None, typer.Option("--convert", help="Chỉ ghi bản chuyển đổi sang CSV chuẩn vào tệp này, không nhập")
]


@imports.command("scores")
def import_scores(year: Year, file: CsvPath, convert: Convert = None) -> None:
    """Nhập điểm: unit,component,source,points,not_applicable,note."""
    from tasks.recording.importing import read_scores
    from tasks.recording.versions import record_scores

    content = file.read_bytes()
    if convert:
        return _convert(content, file, convert)
    province, storage = opened()
    entries, warnings = read_scores(content, file.name, province, year)
    print_findings(warnings)
    return _print_recorded(record_scores(storage, year, content, file.name, entries), file)


@imports.command("facts")
def import_facts(year: Year, file: CsvPath, convert: Convert = None) -> None:
    """Nhập số liệu: unit,component,fact,value."""
    from tasks.recording.importing import read_facts
    from tasks.recording.versions import facts_by_component, record_facts

    content = file.read_bytes()
    if convert:
        return _convert(content, file, convert)
    province, storage = opened()
    entries, warnings = read_facts(content, file.name, province, year, facts_by_component(storage, year))
    print_findings(warnings)
    return _print_recorded(record_facts(storage, year, content, file.name, entries), file)


@imports.command("history")
def import_history(file: CsvPath, convert: Convert = None) -> None:
    """Nhập chỉ số đã công bố: year,group,unit,max_points,points,index,rank,grade."""
    from tasks.recording.importing import read_history
    from tasks.recording.versions import record_history

    content = file.read_bytes()
    if convert:
        return _convert(content, file, convert)
    province, storage = opened()
    entries, warnings = read_history(content, file.name, province)
    print_findings(warnings)
    return _print_recorded(record_history(storage, content, file.name, entries), file)


@imports.command("figures")
def import_figures(period: PeriodText, file: CsvPath, convert: Convert = None) -> None:
    """Nhập số liệu theo dõi của một kỳ: unit,measure,numerator,denominator,value,qualifier,note."""
    from tasks.recording.progress import current_figures, record_figures
    from tasks.recording.progress_importing import read_figures

    content, of = file.read_bytes(), named_period(period)
    if convert:
        return _convert(content, file, convert)
    province, storage = opened()
    with storage.reading() as session:
        known = current_figures(session, [of.year - 1, of.year])
    figures, warnings = read_figures(content, file.name, province, of, today(), known)
    print_findings(warnings)
    return _print_recorded(record_figures(storage, of, content, file.name, figures), file)


@imports.command("indices")
def import_indices(file: CsvPath) -> None:
    """Nhập chỉ số khác (CSV hoặc XLSX): index,unit,year,value,rank,of,rank_change,published_on,source."""
    from tasks.recording.progress import record_indices
    from tasks.recording.progress_importing import read_indices

    content = file.read_bytes()
    province, storage = opened()
    values, warnings = read_indices(content, file.name, province)
    print_findings(warnings)
    _print_recorded(record_indices(storage, content, file.name, values), file)


@imports.command("register")
def import_register(
    kind: Annotated[str, typer.Argument(metavar="SỔ", help="Tên sổ theo dõi, ví dụ inspections, overdue")],
    file: CsvPath,
) -> None:
    """Nhập sổ theo dõi: kiểm tra, sáng kiến, văn bản, TTHC cắt giảm, hồ sơ quá hạn, người đứng đầu, nhiệm vụ."""
    from models.progress.registers import RegisterKind
    from tasks.recording.progress import record_register
    from tasks.recording.progress_importing import read_register

    if kind not in [known.value for known in RegisterKind]:
        raise typer.BadParameter(f"không có sổ “{kind}”; dùng {', '.join(RegisterKind)}", param_hint="SỔ")
    content = file.read_bytes()
    province, storage = opened()
    entries, warnings = read_register(RegisterKind(kind), content, file.name, province, today())
    print_findings(warnings)
    _print_recorded(record_register(storage, RegisterKind(kind), today().year, content, file.name, entries), file)


def _convert(content: bytes, file: Path, target: Path) -> None:
    from tasks.recording.importing import converted

    text = converted(content, file.name)
    if target.exists():
        raise typer.BadParameter(f"tệp {target} đã có", param_hint="--convert")
    target.write_text(text, encoding="utf-8")
    typer.echo(f"Đã ghi bản chuyển đổi {target}; xem lại rồi nhập tệp này.")


def _print_recorded(recorded: object, file: Path) -> None:
    typer.echo(f"{file.name}: {recorded}")
