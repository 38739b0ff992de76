"""Scoring, ranking and comparison of the national round: CPU time, how it grows with the units, memory."""

from collections.abc import Iterator

from benchmarks.measuring import CPU, Measurement, Sense, best_in_turns, peak_memory
from benchmarks.national_round import COMMUNES, COMPONENTS, compute, national_round

FEW = 330
ROUNDS = 3
GIBIBYTE = 1024


def measure_engine() -> Iterator[Measurement]:
    """The promises on the engine."""
    many, few = national_round(COMMUNES), national_round(FEW)
    seconds = best_in_turns({"many": lambda: compute(many), "few": lambda: compute(few)}, ROUNDS, CPU)
    growth = (seconds["many"] / COMMUNES) / (seconds["few"] / FEW)
    work = "scoring, ranking, comparison"
    yield Measurement(f"{work}: {COMMUNES} units x {COMPONENTS} components, CPU", seconds["many"], "s", Sense.UNDER, 3)
    yield Measurement(f"{work}: time per unit at {COMMUNES} against {FEW}", growth, "x", Sense.AT_MOST, 1.2)
    yield Measurement(f"{work}: peak memory", peak_memory(), "MiB", Sense.UNDER, GIBIBYTE)
