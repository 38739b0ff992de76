"""A criteria set as the annex of its decision in Word, and back: the same set; edited in Word, only what was edited."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.table import _Cell
from hypothesis import HealthCheck, given, settings

from models.criteria.sets import CriteriaSet
from models.findings import Finding, RefusedError, Severity
from models.province.folder import Province, load_province
from models.province.yaml_writing import block_text
from tasks.criteria.annex_rows import names_in
from tasks.criteria.coming_back import set_from_file, tried_file
from tasks.criteria.exported import ReadSet, changed_set, kept_lines
from tasks.criteria.from_annex import set_in_annex
from tasks.documents.criteria_papers import criteria_annex, exported_set
from tasks.editing.changing import FileChange, write_changes
from tasks.reading.annexes import read_annex
from tasks.reading.printed_tables import PrintedAnnex
from tasks.rendering.word import word_file
from tests.conftest import EXAMPLES, copy_example
from tests.libreoffice import all_converted
from tests.models.criteria.sets_of_all_kinds import criteria_sets
from tests.models.folders import Folder, sample_folder

TODAY = date(2026, 2, 1)
BESIDE = "Không áp dụng đối với: Văn phòng UBND tỉnh\nCăn cứ: Điều 5 Luật Thanh tra"
CODE, NAME, MAXIMUM, RULE, EVIDENCE, AGENCY = range(6)
GROUPED = """\
      - code: "1.3"
        name: Kiểm tra
        groups:
          - {code: "1.3.1", name: Kiểm tra theo kế hoạch}
        components:
          - {code: "1.3.1.1", name: Số cuộc, max: 5, source: self, rule: {kind: binary}}
          - code: "1.3.1.2"
            name: Xử lý sau kiểm tra
            max: 5
            source: self
            evidence: strict
            reference: {document: Luật Thanh tra, article: Điều 5}
            not_applicable: {units: [vpub], by_event: true}
            rule:
              kind: options
              label: Mức
              options:
                - {id: het, label: Xử lý hết, points: 5}   # ids cũ
                - {id: mot_phan, label: Xử lý một phần, points: 2}
                - {id: khong, label: Không xử lý, points: 0}
          - {code: "1.3.2", name: Báo cáo, max: 0.5, source: self, rule: {kind: binary}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = sample_folder(tmp_path)
    folder.change("criteria/so.yaml", '  - code: "2"\n', f'{GROUPED}  - code: "2"\n')
    folder.change("criteria/so.yaml", "    max: 60\n", "    max: 70.5\n")
    return folder


def printed(province: Province, id: str = "so-2025") -> bytes:
    return exported_set(province, id, 2025, TODAY, ".docx", as_guide=False)


def opened(content: bytes) -> PrintedAnnex:
    annex = read_annex(content)
    assert isinstance(annex, PrintedAnnex), annex
    return annex


def read(content: bytes) -> ReadSet:
    found = set_in_annex(opened(content), "so.docx")
    assert found is not None
    return found


def edit(content: bytes, change: Callable[[Any], object]) -> bytes:
    document = docx.Document(io.BytesIO(content))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def cell_of(document: Any, code: str, column: int) -> _Cell:
    rows = (row for table in document.tables for row in table.rows)
    cell: _Cell = next(row for row in rows if row.cells[0].text == code).cells[column]
    return cell


def say(cell: _Cell, text: str) -> None:
    """Type a text in place of what stands in a cell, in the run that is there, as in Word."""
    first, *more = cell.paragraphs[0].runs or [cell.paragraphs[0].add_run()]
    first.text = text
    for run in more:
        run._element.getparent().remove(run._element)


def edited(folder: Folder, *changes: tuple[str, int, str]) -> tuple[list[FileChange], list[Finding]]:
    def change(document: Any) -> None:
        for code, column, text in changes:
            say(cell_of(document, code, column), text)

    checked = changed_set(folder.path, read(edit(printed(load_province(folder.path)), change)))
    write_changes(folder.path, checked.changes)
    return checked.changes, checked.findings


def differing(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone and those that are new."""
    old, new = before.splitlines(), after.splitlines()
    return [line.strip() for line in old if line not in new], [line.strip() for line in new if line not in old]


@pytest.mark.parametrize(
    ("example", "id"), [("tinh-mau", "so-2025"), ("tinh-mau", "xa-2025"), ("binh-duong-2017", "huyen-2017")]
)
def test_the_sets_of_the_examples_come_back_byte_for_byte(example: str, id: str) -> None:
    content = printed(load_province(EXAMPLES / example), id)
    found = read(edit(content, lambda document: None))
    assert found.placed.findings == []
    assert not found.wanted.is_changed
    assert found.wanted.content() == (EXAMPLES / example / "criteria" / f"{id}.yaml").read_bytes()
    anew = found.renamed("moi", "").wanted.content().decode()
    assert anew == (EXAMPLES / example / "criteria" / f"{id}.yaml").read_text("utf-8").replace(f"id: {id}", "id: moi")


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(criteria_sets())
def test_any_set_goes_out_to_word_and_comes_back_the_same(values: dict[str, Any]) -> None:
    province = load_province(EXAMPLES / "tinh-mau")
    known = CriteriaSet.model_validate(values)
    base = (block_text(values) + "\n").encode()
    kept = kept_lines("criteria/so.yaml", base, names_in(province), 2025)
    found = read(word_file(criteria_annex(province, known, 2025), TODAY, (), kept))
    assert (found.placed.findings, found.wanted.is_changed, found.wanted.content()) == ([], False, base)
    assert CriteriaSet.model_validate(found.wanted.values) == known


def test_only_the_rule_changes_whose_words_were_changed_and_ids_and_comments_stay(folder: Folder) -> None:
    before = folder.text("criteria/so.yaml")
    rule = "Xử lý hết: 5 điểm; Xử lý một phần: 3 điểm; Không xử lý: 0 điểm"
    tiers = "Trên 95%: 30; từ 70% đến 95%: 15; dưới 70%: 0"
    _, told = edited(folder, ("1.3.1.2", RULE, f"{rule}\n{BESIDE}"), ("1.1.2", RULE, tiers))
    gone, new = differing(before, folder.text("criteria/so.yaml"))
    assert gone == ["- {over: 90, points: 30}", "- {id: mot_phan, label: Xử lý một phần, points: 2}"]
    assert new == ["- {over: 95, points: 30}", "- {id: mot_phan, label: Xử lý một phần, points: 3}"]
    assert [str(finding) for finding in told if finding.place] == []


def test_what_stands_beside_a_rule_is_read_by_its_words(folder: Folder) -> None:
    before = folder.text("criteria/so.yaml")
    rule = "Xử lý hết: 5 điểm; Xử lý một phần: 2 điểm; Không xử lý: 0 điểm"
    law = "Căn cứ: khoản 2 Điều 6 Luật Thanh tra"
    edited(
        folder,
        ("1.3.1", NAME, "Kiểm tra theo kế hoạch năm"),
        ("1.3.1.1", NAME, "Số cuộc kiểm tra (*)"),
        ("1.3.1.1", AGENCY, "Sở Tài chính"),
        ("1.3.1.1", EVIDENCE, "Nếu có"),
        ("1.3.1.2", NAME, "Xử lý sau kiểm tra"),
        ("1.3.1.2", RULE, f"{rule}\nKhông áp dụng đối với: Sở Tài chính; phường\n{law}"),
        ("1.1.1", AGENCY, "–"),
    )
    gone, new = differing(before, folder.text("criteria/so.yaml"))
    assert gone == [
        "appraised_by: snv",
        '- {code: "1.3.1", name: Kiểm tra theo kế hoạch}',
        '- {code: "1.3.1.1", name: Số cuộc, max: 5, source: self, rule: {kind: binary}}',
        "reference: {document: Luật Thanh tra, article: Điều 5}",
        "not_applicable: {units: [vpub], by_event: true}",
    ]
    assert new == [
        '- {code: "1.3.1", name: Kiểm tra theo kế hoạch năm}',
        "- {code: 1.3.1.1, name: Số cuộc kiểm tra, max: 5, source: self, rule: {kind: binary}, "
        "not_applicable: {by_event: true}, evidence: optional, appraised_by: stc}",
        "reference: {document: Luật Thanh tra, article: khoản 2 Điều 6}",
        "not_applicable: {units: [stc], kinds: [phuong]}",
    ]


def test_words_that_still_speak_of_the_old_maximum_are_told(folder: Folder) -> None:
    _, told = edited(folder, ("1.1.2", MAXIMUM, "31"), ("1.1.1", MAXIMUM, "9"), ("1.1", MAXIMUM, "40"))
    assert [str(finding) for finding in told if "điểm tối đa cũ" in finding.what] == [
        "so.docx, bảng 1, dòng 4, cột 4: CẢNH BÁO: cách tính còn ghi theo điểm tối đa cũ 10, nay là 9. "
        "Sửa cả cách tính trong văn bản."
    ]


def test_rows_are_added_moved_and_taken_out(folder: Folder) -> None:
    def change(document: Any) -> None:
        rows = {row.cells[0].text: row._tr for row in document.tables[0].rows}
        new = docx.oxml.parser.parse_xml(docx.oxml.xmlchemy.serialize_for_reading(rows["1.3.2"]))
        rows["1.3.2"].addnext(new)
        added = docx.table._Row(new, document.tables[0])
        say(added.cells[CODE], "1.3.3")
        say(added.cells[NAME], "Trả lời kiến nghị")
        say(added.cells[RULE], "Từ 90% trở lên: 0,5 điểm; dưới 90%: 0 điểm")
        rows["1.1.1"].getparent().remove(rows["1.1.1"])
        say(cell_of(document, "1.1.2", CODE), "1.1.1")
        say(cell_of(document, "1.1.1", MAXIMUM), "40")
        say(cell_of(document, "1.1.1", RULE), "Trên 90%: 40; từ 70% đến 90%: 15; dưới 70%: 0")
        for code, total in (("1", "71"), ("1.3", "11")):
            say(cell_of(document, code, MAXIMUM), total)

    before = load_province(folder.path).criteria_sets["so-2025"]
    checked = changed_set(folder.path, read(edit(printed(load_province(folder.path)), change)))
    write_changes(folder.path, checked.changes)
    after = load_province(folder.path).criteria_sets["so-2025"]
    assert [leaf.code for leaf in after.leaves] == ["1.1.1", "1.2", "1.3.1.1", "1.3.1.2", "1.3.2", "1.3.3", "2.1"]
    assert after.by_code["1.1.1"].name == before.by_code["1.1.2"].name, "the mark stays with its row"
    assert after.by_code["1.3.1.2"] == before.by_code["1.3.1.2"]
    assert after.by_code["1.3.3"].rule.kind == "tiers"


@pytest.mark.parametrize(
    ("code", "column", "typed", "said"),
    [
        ("1.1.2", MAXIMUM, "ba mươi", "điểm tối đa: “ba mươi” không phải là số"),
        ("1.1.2", AGENCY, "Sở Nào đó", "cơ quan thẩm định “Sở Nào đó” không có trong appraisers"),
        ("1.1.2", CODE, "1.1.1", "mã 1.1.1 đã dùng ở ô ở dòng 4, cột 1"),
        ("1.1.2", RULE, "Trên 90%: 99; từ 70% đến 90%: 15; dưới 70%: 0", "mức cao nhất 99"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    folder: Folder, code: str, column: int, typed: str, said: str
) -> None:
    before = folder.text("criteria/so.yaml")
    try:
        _, told = edited(folder, (code, column, typed))
    except RefusedError as refused:
        told = refused.findings
        assert folder.text("criteria/so.yaml") == before
    assert any(said in finding.what and finding.place for finding in told), told


def test_words_that_nobody_knows_become_points_with_what_they_may_mean(folder: Folder) -> None:
    _, told = edited(folder, ("1.1.2", RULE, "Tùy mức độ mà cho điểm"))
    assert load_province(folder.path).criteria_sets["so-2025"].by_code["1.1.2"].rule.kind == "points"
    (doubt,) = [finding for finding in told if "tạm ghi cho điểm trực tiếp" in finding.what]
    assert doubt.severity is Severity.WARNING
    assert "{kind: points}" in doubt.remedy


def test_items_of_blocks_and_their_cap_come_back(folder: Folder) -> None:
    def change(document: Any) -> None:
        heading = next(each for each in document.paragraphs if each.text.startswith("Điểm thưởng"))
        heading.runs[0].text = "Điểm thưởng (tối đa 3 điểm)"
        item = load_province(folder.path).criteria_sets["so-2025"].bonus.items[0]  # type: ignore[union-attr]
        say(cell_of(document, item.code, 2), "Mỗi 2 trường hợp 0,25 điểm, tối đa 1 điểm")

    found = read(edit(printed(load_province(folder.path)), change))
    bonus = found.wanted.values["bonus"]
    assert (bonus["cap"], bonus["items"][0]["each"], bonus["items"][0]["per"]) == (3, Decimal("0.25"), 2)


def test_marks_and_copies_that_were_tampered_with_are_hints_only(folder: Folder) -> None:
    content = printed(load_province(folder.path))
    lost = parts_changed(content, "word/document.xml", lambda xml: re.sub(rb"<w:bookmark[^>]*/>", b"", xml))
    assert not read(lost).wanted.is_changed, "rows are known by their codes too"
    swapped = parts_changed(
        content,
        "word/document.xml",
        lambda xml: xml.replace(b"_com_0", b"_com_X").replace(b"_com_1", b"_com_0").replace(b"_com_X", b"_com_1"),
    )
    values = read(swapped).wanted.values["areas"][0]["criteria"][0]["components"]
    assert [each["code"] for each in values] == ["1.1.1", "1.1.2"], "what is printed counts"
    assert [each["rule"]["kind"] for each in values] == ["on_time", "tiers"]
    for old, new in ((b"criteria/so.yaml", b"province.yaml"), (b'name="bytes">', b'name="bytes">!')):
        forged = parts_changed(content, "customXml/item1.xml", lambda xml, old=old, new=new: xml.replace(old, new))
        with pytest.raises(RefusedError, match="bản gốc giữ trong tệp đã bị sửa hoặc hỏng"):
            read(forged)
    strange = parts_changed(content, "customXml/item1.xml", lambda xml: b"<a xmlns='urn:other'>&#1;</a>")
    assert set_in_annex(opened(strange), "so.docx") is None, "of another program"


def parts_changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


@pytest.mark.slow
def test_libreoffice_saves_the_annexes_and_nothing_has_changed(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    province = load_province(folder)
    paths = [tmp_path / f"{id}.docx" for id in province.criteria_sets]
    for path in paths:
        path.write_bytes(printed(province, path.stem))
    for path in all_converted(paths, tmp_path, "docx"):
        found = set_from_file(path.read_bytes(), path.name)
        assert found is not None
        assert (found.placed.findings, found.wanted.is_changed) == ([], False)
        kept = (folder / "criteria" / f"{path.stem}.yaml").read_bytes()
        assert tried_file(path.read_bytes(), path.name) == kept
