"""CSV files that people write → rows with their line numbers, and what is wrong with the file's form.

The one form that is taken without question is UTF-8, comma between columns, point in decimals, names of columns in the
first line. What Excel makes of it elsewhere (byte-order mark, semicolons, decimal commas, Windows-1258) is recognised and
named, so that a person can confirm a converted copy instead of a guess.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import normalize

from models.findings import Finding, Severity

_BOM = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """One record: the line it starts on and its trimmed NFC values by column."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True)
class CsvFile:
    """A CSV file read whole.

    Attributes:
        rows: records in the order of the file; blank lines left out.
        findings: what is wrong with its form, in the order of the lines.
        text: the decoded text.
        delimiter: `,` or `;` as recognised.
    """

    rows: list[Row]
    findings: list[Finding]
    text: str = ""
    delimiter: str = ","
    columns: list[str] = field(default_factory=list)


def read_csv(
    content: bytes,
    shown_as: str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
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
        found(1, "tệp không phải văn bản CSV", "Lưu bảng tính dưới dạng CSV UTF-8")
        return CsvFile([], findings)
    if not lenient:
        if content.startswith(_BOM):
            found(1, "tệp có dấu BOM ở đầu", convert)
        if encoding != "utf-8":
            line = _first_line_beyond_ascii(text)
            found(line, "tệp dùng bảng mã Windows-1258, không phải UTF-8", convert)
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    if delimiter == ";" and not lenient:
        found(1, "các cột ngăn bằng dấu chấm phẩy", convert)
    rows, columns = _records(text, delimiter, shown_as, required, optional, findings)
    return CsvFile(rows, findings, text, delimiter, columns)


def _decoded(content: bytes) -> tuple[str, str | None]:
    """The text in NFC and the encoding that made it, None when it is no text."""
    if b"\0" in content or content.startswith(b"PK"):
        return "", None
    try:
        return normalize("NFC", content.decode("utf-8-sig")), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return normalize("NFC", content.decode("cp1258")), "cp1258"
    except UnicodeDecodeError:
        return "", None


def _first_line_beyond_ascii(text: str) -> int:
    return next((number for number, line in enumerate(text.split("\n"), 1) if not line.isascii()), 1)


def _records(
    text: str,
    delimiter: str,
    shown_as: str,
    required: Sequence[str],
    optional: Sequence[str],
    findings: list[Finding],
) -> tuple[list[Row], list[str]]:
    """Records under the header; lines that begin with # before it are remarks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: list[str] = []
    rows: list[Row] = []
    end = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error:
            findings.append(Finding(shown_as, reader.line_num, "dòng không đọc được", "Kiểm tra dấu ngoặc kép"))
            break
        line, end = end + 1, reader.line_num
        values = [value.strip() for value in record]
        if not any(values) or (not columns and values[0].startswith("#")):
            continue
        if not columns:
            columns = [value.casefold() for value in values]
            findings += _column_findings(shown_as, line, columns, required, optional)
            continue
        if len(values) != len(columns):
            what = f"có {len(values)} cột, trong khi dòng tiêu đề có {len(columns)}"
            findings.append(Finding(shown_as, line, what, "Kiểm tra dấu phẩy; số thập phân viết với dấu chấm (48.75)"))
            continue
        rows.append(Row(line, dict(zip(columns, values, strict=True))))
    if not columns:
        findings.append(Finding(shown_as, 1, "tệp không có dòng nào", f"Cần dòng tiêu đề: {','.join(required)}"))
    return rows, columns


def _column_findings(
    shown_as: str, line: int, columns: list[str], required: Sequence[str], optional: Sequence[str]
) -> list[Finding]:
    findings = [
        Finding(shown_as, line, f"thiếu cột “{name}”", f"Dòng tiêu đề cần: {','.join((*required, *optional))}")
        for name in required
        if name not in columns
    ]
    for position, name in enumerate(columns):
        if name in columns[:position]:
            findings.append(Finding(shown_as, line, f"cột “{name}” có hai lần", "Bỏ bớt một cột"))
        elif name not in required and name not in optional:
            what = f"không biết cột “{name}”"
            findings.append(Finding(shown_as, line, what, "Cột này bị bỏ qua; kiểm tra tên cột", Severity.WARNING))
    return findings
