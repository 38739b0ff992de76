"""What a round loses, doubles and leaves stuck when processes, disk, database, clock and mail fail: one table.

Exit code 1 where anything was lost, doubled or stuck; what exactly goes to stderr.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.killed_desk import DESK, killed_while_uploading
from benchmarks.kills import STEPS, Prepared, Tally, kill_at_boundaries, kill_at_random, prepared, with_what_they_follow
from benchmarks.places import Databases, postgresql_server, sample_workbooks

HEAD = ("case", "tries", "survived", "lost", "doubled", "stuck", "slowest s", "peak MiB")
CASES = ("disk", "pages", "away", "clock", "mail", "together", "hostile")
_FORMS, _UPLOADS = 5, 20


def measure(
    steps: Sequence[str],
    kinds: Sequence[str],
    tries: int,
    seed: int,
    boundaries: int | None = None,
    cases: Sequence[str] = (),
    seconds: float = 60,
    forms: int = _FORMS,
    uploads: int = _UPLOADS,
) -> Iterator[tuple[str, Tally]]:
    """What was seen of every case, by its name.

    Args:
        steps: the steps of the round that are killed, and the desk.
        kinds: databases: sqlite, postgresql.
        tries: how often each step is killed at a random moment on each database.
        seed: what the moments are drawn from.
        boundaries: at how many boundaries of transactions each is killed; None for all.
        cases: the other faults.
        seconds: how long the database is away.
        forms: how many good forms lie in the inbox.
        uploads: how many files are sent at once when the desk is killed.
    """
    from benchmarks.outages import OUTAGES

    chance = random.Random(seed)
    workbooks = sample_workbooks(forms) if cases or "intake" in steps else {}
    sent = sample_workbooks(uploads - 1) if DESK in steps else {}
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        work = Path(name)
        for kind in kinds:
            with postgresql_server(work) if kind == "postgresql" else nullcontext() as server:
                databases = Databases(server)
                ready: dict[str, Prepared] = {}
                for step in STEPS if cases else with_what_they_follow(steps):
                    at = work / kind / step.name.replace(" ", "-")
                    at.mkdir(parents=True)
                    ready[step.name] = prepared(step, at, databases, workbooks, ready)
                    if step.name in steps:
                        killed = kill_at_random(ready[step.name], tries, chance, at, databases)
                        yield f"{step.name} killed, {kind}", killed
                        killed = kill_at_boundaries(ready[step.name], boundaries, at, databases)
                        yield f"{step.name} killed at its transactions, {kind}", killed
                if DESK in steps:
                    at = work / kind / DESK
                    at.mkdir(parents=True)
                    told, tally = killed_while_uploading(sent, tries, chance, at, databases)
                    yield f"{told}, {kind}", tally
                for case in cases:
                    at = work / kind / f"case-{case}"
                    at.mkdir(parents=True)
                    for told, tally in OUTAGES[case](ready, at, databases, chance, seconds):
                        yield f"{told}, {kind}", tally


def row(name: str, tally: Tally) -> tuple[str, ...]:
    """The line of the table of one case."""
    counts = (tally.tries, tally.survived, tally.lost, tally.doubled, tally.stuck)
    return (name, *map(str, counts), f"{tally.slowest:.1f}", str(tally.peak))


def table(seen: Mapping[str, Tally]) -> str:
    """All cases in columns."""
    rows = [HEAD, *(row(name, tally) for name, tally in seen.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def main() -> None:
    """Print the table; the exit code is 1 where anything was lost, doubled or stuck."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--tries", type=int, default=15, help="for each step and database; 15 are 240 in all")
    parser.add_argument("--boundaries", type=int, help="of transactions, for each step and database; all if not said")
    parser.add_argument("--steps", default=",".join([*(step.name for step in STEPS), DESK]))
    parser.add_argument("--cases", default=",".join(CASES), help="the faults other than kills")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seconds", type=float, default=60, help="how long the database is away")
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    names = [[word for word in told.split(",") if word] for told in (given.steps, given.databases, given.cases)]
    seen: dict[str, Tally] = {}
    for name, tally in measure(names[0], names[1], given.tries, given.seed, given.boundaries, names[2], given.seconds):
        seen[name] = tally
        print(" ".join(row(name, tally)), *tally.wrong, sep="\n  ", file=sys.stderr, flush=True)
    print(table(seen))
    sys.exit(any(tally.lost or tally.doubled or tally.stuck for tally in seen.values()))


if __name__ == "__main__":
    main()
