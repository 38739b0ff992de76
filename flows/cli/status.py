"""Who has sent what, who is reminded, who may send later: status, remind, extend."""

from typing import Annotated

import typer

from flows.cli.commands import Json, Year, app, machine_settings, named_day, now, opened, print_data, today


@app.command()
def status(
    year: Year,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Chỉ một đơn vị: mọi bản đã gửi, tệp bị trả lại và lý do")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ai đã gửi gì, bản nào được tính, gì bị trả lại, ai chậm, việc gì chờ ai; đã tính, công bố đến đâu."""
    from flows.cli.console import print_forms, print_status, print_unit_forms
    from flows.cli.progress_console import print_months, print_reports
    from tasks.forms.round_records import read_round
    from tasks.intake.form_status import FormsStatus, forms_data, forms_status
    from tasks.intake.months_told import is_followed, months_data, months_status
    from tasks.intake.report_states import report_states, states_data
    from tasks.intake.round_status import round_status, status_data

    province, storage = opened()
    reports = report_states(storage, province, year, today())
    months = months_status(storage, province, year, today())
    state, forms = None, FormsStatus(year, ())
    if year in province.rounds or not is_followed(months, today()):  # months are told before a round is declared
        records = read_round(province, storage, year)
        state = round_status(storage, records, today())
        forms = forms_status(storage, records, today(), machine_settings())
    if as_json:
        of_round = status_data(state) | forms_data(forms) if state else {"year": year}
        document = of_round | states_data(reports) | months_data(months)
        print_data(document)
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
    subject: Annotated[
        list[str] | None, typer.Option("--for", help="Nhắc ngay đơn vị, cơ quan này mọi phiếu còn nợ (lặp lại được)")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Nhắc ngay mọi nơi còn nợ phiếu, không đợi mốc nhắc")
    ] = False,
) -> None:
    """Nhắc hạn: ai còn 7 ngày, 1 ngày làm việc, hết hạn hôm nay, hoặc quá hạn mà chưa gửi phiếu, báo cáo tháng."""
    from flows.cli.console import print_reminded
    from tasks.mail import reminder_mail
    from tasks.mail.notifying import mail_settings

    province, storage = opened()
    moment = now()
    today = named_day(day) if day else moment.date()
    if subject or everybody:
        notices = reminder_mail.asked_notices(province, storage, today, None if everybody else subject)
    else:
        notices = reminder_mail.due_notices(province, storage, today)
    if dry_run:
        reminded = reminder_mail.planned(notices)
    else:
        mail = mail_settings(machine_settings())
        reminded = reminder_mail.remind(province.config, notices, storage.var, mail, today, moment)
    print_reminded(reminder_mail.reminded_rows(reminded), today)
    if any(one.failed for one in reminded):
        raise typer.Exit(1)


@app.command()
def openings(
    year: Year,
    number: Annotated[int | None, typer.Option("--answer", help="Số của đề nghị cần trả lời")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Đồng ý: nhận đến hết ngày này")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Ý kiến; không nêu ngày thì là lý do không đồng ý")] = "",
) -> None:
    """Đề nghị mở khóa, gia hạn của đơn vị: liệt kê, hoặc trả lời một đề nghị; nơi đề nghị được báo qua thư."""
    from flows.guarding import desk_address
    from tasks.mail.telling_desk import tell_of_answer
    from tasks.recording import openings as asked

    province, storage = opened()
    moment = now()
    if number is None:
        with storage.reading() as session:
            found = asked.openings(session, year)
        for one in found:
            state = "đang chờ" if one.answer is None else "đồng ý" if one.is_granted else "không đồng ý"
            request = one.request
            typer.echo(f"{request.id}. {request.subject}, {one.kind.label}: {request.reason} ({state})")
        if not found:
            typer.echo("Chưa có đề nghị nào.")
        return
    if until:
        done = asked.grant_opening(storage, province, number, named_day(until), reason, moment)
    else:
        done = asked.refuse_opening(storage, number, reason, moment)
    address = f"{desk_address(province.folder, machine_settings())}/don-vi/{done.request.subject}"
    tell_of_answer(province, storage, machine_settings(), done, address, moment)
    typer.echo("Đã đồng ý và gia hạn." if done.is_granted else "Đã trả lời không đồng ý.")


@app.command()
def waive(
    year: Year,
    unit: Annotated[str | None, typer.Option("--for", help="Mã đơn vị; không nêu thì liệt kê")] = None,
    check: Annotated[str, typer.Option("--check", help="Tên kiểm tra, ví dụ facts_senseless")] = "",
    step: Annotated[str, typer.Option("--step", help="Bước: self_assessment, explanation")] = "self_assessment",
    asked_by: Annotated[str, typer.Option("--asked-by", help="Ai đề nghị, số văn bản nếu có")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Vì sao được miễn")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Áp dụng lại kiểm tra đã miễn")] = False,
) -> None:
    """Miễn một kiểm tra phiếu cho một đơn vị trong kỳ; ghi vào nhật ký và vào ghi chú của phụ lục."""
    from tasks.intake import waiving

    kinds = {kind.value: kind for kind in waiving.WAIVABLE_FORMS}
    if step not in kinds:
        raise typer.BadParameter(f"dùng một trong: {', '.join(kinds)}", param_hint="--step")
    province, storage = opened()
    kind, moment = kinds[step], now()
    if unit is None:
        with storage.reading() as session:
            standing = waiving.standing_waivers(waiving.waivers_in(session, year))
        for row in standing:
            typer.echo(f"{row.subject}: {row.check_name} ({row.form}); {row.asked_by} đề nghị; {row.reason}")
        if not standing:
            typer.echo("Chưa miễn kiểm tra nào.")
    elif undo:
        waiving.take_waiver_back(storage, year, kind, unit, check, reason, moment)
        typer.echo(f"Đã áp dụng lại kiểm tra {check} cho {unit}.")
    else:
        waiving.waive(storage, province, year, kind, unit, check, asked_by, reason, moment)
        typer.echo(f"Đã miễn kiểm tra {check} cho {unit}. Đơn vị gửi lại phiếu thì được nhận.")


@app.command()
def extend(
    year: Year,
    step: Annotated[
        str, typer.Option("--step", help="Bước: self_assessment, appraisal, explanation, survey, register, council")
    ],
    subject: Annotated[list[str], typer.Option("--for", help="Mã đơn vị, cơ quan thẩm định hoặc nhóm (lặp lại được)")],
    until: Annotated[str | None, typer.Option("--until", help="Nhận đến hết ngày này, dạng 2026-01-25")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Ai đề nghị, vì sao, số văn bản nếu có")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Bỏ gia hạn đã cho")] = False,
) -> None:
    """Gia hạn một bước cho vài nơi, kể cả khi bước đã khóa; --undo bỏ gia hạn. Ghi vào nhật ký."""
    from models.forms.descriptions import ROUND_KINDS
    from tasks.recording import extensions

    kinds = {kind.value: kind for kind in ROUND_KINDS}
    if step not in kinds:
        raise typer.BadParameter(f"dùng một trong: {', '.join(kinds)}", param_hint="--step")
    if undo == (until is not None):
        raise typer.BadParameter("nêu ngày, hoặc --undo để bỏ", param_hint="--until, --undo")
    province, storage = opened()
    kind, moment = kinds[step], now()
    if until is None:
        for code in subject:
            extensions.take_back(storage, year, kind, code, reason, moment)
        typer.echo(f"Đã bỏ gia hạn {kind.label}: {', '.join(subject)}.")
        return
    day = named_day(until)
    extensions.extend(storage, province, year, kind, subject, day, reason, moment)
    typer.echo(f"Đã gia hạn {kind.label} đến hết ngày {day:%d/%m/%Y}: {', '.join(subject)}.")
