"""The inbox: intake."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import app, machine_settings, opened

if TYPE_CHECKING:
    from models.province.folder import Province
    from models.records.storage import Storage


@app.command()
def intake(
    inbox: Annotated[
        str | None,
        typer.Option("--inbox", help="Thư mục hoặc địa chỉ khác với hộp nhận đã đặt; tệp đã nhận được lấy ra"),
    ] = None,
) -> None:
    """Nhận mọi tệp trong hộp nhận, cả minh chứng: ghi tệp đúng, trả lại tệp sai, báo cho nơi gửi."""
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
    if not _receive_evidence(province, storage, inbox) and not report.files:
        typer.echo("Hộp nhận không có tệp mới.")


def _receive_evidence(province: "Province", storage: "Storage", inbox: str | None) -> bool:
    """Receive what lies in the inbox as evidence, and tell its senders; whether there was any."""
    from datetime import UTC, datetime

    from flows.guarding import of_the_desk
    from tasks.evidence.from_inbox import receive_evidence_inbox
    from tasks.intake.inbox import inbox_of, only_intake, outbox_of
    from tasks.mail.telling_desk import tell_of_evidence

    settings = machine_settings()
    store, outbox = inbox_of(province.folder, settings, inbox), outbox_of(province.folder, settings)
    with only_intake(storage) as mine:
        lying = store.listed(datetime.now(UTC), settings.inbox_quiet).evidence if mine else ()
        report = receive_evidence_inbox(province, storage, settings, store, outbox, lying)
    for line in report.lines():
        typer.echo(line)
    for answer in report.answers:
        tell_of_evidence(province, storage, settings, answer, of_the_desk(settings)[0], datetime.now(UTC))
    return bool(lying)
