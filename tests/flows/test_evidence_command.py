"""Evidence by the command line: what is taken, what is not and why, what is found again."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.models.folders import Folder
from tests.tasks.evidence.files import document, packed, pdf
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow


def test_files_are_added_listed_and_found(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, cchc: Callable[..., CompletedProcess[str]]
) -> None:
    sample_province(tmp_path)
    for step in ("self_assessment", "appraisal", "explanation"):
        Folder(tmp_path).change("rounds/2025.yaml", f"{step}: 2026", f"{step}: 2099")
    files = tmp_path_factory.mktemp("files")
    (files / "1.1.1_ke-hoach.pdf").write_bytes(pdf("Kế hoạch"))
    (files / "khac.zip").write_bytes(packed({"cong-khai.docx": document("Niêm yết công khai"), "x.exe": b"MZ"}))
    command = ("-p", tmp_path, "evidence")
    done = cchc(*command, "add", 2025, "stc", *sorted(files.iterdir()))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "1.1.1_ke-hoach.pdf: đã nhận, tiêu chí 1.1.1 (số 1)",
        "cong-khai.docx: đã nhận, chưa rõ tiêu chí (số 2)",
    ]
    assert done.stderr.startswith("x.exe: KHÔNG NHẬN: nội dung không thuộc loại tệp được nhận")
    assert (files / "1.1.1_ke-hoach.pdf").exists()
    again = cchc(*command, "add", 2025, "stc", files / "1.1.1_ke-hoach.pdf", "--component", "1.2")
    assert again.stdout == "1.1.1_ke-hoach.pdf: đã có từ trước, tiêu chí 1.2 (số 1)\n"
    found = cchc(*command, "list", 2025, "--search", "niem yet")
    assert found.stdout.splitlines() == [
        "2  stc  chưa gắn  cong-khai.docx  (Word)",
        "1 tệp, nộp đúng hạn 1/1",
    ]
    assert "1.1.1, 1.2" in cchc(*command, "list", 2025, "--unit", "stc").stdout
    refused = cchc(*command, "add", 2025, "khong-co", files / "khac.zip")
    assert (refused.returncode, "không có đơn vị này" in refused.stderr) == (1, True)
    inbox = tmp_path / "var" / "inbox" / "minh-chung" / "snv"
    inbox.mkdir(parents=True)
    (inbox / "1.2_ho-so.pdf").write_bytes(pdf("Hồ sơ"))
    received = cchc("-p", tmp_path, "intake", CCHC_INBOX_QUIET="0")
    assert received.stdout == "minh chứng snv: 1.2_ho-so.pdf: đã nhận, tiêu chí 1.2\n"
    assert cchc("-p", tmp_path, "intake").stdout == "Hộp nhận không có tệp mới.\n"
    assert cchc(*command, "list", 2025, "--unit", "snv").stdout.endswith("1 tệp, nộp đúng hạn 1/1\n")
    assert cchc("-p", tmp_path, "verify", "--journal").returncode == 0
