"""Something happened at the desk → a mail to whoever must know: accounts with an address, a unit's own address.

Requests to open a step and their answers; a newer self-assessment that waits while an appraiser has its unit open.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import select

from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import WaitingFile
from models.roles import Permission
from models.settings import Settings
from models.units import mail_addresses
from models.working_days import VIETNAM, moment_told
from tasks.accounts.accounts import Account, accounts
from tasks.evidence.answering import EvidenceAnswer
from tasks.intake.holding import HELD_FOR, holds_on
from tasks.mail.notifying import Delivery, Recipient, compose_news, mail_settings, send
from tasks.recording.extensions import subjects_of
from tasks.recording.openings import Opening

_MOST_FILES = 30  # that a mail names; the letter names all


def tell_of_request(
    province: Province, storage: Storage, settings: Settings, opening: Opening, address: str, now: datetime
) -> list[Delivery]:
    """Tell whoever runs rounds that a step is asked to be opened; `address` is the page where it is answered."""
    request = opening.request
    text = (
        f"{_name(province, opening)} đề nghị mở lại hoặc gia hạn: {opening.kind.label} năm {request.year}.",
        f"Lý do: {request.reason}",
        f"Trả lời tại: {address}",
    )
    officers = [one for one in _open_accounts(storage) if one.may(Permission.RUN_ROUND)]
    subject = f"Đề nghị mở khóa: {_name(province, opening)}"
    return _tell(province, settings, _reached(officers), subject, text, f"opening.{request.id}", now)


def tell_of_answer(
    province: Province, storage: Storage, settings: Settings, opening: Opening, address: str, now: datetime
) -> list[Delivery]:
    """Tell whoever sends the form what was answered; `address` is their page."""
    request, answer = opening.request, opening.answer
    assert answer is not None
    what = f"{opening.kind.label} năm {request.year}"
    if answer.until:
        said = f"Được nhận đến hết ngày {answer.until:%d/%m/%Y}: {what}."
    else:
        said = f"Chưa đồng ý mở lại: {what}."
    text = (said, *([f"Ý kiến của cơ quan chủ trì: {answer.reason}"] if answer.reason else []), f"Gửi tại: {address}")
    subject = f"{'Đồng ý' if answer.until else 'Chưa đồng ý'} đề nghị mở khóa"
    to = _of_subject(province, storage, request.subject)
    return _tell(province, settings, to, subject, text, f"opening.{request.id}.answer", now)


def tell_of_waiting(
    province: Province, storage: Storage, settings: Settings, desk: str, now: datetime
) -> list[Delivery]:
    """Tell unit and appraisers of every newer self-assessment that has to wait, once; `desk` is the desk's address."""
    deliveries: list[Delivery] = []
    with storage.writing() as session:
        waiting = list(session.exec(select(WaitingFile).where(WaitingFile.told == False)))  # noqa: E712 - SQL
        holders = {file.origin: holds_on(session, file.year, file.unit, now) for file in waiting}
        for file in waiting:
            file.told = True
            session.add(file)
        session.flush()
        session.expunge_all()
    for file in waiting:
        unit = province.units[file.unit].name
        came = moment_told(file.came_at)
        until = f"{(file.since + HELD_FOR).astimezone(VIETNAM):%H:%M}"
        sent = f"Bản tự đánh giá mới của {unit} (tệp “{file.file_name}”, gửi lúc {came}) đang chờ"
        to_unit = (
            f"{sent}: cơ quan thẩm định đang mở hồ sơ của đơn vị. Bản mới được nhận khi cơ quan nhận hoặc làm xong, "
            f"chậm nhất khoảng {until}; ngày gửi vẫn tính từ lúc tệp đến. Không cần gửi lại.",
        )
        key = f"waiting.{file.unit}.{int(file.since.timestamp())}"
        subject = f"Bản tự đánh giá mới đang chờ: {unit}"
        deliveries += _tell(province, settings, _of_subject(province, storage, file.unit), subject, to_unit, key, now)
        for one in holders[file.origin]:
            address = f"{desk}/tham-dinh/{file.year}/{one.agency}?don_vi={file.unit}"
            to_agency = (
                f"{sent} vì cơ quan đang mở hồ sơ của đơn vị này. Số liệu đang xem chưa thay đổi.",
                f"Nhận bản mới ngay, hoặc thẩm định tiếp rồi nhận: {address}",
            )
            to = _of_subject(province, storage, one.agency)
            deliveries += _tell(province, settings, to, subject, to_agency, f"{key}.{one.agency}", now)
    return deliveries


def tell_of_evidence(
    province: Province, storage: Storage, settings: Settings, answer: EvidenceAnswer, desk: str, now: datetime
) -> list[Delivery]:
    """Tell a unit what became of its evidence that lay in the inbox; the letter says the same of every file."""
    taken, many = answer.taken, len(answer.taken)
    refused = sum(one.file is None for one in taken)
    rest = [f"… và {many - _MOST_FILES} tệp khác, xem phiếu {answer.name}."] if many > _MOST_FILES else []
    unclear = any(one.file is not None and not one.components for one in taken)
    where = f"{desk}/don-vi/{answer.unit}/minh-chung/{answer.year}"
    text = (
        f"Tệp minh chứng năm {answer.year} gửi qua hộp nhận: nhận {many - refused} tệp, không nhận {refused} tệp.",
        *(one.said for one in taken[:_MOST_FILES]),
        *rest,
        *([f"Tệp chưa rõ tiêu chí: gắn tiêu chí tại {where}"] if unclear else []),
    )
    to = _of_subject(province, storage, answer.unit)
    subject = f"Minh chứng năm {answer.year}: nhận {many - refused} tệp, không nhận {refused} tệp"
    return _tell(province, settings, to, subject, text, f"evidence.{answer.name}", now)


def _name(province: Province, opening: Opening) -> str:
    request = opening.request
    names = subjects_of(province, province.round_of(request.year), opening.kind)
    return names.get(request.subject, request.subject)


def _open_accounts(storage: Storage) -> list[Account]:
    with storage.reading() as session:
        return [one for one in accounts(session) if one.is_open]


def _of_subject(province: Province, storage: Storage, subject: str) -> list[Recipient]:
    """Everybody who acts for a unit or agency, and the address that the province folder has of it."""
    own = [one for one in _open_accounts(storage) if one.subject == subject]
    known = province.units[subject].email if subject in province.units else None
    name = province.units[subject].name if subject in province.units else subject
    listed = [Recipient(name, address) for address in mail_addresses(known or "")]
    return list({each.address: each for each in (*listed, *_reached(own))}.values())


def _reached(who: Iterable[Account]) -> list[Recipient]:
    return [Recipient(one.person, one.email) for one in who if one.email]


def _tell(
    province: Province,
    settings: Settings,
    to: Sequence[Recipient],
    subject: str,
    text: Sequence[str],
    key: str,
    now: datetime,
) -> list[Delivery]:
    """Send to each; nobody where mail is off."""
    mail = mail_settings(settings)
    if mail.host is None:
        return []
    return send(
        [compose_news(province.config, mail, one, subject, text, f"{key}.{one.address}", now) for one in to], mail
    )
