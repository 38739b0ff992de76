"""The inbox: taken by one run at a time, in whatever file system, whatever lies in it, killed at whatever moment."""

import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from models.findings import RefusedError
from models.forms.descriptions import FormIdentity, FormKind
from models.province.calendar import Due, form_due
from models.records.storage import Storage, open_storage
from models.records.submissions import Outcome
from models.settings import Settings
from tasks.intake.answering import unanswered
from tasks.intake.inbox import only_intake
from tasks.intake.judging import FAULTS, is_late
from tasks.recording.extensions import extend
from tests.models.folders import Folder
from tests.tasks.departments import Department
from tests.tasks.forms_sent import sample_province
from tests.tasks.intake.json_forms import CRASH, WARNED, WRONG, form_file, plan_done

pytestmark = pytest.mark.slow

ACCEPTED, RETURNED, REFUSED, UNCHANGED = Outcome


@pytest.fixture
def department(tmp_path: Path, storage: Storage, settings: Settings) -> Department:
    sample_province(tmp_path)
    return Department(tmp_path, storage, settings)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Department]:
    sample_province(tmp_path)
    settings = Settings(user="người thử", patience=0.3)
    storage = open_storage(tmp_path, settings)
    yield Department(tmp_path, storage, settings)
    storage.engine.dispose()


# --- what becomes of files --------------------------------------------------------------------------------------------


def test_right_files_are_recorded_wrong_ones_answered_and_the_inbox_is_empty(department: Department) -> None:
    department.drop("stc.xlsx", form_file("stc", plan_done("9")))
    department.drop("snv.xlsx", form_file("snv", plan_done(unit="snv", text=WRONG)))
    department.drop("vpub.xlsx", form_file("vpub", plan_done(unit="vpub", text=WARNED)))
    department.drop("la.xlsx", "không phải Excel".encode())
    assert department.outcomes() == {
        "stc.xlsx": ACCEPTED,
        "snv.xlsx": RETURNED,
        "vpub.xlsx": ACCEPTED,
        "la.xlsx": REFUSED,
    }
    assert department.left() == []
    assert sorted(name.rpartition("-")[2] for name in department.replies()) == [
        "la.xlsx.txt",
        "snv.xlsx.txt",
        "vpub.xlsx.txt",
    ]
    assert Counter(row["unit"] for row in department.rows("fact_version")) == {"stc": 2, "vpub": 2}
    submissions = {row["file_name"]: row for row in department.rows("submission")}
    assert submissions["snv.xlsx"]["findings"] == [
        {"severity": "critical", "what": "số liệu sai", "remedy": "Sửa lại", "line": 0, "place": ["Tự đánh giá", 7, 5]}
    ]
    for row in submissions.values():
        assert sha256(department.storage.kept(row["sha256"]).read_bytes()).hexdigest() == row["sha256"]
    assert (submissions["la.xlsx"]["kind"], submissions["la.xlsx"]["receipt_id"]) == (None, None)


def test_a_mended_file_is_accepted_as_the_next_version(department: Department) -> None:
    department.drop("stc.xlsx", form_file("stc", plan_done("9")))
    department.receive()
    department.drop("stc.xlsx", form_file("stc", plan_done(text=WRONG)))
    department.receive()
    department.drop("stc.xlsx", form_file("stc", plan_done("8")))
    (file,) = department.receive().files
    assert (file.outcome, file.number, str(file)) == (ACCEPTED, 2, "stc.xlsx: đã nhận, bản 2 (chậm)")
    assert [row["version"] for row in department.rows("fact_version")] == [1, 1, 2, 2]


def test_the_same_file_again_changes_nothing_and_says_which_version_counts(department: Department) -> None:
    first = form_file("stc", plan_done("9"))
    for content in (first, form_file("stc", plan_done("8")), first):
        department.drop("phiếu.xlsx", content)
        report = department.receive()
    assert [file.outcome for file in report.files] == [UNCHANGED]
    assert "bản được tính là tệp phiếu.xlsx" in report.files[0].said
    assert len(department.rows("receipt")) == 2
    assert len(department.rows("fact_version")) == 4


def test_one_file_sent_twice_at_once_is_one_version(department: Department) -> None:
    for name in ("a.xlsx", "stc/a.xlsx"):
        department.drop(name, form_file("stc", plan_done()))
    assert Counter(department.outcomes().values()) == {ACCEPTED: 1, UNCHANGED: 1}
    assert len(department.rows("receipt")) == 1
    assert department.replies() == []


def test_two_files_of_one_name_in_different_folders_are_two_files(department: Department) -> None:
    for unit in ("stc", "snv"):
        department.drop(f"{unit}/phieu.xlsx", form_file(unit, plan_done(unit=unit)))
    assert department.outcomes() == {"stc/phieu.xlsx": ACCEPTED, "snv/phieu.xlsx": ACCEPTED}
    assert [(row["folder"], row["file_name"]) for row in department.rows("submission")] == [
        ("stc", "phieu.xlsx"),
        ("snv", "phieu.xlsx"),
    ]


def test_a_crash_over_one_file_stops_no_other_and_is_noted(department: Department) -> None:
    department.drop("doc.xlsx", form_file("stc", kind="crash"))
    department.drop("kiem.xlsx", form_file("snv", plan_done(unit="snv", text=CRASH)))
    department.drop("unanswerable.xlsx", b"x")
    department.drop("tot.xlsx", form_file("stc", plan_done()))
    report = department.receive()
    assert {file.path: file.outcome for file in report.files} == {
        "doc.xlsx": REFUSED,
        "kiem.xlsx": RETURNED,
        "unanswerable.xlsx": REFUSED,
        "tot.xlsx": ACCEPTED,
    }
    said = [file.findings[0].what for file in report.files if "lỗi của phần mềm" in file.said or "1 lỗi" in file.said]
    assert [what.startswith("lỗi của phần mềm khi") for what in said] == [True, True]
    log = (department.storage.var / FAULTS).read_text(encoding="utf-8")
    assert [log.count(f"Error: a bug of {part}") for part in ("reading", "validation", "feedback")] == [1, 2, 1]
    assert report.unanswered == ["unanswerable.xlsx"]
    assert department.left() == ["unanswerable.xlsx"], "what has no answer yet stays"


def test_a_late_file_is_marked_late_by_the_calendar_of_vietnam(department: Department) -> None:
    department.drop("stc.xlsx", form_file("stc", plan_done()))
    assert [file.late for file in department.receive().files] == [True]
    assert department.rows("submission")[0]["late"]


@pytest.mark.parametrize(
    ("moment", "late"),
    [("2026-01-12T16:59:59+00:00", False), ("2026-01-12T17:00:00+00:00", True)],
)
def test_a_deadline_on_a_saturday_is_kept_until_the_end_of_monday_in_vietnam(
    department: Department, moment: str, late: bool
) -> None:
    identity = FormIdentity(FormKind.SELF_ASSESSMENT, "", 2025, "stc", ())
    assert is_late(department.province, identity, datetime.fromisoformat(moment)) is late
    assert form_due(department.province, identity) == Due(date(2026, 1, 10), date(2026, 1, 12))


# --- who may send what, until when ------------------------------------------------------------------------------------


def refused_because(department: Department, path: str, content: bytes) -> str:
    department.drop(path, content)
    (file,) = department.receive().files
    assert file.outcome is REFUSED
    assert department.left() == []
    assert len(department.replies()) == 1
    assert not department.rows("receipt")
    return file.findings[0].what


def test_a_form_from_another_units_folder_is_refused(on_sqlite: Department) -> None:
    what = refused_because(on_sqlite, "snv/phieu.xlsx", form_file("stc", plan_done()))
    assert what == "phiếu của Sở Tài chính nằm trong thư mục của Sở Nội vụ"


def test_a_form_that_speaks_for_another_unit_is_refused(on_sqlite: Department) -> None:
    what = refused_because(on_sqlite, "phieu.xlsx", form_file("stc", plan_done(unit="snv")))
    assert what == "Phiếu tự đánh giá của “stc” có dòng của đơn vị khác: snv"


def test_a_unit_does_not_appraise_itself_from_its_own_folder(on_sqlite: Department) -> None:
    content = form_file("snv", plan_done(points="30"), kind="appraisal")
    what = refused_because(on_sqlite, "phuong-c/phieu.xlsx", content)
    assert what == "Phiếu thẩm định không do Phường C lập mà nằm trong thư mục của đơn vị này"


def test_an_appraising_agency_may_send_from_its_folder_as_a_unit(on_sqlite: Department) -> None:
    on_sqlite.drop("snv/phieu.xlsx", form_file("snv", plan_done(points="30"), kind="appraisal"))
    on_sqlite.drop("2026/phieu.xlsx", form_file("stc", plan_done()))
    assert set(on_sqlite.outcomes().values()) == {ACCEPTED}


def test_a_form_of_a_year_without_a_round_is_refused(on_sqlite: Department) -> None:
    what = refused_because(on_sqlite, "phieu.xlsx", form_file("stc", plan_done(), year=2031))
    assert what == "chưa có kỳ đánh giá năm 2031"


def test_after_the_lock_only_units_with_an_extension_are_taken(on_sqlite: Department) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    lines = [
        "locks: {self_assessment: 2026-01-15}",
        f"extensions:\n  - {{units: [snv], step: self_assessment, until: {tomorrow}, reason: Bão lũ}}\n",
    ]
    Folder(on_sqlite.folder).add("rounds/2025.yaml", "\n".join(lines))
    on_sqlite.drop("stc.xlsx", form_file("stc", plan_done()))
    on_sqlite.drop("snv.xlsx", form_file("snv", plan_done(unit="snv")))
    report = {file.path: file for file in on_sqlite.receive().files}
    assert report["stc.xlsx"].said == "không nhận: bước tự đánh giá đã khóa từ hết ngày 15/01/2026"
    assert (report["snv.xlsx"].outcome, report["snv.xlsx"].late) == (ACCEPTED, False)


def test_after_the_lock_an_extension_granted_since_opens_the_step_again(on_sqlite: Department) -> None:
    Folder(on_sqlite.folder).add("rounds/2025.yaml", "locks: {self_assessment: 2026-01-15}\n")
    on_sqlite.drop("stc.xlsx", form_file("stc", plan_done()))
    assert on_sqlite.outcomes() == {"stc.xlsx": REFUSED}
    now = datetime.now(UTC)
    kind, until = FormKind.SELF_ASSESSMENT, now.date() + timedelta(days=1)
    extend(on_sqlite.storage, on_sqlite.province, 2025, kind, ["stc"], until, "Bão lũ", now)
    on_sqlite.drop("stc.xlsx", form_file("stc", plan_done()))
    (report,) = on_sqlite.receive().files
    assert (report.outcome, report.late) == (ACCEPTED, False)


def test_a_file_accepted_before_the_lock_is_not_refused_when_it_comes_again(on_sqlite: Department) -> None:
    on_sqlite.drop("stc.xlsx", form_file("stc", plan_done()))
    on_sqlite.receive()
    Folder(on_sqlite.folder).add("rounds/2025.yaml", "locks: {self_assessment: 2026-01-15}\n")
    on_sqlite.drop("stc.xlsx", form_file("stc", plan_done()))
    assert on_sqlite.outcomes() == {"stc.xlsx": UNCHANGED}


# --- what lies in an inbox --------------------------------------------------------------------------------------------


def test_lock_files_hidden_and_unfinished_ones_are_passed_over(on_sqlite: Department) -> None:
    passed_over = ["~$stc.xlsx", ".hidden.xlsx", ".cache/a.xlsx", "a.xlsx.part", "b.TMP", "stc/~$b.xlsx"]
    for name in passed_over:
        on_sqlite.drop(name, form_file("stc", plan_done()))
    (on_sqlite.folder / "var" / "inbox" / "link.xlsx").symlink_to(on_sqlite.folder / "province.yaml")
    (on_sqlite.folder / "var" / "inbox" / "out").symlink_to(on_sqlite.folder / "criteria")
    os.mkfifo(on_sqlite.folder / "var" / "inbox" / "pipe.xlsx")
    report = on_sqlite.receive()
    assert (report.files, report.waiting) == ([], [])
    assert set(passed_over) <= set(on_sqlite.left())


def test_a_file_that_is_still_being_written_waits_for_the_next_run(on_sqlite: Department) -> None:
    on_sqlite.drop("moi.xlsx", form_file("stc", plan_done()))
    report = on_sqlite.receive(quiet=60)
    assert (report.files, [path for path, _ in report.waiting]) == ([], ["moi.xlsx"])
    assert re.fullmatch(r"vừa được ghi, có thể chưa xong; chờ (5\d|60) giây nữa rồi nhận lại", report.waiting[0][1])
    assert on_sqlite.left() == ["moi.xlsx"]
    os.utime(on_sqlite.folder / "var" / "inbox" / "moi.xlsx", (time.time() - 120, time.time() - 120))
    assert on_sqlite.outcomes(quiet=60) == {"moi.xlsx": ACCEPTED}


def test_a_file_that_grows_while_it_is_read_is_left(on_sqlite: Department) -> None:
    on_sqlite.drop("dai.xlsx", form_file("stc", plan_done()))
    inbox = on_sqlite.inbox
    (arrival,) = inbox.listed(datetime.now(UTC), 0).ready
    on_sqlite.drop("dai.xlsx", form_file("stc", plan_done(), filler="thêm"))
    assert inbox.kept(arrival, on_sqlite.storage.keep_pieces) is None


@pytest.mark.parametrize(
    "name", ["phiếu\u202excod.xlsx", "..\\..\\etc\\passwd.xlsx", "a:b*c?.xlsx", "x" * 200 + ".xlsx", "\n.xlsx"]
)
def test_names_that_play_tricks_are_shown_without_them_and_kept_as_sent(on_sqlite: Department, name: str) -> None:
    on_sqlite.drop(name, "không phải Excel".encode())
    (file,) = on_sqlite.receive().files
    assert not {"\u202e", "\\", "\n"} & set(str(file))
    assert on_sqlite.rows("submission")[0]["file_name"] == name
    assert on_sqlite.left() == []


def test_a_name_that_is_no_unicode_is_received(on_sqlite: Department) -> None:
    path = os.fsencode(on_sqlite.folder / "var" / "inbox") + b"/t\xeap.xlsx"
    on_sqlite.inbox.files.makedirs(on_sqlite.inbox.root, exist_ok=True)
    Path(os.fsdecode(path)).write_bytes(form_file("stc", plan_done()))
    assert list(on_sqlite.outcomes().values()) == [ACCEPTED]
    assert on_sqlite.rows("submission")[0]["file_name"] == "t�p.xlsx"
    assert on_sqlite.left() == []


def test_an_inbox_in_another_file_system_is_received_alike(on_sqlite: Department) -> None:
    on_sqlite.settings.inbox = f"memory://in-{uuid4().hex}"
    on_sqlite.settings.outbox = f"memory://out-{uuid4().hex}"
    on_sqlite.drop("stc/phieu.xlsx", form_file("stc", plan_done()))
    on_sqlite.drop("la.xlsx", b"?")
    assert on_sqlite.outcomes() == {"stc/phieu.xlsx": ACCEPTED, "la.xlsx": REFUSED}
    assert on_sqlite.left() == []
    assert [name.endswith("la.xlsx.txt") for name in on_sqlite.replies()] == [True]


def test_an_inbox_that_cannot_be_read_is_refused(on_sqlite: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # no machine of Amazon that knows keys is waited for
    on_sqlite.settings.inbox = str(on_sqlite.folder / "khong-co")
    with pytest.raises(RefusedError, match="không đọc được hộp nhận"):
        on_sqlite.receive()
    for address in ("nosuch://x", "s3://nowhere-configured"):
        on_sqlite.settings.inbox = address
        with pytest.raises(RefusedError, match=r"không (mở|đọc) được"):
            on_sqlite.receive()


def test_from_a_read_only_inbox_a_file_is_received_once_and_it_is_said(department: Department) -> None:
    department.drop("stc.xlsx", form_file("stc", plan_done()))
    department.drop("sai.xlsx", form_file("snv", plan_done(unit="snv", text=WRONG)))
    folder = department.folder / "var" / "inbox"
    with read_only(folder):
        first, second = department.receive(), department.receive()
        assert (len(first.files), sorted(first.stuck)) == (2, ["sai.xlsx", "stc.xlsx"])
        assert (second.files, sorted(second.stuck)) == ([], ["sai.xlsx", "stc.xlsx"])
        assert len(department.rows("submission")) == 2
        assert len(department.replies()) == 1
    assert department.receive().stuck == []
    assert department.left() == []
    assert len(department.rows("submission")) == 2


class read_only:  # noqa: N801 - reads as a statement
    """A folder in which nothing can be removed, for root too: mounted read-only over itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        _mount("--bind", str(self.folder), str(self.folder))
        _mount("-o", "remount,ro,bind", str(self.folder))

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")


# --- a world that fails -----------------------------------------------------------------------------------------------


def test_a_full_disk_loses_nothing_and_the_next_run_goes_on(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(var))
    try:
        sample_province(tmp_path)
        settings = Settings(user="người thử", inbox=str(tmp_path / "inbox"))
        department = Department(tmp_path, open_storage(tmp_path, settings), settings)
        for place in range(6):
            department.drop(f"{place}.xlsx", form_file("stc", plan_done(str(place)), filler="đ" * 40_000))
        room = var / "filler"
        room.write_bytes(b"x" * (shutil.disk_usage(var).free - 200_000))
        with pytest.raises((OSError, RefusedError)):
            department.receive()
        assert len(department.left()) == 6
        room.unlink()
        assert set(department.outcomes().values()) == {ACCEPTED}
        assert (department.left(), len(department.rows("receipt"))) == ([], 6)
        department.storage.engine.dispose()
    finally:
        subprocess.run(["umount", "-l", str(var)], check=True)


def test_a_database_held_by_another_program_gives_a_message_and_leaves_the_file(on_sqlite: Department) -> None:
    on_sqlite.drop("stc.xlsx", form_file("stc", plan_done()))
    other = sqlite3.connect(on_sqlite.folder / "var" / "cchc.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RefusedError, match="đang bị một chương trình khác giữ"):
        on_sqlite.receive()
    assert on_sqlite.left() == ["stc.xlsx"]
    other.execute("ROLLBACK")
    other.close()
    assert on_sqlite.outcomes() == {"stc.xlsx": ACCEPTED}


def test_two_runs_at_once_never_take_the_same_file(department: Department) -> None:
    department.drop("stc.xlsx", form_file("stc", plan_done()))
    with only_intake(department.storage) as mine:
        report = department.receive()
        assert (mine, report.busy, report.files) == (True, True, [])
        assert list(report.lines()) == ["Một lần nhận khác đang chạy; lần này không làm gì."]
    assert department.outcomes() == {"stc.xlsx": ACCEPTED}


def receive_in_a_process(folder: Path, settings: Settings) -> None:
    department = Department(folder, open_storage(folder, settings), settings)
    department.receive()
    os._exit(0)


def run_and_kill(department: Department, after: float) -> int | None:
    """One run in a process of its own, killed after so many seconds; its exit code."""
    process = multiprocessing.get_context("fork").Process(
        target=receive_in_a_process, args=(department.folder, department.settings)
    )
    process.start()
    process.join(after)
    if process.is_alive() and process.pid:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_nothing_recorded_twice(department: Department) -> None:
    chance = random.Random(2025)
    department.storage.engine.dispose()
    run_and_kill(department, 10)
    started = time.monotonic()
    department.drop("thu.xlsx", form_file("vpub", plan_done(unit="vpub")))
    run_and_kill(department, 10)
    usual = time.monotonic() - started
    sent: dict[str, bytes] = {}
    killed = 0
    for turn in range(14):
        for unit in ("stc", "snv"):
            wrong = {"text": WRONG} if unit == "snv" and turn % 2 else {}
            sent[f"{unit}-{turn}.xlsx"] = form_file(
                unit, plan_done(str(turn % 10), unit=unit, **wrong), filler=str(turn)
            )
            department.drop(f"{unit}-{turn}.xlsx", sent[f"{unit}-{turn}.xlsx"])
        killed += run_and_kill(department, chance.uniform(0.1, 1.1) * usual) == -signal.SIGKILL
    assert killed > 3
    department.receive()
    assert department.left() == []
    submissions = [row for row in department.rows("submission") if row["file_name"] != "thu.xlsx"]
    assert {row["file_name"]: row["sha256"] for row in submissions} == {
        name: sha256(content).hexdigest() for name, content in sent.items()
    }
    assert len(submissions) == len(sent)
    assert len(department.rows("receipt")) == 21 + 1
    assert unanswered(department.storage) == []
    assert len(department.replies()) == 7
    versions = [(row["unit"], row["version"]) for row in department.rows("fact_version") if row["fact"] == "numerator"]
    assert Counter(versions).most_common(1)[0][1] == 1
    assert max(version for unit, version in versions if unit == "stc") == 14
