"""Checks of a form that are not held against one unit in a round: granted with a reason, said wherever they count.

A waived check still finds what it finds; what would send the form back is a note instead, which says who granted that
and why. Annex and gate tell it of the results. What would leave nothing to record is never waived.
Source: docs/process.md, 1 (exceptions of a round are decided by the department, with a reason).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from models.findings import Finding, Severity, refusal
from models.forms.descriptions import FormKind
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Reading
from models.records.tables import WaiverVersion
from models.wording import in_one_line
from tasks.recording.extensions import LONGEST_REASON, subjects_of

WAIVABLE_FORMS = (FormKind.SELF_ASSESSMENT, FormKind.EXPLANATION)
"""Forms of one unit; what others decide about it is not theirs to be excused from."""

_NEVER = frozenset(("form_empty", "stray"))


def waivable_checks(kind: FormKind) -> Mapping[str, str]:
    """What is expected, in words, by the name of each check of a form that may be waived."""
    from expectations import explanation, self_assessment

    suites = {FormKind.SELF_ASSESSMENT: self_assessment.SUITE, FormKind.EXPLANATION: explanation.SUITE}
    checks = suites[kind].checks if kind in suites else ()
    return {one.name: one.expected for one in checks if one.severity is Severity.CRITICAL and one.name not in _NEVER}


def waivers_in(session: Session, year: int) -> list[WaiverVersion]:
    """Every version of every waiver of a round, the newest first."""
    of_year = select(WaiverVersion).where(WaiverVersion.year == year).order_by(col(WaiverVersion.id).desc())
    found = list(session.exec(of_year))
    session.expunge_all()
    return found


def standing_waivers(versions: Iterable[WaiverVersion]) -> list[WaiverVersion]:
    """Those of the versions of a round, the newest first, that count now."""
    newest: dict[tuple[str, str, str], WaiverVersion] = {}
    for row in versions:
        newest.setdefault((row.form, row.subject, row.check_name), row)
    return [row for row in newest.values() if not row.withdrawn]


def waive(
    storage: Storage,
    province: Province,
    year: int,
    kind: FormKind,
    subject: str,
    check: str,
    asked_by: str,
    reason: str,
    now: datetime,
) -> bool:
    """Waive a check for a unit from now on; False where it is waived like that already.

    Args:
        storage: where it is recorded, as whom: who grants it.
        province: the checked folder.
        year: the index year.
        kind: whose check it is.
        subject: the unit's code.
        check: the check's name.
        asked_by: who asked for it.
        reason: why it is granted.
        now: the moment of granting.

    Raises:
        RefusedError: no such check or unit, or it is not said who asked and why.
    """
    where = f"miễn kiểm tra, kỳ {year}"
    said, who = in_one_line(reason), in_one_line(asked_by)
    if check not in waivable_checks(kind):
        names = ", ".join(waivable_checks(kind)) or "không có"
        raise refusal(where, f"{kind.label} không có kiểm tra “{check}” miễn được", f"Dùng một trong: {names}")
    if subject not in subjects_of(province, province.round_of(year), kind):
        raise refusal(where, f"“{subject}” không gửi {kind.label} trong kỳ này", "Chọn đúng mã đơn vị")
    if not said or not who or max(len(said), len(who)) > LONGEST_REASON:
        what = "chưa ghi ai đề nghị" if not who else "chưa ghi lý do" if not said else "lý do quá dài"
        raise refusal(where, what, f"Ghi ai đề nghị (số văn bản nếu có) và vì sao, không quá {LONGEST_REASON} ký tự")
    return _record(storage, year, kind, subject, check, who, said, now, withdrawn=False)


def take_waiver_back(
    storage: Storage, year: int, kind: FormKind, subject: str, check: str, reason: str, now: datetime
) -> None:
    """Hold a check against a unit again.

    Raises:
        RefusedError: it is not waived.
    """
    if not _record(storage, year, kind, subject, check, "", in_one_line(reason), now, withdrawn=True):
        what = f"kiểm tra “{check}” không được miễn cho “{subject}”"
        raise refusal(f"miễn kiểm tra, kỳ {year}", what, "Xem lại danh sách miễn kiểm tra")


def _record(
    storage: Storage,
    year: int,
    kind: FormKind,
    subject: str,
    check: str,
    asked_by: str,
    reason: str,
    now: datetime,
    *,
    withdrawn: bool,
) -> bool:
    with storage.writing() as session:
        key = (kind.value, subject, check)
        before = next(
            (row for row in waivers_in(session, year) if (row.form, row.subject, row.check_name) == key), None
        )
        stands = before is not None and not before.withdrawn
        if withdrawn and not stands:
            return False
        if not withdrawn and before and stands and (before.asked_by, before.reason) == (asked_by, reason):
            return False
        session.add(
            WaiverVersion(
                year=year,
                form=kind.value,
                subject=subject,
                check_name=check,
                version=before.version + 1 if before else 1,
                asked_by=asked_by,
                reason=reason,
                withdrawn=withdrawn,
                recorded_at=now,
                recorded_by=storage.user,
            )
        )
    return True


def with_waivers(
    storage: Storage, readings: Sequence[Reading], found: Sequence[tuple[Finding, ...]]
) -> list[tuple[Finding, ...]]:
    """The findings of a batch, in which what is waived for a unit is a note that says so."""
    years = {reading.identity.year for reading in readings if reading.identity}
    with storage.reading() as session:
        rows = [row for year in sorted(years) for row in standing_waivers(waivers_in(session, year))]
    waived = {(row.year, row.form, row.subject, row.check_name): row for row in rows}
    if not waived:
        return list(found)
    return [
        tuple(_waived(reading, finding, waived) for finding in findings)
        for reading, findings in zip(readings, found, strict=True)
    ]


def _waived(reading: Reading, finding: Finding, waived: Mapping[tuple[int, str, str, str], WaiverVersion]) -> Finding:
    identity = reading.identity
    if identity is None or finding.severity is not Severity.CRITICAL:
        return finding
    row = waived.get((identity.year, identity.kind.value, identity.subject, finding.check))
    if row is None:
        return finding
    what = f"{finding.what} (được miễn kiểm tra: {row.reason})"
    return replace(finding, severity=Severity.INFO, what=what, remedy="Không cần làm gì")
