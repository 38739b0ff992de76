"""A day against a deadline or another day: `on_time`, `within`.

A deadline without a year holds for every year. Where no deadline is printed at all, in time, late and never are three
choices that somebody decides between: nothing else would be known.
"""

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from models.criteria.rules.lateness import LateStep
from models.criteria.rules.on_time import OnTimeRule
from models.criteria.rules.within import WithinRule
from models.numbers import ZERO
from tasks.criteria.rule_texts.choices import choices_of
from tasks.criteria.rule_texts.clauses import Clause, RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised

_IN_TIME = re.compile(
    r"(?<!không )(?<!chưa )(?:đúng (?:thời )?hạn|đúng thời gian|kịp thời|đúng tiến độ|trong (?:thời )?hạn)"
    r"|^(?:ban hành |gửi |báo cáo |hoàn thành |thực hiện |trình |có |phê duyệt )*"
    r"(?:trước(?: hoặc trong)?|chậm nhất|đến hết|đến|trong|hạn|muộn nhất|không (?:muộn|chậm) hơn)(?: là)? "
    r"(?:ngày|tháng|quý|\d)",
    re.IGNORECASE,
)
_LATE = re.compile(
    r"\b(?:chậm|muộn|quá hạn|trễ)\b|\b(?:không|chưa) (?:đúng (?:thời )?(?:hạn|gian)|kịp thời)|\bsau "
    r"(?:ngày|tháng|quý|\d)",
    re.IGNORECASE,
)
_MORE_ASKED = re.compile(r"\b(?:đầy đủ|đủ|thiếu|sai|nội dung|chất lượng|đúng (?:mẫu|quy định))\b", re.IGNORECASE)
_NEVER = re.compile(r"^(?:không|chưa) (?!đúng|kịp|đủ|quá|đạt)", re.IGNORECASE)
_DAY = re.compile(
    r"(?P<day>\d{1,2})(?:/(?P<month>\d{1,2})| tháng (?P<month_said>\d{1,2}))(?:(?:/| năm )(?P<year>\d{4}))?"
)
_MONTH = re.compile(
    r"trong (?:tháng (?P<month>\d{1,2})|quý (?P<quarter>I{1,3}V?|IV|[1-4]))(?:[/ ]+(?:năm )?(?P<year>\d{4}))?\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"trước(?: ngày)?\s*$", re.IGNORECASE)
_YEAR_BEFORE = re.compile(r"năm (?:trước|liền kề|kế hoạch)", re.IGNORECASE)
_DAYS = re.compile(
    r"(?:chậm|trễ|muộn|quá hạn)(?: (?:không quá|tối đa|đến|trong vòng|dưới|từ (?P<from>\d+)(?: ngày)? "
    r"(?:đến|-|–)))? (?P<days>\d+) ngày(?P<working> làm việc)?",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"(?:chậm|trễ|muộn|quá hạn)(?: hơn| (?:trên|quá|hơn) (?P<days>\d+) ngày| từ (?P<from>\d+) ngày trở lên)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"^trong (?:vòng )?(?P<days>\d+) ngày(?P<working> làm việc)?,? (?:kể từ|tính từ|sau khi|từ) (?P<start>.+)$",
    re.IGNORECASE,
)
_OF_YEAR = re.compile(r"(?:tháng|quý|năm) (?:[ivx]+|\d+)(?:[/ ]+(?:năm )?\d{4})?", re.IGNORECASE)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_ONE_DAY = timedelta(days=1)


class _Deadline(NamedTuple):
    """The last day in time, for one year or for each, and how it was taken where that is not plain."""

    day: date
    yearly: bool
    told: str = ""

    @property
    def written(self) -> str | date:
        return f"{self.day:%m-%d}" if self.yearly else self.day


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The rule of a day, where the first line is about being in time and the others about being late or never."""
    clauses = text.clauses
    if len(clauses) < 2 or any(clause.points is None or clause.formula for clause in clauses):
        return None
    first, *others = clauses
    if within := _WITHIN.match(first.said):
        return _within(within, first, others, text)
    if not _IN_TIME.search(first.said) or first.points != text.maximum or "%" in text.whole:
        return None
    if not all(_LATE.search(clause.said) or _NEVER.match(clause.said) for clause in others):
        return None
    late = [clause for clause in others if _LATE.search(clause.said)]
    never = [clause for clause in others if clause not in late]
    deadline = _deadline_in(first.said) or _deadline_in(text.name)
    if deadline is None or any(_MORE_ASKED.search(clause.said) for clause in clauses):
        choices = choices_of(text)
        why = "không ghi hạn cụ thể" if deadline is None else "ngoài hạn còn hỏi nội dung"
        return Recognised(choices, (f"{why} nên đọc là chọn một trong các mức",)) if choices else None
    if isinstance(deadline, str):
        return Doubt(deadline)
    if any(clause.points != ZERO for clause in never):
        return Doubt("không thực hiện mà vẫn có điểm")
    rule = OnTimeRule(kind="on_time", deadline=deadline.written)
    if not late:
        lenient = OnTimeRule(kind="on_time", deadline=deadline.written, late=(LateStep(points=text.maximum / 2),))
        return Doubt("chưa nói điểm khi thực hiện nhưng chậm", (rule, lenient))
    if (other := _other_day(late, first, deadline)) is not None:
        return Doubt(other, (rule,))
    steps = _late_steps(late)
    if isinstance(steps, str):
        return Doubt(steps, (rule,))
    return Recognised(rule.model_copy(update={"late": steps}), (deadline.told,) if deadline.told else ())


def _within(found: re.Match[str], first: Clause, others: Sequence[Clause], text: RuleText) -> Recognised | Doubt | None:
    """So many days after another day."""
    late = [clause for clause in others if _LATE.search(clause.said)]
    if first.points != text.maximum or any(clause.points != ZERO for clause in others if clause not in late):
        return None
    steps = _late_steps(late, working=bool(found["working"]))
    if isinstance(steps, str):
        return Doubt(steps)
    start = found["start"].strip()
    values = {
        "kind": "within",
        "days": int(found["days"]),
        "late": steps,
        "start": start[:1].upper() + start[1:],
        "working": bool(found["working"]),
    }
    return Recognised(WithinRule.model_validate(values))


def _deadline_in(text: str) -> _Deadline | str | None:
    """The deadline that a text names; why it is none; None where it names no day."""
    if month := _MONTH.search(text):
        number = _last_month(month)
        if not 1 <= number <= 12:
            return None
        year = int(month["year"]) if month["year"] else 0
        if _YEAR_BEFORE.search(text) and not year:
            return "hạn tính theo năm trước, không ghi năm cụ thể"
        last = calendar.monthrange(year or 2001, number)[1]
        return _Deadline(date(year or 2001, number, last), yearly=not year)
    days = list(_DAY.finditer(text))
    if len(days) != 1:
        return "có nhiều ngày trong một mức, không rõ ngày nào là hạn" if days else None
    (found,) = days
    year = int(found["year"]) if found["year"] else 0
    if _YEAR_BEFORE.search(text) and not year:
        return "hạn tính theo năm trước, không ghi năm cụ thể"
    try:
        day = date(year or 2001, int(found["month"] or found["month_said"]), int(found["day"]))
    except ValueError:
        return f"“{found[0]}” không phải là ngày có thật"
    if not _BEFORE.search(text[: found.start()]):
        return _Deadline(day, yearly=not year)
    if not year and (day.month, day.day) in ((1, 1), (3, 1)):
        return f"“trước ngày {found[0]}” không ghi năm nên không rõ ngày cuối cùng là ngày nào"
    day_before = day - _ONE_DAY
    told = f"“trước ngày {found[0]}” đọc là ngày cuối cùng đúng hạn: {day_before:%d/%m}"
    return _Deadline(day_before, not year, told)


def _late_steps(late: Sequence[Clause], *, working: bool = False) -> tuple[LateStep, ...] | str:
    """The steps of lateness; why they are not sure."""
    steps: list[LateStep] = []
    reached = 0
    for at, clause in enumerate(late):
        points = clause.points if clause.points is not None else ZERO
        later = _LATER.search(clause.said)
        days = None if later else _DAYS.search(clause.said)
        if days and bool(days["working"]) is not working:
            return "số ngày chậm tính theo ngày làm việc, hạn thì theo ngày lịch"
        if days and days["from"] and int(days["from"]) != reached + 1:
            return "các mức chậm không nối tiếp nhau"
        until = int(days["days"]) - ("dưới" in days[0].casefold()) if days else None
        if not (days or later) and re.search(r"\d", _OF_YEAR.sub("", _DAY.sub("", clause.said))):
            return f"không đọc được mức chậm “{clause.said}”"
        if (
            later
            and reached
            and any(later[name] and int(later[name]) - less != reached for name, less in (("days", 0), ("from", 1)))
        ):
            return "các mức chậm không nối tiếp nhau"
        if until is None and at < len(late) - 1:
            return "có mức chậm đứng sau mức chậm không giới hạn"
        reached = until or reached
        steps.append(LateStep(points=points, days=until))
    while steps and steps[-1].points == ZERO and steps[-1].days is None:
        steps.pop()
    return tuple(steps)


def _other_day(late: Sequence[Clause], first: Clause, deadline: _Deadline) -> str | None:
    """Why being late is counted from another day than the deadline; None where it is not, or no day is named."""
    known = {(found["day"], found["month"] or found["month_said"]) for found in _DAY.finditer(first.said)}
    for clause in late:
        days = {(found["day"], found["month"] or found["month_said"]) for found in _DAY.finditer(clause.said)}
        after = _MONTH.search(clause.said.casefold().replace("sau ", "trong "))
        month = _last_month(after) if after else deadline.day.month
        if (days - known and days != {(str(deadline.day.day), str(deadline.day.month))}) or month != deadline.day.month:
            return f"mức “{clause.said}” nói đến ngày khác với hạn"
    return None


def _last_month(found: re.Match[str]) -> int:
    """The last month of the month or quarter that was found."""
    return int(found["month"]) if found["month"] else _QUARTERS.get(found["quarter"].casefold(), 0) * 3
