"""The country's ranking → a folder: CSV, JSON and XLSX for programs and spreadsheets, pages for people.

Text that a spreadsheet program would run is made inert. The same publications give the same bytes.
"""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from models.numbers import plain
from models.units import kind_name
from tasks.gathering.country import Country, CountryUnit
from tasks.gathering.pages import country_pages
from tasks.gathering.publications import ProvincialYear
from tasks.site.tables import state_of
from tasks.spreadsheets.inert import inert
from tasks.spreadsheets.tables import workbook_of

CSV, JSON, XLSX = FILES = ("ranking.csv", "ranking.json", "ranking.xlsx")


class _Figure(NamedTuple):
    """One figure of a unit: its name for programs, its heading for people."""

    name: str
    heading: str


_FIGURES = (
    _Figure("rank", "Hạng cả nước"),
    _Figure("tied", ""),
    _Figure("province", "Mã tỉnh"),
    _Figure("province_name", "Tỉnh, thành phố"),
    _Figure("code", "Mã"),
    _Figure("name", "Đơn vị"),
    _Figure("kind", "Loại đơn vị"),
    _Figure("index", "Chỉ số (%)"),
    _Figure("points", "Tổng điểm"),
    _Figure("max_points", "Điểm tối đa"),
    _Figure("province_rank", "Hạng trong tỉnh"),
    _Figure("note", "Ghi chú"),
)
_HEADED = [figure for figure in _FIGURES if figure.heading]


def write_country(country: Country, out: Path) -> list[Path]:
    """Write the ranking into a folder, made where it is missing; files of the same name are replaced.

    Returns:
        The files in their order, the page to open first among them.

    Raises:
        OSError: it cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    data = {CSV: country_csv(country), JSON: country_json(country), XLSX: country_xlsx(country)}
    written = []
    for name, content in (*data.items(), *country_pages(country, FILES)):
        (out / name).write_bytes(content)
        written.append(out / name)
    return written


def country_csv(country: Country) -> bytes:
    """One line a unit, levels one after the other, best unit first; numbers as printed, with a decimal point."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["level", *(figure.name for figure in _FIGURES)])
    for ranking in country.levels:
        for each in ranking.units:
            values = _values(each)
            cells = [ranking.level.value, *(values[figure.name] for figure in _FIGURES)]
            writer.writerow([inert(int(cell) if isinstance(cell, bool) else cell) for cell in cells])
    return out.getvalue().encode()


def country_json(country: Country) -> bytes:
    """The ranking with its sources and what is missing, as indented UTF-8 JSON; numbers are strings, as printed."""
    rule = country.rule
    document = {
        "year": country.gathered.year,
        "ranking": {"decimals": rule.decimals, "ties": rule.ties.value},
        "provinces": [_source(one) for one in country.gathered.provinces],
        "refused": [{"name": one.name, "why": one.why} for one in country.gathered.refused],
        "silent": list(country.gathered.silent),
        "notes": list(country.notes),
        "levels": [
            {
                "id": ranking.level.value,
                "name": ranking.level.label,
                "ranked": ranking.ranked,
                "mean": None if ranking.mean is None else format(rule.printed(ranking.mean), "f"),
                "units": [_values(each) for each in ranking.units],
            }
            for ranking in country.levels
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def country_xlsx(country: Country) -> bytes:
    """A workbook: a sheet a level, and the sources."""
    sheets = [(ranking.level.label, _sheet_rows(ranking.units)) for ranking in country.levels]
    decimals = "0." + "0" * country.rule.decimals if country.rule.decimals else "0"
    return workbook_of([*sheets, ("Nguồn số liệu", _source_rows(country))], decimals, country.mark)


def _sheet_rows(units: tuple[CountryUnit, ...]) -> Iterator[list[Any]]:
    yield [figure.heading for figure in _HEADED]
    for each in units:
        unit, rule = each.unit, each.province.frozen.results.ranking
        figures = {
            **_words(each),
            "index": each.index,
            "points": None if unit.points is None else rule.printed_points(unit.points),
            "max_points": unit.max_points,
        }
        yield [figures[figure.name] for figure in _HEADED]


def _source_rows(country: Country) -> Iterator[list[Any]]:
    yield ["Tỉnh, thành phố", "Quyết định", "Xác thực", "Bản kết quả (SHA-256)", "Ghi chú"]
    for one in country.gathered.provinces:
        yield [one.name, one.ruling.cited, one.proof, one.snapshot, None]
    for note in country.notes:
        yield [None, None, None, None, note]


def _source(one: ProvincialYear) -> dict[str, Any]:
    sets = [
        {"id": each.id, "title": each.title, "maximum": plain(each.maximum)}
        for each in one.frozen.criteria_sets.values()
    ]
    return {
        "code": one.code,
        "name": one.name,
        "decision": one.ruling.notation,
        "date": one.ruling.day.isoformat(),
        "snapshot": one.snapshot,
        "manifest": one.manifest,
        "signed": one.signed,
        "trusted": one.trusted,
        "hidden_units": one.hidden,
        "criteria_sets": sets,
    }


def _words(each: CountryUnit) -> dict[str, Any]:
    """What is said of a unit beside its points and index."""
    unit = each.unit
    return {
        "rank": each.rank,
        "tied": each.tied,
        "province": each.province.code,
        "province_name": each.province.name,
        "code": unit.code,
        "name": unit.name,
        "kind": kind_name(unit.kind),
        "province_rank": unit.rank,
        "note": state_of(unit) or None,
    }


def _values(each: CountryUnit) -> dict[str, Any]:
    """A unit for programs, in the order of the figures."""
    unit, rule = each.unit, each.province.frozen.results.ranking
    values = {
        **_words(each),
        "kind": unit.kind,
        "index": None if each.index is None else format(rule.printed(each.index), "f"),
        "points": None if unit.points is None else format(rule.printed_points(unit.points), "f"),
        "max_points": plain(unit.max_points),
    }
    return {figure.name: values[figure.name] for figure in _FIGURES}
