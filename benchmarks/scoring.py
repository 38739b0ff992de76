"""Scoring, ranking and comparison of the national round: CPU time, how it grows with the units, memory."""

from pathlib import Path

from benchmarks.measuring import Figures, best_in_turns, cpu, peak_memory
from benchmarks.national_round import compute, national_round
from benchmarks.sizes import Sizes


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promises on scoring."""
    tenth = sizes.communes // 10
    many, few = national_round(sizes.communes), national_round(tenth)
    seconds = best_in_turns({"many": lambda: compute(many), "few": lambda: compute(few)}, sizes.turns, cpu)
    yield "scoring", seconds["many"]
    yield "scoring_growth", (seconds["many"] / sizes.communes) / (seconds["few"] / tenth)
    yield "scoring_memory", peak_memory()
