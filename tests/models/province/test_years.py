"""The years of a criteria set: one or several, kept to by rounds, followed by deadlines."""

from pathlib import Path

import pytest

from models.findings import Severity
from models.province.folder import check_province
from tests.models.folders import Folder, said, sample_folder

SO_FILE = "criteria/so.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path)


@pytest.mark.parametrize("years", ["2025", "[2025]", "[2025, 2026]"])
def test_a_set_holds_for_one_year_or_for_several(folder: Folder, years: str) -> None:
    folder.change(SO_FILE, "areas:\n", f"years: {years}\nareas:\n")
    province, findings = check_province(folder.path)
    assert province is not None, findings
    assert 2025 in province.criteria_sets["so-2025"].years


def test_a_round_of_a_year_for_which_the_set_does_not_hold_is_refused_at_its_line(folder: Folder) -> None:
    folder.change(SO_FILE, "areas:\n", "years: [2023, 2024]\nareas:\n")
    province, findings = check_province(folder.path)
    assert province is None
    assert any("ghi dùng cho năm 2023, 2024, không có năm 2025" in said(finding) for finding in findings)


def test_a_set_of_several_years_is_warned_of_a_deadline_that_stays_in_one(folder: Folder) -> None:
    folder.change(SO_FILE, "areas:\n", "years: [2025, 2026]\nareas:\n")
    assert not [each for each in check_province(folder.path)[1] if each.severity is Severity.WARNING]
    folder.change(SO_FILE, "deadline: 01-31", "deadline: 2025-01-31")
    (warning,) = [each for each in check_province(folder.path)[1] if each.severity is Severity.WARNING]
    assert "hạn 31/01/2025 như nhau ở mọi năm" in warning.what
    assert "“01-31”" in warning.remedy
