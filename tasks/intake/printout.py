"""A received self-assessment → a printout for the head to sign (bản in để ký): one row a criterion, as PDF/A.

An area of which the unit scores nothing (surveys) is one row. What is printed is what is recorded, so what is scored:
facts, points by the rules, evidence. It names the file it stands for by its SHA-256, and says so where facts of the
unit were recorded from elsewhere afterwards. It is the unit's own paper: its letterhead, its signature block; place,
day and signature stay blank.
Source: docs/process.md, 1 (signed by the head) and 6 (evidence); format NĐ 30/2020/NĐ-CP, Phụ lục I.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from sqlmodel import Session, col, func, select

from models.criteria.facts import appraised_id
from models.criteria.sets import Heading, Leaf, Source
from models.findings import refusal
from models.forms.descriptions import FormKind
from models.forms.sources import Stage
from models.numbers import ZERO
from models.province.config import ProvinceConfig, Signer
from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import FactVersion, Receipt
from models.units import Unit
from models.wording import continued
from models.working_days import VIETNAM
from report_templates.filters import unit_in_sentence
from tasks.forms.round_records import RoundRecords, UnitRecord, read_round
from tasks.rendering.letterhead import Agency, PaperHead
from tasks.rendering.pdf import Document, render_pdf, template_environment

_STATED_BY = {
    Source.SURVEY: "Điều tra xã hội học",
    Source.REGISTER: "Cơ quan theo dõi nhập số liệu",
    Source.EXTERNAL: "Lấy từ chỉ số khác",
}
_NOT_APPLICABLE = "Không áp dụng với đơn vị"


@dataclass(frozen=True, slots=True)
class PrintedLeaf:
    """One row: what the unit said about one criterion; `points` is None where it does not score it."""

    code: str
    name: str
    max_points: Decimal | None
    stated: tuple[str, ...]
    points: Decimal | None
    evidence: tuple[str, ...]
    group: Heading | None = None


@dataclass(frozen=True, slots=True)
class PrintedArea:
    """An area with its rows; `points` and `max_points` are of what the unit scores itself and did not claim away.

    `stated_by_others` says who scores instead where the unit scores nothing of the area: it is one row then.
    """

    code: str
    name: str
    max_points: Decimal
    points: Decimal
    leaves: tuple[PrintedLeaf, ...]
    stated_by_others: tuple[str, ...]


def printout_name(year: int, unit: str) -> str:
    """The file name: `ban-in-tu-danh-gia-2025-so-tu-phap.pdf`."""
    return f"ban-in-tu-danh-gia-{year}-{unit}.pdf"


def write_printouts(province: Province, storage: Storage, year: int, units: Sequence[str], out: Path) -> list[Path]:
    """Write the printouts of units that sent a self-assessment into a folder, made where it is missing.

    Args:
        units: codes; where none is named, all units of the round whose self-assessment was received.

    Raises:
        RefusedError: no such round, a unit that does not take part in it, or one named that has sent none.
    """
    records = read_round(province, storage, year)
    received = _received(storage, year)
    wanted = units or [code for code in records.units if code in received]
    printed = [(code, _printed(records, storage, received, code)) for code in wanted]
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for code, content in printed:
        path = out / printout_name(year, code)
        path.write_bytes(content)
        paths.append(path)
    return paths


def printout(province: Province, storage: Storage, year: int, unit: str) -> bytes:
    """The printout of one unit's received self-assessment; the same records give the same bytes.

    Raises:
        RefusedError: no such round, a unit that does not take part in it, or one that has sent no self-assessment.
    """
    return _printed(read_round(province, storage, year, {unit}), storage, _received(storage, year), unit)


def _received(storage: Storage, year: int) -> dict[str, Receipt]:
    """The newest receipt of a self-assessment by unit."""
    with storage.reading() as session:
        kind = FormKind.SELF_ASSESSMENT.value
        wanted = select(Receipt).where(Receipt.kind == kind, Receipt.year == year).order_by(col(Receipt.id))
        receipts = {receipt.subject: receipt for receipt in session.exec(wanted)}
        session.expunge_all()
    return receipts


def _printed(records: RoundRecords, storage: Storage, received: dict[str, Receipt], unit: str) -> bytes:
    record, receipt, year = records.units.get(unit), received.get(unit), records.round.year
    if record is None:
        raise refusal(f"kỳ {year}", f"không có đơn vị “{unit}” trong kỳ đánh giá", "Dùng mã theo units.csv")
    if receipt is None:
        what = f"{record.unit.name} chưa gửi phiếu tự đánh giá năm {year}"
        raise refusal(f"kỳ {year}", what, "Nhận phiếu của đơn vị trước, rồi lập bản in")
    with storage.reading() as session:
        changed = _facts_from_elsewhere(session, record, receipt)
    config, areas = records.province.config, _areas(record)
    subject = f"Tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {year} của {unit_in_sentence(record.unit.name)}"
    title = f"Phiếu tự đánh giá. {subject}"
    context = {
        "config": config,
        "decision": PaperHead(None, None, "", Signer(id="head", title=record.unit.signs_as[-1])),
        "agency": _agency(config, record.unit),
        "unit": record.unit,
        "ranking": record.ranking,
        "criteria_set": record.criteria_set,
        "areas": areas,
        "max_points": sum((area.max_points for area in areas), ZERO),
        "points": sum((area.points for area in areas), ZERO),
        "receipt": receipt,
        "received": receipt.received_at.astimezone(VIETNAM),
        "changed": changed,
        "year": year,
        "orientation": "wide",
        "subject": subject,
        "title": title,
    }
    html = template_environment().get_template("printout.html").render(context)
    document = Document(printout_name(year, unit), title, html)
    return render_pdf(document, receipt.sha256, receipt.received_at)


def _facts_from_elsewhere(session: Session, record: UnitRecord, receipt: Receipt) -> bool:
    """Whether facts of what the unit scores itself were recorded from another file after this one."""
    own = [leaf.code for leaf in record.criteria_set.leaves if leaf.source is Source.SELF]
    later = select(func.count()).where(
        FactVersion.year == record.year,
        FactVersion.unit == record.unit.code,
        col(FactVersion.component).in_(own),
        col(FactVersion.receipt_id) > receipt.id,
        ~col(FactVersion.fact).startswith(appraised_id("")),
    )
    return session.exec(later).one() > 0


def _agency(config: ProvinceConfig, unit: Unit) -> Agency:
    """The unit as its own paper names it: a people's committee stands alone, an agency below its committee.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục I và III.
    """
    if len(unit.signs_as) > 1:
        place = unit.name.removeprefix("UBND ").removeprefix("Ủy ban nhân dân ")
        return Agency((), ("Ủy ban nhân dân", place), unit.name, unit.name)
    return Agency((f"UBND {config.name}",), (unit.name,), unit.name, unit.name)


# --- rows -------------------------------------------------------------------------------------------------------------


def _areas(record: UnitRecord) -> list[PrintedArea]:
    areas = []
    for area in record.criteria_set.areas:
        leaves = [leaf for leaf in record.criteria_set.leaves if leaf.area == area.code]
        rows = tuple(replace(_leaf_row(record, leaf), group=leaf.group) for leaf in leaves)
        scored = [row for row, leaf in zip(rows, leaves, strict=True) if _is_scored(record, leaf)]
        maximum = sum((row.max_points or ZERO for row in scored), ZERO)
        points = sum((row.points or ZERO for row in scored), ZERO)
        others = () if any(leaf.source is Source.SELF for leaf in leaves) else _without_repeats(rows)
        areas.append(PrintedArea(area.code, area.name, maximum, points, rows, others))
    return areas


def _without_repeats(rows: Sequence[PrintedLeaf]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(continued(line) for row in rows for line in row.stated))


def _is_scored(record: UnitRecord, leaf: Leaf) -> bool:
    """Whether the unit scores the leaf itself, and it counts."""
    applies = leaf.applies_to(record.unit.code, record.unit.kind)
    return leaf.source is Source.SELF and applies and record.claimed[leaf.code].points is not None


def _leaf_row(record: UnitRecord, leaf: Leaf) -> PrintedLeaf:
    if not leaf.applies_to(record.unit.code, record.unit.kind):
        return PrintedLeaf(leaf.code, leaf.name, None, (_NOT_APPLICABLE,), None, ())
    if leaf.source is not Source.SELF:
        return PrintedLeaf(leaf.code, leaf.name, leaf.max, (_STATED_BY[leaf.source],), None, ())
    points = record.claimed[leaf.code].points
    counted = None if points is None else record.ranking.counted_points(points)
    evidence = tuple(record.documents_said(leaf.code, Stage.SELF))
    return PrintedLeaf(leaf.code, leaf.name, leaf.max, _stated(record, leaf), counted, evidence)


def _stated(record: UnitRecord, leaf: Leaf) -> tuple[str, ...]:
    """The facts in the words of the form, or the claim that nothing applies, and what the unit wrote beside them."""
    said = record.said(leaf.code, Stage.SELF)
    return (*record.stated(leaf), *((f"Giải trình: {continued(said)}",) if said else ())) or ("Chưa có số liệu",)
