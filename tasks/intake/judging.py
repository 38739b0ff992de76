"""A batch of received files → what becomes of each: read, admitted, validated; accepted, returned or refused.

One damaged file never stops another: a crash while reading one file becomes a finding about that file, is noted in
var/faults.log, and the others go on. Who may send what and until when: docs/process.md, 1.
"""

import logging
import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from models.findings import Finding, as_told, has_critical, refusal
from models.forms.descriptions import FormIdentity
from models.progress.periods import read_period
from models.province.calendar import due_on, form_due
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, Reading, units_in
from models.settings import for_the_owner
from models.working_days import VIETNAM
from tasks.intake.inbox import Arrival
from tasks.reading.isolation import NoChildrenError
from tasks.reading.kept_files import finished_reading, renamed
from tasks.recording.extensions import with_granted
from tasks.recording.progress_importing import why_absent, why_too_early
from tasks.recording.snapshots import published_years

FAULTS = "faults.log"
_LOG = logging.getLogger("cchc.faults")


class Parts(NamedTuple):
    """The steps between a file and its answer that have files of their own, put together.

    Attributes:
        read: kept file, shown file name, province → its reading, begun.
        validate: readings of a batch, province, storage → findings of each.
        reply: a marked workbook or a letter; see tasks/intake/feedback.py.
    """

    read: Callable[[Path, str, Province], "Future[Reading]"]
    validate: Callable[[Sequence[Reading], Province, Storage], list[tuple[Finding, ...]]]
    reply: Callable[..., Any]


def standard_parts() -> Parts:
    """Reading, validation and feedback as they are in tasks/; imported when they are needed, since they are heavy."""
    from tasks.intake.feedback import reply_to
    from tasks.reading.kept_files import start_reading

    return Parts(start_reading, _validate_recorded, reply_to)


_one_at_a_time = Lock()  # Great Expectations has one context a process


def _validate_recorded(readings: Sequence[Reading], province: Province, storage: Storage) -> list[tuple[Finding, ...]]:
    """Judge a batch against what is recorded of its own years, months and units."""
    from tasks.intake.validation import validate_batch, validation_context
    from tasks.intake.waiving import with_waivers

    identities = [reading.identity for reading in readings if reading.identity]
    years = {identity.year for identity in identities if not identity.period}
    months = {read_period(identity.period) for identity in identities if identity.period}
    with _one_at_a_time:
        context = validation_context(province, storage, sorted(years), units_in(readings), months=sorted(months))
        return with_waivers(storage, readings, validate_batch(readings, province, context))


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file whose bytes are kept."""

    arrival: Arrival
    shown_as: str
    sha256: str


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """What becomes of a file.

    Attributes:
        reading: what it says; without identity where it is no form of ours.
        findings: all that was found, by reading, admission and validation.
        late: whether it came after its deadline.
    """

    file: KeptFile
    reading: Reading
    findings: tuple[Finding, ...]
    outcome: Outcome
    late: bool = False


def judge_batch(
    files: Sequence[KeptFile],
    started: "Sequence[Future[Reading]]",
    province: Province,
    storage: Storage,
    parts: Parts,
) -> list[JudgedFile]:
    """Admit and validate a batch as soon as it is read; nothing is written but the log of faults.

    Args:
        files: the batch.
        started: their readings, begun by `parts.read`.
        province, storage, parts: with what.

    Returns:
        One judgement a file, in the same order.
    """
    province = with_granted(storage, province)
    readings = [_read(file, reading, storage) for file, reading in zip(files, started, strict=True)]
    with storage.reading() as session:
        published = published_years(session)
    refused = [
        () if reading.identity is None else tuple(not_admitted(province, file, reading, published))
        for file, reading in zip(files, readings, strict=True)
    ]
    admitted = [
        reading for reading, why in zip(readings, refused, strict=True) if reading.identity is not None and not why
    ]
    checked = iter(_validate(admitted, province, storage, parts))
    return [
        _refused(file, reading, why)
        if reading.identity is None or why
        else _decided(file, reading, next(checked), province)
        for file, reading, why in zip(files, readings, refused, strict=True)
    ]


def _refused(file: KeptFile, reading: Reading, why: Sequence[Finding]) -> JudgedFile:
    return JudgedFile(file, reading, as_told((*why, *reading.findings)), Outcome.REFUSED)


def _decided(file: KeptFile, reading: Reading, found: Sequence[Finding], province: Province) -> JudgedFile:
    findings = as_told(tuple(dict.fromkeys((*found, *reading.findings))))
    outcome = Outcome.RETURNED if has_critical(list(findings)) else Outcome.ACCEPTED
    assert reading.identity is not None
    return JudgedFile(file, reading, findings, outcome, is_late(province, reading.identity, file.arrival.arrived_at))


def is_late(province: Province, identity: FormIdentity, moment: datetime) -> bool:
    """Whether a form came after its last day, by the calendar of Vietnam."""
    due = form_due(province, identity)
    return due is not None and day_of(moment) > due.last_day


def day_of(moment: datetime) -> date:
    """The day of a moment in Vietnam."""
    return moment.astimezone(VIETNAM).date()


def _read(file: KeptFile, started: "Future[Reading]", storage: Storage) -> Reading:
    try:
        return renamed(finished_reading(started, file.shown_as), file.shown_as)
    except NoChildrenError as none:  # nothing can be read at all: everything stays until it can
        what = "máy không khởi động được tiến trình con để đọc tệp"
        remedy = "Kiểm tra bộ nhớ và số tiến trình của máy rồi nhận lại; tệp chưa nhận vẫn nằm trong hộp nhận"
        raise refusal("hộp nhận", what, remedy) from none
    except Exception:  # whatever a hostile or unheard-of file brings about stays with that file
        note_fault(storage, f"reading {file.shown_as} {file.sha256}")
        return Reading(file.shown_as, None, findings=(_fault(file.shown_as, "đọc"),))


def _validate(
    readings: Sequence[Reading], province: Province, storage: Storage, parts: Parts
) -> list[tuple[Finding, ...]]:
    """Validate a batch at once; where that crashes, each workbook alone, so that only the one at fault is stopped."""
    if not readings:
        return []
    try:
        return parts.validate(readings, province, storage)
    except Exception:
        note_fault(storage, f"validating {', '.join(reading.file for reading in readings)}")
    if len(readings) == 1:
        return [(_fault(readings[0].file, "kiểm tra"),)]
    return [_validate([reading], province, storage, parts)[0] for reading in readings]


def _fault(file: str, doing: str) -> Finding:
    what = f"lỗi của phần mềm khi {doing} tệp này; tệp đã được giữ, các tệp khác không bị ảnh hưởng"
    return Finding(file, 0, what, f"Báo cơ quan chủ trì xem var/{FAULTS}; chưa cần gửi lại")


def note_fault(storage: Storage, what: str) -> None:
    """Add the exception at hand to the log of the program's own faults, and to that of whatever process this is."""
    _LOG.exception(what)
    path = storage.var / FAULTS
    with open(path, "a", encoding="utf-8", errors="backslashreplace", opener=for_the_owner) as log:
        log.write(f"{datetime.now(UTC).isoformat()} {what}\n{traceback.format_exc()}\n")


# --- who may send what, until when ------------------------------------------------------------------------------------


def not_admitted(province: Province, file: KeptFile, reading: Reading, published: set[int]) -> Iterable[Finding]:
    """Why a form is not taken at all, however well it is filled in; nothing where it is."""
    identity = reading.identity
    assert identity is not None
    if identity.period:
        yield from _of_another(province, file, reading, identity)
        yield from _not_reportable(province, file, identity)
        return
    if identity.year not in province.rounds:
        what = f"chưa có kỳ đánh giá năm {identity.year}"
        yield Finding(file.shown_as, 0, what, "Dùng biểu mẫu của kỳ đang mở")
        return
    yield from _of_another(province, file, reading, identity)
    yield from locked(province, identity, file.shown_as, day_of(file.arrival.arrived_at), published)


def _not_reportable(province: Province, file: KeptFile, identity: FormIdentity) -> Iterable[Finding]:
    """A month is told by units that exist at its end, once it has ended. Source: docs/process.md, 3."""
    period, unit = read_period(identity.period), province.units[identity.subject]
    early = why_too_early(period, day_of(file.arrival.arrived_at))
    absent = why_absent(unit, province, period)
    for why in (early, absent):
        if why:
            yield Finding(file.shown_as, 0, *why)


def _of_another(province: Province, file: KeptFile, reading: Reading, identity: FormIdentity) -> Iterable[Finding]:
    """A form speaks for its own unit only, and comes from the folder of whose form it is, where it comes from one."""
    if identity.kind.of_a_unit:
        others = sorted({statement.unit for statement in reading.statements} - {identity.subject})
        if others:
            what = f"{identity.kind.label} của “{identity.subject}” có dòng của đơn vị khác: {', '.join(others[:5])}"
            yield Finding(file.shown_as, 0, what, "Mỗi đơn vị gửi phiếu của mình")
    sender = _sender(province, file.arrival.folder)
    if sender is None or file.arrival.folder == identity.subject:
        return
    if not identity.kind.of_a_unit and not _is_named(sender.names, _office_of(province, identity)):
        what = f"{identity.kind.label} không do {sender.name} lập mà nằm trong thư mục của đơn vị này"
        yield Finding(file.shown_as, 0, what, "Cơ quan lập phiếu gửi từ thư mục của mình")
    elif identity.kind.of_a_unit:
        whose = province.units[identity.subject].name if identity.subject in province.units else identity.subject
        what = f"phiếu của {whose} nằm trong thư mục của {sender.name}"
        yield Finding(file.shown_as, 0, what, "Gửi phiếu của chính đơn vị; phiếu của đơn vị khác không được nhận thay")


class _Sender(NamedTuple):
    """Whose folder a file lay in: a unit's or an appraising agency's, with every name it goes by."""

    name: str
    names: tuple[str, ...]


def _sender(province: Province, folder: str) -> _Sender | None:
    if unit := province.units.get(folder):
        return _Sender(unit.name, (unit.name, *unit.aliases))
    appraisers = {appraiser.id: appraiser.name for appraiser in province.config.appraisers}
    return _Sender(appraisers[folder], (appraisers[folder],)) if folder in appraisers else None


def _office_of(province: Province, identity: FormIdentity) -> str:
    """The name of the agency whose form it is: an appraiser, else the department."""
    appraisers = {appraiser.id: appraiser.name for appraiser in province.config.appraisers}
    return appraisers.get(identity.subject, province.config.department)


def _is_named(names: Iterable[str], wanted: str) -> bool:
    return wanted.casefold() in {name.casefold() for name in names}


def locked(
    province: Province, identity: FormIdentity, shown_as: str, day: date, published: Collection[int]
) -> Iterable[Finding]:
    """After the lock, or once the round is published, only an extension opens a step again; days off move them all.

    Args:
        province: with what was granted among its extensions.
        identity: of the form that somebody would send.
        shown_as: what the findings are about.
        day: on which it is sent.
        published: the years whose results are.

    Source: docs/process.md, 1 (locks, extension per unit).
    """
    step, round = identity.kind, province.rounds[identity.year]
    lock, extended = (
        due_on(province.config, until).last_day if until else None
        for until in (round.lock_of(step, identity.subject), round.extended_until(step, identity.subject))
    )
    if extended is not None and day <= extended:
        return
    remedy = "Nếu cần gửi, đề nghị cơ quan chủ trì gia hạn"
    if identity.year in published:
        yield Finding(shown_as, 0, f"kết quả năm {identity.year} đã công bố, không nhận thêm phiếu", remedy)
    elif lock is not None and day > lock:
        yield Finding(shown_as, 0, f"bước {step.description.step} đã khóa từ hết ngày {lock:%d/%m/%Y}", remedy)
