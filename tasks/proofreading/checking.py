"""The paragraphs of a text and what is published → every sentence that states something, with verdicts.

The families read a sentence one after the other; what one has read, the next passes over. What is left, a number or a
claim, is unread and said to be so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tasks.proofreading.changes import changes
from tasks.proofreading.comparing import comparisons
from tasks.proofreading.counts import counts
from tasks.proofreading.extremes import extremes
from tasks.proofreading.figures import figures
from tasks.proofreading.grades import grades
from tasks.proofreading.known import Known
from tasks.proofreading.names import NameBook, Part
from tasks.proofreading.period_sentences import Told, period_sentences, told_in_periods
from tasks.proofreading.periods import of_periods
from tasks.proofreading.ranks import ranks
from tasks.proofreading.sentences import split
from tasks.proofreading.sets import of_sets
from tasks.proofreading.statements import Claim, Sentence, Verdict, Weighed
from tasks.proofreading.tokens import Line, Token, tokens_of
from tasks.proofreading.vocabulary import COMPARED, Kind

_FAMILIES = (comparisons, counts, ranks, changes, extremes, grades, figures, of_sets)
_CONTEXT = (Kind.YEAR, Kind.FILL, Kind.MARK, Kind.STOP, Kind.GROUP, Kind.INDEX, Kind.REFERENCE)


@dataclass(slots=True)
class _Context:
    """What the text before a sentence speaks of.

    Attributes:
        heading, scope: the groups that a heading, and the paragraph so far, speak of.
        units: those that the sentence before names.
        headed, year: the year of the heading, and that of the paragraph so far.
    """

    paragraph: int = 0
    heading: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    units: tuple[tuple[str, ...], ...] = ()
    headed: int = 0
    year: int = 0
    period: str = ""


def proofread(paragraphs: Sequence[str], known: Known) -> list[Sentence]:
    """Hold every statement of a text against what is published.

    Args:
        paragraphs: of the text, in order; headings too.
        known: what is published.

    Returns:
        The sentences that state something, in order; a sentence without number and claim is left out.
    """
    book = NameBook(known)
    areas = _areas_by_number(known)
    read = partial(tokens_of, book=book, grades=known.grades, areas=areas)
    told = period_sentences(known)
    context = _Context()
    found = []
    for paragraph, number, text, alone in split(paragraphs):
        if paragraph != context.paragraph:
            context = replace(context, paragraph=paragraph, scope=(), units=(), year=0)
        tokens = read(text)
        line = Line(
            text,
            tokens,
            context.scope or context.heading,
            context.units,
            context.year or context.headed,
            context.period,
            alone and text[-1:] not in ".;:!?/",
        )
        context = _after(context, line, known)
        statements = _read(line, known, told, read)
        if statements:
            found.append(Sentence(paragraph, number, text, tuple(sorted(statements, key=lambda one: one.start))))
    return found


def _areas_by_number(known: Known) -> Mapping[int, tuple[Part, ...]]:
    """Areas by their number in the set of each group."""
    areas: dict[int, tuple[Part, ...]] = {}
    for group in known.groups:
        for place, area in enumerate(group.criteria_set.areas, start=1):
            areas[place] = (*areas.get(place, ()), (group.group.id, area.code))
    return areas


def _read(line: Line, known: Known, told: Mapping[str, list[Told]], read: partial[list[Token]]) -> list[Claim]:
    statements = [*told_in_periods(line, told), *of_periods(line, known, read)]
    count = -1
    while len(statements) > count:  # what one family reads lets others reach further
        count = len(statements)
        for family in _FAMILIES:
            statements += family(line, known)
    left = sorted((*line.left(), *(line.left_out() if statements else ())))
    if left:
        words = ", ".join(line.tokens[place].text for place in left)
        first, last = line.tokens[left[0]], line.tokens[left[-1]]
        outcome = Weighed(Verdict.UNREAD, why=f"chưa đọc được: {words}")
        statements.append(Claim(first.start, last.end, "", "", line.text[first.start : last.end], outcome))
    return statements


def _after(context: _Context, line: Line, known: Known) -> _Context:
    """What the text has spoken of once a sentence was read; a heading says it for all that follows."""
    tokens = line.tokens
    groups = tuple(id for token in tokens if token.kind is Kind.GROUP for id in token.ids)
    years = [
        token.year
        for place, token in enumerate(tokens)
        if token.kind is Kind.YEAR and not (place and tokens[place - 1].text in COMPARED)
    ]
    units = tuple(dict.fromkeys(token.ids for token in tokens if token.kind is Kind.UNIT))
    period = next((one.period.name for one in known.periods if one.period.name.lower() in line.text.lower()), "")
    year = years[-1] if years else context.year
    after = replace(context, scope=groups or context.scope, units=units, year=year, period=context.period or period)
    if not line.is_heading or any(token.kind is Kind.REFERENCE and token.text.startswith("ngày") for token in tokens):
        return after
    names_group = groups and all(token.kind in _CONTEXT for token in tokens)
    heading = groups if names_group else () if line.text.isupper() else context.heading
    return replace(after, heading=heading, headed=years[-1] if years else context.headed)
