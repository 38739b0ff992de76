"""A paper: what was frozen of a year or a period, and what it is printed as. All that is done with one is done alike.

decisions.py makes the decision on the index of a year, reports.py the report of a period; drafting, approving,
publishing and showing know only what stands here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from jinja2 import TemplateError

from models.findings import Action, refusal
from models.notation import notation
from models.numbers import vietnamese_date
from models.province.config import ProvinceConfig, Signer
from models.records.tables import Approval, Snapshot
from models.working_days import VIETNAM
from tasks.publishing.kinds import PaperKind, kind_of, told
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import Document, RenderingError, render_all

_IMAGES = "images"
_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Paper:
    """What is drafted, approved and published of a snapshot.

    Attributes:
        province: the province folder; its templates/ and images/ are used where it has them.
        snapshot: what it is made from, compared with its hash.
        config: the province's words as they were frozen.
        workers: how many processes render.
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
        documents: what is printed, from its numbering and a folder of templates.
        beside: further files of a draft or a publication, from its numbering and the printed ones.
        signed_here: whether the keys of this machine sign it.
    """

    province: Path
    snapshot: Snapshot
    config: ProvinceConfig
    workers: int
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
    signed_here: bool

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
        signer = self.signed_by(approval.signer)
        return PaperHead(approval.number, approval.day, approval.symbol, signer, replaces=replaces)

    def printed(self, numbering: PaperHead) -> dict[str, bytes]:
        """Its PDFs, the paper itself first: the same bytes on every run.

        Raises:
            RefusedError: a template is broken, or something cannot be printed.
        """
        templates, images = self.province / _TEMPLATES, self.province / _IMAGES
        created = datetime.combine(numbering.day or self.drafted_on, time(), VIETNAM)
        try:
            made = self.documents(numbering, templates if templates.is_dir() else None)
            pictures = (images,) if images.is_dir() else ()
            return render_all(made, self.snapshot.sha256, created, self.workers, pictures)
        except TemplateError as error:
            place = f"{getattr(error, 'name', None) or 'mẫu văn bản'}"
            raise refusal(
                f"{_TEMPLATES}/{place}",
                f"mẫu văn bản có lỗi ({error.message})",
                f"Sửa mẫu trong thư mục {_TEMPLATES}/ của tỉnh",
                getattr(error, "lineno", None) or 0,
            ) from error
        except RenderingError as error:
            remedy = "Kiểm tra tên đơn vị, hình ảnh, mẫu văn bản và phông chữ của máy"
            raise refusal("văn bản PDF", f"không kết xuất được: {error}", remedy) from error

    def files(self, approval: Approval, replaced: Approval | None) -> dict[str, bytes]:
        """Every file of the publication but the manifest, before signing: the same bytes on every run."""
        numbering = self.numbered(approval, replaced)
        pdfs = self.printed(numbering)
        return {**pdfs, **self.beside(numbering, pdfs), self.kind.contents: self.snapshot.body}


def cited(approval: Approval, issuer: str) -> str:
    """A paper as another one cites it. Source: Nghị định 30/2020/NĐ-CP, Phụ lục I (full citation)."""
    assert approval.number is not None
    assert approval.day is not None
    number = notation(approval.number, approval.symbol)
    return f"{kind_of(approval.period).noun} số {number} {vietnamese_date(approval.day)} của {issuer}"
