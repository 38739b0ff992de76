"""A trial of a set as rows: for the terminal, a page, a workbook, and machines."""

from collections.abc import Iterator
from typing import Any

from models.numbers import plain, printed, said, vietnamese_number
from models.province.config import ProvinceConfig
from tasks.criteria.trying import Announced, MovedLeaf, Trial, TriedUnit
from tasks.spreadsheets.tables import workbook_of

HEADS = (
    "Đơn vị",
    "Chỉ số trước",
    "Hạng trước",
    "Xếp loại trước",
    "Chỉ số thử",
    "Hạng thử",
    "Xếp loại thử",
    "Tăng, giảm",
    "Do tiêu chí (điểm chỉ số)",
)


def rows_of(trial: Trial) -> Iterator[tuple[str, ...]]:
    """A row a unit, best first under the tried set, every cell in words."""
    decimals = trial.ranking.decimals
    for unit in trial.units:
        change = "–" if unit.change is None else _signed(unit.change, decimals)
        yield (unit.name, *_said(unit.before, decimals), *_said(unit.now, decimals), change, leaves_said(trial, unit))


def leaves_said(trial: Trial, unit: TriedUnit) -> str:
    """By which leaves a unit gains or loses: `1.1 −19,50; 2.2 −13,50`."""
    return "; ".join(f"{leaf.code} {_signed(leaf.by, trial.ranking.decimals)}" for leaf in unit.leaves)


def summary_of(trial: Trial) -> list[str]:
    """What the trial comes to, a sentence each without a full stop."""
    told = [
        f"Năm {trial.year}, {trial.group_name}: tính thử theo bộ tiêu chí {trial.criteria_set} ({trial.title}); "
        f"kết quả để so sánh: {trial.beside}",
        f"Chấm thử {trial.of_leaves} tiêu chí, điểm tối đa {said(trial.maximum)}",
    ]
    if trial.left_out:
        named = "; ".join(f"{code} {name}" for code, name in trial.left_out)
        told.append(f"{len(trial.left_out)} tiêu chí không có số liệu của năm ấy, không tính vào điểm tối đa: {named}")
    named = "; ".join(f"{code} {name}" for code, name in trial.full_for_all)
    told.append(f"{len(trial.full_for_all)} tiêu chí mọi đơn vị đều đạt điểm tối đa" + (f": {named}" if named else ""))
    rising, falling = trial.gaining, trial.losing
    told.append(f"{len(rising)} đơn vị tăng, {len(falling)} đơn vị giảm chỉ số")
    if trial.proposals:
        pairs = "; ".join(f"{old} → {new}" for old, new in trial.proposals)
        told.append(f"Có vẻ đã đổi mã, nếu đúng thì ghi vào bảng chuyển (old_code,new_code): {pairs}")
    return told


def trial_data(trial: Trial) -> dict[str, Any]:
    """For machines; numbers that are printed are texts, as printed but with a decimal point."""
    decimals = trial.ranking.decimals

    def announced(of: Announced) -> dict[str, Any]:
        index = None if of.index is None else format(printed(of.index, decimals), "f")
        return {"index": index, "rank": of.rank, "grade": of.grade}

    def leaf(of: MovedLeaf) -> dict[str, str]:
        return {"code": of.code, "name": of.name, "by": format(printed(of.by, decimals), "f")}

    return {
        "year": trial.year,
        "criteria_set": trial.criteria_set,
        "group": trial.group,
        "beside": trial.beside,
        "max_points": plain(trial.maximum),
        "leaves": trial.of_leaves,
        "left_out": [{"code": code, "name": name} for code, name in trial.left_out],
        "full_for_all": [{"code": code, "name": name} for code, name in trial.full_for_all],
        "proposals": [{"old_code": old, "new_code": new} for old, new in trial.proposals],
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                "before": announced(unit.before),
                "now": announced(unit.now),
                "change": None if unit.change is None else format(printed(unit.change, decimals), "f"),
                "rank_change": unit.rank_change,
                "leaves": [leaf(each) for each in unit.leaves],
            }
            for unit in trial.units
        ],
        "notes": [str(note) for note in trial.notes],
    }


def trial_workbook(trial: Trial, config: ProvinceConfig) -> bytes:
    """The table and what it comes to, a sheet each."""

    def units() -> Iterator[list[Any]]:
        yield list(HEADS)
        for unit in trial.units:
            both = [value for of in (unit.before, unit.now) for value in (of.index, of.rank, of.grade)]
            shown = [unit.name, *both, unit.change, leaves_said(trial, unit)]
            yield ["" if value is None else value for value in shown]

    def summary() -> Iterator[list[Any]]:
        yield ["Tóm tắt"]
        yield from ([line] for line in summary_of(trial))

    sheets = [("Tính thử", units()), ("Tóm tắt", summary())]
    return workbook_of(sheets, f"0.{'0' * trial.ranking.decimals}" if trial.ranking.decimals else "0", config.mark)


def _said(of: Announced, decimals: int) -> tuple[str, str, str]:
    index = "–" if of.index is None else vietnamese_number(format(printed(of.index, decimals), "f"))
    return index, str(of.rank or "–"), of.grade or "–"


def _signed(value: Any, decimals: int) -> str:
    shown = vietnamese_number(format(printed(abs(value), decimals), "f"))
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{shown}"
