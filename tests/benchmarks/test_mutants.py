"""What `make mutants` changes, how it calls it, and that a change is tried in place of the file."""

import ast
import subprocess
import sys
from collections import Counter

import pytest

from benchmarks.mutants import ALL_TESTS, code_of, explained, files, mutants_of
from tests.conftest import ROOT

COMPARISON = "tasks/scoring/comparison.py"


def changes_in(file: str, function: str) -> set[str]:
    return {f"{mutant.before} → {mutant.after}" for mutant in mutants_of(file) if mutant.within == function}


def test_operators_numbers_and_choices_are_changed_and_words_types_and_decorators_are_not() -> None:
    assert {
        "move.places > 0 → move.places >= 0",
        "move.places > 0 → move.places > 1",
        "-move.places → +move.places",
    } < changes_in(COMPARISON, "_foremost_movers")
    assert {"10 ** 9 → 10 * 9", "10 ** 9 → 10 ** 10", "Decimal('0.5') → Decimal('1.5')"} < changes_in(COMPARISON, "")
    assert "not units → units" in changes_in(COMPARISON, "rank_robustness")
    befores = [mutant.before for mutant in mutants_of(COMPARISON)]
    assert not [said for said in befores if "dataclass" in said or "Annotated" in said]


def test_every_mutant_has_a_name_of_its_own_shows_its_change_and_compiles() -> None:
    known = [mutant for file in files() for mutant in mutants_of(file)]
    assert [name for name, times in Counter(mutant.name for mutant in known).items() if times > 1] == []
    assert [mutant.name for mutant in known if mutant.before == mutant.after] == []
    for mutant in known[::25]:
        assert code_of(mutant).co_filename == str(ROOT / mutant.file)


def test_every_explanation_is_of_a_mutant_and_every_listed_test_is_there() -> None:
    assert explained().keys() <= {mutant.name for file in files() for mutant in mutants_of(file)}
    assert all(why.strip() for why in explained().values())
    assert [test for test in ALL_TESTS if not (ROOT / test).exists()] == []


@pytest.mark.slow
def test_a_change_that_a_test_sees_is_killed_and_one_that_makes_no_difference_survives() -> None:
    """In functions, and in what runs while modules are loaded; the tests here are those of repairs alone."""
    survives = {
        f"{COMPARISON} LostPoints.weak: self.lost * 2 → self.lost / 2": False,
        f"{COMPARISON} LostPoints.weak: self.lost * 2 > self.leaf.max → self.lost * 2 >= self.leaf.max": True,
        f"{COMPARISON} : DRAWS = 1000 → DRAWS = 1001": True,
        "models/criteria/rules/ratios.py : Decimal(1) → Decimal(2)": False,
    }
    program = (
        "from benchmarks import mutants\n"
        "mutants.ALL_TESTS = ['tests/tasks/scoring/test_repairs.py']\n"
        f"known = [one for file in mutants.files() for one in mutants.mutants_of(file) if one.name in {survives!r}]\n"
        "print({one.name: survives for one, survives in mutants.survivors_of(known)})"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ast.literal_eval(ended.stdout) == survives
