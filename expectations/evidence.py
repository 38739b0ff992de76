"""Evidence beside a statement: each document named, with number and date, of the right time.

Source: docs/process.md, 6 (evidence points to the section and page of the cited document).
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from expectations.checking import Check, Words, place_of
from models.findings import Severity
from models.records.submissions import EvidenceItem, Statement


class EvidenceSpan(NamedTuple):
    """Between which days evidence is usually signed: the year before the index year, and the last day that counts."""

    first: date
    last: date


def evidence_span(year: int, last: date, today: date) -> EvidenceSpan:
    """The span of an index year: regulations of the year before still hold; nothing is signed after today."""
    return EvidenceSpan(date(year - 1, 1, 1), min(last, today))


class Evidenced(NamedTuple):
    """A statement with at least one document."""

    file: int
    statement: Statement
    span: EvidenceSpan


def _missing(item: EvidenceItem) -> list[tuple[str, str]]:
    """What a document lacks to be found: the column and its name."""
    parts = (("document", item.document, "tên văn bản"), ("number", item.number, "số, ký hiệu"))
    lacking = [(column, said) for column, text, said in parts if not text]
    return lacking if item.day else [*lacking, ("date", "ngày")]


def _incomplete(row: Evidenced) -> int:
    return sum(not (item.document and item.number and item.day) for item in row.statement.evidence)


def _incomplete_words(row: Evidenced) -> Iterator[Words]:
    for number, item in enumerate(row.statement.evidence):
        if lacking := _missing(item):
            names = "; ".join(said for _, said in lacking)
            what = f"{_said(item, number)} của tiêu chí {row.statement.code} thiếu {names}"
            yield Words(place_of(row.statement, f"{lacking[0][0]}/{number}"), what, f"Ghi thêm {names}")


def _said(item: EvidenceItem, number: int) -> str:
    name = item.document or item.number
    return f"tài liệu kiểm chứng “{_short(name)}”" if name else f"tài liệu kiểm chứng thứ {number + 1}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _unpaged(row: Evidenced) -> int:
    return sum(not item.page and not _missing(item) for item in row.statement.evidence)


def _unpaged_words(row: Evidenced) -> Iterator[Words]:
    for number, item in enumerate(row.statement.evidence):
        if not item.page and not _missing(item):
            what = f"{_said(item, number)} của tiêu chí {row.statement.code} chưa ghi trang, mục"
            yield Words(place_of(row.statement, f"page/{number}"), what, "Ghi trang hoặc mục chứng minh số liệu")


def _late(row: Evidenced) -> int:
    return sum(item.day is not None and item.day > row.span.last for item in row.statement.evidence)


def _late_words(row: Evidenced) -> Iterator[Words]:
    for number, item in enumerate(row.statement.evidence):
        if item.day and item.day > row.span.last:
            what = f"{_said(item, number)} của tiêu chí {row.statement.code} ghi ngày {item.day:%d/%m/%Y}"
            what += f", sau ngày {row.span.last:%d/%m/%Y} là ngày cuối được tính"
            yield Words(place_of(row.statement, f"date/{number}"), what, "Kiểm tra lại ngày ký trên văn bản")


def _early(row: Evidenced) -> int:
    return sum(item.day is not None and item.day < row.span.first for item in row.statement.evidence)


def _early_words(row: Evidenced) -> Iterator[Words]:
    for number, item in enumerate(row.statement.evidence):
        if item.day and item.day < row.span.first:
            what = f"{_said(item, number)} của tiêu chí {row.statement.code} ghi ngày {item.day:%d/%m/%Y}"
            what += ", trước năm đánh giá trên một năm"
            yield Words(place_of(row.statement, f"date/{number}"), what, "Kiểm tra lại ngày, và văn bản còn hiệu lực")


EVIDENCE_CHECKS = (
    Check(
        "evidence_incomplete",
        Evidenced,
        Severity.WARNING,
        "mỗi tài liệu kiểm chứng có tên, số ký hiệu và ngày",
        "Ghi thêm phần còn thiếu",
        _incomplete,
        _incomplete_words,
    ),
    Check(
        "evidence_unpaged",
        Evidenced,
        Severity.INFO,
        "mỗi tài liệu kiểm chứng ghi trang, mục",
        "Ghi trang hoặc mục chứng minh số liệu",
        _unpaged,
        _unpaged_words,
    ),
    Check(
        "evidence_late",
        Evidenced,
        Severity.WARNING,
        "tài liệu kiểm chứng ký trước khi hết hạn gửi và không ở tương lai",
        "Kiểm tra lại ngày ký trên văn bản",
        _late,
        _late_words,
    ),
    Check(
        "evidence_early",
        Evidenced,
        Severity.INFO,
        "tài liệu kiểm chứng ký từ đầu năm trước năm đánh giá",
        "Kiểm tra lại ngày, và văn bản còn hiệu lực",
        _early,
        _early_words,
    ),
)
