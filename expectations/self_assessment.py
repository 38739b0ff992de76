"""What a good self-assessment is: every leaf answered, facts that make sense, points that follow from them, evidence.

Source: docs/maths.md, 2.9 (surveys are never self-scored), 5 (not applicable); docs/process.md, 6 (evidence or an
explanation); docs/process.md, 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from expectations.checking import CheckedRow, Suite, Words, check, check_forms, expect, place_of
from expectations.cross_checks import CROSS_CHECKS, Facts, compared, declared
from expectations.evidence import EVIDENCE_CHECKS, EvidenceSpan, documents_of
from expectations.points import NOISE, maximum_changed, millionths, outside_words, points_said, settled, within
from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.rules.base import Awarded
from models.criteria.sets import CriteriaSet, Evidence, Leaf, Source
from models.findings import Finding, Severity
from models.numbers import HUNDRED, ZERO, plain, printed, vietnamese_number
from models.province.rounds import RankingRule
from models.records.submissions import Statement
from models.units import Unit

_CRITICAL, _WARNING, _INFO = Severity
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
        ranking: how the round rounds the points of a leaf.
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
    ranking: RankingRule = field(default_factory=RankingRule)


class SelfAssessmentForm(NamedTuple):
    """A form as a whole; `answered` says whether it states anything at all."""

    file: int
    answered: bool


class Stray(NamedTuple):
    """A statement that is not the unit's to make; the leaf is None where the criteria set has no such leaf."""

    file: int
    statement: Statement
    leaf: Leaf | None

    @property
    def scored_by(self) -> str:
        """Who states the facts of the leaf for this unit; empty where nobody does."""
        return "" if self.leaf is None or self.leaf.source is Source.SELF else self.leaf.source.value


class LeafClaim(NamedTuple):
    """What a unit claims for one leaf.

    Attributes:
        missing: how many of the facts that are needed are not stated.
        outcome: what follows from the facts, its points as the round counts them; None while one is missing.
        gap: by how many millionths the points differ from those that follow; None where they are not compared.
    """

    file: int
    statement: Statement
    leaf: Leaf
    form: SelfAssessment
    missing: int
    outcome: Awarded | None
    gap: int | None

    # facts

    @property
    def facts_missing(self) -> int | None:
        """How many facts are missing, unless it is claimed that no case arose, or only an explanation is given."""
        statement = self.statement
        return None if statement.not_applicable or (statement.text and not statement.facts) else self.missing or None

    @property
    def facts_beside_explanation(self) -> int | None:
        """How many facts stand beside an explanation."""
        return len(self.statement.facts) if self.statement.text and not self.statement.not_applicable else None

    @property
    def problem(self) -> str | None:
        """What the rule says against the facts."""
        return self.outcome.problem.what if self.outcome and self.outcome.problem else None

    @property
    def days(self) -> list[tuple[FactField, date]]:
        """The dates of a leaf that are stated, in the order of its facts."""
        stated = self.statement.facts
        asked = [fact for fact in self.leaf.rule.fields if fact.kind is FactKind.DATE]
        return [
            (fact, date.fromisoformat(stated[fact.id]))
            for fact in asked
            if stated.get(fact.id, NEVER_DONE) != NEVER_DONE
        ]

    @property
    def latest_day(self) -> date | None:
        """The latest date of the leaf; None where it has none."""
        return max((day for _, day in self.days), default=None)

    @property
    def facts_moved(self) -> int | None:
        """How many facts lie farther from last year's than is usual."""
        return sum(1 for _ in self.moved()) or None

    def moved(self) -> Iterator[tuple[FactField, Decimal, Decimal]]:
        """The facts that lie farther from last year's than is usual: then, and now."""
        before = self.form.last_year.get(self.leaf.code)
        if not before:
            return
        for fact in self.leaf.rule.fields:
            if fact.kind in _NUMBERS and fact.id in before and fact.id in self.statement.facts:
                then, now = Decimal(before[fact.id]), Decimal(self.statement.facts[fact.id])
                if self.form.criteria_set.changes.noted(self.leaf.code, then, now):
                    yield fact, then, now

    # points

    @property
    def points(self) -> Decimal | None:
        """The points claimed, unless it is claimed that no case arose."""
        points = self.statement.points
        return None if points is None or self.statement.not_applicable else settled(points, self.leaf.max)

    @property
    def rounding(self) -> int | None:
        """The gap, where it is what printing two decimals leaves."""
        return self.gap if self.gap is not None and NOISE < self.gap <= _ROUNDED else None

    @property
    def proofs(self) -> int | None:
        """How many documents and explanations stand beside points that are to have one; no points need none."""
        return self._proofs if self.leaf.evidence is Evidence.REQUIRED else None

    @property
    def strict_proofs(self) -> int | None:
        """The same beside points that the set does not take without one."""
        return self._proofs if self.leaf.evidence is Evidence.STRICT else None

    @property
    def documents(self) -> int | None:
        """How many documents stand beside points that count only with one."""
        for_points = self.leaf.evidence is Evidence.REQUIRED_FOR_POINTS and self._proofs is not None
        return len(self.statement.evidence) if for_points else None

    @property
    def _proofs(self) -> int | None:
        statement = self.statement
        if statement.not_applicable or not (self.outcome and (self.outcome.points or self.leaf.rule.compares_units)):
            return None
        return len(statement.evidence) + bool(statement.text)

    # claims that no case arose

    @property
    def may_be_claimed(self) -> bool | None:
        """Whether the criteria set lets units claim what this one does."""
        return self.leaf.may_be_claimed if self.statement.not_applicable else None

    @property
    def reason(self) -> str | None:
        """The reason of a claim that is allowed."""
        return self.statement.text if self.may_be_claimed else None

    @property
    def stated_beside_claim(self) -> int | None:
        """How many facts and points stand beside a claim."""
        statement = self.statement
        return len(statement.facts) + (statement.points is not None) if statement.not_applicable else None


def check_self_assessments(forms: Sequence[SelfAssessment]) -> list[list[Finding]]:
    """Check the self-assessments of a batch; one list of findings a form."""
    return check_forms(SUITE, forms, _rows, lambda form: declared(form.criteria_set.id, form.criteria_set.checks))


def states_anything(statement: Statement) -> bool:
    """Whether a statement says anything."""
    said = statement.facts or statement.not_applicable or statement.text or statement.evidence
    return bool(said) or statement.points is not None


def _rows(file: int, form: SelfAssessment) -> Iterator[CheckedRow]:
    answered = any(map(states_anything, form.statements))
    yield SelfAssessmentForm(file, answered)
    if not answered:
        return
    leaves, unit = form.criteria_set.by_code, form.unit
    own: dict[str, Statement] = {}
    senseless: set[str] = set()
    for statement in form.statements:
        leaf = leaves.get(statement.code)
        if leaf is None or leaf.source is not Source.SELF or not leaf.applies_to(unit.code, unit.kind):
            if states_anything(statement):
                yield Stray(file, statement, leaf)
            continue
        claim = _claim(file, statement, leaf, form)
        yield claim
        yield from documents_of(file, statement, form.span)
        own[statement.code] = statement
        if claim.outcome and claim.outcome.problem:
            senseless.add(statement.code)
    yield from compared(file, "", form.criteria_set.checks, own, form.recorded, senseless)


def _claim(file: int, statement: Statement, leaf: Leaf, form: SelfAssessment) -> LeafClaim:
    facts = statement.facts
    missing = len(leaf.rule.missing(facts))
    outcome = None if missing else leaf.rule.points(facts, leaf.max, form.year)
    exact = outcome.points if outcome else None
    if outcome is None or exact is None:
        return LeafClaim(file, statement, leaf, form, missing, outcome, None)
    counted = form.ranking.counted_points(exact)
    gap = _gap(statement, leaf, exact, counted)
    return LeafClaim(file, statement, leaf, form, missing, outcome._replace(points=counted), gap)


def _gap(statement: Statement, leaf: Leaf, exact: Decimal, counted: Decimal) -> int | None:
    """Forms written before points were rounded show every digit; that is no difference."""
    claimed = statement.points
    if claimed is None or statement.not_applicable:
        return None
    if claimed == counted or abs(millionths(claimed - exact)) <= NOISE:
        return 0
    is_within = ZERO <= settled(claimed, leaf.max) <= leaf.max
    return abs(millionths(claimed - counted)) if is_within else None


# --- the form as a whole ----------------------------------------------------------------------------------------------


@check(
    _CRITICAL,
    "phiếu có số liệu",
    "Nhập số liệu rồi gửi lại",
    expect("ExpectColumnValuesToBeInSet", column="answered", value_set=[True]),
)
def form_empty(row: SelfAssessmentForm) -> Iterator[Words]:
    """The form states something."""
    yield Words(None, "phiếu tự đánh giá chưa có số liệu nào", "Nhập số liệu vào các ô màu vàng rồi gửi lại")


@check(
    _CRITICAL,
    "đơn vị chỉ tự chấm tiêu chí của mình",
    "Xóa phần đã nhập",
    expect("ExpectColumnValuesToBeInSet", column="scored_by", value_set=[Source.SELF.value]),
)
def stray(row: Stray) -> Iterator[Words]:
    """A unit scores what is its own to score."""
    if row.leaf is None:
        why = "không có trong bộ tiêu chí của kỳ"
    elif row.leaf.source is Source.SELF:
        why = "không áp dụng với đơn vị theo bộ tiêu chí"
    else:
        why = "do khảo sát hoặc cơ quan khác cung cấp, đơn vị không tự chấm"
    place = place_of(row.statement, *(f"fact:{id}" for id in row.statement.facts), "points")
    yield Words(place, f"tiêu chí {row.statement.code} {why}", "Xóa phần đã nhập ở tiêu chí này")


# --- facts ------------------------------------------------------------------------------------------------------------


@check(
    _CRITICAL,
    "mỗi tiêu chí có đủ số liệu, hoặc giải trình, hoặc đề nghị không áp dụng",
    "Bổ sung số liệu",
    expect("ExpectColumnValuesToBeNull", column="facts_missing"),
)
def facts_missing(row: LeafClaim) -> Iterator[Words]:
    """Every fact of a leaf is stated, unless the leaf is explained or claimed not to apply."""
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
        FactKind.COUNT: f"Nhập số lượng{zero}",
        FactKind.DATE: "Nhập ngày; chưa thực hiện thì ghi “không”",
        FactKind.YES_NO: "Chọn “có” hoặc “không”",
        FactKind.OPTION: "Chọn một phương án trong danh sách",
    }
    claim = "; nếu trong năm không phát sinh, đề nghị không áp dụng kèm lý do" if leaf.may_be_claimed else ""
    return f"{ways[fact.kind]}{claim}"


@check(
    _WARNING,
    "mỗi tiêu chí có số liệu",
    "Bổ sung số liệu nếu có",
    expect("ExpectColumnValuesToBeBetween", column="facts_beside_explanation", min_value=1),
)
def only_explained(row: LeafClaim) -> Iterator[Words]:
    """What is explained has facts too."""
    statement = row.statement
    if statement.points is None:
        what = f"tiêu chí {statement.code} chỉ có giải trình, không có số liệu nên chưa được tính điểm"
    else:
        what = f"tiêu chí {statement.code} nhập tay {points_said(statement.points)} điểm, không có số liệu để tính lại"
    yield Words(
        place_of(statement, "explanation"), what, "Bổ sung số liệu nếu có; nếu không, cơ quan thẩm định sẽ xem xét"
    )


@check(
    _CRITICAL,
    "số liệu hợp lý theo quy tắc tính điểm",
    "Kiểm tra lại số liệu",
    expect("ExpectColumnValuesToBeNull", column="problem"),
)
def facts_senseless(row: LeafClaim) -> Iterator[Words]:
    """The rule of the leaf has nothing against the facts."""
    assert row.outcome is not None
    assert row.outcome.problem is not None
    problem = row.outcome.problem
    place = place_of(row.statement, f"fact:{problem.fact}", "value")
    yield Words(place, f"tiêu chí {row.leaf.code}: {problem.what}", row.leaf.remedy_of(problem))


@check(
    _WARNING,
    "không ngày nào ở tương lai",
    "Kiểm tra lại ngày",
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="form.today", column_B="latest_day", or_equal=True),
)
def date_ahead(row: LeafClaim) -> Iterator[Words]:
    """No date lies after today."""
    for fact, day in row.days:
        if day > row.form.today:
            what = (
                f"tiêu chí {row.leaf.code}: “{fact.label}” là {fact.shown(row.statement.facts[fact.id])}, ở tương lai"
            )
            yield Words(place_of(row.statement, f"fact:{fact.id}"), what, "Kiểm tra lại ngày trên văn bản")


@check(
    _WARNING,
    "số liệu không thay đổi quá mức so với năm trước",
    "Kiểm tra lại số liệu",
    expect("ExpectColumnValuesToBeNull", column="facts_moved"),
)
def changed(row: LeafClaim) -> Iterator[Words]:
    """No figure lies farther from last year's than the criteria set declares as usual."""
    for fact, then, now in row.moved():
        moved = f"{'tăng' if now > then else 'giảm'} {_percent_said(abs(now - then) * HUNDRED / abs(then))}"
        figures = f"{fact.shown(plain(now))} so với {fact.shown(plain(then))} năm {row.form.year - 1}"
        what = f"tiêu chí {row.leaf.code}: “{fact.label}” là {figures}, {moved}"
        place = place_of(row.statement, f"fact:{fact.id}")
        yield Words(place, what, "Kiểm tra lại số liệu; nếu đúng, giải trình nguyên nhân")


def _percent_said(percent: Decimal) -> str:
    """A percentage with one decimal; beyond any sense, only that it is so."""
    return f"{vietnamese_number(str(printed(percent, 1)))}%" if percent < _SENSELESS_PERCENT else "rất nhiều lần"


# --- points -----------------------------------------------------------------------------------------------------------


@check(_CRITICAL, "điểm tự chấm từ 0 đến điểm tối đa", "Nhập lại điểm", *within("points", "leaf.max"))
def points_outside(row: LeafClaim) -> Iterator[Words]:
    """Points lie between 0 and the maximum."""
    yield from outside_words(row.statement, row.leaf.max, "điểm tự chấm", "points")


@check(
    _CRITICAL,
    "điểm tự chấm bằng điểm tính từ số liệu",
    "Sửa số liệu hoặc điểm",
    expect("ExpectColumnValuesToBeBetween", column="gap", max_value=_ROUNDED),
)
def points_differ(row: LeafClaim) -> Iterator[Words]:
    """Points follow from the facts."""
    yield from _gap_words(row)


@check(
    _INFO,
    "điểm tự chấm làm tròn như kỳ đánh giá quy định",
    "Giữ công thức của biểu mẫu",
    expect("ExpectColumnValuesToBeNull", column="rounding"),
)
def points_rounded(row: LeafClaim) -> Iterator[Words]:
    """Points are rounded as the round rounds them."""
    yield from _gap_words(row)


def _gap_words(row: LeafClaim) -> Iterator[Words]:
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


# --- evidence and claims ----------------------------------------------------------------------------------------------


@check(
    _WARNING,
    "điểm có tài liệu kiểm chứng hoặc giải trình",
    "Bổ sung tài liệu hoặc giải trình",
    expect("ExpectColumnValuesToBeBetween", column="proofs", min_value=1),
)
def unproved(row: LeafClaim) -> Iterator[Words]:
    """Points have a document or an explanation."""
    yield _unproved(row)


@check(
    _CRITICAL,
    "điểm có tài liệu kiểm chứng hoặc giải trình, nơi bộ tiêu chí ghi `evidence: strict`",
    "Bổ sung tài liệu hoặc giải trình",
    expect("ExpectColumnValuesToBeBetween", column="strict_proofs", min_value=1),
)
def unproved_where_strict(row: LeafClaim) -> Iterator[Words]:
    """Points that the set does not take unproved have a document or an explanation."""
    yield _unproved(row)


@check(
    _WARNING,
    "điểm có tài liệu kiểm chứng, nơi bộ tiêu chí ghi `evidence: required_for_points`",
    "Ghi tài liệu kiểm chứng hoặc gửi tệp minh chứng",
    expect("ExpectColumnValuesToBeBetween", column="documents", min_value=1),
)
def uncounted_without_document(row: LeafClaim) -> Iterator[Words]:
    """Points that count only with a document have one; files are not in the form."""
    yield Words(
        place_of(row.statement, "document/0", "document", "explanation", "points"),
        f"tiêu chí {row.leaf.code} chưa ghi tài liệu kiểm chứng; nếu cũng không gửi tệp thì không được tính điểm",
        "Ghi tên văn bản, số ký hiệu, ngày, trang, hoặc gửi tệp minh chứng của tiêu chí này",
    )


def _unproved(row: LeafClaim) -> Words:
    return Words(
        place_of(row.statement, "document/0", "document", "explanation", "points"),
        f"tiêu chí {row.leaf.code} chưa có tài liệu kiểm chứng và chưa có giải trình",
        "Ghi tên văn bản, số ký hiệu, ngày, trang; nếu không có tài liệu, giải trình cách tính",
    )


@check(
    _CRITICAL,
    "chỉ đề nghị không áp dụng nơi bộ tiêu chí cho phép",
    "Bỏ đề nghị và nhập số liệu",
    expect("ExpectColumnValuesToBeInSet", column="may_be_claimed", value_set=[True]),
)
def claim_not_allowed(row: LeafClaim) -> Iterator[Words]:
    """What is claimed not to apply may be claimed."""
    yield Words(
        place_of(row.statement, "not_applicable"),
        f"tiêu chí {row.leaf.code} không được đề nghị không áp dụng",
    )


@check(
    _CRITICAL,
    "đề nghị không áp dụng có lý do",
    "Ghi lý do ở cột Giải trình",
    expect("ExpectColumnValueLengthsToBeBetween", column="reason", min_value=1),
)
def claim_unreasoned(row: LeafClaim) -> Iterator[Words]:
    """What is claimed not to apply has its reason."""
    yield Words(
        place_of(row.statement, "explanation"),
        f"đề nghị không áp dụng tiêu chí {row.leaf.code} chưa ghi lý do",
    )


@check(
    _CRITICAL,
    "không vừa đề nghị không áp dụng vừa nêu số liệu",
    "Giữ lại một",
    expect("ExpectColumnValuesToBeBetween", column="stated_beside_claim", max_value=0),
)
def claim_contradicted(row: LeafClaim) -> Iterator[Words]:
    """What is claimed not to apply has neither facts nor points."""
    stated = "nhập số liệu" if row.statement.facts else "ghi điểm"
    yield Words(
        place_of(row.statement, "not_applicable"),
        f"tiêu chí {row.leaf.code} vừa đề nghị không áp dụng vừa {stated}",
        f"Nếu trong năm không phát sinh, xóa phần đã {stated}; nếu có phát sinh, bỏ đề nghị",
    )


SUITE = Suite(
    "self_assessment",
    "Phiếu tự đánh giá",
    (
        form_empty,
        stray,
        facts_missing,
        only_explained,
        facts_senseless,
        date_ahead,
        changed,
        points_outside,
        points_differ,
        points_rounded,
        maximum_changed(LeafClaim, "leaf.max"),
        unproved,
        unproved_where_strict,
        uncounted_without_document,
        claim_not_allowed,
        claim_unreasoned,
        claim_contradicted,
        *EVIDENCE_CHECKS,
        *CROSS_CHECKS,
    ),
    "Điểm của mỗi tiêu chí được làm tròn như kỳ đánh giá quy định (`points_decimals`); lệch không quá 0,005 chỉ được "
    "ghi chú. "
    "Tiêu chí 0 điểm không cần tài liệu kiểm chứng.",
)
