"""What a self-assessment is told: one thing wrong each, with its words, its severity and its cell."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from expectations.evidence import evidence_span
from expectations.self_assessment import SUITE, SelfAssessment, check_self_assessments
from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.sets import CriteriaSet
from models.findings import Finding, Severity
from models.province.rounds import RankingRule
from models.records.submissions import EvidenceItem, Statement
from tests.expectations.statements import PLAN, TODAY, YEAR, places_from, self_assessment
from tests.tasks.building import a_set, area, criterion, leaf, unit

pytestmark = pytest.mark.slow

CRITICAL, WARNING, INFO = Severity
RATIO = {"kind": "proportional", "numerator": "số hồ sơ đúng hạn", "denominator": "số hồ sơ đã giải quyết"}
LATE = {"kind": "deduction", "cases": [{"id": "late", "label": "hồ sơ trễ hạn", "points": "0.01"}]}
SAMPLE = a_set(
    area(
        "1",
        criterion(
            "1.1",
            leaf("1.1.1", 2, RATIO, not_applicable={"by_event": True}),
            leaf("1.1.2", 1, {"kind": "on_time", "deadline": "2025-01-31", "late": [{"points": "0.5"}]}),
            leaf("1.1.3", 1, LATE, evidence="optional"),
            leaf("1.1.4", 2, {"kind": "points"}, evidence="none"),
            leaf("1.1.5", 1, {"kind": "checklist", "items": [{"id": id, "label": f"Mục {id}"} for id in ("a", "b")]}),
        ),
        leaf("1.2", 5, {"kind": "survey", "scale": 5}, source="survey"),
        leaf("1.3", 3, {"kind": "binary"}, not_applicable={"units": ["xa-b"]}),
    ),
)
FACTS: Mapping[str, Mapping[str, str]] = {
    "1.1.1": {"numerator": "90", "denominator": "100"},
    "1.1.2": {"date": "2025-01-20"},
    "1.1.3": {"late": "10"},
    "1.1.4": {"points": "1.5"},
    "1.1.5": {"a": "1", "b": "0"},
    "1.3": {"done": "1"},
}
SECOND = EvidenceItem("Quyết định phê duyệt", "12/QĐ-UBND", date(2025, 3, 1), "mục II")


def form(
    facts: Mapping[str, Mapping[str, str]] = FACTS, criteria_set: CriteriaSet = SAMPLE, **changed: Mapping[str, Any]
) -> SelfAssessment:
    reading = self_assessment(unit(), criteria_set, facts, **changed)
    span = evidence_span(YEAR, date(2026, 1, 10), TODAY)
    return SelfAssessment(reading.file, unit(), criteria_set, YEAR, reading.statements, span, TODAY)


def found(checked: SelfAssessment) -> list[Finding]:
    return check_self_assessments([checked])[0]


def only(checked: SelfAssessment) -> tuple[str, str, Severity, str]:
    """What, remedy, severity and cell of the only finding."""
    (finding,) = found(checked)
    assert finding.file == "tu-danh-gia-xa-a.xlsx"
    return finding.what, finding.remedy, finding.severity, finding.place.cell if finding.place else ""


def with_facts(code: str, facts: Mapping[str, str], **changed: Any) -> SelfAssessment:
    return form({**FACTS, code: facts}, **{f"_{code.replace('.', '_')}": changed})


def test_a_clean_form_has_no_findings() -> None:
    assert found(form()) == []


def test_every_check_has_its_own_name_and_says_what_is_expected_in_vietnamese() -> None:
    assert len({check.name for check in SUITE.checks}) == len(SUITE.checks) == 24
    assert all(check.expected and check.remedy for check in SUITE.checks)


# --- facts ------------------------------------------------------------------------------------------------------------


def test_a_missing_fact_is_said_at_its_cell() -> None:
    assert only(with_facts("1.1.5", {"a": "1"}, points=None)) == (
        "tiêu chí 1.1.5 thiếu số liệu “Mục b”",
        "Chọn “có” hoặc “không”",
        CRITICAL,
        "D17",
    )


def test_a_leaf_without_facts_is_said_at_each_of_its_cells() -> None:
    findings = found(with_facts("1.1.1", {}, text="", not_applicable=False, evidence=()))
    assert [(finding.what, finding.remedy, finding.place and finding.place.cell) for finding in findings] == [
        (
            f"tiêu chí 1.1.1 thiếu số liệu “{label}”",
            "Nhập số lượng; nếu trong năm không phát sinh, đề nghị không áp dụng kèm lý do",
            cell,
        )
        for label, cell in (("số hồ sơ đúng hạn", "D7"), ("số hồ sơ đã giải quyết", "D8"))
    ]


def test_a_leaf_that_is_only_explained_is_a_warning() -> None:
    what, _, severity, cell = only(with_facts("1.1.3", {}, text="Chưa tổng hợp xong"))
    assert (severity, cell) == (WARNING, "K11")
    assert what == "tiêu chí 1.1.3 chỉ có giải trình, không có số liệu nên chưa được tính điểm"


def test_points_typed_without_facts_are_said_with_their_figure() -> None:
    what, _, severity, _ = only(with_facts("1.1.3", {}, text="Gửi kèm báo cáo", points=Decimal("0.75")))
    assert (what, severity) == ("tiêu chí 1.1.3 nhập tay 0,75 điểm, không có số liệu để tính lại", WARNING)


def test_facts_that_make_no_sense_are_said_at_the_fact_that_the_rule_names() -> None:
    assert only(with_facts("1.1.1", {"numerator": "120", "denominator": "100"}, points=None)) == (
        "tiêu chí 1.1.1: tử số “số hồ sơ đúng hạn” (120) lớn hơn mẫu số “số hồ sơ đã giải quyết” (100)",
        "Kiểm tra lại hai số liệu; phần không thể lớn hơn tổng",
        CRITICAL,
        "D7",
    )


def test_a_date_of_another_year_is_outside_the_period_of_its_rule() -> None:
    what, _, severity, cell = only(with_facts("1.1.2", {"date": "2015-01-20"}, points=None))
    assert what == "tiêu chí 1.1.2: ngày 20/01/2015 nằm ngoài kỳ từ 31/01/2024 đến 01/02/2026"
    assert (severity, cell) == (CRITICAL, "D10")


def test_a_date_after_today_is_a_warning() -> None:
    what, remedy, severity, cell = only(with_facts("1.1.2", {"date": "2026-01-20"}))
    assert what == "tiêu chí 1.1.2: “Ngày ban hành” là 20/01/2026, ở tương lai"
    assert (remedy, severity, cell) == ("Kiểm tra lại ngày trên văn bản", WARNING, "D10")


def test_a_date_of_something_never_done_is_no_date_after_today() -> None:
    assert found(with_facts("1.1.2", {"date": NEVER_DONE})) == []


def test_a_figure_far_from_last_years_is_a_warning_with_both_figures() -> None:
    before = {"1.1.1": {"numerator": "85", "denominator": "250"}, "1.1.3": {"late": "1"}}
    assert only(replace(form(), last_year=before)) == (
        "tiêu chí 1.1.1: “số hồ sơ đã giải quyết” là 100 so với 250 năm 2024, giảm 60,0%",
        "Kiểm tra lại số liệu; nếu đúng, giải trình nguyên nhân",
        WARNING,
        "D8",
    )


def test_a_leaf_may_have_a_threshold_of_its_own() -> None:
    by_leaf = SAMPLE.model_copy(update={"changes": SAMPLE.changes.model_copy(update={"leaves": {"1.1.1": Decimal(5)}})})
    before = {"1.1.1": {"numerator": "80", "denominator": "100"}}
    what, *_ = only(replace(form(criteria_set=by_leaf), last_year=before))
    assert what == "tiêu chí 1.1.1: “số hồ sơ đúng hạn” là 90 so với 80 năm 2024, tăng 12,5%"


# --- points and maxima ------------------------------------------------------------------------------------------------


def test_points_above_the_maximum_are_said_with_both_figures() -> None:
    assert only(form(_1_1_4={"points": Decimal("2.5")})) == (
        "điểm tự chấm 2,50 vượt điểm tối đa 2,00 của tiêu chí 1.1.4",
        "Nhập giá trị từ 0 đến 2,00",
        CRITICAL,
        "E13",
    )


def test_negative_points_are_said_as_such() -> None:
    what, _, severity, _ = only(form(_1_1_4={"points": Decimal("-1")}))
    assert (what, severity) == ("điểm tự chấm -1,00 của tiêu chí 1.1.4 là số âm", CRITICAL)


@pytest.mark.parametrize("digits", ["1E+308", "-1E+308", "1E-300", "12345678901234567890.5"])
def test_points_off_any_scale_are_findings_like_others(digits: str) -> None:
    assert [finding.severity for finding in found(form(_1_1_4={"points": Decimal(digits)}))] == [CRITICAL]


def test_points_that_do_not_follow_from_the_facts_are_said_with_the_difference() -> None:
    assert only(form(_1_1_1={"points": Decimal("1.9")})) == (
        "điểm tự chấm 1,90 của tiêu chí 1.1.1 khác điểm tính từ số liệu 1,80 (lệch 0,10)",
        "Sửa số liệu nếu sai; nếu số liệu đúng, ghi lại 1,80 hoặc giữ công thức của biểu mẫu",
        CRITICAL,
        "E6",
    )


def test_points_are_rounded_as_the_round_says_and_old_forms_show_every_digit() -> None:
    facts = {"numerator": "1", "denominator": "3"}
    rounded, exact, cut = (with_facts("1.1.1", facts, points=Decimal(each)) for each in ("0.67", "0.666667", "0.6667"))
    assert found(rounded) == found(exact) == []
    what, _, severity, _ = only(cut)
    assert what == "điểm tự chấm 0,6667 của tiêu chí 1.1.1 khác điểm tính từ số liệu 0,67 (lệch 0,0033)"
    assert severity is INFO


def test_points_typed_with_two_decimals_are_only_noted_where_every_digit_counts() -> None:
    facts = {"numerator": "1", "denominator": "3"}
    form = with_facts("1.1.1", facts, points=Decimal("0.67"))
    what, _, severity, _ = only(replace(form, ranking=RankingRule(points_decimals="exact")))
    assert what == "điểm tự chấm 0,67 của tiêu chí 1.1.1 khác điểm tính từ số liệu 0,666667 (lệch 0,003333)"
    assert severity is INFO


def test_what_a_spreadsheet_calculates_in_binary_is_equal() -> None:
    facts = {"numerator": "37", "denominator": "41"}
    assert found(with_facts("1.1.1", facts, points=Decimal(repr(2 * 37 / 41)))) == []


def test_an_empty_points_cell_is_not_compared() -> None:
    assert found(form(_1_1_1={"points": None})) == []


def test_a_changed_maximum_is_said_with_both_figures() -> None:
    assert only(form(_1_1_3={"maximum": Decimal(3)})) == (
        "điểm tối đa của tiêu chí 1.1.3 đã bị sửa thành 3,00; bộ tiêu chí quy định 1,00",
        "Ghi lại 1,00",
        CRITICAL,
        "C11",
    )


# --- evidence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("evidence", "severity"), [("required", Severity.WARNING), ("strict", CRITICAL)])
def test_points_without_evidence_or_explanation_are_remarked_and_returned_only_where_the_set_says_so(
    evidence: str, severity: Severity
) -> None:
    bare = form(_1_1_1={"evidence": ()})
    declared = bare.criteria_set.model_dump(mode="json", by_alias=True)
    declared["areas"][0]["criteria"][0]["components"][0]["evidence"] = evidence
    assert only(replace(bare, criteria_set=CriteriaSet.model_validate(declared))) == (
        "tiêu chí 1.1.1 chưa có tài liệu kiểm chứng và chưa có giải trình",
        "Ghi tên văn bản, số ký hiệu, ngày, trang; nếu không có tài liệu, giải trình cách tính",
        severity,
        "G6",
    )


def test_where_points_want_evidence_an_explanation_alone_is_warned_of() -> None:
    bare = with_facts("1.1.1", {"numerator": "90", "denominator": "100"}, evidence=(), text="Đã làm đủ")
    declared = bare.criteria_set.model_dump(mode="json", by_alias=True)
    declared["areas"][0]["criteria"][0]["components"][0]["evidence"] = "required_for_points"
    what, _, severity, _ = only(replace(bare, criteria_set=CriteriaSet.model_validate(declared)))
    assert what.startswith("tiêu chí 1.1.1 chưa ghi tài liệu kiểm chứng; nếu cũng không gửi tệp")
    assert severity is Severity.WARNING


@pytest.mark.parametrize(
    ("code", "facts", "how"),
    [
        ("1.1.1", {"numerator": "90", "denominator": "100"}, {"text": "Tính trên phần mềm một cửa"}),
        ("1.1.1", {"numerator": "0", "denominator": "100"}, {}),
        ("1.1.3", {"late": "0"}, {}),
        ("1.1.4", {"points": "2"}, {}),
    ],
    ids=["explained", "no points", "evidence optional", "no evidence asked"],
)
def test_no_evidence_is_needed(code: str, facts: dict[str, str], how: dict[str, str]) -> None:
    assert found(with_facts(code, facts, evidence=(), **how)) == []


@pytest.mark.parametrize(
    ("item", "named", "lacking", "cell"),
    [
        (SECOND._replace(number=""), "“Quyết định phê duyệt”", "số, ký hiệu", "H7"),
        (SECOND._replace(number="", day=None), "“Quyết định phê duyệt”", "số, ký hiệu; ngày", "H7"),
        (SECOND._replace(day=None), "“Quyết định phê duyệt”", "ngày", "I7"),
        (SECOND._replace(document=""), "“12/QĐ-UBND”", "tên văn bản", "G7"),
        (EvidenceItem(page="trang 2"), "thứ 2", "tên văn bản; số, ký hiệu; ngày", "G7"),
    ],
)
def test_evidence_that_cannot_be_found_is_a_warning_naming_what_is_missing(
    item: EvidenceItem, named: str, lacking: str, cell: str
) -> None:
    assert only(form(_1_1_1={"evidence": (PLAN, item)})) == (
        f"tài liệu kiểm chứng {named} của tiêu chí 1.1.1 thiếu {lacking}",
        f"Ghi thêm {lacking}",
        WARNING,
        cell,
    )


def test_evidence_without_page_is_noted() -> None:
    what, _, severity, cell = only(form(_1_1_1={"evidence": (SECOND._replace(page=""),)}))
    assert what == "tài liệu kiểm chứng “Quyết định phê duyệt” của tiêu chí 1.1.1 chưa ghi trang, mục"
    assert (severity, cell) == (INFO, "J6")


def test_evidence_of_after_the_last_day_is_a_warning() -> None:
    what, _, severity, cell = only(form(_1_1_1={"evidence": (SECOND._replace(day=date(2026, 1, 11)),)}))
    assert what.endswith("của tiêu chí 1.1.1 ghi ngày 11/01/2026, sau ngày 10/01/2026 là ngày cuối được tính")
    assert (severity, cell) == (WARNING, "I6")


def test_evidence_of_long_before_the_index_year_is_noted() -> None:
    what, _, severity, _ = only(form(_1_1_1={"evidence": (SECOND._replace(day=date(2023, 12, 31)),)}))
    assert what.endswith("ghi ngày 31/12/2023, trước năm đánh giá trên một năm")
    assert severity is INFO


def test_nothing_is_signed_after_today() -> None:
    assert evidence_span(2025, date(2026, 1, 10), date(2025, 12, 1)).last == date(2025, 12, 1)


# --- not applicable ---------------------------------------------------------------------------------------------------

CLAIMED = {"facts": {}, "points": None, "not_applicable": True, "evidence": ()}


def test_a_claim_with_its_reason_is_no_fault() -> None:
    assert found(form(_1_1_1={**CLAIMED, "text": "Trong năm không phát sinh hồ sơ"})) == []


def test_a_claim_without_reason_is_said_at_the_explanation() -> None:
    assert only(form(_1_1_1=CLAIMED)) == (
        "đề nghị không áp dụng tiêu chí 1.1.1 chưa ghi lý do",
        "Ghi lý do ở cột Giải trình",
        CRITICAL,
        "K6",
    )


def test_a_claim_that_the_set_does_not_allow_is_said() -> None:
    what, remedy, severity, cell = only(form(_1_1_3={**CLAIMED, "text": "Không có"}))
    assert (what, remedy) == ("tiêu chí 1.1.3 không được đề nghị không áp dụng", "Bỏ đề nghị và nhập số liệu")
    assert (severity, cell) == (CRITICAL, "F11")


@pytest.mark.parametrize(
    ("stated", "said"), [({"facts": FACTS["1.1.1"]}, "nhập số liệu"), ({"points": Decimal(1)}, "ghi điểm")]
)
def test_a_claim_together_with_facts_or_points_contradicts_itself(stated: dict[str, Any], said: str) -> None:
    what, _, severity, cell = only(form(_1_1_1={**CLAIMED, "text": "Không phát sinh", **stated}))
    assert what == f"tiêu chí 1.1.1 vừa đề nghị không áp dụng vừa {said}"
    assert (severity, cell) == (CRITICAL, "F6")


# --- the form as a whole ----------------------------------------------------------------------------------------------


def test_a_form_that_says_nothing_has_one_finding_for_the_whole_file() -> None:
    nothing = {"text": "", "not_applicable": False}
    assert only(form({}, **{f"_{code.replace('.', '_')}": nothing for code in FACTS})) == (
        "phiếu tự đánh giá chưa có số liệu nào",
        "Nhập số liệu vào các ô màu vàng rồi gửi lại",
        CRITICAL,
        "",
    )


@pytest.mark.parametrize(
    ("code", "whose", "why"),
    [
        ("1.2", "xa-a", "do khảo sát hoặc cơ quan khác cung cấp, đơn vị không tự chấm"),
        ("1.3", "xa-b", "không áp dụng với đơn vị theo bộ tiêu chí"),
        ("9.9", "xa-a", "không có trong bộ tiêu chí của kỳ"),
    ],
)
def test_what_is_not_the_units_to_claim_is_said(code: str, whose: str, why: str) -> None:
    own = form() if whose == "xa-a" else form({code: facts for code, facts in FACTS.items() if code != "1.3"})
    mine = [statement for statement in own.statements if statement.code != code]
    stray = Statement("xa-a", code, {"mean": "4"}, places=places_from(30, ["mean"]))
    (finding,) = found(replace(own, unit=unit(whose), statements=[*mine, stray]))
    assert finding.what == f"tiêu chí {code} {why}"
    assert (finding.severity, finding.place and finding.place.cell) == (CRITICAL, "D31")


def test_an_empty_row_that_is_not_the_units_is_no_fault() -> None:
    own = form()
    assert found(replace(own, statements=[*own.statements, Statement("xa-a", "1.2")])) == []


# --- whatever is valid ------------------------------------------------------------------------------------------------

ANSWERS = {
    "kind": "tiers",
    "tiers": [{"from": 80, "points": 3}, {"over": 40, "points": 1}, {"points": 0}],
}
EVERY_KIND = a_set(
    area(
        "1",
        leaf("1.1", 3, {"kind": "points", "step": "0.25"}),
        leaf("1.2", 3, {"kind": "binary"}),
        leaf("1.3", 3, {"kind": "options", "options": [{"id": id, "label": id, "points": 1} for id in ("mot", "hai")]}),
        leaf("1.4", 3, ANSWERS),
        leaf("1.5", 3, {"kind": "proportional", "floor": 70, "may_exceed": True}),
        leaf("1.6", 3, {"kind": "on_time", "deadline": "2025-06-30", "late": [{"points": 1}]}),
        leaf("1.7", 3, {"kind": "checklist", "items": [{"id": id, "label": id} for id in ("a", "b", "c")]}),
        leaf("1.8", 3, {"kind": "deduction", "cases": [{"id": id, "label": id, "points": 1} for id in ("x", "y")]}),
        leaf("1.9", 3, {"kind": "external", "index": "Chỉ số 766"}),
    ),
)


def sensible(field: FactField, code: str) -> st.SearchStrategy[str]:
    """Values of a fact that its rule takes."""
    if code == "1.1":
        return st.integers(0, 12).map(lambda steps: str(Decimal(steps) / 4))
    match field.kind:
        case FactKind.DATE:
            days = st.dates(date(2024, 7, 1), TODAY).map(date.isoformat)
            return days | st.just(NEVER_DONE)
        case FactKind.YES_NO:
            return st.sampled_from(["0", "1"])
        case FactKind.OPTION:
            return st.sampled_from([id for id, _ in field.choices])
        case _ if field.id == "numerator":
            return st.integers(0, 1000).map(str)
        case _ if field.id == "denominator":
            return st.integers(1000, 10**12).map(str)
        case _:
            return st.integers(0, 100).map(str)


VALID_FACTS = st.fixed_dictionaries(
    {
        leaf.code: st.fixed_dictionaries({field.id: sensible(field, leaf.code) for field in leaf.rule.fields})
        for leaf in EVERY_KIND.leaves
    }
)


@given(st.lists(VALID_FACTS, min_size=20, max_size=40))
@settings(max_examples=5, deadline=None)
def test_valid_facts_of_every_kind_of_rule_have_no_findings(batch: list[dict[str, dict[str, str]]]) -> None:
    assert check_self_assessments([form(facts, EVERY_KIND) for facts in batch]) == [[] for _ in batch]


# --- whatever people send ---------------------------------------------------------------------------------------------

FLOATS = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: Decimal(repr(number)))
NUMBERS = FLOATS | st.decimals(-5, 5, places=3)
TEXTS = st.sampled_from(["", "Không phát sinh", "=1+1", "x" * 32_767, "\U0001f600 Tiếng Việt"])
DOCUMENTS = st.builds(EvidenceItem, TEXTS, TEXTS, st.none() | st.dates(), TEXTS)


@st.composite
def statements_of(draw: st.DrawFn, criteria_set: CriteriaSet) -> list[Statement]:
    """Some statements about the leaves of a set: any numbers, facts there or not, cells there or not."""
    made = []
    for own in criteria_set.leaves:
        facts = {field.id: draw(st.none() | sensible(field, own.code) | odd(field)) for field in own.rule.fields}
        made.append(
            Statement(
                "xa-a",
                own.code,
                {id: value for id, value in facts.items() if value is not None},
                draw(st.none() | NUMBERS),
                draw(st.just(own.max) | st.none() | NUMBERS),
                draw(st.booleans()),
                tuple(draw(st.lists(DOCUMENTS, max_size=2))),
                draw(TEXTS),
                places=draw(st.sampled_from([{}, places_from(6, list(facts))])),
            )
        )
    return draw(st.permutations(made))


def odd(field: FactField) -> st.SearchStrategy[str]:
    """Readable values of a fact that hardly any rule takes."""
    if field.kind in (FactKind.NUMBER, FactKind.COUNT):
        return st.sampled_from(["-1", "0", "0.000001", "999999999999999999", "1" + "0" * 308])
    return st.dates().map(date.isoformat) if field.kind is FactKind.DATE else st.just("0")


@given(st.lists(statements_of(EVERY_KIND), min_size=5, max_size=10))
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
def test_whatever_forms_say_they_get_findings_and_no_error(batch: list[list[Statement]]) -> None:
    last_year = {own.code: dict.fromkeys((field.id for field in own.rule.fields), "7") for own in EVERY_KIND.leaves}
    forms = [replace(form({}, EVERY_KIND), statements=statements, last_year=last_year) for statements in batch]
    findings = [finding for of_form in check_self_assessments(forms) for finding in of_form]
    assert all(finding.what and finding.remedy for finding in findings)
    assert not any(finding.what.endswith(".") or finding.remedy.endswith(".") for finding in findings)
