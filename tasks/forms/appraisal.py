"""The appraisal workbook of one agency: all its leaves for all units, what they claim beside the cells to fill.

In: the round's records and an appraising agency. Out: a sheet a group; a row a leaf and unit, leaf by leaf, so that an
appraiser compares the units on one criterion. An empty appraisal keeps the claimed points; a change needs its reason.
Evidence files are named, and lead to the desk where it has an address (CCHC_DESK_ADDRESSES).
After the explanation round the same form shows what each unit answered: the second appraisal.
Source: docs/process.md, 1 (appraisal); docs/process.md, 6.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from models.criteria.sets import Heading, Leaf
from models.forms.appraisal import APPRAISED
from models.forms.descriptions import FormIdentity, FormKind, set_used
from models.forms.sheets import COVER_SHEET, REASON_MISSING, sheet_title
from models.forms.sources import ScoreSource
from models.province.calendar import round_due
from models.province.config import Appraiser
from models.province.rounds import Group
from models.settings import Settings, named_addresses
from tasks.forms.cover_pages import Cover, due_line, put_cover
from tasks.forms.decision_rows import LEGEND, DecisionTable
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.spreadsheets.workbooks import Page, add_page, begin_table, form_bytes, new_book, set_print

_LAST = len(APPRAISED.columns)


class AppraisedGroup(NamedTuple):
    """What an agency appraises in one group: the leaves, and the units that are measured by them."""

    group: Group
    leaves: list[Leaf]
    units: list[UnitRecord]


def appraised_groups(records: RoundRecords, appraiser: Appraiser) -> list[AppraisedGroup]:
    """The groups in which an agency has leaves to appraise; leaves without an agency are the first agency's.

    Surveyed leaves are nobody's: their results are approved, not appraised.
    """
    config, sets = records.province.config, records.province.criteria_sets
    parts = (
        AppraisedGroup(
            group,
            [leaf for leaf in sets[group.criteria_set].leaves if config.appraiser_of(leaf) == appraiser.id],
            records.of_group(group),
        )
        for group in records.round.groups
    )
    return [part for part in parts if part.leaves and part.units]


def appraisal_form(records: RoundRecords, agency: str) -> bytes | None:
    """The workbook of one appraising agency; None where it has nothing to appraise."""
    config, year = records.province.config, records.round.year
    appraiser = next(each for each in config.appraisers if each.id == agency)
    parts = appraised_groups(records, appraiser)
    if not parts:
        return None
    title = f"Phiếu thẩm định Chỉ số cải cách hành chính năm {year}"
    book = new_book(f"{title} - {appraiser.name}", config.department)
    put_cover(add_page(book, COVER_SHEET), _cover(records, appraiser, title, [group for group, _, _ in parts]))
    keys: list[str] = []
    for group, leaves, units in parts:
        page = add_page(book, sheet_title(group.name, book.sheetnames))
        keys += _put_group(page, f"{title} - {group.name}", appraiser, leaves, units, _shown_at(year, agency))
        page.finish()
        set_print(page, "4:5", f"{appraiser.name} - {group.name} {year}", config.mark, _LAST)
    sets = dict.fromkeys(set_used(records.province.criteria_sets[group.criteria_set]) for group, _, _ in parts)
    identity = FormIdentity(FormKind.APPRAISAL, config.form_code, year, appraiser.id, tuple(sets))
    return form_bytes(book, identity, keys)


def _cover(records: RoundRecords, appraiser: Appraiser, title: str, groups: Sequence[Group]) -> Cover:
    due = round_due(records.province.config, records.round, FormKind.APPRAISAL, appraiser.id)
    return Cover(
        title=title.upper(),
        subject=appraiser.name,
        mark=records.province.config.mark,
        legend=LEGEND,
        lines=(
            ("Cơ quan thẩm định", appraiser.name),
            ("Kỳ đánh giá", records.round.title or f"Năm {records.round.year}"),
            ("Nhóm đơn vị", "; ".join(group.name for group in groups)),
            ("Nơi nhận phiếu", records.province.config.department),
            due_line(due),
        ),
        steps=(
            "Mỗi nhóm đơn vị có một trang; mỗi tiêu chí một khối, mỗi đơn vị một dòng. Dùng bộ lọc ở dòng tiêu đề để "
            "xem riêng một đơn vị.",
            "Chỉ nhập vào các ô màu vàng. Để trống Điểm thẩm định là giữ nguyên điểm tự chấm.",
            "Nơi điểm tính từ số liệu, có thể nhập Số liệu thẩm định (ví dụ 37 trên 46) thay cho điểm: tên số liệu "
            "hiện khi chọn ô, điểm tính ra ở cột bên cạnh; khi đó để trống Điểm thẩm định.",
            "Khi điểm thẩm định khác điểm tự chấm, hoặc chấp thuận không áp dụng, phải ghi Lý do thay đổi; ô thiếu lý "
            f"do hiện màu đỏ và cột Kiểm tra ghi “{REASON_MISSING}”.",
            "Chấp thuận không áp dụng: chọn “có” và để trống điểm thẩm định.",
            "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận trước hạn.",
        ),
    )


def _shown_at(year: int, agency: str) -> Callable[[str, str], str] | None:
    """The page of the desk that shows a unit's evidence for a leaf; None where the desk has no address of its own."""
    addresses = named_addresses(Settings().desk_addresses)
    if not addresses:
        return None
    at = f"{addresses[0]}/tham-dinh/{year}/{quote(agency)}"
    return lambda unit, code: f"{at}/{quote(unit)}/{quote(code)}#minh-chung"


def _put_group(
    page: Page,
    title: str,
    appraiser: Appraiser,
    leaves: Sequence[Leaf],
    units: Sequence[UnitRecord],
    shown_at: Callable[[str, str], str] | None,
) -> list[str]:
    """All leaves of a group; returns the keys of the rows."""
    first = begin_table(page, APPRAISED.columns, title, appraiser.name)
    table = DecisionTable(page, APPRAISED.columns, ScoreSource.APPRAISAL, "points", shown_at)
    keys = []
    above: Heading | None = None
    for leaf in leaves:
        applicable = [unit for unit in units if leaf.applies_to(unit.unit.code, unit.unit.kind)]
        if applicable and leaf.group and leaf.group != above:
            table.put_group_head(leaf.group)
        if applicable:
            above = leaf.group
            table.put_leaf_head(leaf, units[0].year)
        keys += [table.put_row(leaf, unit) for unit in applicable]
    if keys:
        table.put_checks(first, page.row - 1)
        page.sheet.auto_filter.ref = f"B5:{table.letter('check')}{page.row - 1}"
    return keys
