"""What an evidence file is, told by its content alone, in a child process."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from models.records.evidence import EvidenceKind, OpenedEvidence, UnopenedEvidence
from tasks.reading import kept_evidence
from tests.tasks.evidence.files import document, packed, pdf, picture, workbook

TRACKER = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    'Target="http://127.0.0.1:9/theo-doi.dotm" TargetMode="External"/></Relationships>'
)


def read(tmp_path: Path, content: bytes) -> OpenedEvidence | UnopenedEvidence:
    path = tmp_path / "tep"
    path.write_bytes(content)
    return kept_evidence.opened(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (pdf("Kế hoạch cải cách", "Trang hai"), (EvidenceKind.PDF, 2, "Kế hoạch cải cách")),
        (picture("PNG"), (EvidenceKind.PNG, 1, "")),
        (picture("JPEG"), (EvidenceKind.JPEG, 1, "")),
        (document("Quyết định", "Điều 1"), (EvidenceKind.DOCX, 0, "Quyết định\nĐiều 1")),
        (workbook("Danh sách", "12/KH-STC"), (EvidenceKind.XLSX, 0, "12/KH-STC")),
    ],
)
def test_the_kind_comes_from_the_content_and_the_words_are_read(
    tmp_path: Path, content: bytes, expected: tuple[EvidenceKind, int, str]
) -> None:
    kind, pages, words = expected
    found = read(tmp_path, content)
    assert isinstance(found, OpenedEvidence)
    assert (found.kind, found.pages) == (kind, pages)
    assert words in found.words


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tệp rỗng"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "trang web"),
        (b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "hỏng hoặc không phải PDF"),
        (b"\x89PNG\r\n\x1a\n<svg onload='alert(1)'/>", "không phải ảnh"),
        (picture("PNG")[:60], "không phải ảnh"),
        (b"\xff\xd8\xff<html>", "không phải ảnh"),
        (b"MZ\x90\x00", "không thuộc loại tệp được nhận"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "dạng cũ"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), "không được nhận"),
        (packed({"[Content_Types].xml": "<x/>", "ppt/presentation.xml": "<x/>"}), "không được nhận"),
        (document("x", more={"word/vbaProject.bin": b"Attribute VB_Name\nSub AutoOpen"}), "macro"),
        (document("x", more={"word/header1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "thực thể"),
    ],
)
def test_what_is_disguised_or_damaged_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    found = read(tmp_path, content)
    assert isinstance(found, UnopenedEvidence)
    assert said in found.what
    assert found.remedy


@pytest.mark.slow
def test_a_picture_with_too_many_pixels_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    found = read(tmp_path, out.getvalue())
    assert isinstance(found, UnopenedEvidence)
    assert "lớn bất thường" in found.what


def test_a_document_that_points_to_elsewhere_is_read_for_its_words_only(tmp_path: Path) -> None:
    found = read(tmp_path, document("Báo cáo", more={"word/_rels/settings.xml.rels": TRACKER}))
    assert found == OpenedEvidence(EvidenceKind.DOCX, 0, "Báo cáo\n")


def test_pages_and_pictures_are_drawn_anew(tmp_path: Path) -> None:
    path = tmp_path / "tep"
    path.write_bytes(pdf("một", "hai"))
    page = kept_evidence.page_image(path, 2)
    assert isinstance(page, bytes)
    assert Image.open(io.BytesIO(page)).size[0] == 1240
    assert isinstance(kept_evidence.page_image(path, 3), UnopenedEvidence)
    with Image.new("RGB", (3000, 20), (1, 2, 3)) as image:
        image.save(path, "JPEG", comment=b"<script>alert(1)</script>")
    page = kept_evidence.page_image(path, 1)
    assert isinstance(page, bytes)
    assert b"script" not in page
    assert Image.open(io.BytesIO(page)).size[0] == 1240


def listed(tmp_path: Path, content: bytes, largest: int = 2**20, whole: int = 2**22) -> object:
    path = tmp_path / "tep.zip"
    path.write_bytes(content)
    found = kept_evidence.packed_files(path, largest, whole)
    return found.what if isinstance(found, UnopenedEvidence) else [file.path for file in found]


def test_an_archive_is_counted_before_anything_is_unpacked(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {"1.1.1/a.pdf": b"x", "__MACOSX/._a.pdf": b"y", "Thumbs.db": b"z"}
    assert listed(tmp_path, packed(files)) == ["1.1.1/a.pdf"]
    assert "bom nén" in str(listed(tmp_path, packed({"a.pdf": bytes(2**21)})))
    assert "bom nén" in str(listed(tmp_path, packed({f"{n}.pdf": bytes(2**19) for n in range(9)})))
    assert "501 tệp" in str(listed(tmp_path, packed({f"{number}.pdf": b"x" for number in range(501)})))
    assert "không có tệp" in str(listed(tmp_path, packed({})))
    assert "hỏng" in str(listed(tmp_path, packed(files)[:40]))


def test_a_file_that_is_longer_than_its_directory_says_is_not_unpacked(tmp_path: Path) -> None:
    content = bytearray(packed({"a.pdf": b"x" * 5000}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    (tmp_path / "tep.zip").write_bytes(content)
    assert listed(tmp_path, bytes(content)) == ["a.pdf"]
    assert isinstance(kept_evidence.packed_file(tmp_path / "tep.zip", 0), UnopenedEvidence)


def test_names_that_old_programs_wrote_are_read_as_they_were_meant(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ke-hoach-XXXX.pdf", b"x")
    meant = "kế-".encode()
    content = out.getvalue().replace(b"XXXX", meant[:4] if len(meant) == 4 else "ế1".encode())
    assert listed(tmp_path, content) == ["ke-hoach-ế1.pdf"]
