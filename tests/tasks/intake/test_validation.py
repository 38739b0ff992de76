"""A batch of readings against the sample round: split by file, with its cells, compared with what is recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from models.criteria.sets import Source
from models.findings import Finding, Place, Severity
from models.forms.descriptions import FormKind
from models.forms.explanation import AGREES
from models.forms.sources import ScoreSource
from models.province.folder import Province, load_province
from models.records.entries import FactEntry, ScoreEntry
from models.records.storage import Storage, open_storage
from models.records.submissions import Reading, Statement, units_in
from models.settings import Settings
from tasks.intake.validation import ValidationContext, validate_batch, validation_context
from tasks.recording.importing import read_facts, read_scores
from tasks.recording.versions import facts_by_component, record_facts, record_scores
from tests.conftest import copy_example
from tests.expectations.statements import TODAY, YEAR, identity_of, places_from, self_assessment

CRITICAL, WARNING, INFO = Severity
Facts = dict[str, dict[str, dict[str, str]]]


@dataclass
class Held:
    """The sample round with everything recorded, and the self-assessments that its facts would make."""

    province: Province
    storage: Storage
    context: ValidationContext
    facts: Facts

    def form(self, unit: str, **changed: Any) -> Reading:
        record = self.context.records[YEAR].units[unit]
        return self_assessment(record.unit, record.criteria_set, self.facts[unit], **changed)

    def found(self, *readings: Reading, context: ValidationContext | None = None) -> list[tuple[Finding, ...]]:
        return validate_batch(readings, self.province, context or self.context)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = copy_example("tinh-mau", tmp_path_factory.mktemp("validation"))
    province, storage = load_province(folder), open_storage(folder, Settings(user="người thử"))
    content = (folder / "facts-2025.csv").read_bytes()
    entries = read_facts(content, "facts-2025.csv", province, YEAR, {})[0]
    record_facts(storage, YEAR, content, "facts-2025.csv", entries)
    content = (folder / "scores-2025.csv").read_bytes()
    scores = read_scores(content, "scores-2025.csv", province, YEAR)[0]
    record_scores(storage, YEAR, content, "scores-2025.csv", scores)
    facts: Facts = {}
    for (unit, code), stated in facts_by_component(storage, YEAR).items():
        facts.setdefault(unit, {})[code] = stated
    yield Held(province, storage, validation_context(province, storage, [YEAR, 2031], today=TODAY), facts)
    storage.engine.dispose()


def row(unit: str, code: str, line: int = 9, **stated: Any) -> Statement:
    """A row of a form of many units."""
    columns = ("code", "max", "points", "appraised", "not_applicable", "reason", "note", "answer", "explanation")
    places = {id: Place("Bảng", line, number) for number, id in enumerate(columns, 1)}
    facts = stated.get("facts", {})
    return Statement(unit, code, places={**places_from(line, list(facts), rows_below=False), **places}, **stated)


def reading(kind: FormKind, subject: str, *statements: Statement, year: int = YEAR) -> Reading:
    return Reading(f"{kind.file_stem}-{subject}.xlsx", identity_of(kind, subject, year), statements)


# --- batches ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_sample_round_satisfies_every_check_that_its_sets_declare(held: Held) -> None:
    forms = [held.form(unit) for unit in held.facts]
    unstated = [
        f"tiêu chí {statement.code} chỉ có giải trình, không có số liệu nên chưa được tính điểm"
        for form in forms
        for statement in form.statements
        if not statement.facts and not statement.not_applicable
    ]
    assert [finding.what for findings in held.found(*forms) for finding in findings] == unstated


@pytest.mark.slow
def test_every_self_scored_leaf_of_the_sample_is_in_the_batch(held: Held) -> None:
    form = held.form("so-tu-phap")
    leaves = held.province.criteria_sets["so-2025"].leaves
    assert [statement.code for statement in form.statements] == [
        leaf.code for leaf in leaves if leaf.source is Source.SELF and leaf.applies_to("so-tu-phap", "so")
    ]


@pytest.mark.slow
def test_two_hundred_files_of_one_batch_are_split_rightly(held: Held) -> None:
    forms = {unit: held.form(unit) for unit in held.facts}
    clean = {unit: form for unit, form in forms.items() if all(statement.facts for statement in form.statements)}
    units = list(clean)[:10]
    broken = {unit: held.form(unit, _1_1_3={"points": Decimal("2.5")}) for unit in units}
    batch = [
        replace((broken if number % 7 == 3 else clean)[units[number % 10]], file=f"{number}.xlsx")
        for number in range(200)
    ]
    found = held.found(*batch)
    assert [len(findings) for findings in found] == [int(number % 7 == 3) for number in range(200)]
    assert all(finding.file == f"{number}.xlsx" for number, findings in enumerate(found) for finding in findings)


def test_an_empty_batch_has_no_findings(held: Held) -> None:
    assert held.found() == []


def test_a_file_that_could_not_be_identified_keeps_what_reading_found(held: Held) -> None:
    why = Finding("la.xlsx", 0, "không phải biểu mẫu CCHC", "Dùng biểu mẫu được gửi")
    strange = Reading("la.xlsx", None, findings=(why,))
    assert held.found(held.form("so-tu-phap"), strange) == [(), (why,)]


def test_what_reading_found_comes_first_then_the_rest_by_place(held: Held) -> None:
    first = Finding("x.xlsx", 0, "dòng bị ẩn", "Kiểm tra lại", WARNING, Place("Tự đánh giá", 900, 1))
    form = held.form("so-tu-phap", _1_1_3={"points": Decimal("2.5")}, _1_2_1={"maximum": Decimal(9), "evidence": ()})
    (found,) = held.found(replace(form, findings=(first,)))
    assert found[0] is first
    places = [finding.place for finding in found[1:]]
    assert len(places) == 3
    assert places == sorted(place for place in places if place)


def test_a_cell_that_reading_could_not_read_is_not_called_missing_as_well(held: Held) -> None:
    facts = dict(held.facts["so-tu-phap"]["1.1.3"])
    del facts["numerator"]
    form = held.form("so-tu-phap", _1_1_3={"facts": facts, "points": None})
    place = next(s for s in form.statements if s.code == "1.1.3").places["fact:numerator"]
    unreadable = Finding(form.file, 0, "“mười hai” không phải là số", "Nhập một số, không kèm chữ", place=place)
    noted = replace(unreadable, severity=INFO)
    assert held.found(replace(form, findings=(unreadable,))) == [(unreadable,)]
    (found,) = held.found(replace(form, findings=(noted,)))
    assert [finding.severity for finding in found] == [INFO, CRITICAL]


# --- forms of no round, unit or group ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "subject", "year", "what"),
    [
        (FormKind.SELF_ASSESSMENT, "so-tu-phap", 2031, "tỉnh chưa có kỳ đánh giá năm 2031"),
        (FormKind.SELF_ASSESSMENT, "so-bi-mat", YEAR, "đơn vị “so-bi-mat” không thuộc kỳ đánh giá năm 2025"),
        (FormKind.EXPLANATION, "so-bi-mat", YEAR, "đơn vị “so-bi-mat” không thuộc kỳ đánh giá năm 2025"),
        (FormKind.SURVEY, "huyen", YEAR, "kỳ đánh giá năm 2025 không có nhóm “huyen”"),
        (FormKind.COUNCIL, "huyen", YEAR, "kỳ đánh giá năm 2025 không có nhóm “huyen”"),
    ],
)
def test_a_form_of_what_the_round_does_not_have_is_refused(
    held: Held, kind: FormKind, subject: str, year: int, what: str
) -> None:
    (found,) = held.found(reading(kind, subject, year=year))
    assert [(finding.what, finding.severity) for finding in found] == [(what, CRITICAL)]


# --- compared with what is recorded -----------------------------------------------------------------------------------


def test_figures_of_the_register_are_compared_with_the_units_own(held: Held) -> None:
    facts = dict(held.facts["so-tu-phap"])
    received = int(facts["3.4.3"]["denominator"])
    facts["3.4.1"] = {"numerator": str(received + 5), "denominator": str(received + 5)}
    record = held.context.records[YEAR].units["so-tu-phap"]
    (found,) = held.found(self_assessment(record.unit, record.criteria_set, facts))
    said = [finding for finding in found if "3.4.3/denominator" in finding.what]
    assert [finding.severity for finding in said] == [WARNING]
    assert said[0].what.startswith("số hồ sơ đã giải quyết nhiều hơn số hồ sơ tiếp nhận")


def test_last_years_facts_are_compared_where_the_leaf_asked_the_same(held: Held, storage: Storage) -> None:
    now = held.facts["so-tu-phap"]["7.2.1"]
    entries = [FactEntry("so-tu-phap", "7.2.1", fact, str(int(value) * 3)) for fact, value in now.items()]
    record_facts(storage, YEAR - 1, b"2024", "facts-2024.csv", entries)
    before = held.province.round_of(YEAR).model_copy(update={"year": YEAR - 1})
    province = replace(held.province, rounds={**held.province.rounds, YEAR - 1: before})
    context = validation_context(province, storage, [YEAR], ["so-tu-phap"], TODAY)
    form = held.form("so-tu-phap")
    (found,) = validate_batch([form], province, context)
    assert [finding.severity for finding in found] == [WARNING, WARNING]
    assert found[0].what.endswith("giảm 66,7%")
    assert validate_batch([form], held.province, context) == [()]  # no round of that year says what was asked


def test_only_the_units_of_the_batch_are_read(held: Held) -> None:
    forms = [held.form("so-tu-phap"), held.form("xa-an-loc")]
    assert units_in(forms) == {"so-tu-phap", "xa-an-loc"}
    context = validation_context(held.province, held.storage, [YEAR], units_in(forms), TODAY)
    units = context.records[YEAR].units
    assert units["so-tu-phap"] == held.context.records[YEAR].units["so-tu-phap"]
    assert {code for code, record in units.items() if record.facts} == {"so-tu-phap", "xa-an-loc"}
    assert held.found(*forms, context=context) == [(), ()]


# --- appraisal, council, explanation ----------------------------------------------------------------------------------


def test_an_appraisal_is_compared_with_what_the_unit_claims(held: Held) -> None:
    claimed = held.context.records[YEAR].units["so-tu-phap"].claimed["1.1.3"].points
    assert claimed is not None
    kept = row("so-tu-phap", "1.1.3", points=claimed)
    assert held.found(reading(FormKind.APPRAISAL, "snv", kept)) == [()]
    cut = row("so-tu-phap", "1.1.3", points=claimed - 1)
    ((finding,),) = held.found(reading(FormKind.APPRAISAL, "snv", cut))
    assert finding.what.startswith("Sở Tư pháp, tiêu chí 1.1.3: điểm thẩm định ")
    assert finding.what.endswith("mà chưa ghi lý do")
    assert finding.place == Place("Bảng", 9, 6)


@pytest.mark.parametrize(
    ("unit", "code", "why"),
    [
        ("so-tu-phap", "2.1.1", "tiêu chí không do cơ quan này thẩm định"),
        ("so-tu-phap", "8.2.1", "tiêu chí không do cơ quan này thẩm định"),
        ("so-tu-phap", "9.9", "bộ tiêu chí của đơn vị không có tiêu chí này"),
        ("thanh-tra", "7.4", "tiêu chí không áp dụng với đơn vị theo bộ tiêu chí"),
        ("so-bi-mat", "1.1.3", "đơn vị không thuộc kỳ đánh giá"),
    ],
)
def test_an_agency_decides_only_on_its_own_leaves(held: Held, unit: str, code: str, why: str) -> None:
    given = row(unit, code, points=Decimal(0), text="Không có")
    ((finding,),) = held.found(reading(FormKind.APPRAISAL, "snv", given))
    assert (finding.what, finding.severity) == (f"{unit}, tiêu chí {code}: {why}", CRITICAL)


def test_a_claim_of_a_unit_waits_for_its_answer(held: Held, storage: Storage) -> None:
    entries = [ScoreEntry("so-tu-phap", "1.3.2", ScoreSource.SELF, None, True, "Không phát sinh")]
    record_scores(storage, YEAR, b"claims", "claims.csv", entries)
    context = validation_context(held.province, storage, [YEAR], today=TODAY)
    rows = row("so-tu-phap", "1.3.2"), row("so-tu-phap", "1.1.3", 10, points=Decimal(0))
    for form in (reading(FormKind.APPRAISAL, "snv", *rows), reading(FormKind.COUNCIL, "so", *rows)):
        ((finding,),) = held.found(form, context=context)
        assert finding.what == "Sở Tư pháp, tiêu chí 1.3.2: đơn vị đề nghị không áp dụng mà chưa được trả lời"


def test_a_leaf_on_which_the_unit_is_silent_needs_points_unless_the_whole_unit_is(held: Held) -> None:
    other = row("so-tu-phap", "1.1.3", 10, points=Decimal(0), text="Chưa có tài liệu")
    silent = reading(FormKind.APPRAISAL, "snv", row("so-y-te", "4.5.1"), other)
    ((finding,),) = held.found(silent)
    assert finding.what == "Sở Y tế, tiêu chí 4.5.1: đơn vị không kê khai, để trống thì được 0 điểm"
    assert held.found(reading(FormKind.APPRAISAL, "snv", row("xa-ba-lam", "1.1.3"), other)) == [()]


def test_the_councils_form_is_compared_with_the_appraisal(held: Held) -> None:
    appraised = row("p-hoa-giang", "1.5", points=Decimal("0.5"))
    assert held.found(reading(FormKind.COUNCIL, "xa", appraised)) == [()]
    ((finding,),) = held.found(reading(FormKind.COUNCIL, "xa", row("p-hoa-giang", "1.5", points=Decimal(1))))
    assert "điểm của Hội đồng 1,00 khác với hồ sơ (điểm đang có 0,50)" in finding.what
    ((finding,),) = held.found(reading(FormKind.COUNCIL, "so", row("p-hoa-giang", "1.5", points=Decimal("0.5"))))
    assert finding.what == "p-hoa-giang, tiêu chí 1.5: đơn vị không thuộc nhóm Các sở, ban, ngành"


def test_an_explanation_answers_what_was_cut(held: Held) -> None:
    record = held.context.records[YEAR].units["so-tu-phap"]
    cut = [leaf.code for leaf in record.criteria_set.leaves if record.was_cut(leaf.code)]
    kept = next(leaf.code for leaf in record.criteria_set.leaves if not record.was_cut(leaf.code))
    answers = [row("so-tu-phap", code, 6 + line, answer=AGREES) for line, code in enumerate(cut)]
    assert held.found(reading(FormKind.EXPLANATION, "so-tu-phap", *answers)) == [()]
    missing = [*answers[1:], row("so-tu-phap", cut[0], 40), row("so-tu-phap", kept, 41, answer=AGREES)]
    (found,) = held.found(reading(FormKind.EXPLANATION, "so-tu-phap", *missing))
    assert [finding.what for finding in found] == [
        f"tiêu chí {cut[0]} chưa chọn trả lời",
        f"tiêu chí {kept} không bị giảm điểm nên không cần giải trình",
    ]


# --- survey and register ----------------------------------------------------------------------------------------------


def test_tables_of_a_group_are_clean_with_the_sample_facts(held: Held) -> None:
    members = [
        record.unit.code for record in held.context.records[YEAR].of_group(held.province.round_of(YEAR).groups[1])
    ]
    leaves = held.province.criteria_sets["xa-2025"].by_code
    tables = []
    for kind, sources in ((FormKind.SURVEY, [Source.SURVEY]), (FormKind.REGISTER, [Source.REGISTER, Source.EXTERNAL])):
        rows = [
            row(unit, code, facts=facts)
            for unit in members
            for code, facts in held.facts.get(unit, {}).items()
            if code in leaves and leaves[code].source in sources
        ]
        assert len(rows) > 60
        tables.append(reading(kind, "xa", *rows))
    assert held.found(*tables) == [(), ()]


def test_the_register_is_compared_with_the_units_own_figures(held: Held) -> None:
    resolved = held.facts["so-tu-phap"]["3.4.1"]["denominator"]
    fewer = {"numerator": "10", "denominator": "10"}
    ((finding,),) = held.found(reading(FormKind.REGISTER, "so", row("so-tu-phap", "3.4.3", facts=fewer)))
    assert finding.what.startswith("Sở Tư pháp: số hồ sơ đã giải quyết nhiều hơn số hồ sơ tiếp nhận")
    assert finding.what.endswith(
        f"(3.4.1/denominator = {int(resolved):,}, 3.4.3/denominator = 10)".replace(",", ".", 1)
    )
    assert finding.severity is WARNING


def test_a_survey_of_a_unit_of_another_group_is_said(held: Held) -> None:
    ((finding,),) = held.found(reading(FormKind.SURVEY, "so", row("xa-an-loc", "8.2.1", facts={"mean": "4"})))
    assert finding.what == "xa-an-loc, mục 8.2.1: đơn vị không thuộc nhóm này của kỳ đánh giá"
