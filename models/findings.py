"""A finding: what a person got wrong, where, and what to do. Findings are data; they are printed, never raised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from typing_extensions import override

from models.labelled import Labelled


class Severity(Labelled):
    """Critical stops the file it is in; a warning asks a person to look; info only tells."""

    CRITICAL = "critical", "LỖI"
    WARNING = "warning", "CẢNH BÁO"
    INFO = "info", "LƯU Ý"


MOST_TOLD = 500  # findings of one file: nobody mends more at once
WORST_FIRST = (Severity.CRITICAL, Severity.WARNING, Severity.INFO)


class Place(NamedTuple):
    """A cell of a workbook; row and column count from 1."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        """Its address, e.g. `F17`."""
        letters, column = "", self.column
        while column:
            column, letter = divmod(column - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.row}"

    def __str__(self) -> str:
        return f"trang “{self.sheet}”, ô {self.cell}"


class TablePlace(Place):
    """A cell of a table of a document, which has no address; `sheet` is what the table is called."""

    @property
    @override
    def cell(self) -> str:
        return f"ở dòng {self.row}, cột {self.column}"

    @override
    def __str__(self) -> str:
        return f"{self.sheet}, dòng {self.row}, cột {self.column}"


class Act(StrEnum):
    """What a person can do about a finding with the program; the command line and a page word it each in their way."""

    INIT = "init"
    RENAME_PROVINCE = "rename_province"
    IMPORT = "import"
    MONTH_FORMS = "month_forms"
    EVALUATE = "evaluate"
    DRAFT = "draft"
    PUBLISH = "publish"
    ACCEPT = "accept"
    DRAFT_REPORT = "draft_report"
    PUBLISH_REPORT = "publish_report"
    STATUS = "status"
    PROGRESS = "progress"
    SITE = "site"
    SERVE = "serve"


class Action(NamedTuple):
    """An act and what it is done to: a year, or a period of reports; empty where there is only one."""

    act: Act
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one place of one file.

    Attributes:
        file: the file as its reader knows it.
        line: 1-based line of a text file, 0 when the whole file or a cell is meant.
        what: what is wrong, in Vietnamese, without a full stop.
        remedy: what to do, in Vietnamese, without a full stop.
        place: the cell of a workbook, None when the whole file or a line is meant.
        action: what the remedy asks for, where the program itself does it.
        unopened: whether the file was not opened because of it, so that nothing else opens it either.
        check: the name of the check of a form that found it, empty where something else did.
    """

    file: str
    line: int
    what: str
    remedy: str
    severity: Severity = Severity.CRITICAL
    place: Place | None = None
    action: Action | None = None
    unopened: bool = False
    check: str = field(default="", compare=False)

    @property
    def in_sentences(self) -> str:
        """What is wrong and what to do, for whoever has just done it and knows where."""
        return f"{self.what[:1].upper()}{self.what[1:]}. {self.remedy}."

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        if self.place:
            where = f"{self.file}, {self.place}"
        end = "" if self.what.endswith("?") else "."
        return f"{where}: {self.severity.label}: {self.what}{end} {self.remedy}."


def has_critical(findings: Iterable[Finding]) -> bool:
    """Whether any finding stops its file."""
    return any(finding.severity is Severity.CRITICAL for finding in findings)


def was_unopened(findings: Iterable[Finding]) -> bool:
    """Whether a file was not opened, or could not be opened to its end: nothing else may open it."""
    return any(finding.unopened for finding in findings)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with what stops a file before what somebody should look at; within those as they came."""
    return sorted(findings, key=lambda finding: WORST_FIRST.index(finding.severity))


def as_told(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings as a sender is told them: the worst first where there are very many, a last one counts the rest."""
    if len(findings) <= MOST_TOLD:
        return tuple(findings)
    ordered = worst_first(findings)
    told, rest = ordered[: MOST_TOLD - 1], ordered[MOST_TOLD - 1 :]
    what = f"còn {len(rest)} điều khác chưa liệt kê ở đây"
    remedy = "Sửa các điều đã nêu rồi gửi lại để kiểm tra tiếp"
    return (*told, Finding(rest[0].file, 0, what, remedy, rest[0].severity))


class RefusedError(Exception):
    """The input was refused; carries every reason. The command line prints them and exits with 1."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings


def refusal(file: str, what: str, remedy: str, line: int = 0, action: Action | None = None) -> RefusedError:
    """A refusal for one reason."""
    return RefusedError([Finding(file, line, what, remedy, action=action)])
