"""One way to run a suite on a frame: an ephemeral context, no telemetry, no progress bars, findings out.

An expectation carries what an officer reads in its `meta` (see `said`). A missing column fails an expectation with an
exception inside its result; of a whole frame that counts as failed like any other, row by row nobody would see it.
"""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from models.findings import Finding, Severity

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations import Expectation

_SHOWN = 5


class Failure(NamedTuple):
    """An expectation that rows of its frame do not meet: its `meta`, and the positions of the rows."""

    meta: Mapping[str, str]
    rows: tuple[int, ...]


class UnmetExpectationError(Exception):
    """An expectation could not be run on its frame: the frame and the suite do not belong together."""


def said(what: str, remedy: str, severity: Severity = Severity.CRITICAL) -> dict[str, str]:
    """The `meta` of an expectation: the words of its finding, and whether it stops."""
    return {"what": what, "remedy": remedy, "severity": severity.value}


def findings_of(
    frame: "pd.DataFrame", expectations: Sequence["Expectation"], shown_as: str, name_column: str
) -> list[Finding]:
    """Run expectations on a frame.

    Args:
        frame: the data, one row per thing that is checked.
        expectations: each with `meta` from `said`.
        shown_as: what the frame is called in findings.
        name_column: the column that names a row to its reader.

    Returns:
        One finding per failed expectation, naming up to 5 of its rows.
    """
    findings = []
    for meta, rows in _failures(frame, expectations):
        places = [str(frame[name_column].iloc[row]) for row in rows]
        shown = f" ({', '.join(places[:_SHOWN])}{'…' if len(places) > _SHOWN else ''})" if places else ""
        findings.append(Finding(shown_as, 0, meta["what"] + shown, meta["remedy"], Severity(meta["severity"])))
    return findings


def failures_in(frame: "pd.DataFrame", expectations: Sequence["Expectation"]) -> list[Failure]:
    """Run expectations of single rows on a frame.

    Args:
        frame: the data, one row per thing that is checked.
        expectations: each with `meta` from `said`.

    Returns:
        The expectations that failed, each with its rows, in the order of the suite.

    Raises:
        UnmetExpectationError: an expectation failed without a row, as for a column that the frame lacks.
    """
    failures = _failures(frame, expectations)
    for meta, rows in failures:
        if not rows:
            raise UnmetExpectationError(f"expectation “{meta['what']}” could not be run on {list(frame.columns)}")
    return failures


def _failures(frame: "pd.DataFrame", expectations: Sequence["Expectation"]) -> list[Failure]:
    return [
        Failure(outcome.expectation_config.meta, tuple(outcome.result.get("unexpected_index_list") or ()))
        for outcome in _validated(frame, expectations).results
        if not outcome.success
    ]


def _validated(frame: "pd.DataFrame", expectations: Sequence["Expectation"]) -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # Without this the context leaves a temporary folder for a docs site behind on every run.
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    context = gx.get_context(mode="ephemeral", project_config=DataContextConfig(store_backend_defaults=stores))
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("frames")
        .add_dataframe_asset("frame")
        .add_batch_definition_whole_dataframe("whole")
        .get_batch(batch_parameters={"dataframe": frame})
    )
    suite = gx.ExpectationSuite(name="suite", expectations=list(expectations))
    return batch.validate(suite, result_format="COMPLETE")
