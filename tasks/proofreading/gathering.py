"""A province, its database and a year → what is published of it; where nothing is, what was computed last.

Also what came of a text, ready for programs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.province.folder import Province
from models.records.progress_snapshots import progress_in
from models.records.read_texts import ReadText
from models.records.snapshots import results_in
from models.records.storage import Storage
from tasks.proofreading.checking import proofread
from tasks.proofreading.known import Known, known_of
from tasks.proofreading.statements import Sentence, Verdict
from tasks.recording.snapshots import newest_of, newest_published, newest_snapshot, periods_to_tell


def known_in(province: Province, storage: Storage, year: int) -> Known:
    """What a text about a year is held against.

    Raises:
        RefusedError: neither results nor a report of the year were ever computed, or one was changed afterwards.
    """
    with storage.reading() as session:
        periods = periods_to_tell(session, year)
        published = session.exec(newest_published(year)).first()
        newest = published or session.exec(newest_of(year)).first()
        if newest is None and not periods:
            newest_snapshot(session, year)  # refuses, and says what to do
        frozen = results_in(newest) if newest else None
        told = [(progress_in(snapshot), is_published) for snapshot, is_published in periods]
    return known_of(
        frozen,
        province.units,
        year,
        periods=[progress for progress, _ in told],
        drafts=[progress.named_period for progress, is_published in told if not is_published],
        published=published is not None,
    )


@dataclass(frozen=True, slots=True)
class Proofread:
    """What came of a text.

    Attributes:
        known: what it was held against.
        text: what was read of it.
        sentences: those that state something, in order.
    """

    known: Known
    text: ReadText
    sentences: Sequence[Sentence]

    def count(self, verdict: Verdict) -> int:
        """How many of its statements are so."""
        return sum(one.outcome.verdict is verdict for sentence in self.sentences for one in sentence.statements)

    @property
    def remarks(self) -> list[str]:
        """What whoever reads the verdicts has to know of them."""
        said = []
        if not self.known.published and self.known.groups:
            said.append(f"Kết quả năm {self.known.year} chưa công bố; đối chiếu với bản tính gần nhất.")
        if not self.known.groups:
            said.append(f"Chưa có kết quả năm {self.known.year}; chỉ đối chiếu với báo cáo các kỳ trong năm.")
        if self.text.cells:
            said.append(f"{self.text.cells} ô trong bảng không được soát.")
        if self.text.tracked:
            said.append("Tệp Word còn thay đổi được theo dõi; đọc như đã chấp nhận mọi thay đổi.")
        return said


def proofread_text(text: ReadText, known: Known) -> Proofread:
    """A text held against what is known of a year."""
    return Proofread(known, text, proofread(text.paragraphs, known))


def proofread_data(done: Proofread) -> dict[str, Any]:
    """What came of a text, for programs."""
    return {
        "year": done.known.year,
        "published": done.known.published,
        "remarks": done.remarks,
        "counts": {verdict.value: done.count(verdict) for verdict in Verdict},
        "statements": [
            {
                "paragraph": sentence.paragraph,
                "sentence": sentence.number,
                "text": sentence.text,
                "words": one.words,
                "start": one.start,
                "end": one.end,
                "subject": one.subject or None,
                "quantity": one.quantity or None,
                "verdict": one.outcome.verdict.value,
                "right": one.outcome.right or None,
                "source": one.outcome.source or None,
                "why": one.outcome.why or None,
            }
            for sentence in done.sentences
            for one in sentence.statements
        ],
    }
