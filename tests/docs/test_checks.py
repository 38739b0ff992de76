"""docs/kiem-tra-phieu.md: under each sort of form, exactly the checks of its suite."""

import re

import pytest

from expectations import appraisal, explanation, monthly, register, self_assessment, survey
from expectations.checking import Checks
from tests.docs.documents import document

SECTIONS = re.split(r"^## \d+\. ", document("kiem-tra-phieu.md"), flags=re.MULTILINE)[1:]
SUITES = (self_assessment, appraisal, explanation, survey, register, monthly)


@pytest.mark.parametrize(
    ("section", "checks"),
    [(section, suite.CHECKS) for section, suite in zip(SECTIONS, SUITES, strict=True)],
    ids=[section.splitlines()[0] for section in SECTIONS],
)
def test_the_document_lists_the_checks_of_the_suite(section: str, checks: Checks) -> None:
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert rows == [[check.severity.label, check.expected, check.remedy] for check in checks]
