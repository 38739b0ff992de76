"""The metadata of an outgoing document. Source: Nghị định 30/2020/NĐ-CP, annex VI."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents.metadata import FIELDS, Entry, decision_metadata, fitted
from tests.tasks.rendering.test_pdf import CONFIG, DRAFT, NUMBERED

WORDS = Entry("Subject", 20)


def read(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)


def test_every_field_of_the_list_stands_in_its_order() -> None:
    config = CONFIG.model_copy(update={"organ_id": "000.00.00.H09"})
    root = read(decision_metadata(config, NUMBERED, "Quyết định về việc công bố", 12))
    assert [field.tag for field in root] == [*(field.name for field in FIELDS), "Recipients"]
    said = {field.tag: field.text or "" for field in root}
    assert said["OrganId"] == "000.00.00.H09"
    assert (said["CodeNumber"], said["CodeNotation"], said["IssuedDate"]) == ("05", "QĐ-UBND", "2026-01-05")
    assert (said["TypeName"], said["PageAmount"], said["FileCatalog"]) == ("Quyết định", "12", "2026")
    assert (said["Position"], said["FullName"]) == ("Chủ tịch", "Nguyễn Văn Mẫu")
    assert [to.findtext("OrganName") for to in root.iter("To")] == list(CONFIG.recipients)


def test_a_correction_says_what_it_replaces() -> None:
    decision = replace(NUMBERED, replaces="Quyết định số 12/QĐ-UBND.")
    assert read(decision_metadata(CONFIG, decision, "", 1)).findtext("Description") == (
        "Thay thế Quyết định số 12/QĐ-UBND"
    )


def test_words_that_are_too_long_are_cut_and_say_so() -> None:
    root = read(decision_metadata(CONFIG, NUMBERED, "công bố " * 100, 1))
    subject = root.findtext("Subject") or ""
    assert len(subject) <= 500
    assert subject.endswith("…")


def test_a_code_is_never_cut() -> None:
    with pytest.raises(ValueError, match="PageAmount: “1000” dài quá 3 ký tự"):
        decision_metadata(CONFIG, NUMBERED, "", 1000)


def test_a_draft_has_no_metadata() -> None:
    with pytest.raises(ValueError, match="numbered"):
        decision_metadata(CONFIG, DRAFT, "", 1)


@given(st.text(max_size=60))
def test_words_never_exceed_their_field(text: str) -> None:
    assert len(fitted(WORDS, text)) <= WORDS.length


def test_markup_in_names_stays_text() -> None:
    config = CONFIG.model_copy(update={"recipients": ("<a>&",)})
    assert next(read(decision_metadata(config, NUMBERED, "", 1)).iter("To")).findtext("OrganName") == "<a>&"
