"""Of any results: a sentence made from them is right, and never right once its number is another."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.numbers import vietnamese_number
from models.records.results import UnitResult
from tasks.proofreading.checking import proofread
from tasks.proofreading.known import Known, KnownGroup, known_of
from tasks.proofreading.statements import Verdict
from tests.tasks.building import YEAR, with_index
from tests.tasks.proofreading.results import AREAS, FIGURES, UNITS, results

INDICES = st.lists(
    st.decimals(min_value=10, max_value=100, places=2), min_size=len(FIGURES), max_size=len(FIGURES), unique=True
)
pytestmark = pytest.mark.slow

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def known_with(indices: list[Decimal]) -> Known:
    scored = {
        code: replace(
            with_index(code, index, name=UNITS[code].name, areas=dict.fromkeys(AREAS, str(index))),
            kind=UNITS[code].kind,
        )
        for code, index in zip(FIGURES, indices, strict=True)
    }
    return known_of(results(scored), UNITS, YEAR)


def number(value: Decimal | int) -> str:
    return vietnamese_number(str(value))


def index_of(unit: UnitResult, group: KnownGroup) -> tuple[str, Decimal]:
    value = group.index(unit)
    assert value is not None
    return f"Chỉ số của {unit.name} đạt {{}}%.", value


def rank_of(unit: UnitResult, group: KnownGroup) -> tuple[str, Decimal]:
    assert unit.rank is not None
    return f"{unit.name} xếp thứ {{}}.", Decimal(unit.rank)


def moved_of(unit: UnitResult, group: KnownGroup) -> tuple[str, Decimal] | None:
    if unit.change is None or not unit.change.rank:
        return None
    by = unit.change.rank
    return f"{unit.name} {'tăng' if by > 0 else 'giảm'} {{}} bậc so với năm {YEAR - 1}.", Decimal(abs(by))


def changed_of(unit: UnitResult, group: KnownGroup) -> tuple[str, Decimal] | None:
    if unit.change is None or not unit.change.index:
        return None
    by = unit.change.index
    return f"{unit.name} {'tăng' if by > 0 else 'giảm'} {{}} điểm phần trăm so với năm {YEAR - 1}.", abs(by)


Sentence = Callable[[UnitResult, KnownGroup], tuple[str, Decimal] | None]


@QUICK
@given(
    indices=INDICES,
    of=st.sampled_from([index_of, rank_of, moved_of, changed_of]),
    off=st.integers(1, 900),
)
def test_a_true_sentence_is_right_and_with_another_number_it_never_is(
    indices: list[Decimal], of: Sentence, off: int
) -> None:
    known = known_with(indices)
    for group in known.groups:
        for unit in group.group.ranked_units:
            if not (told := of(unit, group)):
                continue
            words, value = told
            other = value + (Decimal(off).scaleb(-2) if "%" in words or "phần trăm" in words else off)
            true, false = (proofread([words.format(number(one))], known)[-1].verdict for one in (value, other))
            assert (true, false) == (Verdict.RIGHT, Verdict.WRONG), words


@QUICK
@given(indices=INDICES, off=st.integers(1, 500))
def test_means_best_and_counts_of_any_results(indices: list[Decimal], off: int) -> None:
    known = known_with(indices)
    for group in known.groups:
        mean = group.ranking.printed(group.group.mean or Decimal(0))
        best, worst = group.group.ranked_units[0], group.group.ranked_units[-1]
        risen = sum(bool(unit.change and unit.change.rank and unit.change.rank > 0) for unit in group.group.units)
        right = (
            f"Chỉ số trung bình của {group.name} đạt {number(mean)}%.",
            f"Dẫn đầu {group.name} là {best.name}.",
            f"{worst.name} đứng cuối bảng.",
            f"Trong {group.name}, có {risen:02d} đơn vị tăng hạng so với năm {YEAR - 1}.",
        )
        false = (
            f"Chỉ số trung bình của {group.name} đạt {number(mean + Decimal(off).scaleb(-2))}%.",
            f"Dẫn đầu {group.name} là {worst.name}.",
            f"{best.name} đứng cuối bảng.",
            f"Trong {group.name}, có {risen + off:02d} đơn vị tăng hạng so với năm {YEAR - 1}.",
        )
        assert [proofread([text], known)[-1].verdict for text in right] == [Verdict.RIGHT] * 4
        assert [proofread([text], known)[-1].verdict for text in false] == [Verdict.WRONG] * 4
