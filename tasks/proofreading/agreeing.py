"""A number as a text says it, with its hedge → whether a reader with the printed figure comes to the same.

Source: docs/maths.md, 18.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from models.numbers import EXACT, decimals_of, said
from tasks.proofreading.statements import Verdict, Weighed

_TEN = Decimal(10)


class Hedge(Enum):
    """How exactly a number is said."""

    EXACTLY = ""
    ABOUT = "khoảng"
    OVER = "trên"
    NEARLY = "gần"
    UNDER = "dưới"
    AT_LEAST = "từ"
    AT_MOST = "không quá"


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as it stands in a text.

    Attributes:
        decimals: as written, so that `82,0` says more than `82`.
        whole: the number of all, where it is said as a part of them: 16 of `13/16`.
        unit: the word behind it, as tokens name it.
    """

    value: Decimal
    decimals: int = 0
    whole: Decimal | None = None
    unit: str = ""

    @property
    def last_place(self) -> Decimal:
        """One of the last place said: 1 of `81`, 10 of `90`, 0.1 of `81,5`."""
        if self.decimals or not self.value:
            return Decimal(1).scaleb(-self.decimals)
        place, value = Decimal(1), int(self.value)
        while value % 10 == 0:
            place, value = place * _TEN, value // 10
        return place


def agrees(stated: Stated, hedge: Hedge, printed: Decimal) -> Verdict:
    """Whether a number is right, wrong, or true without being close (ambiguous), beside a printed figure.

    Args:
        stated: the number in the text.
        hedge: how exactly it is said.
        printed: the published figure as printed.
    """
    value, step = stated.value, stated.last_place
    near = Decimal(1).scaleb(-stated.decimals)
    distance = printed - value
    match hedge:
        case Hedge.EXACTLY:
            rounded = printed.quantize(near, ROUND_HALF_UP, EXACT)
            fewer = stated.decimals < decimals_of(printed)
            return Verdict.RIGHT if value == printed or (fewer and rounded == value) else Verdict.WRONG
        case Hedge.ABOUT:
            return Verdict.RIGHT if abs(distance) < near else Verdict.WRONG
        case Hedge.OVER | Hedge.AT_LEAST:
            holds = distance > 0 or (hedge is Hedge.AT_LEAST and not distance)
            return _close(holds, distance < step)
        case Hedge.UNDER | Hedge.AT_MOST:
            holds = distance < 0 or (hedge is Hedge.AT_MOST and not distance)
            return _close(holds, -distance < step)
        case Hedge.NEARLY:
            if distance >= 0 or -distance >= step:
                return Verdict.WRONG
            return _close(True, -distance < max(near, step / 2))


def _close(holds: bool, close: bool) -> Verdict:
    if not holds:
        return Verdict.WRONG
    return Verdict.RIGHT if close else Verdict.AMBIGUOUS


def compared(stated: Stated, hedge: Hedge, printed: Decimal, shown: str, source: str) -> Weighed:
    """A number held against a printed figure.

    Args:
        shown: the figure as it is printed, with its unit.
    """
    verdict = agrees(stated, hedge, printed)
    why = f"nói “{hedge.value} {said(stated.value)}” là đúng nhưng không sát" if verdict is Verdict.AMBIGUOUS else ""
    return Weighed(verdict, shown, source, why)
