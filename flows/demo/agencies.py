"""What the agencies of a sample province do with their forms: fill them in, err, mend, appraise, explain, decide.

In: the forms as they were sent out and the facts and scores of the example's CSV files. Out: the same workbooks, filled
in as officers would fill them in. Everything that is written here is sample data and says so where it is words.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from openpyxl import load_workbook

from models.criteria.facts import NEVER_DONE, FactKind
from models.criteria.formulas import YES
from models.criteria.sets import Evidence, Leaf, Source
from models.forms.explanation import AGREES, EXPLAINS
from models.forms.row_keys import Remark, RowKey
from models.forms.sheets import IDS_ROW, KEY_COLUMN, KEY_ID
from models.forms.sources import ScoreSource
from models.forms.tables import fact_of_column
from models.province.folder import Province
from models.records.entries import FactEntry, ScoreEntry
from models.units import Unit
from tasks.forms.fact_cells import value_of

SAMPLE = "(mẫu)"
_MISSING = f"Chưa tổng hợp được số liệu {SAMPLE}"
_EXPLANATION = f"Đơn vị đã bổ sung báo cáo và tài liệu chứng minh, đề nghị xem xét lại {SAMPLE}"
_MARK_OF_REPLIES = 12  # characters that tell one reply from another, at the end of its name
_FIRST_LOOK = f"Tài liệu kiểm chứng chưa đầy đủ khi thẩm định lần đầu {SAMPLE}"

Facts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class SampleData:
    """What the sample agencies know: facts and given points of one round."""

    province: Province
    year: int
    facts: Mapping[str, Facts]
    scores: Mapping[tuple[str, str, ScoreSource], ScoreEntry]

    @classmethod
    def of(
        cls, province: Province, year: int, facts: Iterable[FactEntry], scores: Iterable[ScoreEntry]
    ) -> "SampleData":
        """The entries of the example's CSV files, by unit."""
        by_unit: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        for fact in facts:
            by_unit[fact.unit][fact.component][fact.fact] = fact.value
        return cls(province, year, by_unit, {(score.unit, score.component, score.source): score for score in scores})

    @property
    def senders(self) -> list[Unit]:
        """The units that state anything themselves, by group and code."""
        round = self.province.round_of(self.year)
        return [
            unit
            for group in round.groups
            for unit in self.province.members(round, group)
            if any(
                leaf.source is Source.SELF and leaf.code in self.facts.get(unit.code, {}) for leaf in self.leaves(unit)
            )
        ]

    @property
    def late_senders(self) -> list[Unit]:
        """The units of whose points nobody above them gave any: they send when the appraisal is over."""
        above = (ScoreSource.APPRAISAL, ScoreSource.COUNCIL)
        decided = {unit for unit, _, source in self.scores if source in above}
        return [unit for unit in self.senders if unit.code not in decided]

    def leaves(self, unit: Unit) -> tuple[Leaf, ...]:
        """The leaves of the unit's criteria set."""
        group = self.province.group_of(self.province.round_of(self.year), unit.code)
        assert group is not None
        return self.province.criteria_sets[group.criteria_set].leaves

    def claims(self, unit: str) -> dict[str, str]:
        """The leaves of which the unit says that no case arose, with its reason."""
        return {
            code: entry.note
            for (of, code, source), entry in self.scores.items()
            if of == unit and entry.not_applicable and source in (ScoreSource.APPRAISAL, ScoreSource.COUNCIL)
        }


class OpenForm:
    """A form in a spreadsheet program: its cells found by row key and column id."""

    def __init__(self, content: bytes) -> None:
        self._book = load_workbook(io.BytesIO(content), rich_text=True)
        self._cells: dict[tuple[str, str], Any] = {}
        self._columns: dict[str, list[str]] = {}
        for sheet in self._book.worksheets:
            heads, *rows = sheet.iter_rows(min_row=IDS_ROW)
            ids = [str(cell.value) for cell in heads]
            if ids[0] != KEY_ID:
                continue
            for row in rows:
                if key := row[KEY_COLUMN - 1].value:
                    self._cells |= {(str(key), id): cell for id, cell in zip(ids, row, strict=True)}
                    self._columns[str(key)] = ids

    def row_keys(self) -> list[str]:
        """The keys of all rows, in their order."""
        return list(self._columns)

    def rows(self) -> list[RowKey]:
        """The rows of leaves and facts, in their order."""
        read = (RowKey.read(key) for key in self.row_keys())
        return [key for key in read if key is not None]

    def has(self, key: RowKey | str) -> bool:
        """Whether the form has the row."""
        return str(key) in self._columns

    def columns(self, key: RowKey | str) -> list[str]:
        """The ids of the columns of a row's sheet."""
        return self._columns[str(key)]

    def value(self, key: RowKey | str, column: str) -> Any:
        """What stands in a cell."""
        return self._cells[str(key), column].value

    def put(self, key: RowKey | str, column: str, value: object) -> None:
        """Type something into a cell."""
        self._cells[str(key), column].value = value

    def put_remark(self, remark: Remark, text: str) -> None:
        """Type a text into the wide cell beside a remark's label."""
        ids = self._columns[remark]
        self.put(remark, ids[ids.index("content") + 1], text)

    def places(self) -> dict[tuple[str, str], tuple[int, str]]:
        """Where each cell is, by row key and column id: the number of its sheet, from 1, and its name there."""
        numbers = {sheet.title: number for number, sheet in enumerate(self._book.worksheets, 1)}
        return {known: (numbers[cell.parent.title], cell.coordinate) for known, cell in self._cells.items()}

    def saved(self) -> bytes:
        """The workbook's bytes."""
        out = io.BytesIO()
        self._book.save(out)
        return out.getvalue()


class TypedInto(Protocol):
    """A form whose cells can be typed into."""

    def put(self, key: RowKey | str, column: str, value: object) -> None:
        """Type something into a cell."""


def fill_self_assessment(content: bytes, unit: Unit, data: SampleData) -> bytes:
    """The unit's self-assessment, filled in and saved."""
    form = OpenForm(content)
    assess(form, unit, data)
    return form.saved()


def assess(form: TypedInto, unit: Unit, data: SampleData) -> None:
    """Type the unit's self-assessment: facts with evidence, claims with reasons, an explanation of what is missing."""
    facts, claims = data.facts.get(unit.code, {}), data.claims(unit.code)
    for place, leaf in enumerate(data.leaves(unit), 1):
        head = RowKey(leaf.code)
        if leaf.source is not Source.SELF or not leaf.applies_to(unit.code, unit.kind):
            continue
        if leaf.code in claims and leaf.may_be_claimed:
            form.put(head, "not_applicable", YES)
            form.put(head, "explanation", claims[leaf.code] or _MISSING)
        elif leaf.code in facts:
            for field in leaf.rule.fields:
                if field.id in facts[leaf.code]:
                    value = value_of(field, facts[leaf.code][field.id])
                    form.put(
                        RowKey(leaf.code, field.id), "value", float(value) if isinstance(value, Decimal) else value
                    )
            if leaf.evidence is not Evidence.NONE:
                beside = RowKey(leaf.code, leaf.rule.fields[0].id)
                _put_evidence(form, beside, leaf, facts[leaf.code], data.year, place)
        else:
            form.put(head, "explanation", _MISSING)


def _put_evidence(form: TypedInto, row: RowKey, leaf: Leaf, facts: Mapping[str, str], year: int, place: int) -> None:
    """One document: of the very day that is stated, where a day is stated."""
    dates = [facts.get(field.id, NEVER_DONE) for field in leaf.rule.fields if field.kind is FactKind.DATE]
    done = [date.fromisoformat(day) for day in dates if day != NEVER_DONE]
    form.put(row, "document", f"{'Văn bản' if done else 'Báo cáo'} {SAMPLE}")
    form.put(row, "number", f"{place:02d}/{'VB' if done else 'BC'}-MAU")
    form.put(row, "date", done[0] if done else date(year, 12, 10))
    form.put(row, "page", "Mục II")


@dataclass(frozen=True)
class Mistake:
    """Something that an officer gets wrong in a form that is otherwise right.

    Attributes:
        told: what it is, for people who watch.
        make: types it into the form of the unit.
    """

    told: str
    make: Callable[[OpenForm, Unit, SampleData], None]


def _too_many(form: OpenForm, unit: Unit, data: SampleData) -> None:
    row = _first_ratio(form, unit, data)
    form.put(RowKey(row, "numerator"), "value", form.value(RowKey(row, "denominator"), "value") + 5)


def _words_for_a_number(form: OpenForm, unit: Unit, data: SampleData) -> None:
    form.put(RowKey(_first_ratio(form, unit, data), "numerator"), "value", "khoảng hai mươi")


def _another_maximum(form: OpenForm, unit: Unit, data: SampleData) -> None:
    form.put(RowKey(_first_ratio(form, unit, data)), "max", 9)


def _broken_date(form: OpenForm, unit: Unit, data: SampleData) -> None:
    for leaf in data.leaves(unit):
        for field in leaf.rule.fields:
            if leaf.source is Source.SELF and field.kind is FactKind.DATE and leaf.code in data.facts[unit.code]:
                form.put(RowKey(leaf.code, field.id), "value", f"17/10{data.year}")
                return


def _thousands(form: OpenForm, unit: Unit, data: SampleData) -> None:
    form.put(RowKey(_first_ratio(form, unit, data), "denominator"), "value", Decimal("1.309"))


def _first_ratio(form: OpenForm, unit: Unit, data: SampleData) -> str:
    """The first leaf with a ratio and with evidence that the unit states."""
    return next(
        leaf.code
        for leaf in data.leaves(unit)
        if leaf.source is Source.SELF
        and leaf.evidence.is_needed
        and leaf.code in data.facts[unit.code]
        and leaf.code not in data.claims(unit.code)
        and {field.id for field in leaf.rule.fields} >= {"numerator", "denominator"}
    )


MISTAKES = (
    Mistake("tử số lớn hơn mẫu số", _too_many),
    Mistake("ghi chữ ở ô số liệu", _words_for_a_number),
    Mistake("sửa điểm tối đa", _another_maximum),
    Mistake("ngày viết sai, “17/102025”", _broken_date),
    Mistake("gõ 1.309 trên Excel tiếng Anh", _thousands),
)


def with_mistake(filled: bytes, unit: Unit, data: SampleData, mistake: Mistake) -> bytes:
    """The filled form with something wrong in it."""
    form = OpenForm(filled)
    mistake.make(form, unit, data)
    return form.saved()


def mended(returned: bytes, right: bytes) -> bytes:
    """The workbook that came back, with what was wrong typed again as it should be."""
    form, original = OpenForm(returned), OpenForm(right)
    for key in original.row_keys():
        for column in original.columns(key):
            if form.value(key, column) != original.value(key, column):
                form.put(key, column, original.value(key, column))
    return form.saved()


def fill_appraisal(
    content: bytes, data: SampleData, source: ScoreSource, first_look: Iterable[tuple[str, str]]
) -> bytes:
    """An appraisal or council form: points and grants as the scores have them, with reasons.

    Args:
        content: the form.
        data: what the sample agencies know.
        source: appraisal or council: whose scores are entered.
        first_look: unit and component of rows where nothing is given yet, because the evidence came later.
    """
    form, later = OpenForm(content), set(first_look)
    for key in form.rows():
        entry = data.scores.get((key.unit, key.code, source))
        if entry is None and source is ScoreSource.APPRAISAL:
            entry = data.scores.get((key.unit, key.code, ScoreSource.SELF))
        if (key.unit, key.code) in later:
            form.put(key, "appraised", 0)
            form.put(key, "reason", _FIRST_LOOK)
        elif entry is not None:
            form.put(key, "appraised", None if entry.points is None else float(entry.points))
            form.put(key, "not_applicable", YES if entry.not_applicable else None)
            form.put(key, "reason", entry.note or f"Theo hồ sơ kèm theo {SAMPLE}")
    return form.saved()


def fill_explanation(content: bytes, explained: Iterable[str]) -> bytes:
    """An explanation form: the named leaves are explained, all others agreed with."""
    form, wanted = OpenForm(content), set(explained)
    for key in form.rows():
        form.put(key, "answer", EXPLAINS if key.code in wanted else AGREES)
        if key.code in wanted:
            form.put(key, "explanation", _EXPLANATION)
    return form.saved()


def fill_facts(content: bytes, data: SampleData) -> bytes:
    """A survey form or a register: the facts of all its units; the cases of bonus and penalty with their basis."""
    form = OpenForm(content)
    for key in form.rows():
        fields = {fact_of_column(column): column for column in form.columns(key)}
        facts = dict(data.facts.get(key.unit, {}).get(key.code, {}))
        cases, note = _cases(data, key)
        if cases:
            facts["count"] = str(cases)
        for fact, value in facts.items():
            if column := fields.get(fact):
                form.put(key, column, float(value))
        if facts.get("count", "0") != "0":
            form.put(key, "note", note or f"Văn bản {SAMPLE}")
    return form.saved()


def _cases(data: SampleData, key: RowKey) -> tuple[int, str]:
    """How many cases the given bonus or penalty points stand for, and on what they are based."""
    for source in (ScoreSource.BONUS, ScoreSource.PENALTY):
        entry = data.scores.get((key.unit, key.code, source))
        if entry is not None and entry.points is not None:
            group = data.province.group_of(data.province.round_of(data.year), key.unit)
            assert group is not None
            criteria_set = data.province.criteria_sets[group.criteria_set]
            item = {**criteria_set.bonus_items, **criteria_set.penalty_items}[key.code]
            if item.each is None:
                reached = (step.from_ for step in reversed(item.steps) if step.points >= entry.points)
                return next(reached, 0), entry.note
            return int(entry.points / item.each * item.per), entry.note
    return 0, ""


@dataclass(frozen=True)
class SampleInbox:
    """Where the sample agencies send their workbooks and find the replies.

    Attributes:
        kept: copies of what was sent, a folder a step, for who wants to look.
        inbox, outbox: where workbooks go in and replies come out.
        receive: receives the inbox.
    """

    kept: Path
    inbox: Path
    outbox: Path
    receive: Callable[[], object]

    def send(self, step: str, workbooks: Mapping[str, bytes]) -> None:
        """Put workbooks into the inbox and have it received."""
        kept = self.kept / step
        for folder in (kept, self.inbox):
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in workbooks.items():
                (folder / name).write_bytes(content)
        self.receive()

    def reply_to(self, name: str) -> Path | None:
        """The newest marked workbook that came back for a file; None where a letter came instead."""
        found = self.outbox.rglob(f"*{Path(name).stem}-{'?' * _MARK_OF_REPLIES}.xlsx")
        return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)


def read_all(paths: Iterable[Path]) -> dict[str, bytes]:
    """Files by name."""
    return {path.name: path.read_bytes() for path in paths}
