"""A small valid province folder as readable text, so that each test changes one thing."""

from dataclasses import dataclass
from pathlib import Path

from models.findings import Finding, Severity
from models.province.folder import check_province

PROVINCE = """\
name: tỉnh Mẫu
appraisers:
  - {id: snv, name: Sở Nội vụ}
  - {id: stc, name: Sở Tài chính}
"""

UNITS = """\
code,name,kind,aliases,parent,valid_from,valid_to,email
stc,Sở Tài chính,so,,,,,
snv,Sở Nội vụ,so,,,,,
vpub,Văn phòng UBND tỉnh,so,,,,,
xa-a,Xã A,xa,,,,2025-06-30,
xa-b,Xã B,xa,,,,2025-06-30,
xa-ab,Xã A Bình,xa,,,2025-07-01,,
phuong-c,Phường C,phuong,Phường Cũ;P. C,,,,
"""

SUCCESSIONS = """\
predecessor,successor,date,kind,weight
xa-a,xa-ab,2025-07-01,merged,0.6
xa-b,xa-ab,2025-07-01,merged,0.4
"""

SO = """\
id: so-2025
title: Bộ tiêu chí của các sở năm 2025
areas:
  - code: "1"
    name: Chỉ đạo, điều hành
    max: 60
    criteria:
      - code: "1.1"
        name: Kế hoạch CCHC năm
        max: 40
        components:
          - code: "1.1.1"
            name: Ban hành kế hoạch đúng hạn
            max: 10
            source: self
            rule: {kind: on_time, deadline: 01-31, late: [{days: 10, points: 5}]}
            appraised_by: snv
          - code: "1.1.2"
            name: Mức độ hoàn thành kế hoạch
            max: 30
            source: self
            rule:
              kind: tiers
              tiers:
                - {over: 90, points: 30}
                - {from: 70, points: 15}
                - {points: 0}
      - code: "1.2"
        name: Kỷ luật báo cáo
        max: 20
        source: register
        rule: {kind: deduction, cases: [{id: late, label: Báo cáo chậm, points: 0.5}]}
  - code: "2"
    name: Tác động của cải cách
    max: 40
    not_applicable: {units: [vpub]}
    criteria:
      - code: "2.1"
        name: Mức độ hài lòng
        max: 40
        source: survey
        rule: {kind: survey, scale: 5}
bonus:
  cap: 2
  items:
    - {code: T1, name: Sáng kiến được công nhận, each: 0.5, max: 1}
"""

XA = """\
id: xa-2025
title: Bộ tiêu chí của cấp xã năm 2025
areas:
  - code: "1"
    name: Thủ tục hành chính
    criteria:
      - {code: "1.1", name: Hồ sơ đúng hạn, max: 100, source: external, rule: {kind: proportional, floor: 70}}
"""

ROUND = """\
year: 2025
groups:
  - id: so
    name: Các sở
    criteria_set: so-2025
    units: {kind: so}
    unranked: [vpub]
  - id: xa
    name: UBND cấp xã
    criteria_set: xa-2025
    units: {kind: [xa, phuong]}
tie_break: ["1"]
grades:
  - {label: Tốt, from: 80}
  - {label: Khá, from: 65}
  - {label: Yếu}
gates:
  - {not_above: Khá, when: {area: "1", under: 70}}
deadlines:
  self_assessment: 2026-01-10
  appraisal: 2026-01-31
  explanation: 2026-02-07
"""

FILES = {
    "province.yaml": PROVINCE,
    "units.csv": UNITS,
    "successions.csv": SUCCESSIONS,
    "criteria/so.yaml": SO,
    "criteria/xa.yaml": XA,
    "rounds/2025.yaml": ROUND,
}


@dataclass(frozen=True)
class Folder:
    """A province folder on disk that a test changes and checks."""

    path: Path

    def write(self, file: str, content: str | bytes) -> "Folder":
        """Write a whole file."""
        path = self.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def change(self, file: str, old: str, new: str) -> "Folder":
        """Change one place of a file; the place must be there exactly once."""
        text = self.text(file)
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        return self.write(file, text.replace(old, new))

    def add(self, file: str, lines: str) -> "Folder":
        """Add lines at the end of a file."""
        return self.write(file, self.text(file) + lines)

    def open_deadlines(self) -> "Folder":
        """Move the deadlines of the round so far away that no test is ever late."""
        for step, day in (("self_assessment", "01-10"), ("appraisal", "01-31"), ("explanation", "02-07")):
            self.change("rounds/2025.yaml", f"  {step}: 2026-{day}\n", f"  {step}: 2099-{day}\n")
        return self

    def remove(self, file: str) -> "Folder":
        """Remove a file."""
        (self.path / file).unlink()
        return self

    def text(self, file: str) -> str:
        """The text of a file."""
        return (self.path / file).read_text(encoding="utf-8")

    def line_of(self, file: str, part: str) -> int:
        """The number of the first line that holds the part."""
        return next(number for number, line in enumerate(self.text(file).splitlines(), 1) if part in line)

    def findings(self) -> list[Finding]:
        """What somebody has to do something about."""
        return [finding for finding in check_province(self.path)[1] if finding.severity is not Severity.INFO]

    def remarks(self) -> list[str]:
        """What is only told, as `file:line: what`."""
        return [said(finding) for finding in check_province(self.path)[1] if finding.severity is Severity.INFO]

    def errors(self) -> list[str]:
        """What stops the folder, as `file:line: what`."""
        return [said(finding) for finding in self.findings() if finding.severity is Severity.CRITICAL]

    def warnings(self) -> list[str]:
        """What a person should look at, as `file:line: what`."""
        return [said(finding) for finding in self.findings() if finding.severity is Severity.WARNING]


def said(finding: Finding) -> str:
    """A finding without its remedy."""
    return f"{finding.file}:{finding.line}: {finding.what}"


def sample_folder(path: Path) -> Folder:
    """The valid folder, written under a path."""
    folder = Folder(path)
    for file, text in FILES.items():
        folder.write(file, text)
    return folder
