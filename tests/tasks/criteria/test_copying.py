"""A set for the next year: deadlines on working days, years in words, documents as they were; and a diff."""

from datetime import date
from pathlib import Path

import pytest

from models.findings import RefusedError
from models.province.folder import load_province
from models.working_days import WorkingCalendar
from tasks.criteria.copying import copied_set, moved_values
from tasks.criteria.differences import differences_of
from tasks.editing.changing import write_changes
from tests.conftest import copy_example
from tests.models.folders import Folder, sample_folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path)


def test_deadlines_go_to_the_next_working_day_and_the_last_day_with_them() -> None:
    rule = {
        "kind": "on_time",
        "deadline": date(2025, 1, 31),
        "earliest": date(2024, 11, 1),
        "latest": date(2025, 1, 31),
    }
    moved, moves = moved_values({"rule": rule}, 2025, 2026, WorkingCalendar())
    # 31/01/2026 is a Saturday.
    days = {"deadline": date(2026, 2, 2), "earliest": date(2025, 11, 1), "latest": date(2026, 2, 2)}
    assert moved["rule"] == {"kind": "on_time", **days}
    assert [(path[-1], before, after) for path, before, after in moves] == [
        ("deadline", "31/01/2025", "02/02/2026"),
        ("earliest", "01/11/2024", "01/11/2025"),
        ("latest", "31/01/2025", "02/02/2026"),
    ]


def test_a_day_off_of_the_province_counts() -> None:
    moved, _ = moved_values({"deadline": date(2025, 3, 9)}, 2025, 2026, WorkingCalendar([date(2026, 3, 9)]))
    assert moved["deadline"] == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Kế hoạch CCHC năm 2025", "Kế hoạch CCHC năm 2026"),
        ("so với năm 2024", "so với năm 2025"),
        ("tại ngày 31/12/2025", "tại ngày 31/12/2026"),
        ("trước ngày 29/02/2024", "trước ngày 28/02/2025"),
        ("theo Nghị định 30/2020/NĐ-CP", "theo Nghị định 30/2020/NĐ-CP"),
        ("Nghị định số 61/2025/NĐ-CP", "Nghị định số 61/2025/NĐ-CP"),
        ("Quyết định số 12/QĐ-UBND ngày 05/01/2025", "Quyết định số 12/QĐ-UBND ngày 05/01/2025"),
        (
            "Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2025 về việc năm 2025",
            "Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2025 về việc năm 2026",
        ),
        ("giai đoạn 2021 - 2025", "giai đoạn 2021 - 2025"),
        ("Luật Tổ chức chính quyền địa phương năm 2025", "Luật Tổ chức chính quyền địa phương năm 2025"),
        ("năm 2018", "năm 2018"),
        ("2025 hồ sơ", "2026 hồ sơ"),
        ("12.2025,5", "12.2025,5"),
    ],
)
def test_years_in_words_move_but_not_those_of_documents(text: str, after: str) -> None:
    assert moved_values({"name": text}, 2025, 2026, WorkingCalendar())[0]["name"] == after


def test_the_sample_set_is_copied_with_its_comments_and_every_move_is_listed(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    copied = copied_set(load_province(folder), "so-2025", "so-2026")
    write_changes(folder, copied.checked.changes)
    old = (folder / "criteria/so-2025.yaml").read_text(encoding="utf-8").splitlines()
    new = (folder / "criteria/so-2026.yaml").read_text(encoding="utf-8").splitlines()
    assert len(old) == len(new)
    differing = {number for number, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other}
    assert differing == {moved.line for moved in copied.moved}
    assert "  Quyết định số 00/QĐ-UBND ngày 20 tháng 11 năm 2025 của Ủy ban nhân dân tỉnh Mẫu (số, ký hiệu mẫu)" in new
    deadline = next(moved for moved in copied.moved if moved.what == "2.3.3, hạn")
    assert (deadline.before, deadline.after) == ("05/12/2025", "07/12/2026")
    assert "so-2026" in load_province(folder).criteria_sets
    # A copy differs in its year alone.
    assert [each.said for each in differences_of(load_province(folder), "so-2025", "so-2026")] == []


def test_a_copy_never_replaces_a_set_and_needs_a_year(folder: Folder) -> None:
    province = load_province(folder.path)
    with pytest.raises(RefusedError, match="đã có bộ tiêu chí “xa-2025”"):
        copied_set(province, "so-2025", "xa-2025")
    with pytest.raises(RefusedError, match="không cho biết năm"):
        copied_set(province, "so-2025", "so-moi")
    with pytest.raises(RefusedError, match="không có bộ tiêu chí “khong-co”"):
        copied_set(province, "khong-co", "so-2026")
    assert copied_set(province, "so-2025", "so-moi", 2027).to_year == 2027


def test_the_years_of_a_set_move_too(folder: Folder) -> None:
    folder.change("criteria/so.yaml", "areas:\n", "years: [2024, 2025]   # hai năm\nareas:\n")
    copied = copied_set(load_province(folder.path), "so-2025", "so-2026")
    assert b"years: [2025, 2026]   # hai n\xc4\x83m\n" in copied.checked.changes[0].content


def test_what_differs_is_said_in_words(folder: Folder) -> None:
    text = folder.text("criteria/so.yaml")
    for old, new in (
        ("id: so-2025", "id: so-2026"),
        ("{from: 70, points: 15}", "{from: 75, points: 15}"),
        (
            '- code: "1.2"\n        name: Kỷ luật báo cáo\n        max: 20',
            '- code: "1.3"\n        name: Kỷ luật báo cáo năm 2026\n        max: 15',
        ),
        ("        max: 40\n        source: survey", "        max: 45\n        source: survey\n        evidence: none"),
        ("    max: 40\n    not_applicable", "    max: 45\n    not_applicable"),
        ("    max: 60\n", "    max: 55\n"),
        ("            name: Ban hành kế hoạch đúng hạn\n", "            name: Số sáng kiến được công nhận\n"),
        ("each: 0.5", "each: 0.25"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    folder.write("criteria/so-2026.yaml", text)
    found = differences_of(load_province(folder.path), "so-2025", "so-2026")
    told = [(each.sort, each.old_code, each.new_code) for each in found]
    assert told == [
        ("new", None, "1.1.1"),
        ("rule", "1.1.2", "1.1.2"),
        ("renumbered", "1.2", "1.3"),
        ("lighter", "1.2", "1.3"),
        ("heavier", "2.1", "2.1"),
        ("other", "2.1", "2.1"),
        ("gone", "1.1.1", None),
        ("rule", "T1", "T1"),
        ("lighter", "1", "1"),
        ("heavier", "2", "2"),
    ]
    said = {(each.sort, each.new_code): each.said for each in found}
    assert said["renumbered", "1.3"] == "1.2 → 1.3 “Kỷ luật báo cáo năm 2026”"
    assert said["lighter", "1.3"] == "1.3 “Kỷ luật báo cáo năm 2026”: 20 → 15 điểm"
    assert "từ 70%" in said["rule", "1.1.2"].split("nay")[0]
    assert "từ 75%" in said["rule", "1.1.2"].split("nay")[1]
    assert said["other", "2.1"] == "2.1 “Mức độ hài lòng”: tài liệu kiểm chứng Phải có → Không cần"
