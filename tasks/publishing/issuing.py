"""A snapshot + a person's approval → an immutable folder: the decision with its annexes, open data, manifest.

What is published is exactly what was approved: the folder is made from the snapshot alone, and a published round is
never published again with other content, unless a correction names the decision it replaces. Where keys are set, what
was approved is signed after the approval is recorded and before the folder is moved to its place. Reports of periods
go the same way (tasks/publishing/periods.py). Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18;
domain/3-document-format-nd30.md, 3.5.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jinja2 import TemplateError
from sqlmodel import select

from models.findings import refusal
from models.notation import notation
from models.province.config import ProvinceConfig, Signer
from models.records.snapshots import Frozen, results_in
from models.records.storage import Storage
from models.records.tables import Approval, Publication, Snapshot
from models.settings import Settings, SigningSettings
from models.working_days import VIETNAM
from tasks.documents.metadata import METADATA
from tasks.documents.publication import metadata_beside, publication_documents
from tasks.documents.qr_code import qr_svg, results_address
from tasks.publishing.approvals import (
    Numbering,
    Paper,
    approval_of,
    cited,
    other_edition,
    published_edition,
    record_approval,
    record_publication,
    replaced_approval,
    snapshot_to_publish,
)
from tasks.publishing.exporting import FORMATS, results_in_format
from tasks.publishing.folders import (
    MANIFEST,
    SNAPSHOT,
    fill,
    manifest_in,
    manifest_of,
    move,
    occupied,
    read_manifest,
    refuse_foreign_folder,
    refuse_other_content,
    remove_abandoned,
)
from tasks.recording.snapshots import newest_snapshot
from tasks.rendering.letterhead import Decision
from tasks.rendering.pdf import Document, RenderingError, render_all

if TYPE_CHECKING:
    from tasks.publishing.signing import Hand

Desk = Callable[[Approval, Mapping[str, bytes]], "AbstractContextManager[Hand | None]"]
_IMAGES = "images"
_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Published:
    """A published folder. `new` is False when it was there already, `signed` whether its decision bears signatures."""

    folder: Path
    notation: str
    manifest_sha256: str
    new: bool
    signed: bool


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
    frozen = results_in(snapshot)
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
    from tasks.publishing.signing import is_annex, is_decision

    if out.exists() and any(out.iterdir()):
        raise occupied(out)
    with storage.reading() as session:
        snapshot = snapshot_to_publish(session, year, numbering)
        approval = approval_of(session, storage.user, decision_paper(province, snapshot, workers), numbering, "command")
        replaced = replaced_approval(session, approval)
    frozen = results_in(snapshot)
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
    frozen = results_in(snapshot)
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
    """Approve a snapshot of a round and write the folder of its decision; see `publish_paper`.

    Args:
        province: the province folder; its templates/ and images/ are used where it has them.
        storage: where approval and publication are recorded.
        snapshot: what is approved.
        numbering: number, date, signer and replaced decision, as a person gave them.
        out: the folder to be; empty or not there, or the same publication.
        workers: how many processes render.
        via: through what the person spoke: `command` or `prefect`.
        signing: the keys, or a folder with the files signed elsewhere; the decision stays unsigned without either.
    """

    def desk(approval: Approval, files: Mapping[str, bytes]) -> "AbstractContextManager[Hand | None]":
        return _hand(signing, province, snapshot, approval, files)

    return publish_paper(decision_paper(province, snapshot, workers), storage, numbering, out, via, desk)


def publish_paper(
    paper: Paper, storage: Storage, numbering: Numbering, out: Path, via: str, desk: Desk | None = None
) -> Published:
    """Approve a paper and write its folder; the same again changes nothing, and of two at once one wins.

    The folder is made beside its place first, and keys are tried, so a number is taken only by a document that can be
    printed and signed; then the approval is recorded, the documents are signed, the folder moved to its place whole,
    and the publication recorded. Killed in between, the same call finishes the work.

    Args:
        paper: what is approved, and how its files are made.
        storage: where approval and publication are recorded.
        numbering: number, date, signer and replaced document, as a person gave them.
        out: the folder to be; empty or not there, or the same publication.
        via: through what the person spoke: `command` or `prefect`.
        desk: who signs an approved publication; nobody without it.

    Raises:
        RefusedError: it is published with other content, the number is taken, the replaced document is not known,
            something else lies in the folder, or the documents cannot be rendered or signed.
    """
    out = out.resolve()
    refuse_foreign_folder(out)
    with storage.reading() as session:
        approval = approval_of(session, storage.user, paper, numbering, via)
        replaced = replaced_approval(session, approval)
    remove_abandoned(out)
    staging = out.with_name(f".{out.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        files = paper.files(approval, replaced)
        edition = manifest_of(approval, files)
        with storage.reading() as session:
            original = published_edition(session, approval, out, edition)
        refuse_other_content(out, edition)
        is_there = (out / MANIFEST).exists()
        with desk(approval, files) if desk and not original and not is_there else nullcontext() as hand:
            approval_id = record_approval(storage, paper, numbering, via)
            if not is_there:
                fill(staging, original, approval, files, hand)
        new = not is_there and move(staging, out, edition)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    sha256 = hashlib.sha256(manifest_in(out)).hexdigest()
    published = record_publication(storage, approval_id, paper.snapshot, out, sha256)
    if published.manifest_sha256 != sha256:
        _withdraw(out, new, published)
    return Published(out, notation(numbering.number, approval.symbol), sha256, new, "signing" in read_manifest(out))


def decision_paper(province: Path, snapshot: Snapshot, workers: int) -> Paper:
    """The decision that publishes the index of a round."""
    config, year = results_in(snapshot).config, snapshot.year
    return Paper(
        snapshot=snapshot,
        symbol=config.symbols.decision,
        earliest=date(year, 1, 1),
        too_early="trước năm của chỉ số",
        command=f"cchc publish {year}",
        state=f"cchc status {year}",
        signer=lambda id: _signer(config, id),
        files=lambda approval, replaced: _files(province, snapshot, approval, replaced, workers),
    )


def _withdraw(out: Path, new: bool, published: Publication) -> NoReturn:
    """Take back what was signed while somebody else published the same, signed too, in another place."""
    if new:
        shutil.rmtree(out)
    raise other_edition(published)


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
    from tasks.publishing.signed_elsewhere import take_signed
    from tasks.publishing.signing import open_desk
    from tasks.publishing.trust import trust_of

    trust = trust_of(Settings(), province)
    if isinstance(signing, Path):
        yield take_signed(signing, files, trust)
        return
    config = results_in(snapshot).config
    with open_desk(signing, province, config, _signer(config, approval.signer), trust) as desk:
        yield desk


def _files(
    province: Path, snapshot: Snapshot, approval: Approval, replaced: Approval | None, workers: int
) -> dict[str, bytes]:
    """Every file of the publication but the manifest, before signing: the same bytes on every run."""
    frozen = results_in(snapshot)
    assert approval.day is not None
    decision = _decision(frozen, approval, replaced)
    pdfs = _pdfs(province, frozen, decision, approval.day, workers)
    return {
        **pdfs,
        METADATA: metadata_beside(frozen.config, decision, pdfs),
        **{f"results.{form}": results_in_format(frozen, snapshot.sha256, "published", form) for form in FORMATS},
        SNAPSHOT: snapshot.body,
    }


def _decision(frozen: Frozen, approval: Approval, replaced: Approval | None) -> Decision:
    """The numbering of an approved decision."""
    return Decision(
        approval.number,
        approval.day,
        approval.symbol,
        _signer(frozen.config, approval.signer),
        replaces=cited(replaced, frozen.config.issued_by.name) if replaced else None,
    )


def _pdfs(province: Path, frozen: Frozen, decision: Decision, day: date, workers: int) -> dict[str, bytes]:
    qr = _code_of_results(frozen, decision)

    def documents(templates: Path | None) -> Sequence[Document]:
        return publication_documents(frozen, decision, templates, qr)

    return printed_documents(province, documents, frozen.sha256, day, workers)


def printed_documents(
    province: Path, documents: Callable[[Path | None], Sequence[Document]], identifier: str, day: date, workers: int
) -> dict[str, bytes]:
    """Documents as PDFs with the province's own templates and images.

    Args:
        province: the province folder.
        documents: what is printed, made with the templates of a folder.
        identifier: what the documents were made from.
        day: the day that the files carry.
        workers: how many processes render.

    Raises:
        RefusedError: a template is broken, or something cannot be printed.
    """
    templates, images = province / _TEMPLATES, province / _IMAGES
    created = datetime.combine(day, time(), VIETNAM)
    try:
        made = documents(templates if templates.is_dir() else None)
        return render_all(made, identifier, created, workers, (images,) if images.is_dir() else ())
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
