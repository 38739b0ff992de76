"""The months whose reports are asked now → who still has to send them until when, and where the form lies.

A month is asked for until the report of the next one is due: from then on the unit is reminded of that one, and the
answer to its form names the months left out. Source: docs/process.md.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from models.forms.descriptions import form_file_name
from models.province.folder import Province
from models.records.storage import Storage
from tasks.intake.owed import Owed, asked_months, owed_in_months
from tasks.mail.reminding import Expected

_DAY = timedelta(days=1)


def expected_in_months(province: Province, storage: Storage, today: date) -> Iterator[Expected]:
    """The reports that are still owed of the months asked for on a day, the earliest month first.

    Args:
        province: the checked folder.
        storage: what is recorded; its var/ folder shows whether the forms are written.
        today: the day, in Vietnam.
    """
    with storage.reading() as session:
        for forms in owed_in_months(session, province, asked_months(province, today)):
            for form in forms:
                if form.due and form.is_owed:
                    email, remark = province.units[form.subject].email, _remark(province, storage.var, form, today)
                    yield Expected(form, form.due, email, remark)


def _remark(province: Province, var: Path, form: Owed, today: date) -> str:
    """What the mail says besides: from when the report is taken, where the form lies."""
    assert form.period is not None
    assert form.due is not None
    name = form_file_name(form.kind, str(form.period), form.subject)
    department, folder = province.config.department, var / "forms" / str(form.period)
    said = f"Biểu mẫu: tệp {name}"
    if (folder / name).is_file():
        said += f", {department} đã ghi vào thư mục {folder.relative_to(var.parent)}"
    said += f"; chưa nhận được thì trả lời thư này để {department} gửi."
    if today <= form.period.last < form.due.last_day:
        taken_from = f"{form.period.last + _DAY:%d/%m/%Y}"
        said = f"Báo cáo được nhận từ ngày {taken_from}, khi tháng báo cáo đã kết thúc. {said}"
    return said
