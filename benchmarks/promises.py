"""What this project promises of its speed and memory: ratios within one run on one machine wherever that says more."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_GIBIBYTE = 1024


class Sense(StrEnum):
    """On which side of its bound a promise is held."""

    UNDER = "under"
    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; the figure seen for it has the same unit as its bound."""

    what: str
    sense: Sense
    bound: float
    unit: str

    def held(self, seen: float) -> bool:
        """Whether this figure holds it."""
        match self.sense:
            case Sense.UNDER:
                return seen < self.bound
            case Sense.AT_MOST:
                return seen <= self.bound
            case Sense.AT_LEAST:
                return seen >= self.bound

    def row(self, seen: float) -> tuple[str, str, str, str]:
        """As a line of the table: what, promise, seen, held or not."""
        verdict = "held" if self.held(seen) else "NOT HELD"
        return self.what, f"{self.sense} {self.bound:g} {self.unit}", f"{seen:.2f} {self.unit}", verdict

    def document(self, seen: float) -> dict[str, Any]:
        """As JSON."""
        promise = {"sense": self.sense.value, "bound": self.bound, "unit": self.unit}
        return {"what": self.what, "promise": promise, "seen": round(seen, 4), "held": self.held(seen)}


PROMISES: Mapping[str, Promise] = {
    "intake": Promise("intake of a commune's workbook, to openpyxl loading it", Sense.AT_MOST, 0.15, "x"),
    "scoring": Promise("scoring, ranking, comparison of all communes, CPU", Sense.UNDER, 3, "s"),
    "scoring_growth": Promise("scoring: a unit among all communes, to one among a tenth", Sense.AT_MOST, 1.2, "x"),
    "form": Promise("writing a self-assessment workbook, CPU", Sense.AT_MOST, 15, "ms"),
    "form_bytes": Promise("workbooks that differ from the same written alone", Sense.AT_MOST, 0, "files"),
    "marking": Promise("marking a workbook for its sender, CPU", Sense.AT_MOST, 40, "ms"),
    "annex": Promise("one annex, to a bare WeasyPrint call, CPU", Sense.AT_MOST, 0.9, "x"),
    "sheet": Promise("one result sheet, to a bare WeasyPrint call, CPU", Sense.AT_MOST, 0.9, "x"),
    "sheet_time": Promise("a result sheet of 93 leaves, CPU", Sense.AT_MOST, 0.5, "s"),
    "many_documents": Promise("many documents on 2 cores, to 1", Sense.AT_LEAST, 1.8, "x faster"),
    "many_documents_dask": Promise("many documents on 2 Dask workers, to 1", Sense.AT_LEAST, 1.8, "x faster"),
    "orchestration": Promise("a round through Prefect, to plain function calls", Sense.AT_MOST, 1.05, "x"),
    "desk_lost": Promise("168 files sent at the desk within a minute: lost", Sense.AT_MOST, 0, "files"),
    "desk_pages": Promise("a page of the desk meanwhile, 95th percentile", Sense.UNDER, 1, "s"),
    "desk_first_visit": Promise("a page of the desk right after a record, CPU, the slowest", Sense.AT_MOST, 200, "ms"),
    "evidence_search": Promise("a search through 17,000 evidence files, CPU", Sense.AT_MOST, 100, "ms"),
    "scoring_memory": Promise("peak memory of a process: scoring", Sense.UNDER, _GIBIBYTE, "MiB"),
    "intake_memory": Promise("peak memory of a process: intake", Sense.UNDER, _GIBIBYTE, "MiB"),
    "intake_memory_growth": Promise("peak memory of intake, to that at a quarter", Sense.AT_MOST, 1.1, "x"),
    "documents_memory": Promise("peak memory of a process: documents", Sense.UNDER, _GIBIBYTE, "MiB"),
    "orchestration_memory": Promise("peak memory of a process: orchestration", Sense.UNDER, _GIBIBYTE, "MiB"),
}
