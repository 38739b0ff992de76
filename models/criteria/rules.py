"""How a component gets its points: ten kinds of rule, written once, as data.

Each rule knows the facts it asks for, the points that follow from them, what is wrong when the facts make no sense, and
how to say itself in Vietnamese. Points follow from facts alone: no rule reads the clock, a file or the database.
Source of the kinds: domain/1-criteria-and-scoring.md, 1.4.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from typing_extensions import override

from models.criteria.facts import NEVER_DONE, FactField, FactKind, FactProblem, read_date
from models.numbers import EXACT, HUNDRED, MOST_DECIMALS, ZERO, plain, vietnamese_number

Points = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=MOST_DECIMALS)]
PositivePoints = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=MOST_DECIMALS)]
Bound = Annotated[Decimal, Field(max_digits=18, decimal_places=MOST_DECIMALS)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=MOST_DECIMALS)]
FactId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Days = Annotated[int, Field(strict=True, gt=0)]

_MONTH_AND_DAY = re.compile(r"(\d{2})-(\d{2})")
_A_YEAR = timedelta(days=366)
_YEARS = range(2000, 2101)


class Outcome(NamedTuple):
    """Points of a component, or why its facts give none: exactly one of the two is None."""

    points: Decimal | None
    problem: FactProblem | None = None


class RuleFault(NamedTuple):
    """What is wrong with a rule as written: the path inside the rule, what and what to do, in Vietnamese."""

    path: tuple[str | int, ...]
    what: str
    remedy: str


class Rule(BaseModel, ABC):
    """What every kind of rule can do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    @abstractmethod
    def fields(self) -> tuple[FactField, ...]:
        """The facts this rule asks for, in the order of the form."""

    @abstractmethod
    def sentence(self, maximum: Decimal, year: int) -> str:
        """The rule in Vietnamese, for guides and explanations, without a full stop."""

    @abstractmethod
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        """Points from facts of which none that is required is missing."""

    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """What is wrong with the rule as written, under this maximum."""
        return []

    def points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        """Points between 0 and `maximum` that follow from the facts, or what is wrong with them.

        Args:
            facts: canonical texts by fact id (see models/criteria/facts.py).
            maximum: the component's maximum, in points.
            year: the index year; deadlines without a year belong to it.
        """
        for field in self.fields:
            if field.required and field.id not in facts:
                return _problem(field.id, f"thiếu số liệu “{field.label}”", "Bổ sung số liệu này")
        return self._points(facts, maximum, year)


def _problem(fact: str, what: str, remedy: str) -> Outcome:
    return Outcome(None, FactProblem(fact, what, remedy))


def _said(value: Decimal) -> str:
    return vietnamese_number(plain(value))


def _share(maximum: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """maximum × part ÷ whole, rounded once."""
    return EXACT.multiply(maximum, part) / whole


def _above_maximum(points: Decimal, maximum: Decimal, path: tuple[str | int, ...]) -> list[RuleFault]:
    if points <= maximum:
        return []
    return [
        RuleFault(
            path,
            f"{_said(points)} điểm vượt điểm tối đa {_said(maximum)}",
            f"Sửa thành giá trị từ 0 đến {_said(maximum)}",
        )
    ]


def _twice(ids: list[str], path: str) -> list[RuleFault]:
    return [
        RuleFault((path, position, "id"), f"mã “{id}” lặp lại", "Đặt cho mỗi mục một mã riêng")
        for position, id in enumerate(ids)
        if id in ids[:position]
    ]


_NUMERATOR = "numerator"
_DENOMINATOR = "denominator"


def _ratio_fields(numerator: str, denominator: str) -> tuple[FactField, ...]:
    return (
        FactField(_NUMERATOR, numerator, FactKind.NUMBER),
        FactField(_DENOMINATOR, denominator, FactKind.NUMBER),
    )


def _ratio(facts: Mapping[str, str], part: str, whole: str, may_exceed: bool) -> tuple[Decimal, Decimal] | Outcome:
    """Numerator and denominator that make a ratio from 0 to 1 (or more, where allowed), or what is wrong with them."""
    numerator, denominator = Decimal(facts[_NUMERATOR]), Decimal(facts[_DENOMINATOR])
    if numerator < 0:
        return _problem(_NUMERATOR, f"tử số “{part}” là số âm ({_said(numerator)})", "Nhập số từ 0 trở lên")
    if denominator < 0:
        return _problem(_DENOMINATOR, f"mẫu số “{whole}” là số âm ({_said(denominator)})", "Nhập số lớn hơn 0")
    if denominator == 0:
        return _problem(
            _DENOMINATOR,
            f"mẫu số “{whole}” bằng 0 nên không tính được tỷ lệ",
            "Nếu trong năm không phát sinh, đề nghị không áp dụng; nếu có, nhập mẫu số đúng",
        )
    if numerator > denominator and not may_exceed:
        return _problem(
            _NUMERATOR,
            f"tử số “{part}” ({_said(numerator)}) lớn hơn mẫu số “{whole}” ({_said(denominator)})",
            "Kiểm tra lại hai số liệu; phần không thể lớn hơn tổng",
        )
    return numerator, denominator


class PointsRule(Rule):
    """Points given directly, in steps if a step is set."""

    kind: Literal["points"]
    step: PositivePoints | None = None
    label: Label = "Điểm"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField("points", self.label, FactKind.NUMBER),)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        steps = f", bước {_said(self.step)} điểm" if self.step else ""
        return f"Cho điểm trực tiếp từ 0 đến {_said(maximum)} điểm{steps}"

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        if self.step and maximum % self.step:
            return [
                RuleFault(
                    ("step",),
                    f"điểm tối đa {_said(maximum)} không chia hết cho bước {_said(self.step)}",
                    "Chọn bước là ước của điểm tối đa",
                )
            ]
        return []

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        points = Decimal(facts["points"])
        if not 0 <= points <= maximum:
            return _problem(
                "points",
                f"{_said(points)} điểm nằm ngoài khoảng từ 0 đến {_said(maximum)}",
                f"Nhập giá trị từ 0 đến {_said(maximum)}",
            )
        if self.step and points % self.step:
            return _problem(
                "points",
                f"{_said(points)} điểm không theo bước {_said(self.step)}",
                f"Nhập bội số của {_said(self.step)}",
            )
        return Outcome(points)


class BinaryRule(Rule):
    """All or nothing."""

    kind: Literal["binary"]
    label: Label = "Đạt yêu cầu"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField("done", self.label, FactKind.YES_NO),)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        return f"Đạt: {_said(maximum)} điểm; không đạt: 0 điểm"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        return Outcome(maximum if facts["done"] == "1" else ZERO)


class Option(BaseModel):
    """One named choice and its points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    points: Points


class OptionsRule(Rule):
    """Points of the choice that holds."""

    kind: Literal["options"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    label: Label = "Phương án"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        choices = tuple((option.id, option.label) for option in self.options)
        return (FactField("option", self.label, FactKind.OPTION, choices),)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        return "; ".join(f"{option.label}: {_said(option.points)} điểm" for option in self.options)

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        faults = _twice([option.id for option in self.options], "options")
        names = [{option.id.casefold(), option.label.casefold()} for option in self.options]
        for position, option in enumerate(self.options):
            if any(option.label.casefold() in earlier for earlier in names[:position]):
                faults.append(
                    RuleFault(
                        ("options", position, "label"),
                        f"phương án “{option.label}” trùng tên với phương án trước",
                        "Đặt cho mỗi phương án một tên riêng",
                    )
                )
        for position, option in enumerate(self.options):
            faults += _above_maximum(option.points, maximum, ("options", position, "points"))
        return faults

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        chosen = facts["option"]
        for option in self.options:
            if option.id == chosen:
                return Outcome(option.points)
        known = ", ".join(option.id for option in self.options)
        return _problem("option", f"không có phương án “{chosen}”", f"Chọn một trong: {known}")


class Tier(BaseModel):
    """A step of a scale. At most one bound: `over` >, `from` ≥, `under` <, `to` ≤; none on the last step."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    points: Points
    over: Bound | None = None
    from_: Annotated[Bound | None, Field(alias="from")] = None
    under: Bound | None = None
    to: Bound | None = None

    @cached_property
    def bound(self) -> Decimal | None:
        """The value of the only bound, None on the last step."""
        return next((value for value in (self.over, self.from_, self.under, self.to) if value is not None), None)

    @cached_property
    def bounds(self) -> int:
        """How many bounds are written."""
        return sum(value is not None for value in (self.over, self.from_, self.under, self.to))

    @cached_property
    def rises(self) -> bool:
        """Whether the step asks for a high value (`over`, `from`) rather than a low one."""
        return self.over is not None or self.from_ is not None

    def holds(self, value: Decimal, unit: Decimal) -> bool:
        """Whether value ÷ unit lies on this step; cross-multiplied, so exact at the bound. `unit` > 0."""
        if self.over is not None:
            return value > EXACT.multiply(self.over, unit)
        if self.from_ is not None:
            return value >= EXACT.multiply(self.from_, unit)
        if self.under is not None:
            return value < EXACT.multiply(self.under, unit)
        if self.to is not None:
            return value <= EXACT.multiply(self.to, unit)
        return True

    def said(self, unit: str, above: "Tier | None" = None) -> str:
        """The values on this step in words; between its own bound and that of the step above, where one is given."""
        if above is not None and above.bound is not None and self.bounds <= 1:
            return self._said_under(above, f"{_said(above.bound)}{unit}", unit)
        words = ((self.over, "trên"), (self.from_, "từ"), (self.under, "dưới"), (self.to, "đến"))
        for value, word in words:
            if value is not None:
                if word == "đến" and value == 0:
                    return f"bằng 0{unit}"
                tail = " trở lên" if word == "từ" else ""
                return f"{word} {_said(value)}{unit}{tail}"
        return "còn lại"

    def _said_under(self, above: "Tier", edge: str, unit: str) -> str:
        """The values on this step in words; `edge` is the bound of the step above."""
        if self.bound is None:
            if above.over is not None:
                return f"từ {edge} trở xuống"
            if above.from_ is not None:
                return f"dưới {edge}"
            return f"từ {edge} trở lên" if above.under is not None else f"trên {edge}"
        if self.bound == above.bound:
            return f"đúng {edge}"
        own = f"{_said(self.bound)}{unit}"
        if self.rises:
            low, high = "trên" if self.over is not None else "từ", "đến" if above.over is not None else "đến dưới"
            return f"{low} {own} {high} {edge}"
        low, high = "từ" if above.under is not None else "trên", "đến dưới" if self.under is not None else "đến"
        return f"{low} {edge} {high} {own}"


class Measured(StrEnum):
    """What tiers are of: a ratio in percent, or a number."""

    RATIO = "ratio"
    NUMBER = "number"


class TiersRule(Rule):
    """Points of the first step that holds, of a ratio in percent or of a number."""

    kind: Literal["tiers"]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=2)]
    of: Measured = Measured.RATIO
    numerator: Label = "Số đạt yêu cầu"
    denominator: Label = "Tổng số"
    value: Label = "Giá trị"
    unit: str = ""
    may_exceed: bool = False

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        if self.of is Measured.RATIO:
            return _ratio_fields(self.numerator, self.denominator)
        return (FactField("value", self.value, FactKind.NUMBER),)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        unit = "%" if self.of is Measured.RATIO else (f" {self.unit}" if self.unit else "")
        what = f"Tỷ lệ ({self.numerator} ÷ {self.denominator})" if self.of is Measured.RATIO else self.value
        above = (None, *self.tiers)
        steps = [
            f"{tier.said(unit, higher)}: {_said(tier.points)} điểm"
            for higher, tier in zip(above, self.tiers, strict=False)
        ]
        return f"{what} {'; '.join(steps)}"

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        faults: list[RuleFault] = []
        last = len(self.tiers) - 1
        for position, tier in enumerate(self.tiers):
            faults += _above_maximum(tier.points, maximum, ("tiers", position, "points"))
            if position == last and tier.bounds:
                faults.append(
                    RuleFault(
                        ("tiers", position),
                        "bậc cuối có cận nên còn giá trị không thuộc bậc nào",
                        "Thêm bậc cuối chỉ có points",
                    )
                )
            if position < last and tier.bounds != 1:
                faults.append(
                    RuleFault(
                        ("tiers", position),
                        "mỗi bậc (trừ bậc cuối) phải có đúng một cận",
                        "Ghi một trong: over (>), from (≥), under (<), to (≤)",
                    )
                )
        bounded = [(position, tier) for position, tier in enumerate(self.tiers) if tier.bounds == 1]
        for (_, upper), (position, lower) in pairwise(bounded):
            faults += self._overlap(upper, lower, position)
        for position in range(1, len(self.tiers)):
            if self.tiers[position].points >= self.tiers[position - 1].points:
                faults.append(
                    RuleFault(
                        ("tiers", position, "points"),
                        "điểm của bậc không thấp hơn bậc trước",
                        "Xếp các bậc theo điểm giảm dần",
                    )
                )
        return faults

    @staticmethod
    def _overlap(upper: Tier, lower: Tier, position: int) -> list[RuleFault]:
        """Whether the later of two neighbouring steps is already covered, wholly or in part out of order."""
        assert upper.bound is not None
        assert lower.bound is not None
        if upper.rises is not lower.rises:
            return [
                RuleFault(
                    ("tiers", position),
                    "các bậc chồng lấn: lẫn cận dưới (over, from) với cận trên (under, to)",
                    "Dùng một loại cận cho cả thang",
                )
            ]
        wider = lower.bound < upper.bound if upper.rises else lower.bound > upper.bound
        opens = lower.bound == upper.bound and (
            (upper.over is not None and lower.from_ is not None) or (upper.under is not None and lower.to is not None)
        )
        if wider or opens:
            return []
        return [
            RuleFault(
                ("tiers", position),
                f"bậc chồng lấn với bậc trước tại {_said(lower.bound)}",
                "Xếp cận giảm dần với over/from, tăng dần với under/to, không trùng nhau",
            )
        ]

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        if self.of is Measured.RATIO:
            ratio = _ratio(facts, self.numerator, self.denominator, self.may_exceed)
            if isinstance(ratio, Outcome):
                return ratio
            value, unit = EXACT.multiply(ratio[0], HUNDRED), ratio[1]
        else:
            value, unit = Decimal(facts["value"]), Decimal(1)
            if value < 0:
                return _problem("value", f"“{self.value}” là số âm ({_said(value)})", "Nhập số từ 0 trở lên")
        return Outcome(next((tier.points for tier in self.tiers if tier.holds(value, unit)), ZERO))


class ProportionalRule(Rule):
    """Ratio × maximum; below the floor nothing, above 100 % no more than the maximum.

    At exactly the floor the ratio counts; just under it the points fall to 0, as the national sets have it.
    Source: domain/1-criteria-and-scoring.md, 1.4 item 5.
    """

    kind: Literal["proportional"]
    floor: Percent = ZERO
    numerator: Label = "Số đạt yêu cầu"
    denominator: Label = "Tổng số"
    may_exceed: bool = False

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return _ratio_fields(self.numerator, self.denominator)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        below = f"; dưới {_said(self.floor)}%: 0 điểm" if self.floor else ""
        above = f"; tối đa {_said(maximum)} điểm" if self.may_exceed else ""
        return f"Tỷ lệ ({self.numerator} ÷ {self.denominator}) × {_said(maximum)} điểm{below}{above}"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        ratio = _ratio(facts, self.numerator, self.denominator, self.may_exceed)
        if isinstance(ratio, Outcome):
            return ratio
        numerator, denominator = ratio
        if EXACT.multiply(numerator, HUNDRED) < EXACT.multiply(self.floor, denominator):
            return Outcome(ZERO)
        return Outcome(min(maximum, _share(maximum, numerator, denominator)))


class LateStep(BaseModel):
    """Points for being late by at most so many days; without `days`, however late."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Points
    days: Days | None = None


class OnTimeRule(Rule):
    """The maximum in time, a part of it when late, nothing when never done.

    Source: domain/1-criteria-and-scoring.md, 1.4 item 2.
    """

    kind: Literal["on_time"]
    deadline: date | str
    late: tuple[LateStep, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    label: Label = "Ngày ban hành"

    @field_validator("deadline", mode="before")
    @classmethod
    def _a_day_of_the_calendar(cls, value: object) -> date | str:
        try:
            if isinstance(value, str) and (match := _MONTH_AND_DAY.fullmatch(value)):
                date(2001, int(match[1]), int(match[2]))
                return value
            day = value if isinstance(value, date) else read_date(str(value))
        except ValueError:
            day = date.min
        if day.year not in _YEARS:
            raise ValueError(
                f"hạn “{value}” phải là ngày có thật, dạng 2025-01-31, hoặc tháng-ngày cho mọi năm, dạng “01-31”"
            )
        return day

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField("date", self.label, FactKind.DATE),)

    def deadline_in(self, year: int) -> date:
        """The deadline of the index year."""
        if isinstance(self.deadline, date):
            return self.deadline
        month, day = self.deadline.split("-")
        return date(year, int(month), int(day))

    def period(self, year: int) -> tuple[date, date]:
        """First and last day that make sense: as set, else a year to each side of the deadline."""
        deadline = self.deadline_in(year)
        return self.earliest or deadline - _A_YEAR, self.latest or deadline + _A_YEAR

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        steps = [f"Đến hết ngày {self.deadline_in(year):%d/%m/%Y}: {_said(maximum)} điểm"]
        for position, step in enumerate(self.late):
            later = "chậm hơn" if position else "chậm"
            until = f"chậm không quá {step.days} ngày" if step.days else later
            steps.append(f"{until}: {_said(step.points)} điểm")
        if not self.late or self.late[-1].days:
            steps.append("chậm hơn: 0 điểm" if self.late else "chậm: 0 điểm")
        steps.append("không thực hiện: 0 điểm")
        return "; ".join(steps)

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        faults: list[RuleFault] = []
        for position, step in enumerate(self.late):
            faults += _above_maximum(step.points, maximum, ("late", position, "points"))
            before = self.late[position - 1] if position else None
            if before and (before.days is None or (step.days is not None and step.days <= before.days)):
                faults.append(RuleFault(("late", position), "các mức chậm chồng lấn", "Xếp theo số ngày chậm tăng dần"))
            if before and step.points >= before.points:
                faults.append(
                    RuleFault(
                        ("late", position, "points"),
                        "chậm hơn mà điểm không thấp hơn",
                        "Xếp các mức chậm theo điểm giảm dần",
                    )
                )
        if self.earliest and self.latest and self.earliest > self.latest:
            faults.append(RuleFault(("latest",), "latest trước earliest", "Sửa lại hai ngày"))
        elif isinstance(self.deadline, date):
            if self.earliest and self.earliest > self.deadline:
                faults.append(RuleFault(("earliest",), "earliest sau hạn nên không ai kịp hạn", "Sửa lại hai ngày"))
            if self.latest and self.latest < self.deadline:
                faults.append(RuleFault(("latest",), "latest trước hạn", "Sửa lại hai ngày"))
        return faults

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        if facts["date"] == NEVER_DONE:
            return Outcome(ZERO)
        done = date.fromisoformat(facts["date"])
        earliest, latest = self.period(year)
        if not earliest <= done <= latest:
            return _problem(
                "date",
                f"ngày {done:%d/%m/%Y} nằm ngoài kỳ từ {earliest:%d/%m/%Y} đến {latest:%d/%m/%Y}",
                "Kiểm tra lại ngày trên văn bản",
            )
        days_late = (done - self.deadline_in(year)).days
        if days_late <= 0:
            return Outcome(maximum)
        reached = (step.points for step in self.late if step.days is None or days_late <= step.days)
        return Outcome(next(reached, ZERO))


class ChecklistItem(BaseModel):
    """One item of a checklist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label


class ChecklistRule(Rule):
    """n of m items: the maximum shared among the items, so much an item, or only when all are there.

    Source: domain/1-criteria-and-scoring.md, 1.4 item 4.
    """

    kind: Literal["checklist"]
    items: Annotated[tuple[ChecklistItem, ...], Field(min_length=1)]
    each: PositivePoints | None = None
    all_required: bool = False

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return tuple(FactField(item.id, item.label, FactKind.YES_NO) for item in self.items)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        items = ", ".join(item.label for item in self.items)
        if self.all_required:
            return f"Đủ tất cả: {_said(maximum)} điểm, thiếu một mục: 0 điểm ({items})"
        if self.each:
            return f"Mỗi mục {_said(self.each)} điểm, tối đa {_said(maximum)} điểm ({items})"
        return f"Số mục đạt ÷ {len(self.items)} × {_said(maximum)} điểm ({items})"

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        faults = _twice([item.id for item in self.items], "items")
        if self.each and self.all_required:
            faults.append(RuleFault(("each",), "each và all_required loại trừ nhau", "Bỏ một trong hai"))
        if self.each and self.each * len(self.items) < maximum:
            faults.append(
                RuleFault(
                    ("each",),
                    f"đủ {len(self.items)} mục cũng chỉ được {_said(self.each * len(self.items))} điểm, "
                    f"chưa tới điểm tối đa {_said(maximum)}",
                    "Tăng each hoặc giảm max",
                )
            )
        return faults

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        done = sum(facts[item.id] == "1" for item in self.items)
        if self.all_required:
            return Outcome(maximum if done == len(self.items) else ZERO)
        if self.each:
            return Outcome(min(maximum, self.each * done))
        return Outcome(_share(maximum, Decimal(done), Decimal(len(self.items))))


class Case(BaseModel):
    """A kind of case that costs points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    points: PositivePoints


class DeductionRule(Rule):
    """The maximum less so much a case, never below 0.

    Source: domain/1-criteria-and-scoring.md, 1.4 item 9.
    """

    kind: Literal["deduction"]
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return tuple(FactField(case.id, case.label, FactKind.COUNT) for case in self.cases)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        cases = "; ".join(f"{case.label}: trừ {_said(case.points)} điểm mỗi trường hợp" for case in self.cases)
        return f"{_said(maximum)} điểm, trừ đến hết ({cases})"

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        return _twice([case.id for case in self.cases], "cases")

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        lost = ZERO
        for case in self.cases:
            count = read_count(facts[case.id])
            if count is None:
                return not_a_count(case.id, case.label, facts[case.id])
            lost += case.points * count
        return Outcome(max(ZERO, maximum - lost))


def read_count(text: str) -> Decimal | None:
    """A canonical number that counts cases (whole, not negative), or None."""
    count = Decimal(text)
    return count if count >= 0 and count == count.to_integral_value() else None


def not_a_count(fact: str, label: str, text: str) -> Outcome:
    """The problem of a canonical number that counts nothing."""
    what = f"{label}: {vietnamese_number(text)} không phải là số đếm (số nguyên từ 0 trở lên)"
    return _problem(fact, what, "Nhập số nguyên từ 0 trở lên")


_FORMS = "forms"


class Answer(BaseModel):
    """One answer of a questionnaire and the share of the maximum that it is worth, in percent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    weight: Percent


class SurveyRule(Rule):
    """Answers × weights averaged over the valid forms, or a mean over its scale.

    With `forms` the number of valid forms is stated too, and the answers must add up to it.
    Source: domain/1-criteria-and-scoring.md, 1.4 item 6 (A = 100 %, B = 60 %, C = 20 %, D = 0 %).
    """

    kind: Literal["survey"]
    answers: tuple[Answer, ...] = ()
    scale: PositivePoints | None = None
    scale_from: Bound = ZERO
    forms: bool = False

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        if self.scale is not None:
            return (FactField("mean", "Điểm trung bình khảo sát", FactKind.NUMBER),)
        answers = tuple(
            FactField(answer.id, f"Số phiếu trả lời “{answer.label}”", FactKind.COUNT) for answer in self.answers
        )
        return (*answers, FactField(_FORMS, "Tổng số phiếu hợp lệ", FactKind.COUNT)) if self.forms else answers

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        if self.scale is not None:
            return (
                f"Điểm trung bình khảo sát trên thang {_said(self.scale_from)}–{_said(self.scale)} "
                f"quy đổi ra {_said(maximum)} điểm"
            )
        weights = ", ".join(f"{answer.label} {_said(answer.weight)}%" for answer in self.answers)
        return f"Bình quân số phiếu hợp lệ theo trọng số ({weights}) × {_said(maximum)} điểm"

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        if bool(self.answers) is (self.scale is not None):
            return [RuleFault((), "cần đúng một trong answers và scale", "Ghi answers (phiếu) hoặc scale (thang điểm)")]
        if self.scale is not None and self.scale_from >= self.scale:
            return [RuleFault(("scale_from",), "scale_from không nhỏ hơn scale", "Sửa lại hai đầu thang điểm")]
        if self.forms and self.scale is not None:
            return [RuleFault(("forms",), "forms chỉ dùng cùng answers", "Bỏ forms, hoặc ghi answers thay cho scale")]
        if self.forms and any(answer.id == _FORMS for answer in self.answers):
            return [RuleFault(("forms",), f"mã “{_FORMS}” dành cho tổng số phiếu", "Đặt mã khác cho câu trả lời")]
        return _twice([answer.id for answer in self.answers], "answers")

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        if self.scale is not None:
            return self._of_mean(Decimal(facts["mean"]), self.scale, maximum)
        forms = worth = ZERO
        for answer in self.answers:
            count = read_count(facts[answer.id])
            if count is None:
                return not_a_count(answer.id, answer.label, facts[answer.id])
            forms += count
            worth += count * answer.weight
        if forms == 0:
            return _problem(self.answers[0].id, "không có phiếu hợp lệ nào", "Nhập số phiếu, hoặc để trống cả mục")
        if self.forms and Decimal(facts[_FORMS]) != forms:
            stated = vietnamese_number(facts[_FORMS])
            return _problem(
                _FORMS,
                f"tổng số phiếu trả lời ({_said(forms)}) khác tổng số phiếu hợp lệ ({stated})",
                "Đối chiếu lại số phiếu của từng phương án với tổng số phiếu hợp lệ",
            )
        return Outcome(_share(maximum, worth, forms * HUNDRED))

    def _of_mean(self, mean: Decimal, scale: Decimal, maximum: Decimal) -> Outcome:
        if not self.scale_from <= mean <= scale:
            return _problem(
                "mean",
                f"điểm trung bình {_said(mean)} nằm ngoài thang {_said(self.scale_from)}–{_said(scale)}",
                "Kiểm tra lại thang điểm của phiếu khảo sát",
            )
        return Outcome(_share(maximum, mean - self.scale_from, scale - self.scale_from))


class ExternalRule(Rule):
    """Another index scaled to the maximum, e.g. the service index of QĐ 766/QĐ-TTg of 100 points.

    Source: domain/1-criteria-and-scoring.md, 1.4 item 7.
    """

    kind: Literal["external"]
    index: Label
    scale: PositivePoints = HUNDRED

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField("value", self.index, FactKind.NUMBER),)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        return f"{self.index} ÷ {_said(self.scale)} × {_said(maximum)} điểm"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        value = Decimal(facts["value"])
        if not 0 <= value <= self.scale:
            return _problem(
                "value",
                f"{self.index}: {_said(value)} nằm ngoài thang 0–{_said(self.scale)}",
                "Kiểm tra lại giá trị và thang của chỉ số",
            )
        return Outcome(_share(maximum, value, self.scale))


AnyRule = Annotated[
    PointsRule
    | BinaryRule
    | OptionsRule
    | TiersRule
    | ProportionalRule
    | OnTimeRule
    | ChecklistRule
    | DeductionRule
    | SurveyRule
    | ExternalRule,
    Field(discriminator="kind"),
]

RULE_KINDS = (
    "points",
    "binary",
    "options",
    "tiers",
    "proportional",
    "on_time",
    "checklist",
    "deduction",
    "survey",
    "external",
)
