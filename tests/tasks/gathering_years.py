"""Provinces that have published a year, as short as a test can say them."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from models.province.config import ProvinceConfig
from models.province.rounds import Group, RankingRule, Round, Selection
from models.records.results import Counts, GroupResult, RoundResult, ScoredUnit, Status, UnitResult
from models.records.snapshots import Frozen
from tasks.gathering.publications import ProvincialYear
from tasks.publishing.folders import MANIFEST, entry_of
from tasks.scoring.ranking import rank_group
from tasks.site.papers import Ruling
from tests.tasks.rounds import SET

YEAR = 2025
Indices = dict[str, str | None]
"""By the code of a unit, its index; None of one that was not scored. The code begins with its kind: `xa-1`."""


def frozen_year(
    code: str,
    *groups: Indices,
    maximum: int = 100,
    unranked: tuple[str, ...] = (),
    decimals: int = 2,
) -> Frozen:
    """A year of a province: each group with the indices of its units."""
    rule = RankingRule(decimals=decimals)
    config = ProvinceConfig(name=f"tỉnh {code.upper()}", code=code)
    declared = tuple(
        Group(id=f"g{place}", name=f"Nhóm {place}", criteria_set="mau", units=Selection(codes=tuple(group)))
        for place, group in enumerate(groups)
    )
    results = tuple(_group(one, units, maximum, unranked, rule) for one, units in zip(declared, groups, strict=True))
    round = Round(year=YEAR, groups=declared, ranking=rule)
    return Frozen(config, round, {"mau": SET}, (), {}, "", RoundResult(YEAR, rule, results))


def _group(
    declared: Group, indices: Indices, maximum: int, unranked: tuple[str, ...], rule: RankingRule
) -> GroupResult:
    scored = [_scored(code, index, Decimal(maximum)) for code, index in indices.items()]
    units = tuple(
        UnitResult(
            code=one.unit.code,
            name=one.unit.name,
            kind=one.unit.kind,
            status=one.unit.status,
            max_points=one.unit.max_points,
            points=one.unit.points,
            index=one.unit.index,
            ranked=one.ranked,
            rank=one.rank,
            tied=one.tied,
        )
        for one in rank_group(scored, rule, (), unranked=unranked)
    )
    none = Counts(0, 0, 0)
    parts = ((), (), None, False, None, units)
    return GroupResult(declared.id, declared.name, "mau", Decimal(maximum), len(units), None, none, none, *parts)


def _scored(code: str, index: str | None, maximum: Decimal) -> ScoredUnit:
    value = None if index is None else Decimal(index)
    return ScoredUnit(
        code=code,
        name=f"Đơn vị {code}",
        kind=code.partition("-")[0],
        status=Status.NOT_SCORED if value is None else Status.SCORED,
        max_points=maximum,
        points=None if value is None else value * maximum / 100,
        index=value,
    )


def publish_plainly(frozen: Frozen, folder: Path, number: str = "5/QĐ-UBND", replaces: str | None = None) -> Path:
    """A published folder as the first versions of the program made it: results and manifest, without papers."""
    folder.mkdir(parents=True)
    decision = {"notation": number, "date": "2026-02-20", "replaces": replaces}
    (folder / "snapshot.json").write_bytes(frozen.body)
    files = {"snapshot.json": entry_of(frozen.body)}
    manifest = {"format": 1, "year": frozen.year, "snapshot": frozen.sha256, "decision": decision, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder


def marked(frozen: Frozen) -> Frozen:
    """The same, marked as a sample."""
    return replace(frozen, config=frozen.config.model_copy(update={"mark": "DỮ LIỆU MẪU"}))


def in_memory(frozen: Frozen) -> ProvincialYear:
    """A year as it comes out of its verified folder, nothing of it hidden."""
    ranked = {group.id: len(group.ranked_units) for group in frozen.results.groups}
    ruling = Ruling(frozen.year, "5/QĐ-UBND", date(2026, 2, 20))
    return ProvincialYear(ruling, frozen, ranked, 0, frozen.sha256, "", signed=False, trusted=False)
