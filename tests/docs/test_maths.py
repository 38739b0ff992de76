"""docs/maths.md: every worked example in it, computed again by the code that it explains."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import yaml

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.sets import CriteriaSet
from models.digests import canonical_json, digest
from models.forms.sources import ScoreSource
from models.numbers import Rounding, printed, settled
from models.progress.measures import Figure, Measure
from models.progress.periods import month, read_period, whole_year
from models.province.rounds import STANDARD_GRADES, Band, Gate, RankingRule, SurveyMissing
from models.records.results import Basis, LeafPoints, ScoredUnit
from models.units import Succession, Unit, ancestors_of
from tasks.progress.figures import StatedFigures, combined
from tasks.progress.figures import compared as compared_figures
from tasks.progress.standing import projected
from tasks.scoring.comparison import DRAWS, lost_points, previous_result, rank_robustness, repair_list
from tasks.scoring.points import Given, UnitInput
from tasks.scoring.ranking import grade_of, rank_group
from tests.docs.documents import Block, blocks_of, document
from tests.tasks.building import (
    YEAR,
    Part,
    a_set,
    area,
    compared,
    leaf,
    on_leaf,
    published,
    scored_by,
    unit,
    with_areas,
    with_index,
)

Example = dict[str, Any]
Figures = Iterator[tuple[object, object]]


class ExactLoader(yaml.SafeLoader):
    """Numbers as they are written; `none` is nothing."""


ExactLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))
ExactLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"none$"), ["n"])


BLOCKS = blocks_of("maths.md", "yaml")


def example_in(block: Block) -> Example:
    example: Example = yaml.load(block.text, ExactLoader)
    return example


def name_of(block: Block) -> str:
    example = example_in(block)
    kind = f"{example['rule']['kind']} rule" if "rule" in example else example.get("example", "unknown")
    return f"{block.section} {kind}"


# --- what a unit states -----------------------------------------------------------------------------------------------


def facts_of(criteria_set: CriteriaSet, stated: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, str]]:
    """Facts as the import reads them, by code of a leaf or of a bonus or penalty item."""
    items = {**criteria_set.bonus_items, **criteria_set.penalty_items}
    asked = {code: {field.id: field for field in leaf.rule.fields} for code, leaf in criteria_set.by_code.items()}
    asked |= {code: {item.field.id: item.field} for code, item in items.items()}
    return {
        code: {fact: asked[code][fact].read(str(value)) for fact, value in facts.items()}
        for code, facts in stated.items()
    }


def given_of(stated: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, ScoreSource], Given]:
    return {
        (code, ScoreSource(source)): Given(None if points is None else Decimal(points))
        for code, by_source in stated.items()
        for source, points in by_source.items()
    }


def index_of(fraction: str) -> Decimal:
    points, maximum = fraction.split("/")
    return settled(Decimal(points) * 100 / Decimal(maximum))


# --- one kind of example each: what the code computes, and what the document says ------------------------------------


def points_by_rule(example: Example) -> Figures:
    rule = example["rule"]
    source = "survey" if rule["kind"] == "survey" else "self"
    criteria_set = a_set(area("1", leaf("1.1", example["max"], rule, source=source)))
    scored = criteria_set.leaves[0]
    yield tuple(scored.rule.faults(scored.max)), ()
    rows = [{name: value for name, value in case.items() if name != "gives"} for case in example["points"]]
    read = [facts_of(criteria_set, {"1.1": stated})["1.1"] for stated in rows]
    bounds = scored.rule.bounds_among(read)  # where units are compared, the rows of the example are those of a group
    for case, stated, own in zip(example["points"], rows, read, strict=True):
        facts = {**own, **bounds}
        points, problem = scored.rule.points(facts, scored.max, example.get("year", YEAR))
        yield {**stated, "gives": "refused" if points is None or problem else settled(points)}, case


def scored_units(example: Example) -> Figures:
    criteria_set = CriteriaSet.model_validate(example["set"])
    gates = [Gate.model_validate(gate) for gate in example.get("gates", [])]
    for case in example["units"]:
        facts, given = facts_of(criteria_set, case.get("facts", {})), given_of(case.get("given", {}))
        survey_missing = SurveyMissing(case.get("survey_missing", "rebase"))
        stated = UnitInput(unit(case.get("unit", "u")), facts, given)
        scored = scored_by(criteria_set, stated, survey_missing=survey_missing, gates=gates)
        for figure, documented in case["gives"].items():
            yield {figure: figure_of(scored, figure)}, {figure: str(documented) if figure == "printed" else documented}


def figure_of(scored: ScoredUnit, figure: str) -> object:
    match figure:
        case "areas":
            return {area.code: area.index for area in scored.areas}
        case "printed":
            assert scored.index is not None
            return str(printed(scored.index, 2))
        case "closed_gates":
            return [gate.not_above for gate in scored.closed_gates]
        case _:
            return getattr(scored, figure)


def standing_of_a_leaf(example: Example) -> Figures:
    shown: Part = {"code": "1.1", "name": "Mục 1.1", **example["leaf"]}
    criteria_set = a_set(area("1", shown, leaf("1.2", 1)))
    for case in example["cases"]:
        points = {source.value: case[source] for source in ScoreSource if source in case}
        given = given_of({"1.1": points, "1.2": {"appraisal": 1}})
        facts = facts_of(criteria_set, {"1.1": case.get("facts", {})})
        standing = on_leaf(scored_by(criteria_set, UnitInput(unit(), facts, given)), "1.1")
        yield {**case, "gives": standing.points, "stands_on": standing.basis.value}, case


def printed_values(example: Example) -> Figures:
    for case in example["values"]:
        rounding = Rounding(case.get("rounding", "half_up"))
        yield str(printed(case["value"], case.get("decimals", 2), rounding)), str(case["gives"])


def ranks(example: Example) -> Figures:
    names, survey = example.get("names", {}), example.get("survey", {})
    units = [
        with_index(code, index_of(text), name=names.get(code), survey=survey.get(code))
        for code, text in example["units"].items()
    ]
    for ranking in example["rankings"]:
        rule = RankingRule.model_validate({key: ranking[key] for key in ("rank_on", "ties") if key in ranking})
        ranked = rank_group(units, rule, STANDARD_GRADES, tie_break=ranking.get("tie_break", ()))
        yield [(one.unit.code, one.rank) for one in ranked], list(ranking["gives"].items())


def grades(example: Example) -> Figures:
    bands = [Band.model_validate(band) for band in example["grades"]]
    for case in example["units"]:
        scored = with_index("u", case["index"], closed_gates=case.get("closed_gates", ()))
        grade, gated_by = grade_of(scored, RankingRule(), bands)
        yield (grade, gated_by is not None), (case["gives"], case.get("gated", False))


def mean_of_a_group(example: Example) -> Figures:
    mean = compared({f"u{place}": index for place, index in enumerate(example["indices"])}, {}).mean
    assert mean is not None
    yield (mean, str(printed(mean, 2))), (example["gives"], str(example["printed"]))


def past(example: Example) -> dict[str, tuple[str, int]]:
    return {code: (str(year["index"]), year["rank"]) for code, year in example["last_year"].items()}


def results_of_last_year(example: Example) -> Figures:
    yield YEAR, example["year"]
    steps = [Succession.model_validate(step) for step in example["successions"]]
    for case in example["units"]:
        ancestors = ancestors_of(case["unit"], YEAR, steps)
        previous, reason = previous_result(case["unit"], "xa", RankingRule(), published(past(example)), ancestors, {})
        if previous is None:
            yield {"unit": case["unit"], "reason": reason}, case
        else:
            figures = {"index": previous.index, "rank": previous.rank, "from": list(previous.from_units)}
            yield {"unit": case["unit"], **figures}, case


def changes(example: Example) -> Figures:
    group = compared({code: index_of(text) for code, text in example["units"].items()}, past(example))
    computed = {
        "change_index": {unit.code: unit.change and unit.change.index for unit in group.units},
        "change_rank": {unit.code: unit.change and unit.change.rank for unit in group.units},
        "index_counts": group.index_counts._asdict(),
        "rank_counts": group.rank_counts._asdict(),
        "risers": list(group.risers),
        "fallers": list(group.fallers),
    }
    yield computed, example["gives"]


def repairs(example: Example) -> Figures:
    leaves = []
    for code, text in example["leaves"].items():
        points, maximum = text.split("/")
        counts = points != "none"
        basis = Basis.APPRAISAL if counts else Basis.NOT_APPLICABLE
        leaves.append(LeafPoints(code, Decimal(maximum), Decimal(points) if counts else None, basis))
    yield [(loss.leaf.code, loss.lost) for loss in lost_points(leaves, RankingRule())], list(example["lost"].items())
    yield [loss.leaf.code for loss in repair_list(leaves, RankingRule())], example["repair"]


def robustness(example: Example) -> Figures:
    units = []
    for code, areas in example["units"].items():
        fractions = [text.split("/") for text in areas.values()]
        units.append(with_areas(code, *((points, int(maximum)) for points, maximum in fractions)))
    yield (
        {code: [rank.rank_p5, rank.rank_p95] for code, rank in rank_robustness(units, RankingRule()).items()},
        example["gives"],
    )


def hashes(example: Example) -> Figures:
    yield canonical_json(example["value"]).decode(), example["json"]
    yield digest(example["value"]), example["gives"]


# --- figures of the month ---------------------------------------------------------------------------------------------


def a_measure(example: Example) -> Measure:
    given = {name: example[name] for name in ("kind", "unit", "decimals") if name in example}
    return Measure.model_validate({"id": "m", "name": "Chỉ tiêu", "kind": "count", "unit": "hồ sơ", **given})


def totals(example: Example) -> Figures:
    measure, year = a_measure(example), whole_year(YEAR)
    figures = [Figure("m", "u", year, Decimal(part), Decimal(whole)) for part, whole in example["parts"]]
    total = combined(measure, figures, "", year)
    yield total and total.shown(measure), example["gives"]


def changes_of_figures(example: Example) -> Figures:
    now, base = (
        Figure("m", "u", read_period(str(period)), value=Decimal(value))
        for period, value in (example["now"], example["base"])
    )
    yield compared_figures(a_measure(example), now, base).words, example["gives"]


def projections(example: Example) -> Figures:
    told = {month(YEAR, int(number)): Decimal(value) for number, value in example["months"].items()}
    units = {"u": Unit(code="u", name="Đơn vị", kind="so", valid_from=example.get("unit_from"))}
    stated = StatedFigures((Figure("m", "u", period, value=value) for period, value in told.items()), units)
    forecast = projected(stated, a_measure(example), "u", max(told).cumulated)
    assert forecast is not None
    yield forecast.value, example["gives"]
    yield forecast.how, example["how"]


RECOMPUTED: Mapping[str, Callable[[Example], Figures]] = {
    "rule": points_by_rule,
    "unit": scored_units,
    "leaf": standing_of_a_leaf,
    "printed": printed_values,
    "ranks": ranks,
    "grades": grades,
    "mean": mean_of_a_group,
    "previous": results_of_last_year,
    "changes": changes,
    "repair": repairs,
    "robustness": robustness,
    "digest": hashes,
    "total": totals,
    "change": changes_of_figures,
    "projection": projections,
}


@pytest.mark.parametrize("block", BLOCKS, ids=name_of)
def test_the_document_gives_the_figures_that_the_code_computes(block: Block) -> None:
    example = example_in(block)
    assert example.get("example") in RECOMPUTED, f"line {block.line}: an example that no test can recompute"
    figures = list(RECOMPUTED[example["example"]](example))
    assert figures
    assert [computed for computed, _ in figures] == [documented for _, documented in figures]


def test_every_kind_of_rule_has_an_example() -> None:
    examples = [example_in(block) for block in BLOCKS]
    assert {example["rule"]["kind"] for example in examples if "rule" in example} == set(RULE_KINDS)


def test_every_kind_of_example_is_in_the_document() -> None:
    assert {example_in(block)["example"] for block in BLOCKS} == set(RECOMPUTED)


def test_the_document_says_how_often_the_weights_are_drawn() -> None:
    assert f" {DRAWS:,} draws; in each" in document("maths.md")
