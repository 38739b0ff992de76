"""A snapshot: what a paper is made from, computed and frozen, as canonical JSON under its SHA-256.

It holds everything the documents are made from and nothing that differs between two runs: no clock, no database id, no
path. Who approves a paper approves this hash, so that the bytes are compared with it whenever they are read. Of a round
it also holds the digests of everything that the results were computed from; of a period see progress_snapshots.py.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from pydantic import TypeAdapter

from models.criteria.sets import CriteriaSet
from models.digests import canonical_json
from models.findings import refusal
from models.province.config import ProvinceConfig, Site
from models.province.rounds import EXACT_POINTS, Round
from models.province.texts import OwnTexts
from models.published_figures import Appraised
from models.records.procedure import Procedure, Waived
from models.records.results import Basis, GroupResult, RoundResult, Status
from models.records.tables import Snapshot
from models.units import Succession

FORMAT = 1
_RESULTS: TypeAdapter[RoundResult] = TypeAdapter(RoundResult)
_PROCEDURE: TypeAdapter[Procedure] = TypeAdapter(Procedure)


@dataclass(frozen=True)
class FrozenPaper(ABC):
    """What is frozen for a paper: the province's words, and the results of a year or the progress of a period."""

    config: ProvinceConfig

    @property
    @abstractmethod
    def year(self) -> int:
        """The index year, or the reporting year."""

    @property
    @abstractmethod
    def named_period(self) -> str:
        """The reporting period, empty for the index of a year."""

    @abstractmethod
    def values(self) -> dict[str, Any]:
        """What the body says beside the province's words, ready for JSON."""

    @cached_property
    def body(self) -> bytes:
        """Canonical JSON: sorted keys, no spaces, UTF-8; exact numbers as text."""
        return canonical_json({"province": said_by(self.config), **self.values()})

    @cached_property
    def sha256(self) -> str:
        """The snapshot's name."""
        return hashlib.sha256(self.body).hexdigest()

    def read_from(self, body: bytes) -> Self:
        """Itself, with the bytes it was read from for its body: what an earlier version froze keeps its name."""
        self.__dict__["body"] = body
        return self


def sound_body(snapshot: Snapshot) -> bytes:
    """The bytes of a snapshot, which are those that its name stands for.

    Raises:
        RefusedError: they were changed after they were frozen.
    """
    if hashlib.sha256(snapshot.body).hexdigest() == snapshot.sha256:
        return snapshot.body
    of = f"kỳ {snapshot.period or snapshot.year}"
    what = f"nội dung trong cơ sở dữ liệu đã bị thay đổi sau khi đóng băng ({of}), không dùng để công bố được"
    raise refusal(f"bản số liệu {snapshot.sha256}", what, "Khôi phục cơ sở dữ liệu từ bản sao lưu")


@dataclass(frozen=True)
class Frozen(FrozenPaper):
    """The frozen results of a round.

    Attributes:
        versions: per unit, the digest of the versions of its scores and facts that were current.
        last_year: digest of last year's published indices.
        procedure: how far the steps before had come; None in what an earlier version froze.
        texts: what the province words itself of the year; None where it words nothing.
    """

    round: Round
    criteria_sets: dict[str, CriteriaSet]
    successions: tuple[Succession, ...]
    versions: dict[str, str]
    last_year: str
    results: RoundResult
    procedure: Procedure | None = None
    texts: OwnTexts | None = None

    @property
    def year(self) -> int:
        """The index year."""
        return self.round.year

    @property
    def named_period(self) -> str:
        """Empty: it is of a year."""
        return ""

    @cached_property
    def unappraised(self) -> Mapping[str, tuple[str, ...]]:
        """By unit, the leaves that stand on what it says itself because nobody appraised them.

        Of what an earlier version froze the points tell: units of which no leaf bears an appraised one.
        """
        if self.procedure:
            return self.procedure.unappraised
        decided, own = (Basis.APPRAISAL, Basis.COUNCIL), (Basis.FACTS, Basis.SELF, Basis.UNPROVEN)
        return {
            unit.code: leaves
            for group in self.results.groups
            for unit in group.units
            if not any(leaf.basis in decided for leaf in unit.leaves)
            and (leaves := tuple(leaf.code for leaf in unit.leaves if leaf.basis in own))
        }

    @property
    def waived(self) -> tuple[Waived, ...]:
        """The checks that were not held against a unit."""
        return self.procedure.waived if self.procedure else ()

    def appraised_in(self, group: GroupResult) -> Appraised:
        """Of how many units of a group the points were appraised."""
        own = [unit.code in self.unappraised for unit in group.units if unit.status is Status.SCORED]
        return Appraised.of(len(own) - sum(own), sum(own))

    def values(self) -> dict[str, Any]:
        """The round with its sets and results, and digests of what they follow from."""
        return {
            "format": FORMAT,
            "year": self.year,
            "round": self.round.model_dump(mode="json", by_alias=True, exclude={"locks", "extensions"}),
            "criteria_sets": {
                id: criteria_set.model_dump(mode="json", by_alias=True)
                for id, criteria_set in self.criteria_sets.items()
            },
            "successions": [succession.model_dump(mode="json") for succession in self.successions],
            "versions": self.versions,
            "last_year": self.last_year,
            "results": _RESULTS.dump_python(self.results, mode="json"),
            **({"procedure": _said_by(self.procedure)} if self.procedure else {}),
            **({"texts": self.texts.model_dump(mode="json")} if self.texts else {}),
        }


def _said_by(procedure: Procedure) -> Any:
    """Where nothing was waived nothing is said of it, as before there were waivers: the same results, the same name."""
    return _PROCEDURE.dump_python(procedure, mode="json", exclude=None if procedure.waived else {"waived"})


def said_by(config: ProvinceConfig) -> dict[str, Any]:
    """The province's words; what says nothing is left out where an older snapshot does not have it either."""
    values = config.model_dump(mode="json")
    if values["site"] == Site().model_dump(mode="json"):
        del values["site"]
    return values


def results_in(snapshot: Snapshot) -> Frozen:
    """The results of a round that a snapshot of the database holds.

    Raises:
        RefusedError: it was changed after it was frozen.
    """
    return thawed(sound_body(snapshot))


def thawed(body: bytes) -> Frozen:
    """The results that the body of a snapshot holds, e.g. as a file of the published folder."""
    values = json.loads(body)
    for rule in (values["round"]["ranking"], values["results"]["ranking"]):
        rule.setdefault("points_decimals", EXACT_POINTS)  # frozen before points were rounded by leaf
    return Frozen(
        config=ProvinceConfig.model_validate(values["province"]),
        round=Round.model_validate(values["round"]),
        criteria_sets={id: CriteriaSet.model_validate(value) for id, value in values["criteria_sets"].items()},
        successions=tuple(Succession.model_validate(value) for value in values["successions"]),
        versions=values["versions"],
        last_year=values["last_year"],
        results=_RESULTS.validate_python(values["results"]),
        procedure=_PROCEDURE.validate_python(values["procedure"]) if "procedure" in values else None,
        texts=OwnTexts.model_validate(values["texts"]) if "texts" in values else None,
    ).read_from(body)
