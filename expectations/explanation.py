"""What a good explanation is: an answer to every cut, words where the unit does not agree, evidence that can be found.

Source: docs/process.md, 1 (explanation round: the unit confirms in writing or explains).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from expectations.checking import Check, Checks, Row, Words, check_rows, maximum_gap, maximum_words, place_of
from expectations.evidence import EVIDENCE_CHECKS, Evidenced, EvidenceSpan
from models.criteria.sets import CriteriaSet, Leaf
from models.findings import Finding, Severity
from models.forms.explanation import AGREES, EXPLAINS
from models.records.submissions import Statement

_CRITICAL, _WARNING, _ = Severity


@dataclass(frozen=True, slots=True)
class ExplanationForm:
    """One unit's explanations, with what they are compared with.

    Attributes:
        file: its name.
        cut: the codes of the leaves of which less stands than the unit claimed.
        span: between which days its evidence is signed.
    """

    file: str
    criteria_set: CriteriaSet
    cut: Collection[str]
    statements: Sequence[Statement]
    span: EvidenceSpan


class _Answer(NamedTuple):
    """The answer to one cut."""

    file: int
    statement: Statement
    leaf: Leaf


class _Uncalled(NamedTuple):
    """An answer about a leaf that is not cut."""

    file: int
    statement: Statement


def check_explanations(forms: Sequence[ExplanationForm]) -> list[list[Finding]]:
    """Check the explanations of a batch; one list of findings a form."""
    rows: list[Row] = []
    for file, form in enumerate(forms):
        rows += _rows(file, form)
    return check_rows([form.file for form in forms], rows, CHECKS)


def _rows(file: int, form: ExplanationForm) -> Iterator[Row]:
    for statement in form.statements:
        leaf = form.criteria_set.by_code.get(statement.code)
        said = statement.answer or statement.text or statement.evidence
        if leaf is None or statement.code not in form.cut:
            if said:
                yield _Uncalled(file, statement)
            continue
        yield _Answer(file, statement, leaf)
        if statement.evidence:
            yield Evidenced(file, statement, form.span)


def _unanswered(row: _Answer) -> int:
    return int(row.statement.answer not in (AGREES, EXPLAINS))


def _unanswered_words(row: _Answer) -> Iterator[Words]:
    what = f"tiêu chí {row.leaf.code} chưa chọn trả lời"
    yield Words(place_of(row.statement, "answer"), what, f"Chọn “{AGREES}” hoặc “{EXPLAINS}”")


def _wordless(row: _Answer) -> int:
    return int(row.statement.answer == EXPLAINS and not row.statement.text)


def _wordless_words(row: _Answer) -> Iterator[Words]:
    what = f"tiêu chí {row.leaf.code} chọn “{EXPLAINS}” mà chưa có nội dung giải trình"
    yield Words(place_of(row.statement, "explanation"), what, "Nêu căn cứ để giữ điểm tự chấm")


def _uncalled_words(row: _Uncalled) -> Iterator[Words]:
    what = f"tiêu chí {row.statement.code} không bị giảm điểm nên không cần giải trình"
    remedy = "Không cần làm gì; nếu giải trình cho tiêu chí khác, ghi vào dòng của tiêu chí đó"
    yield Words(place_of(row.statement, "answer", "explanation"), what, remedy)


CHECKS: Checks = (
    Check(
        "answer_missing",
        _Answer,
        _WARNING,
        "mỗi tiêu chí bị giảm điểm được trả lời",
        f"Chọn “{AGREES}” hoặc “{EXPLAINS}”",
        _unanswered,
        _unanswered_words,
    ),
    Check(
        "words_missing",
        _Answer,
        _CRITICAL,
        "chọn giải trình thì có nội dung",
        "Nêu căn cứ để giữ điểm tự chấm",
        _wordless,
        _wordless_words,
    ),
    Check(
        "maximum_changed",
        _Answer,
        _CRITICAL,
        "điểm tối đa giữ nguyên",
        "Ghi lại điểm tối đa theo bộ tiêu chí",
        lambda row: maximum_gap(row.statement, row.leaf.max),
        lambda row: maximum_words(row.statement, row.leaf.max),
    ),
    Check(
        "uncalled",
        _Uncalled,
        _WARNING,
        "chỉ giải trình tiêu chí bị giảm điểm",
        "Không cần làm gì",
        lambda _: 1,
        _uncalled_words,
    ),
    *EVIDENCE_CHECKS,
)
