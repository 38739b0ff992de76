"""Pledges on a criterion, an area or all points: forecast from the months while the year runs, judged by the result."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from models.forms.sources import ScoreSource
from models.progress.measures import Figure
from models.progress.periods import read_period
from models.progress.results import CommitmentRow, Standing
from models.province.folder import Province, load_province
from models.records.entries import FactEntry, ScoreEntry
from models.records.storage import Storage
from models.records.tables import Approval, Publication
from models.working_out import WorkedOut
from tasks.progress.freezing import frozen_progress
from tasks.progress.gathering import progress_now
from tasks.publishing.evaluating import evaluate_round
from tasks.recording.progress import record_figures
from tasks.recording.versions import record_facts, record_scores
from tests.models.folders import Folder
from tests.models.progress_folder import progress_folder

YEAR = 2025


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return progress_folder(tmp_path / "tinh")


def pledging(folder: Folder, criterion: str, target: int = 100) -> Province:
    """The province where every department but one pledges points of a criterion."""
    folder.change(
        "progress/commitments.yaml", "measure: ho-so\n    target: 95", f'criterion: "{criterion}"\n    target: {target}'
    )
    return load_province(folder.path)


def tell(storage: Storage, period: str, *parts: int, measure: str = "ho-so") -> None:
    numbers = [Decimal(part) for part in parts]
    of = read_period(period)
    figure = (
        Figure(measure, "stc", of, value=numbers[0])
        if len(numbers) == 1
        else Figure(measure, "stc", of, numbers[0], numbers[1])
    )
    record_figures(storage, of, f"{period} {measure} {parts}".encode(), "so-lieu.csv", [figure])


def fact(storage: Storage, component: str, name: str, value: str) -> None:
    record_facts(
        storage, YEAR, f"{component} {value}".encode(), "facts.csv", [FactEntry("stc", component, name, value)]
    )


def pledge(storage: Storage, province: Province, period: str, commitment: str = "dung-han") -> CommitmentRow:
    rows = progress_now(storage, province, read_period(period)).commitments
    return next(row for row in rows if (row.commitment.id, row.unit.code) == (commitment, "stc"))


def published(storage: Storage, sha256: str) -> None:
    """The snapshot approved and published."""
    moment = datetime(2026, 2, 1, tzinfo=UTC)
    with storage.writing() as session:
        approval = Approval(
            snapshot_sha256=sha256, year=YEAR, verdict="approved", number=9, number_year=2026, symbol="QĐ-UBND",
            day=date(2026, 2, 1), signer="ct", decided_at=moment, decided_by="người thử", via="command",
        )  # fmt: skip
        session.add(approval)
        session.flush()
        assert approval.id is not None
        session.add(
            Publication(
                approval_id=approval.id,
                year=YEAR,
                folder="bo",
                manifest_sha256="0" * 64,
                published_at=moment,
                published_by="người thử",
            )
        )


@pytest.mark.parametrize(
    ("in_time", "shown", "standing"), [(95, "100%", Standing.ON_TRACK), (80, "50%", Standing.AT_RISK)]
)
def test_during_the_year_the_points_follow_from_the_months(
    folder: Folder, storage: Storage, in_time: int, shown: str, standing: Standing
) -> None:
    province = pledging(folder, "1.1.2", 90)
    tell(storage, "2025-05", in_time, 100)
    row = pledge(storage, province, "2025-05")
    assert (row.reached, row.standing) == (shown, standing)
    assert row.forecast is not None
    assert row.forecast.shown == shown
    assert (
        row.why
        == row.forecast.how
        == ("tính từ số liệu đến tháng 5/2025 (Hồ sơ đúng hạn: lũy kế báo cáo tháng 05/2025, mới có 1/12 tháng)")
    )


def test_figures_of_later_months_are_not_known_yet(folder: Folder, storage: Storage) -> None:
    province = pledging(folder, "1.1.2", 90)
    tell(storage, "2025-06", 95, 100)
    row = pledge(storage, province, "2025-05")
    assert (row.standing, row.forecast) == (Standing.NO_DATA, None)


def test_what_is_missing_of_an_area_is_named(folder: Folder, storage: Storage) -> None:
    province = pledging(folder, "1", 50)
    tell(storage, "2025-05", 95, 100)
    row = pledge(storage, province, "2025-05")
    assert (row.reached, row.standing) == ("50%", Standing.AT_RISK)
    assert row.why == (
        "tính từ số liệu đến tháng 5/2025 của 1/3 mục (1 mục theo số liệu các tháng, chỉ số khác); "
        "chưa có số liệu, tạm tính 0 điểm: 1.1.1, 1.2"
    )


def test_a_criterion_is_the_sum_of_its_components_and_all_is_the_index(folder: Folder, storage: Storage) -> None:
    fact(storage, "1.1.1", "date", "2025-01-20")
    tell(storage, "2025-05", 80, 100)
    tell(storage, "2025-05", 4, measure="qua-han")
    assert pledge(storage, pledging(folder, "1.1"), "2025-05").reached == "62,5%"  # (10 + 15) of 40
    folder.change("progress/commitments.yaml", 'criterion: "1.1"', "criterion: all")
    assert pledge(storage, load_province(folder.path), "2025-05").reached == "71,67%"  # (25 + 18) of 60: no survey yet


def test_points_that_cannot_come_back_miss_the_pledge_before_the_year_ends(folder: Folder, storage: Storage) -> None:
    province = pledging(folder, "1.1")
    fact(storage, "1.1.1", "date", "2025-02-08")
    tell(storage, "2025-05", 95, 100)
    row = pledge(storage, province, "2025-05")
    assert (row.reached, row.standing) == ("87,5%", Standing.MISSED)
    assert row.why.startswith("điểm đã mất không lấy lại được trong năm, nhiều nhất còn đạt 87,5%; tính từ số liệu")


@pytest.mark.slow
def test_once_the_year_is_over_the_result_decides_published_before_frozen(folder: Folder, storage: Storage) -> None:
    province = pledging(folder, "1.1.2", 90)
    tell(storage, "2025", 95, 100)
    awaited = pledge(storage, province, "2025")
    assert (awaited.standing, awaited.reached) == (Standing.AWAITED, "100%")
    assert awaited.why.startswith("năm 2025 đã hết, chưa có kết quả; tính từ số liệu đến tháng 12/2025")

    record_scores(storage, YEAR, b"one", "scores.csv", [ScoreEntry("stc", "1.1.2", ScoreSource.APPRAISAL, Decimal(15))])
    first = evaluate_round(province, storage, YEAR)
    frozen = pledge(storage, province, "2025")
    assert (frozen.standing, frozen.reached, frozen.why) == (
        Standing.MISSED, "50%", "theo kết quả năm 2025 đã tính, chưa công bố",
    )  # fmt: skip

    published(storage, first.sha256)
    record_scores(storage, YEAR, b"two", "scores.csv", [ScoreEntry("stc", "1.1.2", ScoreSource.APPRAISAL, Decimal(30))])
    evaluate_round(province, storage, YEAR)
    of_year = pledge(storage, province, "2025")
    assert (of_year.standing, of_year.reached, of_year.forecast) == (Standing.MISSED, "50%", None)
    assert of_year.why == "theo kết quả năm 2025 đã công bố"
    assert pledge(storage, province, "2025-11").standing is not Standing.FULFILLED


def test_a_pledge_of_rank_waits_for_the_result_and_shows_the_place_of_today_as_a_forecast(
    folder: Folder, storage: Storage
) -> None:
    province = load_province(folder.path)
    tell(storage, "2025-05", 95, 100)
    row = pledge(storage, province, "2025-05", "hang")
    assert row.standing is Standing.AWAITED
    assert row.forecast is not None
    assert row.forecast.shown == "hạng 1/1"
    assert row.why.endswith(
        "dự báo: hạng 1/1 trong nhóm “Các sở” nếu xếp theo số liệu đến tháng 5/2025, chưa phải kết quả công bố"
    )


def test_nothing_is_forecast_where_no_pledge_asks_for_it(folder: Folder, storage: Storage) -> None:
    (folder.path / "progress" / "commitments.yaml").unlink()
    tell(storage, "2025-05", 95, 100)
    assert progress_now(storage, load_province(folder.path), read_period("2025-05")).commitments == ()


def test_what_was_worked_out_before_never_hides_what_was_recorded_since(folder: Folder, storage: Storage) -> None:
    province, period, known = pledging(folder, "1.1", 90), read_period("2025-03"), WorkedOut()
    for record in (
        lambda: tell(storage, "2025-02", 40, 50),
        lambda: fact(storage, "1.1.1", "date", "2025-01-10"),
        lambda: tell(storage, "2025-03", 30, 50),
        lambda: fact(storage, "1.1.2", "value", "95"),
    ):
        record()
        anew = frozen_progress(storage, province, period)
        assert frozen_progress(storage, province, period, known).sha256 == anew.sha256
