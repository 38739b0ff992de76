"""A paper: what was frozen of a year or a period, and what it is printed as. All that is done with one is done alike.

decisions.py makes the decision on the index of a year, reports.py the report of a period; drafting, approving,
publishing and showing know only what stands here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

from jinja2 import TemplateError

from models.findings import Action, Finding, Severity, refusal
from models.notation import notation
from models.numbers import vietnamese_date
from models.province.config import ProvinceConfig, Signer
from models.records.procedure import Submission, accepted_from
from models.records.tables import Approval, Snapshot
from models.side_by_side import SideBySide, in_threads
from models.working_days import VIETNAM
from tasks.publishing.contents import Signing, content_hash, keyword_of
from tasks.publishing.folders import entry_of
from tasks.publishing.gate import GatePoint, Numbered
from tasks.publishing.kinds import PaperKind, kind_of, told
from tasks.publishing.own_templates import TEMPLATES, documents_of, refused_template
from tasks.publishing.printing import print_all
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import Document, RenderingError, UnknownElementError, pictures_in

_IMAGES = "images"
_WORD_DRAFT = "du-thao-"


class Drafted(NamedTuple):
    """A draft before it is written: every file by its name, the paper first; and what could not be drafted as Word."""

    files: dict[str, bytes]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is drafted, approved and published of a snapshot.

    Attributes:
        province: the province folder; its templates/ and images/ are used where it has them.
        snapshot: what it is made from, compared with its hash.
        config: the province's words as they were frozen.
        title: what lists call it: `quyết định năm 2017`.
        symbol: what follows its number: `QĐ-UBND`.
        issuer: who issues it, as another paper cites it.
        earliest: the first day that it may bear; too_early says what an earlier one comes before.
        drafted_on: the day that the files of a draft carry.
        freezing: what computes and freezes it anew.
        publishing: what publishes it.
        state: what shows where it stands.
        signer: the signer with an id, the usual one for None; KeyError where there is none.
        signers: whom it may name, by their ids.
        documents: what is printed, from its numbering and a folder of templates; it can be sent to a child.
        beside: further files of a draft or a publication, from its numbering and the printed ones.
        coded: the paper with the hash of all that is published with it where its readers see it.
        signed_here: whether the keys of this machine sign it.
        points: what a signer should know before it is published, of a numbering.
        side_by_side: who prints its documents, and makes the pages of the site when it is published.
    """

    province: Path
    snapshot: Snapshot
    config: ProvinceConfig
    title: str
    symbol: str
    issuer: str
    earliest: date
    too_early: str
    drafted_on: date
    freezing: Action
    publishing: Action
    state: Action
    signer: Callable[[str | None], Signer]
    signers: Sequence[str]
    documents: Callable[[PaperHead, Path | None], Sequence[Document]]
    beside: Callable[[PaperHead, Mapping[str, bytes]], dict[str, bytes]]
    coded: Callable[[PaperHead, Document, str], Document]
    signed_here: bool
    points: Callable[[Numbered], Sequence[GatePoint]] = lambda numbered: ()
    side_by_side: SideBySide = in_threads

    @property
    def kind(self) -> PaperKind:
        """A decision or a report."""
        return kind_of(self.snapshot.period)

    @property
    def name(self) -> str:
        """The year or the period: `2017`, `2025-03`."""
        return self.snapshot.period or str(self.snapshot.year)

    @property
    def told(self) -> str:
        """What messages call it by."""
        return told(self.snapshot)

    def signed_by(self, id: str | None) -> Signer:
        """The signer with an id, the usual one for None.

        Raises:
            RefusedError: province.yaml had no such signer when the paper was frozen.
        """
        try:
            return self.signer(id)
        except KeyError:
            known = ", ".join(self.signers) or "chưa khai báo"
            remedy = f"Dùng một trong: {known}; nếu vừa sửa province.yaml thì tính lại"
            raise refusal("province.yaml", f"không có người ký “{id}”", remedy, action=self.freezing) from None

    def draft(self, signer: str | None) -> PaperHead:
        """Its numbering before it is numbered: blanks, and a mark on every page."""
        return PaperHead(None, None, self.symbol, self.signed_by(signer), draft=True)

    def numbered(self, approval: Approval, replaced: Approval | None) -> PaperHead:
        """Its numbering as approved."""
        replaces = cited(replaced, self.issuer) if replaced else None
        number, day = approval.submission_number, approval.submission_day
        return PaperHead(
            approval.number,
            approval.day,
            approval.symbol,
            self.signed_by(approval.signer),
            replaces=replaces,
            submission=Submission(number, day) if number is not None and day is not None else None,
            accepted=accepted_from(approval.accepted),
        )

    def gate(self, numbering: PaperHead | None = None) -> Sequence[GatePoint]:
        """What a signer should know before it is published so; before it is numbered where no numbering is given.

        Raises:
            RefusedError: a template is broken.
        """
        made, today = self.snapshot.created_at.astimezone(VIETNAM).date(), datetime.now(VIETNAM).date()
        numbered = Numbered(numbering or self.draft(None), made, today)
        with _refusing_broken_templates():
            return self.points(numbered)

    def printed(self, numbering: PaperHead) -> dict[str, bytes]:
        """Its PDFs, the paper itself first: the same bytes on every run.

        Raises:
            RefusedError: a template is broken, or something cannot be printed.
        """
        return self._rendered(numbering, self._documents(numbering))

    def drafted(self, numbering: PaperHead) -> Drafted:
        """Its PDFs, what goes beside them, and each PDF as a Word file: the same bytes on every run.

        A paper that only the province's own template can print has no Word file; a finding says why.

        Raises:
            RefusedError: a template is broken, or something cannot be printed.
        """
        documents = self._documents(numbering)
        pdfs = self._rendered(numbering, documents)
        words: dict[str, bytes] = {}
        findings = []
        for document in documents:
            try:
                words[word_draft_of(document.name)] = self._as_word(numbering, document)
            except UnknownElementError as error:
                what = f"không lập được bản Word: mẫu của tỉnh có {error}, bản Word không có phần tử ấy"
                remedy = f"Dùng bản PDF, hoặc sửa mẫu trong thư mục {TEMPLATES}/ chỉ dùng các phần tử của mẫu chuẩn"
                findings.append(Finding(document.name, 0, what, remedy, Severity.WARNING))
        return Drafted({**pdfs, **self.beside(numbering, pdfs), **words}, findings)

    def _as_word(self, numbering: PaperHead, document: Document) -> bytes:
        from tasks.rendering.word import word_file

        with _refusing_broken_templates():
            return word_file(document, self._made(numbering), (self.province / _IMAGES,))

    def _documents(self, numbering: PaperHead) -> Sequence[Document]:
        with _refusing_broken_templates():
            return documents_of(self.documents, numbering, self.province)

    def _rendered(self, numbering: PaperHead, documents: Sequence[Document]) -> dict[str, bytes]:
        pictures, created = pictures_in(self.province / _IMAGES), self._made(numbering)
        with _refusing_broken_templates():
            return print_all(documents, self.snapshot.sha256, created, pictures, self.province, self.side_by_side)

    def _made(self, numbering: PaperHead) -> datetime:
        """The moment that its files carry."""
        return datetime.combine(numbering.day or self.drafted_on, time(), VIETNAM)

    def files(self, approval: Approval, replaced: Approval | None, signing: Signing) -> dict[str, bytes]:
        """Every file of the publication but the manifest, before signing: the same bytes on every run.

        The paper itself is printed once more when all others are known, and bears their hash.
        """
        numbering = self.numbered(approval, replaced)
        documents = self._documents(numbering)
        pdfs = self._rendered(numbering, documents)
        files = {**pdfs, **self.beside(numbering, pdfs), self.kind.contents: self.snapshot.body}
        entries = {name: entry_of(content) for name, content in files.items()}
        content = content_hash(entries, self.kind.paper, signing)
        front = self.coded(numbering, documents[0], content)
        return files | self._rendered(numbering, [replace(front, keywords=(keyword_of(content),))])


def word_draft_of(name: str) -> str:
    """The Word file beside a PDF of a draft, marked as a draft: `du-thao-quyet-dinh.docx`."""
    return f"{_WORD_DRAFT}{name.removesuffix('.pdf')}.docx"


@contextmanager
def _refusing_broken_templates() -> Iterator[None]:
    """What a template or a picture of the province gets wrong is its finding."""
    try:
        yield
    except TemplateError as error:
        name, line = getattr(error, "name", None), getattr(error, "lineno", None)
        raise refused_template(name or "", line or 0, str(error.message)) from error
    except RenderingError as error:
        remedy = "Kiểm tra tên đơn vị, hình ảnh, mẫu văn bản và phông chữ của máy"
        raise refusal("văn bản PDF", f"không kết xuất được: {error}", remedy) from error


def cited(approval: Approval, issuer: str) -> str:
    """A paper as another one cites it. Source: Nghị định 30/2020/NĐ-CP, Phụ lục I (full citation)."""
    assert approval.number is not None
    assert approval.day is not None
    number = notation(approval.number, approval.symbol)
    return f"{kind_of(approval.period).noun} số {number} {vietnamese_date(approval.day)} của {issuer}"
