"""References to the law: carried by components, criteria and rounds, and doubted when out of force."""

from pathlib import Path

import pytest
import yaml

from models.criteria.sets import CriteriaSet
from models.digests import canonical_json
from models.province.folder import load_province
from models.province.rounds import Round
from tests.models.folders import Folder, sample_folder

SO_FILE = "criteria/so.yaml"
ROUND_FILE = "rounds/2025.yaml"
OF_A_COMPONENT = (
    "            appraised_by: snv\n",
    "            appraised_by: snv\n            reference: {reference}\n",
)
OF_A_CRITERION = ("        source: register\n", "        source: register\n        reference: {reference}\n")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path / "tinh")


def stating(folder: Folder, reference: str, at: tuple[str, str] = OF_A_COMPONENT) -> Folder:
    return folder.change(SO_FILE, at[0], at[1].format(reference=reference))


def test_a_component_a_criterion_and_a_round_carry_their_reference(folder: Folder) -> None:
    stating(folder, "{document: Quyết định A, article: khoản 1 Điều 3, from: 2020-01-01, to: 2025-12-31}")
    stating(folder, "{document: Quyết định B}", OF_A_CRITERION)
    folder.add(ROUND_FILE, "reference: {document: Kế hoạch C, from: 2025-12-31}\n")
    assert folder.findings() == []
    province = load_province(folder.path)
    (area, _) = province.criteria_sets["so-2025"].areas
    stated = [area.criteria[0].components[0].reference, area.criteria[1].reference, province.rounds[2025].reference]
    assert list(map(str, stated)) == ["khoản 1 Điều 3 Quyết định A", "Quyết định B", "Kế hoạch C"]


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ("to: 2025-12-30", "đã hết hiệu lực (đến 30/12/2025)"),
        ("from: 2026-01-01", "chưa có hiệu lực (từ 01/01/2026)"),
        ("from: 2020-01-01, to: 2024-01-01", "đã hết hiệu lực (đến 01/01/2024)"),
    ],
)
@pytest.mark.parametrize(("at", "code"), [(OF_A_COMPONENT, "1.1.1"), (OF_A_CRITERION, "1.2")])
def test_what_is_out_of_force_on_the_last_day_of_the_round_is_a_warning_at_its_line(
    folder: Folder, days: str, why: str, at: tuple[str, str], code: str
) -> None:
    stating(folder, f"{{document: Quyết định A, {days}}}", at)
    line = folder.line_of(SO_FILE, "reference")
    said = f"vào ngày cuối của kỳ đánh giá (31/12/2025), căn cứ “Quyết định A” của tiêu chí {code} {why}"
    assert folder.warnings() == [f"{SO_FILE}:{line}: {said}"]
    assert folder.errors() == []


def test_the_reference_of_a_round_is_doubted_too(folder: Folder) -> None:
    folder.add(ROUND_FILE, "reference: {document: Kế hoạch C, to: 2025-06-30}\n")
    (warning,) = folder.warnings()
    assert warning.startswith(f"{ROUND_FILE}:{folder.line_of(ROUND_FILE, 'reference')}: ")
    assert warning.endswith("căn cứ “Kế hoạch C” của kỳ đánh giá 2025 đã hết hiệu lực (đến 30/06/2025)")


def test_a_set_that_no_round_uses_is_not_doubted(folder: Folder) -> None:
    stating(folder, "{document: Quyết định A, to: 2025-06-30}").remove(ROUND_FILE)
    assert folder.warnings() == []


def test_each_round_that_uses_a_set_asks_whether_it_is_still_in_force(folder: Folder) -> None:
    stating(folder, "{document: Quyết định A, to: 2025-12-31}")
    folder.write("rounds/2026.yaml", folder.text(ROUND_FILE).replace("year: 2025", "year: 2026"))
    (warning,) = [warning for warning in folder.warnings() if "căn cứ" in warning]
    assert "(31/12/2026)" in warning


def test_a_last_day_before_the_first_is_an_error(folder: Folder) -> None:
    stating(folder, "{document: Quyết định A, from: 2025-02-01, to: 2025-01-01}")
    (error,) = folder.errors()
    assert error.endswith("căn cứ của tiêu chí 1.1.1 hết hiệu lực (01/01/2025) trước khi có (01/02/2025)")


@pytest.mark.parametrize(
    ("reference", "what"),
    [("{article: Điều 3}", "thiếu mục “document”"), ("{document: A, form: 2025-01-01}", "không có mục tên “form”")],
)
def test_a_reference_that_is_not_as_declared_is_an_error(folder: Folder, reference: str, what: str) -> None:
    (error,) = stating(folder, reference).errors()
    assert error.endswith(what)


def test_without_references_a_set_and_a_round_are_frozen_as_they_were_before_there_were_any(folder: Folder) -> None:
    province = load_province(folder.path)
    of_set = province.criteria_sets["so-2025"].model_dump(mode="json", by_alias=True)
    of_round = province.rounds[2025].model_dump(mode="json", by_alias=True)
    assert b"reference" not in canonical_json([of_set, of_round])


def test_with_references_they_are_frozen_and_come_back(folder: Folder) -> None:
    stating(folder, "{document: Quyết định A, from: 2020-01-01}")
    folder.add(ROUND_FILE, "reference: {document: Kế hoạch C}\n")
    province = load_province(folder.path)
    criteria_set, round = province.criteria_sets["so-2025"], province.rounds[2025]
    assert CriteriaSet.model_validate(criteria_set.model_dump(mode="json", by_alias=True)) == criteria_set
    assert Round.model_validate(round.model_dump(mode="json", by_alias=True)) == round
    assert '"from":"2020-01-01"' in canonical_json(criteria_set.model_dump(mode="json", by_alias=True)).decode()


EXAMPLES = sorted((Path(__file__).parents[3] / "examples").rglob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_plain_yaml_programs_read_our_examples(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))
