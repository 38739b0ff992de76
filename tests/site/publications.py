"""Provinces with something to show: a decision, its correction, a following year; and the sample round."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from tasks.publishing.approvals import Numbering
from tasks.publishing.evaluating import evaluate_round
from tasks.recording.importing import read_scores
from tasks.recording.versions import record_scores
from tasks.site.building import BuiltSite, build_site
from tests.tasks.districts import YEAR, Districts
from tests.tasks.months import CORRECTION as CORRECTED_REPORT
from tests.tasks.months import FIRST as REPORT
from tests.tasks.months import NEXT as NEXT_REPORT
from tests.tasks.months import Months
from tests.tasks.papers import numbered
from tests.tasks.papers import published as publish_paper

FIRST = numbered(2071, date(2018, 7, 27))
CORRECTION = numbered(2100, date(2018, 9, 3), replaces="2071/QĐ-UBND")
NEXT_YEAR = numbered(7, date(2019, 2, 5))


BuiltOnce = Callable[[str, Callable[[Path], object]], Path]


def shared_districts(built_once: BuiltOnce) -> Districts:
    """`published_districts`, once for all files of a run: to be read, and duplicated before it is changed."""
    return Districts(built_once("districts", published_districts) / "binh-duong-2017")


def shared_months(built_once: BuiltOnce) -> Months:
    """`published_months`, once for all files of a run: to be read, and duplicated before it is changed."""
    return Months(built_once("months", published_months) / "tinh")


def folder_of(districts: Districts, numbering: Numbering) -> Path:
    """Where a decision of `published_districts` was published."""
    return districts.folder / "var" / "published" / str(numbering.number)


def publish(districts: Districts, year: int, numbering: Numbering) -> None:
    out = folder_of(districts, numbering)
    publish_paper(districts.folder, districts.storage, year, numbering, out)


def published_districts(into: Path) -> Districts:
    """Nine districts: 2017 published, corrected, and 2018 published after it; 2016 known of two of them."""
    districts = Districts.copied(into).receive()
    districts.receive_history()
    districts.evaluate()
    publish(districts, YEAR, FIRST)
    districts.receive_score("di-an", "1.1", "council", "48.5").evaluate()
    publish(districts, YEAR, CORRECTION)
    a_year_later(districts)
    publish(districts, YEAR + 1, NEXT_YEAR)
    return districts


def a_year_later(districts: Districts) -> None:
    """The round of 2018, with the scores of 2017 and a better one for Dầu Tiếng."""
    round_2017 = (districts.folder / "rounds" / "2017.yaml").read_text(encoding="utf-8")
    (districts.folder / "rounds" / "2018.yaml").write_text(
        round_2017.replace("year: 2017", "year: 2018").replace("năm 2017", "năm 2018"), encoding="utf-8"
    )
    content = districts.scores.replace("dau-tieng,1.1,appraisal,44", "dau-tieng,1.1,appraisal,50").encode()
    assert content != districts.scores.encode()
    entries, _ = read_scores(content, "scores-2018.csv", districts.province, YEAR + 1)
    record_scores(districts.storage, YEAR + 1, content, "scores-2018.csv", entries)
    evaluate_round(districts.province, districts.storage, YEAR + 1)


def site_of(districts: Districts, out: Path) -> BuiltSite:
    """The site of the folder as it is now."""
    return build_site(districts.province, districts.storage, out)


def published_months(into: Path) -> Months:
    """March published and corrected, April and the first quarter published; no decision on an index."""
    months = Months.told(into)
    for period, numbering, name in (("2025-03", REPORT, "march"), ("2025-04", NEXT_REPORT, "april")):
        months.freeze(period)
        months.publish(period, numbering, name)
    months.tell("2025-03", "xa-b,qua-han,,,1\n").freeze("2025-03")
    months.publish("2025-03", CORRECTED_REPORT, "corrected")
    months.freeze("2025-Q1")
    months.publish("2025-Q1", Numbering(14, date(2025, 3, 19)), "quarter")
    return months


def sample_site(sample: Path, into: Path) -> Path:
    """The site of the sample province as `published_sample` left it."""
    districts = Districts(sample / "tinh-mau")
    built = build_site(districts.province, districts.storage, into / "site")
    assert built.findings == []
    districts.storage.engine.dispose()
    return built.folder
