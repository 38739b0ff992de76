"""A batch of received files on its way: kept, then read and judged wherever there is room, then fetched for recording.

Only keys travel with it: the files lie in the store, and so does what was found in them. Batches are judged side by
side but recorded in their order; one that was judged before something about its own units was recorded is judged anew,
so that the outcome is that of one after another.
"""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from models.findings import Finding, Severity
from models.forms.descriptions import FormIdentity, FormKind
from models.province.folder import Province
from models.records.journal import keys_in
from models.records.storage import Storage
from models.records.store import LostBytesError
from models.records.submissions import Outcome, Reading, findings_from_rows, units_in
from models.records.tables import JournalEntry, Receipt, Submission
from models.records.workplaces import Workplace, opened_workplace
from models.working_days import moment_told
from tasks.intake.inbox import Arrival, FileStore
from tasks.intake.judging import JudgedFile, KeptFile, Parts, judge_batch
from tasks.reading.file_names import shown_name
from tasks.reading.kept_files import gave_up
from tasks.reading.plain_values import read_values

_CODES_A_QUERY = 500
_KEPT_AT_ONCE = 8  # each waits until the disk or the store has its bytes for sure, and many wait as long as one
# What is written with a receipt, which says what it is about, and what no judgement looks at.
_TOLD_BY_RECEIPTS = ("score_version", "fact_version", "evidence_version", "word_version", "remark_version")
_TOLD_BY_RECEIPTS_OF_MONTHS = ("figure_version", "register_version")
_NEVER_LOOKED_AT = ("submission", "reply", "delivery", "sign_in", "account_version", "snapshot")
_PASSED_OVER = frozenset((*_TOLD_BY_RECEIPTS, *_TOLD_BY_RECEIPTS_OF_MONTHS, *_NEVER_LOOKED_AT))


class Batch(NamedTuple):
    """A batch whose bytes are kept.

    Attributes:
        place: whose it is.
        parts: how files are read and validated.
        files: what is new in it, in order.
        opened: which of these are to be read now; the others are known, or the same bytes are under way already.
    """

    place: Workplace
    parts: Parts
    files: tuple[KeptFile, ...]
    opened: tuple[KeptFile, ...]

    def __str__(self) -> str:
        first = f" từ {self.files[0].shown_as}" if self.files else ""
        return f"đọc và kiểm tra {len(self.files)} tệp{first}"


class FoundInBatch(NamedTuple):
    """What was found in the opened files of a batch.

    Attributes:
        key: of all of it in the store; empty where nothing was opened.
        link: the newest link of the journal before they were judged.
    """

    key: str
    link: int


def begin_batch(
    place: Workplace,
    storage: Storage,
    inbox: FileStore,
    arrivals: Sequence[Arrival],
    parts: Parts,
    under_way: set[str],
) -> Batch:
    """Keep the files of a batch that are not recorded yet.

    Args:
        place: the province, frozen for whoever reads them.
        storage: its database and store.
        inbox: where they lie.
        arrivals: the batch.
        parts: how files are read and validated.
        under_way: the hashes of all files of the batches before it; those of this one are added.
    """
    before = recorded_origins(storage, arrivals)
    new = [arrival for arrival in arrivals if arrival.origin not in before]
    with ThreadPoolExecutor(_KEPT_AT_ONCE) as threads:
        hashes = list(threads.map(partial(inbox.kept, keep=storage.keep_pieces), new))
    files = [
        KeptFile(arrival, shown_name(arrival.name), sha256)
        for arrival, sha256 in zip(new, hashes, strict=True)
        if sha256
    ]
    known = accepted_before(storage, files)
    opened = [file for file in files if file.arrival.path not in known and file.sha256 not in under_way]
    under_way.update(file.sha256 for file in files)
    return Batch(place, parts, tuple(files), tuple(opened))


def judge_opened(batch: Batch) -> FoundInBatch:
    """Read and judge the opened files of a batch, on whatever machine, and lay down what was found."""
    province, storage = opened_workplace(batch.place)
    with storage.reading() as session:
        link = _newest_link(session)
    judged = _judge(batch.opened, province, storage, batch.parts)
    if not judged:
        return FoundInBatch("", link)
    origins = [each.file.arrival.origin for each in judged]  # so that no other batch has the same key
    told = [(each.reading, each.findings, each.outcome, each.late) for each in judged]
    return FoundInBatch(storage.store.put(pickle.dumps((origins, told), pickle.HIGHEST_PROTOCOL)), link)


def judged_of(batch: Batch, found: FoundInBatch, province: Province, storage: Storage) -> list[JudgedFile]:
    """What becomes of every file of a batch that is not recorded, now that all batches before it are."""
    recorded = recorded_origins(storage, [file.arrival for file in batch.files])
    files = [file for file in batch.files if file.arrival.origin not in recorded]
    by_path = _fetched(batch, found, storage) if files else {}
    read = {each.file.sha256: each.reading for each in by_path.values()}
    if _is_overtaken(storage, found.link, units_in(read.values())):
        by_path = {}
    by_path |= accepted_before(storage, files)
    missing = [file for file in files if file.arrival.path not in by_path]
    by_path |= {each.file.arrival.path: each for each in _judge(missing, province, storage, batch.parts, read)}
    return [by_path[file.arrival.path] for file in files]


def _fetched(batch: Batch, found: FoundInBatch, storage: Storage) -> dict[str, JudgedFile]:
    """What was found, by the paths of the files; nothing where the store has lost it, so that they are judged anew."""
    if not found.key:
        return {}
    try:
        _, told = read_values(storage.store.get(found.key))
    except LostBytesError:
        return {}
    return {file.arrival.path: JudgedFile(file, *one) for file, one in zip(batch.opened, told, strict=True)}


def _judge(
    files: Sequence[KeptFile],
    province: Province,
    storage: Storage,
    parts: Parts,
    read: Mapping[str, Reading] = MappingProxyType({}),
) -> list[JudgedFile]:
    """Have files read, each of the same bytes once, and judge them.

    Args:
        files: the files.
        province, storage, parts: with what.
        read: what is read already, by SHA-256.
    """
    if not files:
        return []
    given_up = _given_up_before(storage, files)
    readings = {sha256: _as_read(reading) for sha256, reading in {**given_up, **read}.items()}
    for file in files:
        if file.sha256 not in readings:
            readings[file.sha256] = parts.read(storage.kept(file.sha256), file.shown_as, province)
    try:
        return judge_batch(files, [readings[file.sha256] for file in files], province, storage, parts)
    except BaseException:
        for reading in readings.values():
            reading.cancel()
        raise


def _as_read(reading: Reading) -> "Future[Reading]":
    done: Future[Reading] = Future()
    done.set_result(reading)
    return done


# --- what is recorded already -----------------------------------------------------------------------------------------


def _newest_link(session: Session) -> int:
    return session.exec(select(func.coalesce(func.max(JournalEntry.id), 0))).one()


def _is_overtaken(storage: Storage, link: int, units: set[str]) -> bool:
    """Whether something was recorded after a link of the journal that a judgement about these units may look at.

    A form of a unit says nothing about another; whatever else is recorded may concern anybody.
    """
    with storage.reading() as session:
        rows = session.exec(select(JournalEntry.table_name, JournalEntry.rows).where(col(JournalEntry.id) > link))
        written = [(table, keys) for table, keys in rows if table not in _PASSED_OVER]
        if any(table != "receipt" for table, _ in written):
            return True
        ids = [int(key) for _, keys in written for key in keys_in(keys)]
        return any(_concerns(receipt, units) for receipt in _receipts(session, ids))


def _receipts(session: Session, ids: Sequence[int]) -> Iterator[Receipt]:
    for start in range(0, len(ids), _CODES_A_QUERY):
        yield from session.exec(select(Receipt).where(col(Receipt.id).in_(ids[start : start + _CODES_A_QUERY])))


def _concerns(receipt: Receipt, units: set[str]) -> bool:
    if not _is_a_form(receipt.kind):
        return True
    identity = FormIdentity.recorded_as(receipt.kind, receipt.year, receipt.subject)
    return not identity.kind.of_a_unit or identity.subject in units


def _is_a_form(kind: str) -> bool:
    return kind in {each.value for each in FormKind} or kind.startswith(f"{FormKind.MONTHLY} ")


def _given_up_before(storage: Storage, files: Sequence[KeptFile]) -> dict[str, Reading]:
    """The readings of bytes over which a child failed when they came the first time: the same again, untried."""
    hashes = sorted({file.sha256 for file in files})
    found: dict[str, Reading] = {}
    with storage.reading() as session:
        for start in range(0, len(hashes), _CODES_A_QUERY):
            some = col(Submission.sha256).in_(hashes[start : start + _CODES_A_QUERY])
            for submission in session.exec(select(Submission).where(some, Submission.outcome == Outcome.REFUSED)):
                findings = findings_from_rows(submission.file_name, submission.findings)
                if gave_up(findings):
                    found[submission.sha256] = Reading(submission.file_name, None, findings=findings)
    return found


def recorded_origins(storage: Storage, arrivals: Sequence[Arrival]) -> dict[str, int]:
    """Submissions by origin, of arrivals that were recorded by an earlier run that did not come to its end."""
    origins = [arrival.origin for arrival in arrivals]
    found: dict[str, int] = {}
    with storage.reading() as session:
        for start in range(0, len(origins), _CODES_A_QUERY):
            some = origins[start : start + _CODES_A_QUERY]
            rows = session.exec(select(Submission.origin, Submission.id).where(col(Submission.origin).in_(some)))
            found |= {origin: id for origin, id in rows if id is not None}
    return found


def accepted_before(storage: Storage, files: Sequence[KeptFile]) -> dict[str, JudgedFile]:
    """Judgements by path of files that had been accepted before: they change nothing."""
    hashes = sorted({file.sha256 for file in files})
    forms = [kind.value for kind in FormKind]
    receipts: dict[str, Receipt] = {}
    with storage.reading() as session:
        for start in range(0, len(hashes), _CODES_A_QUERY):
            statement = select(Receipt).where(col(Receipt.sha256).in_(hashes[start : start + _CODES_A_QUERY]))
            of_forms = col(Receipt.kind).in_(forms) | col(Receipt.kind).startswith(f"{FormKind.MONTHLY} ")
            receipts |= {found.sha256: found for found in session.exec(statement.where(of_forms))}
        return {
            file.arrival.path: _unchanged(file, receipts[file.sha256], _newest_of_form(session, receipts[file.sha256]))
            for file in files
            if file.sha256 in receipts
        }


def _newest_of_form(session: Session, receipt: Receipt) -> Receipt:
    statement = select(Receipt).where(Receipt.kind == receipt.kind, Receipt.year == receipt.year)
    newest = session.exec(statement.where(Receipt.subject == receipt.subject).order_by(col(Receipt.id).desc())).first()
    assert newest is not None
    return newest


def _unchanged(file: KeptFile, receipt: Receipt, newest: Receipt) -> JudgedFile:
    """The same file again; where a later version counts, its sender is told, who may want this one to count again."""
    what = f"tệp này đã nhận lúc {moment_told(receipt.received_at)}; không có gì thay đổi"
    remedy = "Không cần gửi lại"
    if newest.id != receipt.id:
        what += f", bản được tính là tệp {newest.file_name} nhận lúc {moment_told(newest.received_at)}"
        remedy = "Muốn dùng lại bản này thì mở tệp, lưu lại rồi gửi"
    finding = Finding(file.shown_as, 0, what, remedy, Severity.INFO)
    identity = FormIdentity.recorded_as(receipt.kind, receipt.year, receipt.subject)
    return JudgedFile(file, Reading(file.shown_as, identity), (finding,), Outcome.UNCHANGED)
