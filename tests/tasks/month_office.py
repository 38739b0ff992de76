"""A department that receives reports of the month: a small province with measures and a plan, and an inbox."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from models.findings import Finding, Severity
from models.progress.measures import Figure
from models.progress.periods import read_period
from models.progress.registers import RegisterEntry, RegisterKind
from models.province.folder import Province, load_province
from models.records.storage import Storage
from models.records.submissions import Reading
from models.settings import Settings
from tasks.forms.month_records import write_months
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import Parts, standard_parts
from tasks.intake.receiving import FileReport, IntakeReport, receive_inbox
from tasks.intake.validation import validate_batch, validation_context
from tasks.recording.progress import current_figures, current_register
from tests.models.folders import Folder, sample_folder
from tests.tasks.filled_forms import Cells, filled

TODAY = date(2025, 5, 20)
MEASURES = """\
measures:
  - {id: nhan, name: Hồ sơ tiếp nhận trong tháng, kind: count, unit: hồ sơ}
  - {id: ton, name: Hồ sơ kỳ trước chuyển sang, kind: count, unit: hồ sơ, over_time: last}
  - {id: xong, name: Hồ sơ đã giải quyết, kind: count, unit: hồ sơ}
  - {id: dang, name: Hồ sơ đang giải quyết, kind: count, unit: hồ sơ, over_time: last}
  - {id: dung-han, name: Hồ sơ giải quyết đúng hạn, kind: ratio, unit: hồ sơ, better: up,
     numerator: Số hồ sơ đúng hạn, denominator: Số hồ sơ đã giải quyết}
  - {id: luy-ke, name: TTHC đã số hóa (lũy kế), kind: count, unit: TTHC, over_time: last, monotone: true, kinds: so}
  - {id: kinh-phi, name: Kinh phí CCHC, kind: amount, unit: triệu đồng, kinds: so}
  - {id: gio, name: Thời gian giải quyết bình quân, kind: mean, unit: giờ, numerator: Tổng số giờ,
     denominator: Số hồ sơ, kinds: so}
checks:
  - {left: [nhan/value, ton/value], op: "=", right: [xong/value, dang/value],
     what: hồ sơ tiếp nhận và tồn phải bằng hồ sơ đã và đang giải quyết}
  - {left: dung-han/denominator, op: "=", right: xong/value, what: tổng số hồ sơ đã giải quyết phải như nhau}
"""
PLANS = """\
plans:
  - id: kh-2025
    title: Kế hoạch CCHC năm 2025
    from: 2025
    to: 2025
    tasks:
      - {number: "1", title: Ban hành kế hoạch, owner: stc, due: 2025-01-31, product: Kế hoạch, begun: 2025-01-02}
      - {number: "2", title: Rà soát TTHC, owner: Sở Tài chính, due: 2025-09-30, product: Báo cáo rà soát}
      - {number: "3", title: Tập huấn, owner: snv, due: 2025-06-30}
"""
GOOD: Cells = {
    ("nhan", "fact:value"): 100,
    ("ton", "fact:value"): 5,
    ("xong", "fact:value"): 95,
    ("dang", "fact:value"): 10,
    ("dung-han", "fact:numerator"): 90,
    ("dung-han", "fact:denominator"): 95,
    ("luy-ke", "fact:value"): 40,
    ("kinh-phi", "fact:value"): 12.5,
    ("gio", "note"): "chưa có phần mềm đo",
}
DONE: Cells = {
    ("kh-2025:1", "fact:done_on"): date(2025, 1, 25),
    ("kh-2025:1", "document"): "01/KH-STC ngày 25/01/2025",
    ("kh-2025:2", "fact:begun"): date(2025, 3, 1),
    ("kh-2025:2", "explanation"): "đang tổng hợp",
}


def month_folder(path: Path) -> Folder:
    """The small province with measures and a plan."""
    folder = sample_folder(path)
    folder.write("progress/measures.yaml", MEASURES)
    return folder.write("progress/plan_tasks.yaml", PLANS)


class MonthOffice:
    """A province whose monthly reports are written, sent and received, as on one day."""

    def __init__(self, folder: Path, storage: Storage, today: date = TODAY) -> None:
        self.folder = folder
        self.storage = storage
        self.today = today
        self.settings = Settings(user="người thử")

    @property
    def province(self) -> Province:
        return load_province(self.folder)

    def forms(self, period: str, *units: str) -> dict[str, bytes]:
        """The forms of a month by file name, as they are written now."""
        out = self.folder / "out"
        paths = write_months(self.province, self.storage, read_period(period), units, out, self.today)
        return {path.name: path.read_bytes() for path in paths}

    def form(self, period: str, unit: str = "stc", cells: Cells = GOOD) -> bytes:
        (content,) = self.forms(period, unit).values()
        return filled(content, cells)

    def drop(self, content: bytes, name: str = "thang.xlsx", folder: str = "") -> None:
        """Put a file into the inbox."""
        path = Path(inbox_of(self.folder, self.settings).root) / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def receive(self) -> IntakeReport:
        inbox, outbox = inbox_of(self.folder, self.settings), outbox_of(self.folder, self.settings)
        return receive_inbox(self.province, self.storage, inbox, outbox, self._parts(), "inbox", 0)

    def _parts(self) -> Parts:
        def validate(readings: Sequence[Reading], province: Province, storage: Storage) -> list[tuple[Finding, ...]]:
            months = {read_period(reading.identity.period) for reading in readings if reading.identity}
            context = validation_context(province, storage, (), None, self.today, sorted(months))
            return validate_batch(readings, province, context)

        return standard_parts()._replace(validate=validate)

    def send(self, period: str, cells: Cells = GOOD, unit: str = "stc") -> FileReport:
        """Write, fill in, send and receive one form."""
        self.drop(self.form(period, unit, cells))
        (report,) = self.receive().files
        return report

    def replies(self) -> list[str]:
        outbox = outbox_of(self.folder, self.settings)
        return sorted(Path(path).name for path in outbox.files.find(outbox.root))

    def reply(self) -> bytes:
        """The only reply that was written."""
        outbox, (name,) = outbox_of(self.folder, self.settings), self.replies()
        content = outbox.find(name)
        assert content is not None
        return content

    def figures(self, period: str, unit: str = "stc", with_notes: bool = False) -> dict[str, Figure]:
        """The current figures of a unit's month by measure."""
        with self.storage.reading() as session:
            found = current_figures(session, [read_period(period).year], [unit], with_notes)
        return {figure.measure: figure for figure in found if str(figure.period) == period}

    def tasks(self) -> list[RegisterEntry]:
        with self.storage.reading() as session:
            return current_register(session, [RegisterKind.TASKS])


def errors(report: FileReport) -> list[str]:
    return [finding.what for finding in report.findings if finding.severity is Severity.CRITICAL]


def warnings(report: FileReport) -> list[str]:
    return [finding.what for finding in report.findings if finding.severity is Severity.WARNING]


def changed(cells: Cells, changes: Mapping[tuple[str, str], Any]) -> Cells:
    """The cells with some of them changed."""
    return {**cells, **changes}
