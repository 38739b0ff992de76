"""A paper + a person's approval → an immutable folder: its documents, what it was made from, data, manifest.

What is published is exactly what was approved: the folder is made from the snapshot alone, and a published paper is
never published again with other content, unless a correction names the one it replaces. Where keys are set, what was
approved is signed after the approval is recorded and before the folder is moved to its place.
Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from sqlmodel import Session

from models.findings import Finding, refusal
from models.notation import notation
from models.records.storage import Storage
from models.records.tables import Approval, Publication
from models.settings import Settings, SigningSettings, var_folder
from tasks.publishing.approvals import (
    Numbering,
    approval_link,
    approval_of,
    other_edition,
    publication_of,
    published_edition,
    record_approval,
    record_publication,
    replaced_approval,
)
from tasks.publishing.contents import Signing
from tasks.publishing.folders import (
    MANIFEST,
    RecordedApproval,
    fill,
    manifest_in,
    manifest_of,
    move,
    occupied,
    read_manifest,
    refuse_foreign_folder,
    refuse_other_content,
    remove_abandoned,
    signing_in,
)
from tasks.publishing.papers import Paper, word_draft_of

if TYPE_CHECKING:
    from tasks.publishing.signing import Hand


@dataclass(frozen=True, slots=True)
class Published:
    """A published folder. `new` is False when it was there already, `signed` whether its paper bears signatures."""

    folder: Path
    notation: str
    manifest_sha256: str
    new: bool
    signed: bool


def draft_folder(paper: Paper) -> Path:
    """Where the draft of a paper lies that a person is asked about."""
    return var_folder(paper.province) / "drafts" / f"{paper.name}-{paper.snapshot.sha256[:12]}"


class DraftedFile(NamedTuple):
    """A document of a draft: the name of its PDF, and of the Word file beside it, empty where it has none."""

    name: str
    word: str


class DraftWritten(NamedTuple):
    """The files of a draft, the paper itself first; and what could not be drafted as Word."""

    paths: list[Path]
    findings: list[Finding]


def drafted_files(province: Path, snapshot: str) -> list[DraftedFile]:
    """The documents of what was drafted from a snapshot, in order; none where nothing was.

    Args:
        province: the province folder.
        snapshot: its SHA-256.
    """
    paths = drafted_paths(province, snapshot)
    words = {name: path.with_name(word_draft_of(name)) for name, path in paths.items()}
    return [DraftedFile(name, word.name if word.is_file() else "") for name, word in words.items()]


def drafted_paths(province: Path, snapshot: str) -> dict[str, Path]:
    """The PDFs of the same documents by name, in order, with where they lie."""
    folders = (var_folder(province) / "drafts").glob(f"*-{snapshot[:12]}")
    return {path.name: path for path in sorted(path for folder in folders for path in folder.glob("*.pdf"))}


def draft(paper: Paper, out: Path, signer: str | None = None) -> DraftWritten:
    """Write a paper before numbering, as PDF and as Word: with blanks for number and date, each page marked DỰ THẢO.

    Raises:
        RefusedError: province.yaml has no such signer, a publication lies in the folder, or the documents cannot be
            rendered.
    """
    if (out / MANIFEST).exists():
        raise refusal(str(out), "thư mục là bản đã công bố, không ghi đè được", "Chọn thư mục --out khác cho dự thảo")
    made = paper.drafted(paper.draft(signer))
    for name in made.files:
        (out / word_draft_of(name)).unlink(missing_ok=True)  # of an earlier draft, where this one has none
    return DraftWritten(_written(out, made.files), made.findings)


def write_for_signature(paper: Paper, storage: Storage, numbering: Numbering, out: Path) -> list[Path]:
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
        approval = approval_of(session, storage.user, paper, numbering, "command")
        replaced = replaced_approval(session, approval)
    files = paper.files(approval, replaced, Signing.ELSEWHERE)
    return _written(out, {name: content for name, content in files.items() if is_decision(name) or is_annex(name)})


def _written(out: Path, files: Mapping[str, bytes]) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    return [out / name for name in files]


def publish(
    paper: Paper,
    storage: Storage,
    numbering: Numbering,
    out: Path,
    via: str,
    signing: SigningSettings | Path | None = None,
) -> Published:
    """Approve a paper and write its folder; the same again changes nothing, and of two at once one wins.

    The folder is made beside its place first, and keys are tried, so a number is taken only by a document that can be
    printed and signed; then the approval is recorded, the documents are signed, the folder moved to its place whole,
    and the publication recorded. Killed in between, the same call finishes the work.

    Args:
        paper: what is approved.
        storage: where approval and publication are recorded.
        numbering: number, date, signer and replaced paper, as a person gave them.
        out: the folder to be; empty or not there, or the same publication.
        via: through what the person spoke: `command` or `prefect`.
        signing: the keys, or a folder with the files signed elsewhere; the paper stays unsigned without either.

    Raises:
        RefusedError: it is published with other content, the number is taken, the replaced paper is not known,
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
        with storage.reading() as session:
            signs = _who_signs(session, paper, approval, out, signing)
            files = paper.files(approval, replaced, signs)
            edition = manifest_of(approval, files, RecordedApproval(signs))
            original = published_edition(session, approval, out, edition, paper.province)
        refuse_other_content(out, edition)
        is_there = (out / MANIFEST).exists()
        with _hand(None if original or is_there else signing, paper, approval, files) as hand:
            approval_id = record_approval(storage, paper, numbering, via)
            if not is_there:
                recorded = RecordedApproval(signs, approval_link(storage, approval_id))
                fill(staging, original, approval, files, recorded, hand)
        new = not is_there and move(staging, out, edition)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    sha256 = hashlib.sha256(manifest_in(out)).hexdigest()
    published = record_publication(storage, approval_id, paper.snapshot, out, sha256)
    if published.manifest_sha256 != sha256:
        _withdraw(out, new, published)
    return Published(out, notation(numbering.number, approval.symbol), sha256, new, "signing" in read_manifest(out))


def _who_signs(
    session: Session, paper: Paper, approval: Approval, out: Path, signing: SigningSettings | Path | None
) -> Signing:
    """As it was published before, else as the settings have it."""
    published = publication_of(session, approval)
    for folder in (out, *([paper.province / published.folder] if published else [])):
        if manifest := manifest_in(folder):
            return signing_in(manifest)
    if isinstance(signing, Path):
        return Signing.ELSEWHERE if paper.signed_here else Signing.NOBODY
    return Signing.HERE if signing and signing.is_set and paper.signed_here else Signing.NOBODY


def _withdraw(out: Path, new: bool, published: Publication) -> NoReturn:
    """Take back what was signed while somebody else published the same, signed too, in another place."""
    if new:
        shutil.rmtree(out)
    raise other_edition(published)


@contextmanager
def _hand(
    signing: SigningSettings | Path | None, paper: Paper, approval: Approval, files: Mapping[str, bytes]
) -> "Iterator[Hand | None]":
    """Who signs, ready while an approval is recorded and carried out; nobody where nothing is signed."""
    unset = isinstance(signing, SigningSettings) and not signing.is_set
    if signing is None or unset or not paper.signed_here:
        yield None
        return
    from tasks.publishing.signed_elsewhere import take_signed
    from tasks.publishing.signing import open_desk
    from tasks.publishing.trust import trust_of

    trust = trust_of(Settings(), paper.province)
    if isinstance(signing, Path):
        yield take_signed(signing, files, trust)
        return
    with open_desk(signing, paper.province, paper.config, paper.signed_by(approval.signer), trust) as desk:
        yield desk
