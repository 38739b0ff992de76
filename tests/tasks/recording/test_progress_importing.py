"""Imports of figures, indices and registers on both databases: taken whole as new versions, or refused with reasons."""

import io
import json
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.findings import Finding, RefusedError, Severity
from models.progress.indices import IndexValue
from models.progress.measures import Figure
from models.progress.periods import read_period
from models.progress.registers import RegisterEntry, RegisterKind
from models.province.folder import Province, load_province
from models.records.storage import Storage
from tasks.recording.importing import converted
from tasks.recording.progress import (
    current_figures,
    current_indices,
    current_register,
    record_figures,
    record_indices,
    record_register,
)
from tasks.recording.progress_importing import read_figures, read_indices, read_register
from tests.models.progress_folder import progress_folder

TODAY = date(2025, 9, 20)
HEADER = "unit,measure,numerator,denominator,value,qualifier,note\n"
INDEX_HEADER = "index,unit,year,value,rank,of,rank_change,published_on,source\n"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    return load_province(progress_folder(tmp_path_factory.mktemp("tinh-mau")).path)


def figures(
    province: Province, rows: str, period: str = "2025-03", known: list[Figure] | None = None
) -> tuple[list[Figure], list[Finding]]:
    content = (HEADER + rows).encode()
    return read_figures(content, "thang.csv", province, read_period(period), TODAY, known or [])


def refused(reading: Callable[[], object]) -> list[str]:
    with pytest.raises(RefusedError) as refusal:
        reading()
    critical = [finding for finding in refusal.value.findings if finding.severity is Severity.CRITICAL]
    assert all(finding.remedy for finding in critical)
    return [f"{finding.line}: {finding.what}" for finding in critical]


def record(province: Province, storage: Storage, rows: str, period: str = "2025-03") -> int:
    """Import a file as the command line does."""
    with storage.reading() as session:
        known = current_figures(session, [2024, 2025])
    content = (HEADER + rows).encode()
    read, _ = read_figures(content, "thang.csv", province, read_period(period), TODAY, known)
    return record_figures(storage, read_period(period), content, "thang.csv", read).versions


def test_figures_come_back_as_they_were_sent(province: Province, storage: Storage) -> None:
    rows = "stc,ho-so,95,100,,,\nstc,qua-han,,,5,hơn,ước tính\nsnv,cat-giam,532.3,1435.2,37,,\n"
    sent, warnings = figures(province, rows)
    assert (warnings, record(province, storage, rows)) == ([], 3)
    with storage.reading() as session:
        current = current_figures(session, [2025])
    by_measure = {figure.measure: figure for figure in current}
    assert {(one.measure, one.numerator, one.denominator, one.value, one.qualifier, one.note) for one in current} == {
        (one.measure, one.numerator, one.denominator, one.value, one.qualifier, one.note) for one in sent
    }
    assert by_measure["qua-han"].qualifier.value == ">"
    assert by_measure["cat-giam"].shown(province.progress.measures["cat-giam"]) == "532,3/1.435,2 ngày (37,09%)"


def test_a_month_sent_twice_is_a_new_version_and_says_so(province: Province, storage: Storage) -> None:
    assert record(province, storage, "stc,ho-so,95,100,,,\nsnv,ho-so,1,2,,,\n") == 2
    with storage.reading() as session:
        known = current_figures(session, [2025])
    _, remarks = figures(province, "stc,ho-so,96,100,,,\n", known=known)
    assert [str(remark) for remark in remarks] == [
        "thang.csv: LƯU Ý: tháng 3 năm 2025 đã có 1 số liệu trong tệp này; bản mới thay bản trước, bản trước vẫn được "
        "lưu. Đối chiếu lại nếu không định sửa."
    ]
    record(province, storage, "stc,ho-so,96,100,,,\n")
    with storage.reading() as session:
        current = {figure.unit: figure for figure in current_figures(session, [2025])}
    assert (current["stc"].numerator, current["stc"].version, current["snv"].version) == (96, 2, 1)


def test_the_same_file_changes_nothing_but_may_be_that_of_another_month(province: Province, storage: Storage) -> None:
    rows = "stc,ho-so,95,100,,,\n"
    assert [record(province, storage, rows), record(province, storage, rows)] == [1, 0]
    assert record(province, storage, rows, "2025-04") == 1


def test_skipped_months_are_named(province: Province, storage: Storage) -> None:
    record(province, storage, "stc,ho-so,95,100,,,\n", "2025-03")
    with storage.reading() as session:
        known = current_figures(session, [2025])
    _, (warning,) = figures(province, "stc,ho-so,95,100,,,\n", "2025-06", known)
    assert warning.what == "chưa có số liệu tháng 4 năm 2025, tháng 5 năm 2025"
    assert figures(province, "stc,ho-so,95,100,,,\n", "2025-04", known)[1] == []


@pytest.mark.parametrize("period", ["2025-10", "2025-Q4", "2025", "2026-01"])
def test_a_period_that_has_not_ended_is_refused(province: Province, period: str) -> None:
    (what,) = refused(lambda: figures(province, "stc,ho-so,95,100,,,\n", period))
    assert "mới kết thúc, chưa nhận số liệu" in what


def test_a_period_is_received_the_day_after_its_cut_off(province: Province) -> None:
    content = (HEADER + "stc,ho-so,95,100,,,\n").encode()
    period = read_period("2025-09")
    assert read_figures(content, "t.csv", province, period, date(2025, 9, 15))[0]
    with pytest.raises(RefusedError, match="14/09/2025"):
        read_figures(content, "t.csv", province, period, date(2025, 9, 14))


def test_a_unit_that_ceased_in_the_month_is_refused_with_its_successor(province: Province) -> None:
    with pytest.raises(RefusedError) as refusal:
        figures(province, "xa-a,qua-han,,,1,,\n", "2025-07")
    (finding,) = refusal.value.findings
    assert finding.what == "Xã A thôi tồn tại sau ngày 30/06/2025, trước khi tháng 7 năm 2025 kết thúc"
    assert finding.remedy == "Ghi cho đơn vị kế thừa: xa-ab"
    assert figures(province, "xa-a,qua-han,,,1,,\n", "2025-06")[0]
    assert refused(lambda: figures(province, "xa-ab,qua-han,,,1,,\n", "2025-06")) == [
        "2: Xã A Bình chỉ có từ ngày 01/07/2025, sau khi tháng 6 năm 2025 kết thúc"
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("stx,ho-so,1,2,,,", "không có đơn vị “stx”"),
        ("stc,ho-xo,1,2,,,", "không có chỉ tiêu “ho-xo”"),
        ("xa-b,ho-so,1,2,,,", "chỉ tiêu “ho-so” không thuộc Xã B"),
        ("stc,ho-so,3,2,,,", "“Số đạt yêu cầu” (3) lớn hơn “Tổng số” (2)"),
        ("stc,ho-so,1.5,2,,,", "chỉ tiêu “ho-so” đếm số lượng mà có phần lẻ"),
        ("stc,ho-so,-1,2,,,", "chỉ tiêu “ho-so” có số âm"),
        ("stc,ho-so,1,,,,", "cột denominator để trống"),
        ("stc,ho-so,,,101,,", "tỷ lệ 101% vượt 100%"),
        ("stc,ho-so,,,,,", "chỉ tiêu “ho-so” không có số liệu nào"),
        ("stc,ho-so,95,100,96,,", "value 96 không bằng tử số ÷ mẫu số (95)"),
        ('stc,ho-so,"95,5",100,,,', "cột numerator: “95,5” không phải là số viết với dấu chấm thập phân"),
        ("stc,qua-han,1,2,,,", "chỉ tiêu “qua-han” không có tử số, mẫu số"),
        ("stc,qua-han,,,2.5,,", "chỉ tiêu “qua-han” đếm số lượng mà có phần lẻ"),
        ("stc,qua-han,,,2,khoảng,", "không hiểu dấu so sánh “khoảng”"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_at_its_line(province: Province, row: str, said: str) -> None:
    (what,) = refused(lambda: figures(province, f"{row}\n"))
    assert what.startswith(f"2: {said}")


def test_every_error_of_a_file_is_told_and_nothing_of_it_is_taken(province: Province) -> None:
    rows = "stc,ho-so,95,100,,,\nstx,ho-so,1,2,,,\nstc,ho-so,96,100,,,\nsnv,qua-han,,,x,,\n"
    assert [what.split(":")[0] for what in refused(lambda: figures(province, rows))] == ["3", "4", "5"]


def test_a_file_of_excel_is_converted_before_it_is_imported(province: Province) -> None:
    of_excel = "unit;measure;numerator;denominator\nsnv;cat-giam;532,3;1.435,2\n"
    text = converted(of_excel.encode("utf-8-sig"), "thang.csv")
    (figure,), _ = read_figures(text.encode(), "thang.csv", province, read_period("2025-03"), TODAY)
    assert (figure.numerator, figure.denominator) == (Decimal("532.3"), Decimal("1435.2"))


# --- other indices ----------------------------------------------------------------------------------------------------


def indices(province: Province, content: bytes) -> list[IndexValue]:
    return read_indices(content, "chi-so.csv", province)[0]


def test_indices_come_back_as_they_were_published(province: Province, storage: Storage) -> None:
    content = (
        INDEX_HEADER + "par-index,,2024,88.5,20,63,2,15/04/2025,892/QĐ-BNV\npar-index,,2025,89,12,34,,,\n"
    ).encode()
    values = indices(province, content)
    assert record_indices(storage, content, "chi-so.csv", values).versions == 2
    with storage.reading() as session:
        first, second = current_indices(session)
    assert first == IndexValue(
        "par-index", "", 2024, Decimal("88.5"), 20, 63, 2, date(2025, 4, 15), "892/QĐ-BNV", version=1
    )
    assert (first.shown, second.shown) == ("88,5; hạng 20/63 (tăng 2 bậc)", "89; hạng 12/34")


def test_a_workbook_says_the_same_as_a_csv(province: Province) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["index", "year", "value", "rank", "of", "published_on"])
    sheet.append(["par-index", 2024, 88.5, 20, 63, date(2025, 4, 15)])
    content = io.BytesIO()
    workbook.save(content)
    (value,) = indices(province, content.getvalue())
    assert (value.value, value.rank, value.of, value.published_on) == (Decimal("88.5"), 20, 63, date(2025, 4, 15))


def test_a_broken_workbook_is_refused(province: Province) -> None:
    assert refused(lambda: indices(province, b"PK\x03\x04 broken")) == ["0: không mở được tệp Excel"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("pci,,2024,1,,,,,", "không có chỉ số “pci” trong indices.yaml"),
        ("par-index,,1024,1,,,,,", "cột year: 1024 không hợp lệ"),
        ("par-index,,2101,1,,,,,", "năm 2101 không hợp lệ"),
        ("par-index,,,1,,,,,", "cột year để trống"),
        ("par-index,,2024,101,,,,,", "PAR INDEX: 101 nằm ngoài thang 0–100"),
        ("par-index,,2024,,64,63,,,", "hạng 64 lớn hơn số đơn vị được xếp hạng (63)"),
        ("par-index,,2024,,0,63,,,", "cột rank: 0 không hợp lệ"),
        ("par-index,,2024,,,63,,,", "không có giá trị, thứ hạng hay thay đổi hạng"),
        ("par-index,,2024,88,,,,17/102016,", "cột published_on: “17/102016” không phải là ngày"),
        ("par-index,la,2024,88,,,,,", "không có đơn vị “la”"),
    ],
)
def test_an_index_that_cannot_be_is_refused(province: Province, row: str, said: str) -> None:
    (what,) = refused(lambda: indices(province, f"{INDEX_HEADER}{row}\n".encode()))
    assert what.startswith(f"2: {said}")


# --- registers --------------------------------------------------------------------------------------------------------


def entries(province: Province, kind: RegisterKind, text: str) -> list[RegisterEntry]:
    return read_register(kind, text.encode(), "so.csv", province, TODAY)[0]


def take(province: Province, storage: Storage, kind: RegisterKind, text: str) -> list[RegisterEntry]:
    record_register(storage, kind, TODAY.year, text.encode(), "so.csv", entries(province, kind, text))
    with storage.reading() as session:
        return current_register(session, [kind])


def test_an_entry_told_again_replaces_itself_and_a_withdrawn_one_counts_no_more(
    province: Province, storage: Storage
) -> None:
    header = "unit,dossier,due_on,done_on,apology,withdrawn\n"
    first = header + "stc,H1,01/03/2025,05/03/2025,0,\nstc,H2,2025-03-02,,,\n"
    assert [entry.value("apology") for entry in take(province, storage, RegisterKind.OVERDUE, first)] == ["0", ""]
    again = take(province, storage, RegisterKind.OVERDUE, header + "stc,H1,2025-03-01,2025-03-05,1,\n")
    assert [(entry.value("dossier"), entry.value("apology")) for entry in again] == [("H1", "1"), ("H2", "")]
    left = take(province, storage, RegisterKind.OVERDUE, header + "stc,H2,2025-03-02,,,1\n")
    assert [entry.value("dossier") for entry in left] == ["H1"]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("procedures_cut", "unit,procedure,legal_days,days_cut\nstc,T1,5,6\n", "số ngày cắt giảm lớn hơn số ngày"),
        ("overdue", "unit,dossier,due_on,apology\nstc,H1,2025-03-01,có\n", "cột apology: “có” không phải"),
        ("inspections", "unit,date,subject\nstc,2025-12-01,Một cửa\n", "cột date: ngày 01/12/2025 chưa tới"),
        ("inspections", "unit,date,subject\nstc,,Một cửa\n", "cột date để trống"),
        ("tasks", "unit,plan,number,done_on\nsnv,kh-2024,1,2025-03-01\n", "không có kế hoạch “kh-2024”"),
        ("tasks", "unit,plan,number,done_on\nsnv,kh-2025,9,2025-03-01\n", "kế hoạch kh-2025 không có nhiệm vụ số 9"),
        ("initiatives", "unit,title,bonus_item\nsnv,Sáng kiến,T9\n", "không có mục điểm thưởng “T9”"),
        ("heads", "unit,name,from,to\nsnv,A (mẫu),2025-03-01,2025-02-01\n", "ngày ở cột to trước ngày ở cột from"),
        ("decisions", "unit,number,year,title,withdrawn\nsnv,1/QĐ,2025,Kế hoạch,x\n", "withdrawn là “x”"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(province: Province, kind: str, text: str, said: str) -> None:
    (what,) = refused(lambda: entries(province, RegisterKind(kind), text))
    assert what.startswith(f"2: {said}")


# --- the command line -------------------------------------------------------------------------------------------------


def test_the_command_line_takes_figures_indices_and_registers_and_tells_progress(
    cchc: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    folder = progress_folder(tmp_path / "tinh")
    folder.write("thang.csv", f"{HEADER}stc,ho-so,95,100,,,\n").write(
        "chi-so.csv", f"{INDEX_HEADER}papi,,2024,40,8,63,,,\n"
    )
    folder.write("so.csv", "unit,dossier,due_on\nstc,H1,2025-03-01\n")
    at = ("--province", folder.path)
    taken = [
        cchc(*at, "import", "figures", "2025-03", folder.path / "thang.csv"),
        cchc(*at, "import", "indices", folder.path / "chi-so.csv"),
        cchc(*at, "import", "register", "overdue", folder.path / "so.csv"),
    ]
    assert [one.stdout for one in taken] == [
        "thang.csv: đã ghi 1 bản mới\n",
        "chi-so.csv: đã ghi 1 bản mới\n",
        "so.csv: đã ghi 1 bản mới\n",
    ]
    told = cchc(*at, "progress", "2025-03")
    assert told.returncode == 0
    assert "95/100 hồ sơ (95%)" in told.stdout
    assert "Sổ hồ sơ quá hạn: 1 hồ sơ quá hạn, 0 hồ sơ đã có văn bản xin lỗi." in told.stdout
    forecast = json.loads(cchc(*at, "forecast", "2025", "--unit", "stc", "--json").stdout)
    assert [one["value"] for one in forecast["units"][0]["suggested"]] == ["95", "100"]
    assert json.loads(cchc(*at, "progress", "2025-03", "--json").stdout)["period"] == "2025-03"
    unknown = cchc(*at, "forecast", "2031")
    assert (unknown.returncode, "rounds/2031.yaml" in unknown.stderr) == (1, True)
    wrong = cchc(*at, "import", "register", "late", folder.path / "so.csv")
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False)
