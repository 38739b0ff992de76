"""Signed decisions: own authority, own keys, own pictures; signed, read back, measured, tampered with.

Source: NĐ 30/2020/NĐ-CP, Phụ lục I.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PIL import Image
from pydantic import SecretStr
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, FloatObject, TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PageObject, PdfReader
from pypdf.generic import NameObject
from sqlalchemy import text
from sqlmodel import select

from models.findings import RefusedError, Severity
from models.province.config import ProvinceConfig, Signer
from models.records.storage import open_storage
from models.records.tables import Publication
from models.settings import KeySettings, Settings, SigningSettings
from models.working_days import VIETNAM
from tasks.publishing.approvals import Numbering
from tasks.publishing.choosing import paper_to_publish
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.folders import MANIFEST, read_manifest, verify_folder
from tasks.publishing.issuing import Published, write_for_signature
from tasks.publishing.signing import Desk, Signed, open_desk, signature_room
from tasks.publishing.signing_images import BLUE, in_ink
from tasks.publishing.trust import Trust, trust_of
from tasks.publishing.verifying import Checked, check_pdf, verify_place
from tests.past_the_guards import past_the_guards
from tests.tasks.districts import YEAR as ROUND_YEAR
from tests.tasks.districts import Districts
from tests.tasks.papers import GATE_OPTIONS
from tests.tasks.papers import published as publish_paper
from tests.tasks.publishing.authority import (
    AGENCY,
    PASSPHRASE,
    PERSON,
    PIN,
    YEAR,
    Authority,
    Certified,
    draw_seal,
    draw_signature,
    time_stamp_server,
)
from tests.tasks.publishing.test_issuing import CORRECTION, FIRST, OTHER, contents, correct, killed_at, place, rows

pytestmark = pytest.mark.slow

MM = 72 / 25.4
DECISION, ANNEX, MATRIX = "quyet-dinh.pdf", "phu-luc-1-huyen.pdf", "phu-luc-2-huyen-linh-vuc.pdf"
SLIPPED = "khi ký, nội dung đã phê duyệt bị thay đổi"
AT = datetime(2026, 2, 20, 9, 15, 30, tzinfo=VIETNAM)


class Office:
    """A province's keys and the evaluated round that it will sign."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority()
        self.person = self.authority.certify(PERSON)
        self.agency = self.authority.certify(AGENCY)
        self.folder = folder
        self.districts = Districts.copied(folder)
        prepare(self.districts)
        self.authority.trusted_in(self.districts.folder / "trust", self.authority.revocations())
        self.districts.receive()
        self.districts.evaluate()

    @property
    def settings(self) -> SigningSettings:
        return signing(self.person.p12(self.folder / "nguoi.p12"), self.agency.p12(self.folder / "co-quan.p12"))

    @property
    def config(self) -> ProvinceConfig:
        return self.districts.province.config

    @property
    def trust(self) -> Trust:
        return trust_of(Settings(), self.districts.folder)


def prepare(districts: Districts) -> None:
    """Pictures of signature and seal, declared in province.yaml."""
    images = districts.folder / "images"
    images.mkdir()
    draw_signature(images / "chu-ky.png")
    draw_seal(images / "con-dau.png")
    districts.rewrite("province.yaml", "title: CHỦ TỊCH}", f"title: CHỦ TỊCH, name: {PERSON}, image: chu-ky.png}}")
    districts.rewrite("province.yaml", "legal_bases:", "seal: {image: con-dau.png, diameter: 36}\nlegal_bases:")


def signing(person: Path, agency: Path, **given: Any) -> SigningSettings:
    """Both keys in files."""
    return SigningSettings(person=in_file(person), agency=in_file(agency), **given)


def in_file(file: Path, passphrase: str = PASSPHRASE) -> KeySettings:
    return KeySettings(file=file, passphrase=SecretStr(passphrase))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def approved(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The decision's PDFs before signing."""
    districts = office.districts.duplicate(tmp_path_factory.mktemp("unsigned"))
    publish(districts, None)
    return {name: (place(districts) / name).read_bytes() for name in (DECISION, ANNEX)}


@pytest.fixture(scope="module")
def signed(office: Office, approved: dict[str, bytes]) -> dict[str, bytes]:
    """The same, signed at 09:15:30 on 20 February 2026."""
    with open_at(office, office.settings) as desk:
        return dict(desk.sign(approved, "2071/QĐ-UBND", AT).files)


def open_at(office: Office, settings: SigningSettings, **changed: Any) -> Any:
    """The desk of the office; `config` and `signer` may be changed."""
    config = changed.get("config", office.config)
    return open_desk(settings, office.districts.folder, config, changed.get("signer", config.signers[0]), office.trust)


def signs(office: Office, approved: Mapping[str, bytes], settings: SigningSettings, name: str = DECISION) -> bytes:
    """One of the files signed now."""
    with open_at(office, settings) as desk:
        done: Signed = desk.sign({name: approved[name]}, "2071/QĐ-UBND", datetime.now(VIETNAM))
    return done.files[name]


def publish(
    districts: Districts, settings: SigningSettings | Path | None, numbering: Numbering = FIRST, name: str = "first"
) -> Published:
    out = place(districts, name)
    return publish_paper(districts.folder, districts.storage, ROUND_YEAR, numbering, out, settings)


def for_signature(districts: Districts, numbering: Numbering, out: Path) -> list[Path]:
    """What a leader signs with another program."""
    paper = paper_to_publish(districts.folder, districts.storage, ROUND_YEAR, numbering)
    return write_for_signature(paper, districts.storage, numbering, out)


def wrong(checked: Checked) -> list[str]:
    """What is wrong, without the file and the remedy."""
    return [finding.what for finding in checked.findings if finding.severity is Severity.CRITICAL]


def warned(checked: Checked) -> list[str]:
    return [finding.what for finding in checked.findings if finding.severity is Severity.WARNING]


# --- what is signed, by whom, in which order --------------------------------------------------------------------------


def test_what_was_approved_is_the_beginning_of_the_signed_file(
    approved: dict[str, bytes], signed: dict[str, bytes]
) -> None:
    assert sorted(signed) == [ANNEX, DECISION]
    assert all(signed[name].startswith(approved[name]) for name in signed)


def test_the_person_signs_first_and_the_agency_last_and_annexes_only_the_agency(signed: dict[str, bytes]) -> None:
    assert fields(signed[DECISION]) == ["nguoi-ky", "co-quan"]
    assert fields(signed[ANNEX]) == ["co-quan"]


def fields(pdf: bytes) -> list[str]:
    """The signature fields in the order in which they were signed."""
    found = PdfReader(io.BytesIO(pdf)).get_fields() or {}
    return sorted(found, key=lambda name: int(found[name]["/V"]["/ByteRange"][2]))


def test_each_signature_is_valid_trusted_and_covers_what_it_should(
    office: Office, approved: dict[str, bytes], signed: dict[str, bytes]
) -> None:
    checked = check_pdf(DECISION, signed[DECISION], office.trust, 2, len(approved[DECISION]))
    assert checked.findings == ()
    assert list(checked.lines) == [
        "quyet-dinh.pdf:",
        f"  1. {PERSON} ({AGENCY}), ký lúc 09:15:30 ngày 20/02/2026, theo đồng hồ của máy ký.",
        f"     Chứng thư do “Tổ chức chứng thực mẫu” cấp, hiệu lực đến {until(office.person)}, tin cậy.",
        "     Nguyên vẹn: sau chữ ký này chỉ có chữ ký, dấu thời gian được thêm vào.",
        f"  2. {AGENCY}, ký lúc 09:15:30 ngày 20/02/2026, theo đồng hồ của máy ký.",
        f"     Chứng thư do “Tổ chức chứng thực mẫu” cấp, hiệu lực đến {until(office.agency)}, tin cậy.",
        "     Nguyên vẹn: không có thay đổi nào sau chữ ký này.",
        "     Nội dung được ký đúng là bản đã phê duyệt.",
    ]


def until(certified: Certified) -> str:
    return f"{certified.certificate.not_valid_after_utc.astimezone(VIETNAM):%d/%m/%Y}"


@pytest.mark.parametrize(("name", "count"), [(DECISION, 2), (ANNEX, 1)])
def test_another_program_finds_the_signatures_valid_too(
    signed: dict[str, bytes], tmp_path: Path, name: str, count: int
) -> None:
    (tmp_path / name).write_bytes(signed[name])
    here = {**os.environ, "TZ": "UTC"}
    command = ["pdfsig", "-nocert", name]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=here).stdout
    assert said.count("Signature Validation: Signature is Valid.") == count
    assert said.count("Signature Type: ETSI.CAdES.detached") == count
    assert said.count("Total document signed") == 1
    assert "Signing Time: Feb 20 2026 02:15:30" in said


# --- what is seen -----------------------------------------------------------------------------------------------------


def placed(pdf: bytes) -> tuple[Any, dict[str, Any]]:
    """The page with the signatures and the places of their fields, in points from the top."""
    document = pdfplumber.open(io.BytesIO(pdf))
    page = next(page for page in document.pages if page.annots)
    return page, {annotation["data"]["T"].decode(): annotation for annotation in page.annots}


def words_of(page: Any, text: str) -> Any:
    return page.search(text)[0]


def test_the_signature_is_centred_between_title_and_name(signed: dict[str, bytes]) -> None:
    page, at = placed(signed[DECISION])
    title, name, own = words_of(page, "CHỦ TỊCH"), words_of(page, PERSON), at["nguoi-ky"]
    assert title["bottom"] < own["top"] < own["bottom"] < name["top"]
    for word in (title, name):
        assert (own["x0"] + own["x1"]) / 2 == pytest.approx((word["x0"] + word["x1"]) / 2, abs=1 * MM)
    assert (own["top"] + own["bottom"]) / 2 == pytest.approx((title["bottom"] + name["top"]) / 2, abs=2 * MM)


def test_the_seal_has_its_real_size_and_covers_the_left_third_of_the_signature(signed: dict[str, bytes]) -> None:
    _, at = placed(signed[DECISION])
    seal, own = at["co-quan"], at["nguoi-ky"]
    assert (seal["width"] / MM, seal["height"] / MM) == pytest.approx((36, 36), abs=0.1)
    assert (seal["x1"] - own["x0"]) / own["width"] == pytest.approx(1 / 3, abs=0.01)
    assert seal["x0"] < own["x0"]
    assert (seal["top"] + seal["bottom"]) / 2 == pytest.approx((own["top"] + own["bottom"]) / 2, abs=0.5)


def test_the_printed_page_shows_a_blue_signature_and_a_red_seal_of_36_mm(
    signed: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / DECISION).write_bytes(signed[DECISION])
    subprocess.run(["pdftoppm", "-r", "127", "-png", DECISION, "page"], cwd=tmp_path, check=True)
    page = Image.open(sorted(tmp_path.glob("page*.png"))[-1]).convert("RGB")
    left, top, right, bottom = box_of(page, lambda red, green, blue: red > 180 and green < 60 and blue < 80)
    assert ((right - left) / 5, (bottom - top) / 5) == pytest.approx((36, 36), abs=0.6)
    left, top, right, bottom = box_of(page, lambda red, green, blue: blue > 130 and red < 60 and green < 90)
    assert (right - left) / 5 == pytest.approx(46, abs=1)


def box_of(page: Image.Image, wanted: Callable[[int, int, int], bool]) -> tuple[int, int, int, int]:
    """The box of all points of a colour, 5 points a millimetre; the sample's mark in the bottom margin left out."""
    body = page.crop((0, 0, page.width, int(page.height * 0.9)))
    found = Image.new("1", body.size)
    found.putdata([wanted(*point) for point in body.get_flattened_data()])
    box = found.getbbox()
    assert box is not None
    return box


def test_a_seal_of_another_size_is_drawn_in_that_size(office: Office, approved: dict[str, bytes]) -> None:
    seal = office.config.seal
    assert seal is not None
    config = office.config.model_copy(update={"seal": seal.model_copy(update={"diameter": 42})})
    with open_at(office, office.settings, config=config) as desk:
        _, at = placed(desk.sign({DECISION: approved[DECISION]}, "1/Q", AT).files[DECISION])
    assert at["co-quan"]["width"] / MM == pytest.approx(42, abs=0.1)


def appearance(pdf: bytes) -> tuple[str, set[str], set[float]]:
    """What the agency's mark on an annex says: text, fonts, sizes."""
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    drawn = page["/Annots"][0].get_object()["/AP"]["/N"]["/Resources"]["/XObject"]["/Mark"]
    sheet = PageObject.create_blank_page(width=300, height=100)
    sheet[NameObject("/Resources")] = drawn["/Resources"]
    sheet[NameObject("/Contents")] = drawn
    said, fonts, sizes = [], set(), set()

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip():
            said.append(text.strip())
            fonts.add(str(font["/BaseFont"]))
            sizes.add(round(abs(size * tm[3] * cm[3]), 1))

    sheet.extract_text(visitor_text=visit)
    return "\n".join(said), fonts, sizes


def test_an_annex_bears_number_and_signing_time_in_ten_point_at_the_top_right(signed: dict[str, bytes]) -> None:
    text, fonts, sizes = appearance(signed[ANNEX])
    assert text.split("\n") == ["2071/QĐ-UBND", "20/02/2026 09:15:30 +07:00"]
    assert sizes == {10.0}
    assert len(fonts) == 1
    assert fonts.pop().split("+")[1] in ("Liberation-Serif", "Times-New-Roman")
    page, at = placed(signed[ANNEX])
    assert page.page_number == 1
    assert (page.width - at["co-quan"]["x1"]) / MM == pytest.approx(16, abs=0.5)
    assert 5 < at["co-quan"]["top"] / MM < at["co-quan"]["bottom"] / MM < 20


# --- archive quality --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [DECISION, ANNEX])
def test_the_signed_file_keeps_what_pdf_a_asks_for(
    approved: dict[str, bytes], signed: dict[str, bytes], name: str
) -> None:
    before, after = PdfReader(io.BytesIO(approved[name])), PdfReader(io.BytesIO(signed[name]))
    old, new = before.trailer["/Root"], after.trailer["/Root"]
    assert new["/Metadata"].get_object().get_data() == old["/Metadata"].get_object().get_data()
    assert b"pdfaid:part" in new["/Metadata"].get_object().get_data()
    assert profile(new) == profile(old)
    assert (new["/Lang"], new["/MarkInfo"]) == (old["/Lang"], old["/MarkInfo"])
    assert after.trailer["/ID"][0] == before.trailer["/ID"][0]
    assert set(new["/AcroForm"]) == {"/Fields", "/SigFlags"}
    assert all(embedded(font) for font in objects(after, "/Font"))
    assert {str(image["/ColorSpace"]) for image in objects(after, "/XObject") if image["/Subtype"] == "/Image"} <= {
        "/DeviceRGB",
        "/DeviceGray",
    }


def profile(root: Any) -> tuple[str, bytes]:
    """The output intent and its colour profile."""
    (intent,) = root["/OutputIntents"]
    return intent.get_object()["/S"], intent.get_object()["/DestOutputProfile"].get_object().get_data()


def objects(reader: PdfReader, kind: str) -> Iterator[Any]:
    """All objects of a type in the newest revision."""
    numbers = {number for generation in reader.xref.values() for number in generation} | set(reader.xref_objStm)
    for number in sorted(numbers):
        value = reader.get_object(number)
        if isinstance(value, dict) and value.get("/Type") == kind:
            yield value


def embedded(font: Any) -> bool:
    if font["/Subtype"] == "/Type0":
        return "/ToUnicode" in font and embedded(font["/DescendantFonts"][0].get_object())
    return bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]))


@pytest.mark.parametrize("name", [DECISION, ANNEX])
def test_signatures_are_printed_described_and_in_the_structure_tree(signed: dict[str, bytes], name: str) -> None:
    reader = PdfReader(io.BytesIO(signed[name]))
    tree = reader.trailer["/Root"]["/StructTreeRoot"]
    parents = dict(zip(*[iter(tree["/ParentTree"]["/Nums"])] * 2, strict=True))
    widgets = [widget.get_object() for page in reader.pages for widget in page.get("/Annots", [])]
    assert len(widgets) == (2 if name == DECISION else 1)
    for widget in widgets:
        assert widget["/F"] & 0b111 == 0b100
        assert list(widget["/AP"]) == ["/N"]
        assert not {"/A", "/AA"} & set(widget)
        element = parents[widget["/StructParent"]].get_object()
        assert (element["/S"], element["/K"]["/Obj"].get_object()) == ("/Form", widget)
        assert element["/Alt"] == widget["/Contents"] == widget["/TU"]
        assert element.indirect_reference in tree["/K"][0].get_object()["/K"]


# --- what is noticed --------------------------------------------------------------------------------------------------


def flipped(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


@pytest.mark.parametrize("part", [0.05, 0.3, 0.5, 0.7, 0.85, 0.999])
def test_a_changed_byte_is_refused(office: Office, signed: dict[str, bytes], part: float) -> None:
    _, before, gap, after = PdfReader(io.BytesIO(signed[DECISION])).get_fields()["co-quan"]["/V"]["/ByteRange"]
    at = int((before + after) * part)
    changed = flipped(signed[DECISION], at if at < before else at - before + gap)
    assert wrong(check_pdf(DECISION, changed, office.trust, 2))


def test_a_change_in_the_approved_part_is_said_of_both_signatures(
    office: Office, approved: dict[str, bytes], signed: dict[str, bytes]
) -> None:
    at = signed[DECISION].index(b"stream") + 200
    said = wrong(check_pdf(DECISION, flipped(signed[DECISION], at), office.trust, 2))
    assert [what.rpartition(": ")[2] for what in said] == ["nội dung đã bị thay đổi sau khi ký"] * 2


def with_note(pdf: bytes) -> IncrementalPdfFileWriter:
    """An update that puts a note on page 1."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.find_page_for_modification(0)[0]
    note = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): ArrayObject([FloatObject(value) for value in (100, 700, 300, 750)]),
            pdf_name("/Contents"): TextStringObject("Chỉ số: 99,99"),
        }
    )
    writer.register_annotation(page, writer.add_object(note))
    return writer


def written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("name", [DECISION, ANNEX])
def test_a_note_added_after_signing_is_said(office: Office, signed: dict[str, bytes], name: str) -> None:
    checked = check_pdf(name, written(with_note(signed[name])), office.trust)
    assert any("tệp bị thêm hoặc sửa nội dung sau khi ký" in what for what in wrong(checked))
    assert not any(line.strip().startswith("Nguyên vẹn") and "không có" in line for line in checked.lines)


def test_bytes_appended_after_signing_are_said(office: Office, signed: dict[str, bytes]) -> None:
    checked = check_pdf(ANNEX, signed[ANNEX] + b"\n% more\n", office.trust)
    assert wrong(checked)


def test_a_note_slipped_in_before_signing_is_not_what_was_approved(office: Office, approved: dict[str, bytes]) -> None:
    slipped = written(with_note(approved[ANNEX]))
    pdf = signs(office, {ANNEX: slipped}, office.settings, ANNEX)
    assert pdf.startswith(approved[ANNEX])
    assert wrong(check_pdf(ANNEX, pdf, office.trust)) == []
    assert wrong(check_pdf(ANNEX, pdf, office.trust, 1, len(approved[ANNEX]))) == [SLIPPED]


def test_a_page_exchanged_before_signing_is_not_what_was_approved(office: Office, approved: dict[str, bytes]) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(approved[ANNEX]))
    page = writer.find_page_for_modification(0)[0].get_object()
    content = page["/Contents"]
    content._data = content.data.replace(b"BT", b"BT 1 0 0 rg", 1)
    content._encoded_data = None
    writer.update_container(content)
    pdf = signs(office, {ANNEX: written(writer)}, office.settings, ANNEX)
    assert wrong(check_pdf(ANNEX, pdf, office.trust, 1, len(approved[ANNEX]))) == [SLIPPED]


def test_another_document_put_over_the_approved_one_is_not_what_was_approved(
    office: Office, approved: dict[str, bytes]
) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(approved[ANNEX]))
    other = DictionaryObject({key: writer.root.raw_get(key) for key in writer.root})
    writer._root = writer.add_object(other)
    writer._root_object = other
    pdf = signs(office, {ANNEX: written(writer)}, office.settings, ANNEX)
    assert pdf.startswith(approved[ANNEX])
    assert wrong(check_pdf(ANNEX, pdf, office.trust, 1, len(approved[ANNEX]))) == [SLIPPED]


def test_a_decision_without_the_seal_is_said(office: Office, approved: dict[str, bytes]) -> None:
    pdf = signs(office, approved, office.settings, ANNEX)
    assert wrong(check_pdf(DECISION, pdf, office.trust, 2)) == ["chỉ có 1 trong 2 chữ ký số"]
    assert wrong(check_pdf(DECISION, approved[DECISION], office.trust, 2)) == ["không có chữ ký số"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-1.7\nstartxref\n5\n%%EOF"])
def test_what_is_no_pdf_is_said_without_a_traceback(content: bytes) -> None:
    assert wrong(check_pdf("la.pdf", content, Trust())) == ["không đọc được chữ ký số của tệp"]


# --- certificates -----------------------------------------------------------------------------------------------------


def test_without_roots_the_signer_is_not_confirmed_and_that_is_a_warning(signed: dict[str, bytes]) -> None:
    checked = check_pdf(DECISION, signed[DECISION], Trust(), 2)
    assert wrong(checked) == []
    assert warned(checked) == ["chưa khai báo chứng thư gốc nên chưa xác nhận được người ký là ai"]
    assert sum("chưa xác nhận được" in line for line in checked.lines) == 2


def test_a_signature_under_another_root_is_not_trusted(signed: dict[str, bytes], tmp_path: Path) -> None:
    other = Settings(trust_roots=Authority("Tổ chức khác").trusted_in(tmp_path))
    said = wrong(check_pdf(DECISION, signed[DECISION], trust_of(other, None), 2))
    assert [what.rpartition(": ")[2] for what in said] == ["chứng thư không dẫn đến chứng thư gốc tin cậy"] * 2


def revoked_trust(office: Office, folder: Path, when: datetime) -> Trust:
    """The office's root with a list that has the person's certificate on it."""
    lists = office.authority.revocations({office.person: when})
    return trust_of(Settings(trust_roots=office.authority.trusted_in(folder, lists)), None)


@pytest.mark.parametrize(
    ("when", "said"),
    [(AT - timedelta(days=30), "trước khi ký"), (AT + timedelta(days=30), "mà chữ ký không có dấu thời gian")],
)
def test_a_revoked_certificate_is_said_with_the_day(
    office: Office, signed: dict[str, bytes], tmp_path: Path, when: datetime, said: str
) -> None:
    (what,) = wrong(check_pdf(DECISION, signed[DECISION], revoked_trust(office, tmp_path, when), 2))
    assert f"chứng thư đã bị thu hồi lúc 09:15:30 ngày {when:%d/%m/%Y}" in what
    assert said in what


def outdated_key(office: Office, first: timedelta, last: timedelta) -> Certified:
    now = datetime.now(UTC)
    return office.authority.certify(AGENCY, first=now - first, last=now - last)


def signed_with(office: Office, approved: Mapping[str, bytes], key: Certified, at: datetime, folder: Path) -> bytes:
    """An annex signed with another key of the agency at any time."""
    from pyhanko.sign import SimpleSigner

    own = SimpleSigner.load_pkcs12_data(key.p12(folder / "khac.p12").read_bytes(), [], PASSPHRASE.encode())
    with open_at(office, office.settings) as desk:
        return replace(desk, agency=own).sign({ANNEX: approved[ANNEX]}, "1/QĐ-UBND", at).files[ANNEX]


def test_a_certificate_that_ran_out_after_signing_is_a_warning_without_a_time_stamp(
    office: Office, approved: dict[str, bytes], tmp_path: Path
) -> None:
    key = outdated_key(office, 2 * YEAR, YEAR)
    pdf = signed_with(office, approved, key, datetime.now(UTC) - YEAR - timedelta(days=9), tmp_path)
    checked = check_pdf(ANNEX, pdf, office.trust)
    assert wrong(checked) == []
    assert "chứng thư nay đã hết hạn" in warned(checked)[0]


def test_a_signature_outside_the_time_of_its_certificate_is_wrong(
    office: Office, approved: dict[str, bytes], tmp_path: Path
) -> None:
    pdf = signed_with(office, approved, outdated_key(office, 2 * YEAR, YEAR), datetime.now(UTC), tmp_path)
    (what,) = wrong(check_pdf(ANNEX, pdf, office.trust))
    assert what.endswith("ký ngoài thời hạn hiệu lực của chứng thư")


def test_a_file_in_the_trust_folder_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "la.pem").write_text("không phải chứng thư", encoding="utf-8")
    with pytest.raises(RefusedError, match=r"la\.pem.*không phải chứng thư"):
        trust_of(Settings(), tmp_path)
    with pytest.raises(RefusedError, match="không có tệp hoặc thư mục chứng thư gốc"):
        trust_of(Settings(trust_roots=tmp_path / "nowhere"), None)


# --- time stamps ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stamps(office: Office) -> Iterator[str]:
    with time_stamp_server(office.authority.certify("Máy chủ dấu thời gian mẫu", stamps=True)) as url:
        yield url


def test_with_a_time_stamp_server_the_time_is_proven(
    office: Office, approved: dict[str, bytes], stamps: str, tmp_path: Path
) -> None:
    pdf = signs(office, approved, office.settings.model_copy(update={"timestamp_url": stamps}))
    checked = check_pdf(DECISION, pdf, office.trust, 2)
    assert checked.findings == ()
    assert sum("theo dấu thời gian của “Máy chủ dấu thời gian mẫu”" in line for line in checked.lines) == 2
    later = revoked_trust(office, tmp_path, datetime.now(UTC) + timedelta(minutes=5))
    assert wrong(check_pdf(DECISION, pdf, later, 2)) == []


def test_long_term_files_carry_certificates_and_revocation_lists(
    office: Office, approved: dict[str, bytes], stamps: str
) -> None:
    settings = office.settings.model_copy(update={"timestamp_url": stamps, "long_term": True})
    pdf = signs(office, approved, settings)
    carried = PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/DSS"]
    assert carried["/Certs"]
    assert carried["/CRLs"]
    assert check_pdf(DECISION, pdf, Trust(office.trust.roots), 2, len(approved[DECISION])).findings == ()


def test_a_time_stamp_server_that_does_not_answer_is_said(office: Office, approved: dict[str, bytes]) -> None:
    nobody = office.settings.model_copy(update={"timestamp_url": "http://127.0.0.1:9/"})
    with pytest.raises(RefusedError, match="máy chủ cấp dấu thời gian: LỖI: không cấp dấu"):
        signs(office, approved, nobody)


# --- keys -------------------------------------------------------------------------------------------------------------


def refused(office: Office, settings: SigningSettings, **changed: Any) -> str:
    """Why the desk cannot be opened; no secret is in it, nor in what caused it."""
    with pytest.raises(RefusedError) as error, open_at(office, settings, **changed):
        pass
    told = " ".join(map(str, error.value.findings))
    seen: BaseException | None = error.value
    while seen is not None:
        assert PASSPHRASE not in f"{seen} {seen!r}"
        seen = seen.__cause__
    return told


def test_a_key_that_cannot_be_opened_is_named(office: Office, tmp_path: Path) -> None:
    person, agency = office.folder / "nguoi.p12", office.folder / "co-quan.p12"
    good = office.settings
    assert "mật khẩu không đúng" in refused(office, SigningSettings(person=in_file(person, "sai"), agency=good.agency))
    assert "khóa của cơ quan" in refused(office, signing(person, tmp_path / "khong-co.p12"))
    (tmp_path / "la.p12").write_bytes(b"khong phai khoa")
    assert "không phải tệp PKCS#12" in refused(office, signing(tmp_path / "la.p12", agency))
    assert "chưa khai báo" in refused(office, SigningSettings(person=good.person, agency=KeySettings()))
    both = good.person.model_copy(update={"module": person})
    assert "cả tệp PKCS#12 và thiết bị" in refused(office, good.model_copy(update={"person": both}))


def test_a_passphrase_may_lie_in_a_file(office: Office, approved: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "mat-khau").write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    changes = {"passphrase": None, "passphrase_file": tmp_path / "mat-khau"}
    person, agency = (key.model_copy(update=changes) for key in (office.settings.person, office.settings.agency))
    assert signs(office, approved, SigningSettings(person=person, agency=agency))
    (tmp_path / "mat-khau").unlink()
    assert "không đọc được tệp" in refused(office, SigningSettings(person=person, agency=agency))


def test_only_the_person_who_signs_may_sign(office: Office) -> None:
    deputy = Signer(id="pho", title="PHÓ CHỦ TỊCH", name="Trần Thị Khác (mẫu)", image="chu-ky.png")
    assert f"chứng thư mang tên “{PERSON}”, không phải “Trần Thị Khác (mẫu)”" in refused(
        office, office.settings, signer=deputy
    )
    own = office.settings.person.model_copy(update={"signer": "pho"})
    told = refused(office, office.settings.model_copy(update={"person": own}))
    assert "là khóa của “pho”, không phải của người ký “chu-tich”" in told


def test_a_name_without_accents_is_the_same_name(office: Office, tmp_path: Path) -> None:
    plain = office.authority.certify("NGUYEN VAN MAU").p12(tmp_path / "khong-dau.p12")
    with open_at(office, signing(plain, office.folder / "co-quan.p12")) as desk:
        assert isinstance(desk, Desk)


def test_a_certificate_that_is_not_in_force_does_not_sign(office: Office, tmp_path: Path) -> None:
    old = outdated_key(office, 2 * YEAR, YEAR).p12(tmp_path / "cu.p12")
    assert "chứng thư chỉ có hiệu lực từ" in refused(office, signing(office.folder / "nguoi.p12", old))


def test_long_term_signing_needs_a_time_stamp_server_and_roots(office: Office) -> None:
    assert "cần máy chủ cấp dấu thời gian" in refused(office, office.settings.model_copy(update={"long_term": True}))


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seal": None}, "chưa khai báo con dấu"),
        ({"image": None}, "chưa có hình chữ ký"),
        ({"image": "khong-co.png"}, "images/khong-co.png: LỖI: không có tệp hình này"),
        ({"image": "../province.yaml"}, "hình nằm ngoài thư mục images/"),
    ],
)
def test_a_picture_that_is_missing_stops_the_signing(office: Office, changed: dict[str, Any], said: str) -> None:
    config = office.config.model_copy(update={key: value for key, value in changed.items() if key == "seal"})
    signer = config.signers[0].model_copy(update={key: value for key, value in changed.items() if key == "image"})
    assert said in refused(office, office.settings, config=config, signer=signer)


def test_black_ink_becomes_blue_and_white_paper_goes(tmp_path: Path) -> None:
    draw_signature(tmp_path / "den.png")
    ground = Image.new("RGBA", (900, 600), "white")
    ground.alpha_composite(Image.open(tmp_path / "den.png"))
    ground.convert("RGB").save(tmp_path / "quet.png")
    for name in ("den.png", "quet.png"):
        picture = in_ink(tmp_path / name, name, BLUE)
        visible = {point[:3] for point in picture.get_flattened_data() if point[3] > 200}
        assert visible == {BLUE}
        assert picture.getchannel("A").getextrema() == (0, 255)
        assert picture.width < 700


def test_blue_ink_on_a_transparent_ground_stays_as_it_is(tmp_path: Path) -> None:
    picture = in_ink(draw_signature(tmp_path / "xanh.png", (10, 60, 200)), "xanh.png", BLUE)
    assert {point[:3] for point in picture.get_flattened_data() if point[3] == 255} == {(10, 60, 200)}


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n hong"])
def test_what_is_no_picture_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hong.png").write_bytes(content)
    with pytest.raises(RefusedError, match="không phải hình PNG đọc được"):
        in_ink(tmp_path / "hong.png", "hong.png", BLUE)
    Image.new("RGBA", (50, 50)).save(tmp_path / "trong.png")
    with pytest.raises(RefusedError, match="không có nét nào"):
        in_ink(tmp_path / "trong.png", "trong.png", BLUE)


def test_a_decision_without_room_for_the_signature_is_not_signed(approved: dict[str, bytes]) -> None:
    with pytest.raises(RefusedError, match="không có chỗ cho chữ ký"):
        signature_room(DECISION, approved[ANNEX])


# --- tokens -----------------------------------------------------------------------------------------------------------

MODULES = [Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")]


@pytest.fixture(scope="module")
def token(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeySettings]:
    """A token of SoftHSM with the person's key on it."""
    from pkcs11 import Attribute, ObjectClass, lib
    from pkcs11.util.rsa import decode_rsa_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n", encoding="utf-8")
    module = next(path for path in MODULES if path.is_file())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        given = ["--init-token", "--free", "--label", "mau", "--pin", PIN, "--so-pin", PIN]
        subprocess.run(["softhsm2-util", *given], check=True, capture_output=True)
        with lib(str(module)).get_token(token_label="mau").open(rw=True, user_pin=PIN) as session:
            shared = {Attribute.LABEL: "ky", Attribute.ID: b"\1", Attribute.TOKEN: True}
            key = decode_rsa_private_key(office.person.key_der_rsa)
            session.create_object({**key, **shared, Attribute.SIGN: True, Attribute.PRIVATE: True})
            session.create_object({**decode_x509_certificate(office.person.der), **shared})
            assert len(list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))) == 1
        yield KeySettings(module=module, token="mau", certificate="ky", pin=SecretStr(PIN))


def test_a_token_signs(office: Office, approved: dict[str, bytes], token: KeySettings) -> None:
    pdf = signs(office, approved, office.settings.model_copy(update={"person": token}))
    checked = check_pdf(DECISION, pdf, office.trust, 2, len(approved[DECISION]))
    assert checked.findings == ()
    assert PERSON in checked.lines[1]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pin": SecretStr("00000000")}, "mã PIN không đúng"),
        ({"token": "khac"}, "thiết bị PKCS#11 không dùng được"),
        ({"certificate": "khac"}, "thiết bị"),
        ({"certificate": None}, "chưa nêu nhãn chứng thư"),
        ({"module": Path("/nowhere/token.so")}, "không có thư viện PKCS#11"),
    ],
)
def test_a_token_that_does_not_answer_is_said(
    office: Office, token: KeySettings, changed: dict[str, Any], said: str
) -> None:
    told = refused(office, office.settings.model_copy(update={"person": token.model_copy(update=changed)}))
    assert said in told
    assert PIN not in told
    assert "khóa của người ký" in told


# --- publication ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """The round published and signed in var/published/first."""
    districts = office.districts.duplicate(tmp_path_factory.mktemp("published"))
    assert publish(districts, office.settings).signed
    return districts


@pytest.fixture
def done(published: Districts, tmp_path: Path) -> Districts:
    return published.duplicate(tmp_path)


def test_the_folder_holds_signed_files_and_the_hashes_of_what_was_signed(
    published: Districts, approved: dict[str, bytes]
) -> None:
    manifest = read_manifest(place(published))
    files = contents(place(published))
    assert verify_folder(place(published)) == []
    assert files[ANNEX].startswith(approved[ANNEX])
    assert manifest["files"][ANNEX]["unsigned_size"] == len(approved[ANNEX])
    before = manifest["files"][DECISION]["unsigned_size"]
    unsigned = hashlib.sha256(files[DECISION][:before]).hexdigest()
    assert manifest["files"][DECISION]["unsigned_sha256"] == unsigned
    assert [name for name, entry in manifest["files"].items() if "unsigned_sha256" in entry] == [
        ANNEX,
        MATRIX,
        DECISION,
    ]
    at = datetime.fromisoformat(manifest["signing"]["at"])
    assert at.utcoffset() == timedelta(hours=7)
    assert appearance(files[ANNEX])[0].endswith(f"{at:%d/%m/%Y %H:%M:%S} +07:00")


def test_signed_rounds_are_published_on_both_databases(office: Office, settings: Settings, tmp_path: Path) -> None:
    districts = Districts.copied(tmp_path)
    prepare(districts)
    districts.storage = open_storage(districts.folder, settings)
    districts.receive()
    evaluate_round(districts.province, districts.storage, ROUND_YEAR)
    assert publish(districts, office.settings).signed
    assert not publish(districts, office.settings).new
    checked = verify_place(place(districts), office.trust, districts.storage)
    assert checked.findings == ()
    assert checked.lines[0] == "Nguyên vẹn: Quyết định số 2071/QĐ-UBND ngày 27/07/2018, 19 tệp đúng mã băm."
    districts.storage.engine.dispose()


def test_publishing_a_signed_round_again_changes_nothing_and_needs_no_key(done: Districts) -> None:
    before = contents(place(done))
    again = publish(done, SigningSettings(person=in_file(Path("/nowhere.p12")), agency=KeySettings()))
    assert (again.new, again.signed) == (False, True)
    assert contents(place(done)) == before
    assert rows(done) == (1, 1)


def test_a_signed_round_is_copied_to_another_place_not_signed_again(
    office: Office, published: Districts, tmp_path: Path
) -> None:
    out = tmp_path / "second"
    publish_paper(published.folder, published.storage, ROUND_YEAR, FIRST, out, office.settings)
    assert contents(out) == contents(place(published))
    assert rows(published) == (1, 1)


def test_a_signed_round_whose_folder_is_gone_is_not_signed_again(office: Office, done: Districts) -> None:
    with done.storage.writing() as session:
        session.exec(select(Publication)).one().folder = "/nowhere"
    shutil.move(place(done), done.folder / "moved")
    with pytest.raises(RefusedError, match="Sao lại thư mục đã công bố"):
        publish(done, office.settings)
    assert not place(done).exists()


def test_a_round_published_unsigned_stays_unsigned(office: Office, tmp_path: Path) -> None:
    districts = office.districts.duplicate(tmp_path)
    publish(districts, None)
    before = contents(place(districts))
    again = publish(districts, office.settings)
    assert (again.new, again.signed) == (False, False)
    assert contents(place(districts)) == before


def test_keys_are_tried_before_a_number_is_taken(office: Office, tmp_path: Path) -> None:
    districts = office.districts.duplicate(tmp_path)
    bad = SigningSettings(person=in_file(office.folder / "nguoi.p12", "sai"), agency=office.settings.agency)
    with pytest.raises(RefusedError, match="mật khẩu không đúng"):
        publish(districts, bad)
    assert rows(districts) == (0, 0)
    assert list(place(districts).parent.iterdir()) == []


def environment(office: Office) -> dict[str, str]:
    """The keys as an operator sets them."""
    _ = office.settings
    return {
        "CCHC_SIGN_PERSON_FILE": str(office.folder / "nguoi.p12"),
        "CCHC_SIGN_PERSON_PASSPHRASE": PASSPHRASE,
        "CCHC_SIGN_AGENCY_FILE": str(office.folder / "co-quan.p12"),
        "CCHC_SIGN_AGENCY_PASSPHRASE": PASSPHRASE,
    }


@pytest.mark.parametrize(("step", "left"), [("move", False), ("record_publication", True)])
def test_a_signed_publication_that_was_killed_is_finished_by_the_same_call(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, left: bool
) -> None:
    districts = office.districts.duplicate(tmp_path)
    for name, value in environment(office).items():
        monkeypatch.setenv(name, value)
    killed_at(districts, step)
    assert rows(districts) == (1, 0)
    before = contents(place(districts)) if left else None
    assert publish(districts, office.settings).new is not left
    assert before is None or contents(place(districts)) == before
    assert rows(districts) == (1, 1)
    assert verify_place(place(districts), office.trust, districts.storage).findings == ()
    assert [path.name for path in place(districts).parent.iterdir()] == ["first"]


def test_of_two_signed_editions_the_recorded_one_counts_and_the_other_is_said(office: Office, done: Districts) -> None:
    with past_the_guards(done.storage) as connection:
        connection.execute(text("DELETE FROM publication"))
    assert publish(done, office.settings, FIRST, "second").new
    before = contents(place(done))
    with pytest.raises(RefusedError, match=r"khác bản đã công bố tại .*second"):
        publish(done, office.settings, FIRST, "first")
    assert contents(place(done)) == before
    assert rows(done) == (1, 1)


def test_a_foreign_signed_folder_is_not_taken_for_ours(office: Office, done: Districts) -> None:
    manifest = place(done) / MANIFEST
    manifest.chmod(0o644)
    values = json.loads(manifest.read_bytes())
    values["signing"]["at"] = "2018-07-27T00:00:00+07:00"
    manifest.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(RefusedError, match="khác bản đã công bố"):
        publish(done, office.settings)


def test_a_signed_correction_and_what_it_replaces_both_verify_and_name_each_other(
    office: Office, done: Districts
) -> None:
    correct(done)
    assert publish(done, office.settings, CORRECTION, "second").signed
    first, second = (verify_place(place(done, name), office.trust, done.storage) for name in ("first", "second"))
    assert first.findings == second.findings == ()
    assert "Quyết định này đã được thay thế bằng Quyết định số 2100/QĐ-UBND ngày 03/09/2018." in first.lines
    assert "Quyết định này thay thế Quyết định số 2071/QĐ-UBND." in second.lines


def test_a_signed_file_exchanged_with_its_hash_is_not_what_was_approved(office: Office, done: Districts) -> None:
    folder = place(done)
    manifest = read_manifest(folder)
    decision = contents(folder)[DECISION][: manifest["files"][DECISION]["unsigned_size"]]
    other = signs(office, {ANNEX: decision}, office.settings, ANNEX)
    manifest["files"][ANNEX] |= {"sha256": hashlib.sha256(other).hexdigest(), "size": len(other)}
    for name, content in ((ANNEX, other), (MANIFEST, json.dumps(manifest).encode())):
        (folder / name).chmod(0o644)
        (folder / name).write_bytes(content)
    assert [(finding.file, finding.what) for finding in verify_folder(folder)] == [
        (ANNEX, "nội dung được ký không phải bản đã phê duyệt")
    ]


# --- signed elsewhere -------------------------------------------------------------------------------------------------


def brought_back(office: Office, districts: Districts, folder: Path) -> Path:
    """What a leader and the clerk signed with another program."""
    paths = for_signature(districts, FIRST, folder)
    with open_at(office, office.settings) as desk:
        done: Signed = desk.sign({path.name: path.read_bytes() for path in paths}, "2071/QĐ-UBND", AT)
    for name, content in done.files.items():
        (folder / name).write_bytes(content)
    return folder


def test_files_signed_with_another_program_are_published_as_they_are(office: Office, tmp_path: Path) -> None:
    districts = office.districts.duplicate(tmp_path)
    folder = brought_back(office, districts, tmp_path / "signed")
    assert rows(districts) == (0, 0)
    assert publish(districts, folder).signed
    assert {name: contents(place(districts))[name] for name in (DECISION, ANNEX, MATRIX)} == contents(folder)
    assert read_manifest(place(districts))["signing"]["at"] == AT.isoformat()
    assert verify_place(place(districts), office.trust, districts.storage).findings == ()


def test_files_signed_elsewhere_that_are_not_what_would_be_published_are_refused(
    office: Office, approved: dict[str, bytes], tmp_path: Path
) -> None:
    districts = office.districts.duplicate(tmp_path)
    folder = brought_back(office, districts, tmp_path / "signed")
    (folder / DECISION).write_bytes((folder / ANNEX).read_bytes())
    (folder / ANNEX).write_bytes(approved[ANNEX])
    with pytest.raises(RefusedError) as refusal:
        publish(districts, folder)
    assert [finding.what for finding in refusal.value.findings] == [
        "tệp được ký không phải bản sẽ công bố",
        "không có chữ ký số",
    ]
    (folder / ANNEX).unlink()
    with pytest.raises(RefusedError, match="thiếu tệp đã ký"):
        publish(districts, folder)
    assert rows(districts) == (0, 0)


def test_files_for_signature_are_only_written_for_what_may_be_published(office: Office, done: Districts) -> None:
    with pytest.raises(RefusedError, match="đã được phê duyệt, công bố"):
        for_signature(done, OTHER, done.folder / "x")
    with pytest.raises(RefusedError, match="thư mục đã có nội dung khác"):
        for_signature(done, FIRST, place(done))


# --- command line and secrets -----------------------------------------------------------------------------------------


def test_no_secret_is_printed_written_or_kept(
    office: Office, token: KeySettings, tmp_path: Path, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    districts = office.districts.duplicate(tmp_path)
    keys = environment(office)
    assert token.module is not None
    del keys["CCHC_SIGN_PERSON_FILE"]
    keys |= {"CCHC_SIGN_PERSON_MODULE": str(token.module)}
    keys |= {"CCHC_SIGN_PERSON_TOKEN": "mau", "CCHC_SIGN_PERSON_CERTIFICATE": "ky", "CCHC_SIGN_PERSON_PIN": PIN}
    given = ["--province", districts.folder, "publish", str(ROUND_YEAR), "--number", "2071", "--date", "2018-07-27"]
    given += GATE_OPTIONS
    wrong_pin = cchc(*given, "--out", tmp_path / "out", **{**keys, "CCHC_SIGN_PERSON_PIN": PIN[::-1]})
    assert (wrong_pin.returncode, PIN[::-1] in wrong_pin.stderr + wrong_pin.stdout) == (1, False)
    faulty = cchc(*given, "--out", tmp_path / "out", **{**keys, "CCHC_SIGN_LONG_TERM": PIN})
    assert (faulty.returncode, "CCHC_SIGN_…LONG_TERM" in faulty.stderr) == (2, True)
    done = cchc(*given, "--out", tmp_path / "out", **keys)
    assert (done.returncode, "LỖI" in done.stderr) == (0, False)
    assert "Đã công bố: Quyết định số 2071/QĐ-UBND, đã ký số" in done.stdout
    secrets = [PIN.encode(), PIN[::-1].encode(), PASSPHRASE.encode(), PASSPHRASE.encode("utf-16-le")]
    for path in [*districts.folder.rglob("*"), *(tmp_path / "out").rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets), path
    for said in (wrong_pin, faulty, done):
        assert not any(secret.decode("utf-8", "ignore") in said.stdout + said.stderr for secret in secrets[:3])
    assert PASSPHRASE not in repr(office.settings) + str(office.settings) + office.settings.model_dump_json()


def test_verify_says_in_plain_words_who_signed_when_and_what_changed(
    office: Office, done: Districts, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    intact = cchc("--province", done.folder, "verify", place(done))
    assert (intact.returncode, intact.stderr) == (0, "")
    assert "19 tệp đúng mã băm" in intact.stdout
    assert f"1. {PERSON} ({AGENCY}), ký lúc " in intact.stdout
    assert intact.stdout.count("tin cậy.") == 4
    assert intact.stdout.count("Nội dung được ký đúng là bản đã phê duyệt.") == 3

    one = cchc("verify", place(done) / DECISION, CCHC_TRUST_ROOTS=str(done.folder / "trust"))
    assert (one.returncode, one.stderr) == (0, "")
    assert "không có thay đổi nào sau chữ ký này" in one.stdout

    copy = done.folder / "da-sua.pdf"
    copy.write_bytes(written(with_note((place(done) / DECISION).read_bytes())))
    changed = cchc("--province", done.folder, "verify", copy)
    assert changed.returncode == 1
    assert "da-sua.pdf: LỖI: chữ ký của" in changed.stderr
    assert "tệp bị thêm hoặc sửa nội dung sau khi ký" in changed.stderr
    assert "Traceback" not in changed.stderr
