"""Entries: what one line of received data says, checked and canonical, before it becomes a version."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.forms.sources import ScoreSource, Stage


class ScoreEntry(NamedTuple):
    """Points of one component of one unit from one source; None points with `not_applicable` granted."""

    unit: str
    component: str
    source: ScoreSource
    points: Decimal | None
    not_applicable: bool = False
    note: str = ""


class FactEntry(NamedTuple):
    """One fact, as canonical text (models/criteria/facts.py)."""

    unit: str
    component: str
    fact: str
    value: str


class WordEntry(NamedTuple):
    """What was written beside one component: an answer to the appraisal, a text, or both."""

    unit: str
    component: str
    stage: Stage
    answer: str
    text: str


class EvidenceEntry(NamedTuple):
    """One document named as evidence, at its place among the documents of its component."""

    unit: str
    component: str
    stage: Stage
    place: int
    document: str
    number: str
    day: date | None
    page: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """The published index of a unit in an earlier year."""

    year: int
    group: str
    unit: str
    max_points: Decimal | None
    points: Decimal | None
    index: Decimal
    rank: int | None
    grade: str | None
