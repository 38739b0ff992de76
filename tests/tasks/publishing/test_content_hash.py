"""A published folder protects itself without the database: its paper bears the hash of everything beside it."""

import hashlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from models.findings import Severity
from tasks.documents.qr_code import qr_svg
from tasks.publishing.choosing import paper_to_publish
from tasks.publishing.contents import content_borne
from tasks.publishing.folders import MANIFEST, MANIFEST_SIGNATURE, manifest_in, read_manifest, signing_in
from tasks.publishing.journal import check_journal
from tasks.publishing.trust import Trust
from tasks.publishing.verifying import Checked, verify_place
from tasks.rendering.letterhead import PaperHead
from tests.past_the_guards import past_the_guards
from tests.tasks.districts import Districts
from tests.tasks.publishing.test_issuing import FIRST, YEAR, place
from tests.tasks.publishing.test_signing import Office, publish

pytestmark = pytest.mark.slow

DECISION, ANNEX = "quyet-dinh.pdf", "phu-luc-2-huyen-linh-vuc.pdf"
OTHER_CONTENT = "mang mã băm của nội dung khác: có tệp bị bớt, thêm hoặc thay cùng với manifest"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def unsigned(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Districts:
    districts = office.districts.duplicate(tmp_path_factory.mktemp("unsigned"))
    publish(districts, None)
    return districts


@pytest.fixture(scope="module")
def signed(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Districts:
    districts = office.districts.duplicate(tmp_path_factory.mktemp("signed"))
    publish(districts, office.settings)
    return districts


@pytest.fixture(params=["unsigned", "signed"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a published folder that may be written into."""
    return copied(request.getfixturevalue(request.param), tmp_path)


def copied(districts: Districts, tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(place(districts), tmp_path / "copy"))
    for path in copy.rglob("*.*"):
        path.chmod(0o644)
    return copy


def listed_anew(folder: Path, change: Callable[[dict[str, Any]], None] = lambda manifest: None) -> None:
    """The manifest rewritten so that every file that is there agrees with it."""
    manifest = read_manifest(folder)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in set(manifest["files"]) - names:
        del manifest["files"][name]
    for name in names - {MANIFEST, MANIFEST_SIGNATURE}:
        content = (folder / name).read_bytes()
        entry = manifest["files"].setdefault(name, {})
        if entry.get("sha256") != hashlib.sha256(content).hexdigest():
            manifest["files"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def wrong(folder: Path) -> list[tuple[str, str]]:
    findings = verify_place(folder, Trust(), None).findings
    return [(finding.file, finding.what) for finding in findings if finding.severity is Severity.CRITICAL]


def lines(folder: Path, trust: Trust, districts: Districts | None = None) -> str:
    checked: Checked = verify_place(folder, trust, districts.storage if districts else None)
    assert not [finding for finding in checked.findings if finding.severity == "critical"]
    return "\n".join(checked.lines)


def change_results(folder: Path) -> None:
    path = folder / "results.csv"
    path.write_bytes(path.read_bytes().replace(b"84.58", b"94.58"))


def change_snapshot(folder: Path) -> None:
    path = folder / "snapshot.json"
    path.write_bytes(path.read_bytes().replace(b"84.58", b"94.58"))
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = read_manifest(folder)
    (folder / MANIFEST).write_text(json.dumps({**manifest, "snapshot": content}), encoding="utf-8")


REWRITTEN: dict[str, Callable[[Path], object]] = {
    "an annex removed": lambda folder: (folder / ANNEX).unlink(),
    "a sheet removed": lambda folder: (folder / "phieu-ket-qua" / "phieu-ket-qua-di-an.pdf").unlink(),
    "results changed": change_results,
    "snapshot changed": change_snapshot,
    "a file added": lambda folder: (folder / "them.csv").write_bytes(b"them"),
    "two files exchanged": lambda folder: (folder / "results.json").write_bytes((folder / "results.csv").read_bytes()),
}


@pytest.mark.parametrize("attack", REWRITTEN)
def test_a_change_is_refused_though_the_manifest_was_rewritten_to_agree(folder: Path, attack: str) -> None:
    REWRITTEN[attack](folder)
    listed_anew(folder)
    assert wrong(folder) == [(DECISION, OTHER_CONTENT)]


@pytest.mark.parametrize("attack", REWRITTEN)
def test_writing_the_manifest_as_an_old_one_does_not_help(folder: Path, attack: str) -> None:
    REWRITTEN[attack](folder)
    listed_anew(folder, lambda manifest: manifest.pop("content"))
    assert wrong(folder) == [(MANIFEST, "đã bị viết lại: không còn mã băm nội dung mà văn bản mang")]


@pytest.mark.parametrize("name", ["results.csv", DECISION, MANIFEST])
def test_a_link_to_the_same_bytes_is_no_file_of_the_publication(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    assert wrong(folder) == [(name, "là liên kết tới tệp khác, không phải tệp của bản công bố")]


def test_a_linked_folder_inside_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "phieu-ket-qua").rename(tmp_path / "elsewhere")
    (folder / "phieu-ket-qua").symlink_to(tmp_path / "elsewhere")
    assert (
        "phieu-ket-qua/phieu-ket-qua-di-an.pdf",
        "là liên kết tới tệp khác, không phải tệp của bản công bố",
    ) in wrong(folder)


def strip(folder: Path) -> None:
    """Every signed file back to what it was before signing, and the manifest with it."""
    manifest = read_manifest(folder)
    for name, entry in manifest["files"].items():
        if "unsigned_size" in entry:
            path = folder / name
            path.write_bytes(path.read_bytes()[: entry.pop("unsigned_size")])
            entry["sha256"], entry["size"] = entry.pop("unsigned_sha256"), path.stat().st_size
    del manifest["signing"]
    (folder / MANIFEST_SIGNATURE).unlink()
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def test_stripping_all_signatures_is_refused(signed: Districts, tmp_path: Path) -> None:
    folder = copied(signed, tmp_path)
    strip(folder)
    assert wrong(folder) == [(DECISION, "chữ ký số đã bị gỡ khỏi bản công bố")]


def test_stripping_all_signatures_and_saying_that_nobody_signed_is_refused(signed: Districts, tmp_path: Path) -> None:
    folder = copied(signed, tmp_path)
    strip(folder)
    listed_anew(folder, lambda manifest: manifest["content"].update(signing="nobody"))
    assert wrong(folder) == [(DECISION, OTHER_CONTENT)]


def test_the_manifest_is_signed_by_the_agency(office: Office, signed: Districts, tmp_path: Path) -> None:
    folder = copied(signed, tmp_path)
    assert "manifest.json:\n  Ủy ban" in lines(folder, office.trust)
    (folder / MANIFEST).write_bytes(manifest_in(folder).replace(b'"journal": "', b'"journal": "0'))
    checked = verify_place(folder, office.trust, None)
    assert [finding.what for finding in checked.findings] == ["manifest đã bị thay đổi sau khi ký"]
    (folder / MANIFEST_SIGNATURE).unlink()
    assert wrong(folder) == [(MANIFEST_SIGNATURE, "thiếu chữ ký số của manifest")]


def test_what_is_proven_and_what_only_agrees_with_itself_is_said(
    office: Office, signed: Districts, unsigned: Districts
) -> None:
    content = read_manifest(place(signed))["content"]["sha256"]
    proven = f"Đã chứng minh: Quyết định mang mã băm nội dung {content} dưới chữ ký số tin cậy; 18 tệp kèm theo"
    assert proven in lines(place(signed), office.trust)
    assert "Khớp với bản đã ký, chưa rõ ai ký: " in lines(place(signed), Trust())
    itself = lines(place(unsigned), office.trust)
    assert "Chỉ tự khớp: Quyết định mang mã băm nội dung " in itself
    assert "không có chữ ký số; hãy đối chiếu mã này với bản lưu" in itself
    assert "Cơ sở dữ liệu của tỉnh ghi nhận đúng manifest này." in lines(place(unsigned), office.trust, unsigned)


def test_the_hash_stands_in_the_metadata_of_the_decision(signed: Districts) -> None:
    decision = (place(signed) / DECISION).read_bytes()
    content = read_manifest(place(signed))["content"]["sha256"]
    assert content_borne(decision) == content
    metadata = PdfReader(io.BytesIO(decision)).metadata
    assert metadata is not None
    assert metadata["/Keywords"] == f"cchc-sha256:{content}"


def test_a_publication_of_an_earlier_version_still_verifies_and_proves_less(
    unsigned: Districts, tmp_path: Path
) -> None:
    folder = copied(unsigned, tmp_path)
    paper = paper_to_publish(unsigned.folder, unsigned.storage, YEAR, FIRST)
    numbering = PaperHead(FIRST.number, FIRST.day, paper.symbol, paper.signed_by(None))
    (folder / DECISION).write_bytes(paper.printed(numbering)[DECISION])

    def of_old(manifest: dict[str, Any]) -> None:
        del manifest["content"], manifest["journal"]

    listed_anew(folder, of_old)
    assert wrong(folder) == []
    assert signing_in(manifest_in(folder)) == "nobody"
    assert "Bản công bố của phiên bản cũ, chứng minh được ít hơn" in lines(folder, Trust())


def test_a_journal_written_anew_is_told_by_the_published_manifest(unsigned: Districts, tmp_path: Path) -> None:
    districts = unsigned.duplicate(tmp_path)
    assert check_journal(districts.storage).findings == ()
    head = read_manifest(place(districts))["journal"]
    with past_the_guards(districts.storage) as connection:
        connection.exec_driver_sql("DELETE FROM publication")
        connection.exec_driver_sql("DELETE FROM approval")
        connection.exec_driver_sql("DELETE FROM journal WHERE table_name IN ('approval', 'publication')")
    assert head not in check_journal(districts.storage).known


def test_the_qr_code_bears_the_hash_behind_the_address(office: Office, tmp_path: Path) -> None:
    districts = office.districts.duplicate(tmp_path)
    address = "site: {address: https://cchc.mau.example}\n"
    districts.rewrite("province.yaml", "place: Bình Dương\n", f"place: Bình Dương\n{address}")
    districts.evaluate()
    paper = paper_to_publish(districts.folder, districts.storage, YEAR, FIRST)
    numbering = PaperHead(FIRST.number, FIRST.day, paper.symbol, paper.signed_by(None))
    front = paper.documents(numbering, None)[0]
    coded = paper.coded(numbering, front, "a" * 64)
    expected = qr_svg(f"https://cchc.mau.example/2017/2071-qd-ubnd/#sha256={'a' * 64}")
    assert coded.images["ma-qr.svg"] == expected.encode() != front.images["ma-qr.svg"]
