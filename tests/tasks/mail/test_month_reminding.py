"""Who is reminded of which month's report: who has to report it, who has sent, until when, in which words."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.forms.descriptions import FormKind
from models.progress.measures import Figure
from models.progress.periods import Period, ReportDeadline, Reporting, month, month_of
from models.province.calendar import calendar_of, report_due
from models.province.folder import Province, load_province
from models.province.rounds import Deadlines
from models.records.storage import Storage, open_storage
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.forms.month_records import write_months
from tasks.intake.owed import asked_months
from tasks.mail.month_reminding import expected_in_months
from tasks.mail.reminder_mail import due_notices, remind
from tasks.mail.reminding import Reminder, Urgency, due_reminders
from tasks.recording.progress import record_figures
from tests.conftest import EXAMPLES
from tests.mailbox import Mailbox, serving
from tests.models.progress_folder import progress_folder
from tests.tasks.month_office import DONE, GOOD, MonthOffice, changed, errors, month_folder

MARCH = month(2025, 3)
DUE = date(2025, 3, 18)  # the second working day after Friday 14 March
REPORTERS = ["phuong-c", "snv", "stc", "vpub", "xa-a", "xa-b"]


@pytest.fixture
def province(tmp_path: Path) -> Province:
    """Three departments, two communes and a ward; the communes merge on 1 July 2025."""
    return load_province(progress_folder(tmp_path / "tinh").path)


@pytest.fixture
def empty(tmp_path: Path) -> Storage:
    """A database without any record."""
    return open_storage(tmp_path / "tinh", Settings(user="người thử"))


def reminders_on(province: Province, storage: Storage, day: date) -> list[Reminder]:
    return due_reminders(expected_in_months(province, storage, day), day, calendar_of(province.config))


def reminded(province: Province, storage: Storage, day: date) -> list[str]:
    """The units that are reminded of a month on a day."""
    return [reminder.expected.form.subject for reminder in reminders_on(province, storage, day)]


def expected(province: Province, storage: Storage, month: Period, day: date) -> list[str]:
    """The units that still owe the report of a month on a day."""
    forms = [each.form for each in expected_in_months(province, storage, day)]
    return [form.subject for form in forms if form.period == month]


# --- who has to report ------------------------------------------------------------------------------------------------


def test_a_unit_reports_a_month_when_it_exists_on_its_last_day(province: Province, empty: Storage) -> None:
    day = date(2025, 7, 15)
    assert asked_months(province, day) == [month(2025, 6), month(2025, 7), month(2025, 8)]
    assert expected(province, empty, month(2025, 6), day) == REPORTERS
    july = expected(province, empty, month(2025, 7), day)
    assert july == ["phuong-c", "snv", "stc", "vpub", "xa-ab"], "the new commune, no merged one"


def test_a_unit_is_asked_for_measures_of_its_kind_or_plan_tasks(province: Province, empty: Storage) -> None:
    progress = province.progress
    staff_only = {"bien-che": progress.measures["bien-che"]}
    only_departments = replace(province, progress=replace(progress, measures=staff_only))
    assert reminded(only_departments, empty, DUE) == ["snv", "stc", "vpub"]
    only_tasks = replace(province, progress=replace(progress, measures={}))
    assert reminded(only_tasks, empty, DUE) == ["snv", "stc"], "those that own a task of the year's plan"
    assert reminded(only_tasks, empty, date(2026, 3, 17)) == [], "the plan has ended"


def test_a_province_that_follows_nothing_is_never_bothered(tmp_path: Path) -> None:
    storage = open_storage(tmp_path, Settings(user="người thử"))
    province = load_province(EXAMPLES / "binh-duong-2017")
    assert [each for day in range(1, 29) for each in expected_in_months(province, storage, date(2018, 3, day))] == []


# --- who has sent -----------------------------------------------------------------------------------------------------


def test_a_figure_or_a_note_of_the_month_counts_as_sent_and_one_of_another_month_does_not(
    province: Province, storage: Storage
) -> None:
    told = [
        Figure("qua-han", "snv", MARCH, value=Decimal(2)),
        Figure("qua-han", "xa-a", MARCH, note="phần mềm đang sửa"),
    ]
    record_figures(storage, MARCH, b"march", "thang-3.csv", told)
    earlier = [Figure("qua-han", "stc", month(2025, 2), value=Decimal(1))]
    record_figures(storage, month(2025, 2), b"february", "thang-2.csv", earlier)
    assert reminded(province, storage, DUE) == ["phuong-c", "stc", "vpub", "xa-b"]


@pytest.mark.slow
def test_an_accepted_form_counts_as_sent_and_a_returned_one_does_not(tmp_path: Path, storage: Storage) -> None:
    office = MonthOffice(month_folder(tmp_path / "tinh").path, storage)
    due = date(2025, 5, 16)
    before = reminded(office.province, storage, due)
    returned = office.send("2025-05", changed(GOOD, {("nhan", "fact:value"): -1}) | DONE)
    assert errors(returned)
    assert reminded(office.province, storage, due) == before
    assert errors(office.send("2025-05", GOOD | DONE)) == []
    assert reminded(office.province, storage, due) == [unit for unit in before if unit != "stc"]


def test_an_accepted_form_with_plan_tasks_alone_counts_as_sent(tmp_path: Path, storage: Storage) -> None:
    folder = month_folder(tmp_path / "tinh")
    folder.write("progress/measures.yaml", "measures: []\n")
    office = MonthOffice(folder.path, storage)
    assert reminded(office.province, storage, date(2025, 5, 16)) == ["snv", "stc"]
    assert errors(office.send("2025-05", DONE)) == []
    assert office.figures("2025-05", with_notes=True) == {}
    assert reminded(office.province, storage, date(2025, 5, 16)) == ["snv"]


# --- when -------------------------------------------------------------------------------------------------------------


def test_the_stages_are_those_of_yearly_deadlines_by_the_working_calendar(province: Province, empty: Storage) -> None:
    days = [date(2025, 3, 10 + number) for number in range(22)] + [date(2025, 4, number) for number in range(1, 17)]
    found = [
        (day, reminder.stage, reminder.work)
        for day in days
        for reminder in reminders_on(province, empty, day)
        if reminder.expected.form.subject == "stc"
    ]
    march, april = "Báo cáo số liệu tháng 3 năm 2025", "Báo cáo số liệu tháng 4 năm 2025"
    february = "Báo cáo số liệu tháng 2 năm 2025"
    assert found == [
        (date(2025, 3, 11), Urgency.WEEK, march),
        (date(2025, 3, 12), Urgency.LATE, february),
        (date(2025, 3, 17), Urgency.TOMORROW, march),
        (date(2025, 3, 18), Urgency.TODAY, march),
        (date(2025, 3, 19), Urgency.LATE, march),
        (date(2025, 3, 26), Urgency.LATE, march),
        (date(2025, 4, 2), Urgency.LATE, march),
        (date(2025, 4, 9), Urgency.WEEK, april),
        (date(2025, 4, 10), Urgency.LATE, march),
        (date(2025, 4, 15), Urgency.TOMORROW, april),
        (date(2025, 4, 16), Urgency.TODAY, april),
    ], "7 April is a day off: the anniversary of the Hùng kings"


def test_a_month_is_asked_for_until_the_report_of_the_next_one_is_due(province: Province) -> None:
    april, may = month(2025, 4), month(2025, 5)
    assert asked_months(province, date(2025, 4, 15)) == [MARCH, april, may]
    assert asked_months(province, date(2025, 4, 16)) == [april, may], "April's report is due on this day"


@pytest.fixture(scope="module")
def untold(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """A province for many questions."""
    return load_province(progress_folder(tmp_path_factory.mktemp("untold")).path)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 30), st.booleans())
def test_whatever_the_deadline_no_month_is_forgotten_between_its_end_and_its_due_day(
    untold: Province, day: date, number: int, counted: bool
) -> None:
    deadline = ReportDeadline(working_days=number) if counted else ReportDeadline(day=number)
    config = untold.config.model_copy(update={"reporting": Reporting(monthly=deadline)})
    months = [Period(end, end) for end in range(month_of(day).end - 6, month_of(day).end + 2)]
    awaited = [one for one in months if one.last < day <= report_due(config, one).last_day]
    asked = asked_months(replace(untold, config=config), day)
    assert set(awaited) <= set(asked)
    assert asked == sorted(asked)


# --- in which words ---------------------------------------------------------------------------------------------------


def test_the_words_name_month_unit_last_day_and_where_the_form_lies(province: Province, empty: Storage) -> None:
    def said(day: date) -> str:
        (mine,) = (str(each) for each in reminders_on(province, empty, day) if each.expected.form.subject == "stc")
        return mine

    begin = "Báo cáo số liệu tháng 3 năm 2025 của Sở Tài chính:"
    ask = "chưa nhận được thì trả lời thư này để Sở Nội vụ gửi."
    assert said(date(2025, 3, 11)) == (
        f"{begin} còn 7 ngày, ngày cuối là 18/03/2025. Báo cáo được nhận từ ngày 15/03/2025, khi tháng báo cáo đã kết "
        f"thúc. Biểu mẫu: tệp bao-cao-thang-2025-03-stc.xlsx; {ask}"
    )
    write_months(province, empty, MARCH, ["stc"], empty.var / "forms" / "2025-03", DUE)
    assert said(DUE) == (
        f"{begin} hôm nay, 18/03/2025, là ngày cuối. Biểu mẫu: tệp bao-cao-thang-2025-03-stc.xlsx, Sở Nội vụ đã ghi "
        f"vào thư mục var/forms/2025-03; {ask}"
    )


def test_one_mail_names_all_that_a_recipient_owes_yearly_and_monthly(
    province: Province, empty: Storage, tmp_path: Path
) -> None:
    units = {
        code: unit.model_copy(update={"email": f"{code}@mau.example" if code != "snv" else None})
        for code, unit in province.units.items()
    }
    round = province.rounds[2025].model_copy(update={"deadlines": Deadlines(self_assessment=date(2025, 3, 17))})
    province = replace(province, units=units, rounds={2025: round})
    notices = due_notices(province, empty, DUE)
    mailbox = Mailbox()
    with serving(mailbox) as mail:
        outcomes = remind(province.config, notices, tmp_path, mail, DUE, datetime(2025, 3, 18, 7, tzinfo=VIETNAM))
    assert {one.outcome for one in outcomes} == {"đã gửi thư", "không có địa chỉ thư"}
    texts = {to[0]: message for to, message in mailbox.received}
    assert len(mailbox.received) == len(texts), "one mail a recipient"
    codes = ["phuong-c", "stc", "vpub", "xa-a", "xa-ab", "xa-b"]
    assert sorted(texts) == [f"{code}@mau.example" for code in codes], "xa-ab owes its yearly form alone"
    message = texts["stc@mau.example"]
    assert str(message["Subject"]).endswith("Phiếu tự đánh giá năm 2025: quá hạn")
    body = message.get_body()
    assert body is not None
    lines = [line for line in body.get_content().splitlines() if line.startswith("- ")]
    assert [line.partition(" của ")[0] for line in lines] == [
        "- Phiếu tự đánh giá năm 2025",
        "- Báo cáo số liệu tháng 3 năm 2025",
    ]
    (unmailed,) = (notice for notice in notices if notice.to.address is None)
    steps = [(reminder.expected.form.subject, reminder.expected.form.kind) for reminder in unmailed.reminders]
    assert steps == [("snv", FormKind.SELF_ASSESSMENT), ("snv", FormKind.MONTHLY)]
