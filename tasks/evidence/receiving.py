"""Files that somebody sent for a unit → scanned, opened, kept and matched; each is taken or refused with a sentence.

An archive is taken apart: each of its files is one of these. All that is sent at once is recorded in one transaction,
whole or not at all. The bytes of what is refused are not kept: its hash and the reason are.
"""

import hashlib
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, select

from models.criteria.sets import CriteriaSet, Source
from models.findings import Finding, RefusedError, refusal
from models.forms.descriptions import FormIdentity, FormKind
from models.province.folder import Province
from models.records.entries import EvidenceEntry
from models.records.evidence import OpenedEvidence, UnopenedEvidence
from models.records.storage import Storage
from models.records.submissions import storable
from models.records.tables import EvidenceFile
from models.settings import Settings
from models.units import Unit
from models.wording import unaccented
from tasks.evidence.matching import Match, Matched, matched
from tasks.evidence.scanning import Scan, ScannerError, scanner_at
from tasks.intake.judging import day_of, is_late, locked
from tasks.reading.file_names import shown_name
from tasks.reading.isolation import NoChildrenError
from tasks.reading.kept_evidence import is_archive, opened, packed_file, packed_files
from tasks.recording.evidence_files import record_file, record_links
from tasks.recording.extensions import with_granted
from tasks.recording.snapshots import published_years
from tasks.recording.versions import current_evidence

LAID_IN = ".evidence-"
"""How the folders in var/ are called in which files lie while they are judged."""

_LONGEST = 6 * 3600.0  # seconds
_MEGABYTE = 2**20
_PIECE = 2**20
_STEPS = (FormKind.SELF_ASSESSMENT, FormKind.EXPLANATION)
_LATER = "Gửi lại sau ít phút; nếu vẫn vậy thì báo người quản trị"
_FULL = "Giảm độ phân giải hoặc gộp các tệp, hoặc đề nghị người quản trị nâng giới hạn"
_VIRUS = "Quét vi-rút máy đã lập tệp, lập lại tệp rồi gửi"


class SentFile(NamedTuple):
    """A file as it was sent: its name, with folders where it has any, and where its bytes lie meanwhile."""

    name: str
    path: Path


class Taken(NamedTuple):
    """What became of one file.

    Attributes:
        name: fit to be shown.
        file: its number, None where it was not taken.
        components: the criteria that it proves by its name or by the unit's form; empty where a person has to say.
        is_known: whether the unit had sent these bytes before.
        what, remedy: why it was not taken, and what to do; empty where it was.
        is_final: whether that stays so; False where the same file may be taken a little later.
    """

    name: str
    file: int | None
    components: tuple[str, ...] = ()
    is_known: bool = False
    what: str = ""
    remedy: str = ""
    is_final: bool = True

    @property
    def said(self) -> str:
        """What became of it, in a line."""
        if self.file is None:
            return f"{self.name}: KHÔNG NHẬN: {self.what}. {self.remedy}."
        proves = f"tiêu chí {', '.join(self.components)}" if self.components else "chưa rõ tiêu chí"
        return f"{self.name}: {'đã có từ trước' if self.is_known else 'đã nhận'}, {proves}"


@dataclass(frozen=True, slots=True)
class _Judged:
    """One file before it is recorded; `is_recorded` is False where nothing official became of it."""

    name: str
    sha256: str
    size: int
    found: OpenedEvidence | UnopenedEvidence
    is_recorded: bool = True


def provable(criteria_set: CriteriaSet, unit: Unit) -> dict[str, str]:
    """The codes and names of what a unit may prove: its leaves but surveyed ones, bonus and penalty items."""
    leaves = {
        leaf.code: leaf.name
        for leaf in criteria_set.leaves
        if leaf.source is not Source.SURVEY and leaf.applies_to(unit.code, unit.kind)
    }
    items = (*criteria_set.bonus_items.values(), *criteria_set.penalty_items.values())
    return leaves | {item.code: item.name for item in items if not item.not_applicable.excludes(unit.code, unit.kind)}


def why_closed(province: Province, storage: Storage, year: int, unit: str, now: datetime) -> tuple[Finding, ...]:
    """Why a unit may send no evidence now; nothing while it may send its self-assessment or its explanation.

    Raises:
        RefusedError: the round does not have this unit.
    """
    if year not in province.rounds or unit not in province.units_of_round(year):
        raise refusal(f"minh chứng {unit}", f"kỳ {year} không có đơn vị này", "Kiểm tra năm và mã đơn vị")
    province = with_granted(storage, province)
    with storage.reading() as session:
        published = published_years(session)
    code, day = province.config.form_code, day_of(now)
    why = [
        tuple(locked(province, FormIdentity(step, code, year, unit, ()), f"minh chứng {unit}", day, published))
        for step in _STEPS
    ]
    return () if not all(why) else why[0]


def receive_evidence(
    province: Province,
    storage: Storage,
    settings: Settings,
    year: int,
    unit: str,
    files: Sequence[SentFile],
    *,
    via: str,
    now: datetime,
    component: str = "",
) -> list[Taken]:
    """Take the files of a unit, one transaction for all.

    Args:
        province, storage: where; what is recorded bears the storage's user.
        settings: limits of size, and the scanner.
        year, unit: the round, and whose evidence it is.
        files: as they were sent.
        via: `desk`, `inbox` or `command`.
        now: the moment of their coming.
        component: the criterion that all of them prove; "" where their names say.

    Returns:
        What became of each, archives taken apart, in the order in which they were sent.

    Raises:
        RefusedError: no such unit, round or criterion, the round takes no evidence any more, or no file can be opened
            on this machine now; nothing is recorded.
    """
    codes = _provable_now(province, storage, year, unit, component, now)
    identity = FormIdentity(FormKind.SELF_ASSESSMENT, province.config.form_code, year, unit, ())
    late = is_late(with_granted(storage, province), identity, now)
    with storage.reading() as session:
        documents = current_evidence(session, year, [unit])
        room = settings.evidence_unit * _MEGABYTE - _size_held(session, year, unit)
    coming = _Coming(year, unit, via, now, storage.user, late, component, codes, documents)
    judged = _judge_all(storage, settings, files, room)
    with storage.writing() as session:
        return [coming.record(session, each) for each in judged]


def refuse_evidence(
    province: Province,
    storage: Storage,
    year: int,
    unit: str,
    file: SentFile,
    why: Finding,
    *,
    via: str,
    now: datetime,
) -> Taken:
    """Record that a file was not taken, unopened, because the unit may send no evidence now; the rest as above."""
    coming = _Coming(year, unit, via, now, storage.user, False, "", (), ())
    found = UnopenedEvidence(why.what, why.remedy)
    judged = _Judged(file.name, _sha256(file.path), file.path.stat().st_size, found)
    with storage.writing() as session:
        return coming.record(session, judged)


def _provable_now(
    province: Province, storage: Storage, year: int, unit: str, component: str, now: datetime
) -> Collection[str]:
    """The codes that a unit may prove now; see `receive_evidence` for what is refused."""
    if why := why_closed(province, storage, year, unit, now):
        raise RefusedError(list(why))
    described, group = province.units_of_round(year)[unit]
    codes = provable(province.criteria_sets[group.criteria_set], described)
    if component and component not in codes:
        raise refusal(f"minh chứng {unit}", f"đơn vị không có tiêu chí “{component}”", "Chọn trong danh sách tiêu chí")
    return codes


def _size_held(session: Session, year: int, unit: str) -> int:
    """How many bytes the files of a unit come to."""
    sizes = select(func.coalesce(func.sum(EvidenceFile.size), 0)).where(
        EvidenceFile.year == year, EvidenceFile.unit == unit, EvidenceFile.outcome == "accepted"
    )
    return int(session.exec(sizes).one())


@dataclass(frozen=True, slots=True)
class _Coming:
    """What all files that come together share."""

    year: int
    unit: str
    via: str
    now: datetime
    by: str
    late: bool
    component: str
    codes: Collection[str]
    documents: Sequence[EvidenceEntry]

    def record(self, session: Session, each: _Judged) -> Taken:
        """Write what became of a file, and what it proves."""
        name, found = shown_name(each.name), each.found
        if isinstance(found, UnopenedEvidence):
            if each.is_recorded:
                record_file(session, self._row(each, outcome="refused", why=storable(found.what)), "")
            return Taken(name, None, what=found.what, remedy=found.remedy, is_final=each.is_recorded)
        row = self._row(each, outcome="accepted", kind=found.kind.value, pages=found.pages)
        kept = record_file(session, row, storable(" ".join(unaccented(found.words).split())))
        assert kept.id is not None
        components, match = self._proves(each.name)
        record_links(session, kept.id, components, match, self.now, self.by)
        return Taken(name, kept.id, components, is_known=kept is not row and not self._is_again(kept, row))

    def _is_again(self, kept: EvidenceFile, row: EvidenceFile) -> bool:
        """Whether it is the very file that a killed run has recorded, and that lies in the inbox still."""
        came = kept.via == self.via == "inbox" and kept.received_at == self.now
        return came and kept.file_name == row.file_name

    def _row(self, each: _Judged, **became: Any) -> EvidenceFile:
        return EvidenceFile(
            year=self.year,
            unit=self.unit,
            sha256=each.sha256,
            file_name=storable(each.name),
            size=each.size,
            late=self.late,
            received_at=self.now,
            received_by=self.by,
            via=self.via,
            **became,
        )

    def _proves(self, name: str) -> Matched:
        if self.component:
            return Matched((self.component,), Match.PERSON)
        return matched(name, self.codes, self.documents) or Matched((), Match.NAME)


# --- one file after the other -----------------------------------------------------------------------------------------


def _judge_all(storage: Storage, settings: Settings, files: Sequence[SentFile], room: int) -> list[_Judged]:
    """Every file judged, and kept where it is taken and there is room for so many bytes more."""
    _remove_left(storage.var)
    scan = scanner_at(settings.clamd)
    judged: list[_Judged] = []
    with TemporaryDirectory(dir=storage.var, prefix=LAID_IN) as folder:
        try:
            for sent in files:
                for each, path in _judge(sent, Path(folder), settings, scan):
                    if not isinstance(each.found, OpenedEvidence):
                        judged.append(each)
                    elif each.size > room:
                        what = f"đơn vị đã gửi đủ {settings.evidence_unit} MB minh chứng của kỳ"
                        judged.append(replace(each, found=UnopenedEvidence(what, _FULL)))
                    else:
                        storage.keep_pieces(_pieces(path))
                        judged.append(each)
                        room -= each.size
        except NoChildrenError as none:
            what = "máy không khởi động được tiến trình con để mở tệp; chưa nhận tệp nào"
            raise refusal("minh chứng", what, "Kiểm tra bộ nhớ và số tiến trình của máy rồi gửi lại") from none
    return judged


def _remove_left(var: Path) -> None:
    """Remove what a process that was killed has left of files under way; none takes as long."""
    for folder in var.glob(f"{LAID_IN}*"):
        with suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > _LONGEST:
                shutil.rmtree(folder)


def _judge(sent: SentFile, folder: Path, settings: Settings, scan: Scan) -> Iterator[tuple[_Judged, Path]]:
    """What each file that was sent is, an archive taken apart into the folder."""
    largest, whole = settings.evidence_file * _MEGABYTE, settings.evidence_sent * _MEGABYTE
    size = sent.path.stat().st_size
    if size > whole or not is_archive(sent.path):
        yield _judged(sent.name, sent.path, largest, scan), sent.path
        return
    listed = packed_files(sent.path, largest, whole)
    if isinstance(listed, UnopenedEvidence):
        yield _Judged(sent.name, _sha256(sent.path), size, listed), sent.path
        return
    for packed in listed:
        content = packed_file(sent.path, packed.place)
        path = folder / f"{packed.place}"
        if isinstance(content, UnopenedEvidence):
            path.write_bytes(b"")
            yield _Judged(packed.path, _sha256(path), 0, content), path
            continue
        path.write_bytes(content)
        yield _judged(packed.path, path, largest, scan), path


def _judged(name: str, path: Path, largest: int, scan: Scan) -> _Judged:
    """One file: not too large, without virus, and of a kind that is taken."""
    sha256, size = _sha256(path), path.stat().st_size
    if size > largest:
        what = f"tệp {-(-size // _MEGABYTE)} MB, lớn hơn giới hạn {largest // _MEGABYTE} MB một tệp"
        return _Judged(name, sha256, size, UnopenedEvidence(what, "Chia nhỏ hoặc giảm độ phân giải rồi gửi lại"))
    try:
        virus = scan(path)
    except ScannerError as error:
        return _Judged(name, sha256, size, UnopenedEvidence(f"chưa nhận: {error}", _LATER), is_recorded=False)
    if virus:
        what = f"tệp có mã độc ({virus}) nên không được nhận và không được lưu"
        return _Judged(name, sha256, size, UnopenedEvidence(what, _VIRUS))
    return _Judged(name, sha256, size, opened(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
