"""The printed self-assessment, signed by the unit's head and sent back: verified, kept, shown to the officer."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1
from httpx import Response
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from models.roles import Role
from tests.flows.desk.browsers import Browser
from tests.flows.desk.test_sender import FORM, MENDED, send
from tests.tasks.filled_forms import GOOD, filled
from tests.tasks.publishing.authority import Authority, Certified

pytestmark = pytest.mark.slow

HOME, HERE = "/don-vi/stc", "/don-vi/stc/ban-ky/2025"


@pytest.fixture
def unit(browser_of: Callable[..., Browser]) -> Browser:
    """The unit, whose form is in."""
    browser = browser_of(Role.UNIT)
    assert "Đã nhận, bản 1" in send(browser, filled(browser.open(FORM).content, GOOD)).text
    return browser


def signed(content: bytes, head: Certified, authority: Authority) -> bytes:
    """The PDF, signed as any signing program signs."""
    store = SimpleCertificateStore()
    store.register(asn1.Certificate.load(head.der))
    signer = signers.SimpleSigner(
        signing_cert=asn1.Certificate.load(head.der),
        signing_key=keys.PrivateKeyInfo.load(head.key_der),
        cert_registry=store,
    )
    out = io.BytesIO()
    metadata = PdfSignatureMetadata(field_name="ThuTruong")
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), metadata, signer=signer, output=out)
    return out.getvalue()


def send_back(unit: Browser, content: bytes, name: str = "ban-ky.pdf") -> Response:
    unit.open(HOME)
    return unit.send(HERE, files={"signed": (name, content)})


def test_a_digital_signature_is_verified_and_the_officer_sees_whose_it_is(
    unit: Browser, browser_of: Callable[..., Browser], folder: Path
) -> None:
    authority = Authority()
    authority.trusted_in(folder / "trust")
    head = authority.certify("Nguyễn Văn Mẫu", "Sở Tài chính")
    printed = unit.open(f"{HOME}/ban-in/2025").content
    content = signed(printed, head, authority)
    page = send_back(unit, content).text
    assert "Đã nhận bản đã ký" in page
    officer = browser_of(Role.OFFICER)
    seen = officer.open(HOME).text
    assert "Nguyễn Văn Mẫu (Sở Tài chính), ký lúc" in seen
    assert "tin cậy." in seen
    assert "Là bản in của bản 1 phiếu tự đánh giá." in seen
    number = seen.split('href="/don-vi/stc/ban-ky/')[1].split("/")[0]
    assert officer.open(f"{HOME}/ban-ky/{number}/goc").content == content

    broken = content.replace(b"/Producer", b"/Prodocer", 1) if b"/Producer" in content else content[:-40]
    refused = send_back(unit, broken)
    assert refused.status_code == 422
    assert "Chưa thực hiện được" in refused.text

    send(unit, filled(unit.open(FORM).content, MENDED))
    assert "đơn vị đã gửi phiếu mới sau bản này" in officer.open(HOME).text


def test_a_scan_counts_as_one_and_what_is_no_pdf_is_refused(unit: Browser, browser_of: Callable[..., Browser]) -> None:
    printed = unit.open(f"{HOME}/ban-in/2025").content
    page = send_back(unit, printed, "<script>quét</script>.pdf").text
    assert "Không có chữ ký số" in page
    assert "<script>quét" not in page
    assert send_back(unit, printed).text.count("SHA-256: <code>") == 1, "the same file is one"
    for content, said in ((b"PK\x03\x04", "Không phải tệp PDF"), (b"%PDF-1.7\nxyz", "Không đọc được tệp PDF này")):
        refused = send_back(unit, content)
        assert (refused.status_code, said in refused.text) == (422, True), said
    other = browser_of(Role.UNIT, "snv")
    other.open("/don-vi/snv")
    assert other.send(HERE, files={"signed": ("a.pdf", printed)}).status_code == 403
    assert other.open(f"{HOME}/ban-ky/1/goc").status_code == 403
    assert other.open("/don-vi/snv/ban-ky/1/goc").status_code == 404
    other.open("/don-vi/snv")
    early = other.send("/don-vi/snv/ban-ky/2025", files={"signed": ("a.pdf", printed)})
    assert "Chưa nhận phiếu tự đánh giá năm 2025" in early.text
