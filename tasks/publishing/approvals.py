"""A person's word on a snapshot: approved with number, date and signer, or refused; and what was published of it.

One table of approvals serves the decision on the index of a year (period "") and the reports of periods: numbers are
given once a symbol and year whichever paper they are of, and each is approved once, but for corrections.
Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.findings import Action, Finding, RefusedError, refusal
from models.notation import notation
from models.records.journal import link_of
from models.records.procedure import Submission
from models.records.storage import Storage
from models.records.tables import Approval, Publication, Snapshot
from tasks.publishing.folders import MANIFEST, before_signing, issued, linked_manifest, manifest_in, verify_folder
from tasks.publishing.gate import GatePoint, accepted_of
from tasks.publishing.kinds import kind_of, told
from tasks.publishing.papers import Paper
from tasks.recording.snapshots import newest_snapshot

_HIGHEST_NUMBER = 99_999


@dataclass(frozen=True, slots=True)
class Numbering:
    """What a person gives a document: number, date, signer, and for a correction the document it replaces.

    Attributes:
        signer: id of a signer in province.yaml, None for the first one.
        replaces: number and symbol as printed, e.g. `12/QĐ-UBND`; empty for the first one of a round or period.
        submission: number and day of the submission that a decision follows; a decision is refused without.
        reasons: why what is grave is accepted, by the code of the point (`tasks/publishing/gate.py`).
    """

    number: int
    day: date
    signer: str | None = None
    replaces: str = ""
    submission: Submission | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


def approval_of(session: Session, user: str, paper: Paper, numbering: Numbering, via: str) -> Approval:
    """The approval as recorded before, or a new one that may be recorded.

    Raises:
        RefusedError: it was approved otherwise, cannot bear this number, or the gate does not let it pass.
    """
    snapshot, signer = paper.snapshot, paper.signed_by(numbering.signer)
    known = session.exec(
        select(Approval).where(
            Approval.year == snapshot.year,
            Approval.period == snapshot.period,
            Approval.replaces == numbering.replaces,
            Approval.verdict == "approved",
        )
    ).first()
    if known is None:
        _refuse_number(session, paper, numbering)
        approval = _new_approval(user, paper, numbering, via)
        points = paper.gate(paper.numbered(approval, replaced_approval(session, approval)))
        approval.accepted = [one.as_row() for one in accepted_of(points, numbering.reasons, paper.told)]
        return approval
    if not _same_approval(known, snapshot, numbering) or paper.signed_by(known.signer) != signer:
        published = publication_of(session, known)
        raise _already_published(known) if published else _approved_otherwise(known, paper.publishing)
    return known


def points_before(paper: Paper, numbering: Numbering, user: str) -> Sequence[GatePoint]:
    """What the gate finds of a paper with this numbering, accepted or not.

    Raises:
        RefusedError: there is no such signer, or a template is broken.
    """
    return paper.gate(paper.numbered(_new_approval(user, paper, numbering, ""), None))


def snapshot_to_publish(session: Session, year: int, numbering: Numbering, period: str = "") -> Snapshot:
    """What a person means who publishes: an approved publication that was cut short, else the newest result.

    Raises:
        RefusedError: the round was never evaluated, or the report of the period never drafted.
    """
    unfinished = session.exec(
        select(Approval)
        .join(Publication, isouter=True)
        .where(Approval.year == year, Approval.period == period, Approval.replaces == numbering.replaces)
        .where(Approval.number == numbering.number, Approval.day == numbering.day, Approval.verdict == "approved")
        .where(col(Publication.id).is_(None))
    ).first()
    if unfinished:
        return session.get_one(Snapshot, unfinished.snapshot_sha256)
    return newest_snapshot(session, year, period)


def refuse_approval(storage: Storage, snapshot: Snapshot, reason: str, via: str) -> None:
    """Record that a person refused a snapshot, and why."""
    with storage.writing() as session:
        session.add(
            Approval(
                year=snapshot.year,
                period=snapshot.period,
                snapshot_sha256=snapshot.sha256,
                verdict="refused",
                reason=reason,
                decided_by=storage.user,
                decided_at=datetime.now(UTC),
                via=via,
            )
        )


def record_approval(storage: Storage, paper: Paper, numbering: Numbering, via: str) -> int:
    """Record that a person approved a paper, unless the same was recorded before; returns the approval's id.

    Raises:
        RefusedError: somebody approved something else meanwhile.
    """
    try:
        with storage.writing() as session:
            approval = approval_of(session, storage.user, paper, numbering, via)
            session.add(approval)
            session.flush()
            assert approval.id is not None
            return approval.id
    except IntegrityError as error:
        raise refusal(
            paper.told, "một phê duyệt khác vừa được ghi nhận", "Xem lại tình trạng", action=paper.state
        ) from error


def published_edition(session: Session, approval: Approval, out: Path, edition: bytes, province: Path) -> Path | None:
    """The folder that has this document signed already, to be copied; None where it was not published or not signed.

    A document has one edition: the same snapshot on other templates, images or fonts gives other bytes. Signatures are
    never the same twice, so that of a signed one is told by the hashes of what was signed.

    Raises:
        RefusedError: it was published with other bytes, or signed and its folder is gone.
    """
    published = publication_of(session, approval)
    if (
        published is None
        or published.manifest_sha256 == hashlib.sha256(_linked(session, approval, edition)).hexdigest()
    ):
        return None
    for folder in (out, province / published.folder):
        manifest = manifest_in(folder)
        if manifest and hashlib.sha256(manifest).hexdigest() == published.manifest_sha256:
            if before_signing(manifest) == edition and not verify_folder(folder):
                return folder
            break
    raise other_edition(published)


def _linked(session: Session, approval: Approval, edition: bytes) -> bytes:
    """An unsigned manifest as it is once its approval is recorded."""
    link = link_of(session.connection(), "approval", approval.id or 0)
    return linked_manifest(edition, link or "")


def approval_link(storage: Storage, approval_id: int) -> str:
    """The link of the journal that an approval is recorded in: its head when the publication was decided."""
    with storage.reading() as session:
        return link_of(session.connection(), "approval", approval_id) or ""


def other_edition(published: Publication) -> RefusedError:
    """What was published already is not what would be published now."""
    return refusal(
        told(published),
        f"bản kết xuất lần này khác bản đã công bố tại {published.folder}"
        " (mẫu văn bản, hình ảnh, phông chữ, chữ ký số hoặc phiên bản chương trình đã thay đổi)",
        "Sao lại thư mục đã công bố thay vì công bố lần nữa",
    )


def publication_of(session: Session, approval: Approval) -> Publication | None:
    """What was published after an approval."""
    return session.exec(select(Publication).where(Publication.approval_id == approval.id)).first()


def record_publication(
    storage: Storage, approval_id: int, snapshot: Snapshot, folder: Path, manifest_sha256: str
) -> Publication:
    """The publication of an approval: as recorded before, else recorded now."""
    with storage.writing() as session:
        published = session.exec(select(Publication).where(Publication.approval_id == approval_id)).first()
        if published is None:
            published = Publication(
                approval_id=approval_id,
                year=snapshot.year,
                period=snapshot.period,
                folder=storage.place_told(folder),
                manifest_sha256=manifest_sha256,
                published_at=datetime.now(UTC),
                published_by=storage.user,
            )
            session.add(published)
            session.flush()
        session.refresh(published)
        session.expunge(published)
        return published


def _same_approval(known: Approval, snapshot: Snapshot, numbering: Numbering) -> bool:
    submission = (known.submission_number, known.submission_day)
    given = numbering.submission or (None, None)
    return (known.snapshot_sha256, known.number, known.day, *submission) == (
        snapshot.sha256,
        numbering.number,
        numbering.day,
        *given,
    )


def _named(known: Approval) -> str:
    assert known.number is not None
    assert known.day is not None
    return f"{kind_of(known.period).noun} số {notation(known.number, known.symbol)} ngày {known.day:%d/%m/%Y}"


def _approved_otherwise(known: Approval, publishing: Action) -> RefusedError:
    given = f"người ký {known.signer}" if known.signer else ""
    given += f"{', ' if given else ''}thay thế {known.replaces}" if known.replaces else ""
    if known.submission_number and known.submission_day:
        given += f"{', ' if given else ''}tờ trình số {known.submission_number} ngày {known.submission_day:%d/%m/%Y}"
    return refusal(
        told(known),
        f"kết quả đã được phê duyệt bằng {_named(known)} nhưng chưa công bố xong",
        f"Công bố với đúng số và ngày ấy{f' ({given})' if given else ''}",
        action=publishing,
    )


def _already_published(known: Approval) -> RefusedError:
    assert known.number is not None
    said, kind = _named(known), kind_of(known.period).noun.lower()
    if known.replaces:
        return refusal(told(known), f"{known.replaces} đã được thay thế bằng {said}", f"Nêu đúng {kind} cần thay thế")
    return refusal(
        told(known),
        f"kết quả đã được phê duyệt, công bố bằng {said}; nội dung lần này khác",
        f"Nếu là đính chính nội dung, ban hành {kind} mới với --replaces {notation(known.number, known.symbol)}",
    )


def _refuse_number(session: Session, paper: Paper, numbering: Numbering) -> None:
    """A number is used once a year and symbol; a correction replaces a document that was published.

    No document is older than what it is about.
    Source: Nghị định 30/2020/NĐ-CP, Điều 15.1, annex VI (warning on a duplicate number).
    """
    about, kind = paper.told, paper.kind.noun.lower()
    if numbering.number > _HIGHEST_NUMBER:
        raise refusal(about, f"số {numbering.number} không phải là số của {kind}", "Ghi số từ 1 đến 99999")
    if numbering.day < paper.earliest:
        what = f"ngày ký {numbering.day:%d/%m/%Y} {paper.too_early}"
        raise refusal(about, what, f"Ghi ngày từ {paper.earliest:%d/%m/%Y} trở đi")
    taken = session.exec(
        select(Approval).where(
            Approval.symbol == paper.symbol,
            Approval.number == numbering.number,
            Approval.number_year == numbering.day.year,
            Approval.verdict == "approved",
        )
    ).first()
    if taken:
        of = f"báo cáo kỳ {taken.period}" if taken.period else f"kết quả năm {taken.year}"
        what = f"đã dùng trong năm {numbering.day.year} cho {of}"
        raise refusal(f"số {notation(numbering.number, paper.symbol)}", what, "Lấy số khác")
    _refuse_replaced(session, paper, numbering.replaces)


def _refuse_replaced(session: Session, paper: Paper, replaces: str) -> None:
    """Only a published document of the same round or period is replaced."""
    of_same = select(Approval).join(Publication).where(Approval.year == paper.snapshot.year)
    published = [
        notation(approval.number, approval.symbol)
        for approval in session.exec(of_same.where(Approval.period == paper.snapshot.period).order_by(col(Approval.id)))
        if approval.number is not None
    ]
    if replaces and replaces not in published:
        kind = paper.kind.noun.lower()
        known = ", ".join(published) or f"chưa có {kind} nào được công bố"
        raise refusal(paper.told, f"không có {kind} {replaces} để thay thế", f"Đã công bố: {known}")


def _new_approval(user: str, paper: Paper, numbering: Numbering, via: str) -> Approval:
    return Approval(
        year=paper.snapshot.year,
        period=paper.snapshot.period,
        snapshot_sha256=paper.snapshot.sha256,
        verdict="approved",
        symbol=paper.symbol,
        number=numbering.number,
        number_year=numbering.day.year,
        day=numbering.day,
        signer=numbering.signer,
        replaces=numbering.replaces,
        submission_number=numbering.submission.number if numbering.submission else None,
        submission_day=numbering.submission.day if numbering.submission else None,
        decided_by=user,
        decided_at=datetime.now(UTC),
        via=via,
    )


def replaced_approval(session: Session, approval: Approval) -> Approval | None:
    """The earlier approval that this one replaces."""
    if not approval.replaces:
        return None
    earlier = session.exec(
        select(Approval)
        .where(Approval.year == approval.year, Approval.period == approval.period, Approval.verdict == "approved")
        .order_by(col(Approval.id))
    )
    return next((one for one in earlier if one.number and notation(one.number, one.symbol) == approval.replaces), None)


def manifest_findings(folder: Path, storage: Storage) -> list[Finding]:
    """Whether the folder's manifest is one that this province's database knows as published."""
    sha256 = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    with storage.reading() as session:
        known = session.exec(select(Publication).where(Publication.manifest_sha256 == sha256)).first()
    if known:
        return []
    return [Finding(MANIFEST, 0, "cơ sở dữ liệu không ghi nhận bản công bố này", "Đối chiếu với bản lưu của Sở Nội vụ")]


def replaced_by(manifest: Mapping[str, Any], storage: Storage) -> str:
    """The published document that replaces the one of a manifest, as printed; empty while it is in force."""
    with storage.reading() as session:
        later = session.exec(
            select(Approval)
            .join(Publication)
            .where(Approval.year == manifest["year"], Approval.period == manifest.get("period", ""))
            .where(Approval.replaces == issued(manifest)["notation"])
        ).first()
        return _named(later) if later else ""
