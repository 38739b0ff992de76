"""One way to run Great Expectations: a named suite on one frame by a Checkpoint, and the rows that fail it.

A context lives in memory for one run. The Checkpoint says which expectations fail; only those are asked once more for
their rows, which costs as much again. A missing column fails an expectation with an exception inside its result and
without a row: nobody would see it.
"""

import copy
import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import Checkpoint, ExpectationSuite
    from great_expectations.data_context import EphemeralDataContext

_ROWS = {"result_format": "COMPLETE", "return_unexpected_index_query": False, "exclude_unexpected_values": True}


class UnmetExpectation(NamedTuple):
    """An expectation that rows of its frame do not meet: its description, and the positions of the rows."""

    expected: str
    rows: tuple[int, ...]


class UnmetExpectationError(Exception):
    """An expectation could not be run on its frame: the frame and the suite do not belong together."""


def failures_in(frame: "pd.DataFrame", suite: "ExpectationSuite") -> list[UnmetExpectation]:
    """Run a suite of expectations of single rows on a frame.

    Args:
        frame: the data, one row per thing that is checked, counted from 0.
        suite: newly made, as a suite belongs to one context.

    Returns:
        The expectations that failed, each with its rows, in the order of the suite.

    Raises:
        UnmetExpectationError: an expectation failed without a row, as for a column that the frame lacks.
    """
    import great_expectations as gx

    checkpoint = _checkpoint(memory_context(), suite, "BOOLEAN_ONLY")
    (result,) = checkpoint.run(batch_parameters={"dataframe": frame}).run_results.values()
    outcomes: list[Any] = result.results
    unmet = {outcome.expectation_config.id for outcome in outcomes if not outcome.success}
    if not unmet:
        return []
    failed = [copy.copy(expectation) for expectation in suite.expectations if expectation.id in unmet]
    batch = checkpoint.validation_definitions[0].data.get_batch(batch_parameters={"dataframe": frame})
    rows = batch.validate(gx.ExpectationSuite(name=suite.name, expectations=failed), result_format=_ROWS)
    return [_failure(outcome) for outcome in rows.results]


def memory_context() -> "EphemeralDataContext":
    """A context that lives in memory, tells nobody of it and shows no progress."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        # Without this the context leaves a temporary folder for a docs site behind on every run.
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    context.data_sources.add_pandas("rows")
    return context


def _checkpoint(context: "EphemeralDataContext", suite: "ExpectationSuite", result_format: Any) -> "Checkpoint":
    """A Checkpoint of one suite on a frame that is given when it runs."""
    import great_expectations as gx

    frames: Any = context.data_sources.get("rows")
    whole = frames.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("whole")
    definition = gx.ValidationDefinition(name=suite.name, data=whole, suite=context.suites.add(suite))
    context.validation_definitions.add(definition)
    return context.checkpoints.add(
        gx.Checkpoint(name=suite.name, validation_definitions=[definition], result_format=result_format)
    )


def _failure(outcome: Any) -> UnmetExpectation:
    expected, rows = outcome.expectation_config.description, outcome.result.get("unexpected_index_list")
    if not rows:
        raise UnmetExpectationError(f"expectation “{expected}” could not be run: {outcome.exception_info}")
    return UnmetExpectation(expected, tuple(rows))
