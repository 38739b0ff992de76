"""A figure that is a row of the table stands in every medium; what is not declared is not shown."""

import csv
import io
import json
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from flows.cli.console import print_ranks
from models import published_figures
from models.published_figures import ColumnGroup, Medium, PublishedFigure, Shown, SiteField
from models.records.results import GroupResult, UnitResult
from models.records.snapshots import Frozen
from tasks.documents.decision import decision_documents
from tasks.publishing.exporting import FORMATS, results_in_format
from tasks.publishing.open_data import dictionary_rows, results_schema
from tasks.rendering.letterhead import PaperHead
from tasks.site.batches import SiteContents
from tasks.site.editions import Hidden, visible
from tests.tasks.building import compared
from tests.tasks.site.test_editions import edition, frozen, hiding

HEADING, SAID = "Điểm kiểm tra", "7,25"
ADDED = PublishedFigure(
    "inspection_points",
    ColumnGroup.PARTS,
    HEADING,
    "Điểm kiểm tra thực tế tại đơn vị",
    unit="điểm",
    empty=True,
    shown=Shown.KNOWN,
    hidden_by=SiteField.SURVEY_POINTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedUnit(UnitResult):
    """A unit with one figure more."""

    inspection_points: Decimal | None = None


@pytest.fixture
def inspected(monkeypatch: pytest.MonkeyPatch) -> GroupResult:
    """A group of two units with the figure, which is a row of the table."""
    monkeypatch.setattr(published_figures, "FIGURES", (*published_figures.FIGURES, ADDED))
    group = compared({"xa-a": 90, "xa-b": 80}, {"xa-a": ("70", 1), "xa-b": ("60", 2)})
    units = tuple(
        InspectedUnit(
            **{field.name: getattr(unit, field.name) for field in fields(UnitResult)},
            inspection_points=Decimal("7.25"),
        )
        for unit in group.units
    )
    return replace(group, units=units)


class Words(HTMLParser):
    """The words of a page, element by element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def words_of(html: str | bytes) -> list[str]:
    return Words(html.decode() if isinstance(html, bytes) else html).words


def exported(of: Frozen, without: frozenset[str] = frozenset()) -> dict[str, bytes]:
    return {form: results_in_format(of, "0" * 64, "published", form, without) for form in FORMATS}


def site_pages(group: GroupResult, hidden: Hidden) -> dict[str, list[str]]:
    """The words of every page of the site that shows the group."""
    shown = edition(visible(frozen(group), hidden).results.groups[0])
    contents = SiteContents(shown.frozen.config, [shown], [], {shown.place: []}, hidden.columns)
    files = [page for part in contents.parts() for page in contents.made(part)]
    return {path.rpartition("/")[2]: words_of(content) for path, content in files if path.endswith(".html")}


def test_it_is_a_column_of_the_annex(inspected: GroupResult) -> None:
    of = frozen(inspected)
    _, annex = decision_documents(
        of.config, of.round, of.results, PaperHead(None, None, "QĐ-UBND", of.config.signer(None))
    )
    words = words_of(annex.html)
    assert HEADING in words
    assert words.count(SAID) == 2


def test_it_is_a_column_of_the_annexs_table_of_units_without_a_rank(inspected: GroupResult) -> None:
    first, second = inspected.units
    of = frozen(replace(inspected, units=(first, replace(second, ranked=False, rank=None))))
    _, annex = decision_documents(
        of.config, of.round, of.results, PaperHead(None, None, "QĐ-UBND", of.config.signer(None))
    )
    words = words_of(annex.html)
    unranked = words[words.index("Đơn vị không xếp hạng") :]
    assert (HEADING in unranked, unranked.count(SAID)) == (True, 1)


def test_it_is_in_the_json_the_csv_and_the_workbook_and_the_json_keeps_its_schema(inspected: GroupResult) -> None:
    files = exported(frozen(inspected))
    document = json.loads(files["json"])
    assert [unit["inspection_points"] for unit in document["groups"][0]["units"]] == ["7.25", "7.25"]
    Draft202012Validator(json.loads(results_schema())).validate(document)
    lines = csv.DictReader(io.StringIO(files["csv"].decode()))
    assert [line["inspection_points"] for line in lines] == ["7.25", "7.25"]
    header, *rows = load_workbook(io.BytesIO(files["xlsx"])).worksheets[0].values
    assert [row[header.index(HEADING)] for row in rows] == [7.25, 7.25]


def test_the_dictionary_explains_it_in_every_file(inspected: GroupResult) -> None:
    told = [
        (file, name) for file, name, meaning, unit, _ in dictionary_rows() if (meaning, unit) == (ADDED.meaning, "điểm")
    ]
    assert told == [
        ("results.json", "groups[].units[].inspection_points"),
        ("results.csv", "inspection_points"),
        ("results.xlsx, trang “Xếp hạng …”", HEADING),
    ]


def test_it_is_in_the_ranking_and_on_the_unit_pages_of_the_site(inspected: GroupResult) -> None:
    pages = site_pages(inspected, hiding())
    assert HEADING in pages["xep-hang-xa.html"]
    assert pages["xep-hang-xa.html"].count(SAID) == 2
    assert (HEADING in pages["xa-a.html"], SAID in pages["xa-a.html"]) == (True, True)


def test_it_is_in_the_table_of_the_terminal(inspected: GroupResult, capsys: pytest.CaptureFixture[str]) -> None:
    print_ranks(frozen(inspected).results)
    said = capsys.readouterr().out
    assert HEADING in said
    assert said.count(SAID) == 2


def test_what_hides_it_hides_it_everywhere_on_the_site(inspected: GroupResult) -> None:
    hidden = hiding(fields=(SiteField.SURVEY_POINTS,))
    assert [page for page, words in site_pages(inspected, hidden).items() if SAID in words] == []
    files = exported(visible(frozen(inspected), hidden), hidden.columns)
    for form in ("json", "csv"):
        assert b"inspection_points" not in files[form]
        assert b"7.25" not in files[form]
    assert HEADING not in next(load_workbook(io.BytesIO(files["xlsx"])).worksheets[0].values)
    without = json.loads(results_schema(hidden.columns))
    Draft202012Validator(without).validate(json.loads(files["json"]))


def test_a_field_of_a_unit_that_no_figure_declares_is_not_shown(
    inspected: GroupResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_figures, "FIGURES", published_figures.FIGURES[:-1])
    shown = visible(frozen(inspected), hiding()).results.groups[0].units
    assert [unit.inspection_points for unit in shown if isinstance(unit, InspectedUnit)] == [None, None]


def test_every_attribute_of_a_unit_is_declared_or_hidden_on_purpose() -> None:
    group = compared({"xa-a": 90, "xa-b": 80}, {"xa-a": ("70", 1), "xa-b": ("60", 2)})
    assert visible(frozen(group), hiding()).results.groups[0] == group


def test_every_figure_has_its_place_in_a_unit_and_in_a_medium() -> None:
    (unit,) = compared({"xa-a": 90}, {"xa-a": ("70", 1)}).units
    placed = {figure.id for medium in Medium for figure in published_figures.figures_in(medium)}
    for figure in published_figures.FIGURES:
        assert figure.of(unit) is not None or figure.empty or figure.parent
        assert figure.id in placed
