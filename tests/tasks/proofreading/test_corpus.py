"""The corpus of sentences: what is called right is right, what is wrong is found, the rest is called neither."""

from pathlib import Path

import pytest
import yaml

from tasks.proofreading.checking import proofread
from tasks.proofreading.known import Known
from tasks.proofreading.statements import Verdict
from tests.tasks.proofreading.results import known

CORPUS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "corpus.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def of_year() -> Known:
    return known()


def verdict(text: str, of_year: Known) -> Verdict | None:
    """Of the last sentence of a text that states something."""
    found = proofread([text], of_year)
    return found[-1].verdict if found else None


def test_the_corpus_is_large_and_speaks_of_every_verdict() -> None:
    assert set(CORPUS) == {one.value for one in Verdict}
    assert sum(map(len, CORPUS.values())) >= 230
    assert len({text for texts in CORPUS.values() for text in texts}) == sum(map(len, CORPUS.values()))


def test_nothing_but_what_is_right_is_ever_called_right(of_year: Known) -> None:
    others = [text for of, texts in CORPUS.items() if of != Verdict.RIGHT for text in texts]
    assert [text for text in others if verdict(text, of_year) is Verdict.RIGHT] == []


def test_nothing_but_what_is_wrong_is_called_wrong(of_year: Known) -> None:
    others = [text for of, texts in CORPUS.items() if of != Verdict.WRONG for text in texts]
    assert [text for text in others if verdict(text, of_year) is Verdict.WRONG] == []


@pytest.mark.parametrize("of", CORPUS)
def test_every_sentence_of_the_corpus_gets_its_verdict(of: str, of_year: Known) -> None:
    assert [text for text in CORPUS[of] if verdict(text, of_year) != of] == []


def test_a_wrong_statement_names_what_would_be_right_and_where_it_stands(of_year: Known) -> None:
    (sentence,) = proofread(["Đoạn mở đầu.", "Sở Y tế xếp thứ 4/7."], of_year)
    (statement,) = sentence.statements
    assert (sentence.paragraph, sentence.number) == (2, 1)
    assert (statement.words, statement.subject) == ("Sở Y tế xếp thứ 4/7", "Sở Y tế")
    assert (statement.outcome.right, statement.outcome.source) == ("hạng 3/7", "Phụ lục I")


def test_every_wrong_statement_of_the_corpus_names_a_source(of_year: Known) -> None:
    statements = [one for text in CORPUS["wrong"] for found in proofread([text], of_year) for one in found.statements]
    wrong = [one.outcome for one in statements if one.outcome.verdict is Verdict.WRONG]
    assert all(one.right and one.source for one in wrong)


def test_one_wrong_statement_makes_a_sentence_wrong_and_the_others_stay_right(of_year: Known) -> None:
    (sentence,) = proofread(["Sở Nội vụ: 92,15%, hạng 1; Sở Y tế: 85,20%, hạng 4."], of_year)
    assert [one.outcome.verdict.value for one in sentence.statements] == ["right", "right", "right", "wrong"]


def test_a_heading_says_of_which_group_the_text_below_it_is(of_year: Known) -> None:
    text = [
        "1. Các sở, ban, ngành",
        "Chỉ số trung bình đạt 82,46%.",
        "2. UBND xã, phường",
        "Chỉ số trung bình đạt 79,51%.",
    ]
    assert [one.verdict for one in proofread(text, of_year)] == [Verdict.RIGHT, Verdict.RIGHT]
    text[1], text[3] = text[3], text[1]
    assert [one.verdict for one in proofread(text, of_year)] == [Verdict.WRONG, Verdict.WRONG]


def test_a_heading_of_another_year_leaves_what_follows_undecided(of_year: Known) -> None:
    found = proofread(["Kết quả năm 2024", "Sở Nội vụ xếp thứ nhất."], of_year)
    assert [one.verdict for one in found] == [Verdict.AMBIGUOUS]


def test_a_sentence_without_number_and_claim_is_not_listed(of_year: Known) -> None:
    assert proofread(["Sở Nội vụ chủ trì, phối hợp với Sở Tài chính tổ chức thực hiện."], of_year) == []
