"""The country as a sample: its provinces and communes by their public names and codes; every figure is made up.

Each province is a folder as a province writes it, with the criteria sets and the words of the sample province, so that
forms and papers are as long as real ones. What a unit states is drawn leaf by leaf from what units of the sample
province state. Everything is seeded: the same country comes out every time, and each folder says that it is a sample.

Source of names and codes: Danh mục và mã số các đơn vị hành chính Việt Nam, Quyết định số 19/2025/QĐ-TTg.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from models.criteria.sets import Source
from models.province.folder import Province
from models.records.entries import FactEntry
from models.wording import unaccented

YEAR = 2025
DEPARTMENTS = 15
_HERE = Path(__file__).resolve().parent
_UNITS = _HERE / "administrative_units.csv"
_SAMPLE = _HERE.parent / "examples" / "tinh-mau"
_PROVINCIAL = ("tinh", "thanh_pho")
_COMMUNES = ("xa", "phuong", "dac_khu")
_TAKEN_OUT = re.compile(r"^( *not_applicable: )(\{.*\})\n", re.MULTILINE)
_SPECIAL_ZONE, _KIND_OF_SPECIAL_ZONE = "units: [dk-con-sa]", "kinds: [dac_khu]"
_SOURCE = (
    "Dữ liệu mẫu: tên đơn vị theo danh mục đơn vị hành chính; mọi số liệu được tạo tự động, không phải số liệu thật"
)


@dataclass(frozen=True, slots=True)
class ProvincialUnit:
    """A province with its communes: code, name, kind of each."""

    code: str
    name: str
    communes: tuple[tuple[str, str, str], ...]

    @property
    def short(self) -> str:
        """Its name without what it is: `Cao Bằng`."""
        return self.name.removeprefix("Tỉnh ").removeprefix("Thành phố ")

    @property
    def folder(self) -> str:
        """What its folder is called: `cao-bang`."""
        return unaccented(self.short).replace(" ", "-")


@lru_cache(maxsize=1)
def country() -> tuple[ProvincialUnit, ...]:
    """All provinces by code, each with its communes by code."""
    communes: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    provinces: list[tuple[str, str]] = []
    for row in _rows(_UNITS):
        if row["kind"] in _PROVINCIAL:
            provinces.append((row["code"], row["name"]))
        else:
            communes[row["province"]].append((row["code"], row["name"], row["kind"]))
    return tuple(ProvincialUnit(code, name, tuple(communes[code])) for code, name in provinces)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file whose first lines may be remarks."""
    lines = io.StringIO(path.read_text(encoding="utf-8"))
    return csv.DictReader(line for line in lines if not line.startswith("#"))


def write_country(
    into: Path, provinces: int | None = None, communes: int | None = None, departments: int = DEPARTMENTS
) -> list[Path]:
    """Write the folders of the country, or of its first provinces with the first communes and departments of each.

    Returns:
        The folders, in the order of the provinces' codes.
    """
    known = [(row["code"], row["name"], "so") for row in _rows(_SAMPLE / "units.csv") if row["kind"] == "so"]
    return [
        _write_province(
            into / one.folder,
            one,
            [*known[:departments], *((f"xa-{code}", name, kind) for code, name, kind in one.communes[:communes])],
        )
        for one in country()[:provinces]
    ]


def _write_province(folder: Path, one: ProvincialUnit, units: Sequence[tuple[str, str, str]]) -> Path:
    codes, kinds = {code for code, _, _ in units}, {kind for _, _, kind in units}
    declared = _yaml(_SAMPLE / "province.yaml")
    name = one.name[0].lower() + one.name[1:]
    declared |= {"name": name, "code": one.folder, "place": one.short, "source_note": _SOURCE}
    declared["issuer"] = {"lines": ["ỦY BAN NHÂN DÂN", one.name.upper()], "name": f"Ủy ban nhân dân {name}"}
    _write(folder / "province.yaml", _dumped(declared))
    _write(folder / "rounds" / f"{YEAR}.yaml", _dumped(_round(kinds)))
    for path in sorted((_SAMPLE / "criteria").glob("*.yaml")):
        _write(folder / "criteria" / path.name, _set_for(path.read_text(encoding="utf-8"), codes, kinds))
    rows = io.StringIO(newline="")
    csv.writer(rows, lineterminator="\n").writerows((("code", "name", "kind"), *units))
    _write(folder / "units.csv", rows.getvalue())
    return folder


def _round(kinds: Collection[str]) -> dict[str, Any]:
    """The sample province's round without deadlines, which are over, and with all units of the folder ranked."""
    declared = _yaml(_SAMPLE / "rounds" / f"{YEAR}.yaml")
    del declared["deadlines"]
    for group in declared["groups"]:
        group.pop("unranked", None)
        group["units"]["kind"] = [
            kind for kind in (*_COMMUNES, "so") if kind in kinds and (kind == "so") == (group["id"] == "so")
        ]
    declared["groups"] = [group for group in declared["groups"] if group["units"]["kind"]]
    return declared


def _set_for(text: str, codes: Collection[str], kinds: Collection[str]) -> str:
    """A criteria set of the sample province: what it takes out for units and kinds that are not here is left away.

    What it takes out for its own special zone is taken out for all of the kind.
    """

    def kept(line: "re.Match[str]") -> str:
        given = yaml.safe_load(line[2].replace(_SPECIAL_ZONE, _KIND_OF_SPECIAL_ZONE))
        here = {"units": codes, "kinds": kinds}
        left = {key: [each for each in of if each in here[key]] if key in here else of for key, of in given.items()}
        left = {key: of for key, of in left.items() if of}
        return f"{line[1]}{yaml.safe_dump(left, default_flow_style=True)}" if left else ""

    return _TAKEN_OUT.sub(kept, text)


def _yaml(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # "1.10" stays text
    return values


def _dumped(values: object) -> str:
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def made_up_facts(province: Province) -> list[FactEntry]:
    """Facts of all units of a province for all leaves of their sets, each leaf's from a unit of the sample province.

    What the set checks against each other comes from one unit, so that it agrees.
    """
    chance, known = Random(f"{YEAR} {province.config.code}"), _stated_by_sample()
    made_up = []
    for unit, group in province.units_of_round(YEAR).values():
        criteria_set, stated = province.criteria_sets[group.criteria_set], known[group.id]
        checked = {fact.code for check in criteria_set.checks for fact in (*check.left_facts, *check.right_facts)}
        one = chance.choice(stated)
        for leaf in criteria_set.leaves:
            of = one if leaf.code in checked else chance.choice(stated)
            if leaf.applies_to(unit.code, unit.kind):
                made_up += [FactEntry(unit.code, leaf.code, fact, value) for fact, value in of[leaf.code].items()]
    return made_up


@lru_cache(maxsize=1)
def _stated_by_sample() -> Mapping[str, Sequence[Mapping[str, Mapping[str, str]]]]:
    """By group, what each unit of the sample province states: by leaf and fact."""
    departments = {row["code"] for row in _rows(_SAMPLE / "units.csv") if row["kind"] == "so"}
    by_unit: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in _rows(_SAMPLE / f"facts-{YEAR}.csv"):
        by_unit[row["unit"]][row["component"]][row["fact"]] = row["value"]
    units = sorted(by_unit)
    return {
        "so": [by_unit[code] for code in units if code in departments],
        "xa": [by_unit[code] for code in units if code not in departments],
    }


def of_others(province: Province, facts: Sequence[FactEntry]) -> list[FactEntry]:
    """The facts that no unit states itself: of surveys and of others' indices."""
    own = {
        (group.id, leaf.code)
        for group in province.round_of(YEAR).groups
        for leaf in province.criteria_sets[group.criteria_set].leaves
        if leaf.source is Source.SELF
    }
    groups = {code: group.id for code, (_, group) in province.units_of_round(YEAR).items()}
    return [fact for fact in facts if (groups[fact.unit], fact.component) not in own]
