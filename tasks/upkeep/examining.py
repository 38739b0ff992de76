"""The doctor: what is wrong with an installation, each part in words with what to do.

Nothing is mended and nothing is written but a trial file that is taken away again. What Prefect has to say is asked
for by flows/examining.py.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col
from sqlmodel import select as select_rows

from models.findings import Finding, RefusedError, Severity
from models.province.folder import check_province
from models.records.storage import Storage, open_storage
from models.records.store import RECEIVED, LostBytesError
from models.records.tables import EvidenceFile, JournalEntry, Publication, Receipt, Submission
from models.settings import KeySettings, Settings, SigningSettings, var_folder
from models.working_days import VIETNAM, moment_told
from tasks.evidence.scanning import examined_scanner
from tasks.mail.notifying import mail_settings, unreachable
from tasks.publishing.folders import verify_folder
from tasks.publishing.journal import check_journal
from tasks.rendering.pdf import FONTS, Document, RenderingError, render_pdf

_RESTORE = "Khôi phục từ bản sao lưu gần nhất"
_GIB = 1 << 30
_LEAST, _LOW = 1 * _GIB, 5 * _GIB
_CLOCKS_MAY_DIFFER = timedelta(minutes=2)
_RENEW_WITHIN = timedelta(days=30)
_SAMPLE = "Chỉ số cải cách hành chính: Ủy ban nhân dân xã Đắk Ơ, phường Thủ Dầu Một; ễ, ộ, ữ, ỹ; 82,00%"


Seen = tuple[str, list[Finding]]
"""What is said of a part, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One part of the installation: what there is to say of it, and what is wrong."""

    part: str
    said: str
    findings: tuple[Finding, ...] = ()


def examine(province: Path, settings: Settings, signing: SigningSettings) -> Iterator[Examined]:
    """Look at one part after the other; a part that cannot be looked at never hides the others."""
    yield from _looked(
        {
            "thư mục tỉnh": lambda: _folder(province),
            "ổ đĩa": lambda: _disk(var_folder(province)),
            "phông chữ": _fonts,
            "thư điện tử": lambda: _mail(settings),
            "khóa ký số": lambda: _keys(signing),
            "máy quét vi-rút": lambda: examined_scanner(settings.clamd),
        }
    )
    try:
        storage = open_storage(province, settings)
    except RefusedError as refused:
        yield Examined("cơ sở dữ liệu", "không mở được", tuple(refused.findings))
        return
    yield from _looked(
        {
            "cơ sở dữ liệu": lambda: _database(storage),
            "nhật ký": lambda: _journal(storage),
            "tệp đã nhận": lambda: _received(storage),
            "bản công bố": lambda: _publications(province, storage),
            "đồng hồ": lambda: _clock(storage),
        }
    )
    storage.engine.dispose()


def _looked(parts: Mapping[str, Callable[[], Seen]]) -> Iterator[Examined]:
    for part, look in parts.items():
        try:
            said, findings = look()
        except RefusedError as refused:
            said, findings = "không xem được", refused.findings
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            said, findings = "không xem được", [Finding(part, 0, f"không đọc được ({reason})", _RESTORE)]
        yield Examined(part, said, tuple(findings))


def _folder(province: Path) -> Seen:
    folder, findings = check_province(province)
    said = f"{folder.config.name}, {len(folder.rounds)} kỳ đánh giá" if folder else "có lỗi"
    return said, [finding for finding in findings if finding.severity is not Severity.INFO]


def _database(storage: Storage) -> Seen:
    with storage.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            version = connection.execute(text("SHOW server_version")).scalar()
            return f"PostgreSQL {version}, trả lời", []
        faults = [row[0] for row in connection.execute(text("PRAGMA quick_check")) if row[0] != "ok"]
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    findings = [Finding("cơ sở dữ liệu", 0, f"hỏng: {fault}", _RESTORE) for fault in faults[:5]]
    if broken:
        what = f"{len(broken)} dòng trỏ tới dòng không còn (bảng {broken[0][0]}…)"
        findings.append(Finding("cơ sở dữ liệu", 0, what, _RESTORE))
    return "SQLite, các trang nguyên vẹn" if not findings else "SQLite, có hỏng", findings


def _journal(storage: Storage) -> Seen:
    walked = check_journal(storage)
    return f"{walked.links} mắt xích, {walked.rows} dòng, mắt xích cuối {walked.head}", list(walked.findings)


def _received(storage: Storage) -> Seen:
    """Every file that a receipt, a submission or taken evidence names is there, and is the one that came in."""
    evidence = select_rows(EvidenceFile.sha256).where(EvidenceFile.outcome == "accepted")
    with storage.reading() as session:
        named = {
            sha256
            for rows in (select_rows(Receipt.sha256), select_rows(Submission.sha256), evidence)
            for sha256 in session.exec(rows)
        }
    findings = []
    for sha256 in sorted(named):
        if not storage.store.has(sha256, RECEIVED):
            findings.append(Finding(storage.store.where(sha256, RECEIVED), 0, "thiếu tệp đã nhận", _RESTORE))
            continue
        try:
            storage.store.get(sha256, RECEIVED)
        except LostBytesError:
            what = "tệp đã nhận bị thay đổi"
            findings.append(Finding(storage.store.where(sha256, RECEIVED), 0, what, _RESTORE))
    return f"{len(named)} tệp, {len(named) - len(findings)} đúng mã băm", findings


def _publications(province: Path, storage: Storage) -> Seen:
    with storage.reading() as session:
        folders = list(session.exec(select_rows(Publication.folder).order_by(col(Publication.id))))
    findings = []
    for folder in folders:
        for found in verify_folder(province / folder):
            findings.append(Finding(f"{folder}/{found.file}", found.line, found.what, found.remedy, found.severity))
    return f"{len(folders)} bản", findings


def _disk(var: Path) -> Seen:
    free = shutil.disk_usage(var).free
    said, findings = f"còn trống {free / _GIB:.1f} GiB", []
    if free < _LOW:
        severity = Severity.CRITICAL if free < _LEAST else Severity.WARNING
        findings.append(Finding(str(var), 0, f"chỉ {said}", "Dọn bớt hoặc mở rộng ổ đĩa", severity))
    with NamedTemporaryFile(dir=var, prefix=".doctor-") as trial:
        trial.write(b"x")
        trial.flush()
        os.fsync(trial.fileno())
    return f"{said}, ghi được", findings


def _fonts() -> Seen:
    html = f"<html lang=vi><body style=\"font-family: 'Times New Roman', 'Liberation Serif'\"><p>{_SAMPLE}"
    try:
        render_pdf(Document("phông chữ", "Phông chữ", html), "doctor", date(2026, 1, 1), variant=None)
    except RenderingError as error:
        remedy = f"Cài phông {' hoặc '.join(FONTS)} có đủ chữ tiếng Việt"
        return "chưa dùng được", [Finding("phông chữ", 0, str(error), remedy)]
    return "đủ chữ tiếng Việt", []


def _mail(settings: Settings) -> Seen:
    mail = mail_settings(settings)
    if mail.host is None:
        return "không đặt máy chủ thư, không gửi thư", []
    if fault := unreachable(mail):
        return f"{mail.host}:{mail.port}", [Finding("thư điện tử", 0, fault, "Kiểm tra CCHC_SMTP_… và mạng")]
    return f"{mail.host}:{mail.port} trả lời", []


def _clock(storage: Storage) -> Seen:
    """No clock can be asked from here; but nothing that is recorded lies ahead of now."""
    now = datetime.now(UTC)
    with storage.reading() as session:
        newest = session.execute(select(func.max(JournalEntry.recorded_at))).scalar()
    if newest and newest > now + _CLOCKS_MAY_DIFFER:
        what = f"đi sau: đã có dòng ghi lúc {moment_told(newest)}"
        return "sai", [Finding("đồng hồ", 0, what, "Bật đồng bộ giờ (NTP) trên máy này")]
    return f"{moment_told(now)}, không sớm hơn dòng ghi sau cùng", []


def _keys(signing: SigningSettings) -> Seen:
    if not signing.is_set:
        return "không đặt khóa, văn bản công bố không ký số", []
    findings = [
        found
        for settings, whose in ((signing.person, "khóa của người ký"), (signing.agency, "khóa của cơ quan"))
        for found in _of_key(settings, whose)
    ]
    return "mở được, còn hiệu lực" if not findings else "cần xem", findings


def _of_key(settings: KeySettings, whose: str) -> Iterator[Finding]:
    from tasks.publishing.signing_keys import check_key, open_key

    now = datetime.now(VIETNAM)
    if settings.module:  # a token is not asked for: a wrong PIN locks it
        return
    try:
        with open_key(settings, whose) as key:
            check_key(key, settings, whose, now)
            assert key.signing_cert is not None
            until = key.signing_cert.not_valid_after.astimezone(VIETNAM)
    except RefusedError as refused:
        yield from refused.findings
        return
    if until - now < _RENEW_WITHIN:
        what = f"chứng thư hết hạn ngày {until:%d/%m/%Y}"
        yield Finding(whose, 0, what, "Gia hạn chứng thư", Severity.WARNING)
