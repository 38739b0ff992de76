"""Where a statement stands: the cells of its row, and of the rows of its facts and evidence, by column id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from typing_extensions import override

from models.findings import Place
from models.forms.tables import EVIDENCE, fact_of_column


@dataclass(frozen=True, slots=True)
class CellPlaces(Mapping[str, Place]):
    """Where a statement stands, worked out when asked: thousands of files are read, few cells are pointed at.

    Attributes:
        columns: by id, from 0.
        row: the row of the leaf, from 0.
        facts: rows of facts by id, where facts have rows of their own.
        evidence: rows of evidence, those with documents first.
    """

    sheet: str
    columns: Mapping[str, int]
    row: int
    facts: Mapping[str, int] = field(default_factory=dict)
    evidence: tuple[int, ...] = ()

    @override
    def __getitem__(self, id: str) -> Place:
        row, column = self.row, id
        if (fact := fact_of_column(id)) and fact in self.facts:
            row, column = self.facts[fact], "value"
        elif id.partition("/")[0] in EVIDENCE and self.evidence:
            column, _, number = id.partition("/")
            if not number.isdecimal() or int(number) >= len(self.evidence):
                raise KeyError(id)
            row = self.evidence[int(number)]
        if column not in self.columns:
            raise KeyError(id)
        return Place(self.sheet, row + 1, self.columns[column] + 1)

    @override
    def __iter__(self) -> Iterator[str]:
        for id in self.columns:
            if id in EVIDENCE:
                yield from (f"{id}/{number}" for number in range(len(self.evidence)))
            elif id == "value":
                yield from (f"fact:{fact}" for fact in self.facts)
            else:
                yield id

    @override
    def __len__(self) -> int:
        return sum(1 for _ in self)
