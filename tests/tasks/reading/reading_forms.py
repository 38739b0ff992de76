"""Real forms for the tests of reading: written once, with and without what is recorded."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from models.findings import Finding, Severity
from models.forms.descriptions import ROUND_KINDS, FormKind, form_file_name
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.records.submissions import Reading, Statement
from models.settings import Settings
from tasks.forms.writing import write_forms
from tasks.reading.workbooks import read_workbook
from tasks.recording.importing import read_facts, read_scores
from tasks.recording.versions import record_facts, record_scores
from tests.conftest import EXAMPLES

YEAR = 2025
UNITS = ("so-tu-phap", "so-y-te", "thanh-tra", "xa-long-dien")


@cache
def sample() -> Province:
    """The sample province, loaded once."""
    return load_province(EXAMPLES / "tinh-mau")


@cache
def forms(recorded: bool) -> dict[str, bytes]:
    """All forms of a few units by file name; with what the sample has recorded, or blank."""
    province = sample()
    with TemporaryDirectory() as folder:
        storage = open_storage(Path(folder), Settings(user="người thử"))
        if recorded:
            _record(province, storage)
        paths = [
            path
            for kind in ROUND_KINDS
            for path in write_forms(province, storage, YEAR, kind, UNITS, Path(folder) / "out")
        ]
        storage.engine.dispose()
        return {path.name: path.read_bytes() for path in paths}


def _record(province: Province, storage: Storage) -> None:
    content = (province.folder / "facts-2025.csv").read_bytes()
    facts, _ = read_facts(content, "facts-2025.csv", province, YEAR, {})
    record_facts(storage, YEAR, content, "facts-2025.csv", facts)
    content = (province.folder / "scores-2025.csv").read_bytes()
    scores, _ = read_scores(content, "scores-2025.csv", province, YEAR)
    record_scores(storage, YEAR, content, "scores-2025.csv", scores)


def form(kind: FormKind, subject: str, recorded: bool = True) -> bytes:
    """One form."""
    return forms(recorded)[form_file_name(kind, YEAR, subject)]


def reading_of(content: bytes, file: str = "phieu.xlsx") -> Reading:
    """The form as read for the sample province."""
    return read_workbook(content, file, sample())


def statement_of(reading: Reading, code: str, unit: str = "") -> Statement:
    """What a form says about a leaf."""
    return next(each for each in reading.statements if each.code == code and unit in ("", each.unit))


def serious(reading: Reading) -> list[Finding]:
    """The findings that stop the file."""
    return [finding for finding in reading.findings if finding.severity is Severity.CRITICAL]


def said(reading: Reading, severity: Severity | None = None) -> list[str]:
    """What the findings say, with their cells in front."""
    return [
        f"{finding.place.cell}: {finding.what}" if finding.place else finding.what
        for finding in reading.findings
        if severity in (None, finding.severity)
    ]
