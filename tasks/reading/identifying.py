"""A workbook's sheets → which form it is and whose, by its hidden sheet, else by its shape; or why it is not taken.

In: opened sheets and the province. Out: the identity, how sure it is, and findings. A form of another province, of a
year without a round, of a unit outside the round or of another group's set is refused with the reason.
The identity sheet: models/forms/descriptions.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.findings import Finding, Place, Severity
from models.forms.base import Subject
from models.forms.descriptions import FormIdentity, FormKind, NotAnIdentityError, StatedIdentity, read_identity
from models.forms.monthly import TASK_SHEET
from models.forms.sheets import COVER_SHEET, IDENTITY_SHEET
from models.forms.tables import RowsOf
from models.progress.periods import Period, UnreadablePeriodError, read_period
from models.units import Unit
from models.wording import capitalised
from tasks.reading.cell_values import clean
from tasks.reading.opening import OpenedSheet
from tasks.reading.plans import NO_ROUND, MonthPlan, ReadingPlan, RoundPlan, SetPlan, alike, names_of
from tasks.reading.tables import Table, tables_of

_SEND_FORM = "Dùng đúng biểu mẫu do cơ quan chủ trì gửi cho đơn vị rồi gửi lại"
_CODE_ON_COVER = re.compile(r"\(mã ([\w.\-]+)\)")
_YEAR = re.compile(r"năm (\d{4})\b")
_MONTH = re.compile(r"tháng (\d{1,2}) năm (\d{4})\b")
_PERIOD = "kỳ báo cáo"
_SUBJECTS = {Subject.UNIT: "đơn vị", Subject.APPRAISER: "cơ quan thẩm định", Subject.GROUP: "nhóm đơn vị"}
_COVER_ROWS = 40


@dataclass
class Identified:
    """Which form a workbook is.

    Attributes:
        identity: None where the file is not taken; then a critical finding says why.
        stated: what the hidden sheet says, None where it is gone.
        sets: the criteria sets that its rows come from, by id.
        month: of a monthly report, what it asks.
        current: whether these sets are still as they were when the form was written.
        waits: whether nobody can say what it asks before the province folder is mended.
    """

    identity: FormIdentity | None = None
    stated: StatedIdentity | None = None
    sets: dict[str, SetPlan] = field(default_factory=dict)
    month: MonthPlan | None = None
    current: bool = True
    waits: bool = False
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, file: str, what: str, remedy: str = _SEND_FORM) -> "Identified":
        """The same without identity, and the reason."""
        self.identity = None
        self.findings.append(Finding(file, 0, what, remedy))
        return self


def identify(sheets: Sequence[OpenedSheet], plan: ReadingPlan, file: str) -> Identified:
    """Which form the sheets are and whose."""
    found = Identified()
    hidden = next((sheet for sheet in sheets if _is_identity(sheet)), None)
    if hidden is None:
        reason = "trang ẩn nhận dạng đã bị xóa"
        return _by_shape(sheets, plan, file, found, reason)
    try:
        found.stated = read_identity(hidden.rows)
    except NotAnIdentityError as unreadable:
        return _by_shape(sheets, plan, file, found, str(unreadable))
    found.identity = found.stated.identity
    _check(found, plan, file)
    if found.identity is not None:
        _check_cover(found, sheets, plan, file)
    return found


def _is_identity(sheet: OpenedSheet) -> bool:
    first = sheet.rows[0] if sheet.rows else []
    return sheet.title == IDENTITY_SHEET or (len(first) >= 2 and first[0] == "form" and first[1] == "cchc")


# --- may it be taken? -------------------------------------------------------------------------------------------------


def _check(found: Identified, plan: ReadingPlan, file: str) -> None:
    """Refuse a form of another province, year, unit or set; warn where the set has changed since it was written."""
    identity = found.identity
    assert identity is not None
    mark = plan.province.config.form_code
    if identity.province != mark:
        found.refuse(file, f"biểu mẫu của tỉnh khác (“{identity.province}”), ở đây là “{mark}”")
        return
    if identity.kind.description.is_monthly:
        _check_month(found, identity, plan, file)
        return
    round = plan.round_of(identity.year)
    if round is None:
        known = ", ".join(map(str, sorted(plan.province.rounds))) or "chưa có năm nào"
        found.refuse(file, f"biểu mẫu của năm {identity.year}, chưa có kỳ đánh giá của năm này (đang có: {known})")
        return
    if why := _foreign_subject(identity, plan, round):
        found.refuse(file, why)
        return
    allowed = _sets_allowed(identity, plan, round)
    stated = {used.id: used.sha256 for used in identity.sets}
    if not stated or not set(stated) <= set(allowed):
        other = ", ".join(f"“{id}”" for id in stated if id not in allowed) or "(không ghi)"
        expected = ", ".join(f"“{id}”" for id in allowed)
        found.refuse(file, f"biểu mẫu theo bộ tiêu chí {other} của nhóm khác, ở đây phải là {expected}")
        return
    found.sets = {id: allowed[id] for id in stated}
    changed = [id for id, sha256 in stated.items() if allowed[id].used.sha256 != sha256]
    if changed:
        found.current = False
        what = f"bộ tiêu chí {', '.join(f'“{id}”' for id in changed)} đã thay đổi sau khi phát hành biểu mẫu này"
        remedy = "Từng tiêu chí vẫn được kiểm tra theo bộ hiện hành; nếu còn vướng thì xin biểu mẫu mới"
        found.findings.append(Finding(file, 0, what, remedy, Severity.WARNING))


def _check_month(found: Identified, identity: FormIdentity, plan: ReadingPlan, file: str) -> None:
    """Refuse a report of a unit or month that nobody knows, or of which nothing is asked."""
    unit = plan.province.units.get(identity.subject)
    if unit is None:
        found.refuse(file, f"không có đơn vị mang mã “{identity.subject}”")
        return
    try:
        period = read_period(identity.period)
    except UnreadablePeriodError:
        period = None
    if period is None or not period.is_month or period.year != identity.year:
        found.refuse(
            file, f"kỳ báo cáo “{identity.period}” của biểu mẫu không phải là một tháng của năm {identity.year}"
        )
        return
    if plan.province.progress_errors:
        found.waits = True
        found.refuse(file, "thư mục progress/ của tỉnh đang có lỗi", "Sửa thư mục progress/, rồi nhận lại")
        return
    found.month = plan.month_of(unit, period)
    if not found.month.row_keys:
        what = f"tỉnh không giao chỉ tiêu hay nhiệm vụ nào cho {unit.name} trong {period.name}"
        found.refuse(file, what, "Xem measures.yaml, plan_tasks.yaml; xin lại biểu mẫu")


def _foreign_subject(identity: FormIdentity, plan: ReadingPlan, round: RoundPlan) -> str:
    """Why the form's subject has no part in the round; empty where it has."""
    subject, year = identity.subject, identity.year
    match identity.kind.description.subject:
        case Subject.UNIT:
            if subject in round.members:
                return ""
            if unit := plan.province.units.get(subject):
                return f"{unit.name} (mã {subject}) không thuộc nhóm nào của kỳ đánh giá năm {year}"
            return f"không có đơn vị mang mã “{subject}”"
        case Subject.APPRAISER:
            known = {appraiser.id for appraiser in plan.province.config.appraisers}
            return "" if subject in known else f"không có cơ quan thẩm định mang mã “{subject}”"
        case Subject.GROUP:
            return "" if subject in round.groups else f"kỳ đánh giá năm {year} không có nhóm đơn vị “{subject}”"


def _sets_allowed(identity: FormIdentity, plan: ReadingPlan, round: RoundPlan) -> dict[str, SetPlan]:
    match identity.kind.description.subject:
        case Subject.UNIT:
            return plan.sets_of([round.members[identity.subject][1]])
        case Subject.APPRAISER:
            return plan.sets_of(round.groups.values())
        case Subject.GROUP:
            return plan.sets_of([round.groups[identity.subject]])


def _check_cover(found: Identified, sheets: Sequence[OpenedSheet], plan: ReadingPlan, file: str) -> None:
    """The cover must name whom the hidden sheet names; without a cover nothing is compared."""
    identity = found.identity
    assert identity is not None
    round = plan.round_of(identity.year) or NO_ROUND
    label, names = _SUBJECTS[identity.kind.description.subject], _names_on_cover(identity, plan, round)
    line = _line(sheets, label)
    if line is None:
        what, remedy = (
            f"không còn trang “{COVER_SHEET}” hoặc dòng “{capitalised(label)}” trên đó",
            "Giữ nguyên các trang của biểu mẫu",
        )
        found.findings.append(Finding(file, 0, what, remedy, Severity.WARNING))
        return
    text, place = line
    code = _CODE_ON_COVER.search(text)
    named = alike(_CODE_ON_COVER.sub("", text))
    if named in names and (code is None or code[1] == identity.subject):
        return
    whose = _shown_subject(identity, plan, round)
    what = f"trang “{place.sheet}” ghi “{text}” nhưng biểu mẫu này được phát hành cho “{whose}”"
    remedy = "Dùng biểu mẫu của chính đơn vị mình; không sửa tên trên trang đầu"
    found.findings.append(Finding(file, 0, what, remedy, place=place))


def _names_on_cover(identity: FormIdentity, plan: ReadingPlan, round: RoundPlan) -> set[str]:
    """What the line of the cover may say that says whose the form is."""
    if identity.kind.of_a_unit:
        return names_of(plan.province.units[identity.subject])
    return {alike(_names_of_subjects(identity.kind, plan, round)[identity.subject])}


def _shown_subject(identity: FormIdentity, plan: ReadingPlan, round: RoundPlan) -> str:
    name = _names_of_subjects(identity.kind, plan, round)[identity.subject]
    return f"{name} (mã {identity.subject})" if identity.kind.of_a_unit else name


def _names_of_subjects(kind: FormKind, plan: ReadingPlan, round: RoundPlan) -> dict[str, str]:
    """The names of all whose form of a kind there may be, by unit's code, agency's or group's id."""
    match kind.description.subject:
        case Subject.UNIT:
            return {code: unit.name for code, unit in plan.province.units.items()}
        case Subject.APPRAISER:
            return {appraiser.id: appraiser.name for appraiser in plan.province.config.appraisers}
        case Subject.GROUP:
            return {id: group.name for id, group in round.groups.items()}


def _line(sheets: Sequence[OpenedSheet], label: str) -> tuple[str, Place] | None:
    """What stands beside a label on the cover, and where; a label is the first word of its row."""
    covers = sorted(sheets, key=lambda sheet: sheet.title != COVER_SHEET)
    for sheet in covers[:3]:
        for number, row in enumerate(sheet.rows[:_COVER_ROWS]):
            filled = [column for column, cell in enumerate(row) if cell != ""]
            if len(filled) > 1 and isinstance(row[filled[0]], str) and alike(str(row[filled[0]])) == label:
                return clean(str(row[filled[1]])), Place(sheet.title, number + 1, filled[1] + 1)
    return None


# --- without the hidden sheet -----------------------------------------------------------------------------------------


def _by_shape(
    sheets: Sequence[OpenedSheet], plan: ReadingPlan, file: str, found: Identified, reason: str
) -> Identified:
    """The identity from columns, titles and the cover, where all of them leave no doubt."""
    tables = [table for table in tables_of(sheets, {}) if table.shape.rows is not RowsOf.NOTHING]
    shapes = {table.shape for table in tables}
    kinds = [kind for kind in FormKind if kind.description.table in shapes]
    if not tables:
        return found.refuse(file, "bảng tính này không phải là biểu mẫu CCHC (không có cột nào của biểu mẫu)")
    if monthly := [kind for kind in kinds if kind.description.is_monthly]:
        return _month_by_cover(monthly[0], sheets, tables, plan, file, found, reason)
    titles = _titles(sheets, tables)
    if len(kinds) > 1:
        kinds = [kind for kind in kinds if any(alike(kind.description.title) in title for title in titles)] or kinds
    years = {int(year) for title in titles for year in _YEAR.findall(title)} & set(plan.province.rounds)
    if len(shapes) != 1 or len(kinds) != 1 or len(years) != 1:
        what = f"{reason}, và không nhận chắc được loại phiếu và năm theo nội dung"
        return found.refuse(file, what, "Xin lại biểu mẫu, chép số liệu sang rồi gửi")
    (kind,), (year,) = kinds, years
    round = plan.round_of(year)
    assert round is not None
    subject = _subject_on_cover(kind, sheets, tables, plan, round)
    if subject is None:
        what = f"{reason}, và trang đầu không cho biết chắc biểu mẫu của ai"
        return found.refuse(file, what, "Xin lại biểu mẫu, chép số liệu sang rồi gửi")
    mark = plan.province.config.form_code
    bare = FormIdentity(kind, mark, year, subject, ())
    found.sets = _sets_allowed(bare, plan, round)
    found.identity = FormIdentity(kind, mark, year, subject, tuple(each.used for each in found.sets.values()))
    what = f"{reason}; nhận theo nội dung là {kind.label} năm {year} của “{_shown_subject(bare, plan, round)}”"
    found.findings.append(
        Finding(file, 0, what, "Kiểm tra xem nhận đúng không; lần sau giữ nguyên biểu mẫu", Severity.WARNING)
    )
    return found


def _month_by_cover(
    kind: FormKind,
    sheets: Sequence[OpenedSheet],
    tables: Sequence[Table],
    plan: ReadingPlan,
    file: str,
    found: Identified,
    reason: str,
) -> Identified:
    """The identity of a report of a month: the cover names month and unit by its code, and no sheet names another."""
    period, unit = _month_on_cover(kind, sheets, tables), _coded_unit(sheets, plan)
    if period is None or unit is None or any(table.shape not in kind.description.tables for table in tables):
        what = f"{reason}, nên không chắc là báo cáo của đơn vị nào, tháng nào"
        return found.refuse(file, what, "Xin lại biểu mẫu, chép số liệu sang rồi gửi")
    mark = plan.province.config.form_code
    found.identity = FormIdentity(kind, mark, period.year, unit.code, (), period=str(period))
    _check_month(found, found.identity, plan, file)
    if found.identity is not None:
        what = f"{reason}; nhận theo nội dung là báo cáo số liệu {period.name} của “{unit.name} (mã {unit.code})”"
        remedy = "Kiểm tra xem nhận đúng không; lần sau giữ nguyên biểu mẫu"
        found.findings.append(Finding(file, 0, what, remedy, Severity.WARNING))
        _refuse_without_tasks(found, tables, file, reason)
    return found


def _refuse_without_tasks(found: Identified, tables: Sequence[Table], file: str, reason: str) -> None:
    """Taken without its sheet of tasks, a report would withdraw what its earlier version told of them."""
    if found.month and found.month.tasks and all(table.shape.rows is not RowsOf.TASKS for table in tables):
        what = f"{reason} và không còn trang “{TASK_SHEET}”, trong khi đơn vị có nhiệm vụ kế hoạch"
        found.findings.append(
            Finding(file, 0, what, "Gửi lại cả trang này, hoặc xin lại biểu mẫu rồi chép số liệu sang")
        )


def _month_on_cover(kind: FormKind, sheets: Sequence[OpenedSheet], tables: Sequence[Table]) -> Period | None:
    """The month on the line of the period; None where a title is of no month's report, or of another month's."""
    line = _line(sheets, _PERIOD)
    said = _MONTH.match(alike(line[0])) if line else None
    reports = [title for title in _titles(sheets, tables) if title.startswith(alike(kind.description.title))]
    titled = {match[0] for title in reports for match in [_MONTH.search(title)] if match}
    if said is None or titled != {said[0]}:
        return None
    try:
        return read_period(f"{said[2]}-{int(said[1]):02d}")
    except UnreadablePeriodError:
        return None


def _coded_unit(sheets: Sequence[OpenedSheet], plan: ReadingPlan) -> Unit | None:
    """The unit whose code and name both stand on the cover."""
    line = _line(sheets, _SUBJECTS[Subject.UNIT])
    code = _CODE_ON_COVER.search(line[0]) if line else None
    unit = plan.province.units.get(code[1]) if code else None
    if line is None or unit is None or alike(_CODE_ON_COVER.sub("", line[0])) not in names_of(unit):
        return None
    return unit


def _titles(sheets: Sequence[OpenedSheet], tables: Sequence[Table]) -> list[str]:
    """The first texts of the cover and of the tables, as they are compared."""
    covers = [sheet for sheet in sheets if sheet.title == COVER_SHEET]
    return [
        alike(cell)
        for sheet in (*covers, *(table.sheet for table in tables))
        for row in sheet.rows[:4]
        for cell in row
        if isinstance(cell, str) and cell
    ]


def _subject_on_cover(
    kind: FormKind, sheets: Sequence[OpenedSheet], tables: Sequence[Table], plan: ReadingPlan, round: RoundPlan
) -> str | None:
    """The only one whom the cover can mean."""
    if kind.of_a_unit:
        return _unit_on_cover(sheets, tables, round)
    line = _line(sheets, _SUBJECTS[kind.description.subject])
    names = _names_of_subjects(kind, plan, round) if line else {}
    named = [id for id, name in names.items() if line and alike(name) == alike(line[0])]
    return named[0] if len(named) == 1 else None


def _unit_on_cover(sheets: Sequence[OpenedSheet], tables: Sequence[Table], round: RoundPlan) -> str | None:
    """The unit by code and name on the cover; where the cover is gone, by the name under the sheet's title."""
    if line := _line(sheets, _SUBJECTS[Subject.UNIT]):
        code = _CODE_ON_COVER.search(line[0])
        name = alike(_CODE_ON_COVER.sub("", line[0]))
        named = round.units_by_name.get(name)
        return named if named and (code is None or code[1] == named) else None
    under = {
        round.units_by_name[name]
        for table in tables
        for row in table.sheet.rows[:5]
        for cell in row[:3]
        if (name := alike(str(cell).split(" · ")[0])) in round.units_by_name
    }
    return next(iter(under)) if len(under) == 1 else None
