"""The cross-checks that a set declares: which figures they compare, where and how severely they speak."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from expectations.evidence import evidence_span
from expectations.self_assessment import SelfAssessment, check_self_assessments
from models.criteria.sets import CriteriaSet
from models.findings import Finding, Severity
from tests.expectations.statements import TODAY, YEAR, self_assessment
from tests.tasks.building import RATIO, a_set, area, leaf, unit

CRITICAL, WARNING, INFO = Severity
BASE = a_set(
    area(
        "1",
        leaf("1.1", 2, RATIO),
        leaf("1.2", 2, RATIO, not_applicable={"by_event": True}),
        leaf("1.3", 2, RATIO, source="register"),
    )
)
ON_TIME = {"left": "1.1/numerator", "op": "<", "right": "1.1/denominator", "what": "phải có hồ sơ trễ hạn"}
SUM = {
    "left": ["1.1/numerator", "1.2/denominator"],
    "op": "=",
    "right": ["1.1/denominator"],
    "what": "đúng hạn cộng trễ hạn phải bằng đã giải quyết",
}
RECEIVED = {
    "left": ["1.1/denominator"],
    "op": "<=",
    "right": ["1.3/denominator"],
    "what": "đã giải quyết không thể nhiều hơn tiếp nhận",
}
FACTS = {
    "1.1": {"numerator": "90", "denominator": "100"},
    "1.2": {"numerator": "5", "denominator": "10"},
}


def declaring(*checks: Mapping[str, Any]) -> CriteriaSet:
    return CriteriaSet.model_validate({**BASE.model_dump(by_alias=True), "checks": checks})


def found(
    *checks: Mapping[str, Any],
    facts: Mapping[str, Mapping[str, str]] = FACTS,
    recorded: Mapping[str, Mapping[str, str]] | None = None,
    **changed: Mapping[str, Any],
) -> list[Finding]:
    criteria_set = declaring(*checks)
    statements = self_assessment(unit(), criteria_set, facts, **changed).statements
    span = evidence_span(YEAR, TODAY, TODAY)
    form = SelfAssessment("tep.xlsx", unit(), criteria_set, YEAR, statements, span, TODAY, recorded or {})
    return check_self_assessments([form])[0]


def test_figures_that_agree_have_no_findings() -> None:
    assert found(ON_TIME, SUM, RECEIVED, recorded={"1.3": {"denominator": "100"}}) == []


def test_a_sum_that_does_not_agree_is_said_with_its_figures_at_its_first_cell() -> None:
    (finding,) = found(SUM, facts={**FACTS, "1.2": {"numerator": "5", "denominator": "12"}})
    assert finding.what == (
        "đúng hạn cộng trễ hạn phải bằng đã giải quyết (1.1/numerator + 1.2/denominator = 102, 1.1/denominator = 100)"
    )
    assert finding.remedy == "Kiểm tra lại các số liệu này; 102 phải bằng 100"
    assert (finding.severity, finding.place and finding.place.cell) == (CRITICAL, "D7")


@pytest.mark.parametrize(
    ("op", "holding", "broken"),
    [("<=", "100", "100.5"), ("<", "99.5", "100"), ("=", "100", "99"), (">=", "100", "99.999999")],
)
def test_each_comparison_holds_up_to_its_bound(op: str, holding: str, broken: str) -> None:
    (check,) = declaring({**ON_TIME, "op": op}).checks
    bound = check.tolerance + 100
    assert check.holds(type(bound)(holding), bound)
    assert not check.holds(type(bound)(broken), bound)


@pytest.mark.parametrize("op", ["<=", "<", "=", ">="])
def test_a_tolerance_widens_every_comparison(op: str) -> None:
    (strict,) = declaring({**ON_TIME, "op": op}).checks
    (tolerant,) = declaring({**ON_TIME, "op": op, "tolerance": 3}).checks
    hundred = tolerant.tolerance - tolerant.tolerance + 100
    other = hundred - 2 if op == ">=" else hundred + 2
    assert not strict.holds(other, hundred)
    assert tolerant.holds(other, hundred)


@pytest.mark.parametrize("severity", list(Severity))
def test_a_check_is_as_severe_as_it_is_declared(severity: Severity) -> None:
    (finding,) = found(
        {**ON_TIME, "severity": severity}, facts={**FACTS, "1.1": {"numerator": "9", "denominator": "9"}}
    )
    assert finding.severity is severity


def test_what_others_recorded_can_only_warn_the_sender() -> None:
    (finding,) = found(RECEIVED, recorded={"1.3": {"denominator": "80"}})
    assert finding.what.endswith("(1.1/denominator = 100, 1.3/denominator = 80)")
    assert (finding.severity, finding.place and finding.place.cell) == (WARNING, "D8")


def test_a_figure_that_is_not_known_makes_no_check() -> None:
    assert found(RECEIVED) == []


def test_what_did_not_arise_counts_as_none() -> None:
    claim = {"facts": {}, "points": None, "not_applicable": True, "evidence": (), "text": "Không có hồ sơ trễ hạn"}
    (finding,) = found(SUM, _1_2=claim)
    assert finding.what.endswith("(1.1/numerator + 1.2/denominator = 90, 1.1/denominator = 100)")
    assert found(SUM, facts={**FACTS, "1.1": {"numerator": "100", "denominator": "100"}}, _1_2=claim) == []


def test_facts_that_make_no_sense_in_themselves_are_not_said_twice() -> None:
    senseless = {**FACTS, "1.1": {"numerator": "110", "denominator": "100"}}
    (finding,) = found(ON_TIME, facts=senseless, _1_1={"points": None})
    assert finding.what.startswith("tiêu chí 1.1: tử số")


def test_two_units_of_one_batch_do_not_mix_their_figures() -> None:
    criteria_set = declaring(SUM)
    span = evidence_span(YEAR, TODAY, TODAY)
    good = SelfAssessment(
        "a", unit(), criteria_set, YEAR, self_assessment(unit(), criteria_set, FACTS).statements, span, TODAY
    )
    other = {**FACTS, "1.2": {"numerator": "1", "denominator": "1"}}
    bad = replace(good, file="b", statements=self_assessment(unit("xa-b"), criteria_set, other).statements)
    assert [len(findings) for findings in check_self_assessments([good, bad, good])] == [0, 1, 0]
