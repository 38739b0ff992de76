"""Annexes that are broken, hostile or wrong in what they say: refused or told, with the place and what to do."""

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
import yaml
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment

from models.criteria.sets import CriteriaSet
from models.findings import Finding, RefusedError, Severity
from tasks.criteria.annex_rows import PrintedNames
from tasks.criteria.importing import ImportedSet, import_annex, of_annex
from tasks.reading.annexes import read_annex
from tasks.reading.printed_tables import PrintedAnnex, PrintedCell, PrintedTable, UnreadAnnex
from tests.broken_workbooks import archives
from tests.tasks.criteria.annexes import as_excel, as_word, saved, tables_of

TEXT = """==
STT | Tiêu chí | Điểm tối đa | Cách tính
1 | Chỉ đạo, điều hành | 3 |
1.1 | Kế hoạch | 1 | Đạt: 1; không đạt: 0
1.2 | Nhiệm vụ | 2 | Trên 90%: 2; từ 70% đến 90%: 1; dưới 70%: 0
"""
GOOD = as_word(tables_of(TEXT))
DOCUMENT = "word/document.xml"
WORDS = (
    *("", "1", "I", "A", "a)", "-", "1.1", "1.2", "2", "1.1.1", "1.1.1.1", "2,5", "1,5", "0", "Tổng cộng"),
    *("Kế hoạch", "Điểm thưởng", "Điểm trừ", "Khảo sát", "- Đạt: 1", "Không đạt: 0", "Mỗi lần trừ 0,5 điểm", "b/a × 2"),
    *("Trên 90%: 2; từ 70% đến 90%: 1; dưới 70%: 0", "Chậm nhất ngày 31/02: 1\nChậm: 0", "%", "từ", "≤", "9" * 40),
)
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "WordDocument".encode("utf-16-le")


def imported(content: bytes, file: str = "phu-luc.docx") -> ImportedSet:
    return import_annex(content, file, "mau", "Bộ tiêu chí mẫu", PrintedNames({"snv": "Sở Nội vụ"}, {}, {}))


def refused(content: bytes, file: str = "phu-luc.docx") -> list[Finding]:
    with pytest.raises(RefusedError) as error:
        imported(content, file)
    return error.value.findings


def of_text(text: str) -> ImportedSet:
    return imported(as_word(tables_of(text)))


def told(findings: tuple[Finding, ...] | list[Finding]) -> str:
    return "\n".join(map(str, findings))


def changed(change: Callable[[WordDocument], None]) -> bytes:
    document = Document(io.BytesIO(GOOD))
    change(document)
    return saved(document)


def in_document(old: bytes, new: bytes) -> bytes:
    assert old in archives.parts_of(GOOD)[DOCUMENT]
    return archives.with_part(GOOD, DOCUMENT, lambda part: part.replace(old, new, 1))


def nested(depth: int) -> bytes:
    begin, end = b"<w:tbl><w:tr><w:tc>", b"<w:p/></w:tc></w:tr></w:tbl>"
    return in_document(b"<w:body>", b"<w:body>" + begin * depth + end * depth)


# --- files that are not opened ----------------------------------------------------------------------------------------

UNOPENED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "tệp rỗng"),
    "text": (lambda: "Phụ lục".encode(), "tệp văn bản được đổi tên"),
    "pdf": (lambda: b"%PDF-1.7", "tệp PDF"),
    "old Word": (lambda: OLD_WORD, "tệp Word đời cũ (.doc)"),
    "encrypted": (archives.encrypted, "có mật khẩu"),
    "another archive": (lambda: archives.packed({"a.txt": b"a"}), "tệp nén hoặc tài liệu khác"),
    "truncated": (lambda: GOOD[: len(GOOD) // 2], "cắt cụt hoặc hỏng"),
    "zip bomb": (lambda: archives.zip_bomb(GOOD), "bom nén"),
    "lying bomb": (lambda: archives.lying_bomb(GOOD), "hỏng bên trong"),
    "entity bomb": (lambda: in_document(b"<w:document", archives.BILLION_LAUGHS + b"<w:document"), "thực thể XML"),
    "external entity": (lambda: in_document(b"<w:document", archives.EXTERNAL_ENTITY + b"<w:document"), "thực thể XML"),
    "macros": (lambda: archives.with_macros(GOOD), "macro"),
    "no XML": (lambda: archives.with_part(GOOD, DOCUMENT, lambda _: b"<w:document"), "bị hỏng"),
    "no body": (lambda: archives.with_part(GOOD, DOCUMENT, lambda _: b"<a/>"), "không có nội dung"),
    "nested tables": (lambda: nested(60), "lồng nhau quá sâu"),
    "rows without end": (
        lambda: in_document(b"<w:body>", b"<w:body><w:tbl>" + b"<w:tr/>" * 20_001 + b"</w:tbl>"),
        "dòng của bảng",
    ),
    "a wide cell": (lambda: in_document(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="9999"/>'), "rộng hơn 100 cột"),
}


@pytest.mark.parametrize("damage", UNOPENED)
def test_a_file_that_is_no_annex_or_does_harm_is_refused_with_its_reason(damage: str) -> None:
    make, reason = UNOPENED[damage]
    (finding,) = refused(make())
    assert finding.severity is Severity.CRITICAL
    assert reason in finding.what
    assert finding.remedy


def test_nothing_outside_the_file_is_fetched_and_it_is_said_where_it_points_out() -> None:
    relation = (
        b'<Relationship Id="rIdX" TargetMode="External" Target="http://127.0.0.1:9/x.png" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>'
    )
    content = archives.with_part(
        GOOD, "word/_rels/document.xml.rels", lambda part: part.replace(b"</Relationships>", relation)
    )
    assert "nội dung ở ngoài tệp (image), không được tải về" in told(imported(content).findings)


def test_what_stands_in_boxes_or_other_files_is_said_to_be_unread() -> None:
    box = (
        "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Ghi chú</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    )
    content = in_document(b"<w:body>", f"<w:body><w:altChunk/>{box}".encode())
    said = told(imported(content).findings)
    assert "không đọc một phần văn bản nhúng từ tệp khác" in said
    assert "không đọc 1 khung chữ" in said


def test_signs_of_a_font_fractions_and_hidden_text_are_read_as_they_are_printed() -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    fraction = (
        f"<m:oMath {math}><m:f><m:num><m:r><m:t>b</m:t></m:r></m:num><m:den><m:r><m:t>a</m:t></m:r></m:den></m:f>"
        "</m:oMath>"
    )

    def type_signs(document: WordDocument) -> None:
        tiers, share = document.tables[0].cell(3, 3), document.tables[0].cell(2, 3)
        tiers.paragraphs[0].runs[0].text = " 90%: 2; từ 70% đến dưới 90%: 1; dưới 70%: 0"
        for sign in ("<w:sym w:font='Symbol' w:char='F0B3'/>", "<w:rPr><w:vanish/></w:rPr><w:t>Từ 5%: 2; </w:t>"):
            tiers.paragraphs[0]._p.insert(0, parse_xml(f"<w:r {nsdecls('w')}>{sign}</w:r>"))
        share.paragraphs[0].runs[0].text = "Điểm = "
        share.paragraphs[0]._p.append(parse_xml(fraction))
        share.paragraphs[0].add_run(" × điểm tối đa, a: tổng số nhiệm vụ; b: số nhiệm vụ đã xong")

    read = imported(changed(type_signs))
    assert [leaf.rule.kind for leaf in read.criteria_set.leaves] == ["proportional", "tiers"]
    rule = read.criteria_set.by_code["1.2"].rule
    assert "từ 90% trở lên: 2 điểm" in rule.sentence(Decimal(2), 2025)
    assert "không đọc 1 đoạn chữ ẩn" in told(read.findings)


def test_a_sign_that_nobody_knows_makes_no_rule() -> None:
    def type_sign(document: WordDocument) -> None:
        paragraph = document.tables[0].cell(3, 3).paragraphs[0]
        paragraph.runs[0].text = "90%: 2; dưới 90%: 0"
        paragraph._p.insert(0, parse_xml(f"<w:r {nsdecls('w')}><w:sym w:font='Wingdings' w:char='F04A'/></w:r>"))

    assert imported(changed(type_sign)).criteria_set.by_code["1.2"].rule.kind == "points"


# --- tracked changes, comments, footnotes, numbers --------------------------------------------------------------------


def test_tracked_changes_are_read_both_ways_and_told_at_their_cell() -> None:
    def track(document: WordDocument) -> None:
        run = document.tables[0].cell(3, 3).paragraphs[0].runs[0]
        run.text = "Trên "
        marks = f'{nsdecls("w")} w:id="1" w:author="A" w:date="2025-01-01T00:00:00Z"'
        rest = "%: 2; từ 70% đến {}%: 1; dưới 70%: 0"
        for inner in (
            f"<w:del {marks}><w:r><w:delText>90{rest.format(90)}</w:delText></w:r></w:del>",
            f"<w:ins {marks}><w:r><w:t>95{rest.format(95)}</w:t></w:r></w:ins>",
        ):
            run._r.getparent().append(parse_xml(inner))

    read = imported(changed(track))
    (finding,) = [finding for finding in read.findings if "Track Changes" in finding.what]
    assert "đọc “Trên 95%: 2" in finding.what
    assert "nếu không nhận sửa đổi là “Trên 90%: 2" in finding.what
    assert "bảng 1, dòng 4, cột 4" in str(finding)
    rule = read.criteria_set.by_code["1.2"].rule
    assert "trên 95%: 2 điểm" in rule.sentence(read.criteria_set.by_code["1.2"].max, 2025)


def test_a_row_that_was_deleted_while_changes_were_kept_is_left_out() -> None:
    def strike(document: WordDocument) -> None:
        row = document.tables[0].rows[2]._tr
        row.get_or_add_trPr().append(parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="A"/>'))

    read = imported(changed(strike))
    assert [leaf.code for leaf in read.leaves] == ["1.2"]
    assert "các mục bên dưới cộng lại 2" in told(read.findings)
    assert "bảng 1, dòng 3, cột 2: CẢNH BÁO: ô còn sửa đổi chưa chốt" in told(read.findings)
    assert "nếu không nhận sửa đổi là “Kế hoạch”" in told(read.findings)


def test_comments_in_the_margin_are_told() -> None:
    def remark(document: WordDocument) -> None:
        document.add_comment(document.tables[0].cell(3, 1).paragraphs[0].runs, text="Xin ý kiến lại", author="A")

    assert "ghi chú bên lề: “Xin ý kiến lại”" in told(imported(changed(remark)).findings)


def test_comments_of_excel_are_told_with_their_cell() -> None:
    book = Workbook()
    for row in tables_of(TEXT)[0].rows:
        book.active.append(row)
    book.active["C4"].comment = Comment("Xin ý kiến lại", "A")
    assert "ghi chú bên lề: “ô C4: Xin ý kiến lại”" in told(imported(saved(book), "phu-luc.xlsx").findings)


def test_a_footnote_is_kept_beside_the_rule_it_explains() -> None:
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="0"/>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Không tính nhiệm vụ mật.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )

    def refer(document: WordDocument) -> None:
        paragraph = document.tables[0].cell(3, 1).paragraphs[0]._p
        paragraph.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))

    content = archives.with_part(changed(refer), "word/footnotes.xml", lambda _: notes.encode())
    read = imported(content)
    assert "# Chú thích: Không tính nhiệm vụ mật." in read.text
    assert read.criteria_set.by_code["1.2"].name == "Nhiệm vụ"


def test_numbers_that_word_prints_by_itself_are_codes() -> None:
    def number(document: WordDocument) -> None:
        part = document.part.numbering_part._element
        levels = "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
            for depth, text in enumerate(("%1", "%1.%2"))
        )
        part.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
        part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        for row, depth in ((1, 0), (2, 1), (3, 1)):
            paragraph = document.tables[0].cell(row, 0).paragraphs[0]
            paragraph.runs[0].text = ""
            properties = paragraph._p.get_or_add_pPr()
            numbered = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'
            properties.append(parse_xml(numbered))

    assert [leaf.code for leaf in imported(changed(number)).leaves] == ["1.1", "1.2"]


# --- what an annex says wrong -----------------------------------------------------------------------------------------


def test_an_annex_without_any_table_of_criteria_says_which_columns_it_needs() -> None:
    findings = refused(as_word(tables_of("==\nKính gửi | Nơi nhận\nSở | Lưu\n")))
    assert findings[0].what == "không có bảng nào có cột tiêu chí và cột điểm tối đa"
    assert "Điểm tối đa" in findings[0].remedy


def test_a_table_without_maxima_is_refused() -> None:
    findings = refused(as_word(tables_of("==\nSTT | Tiêu chí | Điểm tối đa\n1 | Chỉ đạo |\n1.1 | Kế hoạch |\n")))
    assert "bảng không có điểm tối đa nào" in told(findings)


def test_a_leaf_without_a_maximum_is_named_with_its_cell() -> None:
    findings = refused(as_word(tables_of(TEXT.replace("| Kế hoạch | 1 |", "| Kế hoạch | |"))))
    assert "phu-luc.docx, bảng 1, dòng 3, cột 2: LỖI: tiêu chí 1.1 không có điểm tối đa" in told(findings)


def test_sums_that_do_not_agree_are_named_with_both() -> None:
    read = of_text(TEXT.replace("điều hành | 3", "điều hành | 3,5") + " | Tổng cộng | 100 |\n")
    said = told(read.findings)
    assert "lĩnh vực 1 in điểm tối đa 3,5, các mục bên dưới cộng lại 3" in said
    assert "dòng tổng in 100 điểm, các lĩnh vực cộng lại 3" in said
    assert read.areas[0].printed != read.areas[0].sum


def test_the_same_code_twice_is_refused_with_both_places() -> None:
    findings = refused(as_word(tables_of(TEXT.replace("1.2 |", "1.1 |"))))
    assert "bảng 1, dòng 4, cột 2: LỖI: mã “1.1” đã có ở bảng 1, dòng 3, cột 2" in told(findings)


def test_the_tenth_criterion_that_excel_wrote_as_the_first_is_told() -> None:
    rows = "".join(f"1.{number} | Tiêu chí {number} | 1 | Đạt: 1; không đạt: 0\n" for number in range(1, 11))
    text = f"==\nSTT | Tiêu chí | Điểm tối đa | Cách tính\n1 | Chỉ đạo | 10 |\n{rows}"
    book = Workbook()
    for row in tables_of(text)[0].rows:
        book.active.append([float(row[0]) if "." in row[0] else row[0], *row[1:]])
    read = imported(saved(book), "phu-luc.xlsx")
    assert [leaf.code for leaf in read.leaves][-1] == "1.10"
    assert "đọc là 1.10 vì Excel bỏ số 0 cuối" in told(read.findings)


def test_a_code_that_excel_made_a_day_is_told() -> None:
    book = Workbook()
    for row in tables_of(TEXT)[0].rows:
        book.active.append(row)
    book.active["A4"] = "01/02/2025"
    with pytest.raises(RefusedError) as error:
        imported(saved(book), "phu-luc.xlsx")
    assert "có thể Excel đã đổi mã thành ngày" in told(error.value.findings)


def test_hidden_rows_are_not_read_and_that_is_said() -> None:
    book = Workbook()
    for row in tables_of(TEXT)[0].rows:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    read = imported(saved(book), "phu-luc.xlsx")
    assert [leaf.code for leaf in read.leaves] == ["1.2"]
    assert "không đọc 1 dòng ẩn" in told(read.findings)


def test_a_fourth_level_becomes_lines_of_the_third_and_is_told() -> None:
    read = of_text(
        """==
STT | Tiêu chí | Điểm tối đa
1 | Chỉ đạo | 1
1.1 | Kế hoạch | 1
1.1.1 | Nội dung | 1
1.1.1.1 | Có phân công | 0,5
1.1.1.2 | Có kinh phí | 0,5
"""
    )
    assert [(leaf.code, leaf.kind) for leaf in read.leaves] == [("1.1.1", "checklist")]
    assert "ở cấp thứ tư" in told(read.findings)


def test_an_agency_that_the_province_does_not_know_is_told() -> None:
    text = TEXT.replace("| Cách tính", "| Cơ quan thẩm định").replace("Đạt: 1; không đạt: 0", "Sở Y tế")
    assert "cơ quan thẩm định “Sở Y tế” không có trong appraisers" in told(of_text(text).findings)


def test_a_column_that_nobody_knows_is_told() -> None:
    assert "cột “Màu sắc” không rõ nghĩa" in told(of_text(TEXT.replace("| Cách tính", "| Màu sắc")).findings)


def test_points_typed_as_a_code_of_another_parent_are_told() -> None:
    read = of_text(TEXT.replace("1.2 |", "2.2 |"))
    assert "mã in “2.2” không thuộc mục 1" in told(read.findings)


def test_an_excel_annex_says_sheet_and_cell() -> None:
    content = as_excel(tables_of(TEXT.replace("| Kế hoạch | 1 |", "| Kế hoạch | |")))
    assert "phu-luc.xlsx, trang “Bảng 1”, ô B3: LỖI" in told(refused(content, "phu-luc.xlsx"))


def test_a_rule_beside_an_item_that_has_parts_is_told_and_not_used() -> None:
    read = of_text(TEXT.replace("điều hành | 3 |", "điều hành | 3 | Đạt: 3; không đạt: 0"))
    assert "mục 1 có các mục con nên không tự được chấm; không dùng dòng “Đạt: 3; không đạt: 0”" in told(read.findings)


def test_a_line_that_begins_like_a_total_is_a_line() -> None:
    read = of_text(
        """==
STT | Tiêu chí | Điểm tối đa
1 | Chỉ đạo | 2
1.1 | Công khai | 2
 | Công khai đầy đủ | 2
 | Công khai chưa đầy đủ | 1
 | Không công khai | 0
 | Cộng | 2
"""
    )
    assert [(leaf.kind, len(leaf.printed)) for leaf in read.leaves] == [("options", 3)]
    assert "dòng tổng" not in told(read.findings)


def test_a_numbered_line_above_a_table_that_has_its_own_areas_is_no_area() -> None:
    read = of_text("> I. BỘ TIÊU CHÍ CỦA CÁC SỞ\n" + TEXT)
    assert [(area.code, area.name) for area in read.areas] == [("1", "Chỉ đạo, điều hành")]


def test_two_sets_in_one_file_are_refused_with_the_advice_to_part_them() -> None:
    findings = refused(as_word(tables_of(TEXT + TEXT)))
    assert "nếu tệp có nhiều bộ tiêu chí thì tách mỗi bộ một tệp" in told(findings)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.data())
def test_a_document_that_was_damaged_anywhere_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    part = archives.parts_of(GOOD)[DOCUMENT]
    at = data.draw(st.integers(0, len(part) - 1))
    length = data.draw(st.integers(0, 40))
    instead = data.draw(st.sampled_from([b"", b"<", b">", b"</w:tc>", b"<w:tbl>", b"\xff", b'"', b"w:val", b"9" * 30]))
    damaged = archives.with_part(GOOD, DOCUMENT, lambda whole: whole[:at] + instead + whole[at + length :])
    assert isinstance(read_annex(damaged), PrintedAnnex | UnreadAnnex)


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=4, max_size=4), min_size=1, max_size=8))
def test_any_table_becomes_a_set_or_is_refused_with_reasons(rows: list[list[str]]) -> None:
    head = ["STT", "Tiêu chí", "Điểm tối đa", "Cách tính"]
    table = PrintedTable("bảng 1", tuple(tuple(PrintedCell(text) for text in row) for row in [head, *rows]))
    try:
        read = of_annex(PrintedAnnex((table,)), "phu-luc.docx", "mau", "Bộ mẫu", PrintedNames({}, {}, {}))
    except RefusedError as error:
        reasons = error.findings
    else:
        reasons = [*read.findings]
        assert CriteriaSet.model_validate(yaml.safe_load(read.text)) == read.criteria_set
        assert not any(finding.severity is Severity.CRITICAL for finding in reasons)
        return
    assert reasons
    assert all(finding.remedy for finding in reasons)
