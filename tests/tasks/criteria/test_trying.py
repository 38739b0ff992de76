"""An earlier year under another set, against a case computed by hand; nothing is recorded."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from models.findings import RefusedError
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.criteria.trying import Announced, Trial, try_set
from tasks.publishing.evaluating import evaluate_round
from tasks.recording.importing import read_facts, read_scores
from tasks.recording.versions import record_facts, record_scores
from tests.models.folders import Folder

PROVINCE = "name: tỉnh Mẫu\n"
UNITS = "code,name,kind\na,Sở A,so\nb,Sở B,so\n"
ROUND = "year: 2025\ngroups: [{id: so, name: Các sở, criteria_set: so-2025, units: {kind: so}}]\n"
OLD = """\
id: so-2025
title: Bộ tiêu chí năm 2025
areas:
  - code: "1"
    name: Chỉ đạo
    criteria:
      - {code: "1.1", name: Hoàn thành kế hoạch, max: 40, source: self, rule: {kind: proportional}}
      - {code: "1.2", name: Ban hành kế hoạch năm 2025, max: 20, source: self,
         rule: {kind: on_time, deadline: 2025-01-31, late: [{points: 10, days: 30}]}}
  - code: "2"
    name: Kết quả
    criteria:
      - {code: "2.1", name: Mức độ hài lòng, max: 40, source: survey, rule: {kind: points}}
"""
# 1.1 by tiers of the same ratio, 1.2 as a copy makes it (31/01/2026 is a Saturday), the survey weighs half as much and
# has another code, and two leaves are new: nobody was asked about them.
NEW = """\
id: so-2026
title: Bộ tiêu chí năm 2026
areas:
  - code: "1"
    name: Chỉ đạo
    criteria:
      - {code: "1.1", name: Hoàn thành kế hoạch, max: 40, source: self,
         rule: {kind: tiers, tiers: [{from: 90, points: 40}, {from: 50, points: 10}, {points: 0}]}}
      - {code: "1.2", name: Ban hành kế hoạch năm 2026, max: 20, source: self,
         rule: {kind: on_time, deadline: 2026-02-02, late: [{points: 10, days: 30}]}}
      - {code: "1.3", name: Sáng kiến, max: 10, source: self, rule: {kind: binary}}
  - code: "2"
    name: Kết quả
    criteria:
      - {code: "2.1", name: Chuyển đổi số, max: 10, source: self, rule: {kind: binary}}
      - {code: "2.2", name: Mức độ hài lòng, max: 20, source: survey, rule: {kind: points}}
"""
MAPPING = "old_code,old_fact,new_code,new_fact\n2.1,,2.2,\n"
FACTS = """\
unit,component,fact,value
a,1.1,numerator,8
a,1.1,denominator,10
a,1.2,date,2025-01-31
b,1.1,numerator,9
b,1.1,denominator,10
b,1.2,date,2025-01-20
"""
SCORES = "unit,component,source,points,not_applicable,note\na,2.1,survey,36,0,\nb,2.1,survey,20,0,\n"


class Office:
    """The province of the case, its year received and evaluated."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path)
        for file, text in {
            "province.yaml": PROVINCE,
            "units.csv": UNITS,
            "criteria/so-2025.yaml": OLD,
            "rounds/2025.yaml": ROUND,
        }.items():
            self.folder.write(file, text)
        self.storage: Storage = open_storage(path, Settings(user="người thử"))
        facts, _ = read_facts(FACTS.encode(), "f.csv", self.province, 2025, {})
        record_facts(self.storage, 2025, FACTS.encode(), "f.csv", facts)
        scores, _ = read_scores(SCORES.encode(), "s.csv", self.province, 2025)
        record_scores(self.storage, 2025, SCORES.encode(), "s.csv", scores)
        evaluate_round(self.province, self.storage, 2025)

    @property
    def province(self) -> Province:
        return load_province(self.folder.path)

    def try_it(self, text: str = NEW, mapping: str | None = MAPPING, group: str | None = None) -> Trial:
        declared = (mapping.encode(), "m.csv") if mapping else None
        return try_set(self.province, self.storage, 2025, text.encode(), "so-2026.yaml", declared, group)

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        with self.storage.engine.connect() as connection:
            tables = connection.execute(sql("select name from sqlite_master where type = 'table' order by name"))
            return {
                name: [tuple(row) for row in connection.execute(sql(f"select * from {name}"))]
                for name in tables.scalars().all()
            }


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


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
