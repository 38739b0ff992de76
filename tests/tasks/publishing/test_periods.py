"""Reports of periods approved and published by the same gate as the decision, on both databases."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pdfplumber
import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from models.findings import RefusedError
from models.progress.periods import read_period
from models.records.progress_snapshots import thawed_progress
from models.records.tables import Approval, Publication, Snapshot
from models.settings import Settings
from tasks.intake.report_states import report_states, states_data
from tasks.progress.freezing import newer_figures
from tasks.publishing.approvals import Numbering, manifest_findings, record_approval, refuse_approval, replaced_by
from tasks.publishing.choosing import paper_of
from tasks.publishing.folders import MANIFEST, issued, read_manifest, verify_folder
from tasks.publishing.issuing import draft
from tasks.publishing.kinds import REPORT
from tasks.publishing.trust import trust_of
from tasks.publishing.verifying import verify_place
from tasks.recording.snapshots import newest_snapshot
from tests.tasks.months import CORRECTION, FIRST, NEXT, TODAY, Months

pytestmark = pytest.mark.slow

MARCH = "2025-03"
PROGRESS = REPORT.contents


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Months:
    """All figures told, March frozen, nothing published."""
    months = Months.told(tmp_path_factory.mktemp("told"))
    months.freeze(MARCH)
    return months


@pytest.fixture(scope="module")
def done(told: Months, tmp_path_factory: pytest.TempPathFactory) -> Months:
    """March published as 12/BC-SNV in var/published/first."""
    months = told.duplicate(tmp_path_factory.mktemp("done"))
    months.publish(MARCH, FIRST)
    return months


@pytest.fixture
def published(done: Months, tmp_path: Path) -> Months:
    return done.duplicate(tmp_path)


def rows(months: Months) -> tuple[int, int]:
    with months.storage.reading() as session:
        return len(session.exec(select(Approval)).all()), len(session.exec(select(Publication)).all())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def correct(months: Months) -> None:
    months.tell(MARCH, "xa-b,qua-han,,,1\n")
    months.freeze(MARCH)


def test_a_report_is_approved_published_corrected_and_refused_on_each_database(
    tmp_path: Path, settings: Settings
) -> None:
    months = Months.told(tmp_path, settings)
    snapshot = months.freeze(MARCH)
    refuse_approval(months.storage, snapshot, "Chờ số liệu của Xã B", "prefect")
    assert months.publish(MARCH, FIRST).notation == "12/BC-SNV"
    correct(months)
    months.publish(MARCH, CORRECTION, "second")
    with months.storage.reading() as session:
        approvals = session.exec(select(Approval).order_by(Approval.id)).all()  # type: ignore[arg-type]
        assert [(one.period, one.verdict, one.number) for one in approvals] == [
            (MARCH, "refused", None),
            (MARCH, "approved", 12),
            (MARCH, "approved", 30),
        ]
        assert {one.period for one in session.exec(select(Publication))} == {MARCH}
    for name in ("first", "second"):
        assert verify_folder(months.place(name)) == []
        assert manifest_findings(months.place(name), months.storage) == []
    months.storage.engine.dispose()


def test_the_database_itself_keeps_one_approval_a_period_and_one_number_a_year(
    tmp_path: Path, settings: Settings
) -> None:
    months = Months.told(tmp_path, settings)
    snapshots = {period: months.freeze(period).sha256 for period in (MARCH, "2025-Q1")}

    def approve(period: str, number: int) -> None:
        with months.storage.writing() as session:
            session.add(
                Approval(
                    year=2025,
                    period=period,
                    snapshot_sha256=snapshots[period],
                    verdict="approved",
                    symbol="BC-SNV",
                    number=number,
                    number_year=2025,
                    day=date(2025, 3, 17),
                    decided_by="x",
                    decided_at=datetime(2025, 3, 17, 8, tzinfo=UTC),
                    via="command",
                )
            )

    approve(MARCH, 1)
    approve("2025-Q1", 2)
    for period, number in ((MARCH, 3), ("2025-Q1", 1)):
        with pytest.raises(IntegrityError):
            approve(period, number)
    months.storage.engine.dispose()


def test_the_folder_holds_report_sheets_workbook_snapshot_and_a_manifest_of_their_hashes(done: Months) -> None:
    written = contents(done.place("first"))
    manifest = json.loads(written.pop(MANIFEST))
    assert sorted(written) == [
        "bao-cao-phu-luc-nhiem-vu.pdf",
        "bao-cao-phu-luc-so-lieu.pdf",
        "bao-cao.pdf",
        *(f"don-vi/{code}.pdf" for code in ("phuong-c", "snv", "stc", "vpub", "xa-a", "xa-b")),
        "progress.json",
        "so-lieu.xlsx",
    ]
    assert manifest["period"] == MARCH
    assert issued(manifest) == {"notation": "12/BC-SNV", "date": "2025-03-17", "replaces": None}
    assert manifest["snapshot"] == hashlib.sha256(written[PROGRESS]).hexdigest()
    assert thawed_progress(written[PROGRESS]).body == written[PROGRESS]
    assert {path.stat().st_mode & 0o777 for path in done.place("first").rglob("*.*")} == {0o444}


def test_publishing_the_same_again_changes_nothing_and_elsewhere_writes_the_same_bytes(published: Months) -> None:
    before = contents(published.place("first"))
    published.publish(MARCH, FIRST, "second")
    assert contents(published.place("second")) == before
    assert not published.publish(MARCH, FIRST, "second").new
    assert rows(published) == (1, 1)


@pytest.mark.parametrize("other", [Numbering(13, FIRST.day), Numbering(12, date(2025, 3, 18))])
def test_a_published_report_is_not_published_under_another_number_or_day(published: Months, other: Numbering) -> None:
    with pytest.raises(RefusedError, match="công bố bằng Báo cáo số 12/BC-SNV"):
        published.publish(MARCH, other, "second")
    assert rows(published) == (1, 1)


def test_other_figures_need_a_correction_that_names_the_report_it_replaces(published: Months) -> None:
    correct(published)
    with pytest.raises(RefusedError, match="ban hành báo cáo mới với --replaces 12/BC-SNV"):
        published.publish(MARCH, FIRST)
    published.publish(MARCH, CORRECTION, "second")
    assert replaced_by(read_manifest(published.place("first")), published.storage) == (
        "Báo cáo số 30/BC-SNV ngày 20/04/2025"
    )
    with pytest.raises(RefusedError, match="không có báo cáo 99/BC-SNV để thay thế"):
        published.publish(MARCH, Numbering(31, CORRECTION.day, replaces="99/BC-SNV"), "third")


def test_the_correction_cites_the_report_it_replaces_in_full(published: Months) -> None:
    correct(published)
    published.publish(MARCH, CORRECTION, "second")
    with pdfplumber.open(published.place("second") / "bao-cao.pdf") as document:
        said = " ".join(" ".join(page.extract_text().split()) for page in document.pages)
    assert "Báo cáo này thay thế Báo cáo số 12/BC-SNV ngày 17 tháng 3 năm 2025 của Sở Nội vụ." in said


def test_a_publication_that_was_cut_short_is_finished_as_approved_though_a_newer_draft_exists(
    told: Months, tmp_path: Path
) -> None:
    months = told.duplicate(tmp_path)
    approved = months.freeze(MARCH)
    record_approval(months.storage, paper_of(months.folder, approved), FIRST, "command")
    correct(months)
    assert months.publish(MARCH, FIRST).new
    assert read_manifest(months.place("first"))["snapshot"] == approved.sha256
    assert rows(months) == (1, 1)


def test_a_number_is_given_once_a_symbol_and_year_to_whatever_period(published: Months) -> None:
    published.freeze("2025-04")
    with pytest.raises(RefusedError, match="đã dùng trong năm 2025 cho báo cáo kỳ 2025-03"):
        published.publish("2025-04", Numbering(12, NEXT.day), "next")
    assert published.publish("2025-04", NEXT, "next").new
    assert rows(published) == (2, 2)


def test_a_report_is_not_older_than_its_period_and_needs_a_draft(published: Months) -> None:
    published.freeze("2025-04")
    with pytest.raises(RefusedError, match="trước ngày đầu của kỳ báo cáo"):
        published.publish("2025-04", Numbering(20, date(2025, 3, 14)), "next")
    with pytest.raises(RefusedError, match=r"báo cáo 2025-05.*chưa có dự thảo nào. Lập dự thảo"):
        published.publish("2025-05", NEXT, "next")
    with pytest.raises(RefusedError, match="không có người ký “ke-toan”"):
        published.publish("2025-04", Numbering(20, NEXT.day, "ke-toan"), "next")
    assert rows(published) == (1, 1)


def test_the_draft_is_what_is_published_though_newer_figures_came(published: Months) -> None:
    april, province = read_period("2025-04"), published.province
    drafted = published.freeze("2025-04").sha256
    assert newer_figures(published.storage, province, april) == []
    published.tell("2025-04", "xa-b,qua-han,,,7\n")
    (warning,) = newer_figures(published.storage, province, april)
    assert "đã thay đổi sau dự thảo" in warning.what
    published.publish("2025-04", NEXT, "next")
    assert read_manifest(published.place("next"))["snapshot"] == drafted


def test_a_draft_is_never_written_into_a_published_folder(published: Months) -> None:
    with pytest.raises(RefusedError, match="bản đã công bố"):
        draft(paper_of(published.folder, published.freeze(MARCH)), published.place("first"))


def test_a_changed_snapshot_is_found_by_verification(published: Months, tmp_path: Path) -> None:
    folder = published.place("first")
    checked = verify_place(folder, trust_of(published.settings, published.folder), published.storage)
    assert checked.findings == ()
    assert checked.lines[0] == "Nguyên vẹn: Báo cáo số 12/BC-SNV ngày 17/03/2025, 11 tệp đúng mã băm."
    manifest = read_manifest(folder)
    (folder / MANIFEST).chmod(0o644)
    (folder / MANIFEST).write_text(json.dumps({**manifest, "snapshot": "0" * 64}), encoding="utf-8")
    assert [(one.file, one.what) for one in verify_folder(folder)] == [
        (PROGRESS, "không phải bản kết quả đã phê duyệt")
    ]


def test_the_index_of_a_year_does_not_see_the_reports_of_its_periods(published: Months) -> None:
    with published.storage.reading() as session:
        assert session.exec(select(Snapshot)).one().period == MARCH
        with pytest.raises(RefusedError, match="chưa có kết quả nào được tính"):
            newest_snapshot(session, 2025)


def test_the_state_of_every_report_of_a_year_is_known(published: Months) -> None:
    published.freeze("2025-04")
    states = report_states(published.storage, published.province, 2025, date(2025, 5, 20))
    assert [(str(one.period), one.words) for one in states] == [
        ("2025-01", "chưa lập, quá hạn"),
        ("2025-02", "chưa lập, quá hạn"),
        ("2025-03", "đã công bố, số 12/BC-SNV"),
        ("2025-Q1", "chưa lập, quá hạn"),
        ("2025-04", "đã có dự thảo, chờ phê duyệt, quá hạn"),
        ("2025-05", "chưa lập, quá hạn"),
    ]
    assert states_data(states)["reports"][2] == {
        "period": MARCH,
        "due": "2025-03-18",
        "drafted": True,
        "published": "12/BC-SNV",
        "late": False,
    }
    assert report_states(published.storage, published.province, 2027, TODAY) == []
