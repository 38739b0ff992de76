"""The inbox: intake."""

from typing import Annotated

import typer

from flows.cli.commands import app, machine_settings, opened


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

    province, storage = opened(receiving=True)
    settings, parts = machine_settings(), standard_parts()
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
