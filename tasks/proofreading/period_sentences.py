"""Sentences of a report of a period that stand in the text in the same words: their numbers, one by one.

What a report tells of plans, commitments, targets and of who reported is made from figures in fixed words
(tasks/documents/progress_sentences.py). A text that uses these words is held against the sentence itself; the same
words with other numbers are wrong.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from models.records.progress_snapshots import FrozenProgress
from tasks.documents.other_indices import index_sentences
from tasks.documents.progress_report import difficulties
from tasks.documents.progress_sentences import (
    changes_sentence,
    commitments_sentence,
    measure_sentence,
    plan_highlight,
    plan_sentence,
    reporting_sentence,
    risk_sentence,
    targets_sentence,
    tasks_of_period_sentence,
)
from tasks.proofreading.known import Known
from tasks.proofreading.names import lowered
from tasks.proofreading.sentences import split
from tasks.proofreading.statements import Claim, Weighed, decided
from tasks.proofreading.stating import verdict_of
from tasks.proofreading.tokens import Line

_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
Told = tuple[Sequence[str], str, str]
"""A sentence of a report: its numbers, itself, and the report."""


def period_sentences(known: Known) -> Mapping[str, list[Told]]:
    """The sentences of all reports that tell numbers, by their words without the numbers."""
    found: dict[str, list[Told]] = {}
    for frozen in known.periods:
        for cut in split(list(_sentences(frozen))):
            words, numbers = _parted(cut.text)
            if numbers:
                found.setdefault(words, []).append((numbers, cut.text, known.report_of(frozen)))
    return found


def _sentences(frozen: FrozenProgress) -> Iterator[str]:
    progress, period = frozen.progress, frozen.period
    result = progress.result
    told = [one for one in result.measures if one.total.figure]
    yield reporting_sentence(len(result.expected), [unit.name for unit in result.not_reported])
    yield changes_sentence(told, period)
    yield from (measure_sentence(one, period) for one in result.measures)
    for plan in result.plans:
        yield from (plan_sentence(plan), tasks_of_period_sentence(plan.rows, period))
        if plan.rows:
            yield plan_highlight(plan)
    if result.commitments:
        yield commitments_sentence(result.commitments)
        yield risk_sentence(result.commitments, progress.standings_before)
    if result.targets:
        yield targets_sentence(result.targets)
    yield from index_sentences(result.indices)
    yield from (f"{line}." for line in difficulties(progress))


def _parted(text: str) -> tuple[str, tuple[str, ...]]:
    small = lowered(text)
    return _NUMBER.sub("#", small), tuple(_NUMBER.findall(small))


def told_in_periods(line: Line, told: Mapping[str, list[Told]]) -> Iterator[Claim]:
    """The whole sentence, where a report tells it in the same words; one of the period above it goes before others."""
    words, numbers = _parted(line.text)
    same = told.get(words, [])
    same = [one for one in same if line.period and line.period in one[2]] or same
    if not same:
        return
    outcomes = [Weighed(verdict_of(tuple(own) == numbers), sentence, source) for own, sentence, source in same]
    places = range(len(line.tokens))
    line.finish(*places)
    line.use(*places)
    yield Claim(0, len(line.text), "báo cáo của kỳ", "câu của báo cáo", line.text, decided(outcomes))
