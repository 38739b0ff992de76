"""How a check is declared: real expectations on columns of its rows, one suite a kind of form and criteria set."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pytest

from expectations.catalogue import SUITES
from expectations.checking import Suite, Words, check, check_forms, expect
from expectations.cross_checks import declared
from models.criteria.cross_checks import CrossCheck, SumComparison
from models.findings import Finding, Severity


class Row(NamedTuple):
    file: int
    amount: int | None = None
    limit: Decimal | None = None
    text: str | None = None


class Form(NamedTuple):
    file: str
    rows: tuple[Row, ...]
    of: str = ""


@check(
    Severity.WARNING,
    "số lượng không vượt giới hạn",
    "Sửa số lượng",
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="limit", column_B="amount", or_equal=True),
)
def amount_above_limit(row: Row) -> Iterator[Words]:
    """No amount is above its limit."""
    yield Words(None, f"{row.amount} vượt {row.limit}", "Sửa lại")


@check(
    Severity.CRITICAL,
    "có nội dung",
    "Ghi nội dung",
    expect("ExpectColumnValueLengthsToBeBetween", column="text", min_value=1),
)
def text_missing(row: Row) -> Iterator[Words]:
    """There is a text."""
    yield Words(None, "thiếu nội dung", "Ghi nội dung")


SUITE = Suite("sample", "Phiếu thử", (amount_above_limit, text_missing))


def found(*forms: Form) -> list[list[Finding]]:
    return check_forms(SUITE, forms, lambda file, form: (row._replace(file=file) for row in form.rows))


def test_a_check_is_found_by_its_name_and_is_about_the_row_of_its_words() -> None:
    assert (amount_above_limit.name, amount_above_limit.of) == ("amount_above_limit", Row)
    assert amount_above_limit.column("limit") == "Row.limit"


def test_every_form_of_a_batch_has_its_own_findings() -> None:
    bad = Row(0, 3, Decimal("2.5"), "")
    first, second, third = found(Form("a", (bad, Row(0, 2, Decimal(2), "x"))), Form("b", ()), Form("c", (bad,)))
    assert first == [
        Finding("a", 0, "3 vượt 2.5", "Sửa lại", Severity.WARNING),
        Finding("a", 0, "thiếu nội dung", "Ghi nội dung", Severity.CRITICAL),
    ]
    assert second == []
    assert [finding.what for finding in third] == [finding.what for finding in first]


def test_an_empty_cell_is_not_compared() -> None:
    assert found(Form("a", (Row(0, 3), Row(0, None, Decimal(1)), Row(0)))) == [[]]


def test_the_forms_of_each_criteria_set_are_checked_by_its_own_suite() -> None:
    forms = (
        Form("a", (Row(0, text=""),), "xa"),
        Form("b", (Row(1, text=""),), "so"),
        Form("c", (Row(2, text=""),), "xa"),
    )
    rows = check_forms(SUITE, forms, lambda _, form: form.rows, lambda form: declared(form.of, ()))
    assert [[finding.file for finding in findings] for findings in rows] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize("suite", SUITES, ids=[suite.name for suite in SUITES])
def test_every_suite_is_one_of_great_expectations_with_the_words_of_its_checks(suite: Suite) -> None:
    made = suite.made()
    assert made.name == suite.name
    assert [(one.description, one.notes, one.severity) for one in made.expectations] == [
        (check.expected, check.remedy, check.severity) for check in suite.checks for _ in check.expects
    ]
    for attribute in ("name", "expected"):
        assert len({getattr(check, attribute) for check in suite.checks}) == len(suite.checks)


def test_a_suite_of_a_criteria_set_names_it_and_notes_what_it_declares() -> None:
    made = SUITES[0].made(
        declared("so-2025", [CrossCheck(left="1.1/a", op=SumComparison.LESS, right="1.2/b", what="a nhỏ hơn b")])
    )
    assert made.name == "self_assessment.so-2025"
    assert [one.notes for one in made.expectations if "a nhỏ hơn b" in str(one.notes)] == [
        "Kiểm tra lại các số liệu được nêu; a nhỏ hơn b"
    ]


def test_a_check_on_a_column_that_its_rows_do_not_have_is_an_error() -> None:
    @check(Severity.INFO, "có số", "Ghi số", expect("ExpectColumnValuesToBeNull", column="amuont"))
    def misspelt(row: Row) -> Iterator[Words]:
        """Never."""
        yield Words(None, "", "")

    with pytest.raises(AttributeError, match="amuont"):
        Suite("sample", "Phiếu thử", (misspelt,)).failures([Row(0)])
