"""What a province's forms can hold, looked up once and kept: units and groups of each round, leaves and facts by key.

In: a province folder. Out: tables that reading needs, so that each of thousands of files only looks things up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from unicodedata import normalize

from models.criteria.facts import FactField, FactKind
from models.criteria.rules.base import Numbers
from models.criteria.sets import BlockItem, CriteriaSet, Leaf, Source
from models.forms.descriptions import SetUsed, set_used
from models.forms.row_keys import RowKey, task_code
from models.progress.measures import Measure
from models.progress.periods import Period
from models.progress.plan_tasks import PlanTask
from models.province.folder import Province
from models.province.progress_files import ProgressFolder
from models.province.rounds import Group
from models.units import Unit, unit_named


def alike(text: object) -> str:
    """A text as it is compared: composed, without regard to capitals, spaces and line ends."""
    return " ".join(normalize("NFC", str(text)).casefold().split())


@dataclass(frozen=True, slots=True)
class AskedFact:
    """One fact that a form asks for.

    Attributes:
        key: of its row in a self-assessment.
        label: as it is compared.
        share: whether its value is a percentage by nature, so that 95 and 0.95 may mean the same.
        claimable: whether units may claim that no case arose, instead of stating it.
    """

    field: FactField
    key: str
    label: str
    share: bool
    claimable: bool = False


@dataclass(frozen=True, slots=True)
class AskedLeaf:
    """One leaf or block item with its facts.

    Attributes:
        leaf: None for an item of a block.
        ratio: whether its facts are a part and a whole.
        name: what people know it by, where they do not see its code.
    """

    code: str
    facts: tuple[AskedFact, ...]
    leaf: Leaf | None = None
    item: BlockItem | None = None
    ratio: bool = False
    name: str = ""

    @property
    def said(self) -> str:
        """What it is called in a sentence."""
        return f"“{self.name}”" if self.name else self.code

    def lacks(self, facts: Mapping[str, str]) -> bool:
        """Whether a fact that the points need is not stated."""
        if self.leaf is not None:
            return bool(self.leaf.rule.missing(facts))
        return any(fact.field.id not in facts for fact in self.facts)

    def applies_to(self, unit: str, kind: str) -> bool:
        """Whether it is part of the unit's set."""
        if self.leaf is not None:
            return self.leaf.applies_to(unit, kind)
        return self.item is None or not self.item.not_applicable.excludes(unit, kind)


class SetPlan:
    """One criteria set as reading needs it."""

    def __init__(self, criteria_set: CriteriaSet) -> None:
        self.criteria_set = criteria_set

    @cached_property
    def used(self) -> SetUsed:
        """The set's id and digest of today."""
        return set_used(self.criteria_set)

    @cached_property
    def asked(self) -> dict[str, AskedLeaf]:
        """Leaves and block items by code."""
        asked = {leaf.code: _asked_leaf(leaf) for leaf in self.criteria_set.leaves}
        for item in (*self.criteria_set.bonus_items.values(), *self.criteria_set.penalty_items.values()):
            field = FactField(item.field.id, "Số trường hợp", item.field.kind)
            asked[item.code] = AskedLeaf(item.code, (_asked_fact(item.code, field, False),), item=item)
        return asked

    @cached_property
    def facts_by_label(self) -> dict[str, str]:
        """Ids of facts by label, where all facts with this label have one id."""
        ids: dict[str, set[str]] = {}
        for asked in self.asked.values():
            for fact in asked.facts:
                ids.setdefault(fact.label, set()).add(fact.field.id)
        return {label: next(iter(found)) for label, found in ids.items() if len(found) == 1}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels of facts by the keys of their rows."""
        return {fact.key: fact.field.label for asked in self.asked.values() for fact in asked.facts}

    @cached_property
    def row_keys(self) -> frozenset[str]:
        """Every key that a row of one unit may have: leaves, block items and their facts."""
        return frozenset({*self.asked, *self.labels})

    @cached_property
    def heads(self) -> frozenset[str]:
        """Codes of areas, of criteria with components and of their groups: rows that only say what follows."""
        areas = self.criteria_set.areas
        split = (criterion.code for area in areas for criterion in area.criteria if criterion.components)
        groups = (group.code for area in areas for criterion in area.criteria for group in criterion.groups)
        return frozenset({*(area.code for area in areas), *split, *groups})

    def self_assessed(self, unit: Unit) -> tuple[AskedLeaf, ...]:
        """The leaves that a unit scores itself."""
        return tuple(
            asked
            for asked in self.asked.values()
            if asked.leaf and asked.leaf.source is Source.SELF and asked.applies_to(unit.code, unit.kind)
        )

    def keys_for(self, unit: Unit) -> list[str]:
        """The keys of the rows of a unit's self-assessment, in the order of the set."""
        own = {asked.code for asked in self.self_assessed(unit)}
        keys: list[str] = []
        for asked in self.asked.values():
            if asked.leaf:
                keys += [asked.code, *(fact.key for fact in asked.facts if asked.code in own)]
        return keys


def _asked_leaf(leaf: Leaf) -> AskedLeaf:
    numbers = leaf.rule.numbers
    facts = tuple(
        replace(_asked_fact(leaf.code, field, numbers is Numbers.PERCENT), claimable=leaf.may_be_claimed)
        for field in leaf.rule.fields
    )
    return AskedLeaf(leaf.code, facts, leaf, ratio=numbers is Numbers.PART_OF_WHOLE)


def _asked_fact(code: str, field: FactField, share: bool) -> AskedFact:
    return AskedFact(field, str(RowKey(code, field.id)), alike(field.label), share and field.kind is FactKind.NUMBER)


class RoundPlan:
    """One round as reading needs it: its units with their groups."""

    def __init__(self, groups: Iterable[Group], members: dict[str, tuple[Unit, Group]]) -> None:
        self.groups: dict[str, Group] = {group.id: group for group in groups}
        self.members = members

    @cached_property
    def units_by_name(self) -> dict[str, str]:
        """Codes of the round's units by name or alias; names that two units share are left out."""
        found: dict[str, set[str]] = {}
        for code, (unit, _) in self.members.items():
            for name in names_of(unit):
                found.setdefault(name, set()).add(code)
        return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


NO_ROUND = RoundPlan((), {})
"""What a form that belongs to no round is read with."""


class MonthPlan:
    """One unit's report of a month as reading needs it.

    Attributes:
        measures: those asked of units of its kind, by id.
        tasks: those that it owns of the plans that run in the reporting year, by `models.forms.descriptions.task_code`.
    """

    def __init__(self, unit: Unit, period: Period, progress: ProgressFolder, tasks: Iterable[tuple[str, PlanTask]]):
        self.unit = unit
        self.period = period
        self.measures = {id: measure for id, measure in progress.measures.items() if measure.reported_by(unit.kind)}
        running = {id for id, plan in progress.plans.items() if plan.from_ <= period.year <= plan.to}
        self.tasks = {task_code(plan, task.number): task for plan, task in tasks if plan in running}

    @cached_property
    def asked(self) -> dict[str, AskedLeaf]:
        """The measures with what a figure of them states, by id."""
        return {id: _asked_measure(measure) for id, measure in self.measures.items()}

    @cached_property
    def row_keys(self) -> frozenset[str]:
        """Every key that a row may have."""
        return frozenset({*self.measures, *self.tasks})

    @cached_property
    def by_words(self) -> dict[tuple[str, str], str]:
        """The keys of rows by code and content as they are compared."""
        measures = {
            (self.shown_code(id), alike(f"{each.name} {each.parts_said}")): id for id, each in self.measures.items()
        }
        return measures | {(alike(task.number), alike(task.title)): key for key, task in self.tasks.items()}

    @cached_property
    def by_name(self) -> dict[str, str]:
        """The measures by the first line of their words, as it is compared; names that two share are left out."""
        ids = Counter(alike(each.name) for each in self.measures.values())
        return {name: id for id, each in self.measures.items() if ids[name := alike(each.name)] == 1}

    def shown_code(self, key: str) -> str:
        """What stands in the first column of a row: the number of a task, the place of a measure in the form."""
        return self.tasks[key].number if key in self.tasks else str(list(self.measures).index(key) + 1)


def _asked_measure(measure: Measure) -> AskedLeaf:
    kind = FactKind.COUNT if measure.kind.counts else FactKind.NUMBER
    words = {"numerator": measure.numerator, "denominator": measure.denominator, "value": "số liệu"}
    fields = (FactField(id, words[id], kind) for id in measure.fact_ids)
    facts = tuple(_asked_fact(measure.id, field, False) for field in fields)
    return AskedLeaf(measure.id, facts, ratio=measure.kind.in_percent, name=measure.name)


def names_of(unit: Unit) -> set[str]:
    """The names of a unit, as they are compared."""
    return {alike(name) for name in (unit.name, *unit.aliases)}


class ReadingPlan:
    """A province as reading needs it."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self._sets: dict[str, SetPlan] = {}
        self._rounds: dict[int, RoundPlan] = {}

    def set_of(self, id: str) -> SetPlan:
        """The plan of a criteria set of the folder."""
        if id not in self._sets:
            self._sets[id] = SetPlan(self.province.criteria_sets[id])
        return self._sets[id]

    def round_of(self, year: int) -> RoundPlan | None:
        """The plan of a year's round, None where the folder has none."""
        if year not in self.province.rounds:
            return None
        if year not in self._rounds:
            groups = self.province.rounds[year].groups
            self._rounds[year] = RoundPlan(groups, self.province.units_of_round(year))
        return self._rounds[year]

    @cached_property
    def _tasks_by_owner(self) -> dict[str, list[tuple[str, PlanTask]]]:
        """The tasks of all plans with their plan's id, by the code of the unit that owns them."""
        found: dict[str, list[tuple[str, PlanTask]]] = {}
        for id, plan in self.province.progress.plans.items():
            for task in plan.tasks:
                if owner := unit_named(self.province.units, task.owner):
                    found.setdefault(owner.code, []).append((id, task))
        return found

    def month_of(self, unit: Unit, period: Period) -> MonthPlan:
        """The plan of a unit's report of a month."""
        return MonthPlan(unit, period, self.province.progress, self._tasks_by_owner.get(unit.code, ()))

    def sets_of(self, groups: Iterable[Group]) -> dict[str, SetPlan]:
        """The plans of the sets of groups, by id."""
        return {group.criteria_set: self.set_of(group.criteria_set) for group in groups}


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A province that equals only itself: it holds dicts, so that it has no hash of its own."""

    province: Province

    def __hash__(self) -> int:
        return id(self.province)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.province is self.province


@lru_cache(maxsize=4)
def _plan_of(same: _Same) -> ReadingPlan:
    return ReadingPlan(same.province)


def plan_of(province: Province) -> ReadingPlan:
    """The plan of a province, made when it is first asked for."""
    return _plan_of(_Same(province))
