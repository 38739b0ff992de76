"""Every point of one unit with its facts, rule and versions, as the snapshot saw them, and what was lost."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.findings import RefusedError
from models.numbers import plain
from models.progress.indices import IndexSeries, IndexValue
from models.records.results import Basis
from tasks.recording.progress import record_indices
from tasks.scoring.explaining import ExplainedLeaf, Explanation, explain_newest, explanation_data
from tests.tasks.districts import YEAR, Districts

DIRECTLY = "Cho điểm trực tiếp từ 0 đến"
RATIO = "name: Điểm thẩm định, max: 65, source: self, rule: {kind: proportional}"
DOCUMENT_KEYS = {"snapshot", "group", "unit", "name", "rank", "index", "robustness", "leaves", "lost"}
LEAF_KEYS = {"code", "name", "max_points", "points", "basis", "rule", "reason", "versions"}
VERSION_KEYS = {"source", "value", "version", "received_at", "file", "note"}


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """Dĩ An was appraised twice; of Tân Uyên the survey says little, so that it lost most there."""
    districts = Districts.copied(tmp_path_factory.mktemp("explained")).receive()
    districts.receive_score("di-an", "1.1", "appraisal", "47.25")
    districts.receive_score("tan-uyen", "2.1", "survey", "10")
    districts.evaluate()
    return districts


@pytest.fixture(scope="module")
def with_facts(tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """The appraised part is the share of tasks done; Dĩ An states it."""
    districts = Districts.copied(tmp_path_factory.mktemp("facts"))
    districts.rewrite(
        "criteria/huyen-2017.yaml", "name: Điểm thẩm định, max: 65, source: self, rule: {kind: points}", RATIO
    )
    districts.receive_facts("di-an,1.1,numerator,30\ndi-an,1.1,denominator,40\n")
    districts.receive_score("di-an", "2.1", "survey", "31.56")
    districts.evaluate()
    return districts


def test_a_fact_that_is_another_index_is_told_by_its_publication(tmp_path: Path) -> None:
    districts = Districts.copied(tmp_path)
    rule = RATIO.replace("{kind: proportional}", "{kind: external, index: sipas}")
    districts.rewrite(
        "criteria/huyen-2017.yaml", "name: Điểm thẩm định, max: 65, source: self, rule: {kind: points}", rule
    )
    districts.receive_facts("di-an,1.1,value,80.5\n")
    districts.evaluate()
    value = IndexValue("sipas", "", YEAR, Decimal("80.5"), published_on=date(2018, 5, 2))
    record_indices(districts.storage, b"values", "chi-so.csv", [value])
    series = [IndexSeries(id="sipas", name="SIPAS", publisher="Bộ Nội vụ")]
    (step,) = on_leaf(explain_newest(districts.storage, YEAR, "di-an", series), "1.1").steps
    assert (step.value, step.note) == ("80,5", "SIPAS năm 2017, công bố ngày 02/05/2018 (Bộ Nội vụ)")
    (without,) = on_leaf(explained(districts), "1.1").steps
    assert without.note == ""


def explained(districts: Districts, unit: str = "di-an") -> Explanation:
    return explain_newest(districts.storage, YEAR, unit)


def on_leaf(explanation: Explanation, code: str) -> ExplainedLeaf:
    return next(leaf for leaf in explanation.leaves if leaf.leaf.code == code)


def versions(leaf: ExplainedLeaf) -> list[tuple[str, str, int, str]]:
    return [(step.source, step.value, step.version, step.file_name) for step in leaf.steps]


def test_every_leaf_has_its_points_its_basis_and_its_rule_in_words(evaluated: Districts) -> None:
    shown = [
        (leaf.leaf.code, str(leaf.points.points), leaf.points.basis, leaf.rule) for leaf in explained(evaluated).leaves
    ]
    assert shown == [
        ("1.1", "47.25", Basis.APPRAISAL, f"{DIRECTLY} 65 điểm"),
        ("2.1", "31.56", Basis.SURVEY, f"{DIRECTLY} 35 điểm"),
    ]


def test_every_version_is_shown_with_its_number_and_file_in_the_order_received(evaluated: Districts) -> None:
    assert versions(on_leaf(explained(evaluated), "1.1")) == [
        ("thẩm định", "46,5 điểm", 1, "scores.csv"),
        ("thẩm định", "47,25 điểm", 2, "di-an-1.1-47.25.csv"),
    ]
    assert versions(on_leaf(explained(evaluated), "2.1")) == [("khảo sát", "31,56 điểm", 1, "scores.csv")]


def test_a_step_reads_as_one_line(evaluated: Districts) -> None:
    first = on_leaf(explained(evaluated), "1.1").steps[0]
    assert str(first).startswith("thẩm định: 46,5 điểm (bản 1, ")
    assert str(first).endswith(", scores.csv)")


def test_points_lost_come_with_the_largest_first(evaluated: Districts) -> None:
    assert [(loss.leaf.code, plain(loss.lost)) for loss in explained(evaluated).lost] == [
        ("1.1", "17.75"),
        ("2.1", "3.44"),
    ]
    assert [(loss.leaf.code, plain(loss.lost)) for loss in explained(evaluated, "tan-uyen").lost] == [
        ("2.1", "25"),
        ("1.1", "16.25"),
    ]


def test_the_unit_is_shown_with_its_group_rank_and_index(evaluated: Districts) -> None:
    explanation = explained(evaluated)
    assert (explanation.group.id, explanation.unit.name) == ("huyen", "Thị xã Dĩ An")
    assert str(explanation.unit.index) == "78.81"
    assert explanation.unit.robustness is not None


def test_versions_received_after_the_snapshot_are_not_shown_until_it_is_computed_again(
    evaluated: Districts, tmp_path: Path
) -> None:
    later = evaluated.duplicate(tmp_path)
    later.receive_score("di-an", "1.1", "appraisal", "48")
    assert explanation_data(explained(later)) == explanation_data(explained(evaluated))
    later.evaluate()
    assert versions(on_leaf(explained(later), "1.1"))[-1] == ("thẩm định", "48 điểm", 3, "di-an-1.1-48.csv")


def test_facts_are_shown_by_their_labels_before_points(with_facts: Districts) -> None:
    leaf = on_leaf(explained(with_facts), "1.1")
    assert (str(leaf.points.points), leaf.points.basis) == ("48.75", Basis.FACTS)
    assert [(step.value, step.version, step.file_name) for step in leaf.steps] == [
        ("30", 1, "facts.csv"),
        ("40", 1, "facts.csv"),
    ]
    assert {"numerator", "denominator"}.isdisjoint({step.source for step in leaf.steps})


def test_facts_received_after_the_snapshot_are_not_shown(with_facts: Districts, tmp_path: Path) -> None:
    later = with_facts.duplicate(tmp_path)
    later.receive_facts("di-an,1.1,numerator,35\n")
    assert len(on_leaf(explained(later), "1.1").steps) == 2


def test_a_unit_that_sent_nothing_has_no_points_and_no_versions(with_facts: Districts) -> None:
    silent = explained(with_facts, "tan-uyen")
    assert silent.unit.points is None
    assert [step for leaf in silent.leaves for step in leaf.steps] == []


def test_the_document_for_machines_has_every_point_and_version(evaluated: Districts) -> None:
    document: dict[str, Any] = explanation_data(explained(evaluated))
    assert set(document) == DOCUMENT_KEYS
    assert all(set(leaf) == LEAF_KEYS for leaf in document["leaves"])
    assert all(set(version) == VERSION_KEYS for leaf in document["leaves"] for version in leaf["versions"])
    assert (document["unit"], document["index"], document["rank"]) == ("di-an", "78.81", 4)
    assert document["leaves"][0]["points"] == "47.25"
    assert document["lost"][0] == {"code": "1.1", "lost": "17.75"}


def test_an_unknown_unit_is_refused_by_its_name(evaluated: Districts) -> None:
    with pytest.raises(RefusedError, match="không có đơn vị “ha-noi”"):
        explained(evaluated, "ha-noi")


def test_a_round_that_was_never_evaluated_cannot_be_explained(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="chưa có kết quả nào được tính"):
        explained(Districts.copied(tmp_path).receive())
