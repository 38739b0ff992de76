"""Evidence beside a statement: each document named, with number and date, of the right time.

Source: docs/process.md, 6 (evidence points to the section and page of the cited document).
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from expectations.checking import Words, check, expect, place_of
from models.findings import Place, Severity
from models.records.submissions import EvidenceItem, Statement


class EvidenceSpan(NamedTuple):
    """Between which days evidence is usually signed: the year before the index year, and the last day that counts."""

    first: date
    last: date


def evidence_span(year: int, last: date, today: date) -> EvidenceSpan:
    """The span of an index year: regulations of the year before still hold; nothing is signed after today."""
    return EvidenceSpan(date(year - 1, 1, 1), min(last, today))


class EvidenceDocument(NamedTuple):
    """One document beside a statement; `number` counts from 0."""

    file: int
    statement: Statement
    number: int
    item: EvidenceItem
    span: EvidenceSpan

    @property
    def lacking(self) -> list[tuple[str, str]]:
        """What it lacks to be found: the columns of the form and their names."""
        item = self.item
        parts = (
            ("document", item.document, "tên văn bản"),
            ("number", item.number, "số, ký hiệu"),
            ("date", item.day, "ngày"),
        )
        return [(column, name) for column, part, name in parts if not part]

    @property
    def is_dated(self) -> bool:
        """Whether it has a date."""
        return self.item.day is not None

    @property
    def page(self) -> str | None:
        """Its page, where all else is there."""
        item = self.item
        return item.page if item.document and item.number and item.day else None

    def said(self, what: str) -> str:
        """A sentence about it."""
        name = self.item.document or self.item.number
        short = name if len(name) <= 60 else f"{name[:57]}…"
        named = f"“{short}”" if name else f"thứ {self.number + 1}"
        return f"tài liệu kiểm chứng {named} của tiêu chí {self.statement.code} {what}"

    def place(self, column: str) -> Place | None:
        """One of its cells."""
        return place_of(self.statement, f"{column}/{self.number}")


def documents_of(file: int, statement: Statement, span: EvidenceSpan) -> Iterator[EvidenceDocument]:
    """The documents beside a statement."""
    for number, item in enumerate(statement.evidence):
        yield EvidenceDocument(file, statement, number, item, span)


@check(
    Severity.WARNING,
    "mỗi tài liệu kiểm chứng có tên, số ký hiệu và ngày",
    "Ghi thêm phần còn thiếu",
    expect("ExpectColumnValueLengthsToBeBetween", column="item.document", min_value=1),
    expect("ExpectColumnValueLengthsToBeBetween", column="item.number", min_value=1),
    expect("ExpectColumnValuesToBeInSet", column="is_dated", value_set=[True]),
)
def evidence_incomplete(row: EvidenceDocument) -> Iterator[Words]:
    """Every document has what it takes to find it."""
    names = "; ".join(name for _, name in row.lacking)
    yield Words(row.place(row.lacking[0][0]), row.said(f"thiếu {names}"), f"Ghi thêm {names}")


@check(
    Severity.INFO,
    "mỗi tài liệu kiểm chứng ghi trang, mục",
    "Ghi trang hoặc mục chứng minh số liệu",
    expect("ExpectColumnValueLengthsToBeBetween", column="page", min_value=1),
)
def evidence_unpaged(row: EvidenceDocument) -> Iterator[Words]:
    """Every document that can be found has its page."""
    yield Words(row.place("page"), row.said("chưa ghi trang, mục"))


@check(
    Severity.WARNING,
    "tài liệu kiểm chứng ký trước khi hết hạn gửi và không ở tương lai",
    "Kiểm tra lại ngày ký trên văn bản",
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="span.last", column_B="item.day", or_equal=True),
)
def evidence_late(row: EvidenceDocument) -> Iterator[Words]:
    """No document is signed after the last day that counts."""
    what = f"ghi ngày {row.item.day:%d/%m/%Y}, sau ngày {row.span.last:%d/%m/%Y} là ngày cuối được tính"
    yield Words(row.place("date"), row.said(what))


@check(
    Severity.INFO,
    "tài liệu kiểm chứng ký từ đầu năm trước năm đánh giá",
    "Kiểm tra lại ngày, và văn bản còn hiệu lực",
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="item.day", column_B="span.first", or_equal=True),
)
def evidence_early(row: EvidenceDocument) -> Iterator[Words]:
    """No document is from before the year before the index year."""
    yield Words(row.place("date"), row.said(f"ghi ngày {row.item.day:%d/%m/%Y}, trước năm đánh giá trên một năm"))


EVIDENCE_CHECKS = (evidence_incomplete, evidence_unpaged, evidence_late, evidence_early)
