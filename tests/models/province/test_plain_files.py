"""What lies in the province folder and is no plain file is told, and neither waited for nor read without end."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from models.province import plain_files
from models.province.folder import check_province
from tests.models.folders import PROVINCE, SO, UNITS

FILES = ("province.yaml", "units.csv", "successions.csv", "criteria/so-2025.yaml", "rounds/2031.yaml")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_out_of_the_folder(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def link_to_a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to(path.with_name("pipe"))


def folder(path: Path) -> None:
    path.mkdir()


KINDS = (pipe, link_to_a_device, link_out_of_the_folder, link_to_a_pipe, folder)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_plain_file_is_told(tmp_path: Path, name: str, kind: Callable[[Path], None]) -> None:
    for sub in ("criteria", "rounds", "progress"):
        (tmp_path / sub).mkdir()
    for other, text in {"province.yaml": PROVINCE, "units.csv": UNITS, "criteria/so-2025.yaml": SO}.items():
        if other != name:
            (tmp_path / other).write_text(text, encoding="utf-8")
    kind(tmp_path / name)
    told = [str(finding) for finding in check_province(tmp_path)[1] if finding.file == name]
    words = ["là một liên kết", "không phải là tệp thường", "là thư mục"]
    assert any(word in said for said in told for word in words), told


def test_a_file_without_end_is_not_read_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_files, "LARGEST", 2**20)
    (tmp_path / "province.yaml").write_bytes(b"#" * (2**20 + 1))
    assert "tệp lớn hơn 1 MB" in str(check_province(tmp_path)[1][0])
