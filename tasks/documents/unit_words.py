"""What units wrote in the forms of the months → what a report says of it: the same words of many units once.

In: remarks (difficulties, proposals) and reasons why a figure could not be given. Out: texts with the units that wrote
them. Who filled a form in, and how to reach them, is nobody's business and is left out.
Source: docs/process.md, 3 (contents of a report: difficulties).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.forms.row_keys import Remark
from models.forms.sheets import shortened
from models.progress.measures import Measure
from models.progress.periods import Period
from models.records.progress_snapshots import NoFigure, ReportedProgress
from report_templates.filters import counted, joined, without_end
from tasks.reading.plans import alike

LONGEST = 300  # characters of a text in the report itself; whole it stands in the annex
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Said:
    """One text and the units that wrote it, each with its months where the report is of several."""

    text: str
    units: tuple[str, ...]

    @property
    def in_short(self) -> str:
        """The text in one line, cut at a word where it is long, without the mark that ends it."""
        line = " ".join(self.text.split()).lstrip("-–+*• ")
        return shortened(line, LONGEST) if len(line) > LONGEST else without_end(line)

    @property
    def is_cut(self) -> bool:
        """Whether the text in short is not all of it."""
        return len(" ".join(self.text.split())) > LONGEST

    @property
    def whole(self) -> str:
        """The text with its lines, without empty ones."""
        return "\n".join(line.strip() for line in self.text.splitlines() if line.strip())

    @property
    def named(self) -> str:
        """The units by name; of very many the first, and how many there are besides."""
        rest = len(self.units) - MOST_NAMED
        if rest <= 1:
            return joined(self.units)
        return f"{'; '.join(self.units[:MOST_NAMED])} và {counted(rest)} đơn vị khác"


def said_together(progress: ReportedProgress, remark: Remark) -> list[Said]:
    """What units wrote under one heading: the same words once, those of most units first, then in their order."""
    order = {code: place for place, code in enumerate(code for group in progress.groups for code in group.units)}
    texts: dict[str, str] = {}
    months: dict[str, dict[str, list[Period]]] = {}
    names: dict[str, str] = {}
    told = [one for one in progress.remarks if one.remark is remark]
    for one in sorted(told, key=lambda one: (order.get(one.unit.code, len(order)), one.unit.code, one.month)):
        words = alike(without_end(one.text))
        texts.setdefault(words, one.text)
        months.setdefault(words, {}).setdefault(one.unit.code, []).append(one.month)
        names[one.unit.code] = one.unit.name
    in_months = not progress.result.period.is_month
    together = [
        Said(text, tuple(names[code] + (_in_months(of) if in_months else "") for code, of in months[words].items()))
        for words, text in texts.items()
    ]
    return sorted(together, key=lambda said: -len(said.units))


def _in_months(months: Sequence[Period]) -> str:
    return f" (tháng {', '.join(str(month.last.month) for month in months)})"


def why_without_figures(progress: ReportedProgress) -> list[str]:
    """Of each unit that has not reported: the reasons that it gave, each with the measures it stands for."""
    silent = {unit.code for unit in progress.result.not_reported}
    return [
        f"{name}: {'; '.join(reasons)}"
        for code, name, reasons in _reasons_of_units(progress, progress.no_figures)
        if code in silent
    ]


def others_without_figures(progress: ReportedProgress) -> int:
    """How many units reported, but said of some measure why they have no figure."""
    silent = {unit.code for unit in progress.result.not_reported}
    return len({one.unit.code for one in progress.no_figures} - silent)


def reasons_of(progress: ReportedProgress, unit: str) -> list[str]:
    """The reasons that one unit gave, each with the measures it stands for."""
    of_unit = [one for one in progress.no_figures if one.unit.code == unit]
    return [reason for _, _, reasons in _reasons_of_units(progress, of_unit) for reason in reasons]


def _reasons_of_units(progress: ReportedProgress, notes: Iterable[NoFigure]) -> Iterator[tuple[str, str, list[str]]]:
    """By unit: its code, its name, and its reasons in short, the measures in brackets."""
    measures: Mapping[str, Measure] = {result.measure.id: result.measure for result in progress.result.measures}
    names: dict[str, str] = {}
    asked: dict[str, dict[str, list[str]]] = {}
    for one in notes:
        names[one.unit.code] = one.unit.name
        reason = shortened(" ".join(without_end(one.reason).split()), LONGEST)
        told = asked.setdefault(one.unit.code, {}).setdefault(reason, [])
        if one.measure in measures and measures[one.measure].name not in told:
            told.append(measures[one.measure].name)
    for code, reasons in asked.items():
        yield code, names[code], [f"{reason} ({joined(told)})" if told else reason for reason, told in reasons.items()]


def heading_of(remark: Remark) -> str:
    """What the report calls what stands under a heading of the form."""
    return "Đề xuất, kiến nghị" if remark is Remark.PROPOSALS else remark.label
