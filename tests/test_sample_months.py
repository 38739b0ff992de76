"""The sample year by workbooks: every month comes to what its CSV files come to, on both databases."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flows.demo.agencies import SampleInbox
from flows.demo.months_by_workbooks import MONTH_MISTAKES, MonthsData, SampleMonths
from models.forms.descriptions import FormIdentity
from models.forms.row_keys import Remark
from models.progress.periods import Period, whole_year
from models.progress.registers import RegisterKind
from models.province.folder import load_province
from models.records.storage import open_storage
from models.records.submissions import Outcome
from models.settings import Settings
from tasks.forms.month_records import write_months
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FileReport, receive_inbox
from tasks.recording.progress import current_figures, current_register
from tasks.recording.versions import current_remarks
from tests.conftest import copy_example

pytestmark = pytest.mark.slow

YEAR = 2025
TODAY = date(2025, 12, 22)
SKIPPED_A_MONTH = "so-ngoai-vu"


UNITS_BY_WORKBOOK = ("so", "xa-an-loc", "xa-khe-thuong", "xa-long-dien", "xa-phu-lam")  # kind or code


class Played:
    """The months of some units of the sample province, by workbooks, in a folder of its own.

    Attributes:
        files: what became of every file, by month.
        sent: every file in the order in which it was sent.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.province = load_province(folder)
        self.storage = open_storage(folder, settings)
        self.data = self._only_some(MonthsData.read(self.province, folder / f"progress-{YEAR}", TODAY))
        self.files: dict[str, list[FileReport]] = {}
        self.var = folder / "var"
        self._inbox, self._outbox = inbox_of(folder, settings), outbox_of(folder, settings)

    def _only_some(self, data: MonthsData) -> MonthsData:
        def some(known: Mapping[tuple[Period, str], Any]) -> dict[tuple[Period, str], Any]:
            units = self.province.units
            chosen = {code for code, unit in units.items() if {code, unit.kind} & {*UNITS_BY_WORKBOOK}}
            return {key: told for key, told in known.items() if key[1] in chosen}

        return replace(data, figures=some(data.figures), corrections=some(data.corrections))

    def play(self, months: Iterable[Period]) -> None:
        """Fill in, send and receive the reports of these months."""
        for of in months:
            receive = partial(self._receive, str(of))
            inbox = SampleInbox(self.var / "sent", self.var / "inbox", self.var / "outbox", receive)
            SampleMonths(self.data, inbox, self._forms, lambda message: None).play(of)

    def send_again(self, other: "Played") -> None:
        """Receive every file that the other one received, in the same order."""
        for step in sorted((other.var / "sent").iterdir(), key=lambda folder: folder.stat().st_mtime_ns):
            shutil.copytree(step, self.var / "inbox", dirs_exist_ok=True)
            self._receive(step.name[:7])

    def _forms(self, of: Period) -> list[Path]:
        units = sorted(unit for period, unit in self.data.figures if period == of)
        return write_months(self.province, self.storage, of, units, self.var / "forms" / str(of), TODAY)

    def _receive(self, of: str) -> None:
        report = receive_inbox(self.province, self.storage, self._inbox, self._outbox, standard_parts(), "inbox", 0)
        self.files.setdefault(of, []).extend(report.files)

    def figures(self) -> dict[tuple[str, str, str], tuple[Any, ...]]:
        """The current figures by month, unit and measure."""
        with self.storage.reading() as session:
            return {
                (str(one.period), one.unit, one.measure): (one.numerator, one.denominator, one.value, one.note)
                for one in current_figures(session, [YEAR], with_notes=True)
            }

    def tasks(self) -> dict[tuple[str, str], dict[str, str]]:
        """What is told of plan tasks now, by unit and task."""
        with self.storage.reading() as session:
            entries = current_register(session, [RegisterKind.TASKS])
        return {(entry.unit, entry.key): dict(entry.values) for entry in entries}

    def remarks(self) -> set[tuple[str, str, Remark, str]]:
        with self.storage.reading() as session:
            known = current_remarks(session, YEAR)
        return {
            (FormIdentity.recorded_as(kind, YEAR, unit).period, unit, remark, text)
            for (kind, unit), remarks in known.items()
            for remark, text in remarks.items()
        }


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    year = Played(copy_example("tinh-mau", tmp_path_factory.mktemp("months")), Settings(user="người thử"))
    year.play(whole_year(YEAR).months)
    yield year
    year.storage.engine.dispose()


def test_every_figure_of_the_year_comes_out_as_the_csv_files_have_it(played: Played) -> None:
    stated = {**played.data.figures, **played.data.corrections}
    expected = {
        (str(one.period), one.unit, one.measure): (one.numerator, one.denominator, one.value, one.note)
        for told in (played.data.figures, played.data.corrections)
        for figures in told.values()
        for one in figures
    }
    assert len(stated) > 200
    assert played.figures() == expected


def test_the_plan_tasks_end_as_the_register_has_them(played: Played) -> None:
    expected = {
        (entry.unit, entry.key): {name: value for name, value in entry.values if value}
        for entry in played.data.tasks.values()
    }
    assert len(expected) == 20
    assert played.tasks() == expected


def test_only_what_was_wrong_on_purpose_comes_back_and_its_mended_copy_is_accepted(played: Played) -> None:
    returned = {
        (of, file.path.removesuffix(".xlsx").removeprefix(f"bao-cao-thang-{of}-"))
        for of, files in played.files.items()
        for file in files
        if file.outcome is not Outcome.ACCEPTED
    }
    assert returned == set(MONTH_MISTAKES)
    sent = [file for files in played.files.values() for file in files]
    assert len(sent) == len(played.data.figures) + len(MONTH_MISTAKES) + len(played.data.corrections)
    assert list((played.var / "inbox").iterdir()) == []


def test_a_skipped_month_is_said_to_its_unit_in_the_months_after_it(played: Played) -> None:
    def told(of: str) -> str:
        (file,) = [file for file in played.files[of] if SKIPPED_A_MONTH in file.path]
        return "\n".join(finding.what for finding in file.findings)

    assert "2025-05" not in {
        of for of, unit in ((str(of), unit) for of, unit in played.data.figures) if unit == SKIPPED_A_MONTH
    }
    assert "tháng 5" not in told("2025-04")
    assert "tháng 5" in told("2025-06")


def test_what_units_wrote_below_their_figures_is_kept_month_by_month(played: Played) -> None:
    expected = {
        (str(of), unit, remark, text)
        for (of, unit), remarks in played.data.remarks.items()
        for remark, text in remarks.items()
        if text
    }
    assert played.remarks() == expected


def test_the_same_files_come_to_the_same_on_postgresql(played: Played, tmp_path: Path, postgres_url: str) -> None:
    settings = Settings(user="người thử", database_url=postgres_url)
    there = Played(copy_example("tinh-mau", tmp_path), settings)
    there.send_again(played)
    outcomes = [
        sorted((of, file.path, file.outcome) for of, files in year.files.items() for file in files)
        for year in (played, there)
    ]
    assert outcomes[0] == outcomes[1]
    assert there.figures() == played.figures()
    assert there.tasks() == played.tasks()
    assert there.remarks() == played.remarks()
    there.storage.engine.dispose()
