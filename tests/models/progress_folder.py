"""The small province of tests/models/folders.py with a folder progress/ that a test changes in one place."""

from pathlib import Path

from tests.models.folders import Folder, sample_folder

MEASURES = """\
measures:
  - {id: ho-so, name: Hồ sơ đúng hạn, kind: ratio, unit: hồ sơ, better: up, kinds: so,
     feeds: [{criteria_set: so-2025, component: "1.1.2"}]}
  - {id: qua-han, name: Hồ sơ quá hạn, kind: count, unit: hồ sơ, better: down, kinds: [so, xa, phuong],
     feeds: [{criteria_set: so-2025, component: "1.2", fact: late}]}
  - {id: bien-che, name: Biên chế, kind: count, unit: người, better: down, over_time: last, kinds: so}
  - {id: cat-giam, name: Thời gian cắt giảm, kind: weighted, unit: ngày, better: up, kinds: so}
"""

PLANS = """\
plans:
  - id: kh-2025
    title: Kế hoạch CCHC năm 2025
    from: 2025
    to: 2025
    tasks:
      - {number: "1", title: Ban hành kế hoạch, owner: snv, responsible: Giám đốc Sở Nội vụ, area: "1",
         due: 2025-01-31, begun: 2025-01-02, done_on: 2025-01-20, product: Kế hoạch, evidence: 01/KH-UBND}
      - {number: "2", title: Rà soát TTHC, owner: Sở Tài chính, area: "2", due: 2025-03-31, begun: 2025-02-01}
      - {number: "3", title: Tập huấn, owner: snv, responsible: Giám đốc Sở Nội vụ, area: "1", due: 2025-06-30}
    tasks_csv: viec-2025.csv
"""

TASKS = """\
number,title,owner,due,done_on
4,Khảo sát mức độ hài lòng,stc,2025-02-28,10/03/2025
5,Báo cáo năm,snv,2025-12-10,
"""

COMMITMENTS = """\
commitments:
  - id: dung-han
    title: Giải quyết hồ sơ đúng hạn
    year: 2025
    scope: {kind: so, except: [vpub]}
    measure: ho-so
    target: 95
    exceptions: [{unit: Sở Tài chính, target: 90}]
  - id: khong-qua-han
    title: Không để hồ sơ quá hạn
    year: 2025
    scope: {units: [snv]}
    measure: qua-han
    comparator: "<="
    target: 10
  - id: hang
    title: Tăng hạng
    year: 2025
    ranks:
      based_on: 2024
      pledges:
        - {unit: Sở Tài chính, gain: 1}
        - {unit: snv, keep: true}
"""

TARGETS = """\
targets:
  - {id: par, name: Hạng PAR INDEX, index: par-index, of: rank, direction: at_most, owner: snv,
     source: Đề án mẫu, milestones: [{year: 2025, value: 20}, {year: 2030, value: 10}]}
  - {id: papi, name: Giữ hạng PAPI, index: papi, of: rank, direction: hold, baseline: {year: 2024, value: 8},
     milestones: [{year: 2025}]}
  - {id: tinh-gian, name: Tinh giản biên chế, measure: bien-che, unit: snv, direction: reduce_by,
     baseline: {year: 2024, value: 100}, milestones: [{year: 2025, value: 10}]}
"""

INDICES = """\
indices:
  - {id: par-index, name: PAR INDEX, scale: 100}
  - {id: papi, name: PAPI, scale: 80}
"""

PROGRESS_FILES = {
    "progress/measures.yaml": MEASURES,
    "progress/plan_tasks.yaml": PLANS,
    "progress/viec-2025.csv": TASKS,
    "progress/commitments.yaml": COMMITMENTS,
    "progress/targets.yaml": TARGETS,
    "progress/indices.yaml": INDICES,
}


def progress_folder(path: Path) -> Folder:
    """The valid folder, written under a path."""
    folder = sample_folder(path)
    for file, text in PROGRESS_FILES.items():
        folder.write(file, text)
    return folder
