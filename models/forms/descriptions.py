"""The geometry of the workbooks, as data: which columns a form has, under which keys its rows are found, whose it is.

Nothing is found by position. Every data row carries a key in a hidden column, every sheet with inputs carries the ids
of its columns in a hidden row, and the hidden identity sheet says which form this is: kind, province, year, whose,
criteria sets, and a checksum over these and the row keys.
Source: DESIGN.md, section 2; domain/2-yearly-process.md, 2.1.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from models.criteria.facts import FactField
from models.criteria.sets import CriteriaSet
from models.digests import digest
from models.province.config import ProvinceConfig

FORMAT = 1
IDENTITY_SHEET = "_cchc"
LISTS_SHEET = "_danh_muc"
COVER_SHEET = "Hướng dẫn"
CRITERIA_SHEET = "Tự đánh giá"
SUMMARY_SHEET = "Tổng hợp"
EXPLANATION_SHEET = "Giải trình"
MONTH_SHEET = "Số liệu tháng"
TASK_SHEET = "Nhiệm vụ kế hoạch"
RESULTS_SHEET = "Kết quả kiểm tra"
SHEET_TITLE_LENGTH = 31
TEXT_LENGTH = 2000

IDS_ROW = 1
KEY_COLUMN = 1
KEY_ID = "key"

AGREES = "đồng ý"
EXPLAINS = "giải trình"
NOT_APPLICABLE = "không áp dụng"
REASON_MISSING = "Thiếu lý do"

_MAGIC = "cchc"
_KEY = re.compile(r"(?:(?P<unit>[\w.\-]+):)?(?P<code>[\w.\-]+)(?:/(?P<fact>[\w.\-]+))?")


class FormKind(StrEnum):
    """Which form a workbook is."""

    SELF_ASSESSMENT = "self_assessment"
    APPRAISAL = "appraisal"
    EXPLANATION = "explanation"
    SURVEY = "survey"
    REGISTER = "register"
    COUNCIL = "council"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """The form as officers call it."""
        return _LABELS[self.value][0]

    @property
    def file_stem(self) -> str:
        """How its file names begin."""
        return _LABELS[self.value][1]

    @property
    def of_a_unit(self) -> bool:
        """Whether each unit has its own; else one covers a whole group or all units of an appraising agency."""
        return self in (FormKind.SELF_ASSESSMENT, FormKind.EXPLANATION, FormKind.MONTHLY)


ROUND_KINDS = tuple(kind for kind in FormKind if kind is not FormKind.MONTHLY)
"""The forms of a yearly round."""

_LABELS = {
    "self_assessment": ("Phiếu tự đánh giá", "tu-danh-gia"),
    "appraisal": ("Phiếu thẩm định", "tham-dinh"),
    "explanation": ("Phiếu giải trình", "giai-trinh"),
    "survey": ("Phiếu nhập kết quả khảo sát", "khao-sat"),
    "register": ("Sổ theo dõi, điểm thưởng, điểm phạt", "theo-doi"),
    "council": ("Phiếu Hội đồng", "hoi-dong"),
    "monthly": ("Báo cáo số liệu tháng", "bao-cao-thang"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Attributes:
        id: its name in the hidden row of ids; a fact's column has `fact:` and the fact's id.
        title: its head.
        width: in characters of the standard font.
        group: a common head above this and its neighbours.
    """

    id: str
    title: str
    width: float
    group: str = ""


_EVIDENCE_GROUP = "Tài liệu kiểm chứng"
EVIDENCE_COLUMNS = (
    Column("document", "Tên văn bản, tài liệu", 22, _EVIDENCE_GROUP),
    Column("number", "Số, ký hiệu", 13, _EVIDENCE_GROUP),
    Column("date", "Ngày", 11.5, _EVIDENCE_GROUP),
    Column("page", "Trang, mục", 9, _EVIDENCE_GROUP),
)

SELF_ASSESSMENT_COLUMNS = (
    Column(KEY_ID, "Khóa", 4),
    Column("code", "Mã", 7.5),
    Column("content", "Nội dung tiêu chí, số liệu cần nhập", 52),
    Column("max", "Điểm tối đa", 8),
    Column("value", "Số liệu", 16),
    Column("points", "Điểm tự chấm", 9),
    Column("not_applicable", "Đề nghị không áp dụng", 10),
    *EVIDENCE_COLUMNS,
    Column("explanation", "Giải trình", 27),
)

SUMMARY_COLUMNS = (
    Column(KEY_ID, "Khóa", 4),
    Column("code", "Mã", 6),
    Column("content", "Lĩnh vực", 46),
    Column("max", "Điểm tối đa của đơn vị", 12),
    Column("others", "Do khảo sát, cơ quan khác chấm", 14),
    Column("claimable", "Điểm tối đa tự chấm", 12),
    Column("not_applicable", "Đề nghị không áp dụng", 12),
    Column("adjusted", "Tối đa sau điều chỉnh", 12),
    Column("points", "Điểm tự chấm", 12),
    Column("index", "Tỷ lệ (%)", 10),
    Column("missing", "Tiêu chí chưa đủ số liệu", 12),
    Column("check", "Tiêu chí cần xem lại", 12),
)

APPRAISAL_COLUMNS = (
    Column(KEY_ID, "Khóa", 4),
    Column("code", "Mã", 7.5),
    Column("unit", "Đơn vị", 28),
    Column("max", "Điểm tối đa", 8),
    Column("stated", "Số liệu đơn vị kê khai", 42),
    Column("points", "Điểm tự chấm", 10),
    Column("explanation", "Tài liệu kiểm chứng, giải trình của đơn vị", 30),
    Column("appraised", "Điểm thẩm định", 10),
    Column("not_applicable", "Chấp thuận không áp dụng", 11),
    Column("reason", "Lý do thay đổi", 38),
    Column("check", "Kiểm tra", 11),
)

COUNCIL_COLUMNS = (
    Column(KEY_ID, "Khóa", 4),
    Column("code", "Mã", 7.5),
    Column("unit", "Đơn vị", 24),
    Column("max", "Điểm tối đa", 8),
    Column("stated", "Số liệu đơn vị kê khai", 32),
    Column("points", "Điểm tự chấm", 9),
    Column("standing", "Điểm thẩm định", 9),
    Column("why", "Lý do của cơ quan thẩm định", 28),
    Column("answer", "Trả lời của đơn vị", 10),
    Column("explanation", "Giải trình, tài liệu của đơn vị", 32),
    Column("appraised", "Điểm Hội đồng", 10),
    Column("not_applicable", "Chấp thuận không áp dụng", 11),
    Column("reason", "Lý do của Hội đồng", 28),
    Column("check", "Kiểm tra", 11),
)

EXPLANATION_COLUMNS = (
    Column(KEY_ID, "Khóa", 4),
    Column("code", "Mã", 7.5),
    Column("content", "Nội dung tiêu chí", 34),
    Column("max", "Điểm tối đa", 8),
    Column("points", "Điểm tự chấm", 9),
    Column("appraised", "Điểm thẩm định", 9),
    Column("lost", "Chênh lệch", 9),
    Column("reason", "Lý do của cơ quan thẩm định", 32),
    Column("answer", "Trả lời của đơn vị", 11),
    Column("explanation", "Nội dung giải trình", 34),
    *(replace(column, group="Tài liệu kiểm chứng bổ sung") for column in EVIDENCE_COLUMNS),
)

MONTH_COLUMNS = (
    Column(KEY_ID, "Khóa", 4),
    Column("code", "Mã", 13),
    Column("content", "Chỉ tiêu", 44),
    Column("measured_in", "Đơn vị tính", 11),
    Column("last", "Tháng trước", 17),
    Column("cumulated", "Lũy kế từ đầu năm đến hết tháng trước", 19),
    Column("fact:numerator", "Tử số", 12, "Số liệu trong tháng"),
    Column("fact:denominator", "Mẫu số", 12, "Số liệu trong tháng"),
    Column("fact:value", "Giá trị", 12, "Số liệu trong tháng"),
    Column("ratio", "Tỷ lệ, bình quân", 11, "Số liệu trong tháng"),
    Column("note", "Ghi chú (bắt buộc khi chưa có số liệu)", 32),
)

TASK_COLUMNS = (
    Column(KEY_ID, "Khóa", 4),
    Column("code", "Số", 8),
    Column("content", "Nhiệm vụ", 44),
    Column("due", "Hạn", 11.5),
    Column("product", "Sản phẩm", 22),
    Column("state", "Tình trạng", 15),
    Column("fact:begun", "Ngày bắt đầu", 12),
    Column("fact:done_on", "Ngày hoàn thành", 12),
    Column("document", "Tài liệu kiểm chứng", 28),
    Column("explanation", "Giải trình", 32),
)


RESULTS_ID = "checked"
RESULTS_COLUMNS = (
    Column(RESULTS_ID, "Khóa", 4),
    Column("number", "STT", 6),
    Column("severity", "Mức độ", 13),
    Column("sheet", "Trang", 20),
    Column("cell", "Ô", 9),
    Column("what", "Điều chưa đúng", 58),
    Column("remedy", "Cách sửa", 58),
    Column("fill", "Màu gốc", 10),
)

_FACT_PREFIX = "fact:"


def fact_column(field: FactField) -> Column:
    """The column of a fact in a table whose rows are units."""
    return Column(_FACT_PREFIX + field.id, capitalised(field.label), 14)


def fact_of_column(id: str) -> str | None:
    """The fact whose column this is, None for another column."""
    return id.removeprefix(_FACT_PREFIX) if id.startswith(_FACT_PREFIX) else None


def fact_table_columns(fields: Sequence[FactField]) -> tuple[Column, ...]:
    """The columns of a table of facts: one row a leaf and unit, one column a fact; surveys and registers."""
    return (
        Column(KEY_ID, "Khóa", 4),
        Column("code", "Mã", 8),
        Column("content", "Nội dung", 44),
        Column("unit", "Đơn vị", 30),
        Column("max", "Điểm tối đa", 8),
        *map(fact_column, fields),
        Column("points", "Điểm", 10),
        Column("note", "Căn cứ, ghi chú", 34),
    )


def capitalised(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def shortened(text: str, longest: int) -> str:
    """The text, cut at a word where it is too long."""
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"


class RowKey(NamedTuple):
    """Under what a row is found: a leaf or block item, one of its facts, in tables of many units the unit.

    As text `unit:code/fact`, e.g. `1.1.3`, `1.1.3/numerator`, `so-tu-phap:1.1.3`; codes hold neither `:` nor `/`.
    """

    code: str
    fact: str = ""
    unit: str = ""

    def __str__(self) -> str:
        unit = f"{self.unit}:" if self.unit else ""
        fact = f"/{self.fact}" if self.fact else ""
        return f"{unit}{self.code}{fact}"

    @classmethod
    def read(cls, text: str) -> "RowKey | None":
        """The key of a cell's text, None where it is none."""
        match = _KEY.fullmatch(text.strip())
        return cls(match["code"], match["fact"] or "", match["unit"] or "") if match else None


def task_code(plan: str, number: str) -> str:
    """Under what a plan's task is found in a form, e.g. `kh-2025:2`; no measure has such an id."""
    return str(RowKey(number, unit=plan))


def task_of_code(code: str) -> tuple[str, str] | None:
    """Plan and number of the task under this code, None for a measure."""
    key = RowKey.read(code)
    return (key.unit, key.code) if key and key.unit else None


class Remark(StrEnum):
    """What is asked once a form, outside the rows of its criteria. Its key cannot be mistaken for a code."""

    DIFFICULTIES = "#difficulties"
    PROPOSALS = "#proposals"
    PREPARED_BY = "#prepared_by"
    CONTACT = "#contact"

    @property
    def label(self) -> str:
        """What is asked."""
        return {
            "#difficulties": "Khó khăn, vướng mắc",
            "#proposals": "Kiến nghị, đề xuất",
            "#prepared_by": "Người lập phiếu (họ tên, chức vụ)",
            "#contact": "Điện thoại, thư điện tử",
        }[self.value]


class SetUsed(NamedTuple):
    """A criteria set as it stood when the form was written."""

    id: str
    sha256: str


def set_used(criteria_set: CriteriaSet) -> SetUsed:
    """The set's id and the digest of its canonical JSON, as a snapshot would hold it."""
    return SetUsed(criteria_set.id, digest(criteria_set.model_dump(mode="json", by_alias=True)))


class NotAnIdentityError(ValueError):
    """The rows are not those of an identity sheet; carries the reason in Vietnamese."""


@dataclass(frozen=True, slots=True)
class FormIdentity:
    """Which form a workbook is, and whose.

    Attributes:
        province: the province's code (see `province_mark`).
        subject: code of the unit, id of the appraising agency, or id of the group.
        sets: the criteria sets that its rows come from; none for a month.
        format: the number of this geometry.
        period: of a monthly form its month as `models.progress.periods.Period` spells it; empty for others.
    """

    kind: FormKind
    province: str
    year: int
    subject: str
    sets: tuple[SetUsed, ...]
    format: int = FORMAT
    period: str = ""

    @property
    def record_kind(self) -> str:
        """The kind under which receipts and submissions keep it: each month's form is one of its own."""
        return f"{self.kind.value} {self.period}" if self.period else self.kind.value

    @classmethod
    def recorded_as(cls, record_kind: str, year: int, subject: str) -> "FormIdentity":
        """The form of a receipt or submission, without what these do not keep: province and criteria sets."""
        kind, _, period = record_kind.partition(" ")
        return cls(FormKind(kind), "", year, subject, (), period=period)

    def checksum(self, keys: Iterable[str]) -> str:
        """SHA-256 over the identity and the row keys, in whatever order the rows stand."""
        return digest([self._stated(), sorted(keys)])

    def _stated(self) -> list[list[str]]:
        return [
            ["form", _MAGIC],
            ["format", str(self.format)],
            ["kind", self.kind.value],
            ["province", self.province],
            ["year", str(self.year)],
            ["subject", self.subject],
            *([["period", self.period]] if self.period else []),
            *([f"criteria_set {used.id}", used.sha256] for used in self.sets),
        ]

    def rows(self, keys: Iterable[str]) -> list[list[str]]:
        """The identity sheet: names and values, all text, the checksum last."""
        return [*self._stated(), ["checksum", self.checksum(keys)]]


class StatedIdentity(NamedTuple):
    """An identity as a workbook states it, with its checksum."""

    identity: FormIdentity
    checksum: str

    def holds_for(self, keys: Iterable[str]) -> bool:
        """Whether neither the identity nor the set of row keys was changed since the form was written."""
        return self.identity.checksum(keys) == self.checksum


def read_identity(rows: Iterable[Sequence[object]]) -> StatedIdentity:
    """The identity from the rows of its sheet; whole numbers may have become numbers on the way.

    Raises:
        NotAnIdentityError: the rows are not an identity sheet, or one of another format.
    """
    values = {_said(row[0]): _said(row[1]) for row in rows if len(row) >= 2 and _said(row[0])}
    if values.get("form") != _MAGIC:
        raise NotAnIdentityError("trang ẩn nhận dạng không phải của biểu mẫu CCHC")
    if values.get("format") != str(FORMAT):
        raise NotAnIdentityError(f"biểu mẫu thuộc phiên bản “{values.get('format', '')}”, cần phiên bản {FORMAT}")
    prefix = "criteria_set "
    sets = tuple(SetUsed(name.removeprefix(prefix), value) for name, value in values.items() if name.startswith(prefix))
    try:
        kind = FormKind(values["kind"])
        period = values["period"] if kind is FormKind.MONTHLY else ""
        identity = FormIdentity(kind, values["province"], int(values["year"]), values["subject"], sets, FORMAT, period)
        return StatedIdentity(identity, values["checksum"])
    except (KeyError, ValueError) as error:
        raise NotAnIdentityError("trang ẩn nhận dạng thiếu thông tin hoặc đã bị sửa") from error


def _said(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def province_mark(config: ProvinceConfig) -> str:
    """What tells one province's forms from another's: its code, else its name."""
    return config.code or config.name


def form_file_name(kind: FormKind, year: int | str, subject: str) -> str:
    """A file name that sorts by kind and year (or month) and says whose it is: `tu-danh-gia-2025-so-tu-phap.xlsx`."""
    return f"{kind.file_stem}-{year}-{subject}.xlsx"


_UNSAFE_IN_TITLES = re.compile(r"[\\/*?:\[\]\x00-\x1f]")


def sheet_title(text: str, taken: Iterable[str] = ()) -> str:
    """A sheet title that spreadsheets accept and that is not taken yet."""
    wanted = _UNSAFE_IN_TITLES.sub("-", text).strip("' ")[:SHEET_TITLE_LENGTH] or "Trang"
    lowered = {title.casefold() for title in taken}
    title, number = wanted, 2
    while title.casefold() in lowered:
        title = f"{wanted[: SHEET_TITLE_LENGTH - 4]} ({number})"
        number += 1
    return title
