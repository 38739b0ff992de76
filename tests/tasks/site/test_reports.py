"""Reports of periods on the results site: their figures, corrections, downloads; hidden units are in no byte."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from models.progress.results import MeasureRow, ProgressResult
from models.published_figures import SiteField
from models.records.progress_snapshots import ReportedProgress, thawed_progress
from tasks.publishing.folders import verify_folder
from tasks.site.building import build_site, renew_site
from tasks.site.editions import Hidden
from tasks.site.papers import Ruling, in_order
from tasks.site.reports import visible_progress
from tests.site.publications import BuiltOnce, shared_months
from tests.tasks.months import FIRST, Months
from tests.tasks.site.test_building import Files, files_of, pages
from tests.tasks.site.test_building import test_every_link_leads_to_a_file_or_a_place_inside_the_site as check_links
from tests.tasks.site.test_building import (
    test_style_and_script_stand_in_the_page_under_the_hashes_of_its_policy as check_policy,
)
from tests.tasks.site.test_building import text_of as said_on

pytestmark = pytest.mark.slow

MARCH, REPLACED, APRIL = "bao-cao/2025-03/30-bc-snv", "bao-cao/2025-03/12-bc-snv", "bao-cao/2025-04/20-bc-snv"


@pytest.fixture(scope="module")
def done(built_once: BuiltOnce) -> Months:
    return shared_months(built_once)


@pytest.fixture(scope="module")
def site(done: Months, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return site_of(done, tmp_path_factory.mktemp("site"))


def site_of(months: Months, into: Path) -> Files:
    built = build_site(months.province, months.storage, into / "site")
    assert built.findings == []
    return files_of(built.folder)


def hiding(months: Months, tmp_path: Path, **what: list[str]) -> Files:
    copy = months.duplicate(tmp_path)
    path = copy.folder / "province.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nsite: {json.dumps(what)}\n", encoding="utf-8")
    return site_of(copy, tmp_path)


def test_every_report_and_every_unit_has_its_page(site: Files) -> None:
    for place in (MARCH, REPLACED, APRIL, "bao-cao/2025-Q1/14-bc-snv"):
        assert f"{place}/index.html" in site
        assert f"{place}/tai-ve/bao-cao.pdf" in site
    units = {path for path in site if path.startswith("bao-cao/don-vi/")}
    assert units == {f"bao-cao/don-vi/{code}.html" for code in ("snv", "stc", "vpub", "phuong-c", "xa-a", "xa-b")}
    assert "Báo cáo tiến độ" in said_on(site, "index.html")


def test_links_lead_somewhere_and_the_policy_holds(site: Files) -> None:
    check_links(site)
    check_policy(site)
    assert len(list(pages(site))) == 14


def test_the_figures_are_those_of_the_report(site: Files) -> None:
    result = thawed_progress(site[f"{MARCH}/tai-ve/progress.json"]).progress.result
    said = said_on(site, f"{MARCH}/index.html")
    for one in result.measures:
        for row in (one.total, *one.rows):
            if row.figure:
                assert row.shown in said
                assert not row.unit or row.unit.name in said
    assert "tăng 4,38 điểm phần trăm so với tháng trước" in said
    assert result.plans[0].counts.shown in said
    assert "Hồ sơ quá hạn" in said_on(site, "bao-cao/don-vi/xa-b.html")


def test_each_of_two_reports_says_which_replaces_which_and_the_overview_counts_the_newer(site: Files) -> None:
    assert "Báo cáo này đã được thay thế bằng Báo cáo số 30/BC-SNV" in said_on(site, f"{REPLACED}/index.html")
    assert "thay thế Báo cáo số 12/BC-SNV ngày 17 tháng 3 năm 2025" in said_on(site, f"{MARCH}/index.html")
    overview = said_on(site, "bao-cao/index.html")
    assert "6 hồ sơ" in overview
    assert "Toàn tỉnh 6 hồ sơ" in overview
    assert "Toàn tỉnh 5 hồ sơ" not in overview


def test_every_chart_has_its_figures_in_the_table_beside_it(site: Files) -> None:
    html = site["bao-cao/don-vi/snv.html"].decode()
    assert html.count('<svg class="chart"') == 2
    assert "3/2025: 90%; 4/2025: 100%." in html
    assert "45/50 hồ sơ (90%)" in said_on(site, "bao-cao/don-vi/snv.html")


def test_the_downloads_are_the_published_bytes_and_verify_as_a_folder(site: Files, tmp_path: Path) -> None:
    for path, content in site.items():
        if path.startswith(f"{MARCH}/tai-ve/"):
            file = tmp_path / path.removeprefix(f"{MARCH}/tai-ve/")
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
    assert verify_folder(tmp_path) == []
    reports = json.loads(site["catalog.json"])["reports"]
    assert [(one["period"], one["report"], one["replaced_by"]) for one in reports] == [
        ("2025-04", "20/BC-SNV", None),
        ("2025-Q1", "14/BC-SNV", None),
        ("2025-03", "30/BC-SNV", None),
        ("2025-03", "12/BC-SNV", "30/BC-SNV"),
    ]


def test_the_same_publications_give_the_same_bytes(site: Files, done: Months, tmp_path: Path) -> None:
    assert site_of(done, tmp_path) == site


def test_a_hidden_unit_is_in_no_byte_and_no_total_gives_it_away(done: Months, site: Files, tmp_path: Path) -> None:
    hidden = hiding(done, tmp_path, hide_units=["stc"])
    everything = b"\n".join(content for path, content in sorted(hidden.items()) if not path.endswith(".xlsx"))
    for name in ("Sở Tài chính", "stc.html", "Người thứ nhất", "151/160"):
        assert name.encode() in b"\n".join(site.values())
        assert name.encode() not in everything
    assert not any(path.endswith((".pdf", "progress.json")) for path in hidden)
    assert f"{MARCH}/tai-ve/so-lieu.xlsx" in hidden
    said = said_on(hidden, f"{MARCH}/index.html")
    assert "một số đơn vị hoặc số liệu không hiển thị" in said
    assert "45/50 hồ sơ (90%)" in said
    assert "đã hoàn thành 1/3 nhiệm vụ" in said


def test_hidden_comparisons_are_on_no_page(done: Months, tmp_path: Path) -> None:
    hidden = hiding(done, tmp_path, hide_fields=["comparison"])
    assert "151/160 hồ sơ (94,38%)" in said_on(hidden, f"{MARCH}/index.html")
    assert not any("điểm phần trăm so với" in page.text for _, page in pages(hidden))


def test_nothing_hidden_changes_nothing(done: Months) -> None:
    progress = thawed_progress((done.place("march") / "progress.json").read_bytes()).progress
    assert visible_progress(progress, Hidden(frozenset(), frozenset(), frozenset())) == progress
    assert visible_progress(progress, Hidden(frozenset(), frozenset(), frozenset({SiteField.GRADE}))) == progress


@dataclass(frozen=True, slots=True)
class ProgressWithMore(ReportedProgress):
    """A progress with a field that nobody declared as shown."""

    more: str = ""


@dataclass(frozen=True, slots=True)
class ResultWithMore(ProgressResult):
    """The same of the result in it."""

    more: str = ""


@dataclass(frozen=True, slots=True)
class RowWithMore(MeasureRow):
    """The same of a measure's row."""

    more: str = ""


Record = TypeVar("Record")


def with_more(kind: type[Record], record: Any, more: str = "chưa khai báo", **given: Any) -> Record:
    """A record of the wider kind."""
    return kind(**{field.name: getattr(record, field.name) for field in fields(record)} | given, more=more)


@pytest.mark.parametrize(
    "hides", [{"units": frozenset({"stc"})}, {"fields": frozenset({SiteField.COMPARISON})}], ids=str
)
def test_a_field_that_is_not_declared_is_hidden_with_the_first_thing_that_is(done: Months, hides: Any) -> None:
    progress = thawed_progress((done.place("march") / "progress.json").read_bytes()).progress
    measures = tuple(
        replace(one, rows=tuple(with_more(RowWithMore, row) for row in one.rows)) for one in progress.result.measures
    )
    wide = with_more(ProgressWithMore, progress, result=with_more(ResultWithMore, progress.result, measures=measures))
    assert "chưa khai báo" in str(wide)
    hidden = Hidden(**{"units": frozenset(), "names": frozenset(), "fields": frozenset()} | hides)
    assert "chưa khai báo" not in str(visible_progress(wide, hidden))


def test_a_changed_folder_is_named_and_does_not_stop_the_others(done: Months, tmp_path: Path) -> None:
    copy = done.duplicate(tmp_path)
    folder = copy.place("april")
    (folder / "so-lieu.xlsx").chmod(0o644)
    (folder / "so-lieu.xlsx").write_bytes(b"x")
    built = build_site(copy.province, copy.storage, tmp_path / "site")
    (finding,) = built.findings
    assert "không hiển thị được Báo cáo số 20/BC-SNV" in finding.what
    assert built.reports == 3
    assert renew_site(copy.folder, copy.storage)


def test_a_number_that_comes_twice_in_a_period_has_two_folders(done: Months) -> None:
    period = thawed_progress((done.place("march") / "progress.json").read_bytes()).period
    first = Ruling(period.year, "12/BC-SNV", FIRST.day, period=period)
    again = first._replace(day=FIRST.day.replace(year=2026))
    assert [place for _, place in in_order([again, first])] == [
        "bao-cao/2025-03/12-bc-snv-2026",
        "bao-cao/2025-03/12-bc-snv",
    ]
