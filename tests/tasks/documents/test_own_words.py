"""The province's own paragraphs in its papers: filled as printed, escaped, and proofread at the gate."""

from dataclasses import replace
from datetime import date

import pytest

from models.province.texts import PLACEHOLDERS, OwnTexts, Section
from models.records.snapshots import Frozen, thawed
from report_templates.filters import NOTHING
from tasks.documents.annexes import annexes_of
from tasks.documents.own_words import own_words, values_of
from tasks.documents.publication import publication_documents
from tasks.publishing.gate import GateKind, GatePoint, Numbered, points_of
from tasks.reading.texts import of_html
from tests.tasks.proofreading.results import results
from tests.tasks.rendering.test_pdf import DRAFT

TODAY = date(2026, 3, 1)


def worded(**sections: tuple[str, ...]) -> Frozen:
    return replace(results(), texts=OwnTexts(year=2025, **sections))


def paper(frozen: Frozen, name: str) -> str:
    return next(one.html for one in publication_documents(frozen, DRAFT) if one.name == name)


def points(frozen: Frozen, kind: GateKind) -> list[GatePoint]:
    return [point for point in points_of(frozen, Numbered(DRAFT, TODAY, TODAY), None) if point.kind is kind]


def test_every_placeholder_is_filled_for_every_group() -> None:
    frozen = results()
    annexes = annexes_of(frozen.config, frozen.round, frozen.results)
    values = values_of(frozen.config, 2025, frozen.results.ranking, annexes)
    asked = {(one.name, one.group) for one in values}
    assert asked == {
        (name, group) for name, known in PLACEHOLDERS.items() for group in (("so", "xa") if known.of_group else ("",))
    }
    told = {f"{one.name}.{one.group}": value for one, value in values.items()}
    assert told["so_don_vi.so"] == "08"
    assert told["chi_so_trung_binh.so"] == "82,46%"
    assert told["don_vi_dan_dau.so"] == "Sở Nội vụ"
    assert told["don_vi_cuoi.xa"] == "xã Long Điền"
    assert told["chenh_lech.so"] == "23,25 điểm phần trăm"
    assert told["xep_loai.so"] == "Xuất sắc 01 đơn vị; Tốt 05 đơn vị; Khá 01 đơn vị; Trung bình 01 đơn vị"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "name"),
    [
        (Section.ARTICLE_2, "quyet-dinh.pdf"),
        (Section.ASSESSMENT, "bao-cao.pdf"),
        (Section.SHORTCOMINGS, "bao-cao.pdf"),
        (Section.PROPOSALS, "bao-cao.pdf"),
        (Section.SUBMISSION, "to-trinh.pdf"),
        (Section.NOTES, "phu-luc-1-so.pdf"),
    ],
)
def test_a_paragraph_stands_in_its_paper_filled_and_escaped(section: Section, name: str) -> None:
    frozen = worded(**{section.value: ("{don_vi_dan_dau.so} dẫn đầu <b>với</b> {chi_so_cao_nhat.so}.",)})
    page = paper(frozen, name)
    assert "Sở Nội vụ dẫn đầu &lt;b&gt;với&lt;/b&gt; 92,15%." in page
    others = [one for one in ("quyet-dinh.pdf", "bao-cao.pdf", "to-trinh.pdf") if one != name]
    assert all("dẫn đầu &lt;b&gt;" not in paper(frozen, other) for other in others)


def test_a_note_about_figures_of_one_group_stands_in_its_annex_alone_and_is_the_last() -> None:
    frozen = worded(ghi_chu=("Số liệu chốt ngày 31/12/{nam}.", "{so_don_vi.xa} xã được đánh giá."))
    of_departments, of_communes = (
        " ".join(of_html(paper(frozen, name)).paragraphs) for name in ("phu-luc-1-so.pdf", "phu-luc-3-xa.pdf")
    )
    assert "Số liệu chốt ngày 31/12/2025" in of_departments
    assert "Số liệu chốt ngày 31/12/2025. " in of_communes
    assert "xã được đánh giá" not in of_departments
    assert of_communes.endswith("xã được đánh giá./.")
    assert of_communes.count("./.") == 1


def test_own_tasks_stand_in_place_of_those_of_article_2_and_without_them_nothing_changes() -> None:
    standard = "Rà soát kế hoạch cải cách hành chính của năm hiện hành"
    assert standard in paper(results(), "quyet-dinh.pdf")
    own = " ".join(of_html(paper(worded(dieu_2=("1. Các đơn vị tự khắc phục.",)), "quyet-dinh.pdf")).paragraphs)
    assert standard not in own
    assert "1. Các đơn vị tự khắc phục." in own


def test_texts_are_frozen_with_the_results_and_a_round_without_them_keeps_its_name() -> None:
    frozen = worded(danh_gia=("Kết quả khá.",))
    assert thawed(frozen.body).texts == frozen.texts
    assert frozen.sha256 != results().sha256
    assert b'"texts"' not in results().body


def test_a_wrong_number_typed_by_hand_is_grave_and_an_unread_one_a_remark() -> None:
    frozen = worded(
        danh_gia=("Sở Y tế xếp thứ 3/7.", "Sở Tài chính dẫn đầu khối sở, ban, ngành."),
        ton_tai=("Đã tổ chức 12 cuộc họp.", "{don_vi_dan_dau.so} dẫn đầu khối sở, ban, ngành."),
    )
    (wrong,) = points(frozen, GateKind.WRONG_TEXT)
    assert "“Sở Tài chính dẫn đầu” sai: kết quả là Sở Nội vụ (Phụ lục I)" in wrong.what
    assert wrong.kind.grave
    (unread,) = points(frozen, GateKind.UNCHECKED_TEXT)
    assert "12" in unread.what
    assert not unread.kind.grave


def test_a_round_without_own_words_has_no_such_point() -> None:
    assert points(results(), GateKind.WRONG_TEXT) == points(results(), GateKind.UNCHECKED_TEXT) == []
    assert own_words(None, results().config, 2025, results().results.ranking, []) == {one.value: [] for one in Section}


def test_placeholders_of_a_round_in_which_nobody_is_ranked_are_dashes() -> None:
    frozen = results()
    group = frozen.results.groups[0]
    units = tuple(replace(unit, rank=None, ranked=False) for unit in group.units)
    nobody = replace(frozen.results, groups=(replace(group, units=units), *frozen.results.groups[1:]))
    annexes = annexes_of(frozen.config, frozen.round, nobody)
    values = values_of(frozen.config, 2025, nobody.ranking, annexes)
    told = {one.name: value for one, value in values.items() if one.group == group.id}
    assert {told[name] for name in ("don_vi_dan_dau", "don_vi_cuoi", "chi_so_cao_nhat", "chenh_lech")} == {NOTHING}
