"""The gate before publication (soát trước khi trình ký): all that a signer should know, by unit and paper, in one list.

In: frozen results with the procedure behind them, and the numbering of their decision. Out: points, each grave or a
remark. What is grave stops a publication unless a person accepts it by its code, with a reason that is kept with the
approval, told in the manifest and printed in the notes of the annex; blanks of the decision itself cannot be accepted.
Source: docs/process.md, 1 (appraisal, explanation, council) and 4; Nghị định 30/2020/NĐ-CP, Điều 15 and Phụ lục I.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from models.criteria.sets import Source
from models.findings import Act, Action, Finding, RefusedError, refusal
from models.numbers import ZERO
from models.province.calendar import round_due
from models.province.rounds import DATED_KINDS, SurveyMissing
from models.records.procedure import Accepted, Procedure
from models.records.results import Basis, GroupResult, Status, UnitResult
from models.records.snapshots import Frozen
from models.units import Unit
from report_templates.filters import counted
from tasks.documents.annexes import annexes_of
from tasks.documents.decision import DECISION, decision_documents
from tasks.documents.own_words import own_words
from tasks.documents.report import SUBMISSION, submission_document
from tasks.proofreading.checking import proofread
from tasks.proofreading.known import known_of
from tasks.proofreading.statements import Verdict
from tasks.publishing.own_templates import documents_of
from tasks.publishing.visible_text import blanks_in
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import Document

MOST_NAMES = 5
NOBODY: Procedure = Procedure()


class GateKind(Enum):
    """What a point is about: its code, what it is called, whether it is grave, whether a person may accept it."""

    BLANK = ("con-bo-trong", "Văn bản còn chỗ trống", True, False)
    UNAPPRAISED = ("chua-tham-dinh", "Điểm chưa được thẩm định", True, True)
    NO_SURVEY = ("thieu-khao-sat", "Thiếu kết quả điều tra xã hội học", True, True)
    NO_EXTERNAL = ("thieu-chi-so-ngoai", "Thiếu chỉ số do cơ quan khác công bố", True, True)
    FAULTY = ("so-lieu-sai", "Số liệu không hợp lệ", True, True)
    UNDECIDED = ("cho-hoi-dong", "Nội dung chờ Hội đồng quyết định", True, True)
    NO_SIGNER_NAME = ("thieu-ten-nguoi-ky", "Thiếu họ tên người ký", True, True)
    FUTURE = ("ngay-tuong-lai", "Ngày ký ở tương lai", True, True)
    BEFORE_RESULTS = ("ngay-truoc-ket-qua", "Ngày ký trước ngày lập bản kết quả", True, True)
    BEFORE_DEADLINE = ("ngay-truoc-han", "Ngày ký trước khi hết hạn", True, True)
    SUBMITTED_LATER = ("to-trinh-sau-quyet-dinh", "Tờ trình sau ngày quyết định", True, True)
    WRONG_TEXT = ("cau-chu-sai", "Câu chữ của tỉnh sai số liệu", True, True)
    DOTS = ("dau-ba-cham", "Phụ lục có dấu ba chấm", True, True)
    NOT_SUBMITTED = ("chua-co-to-trinh", "Chưa có số, ngày tờ trình", False, True)
    SILENT_APPRAISER = ("cho-tham-dinh", "Cơ quan chưa gửi kết quả thẩm định", False, True)
    UNCONFIRMED = ("chua-tham-dinh-het", "Tiêu chí không có điểm thẩm định", False, True)
    NOTHING_STATED = ("thieu-so-lieu", "Tiêu chí chưa có số liệu", False, True)
    UNPROVEN = ("thieu-minh-chung", "Điểm 0 vì thiếu minh chứng, đơn vị chưa được hỏi", False, True)
    NOT_SCORED = ("khong-cham-diem", "Đơn vị không được chấm điểm", False, True)
    SELF_APPRAISED = ("tu-tham-dinh", "Cơ quan tự thẩm định chính mình", False, True)
    UNEXPLAINED = ("cho-giai-trinh", "Giải trình chưa trả lời", False, True)
    GATED = ("khong-che", "Xếp loại bị khống chế", False, True)
    SUMS = ("cong-khong-khop", "Điểm in cộng không khớp", False, True)
    POPULATION = ("bien-dong-don-vi", "Đơn vị thay đổi so với năm trước", False, True)
    METADATA = ("thieu-sieu-du-lieu", "Siêu dữ liệu văn bản còn trống", False, True)
    UNCHECKED_TEXT = ("cau-chu-chua-soat", "Câu chữ của tỉnh chưa soát được", False, True)
    DOTS_IN_DATA = ("dau-ba-cham-du-lieu", "Dữ liệu có dấu ba chấm", False, True)

    def __init__(self, code: str, label: str, grave: bool, may_be_accepted: bool) -> None:
        self.code = code
        self.label = label
        self.grave = grave
        self.may_be_accepted = may_be_accepted


BY_CODE: Mapping[str, GateKind] = {kind.code: kind for kind in GateKind}


class Doubtful(NamedTuple):
    """A unit that a point is about, and what of it: codes of its leaves, or nothing."""

    code: str
    name: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatePoint:
    """One thing that a signer should know.

    Attributes:
        subject: the group or the paper it is about, as people call it.
        group: the group's id, "" for a paper.
        units: the units it is about.
        what: what it is, as it stands in a sentence.
        remedy: what to do, without a full stop.
    """

    kind: GateKind
    subject: str
    what: str
    remedy: str
    group: str = ""
    units: tuple[Doubtful, ...] = ()

    def __str__(self) -> str:
        weight = "NGHIÊM TRỌNG" if self.kind.grave else "LƯU Ý"
        return f"{self.subject}: {weight} [{self.kind.code}]: {self.what}. {self.remedy}."


class Numbered(NamedTuple):
    """A decision at the gate: its numbering, when its results were frozen first, and today, both in Vietnam."""

    decision: PaperHead
    frozen_on: date
    today: date


def points_of(frozen: Frozen, numbered: Numbered, province: Path | None) -> tuple[GatePoint, ...]:
    """Everything a signer should know of a round's results and papers, what is grave first.

    Args:
        frozen: the results and the procedure behind them.
        numbered: the decision as a draft, where number, day and submission may be blank, or as it is to be published.
        province: the province folder, whose own templates may leave blanks; None where there is none.
    """
    points = [
        *(point for group in frozen.results.groups for point in _of_group(frozen, group)),
        *_of_papers(frozen, numbered, province),
    ]
    return tuple(sorted(points, key=lambda point: (not point.kind.grave, list(GateKind).index(point.kind))))


def accepted_of(points: Iterable[GatePoint], reasons: Mapping[str, str], of: str) -> tuple[Accepted, ...]:
    """The grave points that a person accepts, with the reasons.

    Args:
        points: what the gate found.
        reasons: by code of a kind, why it is accepted; what was not found is left aside.
        of: what messages call the paper by.

    Raises:
        RefusedError: something grave is not accepted or cannot be, or a code or a reason says nothing.
    """
    for code, reason in reasons.items():
        _refuse_empty_reason(code, reason, of)
    grave = [point for point in points if point.kind.grave]
    refused = [point for point in grave if not (point.kind.may_be_accepted and point.kind.code in reasons)]
    if refused:
        raise RefusedError([_refused(point) for point in refused])
    return tuple(
        Accepted(point.kind.code, point.group, tuple(unit.code for unit in point.units), point.what, reason.strip())
        for point in grave
        if (reason := reasons[point.kind.code])
    )


def reasons_from(lines: Iterable[str], of: str) -> dict[str, str]:
    """What a person accepts, as typed: in each line the code of a point, a colon, the reason.

    Raises:
        RefusedError: a line has no colon.
    """
    reasons = {}
    for line in lines:
        code, colon, reason = line.partition(":")
        if not colon:
            raise refusal(of, f"“{line}” chưa nêu lý do chấp nhận", "Ghi dạng MÃ: LÝ DO, mỗi mã một dòng")
        reasons[code.strip()] = reason.strip()
    return reasons


def _refuse_empty_reason(code: str, reason: str, of: str) -> None:
    known = BY_CODE.get(code)
    if known is None or not (known.grave and known.may_be_accepted):
        codes = ", ".join(kind.code for kind in GateKind if kind.grave and kind.may_be_accepted)
        raise refusal(of, f"không có điều nào mang mã “{code}” để chấp nhận", f"Dùng một trong: {codes}")
    if not reason.strip() or "…" in reason or "..." in reason:
        raise refusal(of, f"chấp nhận “{code}” mà chưa ghi đủ lý do", "Ghi lý do sẽ in trong ghi chú của phụ lục")


def _refused(point: GatePoint) -> Finding:
    what = f"[{point.kind.code}] {point.what}"
    if not point.kind.may_be_accepted:
        return Finding(point.subject, 0, what, point.remedy)
    remedy = f"{point.remedy}, hoặc chấp nhận kèm lý do"
    return Finding(point.subject, 0, what, remedy, action=Action(Act.ACCEPT, point.kind.code))


# --- of a group -------------------------------------------------------------------------------------------------------


def _of_group(frozen: Frozen, group: GroupResult) -> Iterator[GatePoint]:
    """What stands behind the points, ranks and grades of a group."""
    yield from _of_appraisal(frozen, group)
    yield from _of_leaves(frozen, group)
    yield from _of_units(frozen, group)


def _of_appraisal(frozen: Frozen, group: GroupResult) -> Iterator[GatePoint]:
    procedure = frozen.procedure or NOBODY
    unappraised = _with(group, frozen.unappraised)
    yield from _point(
        GateKind.UNAPPRAISED,
        group,
        unappraised,
        "điểm của {names} chưa được thẩm định"
        f" ({counted(sum(len(unit.of) for unit in unappraised))} tiêu chí theo số liệu, điểm đơn vị tự khai)",
        "Nhận kết quả thẩm định rồi tính lại",
    )
    yield from _point(
        GateKind.UNCONFIRMED,
        group,
        _with(group, procedure.unconfirmed),
        "{names} có tiêu chí theo số liệu, điểm tự khai, không có điểm thẩm định nhập kèm",
        "Xác nhận cơ quan thẩm định đã chấp nhận các tiêu chí ấy",
    )
    yield from _point(
        GateKind.SELF_APPRAISED,
        group,
        _with(group, {unit.code: _appraised_by_itself(frozen, group, unit) for unit in group.units}),
        "{names} tự thẩm định chính mình (tiêu chí {leaves}), Hội đồng chưa quyết định các tiêu chí ấy",
        "Đưa các tiêu chí ấy ra Hội đồng, hoặc giao cơ quan khác thẩm định (appraised_by)",
    )
    yield from _point(
        GateKind.UNDECIDED,
        group,
        _with(group, procedure.undecided),
        "{names} không đồng ý điểm thẩm định và Hội đồng chưa quyết định",
        "Nhận quyết định của Hội đồng rồi tính lại",
    )
    yield from _point(
        GateKind.UNEXPLAINED,
        group,
        _with(group, {unit: ("",) * left for unit, left in procedure.unexplained.items()}),
        "{names} chưa trả lời điểm bị giảm khi thẩm định",
        "Nhận phiếu giải trình hoặc văn bản xác nhận",
    )


def _appraised_by_itself(frozen: Frozen, group: GroupResult, unit: UnitResult) -> list[str]:
    """The leaves of a unit on which nobody but itself has the last word."""
    here = Unit(code=unit.code, name=unit.name, kind=unit.kind)
    own = {leaf.code for leaf in frozen.config.appraised_by_itself(here, frozen.criteria_sets[group.criteria_set])}
    return [leaf.code for leaf in unit.leaves if leaf.code in own and leaf.basis is not Basis.COUNCIL]


def _of_leaves(frozen: Frozen, group: GroupResult) -> Iterator[GatePoint]:
    """Leaves without a result: surveys, other agencies' indices, facts that make no sense or are not there."""
    sources = {leaf.code: leaf.source for leaf in frozen.criteria_sets[group.criteria_set].leaves}
    counts = "được quy đổi theo điểm còn lại" if frozen.round.survey_missing is SurveyMissing.REBASE else "tính 0 điểm"
    empty = (Basis.MISSING, Basis.REBASED)

    def without(of: Sequence[Source], bases: Sequence[Basis]) -> tuple[Doubtful, ...]:
        return _doubtful(group, lambda leaf: sources[leaf.code] in of and leaf.basis in bases)

    yield from _point(
        GateKind.NO_SURVEY,
        group,
        without((Source.SURVEY,), empty),
        f"{{names}} chưa có kết quả điều tra xã hội học (tiêu chí {{leaves}}), {counts}",
        "Nhận kết quả khảo sát rồi tính lại",
    )
    yield from _point(
        GateKind.NO_EXTERNAL,
        group,
        without((Source.EXTERNAL,), empty),
        "{names} chưa có chỉ số do cơ quan khác công bố (tiêu chí {leaves}), tính 0 điểm",
        "Nhập chỉ số ấy rồi tính lại",
    )
    yield from _point(
        GateKind.FAULTY,
        group,
        without(tuple(Source), (Basis.FAULTY,)),
        "số liệu của {names} không hợp lệ (tiêu chí {leaves}), tính 0 điểm",
        "Sửa số liệu rồi tính lại",
    )
    yield from _point(
        GateKind.NOTHING_STATED,
        group,
        without((Source.SELF, Source.REGISTER), empty),
        "{names} có tiêu chí chưa có số liệu hay điểm (tiêu chí {leaves}), tính 0 điểm",
        "Đối chiếu với hồ sơ của đơn vị",
    )
    # Only what an appraiser cut is asked about in the explanation, and what was appraised stands on that instead.
    yield from _point(
        GateKind.UNPROVEN,
        group,
        without(tuple(Source), (Basis.UNPROVEN,)),
        "{names} không được tính điểm vì thiếu tài liệu kiểm chứng (tiêu chí {leaves}) mà chưa được đề nghị giải trình",
        "Nhận minh chứng, hoặc nhận điểm thẩm định (kể cả 0 điểm) để đơn vị giải trình, rồi tính lại",
    )


def _of_units(frozen: Frozen, group: GroupResult) -> Iterator[GatePoint]:
    """Units that are not scored, whose grade a gate capped, whose printed points do not add up; who joined and left."""

    def those(holds: Callable[[UnitResult], bool]) -> tuple[Doubtful, ...]:
        return tuple(Doubtful(unit.code, unit.name) for unit in group.units if holds(unit))

    yield from _point(
        GateKind.NOT_SCORED,
        group,
        those(lambda unit: unit.status is Status.NOT_SCORED),
        "{names} không được chấm điểm",
        "Xác nhận đơn vị không gửi hồ sơ",
    )
    yield from _point(
        GateKind.GATED,
        group,
        those(lambda unit: unit.gated),
        "xếp loại của {names} bị khống chế theo điều kiện của kỳ",
        "Kiểm tra số liệu của điều kiện ấy",
    )
    yield from _point(
        GateKind.SUMS,
        group,
        those(lambda unit: not _adds_up(frozen, unit)),
        "các cột điểm in ra của {names} cộng lại không bằng Tổng điểm in ra",
        "Kiểm tra số chữ số thập phân của kỳ (ranking.decimals)",
    )
    compared = any(unit.previous for unit in group.units)
    joined = those(lambda unit: compared and unit.status is Status.SCORED and unit.previous is None)
    yield from _point(
        GateKind.POPULATION,
        group,
        joined,
        "{names} không có kết quả năm trước",
        "Kiểm tra successions.csv: đơn vị mới, hay được sắp xếp từ đơn vị cũ",
    )
    left = (frozen.procedure or NOBODY).left.get(group.id, ())
    yield from _point(
        GateKind.POPULATION,
        group,
        tuple(Doubtful("", name) for name in left),
        "{names} có kết quả năm trước, nay không còn trong kỳ và không có đơn vị kế tiếp",
        "Kiểm tra units.csv, successions.csv",
    )


def _adds_up(frozen: Frozen, unit: UnitResult) -> bool:
    """Whether the printed parts come to the printed total, where it is not kept between 0 and the maximum."""
    if unit.points is None or unit.points in (ZERO, unit.max_points):
        return True
    cut = frozen.results.ranking.printed
    parts = (unit.appraised_points, unit.survey_points, unit.bonus, -unit.penalty)
    return sum((cut(part) for part in parts if part is not None), ZERO) == cut(unit.points)


def _with(group: GroupResult, by_unit: Mapping[str, Sequence[str]]) -> tuple[Doubtful, ...]:
    """The units of a group that a mapping names, with what it says of them."""
    return tuple(
        Doubtful(unit.code, unit.name, tuple(by_unit[unit.code])) for unit in group.units if by_unit.get(unit.code)
    )


def _doubtful(group: GroupResult, holds: Callable[[Any], bool]) -> tuple[Doubtful, ...]:
    """The units of a group that have leaves like this, with their codes."""
    return _with(group, {unit.code: [leaf.code for leaf in unit.leaves if holds(leaf)] for unit in group.units})


def _point(
    kind: GateKind, group: GroupResult, units: tuple[Doubtful, ...], what: str, remedy: str
) -> Iterator[GatePoint]:
    """A point about units of a group; none where there are none."""
    if units:
        leaves = list(dict.fromkeys(code for unit in units for code in unit.of))
        said = what.format(names=_names([unit.name for unit in units], "đơn vị"), leaves=_names(leaves, "tiêu chí"))
        yield GatePoint(kind, group.name, said, remedy, group.id, units)


def _names(names: Sequence[str], noun: str) -> str:
    """The first names, and how many there are besides."""
    rest = len(names) - MOST_NAMES
    shown = ", ".join(names if rest <= 0 else names[:MOST_NAMES])
    return shown if rest <= 0 else f"{shown} và {counted(rest)} {noun} khác"


# --- of the papers ----------------------------------------------------------------------------------------------------


def _of_papers(frozen: Frozen, numbered: Numbered, province: Path | None) -> Iterator[GatePoint]:
    """Blanks, signers, dates, metadata of the decision and the submission."""
    if silent := (frozen.procedure or NOBODY).silent_appraisers:
        what = f"chưa nhận kết quả thẩm định của {_names(silent, 'cơ quan')}"
        yield GatePoint(GateKind.SILENT_APPRAISER, "Thẩm định", what, "Nhận phiếu thẩm định rồi tính lại")
    yield from _of_signers(frozen, numbered.decision)
    yield from _of_dates(frozen, numbered)
    yield from _of_blanks(frozen, numbered.decision, province)
    yield from _of_own_words(frozen)


def _of_signers(frozen: Frozen, decision: PaperHead) -> Iterator[GatePoint]:
    config = frozen.config
    nameless = [
        f"{signer.title} ({paper})"
        for signer, paper in ((decision.signer, "Quyết định"), (config.department_signer, "Tờ trình"))
        if not signer.name
    ]
    if nameless:
        what = f"chưa có họ tên của {', '.join(nameless)}"
        yield GatePoint(
            GateKind.NO_SIGNER_NAME, "Người ký", what, "Ghi name của người ký trong province.yaml rồi tính lại"
        )
    empty = [
        said
        for said, value in (("mã định danh cơ quan (organ_id)", config.organ_id), ("nơi nhận", config.recipients))
        if not value
    ]
    if empty:
        what = f"siêu dữ liệu của văn bản còn trống: {', '.join(empty)}"
        yield GatePoint(GateKind.METADATA, "metadata.xml", what, "Khai báo trong province.yaml rồi tính lại")


def _of_dates(frozen: Frozen, numbered: Numbered) -> Iterator[GatePoint]:
    """Days that cannot be: in the future, before what the decision is made from, before units may no longer send."""
    day, submission = numbered.decision.day, numbered.decision.submission
    if day is None:
        return
    said, remedy = f"ngày ký {day:%d/%m/%Y}", "Ghi đúng ngày ký"
    if day > numbered.today:
        what = f"{said} ở sau hôm nay ({numbered.today:%d/%m/%Y})"
        yield GatePoint(GateKind.FUTURE, "Quyết định", what, remedy)
    if day < numbered.frozen_on:
        what = f"{said} ở trước ngày lập bản kết quả ({numbered.frozen_on:%d/%m/%Y})"
        yield GatePoint(GateKind.BEFORE_RESULTS, "Quyết định", what, remedy)
    dues = ((kind.description.step, round_due(frozen.config, frozen.round, kind)) for kind in DATED_KINDS)
    if open_steps := [f"{step} {due.last_day:%d/%m/%Y}" for step, due in dues if due and day <= due.last_day]:
        what = f"{said} ở trước khi hết hạn gửi ({', '.join(open_steps)})"
        yield GatePoint(GateKind.BEFORE_DEADLINE, "Quyết định", what, "Ký sau khi các hạn ấy đã hết")
    if submission and submission.day > day:
        what = f"tờ trình ngày {submission.day:%d/%m/%Y} ở sau {said} của quyết định"
        yield GatePoint(GateKind.SUBMITTED_LATER, "Tờ trình", what, "Ghi đúng ngày của tờ trình")


def _of_blanks(frozen: Frozen, decision: PaperHead, province: Path | None) -> Iterator[GatePoint]:
    """What nobody filled in; a draft may have no number, day and submission yet."""
    if decision.submission is None:
        kind = GateKind.NOT_SUBMITTED if decision.draft else GateKind.BLANK
        what = f"chưa có số, ngày của tờ trình ({frozen.config.symbols.submission}) mà quyết định căn cứ"
        yield GatePoint(kind, "Quyết định", what, "Ghi số và ngày của tờ trình khi công bố")
    for document in documents_of(partial(_announcing, frozen), decision, province):
        if not (found := blanks_in(document.html, dots_only=decision.draft)):
            continue
        is_main = document.name in (DECISION, SUBMISSION)
        what = f"{document.name} còn chỗ trống: {'; '.join(f'“{text}”' for text in found)}"
        remedy = "Điền đủ trong province.yaml, bộ tiêu chí hoặc mẫu văn bản rồi tính lại"
        yield GatePoint(GateKind.BLANK if is_main else GateKind.DOTS, document.title, what, remedy)
    if said := list(_dotted(frozen.values())):
        what = f"có dấu ba chấm trong {_names([f'“{text}”' for text in said], 'chỗ')}"
        yield GatePoint(GateKind.DOTS_IN_DATA, "Dữ liệu của kỳ", what, "Kiểm tra các chỗ ấy")


def _of_own_words(frozen: Frozen) -> Iterator[GatePoint]:
    """What the province words itself, numbers typed by hand with it, held against the results."""
    config, round, ranking = frozen.config, frozen.round, frozen.results.ranking
    own = own_words(frozen.texts, config, round.year, ranking, annexes_of(config, round, frozen.results))
    paragraphs = [*(line for lines in own.values() for line in lines), *round.causes, *round.remedies]
    if not paragraphs:
        return
    for sentence in proofread(paragraphs, known_of(frozen, {}, round.year)):
        for one in sentence.statements:
            verdict, told = one.outcome.verdict, one.outcome
            if verdict is Verdict.WRONG:
                what = f"“{one.words}” sai: kết quả là {told.right} ({told.source})"
                yield GatePoint(
                    GateKind.WRONG_TEXT, "Câu chữ của tỉnh", what, "Sửa texts.yaml hoặc tệp kỳ rồi tính lại"
                )
            elif verdict is not Verdict.RIGHT:
                what = f"“{one.words}”: {verdict.label.lower()}" + (f", {told.why}" if told.why else "")
                yield GatePoint(GateKind.UNCHECKED_TEXT, "Câu chữ của tỉnh", what, "Đối chiếu câu ấy với kết quả")


def _announcing(frozen: Frozen, decision: PaperHead, templates: Path | None) -> Sequence[Document]:
    """The documents that are signed or submitted; without a submission there is none of those."""
    config, results = frozen.config, frozen.results
    papers = decision_documents(
        config,
        frozen.round,
        results,
        decision,
        templates,
        unappraised=frozen.unappraised,
        waived=frozen.waived,
        texts=frozen.texts,
    )
    if decision.submission or decision.draft:
        papers.append(submission_document(frozen, decision, templates))
    return papers


def _dotted(value: object) -> Iterator[str]:
    """Every text with an ellipsis in what was frozen."""
    if isinstance(value, str):
        if "…" in value:
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _dotted(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _dotted(part)


def gate_data(points: Iterable[GatePoint]) -> list[dict[str, Any]]:
    """The points for machines, with every unit and leaf."""
    return [
        {
            "code": point.kind.code,
            "title": point.kind.label,
            "severity": "grave" if point.kind.grave else "remark",
            "acceptable": point.kind.grave and point.kind.may_be_accepted,
            "subject": point.subject,
            "group": point.group or None,
            "units": [{"code": unit.code, "name": unit.name, "of": list(unit.of)} for unit in point.units],
            "what": point.what,
            "remedy": point.remedy,
        }
        for point in points
    ]
