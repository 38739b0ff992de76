"""Measure every promise of speed and memory and print what is seen; a promise that is not held fails nothing."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measuring import machine
from benchmarks.promises import PROMISES
from benchmarks.running import measure_all
from benchmarks.sizes import FULL, SMOKE

HEAD = ("what", "promise", "seen", "")


def main() -> None:
    """Measure everything, one line of progress each, then the table and the JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--smoke", action="store_true", help="everything at a tiny size: runs, and its figures say nothing"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file too")
    given = parser.parse_args()
    where = machine()
    seen = measure_all(SMOKE, at_once=2) if given.smoke else measure_all(FULL)
    print(table(seen))
    promises = {name: PROMISES[name].document(figure) for name, figure in seen.items()}
    document = json.dumps({"machine": where, "smoke": given.smoke, "promises": promises}, indent=1)
    print(document)
    if given.json:
        given.json.write_text(document + "\n", encoding="utf-8")


def table(seen: Mapping[str, float]) -> str:
    """The figures in columns, and how many promises are held."""
    rows = [HEAD, *(PROMISES[name].row(figure) for name, figure in seen.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    held = sum(PROMISES[name].held(figure) for name, figure in seen.items())
    return "\n".join([*lines, f"{held} of {len(seen)} promises held in this run", ""])


if __name__ == "__main__":
    main()
