"""Measure the promises of DESIGN.md, section 8, and print them beside what was measured; exits with 0 in any case."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from benchmarks.measuring import Measurement, Sense, machine

HEAD = ("what", "measured", "promise", "")


def main() -> None:
    """Measure everything, one line of progress each, then the table and the JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file too")
    file = parser.parse_args().json
    where = machine()
    measurements = []
    for measurement in measure():
        print(f"measured: {measurement.what}", file=sys.stderr, flush=True)
        measurements.append(measurement)
    print(table(measurements))
    document = json.dumps(
        {"machine": where, "measurements": [measurement.document for measurement in measurements]}, indent=1
    )
    print(document)
    if file:
        file.write_text(document + "\n", encoding="utf-8")


def measure() -> Iterator[Measurement]:
    """Everything that is promised so far. Imported late: the processes that render PDFs import this file too."""
    from benchmarks.documents import measure_documents
    from benchmarks.engine import measure_engine
    from benchmarks.intake import measure_intake
    from benchmarks.orchestration import measure_orchestration

    return chain(measure_engine(), measure_intake(), measure_documents(), measure_orchestration())


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
