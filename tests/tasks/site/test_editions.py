"""What of a round may be seen, and how decisions and years hang together, on rounds as short as a test can say them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.criteria.sets import CriteriaSet
from models.province.config import ProvinceConfig, Site
from models.province.rounds import Group, RankingRule, Round, Selection
from models.published_figures import Medium, SiteField, figures_in
from models.records.results import GroupResult, RoundResult
from models.records.snapshots import Frozen, thawed
from tasks.publishing.exporting import results_data
from tasks.site.editions import Edition, Hidden, SiteArchive, visible
from tasks.site.papers import Ruling, in_order
from tests.tasks.building import MERGED, RENAMED, YEAR, a_set, area, compared, criterion, leaf, step

SET: CriteriaSet = a_set(area("1", criterion("1.1", leaf("1.1.1", 100))))
NOTHING = Hidden(frozenset(), frozenset(), frozenset())


def frozen(group: GroupResult, year: int = YEAR) -> Frozen:
    """A snapshot of one group."""
    declared = Group(id="xa", name="Các xã", criteria_set="mau", units=Selection(kind=("xa",)))
    results = RoundResult(year, RankingRule(), (group,))
    return Frozen(
        ProvinceConfig(name="tỉnh Mẫu"), Round(year=year, groups=(declared,)), {"mau": SET}, (), {}, "", results
    )


def edition(
    group: GroupResult, number: int = 1, year: int = YEAR, replaces: Ruling | None = None, by: Ruling | None = None
) -> Edition:
    """A decision that published one group."""
    ruling = Ruling(year, f"{number:02d}/QĐ-UBND", date(year + 1, 2, number), replaces.notation if replaces else "")
    ranked = {group.id: len(group.ranked_units)}
    return Edition(
        ruling, f"{year}/{number}", Path(), "", {}, by, replaces, False, frozen(group, year), ranked, {group.id: 0}
    )


def hiding(*units: str, fields: tuple[SiteField, ...] = (), names: Mapping[str, str] | None = None) -> Hidden:
    return Hidden.of(Site(hide_units=units, hide_fields=fields), names or {})


def test_a_hidden_unit_leaves_the_ranks_of_the_others_and_takes_the_mean_with_it() -> None:
    shown = visible(frozen(compared({"xa-a": 90, "xa-b": 80, "xa-c": 70}, {})), hiding("xa-b")).results.groups[0]
    assert [(unit.code, unit.rank) for unit in shown.units] == [("xa-a", 1), ("xa-c", 3)]
    assert (shown.size, shown.mean) == (3, None)


def test_counts_and_movers_are_those_of_the_units_that_are_seen() -> None:
    past = {"xa-a": ("70", 3), "xa-b": ("80", 2), "xa-c": ("90", 1)}
    group = compared({"xa-a": 95, "xa-b": 80, "xa-c": 75}, past)
    assert (group.index_counts.up, group.risers, group.fallers) == (1, ("xa-a",), ("xa-c",))
    shown = visible(frozen(group), hiding("xa-a")).results.groups[0]
    assert (shown.index_counts.up, shown.index_counts.down, shown.risers, shown.fallers) == (0, 1, (), ("xa-c",))


def test_a_hidden_predecessor_is_not_named_by_its_successor() -> None:
    steps = (step("cu-x", "xa-a", MERGED), step("cu-y", "xa-a", MERGED))
    group = compared({"xa-a": 90}, {"cu-x": ("70", 1), "cu-y": ("80", 2)}, *steps)
    hidden = hiding("cu-x", names={"cu-x": "Đơn vị cu-x"})
    seen = visible(frozen(group), hidden).results.groups[0].units[0]
    assert seen.previous is not None
    assert (seen.previous.from_units, seen.previous.note) == (("cu-y",), None)
    assert "cu-x" not in str(visible(frozen(group), hidden).results)
    both = visible(frozen(group), hiding("cu-x", "cu-y", names={"cu-x": "Đơn vị cu-x", "cu-y": "Đơn vị cu-y"}))
    assert (both.results.groups[0].units[0].previous, both.results.groups[0].units[0].change) == (None, None)
    assert "cu-" not in str(both.results)


def test_a_reason_that_names_a_hidden_unit_is_said_without_it() -> None:
    steps = (step("cu-x", "xa-a", MERGED), step("cu-y", "xa-a", MERGED))
    group = compared({"xa-a": 90}, {"cu-y": ("80", 2)}, *steps)
    assert group.units[0].no_comparison == "không có kết quả năm 2024 của Đơn vị cu-x"
    seen = visible(frozen(group), hiding("cu-x", names={"cu-x": "Đơn vị cu-x"})).results.groups[0].units[0]
    assert seen.no_comparison == "không có kết quả năm trước để so sánh"


@pytest.mark.parametrize("field", SiteField, ids=str)
def test_a_hidden_field_has_no_value_left_and_names_its_columns(field: SiteField) -> None:
    group = compared({"xa-a": 90, "xa-b": 80}, {"xa-a": ("70", 1), "xa-b": ("60", 2)})
    full = replace(
        group.units[0],
        self_points=Decimal(1),
        survey_points=Decimal(2),
        bonus=Decimal(3),
        penalty=Decimal(4),
        leaves=((),),
    )
    seen = (
        visible(frozen(replace(group, units=(full, group.units[1]))), hiding(fields=(field,)))
        .results.groups[0]
        .units[0]
    )
    names = {"comparison": "change", "lost_points": "leaves"}
    assert getattr(full, names.get(field, field))
    assert not getattr(seen, names.get(field, field))
    columns = hiding(fields=(field,)).columns
    known = {
        *(figure.id for figure in figures_in(Medium.CSV)),
        *results_data(frozen(group).results, "", "")["groups"][0]["units"][0],
    }
    assert columns <= known | {"note", "up", "down", "unchanged", "lost_points"}


def test_what_is_hidden_is_no_part_of_a_snapshot_and_an_address_is() -> None:
    before = frozen(compared({"xa-a": 90}, {}))
    site = Site(hide_units=("xa-a",), hide_fields=(SiteField.GRADE,))
    assert replace(before, config=before.config.model_copy(update={"site": site})).body == before.body
    with_address = replace(before, config=before.config.model_copy(update={"site": Site(address="https://a.example")}))
    assert with_address.sha256 != before.sha256
    assert thawed(with_address.body).config.site.address == "https://a.example"


def test_history_follows_a_renamed_unit_and_ends_at_a_merger() -> None:
    before = edition(compared({"giua": 80, "khac": 85}, {}), 2, 2024)
    now = compared({"xa-a": 90}, {"giua": ("80", 2)}, step("giua", "xa-a", RENAMED))
    archive = SiteArchive([edition(now, 3), before])
    lines = archive.history(archive.editions[0], "xa-a")
    assert [(line.year, line.page, line.rank, line.size) for line in lines] == [
        (2025, "xa-a", 1, 1),
        (2024, "giua", 2, 2),
    ]
    assert lines[1].note == "đổi tên từ Đơn vị giua"
    assert [unit.code for _, unit in archive.later(before, "giua")] == ["xa-a"]

    steps = (step("cu-x", "xa-m", MERGED), step("cu-y", "xa-m", MERGED))
    merged = compared({"xa-m": 90}, {"cu-x": ("70", 1), "cu-y": ("80", 2)}, *steps)
    archive = SiteArchive([edition(merged)])
    year_before = archive.history(archive.editions[0], "xa-m")[1]
    assert (year_before.index, year_before.edition, year_before.rank) == (75, None, None)
    assert year_before.note == "sáp nhập từ Đơn vị cu-x, Đơn vị cu-y"


def test_history_has_both_a_decision_and_its_correction() -> None:
    first, second = (
        Ruling(YEAR, "01/QĐ-UBND", date(2026, 2, 1)),
        Ruling(YEAR, "02/QĐ-UBND", date(2026, 2, 2), "01/QĐ-UBND"),
    )
    corrected = edition(compared({"xa-a": 91}, {}), 2, replaces=first)
    archive = SiteArchive([corrected, edition(compared({"xa-a": 90}, {}), 1, by=second)])
    for one in archive.editions:
        assert [line.index for line in archive.history(one, "xa-a")] == [91, 90]
    assert archive.valid(YEAR) is corrected
    assert (archive.shown(second), archive.shown(None)) == (corrected, None)


def test_decisions_come_newest_first_and_a_number_of_two_years_has_two_places() -> None:
    rulings = [
        Ruling(2025, "05/QĐ-UBND", date(2026, 2, 20)),
        Ruling(2025, "05/QĐ-UBND", date(2027, 1, 9), "05/QĐ-UBND"),
        Ruling(2024, "31/QĐ-UBND", date(2025, 3, 1)),
    ]
    assert [(ruling.day.year, place) for ruling, place in in_order(rulings)] == [
        (2027, "2025/05-qd-ubnd-2027"),
        (2026, "2025/05-qd-ubnd"),
        (2025, "2024/31-qd-ubnd"),
    ]


def test_hiding_nothing_changes_nothing() -> None:
    group = compared({"xa-a": 90, "xa-b": None}, {"xa-a": ("70", 1)})
    assert visible(frozen(group), NOTHING).results == frozen(group).results
