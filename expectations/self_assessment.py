"""What a good self-assessment is: every leaf answered, facts that make sense, points that follow from them, evidence.

Source: docs/maths.md, 2.9 (surveys are never self-scored), 5 (not applicable); docs/process.md, 6 (evidence or an
explanation); docs/process.md, 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from expectations.checking import (
    Check,
    Checks,
    Row,
    Words,
    check_rows,
    maximum_gap,
    maximum_words,
    millionths,
    outside,
    outside_words,
    place_of,
    points_said,
)
from expectations.cross_checks import CROSS_CHECKS, Facts, compared
from expectations.evidence import EVIDENCE_CHECKS, Evidenced, EvidenceSpan
from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.rules.base import Outcome
from models.criteria.sets import CriteriaSet, Evidence, Leaf, Source
from models.findings import Finding, Severity
from models.numbers import HUNDRED, plain, printed, vietnamese_number
from models.records.submissions import Statement
from models.units import Unit

_CRITICAL, _WARNING, _INFO = Severity
_NOISE = 1  # millionths: what a spreadsheet's binary numbers may leave
_ROUNDED = 5_000  # millionths: points typed as they are printed, with two decimals
_SENSELESS_PERCENT = Decimal(10**9)
_NUMBERS = (FactKind.NUMBER, FactKind.COUNT)


@dataclass(frozen=True, slots=True)
class SelfAssessment:
    """One unit's form, with what it is compared with.

    Attributes:
        file: its name.
        recorded: facts that others stated about the unit, by code.
        last_year: the unit's facts of the year before, by code, only of leaves that asked the same.
        span: between which days its evidence is signed.
        today: no date of the form lies after it.
    """

    file: str
    unit: Unit
    criteria_set: CriteriaSet
    year: int
    statements: Sequence[Statement]
    span: EvidenceSpan
    today: date
    recorded: Facts = field(default_factory=dict)
    last_year: Facts = field(default_factory=dict)


class _Form(NamedTuple):
    """A form as a whole: whether it says anything at all."""

    file: int
    empty: bool


class _Stray(NamedTuple):
    """A statement that is not the unit's to make, and who makes it."""

    file: int
    statement: Statement
    why: str


class _Claim(NamedTuple):
    """What a unit claims for one leaf.

    Attributes:
        missing: how many of the facts that are needed are not stated.
        outcome: what follows from the facts, None while one is missing.
    """

    file: int
    statement: Statement
    leaf: Leaf
    form: SelfAssessment
    missing: int
    outcome: Outcome | None


def check_self_assessments(forms: Sequence[SelfAssessment]) -> list[list[Finding]]:
    """Check the self-assessments of a batch; one list of findings a form."""
    rows: list[Row] = []
    for file, form in enumerate(forms):
        rows += _rows(file, form)
    return check_rows([form.file for form in forms], rows, CHECKS)


def states_anything(statement: Statement) -> bool:
    """Whether a statement says anything."""
    said = statement.facts or statement.not_applicable or statement.text or statement.evidence
    return bool(said) or statement.points is not None


def _rows(file: int, form: SelfAssessment) -> Iterator[Row]:
    empty = not any(map(states_anything, form.statements))
    yield _Form(file, empty)
    if empty:
        return
    leaves, unit = form.criteria_set.by_code, form.unit
    own: dict[str, Statement] = {}
    senseless: set[str] = set()
    for statement in form.statements:
        leaf = leaves.get(statement.code)
        if leaf is None or leaf.source is not Source.SELF or not leaf.applies_to(unit.code, unit.kind):
            if states_anything(statement):
                yield _Stray(file, statement, _why_stray(leaf))
            continue
        claim = _claim(file, statement, leaf, form)
        yield claim
        if statement.evidence:
            yield Evidenced(file, statement, form.span)
        own[statement.code] = statement
        if claim.outcome and claim.outcome.problem:
            senseless.add(statement.code)
    yield from compared(file, "", form.criteria_set.checks, own, form.recorded, senseless)


def _why_stray(leaf: Leaf | None) -> str:
    if leaf is None:
        return "không có trong bộ tiêu chí của kỳ"
    if leaf.source is Source.SELF:
        return "không áp dụng với đơn vị theo bộ tiêu chí"
    return "do khảo sát hoặc cơ quan khác cung cấp, đơn vị không tự chấm"


def _claim(file: int, statement: Statement, leaf: Leaf, form: SelfAssessment) -> _Claim:
    facts = statement.facts
    missing = len(leaf.rule.missing(facts))
    outcome = None if missing else leaf.rule.points(facts, leaf.max, form.year)
    return _Claim(file, statement, leaf, form, missing, outcome)


# --- facts ------------------------------------------------------------------------------------------------------------


def _facts_missing(row: _Claim) -> int:
    statement = row.statement
    if statement.not_applicable or (statement.text and not statement.facts):
        return 0
    return row.missing


def _facts_missing_words(row: _Claim) -> Iterator[Words]:
    for fact in row.leaf.rule.missing(row.statement.facts):
        yield Words(
            place_of(row.statement, f"fact:{fact.id}", "value", "points"),
            f"tiêu chí {row.leaf.code} thiếu số liệu “{fact.label}”",
            _how_to_answer(row.leaf, fact),
        )


def _how_to_answer(leaf: Leaf, fact: FactField) -> str:
    zero = "" if leaf.may_be_claimed else "; không có thì nhập 0"
    ways = {
        FactKind.NUMBER: f"Nhập một số{zero}",
        FactKind.COUNT: "Nhập số lượng; không có thì nhập 0",
        FactKind.DATE: "Nhập ngày; chưa thực hiện thì ghi “không”",
        FactKind.YES_NO: "Chọn “có” hoặc “không”",
        FactKind.OPTION: "Chọn một phương án trong danh sách",
    }
    claim = "; nếu trong năm không phát sinh, đề nghị không áp dụng kèm lý do" if leaf.may_be_claimed else ""
    return f"{ways[fact.kind]}{claim}"


def _only_explained(row: _Claim) -> int:
    statement = row.statement
    return int(bool(statement.text) and not statement.facts and not statement.not_applicable)


def _only_explained_words(row: _Claim) -> Iterator[Words]:
    statement = row.statement
    if statement.points is None:
        what = f"tiêu chí {statement.code} chỉ có giải trình, không có số liệu nên chưa được tính điểm"
    else:
        what = f"tiêu chí {statement.code} nhập tay {points_said(statement.points)} điểm, không có số liệu để tính lại"
    yield Words(
        place_of(statement, "explanation"), what, "Bổ sung số liệu nếu có; nếu không, cơ quan thẩm định sẽ xem xét"
    )


def _facts_senseless(row: _Claim) -> int:
    return int(row.outcome is not None and row.outcome.problem is not None)


def _facts_senseless_words(row: _Claim) -> Iterator[Words]:
    assert row.outcome is not None
    assert row.outcome.problem is not None
    fact, what, remedy = row.outcome.problem
    yield Words(place_of(row.statement, f"fact:{fact}", "value"), f"tiêu chí {row.leaf.code}: {what}", remedy)


def _date_ahead(row: _Claim) -> int:
    """By how many days the latest date of a leaf lies after today."""
    return max((days for _, days in _days_ahead(row)), default=0)


def _days_ahead(row: _Claim) -> Iterator[tuple[FactField, int]]:
    """The dates of a leaf that lie after today, and by how many days."""
    for fact in row.leaf.rule.fields:
        text = row.statement.facts.get(fact.id, NEVER_DONE)
        if fact.kind is FactKind.DATE and text != NEVER_DONE:
            days = (date.fromisoformat(text) - row.form.today).days
            if days > 0:
                yield fact, days


def _date_ahead_words(row: _Claim) -> Iterator[Words]:
    for fact, _ in _days_ahead(row):
        what = f"tiêu chí {row.leaf.code}: “{fact.label}” là {fact.shown(row.statement.facts[fact.id])}, ở tương lai"
        yield Words(place_of(row.statement, f"fact:{fact.id}"), what, "Kiểm tra lại ngày trên văn bản")


def _changed(row: _Claim) -> int:
    before = row.form.last_year.get(row.leaf.code)
    return sum(1 for _ in _moved(row, before)) if before else 0


def _moved(row: _Claim, before: Mapping[str, str]) -> Iterator[tuple[FactField, Decimal, Decimal]]:
    for fact in row.leaf.rule.fields:
        if fact.kind in _NUMBERS and fact.id in before and fact.id in row.statement.facts:
            then, now = Decimal(before[fact.id]), Decimal(row.statement.facts[fact.id])
            if row.form.criteria_set.changes.noted(row.leaf.code, then, now):
                yield fact, then, now


def _changed_words(row: _Claim) -> Iterator[Words]:
    for fact, then, now in _moved(row, row.form.last_year[row.leaf.code]):
        moved = f"{'tăng' if now > then else 'giảm'} {_percent_said(abs(now - then) * HUNDRED / abs(then))}"
        figures = f"{fact.shown(plain(now))} so với {fact.shown(plain(then))} năm {row.form.year - 1}"
        what = f"tiêu chí {row.leaf.code}: “{fact.label}” là {figures}, {moved}"
        place = place_of(row.statement, f"fact:{fact.id}")
        yield Words(place, what, "Kiểm tra lại số liệu; nếu đúng, giải trình nguyên nhân")


def _percent_said(percent: Decimal) -> str:
    """A percentage with one decimal; beyond any sense, only that it is so."""
    return f"{vietnamese_number(str(printed(percent, 1)))}%" if percent < _SENSELESS_PERCENT else "rất nhiều lần"


# --- points -----------------------------------------------------------------------------------------------------------


def _points_outside(row: _Claim) -> int:
    return 0 if row.statement.not_applicable else outside(row.statement.points, row.leaf.max)


def _points_outside_words(row: _Claim) -> list[Words]:
    return outside_words(row.statement, row.leaf.max, "điểm tự chấm", "points")


def _gap(row: _Claim) -> int:
    """By how many millionths the points differ from those that follow from the facts."""
    claimed, outcome = row.statement.points, row.outcome
    if claimed is None or outcome is None or outcome.points is None or row.statement.not_applicable:
        return 0
    if claimed == outcome.points or outside(claimed, row.leaf.max):
        return 0
    return abs(millionths(claimed - outcome.points))


def _points_differ(row: _Claim) -> int:
    gap = _gap(row)
    return gap if gap > _ROUNDED else 0


def _points_rounded(row: _Claim) -> int:
    gap = _gap(row)
    return gap if _NOISE < gap <= _ROUNDED else 0


def _gap_words(row: _Claim) -> Iterator[Words]:
    assert row.outcome is not None
    assert row.outcome.points is not None
    assert row.statement.points is not None
    claimed, computed = points_said(row.statement.points), points_said(row.outcome.points)
    gap = points_said(abs(row.statement.points - row.outcome.points))
    yield Words(
        place_of(row.statement, "points"),
        f"điểm tự chấm {claimed} của tiêu chí {row.leaf.code} khác điểm tính từ số liệu {computed} (lệch {gap})",
        f"Sửa số liệu nếu sai; nếu số liệu đúng, ghi lại {computed} hoặc giữ công thức của biểu mẫu",
    )


def _maximum_changed(row: _Claim) -> int:
    return maximum_gap(row.statement, row.leaf.max)


def _maximum_words(row: _Claim) -> list[Words]:
    return maximum_words(row.statement, row.leaf.max)


# --- evidence and claims ----------------------------------------------------------------------------------------------


def _unproved(row: _Claim) -> int:
    """Whether points are claimed with neither document nor explanation; no points need no proof."""
    statement = row.statement
    if row.leaf.evidence is not Evidence.REQUIRED or statement.evidence or statement.text or statement.not_applicable:
        return 0
    return int(row.outcome is not None and bool(row.outcome.points))


def _unproved_words(row: _Claim) -> Iterator[Words]:
    yield Words(
        place_of(row.statement, "document/0", "document", "explanation", "points"),
        f"tiêu chí {row.leaf.code} chưa có tài liệu kiểm chứng và chưa có giải trình",
        "Ghi tên văn bản, số ký hiệu, ngày, trang; nếu không có tài liệu, giải trình cách tính",
    )


def _claim_not_allowed(row: _Claim) -> int:
    return int(row.statement.not_applicable and not row.leaf.may_be_claimed)


def _claim_not_allowed_words(row: _Claim) -> Iterator[Words]:
    yield Words(
        place_of(row.statement, "not_applicable"),
        f"tiêu chí {row.leaf.code} không được đề nghị không áp dụng",
        "Bỏ đề nghị và nhập số liệu",
    )


def _claim_unreasoned(row: _Claim) -> int:
    return int(row.statement.not_applicable and row.leaf.may_be_claimed and not row.statement.text)


def _claim_unreasoned_words(row: _Claim) -> Iterator[Words]:
    yield Words(
        place_of(row.statement, "explanation"),
        f"đề nghị không áp dụng tiêu chí {row.leaf.code} chưa ghi lý do",
        "Ghi lý do ở cột Giải trình",
    )


def _claim_contradicted(row: _Claim) -> int:
    statement = row.statement
    return int(statement.not_applicable and (bool(statement.facts) or statement.points is not None))


def _claim_contradicted_words(row: _Claim) -> Iterator[Words]:
    stated = "nhập số liệu" if row.statement.facts else "ghi điểm"
    yield Words(
        place_of(row.statement, "not_applicable"),
        f"tiêu chí {row.leaf.code} vừa đề nghị không áp dụng vừa {stated}",
        f"Nếu trong năm không phát sinh, xóa phần đã {stated}; nếu có phát sinh, bỏ đề nghị",
    )


# --- the form as a whole ----------------------------------------------------------------------------------------------


def _empty(row: _Form) -> int:
    return int(row.empty)


def _empty_words(row: _Form) -> Iterator[Words]:
    yield Words(None, "phiếu tự đánh giá chưa có số liệu nào", "Nhập số liệu vào các ô màu vàng rồi gửi lại")


def _stray(row: _Stray) -> int:
    return 1


def _stray_words(row: _Stray) -> Iterator[Words]:
    place = place_of(row.statement, *(f"fact:{id}" for id in row.statement.facts), "points")
    yield Words(place, f"tiêu chí {row.statement.code} {row.why}", "Xóa phần đã nhập ở tiêu chí này")


CHECKS: Checks = (
    Check(
        "form_empty",
        _Form,
        _CRITICAL,
        "phiếu có số liệu",
        "Nhập số liệu rồi gửi lại",
        _empty,
        _empty_words,
    ),
    Check(
        "stray",
        _Stray,
        _CRITICAL,
        "đơn vị chỉ tự chấm tiêu chí của mình",
        "Xóa phần đã nhập",
        _stray,
        _stray_words,
    ),
    Check(
        "facts_missing",
        _Claim,
        _CRITICAL,
        "mỗi tiêu chí có đủ số liệu, hoặc giải trình, hoặc đề nghị không áp dụng",
        "Bổ sung số liệu",
        _facts_missing,
        _facts_missing_words,
    ),
    Check(
        "only_explained",
        _Claim,
        _WARNING,
        "mỗi tiêu chí có số liệu",
        "Bổ sung số liệu nếu có",
        _only_explained,
        _only_explained_words,
    ),
    Check(
        "facts_senseless",
        _Claim,
        _CRITICAL,
        "số liệu hợp lý theo quy tắc tính điểm",
        "Kiểm tra lại số liệu",
        _facts_senseless,
        _facts_senseless_words,
    ),
    Check(
        "date_ahead",
        _Claim,
        _WARNING,
        "không ngày nào ở tương lai",
        "Kiểm tra lại ngày",
        _date_ahead,
        _date_ahead_words,
    ),
    Check(
        "changed",
        _Claim,
        _WARNING,
        "số liệu không thay đổi quá mức so với năm trước",
        "Kiểm tra lại số liệu",
        _changed,
        _changed_words,
    ),
    Check(
        "points_outside",
        _Claim,
        _CRITICAL,
        "điểm tự chấm từ 0 đến điểm tối đa",
        "Nhập lại điểm",
        _points_outside,
        _points_outside_words,
    ),
    Check(
        "points_differ",
        _Claim,
        _CRITICAL,
        "điểm tự chấm bằng điểm tính từ số liệu",
        "Sửa số liệu hoặc điểm",
        _points_differ,
        _gap_words,
    ),
    Check(
        "points_rounded",
        _Claim,
        _INFO,
        "điểm tự chấm không làm tròn",
        "Giữ công thức của biểu mẫu",
        _points_rounded,
        _gap_words,
    ),
    Check(
        "maximum_changed",
        _Claim,
        _CRITICAL,
        "điểm tối đa giữ nguyên",
        "Ghi lại điểm tối đa theo bộ tiêu chí",
        _maximum_changed,
        _maximum_words,
    ),
    Check(
        "unproved",
        _Claim,
        _CRITICAL,
        "điểm có tài liệu kiểm chứng hoặc giải trình",
        "Bổ sung tài liệu hoặc giải trình",
        _unproved,
        _unproved_words,
    ),
    Check(
        "claim_not_allowed",
        _Claim,
        _CRITICAL,
        "chỉ đề nghị không áp dụng nơi bộ tiêu chí cho phép",
        "Bỏ đề nghị và nhập số liệu",
        _claim_not_allowed,
        _claim_not_allowed_words,
    ),
    Check(
        "claim_unreasoned",
        _Claim,
        _CRITICAL,
        "đề nghị không áp dụng có lý do",
        "Ghi lý do ở cột Giải trình",
        _claim_unreasoned,
        _claim_unreasoned_words,
    ),
    Check(
        "claim_contradicted",
        _Claim,
        _CRITICAL,
        "không vừa đề nghị không áp dụng vừa nêu số liệu",
        "Giữ lại một",
        _claim_contradicted,
        _claim_contradicted_words,
    ),
    *EVIDENCE_CHECKS,
    *CROSS_CHECKS,
)
