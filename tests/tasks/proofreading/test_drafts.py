"""Our own papers held against the figures they are made from: nothing is wrong, and most of what they say is read."""

from collections.abc import Sequence

import pytest

from models.records.snapshots import Frozen
from models.units import Unit
from tasks.documents.publication import publication_documents
from tasks.proofreading.checking import proofread
from tasks.proofreading.known import Known, known_of
from tasks.proofreading.statements import Sentence, Verdict
from tasks.reading.texts import of_html
from tests.tasks.proofreading.results import UNITS, results
from tests.tasks.rendering.test_pdf import NUMBERED
from tests.tasks.rounds import frozen_round

PAPERS = ("quyet-dinh.pdf", "bao-cao.pdf", "to-trinh.pdf")
MOST = 2 / 3


def papers_of(frozen: Frozen) -> dict[str, Sequence[str]]:
    documents = publication_documents(frozen, NUMBERED)
    return {one.name: of_html(one.html.replace("<br>", " ")).paragraphs for one in documents if one.name in PAPERS}


def one_group() -> tuple[Frozen, Known]:
    frozen = frozen_round(12, silent=["x011"])
    units = {
        unit.code: Unit(code=unit.code, name=unit.name, kind=unit.kind)
        for group in frozen.results.groups
        for unit in group.units
    }
    return frozen, known_of(frozen, units, 2025)


def two_groups() -> tuple[Frozen, Known]:
    frozen = results()
    return frozen, known_of(frozen, UNITS, 2025)


@pytest.mark.parametrize("made", [one_group, two_groups])
def test_nothing_in_decision_report_and_submission_is_wrong_and_most_of_it_is_read(made: object) -> None:
    assert callable(made)
    frozen, known = made()
    found: list[Sentence] = []
    for name, paragraphs in papers_of(frozen).items():
        sentences = proofread(paragraphs, known)
        wrong = [one for sentence in sentences for one in sentence.statements if one.outcome.verdict is Verdict.WRONG]
        assert [(name, one.words, one.outcome.right) for one in wrong] == []
        found += sentences
    read = [sentence for sentence in found if sentence.verdict is Verdict.RIGHT]
    assert len(read) / len(found) >= MOST, [one.text for one in found if one not in read]


def test_a_report_on_other_results_is_wrong_where_it_speaks_of_them() -> None:
    frozen, _ = one_group()
    other = frozen_round(13, silent=["x011"])
    units = {unit.code: Unit(code=unit.code, name=unit.name, kind=unit.kind) for unit in other.results.groups[0].units}
    found = proofread(papers_of(frozen)["bao-cao.pdf"], known_of(other, units, 2025))
    assert sum(sentence.verdict is Verdict.WRONG for sentence in found) >= 3
