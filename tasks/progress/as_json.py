"""The progress of a period for machines: numbers as strings with a decimal point, words as officers read them."""

from typing import Any

from models.numbers import MOST_DECIMALS, plain, printed
from models.progress.measures import Figure
from models.progress.results import (
    CommitmentRow,
    Comparison,
    IndexRow,
    MeasureResult,
    MeasureRow,
    PlanResult,
    ProgressResult,
    TargetRow,
    TaskCounts,
    TaskRow,
)


def progress_data(result: ProgressResult) -> dict[str, Any]:
    """Everything that the report of the period says."""
    return {
        "period": str(result.period),
        "name": result.period.name,
        "first": result.period.first.isoformat(),
        "last": result.period.last.isoformat(),
        "expected": len(result.expected),
        "not_reported": [{"code": unit.code, "name": unit.name} for unit in result.not_reported],
        "measures": [_measure(measure) for measure in result.measures],
        "plans": [_plan(plan) for plan in result.plans],
        "commitments": [_commitment(row) for row in result.commitments],
        "targets": [_target(row) for row in result.targets],
        "indices": [_index(row) for row in result.indices],
        "registers": [
            {"kind": register.kind.value, "entries": len(register.entries), "words": register.words}
            for register in result.registers
        ],
    }


def _measure(result: MeasureResult) -> dict[str, Any]:
    return {
        "id": result.measure.id,
        "name": result.measure.name,
        "unit": result.measure.unit,
        "total": _row(result, result.total),
        "units": [_row(result, row) for row in result.rows],
    }


def _row(result: MeasureResult, row: MeasureRow) -> dict[str, Any]:
    return {
        "unit": row.unit.code if row.unit else None,
        "shown": row.shown,
        "figure": row.figure and _figure(result, row.figure),
        "computed": row.computed,
        "missing": [str(month) for month in row.missing],
        "without": list(row.without),
        "before": _comparison(row.before),
        "a_year_before": _comparison(row.a_year_before),
        "no_comparison": row.no_comparison,
        "further": [_comparison(comparison) for comparison in row.further],
    }


def _figure(result: MeasureResult, figure: Figure) -> dict[str, Any]:
    amount = figure.amount(result.measure.kind)
    return {
        "numerator": None if figure.numerator is None else plain(figure.numerator),
        "denominator": None if figure.denominator is None else plain(figure.denominator),
        "value": None if amount is None else plain(printed(amount, MOST_DECIMALS)),
        "qualifier": figure.qualifier.value,
        "note": figure.note,
        "version": figure.version,
    }


def _comparison(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    difference = comparison.difference
    return {
        "base": str(comparison.base.period),
        "difference": None if difference is None else plain(printed(difference, MOST_DECIMALS)),
        "good": comparison.good,
        "remark": comparison.remark,
        "same_units": comparison.alike,
        "words": comparison.words,
    }


def _plan(plan: PlanResult) -> dict[str, Any]:
    return {
        "id": plan.plan.id,
        "title": plan.plan.title,
        "counts": _counts(plan.counts),
        "by_unit": [_counts(counts) for counts in plan.by_unit],
        "by_area": [_counts(counts) for counts in plan.by_area],
        "by_head": [_counts(counts) for counts in plan.by_head],
        "tasks": [_task(row) for row in plan.rows],
    }


def _counts(counts: TaskCounts) -> dict[str, Any]:
    return {"name": counts.name, "shown": counts.shown, **{state.value: n for state, n in counts.states.items()}}


def _task(row: TaskRow) -> dict[str, Any]:
    return {
        "number": row.task.number,
        "title": row.task.title,
        "owner": row.owner.code if row.owner else row.task.owner,
        "responsible": row.task.responsible,
        "due": row.task.due.isoformat(),
        "state": row.state.value,
        "days_late": row.days_late,
        "explanation": row.explanation,
    }


def _commitment(row: CommitmentRow) -> dict[str, Any]:
    return {
        "id": row.commitment.id,
        "unit": row.unit.code,
        "pledged": row.pledged,
        "excepted": row.excepted,
        "reached": row.reached,
        "standing": row.standing.value,
        "forecast": row.forecast and {"shown": row.forecast.shown, "how": row.forecast.how},
        "why": row.why,
    }


def _target(row: TargetRow) -> dict[str, Any]:
    return {
        "id": row.target.id,
        "name": row.target.name,
        "owner": row.target.owner,
        "source": row.target.source,
        "milestone": row.milestone.year,
        "asked": row.asked,
        "reached": row.reached,
        "standing": row.standing.value,
        "why": row.why,
    }


def _index(row: IndexRow) -> dict[str, Any]:
    return {
        "index": row.series.id,
        "unit": row.unit.code if row.unit else None,
        "year": row.newest.year,
        "shown": row.newest.shown,
        "rank_change": row.change.places,
        "broken": row.change.broken,
        "years": [{"year": value.year, "shown": value.shown} for value in row.years],
    }
