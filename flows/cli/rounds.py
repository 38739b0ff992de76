"""The yearly round computed: evaluate, results, explain."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import Json, Year, app, opened, print_data, print_findings, print_gate


@app.command()
def evaluate(year: Year, as_json: Json = False) -> None:
    """Tính điểm, chỉ số, xếp hạng và đóng băng kết quả."""
    from flows.cli.console import print_ranks
    from tasks.publishing.choosing import newest_paper, newest_results
    from tasks.publishing.evaluating import evaluate_round
    from tasks.publishing.exporting import results_json

    province, storage = opened()
    evaluation = evaluate_round(province, storage, year, lambda message: typer.echo(f"… {message}", err=True))
    print_findings(evaluation.warnings)
    print_gate(newest_paper(province.folder, storage, year).gate())
    if as_json:
        status = newest_results(storage, year).status
        typer.echo(results_json(evaluation.frozen.results, evaluation.sha256, status), nl=False)
        return
    print_ranks(evaluation.frozen.results)
    typer.echo(
        f"Bản kết quả {evaluation.sha256}" + ("" if evaluation.new else " (như lần trước, không có gì thay đổi)")
    )


@app.command()
def review(year: Year, as_json: Json = False) -> None:
    """Soát trước khi trình ký: mọi điều người ký cần biết về bản kết quả mới nhất, theo đơn vị và văn bản."""
    from tasks.publishing.choosing import newest_paper
    from tasks.publishing.gate import gate_data
    from tasks.scoring.gathering import outdated_warnings

    province, storage = opened()
    print_findings(outdated_warnings(storage, province, year))
    points = newest_paper(province.folder, storage, year).gate()
    if as_json:
        print_data(gate_data(points))
        return
    for point in points:
        typer.echo(str(point))
        for unit in point.units:
            typer.echo(
                f"  {unit.code or '–'}: {unit.name}{': ' if any(unit.of) else ''}{', '.join(filter(None, unit.of))}"
            )
    if not points:
        typer.echo("Không có điều gì cần lưu ý.")


@app.command()
def results(
    year: Year,
    group: Annotated[str | None, typer.Option("--group", help="Chỉ một nhóm đơn vị")] = None,
    form: Annotated[str, typer.Option("--format", help="table, json, csv hoặc xlsx")] = "table",
    out: Annotated[Path | None, typer.Option("--out", help="Ghi vào tệp này thay cho màn hình", dir_okay=False)] = None,
) -> None:
    """Xem kết quả đã tính."""
    from flows.cli.console import print_ranks
    from tasks.publishing.choosing import newest_results
    from tasks.publishing.exporting import FORMATS, results_in_format

    if form != "table" and form not in FORMATS:
        raise typer.BadParameter(f"“{form}” không có; dùng table, {', '.join(FORMATS)}", param_hint="--format")
    if form == "table" and out is not None:
        raise typer.BadParameter(f"bảng chỉ in ra màn hình; thêm --format {', '.join(FORMATS)}", param_hint="--out")
    _, storage = opened()
    chosen = newest_results(storage, year, group)
    if form == "table":
        print_ranks(chosen.frozen.results)
        return
    content = results_in_format(chosen.frozen, chosen.sha256, chosen.status, form)
    if out is None and form == "xlsx":
        out = Path(f"ket-qua-cchc-{year}.xlsx")
    if out is None:
        sys.stdout.write(content.decode())
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    typer.echo(str(out))


@app.command()
def explain(year: Year, unit: Annotated[str, typer.Argument(help="Mã đơn vị")], as_json: Json = False) -> None:
    """Giải thích một đơn vị: từng điểm, số liệu, quy tắc, nguồn, phiên bản; điểm bị mất."""
    from flows.cli.console import print_explanation
    from tasks.scoring.explaining import explain_newest, explanation_data

    province, storage = opened()
    explanation = explain_newest(storage, year, unit, province.progress.indices.values())
    if as_json:
        print_data(explanation_data(explanation))
    else:
        print_explanation(explanation)
