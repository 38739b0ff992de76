"""Statements as reading would make them: clean ones, that a test changes in one thing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.criteria.sets import CriteriaSet, Leaf, Source
from models.findings import Place
from models.forms.descriptions import FormIdentity, FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.records.submissions import EvidenceItem, Reading, Statement
from models.units import Unit

YEAR = 2025
TODAY = date(2026, 1, 10)
PLAN = EvidenceItem("Báo cáo CCHC năm", "125/BC-STP", date(2025, 12, 12), "trang 3")
_COLUMNS = ("code", "max", "value", "points", "not_applicable", "document", "number", "date", "page", "explanation")


def identity_of(kind: FormKind, subject: str, year: int = YEAR) -> FormIdentity:
    return FormIdentity(kind, "tinh-mau", year, subject, ())


def places_from(row: int, facts: Sequence[str], rows_below: bool = True) -> dict[str, Place]:
    """The cells of a statement that begins in this row: its columns, then a row a fact, as in a self-assessment."""
    places = {id: Place(CRITERIA_SHEET, row, number) for number, id in enumerate(_COLUMNS, 2)}
    for number, fact in enumerate(facts, 1):
        places[f"fact:{fact}"] = (
            Place(CRITERIA_SHEET, row + number, 4) if rows_below else Place("Bảng", row, 5 + number)
        )
    for number in range(3):
        for column, id in enumerate(("document", "number", "date", "page"), 7):
            places[f"{id}/{number}"] = Place(CRITERIA_SHEET, row + number, column)
    return places


def claimed(leaf: Leaf, unit: str, facts: Mapping[str, str], row: int, changed: Mapping[str, Any]) -> Statement:
    """A leaf claimed as its facts have it, with evidence; then changed."""
    ids = [field.id for field in leaf.rule.fields]
    points = leaf.rule.points(facts, leaf.max, YEAR).points if facts else None
    stated: dict[str, Any] = {
        "facts": dict(facts),
        "points": points,
        "maximum": leaf.max,
        "evidence": (PLAN,) if facts else (),
        "places": places_from(row, ids),
    }
    return Statement(unit, leaf.code, **{**stated, **changed})


def self_assessment(
    unit: Unit, criteria_set: CriteriaSet, facts: Mapping[str, Mapping[str, str]], **changed: Mapping[str, Any]
) -> Reading:
    """A unit's form; leaves without facts are claimed not applicable where they may be, else explained.

    Args:
        unit: whose.
        criteria_set: its set.
        facts: by code.
        changed: changes of statements, by code with underscores for points (`_1_1_3=…`).
    """
    statements, row = [], 6
    for leaf in criteria_set.leaves:
        if leaf.source is not Source.SELF or not leaf.applies_to(unit.code, unit.kind):
            continue
        own = facts.get(leaf.code, {})
        how: dict[str, Any] = {} if own else {"text": "Không phát sinh", "not_applicable": leaf.may_be_claimed}
        how.update(changed.get(f"_{leaf.code.replace('.', '_')}", {}))
        statements.append(claimed(leaf, unit.code, own, row, how))
        row += len(leaf.rule.fields) + 1
    return Reading(f"tu-danh-gia-{unit.code}.xlsx", identity_of(FormKind.SELF_ASSESSMENT, unit.code), tuple(statements))
