"""CSV files of scores, facts and published indices → checked entries, or everything that is wrong with the file.

Serves the department that already has figures: appraisal results, exports of one-stop systems, decisions of years
before this system. A file is taken whole or not at all.
Source: docs/developers.md; survey leaves are never self-scored: docs/maths.md, 2.9.
"""

import csv
import io
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeVar

from models.criteria.facts import UnreadableFactError
from models.criteria.sets import BlockItem, CriteriaSet, Leaf, Source
from models.findings import Finding, RefusedError, Severity, has_critical, refusal
from models.forms.sources import ScoreSource
from models.numbers import (
    HUNDRED,
    MOST_DECIMALS,
    AmbiguousNumberError,
    UnreadableNumberError,
    canonical_number,
    decimals_of,
    plain,
    printed,
    said,
    spoken_number,
)
from models.province.csv_files import CsvFile, CsvRow
from models.province.folder import Province
from models.records.entries import FactEntry, HistoryEntry, ScoreEntry
from models.units import Unit
from models.wording import meant
from tasks.reading.isolation import ChildFailedError, children
from tasks.recording.history_checks import TypedResult, compare_typed

SCORE_COLUMNS = ("unit", "component", "source", "points")
SCORE_EXTRAS = ("not_applicable", "note")
FACT_COLUMNS = ("unit", "component", "fact", "value")
HISTORY_COLUMNS = ("year", "group", "unit", "index")
HISTORY_EXTRAS = ("max_points", "points", "rank", "grade")
_READ_CSV = "models.province.csv_files:read_csv"
_YEAR = re.compile(r"20\d\d|2100", re.ASCII)
_RANK = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_MOST_HINTS = 100  # a guess takes time; a file full of unknown codes gets no more of them
_MOST_POINTS = 1_000_000  # no criteria set comes near; anything above is no number of points
_BY_UNITS = "Dùng mã theo units.csv"
_BY_SET = "Dùng mã theo bộ tiêu chí"
_NUMBER_COLUMNS = ("points", "value", "max_points", "index", "rank", "numerator", "denominator")

Entry = TypeVar("Entry", bound=Hashable)
CurrentFacts = Mapping[tuple[str, str], Mapping[str, str]]


class Member(NamedTuple):
    """A unit that takes part in the round, and the set it is measured by."""

    unit: Unit
    criteria_set: CriteriaSet


@dataclass
class RowReader:
    """One file being checked: where findings gather, and who may be named in it."""

    shown_as: str
    members: dict[str, Member]
    findings: list[Finding] = field(default_factory=list)
    hints: dict[str, str] = field(default_factory=dict)
    lines: dict[Hashable, int] = field(default_factory=dict)

    def hint(self, code: str, guess: Callable[[], str], otherwise: str) -> str:
        """What was probably meant, guessed once for a code and for so many codes only."""
        if code not in self.hints:
            if len(self.hints) >= _MOST_HINTS:
                return otherwise
            self.hints[code] = guess()
        return self.hints[code]

    def refuse(self, row: CsvRow, what: str, remedy: str) -> None:
        """What stops the file."""
        self.findings.append(Finding(self.shown_as, row.line, what, remedy))

    def warn(self, row: CsvRow, what: str, remedy: str) -> None:
        """What a person should look at."""
        self.findings.append(Finding(self.shown_as, row.line, what, remedy, Severity.WARNING))

    def member(self, row: CsvRow) -> Member | None:
        """The unit of the row and its set; None with a finding where it takes no part in the round."""
        member = self.members.get(row.values["unit"])
        if member is None:
            self.refuse_unit(row, (member.unit for member in self.members.values()), " trong kỳ đánh giá")
        return member

    def unit(self, row: CsvRow, units: Mapping[str, Unit]) -> Unit | None:
        """The unit of the row; None with a finding where there is none."""
        unit = units.get(row.values.get("unit", ""))
        if unit is None:
            self.refuse_unit(row, units.values())
        return unit

    def refuse_unit(self, row: CsvRow, units: Iterable[Unit], where: str = "") -> None:
        """The row names none of these units; say which was probably meant."""
        code = row.values.get("unit", "")
        remedy = self.hint(f"unit {code}", lambda: meant_unit(code, units), _BY_UNITS)
        self.refuse(row, f"không có đơn vị “{code}”{where}", remedy)

    def line_before(self, row: CsvRow, key: Hashable) -> int | None:
        """The line of an earlier row that says something of the same; None where this one is the first."""
        line = self.lines.setdefault(key, row.line)
        return None if line == row.line else line


def meant_unit(code: str, units: Iterable[Unit]) -> str:
    """The code that was probably meant, found by name, alias or likeness."""
    wanted = code.casefold()
    codes: list[str] = []
    for unit in units:
        if wanted in {name.casefold() for name in (unit.name, *unit.aliases)}:
            return f"Ghi mã “{unit.code}” thay cho tên đơn vị"
        codes.append(unit.code)
    return f"{meant(code, codes)}{_BY_UNITS}"


def members_by_code(province: Province, year: int) -> dict[str, Member]:
    """Every unit of the round of a year with its set.

    Raises:
        RefusedError: the folder has no round of that year.
    """
    return {
        code: Member(unit, province.criteria_sets[group.criteria_set])
        for code, (unit, group) in province.units_of_round(year).items()
    }


def read_scores(content: bytes, shown_as: str, province: Province, year: int) -> tuple[list[ScoreEntry], list[Finding]]:
    """Read `unit,component,source,points,not_applicable,note`.

    Returns:
        Entries in the order of the file, and warnings.

    Raises:
        RefusedError: with every finding, when any is critical.
    """
    reader = RowReader(shown_as, members_by_code(province, year))
    return checked_entries(reader, content, SCORE_COLUMNS, SCORE_EXTRAS, _score_entry)


def read_facts(
    content: bytes, shown_as: str, province: Province, year: int, current: CurrentFacts
) -> tuple[list[FactEntry], list[Finding]]:
    """Read `unit,component,fact,value`; facts of one component must make sense together.

    Args:
        current: facts already recorded, by unit and component; the file's facts are checked together with them.

    Raises:
        RefusedError: with every finding, when any is critical.
    """
    reader = RowReader(shown_as, members_by_code(province, year))
    together: dict[tuple[str, str], dict[str, str]] = {}
    last_row: dict[tuple[str, str], CsvRow] = {}

    def entry(reader: RowReader, row: CsvRow) -> FactEntry | None:
        fact = _fact_entry(reader, row)
        if fact:
            key = (fact.unit, fact.component)
            together.setdefault(key, dict(current.get(key, {})))[fact.fact] = fact.value
            last_row[key] = row
        return fact

    def checked_together() -> None:
        for (unit, component), facts in together.items():
            _check_facts(reader, last_row[unit, component], component, facts, year)

    return checked_entries(reader, content, FACT_COLUMNS, (), entry, checked_together)


def read_history(content: bytes, shown_as: str, province: Province) -> tuple[list[HistoryEntry], list[Finding]]:
    """Read `year,group,unit,max_points,points,index,rank,grade` of years published before this system.

    Raises:
        RefusedError: with every finding, when any is critical.
    """
    reader = RowReader(shown_as, {})
    typed: dict[tuple[int, str], TypedResult] = {}

    def entry(reader: RowReader, row: CsvRow) -> HistoryEntry | None:
        published = _history_entry(reader, row, province.units)
        if published:
            if before := typed.get((published.year, published.unit)):
                what = (
                    f"đơn vị {published.unit} năm {published.year} đã có ở dòng {before.row.line}; dòng sau được dùng"
                )
                reader.warn(row, what, "Bỏ dòng sai")
            typed[published.year, published.unit] = TypedResult(published, row)
        return published

    def checked_together() -> None:
        compare_typed(typed.values(), reader.refuse, reader.warn)

    return checked_entries(reader, content, HISTORY_COLUMNS, HISTORY_EXTRAS, entry, checked_together)


def converted(content: bytes, shown_as: str) -> str:
    """The same table as UTF-8 CSV with commas and decimal points, for a person to look through and import.

    Raises:
        RefusedError: the file is no table, or a number can be read in two ways.
    """
    from tasks.spreadsheets.inert import inert

    file = _table(content, shown_as, (), (), lenient=True)
    findings = [finding for finding in file.findings if finding.severity is Severity.CRITICAL]
    rows = [
        [_converted_cell(name, text, row.line, shown_as, findings) for name, text in row.values.items()]
        for row in file.rows
    ]
    if findings:
        raise RefusedError(findings)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([inert(cell) for cell in row] for row in [file.columns, *rows])
    return out.getvalue()


def _converted_cell(column: str, text: str, line: int, shown_as: str, findings: list[Finding]) -> str:
    if column not in _NUMBER_COLUMNS or not any(mark in text for mark in ",. "):
        return text
    try:
        return plain(spoken_number(text))
    except AmbiguousNumberError as ambiguous:
        findings.append(Finding(shown_as, line, f"cột {column}: {ambiguous}", "Sửa ô này rồi chuyển đổi lại"))
        return text
    except UnreadableNumberError:
        return text  # the import says what is wrong with it


def _table(
    content: bytes, shown_as: str, required: tuple[str, ...], optional: tuple[str, ...], lenient: bool = False
) -> CsvFile:
    """The rows of a stranger's CSV file, read where it can do no harm: in a child with limits, as workbooks are.

    Raises:
        RefusedError: the child reached a limit.
    """
    try:
        table: CsvFile = children().submit(_READ_CSV, content, shown_as, required, optional, lenient).result()
    except ChildFailedError as failed:
        what = "tệp quá lớn hoặc hỏng, không đọc được trong giới hạn thời gian và bộ nhớ"
        raise refusal(shown_as, what, "Kiểm tra tệp, chia thành nhiều tệp nhỏ rồi nhập từng tệp") from failed
    return table


def checked_entries(
    reader: RowReader,
    content: bytes,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    entry_of: Callable[[RowReader, CsvRow], Entry | None],
    checked_together: Callable[[], None] = lambda: None,
) -> tuple[list[Entry], list[Finding]]:
    """The entries of a file whose rows are all right, in their order, and its warnings.

    Raises:
        RefusedError: with every finding, when any is critical, or when there is no row.
    """
    file = _table(content, reader.shown_as, required, optional)
    reader.findings += file.findings
    if not set(required) <= set(file.columns):
        raise RefusedError(reader.findings)
    entries: dict[Entry, None] = {}
    for row in file.rows:
        entry = entry_of(reader, row)
        if entry is None:
            continue
        if line := reader.line_before(row, entry):
            reader.refuse(row, f"dòng trùng với dòng {line}", "Bỏ bớt một dòng")
        entries[entry] = None
    checked_together()
    reader.findings.sort(key=lambda finding: (finding.line, finding.what))
    if has_critical(reader.findings):
        raise RefusedError(reader.findings)
    if not entries:
        raise RefusedError([Finding(reader.shown_as, 0, "tệp không có dòng dữ liệu nào", "Kiểm tra lại tệp")])
    return list(entries), reader.findings


def _score_entry(reader: RowReader, row: CsvRow) -> ScoreEntry | None:
    member = reader.member(row)
    if member is None:
        return None
    try:
        source = ScoreSource(row.values["source"])
    except ValueError:
        known = ", ".join(ScoreSource)
        reader.refuse(row, f"không có nguồn điểm “{row.values['source']}”", f"Dùng một trong: {known}")
        return None
    maximum = _scored_maximum(reader, row, member, source)
    if maximum is None:
        return None
    granted = row.values.get("not_applicable", "")
    if granted not in ("", "0", "1"):
        reader.refuse(row, f"not_applicable là “{granted}”", "Ghi 1 nếu được chấp nhận không áp dụng, nếu không thì 0")
        return None
    component, note = row.values["component"], row.values.get("note", "")
    if granted == "1":
        return _granted(reader, row, source, ScoreEntry(member.unit.code, component, source, None, True, note))
    points = _points(reader, row, "points", maximum, component)
    if points is None:
        return None
    leaf = member.criteria_set.by_code.get(component)
    if leaf and leaf.rule.given_directly and (wrong := leaf.rule.misfit(points, leaf.max)):
        reader.refuse(row, f"tiêu chí {component}: {wrong.what}", wrong.remedy)
        return None
    return ScoreEntry(member.unit.code, component, source, points, False, note)


def _granted(reader: RowReader, row: CsvRow, source: ScoreSource, entry: ScoreEntry) -> ScoreEntry | None:
    if row.values["points"]:
        reader.refuse(row, "vừa có điểm vừa ghi không áp dụng", "Để trống cột points khi not_applicable là 1")
        return None
    if source in (ScoreSource.BONUS, ScoreSource.PENALTY):
        reader.refuse(row, "điểm thưởng, điểm trừ không có “không áp dụng”", "Bỏ dòng này")
        return None
    return entry


def _scored_maximum(reader: RowReader, row: CsvRow, member: Member, source: ScoreSource) -> Decimal | None:
    """The most points that this row may give; None with a finding where it may give none at all."""
    code, criteria_set = row.values["component"], member.criteria_set
    if source in (ScoreSource.BONUS, ScoreSource.PENALTY):
        block = criteria_set.bonus if source is ScoreSource.BONUS else criteria_set.penalty
        items = criteria_set.bonus_items if source is ScoreSource.BONUS else criteria_set.penalty_items
        if block is None or code not in items:
            known = f"Dùng một trong: {', '.join(items)}" if items else "Bộ tiêu chí không có mục nào; bỏ dòng này"
            reader.refuse(row, f"không có mục {source.label} “{code}”", known)
            return None
        if not _applies(reader, row, member, items[code]):
            return None
        return next((most for most in (items[code].max, block.cap) if most is not None), Decimal(_MOST_POINTS))
    leaf = criteria_set.by_code.get(code)
    if leaf is None:
        _refuse_code(reader, row, criteria_set, code)
        return None
    if not _applies(reader, row, member, leaf):
        return None
    if (leaf.source is Source.SURVEY) is not (source is ScoreSource.SURVEY) and source is not ScoreSource.COUNCIL:
        right = "survey" if leaf.source is Source.SURVEY else "self, appraisal hoặc council"
        reader.refuse(
            row, f"tiêu chí {code} không nhận điểm từ nguồn {source.value} ({source.label})", f"Ghi nguồn {right}"
        )
        return None
    if source is ScoreSource.SELF and leaf.source is not Source.SELF:
        reader.refuse(row, f"tiêu chí {code} không do đơn vị tự chấm", "Ghi nguồn appraisal hoặc council")
        return None
    return leaf.max


def _applies(reader: RowReader, row: CsvRow, member: Member, part: Leaf | BlockItem) -> bool:
    """Whether the part is in the unit's set at all; a finding where it is not."""
    exclusions = part.exclusions if isinstance(part, Leaf) else (part.not_applicable,)
    excluded = any(exclusion.excludes(member.unit.code, member.unit.kind) for exclusion in exclusions)
    if excluded:
        what = "tiêu chí" if isinstance(part, Leaf) else "mục"
        reader.refuse(row, f"{what} {part.code} không áp dụng cho {member.unit.name}", "Bỏ dòng này")
    return not excluded


def _refuse_code(reader: RowReader, row: CsvRow, criteria_set: CriteriaSet, code: str) -> None:
    remedy = reader.hint(f"{criteria_set.id} {code}", lambda: _scorable(criteria_set, code), _BY_SET)
    reader.refuse(row, f"không có tiêu chí “{code}” trong bộ {criteria_set.id}", remedy)


def _scorable(criteria_set: CriteriaSet, code: str) -> str:
    below = [leaf.code for leaf in criteria_set.leaves if leaf.code.startswith(f"{code}.")]
    if below:
        return f"Điểm ghi ở tiêu chí thành phần: {', '.join(below[:6])}"
    return f"{meant(code, criteria_set.by_code)}{_BY_SET}"


def number_in(reader: RowReader, row: CsvRow, column: str) -> Decimal | None:
    """The number of a cell; None with a finding where it is empty, no number, or too fine to be kept."""
    text = row.values.get(column, "")
    try:
        number = canonical_number(text)
    except UnreadableNumberError as unreadable:
        remedy = "Ghi số với dấu chấm thập phân, ví dụ 48.75"
        if not text:
            reader.refuse(row, f"cột {column} để trống", remedy)
        else:
            reader.refuse(row, f"cột {column}: {unreadable}", remedy)
        return None
    if decimals_of(number) > MOST_DECIMALS:
        reader.refuse(row, f"cột {column}: {text} có quá {MOST_DECIMALS} chữ số thập phân", "Làm tròn bớt")
        return None
    return number


def _points(reader: RowReader, row: CsvRow, column: str, maximum: Decimal, component: str) -> Decimal | None:
    points = number_in(reader, row, column)
    if points is None:
        return None
    highest = said(maximum)
    if points < 0:
        reader.refuse(row, f"điểm {said(points)} là số âm", f"Nhập giá trị từ 0 đến {highest}")
        return None
    if points > maximum:
        reader.refuse(
            row,
            f"điểm {said(points)} vượt điểm tối đa {highest} của tiêu chí {component}",
            f"Nhập giá trị từ 0 đến {highest}",
        )
        return None
    return points


def _fact_entry(reader: RowReader, row: CsvRow) -> FactEntry | None:
    member = reader.member(row)
    if member is None:
        return None
    code, name = row.values["component"], row.values["fact"]
    part = _asked(reader, row, member, code)
    if part is None:
        return None
    fields = {field.id: field for field in (part.rule.fields if isinstance(part, Leaf) else (part.field,))}
    if name not in fields:
        reader.refuse(row, f"tiêu chí {code} không có số liệu “{name}”", f"Dùng một trong: {', '.join(fields)}")
        return None
    if not row.values["value"]:
        reader.refuse(row, "cột value để trống", "Bỏ dòng này nếu chưa có số liệu")
        return None
    try:
        value = fields[name].read(row.values["value"], canonical_number)
    except UnreadableFactError as unreadable:
        reader.refuse(row, f"tiêu chí {code}: {unreadable.problem.what}", unreadable.problem.remedy)
        return None
    return FactEntry(member.unit.code, code, name, value)


def _asked(reader: RowReader, row: CsvRow, member: Member, code: str) -> Leaf | BlockItem | None:
    criteria_set = member.criteria_set
    part = criteria_set.by_code.get(code) or criteria_set.bonus_items.get(code) or criteria_set.penalty_items.get(code)
    if part is None:
        _refuse_code(reader, row, criteria_set, code)
        return None
    return part if _applies(reader, row, member, part) else None


def _check_facts(reader: RowReader, row: CsvRow, component: str, facts: Mapping[str, str], year: int) -> None:
    """Facts that are all there must make sense together; missing ones may still come."""
    criteria_set = reader.members[row.values["unit"]].criteria_set
    leaf = criteria_set.by_code.get(component)
    if leaf:
        if leaf.rule.missing(facts):
            return
        outcome = leaf.rule.points(facts, leaf.max, year)
    else:
        item = criteria_set.bonus_items.get(component) or criteria_set.penalty_items[component]
        outcome = item.points(facts[item.field.id])
    if outcome.problem:
        remedy = leaf.remedy_of(outcome.problem) if leaf else outcome.problem.remedy
        reader.refuse(row, f"tiêu chí {component}: {outcome.problem.what}", remedy)


def _history_entry(reader: RowReader, row: CsvRow, units: Mapping[str, Unit]) -> HistoryEntry | None:
    values = row.values
    before = len(reader.findings)
    reader.unit(row, units)
    year = values["year"]
    if not _YEAR.fullmatch(year):
        reader.refuse(row, f"năm “{year}” không hợp lệ", "Ghi năm của chỉ số, ví dụ 2024")
    if not values["group"]:
        reader.refuse(row, "cột group để trống", "Ghi mã nhóm đơn vị")
    index = number_in(reader, row, "index")
    max_points, points = _published_points(reader, row, "max_points"), _published_points(reader, row, "points")
    by_bonus = max_points is not None and points is not None and points > max_points  # 97 + 10 = 107, as some publish
    if index is not None and not 0 <= index <= HUNDRED and not (by_bonus and index > HUNDRED):
        reader.refuse(row, f"chỉ số {said(index)} ngoài khoảng 0–100", "Kiểm tra lại")
    rank = values.get("rank", "")
    if rank and not _RANK.fullmatch(rank):
        reader.refuse(row, f"hạng “{rank}” không hợp lệ", "Ghi số nguyên từ 1, hoặc để trống nếu không xếp hạng")
    if len(reader.findings) > before or index is None:
        return None
    if max_points and points is not None and printed(points * HUNDRED / max_points, decimals_of(index)) != index:
        what = f"chỉ số {values['index']} không bằng điểm {values['points']} ÷ {values['max_points']} × 100"
        reader.warn(row, what, "Đối chiếu với quyết định đã công bố")
    return HistoryEntry(
        int(year),
        values["group"],
        values["unit"],
        max_points,
        points,
        index,
        int(rank) if rank else None,
        values.get("grade") or None,
    )


def _published_points(reader: RowReader, row: CsvRow, column: str) -> Decimal | None:
    """Points of an earlier year, None where the cell is empty or wrong."""
    text = row.values.get(column)
    number = number_in(reader, row, column) if text else None
    if number is not None and not 0 <= number <= _MOST_POINTS:
        reader.refuse(row, f"cột {column}: {text} không phải là số điểm", "Ghi điểm như quyết định đã công bố")
    return number
