"""Text files in a child process: what is read of each kind, and what becomes of broken and hostile ones."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from models.records.evidence import UnopenedEvidence
from models.records.read_texts import ReadText
from tasks.reading.kept_evidence import read_text
from tasks.reading.texts import joined_lines, of_html
from tests.tasks.proofreading.pdf_texts import pdf_of

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(folder: Path, name: str, content: bytes) -> ReadText | UnopenedEvidence:
    path = folder / name
    path.write_bytes(content)
    return read_text(path)


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def with_part(content: bytes, body: str) -> bytes:
    """A document whose main part is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return out.getvalue()


def test_a_document_gives_its_paragraphs_and_leaves_its_tables_aside(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Kết quả năm 2025", 1)
    document.add_paragraph("Sở Nội vụ xếp ").add_run("thứ nhất.").bold = True
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Sở Nội vụ", "92,15"
    found = read(tmp_path, "bai.docx", saved(document))
    assert found == ReadText(("Kết quả năm 2025", "Sở Nội vụ xếp thứ nhất."), 2, False)


def test_a_table_gives_the_sentences_in_it(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Sở Nội vụ", "Năm 2025, Sở Nội vụ xếp thứ nhất."
    assert read(tmp_path, "bai.docx", saved(document)) == ReadText(("Năm 2025, Sở Nội vụ xếp thứ nhất.",), 1)
    table.cell(0, 1).text = "1"
    alone = read(tmp_path, "bai.docx", saved(document))
    assert isinstance(alone, UnopenedEvidence)
    assert "chỉ có bảng" in alone.what


def test_boxes_of_text_and_footnotes_are_read_once_each_apart_from_their_paragraph(tmp_path: Path) -> None:
    def box(name: str) -> str:
        return f"<mc:{name}><w:txbxContent><w:p><w:r><w:t>Trong khung.</w:t></w:r></w:p></w:txbxContent></mc:{name}>"

    body = (
        f'<w:document {WORD} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body><w:p><w:r>'
        f"<w:t>Trước khung, </w:t><mc:AlternateContent>{box('Choice')}{box('Fallback')}</mc:AlternateContent>"
        "<w:t>sau khung.</w:t></w:r></w:p></w:body></w:document>"
    )
    out = io.BytesIO(with_part(saved(docx.Document()), body))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/footnotes.xml", body.replace("khung", "chú thích"))
    found = read(tmp_path, "khung.docx", out.getvalue())
    assert isinstance(found, ReadText)
    assert found.paragraphs == (
        *("Trong khung.", "Trước khung, sau khung."),
        *("Trong chú thích.", "Trước chú thích, sau chú thích."),
    )


def test_tracked_changes_are_read_as_if_accepted_and_told(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Sở Nội vụ xếp thứ ")
    for tag, text_tag, text in (("w:del", "w:delText", "hai"), ("w:ins", "w:t", "nhất")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        change.set(qn("w:id"), "1")
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    assert read(tmp_path, "sua.docx", saved(document)) == ReadText(("Sở Nội vụ xếp thứ nhất",), 0, True)


def test_a_page_gives_what_is_seen_of_it() -> None:
    page = (
        "<style>p{}</style><h1>Kết quả</h1><p>Sở A <b>xếp</b> thứ 1.</p><table><tr><td>9<td>8</table><script>1</script>"
    )
    assert of_html(page) == ReadText(("Kết quả", "Sở A xếp thứ 1."), 2)


def test_lines_of_a_pdf_become_paragraphs(tmp_path: Path) -> None:
    lines = ["1. Ket qua chung: So Noi vu", "xep thu 1.", "2", "- So Tai chinh xep thu 2."]
    assert joined_lines(lines) == ["1. Ket qua chung: So Noi vu xep thu 1.", "- So Tai chinh xep thu 2."]
    found = read(tmp_path, "bai.pdf", pdf_of("So Noi vu xep thu 1."))
    assert isinstance(found, ReadText)
    assert found.paragraphs == ("So Noi vu xep thu 1.",)


def test_plain_text_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert read(tmp_path, "a.txt", "\ufeffDòng một.\r\n\r\nDòng hai.".encode()) == ReadText(("Dòng một.", "Dòng hai."))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rong.txt", b"", "không có chữ nào"),
        ("tcvn3.txt", b"S\xab N\xe9i v\xf4", "không phải văn bản UTF-8"),
        ("nhi-phan.txt", b"a\x00b", "không phải văn bản"),
        ("cat-cut.docx", b"PK\x03\x04" + b"\x00" * 40, "hỏng"),
        ("hong.pdf", b"%PDF-1.7 nothing", "hỏng"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    found = read(tmp_path, name, content)
    assert isinstance(found, UnopenedEvidence)
    assert said in found.what


def test_a_hostile_document_is_refused_and_the_next_one_is_read(tmp_path: Path) -> None:
    plain = saved(docx.Document())
    deep = f"<w:document {WORD}>{'<w:p>' * 5000}{'</w:p>' * 5000}</w:document>"
    entities = f'<!DOCTYPE d [<!ENTITY a "{"x" * 99}">]><w:document {WORD}><w:p/></w:document>'
    many = f"<w:document {WORD}>{'<w:proofErr/>' * 300_000}</w:document>"
    bomb = f"<w:document {WORD}>{' ' * 50_000_000}</w:document>"
    for body in (deep, entities, many, bomb):
        assert isinstance(read(tmp_path, "xau.docx", with_part(plain, body)), UnopenedEvidence)
    good = docx.Document()
    good.add_paragraph("Đoạn tốt.")
    assert read(tmp_path, "tot.docx", saved(good)) == ReadText(("Đoạn tốt.",))
