"""Entries: what one line of received data says, checked and canonical, before it becomes a version."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class ScoreSource(StrEnum):
    """Who gives points. Of the first, second and fourth the later in this order overrules: self, appraisal, council."""

    SELF = "self"
    APPRAISAL = "appraisal"
    SURVEY = "survey"
    COUNCIL = "council"
    BONUS = "bonus"
    PENALTY = "penalty"

    @property
    def label(self) -> str:
        """The source as officers read it."""
        return {
            "self": "tự chấm",
            "appraisal": "thẩm định",
            "survey": "khảo sát",
            "council": "Hội đồng",
            "bonus": "điểm thưởng",
            "penalty": "điểm trừ",
        }[self.value]


class Stage(StrEnum):
    """When words and evidence came: with the self-assessment, the explanation, the survey or the register."""

    SELF = "self"
    EXPLANATION = "explanation"
    SURVEY = "survey"
    REGISTER = "register"

    @property
    def label(self) -> str:
        """The stage as officers read it."""
        return {"self": "tự chấm", "explanation": "giải trình", "survey": "khảo sát", "register": "sổ theo dõi"}[
            self.value
        ]


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
