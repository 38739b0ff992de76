"""What a good appraisal is: points from 0 to the maximum, and a reason for every change; of an agency or the council.

Empty points keep what stands, so they are no fault unless the unit stated nothing.
Source: docs/process.md, 1 (appraisal, council); docs/maths.md, 5; docs/process.md, 6.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from expectations.checking import CheckedRow, Suite, Words, check, check_forms, expect, place_of
from expectations.points import NOISE, maximum_changed, millionths, outside_words, points_said, settled, within
from models.criteria.facts import FactProblem
from models.criteria.sets import Leaf
from models.findings import Finding, Severity
from models.forms.appraisal import APPRAISED, points_found
from models.forms.tables import fact_of_column
from models.numbers import MOST_DECIMALS, ZERO, printed
from models.records.submissions import Statement

_CRITICAL, _WARNING, _INFO = Severity
_FACT_COLUMNS = tuple(id for id in APPRAISED.by_id if fact_of_column(id))


class StandingLeaf(NamedTuple):
    """What a decision is compared with: what stands for the leaf before it.

    Attributes:
        unit: the unit's name.
        leaf: the leaf.
        points: as claimed (of the council: after appraisal), None where there are none.
        claims_not_applicable: whether the unit says that no case arose, and nobody above it has granted it yet.
        silent: whether the unit scores this leaf itself, sent its form, and said nothing about the leaf.
    """

    unit: str
    leaf: Leaf
    points: Decimal | None
    claims_not_applicable: bool
    silent: bool


class Decided(NamedTuple):
    """A row of the form and what it is compared with; None with the reason where it is not the sender's to decide."""

    statement: Statement
    standing: StandingLeaf | None
    why_not: str = ""
    senseless: FactProblem | None = None


def decided_by_facts(statement: Statement, standing: StandingLeaf, year: int) -> Decided:
    """A row with the points that follow from the facts that the appraiser found, or why they give none."""
    outcome = points_found(standing.leaf, statement.facts, year)
    if outcome is None:
        return Decided(statement, standing)
    if outcome.points is None:
        nothing = FactProblem("", "số liệu thẩm định cho biết không phát sinh", "Chọn chấp thuận không áp dụng")
        return Decided(statement, standing, senseless=outcome.problem or nothing)
    points = printed(outcome.points, MOST_DECIMALS)
    if statement.points is not None and printed(statement.points, 2) != printed(points, 2):
        what = f"điểm nhập {points_said(statement.points)} khác điểm theo số liệu thẩm định {points_said(points)}"
        return Decided(statement, standing, senseless=FactProblem("", what, "Xóa điểm, hoặc xóa số liệu thẩm định"))
    return Decided(replace(statement, points=points), standing)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One form of an appraising agency or the council.

    Attributes:
        file: its name.
        whose: whose points they are, as said in findings: `điểm thẩm định`, `điểm của Hội đồng`.
        decided: its rows.
    """

    file: str
    whose: str
    decided: Sequence[Decided]


class AppraisalForm(NamedTuple):
    """A form as a whole; `decides` says whether it decides anything."""

    file: int
    decides: bool


class Foreign(NamedTuple):
    """A decision that is not the sender's to make, and why."""

    file: int
    statement: Statement
    why: str


class Decision(NamedTuple):
    """A row of a form, with what it is compared with."""

    file: int
    statement: Statement
    standing: StandingLeaf
    whose: str
    senseless: FactProblem | None = None

    @property
    def problem_of_facts(self) -> str | None:
        """Why the facts that the appraiser found give no points."""
        return self.senseless.what if self.senseless else None

    @property
    def points(self) -> Decimal | None:
        """The points given."""
        points = self.statement.points
        return None if points is None else settled(points, self.standing.leaf.max)

    @property
    def misfit(self) -> FactProblem | None:
        """Why points within the maximum, other than those that stand, are none that the rule of the leaf gives."""
        leaf = self.standing.leaf
        if self.points is None or not ZERO <= self.points <= leaf.max:
            return None
        points = printed(self.points, MOST_DECIMALS)
        return None if points == self.standing.points else leaf.rule.misfit(points, leaf.max)

    @property
    def off_step(self) -> str | None:
        """What is wrong with points of a rule whose points are given directly."""
        return self.misfit.what if self.misfit and self.standing.leaf.rule.given_directly else None

    @property
    def between_levels(self) -> str | None:
        """What is wrong with points that follow from facts by the rule."""
        return self.misfit.what if self.misfit and not self.standing.leaf.rule.given_directly else None

    @property
    def points_beside_grant(self) -> Decimal | None:
        """The points given where it is granted too that no case arose."""
        return self.statement.points if self.statement.not_applicable else None

    @property
    def reason(self) -> str | None:
        """The reason, where what stands is changed, granted or refused."""
        statement, standing = self.statement, self.standing
        if not _decides(statement):
            return None
        if statement.not_applicable or statement.points is None or standing.claims_not_applicable:
            return statement.text
        changed = abs(millionths(statement.points) - millionths(standing.points or ZERO)) > NOISE
        return statement.text if changed else None

    @property
    def claim_is_answered(self) -> bool | None:
        """Whether the claim that no case arose, where there is one, is decided."""
        return _decides(self.statement) if self.standing.claims_not_applicable else None

    @property
    def grant_is_foreseen(self) -> bool | None:
        """Whether the criteria set lets units claim what is granted."""
        leaf = self.standing.leaf
        return leaf.may_be_claimed or leaf.rule.may_not_apply if self.statement.not_applicable else None

    @property
    def silence_is_answered(self) -> bool | None:
        """Whether something is decided where the unit said nothing."""
        silent = self.standing.silent and not self.standing.claims_not_applicable
        return _decides(self.statement) if silent else None

    def said(self, what: str) -> str:
        """A sentence about the unit and the leaf."""
        return f"{self.standing.unit}, tiêu chí {self.standing.leaf.code}: {what}"


def check_appraisals(forms: Sequence[Appraisal]) -> list[list[Finding]]:
    """Check the appraisals of a batch; one list of findings a form."""
    return check_forms(SUITE, forms, _rows)


def _rows(file: int, form: Appraisal) -> Iterator[CheckedRow]:
    yield AppraisalForm(file, any(_decides(row.statement) for row in form.decided))
    for statement, standing, why, senseless in form.decided:
        if standing is not None:
            yield Decision(file, statement, standing, form.whose, senseless)
        elif _decides(statement):
            yield Foreign(file, statement, why)


def _decides(statement: Statement) -> bool:
    return statement.points is not None or statement.not_applicable


@check(
    _INFO,
    "phiếu có điểm hoặc chấp thuận",
    "Kiểm tra có gửi nhầm phiếu trống",
    expect("ExpectColumnValuesToBeInSet", column="decides", value_set=[True]),
)
def form_empty(row: AppraisalForm) -> Iterator[Words]:
    """The form decides something."""
    what = "phiếu không thay đổi điểm nào, mọi điểm đang có được giữ nguyên"
    yield Words(None, what, "Không cần làm gì nếu đúng ý; nếu gửi nhầm phiếu trống, gửi lại phiếu đã thẩm định")


@check(
    _CRITICAL,
    "chỉ thẩm định tiêu chí được giao",
    "Xóa phần đã nhập",
    expect("ExpectColumnValuesToBeNull", column="why"),
)
def foreign(row: Foreign) -> Iterator[Words]:
    """The sender decides only what is its own to decide."""
    what = f"{row.statement.unit}, tiêu chí {row.statement.code}: {row.why}"
    yield Words(place_of(row.statement, "appraised", "not_applicable"), what, "Xóa phần đã nhập ở dòng này")


@check(
    _CRITICAL,
    "số liệu thẩm định đủ và tính ra điểm",
    "Sửa số liệu thẩm định, hoặc xóa và nhập điểm",
    expect("ExpectColumnValuesToBeNull", column="problem_of_facts"),
)
def facts_found_senseless(row: Decision) -> Iterator[Words]:
    """Facts that the appraiser found are all there, and give points by the rule."""
    if row.senseless:
        place = place_of(row.statement, f"fact:{row.senseless.fact}", *_FACT_COLUMNS, "appraised")
        yield Words(place, row.said(row.senseless.what), row.senseless.remedy)


@check(_CRITICAL, "điểm từ 0 đến điểm tối đa", "Nhập lại điểm", *within("points", "standing.leaf.max"))
def points_outside(row: Decision) -> Iterator[Words]:
    """Points lie between 0 and the maximum."""
    whose = f"{row.standing.unit}: {row.whose}"
    yield from outside_words(row.statement, row.standing.leaf.max, whose, "appraised")


@check(
    _CRITICAL,
    "điểm cho trực tiếp theo bước điểm của tiêu chí",
    "Nhập lại điểm",
    expect("ExpectColumnValuesToBeNull", column="off_step"),
)
def points_off_step(row: Decision) -> Iterator[Words]:
    """Points that a rule takes directly lie on its steps."""
    yield from _misfit_words(row)


@check(
    _WARNING,
    "điểm là một mức điểm của quy tắc",
    "Kiểm tra lại điểm",
    expect("ExpectColumnValuesToBeNull", column="between_levels"),
)
def points_between_levels(row: Decision) -> Iterator[Words]:
    """Points are some that facts can give by the rule."""
    yield from _misfit_words(row)


def _misfit_words(row: Decision) -> Iterator[Words]:
    if row.misfit:
        yield Words(place_of(row.statement, "appraised"), row.said(row.misfit.what), row.misfit.remedy)


@check(
    _CRITICAL,
    "không vừa cho điểm vừa chấp thuận không áp dụng",
    "Giữ lại một",
    expect("ExpectColumnValuesToBeNull", column="points_beside_grant"),
)
def points_and_grant(row: Decision) -> Iterator[Words]:
    """What is granted not to apply has no points."""
    what = row.said("vừa cho điểm vừa chấp thuận không áp dụng")
    yield Words(place_of(row.statement, "appraised"), what, "Xóa điểm, hoặc bỏ chấp thuận không áp dụng")


@check(
    _CRITICAL,
    "mọi thay đổi có lý do",
    "Ghi lý do ở cột Lý do thay đổi",
    expect("ExpectColumnValueLengthsToBeBetween", column="reason", min_value=1),
)
def reason_missing(row: Decision) -> Iterator[Words]:
    """Whatever is changed, granted or refused has its reason."""
    statement, standing = row.statement, row.standing
    if statement.not_applicable or statement.points is None:
        change = "chấp thuận không áp dụng"
    elif standing.claims_not_applicable:
        change = "cho điểm, không chấp thuận đề nghị không áp dụng,"
    else:
        before = "chưa có điểm" if standing.points is None else f"điểm đang có {points_said(standing.points)}"
        change = f"{row.whose} {points_said(statement.points)} khác với hồ sơ ({before}),"
    what = row.said(f"{change} mà chưa ghi lý do")
    yield Words(place_of(statement, "reason"), what)


@check(
    _WARNING,
    "mọi đề nghị không áp dụng được trả lời",
    "Chấp thuận hoặc cho điểm",
    expect("ExpectColumnValuesToBeInSet", column="claim_is_answered", value_set=[True]),
)
def claim_unanswered(row: Decision) -> Iterator[Words]:
    """Every claim that no case arose is decided."""
    what = row.said("đơn vị đề nghị không áp dụng mà chưa được trả lời")
    remedy = "Chấp thuận không áp dụng, hoặc cho điểm; cả hai đều ghi lý do"
    yield Words(place_of(row.statement, "not_applicable"), what, remedy)


@check(
    _WARNING,
    "chỉ chấp thuận không áp dụng nơi bộ tiêu chí cho phép",
    "Nêu căn cứ trong lý do",
    expect("ExpectColumnValuesToBeInSet", column="grant_is_foreseen", value_set=[True]),
)
def grant_unforeseen(row: Decision) -> Iterator[Words]:
    """What is granted not to apply may be claimed."""
    what = row.said("chấp thuận không áp dụng, trong khi bộ tiêu chí không cho phép đề nghị ở tiêu chí này")
    yield Words(place_of(row.statement, "not_applicable"), what, "Kiểm tra lại; nếu đúng, nêu căn cứ trong lý do")


@check(
    _WARNING,
    "có điểm nơi đơn vị không kê khai",
    "Cho điểm và ghi lý do",
    expect("ExpectColumnValuesToBeInSet", column="silence_is_answered", value_set=[True]),
)
def unit_silent(row: Decision) -> Iterator[Words]:
    """Something is decided where the unit said nothing."""
    what = row.said("đơn vị không kê khai, để trống thì được 0 điểm")
    yield Words(place_of(row.statement, "appraised"), what, "Cho điểm theo hồ sơ hiện có và ghi lý do, hoặc ghi 0")


SUITE = Suite(
    "appraisal",
    "Phiếu thẩm định, phiếu Hội đồng",
    (
        form_empty,
        foreign,
        facts_found_senseless,
        points_outside,
        points_off_step,
        points_between_levels,
        points_and_grant,
        maximum_changed(Decision, "standing.leaf.max"),
        reason_missing,
        claim_unanswered,
        grant_unforeseen,
        unit_silent,
    ),
    "Để trống điểm là giữ nguyên điểm đang có: điểm tự chấm khi thẩm định, điểm sau thẩm định khi Hội đồng quyết định.",
)
