"""Extensions that were granted at the desk or by command, beside those that rounds/YEAR.yaml declares.

Nothing is overwritten: another day, or taking an extension back, is a version after the last. Whoever asks for a
deadline or a lock of a round asks a province that went through `with_granted`. Source: docs/process.md, 1 (extension
per unit).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.findings import Finding, RefusedError, refusal
from models.forms.base import Subject
from models.forms.descriptions import FormKind
from models.province.folder import Province
from models.province.rounds import Extension, Round
from models.records.storage import Storage
from models.records.tables import ExtensionVersion
from models.wording import in_one_line

LONGEST_REASON = 500


def with_granted(storage: Storage, province: Province) -> Province:
    """The province whose rounds have what was granted among their extensions; the same one where nothing was."""
    with storage.reading() as session:
        granted = _standing(session)
    if not granted:
        return province
    by_year: dict[int, list[Extension]] = defaultdict(list)
    for row in granted:
        if row.until:
            step = FormKind(row.step)
            by_year[row.year].append(Extension(units=(row.subject,), step=step, until=row.until, reason=row.reason))
    rounds = {
        year: round.model_copy(update={"extensions": (*round.extensions, *by_year[year])}) if year in by_year else round
        for year, round in province.rounds.items()
    }
    return replace(province, rounds=rounds)


def _standing(session: Session) -> list[ExtensionVersion]:
    """The extensions that count now, of all rounds, the oldest first."""
    rows = session.exec(select(ExtensionVersion).order_by(col(ExtensionVersion.id)))
    newest = {(row.year, row.step, row.subject): row for row in rows}
    return sorted((row for row in newest.values() if row.until), key=lambda row: row.id or 0)


def granted_in(session: Session, year: int) -> list[ExtensionVersion]:
    """Every version of every extension of a round, the newest first."""
    of_year = select(ExtensionVersion).where(ExtensionVersion.year == year)
    return list(session.exec(of_year.order_by(col(ExtensionVersion.id).desc())))


def standing_in(versions: Sequence[ExtensionVersion]) -> list[ExtensionVersion]:
    """Those of the versions of a round, the newest first, that count now."""
    seen: set[tuple[str, str]] = set()
    standing = []
    for row in versions:
        key = (row.step, row.subject)
        if key not in seen and row.until:
            standing.append(row)
        seen.add(key)
    return standing


def subjects_of(province: Province, round: Round, step: FormKind) -> Mapping[str, str]:
    """Whose forms a step of a round takes: names by code of the unit, id of the appraising agency or of the group."""
    match step.description.subject:
        case Subject.APPRAISER:
            return {agency.id: agency.name for agency in province.config.appraisers}
        case Subject.GROUP:
            return {group.id: group.name for group in round.groups}
        case Subject.UNIT:
            return {code: unit.name for code, (unit, _) in province.units_of_round(round.year).items()}


def extend(
    storage: Storage,
    province: Province,
    year: int,
    step: FormKind,
    subjects: Collection[str],
    until: date,
    reason: str,
    now: datetime,
) -> int:
    """Let some send a form until a day that is later than it was.

    Args:
        storage: where it is recorded, as whom.
        province: the checked folder.
        year: the index year.
        step: which form of the round.
        subjects: codes of units, or ids of agencies or groups.
        until: the last day.
        reason: why.
        now: the moment of granting; no extension ends before its day.

    Returns:
        For how many this is new: the same day and reason again records nothing.

    Raises:
        RefusedError: no such round or subject, a day that extends nothing, no reason.
    """
    with storage.writing() as session:
        return extend_in(session, province, year, step, subjects, until, reason, now, storage.user)


def extend_in(
    session: Session,
    province: Province,
    year: int,
    step: FormKind,
    subjects: Collection[str],
    until: date,
    reason: str,
    now: datetime,
    user: str,
) -> int:
    """The same within the caller's transaction, as whom the caller says."""
    said = in_one_line(reason)
    if findings := list(_faults(province, province.round_of(year), step, subjects, until, said, now.date())):
        raise RefusedError(findings)
    return _record(session, year, step, subjects, until, said, now, user)


def take_back(storage: Storage, year: int, step: FormKind, subject: str, reason: str, now: datetime) -> None:
    """Take an extension back: what rounds/YEAR.yaml says holds again.

    Raises:
        RefusedError: nothing was granted, or it was taken back already.
    """
    with storage.reading() as session:
        standing = {(row.step, row.subject) for row in standing_in(granted_in(session, year))}
    if (step.value, subject) not in standing:
        what = f"{step.label}: không có gia hạn nào đang có hiệu lực cho “{subject}”"
        raise refusal(f"kỳ {year}", what, "Xem lại danh sách gia hạn; gia hạn ghi trong rounds/ thì sửa ở tệp đó")
    with storage.writing() as session:
        _record(session, year, step, (subject,), None, in_one_line(reason), now, storage.user)


def _record(
    session: Session,
    year: int,
    step: FormKind,
    subjects: Collection[str],
    until: date | None,
    reason: str,
    now: datetime,
    user: str,
) -> int:
    newest: dict[str, ExtensionVersion] = {}
    for row in granted_in(session, year)[::-1]:
        if row.step == step.value:
            newest[row.subject] = row
    made = 0
    for subject in sorted(set(subjects)):
        before = newest.get(subject)
        if before and (before.until, before.reason) == (until, reason):
            continue
        made += 1
        session.add(
            ExtensionVersion(
                year=year,
                step=step.value,
                subject=subject,
                version=before.version + 1 if before else 1,
                until=until,
                reason=reason,
                recorded_at=now,
                recorded_by=user,
            )
        )
    return made


def _faults(
    province: Province, round: Round, step: FormKind, subjects: Collection[str], until: date, reason: str, today: date
) -> Iterator[Finding]:
    where = f"gia hạn {step.description.step}, kỳ {round.year}"
    if unknown := sorted(set(subjects) - subjects_of(province, round, step).keys()):
        yield Finding(where, 0, f"“{', '.join(unknown)}” không gửi {step.label} trong kỳ này", "Chọn trong danh sách")
    if not subjects:
        yield Finding(where, 0, "chưa nêu gia hạn cho ai", "Chọn đơn vị hoặc cơ quan")
    if until < today:
        yield Finding(where, 0, f"ngày {until:%d/%m/%Y} đã qua", "Gia hạn đến hôm nay hoặc một ngày sau hôm nay")
    declared = [day for day in (round.deadlines.of(step), round.locks.of(step)) if day]
    if declared and until < max(declared):
        what = f"ngày {until:%d/%m/%Y} sớm hơn hạn gửi hoặc ngày khóa ({max(declared):%d/%m/%Y})"
        yield Finding(where, 0, what, "Gia hạn đến một ngày sau ngày khóa")
    if not reason or len(reason) > LONGEST_REASON:
        what = "chưa ghi lý do" if not reason else f"lý do dài quá {LONGEST_REASON} ký tự"
        yield Finding(where, 0, what, "Ghi ngắn gọn ai đề nghị và vì sao, kèm số văn bản nếu có")
