"""Measure the promises of DESIGN.md, section 8, and print them beside what was measured; exits with 0 in any case."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from benchmarks.measuring import Measurement, Sense, machine

HEAD = ("what", "measured", "promise", "")
GROUPS = ("engine", "intake", "documents", "orchestration")


def main() -> None:
    """Measure everything, one line of progress each, then the table and the JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file too")
    file = parser.parse_args().json
    where = machine()
    measurements = list(measure(GROUPS))
    print(table(measurements))
    document = json.dumps(
        {"machine": where, "measurements": [measurement.document for measurement in measurements]}, indent=1
    )
    print(document)
    if file:
        file.write_text(document + "\n", encoding="utf-8")


def measure(groups: Sequence[str]) -> Iterator[Measurement]:
    """Measure some groups, each in a process of its own: the peak of its memory is then nobody else's."""
    for group in groups:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            yield from alone.submit(measure_group, group).result()


def measure_group(group: str) -> list[Measurement]:
    """The measurements of one group, with a line of progress each."""
    measurements = []
    for measurement in getattr(import_module(f"benchmarks.{group}"), f"measure_{group}")():
        print(f"measured: {measurement.what}", file=sys.stderr, flush=True)
        measurements.append(measurement)
    return measurements


def table(measurements: Sequence[Measurement]) -> str:
    """The figures in columns, and how many promises were kept."""
    rows = [HEAD, *(measurement.row for measurement in measurements)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    promises = [measurement for measurement in measurements if measurement.sense is not Sense.TOLD]
    kept = sum(promise.kept for promise in promises)
    return "\n".join([*lines, f"{kept} of {len(promises)} promises kept in this run", ""])


if __name__ == "__main__":
    main()
