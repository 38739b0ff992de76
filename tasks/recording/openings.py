"""Requests of units and agencies that a step be opened to them again, or longer; and the officer's answers.

A granted request is an extension (extensions.py), recorded in the same act; a refused one says why. Each request is
answered once. Source: docs/process.md, 1 (locks, extension per unit).
"""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.findings import RefusedError, refusal
from models.forms.descriptions import FormKind
from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import OpeningAnswer, OpeningRequest
from models.wording import in_one_line
from tasks.recording.extensions import LONGEST_REASON, extend_in, subjects_of

LONGEST_REQUEST = LONGEST_REASON - 100  # of characters: an extension repeats it


class Opening(NamedTuple):
    """A request, and its answer where there is one."""

    request: OpeningRequest
    answer: OpeningAnswer | None

    @property
    def kind(self) -> FormKind:
        """The form of the step."""
        return FormKind(self.request.step)

    @property
    def is_granted(self) -> bool:
        """Whether it was answered by a day."""
        return self.answer is not None and self.answer.until is not None


def openings(session: Session, year: int | None = None, subject: str | None = None) -> list[Opening]:
    """The requests of a round, of one subject, or of all, the newest first."""
    statement = select(OpeningRequest, OpeningAnswer).join(OpeningAnswer, isouter=True)
    if year is not None:
        statement = statement.where(OpeningRequest.year == year)
    if subject is not None:
        statement = statement.where(OpeningRequest.subject == subject)
    found = [Opening(*row) for row in session.exec(statement.order_by(col(OpeningRequest.id).desc()))]
    session.expunge_all()
    return found


def ask_to_open(
    storage: Storage, province: Province, year: int, step: FormKind, subject: str, reason: str, now: datetime
) -> Opening:
    """Record a request.

    Raises:
        RefusedError: no reason, a step that takes no form of this subject, or a request that waits already.
    """
    said = in_one_line(reason)
    where = f"đề nghị mở {step.description.step}, kỳ {year}"
    if subject not in subjects_of(province, province.round_of(year), step):
        raise refusal(where, f"“{subject}” không gửi {step.label} trong kỳ này", "Chọn đúng biểu mẫu")
    if not said or len(said) > LONGEST_REQUEST:
        what = f"lý do dài quá {LONGEST_REQUEST} ký tự" if said else "chưa ghi lý do"
        raise refusal(where, what, "Ghi ngắn gọn vì sao cần mở và cần đến ngày nào, kèm số văn bản nếu có")
    with storage.writing() as session:
        before = [each for each in openings(session, year, subject) if each.kind is step and each.answer is None]
        if before:
            raise refusal(where, "đề nghị trước đang chờ trả lời", "Chờ cơ quan chủ trì trả lời; không cần gửi lại")
        request = OpeningRequest(
            year=year, step=step.value, subject=subject, reason=said, asked_at=now, asked_by=storage.user
        )
        session.add(request)
        session.flush()
        session.expunge(request)
    return Opening(request, None)


def grant_opening(storage: Storage, province: Province, id: int, until: date, reason: str, now: datetime) -> Opening:
    """Open the step until a day, as an extension whose reason names the request.

    Raises:
        RefusedError: no such request, it is answered, or the day extends nothing.
    """
    said = in_one_line(reason)
    with storage.writing() as session:
        request = _unanswered(session, id)
        asked = f"Theo đề nghị ngày {request.asked_at:%d/%m/%Y}: {request.reason}"
        why = f"{said} ({asked})" if said else asked
        step, subjects = FormKind(request.step), (request.subject,)
        extend_in(session, province, request.year, step, subjects, until, why[:LONGEST_REASON], now, storage.user)
        return _answer(session, request, until, said, now, storage.user)


def refuse_opening(storage: Storage, id: int, reason: str, now: datetime) -> Opening:
    """Refuse a request with a reason.

    Raises:
        RefusedError: no such request, it is answered, or no reason.
    """
    said = in_one_line(reason)
    if not said:
        raise refusal("đề nghị mở khóa", "chưa ghi lý do không đồng ý", "Ghi lý do; đơn vị được báo lý do này")
    with storage.writing() as session:
        return _answer(session, _unanswered(session, id), None, said, now, storage.user)


def _answer(
    session: Session, request: OpeningRequest, until: date | None, reason: str, now: datetime, user: str
) -> Opening:
    assert request.id is not None
    answer = OpeningAnswer(request_id=request.id, until=until, reason=reason, answered_at=now, answered_by=user)
    session.add(answer)
    try:
        session.flush()
    except IntegrityError as error:  # on PostgreSQL another officer may be as quick
        raise _answered() from error
    session.expunge_all()
    return Opening(request, answer)


def _unanswered(session: Session, id: int) -> OpeningRequest:
    request = session.get(OpeningRequest, id)
    if request is None:
        raise refusal("đề nghị mở khóa", f"không có đề nghị số {id}", "Xem lại danh sách đề nghị")
    if session.exec(select(OpeningAnswer).where(OpeningAnswer.request_id == id)).first():
        raise _answered()
    return request


def _answered() -> RefusedError:
    return refusal("đề nghị mở khóa", "đề nghị này đã được trả lời", "Xem trả lời trong danh sách")
