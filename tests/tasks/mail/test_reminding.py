"""Who is reminded on which day, in which words; one mail a recipient a day, whatever breaks or runs twice."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.findings import RefusedError
from models.forms.descriptions import FormKind
from models.forms.sources import ScoreSource
from models.province.calendar import due_on
from models.province.config import ProvinceConfig
from models.province.folder import Province, load_province
from models.province.rounds import Deadlines
from models.records.entries import FactEntry, ScoreEntry
from models.records.storage import Storage
from models.working_days import VIETNAM, WorkingCalendar
from tasks.intake.owed import Owed
from tasks.mail.notifying import MailSettings
from tasks.mail.reminder_mail import due_notices, notices_of, remind, reminded_rows
from tasks.mail.reminding import Expected, Urgency, asked_reminders, due_reminders, expected_in_rounds, stage_on
from tasks.recording.versions import record_facts, record_scores
from tests.conftest import EXAMPLES
from tests.mailbox import Mailbox, free_port, serving

CALENDAR = WorkingCalendar()
CONFIG = ProvinceConfig(name="tỉnh Mẫu", mark="DỮ LIỆU MẪU")
WHEN = datetime(2026, 1, 12, 7, 0, tzinfo=VIETNAM)
TODAY = WHEN.date()
SELF, APPRAISAL, EXPLANATION = FormKind.SELF_ASSESSMENT, FormKind.APPRAISAL, FormKind.EXPLANATION
OFF = MailSettings(sender="cchc@mau.example")


def owing(name: str, address: str | None, kind: FormKind = SELF, deadline: date = date(2026, 1, 10)) -> Expected:
    """Somebody who still owes a form of 2025."""
    due = due_on(CONFIG, deadline)
    return Expected(Owed(kind, name.casefold().replace(" ", "-"), name, 2025, due), due, address)


JUSTICE = owing("Sở Tư pháp", "so-tu-phap@mau.example")
HEALTH = owing("Sở Y tế", "so-y-te@mau.example")
NO_MAIL = owing("Xã A", None)


def stages(deadline: date, start: date, days: int) -> dict[date, Urgency]:
    """What is reminded on which of so many days."""
    last_day = CALENDAR.next_working_day(deadline)
    dates = [start + timedelta(days=number) for number in range(days)]
    return {day: stage for day in dates if (stage := stage_on(day, last_day, CALENDAR))}


# --- when -------------------------------------------------------------------------------------------------------------


def test_a_deadline_on_a_saturday_is_reminded_of_by_the_monday_after_it() -> None:
    assert stages(date(2026, 1, 10), date(2026, 1, 1), 31) == {
        date(2026, 1, 5): Urgency.WEEK,
        date(2026, 1, 9): Urgency.TOMORROW,
        date(2026, 1, 12): Urgency.TODAY,
        date(2026, 1, 13): Urgency.LATE,
        date(2026, 1, 20): Urgency.LATE,
        date(2026, 1, 27): Urgency.LATE,
    }


def test_over_tet_the_last_working_day_before_it_counts_and_nobody_is_reminded_during_it() -> None:
    assert stages(date(2026, 2, 18), date(2026, 2, 10), 16) == {
        date(2026, 2, 13): Urgency.TOMORROW,
        date(2026, 2, 16): Urgency.WEEK,
        date(2026, 2, 23): Urgency.TODAY,
        date(2026, 2, 24): Urgency.LATE,
    }


def test_on_a_day_with_two_stages_the_more_urgent_one_is_said() -> None:
    calendar = WorkingCalendar(days_off=[date(2026, 1, 6) + timedelta(days=number) for number in range(6)])
    assert stage_on(date(2026, 1, 5), date(2026, 1, 12), calendar) is Urgency.TOMORROW


def test_after_four_weeks_reminding_ends() -> None:
    late = [day for day, stage in stages(date(2026, 3, 2), date(2026, 3, 3), 120).items() if stage is Urgency.LATE]
    assert late == [date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 17), date(2026, 3, 24)]


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_every_deadline_is_reminded_of_before_on_and_after_its_last_day(deadline: date) -> None:
    found = stages(deadline, deadline - timedelta(days=20), 50)
    assert list(found.values()).count(Urgency.TODAY) == 1
    assert list(found.values()).count(Urgency.TOMORROW) == 1
    last_day = next(day for day, stage in found.items() if stage is Urgency.TODAY)
    assert last_day >= deadline
    assert all((stage is Urgency.LATE) == (day > last_day) for day, stage in found.items())
    assert all(CALENDAR.is_working_day(day) for day, stage in found.items() if stage is not Urgency.WEEK)


def test_an_officer_reminds_on_any_day_of_what_is_late_or_not_far_away() -> None:
    expected = [
        owing(f"Sở {last}", None, SELF, last) for last in (date(2025, 6, 2), date(2026, 1, 30), date(2099, 1, 9))
    ]
    late, ahead = asked_reminders(expected, date(2026, 1, 20), CALENDAR)
    assert (late.stage, late.late > 150) == (Urgency.LATE, True)
    assert (ahead.stage, ahead.left) == (Urgency.AHEAD, 8)
    assert "còn 8 ngày làm việc, ngày cuối là 30/01/2026" in str(ahead)
    assert asked_reminders(expected, date(2026, 1, 20), CALENDAR, ["khong-co"]) == []


# --- who, in which words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 1, 5), "còn 7 ngày, ngày cuối là 12/01/2026."),
        (date(2026, 1, 9), "còn 1 ngày làm việc, ngày cuối là 12/01/2026."),
        (date(2026, 1, 12), "hôm nay, 12/01/2026, là ngày cuối."),
        (date(2026, 1, 20), "đã quá hạn 6 ngày làm việc (ngày cuối là 12/01/2026)."),
    ],
)
def test_the_words_name_form_unit_last_day_and_why_it_moved(today: date, said: str) -> None:
    (reminder,) = due_reminders([JUSTICE], today, CALENDAR)
    moved = "Hạn 10/01/2026 là ngày nghỉ nên chuyển sang ngày làm việc kế tiếp."
    assert str(reminder) == f"Phiếu tự đánh giá năm 2025 của Sở Tư pháp: {said} {moved}"


def test_a_deadline_on_a_working_day_is_not_said_to_have_moved() -> None:
    (reminder,) = due_reminders([owing("Sở Y tế", None, deadline=TODAY)], TODAY, CALENDAR)
    assert "chuyển sang" not in str(reminder)


def test_deadlines_far_away_ask_nothing_of_the_calendar() -> None:
    assert due_reminders([owing("Sở Y tế", None, deadline=date(2101, 1, 1))], TODAY, CALENDAR) == []


def test_one_recipient_gets_one_notice_with_the_most_urgent_first() -> None:
    appraiser = owing("Sở Tư pháp", JUSTICE.address, APPRAISAL, date(2026, 1, 9))
    notices = notices_of(due_reminders([JUSTICE, NO_MAIL, appraiser], TODAY, CALENDAR))
    assert [[(one.expected.form.kind, one.stage) for one in notice.reminders] for notice in notices] == [
        [(APPRAISAL, Urgency.LATE), (SELF, Urgency.TODAY)],
        [(SELF, Urgency.TODAY)],
    ]
    assert len({notice.key for notice in notices}) == 2


# --- what is recorded -------------------------------------------------------------------------------------------------


@pytest.fixture
def province() -> Province:
    return load_province(EXAMPLES / "tinh-mau")


def expected_of(province: Province, storage: Storage) -> dict[FormKind, list[str]]:
    found = [each.form for each in expected_in_rounds(province, storage, TODAY)]
    return {kind: [form.subject for form in found if form.kind is kind] for kind in (SELF, APPRAISAL, EXPLANATION)}


def test_units_and_appraisers_are_expected_and_explanations_only_of_units_that_were_cut(
    province: Province, storage: Storage
) -> None:
    units, appraisers = list(province.units_of_round(2025)), ["snv", "stp", "stc", "skhcn", "vp"]
    assert expected_of(province, storage) == {SELF: units, APPRAISAL: appraisers, EXPLANATION: []}
    found = expected_in_rounds(province, storage, TODAY)
    addresses = {one.form.subject: one.address for one in found if one.form.kind is APPRAISAL}
    assert addresses["vp"] == "van-phong@mau.example", "found by an alias"

    facts = [
        FactEntry("so-tu-phap", "1.1.3", name, value) for name, value in (("numerator", "9"), ("denominator", "10"))
    ]
    record_facts(storage, 2025, b"facts", "facts.csv", facts)
    cut = ScoreEntry("so-tu-phap", "1.1.3", ScoreSource.APPRAISAL, Decimal(1), note="thiếu tài liệu")
    record_scores(storage, 2025, b"scores", "scores.csv", [cut])
    expected = expected_of(province, storage)
    assert expected[EXPLANATION] == ["so-tu-phap"]
    assert expected[SELF] == [code for code in units if code != "so-tu-phap"]
    assert len(expected[APPRAISAL]) == len(appraisers) - 1


def test_a_round_without_deadlines_is_not_open(province: Province, storage: Storage) -> None:
    round = province.rounds[2025].model_copy(update={"deadlines": Deadlines()})
    assert due_notices(replace(province, rounds={2025: round}), storage, date(2026, 1, 12)) == []


def test_a_day_beyond_the_calendar_is_refused(province: Province, storage: Storage) -> None:
    with pytest.raises(RefusedError, match="lịch ngày làm việc"):
        due_notices(province, storage, date(3000, 1, 1))


# --- one mail a recipient a day ---------------------------------------------------------------------------------------


def reminded(folder: Path, mail: MailSettings, *expected: Expected, day: date = TODAY) -> list[str]:
    """The outcome of each notice of a day."""
    notices = notices_of(due_reminders(expected, day, CALENDAR))
    return [one.outcome for one in remind(CONFIG, notices, folder, mail, day, WHEN)]


def outbox(folder: Path, day: date = TODAY) -> list[str]:
    """The ends of the names of what lies in the outbox of a day."""
    found = (folder / "outbox" / "reminders" / day.isoformat()).glob("*.*")
    return sorted("." + path.name.rpartition("-")[2].partition(".")[2] for path in found if path.name != ".lock")


def test_reminders_are_sent_once_a_day(tmp_path: Path) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as mail:
        assert reminded(tmp_path, mail, JUSTICE, HEALTH, NO_MAIL) == [
            "đã gửi thư",
            "đã gửi thư",
            "không có địa chỉ thư",
        ]
        assert reminded(tmp_path, mail, JUSTICE, HEALTH) == ["đã nhắc trong ngày"] * 2
        assert reminded(tmp_path, mail, JUSTICE, day=date(2026, 1, 13)) == ["đã gửi thư"]
    assert [recipients for recipients, _ in mailbox.received] == [
        ["so-tu-phap@mau.example"],
        ["so-y-te@mau.example"],
        ["so-tu-phap@mau.example"],
    ]
    message = mailbox.received[0][1]
    assert message["Subject"] == "[DỮ LIỆU MẪU] [CCHC] Phiếu tự đánh giá năm 2025: hết hạn hôm nay"
    body = message.get_body()
    assert body is not None
    assert "- Phiếu tự đánh giá năm 2025 của Sở Tư pháp: hôm nay, 12/01/2026, là ngày cuối." in body.get_content()
    assert outbox(tmp_path) == [".eml", ".sent.eml", ".sent.eml"]


def test_what_could_not_be_sent_waits_in_the_outbox_and_goes_out_with_the_next_run(tmp_path: Path) -> None:
    assert reminded(tmp_path, OFF, JUSTICE, HEALTH) == ["chưa bật gửi thư"] * 2
    (path,) = (tmp_path / "outbox").rglob("so-tu-phap-mau.example-*.eml")
    waiting = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(waiting, EmailMessage)
    assert waiting["To"].addresses[0].addr_spec == "so-tu-phap@mau.example"
    mailbox = Mailbox(refused=("so-y-te@mau.example",))
    with serving(mailbox) as mail:
        down = replace(mail, port=free_port())
        assert reminded(tmp_path, down, JUSTICE, HEALTH) == ["chưa gửi được thư"] * 2
        assert reminded(tmp_path, mail, JUSTICE, HEALTH) == ["đã gửi thư", "chưa gửi được thư"]
        mailbox.refused = ()
        assert reminded(tmp_path, mail, JUSTICE, HEALTH) == ["đã nhắc trong ngày", "đã gửi thư"]
    assert len(mailbox.received) == 2
    assert mailbox.received[0][1]["Message-ID"] == waiting["Message-ID"], "a repeated send is recognisable"
    assert outbox(tmp_path) == [".sent.eml", ".sent.eml"]


def test_two_runs_at_once_send_no_mail_twice(tmp_path: Path) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as mail:
        runs = [threading.Thread(target=reminded, args=(tmp_path, mail, JUSTICE, HEALTH)) for _ in range(3)]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert len(mailbox.received) == 2


def test_the_table_has_a_line_for_every_reminder(tmp_path: Path) -> None:
    notices = notices_of(due_reminders([JUSTICE], WHEN.date(), CALENDAR))
    down = replace(OFF, host="127.0.0.1", port=free_port())
    (row,) = reminded_rows(remind(CONFIG, notices, tmp_path, down, WHEN.date(), WHEN))
    assert {name: value for name, value in row.items() if name != "Nhắc"} == {
        "Nơi nhận": "Sở Tư pháp",
        "Thư điện tử": "so-tu-phap@mau.example",
        "Việc": "Phiếu tự đánh giá năm 2025",
        "Ngày cuối": "12/01/2026",
        "Tình trạng": "hết hạn hôm nay",
    }
    assert row["Nhắc"].startswith("chưa gửi được thư: không kết nối được máy chủ thư 127.0.0.1")
