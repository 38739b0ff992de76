"""What is wrong with a rule as it is written in a criteria set, and the faults that several kinds share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from models.numbers import said


class RuleFault(NamedTuple):
    """What is wrong with a rule as written: the path inside the rule, what and what to do, in Vietnamese."""

    path: tuple[str | int, ...]
    what: str
    remedy: str


def above_maximum(points: Decimal, maximum: Decimal, path: tuple[str | int, ...]) -> list[RuleFault]:
    """The fault of points that no component of this maximum can give."""
    if points <= maximum:
        return []
    what = f"{said(points)} điểm vượt điểm tối đa {said(maximum)}"
    return [RuleFault(path, what, f"Sửa thành giá trị từ 0 đến {said(maximum)}")]


def named_twice(ids: Sequence[str], path: str) -> list[RuleFault]:
    """The faults of ids that stand in a list already; `path` is the list's name in the rule."""
    return [
        RuleFault((path, position, "id"), f"mã “{id}” lặp lại", "Đặt cho mỗi mục một mã riêng")
        for position, id in enumerate(ids)
        if id in ids[:position]
    ]
