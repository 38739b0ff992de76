"""The explanation workbook of one unit: only what the appraisal cut, why, and room for its answer.

In: the unit's record. Out: a row a leaf whose points were cut or whose claim that nothing applies was not granted.
Source: docs/process.md, 1 (explanation round: the unit confirms in writing or explains).
"""

from decimal import Decimal

from openpyxl.utils import get_column_letter

from models.criteria.formulas import NOT_APPLICABLE
from models.criteria.sets import Leaf
from models.forms.descriptions import FormIdentity, FormKind, set_used
from models.forms.explanation import AGREES, CUT, EXPLAINS, EXPLANATION_SHEET
from models.forms.row_keys import RowKey
from models.forms.sheets import COVER_SHEET
from models.forms.sources import ScoreSource, Stage
from models.province.calendar import round_due
from tasks.forms.cover_pages import INPUTS_LEGEND, Cover, due_line, put_cover, put_remarks, put_signatures
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.forms.self_assessment import EVIDENCE_CHECKS, evidence_values
from tasks.spreadsheets.workbooks import (
    ALARM_FILL,
    ASK_FILL,
    SUBTITLE,
    BoldName,
    CellCheck,
    Formula,
    Page,
    Value,
    add_page,
    begin_table,
    cells_of_row,
    form_bytes,
    new_book,
    put_row,
    set_print,
    text_check,
)

_LAST = len(CUT.columns)

_ANSWER_CHECK = CellCheck(
    "list",
    f'"{AGREES},{EXPLAINS}"',
    "Trả lời của đơn vị",
    f"Chọn “{AGREES}” nếu thống nhất điểm thẩm định, hoặc “{EXPLAINS}” rồi ghi nội dung và tài liệu bổ sung.",
    f"Chỉ chọn “{AGREES}” hoặc “{EXPLAINS}”.",
)
_EXPLANATION_CHECK = text_check(
    "Nội dung giải trình", f"Bắt buộc khi chọn “{EXPLAINS}”: nêu căn cứ để giữ điểm tự chấm."
)


_LEGEND = (
    *INPUTS_LEGEND,
    (ALARM_FILL, "Ô đỏ", f"Phải bổ sung: chọn “{EXPLAINS}” mà chưa ghi nội dung"),
    (ASK_FILL, "Ô cam", "Chưa trả lời"),
)
_CHECKS = {"answer": _ANSWER_CHECK, "explanation": _EXPLANATION_CHECK, **EVIDENCE_CHECKS}


def explanation_form(records: RoundRecords, unit: str, filled_in: str = "") -> bytes:
    """The workbook of one unit, with what it answered before; where nothing was cut it says so and is signed.

    Args:
        records: of the round.
        unit: its code.
        filled_in: of answers that were given elsewhere, where and when: what tells the file from the same answers
            given at another time.
    """
    config, year, record = records.province.config, records.round.year, records.units[unit]
    title = f"Phiếu giải trình kết quả thẩm định Chỉ số cải cách hành chính năm {year}"
    book = new_book(f"{title} - {record.unit.name}", config.department)
    book.properties.description = filled_in or None
    put_cover(add_page(book, COVER_SHEET), _cover(records, record, title))
    page = add_page(book, EXPLANATION_SHEET)
    keys = _put_rows(page, records, record, title)
    page.finish()
    set_print(page, "4:5", f"{record.unit.name} - {EXPLANATION_SHEET} {year}", config.mark, _LAST)
    used = (set_used(record.criteria_set),)
    return form_bytes(book, FormIdentity(FormKind.EXPLANATION, config.form_code, year, record.unit.code, used), keys)


def _cover(records: RoundRecords, record: UnitRecord, title: str) -> Cover:
    due = round_due(records.province.config, records.round, FormKind.EXPLANATION, record.unit.code)
    return Cover(
        title=title.upper(),
        subject=record.unit.name,
        mark=records.province.config.mark,
        legend=_LEGEND,
        lines=(
            ("Đơn vị", f"{record.unit.name} (mã {record.unit.code})"),
            ("Kỳ đánh giá", records.round.title or f"Năm {record.year}"),
            ("Nội dung", f"{len(record.cut)} tiêu chí có điểm thẩm định thấp hơn điểm tự chấm"),
            ("Nơi nhận phiếu", records.province.config.department),
            due_line(due),
        ),
        steps=(
            f"Mở trang “{EXPLANATION_SHEET}”. Chỉ nhập vào các ô màu vàng.",
            f"Với mỗi tiêu chí chọn “{AGREES}” hoặc “{EXPLAINS}”. Chọn “{EXPLAINS}” thì phải ghi nội dung giải trình; "
            "có tài liệu mới thì ghi tên văn bản, số và ký hiệu, ngày, trang hoặc mục.",
            "Tiêu chí không trả lời trước hạn được hiểu theo văn bản hướng dẫn của cơ quan chủ trì.",
            "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận trước hạn.",
        ),
    )


def _put_rows(page: Page, records: RoundRecords, record: UnitRecord, title: str) -> list[str]:
    first = begin_table(page, CUT.columns, title, record.unit.name)
    for leaf in record.cut:
        _put_row(page, records, record, leaf)
    if record.cut:
        _put_alarms(page, first, page.row - 1)
    else:
        page.put(page.row, 2, "Không có tiêu chí nào bị giảm điểm khi thẩm định.", SUBTITLE)
        page.row += 1
    page.row += 1
    keys = [str(RowKey(leaf.code)) for leaf in record.cut]
    known = record.remarks.get(FormKind.EXPLANATION.value, {})
    keys += put_remarks(page, CUT.remarks, 3, _LAST, known)
    put_signatures(page, 3, 10, record.unit.signs_as)
    return keys


def _put_row(page: Page, records: RoundRecords, record: UnitRecord, leaf: Leaf) -> None:
    claimed, standing = record.claimed[leaf.code], record.standing[leaf.code]
    reason = who_cut(records, record, leaf)
    named = BoldName(leaf.name, "\n".join([leaf.rule.sentence(leaf.max, record.year), *_sent_before(record, leaf)]))
    said = record.said(leaf.code, Stage.EXPLANATION) or None
    cells = cells_of_row(CUT.columns, page.row)
    values: dict[str, Value] = {
        "key": str(RowKey(leaf.code)),
        "code": leaf.code,
        "content": named,
        "max": leaf.max,
        "points": NOT_APPLICABLE if claimed.points is None else claimed.points,
        "appraised": standing.points if standing.points is not None else Decimal(0),
        "lost": Formula(f'=IF(ISNUMBER({cells["points"]}),{cells["points"]}-{cells["appraised"]},"")'),
        "reason": reason,
        "answer": record.answer(leaf.code) or None,
        "explanation": said,
        **evidence_values(record.documents(leaf.code, Stage.EXPLANATION), 0),
    }
    put_row(page, CUT.columns, values)
    for id, check in _CHECKS.items():
        page.check(cells[id], check)
    wrapped = (("content", named), ("reason", reason), ("explanation", said))
    page.height(page.row, [(text, CUT.by_id[id].width) for id, text in wrapped], least=36)
    page.row += 1


def _sent_before(record: UnitRecord, leaf: Leaf) -> list[str]:
    """What the unit sent with its self-assessment, so that it explains without opening the old file."""
    parts = (
        ("Đã báo cáo", record.stated(leaf)),
        ("Giải trình đã gửi", list(filter(None, [record.said(leaf.code, Stage.SELF)]))),
        ("Tài liệu đã gửi", record.documents_said(leaf.code, Stage.SELF)),
    )
    return [f"{name}: {'; '.join(lines)}." for name, lines in parts if lines]


def who_cut(records: RoundRecords, record: UnitRecord, leaf: Leaf) -> str:
    """Who cut the points of a leaf and why."""
    source = record.decided(leaf.code)
    assert source is not None
    appraisers = {appraiser.id: appraiser.name for appraiser in records.province.config.appraisers}
    first = records.province.config.appraisers[0].id
    who = "Hội đồng" if source is ScoreSource.COUNCIL else appraisers.get(leaf.appraised_by or first, "")
    why = record.note(leaf.code, source) or "chưa ghi lý do"
    return f"{who}: {why}" if who else why


def _put_alarms(page: Page, first: int, last: int) -> None:
    """Amber: not answered yet. Red: an explanation without words."""
    answer, explanation = (get_column_letter(CUT.at[id]) for id in ("answer", "explanation"))
    page.alarm([f"{answer}{first}:{answer}{last}"], f'${answer}{first}=""', ASK_FILL)
    page.alarm(
        [f"{explanation}{first}:{explanation}{last}"],
        f'AND(${answer}{first}="{EXPLAINS}",${explanation}{first}="")',
    )
