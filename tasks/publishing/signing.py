"""PDF → digitally signed PDF: the person first, the agency's seal second, each by incremental update (PAdES).

The bytes that were approved stay the beginning of the signed file. The decision shows the signer's signature in blue,
centred between title and name, and the red seal in its real size over a third of it, on its left; an annex, which is a
file of its own, shows the agency's mark in text. The fields of both, their alternative texts and their places in the
structure tree are made before anything is signed, so that the file stays PDF/A-2a and the seal only fills what the
person has signed. Whoever imports this module waits for pyHanko.
Source: Nghị định 30/2020/NĐ-CP, Điều 32.2d, annex I.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer as Key
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.errors import PathBuildingError, PathError

from models.findings import Act, Action, refusal
from models.province.config import ProvinceConfig, Signer
from models.settings import SigningSettings
from models.working_days import VIETNAM
from tasks.publishing.signing_images import BLUE, RED, in_ink
from tasks.publishing.signing_keys import check_key, open_key
from tasks.publishing.trust import Trust
from tasks.rendering.pdf import Document, render_pdf, template_environment

PERSON, AGENCY = "nguoi-ky", "co-quan"
ROOM = ("signature-top-left", "signature-bottom-right")
_MM = 72 / 25.4
_LARGEST_SIGNATURE = (46 * _MM, 26 * _MM)
_MARK = (70, 9)  # mm
_MARK_FROM_TOP = 8 * _MM
_RIGHT_MARGIN = 16 * _MM
_SECONDS = 15
_OF_THE_PERSON = "khóa của người ký"
_OF_THE_AGENCY = "khóa của cơ quan"
_AGAIN = "Sửa xong chạy lại đúng lệnh này; phần mềm làm tiếp"

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Field:
    """Where a signature goes and what it is called.

    Attributes:
        name: of the field in the form.
        said: alternative text, for those who do not see the picture.
        page: index, 0 first.
        box: left, bottom, right, top in points from the page's lower left corner.
    """

    name: str
    said: str
    page: int
    box: Box


@dataclass(frozen=True)
class Signed:
    """Signed files by name, and when they were signed."""

    files: Mapping[str, bytes]
    at: datetime


class Hand(Protocol):
    """Who turns finished PDFs into signed ones."""

    def sign(self, files: Mapping[str, bytes], notation: str, at: datetime) -> Signed:
        """The decision and its annexes signed; other files are left out."""
        ...

    def sign_manifest(self, manifest: bytes) -> bytes | None:
        """The signature of the agency on a manifest, which stands beside it; None where its key is not here."""
        ...


@dataclass(frozen=True)
class SigningDesk:
    """All that signing needs, at hand and checked: keys, pictures, time stamp server.

    Attributes:
        diameter: of the seal, mm.
        trust: for long-term validation data; None leaves them out.
    """

    person: Key
    agency: Key
    signature: Image.Image
    seal: Image.Image
    diameter: Decimal
    signer: Signer
    issuer: str
    timestamper: TimeStamper | None
    trust: Trust | None

    def sign(self, files: Mapping[str, bytes], notation: str, at: datetime) -> Signed:
        """Sign what is to be signed; the decision first.

        Args:
            files: finished PDFs by name; those that nobody signs are left out of the answer.
            notation: number and symbol of the decision.
            at: the signing time.

        Raises:
            RefusedError: the time stamp server, the token or a certificate fails, or the decision has no room.
        """
        try:
            signed = {name: self._decision(name, files[name], at) for name in files if is_decision(name)}
            annexes = {name: self._annex(files[name], notation, at) for name in files if is_annex(name)}
            return Signed(signed | annexes, at)
        except TimestampRequestError as error:
            raise refusal("máy chủ cấp dấu thời gian", f"không cấp dấu ({error})", _AGAIN) from error
        except (PathBuildingError, PathError) as error:
            raise refusal("chứng thư ký", f"không kiểm tra được đến chứng thư gốc ({error})", _AGAIN) from error
        except (SigningError, PdfError) as error:
            raise refusal("ký số", f"không ký được ({error})", _AGAIN) from error

    def sign_manifest(self, manifest: bytes) -> bytes:
        """The signature of the agency on a manifest, as a file of its own (CMS, detached)."""
        signed = asyncio.run(self.agency.async_sign_general_data(manifest, "sha256"))
        return bytes(signed.dump())

    def _decision(self, name: str, content: bytes, at: datetime) -> bytes:
        page, room = signature_room(name, content)
        own, seal = boxes_in(room, self.signature.size, float(self.diameter))
        who = " ".join(filter(None, (self.signer.title, self.signer.name)))
        person = Field(PERSON, f"Chữ ký của {who}", page, own)
        agency = Field(AGENCY, f"Con dấu của {self.issuer}", page, seal)
        writer = _Update(BytesIO(content))
        for field in (person, agency):
            _add_field(writer, field)
        signed = self._signed(writer, self.person, person, PdfImage(self.signature), at)
        return self._signed(_Update(BytesIO(signed)), self.agency, agency, PdfImage(self.seal), at)

    def _annex(self, content: bytes, notation: str, at: datetime) -> bytes:
        width, height = (side * _MM for side in _MARK)
        page = PdfFileReader(BytesIO(content)).find_page_for_modification(0)[0].get_object()
        right, top = (float(number) for number in list(page["/MediaBox"])[2:])
        corner = (right - _RIGHT_MARGIN, top - _MARK_FROM_TOP)
        time = signing_time(at)
        said = f"Chữ ký số của {self.issuer}: {notation}, {time}"
        field = Field(AGENCY, said, 0, (corner[0] - width, corner[1] - height, *corner))
        writer = _Update(BytesIO(content))
        _add_field(writer, field)
        return self._signed(writer, self.agency, field, _PrintedPage(_mark(notation, time, at)), at)

    def _signed(
        self, writer: IncrementalPdfFileWriter, key: Key, field: Field, shown: PdfContent, at: datetime
    ) -> bytes:
        filled = SimpleBoxLayoutRule(
            AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, inner_content_scaling=InnerScaling.STRETCH_FILL
        )
        style = StaticStampStyle(border_width=0, background=shown, background_layout=filled)
        long_term = self.trust is not None and self.timestamper is not None
        metadata = PdfSignatureMetadata(
            field_name=field.name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=long_term,
            validation_context=self.trust.context(fetching=True) if self.trust and long_term else None,
            signer_key_usage=set(),
        )
        signer = _SignerAt(metadata, key, timestamper=self.timestamper, stamp_style=style)
        signer.at = at
        output = BytesIO()
        signer.sign_pdf(writer, existing_fields_only=True, output=output)
        return output.getvalue()


class _Update(IncrementalPdfFileWriter):
    """An incremental update that leaves the metadata as they were approved: title, date and the claim of PDF/A."""

    def _update_meta(self) -> None:
        pass


class _SignerAt(PdfSigner):
    """A signer of whom the time is known beforehand, because it is printed too."""

    at: datetime

    def init_signing_session(self, *given: Any, **named: Any) -> PdfSigningSession:
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


@contextmanager
def open_desk(
    settings: SigningSettings, province: Path, config: ProvinceConfig, signer: Signer, trust: Trust
) -> Iterator[SigningDesk]:
    """Lay out keys and pictures, each checked, so that nothing is approved that cannot be signed.

    Args:
        settings: where the keys are.
        province: its images/ holds the pictures.
        config: names the seal.
        signer: who signs, with the picture of the signature.
        trust: certificates that may lead from the keys to a root.

    Raises:
        RefusedError: a key or picture is missing, broken, out of date or somebody else's.
    """
    now = datetime.now(VIETNAM)
    if config.seal is None:
        what = "chưa khai báo con dấu (seal) để ký số"
        raise refusal("province.yaml", what, "Thêm mục seal rồi tính lại kết quả", action=Action(Act.EVALUATE))
    if signer.image is None:
        what = f"người ký “{signer.id}” chưa có hình chữ ký (image)"
        remedy = "Thêm mục image cho người ký rồi tính lại kết quả"
        raise refusal("province.yaml", what, remedy, action=Action(Act.EVALUATE))
    if settings.long_term and not (settings.timestamp_url and trust.roots):
        what = "ký kèm dữ liệu kiểm tra lâu dài cần máy chủ cấp dấu thời gian và chứng thư gốc"
        raise refusal(
            "CCHC_SIGN_LONG_TERM", what, "Đặt CCHC_SIGN_TIMESTAMP_URL và thư mục trust/ hoặc CCHC_TRUST_ROOTS"
        )
    signature = in_ink(*_picture(province, signer.image), BLUE)
    seal = in_ink(*_picture(province, config.seal.image), RED)
    chain = (*trust.between, *trust.roots)
    with (
        open_key(settings.person, _OF_THE_PERSON, chain) as person,
        open_key(settings.agency, _OF_THE_AGENCY, chain) as agency,
    ):
        check_key(person, settings.person, _OF_THE_PERSON, now, signer)
        check_key(agency, settings.agency, _OF_THE_AGENCY, now)
        url = settings.timestamp_url
        yield SigningDesk(
            person=person,
            agency=agency,
            signature=signature,
            seal=seal,
            diameter=config.seal.diameter,
            signer=signer,
            issuer=config.issued_by.name,
            timestamper=RequestsHTTPTimeStamper(url, timeout=_SECONDS) if url else None,
            trust=trust if settings.long_term else None,
        )


def is_decision(name: str) -> bool:
    """Whether a file is the decision, which the person and the agency sign."""
    return name == "quyet-dinh.pdf"


def is_annex(name: str) -> bool:
    """Whether a file is an annex of the decision, which the agency signs."""
    return name.startswith("phu-luc-") and name.endswith(".pdf")


def signing_time(at: datetime) -> str:
    """The signing time as the mark shows it: `25/12/2023 09:15:30 +07:00`.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục I.
    """
    local = at.astimezone(VIETNAM)
    return f"{local:%d/%m/%Y %H:%M:%S} {local.isoformat()[-6:]}"


def _picture(province: Path, name: str) -> tuple[Path, str]:
    """A picture of the province and its name in messages; it never lies outside images/."""
    folder = (province / "images").resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise refusal(f"images/{name}", "hình nằm ngoài thư mục images/", "Ghi tên tệp trong thư mục images/ của tỉnh")
    return path, f"images/{name}"


def boxes_in(room: Box, size: tuple[int, int], diameter: float) -> tuple[Box, Box]:
    """Where signature and seal go.

    Args:
        room: between title and name, as wide as their column.
        size: of the signature's picture, pixels.
        diameter: of the seal, mm.

    Returns:
        The signature's box, centred in the room; the seal's, which covers the left third of it at the same height.
        Source: NĐ 30/2020/NĐ-CP, Phụ lục I.
    """
    left, bottom, right, top = room
    scale = min(limit / side for limit, side in zip(_LARGEST_SIGNATURE, size, strict=True))
    width, height = (side * scale for side in size)
    x, y = (left + right) / 2, (bottom + top) / 2
    side = diameter * _MM
    edge = x - width / 2 + width / 3
    return (
        (x - width / 2, y - height / 2, x + width / 2, y + height / 2),
        (edge - side, y - side / 2, edge, y + side / 2),
    )


def signature_room(name: str, content: bytes) -> tuple[int, Box]:
    """Page and box between title and name, by the named destinations that the template puts at its corners.

    Raises:
        RefusedError: the document has none, because a template of the province leaves them out.
    """
    reader = PdfFileReader(BytesIO(content))
    try:
        names = list(reader.root["/Names"]["/Dests"]["/Names"])
        places = {str(key): place for key, place in zip(names[::2], names[1::2], strict=True)}
        (first, second) = (places[corner].get_object() for corner in ROOM)
        page = first.raw_get(0).reference
        left, top, right, bottom = (float(number) for number in (*list(first)[2:4], *list(second)[2:4]))
    except (KeyError, IndexError):
        what = "không có chỗ cho chữ ký và con dấu giữa chức vụ và họ tên"
        raise refusal(name, what, "Giữ khối closing của mẫu có sẵn trong mẫu riêng của tỉnh") from None
    count = int(reader.root["/Pages"]["/Count"])
    index = next(place for place in range(count) if reader.find_page_for_modification(place)[0].reference == page)
    return index, (left, bottom, right, top)


def _add_field(writer: IncrementalPdfFileWriter, field: Field) -> None:
    """An empty signature field, with its alternative text, in the structure tree."""
    append_signature_field(writer, SigFieldSpec(field.name, field.page, field.box, readable_field_name=field.said))  # type: ignore[arg-type]
    widget = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    page = writer.find_page_for_modification(field.page)[0]
    widget.get_object()[pdf_name("/Contents")] = generic.TextStringObject(field.said)
    tree = writer.root["/StructTreeRoot"]
    numbers = tree["/ParentTree"]["/Nums"]
    place = generic.NumberObject(max((int(key) for key in list(numbers)[::2]), default=-1) + 1)
    whole = tree["/K"].raw_get(0)
    element = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): whole,
                pdf_name("/Pg"): page,
                pdf_name("/Alt"): generic.TextStringObject(field.said),
                pdf_name("/K"): generic.DictionaryObject(
                    {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Pg"): page, pdf_name("/Obj"): widget}
                ),
            }
        )
    )
    whole.get_object()["/K"].append(element)
    numbers.extend((place, element))
    widget.get_object()[pdf_name("/StructParent")] = place
    for changed in (whole.get_object()["/K"], numbers):
        writer.update_container(changed)


class _PrintedPage(PdfContent):
    """The only page of a small PDF, drawn as it is, its fonts with it."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def render(self) -> bytes:
        """The operators that draw the page, which becomes a resource of the file that is signed."""
        assert self.writer is not None
        drawn = self.writer.import_page_as_xobject(PdfFileReader(BytesIO(self.content)))
        left, bottom, right, top = (float(number) for number in drawn.get_object()["/BBox"])
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        self.resources.xobject[pdf_name("/Mark")] = drawn
        return b"/Mark Do"


def _mark(notation: str, time: str, at: date) -> bytes:
    width, height = _MARK
    html = template_environment().get_template("signing_mark.html")
    text = html.render(notation=notation, time=time, width=width, height=height)
    return render_pdf(Document("dấu ký phụ lục", notation, text), f"{notation} {time}", at, variant=None)
