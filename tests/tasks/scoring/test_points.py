"""Facts and given points → points of leaves, areas and units. Source: docs/maths.md, 2–5."""

import gc
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.forms.sources import ScoreSource
from models.numbers import printed, settled
from models.province.folder import load_province
from models.province.rounds import RankingRule, SurveyMissing
from models.records.results import Basis, ScoredUnit, Status
from tasks.recording.importing import read_scores
from tasks.scoring.comparison import LastYear, compare_group
from tasks.scoring.points import Given, GroupScoring, UnitInput, score_group
from tasks.scoring.ranking import rank_group
from tests.conftest import EXAMPLES
from tests.tasks.building import (
    ANSWERS,
    COUNTED,
    RATIO,
    YEAR,
    YES,
    Part,
    a_set,
    area,
    block,
    criterion,
    faults_by,
    gate,
    in_area,
    item,
    leaf,
    on_leaf,
    scored_by,
    sent,
    unit,
)

SET = a_set(
    area("1", criterion("1.1", leaf("1.1.1", 10, RATIO), leaf("1.1.2", 20))),
    area("2", leaf("2.1", 20)),
    area("3", leaf("3.1", 20, ANSWERS, source="survey"), leaf("3.2", 30, source="survey")),
)
HALF = {"1.1.1": {"numerator": "1", "denominator": "2"}}
ANSWERED = {"3.1": {"good": "3", "bad": "1"}}
OFFICE = unit("vp", kind="van_phong")

EXACT = RankingRule(points_decimals="exact")


def decimal(text: str | int) -> Decimal:
    return Decimal(text)


# --- what stands for a leaf -------------------------------------------------------------------------------------------


STRENGTH = (
    ("council", Basis.COUNCIL, 9),
    ("appraisal", Basis.APPRAISAL, 8),
    ("facts", Basis.FACTS, 5),
    ("self_", Basis.SELF, 6),
)


@pytest.mark.parametrize("strongest", range(len(STRENGTH)))
def test_council_overrules_appraisal_overrules_facts_overrule_what_the_unit_gave_itself(strongest: int) -> None:
    present = STRENGTH[strongest:]
    points = {source: {"1.1.1": points} for source, _, points in present if source != "facts"}
    facts = HALF if any(source == "facts" for source, _, _ in present) else {}
    standing = on_leaf(scored_by(SET, sent(facts=facts, **points)), "1.1.1")
    assert (standing.basis, standing.points) == present[0][1:]


@pytest.mark.parametrize(
    ("sources", "basis", "points"),
    [
        ({"council": 12, "appraisal": 11, "survey": 10}, Basis.COUNCIL, 12),
        ({"appraisal": 11, "survey": 10}, Basis.APPRAISAL, 11),
        ({"survey": 10}, Basis.SURVEY, 10),
        ({}, Basis.SURVEY, 15),
    ],
)
def test_on_a_survey_leaf_the_survey_result_overrules_what_follows_from_the_answers(
    sources: Mapping[str, int], basis: Basis, points: int
) -> None:
    by_source = {source: {"3.1": own} for source, own in sources.items()}
    scored = scored_by(SET, sent(facts={**HALF, **ANSWERED}, **by_source))
    assert (on_leaf(scored, "3.1").basis, on_leaf(scored, "3.1").points) == (basis, points)
    assert scored.survey_points == points


def test_a_survey_leaf_is_never_self_scored() -> None:
    scored = scored_by(SET, sent(self_={"1.1.2": 20, "3.2": 30}))
    assert on_leaf(scored, "3.2").basis is Basis.REBASED
    assert scored.survey_points is None


def test_survey_points_say_nothing_of_a_leaf_that_is_not_surveyed() -> None:
    scored = scored_by(SET, sent(self_={"1.1.2": 20}, survey={"1.1.2": 5}))
    assert on_leaf(scored, "1.1.2").points == 20


def test_a_leaf_of_which_nothing_came_in_counts_0_of_its_maximum() -> None:
    scored = scored_by(SET, sent(self_={"1.1.2": 20}))
    assert (on_leaf(scored, "2.1").basis, on_leaf(scored, "2.1").points) == (Basis.MISSING, 0)
    assert in_area(scored, "2").index == 0


def test_data_for_codes_that_the_set_no_longer_has_are_ignored() -> None:
    known = scored_by(SET, sent(self_={"1.1.2": 20}))
    more = scored_by(SET, sent(self_={"1.1.2": 20, "9.9": 7}, appraisal={"8.8": 1}, facts={"7.7": {"done": "1"}}))
    assert more == known


def test_a_leaf_keeps_what_the_unit_claims_beside_what_stands_and_why() -> None:
    stated = {
        ("1.1.2", ScoreSource.SELF): Given(Decimal(20)),
        ("1.1.2", ScoreSource.APPRAISAL): Given(Decimal(12), "Thiếu tài liệu kiểm chứng"),
        ("2.1", ScoreSource.SELF): Given(Decimal(5), "ghi chú của đơn vị"),
    }
    scored = scored_by(SET, UnitInput(unit(), {}, stated))
    assert on_leaf(scored, "1.1.2")[2:] == (12, Basis.APPRAISAL, 20, "Thiếu tài liệu kiểm chứng", ())
    assert on_leaf(scored, "2.1")[2:] == (5, Basis.SELF, 5, "ghi chú của đơn vị", ())
    assert on_leaf(scored, "3.1").self_points is None


def test_units_of_a_group_are_held_against_each_other_where_the_rule_compares_them() -> None:
    share = {"kind": "min_max", "of": "ratio"}
    criteria_set = a_set(area("1", leaf("1.1", 10, share, not_applicable={"units": ["c"]}), leaf("1.2", 10)))
    sent_in = [
        sent(unit(code), {"1.1": {"numerator": part, "denominator": "10"}} if part else {}, self_={"1.2": 10})
        for code, part in (("a", "9"), ("b", "6"), ("c", "1"), ("d", ""), ("e", "7.5"))
    ]
    scored, _ = score_group(sent_in, GroupScoring(criteria_set, YEAR))
    assert [on_leaf(one, "1.1").points for one in scored] == [10, 0, None, 0, 5]
    assert dict(on_leaf(scored[1], "1.1").facts)["group_best"] == "90"
    assert on_leaf(scored[3], "1.1").facts == ()


@pytest.mark.parametrize(
    ("proven", "points", "basis"),
    [
        ({"1.1"}, 4, Basis.SELF),
        (set(), 0, Basis.UNPROVEN),
        (None, 4, Basis.SELF),  # asked for as the unit claims it
    ],
)
def test_points_that_want_evidence_count_with_it_only(proven: set[str] | None, points: int, basis: Basis) -> None:
    wanted = {"evidence": "required_for_points"}
    criteria_set = a_set(area("1", leaf("1.1", 10, **wanted), leaf("1.2", 10, source="external", **wanted)))
    given = sent(self_={"1.1": 4}, facts={"1.2": {"points": "9"}})
    scored = scored_by(criteria_set, replace(given, proven=proven))
    assert on_leaf(scored, "1.1")[2:5] == (points, basis, 4)
    assert on_leaf(scored, "1.2")[2:4] == (9, Basis.FACTS)


# --- what does not apply ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["council", "appraisal", "self_"])
def test_a_leaf_granted_not_applicable_leaves_the_maximum(source: str) -> None:
    scored = scored_by(SET, sent(**{"self_": {"2.1": 20, "1.1.2": 20}, source: {"1.1.2": None}}))
    assert on_leaf(scored, "1.1.2")[:4] == ("1.1.2", 20, None, Basis.NOT_APPLICABLE)
    assert in_area(scored, "1").max_points == 10


def test_a_survey_leaf_granted_not_applicable_leaves_the_maximum() -> None:
    scored = scored_by(SET, sent(self_={"2.1": 20}, survey={"3.1": None}), survey_missing=SurveyMissing.ZERO)
    assert on_leaf(scored, "3.1").basis is Basis.NOT_APPLICABLE
    assert in_area(scored, "3").max_points == 30


def test_a_stronger_decision_takes_a_grant_back() -> None:
    scored = scored_by(SET, sent(self_={"1.1.2": None}, appraisal={"1.1.2": None}, council={"1.1.2": 4}))
    assert on_leaf(scored, "1.1.2")[:4] == ("1.1.2", 20, 4, Basis.COUNCIL)


NOT_FOR_OFFICES = {"not_applicable": {"kinds": ["van_phong"]}}


@pytest.mark.parametrize(
    ("excepted", "left"),
    [
        (area("1", criterion("1.1", leaf("1.1.1", 10), leaf("1.1.2", 20)), leaf("1.2", 5), **NOT_FOR_OFFICES), 0),
        (area("1", criterion("1.1", leaf("1.1.1", 10), leaf("1.1.2", 20), **NOT_FOR_OFFICES), leaf("1.2", 5)), 5),
        (area("1", criterion("1.1", leaf("1.1.1", 10, **NOT_FOR_OFFICES), leaf("1.1.2", 20)), leaf("1.2", 5)), 25),
        (area("1", criterion("1.1", leaf("1.1.1", 10), leaf("1.1.2", 20)), leaf("1.2", 5, **NOT_FOR_OFFICES)), 30),
    ],
    ids=["area", "criterion", "component", "criterion scored directly"],
)
def test_a_part_that_does_not_apply_to_a_kind_of_unit_leaves_its_maximum(excepted: Part, left: int) -> None:
    criteria_set = a_set(excepted, area("2", leaf("2.1", 20)))
    office, commune = (scored_by(criteria_set, sent(of, self_={"2.1": 10})) for of in (OFFICE, unit()))
    assert (office.max_points, commune.max_points) == (left + 20, 55)
    assert {leaf.basis for leaf in office.leaves if leaf.points is None} == {Basis.STRUCTURAL}


def test_a_part_may_not_apply_to_single_units() -> None:
    criteria_set = a_set(area("1", leaf("1.1", 10), leaf("1.2", 10, not_applicable={"units": ["xa-b"]})))
    maxima = [scored_by(criteria_set, sent(unit(code), self_={"1.1": 5})).max_points for code in ("xa-a", "xa-b")]
    assert maxima == [20, 10]


def test_nobody_can_give_points_for_what_structurally_does_not_apply() -> None:
    criteria_set = a_set(area("1", leaf("1.1", 10), leaf("1.2", 10, **NOT_FOR_OFFICES)))
    scored = scored_by(criteria_set, sent(OFFICE, self_={"1.1": 5, "1.2": 5}, council={"1.2": 10}))
    assert (scored.points, scored.max_points, scored.self_points) == (5, 10, 5)


def test_an_area_wholly_removed_has_no_index() -> None:
    scored = scored_by(SET, sent(self_={"1.1.2": 20}, appraisal={"2.1": None}))
    removed = in_area(scored, "2")
    assert (removed.max_points, removed.points, removed.index) == (0, 0, None)


def test_a_unit_without_procedures_is_measured_on_its_own_maximum() -> None:
    scored = scored_by(SET, sent(appraisal={"1.1.1": 10, "1.1.2": 11, "2.1": None}))
    assert (scored.points, scored.max_points, scored.index) == (21, 30, 70)


def test_a_unit_of_which_nothing_is_left_has_no_index() -> None:
    everything = dict.fromkeys(("1.1.1", "1.1.2", "2.1"))
    scored = scored_by(SET, sent(appraisal=everything))
    assert (scored.status, scored.max_points, scored.points, scored.index) == (Status.SCORED, 0, 0, None)


def test_tay_ninh_2023_ranks_by_ratio() -> None:
    """Source: docs/maths.md, 5: maxima 100, 96.5 and 71.5; 69.25/71.5 above 94.43/100."""
    criteria_set = a_set(
        area("1", leaf("1.1", "71.5")),
        area("2", leaf("2.1", "25", **NOT_FOR_OFFICES)),
        area("3", leaf("3.1", "3.5", not_applicable={"kinds": ["van_phong", "tai_chinh"]})),
    )
    inputs = [
        sent(unit("so-tot-nhat", "so"), appraisal={"1.1": "71.5", "2.1": "22.93", "3.1": 0}),
        sent(unit("so-tai-chinh", "tai_chinh"), appraisal={"1.1": "61.5", "2.1": "25"}),
        sent(unit("van-phong", "van_phong"), appraisal={"1.1": "69.25"}),
    ]
    scored, _ = score_group(inputs, GroupScoring(criteria_set, 2023))
    assert [unit.max_points for unit in scored] == [100, decimal("96.5"), decimal("71.5")]
    ranked = rank_group(scored, RankingRule(), ())
    assert [(place.unit.code, str(printed(place.unit.index, 2))) for place in ranked[:2]] == [
        ("van-phong", "96.85"),
        ("so-tot-nhat", "94.43"),
    ]


# --- survey -----------------------------------------------------------------------------------------------------------


def test_without_a_survey_the_appraised_points_are_rebased_to_the_full_scale() -> None:
    scored = scored_by(SET, sent(appraisal={"1.1.1": 10, "1.1.2": 10, "2.1": 20}))
    assert (scored.points, scored.max_points, scored.index) == (40, 50, 80)
    assert in_area(scored, "3").index is None
    assert scored.survey_points is None


def test_without_a_survey_its_leaves_count_0_where_the_round_says_so() -> None:
    given = sent(appraisal={"1.1.1": 10, "1.1.2": 10, "2.1": 20})
    scored = scored_by(SET, given, survey_missing=SurveyMissing.ZERO)
    assert (scored.points, scored.max_points, scored.index) == (40, 100, 40)
    assert in_area(scored, "3").index == 0
    assert scored.survey_points is None


def test_a_missing_survey_is_missing_leaf_by_leaf() -> None:
    scored = scored_by(SET, sent(appraisal={"1.1.2": 20}, survey={"3.2": 24}))
    assert (on_leaf(scored, "3.1").basis, on_leaf(scored, "3.2").basis) == (Basis.REBASED, Basis.SURVEY)
    assert (in_area(scored, "3").max_points, in_area(scored, "3").index) == (30, 80)


# --- bonus and penalty ------------------------------------------------------------------------------------------------

BLOCKS = a_set(
    area("1", leaf("1.1", 100)),
    bonus=block(5, item("T1", 1, 2), item("T2", 2)),
    penalty=block(4, item("P1", "1.5", 3), item("P2", 2, not_applicable={"kinds": ["van_phong"]})),
)


def cases(**counts: int | str) -> dict[str, dict[str, str]]:
    return {code: {"count": str(count)} for code, count in counts.items()}


@pytest.mark.parametrize(
    ("counts", "bonus"), [({"T1": 1}, 1), ({"T1": 3}, 2), ({"T2": 1}, 2), ({"T1": 1, "T2": 1}, 3), ({"T2": 9}, 5)]
)
def test_bonus_is_capped_by_item_and_by_block(counts: Mapping[str, int], bonus: int) -> None:
    scored = scored_by(BLOCKS, sent(facts=cases(**counts), appraisal={"1.1": 50}))
    assert (scored.bonus, scored.points) == (bonus, 50 + bonus)


@pytest.mark.parametrize(("counts", "penalty"), [({"P1": 1}, "1.5"), ({"P1": 9}, "3"), ({"P1": 9, "P2": 9}, "4")])
def test_penalty_is_capped_by_item_and_by_block(counts: Mapping[str, int], penalty: str) -> None:
    scored = scored_by(BLOCKS, sent(facts=cases(**counts), appraisal={"1.1": 50}))
    assert (scored.penalty, scored.points) == (decimal(penalty), 50 - decimal(penalty))


def test_given_bonus_points_overrule_the_count_and_keep_to_the_cap_of_the_item() -> None:
    counted = cases(T1=1)
    assert scored_by(BLOCKS, sent(facts=counted, appraisal={"1.1": 50}, bonus={"T1": "1.75"})).bonus == decimal("1.75")
    assert scored_by(BLOCKS, sent(facts=counted, appraisal={"1.1": 50}, bonus={"T1": 4})).bonus == 2


def test_bonus_and_penalty_of_the_same_code_do_not_mix() -> None:
    assert scored_by(BLOCKS, sent(appraisal={"1.1": 50}, penalty={"T1": 2})).bonus == 0


def test_a_penalty_that_does_not_apply_to_a_unit_takes_nothing() -> None:
    sinned = cases(P2=1)
    assert scored_by(BLOCKS, sent(unit(), sinned, appraisal={"1.1": 50})).penalty == 2
    assert scored_by(BLOCKS, sent(OFFICE, sinned, appraisal={"1.1": 50})).penalty == 0


@pytest.mark.parametrize(
    ("appraised", "block", "points"), [("98", {"bonus": {"T2": 5}}, 100), ("2", {"penalty": {"P1": 3}}, 0)]
)
def test_the_total_stays_between_0_and_the_maximum(
    appraised: str, block: Mapping[str, Mapping[str, int]], points: int
) -> None:
    scored = scored_by(BLOCKS, sent(appraisal={"1.1": appraised}, **block))
    assert (scored.points, scored.index) == (points, points)
    assert in_area(scored, "1").index == decimal(appraised)


# --- claimed, appraised, surveyed -------------------------------------------------------------------------------------


def test_what_the_unit_claims_stays_beside_what_it_was_given() -> None:
    scored = scored_by(
        SET,
        sent(
            facts={**HALF, **ANSWERED},
            self_={"1.1.2": 20, "2.1": 20},
            appraisal={"1.1.2": 12, "2.1": None},
            survey={"3.2": 21},
        ),
    )
    assert scored.self_points == 5 + 20 + 20
    assert scored.appraised_points == 5 + 12
    assert scored.survey_points == 15 + 21
    assert scored.points == 53


def test_a_unit_that_claims_nothing_has_no_self_points() -> None:
    assert scored_by(SET, sent(appraisal={"1.1.2": 12})).self_points is None
    assert scored_by(SET, sent(self_={"1.1.2": None}, appraisal={"2.1": 1})).self_points is None


# --- facts that make no sense -----------------------------------------------------------------------------------------

TOO_MANY = {"1.1.1": {"numerator": "3", "denominator": "2"}}


def test_facts_that_make_no_sense_count_0_and_are_reported() -> None:
    given = sent(facts=TOO_MANY, self_={"1.1.1": 10, "1.1.2": 20})
    scored = scored_by(SET, given)
    assert (on_leaf(scored, "1.1.1").basis, on_leaf(scored, "1.1.1").points) == (Basis.FAULTY, 0)
    assert scored.self_points == 20
    (fault,) = faults_by(SET, given)
    assert (fault.unit, fault.component, fault.problem.fact) == ("xa-a", "1.1.1", "numerator")


def test_half_of_the_facts_is_a_fault_too() -> None:
    (fault,) = faults_by(SET, sent(facts={"1.1.1": {"numerator": "3"}}))
    assert "thiếu số liệu" in fault.problem.what


def test_faulty_facts_that_an_appraisal_overrules_harm_nobody() -> None:
    given = sent(facts=TOO_MANY, appraisal={"1.1.1": 7})
    assert on_leaf(scored_by(SET, given), "1.1.1")[:4] == ("1.1.1", 10, 7, Basis.APPRAISAL)
    assert faults_by(SET, given) == []


def test_faulty_answers_of_a_survey_count_0_of_the_maximum() -> None:
    scored = scored_by(SET, sent(facts={**HALF, "3.1": {"good": "0", "bad": "0"}}))
    assert on_leaf(scored, "3.1")[:4] == ("3.1", 20, 0, Basis.FAULTY)


def test_a_count_of_cases_that_is_none_gives_no_bonus_and_is_reported() -> None:
    given = sent(facts=cases(T1="-1"), appraisal={"1.1": 50})
    assert scored_by(BLOCKS, given).bonus == 0
    assert [(fault.unit, fault.component) for fault in faults_by(BLOCKS, given)] == [("xa-a", "T1")]


def test_points_above_the_maximum_of_a_re_issued_set_count_0_and_are_reported() -> None:
    given = sent(appraisal={"1.1.2": "20.5", "2.1": 20})
    assert on_leaf(scored_by(SET, given), "1.1.2")[:4] == ("1.1.2", 20, 0, Basis.FAULTY)
    (fault,) = faults_by(SET, given)
    assert fault.component == "1.1.2"
    assert "20,5 điểm (thẩm định) nằm ngoài khoảng từ 0 đến 20" in fault.problem.what


# --- units that sent nothing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "received",
    [
        sent(),
        sent(survey={"3.2": 30}),
        sent(facts=ANSWERED, survey={"3.2": 30}),
        sent(council={"3.2": 30}),
        sent(bonus={"T1": 1}),
        sent(self_={"9.9": 3}),
    ],
    ids=["nothing", "a survey", "answers", "a council's decision on the survey", "a bonus", "an unknown code"],
)
def test_a_unit_of_which_only_others_told_something_is_not_scored(received: UnitInput) -> None:
    scored = scored_by(SET, received)
    assert (scored.status, scored.points, scored.index) == (Status.NOT_SCORED, None, None)
    assert (scored.max_points, scored.areas, scored.leaves) == (100, (), ())


@pytest.mark.parametrize(
    "received",
    [sent(facts=HALF), sent(self_={"1.1.2": 0}), sent(appraisal={"1.1.2": 0}), sent(council={"2.1": None})],
    ids=["facts", "self", "appraisal", "a grant"],
)
def test_a_unit_that_sent_anything_or_was_appraised_is_scored(received: UnitInput) -> None:
    assert scored_by(SET, received).status is Status.SCORED


def test_a_unit_not_scored_is_listed_with_its_own_maximum() -> None:
    criteria_set = a_set(area("1", leaf("1.1", 10), leaf("1.2", 5, **NOT_FOR_OFFICES)))
    scored = [scored_by(criteria_set, sent(of)) for of in (OFFICE, unit())]
    assert [(one.status, one.max_points) for one in scored] == [(Status.NOT_SCORED, 10), (Status.NOT_SCORED, 15)]


def test_figures_of_other_registers_are_no_submission() -> None:
    criteria_set = a_set(area("1", leaf("1.1", 10), leaf("1.2", 10, source="external")))
    assert scored_by(criteria_set, sent(facts={"1.2": {"points": "9"}})).status is Status.NOT_SCORED


# --- gates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "closed"),
    [
        ({"area": "1", "under": 60}, False),
        ({"area": "1", "under": "60.000001"}, True),
        ({"criterion": "1.1", "under": 60}, False),
        ({"criterion": "1.1", "under": 61}, True),
        ({"component": "1.1.1", "under": 50}, False),
        ({"component": "1.1.1", "under": 51}, True),
        ({"criterion": "2.1", "under": 99}, False),
        ({"area": "3", "under": 99}, False),
        ({"area": "9", "under": 99}, False),
    ],
)
def test_a_gate_closes_below_its_percent_of_an_area_criterion_or_component(
    when: Mapping[str, str | int], closed: bool
) -> None:
    """Area 1 stands at exactly 18/30; 2.1 is not applicable, area 3 was not surveyed, area 9 does not exist."""
    given = sent(facts=HALF, appraisal={"1.1.2": 13, "2.1": None})
    scored = scored_by(SET, given, gates=[gate("Khá", **when)])
    assert labels(scored) == (("Khá",) if closed else ())


def labels(scored: ScoredUnit) -> tuple[str, ...]:
    return tuple(gate.not_above for gate in scored.closed_gates)


def test_a_gate_is_not_closed_by_the_noise_of_a_division() -> None:
    thirds = [leaf(f"1.{place}", 1, RATIO) for place in (1, 2, 3)]
    criteria_set = a_set(area("1", *thirds, leaf("1.4", 1)))
    third = {f"1.{place}": {"numerator": "1", "denominator": "3"} for place in (1, 2, 3)}
    scored = scored_by(criteria_set, sent(facts=third), gates=[gate("Khá", area="1", under=25)], rule=EXACT)
    assert scored.closed_gates == ()


def test_a_gate_closes_by_the_printed_share_and_says_its_figures() -> None:
    criteria_set = a_set(area("1", leaf("1.1", 30)))
    gates = [gate("Khá", area="1", under="65.2")]
    below = scored_by(criteria_set, sent(appraisal={"1.1": "19.55"}), gates=gates)
    reason = "lĩnh vực 1 “Lĩnh vực 1” đạt 65,17% điểm tối đa, dưới 65,2%: không xếp trên mức Khá"
    assert [gate.reason for gate in below.closed_gates] == [reason]
    printed_as_the_bound = scored_by(a_set(area("1", leaf("1.1", 3))), sent(appraisal={"1.1": "2.1"}), gates=gates)
    assert printed_as_the_bound.closed_gates == ()


LATE = a_set(area("1", leaf("1.1", 10, COUNTED, not_applicable={"kinds": ["van_phong"]}), leaf("1.2", 10)))
WHEN_LATE = gate("Tốt", component="1.1", fact="late", over=1)


@pytest.mark.parametrize(("late", "closed"), [("1", ()), ("2", ("Tốt",))])
def test_a_gate_closes_when_a_fact_is_over_its_bound(late: str, closed: tuple[str, ...]) -> None:
    scored = scored_by(LATE, sent(facts={"1.1": {"late": late}}), gates=[WHEN_LATE])
    assert labels(scored) == closed


def test_a_fact_of_a_part_that_does_not_apply_closes_nothing() -> None:
    late = {"1.1": {"late": "9"}}
    structural = scored_by(LATE, sent(OFFICE, late, appraisal={"1.2": 10}), gates=[WHEN_LATE])
    granted = scored_by(LATE, sent(facts=late, appraisal={"1.1": None, "1.2": 10}), gates=[WHEN_LATE])
    unknown = scored_by(SET, sent(facts=late, appraisal={"1.1.2": 10}), gates=[WHEN_LATE])
    assert structural.closed_gates == granted.closed_gates == unknown.closed_gates == ()


def test_a_fact_that_never_came_closes_nothing() -> None:
    assert scored_by(LATE, sent(appraisal={"1.1": 3}), gates=[WHEN_LATE]).closed_gates == ()


def test_every_gate_that_closed_is_kept() -> None:
    gates = [gate("Khá", area="1", under=100), gate("Tốt", component="1.1.1", under=100)]
    assert labels(scored_by(SET, sent(facts=HALF), gates=gates)) == ("Khá", "Tốt")


# --- a real table -----------------------------------------------------------------------------------------------------

BINH_DUONG_2017 = """
1  thu-dau-mot   51.75 32.83 84.58
2  tan-uyen      48.75 33.25 82.00
3  bau-bang      47.45 32.82 80.27
4  thuan-an      46.80 32.24 79.04
5  di-an         46.50 31.56 78.06
6  ben-cat       45.75 32.08 77.83
7  dau-tieng     44.00 32.22 76.22
8  phu-giao      46.00 30.03 76.03
9  bac-tan-uyen  40.45 31.01 71.46
"""


def test_the_nine_districts_of_binh_duong_2017_come_out_as_published() -> None:
    """Source: docs/process.md, 4; examples/binh-duong-2017/scores.csv. The mean was published as 78.39."""
    folder = EXAMPLES / "binh-duong-2017"
    province = load_province(folder)
    round = province.round_of(2017)
    (group,) = round.groups
    entries, _ = read_scores((folder / "scores.csv").read_bytes(), "scores.csv", province, 2017)
    given = {unit.code: {} for unit in province.members(round, group)}
    for entry in entries:
        given[entry.unit][entry.component, entry.source] = Given(entry.points)
    inputs = [UnitInput(province.units[code], {}, own) for code, own in given.items()]
    criteria_set = province.criteria_sets[group.criteria_set]
    scored, faulty = score_group(inputs, GroupScoring(criteria_set, 2017))
    ranked = rank_group(scored, round.ranking, round.grades)
    result = compare_group(group, ranked, round.ranking, criteria_set.maximum, LastYear(2016, {}, {}), (), {})
    assert faulty == []
    assert [
        f"{unit.rank} {unit.code} {unit.appraised_points:.2f} {unit.survey_points:.2f} {unit.points:.2f}"
        for unit in result.units
    ] == [" ".join(line.split()) for line in BINH_DUONG_2017.strip().splitlines()]
    assert all(unit.index == unit.points for unit in result.units)
    assert printed(result.mean, 2) == decimal("78.39")


# --- for all units ----------------------------------------------------------------------------------------------------

CODES = ("1.1.1", "1.1.2", "2.1", "3.1", "3.2")
SOURCES = (ScoreSource.SELF, ScoreSource.APPRAISAL, ScoreSource.SURVEY, ScoreSource.COUNCIL)
GIVENS = st.dictionaries(
    st.sampled_from(list(product(CODES, SOURCES))),
    st.none() | st.decimals(0, 10, places=2),
    max_size=10,
).map(lambda given: {key: Given(points) for key, points in given.items()})
RATIOS = st.integers(1, 99).flatmap(
    lambda whole: st.integers(0, whole).map(lambda part: {"1.1.1": {"numerator": str(part), "denominator": str(whole)}})
)
INPUTS = st.builds(UnitInput, st.just(unit()), st.one_of(st.just({}), RATIOS), GIVENS)


@given(INPUTS, st.sampled_from(SurveyMissing))
def test_points_stay_within_the_maximum_and_areas_sum_to_the_total(received: UnitInput, missing: SurveyMissing) -> None:
    scored = scored_by(SET, received, survey_missing=missing)
    if scored.points is None:
        return
    assert 0 <= scored.points <= scored.max_points <= 100
    assert all(0 <= area.points <= area.max_points for area in scored.areas)
    assert sum(area.max_points for area in scored.areas) == scored.max_points
    assert abs(sum(area.points for area in scored.areas) - scored.points) <= decimal("1e-11")
    assert abs(scored.appraised_points + (scored.survey_points or 0) - scored.points) <= decimal("1e-11")


@given(INPUTS)
def test_every_figure_is_settled(received: UnitInput) -> None:
    scored = scored_by(SET, received)
    figures = [scored.points, scored.index, scored.self_points, scored.appraised_points, scored.survey_points]
    figures += [area.points for area in scored.areas] + [area.index for area in scored.areas]
    figures += [leaf.points for leaf in scored.leaves]
    assert all(str(figure) == str(settled(figure)) for figure in figures if figure is not None)


@given(st.lists(INPUTS, max_size=5), st.randoms())
def test_a_unit_scores_the_same_wherever_it_stands_in_the_list(inputs: list[UnitInput], chance: object) -> None:
    named = [UnitInput(unit(f"xa-{place}"), own.facts, own.given) for place, own in enumerate(inputs)]
    mixed = list(named)
    chance.shuffle(mixed)
    scoring = GroupScoring(SET, YEAR)
    by_code = {scored.code: scored for scored in score_group(mixed, scoring)[0]}
    assert [by_code[scored.code] for scored in score_group(named, scoring)[0]] == score_group(named, scoring)[0]


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 100)), min_size=1, max_size=6),
    st.sampled_from(["0.000001", "0.5", "3", "1000"]),
)
def test_an_index_does_not_hang_on_the_scale_of_the_points(leaves: list[tuple[int, int]], factor: str) -> None:
    def index(scale: Decimal) -> Decimal | None:
        maxima = {f"1.{place}": maximum * scale for place, (maximum, _) in enumerate(leaves, start=1)}
        ratios = {
            f"1.{place}": {"numerator": str(share), "denominator": "100"}
            for place, (_, share) in enumerate(leaves, start=1)
        }
        criteria_set = a_set(area("1", *(leaf(code, maximum, RATIO) for code, maximum in maxima.items())))
        return scored_by(criteria_set, sent(facts=ratios), rule=EXACT).index

    assert index(decimal(1)) == index(decimal(factor))


@pytest.mark.parametrize("running", [True, False])
def test_the_garbage_collector_is_left_as_it_was(running: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if running else gc.disable)()
        scored_by(SET, sent(facts=HALF))
        assert gc.isenabled() is running
    finally:
        (gc.enable if before else gc.disable)()


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=1, max_size=8), st.integers(0, 3))
def test_printed_points_of_leaves_add_up_to_the_printed_total(ratios: list[tuple[int, int]], decimals: int) -> None:
    rule = RankingRule(points_decimals=decimals)
    facts = {
        f"1.{place}": {"numerator": str(min(part, of)), "denominator": str(of)}
        for place, (part, of) in enumerate(ratios)
    }
    criteria_set = a_set(area("1", *(leaf(code, 3, RATIO) for code in facts)))
    scored = scored_by(criteria_set, sent(facts=facts), rule=rule)
    parts = [rule.printed_points(one.points) for one in scored.leaves if one.points is not None]
    assert scored.points is not None
    assert sum(parts) == rule.printed_points(scored.points) == rule.printed_points(scored.areas[0].points)
    assert all(-part.as_tuple().exponent == decimals for part in parts if isinstance(part.as_tuple().exponent, int))


def test_bonus_above_the_maximum_is_cut_unless_the_round_keeps_it() -> None:
    """97 + 10 = 107 in a published table."""
    bonus = {"cap": 10, "items": [{"code": "DT.1", "name": "Sáng kiến", "each": 5}]}
    criteria_set = a_set(area("1", leaf("1.1", 100)), bonus=bonus)
    given = sent(facts={"DT.1": {"count": "2"}}, appraisal={"1.1": 97})
    assert scored_by(criteria_set, given).index == 100
    kept = scored_by(criteria_set, given, rule=RankingRule(capped=False))
    assert (kept.points, kept.index) == (107, 107)


def test_three_thirds_are_as_good_as_a_whole() -> None:
    thirds = [leaf(f"1.{place}", 1, RATIO) for place in (1, 2, 3)]
    criteria_set = a_set(area("1", *thirds, leaf("1.4", 1, YES)))
    ratio = {f"1.{place}": {"numerator": "1", "denominator": "3"} for place in (1, 2, 3)}
    inputs = [sent(unit("thirds"), ratio), sent(unit("whole"), {"1.4": {"done": "1"}})]
    rounded, _ = score_group(inputs, GroupScoring(criteria_set, YEAR))
    assert [unit.index for unit in rounded] == [Decimal("24.75"), 25]  # 0,33 three times
    scored, _ = score_group(inputs, GroupScoring(criteria_set, YEAR, rule=EXACT))
    assert [unit.index for unit in scored] == [25, 25]
    assert [place.rank for place in rank_group(scored, RankingRule(), ())] == [1, 1]
