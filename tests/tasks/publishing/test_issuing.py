"""The published folder: made whole from an approved snapshot, never changed, checked by its hashes.

Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18; docs/developers.md.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from models.findings import RefusedError
from models.notation import notation
from models.records.snapshots import thawed
from models.records.tables import Approval, Publication
from tasks.publishing import issuing
from tasks.publishing.approvals import Numbering, manifest_findings, refuse_approval
from tasks.publishing.choosing import newest_results
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.folders import MANIFEST, before_signing, read_manifest, verify_folder
from tasks.publishing.issuing import Published
from tasks.publishing.papers import word_draft_of
from tasks.recording.importing import read_scores
from tasks.recording.snapshots import newest_snapshot
from tasks.recording.versions import record_scores
from tests.command_line import run_command
from tests.conftest import ROOT
from tests.tasks.districts import YEAR, Districts
from tests.tasks.papers import GATE_OPTIONS, drafted, numbered, pages
from tests.tasks.papers import published as publish_paper

pytestmark = pytest.mark.slow

FIRST = numbered(2071, date(2018, 7, 27))
OTHER = numbered(2072, date(2018, 7, 27))
CORRECTION = numbered(2100, date(2018, 9, 3), replaces="2071/QĐ-UBND")
DRAFTS = ["quyet-dinh.pdf", "phu-luc-1-huyen.pdf", "phu-luc-2-huyen-linh-vuc.pdf", "bao-cao.pdf", "to-trinh.pdf"]
SHEETS = [
    f"phieu-ket-qua/phieu-ket-qua-{unit}.pdf"
    for unit in (
        "bac-tan-uyen",
        "bau-bang",
        "ben-cat",
        "dau-tieng",
        "di-an",
        "phu-giao",
        "tan-uyen",
        "thu-dau-mot",
        "thuan-an",
    )
]
DATA = ["metadata.xml", "results.csv", "results.json", "results.xlsx", "snapshot.json"]
FILES = sorted([*DRAFTS, *SHEETS, *DATA])


@pytest.fixture(scope="module")
def round_(evaluated_districts: Path) -> Districts:
    """The round evaluated, nothing published."""
    return Districts(evaluated_districts)


@pytest.fixture(scope="module")
def done(round_: Districts, tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """The round published as 2071/QĐ-UBND in var/published/first."""
    districts = round_.duplicate(tmp_path_factory.mktemp("published"))
    publish(districts, FIRST)
    return districts


@pytest.fixture
def evaluated(round_: Districts, tmp_path: Path) -> Districts:
    return round_.duplicate(tmp_path)


@pytest.fixture
def published(done: Districts, tmp_path: Path) -> Districts:
    return done.duplicate(tmp_path)


def place(districts: Districts, name: str = "first") -> Path:
    return districts.folder / "var" / "published" / name


def publish(districts: Districts, numbering: Numbering, name: str = "first") -> Published:
    out = place(districts, name)
    return publish_paper(districts.folder, districts.storage, YEAR, numbering, out)


def correct(districts: Districts) -> None:
    """Another score arrives after the publication, and the round is computed again."""
    districts.receive_score("di-an", "1.1", "council", "48.5").evaluate()


def rows(districts: Districts) -> tuple[int, int]:
    """How many approvals and publications are recorded."""
    return districts.count(Approval), districts.count(Publication)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def said(folder: Path) -> list[tuple[str, str]]:
    return [(finding.file, finding.what) for finding in verify_folder(folder)]


def test_the_folder_holds_decision_annex_open_data_and_a_manifest_of_their_hashes(done: Districts) -> None:
    written = contents(place(done))
    manifest = json.loads(written.pop(MANIFEST))
    assert sorted(written) == FILES
    assert manifest["files"] == {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)} for name, content in written.items()
    }
    assert manifest["decision"] == {"notation": "2071/QĐ-UBND", "date": "2018-07-27", "replaces": None}
    assert manifest["snapshot"] == hashlib.sha256(written["snapshot.json"]).hexdigest()
    assert read_manifest(place(done)) == manifest


def test_the_folder_is_made_from_the_snapshot_and_says_so(done: Districts) -> None:
    written = contents(place(done))
    results = json.loads(written["results.json"])
    assert (results["status"], results["snapshot"]) == ("published", json.loads(written[MANIFEST])["snapshot"])
    assert thawed(written["snapshot.json"]).body == written["snapshot.json"]


def test_the_decision_bears_its_number_and_date_and_no_mark_of_a_draft(done: Districts) -> None:
    first, *others = pages(contents(place(done))["quyet-dinh.pdf"])
    assert "Số: 2071/QĐ-UBND" in first
    assert "ngày 27 tháng 7 năm 2018" in first
    assert not any("DỰ THẢO" in page for page in (first, *others))


def test_every_file_is_read_only(done: Districts) -> None:
    files = [path for path in place(done).rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o444}


def test_a_published_folder_verifies_and_is_known_to_the_database(done: Districts) -> None:
    assert verify_folder(place(done)) == []
    assert manifest_findings(place(done), done.storage) == []


def test_approval_and_publication_name_who_when_which_snapshot_and_where(done: Districts) -> None:
    with done.storage.reading() as session:
        approval = session.exec(select(Approval)).one()
        publication = session.exec(select(Publication)).one()
        assert approval.snapshot_sha256 == newest_snapshot(session, YEAR).sha256
    assert (approval.decided_by, approval.via, approval.number, approval.day) == (
        "người thử",
        "command",
        2071,
        FIRST.day,
    )
    assert (publication.approval_id, done.storage.place(publication.folder)) == (approval.id, place(done))
    assert not Path(publication.folder).is_absolute()
    assert publication.manifest_sha256 == hashlib.sha256((place(done) / MANIFEST).read_bytes()).hexdigest()


def test_no_unfinished_folder_is_left_beside_it(done: Districts) -> None:
    assert [path.name for path in place(done).parent.iterdir()] == ["first"]


def test_publishing_the_same_again_changes_nothing(published: Districts) -> None:
    moved = published.folder.rename(published.folder.with_name("moved"))
    again = Districts(moved)
    before = contents(place(again))
    second = publish(again, FIRST)
    assert (second.new, second.notation) == (False, "2071/QĐ-UBND")
    assert contents(place(again)) == before
    assert rows(again) == (1, 1)


def test_publishing_the_same_to_another_place_writes_the_same_bytes(published: Districts) -> None:
    publish(published, FIRST, "second")
    assert contents(place(published, "second")) == contents(place(published))
    assert rows(published) == (1, 1)


@pytest.mark.parametrize(
    "other", [OTHER, numbered(2071, date(2018, 7, 28)), numbered(2071, date(2018, 7, 27), "pho-chu-tich")]
)
def test_a_published_round_is_not_published_under_another_number_day_or_signer(
    published: Districts, other: Numbering
) -> None:
    with pytest.raises(RefusedError, match="đã được phê duyệt, công bố bằng Quyết định số 2071/QĐ-UBND"):
        publish(published, other, "second")
    assert not place(published, "second").exists()
    assert rows(published) == (1, 1)


def test_other_content_under_the_same_number_is_refused_and_the_folder_stays(published: Districts) -> None:
    before = contents(place(published))
    correct(published)
    with pytest.raises(RefusedError, match="--replaces 2071/QĐ-UBND"):
        publish(published, FIRST)
    assert contents(place(published)) == before
    assert rows(published) == (1, 1)


@pytest.fixture(scope="module")
def corrected(done: Districts, tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """The round published once more as 2100/QĐ-UBND in var/published/second."""
    districts = done.duplicate(tmp_path_factory.mktemp("corrected"))
    correct(districts)
    assert publish(districts, CORRECTION, "second").notation == "2100/QĐ-UBND"
    return districts


def test_a_correction_names_what_it_replaces_and_both_folders_verify(corrected: Districts, done: Districts) -> None:
    assert contents(place(corrected)) == contents(place(done))
    assert [verify_folder(place(corrected, name)) for name in ("first", "second")] == [[], []]
    assert [manifest_findings(place(corrected, name), corrected.storage) for name in ("first", "second")] == [[], []]
    assert read_manifest(place(corrected, "second"))["decision"]["replaces"] == "2071/QĐ-UBND"
    assert rows(corrected) == (2, 2)


def test_the_correction_cites_the_replaced_decision_in_full(corrected: Districts) -> None:
    text = " ".join(pages(contents(place(corrected, "second"))["quyet-dinh.pdf"]))
    assert "Quyết định số 2071/QĐ-UBND ngày 27 tháng 7 năm 2018 của Ủy ban nhân dân tỉnh Bình Dương" in text
    assert "thay thế" in text


def test_a_decision_is_replaced_once(corrected: Districts, tmp_path: Path) -> None:
    again = numbered(2101, date(2018, 9, 4), replaces="2071/QĐ-UBND")
    districts = corrected.duplicate(tmp_path)
    with pytest.raises(RefusedError, match="2071/QĐ-UBND đã được thay thế bằng Quyết định số 2100/QĐ-UBND"):
        publish(districts, again, "third")
    assert rows(districts) == (2, 2)


def test_a_correction_of_a_decision_that_is_not_known_is_refused(published: Districts) -> None:
    correct(published)
    with pytest.raises(RefusedError, match="không có quyết định 9/QĐ-UBND để thay thế"):
        publish(published, numbered(2100, date(2018, 9, 3), replaces="9/QĐ-UBND"), "second")
    assert rows(published) == (1, 1)
    assert not place(published, "second").exists()


def test_the_first_decision_of_a_round_replaces_nothing(evaluated: Districts) -> None:
    with pytest.raises(RefusedError, match="để thay thế"):
        publish(evaluated, CORRECTION)
    assert rows(evaluated) == (0, 0)


def next_year(districts: Districts) -> None:
    """A second round with the same members and scores, evaluated."""
    year = YEAR + 1
    text = (districts.folder / "rounds" / "2017.yaml").read_text(encoding="utf-8").replace("2017", str(year))
    text = text.replace(f"huyen-{year}", "huyen-2017")
    (districts.folder / "rounds" / f"{year}.yaml").write_text(text, encoding="utf-8")
    content = districts.scores.encode()
    entries, _ = read_scores(content, "scores.csv", districts.province, year)
    record_scores(districts.storage, year, content, "scores.csv", entries)
    evaluate_round(districts.province, districts.storage, year)


def publish_next_year(districts: Districts, numbering: Numbering) -> Published:
    out = place(districts, "next")
    return publish_paper(districts.folder, districts.storage, YEAR + 1, numbering, out)


def test_a_number_that_another_round_took_in_the_same_year_is_refused(published: Districts) -> None:
    next_year(published)
    with pytest.raises(RefusedError, match="2071/QĐ-UBND"):
        publish_next_year(published, numbered(2071, date(2018, 12, 30)))
    assert not place(published, "next").exists()
    assert rows(published) == (1, 1)


def test_the_same_number_is_free_again_in_another_year(published: Districts) -> None:
    next_year(published)
    assert publish_next_year(published, numbered(2071, date(2019, 1, 2))).new
    assert rows(published) == (2, 2)


def test_a_folder_with_something_else_in_it_is_refused_and_no_approval_recorded(evaluated: Districts) -> None:
    place(evaluated).mkdir(parents=True)
    (place(evaluated) / "ghi-chu.txt").write_text("của người khác", encoding="utf-8")
    with pytest.raises(RefusedError, match="thư mục đã có nội dung khác"):
        publish(evaluated, FIRST)
    assert contents(place(evaluated)) == {"ghi-chu.txt": "của người khác".encode()}
    assert rows(evaluated) == (0, 0)


def test_an_empty_folder_is_taken(evaluated: Districts) -> None:
    place(evaluated).mkdir(parents=True)
    assert publish(evaluated, FIRST).new
    assert verify_folder(place(evaluated)) == []


def test_a_decision_leads_to_its_results_where_the_province_has_an_address(evaluated: Districts) -> None:
    evaluated.rewrite(
        "province.yaml", "place: Bình Dương\n", "place: Bình Dương\nsite: {address: https://cchc.mau.example}\n"
    )
    evaluated.evaluate()
    publish(evaluated, FIRST)
    shown = [page for page in pages(contents(place(evaluated))["quyet-dinh.pdf"]) if "Quét mã để xem kết quả" in page]
    assert len(shown) == 1


def test_an_unknown_signer_is_refused_with_those_that_are_known(evaluated: Districts) -> None:
    with pytest.raises(RefusedError, match=r"không có người ký “ke-toan”.*chu-tich, pho-chu-tich"):
        publish(evaluated, numbered(1, date(2018, 7, 27), "ke-toan"))
    assert rows(evaluated) == (0, 0)


def test_a_round_that_was_never_evaluated_is_not_published(tmp_path: Path) -> None:
    districts = Districts.copied(tmp_path).receive()
    with pytest.raises(RefusedError, match="chưa có kết quả nào được tính"):
        publish(districts, FIRST)
    assert rows(districts) == (0, 0)


def command(
    districts: Districts, number: int, name: str, before: Callable[[], object] | None = None
) -> subprocess.CompletedProcess[str]:
    """Publish by the command line in a process of its own."""
    given = ["publish", str(YEAR), "--number", str(number), "--date", "2018-07-27", *GATE_OPTIONS]
    arguments = ["--province", str(districts.folder), *given, "--out", str(place(districts, name))]
    return run_command(arguments, ROOT, {**os.environ, "CCHC_USER": "người thử", "CCHC_WORKERS": "1"}, before)


def test_of_two_who_publish_different_numbers_at_once_one_wins_and_the_other_is_told(evaluated: Districts) -> None:
    numbers = {2071: "first", 2072: "second"}
    with ThreadPoolExecutor(2) as side_by_side:
        both = list(side_by_side.map(lambda each: command(evaluated, *each), numbers.items()))
    assert sorted(process.returncode for process in both) == [0, 1]
    assert rows(evaluated) == (1, 1)
    loser = next(index for index, process in enumerate(both) if process.returncode)
    assert "phê duyệt" in both[loser].stderr
    assert "Traceback" not in both[loser].stderr
    assert [path.name for path in place(evaluated).parent.iterdir()] == [["second", "first"][loser]]


def killed_at(districts: Districts, step: str) -> None:
    """Publish in a process that is killed where it would take this step."""
    assert command(districts, FIRST.number, "first", partial(_kill_at, step)).returncode == -signal.SIGKILL


def _kill_at(step: str) -> None:
    setattr(issuing, step, lambda *given: os.kill(os.getpid(), signal.SIGKILL))


@pytest.fixture(scope="module")
def killed(round_: Districts, tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """The round whose publication was approved, and then killed before the folder was in its place."""
    districts = round_.duplicate(tmp_path_factory.mktemp("killed"))
    killed_at(districts, "move")
    return districts


@pytest.fixture
def cut_short(killed: Districts, tmp_path: Path) -> Districts:
    return killed.duplicate(tmp_path)


def test_killed_between_approval_and_move_leaves_an_approval_and_no_folder(cut_short: Districts) -> None:
    assert rows(cut_short) == (1, 0)
    assert not place(cut_short).exists()
    assert newest_results(cut_short.storage, YEAR).status == "approved"


def test_the_same_call_finishes_a_publication_that_was_cut_short_and_clears_its_traces(cut_short: Districts) -> None:
    assert publish(cut_short, FIRST).new
    assert rows(cut_short) == (1, 1)
    assert verify_folder(place(cut_short)) == []
    assert [path.name for path in place(cut_short).parent.iterdir()] == ["first"]


def test_what_another_process_is_still_making_is_left_alone(evaluated: Districts) -> None:
    unfinished = place(evaluated).with_name(f".first.{os.getppid()}")
    unfinished.mkdir(parents=True)
    publish(evaluated, FIRST)
    assert unfinished.is_dir()


def test_killed_before_the_publication_is_recorded_the_same_call_records_it_once(evaluated: Districts) -> None:
    killed_at(evaluated, "record_publication")
    assert rows(evaluated) == (1, 0)
    assert verify_folder(place(evaluated)) == []

    assert not publish(evaluated, FIRST).new
    assert rows(evaluated) == (1, 1)


def test_a_publication_that_was_cut_short_is_finished_as_approved_though_a_newer_result_exists(
    cut_short: Districts, done: Districts
) -> None:
    correct(cut_short)
    publish(cut_short, FIRST)
    finished, whole = contents(place(cut_short)), contents(place(done))
    manifests = [before_signing(files.pop(MANIFEST)) for files in (finished, whole)]  # each in the journal of its own
    assert manifests[0] == manifests[1]
    assert finished == whole


@pytest.fixture
def folder(done: Districts, tmp_path: Path) -> Path:
    """A copy of the published folder that may be written into."""
    copy = Path(shutil.copytree(place(done), tmp_path / "copy"))
    for path in copy.rglob("*.*"):
        path.chmod(0o644)
    return copy


def test_a_changed_file_is_found(folder: Path) -> None:
    path = folder / "results.csv"
    path.write_bytes(path.read_bytes().replace(b"84.58", b"94.58"))
    assert said(folder) == [("results.csv", "tệp đã bị thay đổi sau khi công bố")]


def test_a_missing_file_is_found(folder: Path) -> None:
    (folder / "quyet-dinh.pdf").unlink()
    assert said(folder) == [("quyet-dinh.pdf", "thiếu tệp")]


def test_a_foreign_file_is_found_in_a_folder_inside_too(folder: Path) -> None:
    (folder / "inside").mkdir()
    (folder / "inside" / "results.csv").write_text("", encoding="utf-8")
    assert said(folder) == [("inside/results.csv", "tệp không thuộc bản công bố")]


def test_everything_wrong_is_found_at_once(folder: Path) -> None:
    (folder / "results.json").write_bytes(b"{}")
    (folder / "results.xlsx").unlink()
    (folder / "them.txt").write_bytes(b"")
    assert [file for file, _ in said(folder)] == ["results.json", "results.xlsx", "them.txt"]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"files": {}}',
        b'{"files": [], "snapshot": ""}',
        b'{"files": {}, "snapshot": ""}',
        b'{"files": {}, "snapshot": "", "decision": {"notation": "1/Q", "date": "27/7/2018"}}',
        b"\xff\xfe",
    ],
    ids=lambda broken: broken[:60].decode("ascii", "replace"),
)
def test_a_broken_manifest_is_found(folder: Path, broken: bytes) -> None:
    (folder / MANIFEST).write_bytes(broken)
    assert said(folder) == [(MANIFEST, "không đọc được")]


@pytest.mark.parametrize("entry", [None, [], {}, {"sha256": "0"}, {"sha256": "0", "size": "lớn"}])
def test_a_broken_entry_of_the_manifest_is_found(folder: Path, entry: object) -> None:
    manifest = read_manifest(folder)
    manifest["files"]["results.csv"] = entry
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert said(folder) == [(MANIFEST, "không đọc được")]


def test_a_manifest_that_reaches_outside_its_folder_is_not_followed(folder: Path) -> None:
    outside = folder.parent / "outside.txt"
    outside.write_bytes(b"x")
    manifest = read_manifest(folder)
    manifest["files"]["../outside.txt"] = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert said(folder) == [(MANIFEST, "không đọc được")]


def test_a_folder_in_the_place_of_the_manifest_is_found(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).mkdir()
    assert said(tmp_path) == [(MANIFEST, "không đọc được")]


def test_a_folder_without_a_manifest_was_never_published(tmp_path: Path) -> None:
    assert [file for file, _ in said(tmp_path)] == [MANIFEST]


def rewrite_manifest(folder: Path, **changed: Any) -> None:
    manifest = {**read_manifest(folder), **changed}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def test_a_manifest_rewritten_to_match_changed_files_is_known_to_nobody(folder: Path, done: Districts) -> None:
    forged = (folder / "results.csv").read_bytes().replace(b"84.58", b"94.58")
    (folder / "results.csv").write_bytes(forged)
    files = read_manifest(folder)["files"]
    files["results.csv"] = {"sha256": hashlib.sha256(forged).hexdigest(), "size": len(forged)}
    rewrite_manifest(folder, files=files)
    assert [file for file, _ in said(folder)] == ["quyet-dinh.pdf"]
    assert [finding.what for finding in manifest_findings(folder, done.storage)] == [
        "cơ sở dữ liệu không ghi nhận bản công bố này"
    ]


def test_a_manifest_with_another_snapshot_is_found(folder: Path) -> None:
    rewrite_manifest(folder, snapshot="0" * 64)
    assert said(folder) == [("snapshot.json", "không phải bản kết quả đã phê duyệt")]


def test_a_draft_is_marked_on_every_page_and_has_no_number_or_day(evaluated: Districts, tmp_path: Path) -> None:
    drafts = drafted(evaluated.folder, evaluated.storage, YEAR, tmp_path / "draft")
    assert [path.name for path in drafts] == [*DRAFTS, *map(word_draft_of, DRAFTS)]
    texts = [page for path in drafts if path.suffix == ".pdf" for page in pages(path.read_bytes())]
    assert all("DỰ THẢO" in text for text in texts)
    assert "Số: /QĐ-UBND" in texts[0]
    assert rows(evaluated) == (0, 0)


def test_nothing_that_is_published_is_a_word_file(published: Districts) -> None:
    assert [name for name in contents(place(published)) if "docx" in name or "du-thao" in name] == []


def test_a_draft_is_never_written_into_a_published_folder(published: Districts) -> None:
    before = contents(place(published))
    with pytest.raises(RefusedError, match="bản đã công bố"):
        drafted(published.folder, published.storage, YEAR, place(published))
    assert contents(place(published)) == before


def test_a_draft_for_an_unknown_signer_is_refused(evaluated: Districts, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="không có người ký"):
        drafted(evaluated.folder, evaluated.storage, YEAR, tmp_path / "draft", "ke-toan")
    assert not (tmp_path / "draft").exists()


def test_newest_results_are_evaluated_then_published_and_only_evaluated_after_a_new_computation(
    round_: Districts, published: Districts
) -> None:
    assert newest_results(round_.storage, YEAR).status == "evaluated"
    assert newest_results(published.storage, YEAR).status == "published"
    correct(published)
    assert newest_results(published.storage, YEAR).status == "evaluated"


def test_results_of_one_group_or_a_refusal_that_names_the_groups(evaluated: Districts) -> None:
    chosen = newest_results(evaluated.storage, YEAR, "huyen").frozen.results
    assert [group.id for group in chosen.groups] == ["huyen"]
    with pytest.raises(RefusedError, match=r"không có nhóm “so”.*huyen"):
        newest_results(evaluated.storage, YEAR, "so")


def test_a_refusal_is_recorded_with_its_reason_and_the_round_can_still_be_approved(evaluated: Districts) -> None:
    with evaluated.storage.reading() as session:
        snapshot = newest_snapshot(session, YEAR)
    refuse_approval(evaluated.storage, snapshot, "Chờ giải trình của Dĩ An", "prefect")
    with evaluated.storage.reading() as session:
        refused = session.exec(select(Approval)).one()
    assert (refused.verdict, refused.reason, refused.number) == ("refused", "Chờ giải trình của Dĩ An", None)
    assert newest_results(evaluated.storage, YEAR).status == "evaluated"
    assert publish(evaluated, FIRST).new


@pytest.mark.parametrize(("number", "printed"), [(5, "05"), (10, "10"), (2071, "2071")])
def test_a_number_below_ten_is_printed_with_a_zero(number: int, printed: str) -> None:
    assert notation(number, "QĐ-UBND") == f"{printed}/QĐ-UBND"


def test_a_decision_older_than_the_year_it_announces_is_refused(evaluated: Districts, tmp_path: Path) -> None:
    numbering = numbered(12, date(YEAR - 1, 12, 31))
    with pytest.raises(RefusedError, match="trước năm của chỉ số"):
        publish_paper(evaluated.folder, evaluated.storage, YEAR, numbering, tmp_path / "early")
    assert not (tmp_path / "early").exists()
