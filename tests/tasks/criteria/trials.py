"""A year of two offices under two criteria sets, small enough to be computed by hand."""

from pathlib import Path

from sqlalchemy import text as sql

from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.criteria.trying import Trial, try_set
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
