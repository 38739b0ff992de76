"""A published folder or a PDF → who signed it, when, and whether anything changed, in plain Vietnamese.

Nothing is fetched: certificates are checked with the roots and revocation lists that are at hand and with what the file
itself carries. Whoever imports this module waits for pyHanko.
Source: Nghị định 30/2020/NĐ-CP, Điều 5 and 32.
"""

import asyncio
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.metadata.model import XmpArray, XmpStructure, XmpValue
from pyhanko.pdf_utils.metadata.xmp_xml import parse_xmp
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    async_validate_detached_cms,
    validate_pdf_signature,
)
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from models.findings import Finding, Severity
from models.records.storage import Storage
from models.working_days import VIETNAM
from tasks.publishing.approvals import manifest_findings, replaced_by
from tasks.publishing.contents import Signing
from tasks.publishing.folders import (
    MANIFEST,
    MANIFEST_SIGNATURE,
    issued,
    kind_in,
    manifest_in,
    read_manifest,
    signing_in,
    verify_folder,
)
from tasks.publishing.signing import is_decision
from tasks.publishing.signing_keys import names_in
from tasks.publishing.trust import Trust

_LEVEL = {
    SignatureCoverageLevel.ENTIRE_FILE: "không có thay đổi nào sau chữ ký này",
    SignatureCoverageLevel.ENTIRE_REVISION: "sau chữ ký này chỉ có chữ ký, dấu thời gian được thêm vào",
}
_USAGE = KeyUsageConstraints({"non_repudiation", "digital_signature"}, match_all_key_usages=False)
_ORIGINAL = "Lấy lại bản gốc"
_ASK = "Hỏi lại cơ quan ban hành"
_OF_PROGRAMS = ("/Producer", "/ModDate", "/ModifyDate", "/MetadataDate", "/CreationDate", "/CreateDate")
_OURS = frozenset({"/AcroForm", "/Extensions", "/DSS"})
_UNREADABLE = (
    PdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    NotImplementedError,
    OSError,
    zlib.error,
)

# What pyHanko would print is said in the findings.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Checked:
    """What there is to say, and what is wrong."""

    lines: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def verify_place(place: Path, trust: Trust, storage: Storage | None) -> Checked:
    """Check a published folder or one PDF.

    Args:
        place: the folder or the file.
        trust: whose certificates to believe.
        storage: the province's database, where it is at hand, for what only it knows.
    """
    if place.is_file():
        return check_pdf(place.name, place.read_bytes(), trust)
    findings = verify_folder(place)
    if not findings and storage:
        findings = manifest_findings(place, storage)
    if findings:
        return Checked(findings=tuple(findings))
    manifest = read_manifest(place)
    kind, numbered = kind_in(manifest).noun, issued(manifest)
    lines = [
        f"Nguyên vẹn: {kind} số {numbered['notation']} ngày {date.fromisoformat(numbered['date']):%d/%m/%Y}, "
        f"{len(manifest['files'])} tệp đúng mã băm."
    ]
    if numbered["replaces"]:
        lines.append(f"{kind} này thay thế {kind} số {numbered['replaces']}.")
    if storage and (later := replaced_by(manifest, storage)):
        lines.append(f"{kind} này đã được thay thế bằng {later}.")
    signatures = check_publication(place, manifest, trust)
    lines.append(_what_is_proven(manifest, signatures, trust))
    if storage:
        lines.append("Cơ sở dữ liệu của tỉnh ghi nhận đúng manifest này.")
    return Checked((*lines, *signatures.lines), signatures.findings)


def _what_is_proven(manifest: Mapping[str, Any], signatures: Checked, trust: Trust) -> str:
    """What a whole folder proves by itself, and what only agrees with itself."""
    kind, signing = kind_in(manifest).noun, "signing" in manifest
    if "content" not in manifest:
        return (
            f"Bản công bố của phiên bản cũ, chứng minh được ít hơn: {kind.lower()} không mang mã băm của các tệp kèm "
            "theo, nên dữ liệu mở và danh mục tệp chỉ tự khớp với manifest."
        )
    content = f"{kind} mang mã băm nội dung {manifest['content']['sha256']}"
    others = len(manifest["files"]) - 1
    if not signing:
        return (
            f"Chỉ tự khớp: {content}, đúng với {others} tệp kèm theo, nhưng không có chữ ký số; "
            "hãy đối chiếu mã này với bản lưu hoặc với cơ sở dữ liệu của tỉnh."
        )
    if any(finding.severity is Severity.CRITICAL for finding in signatures.findings):
        return f"Chưa chứng minh được gì: chữ ký số có lỗi. {content}."
    if not trust.roots:
        return f"Khớp với bản đã ký, chưa rõ ai ký: {content}, đúng với {others} tệp kèm theo."
    return f"Đã chứng minh: {content} dưới chữ ký số tin cậy; {others} tệp kèm theo không bị bớt, thêm hay sửa."


def check_publication(folder: Path, manifest: Mapping[str, Any], trust: Trust) -> Checked:
    """The signatures of a folder whose hashes were verified: those of the decision first.

    Args:
        folder: the published folder.
        manifest: its manifest.
        trust: whom to believe.
    """
    signed = [name for name, entry in manifest["files"].items() if "unsigned_sha256" in entry]
    if not signed:
        return Checked(("Bản công bố này không có chữ ký số.",))
    parts = [
        check_pdf(
            name,
            (folder / name).read_bytes(),
            trust,
            2 if is_decision(name) else 1,
            manifest["files"][name]["unsigned_size"],
        )
        for name in sorted(signed, key=lambda name: (not is_decision(name), name))
    ]
    if signing_in(manifest_in(folder)) is Signing.HERE:
        parts.append(_check_manifest(folder, manifest, trust))
    findings = dict.fromkeys(finding for part in parts for finding in part.findings)
    return Checked(tuple(line for part in parts for line in part.lines), tuple(findings))


def _check_manifest(folder: Path, manifest: Mapping[str, Any], trust: Trust) -> Checked:
    """The signature of the agency that stands beside the manifest."""
    try:
        at = datetime.fromisoformat(manifest["signing"]["at"])
        signed = cms.ContentInfo.load((folder / MANIFEST_SIGNATURE).read_bytes())["content"]
        checking = async_validate_detached_cms(
            manifest_in(folder), signed, trust.context(at), key_usage_settings=_USAGE
        )
        status = asyncio.run(checking)
        who = names_in(status.signing_cert)[0]
    except (*_UNREADABLE, SignatureValidationError):
        what = "không đọc được chữ ký số của manifest"
        return Checked(findings=(Finding(MANIFEST_SIGNATURE, 0, what, _ORIGINAL),))
    if not (status.intact and status.valid):
        what = "manifest đã bị thay đổi sau khi ký"
        return Checked(findings=(Finding(MANIFEST, 0, what, _ORIGINAL),))
    if trust.roots and not status.trusted:
        what = f"chữ ký của {who}: chứng thư không dẫn đến chứng thư gốc tin cậy"
        return Checked(findings=(Finding(MANIFEST_SIGNATURE, 0, what, _ASK),))
    return Checked((f"{MANIFEST}:", f"  {who} ký; không có thay đổi nào sau chữ ký này."))


def check_pdf(name: str, content: bytes, trust: Trust, expected: int = 1, approved: int | None = None) -> Checked:
    """The signatures of one PDF.

    Args:
        name: of the file, for messages.
        content: its bytes.
        trust: whom to believe.
        expected: how many signatures it must have at least.
        approved: how many of its first bytes are known as what was approved, so that signing must not have changed it.
    """
    try:
        reader = PdfFileReader(BytesIO(content), strict=False)
        signatures = list(reader.embedded_regular_signatures)
        lines, findings = [f"{name}:"], list[Finding]()
        for place, signature in enumerate(signatures, start=1):
            checked = _check_signature(name, signature, trust, is_last=place == len(signatures))
            lines += [f"  {place}. {checked.lines[0]}", *(f"     {line}" for line in checked.lines[1:])]
            findings += checked.findings
        if approved is not None and _changed_while_signing(reader, PdfFileReader(BytesIO(content[:approved]))):
            what = "khi ký, nội dung đã phê duyệt bị thay đổi"
            findings.append(Finding(name, 0, what, _ORIGINAL))
        elif approved is not None and not any(finding.severity is Severity.CRITICAL for finding in findings):
            lines.append("     Nội dung được ký đúng là bản đã phê duyệt.")
    except _UNREADABLE:
        return Checked(findings=(Finding(name, 0, "không đọc được chữ ký số của tệp", _ORIGINAL),))
    if len(signatures) < expected:
        what = f"chỉ có {len(signatures)} trong {expected} chữ ký số" if signatures else "không có chữ ký số"
        findings.append(Finding(name, 0, what, _ASK))
    if signatures and not trust.roots:
        what = "chưa khai báo chứng thư gốc nên chưa xác nhận được người ký là ai"
        remedy = "Đặt chứng thư gốc vào thư mục trust/ của tỉnh hoặc biến CCHC_TRUST_ROOTS"
        findings.append(Finding("chữ ký số", 0, what, remedy, Severity.WARNING))
    return Checked(tuple(lines), tuple(findings))


def last_signed(content: bytes) -> datetime:
    """When the newest signature of a PDF that was checked says that it was made."""
    reader = PdfFileReader(BytesIO(content), strict=False)
    times = (signature.self_reported_timestamp for signature in reader.embedded_regular_signatures)
    return max((time for time in times if time), default=datetime.now(UTC))


def _check_signature(name: str, signature: EmbeddedPdfSignature, trust: Trust, is_last: bool) -> Checked:
    """One signature: whole, in time, by somebody known."""
    who, organisation, issuer = names_in(signature.signer_cert)
    now = _validated(signature, _context(signature.reader, trust))
    said = who + (f" ({organisation})" if organisation and organisation != who else "")
    whole = _faults_of_content(now, is_last)
    time, proven, said_of_time = _time_of(now, signature)
    lines = [f"{said}, {said_of_time}."]
    faults = [*whole, *_faults_of_time_stamp(now)]
    warnings: list[str] = []
    if trust.roots and not whole:
        then = _validated(signature, _context(signature.reader, trust, time))
        listed = trust.revoked_at(signature.signer_cert)
        more, warnings = _faults_of_certificate(signature.signer_cert, now, then, time, proven, listed)
        faults += more
    standing = "tin cậy" if trust.roots and not faults else "không tin cậy" if trust.roots else "chưa xác nhận được"
    until = signature.signer_cert.not_valid_after.astimezone(VIETNAM)
    lines.append(f"Chứng thư do “{issuer}” cấp, hiệu lực đến {until:%d/%m/%Y}, {standing}.")
    if not whole and now.coverage in _LEVEL:
        lines.append(f"Nguyên vẹn: {_LEVEL[now.coverage]}.")
    findings = [Finding(name, 0, f"chữ ký của {said}: {fault}", _ASK) for fault in faults]
    findings += [Finding(name, 0, f"chữ ký của {said}: {what}", _ASK, Severity.WARNING) for what in warnings]
    return Checked(tuple(lines), tuple(findings))


def _context(reader: PdfFileReader, trust: Trust, at: datetime | None = None) -> ValidationContext:
    """Whom to believe, with the certificates and revocation lists that the file carries (B-LT)."""
    try:
        carried = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return trust.context(at)
    return carried.as_validation_context(trust.context_values(at))


def _validated(signature: EmbeddedPdfSignature, context: ValidationContext) -> PdfSignatureStatus:
    return validate_pdf_signature(signature, context, key_usage_settings=_USAGE)


def _faults_of_content(status: PdfSignatureStatus, is_last: bool) -> list[str]:
    """What changed after signing: the last signature covers all, an earlier one all but the signatures after it."""
    if not (status.intact and status.valid):
        return ["nội dung đã bị thay đổi sau khi ký"]
    allowed = ModificationLevel.LTA_UPDATES if is_last else ModificationLevel.FORM_FILLING
    level = status.modification_level
    covered = (
        status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        or level is ModificationLevel.LTA_UPDATES
        or (not is_last and status.coverage is SignatureCoverageLevel.ENTIRE_REVISION)
    )
    if not covered or level is None or level > allowed:
        return ["tệp bị thêm hoặc sửa nội dung sau khi ký"]
    return []


def _time_of(status: PdfSignatureStatus, signature: EmbeddedPdfSignature) -> tuple[datetime, bool, str]:
    """When it was signed, whether that is proven, and how to say it."""
    stamp = status.timestamp_validity
    if stamp and stamp.valid and stamp.intact:
        server = names_in(stamp.signing_cert)[0]
        said = f"ký lúc {_said(stamp.timestamp)}, theo dấu thời gian của “{server}”"
        return stamp.timestamp, stamp.trusted, said if stamp.trusted else f"{said} (chưa xác nhận được)"
    claimed = signature.self_reported_timestamp
    if claimed is None:
        return datetime.now(UTC), False, "không ghi thời điểm ký"
    return claimed, False, f"ký lúc {_said(claimed)}, theo đồng hồ của máy ký"


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M:%S ngày %d/%m/%Y}"


def _faults_of_time_stamp(status: PdfSignatureStatus) -> list[str]:
    stamp = status.timestamp_validity
    return ["dấu thời gian không hợp lệ"] if stamp and not (stamp.valid and stamp.intact) else []


def _faults_of_certificate(
    certificate: x509.Certificate,
    now: PdfSignatureStatus,
    then: PdfSignatureStatus,
    time: datetime,
    proven: bool,
    listed: datetime | None,
) -> tuple[list[str], list[str]]:
    """What is wrong with the signer's certificate, and what only weakens it.

    Args:
        now: the signature checked with today's date.
        then: the same at the time of signing.
        time: the time of signing; proven by a time stamp, or as the signer's clock had it.
        listed: when the certificate was revoked by the lists that the office keeps.
    """
    known = [details.revocation_date for details in (now.revocation_details, then.revocation_details) if details]
    revoked = min([*known, *([listed] if listed else [])], default=None)
    if revoked and (revoked <= time or not proven):
        when = "trước khi ký" if revoked <= time else "sau đó, mà chữ ký không có dấu thời gian"
        return [f"chứng thư đã bị thu hồi lúc {_said(revoked)}, {when}"], []
    if not certificate.not_valid_before <= time <= certificate.not_valid_after:
        return ["ký ngoài thời hạn hiệu lực của chứng thư"], []
    if not then.trusted:
        return ["chứng thư không dẫn đến chứng thư gốc tin cậy"], []
    if certificate.not_valid_after < datetime.now(UTC) and not proven:
        return [], ["chứng thư nay đã hết hạn; không có dấu thời gian làm chứng là ký khi còn hiệu lực"]
    return [], []


def _changed_while_signing(reader: PdfFileReader, original: PdfFileReader) -> bool:
    """Whether the revisions after the first touch more than signing needs: form, structure, list of annotations.

    Args:
        reader: the signed file.
        original: its beginning, as it was approved; it must be the first revision, not mere bytes before another file.
    """
    first = reader.get_historical_resolver(0)
    if reader.xrefs.get_startxref_for_revision(0) != original.last_startxref:
        return True
    if reader.root_ref.idnum != original.root_ref.idnum:
        return True
    approved = reader.xrefs.explicit_refs_in_revision(0)
    tree = first.root.raw_get("/StructTreeRoot").reference
    structure = {tree, *_indirect(first, tree)}
    for revision in range(1, reader.xrefs.total_revisions):
        if reader.xrefs.refs_freed_in_revision(revision):
            return True
        now = reader.get_historical_resolver(revision)
        touched = (reader.xrefs.explicit_refs_in_revision(revision) & approved) - structure
        if any(_differs(first.get_object(reference), now.get_object(reference)) for reference in touched):
            return True
    pages = range(int(reader.root["/Pages"]["/Count"]))
    return _title(reader) != _title(first) or any(_foreign_annotations(reader, first, page) for page in pages)


def _title(handler: PdfFileReader | HistoricalResolver) -> frozenset[str]:
    """What the metadata say of the document: title, author, subject, kind of archive file; dates and programs apart."""
    stream = handler.get_object(handler.root.raw_get("/Metadata").reference)
    info = handler.trailer_view["/Info"]
    named = [f"{key}={info[key]}" for key in sorted(info) if key not in _OF_PROGRAMS]
    fields = ((name, value) for root in parse_xmp(BytesIO(stream.data)) for name, value in root)
    said = [f"{name}={_text_in(value)}" for name, value in fields if f"/{name.local_name}" not in _OF_PROGRAMS]
    return frozenset((*named, *said))


def _text_in(value: XmpValue) -> str:
    match value.value:
        case XmpArray(entries=entries):
            return "; ".join(map(_text_in, entries))
        case XmpStructure() as fields:
            return "; ".join(f"{name}={_text_in(part)}" for name, part in fields)
        case text:
            return str(text)


def _indirect(first: HistoricalResolver, tree: generic.Reference) -> set[generic.Reference]:
    """The parts of the structure tree that get the new fields: its top element and the tree of parents."""
    root = first.get_object(tree)
    parts = [root.raw_get("/ParentTree"), root["/K"].raw_get(0)]
    return {part.reference for part in parts if isinstance(part, generic.IndirectObject)}


def _differs(before: generic.PdfObject, after: generic.PdfObject) -> bool:
    """Whether an object of the approved file is another now, apart from the entries that signing adds."""
    if isinstance(before, generic.DictionaryObject) and isinstance(after, generic.DictionaryObject):
        kind = str(before.get("/Type"))
        if kind == "/Metadata" or "/Producer" in before:
            return kind != str(after.get("/Type"))
        added = {"/Catalog": _OURS, "/Page": {"/Annots"}}.get(kind, frozenset())
        before, after = (
            generic.DictionaryObject({key: one.raw_get(key) for key in one if key not in added})
            for one in (before, after)
        )
    return _written(before) != _written(after)


def _written(value: generic.PdfObject) -> bytes:
    out = BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()


def _foreign_annotations(reader: PdfFileReader, first: HistoricalResolver, page: int) -> bool:
    """Whether a page got an annotation that is not a signature."""
    reference = reader.find_page_for_modification(page)[0].reference
    before = {_written(one) for one in list(first.get_object(reference).get("/Annots", ()))}
    now = reader.get_object(reference).get("/Annots", ())
    return any(_written(one) not in before and one.get_object().get("/FT") != "/Sig" for one in list(now))
