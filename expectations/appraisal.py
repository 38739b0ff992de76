"""What a good appraisal is: points from 0 to the maximum, and a reason for every change; of an agency or the council.

Empty points keep what stands, so they are no fault unless the unit stated nothing.
Source: docs/process.md, 1 (appraisal, council); docs/maths.md, 5; docs/process.md, 6.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from models.criteria.sets import Leaf
from models.findings import Finding, Severity
from models.numbers import ZERO
from models.records.submissions import Statement

_CRITICAL, _WARNING, _INFO = Severity
_NOISE = 1  # millionths: what a spreadsheet's binary numbers may leave


class Standing(NamedTuple):
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
    standing: Standing | None
    why_not: str = ""


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


class _Form(NamedTuple):
    """A form as a whole: whether it decides nothing."""

    file: int
    empty: bool


class _Foreign(NamedTuple):
    """A decision that is not the sender's to make."""

    file: int
    statement: Statement
    why: str


class _Decision(NamedTuple):
    """A row of a form, with what it is compared with."""

    file: int
    statement: Statement
    standing: Standing
    whose: str


def check_appraisals(forms: Sequence[Appraisal]) -> list[list[Finding]]:
    """Check the appraisals of a batch; one list of findings a form."""
    rows: list[Row] = []
    for file, form in enumerate(forms):
        rows += _rows(file, form)
    return check_rows([form.file for form in forms], rows, CHECKS)


def _rows(file: int, form: Appraisal) -> Iterator[Row]:
    yield _Form(file, not any(_decides(row.statement) for row in form.decided))
    for statement, standing, why in form.decided:
        if standing is not None:
            yield _Decision(file, statement, standing, form.whose)
        elif _decides(statement):
            yield _Foreign(file, statement, why)


def _decides(statement: Statement) -> bool:
    return statement.points is not None or statement.not_applicable


def _subject(row: _Decision) -> str:
    return f"{row.standing.unit}, tiêu chí {row.standing.leaf.code}"


def _outside(row: _Decision) -> int:
    return outside(row.statement.points, row.standing.leaf.max)


def _outside_words(row: _Decision) -> list[Words]:
    return outside_words(row.statement, row.standing.leaf.max, f"{row.standing.unit}: {row.whose}", "appraised")


def _both(row: _Decision) -> int:
    return int(row.statement.points is not None and row.statement.not_applicable)


def _both_words(row: _Decision) -> Iterator[Words]:
    what = f"{_subject(row)}: vừa cho điểm vừa chấp thuận không áp dụng"
    yield Words(place_of(row.statement, "appraised"), what, "Xóa điểm, hoặc bỏ chấp thuận không áp dụng")


def _maximum(row: _Decision) -> int:
    return maximum_gap(row.statement, row.standing.leaf.max)


def _maximum_words(row: _Decision) -> list[Words]:
    return maximum_words(row.statement, row.standing.leaf.max)


def _unreasoned(row: _Decision) -> int:
    """Whether what stands is changed, granted or refused without a reason."""
    statement, standing = row.statement, row.standing
    if statement.text or not _decides(statement):
        return 0
    if statement.not_applicable or statement.points is None or standing.claims_not_applicable:
        return 1
    return int(abs(millionths(statement.points) - millionths(standing.points or ZERO)) > _NOISE)


def _unreasoned_words(row: _Decision) -> Iterator[Words]:
    statement, standing = row.statement, row.standing
    if statement.not_applicable or statement.points is None:
        change = "chấp thuận không áp dụng"
    elif standing.claims_not_applicable:
        change = "cho điểm, không chấp thuận đề nghị không áp dụng,"
    else:
        before = "chưa có điểm" if standing.points is None else f"điểm đang có {points_said(standing.points)}"
        change = f"{row.whose} {points_said(statement.points)} khác với hồ sơ ({before}),"
    what = f"{_subject(row)}: {change} mà chưa ghi lý do"
    yield Words(place_of(statement, "reason"), what, "Ghi lý do ở cột Lý do thay đổi")


def _unanswered(row: _Decision) -> int:
    return int(row.standing.claims_not_applicable and not _decides(row.statement))


def _unanswered_words(row: _Decision) -> Iterator[Words]:
    what = f"{_subject(row)}: đơn vị đề nghị không áp dụng mà chưa được trả lời"
    remedy = "Chấp thuận không áp dụng, hoặc cho điểm; cả hai đều ghi lý do"
    yield Words(place_of(row.statement, "not_applicable"), what, remedy)


def _unforeseen(row: _Decision) -> int:
    return int(row.statement.not_applicable and not row.standing.leaf.may_be_claimed)


def _unforeseen_words(row: _Decision) -> Iterator[Words]:
    what = f"{_subject(row)}: chấp thuận không áp dụng, trong khi bộ tiêu chí không cho phép đề nghị ở tiêu chí này"
    yield Words(place_of(row.statement, "not_applicable"), what, "Kiểm tra lại; nếu đúng, nêu căn cứ trong lý do")


def _silent(row: _Decision) -> int:
    return int(row.standing.silent and not row.standing.claims_not_applicable and not _decides(row.statement))


def _silent_words(row: _Decision) -> Iterator[Words]:
    what = f"{_subject(row)}: đơn vị không kê khai, để trống thì được 0 điểm"
    yield Words(place_of(row.statement, "appraised"), what, "Cho điểm theo hồ sơ hiện có và ghi lý do, hoặc ghi 0")


def _foreign_words(row: _Foreign) -> Iterator[Words]:
    what = f"{row.statement.unit}, tiêu chí {row.statement.code}: {row.why}"
    yield Words(place_of(row.statement, "appraised", "not_applicable"), what, "Xóa phần đã nhập ở dòng này")


def _empty_words(row: _Form) -> Iterator[Words]:
    what = "phiếu không thay đổi điểm nào, mọi điểm đang có được giữ nguyên"
    yield Words(None, what, "Không cần làm gì nếu đúng ý; nếu gửi nhầm phiếu trống, gửi lại phiếu đã thẩm định")


CHECKS: Checks = (
    Check(
        "form_empty",
        _Form,
        _INFO,
        "phiếu có điểm hoặc chấp thuận",
        "Kiểm tra có gửi nhầm phiếu trống",
        lambda row: int(row.empty),
        _empty_words,
    ),
    Check(
        "foreign",
        _Foreign,
        _CRITICAL,
        "chỉ thẩm định tiêu chí được giao",
        "Xóa phần đã nhập",
        lambda _: 1,
        _foreign_words,
    ),
    Check(
        "points_outside",
        _Decision,
        _CRITICAL,
        "điểm từ 0 đến điểm tối đa",
        "Nhập lại điểm",
        _outside,
        _outside_words,
    ),
    Check(
        "points_and_grant",
        _Decision,
        _CRITICAL,
        "không vừa cho điểm vừa chấp thuận không áp dụng",
        "Giữ lại một",
        _both,
        _both_words,
    ),
    Check(
        "maximum_changed",
        _Decision,
        _CRITICAL,
        "điểm tối đa giữ nguyên",
        "Ghi lại điểm tối đa theo bộ tiêu chí",
        _maximum,
        _maximum_words,
    ),
    Check(
        "reason_missing",
        _Decision,
        _CRITICAL,
        "mọi thay đổi có lý do",
        "Ghi lý do ở cột Lý do thay đổi",
        _unreasoned,
        _unreasoned_words,
    ),
    Check(
        "claim_unanswered",
        _Decision,
        _WARNING,
        "mọi đề nghị không áp dụng được trả lời",
        "Chấp thuận hoặc cho điểm",
        _unanswered,
        _unanswered_words,
    ),
    Check(
        "grant_unforeseen",
        _Decision,
        _WARNING,
        "chỉ chấp thuận không áp dụng nơi bộ tiêu chí cho phép",
        "Nêu căn cứ trong lý do",
        _unforeseen,
        _unforeseen_words,
    ),
    Check(
        "unit_silent",
        _Decision,
        _WARNING,
        "có điểm nơi đơn vị không kê khai",
        "Cho điểm và ghi lý do",
        _silent,
        _silent_words,
    ),
)
