"""Other indices (PAR INDEX, SIPAS, PAPI, PCI, ICT/DTI, QĐ 766/QĐ-TTg, DDCI) as series of value and rank by year.

A rank says something only beside the number of those ranked: where that number changes (63 → 34 provinces), the series
breaks, and no change of rank is told across the break. Source: docs/process.md, 5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from models.codes import Code, Name
from models.criteria.rules.amounts import PositivePoints
from models.numbers import said


class IndexSeries(BaseModel):
    """One index that somebody else publishes, of the province or of its units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    name: Name
    publisher: str | None = None
    scale: PositivePoints | None = None
    unit: str = ""
    source: str | None = None

    def in_year(self, year: int) -> str:
        """`PAR INDEX năm 2024`; a name that says the year already stands as it is."""
        dated = f"năm {year}"
        return self.name if dated in self.name else f"{self.name} {dated}"


def series_by_word(series: Iterable[IndexSeries]) -> dict[str, IndexSeries]:
    """The series by what a rule (`external`) may call them: id or name."""
    return {word: one for one in series for word in (one.id, one.name)}


@dataclass(frozen=True, slots=True)
class IndexValue:
    """What was published of one unit in one year.

    Attributes:
        unit: the unit's code, "" for the province itself.
        rank, of: the rank and how many were ranked.
        rank_change: places gained against the year before as published, negative when lost.
    """

    series: str
    unit: str
    year: int
    value: Decimal | None = None
    rank: int | None = None
    of: int | None = None
    rank_change: int | None = None
    published_on: date | None = None
    source: str = ""
    version: int = 0

    @property
    def shown(self) -> str:
        """What was published, in words: `85,2; hạng 2/11 (tăng 6 bậc)`."""
        parts = [] if self.value is None else [said(self.value)]
        if self.rank is not None:
            parts.append(f"hạng {self.rank}" + (f"/{self.of}" if self.of else ""))
        text = "; ".join(parts)
        if self.rank_change is None:
            return text
        change = said_of_places(self.rank_change)
        return f"{text} ({change})" if text else change

    def named(self, series: IndexSeries) -> str:
        """Which publication it is: `PAR INDEX năm 2024, công bố ngày 05/05/2025 (Quyết định …)`."""
        said = series.in_year(self.year)
        if self.published_on is not None:
            said += f", công bố ngày {self.published_on:%d/%m/%Y}"
        source = self.source or series.publisher or ""
        return f"{said} ({source})" if source else said

    @property
    def rank_before(self) -> int | None:
        """The rank of the year before that follows from rank and change."""
        return None if self.rank is None or self.rank_change is None else self.rank + self.rank_change


@dataclass(frozen=True, slots=True)
class RankChange:
    """Places gained since an earlier year, or why they cannot be told."""

    places: int | None
    broken: str = ""


def said_of_places(places: int) -> str:
    """`tăng 6 bậc`, `giảm 4 bậc`, `giữ nguyên thứ hạng`."""
    if not places:
        return "giữ nguyên thứ hạng"
    return f"{'tăng' if places > 0 else 'giảm'} {abs(places)} bậc"


def rank_change(earlier: IndexValue | None, later: IndexValue) -> RankChange:
    """Places gained between two years; none across a change of the number ranked."""
    if earlier is None or earlier.rank is None or later.rank is None:
        return RankChange(later.rank_change, "" if later.rank_change is not None else "chưa có hạng để so sánh")
    if earlier.of is not None and later.of is not None and earlier.of != later.of:
        what = f"hạng {earlier.rank}/{earlier.of} năm {earlier.year} và hạng {later.rank}/{later.of} năm {later.year}"
        return RankChange(None, f"không so sánh được thứ hạng: {what} tính trên số đơn vị khác nhau")
    return RankChange(earlier.rank - later.rank)
