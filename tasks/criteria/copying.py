"""A set → the same set for another year: deadlines, dates and years moved on, everything that was moved listed.

A deadline keeps its day and month; on a day off it moves to the next working day of the province. What was decided in
the past (the deciding document, references to the law, numbers of documents, periods of programmes) stays.
Source: Bộ luật Dân sự 2015, Điều 148, khoản 5; models/working_days.py.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from models.criteria.facts import read_date
from models.findings import Finding, RefusedError, has_critical, refusal
from models.province.calendar import calendar_of
from models.province.changed_files import check_changed
from models.province.folder import Province
from models.province.plain_files import read_plain
from models.province.yaml_editing import UneditableError, edited
from models.province.yaml_files import YamlFile, composed, values_of
from models.working_days import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from tasks.criteria.as_workbook import file_of_set, year_in, year_of_set
from tasks.editing.changing import CheckedChanges, FileChange

_KEPT = frozenset({"issued_by", "reference", "days_off", "days_worked", "code", "kind"})
_WORDS = {
    "id": "mã bộ tiêu chí",
    "title": "tên bộ tiêu chí",
    "years": "năm áp dụng",
    "deadline": "hạn",
    "earliest": "ngày sớm nhất",
    "latest": "ngày muộn nhất",
    "name": "tên",
    "label": "tên số liệu",
    "value": "tên số liệu",
    "numerator": "tử số",
    "denominator": "mẫu số",
    "what": "đối chiếu",
}
_MONTH_AND_DAY = re.compile(r"\d{2}-\d{2}")
_IN_TEXT = re.compile(
    r"(?P<kept>"
    r"\d+/(?:\d{4}/)?[A-ZĐ][\wĐ\-]*(?:[^;.]{0,20}?ngày \d{1,2}(?:/\d{1,2}/| tháng \d{1,2} năm )\d{4})?"  # a document
    r"|\b(?:Luật|Bộ luật|Hiến pháp|Pháp lệnh)\b[^;.]{0,80}?\bnăm \d{4}"
    r"|\b20\d\d\s*[-–—]\s*20\d\d\b)"  # a period of a programme
    r"|(?<![\d/])(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<of>20\d\d)(?![\d/])"
    r"|(?<![\d/.,-])(?P<year>20\d\d)(?![\d/]|[.,]\d)"
)


class MovedDate(NamedTuple):
    """One place that says another day or year: its line in the new file, of what, and both as they are written."""

    line: int
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class CopiedSet:
    """A new set, not written yet."""

    file: str
    from_year: int
    to_year: int
    moved: tuple[MovedDate, ...]
    checked: CheckedChanges


class _Move(NamedTuple):
    path: tuple[str | int, ...]
    before: str
    after: str


def copied_set(province: Province, old: str, new: str, year: int | None = None) -> CopiedSet:
    """The file of a set for another year.

    Args:
        old: the id of the set.
        new: the id of the copy.
        year: its index year; None where the id says it.

    Raises:
        RefusedError: no such set, one of the new id is there already, no year, or the copy does not pass its check.
    """
    name = file_of_set(province, old)
    target = f"criteria/{new}.yaml"
    if new in province.criteria_sets or (province.folder / target).exists():
        raise refusal(target, f"đã có bộ tiêu chí “{new}”", "Đặt mã khác cho bộ mới, hoặc xóa tệp này trước")
    to_year = year or year_in(new)
    if to_year is None or not FIRST_YEAR <= to_year <= LAST_YEAR:
        raise refusal(target, f"mã “{new}” không cho biết năm", "Đặt mã có năm, ví dụ so-2026, hoặc ghi --year")
    from_year = year_of_set(province, old)
    text = read_plain(province.folder / name).decode("utf-8-sig")
    values, _ = values_of(text, name)
    wanted, moves = moved_values(values, from_year, to_year, calendar_of(province.config))
    wanted["id"] = new
    moves = [_Move(("id",), old, new), *moves]
    content, file = _written(text, wanted, target)
    findings = _checked(province.folder, target, content)
    moved = tuple(MovedDate(file.line(path), _said_of(wanted, path), before, after) for path, before, after in moves)
    return CopiedSet(target, from_year, to_year, moved, CheckedChanges([FileChange(target, content, True)], findings))


def _written(text: str, wanted: Mapping[str, Any], target: str) -> tuple[bytes, YamlFile]:
    try:
        written = edited(text, wanted, target)
    except UneditableError as uneditable:
        what = "bộ tiêu chí cũ dùng neo (&, *) hoặc nhãn (!) nên không dời được từng giá trị"
        raise refusal(target, what, "Bỏ neo, nhãn trong tệp ấy rồi chép lại") from uneditable
    return written.encode(), YamlFile(target, composed(written, target)[0])


def _checked(folder: Path, target: str, content: bytes) -> list[Finding]:
    province, findings = check_changed(folder, {target: content})
    if province is None:
        raise RefusedError([each for each in findings if has_critical([each])])
    return [finding for finding in findings if finding.file == target]


def moved_values(
    values: Mapping[str, Any], from_year: int, to_year: int, calendar: WorkingCalendar
) -> tuple[dict[str, Any], list[_Move]]:
    """What the file of a set says, for another year; and every place that says something else then.

    Args:
        values: of the whole file.
        from_year, to_year: index years.
        calendar: working days of the province; beyond the years that it knows no deadline is moved off a day off.
    """
    moves: list[_Move] = []
    mover = _Mover(from_year, to_year, calendar, moves)
    moved = {name: mover.value(value, (name,)) for name, value in values.items()}
    return moved, moves


class _Mover:
    """Moves values by some years, and notes where."""

    def __init__(self, from_year: int, to_year: int, calendar: WorkingCalendar, moves: list[_Move]) -> None:
        self.years = to_year - from_year
        self.from_year = from_year
        self.calendar = calendar
        self.moves = moves

    def value(self, value: Any, path: tuple[str | int, ...]) -> Any:
        """A value, moved."""
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        if name in _KEPT:
            return value
        match value:
            case Mapping():
                return self._mapping(value, path)
            case list():
                return [self.value(item, (*path, place)) for place, item in enumerate(value)]
            case date():
                return self._noted(path, value, self.day(value, name), _said_day)
            case str() if name == "deadline" and not _MONTH_AND_DAY.fullmatch(value):
                return self._deadline(value, path)
            case str() if path != ("id",):
                return self._noted(path, value, self.text(value), str)
            case int() if path[0] == "years":
                return self._noted(path, value, value + self.years, str)
        return value

    def _mapping(self, value: Mapping[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
        moved = {name: self.value(inner, (*path, name)) for name, inner in value.items()}
        deadline, latest = moved.get("deadline"), moved.get("latest")
        if isinstance(deadline, date) and isinstance(latest, date) and latest < deadline <= _later(latest, 14):
            # The last day that makes sense goes with a deadline that a day off moved beyond it.
            at = next(place for place, move in enumerate(self.moves) if move.path == (*path, "latest"))
            self.moves[at] = self.moves[at]._replace(after=_said_day(deadline))
            moved["latest"] = deadline
        return moved

    def _deadline(self, text: str, path: tuple[str | int, ...]) -> Any:
        try:
            day = read_date(text)
        except ValueError:
            return text
        return self._noted(path, day, self.day(day, "deadline"), _said_day)

    def day(self, day: date, name: str) -> date:
        """A day so many years later; a deadline on a day off on the next working day."""
        year = day.year + self.years
        moved = date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
        known = FIRST_YEAR <= moved.year < LAST_YEAR
        return self.calendar.next_working_day(moved) if name == "deadline" and self.years and known else moved

    def text(self, text: str) -> str:
        """A text with the years around the index year moved, but those of documents, laws and periods."""
        return _IN_TEXT.sub(self._in_text, text)

    def _in_text(self, match: re.Match[str]) -> str:
        if match["kept"]:
            return match[0]
        year = int(match["year"] or match["of"])
        if abs(year - self.from_year) > 1:
            return match[0]
        if match["year"]:
            return str(year + self.years)
        day, month = int(match["day"]), int(match["month"])
        try:
            date(year, month, day)
        except ValueError:
            return match[0]
        last = min(day, monthrange(year + self.years, month)[1])
        shown = match["day"] if last == day else str(last)
        return f"{shown}{match['sign']}{match['month']}{match['sign']}{year + self.years}"

    def _noted(self, path: tuple[str | int, ...], before: Any, after: Any, said: Callable[[Any], str]) -> Any:
        if after != before:
            self.moves.append(_Move(path, said(before), said(after)))
        return after


def _later(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)


def _said_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _said_of(values: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
    """Of what a place of a set speaks: the part with the nearest code, and the name."""
    code = ""
    at: Any = values
    for step in path:
        at = at[step]
        if isinstance(at, Mapping) and "code" in at:
            code = str(at["code"])
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    word = _WORDS.get(name, name)
    return f"{code}, {word}" if code else word
