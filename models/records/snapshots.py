"""A snapshot: a round computed and frozen, as canonical JSON under its SHA-256.

It holds everything the documents are made from and the digests of everything it was computed from, and nothing that
differs between two runs: no clock, no database id, no path.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from models.criteria.sets import CriteriaSet
from models.digests import canonical_json
from models.province.config import ProvinceConfig, Site
from models.province.rounds import Round
from models.records.results import RoundResult
from models.units import Succession

FORMAT = 1
_RESULTS: TypeAdapter[RoundResult] = TypeAdapter(RoundResult)


@dataclass(frozen=True)
class Frozen:
    """A snapshot's contents.

    Attributes:
        versions: per unit, the digest of the versions of its scores and facts that were current.
        last_year: digest of last year's published indices.
    """

    config: ProvinceConfig
    round: Round
    criteria_sets: dict[str, CriteriaSet]
    successions: tuple[Succession, ...]
    versions: dict[str, str]
    last_year: str
    results: RoundResult

    @cached_property
    def body(self) -> bytes:
        """Canonical JSON: sorted keys, no spaces, UTF-8; exact numbers as text."""
        return canonical_json(
            {
                "format": FORMAT,
                "year": self.round.year,
                "province": said_by(self.config),
                "round": self.round.model_dump(mode="json", by_alias=True, exclude={"locks", "extensions"}),
                "criteria_sets": {
                    id: criteria_set.model_dump(mode="json", by_alias=True)
                    for id, criteria_set in self.criteria_sets.items()
                },
                "successions": [succession.model_dump(mode="json") for succession in self.successions],
                "versions": self.versions,
                "last_year": self.last_year,
                "results": _RESULTS.dump_python(self.results, mode="json"),
            }
        )

    @cached_property
    def sha256(self) -> str:
        """The snapshot's name."""
        return hashlib.sha256(self.body).hexdigest()


def said_by(config: ProvinceConfig) -> dict[str, Any]:
    """The province's words; what says nothing is left out where an older snapshot does not have it either."""
    values = config.model_dump(mode="json")
    if values["site"] == Site().model_dump(mode="json"):
        del values["site"]
    return values


def thawed(body: bytes) -> Frozen:
    """The contents of a snapshot's body."""
    values = json.loads(body)
    return Frozen(
        config=ProvinceConfig.model_validate(values["province"]),
        round=Round.model_validate(values["round"]),
        criteria_sets={id: CriteriaSet.model_validate(value) for id, value in values["criteria_sets"].items()},
        successions=tuple(Succession.model_validate(value) for value in values["successions"]),
        versions=values["versions"],
        last_year=values["last_year"],
        results=_RESULTS.validate_python(values["results"]),
    )
