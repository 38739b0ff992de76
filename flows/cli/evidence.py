"""Evidence files of units: evidence add, list."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import Year, app, machine_settings, opened

evidence = typer.Typer(help="Tệp minh chứng của đơn vị: nhận và gắn với tiêu chí, liệt kê và tìm.")
app.add_typer(evidence, name="evidence")


@evidence.command("add")
def add(
    year: Year,
    unit: Annotated[str, typer.Argument(metavar="ĐƠN_VỊ", help="Mã đơn vị")],
    files: Annotated[list[Path], typer.Argument(metavar="TỆP…", help="Các tệp; tệp zip được bung ra", dir_okay=False)],
    component: Annotated[str, typer.Option("--component", help="Mã tiêu chí của mọi tệp; bỏ trống: theo tên tệp")] = "",
) -> None:
    """Nhận tệp minh chứng của một đơn vị; tệp không được nhận thì nêu lý do và kết thúc với mã 1."""
    import shutil
    from datetime import UTC, datetime
    from tempfile import TemporaryDirectory

    from tasks.evidence.receiving import LAID_IN, SentFile, receive_evidence

    province, storage = opened(receiving=True)
    with TemporaryDirectory(dir=storage.var, prefix=LAID_IN) as folder:
        # What is judged is what is kept, whatever happens to the file meanwhile.
        sent = [SentFile(path.name, Path(folder) / str(number)) for number, path in enumerate(files)]
        for path, copy in zip(files, sent, strict=True):
            shutil.copyfile(path, copy.path)
        settings, now = machine_settings(), datetime.now(UTC)
        taken = receive_evidence(
            province, storage, settings, year, unit, sent, via="command", now=now, component=component
        )
    for one in taken:
        typer.echo(one.said if one.file is None else f"{one.said} (số {one.file})", err=one.file is None)
    if any(one.file is None for one in taken):
        raise typer.Exit(1)


@evidence.command("list")
def listed(
    year: Year,
    unit: Annotated[str | None, typer.Option("--unit", help="Chỉ của đơn vị này")] = None,
    search: Annotated[str, typer.Option("--search", help="Từ cần tìm: tên, số, ngày, chữ trong tệp")] = "",
) -> None:
    """Tệp minh chứng đã nhận, mới nhất trước, và bao nhiêu tệp nộp đúng hạn."""
    from tasks.evidence import searching
    from tasks.recording.evidence_files import held_files
    from tasks.recording.versions import current_evidence

    province, storage = opened(receiving=True)
    names = {code: one.name for code, one in province.units.items()}
    with storage.reading() as session:
        files = held_files(session, year, None if unit is None else [unit])
        documents = searching.documents_by_component(current_evidence(session, year))
        beside = searching.beside_files(files, names, documents)
        found = searching.search(session, files, search, beside)
    for file in found:
        proves = ", ".join(file.components) or "chưa gắn"
        late = "  sau hạn" if file.row.late else ""
        typer.echo(f"{file.id}  {file.row.unit}  {proves}  {file.name}  ({file.kind.label}){late}")
    in_time = sum(not file.row.late for file in found)
    typer.echo(f"{len(found)} tệp, nộp đúng hạn {in_time}/{len(found)}")
