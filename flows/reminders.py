"""Who is due soon or late is reminded by mail, every morning; who was reminded shows as a table in the Prefect UI.

Of the forms of open rounds and of the reports of months alike, in one mail a recipient.
Where the province itself has not published the report of the month by then, an event says so once a week, which an
automation of prefect.yaml follows. Running it again on the same day sends only what was not sent. A run with mail that
could not be sent fails, after the rest was sent, so that somebody looks; the messages wait in
var/outbox/reminders/DATE.
"""

from datetime import date, datetime, timedelta

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from flows.running import TRIED_AGAIN, artifact_key, happened, province_folder, province_of, run_name, storage_of, tell
from models.progress.periods import month_of
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.mail.notifying import mail_settings
from tasks.mail.reminder_mail import due_notices, remind, reminded_rows
from tasks.progress.asked_units import asked_units
from tasks.site.papers import published_papers

LONGEST = 3600  # seconds of a run, so that one that hangs is seen
MISSED_AFTER = timedelta(days=10)  # of a month's last day: reports are drafted on the day after it


@flow(name="reminders", flow_run_name=run_name("reminders"), timeout_seconds=LONGEST, log_prints=True)
def reminders(province: str | None = None, day: date | None = None) -> list[dict[str, str]]:
    """Remind everybody who is due in 7, 1 or 0 days, or late, and has not sent.

    Args:
        province: the province folder; CCHC_PROVINCE when not given.
        day: the day of the reminders; today in Vietnam when not given.

    Returns:
        A line a reminder, as the table shows it.

    Raises:
        RuntimeError: some mail could not be sent.
    """
    folder = str(province_folder(province))
    today = day or datetime.now(VIETNAM).date()
    rows, failed = send_reminders(folder, today)
    list_reminders(today, rows)
    watch_report(folder, today)
    if failed:
        raise RuntimeError(f"{failed} thư nhắc chưa gửi được; sửa xong chạy lại trong ngày: cchc remind")
    return rows


@task(name="send_reminders", **TRIED_AGAIN)
def send_reminders(folder: str, day: date) -> tuple[list[dict[str, str]], int]:
    """Send the reminders of a day in one batch; returns a line a reminder, and how many messages failed."""
    province, storage = province_of(folder), storage_of(folder)
    notices = due_notices(province, storage, day)
    tell(f"nhắc hạn ngày {day:%d/%m/%Y}: {len(notices)} nơi nhận")
    mail = mail_settings(Settings())
    reminded = remind(province.config, notices, storage.var, mail, day, datetime.now(VIETNAM))
    return reminded_rows(reminded), sum(one.failed for one in reminded)


@task(name="list_reminders")
def list_reminders(day: date, rows: list[dict[str, str]]) -> None:
    """Show who was reminded of what as a table in the Prefect UI."""
    description = f"Nhắc hạn ngày {day:%d/%m/%Y}: {len(rows)} việc"
    create_table_artifact(key=artifact_key(f"reminders-{day.isoformat()}"), table=rows, description=description)


@task(name="watch_report", **TRIED_AGAIN)
def watch_report(folder: str, day: date) -> None:
    """Tell Prefect, ten days after a month that units were asked about, that its report is not published.

    Again every week, since nobody may have been up that morning.
    """
    month, province = month_of(day).before, province_of(folder)
    missed_for = day - month.last - MISSED_AFTER
    if missed_for < timedelta() or missed_for % timedelta(weeks=1) or not asked_units(province, month):
        return
    if all(paper.ruling.period != month for paper in published_papers(storage_of(folder))):
        tell(f"báo cáo {month.name}: chưa công bố")
        happened("cchc.report.missing", folder, period=str(month))
