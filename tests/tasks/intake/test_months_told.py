"""Who told which month, who is late, whose file waits to be mended, and who has to report at all."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlmodel import col, update

from models.findings import RefusedError
from models.records.storage import open_storage
from models.records.submissions import Outcome
from models.records.tables import Submission
from models.settings import Settings
from tasks.forms.round_records import read_round
from tasks.intake.form_status import forms_status
from tasks.intake.months_told import MonthStatus, is_followed, months_data, months_status
from tests.past_the_guards import past_the_guards
from tests.tasks.forms.test_monthly_forms import import_csv
from tests.tasks.month_office import GOOD, TODAY, MonthOffice, changed, month_folder, warnings

pytestmark = pytest.mark.slow

WRONG = {("nhan", "fact:value"): 105}
MARCH = 2


@pytest.fixture
def office(tmp_path: Path) -> Iterator[MonthOffice]:
    month_folder(tmp_path)
    storage = open_storage(tmp_path, Settings(user="người thử"))
    yield MonthOffice(tmp_path, storage)
    storage.engine.dispose()


def months(office: MonthOffice) -> list[MonthStatus]:
    return months_status(office.storage, office.province, 2025, TODAY)


def founded(office: MonthOffice, day: str) -> None:
    """The department of finance is set up on a day."""
    month_folder(office.folder).change("units.csv", "stc,Sở Tài chính,so,,,,,", f"stc,Sở Tài chính,so,,,{day},,")


def test_every_month_that_ended_names_who_has_not_told_it(office: MonthOffice) -> None:
    office.send("2025-03")
    assert [str(each.period) for each in months(office)] == ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
    march = months(office)[MARCH]
    assert [form.subject for form in march.missing] == ["phuong-c", "snv", "vpub", "xa-a", "xa-b"]
    assert (len(march.expected), march.due.last_day) == (6, date(2025, 3, 18))


def test_a_month_that_came_after_its_due_day_is_late_and_one_in_time_is_not(office: MonthOffice) -> None:
    assert office.send("2025-03").late
    assert office.send("2025-04").late
    with past_the_guards(office.storage) as connection:  # as if the first had come on 18 March; no file can
        connection.execute(update(Submission).where(col(Submission.id) == 1).values(late=False))
    assert [[form.subject for form in each.late] for each in months(office)] == [[], [], [], ["stc"], []]


def test_what_was_returned_stands_there_until_it_is_mended(office: MonthOffice) -> None:
    assert office.send("2025-03", changed(GOOD, WRONG)).outcome is Outcome.RETURNED
    march = months(office)[MARCH]
    assert [(form.name, form.open.outcome) for form in march.returned if form.open] == [
        ("Sở Tài chính", Outcome.RETURNED)
    ]
    assert "stc" in [form.subject for form in march.missing]
    office.send("2025-03")
    assert months(office)[MARCH].returned == ()


def test_a_correction_that_is_returned_leaves_what_was_accepted(office: MonthOffice) -> None:
    office.send("2025-03")
    office.send("2025-03", changed(GOOD, WRONG))
    march = months(office)[MARCH]
    assert ([form.subject for form in march.returned], [form.subject for form in march.told]) == (["stc"], ["stc"])


def test_what_was_imported_is_told_without_a_form_and_never_late(office: MonthOffice) -> None:
    import_csv(office, "2025-03")
    march = months(office)[MARCH]
    (form,) = [each for each in march.forms if each.subject == "stc"]
    assert (form.is_imported, form.versions, march.late) == (True, (), ())
    assert "stc" not in [form.subject for form in march.missing]


def test_a_unit_set_up_in_the_middle_of_a_month_is_asked_for_it_and_for_none_before(office: MonthOffice) -> None:
    founded(office, "2025-03-01")
    before, march, april = months(office)[1:4]
    assert "stc" not in [form.subject for form in before.forms]
    (form,) = [each for each in march.forms if each.subject == "stc"]
    assert form.is_asked
    assert all("stc" in [form.subject for form in month.missing] for month in (march, april))
    assert list(office.forms("2025-03", "stc")) == ["bao-cao-thang-2025-03-stc.xlsx"]


def test_a_skipped_month_is_named_only_where_the_unit_had_to_report_it(office: MonthOffice) -> None:
    import_csv(office, "2025-01")
    founded(office, "2025-02-20")  # the middle of March
    assert warnings(office.send("2025-05")) == ["đơn vị chưa báo cáo tháng 3 năm 2025, tháng 4 năm 2025"]


def test_the_forms_of_a_unit_end_with_its_months(office: MonthOffice) -> None:
    office.send("2025-03", changed(GOOD, WRONG))
    status = forms_status(office.storage, read_round(office.province, office.storage, 2025), TODAY, office.settings)
    of_months = [form for each in months(office) for form in each.forms]
    labels = [form.label for form in status.of_unit("stc", of_months)]
    assert labels[2:5] == [f"Báo cáo số liệu tháng {number} năm 2025" for number in (1, 2, 3)]
    ceased = status.of_unit("xa-a", of_months)
    assert ceased[0].label == "Báo cáo số liệu tháng 1 năm 2025", "it ceased before the round"
    with pytest.raises(RefusedError):
        status.of_unit("la", of_months)


def test_machines_get_every_month_with_its_units(office: MonthOffice) -> None:
    import_csv(office, "2025-03")
    office.send("2025-04", changed(GOOD, WRONG))
    march, april = json.loads(json.dumps(months_data(months(office))))["months"][2:4]
    assert (march["period"], march["due"], march["sent"], march["returned"]) == ("2025-03", "2025-03-18", ["stc"], [])
    assert april["missing"] == april["expected"] == ["phuong-c", "snv", "stc", "vpub", "xa-a", "xa-b"]
    (returned,) = april["returned"]
    assert (returned["unit"], returned["outcome"], len(returned["findings"])) == ("stc", "returned", 1)
    assert datetime.fromisoformat(returned["received_at"]).astimezone(UTC) <= datetime.now(UTC)


def test_the_status_on_the_command_line_says_what_is_late_and_what_was_returned(
    office: MonthOffice, cchc: Callable[..., CompletedProcess[str]]
) -> None:
    office.send("2025-03")
    office.send("2025-04", changed(GOOD, WRONG))
    where = {"CCHC_PROVINCE": str(office.folder), "COLUMNS": "300"}
    lines = cchc("status", "2025", **where).stdout.splitlines()
    assert any(
        "Tháng 3 năm 2025 (hạn 18/03/2025): 1/6 đơn vị có số liệu, 1 gửi chậm; còn thiếu:" in one for one in lines
    )
    assert any("0/6 đơn vị có số liệu; trả lại, chưa sửa: Sở Tài chính; còn thiếu:" in line for line in lines)
    own = cchc("status", "2025", "--unit", "stc", **where).stdout
    assert "Báo cáo số liệu tháng 3 năm 2025 · Sở Tài chính (stc)\n  bản 1, " in own
    assert "thang.xlsx, chậm, được tính" in own
    assert "  trả lại để sửa: thang.xlsx, " in own
    assert "hồ sơ tiếp nhận và tồn phải bằng hồ sơ đã và đang giải quyết" in own
    document = json.loads(cchc("status", "2025", "--json", **where).stdout)
    assert [each["late"] for each in document["months"][:4]] == [[], [], ["stc"], []]


def test_the_months_of_a_year_are_told_before_its_round_is_declared(
    office: MonthOffice, cchc: Callable[..., CompletedProcess[str]]
) -> None:
    month_folder(office.folder).remove("rounds/2025.yaml")
    office.send("2025-03")
    where = {"CCHC_PROVINCE": str(office.folder), "COLUMNS": "300"}
    said = cchc("status", "2025", **where)
    assert (said.returncode, "Chưa khai báo kỳ đánh giá năm 2025 (rounds/2025.yaml)" in said.stdout) == (0, True)
    assert "(hạn 18/03/2025): 1/6 đơn vị có số liệu" in said.stdout
    own = cchc("status", "2025", "--unit", "stc", **where).stdout
    assert own.startswith("Báo cáo số liệu tháng 1 năm 2025")
    assert [cchc("status", year, **where).returncode for year in ("2020", "2099")] == [1, 1], "nothing to see"


def test_the_months_of_the_running_year_are_followed_before_anything_came(office: MonthOffice) -> None:
    assert is_followed(months(office), TODAY)
    assert not is_followed(months(office), date(2026, 3, 1))
    office.send("2025-03", changed(GOOD, WRONG))
    assert is_followed(months(office), date(2026, 3, 1))
