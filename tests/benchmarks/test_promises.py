"""Every promise of speed and memory can be measured: at a tiny size, where the figures themselves say nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import table
from benchmarks.promises import PROMISES, Promise, Sense
from tests.conftest import ROOT


@pytest.mark.slow
def test_every_promise_is_measured_and_comes_out_as_a_row_and_as_json(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--smoke", "--json", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["smoke"] is True
    assert list(document["promises"]) == list(PROMISES)
    assert all(promise["seen"] >= 0 for promise in document["promises"].values())
    assert all(promise.what in done.stdout for promise in PROMISES.values())


@pytest.mark.parametrize(
    ("sense", "held", "not_held"), [(Sense.UNDER, 2.99, 3.0), (Sense.AT_MOST, 3.0, 3.01), (Sense.AT_LEAST, 3.0, 2.99)]
)
def test_a_promise_is_held_on_one_side_of_its_bound(sense: Sense, held: float, not_held: float) -> None:
    promise = Promise("work", sense, 3, "s")
    assert promise.held(held)
    assert not promise.held(not_held)


def test_the_table_says_of_each_promise_what_was_seen_and_whether_it_is_held() -> None:
    lines = table({"form": 140.0, "annex": 0.9}).splitlines()
    assert lines[0].split() == ["what", "promise", "seen"]
    assert lines[1].split("  ")[-1] == "NOT HELD"
    assert "at most 15 ms" in lines[1]
    assert "140.00 ms" in lines[1]
    assert lines[2].split()[-1] == "held"
    assert lines[3] == "1 of 2 promises held in this run"
