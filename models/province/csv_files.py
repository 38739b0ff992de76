"""CSV files that people write → rows with their line numbers, and what is wrong with the file's form.

The one form that is taken without question is UTF-8, comma between columns, point in decimals, names of columns in the
first line. What Excel makes of it elsewhere (byte-order mark, semicolons, decimal commas, Windows-1258) is recognised
and named, so that a person can confirm a converted copy instead of a guess.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import normalize

from models.findings import Finding, Severity, has_critical

_BOM = b"\xef\xbb\xbf"


class CsvRow(NamedTuple):
    """One record: the line it starts on and its trimmed NFC values by column."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True)
class CsvFile:
    """A CSV file read whole.

    Attributes:
        rows: records in the order of the file; blank lines left out; none where the header is wrong.
        findings: what is wrong with its form, in the order of the lines.
        text: the decoded text.
        delimiter: `,` or `;` as recognised.
    """

    rows: list[CsvRow]
    findings: list[Finding]
    text: str = ""
    delimiter: str = ","
    columns: list[str] = field(default_factory=list)


def read_csv(
    content: bytes,
    shown_as: str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    lenient: bool = False,
) -> CsvFile:
    """Read a CSV file.

    Args:
        content: the file's bytes.
        shown_as: its name in findings.
        required: columns that must be there.
        optional: columns that may be there; any other is a finding.
        lenient: take a byte-order mark, semicolons and Windows-1258 without findings.
    """
    findings: list[Finding] = []

    def found(line: int, what: str, remedy: str) -> None:
        findings.append(Finding(shown_as, line, what, remedy))

    text, encoding = _decoded(content)
    convert = "Chạy lại lệnh với --convert TỆP-MỚI.csv, xem lại tệp đó rồi nhập nó"
    if encoding is None:
        found(1, "tệp không phải văn bản CSV", "Mở bằng phần mềm bảng tính rồi lưu dưới dạng CSV UTF-8")
        return CsvFile([], findings)
    lines = list(io.StringIO(text, newline=""))
    remarks = _lines_before_header(lines)
    header = lines[remarks] if remarks < len(lines) else ""
    delimiter = ";" if header.count(";") > header.count(",") else ","
    if not lenient:
        if content.startswith(_BOM):
            found(1, "tệp có dấu BOM ở đầu", convert)
        if encoding != "utf-8":
            line = next((number for number, line in enumerate(lines, 1) if not line.isascii()), 1)
            found(line, "tệp dùng bảng mã Windows-1258, không phải UTF-8", convert)
        if delimiter == ";":
            found(remarks + 1, "các cột ngăn bằng dấu chấm phẩy", convert)
    before = len(findings)
    rows, columns = _records(lines, remarks, delimiter, shown_as, required, optional, findings)
    if not columns and len(findings) == before:
        found(1, "tệp không có dòng nào", f"Cần dòng tiêu đề: {','.join((*required, *optional))}")
    return CsvFile(rows, findings, text, delimiter, columns)


def _decoded(content: bytes) -> tuple[str, str | None]:
    """The text in NFC and the encoding that made it, None when it is no text."""
    if b"\0" in content or content.startswith(b"PK\x03\x04"):
        return "", None
    try:
        return normalize("NFC", content.decode("utf-8-sig")), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return normalize("NFC", content.decode("cp1258")), "cp1258"
    except UnicodeDecodeError:
        return "", None


def _lines_before_header(lines: Sequence[str]) -> int:
    """How many blank lines and remarks (beginning with #) stand before the header."""
    return next(
        (number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), len(lines)
    )


def _records(
    lines: Sequence[str],
    remarks: int,
    delimiter: str,
    shown_as: str,
    required: Sequence[str],
    optional: Sequence[str],
    findings: list[Finding],
) -> tuple[list[CsvRow], list[str]]:
    """The header's names and the records under it; no records where the header itself is wrong."""
    columns: list[str] = []
    header_findings: list[Finding] = []
    rows: list[CsvRow] = []
    for line, values in _cells(lines, remarks, delimiter, shown_as, findings):
        if not columns:
            columns = [value.casefold() for value in values]
            header_findings = _column_findings(shown_as, line, columns, required, optional)
            findings += header_findings
            continue
        if len(values) != len(columns):
            what = f"có {len(values)} cột, trong khi dòng tiêu đề có {len(columns)}"
            findings.append(Finding(shown_as, line, what, "Kiểm tra dấu phẩy; số thập phân viết với dấu chấm (48.75)"))
        else:
            rows.append(CsvRow(line, dict(zip(columns, values, strict=True))))
    return [] if has_critical(header_findings) else rows, columns


def _cells(
    lines: Sequence[str], remarks: int, delimiter: str, shown_as: str, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
    """The trimmed cells of every record that is not blank, with the line it starts on."""
    reader = csv.reader(lines[remarks:], delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        line = remarks + reader.line_num + 1
        try:
            values = [value.strip() for value in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            remedy = "Kiểm tra dấu ngoặc kép: mở thì phải đóng, bên trong ô thì viết hai lần"
            findings.append(Finding(shown_as, line, "từ dòng này không đọc được", remedy))
            return
        if any(values):
            yield line, values


def _column_findings(
    shown_as: str, line: int, columns: list[str], required: Sequence[str], optional: Sequence[str]
) -> list[Finding]:
    findings = [
        Finding(shown_as, line, f"thiếu cột “{name}”", f"Dòng tiêu đề cần: {','.join((*required, *optional))}")
        for name in required
        if name not in columns
    ]
    for position, name in enumerate(columns):
        if not name:
            what = f"cột thứ {position + 1} không có tên"
            findings.append(Finding(shown_as, line, what, "Đặt tên cột, hoặc xóa cột trống và dấu phẩy thừa"))
        elif name in columns[:position]:
            findings.append(Finding(shown_as, line, f"cột “{name}” có hai lần", "Bỏ bớt một cột"))
        elif name not in required and name not in optional:
            what = f"không biết cột “{name}”"
            findings.append(Finding(shown_as, line, what, "Cột này bị bỏ qua; kiểm tra tên cột", Severity.WARNING))
    return findings
