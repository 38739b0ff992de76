"""What docs/developers.md says of adding a check, a measure and a command, carried out step by step.

A further kind of rule, a form and a published figure have files of their own: test_new_kind_of_rule.py,
test_kinds_of_forms.py, tasks/site/test_published_figures.py.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from openpyxl import load_workbook

import flows.cli.main
from expectations import catalogue, explanation
from expectations.checking import Words, check, expect, place_of
from expectations.explanation import CutAnswer
from flows.cli.commands import app, chosen, opened
from models.findings import Severity
from models.forms.explanation import EXPLAINS
from models.progress.periods import read_period
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.documents.progress_report import report_documents_of, report_signer
from tasks.forms.month_records import write_months
from tasks.progress.freezing import frozen_progress
from tasks.progress.gathering import progress_now
from tasks.recording.progress import record_figures
from tasks.recording.progress_importing import read_figures
from tasks.rendering.letterhead import PaperHead
from tests.conftest import copy_example
from tests.expectations.test_explanation import NEW, only

# --- a check ----------------------------------------------------------------------------------------------------------


@check(
    Severity.WARNING,
    "nội dung giải trình đủ dài để hiểu",
    "Nêu rõ căn cứ",
    expect("ExpectColumnValueLengthsToBeBetween", column="grounds", min_value=10),
)
def words_too_few(row: CutAnswer) -> Iterator[Words]:
    """An explanation is a sentence."""
    yield Words(place_of(row.statement, "explanation"), f"giải trình tiêu chí {row.leaf.code} quá ngắn")


@pytest.fixture
def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite of explanations with one check more."""
    suite = replace(explanation.SUITE, checks=(*explanation.SUITE.checks, words_too_few))
    monkeypatch.setattr(explanation, "SUITE", suite)
    monkeypatch.setattr(catalogue, "SUITES", (suite,))


@pytest.mark.usefixtures("stricter")
def test_a_check_is_a_declaration_and_an_entry_of_its_suite() -> None:
    assert only(answer=EXPLAINS, text="Có", evidence=(NEW,)) == (
        "giải trình tiêu chí 1.1 quá ngắn",
        "Nêu rõ căn cứ",
        Severity.WARNING,
        "D6",
    )
    row = "| CẢNH BÁO | nội dung giải trình đủ dài để hiểu | Nêu rõ căn cứ |"
    assert row in catalogue.catalogue().splitlines()


# --- a measure --------------------------------------------------------------------------------------------------------

MARCH = read_period("2025-03")
READ_ON = date(2025, 4, 2)
MEASURE = "  - {id: hoi-nghi, name: Hội nghị đối thoại với người dân, kind: count, unit: hội nghị, kinds: [so]}\n"


@pytest.fixture
def province(tmp_path: Path) -> Province:
    folder = copy_example("tinh-mau", tmp_path)
    measures = folder / "progress" / "measures.yaml"
    text = measures.read_text(encoding="utf-8")
    measures.write_text(text.replace("measures:\n", f"measures:\n{MEASURE}"), encoding="utf-8")
    return load_province(folder)


@pytest.fixture
def storage(province: Province) -> Iterator[Storage]:
    storage = open_storage(province.folder, Settings(user="người thử"))
    yield storage
    storage.engine.dispose()


@pytest.mark.slow
def test_a_measure_is_a_line_that_is_asked_counted_and_printed(
    province: Province, storage: Storage, tmp_path: Path
) -> None:
    (form,) = write_months(province, storage, MARCH, ["so-y-te"], tmp_path / "forms", READ_ON)
    asked = [str(cell.value) for sheet in load_workbook(form) for row in sheet.iter_rows() for cell in row]
    assert any("Hội nghị đối thoại với người dân" in text for text in asked)

    content = b"unit,measure,value\nso-y-te,hoi-nghi,3\nso-noi-vu,hoi-nghi,2\n"
    figures, _ = read_figures(content, "thang-3.csv", province, MARCH, READ_ON)
    record_figures(storage, MARCH, content, "thang-3.csv", figures)
    measures = progress_now(storage, province, MARCH).measures
    assert next(one.total.shown for one in measures if one.measure.id == "hoi-nghi").startswith("5 hội nghị")

    frozen = frozen_progress(storage, province, MARCH)
    numbering = PaperHead(3, READ_ON, frozen.config.symbols.report, report_signer(frozen.config, None))
    assert "Hội nghị đối thoại với người dân" in report_documents_of(frozen, numbering)[0].html


# --- a command --------------------------------------------------------------------------------------------------------


@pytest.fixture
def count_units() -> Iterator[None]:
    """A command of a group of commands."""

    @app.command("units")
    def units(kind: str = "") -> None:
        """Đếm đơn vị của tỉnh."""
        province, _ = opened()
        typer.echo(sum(not kind or unit.kind == kind for unit in province.units.values()))

    yield
    app.registered_commands.pop()
    chosen.province = None


@pytest.mark.usefixtures("count_units")
def test_a_command_is_a_function_that_the_program_lists_and_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def said(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["cchc", *words])
        with pytest.raises(SystemExit):
            flows.cli.main.main()
        return capsys.readouterr().out

    assert "Đếm đơn vị của tỉnh." in said("--help")
    folder = str(copy_example("tinh-mau", tmp_path))
    assert said("--province", folder, "units", "--kind", "so") == "16\n"
