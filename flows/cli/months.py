"""The months between the rounds: progress, monthly, forecast."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import (
    Json,
    PeriodText,
    SignerId,
    Year,
    app,
    named_day,
    named_period,
    opened,
    print_data,
    print_findings,
    print_issued,
    today,
)

if TYPE_CHECKING:
    from models.progress.periods import Period


@app.command()
def progress(period: PeriodText, as_json: Json = False) -> None:
    """Tiến độ đến hết một kỳ: số liệu, nhiệm vụ, cam kết, mục tiêu, chỉ số khác; ai chưa báo cáo."""
    from flows.cli.progress_console import print_due, print_progress
    from models.province.calendar import report_due
    from tasks.progress.as_json import progress_data
    from tasks.progress.gathering import progress_now

    province, storage = opened()
    result = progress_now(storage, province, named_period(period))
    print_findings(result.findings)
    if as_json:
        document = progress_data(result) | {"due": report_due(province.config, result.period).last_day.isoformat()}
        print_data(document)
    else:
        print_due(province, result.period, today())
        print_progress(result)


@app.command()
def monthly(
    month: PeriodText,
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi dự thảo hoặc bản công bố", file_okay=False)],
    kind: Annotated[
        str, typer.Option("--kind", help="Báo cáo kết thúc vào tháng ấy: month, quarter, 6m, 9m, year")
    ] = "month",
    number: Annotated[int | None, typer.Option("--number", help="Số báo cáo: phê duyệt và công bố", min=1)] = None,
    day: Annotated[str | None, typer.Option("--date", help="Ngày ký của báo cáo, dạng 2025-03-17")] = None,
    signer: SignerId = None,
    replaces: Annotated[str, typer.Option("--replaces", help="Số, ký hiệu báo cáo bị thay thế, ví dụ 12/BC-SNV")] = "",
) -> None:
    """Báo cáo của một kỳ: dự thảo (chưa có số); có số và ngày thì phê duyệt, công bố bản dự thảo gần nhất."""
    from flows.cli.progress_console import print_due
    from tasks.progress.freezing import freeze_progress, newer_figures, refuse_unreported
    from tasks.publishing.approvals import Numbering
    from tasks.publishing.choosing import paper_of, paper_to_publish
    from tasks.publishing.issuing import draft
    from tasks.site.issuing import issue

    if (number is None) != (day is None) or (replaces and number is None):
        raise typer.BadParameter("công bố báo cáo cần cả số và ngày", param_hint="--number, --date")
    period = _reported(month, kind)
    province, storage = opened()
    refuse_unreported(province, period, today())
    if number is None or day is None:
        print_due(province, period, today())
        paper = paper_of(province.folder, freeze_progress(storage, province, period))
        written = draft(paper, out, signer)
        print_findings(written.findings)
        for path in written.paths:
            typer.echo(str(path))
        return
    print_findings(newer_figures(storage, province, period))
    numbering = Numbering(number, named_day(day), signer, replaces)
    paper = paper_to_publish(province.folder, storage, period.year, numbering, str(period))
    print_issued(issue(paper, storage, numbering, out, "command"))


@app.command()
def forecast(
    year: Year,
    unit: Annotated[str | None, typer.Option("--unit", help="Chỉ một đơn vị, kèm mọi việc còn làm được")] = None,
    as_json: Json = False,
) -> None:
    """Dự báo: chỉ số của mỗi đơn vị tính theo số liệu đã có hôm nay, còn thiếu gì, còn giành được điểm nào."""
    from flows.cli.progress_console import print_forecast
    from tasks.progress.forecasting import forecast_data, forecast_now

    province, storage = opened()
    made = forecast_now(storage, province, year, today()).only(unit)
    if as_json:
        print_data(forecast_data(made))
    else:
        print_forecast(made)


def _reported(text: str, kind: str) -> "Period":
    """The period of a report: as it is named, or that of a kind which ends with the month that is named."""
    from tasks.progress.freezing import PeriodKind

    period = named_period(text)
    if kind not in [known.value for known in PeriodKind]:
        raise typer.BadParameter(f"không có loại “{kind}”; dùng {', '.join(PeriodKind)}", param_hint="--kind")
    if period.is_month:
        return PeriodKind(kind).ending_with(period)
    if kind != PeriodKind.MONTH:
        raise typer.BadParameter("--kind chỉ dùng cùng một tháng", param_hint="--kind")
    return period
