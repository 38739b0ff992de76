"""Every suite as a site of Great Expectations' own pages (Data Docs), for whoever knows that program and wants to look.

In come the criteria sets of a province; out goes a folder of HTML: a page a suite, those of forms that depend on a
criteria set once for each. Nothing is validated and nobody's data is shown.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from expectations import explanation, register, self_assessment, survey
from expectations.catalogue import SUITES
from expectations.cross_checks import declared
from expectations.running import memory_context
from models.criteria.sets import CriteriaSet

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

OF_A_SET = (self_assessment.SUITE, explanation.SUITE, survey.SUITE, register.SUITE)


def write_data_docs(criteria_sets: Iterable[CriteriaSet], folder: Path) -> Path:
    """Write the site into a folder, over what an earlier run left there.

    Args:
        criteria_sets: suites are made for each, with the cross-checks that it declares in the notes.
        folder: is made where it is missing.

    Returns:
        The page to open first.
    """
    context = memory_context()
    for suite in _suites(criteria_sets):
        context.suites.add(suite)
    context.add_data_docs_site(
        "local",
        {
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder.resolve()),
            },
        },
    )
    context.build_data_docs(site_names=["local"])
    return folder / "index.html"


def _suites(criteria_sets: Iterable[CriteriaSet]) -> Iterator["ExpectationSuite"]:
    for one in criteria_sets:
        yield from (suite.made(declared(one.id, one.checks)) for suite in OF_A_SET)
    yield from (suite.made() for suite in SUITES if suite not in OF_A_SET)
