"""What the reports of several months tell of one plan task, in whatever order they come; both databases."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.forms.descriptions import FormIdentity, FormKind
from models.progress.registers import RegisterKind
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.records.submissions import Outcome, Reading, Statement
from models.settings import Settings
from tasks.recording.progress import current_register, record_register
from tasks.recording.progress_importing import read_register
from tests.tasks.filled_forms import Cells
from tests.tasks.forms.test_monthly_forms import rows
from tests.tasks.forms_sent import record
from tests.tasks.month_office import GOOD, TODAY, MonthOffice, changed, errors, month_folder, warnings

pytestmark = pytest.mark.slow

MARCH: Cells = {("kh-2025:2", "fact:begun"): date(2025, 3, 1), ("kh-2025:2", "explanation"): "đang tổng hợp"}
APRIL: Cells = {
    ("kh-2025:2", "fact:begun"): date(2025, 3, 3),
    ("kh-2025:2", "fact:done_on"): date(2025, 4, 10),
    ("kh-2025:2", "document"): "25/BC-STC ngày 10/04/2025",
}
KEPT = (
    "nhiệm vụ 2: báo cáo tháng 4 năm 2025 ghi khác báo cáo này; nội dung của tháng 4 năm 2025 được giữ, "
    "nội dung ở đây chỉ được lưu lại"
)


@pytest.fixture(scope="module")
def one_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Storage, Province]]:
    folder = tmp_path_factory.mktemp("tinh")
    month_folder(folder)
    storage = open_storage(folder, Settings(user="người thử"))
    yield storage, load_province(folder)
    storage.engine.dispose()


def told(office: MonthOffice, number: str = "2") -> dict[str, str]:
    """What stands of a task."""
    entries = [dict(entry.values) for entry in office.tasks() if entry.value("number") == number]
    return {name: value for name, value in entries[0].items() if name not in ("plan", "number")} if entries else {}


def versions(office: MonthOffice) -> list[tuple[int, int, bool, Any]]:
    """Number, receipt and words of every version of the task."""
    found = [row for row in rows(office, "register_version") if '"2"' in row["key"]]
    return [(row["version"], row["receipt_id"], row["withdrawn"], "done_on" in row["body"]) for row in found]


def import_tasks(office: MonthOffice, line: str) -> None:
    content = f"unit,plan,number,begun,done_on,evidence,explanation\nstc,kh-2025,2,{line}\n".encode()
    entries, _ = read_register(RegisterKind.TASKS, content, "nhiem-vu.csv", office.province, TODAY)
    record_register(office.storage, RegisterKind.TASKS, 2025, content, "nhiem-vu.csv", entries)


def test_a_month_that_comes_late_does_not_overwrite_what_a_later_month_told(office: MonthOffice) -> None:
    late = office.form("2025-03", cells=GOOD | MARCH)
    office.send("2025-04", GOOD | APRIL)
    office.drop(late)
    (report,) = office.receive().files
    assert (report.outcome, errors(report), warnings(report)) == (Outcome.ACCEPTED, [], [KEPT])
    (finding,) = report.findings
    assert finding.place is not None
    assert finding.place.sheet == "Nhiệm vụ kế hoạch"
    assert "sửa và gửi lại báo cáo tháng 4 năm 2025" in finding.remedy
    assert told(office)["done_on"] == "2025-04-10"
    assert office.figures("2025-03")["nhan"].value == 100, "figures are the month's own"
    assert versions(office) == [(1, 1, False, True), (2, 2, False, False), (3, 1, False, True)], "nothing is lost"
    kept = rows(office, "submission")[-1]["findings"]
    assert [each["what"] for each in kept] == [KEPT], "the sender's mail and the status say it too"


@pytest.mark.parametrize("later_first", [False, True])
def test_two_months_of_one_batch_end_the_same_in_either_order(office: MonthOffice, later_first: bool) -> None:
    march = office.form("2025-03", cells=GOOD | MARCH)
    april = office.form("2025-04", cells=GOOD | APRIL)
    first, second = (april, march) if later_first else (march, april)
    office.drop(first, "1.xlsx")
    office.drop(second, "2.xlsx")
    reports = office.receive().files
    assert [report.outcome for report in reports] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert [warning for report in reports for warning in warnings(report)] == ([KEPT] if later_first else [])
    assert told(office)["done_on"] == "2025-04-10"


def test_a_form_that_carries_what_stands_says_nothing_new(office: MonthOffice) -> None:
    office.send("2025-04", GOOD | APRIL)
    report = office.send("2025-03")
    assert warnings(report) == []
    assert versions(office) == [(1, 1, False, True)]


def test_a_part_of_what_stands_is_no_conflict(office: MonthOffice) -> None:
    late = office.form("2025-03", cells=changed(GOOD, {("kh-2025:2", "fact:begun"): date(2025, 3, 3)}))
    office.send("2025-04", GOOD | APRIL)
    office.drop(late)
    (report,) = office.receive().files
    assert (warnings(report), told(office)["done_on"]) == ([], "2025-04-10")


def test_an_earlier_month_that_says_no_more_withdraws_nothing_of_a_later_one(office: MonthOffice) -> None:
    office.send("2025-03", GOOD | MARCH)
    office.send("2025-04", GOOD | APRIL)
    emptied = dict.fromkeys(APRIL | MARCH)
    again = office.send("2025-03", GOOD | emptied)
    assert (again.outcome, again.number, warnings(again)) == (Outcome.ACCEPTED, 2, [])
    assert told(office)["done_on"] == "2025-04-10"


def test_an_earlier_month_counts_again_once_the_later_one_has_withdrawn(office: MonthOffice) -> None:
    late = office.form("2025-03", cells=GOOD | MARCH)
    office.send("2025-04", GOOD | APRIL)
    office.send("2025-04", GOOD | dict.fromkeys(APRIL))
    assert told(office) == {}
    office.drop(late)
    (report,) = office.receive().files
    assert warnings(report) == []
    assert told(office) == {"begun": "2025-03-01", "explanation": "đang tổng hợp"}


def test_a_later_month_corrects_itself_after_an_earlier_one_came(office: MonthOffice) -> None:
    late = office.form("2025-03", cells=GOOD | MARCH)
    office.send("2025-04", GOOD | APRIL)
    office.drop(late)
    office.receive()
    office.send("2025-04", GOOD | {("kh-2025:2", "fact:done_on"): date(2025, 4, 11)})
    assert told(office)["done_on"] == "2025-04-11"
    office.send("2025-04", GOOD | dict.fromkeys(APRIL))
    assert told(office) == {}, "what April said is withdrawn by April"


def test_an_import_has_no_month_and_counts_by_its_arrival(office: MonthOffice) -> None:
    march = office.form("2025-03", cells=GOOD | MARCH)
    import_tasks(office, "2025-02-02,,,")
    office.drop(march)
    (report,) = office.receive().files
    assert (warnings(report), told(office)["begun"]) == ([], "2025-03-01"), "the form came after the import"
    import_tasks(office, "2025-02-03,,,")
    assert told(office) == {"begun": "2025-02-03"}


def test_what_an_import_corrects_of_a_later_month_stands_too(office: MonthOffice) -> None:
    march = office.form("2025-03", cells=GOOD | MARCH)
    again = office.form("2025-03", cells=GOOD | MARCH | {("kh-2025:2", "explanation"): "đang trình"})
    office.send("2025-04", GOOD | APRIL)
    import_tasks(office, "2025-03-03,2025-04-12,26/BC-STC,")
    for content in (march, again):
        office.drop(content)
        (report,) = office.receive().files
        assert (warnings(report), told(office)["done_on"]) == ([KEPT], "2025-04-12")


def report_of(unit: str, month: str, said: str) -> Reading:
    """A report of a month that tells of one task and nothing else."""
    identity = FormIdentity(FormKind.MONTHLY, "", 2025, unit, (), period=month)
    return Reading(f"{month}.xlsx", identity, (Statement(unit, "kh-2025:2", text=said),))


@settings(max_examples=40, deadline=None)
@given(sent=st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=8), a_batch=st.integers(1, 8))
def test_the_newest_report_of_the_last_month_stands_in_whatever_order_and_batches_they_come(
    sent: list[tuple[int, bool]], a_batch: int, one_storage: tuple[Storage, Province]
) -> None:
    storage, province = one_storage
    unit = f"u-{uuid4().hex}"
    reports = [
        (f"{unit}-{number}", report_of(unit, f"2025-0{month}", f"lần {number}" if other else "như nhau"))
        for number, (month, other) in enumerate(sent)
    ]
    for start in range(0, len(reports), a_batch):
        record(storage, province, **dict(reports[start : start + a_batch]))
    last = max(month for month, _ in sent)
    number = max(place for place, (month, _) in enumerate(sent) if month == last)
    with storage.reading() as session:
        (entry,) = [one for one in current_register(session, [RegisterKind.TASKS]) if one.unit == unit]
    assert entry.value("explanation") == (f"lần {number}" if sent[number][1] else "như nhau")
