"""progress/*.yaml: read whole, checked whole, every error with file, line and remedy."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.progress.plan_tasks import TaskState
from models.progress.registers import REGISTER_COLUMNS, RegisterKind
from models.province.folder import load_province
from models.province.progress_checks import infeasible
from models.units import unit_named
from tests.models.folders import Folder
from tests.models.progress_folder import progress_folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return progress_folder(tmp_path)


def test_the_folder_is_read_whole(folder: Folder) -> None:
    assert folder.findings() == []
    progress = load_province(folder.path).progress
    assert list(progress.measures) == ["ho-so", "qua-han", "bien-che", "cat-giam"]
    assert [task.number for task in progress.plans["kh-2025"].tasks] == ["1", "2", "3", "4", "5"]
    assert progress.plans["kh-2025"].tasks[3].done_on == date(2025, 3, 10)
    assert progress.commitments["hang"].places == 1
    assert list(progress.targets) == ["par", "papi", "tinh-gian"]
    assert list(progress.indices) == ["par-index", "papi"]


def test_a_province_without_progress_is_as_before(folder: Folder) -> None:
    for path in (folder.path / "progress").iterdir():
        path.unlink()
    assert folder.findings() == []
    assert load_province(folder.path).progress.measures == {}


M, P, C, T = (f"progress/{name}.yaml" for name in ("measures", "plan_tasks", "commitments", "targets"))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (M, "id: qua-han", "id: ho-so", "mã “ho-so” khai báo hai lần"),
        (M, "last, kinds: so}", "last, kinds: huyen}", "không có loại đơn vị “huyen” trong units.csv"),
        (M, 'component: "1.1.2"', 'component: "9.9"', "bộ tiêu chí so-2025 không có mục chấm điểm “9.9”"),
        (M, 'so-2025, component: "1.1.2"', 'so-2030, component: "1.1.2"', "không có bộ tiêu chí “so-2030”"),
        (M, "fact: late", "fact: sorry", "tiêu chí 1.2 không có số liệu “sorry” (có late)"),
        (M, 'component: "1.2", fact: late', 'component: "1.2"', "tiêu chí 1.2 hỏi late; ghi fact"),
        (M, "id: cat-giam", "monotone: true, id: cat-giam", "monotone chỉ dùng với chỉ tiêu có over_time: last"),
        (M, "kind: weighted", "kind: share", "giá trị “share” không hợp lệ ở mục “kind”"),
        (P, "owner: Sở Tài chính", "owner: Sở Lạ", "nhiệm vụ 2: không có đơn vị “Sở Lạ”"),
        (P, 'number: "3"', 'number: "1"', "nhiệm vụ số 1 có hai lần trong kh-2025"),
        (P, "due: 2025-03-31", "due: 31-2-2025", "“due” là “31-2-2025”, không phải là ngày"),
        (P, "begun: 2025-01-02", "begun: 2025-01-21", "nhiệm vụ 1: ngày hoàn thành trước ngày bắt đầu"),
        (P, "to: 2025\n", "to: 2024\n", "năm kết thúc của kế hoạch trước năm bắt đầu"),
        (P, "viec-2025.csv", "viec-2026.csv", "không đọc được tệp nhiệm vụ progress/viec-2026.csv"),
        (C, "measure: ho-so", "measure: ho-so-la", "không có chỉ tiêu “ho-so-la” trong measures.yaml"),
        (C, "measure: ho-so", 'criterion: "7.7"', "không có tiêu chí “7.7” trong bộ tiêu chí nào"),
        (C, "target: 95", "target: 195", "195% không nằm trong khoảng 0–100%"),
        (C, "unit: Sở Tài chính, target", "unit: Sở Lạ, target", "cam kết dung-han: không có đơn vị “Sở Lạ”"),
        (C, "scope: {units: [snv]}", "scope: {}", "phạm vi cam kết chưa nêu ai"),
        (C, "gain: 1", "gain: 5", "Sở Tài chính không thể tăng 5 bậc trong 2 đơn vị"),
        (C, "gain: 1", "gain: 3, from_rank: 3", "đang hạng 3, không thể tăng 3 bậc (nhiều nhất 2)"),
        (C, "gain: 1", "gain: 1, keep: true", "ghi gain (số bậc tăng) hoặc keep: true"),
        (C, "keep: true", "keep: false", "ghi gain (số bậc tăng) hoặc keep: true"),
        (C, "{unit: snv, keep", "{unit: stc, keep", "“stc” và “Sở Tài chính” là cùng một đơn vị"),
        (T, "index: papi", "index: pci", "không có “pci” trong indices.yaml"),
        (T, "measure: bien-che", "measure: bien-che, index: papi", "ghi đúng một trong measure và index"),
        (T, "{year: 2030, value: 10}", "{year: 2024, value: 10}", "các mốc phải theo thứ tự năm"),
        (T, "{year: 2030, value: 10}", "{year: 2030}", "mỗi mốc cần value"),
        (T, "unit: snv", "unit: Sở Lạ", "mục tiêu tinh-gian: không có đơn vị “Sở Lạ”"),
    ],
)
def test_an_error_is_told_at_its_file_and_line(folder: Folder, file: str, old: str, new: str, said: str) -> None:
    errors = folder.change(file, old, new).errors()
    (error,) = [error for error in errors if said in error]
    name, line, _ = error.split(":", 2)
    assert name == file
    assert int(line) > 0


def test_a_list_of_tasks_is_checked_line_by_line(folder: Folder) -> None:
    folder.add(
        "progress/viec-2025.csv", "6,Việc sáu,so-la,2025-05-05,\n7,Việc bảy,snv,32/05/2025,\n4,Lại,snv,2025-05-05,\n"
    )
    assert folder.errors() == [
        "progress/viec-2025.csv:4: nhiệm vụ 6: không có đơn vị “so-la”",
        "progress/viec-2025.csv:5: “32/05/2025” ở cột due không phải là ngày",
        "progress/viec-2025.csv:6: nhiệm vụ số 4 có hai lần trong kh-2025",
    ]


def test_all_errors_of_all_files_are_told_at_once(folder: Folder) -> None:
    folder.change(M, "kind: weighted", "kind: share").change(C, "target: 95", "target: 195")
    folder.change(T, "index: papi", "index: pci")
    assert {error.split(":")[0] for error in folder.errors()} == {M, C, T}


@pytest.mark.parametrize("new", ["direction: reduce_by, baseline: {year: 2024}", "direction: reduce_by"])
def test_a_target_without_the_baseline_it_needs_is_a_finding(folder: Folder, new: str) -> None:
    folder.change(T, "direction: reduce_by,\n     baseline: {year: 2024, value: 100}", new)
    (warning,) = folder.warnings()
    assert "mục tiêu tinh-gian chưa có giá trị gốc" in warning
    assert folder.errors() == []


def test_a_file_of_another_name_is_not_passed_over_silently(folder: Folder) -> None:
    folder.write("progress/muc-tieu.yaml", "targets: []\n")
    assert folder.warnings() == [
        "progress/muc-tieu.yaml:0: tệp không được đọc vì tên không phải là một trong các tệp theo dõi"
    ]


@pytest.mark.parametrize("code", ['"1"', '"1.1"', '"1.1.2"', "all"])
def test_a_pledge_may_be_on_an_area_a_criterion_a_component_or_all(folder: Folder, code: str) -> None:
    assert folder.change(C, "measure: ho-so", f"criterion: {code}").errors() == []


def test_ranks_counted_in_the_whole_province_allow_more_places_than_units_pledge(folder: Folder) -> None:
    folder.change(C, "gain: 1", "gain: 32").change(C, "based_on: 2024", "based_on: 2024\n      among: province")
    assert folder.errors() == []


@pytest.mark.parametrize(
    "name", ["phuong-c", "Phường C", "phường c", "P. C", "Phường Cũ", "Phu\u031bo\u031b\u0300ng C"]
)
def test_a_unit_is_known_by_code_name_and_alias(folder: Folder, name: str) -> None:
    found = unit_named(load_province(folder.path).units, name)
    assert found is not None
    assert found.code == "phuong-c"


def test_a_name_of_two_units_means_neither(folder: Folder) -> None:
    folder.add("units.csv", "phuong-d,Phường D,phuong,P. C,,,,\n")
    assert unit_named(load_province(folder.path).units, "P. C") is None


def test_a_pledge_may_reach_the_first_place_and_no_further(folder: Folder) -> None:
    ranks = load_province(folder.path).progress.commitments["hang"].ranks
    assert ranks is not None
    gain, keep = ranks.pledges
    assert infeasible(gain, 2, None) is None
    assert infeasible(gain, 1, None) == "Sở Tài chính đang hạng 1, không thể tăng 1 bậc (nhiều nhất 0)"
    assert infeasible(keep, 1, 1) is None


@pytest.mark.parametrize(
    ("number", "day", "state"),
    [
        ("1", "2025-01-01", TaskState.NOT_DUE),
        ("1", "2025-01-02", TaskState.IN_PROGRESS),
        ("1", "2025-01-20", TaskState.DONE_IN_TIME),
        ("2", "2025-03-31", TaskState.IN_PROGRESS),
        ("2", "2025-04-01", TaskState.OVERDUE),
        ("4", "2025-03-01", TaskState.OVERDUE),
        ("4", "2025-03-10", TaskState.DONE_LATE),
        ("5", "2025-12-10", TaskState.NOT_DUE),
    ],
)
def test_the_state_of_a_task_is_that_of_the_day(folder: Folder, number: str, day: str, state: TaskState) -> None:
    tasks = {task.number: task for task in load_province(folder.path).progress.plans["kh-2025"].tasks}
    assert tasks[number].state_on(date.fromisoformat(day)) is state


def test_every_register_has_columns_and_a_key() -> None:
    assert set(REGISTER_COLUMNS) == set(RegisterKind)
    assert all(any(column.in_key for column in columns) for columns in REGISTER_COLUMNS.values())


BETWEEN = """\
checks:
  - {left: qua-han/value, op: "<=", right: ho-so/denominator, what: quá hạn nhiều hơn tổng số}
changes: {percent: 30, leaves: {ho-so: 80}}
"""


def test_what_must_hold_between_measures_is_read(folder: Folder) -> None:
    assert folder.add(M, BETWEEN).findings() == []
    progress = load_province(folder.path).progress
    assert [check.what for check in progress.checks] == ["quá hạn nhiều hơn tổng số"]
    assert progress.changes.noted("ho-so", Decimal(100), Decimal(180)) is False
    assert progress.changes.noted("qua-han", Decimal(100), Decimal(131)) is True


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("qua-han/value", "la/value", "phép đối chiếu “quá hạn nhiều hơn tổng số”: không có chỉ tiêu “la”"),
        ("ho-so/denominator", "ho-so/value", "chỉ tiêu “ho-so” không có số liệu “value”"),
        ("{ho-so: 80}", "{la: 80}", "không có chỉ tiêu “la”"),
        ("percent: 30", "percent: nhiều", "“percent”"),
    ],
)
def test_a_check_of_what_is_not_measured_is_named(folder: Folder, old: str, new: str, said: str) -> None:
    (error,) = folder.add(M, BETWEEN.replace(old, new)).errors()
    assert error.startswith("progress/measures.yaml:")
    assert said in error
