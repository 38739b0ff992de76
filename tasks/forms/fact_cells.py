"""One fact in a cell: how it looks, what may be typed, what is already known.

In: a fact that a rule asks for. Out: the look of its cell, the check with its Vietnamese messages, a recorded value.
Facts are read back by models/criteria/facts.py; what a check lets in, `FactField.read` can read.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.formulas import NO, YES
from models.criteria.rules import ExternalRule, OnTimeRule, OptionsRule, PointsRule, Rule, SurveyRule
from models.criteria.sets import Leaf
from models.forms.row_keys import RowKey
from models.forms.sheets import LISTS_SHEET, capitalised
from models.numbers import plain, vietnamese_number
from tasks.spreadsheets.workbooks import (
    INPUT_CHOICE,
    INPUT_COUNT,
    INPUT_DATE,
    INPUT_NUMBER,
    INPUT_TEXT,
    PLAIN,
    Check,
    Look,
    Page,
    Value,
)

_LOOKS = {
    FactKind.NUMBER: INPUT_NUMBER,
    FactKind.COUNT: INPUT_COUNT,
    FactKind.DATE: INPUT_DATE,
    FactKind.YES_NO: INPUT_CHOICE,
    FactKind.OPTION: INPUT_TEXT,
}


def look_of(field: FactField) -> Look:
    """How the input cell of a fact looks."""
    return _LOOKS[field.kind]


def value_of(field: FactField, canonical: str | None) -> Value:
    """A recorded fact as its cell holds it; nothing where nothing is recorded."""
    if canonical is None:
        return None
    match field.kind:
        case FactKind.NUMBER | FactKind.COUNT:
            return Decimal(canonical)
        case FactKind.DATE:
            return NO if canonical == NEVER_DONE else date.fromisoformat(canonical)
        case FactKind.YES_NO:
            return YES if canonical == "1" else NO
        case FactKind.OPTION:
            return field.shown(canonical)


def check_of(field: FactField, rule: Rule, maximum: Decimal, year: int, cell: str, labels: str = "") -> Check:
    """What may be typed into the cell of a fact.

    Args:
        field: the fact.
        rule: the leaf's rule, for the range of numbers and dates.
        maximum: the leaf's maximum.
        year: the index year, for deadlines.
        cell: the cell's address, for dates.
        labels: for options, the range that holds the labels.
    """
    match field.kind:
        case FactKind.NUMBER:
            return _number_check(rule, maximum)
        case FactKind.COUNT:
            return COUNT_CHECK
        case FactKind.YES_NO:
            return YES_NO_CHECK
        case FactKind.DATE:
            return _date_check(rule, year, cell)
        case FactKind.OPTION:
            return Check(
                "list",
                labels,
                "Chọn một phương án",
                "Bấm mũi tên bên phải ô và chọn một phương án trong danh sách.",
                "Giá trị không có trong danh sách. Bấm mũi tên bên phải ô và chọn một phương án.",
            )


COUNT_CHECK = Check(
    "whole",
    "0",
    "Nhập số lượng",
    "Nhập số nguyên từ 0 trở lên. Không phát sinh thì nhập 0, không để trống.",
    "Cần một số nguyên từ 0 trở lên, không kèm chữ.",
)
YES_NO_CHECK = Check(
    "list",
    f'"{YES},{NO}"',
    "Có hay không",
    f"Chọn “{YES}” hoặc “{NO}” trong danh sách.",
    f"Chỉ chọn “{YES}” hoặc “{NO}”.",
)


def _number_check(rule: Rule, maximum: Decimal) -> Check:
    low, high = _range(rule, maximum)
    if high is None:
        return Check(
            "decimal",
            plain(low),
            "Nhập số liệu",
            "Nhập một số từ 0 trở lên, không kèm chữ hay đơn vị tính.",
            "Cần một số từ 0 trở lên, không kèm chữ hay đơn vị tính.",
        )
    said = f"từ {vietnamese_number(plain(low))} đến {vietnamese_number(plain(high))}"
    step = ""
    if isinstance(rule, PointsRule) and rule.step:
        step = f", theo bước {vietnamese_number(plain(rule.step))}"
    return Check(
        "decimal", plain(low), "Nhập số", f"Nhập một số {said}{step}.", f"Cần một số {said}{step}.", plain(high)
    )


def _range(rule: Rule, maximum: Decimal) -> tuple[Decimal, Decimal | None]:
    """Smallest and largest number that the rule takes."""
    if isinstance(rule, PointsRule):
        return Decimal(0), maximum
    if isinstance(rule, ExternalRule):
        return Decimal(0), rule.scale
    if isinstance(rule, SurveyRule):
        return rule.scale_from, rule.scale
    return Decimal(0), None


def _date_check(rule: Rule, year: int, cell: str) -> Check:
    assert isinstance(rule, OnTimeRule)
    earliest, latest = rule.period(year)
    said = f"từ {earliest:%d/%m/%Y} đến {latest:%d/%m/%Y}"
    after, before = (f"DATE({day.year},{day.month},{day.day})" for day in (earliest, latest))
    dated = f"IF(ISNUMBER({cell}),AND({cell}>={after},{cell}<{before}+1),FALSE)"
    return Check(
        "custom",
        f'OR({cell}="{NO}",{dated})',
        "Nhập ngày",
        f"Nhập ngày dạng 31/01/{year} ({said}). Chưa thực hiện thì ghi “{NO}”.",
        f"Cần một ngày {said}, hoặc “{NO}” nếu chưa thực hiện.",
    )


class OptionLists:
    """The hidden sheet of choices: for every leaf with options its labels and, beside them, their points."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._ranges: dict[str, tuple[str, str]] = {}

    def ranges(self, leaf: Leaf) -> tuple[str, str]:
        """The ranges of labels and of points of a leaf; both empty where its rule has no options."""
        if not isinstance(leaf.rule, OptionsRule):
            return "", ""
        if leaf.code not in self._ranges:
            first = self._page.row
            for option in leaf.rule.options:
                self._page.put(self._page.row, 1, str(RowKey(leaf.code, option.id)), PLAIN)
                self._page.put(self._page.row, 2, option.label, PLAIN)
                self._page.put(self._page.row, 3, option.points, PLAIN)
                self._page.row += 1
            last = self._page.row - 1
            self._ranges[leaf.code] = (
                f"{LISTS_SHEET}!$B${first}:$B${last}",
                f"{LISTS_SHEET}!$C${first}:$C${last}",
            )
        return self._ranges[leaf.code]


def said_facts(fields: Sequence[FactField], facts: Mapping[str, str]) -> str:
    """Recorded facts as one text, a line a fact."""
    return "\n".join(
        f"{capitalised(field.label)}: {field.shown(facts[field.id])}" for field in fields if field.id in facts
    )
