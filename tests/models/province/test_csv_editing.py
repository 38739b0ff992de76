"""Other rows in a CSV file: what stays keeps its bytes."""

import pytest

from models.province.csv_editing import WantedRow, edited_csv
from models.province.csv_files import read_csv
from tests.conftest import ROOT

COLUMNS = ("code", "name", "kind", "head")
TEXT = '# mẫu\r\ncode,name,kind\r\na,"Sở, A",so\r\n\r\nb, Sở B ,so\r\n"c","Nhiều\r\ndòng",xa\r\n'


def rows(content: bytes) -> list[WantedRow]:
    return [WantedRow(row.line, row.values) for row in read_csv(content, "", (), COLUMNS, lenient=True).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_rows_that_stay_keep_their_bytes(encoding: str) -> None:
    content = TEXT.encode(encoding)
    assert edited_csv(content, COLUMNS, rows(content)) == content


def test_the_samples_keep_their_bytes() -> None:
    for path in sorted((ROOT / "examples").rglob("units.csv")):
        content = path.read_bytes()
        columns = read_csv(content, "", (), (), lenient=True).columns
        wanted = [WantedRow(row.line, row.values) for row in read_csv(content, "", (), columns, lenient=True).rows]
        assert edited_csv(content, columns, wanted) == content, path


def test_one_row_changed_one_gone_one_new() -> None:
    content = TEXT.encode()
    first, second, third = rows(content)
    wanted = [WantedRow(first.line, {**first.values, "kind": "xa"}), third, WantedRow(0, {"code": "d", "name": "=D"})]
    assert second.line == 5
    expected = '# mẫu\r\ncode,name,kind\r\na,"Sở, A",xa\r\n\r\n"c","Nhiều\r\ndòng",xa\r\nd,=D,\r\n'
    assert edited_csv(content, COLUMNS, wanted).decode() == expected


def test_a_column_that_was_not_there_comes_at_the_end() -> None:
    content = b"code;name;kind\na;A;so"
    (row,) = rows(content)
    changed = edited_csv(content, COLUMNS, [WantedRow(row.line, {**row.values, "head": "Gi\u00e1m \u0111\u1ed1c"})])
    assert changed.decode() == "code;name;kind;head\na;A;so;Giám đốc"


def test_a_file_that_was_not_there_gets_a_header() -> None:
    assert edited_csv(b"", COLUMNS, [WantedRow(0, {"code": "a"})]) == b"code,name,kind,head\na,,,\n"
