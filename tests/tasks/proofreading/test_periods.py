"""Figures of periods: the report of a month held against what it is made from, and sentences of other words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.records.progress_snapshots import FrozenProgress
from tasks.documents.progress_report import report_documents_of
from tasks.documents.progress_sentences import reporting_sentence
from tasks.proofreading.checking import proofread
from tasks.proofreading.gathering import known_in
from tasks.proofreading.known import Known, known_of
from tasks.proofreading.statements import Verdict
from tasks.reading.texts import of_html
from tests.site.publications import shared_months
from tests.tasks.documents.test_progress_report import numbered
from tests.tasks.months import Months

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def months(built_once: Callable[[str, Callable[[Path], object]], Path]) -> Months:
    return shared_months(built_once)


@pytest.fixture(scope="module")
def known(months: Months) -> Known:
    return known_in(months.province, months.storage, 2025)


@pytest.fixture(scope="module")
def march(known: Known) -> FrozenProgress:
    return next(one for one in known.periods if one.named_period == "2025-03")


def verdicts(known: Known, *texts: str) -> list[Verdict | None]:
    return [found[-1].verdict if (found := proofread([text], known)) else None for text in texts]


def test_the_report_of_a_month_is_read_and_nothing_of_it_is_wrong(known: Known, march: FrozenProgress) -> None:
    (report, *_) = report_documents_of(march, numbered(march.config))
    found = proofread(of_html(report.html.replace("<br>", " ")).paragraphs, known)
    assert [one.text for one in found if one.verdict is Verdict.WRONG] == []
    read = [one for one in found if one.verdict is Verdict.RIGHT]
    assert len(read) / len(found) > 0.8, [one.text for one in found if one not in read]


def test_figures_of_a_month_in_other_words(known: Known) -> None:
    right = (
        "Tháng 3 năm 2025, hồ sơ đúng hạn đạt 94,38%.",
        "Tháng 3 năm 2025, hồ sơ đúng hạn đạt hơn 94%, tăng 4,38 điểm phần trăm so với tháng trước.",
        "Tháng 3 năm 2025, hồ sơ đúng hạn của Sở Tài chính đạt 96%.",
    )
    wrong = (
        "Tháng 3 năm 2025, hồ sơ đúng hạn đạt 93,48%.",
        "Tháng 3 năm 2025, hồ sơ đúng hạn đạt hơn 95%.",
        "Tháng 3 năm 2025, hồ sơ đúng hạn đạt 94,38%, giảm 4,38 điểm phần trăm so với tháng trước.",
        "Tháng 3 năm 2025, hồ sơ đúng hạn đạt 94,38%, tăng 4,38% so với tháng trước.",
        "Tháng 3 năm 2025, hồ sơ đúng hạn của Sở Tài chính đạt 90%.",
    )
    assert verdicts(known, *right) == [Verdict.RIGHT] * len(right)
    assert Verdict.RIGHT not in verdicts(known, *wrong)
    assert verdicts(known, *wrong).count(Verdict.WRONG) >= 4


def test_a_sentence_of_a_report_with_another_number_is_wrong(known: Known, march: FrozenProgress) -> None:
    result = march.progress.result
    told = reporting_sentence(len(result.expected), [unit.name for unit in result.not_reported])
    changed = told.replace(f"/{len(result.expected):02d} ", "/99 ")
    for text, verdict in ((told, Verdict.RIGHT), (changed, Verdict.WRONG)):
        assert proofread(["Tháng 3 năm 2025", text], known)[-1].verdict is verdict, text


def test_what_is_not_published_yet_is_said_to_be_a_draft(march: FrozenProgress, months: Months) -> None:
    units = months.province.units
    draft = known_of(None, units, 2025, periods=[march], drafts=[march.named_period])
    (sentence,) = proofread(["Hồ sơ đúng hạn đạt 94,38%."], draft)
    assert sentence.statements[0].outcome.source == "Báo cáo tháng 3 năm 2025 (dự thảo, chưa công bố)"
