"""What the annex of a criteria set prints, cell by cell: rules, evidence and appraisers in words, never typed twice.

Whoever writes the annex prints these rows; whoever reads one back that was edited in Word compares with them, so that
only what was changed is read anew. Source: docs/process.md, 4 (columns as provinces print them).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from models.criteria.references import LegalReference
from models.criteria.sets import Area, Block, BlockItem, Component, CriteriaSet, Criterion, Leaf, NotApplicable, Source
from models.numbers import ZERO, said
from models.province.config import Appraiser
from models.province.folder import Province
from models.units import Unit, kind_name
from models.wording import capitalised

NOBODY = "–"
CLAIMABLE = "(*)"
CLAIMABLE_NOTE = f"{CLAIMABLE} Đơn vị không phát sinh nội dung này thì đề nghị không áp dụng, nêu lý do"
EXCLUDED = "Không áp dụng đối với: "
REFERENCE = "Căn cứ: "
BLOCKS = (("bonus", "Điểm thưởng"), ("penalty", "Điểm trừ"))
MARK = "_cchc_"


class PrintedNames(NamedTuple):
    """What codes are called in print: agencies, units, and kinds of units."""

    agencies: Mapping[str, str]
    units: Mapping[str, str]
    kinds: Mapping[str, str]


class AnnexRow(NamedTuple):
    """A line of the annex, each of its cells as text.

    Attributes:
        path: where what it prints stands in the set's file.
        guidance: the lines of the cell: the rule in words, to whom it does not apply, the law it follows.
    """

    path: tuple[str | int, ...]
    code: str
    name: str
    maximum: str = ""
    guidance: tuple[str, ...] = ()
    evidence: str = ""
    appraiser: str = ""
    is_heading: bool = False

    @property
    def is_area(self) -> bool:
        """Whether it is an area's."""
        return len(self.path) == 2 and self.path[0] == "areas"

    @property
    def mark(self) -> str:
        """The name of the bookmark by which the row is known again: letters, digits and `_`, 40 at most in Word."""
        return MARK + "_".join(str(step)[:3] for step in self.path)


class AnnexBlock(NamedTuple):
    """The bonus or the penalty block: its name in the set's file, what stands above its table, its rows."""

    name: str
    heading: str
    rows: tuple[AnnexRow, ...]


def names_in(province: Province) -> PrintedNames:
    """What a province calls its agencies, units and kinds of units."""
    return names_of(province.config.appraisers, province.units.values())


def names_of(agencies: Iterable[Appraiser], units: Iterable[Unit]) -> PrintedNames:
    """The same of agencies and units."""
    called = {unit.code: unit for unit in units}
    return PrintedNames(
        {agency.id: agency.name for agency in agencies},
        {code: unit.name for code, unit in called.items()},
        {kind: kind_name(kind) for kind in sorted({unit.kind for unit in called.values()})},
    )


def annex_rows(declared: CriteriaSet, year: int, names: PrintedNames) -> Iterator[AnnexRow]:
    """Areas, their criteria, named levels below these, and what is scored; in the order of the set.

    Args:
        declared: the set.
        year: for which deadlines without a year are told.
        names: what codes are called.
    """
    for place, area in enumerate(declared.areas):
        leaves = [leaf for leaf in declared.leaves if leaf.area == area.code]
        yield _heading(("areas", place), area, leaves, names)
        for number, criterion in enumerate(area.criteria):
            path = ("areas", place, "criteria", number)
            below = [leaf for leaf in leaves if leaf.criterion == criterion.code]
            if not criterion.components:
                yield from (_leaf_row(path, criterion, leaf, year, names) for leaf in below)
                continue
            yield _heading(path, criterion, below, names)
            yield from _component_rows(path, criterion, below, year, names)


def annex_blocks(declared: CriteriaSet, names: PrintedNames) -> tuple[AnnexBlock, ...]:
    """The blocks beside the scale that have items."""
    named = ((name, heading, getattr(declared, name)) for name, heading in BLOCKS)
    return tuple(_block(*each, names) for each in named if each[2] and each[2].items)


def sum_of(leaves: Sequence[Leaf]) -> Decimal:
    """The maxima of some leaves together."""
    return sum((leaf.max for leaf in leaves), ZERO)


def _heading(
    path: tuple[str | int, ...], part: Area | Criterion, leaves: Sequence[Leaf], names: PrintedNames
) -> AnnexRow:
    reference = part.reference if isinstance(part, Criterion) else None
    guidance = _told_beside(part.not_applicable, reference, names)
    name = _name(part.name, claimable=part.not_applicable.by_event)
    return AnnexRow(path, part.code, name, said(sum_of(leaves)), guidance, is_heading=True)


def _component_rows(
    path: tuple[str | int, ...], criterion: Criterion, leaves: Sequence[Leaf], year: int, names: PrintedNames
) -> Iterator[AnnexRow]:
    headed = set()
    for number, (component, leaf) in enumerate(zip(criterion.components, leaves, strict=True)):
        if leaf.group is not None and leaf.group.code not in headed:
            headed.add(leaf.group.code)
            below = [each for each in leaves if each.group == leaf.group]
            place = (*path, "groups", criterion.groups.index(leaf.group))
            yield AnnexRow(place, leaf.group.code, leaf.group.name, said(sum_of(below)), is_heading=True)
        yield _leaf_row((*path, "components", number), component, leaf, year, names)


def _leaf_row(
    path: tuple[str | int, ...], part: Component | Criterion, leaf: Leaf, year: int, names: PrintedNames
) -> AnnexRow:
    rule = capitalised(leaf.rule.sentence(leaf.max, year))
    return AnnexRow(
        path,
        leaf.code,
        _name(leaf.name, claimable=leaf.may_be_claimed),
        said(leaf.max),
        (rule, *_told_beside(part.not_applicable, part.reference, names)),
        capitalised(leaf.evidence.in_words if leaf.source is Source.SELF else leaf.source.told),
        NOBODY if leaf.appraised_by is None else names.agencies.get(leaf.appraised_by, leaf.appraised_by),
    )


def _name(name: str, *, claimable: bool) -> str:
    return f"{name} {CLAIMABLE}" if claimable else name


def _told_beside(excluded: NotApplicable, reference: LegalReference | None, names: PrintedNames) -> tuple[str, ...]:
    """To whom a part does not apply whatever happens, and which law it follows, a line each."""
    units = [names.units.get(code, code) for code in excluded.units]
    kinds = [names.kinds.get(kind, kind) for kind in excluded.kinds]
    lines = [f"{EXCLUDED}{'; '.join([*kinds, *units])}"] if kinds or units else []
    return (*lines, f"{REFERENCE}{reference}") if reference else tuple(lines)


def _block(name: str, heading: str, block: Block, names: PrintedNames) -> AnnexBlock:
    capped = heading if block.cap is None else f"{heading} (tối đa {said(block.cap)} điểm)"
    rows = (_item_row((name, "items", place), item, names) for place, item in enumerate(block.items))
    return AnnexBlock(name, capped, tuple(rows))


def _item_row(path: tuple[str | int, ...], item: BlockItem, names: PrintedNames) -> AnnexRow:
    guidance = (capitalised(item.sentence), *_told_beside(item.not_applicable, None, names))
    return AnnexRow(path, item.code, _name(item.name, claimable=item.not_applicable.by_event), guidance=guidance)
