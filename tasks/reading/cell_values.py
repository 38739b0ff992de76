"""One cell → a number, a text, a date or a fact; what cannot be read becomes a finding at the cell, never a guess.

In: what the spreadsheet reader gives and what is behind the cell. Out: exact values. A spreadsheet keeps 15 digits of a
number, so that is what is taken; numbers that need more are refused, and so are dates that a spreadsheet program made
of numbers.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from unicodedata import category, normalize

from models.criteria.facts import FactKind, FactProblem, UnreadableFactError, read_date, with_century
from models.findings import Finding, Place, Severity
from models.forms.sheets import TEXT_LENGTH
from models.legacy_text import LegacyEncoding, in_unicode, legacy_encoding
from models.numbers import UnreadableNumberError, plain, plainly_typed, read_only_whole, spoken_number
from tasks.reading.opening import CellValue, OpenedSheet
from tasks.reading.plans import AskedFact
from tasks.reading.sheet_marks import Behind

_MOST = 10**15
_EXCEL_EPOCH = date(1899, 12, 30)
_YES_NO = {"có": "1", "không": "0"}
_NO_CASES = frozenset(
    {
        "n/a",
        "na",
        "-",
        "--",
        "–",
        "—",
        "/",
        "x",
        "không",
        "không có",
        "không phát sinh",
        "không áp dụng",
        "không ps",
        "ko",
    }
)
_KEPT_CONTROLS = "\n\t\u00ad"  # the soft hyphen is ư in TCVN3
_TYPE_AGAIN = "Gõ lại bằng bảng mã Unicode"
_AS_NUMBER = "Định dạng ô là Số (Number hoặc General) rồi nhập lại số liệu"
_AS_DATE = "Nhập ngày dạng 31/01/2025, hoặc “không” nếu chưa thực hiện"


class ReadFact(NamedTuple):
    """A fact's canonical text, and whether it was written as a percentage."""

    value: str
    percent: bool


def shown_value(value: CellValue) -> str:
    """A cell's value as officers read it, short enough for a message."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        number = exact(value)
        return f"{value:g}" if number is None else plain(number).replace(".", ",")
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    text = clean(str(value)).replace("\n", " ")
    return text if len(text) <= 60 else text[:59] + "…"


def exact(value: float) -> Decimal | None:
    """The number that a spreadsheet shows, None where it has more digits than a spreadsheet keeps."""
    if not -_MOST < value < _MOST:
        return None
    return Decimal(int(value)) if value == int(value) else Decimal(f"{value:.15g}")


def clean(text: str) -> str:
    """Composed Unicode without control characters and marks of writing direction; line ends as one sign."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(
            letter for letter in text if letter in _KEPT_CONTROLS or category(letter) not in ("Cc", "Cf", "Cs", "Co")
        )
    return text.strip()


@dataclass
class SheetCells:
    """The cells of one sheet being read; what cannot be read is added to the findings.

    Rows and columns count from 0. `asked` says in Vietnamese what the cell is for; `noun` what its rows are; `year` is
    the form's; `short_years` are the cells of dates whose year was typed with two digits.
    """

    file: str
    sheet: OpenedSheet
    findings: list[Finding]
    noun: str = "tiêu chí"
    year: int = 0
    short_years: list[Place] = field(default_factory=list)

    @cached_property
    def odd_columns(self) -> frozenset[int]:
        """The columns in which anything is behind a cell."""
        return frozenset(column for _, column in self.sheet.marks.cells)

    def place(self, row: int, column: int) -> Place:
        """The cell as findings name it."""
        return Place(self.sheet.title, row + 1, column + 1)

    def complain(self, row: int, column: int, what: str, remedy: str, severity: Severity = Severity.CRITICAL) -> None:
        """Add a finding at a cell."""
        self.findings.append(Finding(self.file, 0, what, remedy, severity, self.place(row, column)))

    def is_empty(self, row: int, column: int) -> bool:
        """Whether nothing stands in a cell, no formula and no error either."""
        value = self.sheet.rows[row][column]
        if value != "" and not (isinstance(value, str) and not value.strip()):
            return False
        behind = self.sheet.marks.cells.get((row, column))
        return behind is None or behind[0] is Behind.PERCENT

    def stated(self, row: int, column: int, asked: str) -> CellValue:
        """The value of an input cell; empty where it is, or where no value may be taken (with a finding)."""
        value = self.sheet.rows[row][column]
        behind = self.sheet.marks.cells.get((row, column)) if self.sheet.marks.cells else None
        if behind is None or behind[0] is Behind.PERCENT:
            return value
        kind, text = behind
        if kind is Behind.ERROR:
            what = f"{asked}: ô báo lỗi {text}"
            self.complain(row, column, what, "Xóa công thức bị lỗi và nhập trực tiếp giá trị")
        elif kind is Behind.LINKED:
            what = f"{asked}: công thức lấy dữ liệu từ tệp khác (={text[:80]})"
            self.complain(row, column, what, "Nhập trực tiếp giá trị thay cho công thức")
        else:
            what = f"{asked}: công thức chưa được tính (={text[:80]})"
            self.complain(row, column, what, "Mở bằng Excel, tính lại (F9) rồi lưu, hoặc nhập trực tiếp giá trị")
        return ""

    def number(self, row: int, column: int, asked: str) -> Decimal | None:
        """The number of an input cell; None where it is empty or none."""
        value = self.stated(row, column, asked)
        if value == "":
            return None
        if isinstance(value, float | int) and not isinstance(value, bool):
            number = exact(value)
            if number is None:
                self._too_long(row, column, asked, value)
            return number
        if isinstance(value, str):
            if not value.strip():
                return None
            try:
                return spoken_number(value)
            except UnreadableNumberError as unreadable:
                self._unreadable(row, column, asked, value, str(unreadable), "Nhập một số, không kèm chữ")
                return None
        self._not_a_number(row, column, asked, value)
        return None

    def text(self, row: int, column: int, asked: str) -> str:
        """The text of an input cell, cleaned; never longer than the columns of the database."""
        value = self.stated(row, column, asked)
        if value == "":
            return ""
        if not isinstance(value, str):
            if isinstance(value, date | time | timedelta):
                what = f"{asked}: ô chứa ngày giờ “{shown_value(value)}”, có thể do bảng tính tự đổi từ chữ"
                self.complain(
                    row, column, what, "Kiểm tra lại; định dạng ô là Văn bản (Text) rồi gõ lại", Severity.WARNING
                )
            return shown_value(value)
        text = clean(value)
        if len(text) > TEXT_LENGTH:
            what = f"{asked}: nội dung dài {len(text)} ký tự, tối đa {TEXT_LENGTH}"
            self.complain(row, column, what, "Viết ngắn lại hoặc gửi kèm văn bản riêng")
            return text[:TEXT_LENGTH]
        if encoding := legacy_encoding(text):
            what = f"{asked}: chữ gõ bằng bảng mã {encoding}, đọc được là “{_short(in_unicode(text, encoding))}”"
            self.complain(row, column, what, _TYPE_AGAIN, Severity.WARNING)
        return text

    def choice(self, row: int, column: int, asked: str, choices: dict[str, str], remedy: str) -> str:
        """Which of a few choices a cell holds, by their texts in small letters; empty where it is empty or none."""
        value = self.stated(row, column, asked)
        if value == "":
            return ""
        text = clean(shown_value(value) if not isinstance(value, str) else value)
        if not text:
            return ""
        if (chosen := choices.get(text.casefold())) is None:
            self._unreadable(row, column, asked, text, f"“{_short(text)}” không có trong danh sách", remedy)
            return ""
        return chosen

    def day(self, row: int, column: int, asked: str) -> date | None:
        """The date of an input cell; None where it is empty or none."""
        value = self.stated(row, column, asked)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            if not value.strip():
                return None
            try:
                return read_date(self._full_date(row, column, value))
            except ValueError:
                what = f"“{_short(clean(value))}” không phải là một ngày"
                self._unreadable(row, column, asked, value, what, "Nhập ngày dạng 31/01/2025")
                return None
        self._not_a_date(row, column, asked, value, "Nhập ngày dạng 31/01/2025")
        return None

    def fact(self, row: int, column: int, code: str, asked: AskedFact) -> ReadFact | None:
        """The canonical text of a fact's cell; None where it is empty or unreadable."""
        field = asked.field
        raw = self.sheet.rows[row][column]
        usual = field.kind is FactKind.YES_NO and isinstance(raw, str) and column not in self.odd_columns
        if usual and (answer := _YES_NO.get(str(raw))):
            return ReadFact(answer, False)
        prefix = f"{self.noun} {code}, {field.label}"
        value = self.stated(row, column, prefix)
        if isinstance(value, str):
            return self._fact_of_text(row, column, asked, prefix, value) if value.strip() else None
        if field.kind is FactKind.DATE:
            if isinstance(value, date):
                return ReadFact((value.date() if isinstance(value, datetime) else value).isoformat(), False)
            self._not_a_date(row, column, prefix, value, _AS_DATE)
            return None
        if isinstance(value, date | time | timedelta):
            self._not_a_number(row, column, prefix, value)
            return None
        if field.kind in (FactKind.NUMBER, FactKind.COUNT):
            return self._fact_of_number(row, column, asked, prefix, value)
        return self._fact_of_text(row, column, asked, prefix, _typed(value))

    def _fact_of_number(
        self, row: int, column: int, asked: AskedFact, prefix: str, value: float | int | bool
    ) -> ReadFact | None:
        if isinstance(value, bool):
            self._not_a_number(row, column, prefix, value)
            return None
        number = exact(value)
        if number is None:
            self._too_long(row, column, prefix, value)
            return None
        behind = self.sheet.marks.cells.get((row, column))
        if behind and behind[0] is Behind.PERCENT:
            if asked.field.counts and not asked.field.of_ratio:
                return self._fact_of_text(row, column, asked, prefix, f"{plain(number * 100)}%")
            return ReadFact(plain(number * 100), True)
        if not asked.field.of_ratio and (why := asked.field.fraction(number)):
            self._refused(row, column, asked, prefix, shown_value(value), why)
            return None
        return ReadFact(plain(number), False)

    def _fact_of_text(self, row: int, column: int, asked: AskedFact, prefix: str, text: str) -> ReadFact | None:
        text = clean(text)
        if asked.field.kind is FactKind.DATE:
            text = self._full_date(row, column, text)
        try:
            value = asked.field.read(text)
            read = ReadFact(value, asked.field.is_number and plainly_typed(text).endswith("%"))
        except UnreadableFactError as unreadable:
            problem = unreadable.problem
            if asked.field.kind in (FactKind.NUMBER, FactKind.COUNT) and text.casefold().rstrip(".") in _NO_CASES:
                claim = "nếu không phát sinh thì chọn “có” ở cột Đề nghị không áp dụng và ghi lý do, để trống ô số liệu"
                remedy = f"{problem.remedy}; {claim}" if asked.claimable else f"{problem.remedy}; không có thì nhập 0"
                problem = problem._replace(remedy=remedy)
            self._refused(row, column, asked, prefix, text, problem)
            return None
        if asked.field.counts and read_only_whole(text):
            what = f"{prefix}: “{text}” đọc là {read.value}, vì ở đây đếm số lượng nên là số nguyên"
            self.complain(row, column, what, "Kiểm tra lại; nếu không đúng thì nhập lại và gửi", Severity.WARNING)
        return read

    def _full_date(self, row: int, column: int, text: str) -> str:
        """The text of a date with all digits of its year."""
        full = with_century(text, self.year)
        if full:
            self.short_years.append(self.place(row, column))
        return full or text

    def _refused(self, row: int, column: int, asked: AskedFact, prefix: str, text: str, problem: FactProblem) -> None:
        what = problem.what.removeprefix(f"{asked.field.label}: ")
        self._unreadable(row, column, prefix, text, what, problem.remedy)

    def _unreadable(self, row: int, column: int, asked: str, text: str, what: str, remedy: str) -> None:
        what = what.replace(text, _short(text))
        encoding: LegacyEncoding | None = legacy_encoding(clean(text)[:TEXT_LENGTH])
        if encoding:
            meant = _short(in_unicode(clean(text), encoding))
            what, remedy = f"{what}; chữ gõ bằng bảng mã {encoding}, có thể là “{meant}”", _TYPE_AGAIN
        self.complain(row, column, f"{asked}: {_short(what, 400)}", remedy)

    def _too_long(self, row: int, column: int, asked: str, value: float) -> None:
        what = f"{asked}: số {value:g} có hơn 15 chữ số, bảng tính không giữ được chính xác"
        self.complain(row, column, what, "Kiểm tra lại số liệu")

    def _not_a_number(self, row: int, column: int, asked: str, value: CellValue) -> None:
        if isinstance(value, bool):
            what = f"{asked}: ô chứa {shown_value(value)}, không phải là số"
        else:
            stands = f"{asked}: ô chứa ngày giờ “{shown_value(value)}”"
            what = f"{stands}; bảng tính có thể đã tự đổi số liệu (ví dụ 1/2) thành ngày"
        self.complain(row, column, what, _AS_NUMBER)

    def _not_a_date(self, row: int, column: int, asked: str, value: CellValue, remedy: str) -> None:
        what = f"{asked}: “{shown_value(value)}” là số, không phải là một ngày"
        if isinstance(value, float | int) and not isinstance(value, bool) and 20_000 <= value <= 80_000:
            day = _EXCEL_EPOCH + timedelta(days=int(value))
            what += f" (nếu là số thứ tự ngày của Excel thì là {day:%d/%m/%Y})"
        self.complain(row, column, what, remedy)


def _typed(value: float | int | bool) -> str:
    """A number or truth value as one would type it."""
    number = None if isinstance(value, bool) else exact(value)
    return str(value).casefold() if number is None else plain(number)


def _short(text: str, longest: int = 60) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= longest else text[: longest - 1] + "…"
