"""A snapshot + a person's approval → an immutable folder: the decision with its annexes, open data, manifest.

What is published is exactly what was approved: the folder is made from the snapshot alone, and a published round is
never published again with other content, unless a correction names the decision it replaces. Where keys are set, what
was approved is signed after the approval is recorded and before the folder is moved to its place; the manifest keeps
the hashes of the bytes before signing, since no two signatures are the same.
Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18; domain/3-document-format-nd30.md, 3.5.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from glob import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import TemplateError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.findings import Finding, RefusedError, refusal
from models.numbers import document_number, vietnamese_date
from models.province import VIETNAM, ProvinceConfig, Signer
from models.settings import Settings, SigningSettings
from models.snapshots import Frozen, thawed
from models.storage import Storage
from models.tables import Approval, Publication, Snapshot
from tasks.document_metadata import METADATA
from tasks.evaluating import newest_snapshot
from tasks.exporting import FORMATS, results_in_format
from tasks.publication_documents import metadata_beside, publication_documents
from tasks.qr_code import qr_svg, results_address
from tasks.rendering import Decision, RenderingError, render_all

if TYPE_CHECKING:
    from tasks.signing import Hand, Signed

MANIFEST = "manifest.json"
_FORMAT = 1
_IMAGES = "images"
_TEMPLATES = "templates"
_HIGHEST_NUMBER = 99_999


@dataclass(frozen=True, slots=True)
class Numbering:
    """What a person gives a decision: number, date, signer, and for a correction the decision it replaces.

    Attributes:
        signer: id of a signer in province.yaml, None for the first one.
        replaces: number and symbol as printed, e.g. `12/QĐ-UBND`; empty for the first decision of a round.
    """

    number: int
    day: date
    signer: str | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A published folder. `new` is False when it was there already, `signed` whether its decision bears signatures."""

    folder: Path
    notation: str
    manifest_sha256: str
    new: bool
    signed: bool


def notation(number: int, symbol: str) -> str:
    """Number and symbol as printed: `05/QĐ-UBND`. Source: domain/3-document-format-nd30.md, 3.2."""
    return f"{document_number(number)}/{symbol}"


def draft_newest(
    province: Path, storage: Storage, year: int, out: Path, workers: int, signer: str | None = None
) -> list[Path]:
    """Write the draft of the newest result of a year; see `draft_folder`.

    Raises:
        RefusedError: the round was never evaluated, or province.yaml has no such signer.
    """
    with storage.reading() as session:
        snapshot = newest_snapshot(session, year)
    return draft_folder(province, snapshot, out, workers, signer)


def known_snapshot(storage: Storage, sha256: str) -> Snapshot:
    """The snapshot with this name.

    Raises:
        RefusedError: there is none.
    """
    with storage.reading() as session:
        snapshot = session.get(Snapshot, sha256)
    if snapshot is None:
        raise refusal(sha256, "không có bản kết quả này", "Chạy lại cchc evaluate")
    return snapshot


def draft_folder(province: Path, snapshot: Snapshot, out: Path, workers: int, signer: str | None = None) -> list[Path]:
    """Write the decision before numbering: its PDFs with blanks for number and date, each page marked DỰ THẢO.

    Returns:
        The files, the decision first.

    Raises:
        RefusedError: province.yaml has no such signer, a published decision lies in the folder, or the documents cannot
            be rendered.
    """
    if (out / MANIFEST).exists():
        raise refusal(str(out), "thư mục là bản đã công bố, không ghi đè được", "Chọn thư mục --out khác cho dự thảo")
    frozen = thawed(snapshot.body)
    decision = Decision(
        None, None, frozen.config.symbols.decision, _signer(frozen.config, signer), replaces=None, draft=True
    )
    files = _pdfs(province, frozen, decision, date(frozen.round.year + 1, 1, 1), workers)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    return [out / name for name in files]


def write_for_signature(
    province: Path, storage: Storage, year: int, numbering: Numbering, out: Path, workers: int
) -> list[Path]:
    """Write decision and annexes as `publish` would, byte for byte, for a leader who signs it with another program.

    Nothing is recorded: the number is taken when the signed files come back.

    Returns:
        The files, the decision first.

    Raises:
        RefusedError: it could not be published like this, or something lies in the folder.
    """
    from tasks.signing import is_annex, is_decision

    if out.exists() and any(out.iterdir()):
        raise _occupied(out)
    with storage.reading() as session:
        snapshot = snapshot_to_publish(session, year, numbering)
        approval = _approval(session, storage.user, snapshot, numbering, "command")
        replaced = _approval_named(session, approval)
    frozen = thawed(snapshot.body)
    pdfs = _pdfs(province, frozen, _decision(frozen, approval, replaced), numbering.day, workers)
    files = {name: content for name, content in pdfs.items() if is_decision(name) or is_annex(name)}
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    return [out / name for name in files]


@dataclass(frozen=True, slots=True)
class NewestResults:
    """What is known of a round now. `status` is `evaluated`, `approved` or `published`."""

    sha256: str
    status: str
    frozen: Frozen


def newest_results(storage: Storage, year: int, group: str | None = None) -> NewestResults:
    """The newest results of a year, of one group or of all.

    Raises:
        RefusedError: the round was never evaluated, or has no such group.
    """
    with storage.reading() as session:
        snapshot = newest_snapshot(session, year)
        approved = session.exec(
            select(Approval, Publication)
            .join(Publication, isouter=True)
            .where(Approval.snapshot_sha256 == snapshot.sha256, Approval.verdict == "approved")
        ).all()
    published = any(publication for _, publication in approved)
    frozen = thawed(snapshot.body)
    if group is not None:
        chosen = frozen.results.group(group)
        if chosen is None:
            known = ", ".join(known.id for known in frozen.results.groups)
            raise refusal(f"kỳ {year}", f"không có nhóm “{group}”", f"Dùng một trong: {known}")
        frozen = replace(frozen, results=replace(frozen.results, groups=(chosen,)))
    return NewestResults(snapshot.sha256, "published" if published else "approved" if approved else "evaluated", frozen)


def publish_newest(
    province: Path,
    storage: Storage,
    year: int,
    numbering: Numbering,
    out: Path,
    workers: int,
    via: str,
    signing: SigningSettings | Path | None = None,
) -> Published:
    """Publish the newest result of a year, or finish the publication that was cut short; see `publish`."""
    with storage.reading() as session:
        snapshot = snapshot_to_publish(session, year, numbering)
    return publish(province, storage, snapshot, numbering, out, workers, via, signing)


def publish(
    province: Path,
    storage: Storage,
    snapshot: Snapshot,
    numbering: Numbering,
    out: Path,
    workers: int,
    via: str,
    signing: SigningSettings | Path | None = None,
) -> Published:
    """Approve a snapshot and write its folder; the same again changes nothing, and of two at once one wins.

    The folder is made beside its place first, and keys are tried, so a number is taken only by a decision that can be
    printed and signed; then the approval is recorded, the documents are signed, the folder moved to its place whole,
    and the publication recorded. Killed in between, the same call finishes the work.

    Args:
        province: the province folder; its templates/ and images/ are used where it has them.
        storage: where approval and publication are recorded.
        snapshot: what is approved.
        numbering: number, date, signer and replaced decision, as a person gave them.
        out: the folder to be; empty or not there, or the same publication.
        workers: how many processes render.
        via: through what the person spoke: `command` or `prefect`.
        signing: the keys, or a folder with the files signed elsewhere; the decision stays unsigned without either.

    Raises:
        RefusedError: the round is published with other content, the number is taken, the replaced decision is not
            known, something else lies in the folder, or the documents cannot be rendered or signed.
    """
    out = out.resolve()
    _refuse_foreign_folder(out)
    with storage.reading() as session:
        approval = _approval(session, storage.user, snapshot, numbering, via)
        replaced = _approval_named(session, approval)
    remove_abandoned(out)
    staging = out.with_name(f".{out.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        files = _files(province, snapshot, approval, replaced, workers)
        edition = _manifest(approval, files)
        with storage.reading() as session:
            original = _published_edition(session, approval, out, edition)
        _refuse_other_content(out, edition)
        is_there = (out / MANIFEST).exists()
        with _hand(None if original or is_there else signing, province, snapshot, approval, files) as hand:
            approval_id = _record_approval(storage, snapshot, numbering, via)
            if not is_there:
                _fill(staging, original, approval, files, hand)
        new = not is_there and _move(staging, out, edition)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    sha256 = hashlib.sha256(_manifest_in(out)).hexdigest()
    published = _record_publication(storage, approval_id, snapshot.year, out, sha256)
    if published.manifest_sha256 != sha256:
        _withdraw(out, new, published)
    return Published(out, notation(numbering.number, approval.symbol), sha256, new, "signing" in read_manifest(out))


def _withdraw(out: Path, new: bool, published: Publication) -> NoReturn:
    """Take back what was signed while somebody else published the same, signed too, in another place."""
    if new:
        shutil.rmtree(out)
    raise _other_edition(published)


@contextmanager
def _hand(
    signing: SigningSettings | Path | None,
    province: Path,
    snapshot: Snapshot,
    approval: Approval,
    files: Mapping[str, bytes],
) -> "Iterator[Hand | None]":
    """Who signs, ready while an approval is recorded and carried out; nobody where nothing is signed."""
    if signing is None or (isinstance(signing, SigningSettings) and not signing.is_set):
        yield None
        return
    from tasks.signed_elsewhere import take_signed
    from tasks.signing import open_desk
    from tasks.trust import trust_of

    trust = trust_of(Settings(), province)
    if isinstance(signing, Path):
        yield take_signed(signing, files, trust)
        return
    config = thawed(snapshot.body).config
    with open_desk(signing, province, config, _signer(config, approval.signer), trust) as desk:
        yield desk


def _record_approval(storage: Storage, snapshot: Snapshot, numbering: Numbering, via: str) -> int:
    try:
        with storage.writing() as session:
            approval = _approval(session, storage.user, snapshot, numbering, via)
            session.add(approval)
            session.flush()
            assert approval.id is not None
            return approval.id
    except IntegrityError as error:
        raise refusal(
            f"kỳ {snapshot.year}", "một phê duyệt khác vừa được ghi nhận", f"Xem: cchc status {snapshot.year}"
        ) from error


def _published_edition(session: Session, approval: Approval, out: Path, edition: bytes) -> Path | None:
    """The folder that has this decision signed already, to be copied; None where it was not published or not signed.

    A decision has one edition: the same snapshot on other templates, images or fonts gives other bytes. Signatures are
    never the same twice, so that of a signed one is told by the hashes of what was signed.

    Raises:
        RefusedError: it was published with other bytes, or signed and its folder is gone.
    """
    published = _publication_of(session, approval)
    if published is None or published.manifest_sha256 == hashlib.sha256(edition).hexdigest():
        return None
    for folder in (out, Path(published.folder)):
        manifest = _manifest_in(folder)
        if manifest and hashlib.sha256(manifest).hexdigest() == published.manifest_sha256:
            if before_signing(manifest) == edition and not verify_folder(folder):
                return folder
            break
    raise _other_edition(published)


def _other_edition(published: Publication) -> RefusedError:
    return refusal(
        f"kỳ {published.year}",
        f"bản kết xuất lần này khác bản đã công bố tại {published.folder}"
        " (mẫu văn bản, hình ảnh, phông chữ, chữ ký số hoặc phiên bản chương trình đã thay đổi)",
        "Sao lại thư mục đã công bố thay vì công bố lần nữa",
    )


def _manifest_in(folder: Path) -> bytes:
    """The manifest of a folder; nothing where there is none."""
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError:
        return b""


def _publication_of(session: Session, approval: Approval) -> Publication | None:
    return session.exec(select(Publication).where(Publication.approval_id == approval.id)).first()


def _record_publication(
    storage: Storage, approval_id: int, year: int, folder: Path, manifest_sha256: str
) -> Publication:
    """The publication of an approval: as recorded before, else recorded now."""
    with storage.writing() as session:
        published = session.exec(select(Publication).where(Publication.approval_id == approval_id)).first()
        if published is None:
            published = Publication(
                approval_id=approval_id,
                year=year,
                folder=str(folder),
                manifest_sha256=manifest_sha256,
                published_at=datetime.now(UTC),
                published_by=storage.user,
            )
            session.add(published)
            session.flush()
        session.refresh(published)
        session.expunge(published)
        return published


def _approval(session: Session, user: str, snapshot: Snapshot, numbering: Numbering, via: str) -> Approval:
    """The approval as recorded before, or a new one that may be recorded."""
    config = thawed(snapshot.body).config
    signer = _signer(config, numbering.signer)
    known = session.exec(
        select(Approval).where(
            Approval.year == snapshot.year, Approval.replaces == numbering.replaces, Approval.verdict == "approved"
        )
    ).first()
    if known is None:
        _refuse_number(session, snapshot.year, config.symbols.decision, numbering)
        return _new_approval(user, snapshot, numbering, config.symbols.decision, via)
    if not _same_approval(known, snapshot, numbering) or _signer(config, known.signer) != signer:
        raise _already_published(known) if _publication_of(session, known) else _approved_otherwise(known)
    return known


def snapshot_to_publish(session: Session, year: int, numbering: Numbering) -> Snapshot:
    """What a person means who publishes a round: an approved publication that was cut short, else the newest result.

    Raises:
        RefusedError: the round was never evaluated.
    """
    unfinished = session.exec(
        select(Approval)
        .join(Publication, isouter=True)
        .where(Approval.year == year, Approval.replaces == numbering.replaces, Approval.verdict == "approved")
        .where(Approval.number == numbering.number, Approval.day == numbering.day, col(Publication.id).is_(None))
    ).first()
    return session.get_one(Snapshot, unfinished.snapshot_sha256) if unfinished else newest_snapshot(session, year)


def refuse_approval(storage: Storage, snapshot: Snapshot, reason: str, via: str) -> None:
    """Record that a person refused a snapshot, and why."""
    with storage.writing() as session:
        session.add(
            Approval(
                year=snapshot.year,
                snapshot_sha256=snapshot.sha256,
                verdict="refused",
                reason=reason,
                decided_by=storage.user,
                decided_at=datetime.now(UTC),
                via=via,
            )
        )


def approval_for(session: Session, snapshot_sha256: str) -> Approval | None:
    """The approval of a snapshot, if a person gave one."""
    return session.exec(
        select(Approval)
        .where(Approval.snapshot_sha256 == snapshot_sha256, Approval.verdict == "approved")
        .order_by(col(Approval.id).desc())
    ).first()


def _same_approval(known: Approval, snapshot: Snapshot, numbering: Numbering) -> bool:
    return (known.snapshot_sha256, known.number, known.day) == (snapshot.sha256, numbering.number, numbering.day)


def _named(known: Approval) -> str:
    assert known.number is not None
    assert known.day is not None
    return f"Quyết định số {notation(known.number, known.symbol)} ngày {known.day:%d/%m/%Y}"


def _approved_otherwise(known: Approval) -> RefusedError:
    given = f"--number {known.number} --date {known.day}"
    given += f" --signer {known.signer}" if known.signer else ""
    given += f" --replaces {known.replaces}" if known.replaces else ""
    return refusal(
        f"kỳ {known.year}",
        f"kết quả đã được phê duyệt bằng {_named(known)} nhưng chưa công bố xong",
        f"Hoàn tất bằng: cchc publish {known.year} {given}",
    )


def _already_published(known: Approval) -> RefusedError:
    assert known.number is not None
    said = _named(known)
    if known.replaces:
        return refusal(
            f"kỳ {known.year}", f"{known.replaces} đã được thay thế bằng {said}", "Nêu đúng quyết định cần thay thế"
        )
    return refusal(
        f"kỳ {known.year}",
        f"kết quả đã được phê duyệt, công bố bằng {said}; nội dung lần này khác",
        f"Nếu là đính chính nội dung, ban hành quyết định mới với --replaces {notation(known.number, known.symbol)}",
    )


def _refuse_number(session: Session, year: int, symbol: str, numbering: Numbering) -> None:
    """A number is used once a year and symbol; a correction replaces a decision that was published.

    Source: Nghị định 30/2020/NĐ-CP, Điều 15.1, annex VI (warning on a duplicate number). No decision is older than the
    year it announces: domain/2-yearly-process.md, 2.2.
    """
    if numbering.number > _HIGHEST_NUMBER:
        raise refusal(f"kỳ {year}", f"số {numbering.number} không phải là số của quyết định", "Ghi số từ 1 đến 99999")
    if numbering.day.year < year:
        what = f"ngày ký {numbering.day:%d/%m/%Y} trước năm của chỉ số"
        raise refusal(f"kỳ {year}", what, f"Ghi ngày từ năm {year} trở đi")
    taken = session.exec(
        select(Approval).where(
            Approval.symbol == symbol,
            Approval.number == numbering.number,
            Approval.number_year == numbering.day.year,
            Approval.verdict == "approved",
        )
    ).first()
    if taken:
        raise refusal(
            f"số {notation(numbering.number, symbol)}",
            f"đã dùng trong năm {numbering.day.year} cho kết quả năm {taken.year}",
            "Lấy số khác",
        )
    published = [
        notation(approval.number, approval.symbol)
        for approval in session.exec(
            select(Approval).join(Publication).where(Approval.year == year).order_by(col(Approval.id))
        )
        if approval.number is not None
    ]
    if numbering.replaces and numbering.replaces not in published:
        known = ", ".join(published) or "chưa có quyết định nào được công bố"
        raise refusal(f"kỳ {year}", f"không có quyết định {numbering.replaces} để thay thế", f"Đã công bố: {known}")


def _new_approval(user: str, snapshot: Snapshot, numbering: Numbering, symbol: str, via: str) -> Approval:
    return Approval(
        year=snapshot.year,
        snapshot_sha256=snapshot.sha256,
        verdict="approved",
        symbol=symbol,
        number=numbering.number,
        number_year=numbering.day.year,
        day=numbering.day,
        signer=numbering.signer,
        replaces=numbering.replaces,
        decided_by=user,
        decided_at=datetime.now(UTC),
        via=via,
    )


def _approval_named(session: Session, approval: Approval) -> Approval | None:
    """The earlier approval that this one replaces."""
    if not approval.replaces:
        return None
    earlier = session.exec(
        select(Approval)
        .where(Approval.year == approval.year, Approval.verdict == "approved")
        .order_by(col(Approval.id))
    )
    return next((one for one in earlier if one.number and notation(one.number, one.symbol) == approval.replaces), None)


def _refuse_foreign_folder(out: Path) -> None:
    """The place is free, or holds a publication; known at once, before anything is rendered."""
    if out.exists() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise _occupied(out)


def _refuse_other_content(out: Path, edition: bytes) -> None:
    """The place is free, or holds this very publication whole, signed or not."""
    if not out.exists() or not any(out.iterdir()):
        return
    if before_signing(_manifest_in(out)) != edition or verify_folder(out):
        raise _occupied(out)


def _occupied(out: Path) -> RefusedError:
    return refusal(str(out), "thư mục đã có nội dung khác", "Chọn thư mục --out khác; bản công bố không ghi đè được")


def remove_abandoned(out: Path) -> None:
    """Take away the unfinished folders of processes that were killed."""
    for left in out.parent.glob(f".{escape(out.name)}.*"):
        process = left.name.rpartition(".")[2]
        if process.isdecimal() and not _runs(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _move(staging: Path, out: Path, edition: bytes) -> bool:
    """Put the finished folder in its place, which may have been taken meanwhile; whether it was not there before."""
    try:
        staging.rename(out)  # an empty folder gives way
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        _refuse_other_content(out, edition)
        return False
    return True


def _files(
    province: Path, snapshot: Snapshot, approval: Approval, replaced: Approval | None, workers: int
) -> dict[str, bytes]:
    """Every file of the publication but the manifest, before signing: the same bytes on every run."""
    frozen = thawed(snapshot.body)
    assert approval.day is not None
    decision = _decision(frozen, approval, replaced)
    pdfs = _pdfs(province, frozen, decision, approval.day, workers)
    return {
        **pdfs,
        METADATA: metadata_beside(frozen.config, decision, pdfs),
        **{f"results.{form}": results_in_format(frozen, snapshot.sha256, "published", form) for form in FORMATS},
        "snapshot.json": snapshot.body,
    }


def _decision(frozen: Frozen, approval: Approval, replaced: Approval | None) -> Decision:
    """The numbering of an approved decision."""
    return Decision(
        approval.number,
        approval.day,
        approval.symbol,
        _signer(frozen.config, approval.signer),
        replaces=_cited(replaced, frozen.config) if replaced else None,
    )


def _fill(
    folder: Path, original: Path | None, approval: Approval, files: Mapping[str, bytes], hand: "Hand | None"
) -> None:
    """Write a publication into an empty folder: a copy of the original if there is one, else signed with the keys."""
    if original:
        shutil.copytree(original, folder, dirs_exist_ok=True)
        return
    signed: Signed | None = None
    if hand:
        assert approval.number is not None
        now = datetime.now(VIETNAM).replace(microsecond=0)
        signed = hand.sign(files, notation(approval.number, approval.symbol), now)
    manifest = _manifest(approval, files, signed)
    for name, content in {**files, **(signed.files if signed else {}), MANIFEST: manifest}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)


def _manifest(approval: Approval, files: Mapping[str, bytes], signed: "Signed | None" = None) -> bytes:
    """What is published, with the hash of every file; of a signed one also that of the bytes that were signed."""
    assert approval.number is not None
    assert approval.day is not None
    values: dict[str, Any] = {
        "format": _FORMAT,
        "year": approval.year,
        "snapshot": approval.snapshot_sha256,
        "decision": {
            "notation": notation(approval.number, approval.symbol),
            "date": approval.day.isoformat(),
            "replaces": approval.replaces or None,
        },
        "files": {name: _entry(content) for name, content in sorted(files.items())},
    }
    if signed:
        values["signing"] = {"at": signed.at.isoformat()}
        for name, content in signed.files.items():
            before = _entry(files[name])
            unsigned = {"unsigned_sha256": before["sha256"], "unsigned_size": before["size"]}
            values["files"][name] = _entry(content) | unsigned
    return _manifest_bytes(values)


def _entry(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def _manifest_bytes(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def before_signing(manifest: bytes) -> bytes:
    """The manifest as it would be without signatures; nothing where it cannot be read."""
    try:
        values = json.loads(manifest)
        values.pop("signing", None)
        for entry in values["files"].values():
            if "unsigned_sha256" in entry:
                entry.update(sha256=entry.pop("unsigned_sha256"), size=entry.pop("unsigned_size"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return b""
    return _manifest_bytes(values)


def _pdfs(province: Path, frozen: Frozen, decision: Decision, day: date, workers: int) -> dict[str, bytes]:
    templates, images = province / _TEMPLATES, province / _IMAGES
    created = datetime.combine(day, time(), VIETNAM)
    try:
        qr = _code_of_results(frozen, decision)
        documents = publication_documents(frozen, decision, templates if templates.is_dir() else None, qr)
        return render_all(documents, frozen.sha256, created, workers, (images,) if images.is_dir() else ())
    except TemplateError as error:
        place = f"{getattr(error, 'name', None) or 'mẫu văn bản'}"
        raise refusal(
            f"{_TEMPLATES}/{place}",
            f"mẫu văn bản có lỗi ({error.message})",
            f"Sửa mẫu trong thư mục {_TEMPLATES}/ của tỉnh",
            getattr(error, "lineno", None) or 0,
        ) from error
    except RenderingError as error:
        remedy = "Kiểm tra tên đơn vị, hình ảnh, mẫu văn bản và phông chữ của máy"
        raise refusal("văn bản PDF", f"không kết xuất được: {error}", remedy) from error


def _code_of_results(frozen: Frozen, decision: Decision) -> str | None:
    """The QR code that leads to the results on the web, where the province has an address and the decision a number."""
    if decision.number is None:
        return None
    address = results_address(frozen.config, frozen.round.year, notation(decision.number, decision.symbol))
    return qr_svg(address) if address else None


def _signer(config: ProvinceConfig, id: str | None) -> Signer:
    try:
        return config.signer(id)
    except KeyError:
        known = ", ".join(signer.id for signer in config.signers) or "chưa khai báo"
        remedy = f"Dùng một trong: {known}; nếu vừa sửa province.yaml thì chạy lại cchc evaluate"
        raise refusal("province.yaml", f"không có người ký “{id}”", remedy) from None


def _cited(approval: Approval, config: ProvinceConfig) -> str:
    """A decision as another one cites it. Source: domain/3-document-format-nd30.md, 3.2 (full citation)."""
    assert approval.number is not None
    assert approval.day is not None
    return (
        f"Quyết định số {notation(approval.number, approval.symbol)} {vietnamese_date(approval.day)} "
        f"của {config.issued_by.name}"
    )


def verify_folder(folder: Path) -> list[Finding]:
    """Recompute every hash of a published folder.

    Returns:
        What is wrong: missing, changed and foreign files, a signed file that does not begin with what was approved, an
        unreadable manifest; nothing when all is as published.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        listed: dict[str, dict[str, Any]] = manifest["files"]
        snapshot = str(manifest["snapshot"])
        expected = {_inside(name): (str(entry["sha256"]), int(entry["size"])) for name, entry in listed.items()}
        approved = {
            name: (str(entry["unsigned_sha256"]), int(entry["unsigned_size"]))
            for name, entry in listed.items()
            if "unsigned_sha256" in entry
        }
        str(manifest["decision"]["notation"]), date.fromisoformat(manifest["decision"]["date"])
    except FileNotFoundError:
        return [Finding(MANIFEST, 0, f"không có tệp này trong {folder}", "Chỉ đúng thư mục đã công bố")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [Finding(MANIFEST, 0, "không đọc được", "Lấy lại bản gốc của thư mục công bố")]
    findings: list[Finding] = []
    for name, (sha256, size) in sorted(expected.items()):
        file = folder / name
        if not file.is_file():
            findings.append(Finding(name, 0, "thiếu tệp", "Lấy lại bản gốc của thư mục công bố"))
            continue
        content = file.read_bytes()
        if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
            findings.append(Finding(name, 0, "tệp đã bị thay đổi sau khi công bố", "Lấy lại bản gốc"))
        elif name in approved and hashlib.sha256(content[: approved[name][1]]).hexdigest() != approved[name][0]:
            findings.append(Finding(name, 0, "nội dung được ký không phải bản đã phê duyệt", "Lấy lại bản gốc"))
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name not in expected and name != MANIFEST:
            findings.append(Finding(name, 0, "tệp không thuộc bản công bố", "Chuyển tệp này đi nơi khác"))
    if "snapshot.json" in expected and expected["snapshot.json"][0] != snapshot:
        findings.append(Finding("snapshot.json", 0, "không phải bản kết quả đã phê duyệt", "Lấy lại bản gốc"))
    return findings


def _inside(name: str) -> str:
    """A file's name in a manifest, which must not lead out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(name)
    return name


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder that was verified."""
    values: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return values


def manifest_findings(folder: Path, storage: Storage) -> list[Finding]:
    """Whether the folder's manifest is one that this province's database knows as published."""
    sha256 = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    with storage.reading() as session:
        known = session.exec(select(Publication).where(Publication.manifest_sha256 == sha256)).first()
    if known:
        return []
    return [Finding(MANIFEST, 0, "cơ sở dữ liệu không ghi nhận bản công bố này", "Đối chiếu với bản lưu của Sở Nội vụ")]


def replaced_by(manifest: Mapping[str, Any], storage: Storage) -> str:
    """The published decision that replaces the one of a manifest, as printed; empty while it is in force."""
    with storage.reading() as session:
        later = session.exec(
            select(Approval)
            .join(Publication)
            .where(Approval.year == manifest["year"], Approval.replaces == manifest["decision"]["notation"])
        ).first()
        return _named(later) if later else ""
