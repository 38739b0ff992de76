"""What a good explanation is: an answer to every cut, words where the unit does not agree, evidence that can be found.

Source: docs/process.md, 1 (explanation round: the unit confirms in writing or explains).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from expectations.checking import CheckedRow, Declared, Suite, Words, check, check_forms, expect, place_of
from expectations.evidence import EVIDENCE_CHECKS, EvidenceSpan, documents_of
from expectations.points import maximum_changed
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


class CutAnswer(NamedTuple):
    """The answer to one cut."""

    file: int
    statement: Statement
    leaf: Leaf

    @property
    def grounds(self) -> str | None:
        """The words of a unit that does not agree."""
        return self.statement.text if self.statement.answer == EXPLAINS else None


class Uncalled(NamedTuple):
    """An answer about a leaf that is not cut."""

    file: int
    statement: Statement


def check_explanations(forms: Sequence[ExplanationForm]) -> list[list[Finding]]:
    """Check the explanations of a batch; one list of findings a form."""
    return check_forms(SUITE, forms, _rows, lambda form: Declared(form.criteria_set.id))


def _rows(file: int, form: ExplanationForm) -> Iterator[CheckedRow]:
    for statement in form.statements:
        leaf = form.criteria_set.by_code.get(statement.code)
        said = statement.answer or statement.text or statement.evidence
        if leaf is None or statement.code not in form.cut:
            if said:
                yield Uncalled(file, statement)
            continue
        yield CutAnswer(file, statement, leaf)
        yield from documents_of(file, statement, form.span)


@check(
    _WARNING,
    "mỗi tiêu chí bị giảm điểm được trả lời",
    f"Chọn “{AGREES}” hoặc “{EXPLAINS}”",
    expect("ExpectColumnValuesToBeInSet", column="statement.answer", value_set=[AGREES, EXPLAINS]),
)
def answer_missing(row: CutAnswer) -> Iterator[Words]:
    """Every cut is answered."""
    what = f"tiêu chí {row.leaf.code} chưa chọn trả lời"
    yield Words(place_of(row.statement, "answer"), what)


@check(
    _CRITICAL,
    "chọn giải trình thì có nội dung",
    "Nêu căn cứ để giữ điểm tự chấm",
    expect("ExpectColumnValueLengthsToBeBetween", column="grounds", min_value=1),
)
def words_missing(row: CutAnswer) -> Iterator[Words]:
    """Whoever does not agree says why."""
    what = f"tiêu chí {row.leaf.code} chọn “{EXPLAINS}” mà chưa có nội dung giải trình"
    yield Words(place_of(row.statement, "explanation"), what)


@check(
    _WARNING,
    "chỉ giải trình tiêu chí bị giảm điểm",
    "Không cần làm gì",
    expect("ExpectColumnValuesToBeNull", column="statement.code"),
)
def uncalled(row: Uncalled) -> Iterator[Words]:
    """Only cuts are answered."""
    what = f"tiêu chí {row.statement.code} không bị giảm điểm nên không cần giải trình"
    remedy = "Không cần làm gì; nếu giải trình cho tiêu chí khác, ghi vào dòng của tiêu chí đó"
    yield Words(place_of(row.statement, "answer", "explanation"), what, remedy)


SUITE = Suite(
    "explanation",
    "Phiếu giải trình",
    (answer_missing, words_missing, maximum_changed(CutAnswer, "leaf.max"), uncalled, *EVIDENCE_CHECKS),
)
