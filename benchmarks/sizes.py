"""On how much the promises are measured: enough for figures that mean something, or just enough to see that it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything.

    Attributes:
        communes: units of the national round that is scored, and of the folder whose inbox is received.
        received: workbooks that the intake receives, a multiple of four batches where memory is to say anything.
        loaded: workbooks that openpyxl loads beside it.
        written: self-assessment workbooks written in one call.
        annex_units: units of the annex.
        sheets: result sheets rendered alone and on two cores.
        orchestrated: workbooks that go through Prefect and through plain calls.
        uploads: files that are sent at the desk, within so many upload_seconds.
        evidence: files of evidence that are searched.
        months: how many have told figures when pages of the desk are looked at.
        turns: how often short work is repeated; the shortest time counts.
        long_turns: the same for work of a minute.
    """

    communes: int
    received: int
    loaded: int
    written: int
    annex_units: int
    sheets: int
    orchestrated: int
    uploads: int
    upload_seconds: float
    evidence: int
    months: int
    turns: int
    long_turns: int


FULL = Sizes(
    communes=3_321,
    received=1_200,
    loaded=60,
    written=60,
    annex_units=168,
    sheets=60,
    orchestrated=1_500,
    uploads=168,
    upload_seconds=60,
    evidence=17_000,
    months=11,
    turns=3,
    long_turns=2,
)
SMOKE = Sizes(
    communes=30,
    received=8,
    loaded=2,
    written=2,
    annex_units=5,
    sheets=3,
    orchestrated=4,
    uploads=4,
    upload_seconds=1,
    evidence=20,
    months=1,
    turns=1,
    long_turns=1,
)
