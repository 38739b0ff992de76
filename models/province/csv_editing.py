"""A CSV file of the province folder and the rows that it should have → the same bytes with only what differs anew."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.province.csv_files import read_csv

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class WantedRow:
    """A row that the file should have.

    Attributes:
        line: where the record begins now that becomes this row; 0 for a new one.
        values: by column; what is not named is empty.
    """

    line: int
    values: Mapping[str, str]


def edited_csv(content: bytes, columns: Sequence[str], wanted: Sequence[WantedRow]) -> bytes:
    """The file with other rows; remarks, blank lines, quotes and line ends of what stays are kept.

    Args:
        content: the bytes of a file that was read without findings; b"" for a new one.
        columns: every column that the file may have, in their order; those that it lacks are added where needed.
        wanted: all rows, in order.
    """
    file = read_csv(content, "", (), columns, lenient=True)
    encoding = _encoding(content)
    lines = list(io.StringIO(content.decode(encoding), newline=""))
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    names = file.columns or list(columns)
    added = [name for name in columns if name not in names and any(row.values.get(name) for row in wanted)]
    known = {row.line: row.values for row in file.rows}
    starts = _starts(lines, file.delimiter)
    header = starts[0] if starts else len(lines)
    ends = dict(zip(starts, [*starts[1:], len(lines)], strict=bool(starts)))
    out = lines[:header]
    order = [*names, *added]
    if added or not starts:
        out.append(_record(order, file.delimiter, newline))
        out += lines[header + 1 : ends.get(header, len(lines))]
    else:
        out += lines[header : ends[header]]
    for row in wanted:
        values = {name: row.values.get(name, "") for name in order}
        begin = row.line - 1
        if row.line in known and not added and all(known[row.line].get(name, "") == values[name] for name in names):
            out += lines[begin : ends[begin]]
            continue
        if out and not out[-1].endswith("\n"):
            out[-1] += newline
        out.append(_record([values[name] for name in order], file.delimiter, newline))
        if row.line in known:
            out += _blank_after(lines, begin, ends[begin])
    text = "".join(_with_ends(out, newline))
    if not content.endswith((b"\n", b"\r")) and content:
        text = text.removesuffix(newline)
    return text.encode(encoding)


def _encoding(content: bytes) -> str:
    if content.startswith(_BOM):
        return "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8"


def _starts(lines: Sequence[str], delimiter: str) -> list[int]:
    """On which lines, from 0, the header and the records begin."""
    remarks = next(
        (at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), len(lines)
    )
    reader = csv.reader(lines[remarks:], delimiter=delimiter, skipinitialspace=True)
    starts, before = [], 0
    for values in reader:
        if any(value.strip() for value in values):
            starts.append(remarks + before)
        before = reader.line_num
    return starts


def _blank_after(lines: Sequence[str], begin: int, end: int) -> list[str]:
    """The blank lines behind a record, before the next one."""
    last = end
    while last > begin + 1 and not lines[last - 1].strip(" \t\r\n,;"):
        last -= 1
    return list(lines[last:end])


def _record(values: Sequence[str], delimiter: str, newline: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerow(values)
    return out.getvalue()


def _with_ends(lines: Sequence[str], newline: str) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else line + newline
