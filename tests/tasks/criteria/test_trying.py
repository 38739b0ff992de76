"""An earlier year under another set, against a case computed by hand; nothing is recorded."""

from decimal import Decimal

import pytest

from models.findings import RefusedError
from tasks.criteria.trying import Announced
from tests.tasks.criteria.trials import NEW, OLD, Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Nothing that is tried changes it."""
    return Office(tmp_path_factory.mktemp("office"))


def test_the_case_computed_by_hand(office: Office) -> None:
    trial = office.try_it()
    # Before: a 32 + 20 + 36 = 88, b 36 + 20 + 20 = 76 of 100.
    # Now of 80: a 10 (80 %) + 20 + 36 × 20/40 = 48 → 60,00; b 40 (90 %) + 20 + 10 = 70 → 87,50.
    assert trial.maximum == 80
    assert [(unit.code, unit.before, unit.now) for unit in trial.units] == [
        ("b", Announced(Decimal("76.00"), 2, "Khá"), Announced(Decimal("87.50"), 1, "Tốt")),
        ("a", Announced(Decimal("88.00"), 1, "Tốt"), Announced(Decimal("60.00"), 2, "Trung bình")),
    ]
    assert [(unit.change, unit.rank_change) for unit in trial.units] == [
        (Decimal("11.50"), 1),
        (Decimal("-28.00"), -1),
    ]
    # By leaf, in points of the index: b 1.1 50 − 36, 1.2 25 − 20, survey 12,5 − 20; a 12,5 − 32, 25 − 20, 22,5 − 36.
    by_leaf = [[(leaf.code, leaf.by) for leaf in unit.leaves] for unit in trial.units]
    assert by_leaf == [[("1.1", 14), ("1.2", 5)], [("1.1", Decimal("-19.5")), ("2.2", Decimal("-13.5"))]]
    assert ([unit.code for unit in trial.gaining], [unit.code for unit in trial.losing]) == (["b"], ["a"])
    assert trial.left_out == (("1.3", "Sáng kiến"), ("2.1", "Chuyển đổi số"))
    assert trial.full_for_all == (("1.2", "Ban hành kế hoạch năm 2026"),)
    assert (trial.beside, trial.group, trial.of_leaves) == ("đã tính, chưa công bố", "so", 3)


def test_nothing_is_recorded(office: Office) -> None:
    before, files = office.contents(), sorted(office.folder.path.rglob("*.yaml"))
    office.try_it()
    assert office.contents() == before
    assert sorted(office.folder.path.rglob("*.yaml")) == files


def test_a_code_that_means_something_else_takes_nothing_over_and_the_other_code_is_proposed(office: Office) -> None:
    trial = office.try_it(mapping=None)
    assert [code for code, _ in trial.left_out] == ["1.3", "2.1", "2.2"]
    assert trial.proposals == (("2.1", "2.2"),)
    assert trial.maximum == 60


def test_the_same_set_gives_the_same_results(office: Office) -> None:
    trial = office.try_it(OLD, None)
    assert [unit.change for unit in trial.units] == [0, 0]
    assert trial.left_out == trial.notes == ()


def test_facts_of_two_leaves_may_make_one(office: Office) -> None:
    new = OLD.replace("so-2025", "so-2026").replace('"1.1", name: Hoàn thành kế hoạch', '"1.1", name: Khác hẳn trước')
    mapping = "old_code,old_fact,new_code,new_fact\n1.1,numerator,1.1,numerator\n1.1,denominator,1.1,denominator\n"
    assert office.try_it(new, mapping).left_out == ()
    assert [code for code, _ in office.try_it(new, None).left_out] == ["1.1"]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("old_code,new_code\n9.9,2.2\n", "m.csv:2: LỖI: bộ tiêu chí cũ không có mục chấm điểm “9.9”"),
        ("old_code,new_code\n2.1,9.9\n", "m.csv:2: LỖI: bộ tiêu chí mới không có mục chấm điểm “9.9”"),
        ("old_code,old_fact,new_code,new_fact\n1.1,x,1.1,numerator\n", "tiêu chí 1.1 không có số liệu “x”"),
        ("old_code,old_fact,new_code,new_fact\n1.1,,1.1,numerator\n", "ghi số liệu ở một bên"),
        ("old_code,new_code\n2.1,2.2\n1.1,2.2\n", "đã ghi ở dòng 2"),
        ("a,b\n", "thiếu cột “old_code”"),
    ],
)
def test_a_faulty_mapping_is_refused_at_its_line(office: Office, mapping: str, said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        office.try_it(mapping=mapping)
    assert any(said in str(finding) for finding in refused.value.findings), refused.value.findings


ANOTHER = NEW.replace('"1', '"8').replace('"2', '"9')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NEW.replace("name: Sáng kiến, max: 10", "name: Sáng kiến, max: x"), "so-2026.yaml:11: LỖI: “max” là “x”"),
        (NEW.replace("points: 40}", "points: 99}"), "so-2026.yaml:8: LỖI: tiêu chí 1.1"),
        ("- a\n", "mục: giá trị"),
        ("id: [", "sai cú pháp YAML"),
        (ANOTHER, "không có số liệu nào của năm 2025 dùng được"),
    ],
)
def test_a_faulty_set_is_refused_at_its_line(office: Office, text: str, said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        office.try_it(text, None)
    assert any(said in str(finding) for finding in refused.value.findings), refused.value.findings


def test_an_unknown_group_is_refused(office: Office) -> None:
    with pytest.raises(RefusedError, match="không có nhóm “xa”"):
        office.try_it(group="xa")
