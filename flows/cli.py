"""The command line: each command is a thin call of the same functions and flows that Prefect schedules.

Exit codes: 0 done, 1 the input was refused (every reason printed), 2 wrong usage. Heavy libraries are imported inside
the commands that need them, so that `cchc --help` answers at once.
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from models.findings import Finding
    from models.progress.periods import Period
    from models.province.folder import Province
    from models.records.storage import Storage
    from models.settings import Settings, SigningSettings

app = typer.Typer(
    name="cchc",
    help="Chỉ số cải cách hành chính (CCHC) của một tỉnh: từ tự đánh giá đến quyết định công bố.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
imports = typer.Typer(help="Nhập điểm, số liệu, kết quả năm trước từ tệp CSV.", no_args_is_help=True)
app.add_typer(imports, name="import")

Year = Annotated[int, typer.Argument(help="Năm của chỉ số, ví dụ 2025", min=2000, max=2100)]
PeriodText = Annotated[str, typer.Argument(metavar="KỲ", help="Kỳ báo cáo: 2025-03, 2025-Q1, 2025-6M, 2025-9M, 2025")]
CsvPath = Annotated[Path, typer.Argument(help="Tệp CSV", exists=True, dir_okay=False, readable=True)]
Convert = Annotated[
    Path | None, typer.Option("--convert", help="Chỉ ghi bản chuyển đổi sang CSV chuẩn vào tệp này, không nhập")
]
SignerId = Annotated[str | None, typer.Option("--signer", help="Mã người ký trong province.yaml")]
Replaces = Annotated[str, typer.Option("--replaces", help="Số, ký hiệu quyết định bị thay thế, ví dụ 12/QĐ-UBND")]
_FORM_WORDS = "Năm, trước đó là loại: self_assessment (mặc định), appraisal, explanation, survey, register, council"
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
Json = Annotated[bool, typer.Option("--json", help="In JSON cho phần mềm khác")]


@dataclass
class _Chosen:
    """What the options before the command say."""

    province: Path | None = None


_chosen = _Chosen()


def main() -> None:
    """Run the command line; what people got wrong is printed in full and ends with code 1."""
    from models.findings import RefusedError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except RefusedError as refused:
        _print_findings(refused.findings)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        if error.filename is None and error.errno not in _OF_THE_DISK:
            raise
        _print_findings([_unusable(error)])
        sys.exit(1)


@app.callback()
def options(
    province: Annotated[
        Path | None, typer.Option("--province", "-p", help="Thư mục tỉnh (hoặc đặt biến CCHC_PROVINCE)")
    ] = None,
) -> None:
    """Chỉ số cải cách hành chính (CCHC) của một tỉnh: từ tự đánh giá đến quyết định công bố."""
    _chosen.province = province


@app.command()
def check() -> None:
    """Kiểm tra thư mục tỉnh: mọi lỗi một lần, kèm tệp, dòng và cách sửa."""
    from models.findings import has_critical
    from models.province.folder import check_province

    province, findings = check_province(_folder())
    _print_findings(findings)
    if has_critical(findings) or province is None:
        typer.echo(f"{len(findings)} điều cần sửa.", err=True)
        raise typer.Exit(1)
    typer.echo(
        f"Thư mục hợp lệ: {province.config.name}, {len(province.units)} đơn vị, "
        f"{len(province.criteria_sets)} bộ tiêu chí, {len(province.rounds)} kỳ đánh giá."
    )


@app.command()
def init() -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu trong var/."""
    from models.records.storage import prepare_storage

    prepare_storage(_folder(), _settings())
    typer.echo("Cơ sở dữ liệu sẵn sàng.")


@app.command()
def forms(
    words: Annotated[list[str], typer.Argument(metavar="[LOẠI] NĂM", help=_FORM_WORDS)],
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi biểu mẫu", file_okay=False)],
    unit: Annotated[list[str] | None, typer.Option("--unit", help="Mã đơn vị (lặp lại được); bỏ trống: tất cả")] = None,
) -> None:
    """Ghi biểu mẫu Excel: tự đánh giá, thẩm định, giải trình, khảo sát, sổ theo dõi, Hội đồng, báo cáo tháng."""
    from models.forms.descriptions import ROUND_KINDS, FormKind
    from tasks.forms.writing import write_forms

    *named, year = words
    if named == [FormKind.MONTHLY.value]:
        _monthly_forms(year, unit or [], out)
        return
    if len(named) > 1 or not year.isdecimal() or not 2000 <= int(year) <= 2100:
        raise typer.BadParameter("ghi năm từ 2000 đến 2100, trước đó có thể ghi loại biểu mẫu", param_hint="NĂM")
    kind = (named or ["self_assessment"])[0].replace("-", "_")
    if kind not in [known.value for known in ROUND_KINDS]:
        raise typer.BadParameter(f"không có loại “{named[0]}”; dùng {', '.join(FormKind)}", param_hint="LOẠI")
    province, storage = _opened()
    for path in write_forms(province, storage, int(year), FormKind(kind), unit or [], out):
        typer.echo(str(path))


def _monthly_forms(month: str, units: list[str], out: Path) -> None:
    from tasks.forms.month_records import write_months

    period = _period(month)
    province, storage = _opened()
    for path in write_months(province, storage, period, units, out, _today()):
        typer.echo(str(path))


@app.command()
def intake(
    inbox: Annotated[
        str | None,
        typer.Option("--inbox", help="Thư mục hoặc địa chỉ khác với hộp nhận đã đặt; tệp đã nhận được lấy ra"),
    ] = None,
) -> None:
    """Nhận mọi tệp trong hộp nhận: ghi tệp đúng, trả lại tệp sai, báo cho nơi gửi."""
    from tasks.intake.inbox import inbox_of, outbox_of
    from tasks.intake.judging import standard_parts
    from tasks.intake.receiving import receive_inbox
    from tasks.mail.acknowledging import tell_senders

    province, storage = _opened()
    settings, parts = _settings(), standard_parts()
    store, outbox = inbox_of(province.folder, settings, inbox), outbox_of(province.folder, settings)
    via = "command" if inbox else "inbox"
    report = receive_inbox(province, storage, store, outbox, parts, via, settings.inbox_quiet, typer.echo)
    for line in report.lines():
        typer.echo(line, err=True)
    if report.busy:
        return
    for attempt in tell_senders(province, storage, outbox, settings, parts):
        if attempt.outcome == "failed":
            typer.echo(f"{attempt.address}: chưa gửi được thư báo ({attempt.detail})", err=True)
    if not report.files:
        typer.echo("Hộp nhận không có tệp mới.")


@imports.command("scores")
def import_scores(year: Year, file: CsvPath, convert: Convert = None) -> None:
    """Nhập điểm: unit,component,source,points,not_applicable,note."""
    from tasks.recording.importing import read_scores
    from tasks.recording.versions import record_scores

    content = file.read_bytes()
    if convert:
        return _convert(content, file, convert)
    province, storage = _opened()
    entries, warnings = read_scores(content, file.name, province, year)
    _print_findings(warnings)
    return _print_recorded(record_scores(storage, year, content, file.name, entries), file)


@imports.command("facts")
def import_facts(year: Year, file: CsvPath, convert: Convert = None) -> None:
    """Nhập số liệu: unit,component,fact,value."""
    from tasks.recording.importing import read_facts
    from tasks.recording.versions import facts_by_component, record_facts

    content = file.read_bytes()
    if convert:
        return _convert(content, file, convert)
    province, storage = _opened()
    entries, warnings = read_facts(content, file.name, province, year, facts_by_component(storage, year))
    _print_findings(warnings)
    return _print_recorded(record_facts(storage, year, content, file.name, entries), file)


@imports.command("history")
def import_history(file: CsvPath, convert: Convert = None) -> None:
    """Nhập chỉ số đã công bố: year,group,unit,max_points,points,index,rank,grade."""
    from tasks.recording.importing import read_history
    from tasks.recording.versions import record_history

    content = file.read_bytes()
    if convert:
        return _convert(content, file, convert)
    province, storage = _opened()
    entries, warnings = read_history(content, file.name, province)
    _print_findings(warnings)
    return _print_recorded(record_history(storage, content, file.name, entries), file)


@imports.command("figures")
def import_figures(period: PeriodText, file: CsvPath, convert: Convert = None) -> None:
    """Nhập số liệu theo dõi của một kỳ: unit,measure,numerator,denominator,value,qualifier,note."""
    from tasks.recording.progress import current_figures, record_figures
    from tasks.recording.progress_importing import read_figures

    content, of = file.read_bytes(), _period(period)
    if convert:
        return _convert(content, file, convert)
    province, storage = _opened()
    with storage.reading() as session:
        known = current_figures(session, [of.year - 1, of.year])
    figures, warnings = read_figures(content, file.name, province, of, _today(), known)
    _print_findings(warnings)
    return _print_recorded(record_figures(storage, of, content, file.name, figures), file)


@imports.command("indices")
def import_indices(file: CsvPath) -> None:
    """Nhập chỉ số khác (CSV hoặc XLSX): index,unit,year,value,rank,of,rank_change,published_on,source."""
    from tasks.recording.progress import record_indices
    from tasks.recording.progress_importing import read_indices

    content = file.read_bytes()
    province, storage = _opened()
    values, warnings = read_indices(content, file.name, province)
    _print_findings(warnings)
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
    province, storage = _opened()
    entries, warnings = read_register(RegisterKind(kind), content, file.name, province, _today())
    _print_findings(warnings)
    _print_recorded(record_register(storage, RegisterKind(kind), _today().year, content, file.name, entries), file)


@app.command()
def progress(period: PeriodText, as_json: Json = False) -> None:
    """Tiến độ đến hết một kỳ: số liệu, nhiệm vụ, cam kết, mục tiêu, chỉ số khác; ai chưa báo cáo."""
    import json

    from flows.progress_console import print_due, print_progress
    from tasks.progress.as_json import progress_document
    from tasks.progress.freezing import due_on
    from tasks.progress.gathering import progress_now

    province, storage = _opened()
    result = progress_now(storage, province, _period(period))
    _print_findings(result.findings)
    if as_json:
        document = progress_document(result) | {"due": due_on(province, result.period).isoformat()}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        print_due(province, result.period, _today())
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
    from flows.progress_console import print_due
    from tasks.progress.freezing import freeze_progress, newer_figures, refuse_unreported
    from tasks.publishing.approvals import Numbering
    from tasks.publishing.periods import draft_report, publish_newest_report
    from tasks.site.building import renew_site

    if (number is None) != (day is None) or (replaces and number is None):
        raise typer.BadParameter("công bố báo cáo cần cả số và ngày", param_hint="--number, --date")
    period = _reported(month, kind)
    province, storage = _opened()
    refuse_unreported(province, period, _today())
    workers = _settings().workers
    if number is None or day is None:
        print_due(province, period, _today())
        for path in draft_report(province.folder, freeze_progress(storage, province, period), out, workers, signer):
            typer.echo(str(path))
        return
    _print_findings(newer_figures(storage, province, period))
    numbering = Numbering(number, _day(day), signer, replaces)
    published = publish_newest_report(province.folder, storage, period, numbering, out, workers, "command")
    said = "Đã công bố" if published.new else "Đã công bố từ trước, không có gì thay đổi"
    typer.echo(f"{said}: Báo cáo số {published.notation}")
    typer.echo(f"Thư mục: {published.folder}")
    typer.echo(f"SHA-256 của manifest: {published.manifest_sha256}")
    _print_findings(renew_site(province.folder, storage))


@app.command()
def forecast(
    year: Year,
    unit: Annotated[str | None, typer.Option("--unit", help="Chỉ một đơn vị, kèm mọi việc còn làm được")] = None,
    as_json: Json = False,
) -> None:
    """Dự báo: chỉ số của mỗi đơn vị tính theo số liệu đã có hôm nay, còn thiếu gì, còn giành được điểm nào."""
    import json

    from flows.progress_console import print_forecast
    from tasks.progress.forecasting import forecast_document, forecast_now

    province, storage = _opened()
    made = forecast_now(storage, province, year, _today()).only(unit)
    if as_json:
        typer.echo(json.dumps(forecast_document(made), ensure_ascii=False, indent=1))
    else:
        print_forecast(made)


@app.command()
def evaluate(year: Year, as_json: Json = False) -> None:
    """Tính điểm, chỉ số, xếp hạng và đóng băng kết quả."""
    from flows.console import print_ranks
    from tasks.publishing.evaluating import evaluate_round
    from tasks.publishing.exporting import results_json
    from tasks.publishing.issuing import newest_results

    province, storage = _opened()
    evaluation = evaluate_round(province, storage, year, lambda message: typer.echo(f"… {message}", err=True))
    _print_findings(evaluation.warnings)
    if as_json:
        status = newest_results(storage, year).status
        typer.echo(results_json(evaluation.frozen.results, evaluation.sha256, status), nl=False)
        return
    print_ranks(evaluation.frozen.results)
    typer.echo(
        f"Bản kết quả {evaluation.sha256}" + ("" if evaluation.new else " (như lần trước, không có gì thay đổi)")
    )


@app.command()
def results(
    year: Year,
    group: Annotated[str | None, typer.Option("--group", help="Chỉ một nhóm đơn vị")] = None,
    form: Annotated[str, typer.Option("--format", help="table, json, csv hoặc xlsx")] = "table",
    out: Annotated[Path | None, typer.Option("--out", help="Ghi vào tệp này thay cho màn hình", dir_okay=False)] = None,
) -> None:
    """Xem kết quả đã tính."""
    from flows.console import print_ranks
    from tasks.publishing.exporting import FORMATS, results_in_format
    from tasks.publishing.issuing import newest_results

    if form != "table" and form not in FORMATS:
        raise typer.BadParameter(f"“{form}” không có; dùng table, {', '.join(FORMATS)}", param_hint="--format")
    if form == "table" and out is not None:
        raise typer.BadParameter(f"bảng chỉ in ra màn hình; thêm --format {', '.join(FORMATS)}", param_hint="--out")
    _, storage = _opened()
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
    import json

    from flows.console import print_explanation
    from tasks.scoring.explaining import explain_newest, explanation_document

    province, storage = _opened()
    explanation = explain_newest(storage, year, unit, province.progress.indices.values())
    if as_json:
        typer.echo(json.dumps(explanation_document(explanation), ensure_ascii=False, indent=1))
    else:
        print_explanation(explanation)


@app.command()
def draft(
    year: Year,
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi dự thảo", file_okay=False)],
    signer: SignerId = None,
    number: Annotated[int | None, typer.Option("--number", help="Số quyết định: ghi bản trình ký", min=1)] = None,
    day: Annotated[str | None, typer.Option("--date", help="Ngày ký của bản trình ký, dạng 2026-02-15")] = None,
    replaces: Replaces = "",
) -> None:
    """Dự thảo quyết định và phụ lục, chưa có số và ngày; có số và ngày thì là bản trình ký."""
    from tasks.publishing.approvals import Numbering
    from tasks.publishing.issuing import draft_newest, write_for_signature
    from tasks.scoring.gathering import outdated_warnings

    if (number is None) != (day is None) or (replaces and number is None):
        raise typer.BadParameter("bản trình ký cần cả số và ngày", param_hint="--number, --date")
    province, storage = _opened()
    _print_findings(outdated_warnings(storage, province, year))
    workers = _settings().workers
    if number is not None and day is not None:
        numbering = Numbering(number, _day(day), signer, replaces)
        paths = write_for_signature(province.folder, storage, year, numbering, out, workers)
    else:
        paths = draft_newest(province.folder, storage, year, out, workers, signer)
    for path in paths:
        typer.echo(str(path))


@app.command()
def publish(
    year: Year,
    number: Annotated[int, typer.Option("--number", help="Số quyết định", min=1)],
    day: Annotated[str, typer.Option("--date", help="Ngày ký, dạng 2026-02-15")],
    out: Annotated[Path, typer.Option("--out", help="Thư mục công bố", file_okay=False)],
    signer: SignerId = None,
    replaces: Replaces = "",
    signed: Annotated[
        Path | None,
        typer.Option("--signed", help="Thư mục các tệp đã ký bằng phần mềm khác", exists=True, file_okay=False),
    ] = None,
) -> None:
    """Phê duyệt và công bố: quyết định, phụ lục, dữ liệu mở trong một thư mục bất biến; có khóa thì ký số."""
    from tasks.publishing.approvals import Numbering
    from tasks.publishing.issuing import publish_newest
    from tasks.scoring.gathering import outdated_warnings
    from tasks.site.building import renew_site

    province, storage = _opened()
    numbering = Numbering(number, _day(day), signer, replaces)
    _print_findings(outdated_warnings(storage, province, year))
    published = publish_newest(
        province.folder, storage, year, numbering, out, _settings().workers, "command", signed or _signing_settings()
    )
    said = "Đã công bố" if published.new else "Đã công bố từ trước, không có gì thay đổi"
    typer.echo(f"{said}: Quyết định số {published.notation}{', đã ký số' if published.signed else ', chưa ký số'}")
    typer.echo(f"Thư mục: {published.folder}")
    typer.echo(f"SHA-256 của manifest: {published.manifest_sha256}")
    _print_findings(renew_site(province.folder, storage))


@app.command()
def site(
    out: Annotated[Path, typer.Option("--out", help="Thư mục của trang kết quả", file_okay=False)],
    year: Annotated[
        list[int] | None, typer.Option("--year", help="Năm của chỉ số (lặp lại được); bỏ trống: tất cả")
    ] = None,
) -> None:
    """Lập trang kết quả từ các quyết định đã công bố: thư mục tĩnh, mở được bằng trình duyệt hay máy chủ web bất kỳ."""
    from tasks.site.building import build_site

    province, storage = _opened()
    built = build_site(province, storage, out, year or [])
    _print_findings(built.findings)
    reports = f" {built.reports} báo cáo," if built.reports else ""
    typer.echo(
        f"Trang kết quả: {built.editions} quyết định,{reports} {built.files} tệp. Mở: {built.folder / 'index.html'}"
    )


@app.command()
def verify(place: Annotated[Path, typer.Argument(help="Thư mục đã công bố, hoặc một tệp PDF", exists=True)]) -> None:
    """Kiểm tra bản đã công bố: danh mục tệp, mã băm, ai ký, lúc nào, có thay đổi gì không."""
    from models.findings import has_critical
    from models.records.storage import open_storage
    from tasks.publishing.trust import trust_of
    from tasks.publishing.verifying import verify_place

    chosen = _chosen.province or _default_province()
    province = _folder() if chosen else None
    storage = open_storage(province, _settings()) if province and place.is_dir() else None
    checked = verify_place(place, trust_of(_settings(), province), storage)
    for line in checked.lines:
        typer.echo(line)
    _print_findings(checked.findings)
    if has_critical(list(checked.findings)):
        raise typer.Exit(1)


@app.command()
def status(
    year: Year,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Chỉ một đơn vị: mọi bản đã gửi, tệp bị trả lại và lý do")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ai đã gửi gì, bản nào được tính, gì bị trả lại, ai chậm, việc gì chờ ai; đã tính, công bố đến đâu."""
    import json

    from flows.console import print_forms, print_status, print_unit_forms
    from flows.progress_console import print_months, print_reports
    from tasks.intake.form_status import FormsStatus, forms_document, forms_status
    from tasks.intake.months_told import is_followed, months_document, months_status
    from tasks.intake.report_states import report_states, states_document
    from tasks.intake.round_status import status_document, status_now

    province, storage = _opened()
    reports = report_states(storage, province, year, _today())
    months = months_status(storage, province, year, _today())
    state, forms = None, FormsStatus(year, ())
    if year in province.rounds or not is_followed(months, _today()):  # months are told before a round is declared
        state = status_now(storage, province, year)
        forms = forms_status(storage, province, year, _today(), _settings())
    if as_json:
        of_round = status_document(state) | forms_document(forms) if state else {"year": year}
        document = of_round | states_document(reports) | months_document(months)
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    elif unit:
        print_unit_forms(forms.of_unit(unit, [form for month in months for form in month.forms]))
    else:
        if state:
            print_forms(forms, province)
            print_status(state)
        else:
            typer.echo(f"Chưa khai báo kỳ đánh giá năm {year} (rounds/{year}.yaml); dưới đây là các tháng của năm.")
        print_reports(reports)
        print_months(months)


@app.command()
def remind(
    day: Annotated[str | None, typer.Option("--date", help="Nhắc như vào ngày này, dạng 2026-01-05")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ xem sẽ nhắc ai, không ghi, không gửi")] = False,
) -> None:
    """Nhắc hạn: ai còn 7 ngày, 1 ngày làm việc, hết hạn hôm nay, hoặc quá hạn mà chưa gửi phiếu, báo cáo tháng."""
    from datetime import datetime

    from flows.console import print_reminded
    from models.working_days import VIETNAM
    from tasks.mail import reminder_mail
    from tasks.mail.notifying import mail_settings

    province, storage = _opened()
    now = datetime.now(VIETNAM)
    today = _day(day) if day else now.date()
    notices = reminder_mail.due_notices(province, storage, today)
    if dry_run:
        reminded = reminder_mail.planned(notices)
    else:
        mail = mail_settings(_settings())
        reminded = reminder_mail.remind(province.config, notices, storage.var, mail, today, now)
    print_reminded(reminder_mail.reminded_rows(reminded), today)
    if any(one.failed for one in reminded):
        raise typer.Exit(1)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option("--port", help="Cổng của máy chủ Prefect trên máy này")] = None,
) -> None:
    """Máy chủ Prefect, worker và mọi lịch chạy của prefect.yaml trên máy này."""
    from flows.serving import serve_here

    settings = _settings()
    serve_here(_folder(), settings.host, port or settings.port)


def _settings() -> "Settings":
    """The settings of this machine, each checked."""
    from models.settings import Settings

    with _checked_settings("CCHC_"):
        return Settings()


def _signing_settings() -> "SigningSettings":
    """Where the keys are, each setting checked."""
    from models.settings import SigningSettings

    with _checked_settings("CCHC_SIGN_…"):
        return SigningSettings()


@contextmanager
def _checked_settings(prefix: str) -> Iterator[None]:
    """A faulty variable is wrong usage; its value is not repeated, it may be a secret."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        names = ", ".join(f"{prefix}{str(fault['loc'][0]).upper()}" for fault in error.errors())
        raise typer.BadParameter("giá trị của biến môi trường không hợp lệ", param_hint=names) from None


def _default_province() -> Path | None:
    return _settings().province


def _folder() -> Path:
    """The province folder that was chosen by option or setting."""
    folder = _chosen.province or _default_province()
    if folder is None:
        raise typer.BadParameter("chưa chỉ thư mục tỉnh; dùng --province hoặc CCHC_PROVINCE", param_hint="--province")
    if not folder.is_dir():
        raise typer.BadParameter(f"không có thư mục {folder}", param_hint="--province")
    return folder.resolve()


def _opened() -> "tuple[Province, Storage]":
    """The checked province and its database."""
    from models.province.folder import load_province
    from models.records.storage import open_storage

    province = load_province(_folder())
    return province, open_storage(province.folder, _settings())


def _today() -> date:
    from datetime import datetime

    from models.working_days import VIETNAM

    return datetime.now(VIETNAM).date()


def _period(text: str) -> "Period":
    from models.progress.periods import UnreadablePeriodError, read_period

    try:
        return read_period(text)
    except UnreadablePeriodError as unreadable:
        raise typer.BadParameter(str(unreadable), param_hint="KỲ") from None


def _reported(text: str, kind: str) -> "Period":
    """The period of a report: as it is named, or that of a kind which ends with the month that is named."""
    from tasks.progress.freezing import PeriodKind

    period = _period(text)
    if kind not in [known.value for known in PeriodKind]:
        raise typer.BadParameter(f"không có loại “{kind}”; dùng {', '.join(PeriodKind)}", param_hint="--kind")
    if period.is_month:
        return PeriodKind(kind).ending_with(period)
    if kind != PeriodKind.MONTH:
        raise typer.BadParameter("--kind chỉ dùng cùng một tháng", param_hint="--kind")
    return period


def _day(text: str) -> date:
    from models.criteria.facts import read_date

    try:
        return read_date(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” không phải là ngày; ghi dạng 2026-02-15", param_hint="--date") from None


def _convert(content: bytes, file: Path, target: Path) -> None:
    from tasks.recording.importing import converted

    text = converted(content, file.name)
    if target.exists():
        raise typer.BadParameter(f"tệp {target} đã có", param_hint="--convert")
    target.write_text(text, encoding="utf-8")
    typer.echo(f"Đã ghi bản chuyển đổi {target}; xem lại rồi nhập tệp này.")


def _unusable(error: OSError) -> "Finding":
    """A file or folder that cannot be read or written here."""
    from models.findings import Finding

    what = f"không đọc hoặc không ghi được ({error.strerror})"
    return Finding(str(error.filename or "ổ đĩa"), 0, what, "Kiểm tra đường dẫn, quyền truy cập và chỗ trống trên đĩa")


def _print_recorded(recorded: object, file: Path) -> None:
    typer.echo(f"{file.name}: {recorded}")


def _print_findings(findings: "list[Finding] | tuple[Finding, ...]") -> None:
    for finding in findings:
        typer.echo(str(finding), err=True)


if __name__ == "__main__":
    main()
