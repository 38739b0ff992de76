"""Evidence that lies in the inbox → received like that of the desk, answered by a letter a unit, taken out.

In this order, so that a run that is killed is finished by the next: what is known or was refused before is not recorded
a second time, and the letter is the same. What cannot be matched with a unit, or judged now, stays and is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from models.findings import Finding, RefusedError
from models.province.folder import Province
from models.records.storage import Storage
from models.settings import Settings
from tasks.evidence.answering import EvidenceAnswer, answer_to
from tasks.evidence.receiving import LAID_IN, SentFile, Taken, receive_evidence, refuse_evidence, why_closed
from tasks.intake.inbox import Arrival, FileStore
from tasks.reading.evidence_places import evidence_place
from tasks.reading.file_names import shown_path

VIA = "inbox"
_MEGABYTE = 2**20
_NOBODY = "không rõ minh chứng của đơn vị nào; đặt vào minh-chung/MÃ_ĐƠN_VỊ/ hoặc đặt tên MÃ_ĐƠN_VỊ-minh-chung.zip"


class _Of(NamedTuple):
    """Whose evidence, for which round."""

    unit: str
    year: int


class _Came(NamedTuple):
    """A file with what its place says its name is."""

    arrival: Arrival
    name: str


@dataclass
class EvidenceReport:
    """What became of the evidence that lay in the inbox.

    Attributes:
        answers: of each unit and round, what is told of its files.
        left: what stays in the inbox, with why.
        stuck: received files that cannot be taken out of the inbox.
    """

    answers: list[EvidenceAnswer] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Everything as whoever ran the intake reads it, a line each."""
        for answer in self.answers:
            yield from (f"minh chứng {answer.unit}: {one.said}" for one in answer.taken)
        for path, why in self.left:
            yield f"{path}: để lại: {why}"
        for path in self.stuck:
            yield f"{path}: đã nhận nhưng không xóa được khỏi hộp nhận; lần sau nhận ra là đã có"


def receive_evidence_inbox(
    province: Province,
    storage: Storage,
    settings: Settings,
    inbox: FileStore,
    outbox: FileStore,
    arrivals: Sequence[Arrival],
) -> EvidenceReport:
    """Receive evidence that lies in the inbox; the caller is the only intake.

    Args:
        province, storage: where.
        settings: limits of size, and the scanner.
        inbox, outbox: where files come in, where letters go.
        arrivals: the files, as `FileStore.listed` names them.
    """
    report = EvidenceReport()
    by_unit: dict[_Of, list[_Came]] = defaultdict(list)
    for arrival in arrivals:
        whose = _whose(province, storage, arrival)
        if isinstance(whose, str):
            report.left.append((shown_path(arrival.relative), whose))
        else:
            by_unit[whose[0]].append(whose[1])
    for of, files in sorted(by_unit.items()):
        _receive(province, storage, settings, of, files, inbox, outbox, report)
    return report


def _whose(province: Province, storage: Storage, arrival: Arrival) -> tuple[_Of, _Came] | str:
    """Whose evidence a file is; why it is nobody's, as it stands in a sentence."""
    place = evidence_place(arrival.relative)
    assert place
    code = _code(province, place.unit)
    if code is None:
        return _NOBODY
    if place.owner and place.owner in province.units and place.owner != code:
        return f"minh chứng của {code} nằm trong thư mục của {place.owner}; đơn vị tự gửi minh chứng của mình"
    years = [year for year in sorted(province.rounds, reverse=True) if code in province.units_of_round(year)]
    if place.year is not None:
        years = [year for year in years if year == place.year]
    if not years:
        return f"kỳ {place.year} không có đơn vị {code}" if place.year else f"đơn vị {code} không có trong kỳ nào"
    now = arrival.arrived_at
    taking = (year for year in years if not why_closed(province, storage, year, code, now))
    return _Of(code, next(taking, years[0])), _Came(arrival, place.name)


def _code(province: Province, spelled: str) -> str | None:
    """The code of a unit, however its letters are written."""
    return next((code for code in province.units if code.casefold() == spelled.casefold()), None)


def _receive(
    province: Province,
    storage: Storage,
    settings: Settings,
    of: _Of,
    files: Sequence[_Came],
    inbox: FileStore,
    outbox: FileStore,
    report: EvidenceReport,
) -> None:
    """The files of one unit: each in a transaction of its own, then the letter, then out of the inbox."""
    taken: list[Taken] = []
    done: list[_Came] = []
    for came in files:
        became = _one(province, storage, settings, of, came, inbox)
        if isinstance(became, str):
            report.left.append((shown_path(came.arrival.relative), became))
            continue
        taken += [one for one in became if one.is_final]
        if all(one.is_final for one in became):
            done.append(came)
        else:
            report.left += [(shown_path(came.arrival.relative), one.what) for one in became if not one.is_final]
    if not taken:
        return
    answer = answer_to(province, of.unit, of.year, taken, max(came.arrival.arrived_at for came in files))
    try:
        outbox.write(answer.name, answer.content)
    except OSError as error:  # a full disk: the next run comes to the same letter
        report.left += [(shown_path(came.arrival.relative), f"chưa ghi được phiếu trả lời ({error})") for came in done]
        return
    report.answers.append(answer)
    report.stuck += [shown_path(came.arrival.relative) for came in done if not inbox.remove(came.arrival)]


def _one(
    province: Province, storage: Storage, settings: Settings, of: _Of, came: _Came, inbox: FileStore
) -> list[Taken] | str:
    """What became of one file, an archive taken apart; why it stays in the inbox."""
    if came.arrival.size > settings.evidence_sent * _MEGABYTE:
        return f"tệp lớn hơn {settings.evidence_sent} MB; chia nhỏ rồi gửi lại"
    with TemporaryDirectory(dir=storage.var, prefix=LAID_IN) as folder:
        path = Path(folder) / "sent"
        if not inbox.kept(came.arrival, lambda pieces: _laid_down(path, pieces)):
            return "đang được ghi hoặc không đọc được; lần nhận sau xem lại"
        sent, now = SentFile(came.name, path), came.arrival.arrived_at
        try:
            if closed := why_closed(province, storage, of.year, of.unit, now):
                return [refuse_evidence(province, storage, of.year, of.unit, sent, closed[0], via=VIA, now=now)]
            return receive_evidence(province, storage, settings, of.year, of.unit, [sent], via=VIA, now=now)
        except RefusedError as refused:
            return "; ".join(_said(refused.findings))


def _laid_down(path: Path, pieces: Iterable[bytes]) -> str:
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    return path.name


def _said(findings: Iterable[Finding]) -> Iterator[str]:
    return (f"{finding.what}. {finding.remedy}" for finding in findings)
