"""Workbooks to fill in: forms of a round and of a month."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import Year, app, named_period, opened, today

if TYPE_CHECKING:
    from models.forms.descriptions import FormKind

_FORM_WORDS = "Năm, trước đó là loại: self_assessment (mặc định), appraisal, explanation, survey, register, council"


@app.command()
def forms(
    words: Annotated[list[str], typer.Argument(metavar="[LOẠI] NĂM", help=_FORM_WORDS)],
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi biểu mẫu", file_okay=False)],
    unit: Annotated[list[str] | None, typer.Option("--unit", help="Mã đơn vị (lặp lại được); bỏ trống: tất cả")] = None,
) -> None:
    """Ghi biểu mẫu Excel: tự đánh giá, thẩm định, giải trình, khảo sát, sổ theo dõi, Hội đồng, báo cáo tháng."""
    from models.forms.descriptions import MONTH_KINDS, ROUND_KINDS, FormKind
    from tasks.forms.writing import write_forms

    *named, year = words
    if len(named) == 1 and named[0] in MONTH_KINDS:
        _monthly_forms(FormKind(named[0]), year, unit or [], out)
        return
    if len(named) > 1 or not year.isdecimal() or not 2000 <= int(year) <= 2100:
        raise typer.BadParameter("ghi năm từ 2000 đến 2100, trước đó có thể ghi loại biểu mẫu", param_hint="NĂM")
    kind = (named or ["self_assessment"])[0].replace("-", "_")
    if kind not in ROUND_KINDS:
        raise typer.BadParameter(f"không có loại “{named[0]}”; dùng {', '.join(FormKind)}", param_hint="LOẠI")
    province, storage = opened()
    for path in write_forms(province, storage, int(year), FormKind(kind), unit or [], out):
        typer.echo(str(path))


def _monthly_forms(kind: "FormKind", month: str, units: list[str], out: Path) -> None:
    from tasks.forms.month_records import write_months

    period = named_period(month)
    province, storage = opened()
    for path in write_months(province, storage, period, units, out, today(), kind):
        typer.echo(str(path))


@app.command()
def printout(
    year: Year,
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi bản in", file_okay=False)],
    unit: Annotated[
        list[str] | None, typer.Option("--unit", help="Mã đơn vị (lặp lại được); bỏ trống: mọi đơn vị đã gửi phiếu")
    ] = None,
) -> None:
    """Lập bản in để ký (PDF) từ phiếu tự đánh giá đã nhận: mỗi tiêu chí một dòng, có chỗ ký của người đứng đầu."""
    from tasks.intake.printout import write_printouts

    province, storage = opened()
    for path in write_printouts(province, storage, year, unit or [], out):
        typer.echo(str(path))
