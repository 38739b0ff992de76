"""A criteria set → what officers print of it: the annex of the decision that promulgates it, and the units' guide.

Both are made from the set itself, so they say what forms and points follow: the rule in words, never typed twice.
Source: NĐ 30/2020/NĐ-CP, Phụ lục I; columns as provinces print them (STT, nội dung, điểm tối đa, cách tính,
tài liệu kiểm chứng, cơ quan thẩm định).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from models.criteria.references import LegalReference
from models.criteria.sets import CriteriaSet, Leaf, Source
from models.findings import refusal
from models.forms.descriptions import FormKind
from models.numbers import said
from models.province.calendar import due_on
from models.province.folder import Province
from models.province.rounds import RankingRule, Round
from models.working_days import VIETNAM
from tasks.criteria.annex_rows import CLAIMABLE_NOTE, annex_blocks, annex_rows, names_in, sum_of
from tasks.criteria.exported import kept_of_set
from tasks.documents.report import department_of
from tasks.rendering.letterhead import PaperHead, agency_of
from tasks.rendering.pdf import Document, RenderingError, render_pdf, template_environment
from tasks.scoring.examples import Example, example_of


class GuidedLeaf(NamedTuple):
    """A leaf as the guide tells it."""

    leaf: Leaf
    rule: str
    asked: tuple[str, ...]
    last_day: date | None
    reference: LegalReference | None
    example: Example | None


def declared_set(province: Province, id: str) -> CriteriaSet:
    """The criteria set of a province with this id.

    Raises:
        RefusedError: there is none.
    """
    declared = province.criteria_sets.get(id)
    if declared is None:
        known = ", ".join(sorted(province.criteria_sets)) or "chưa có bộ nào"
        raise refusal(f"criteria/{id}.yaml", f"không có bộ tiêu chí “{id}”", f"Dùng một trong: {known}")
    return declared


def year_of(province: Province, declared: CriteriaSet, today: date) -> int:
    """The year that a set is told for: of the newest round that measures by it, else this year."""
    return max((round.year for round in _rounds_by(province, declared)), default=today.year)


def _rounds_by(province: Province, declared: CriteriaSet) -> list[Round]:
    rounds = province.rounds.values()
    return [round for round in rounds if any(group.criteria_set == declared.id for group in round.groups)]


def criteria_annex(province: Province, declared: CriteriaSet, year: int) -> Document:
    """The annex of the decision that promulgates a set; number and day stay blank.

    Args:
        province: whose set it is.
        declared: the set.
        year: for which deadlines without a year are told.
    """
    names = names_in(province)
    context = _shared(province, declared) | {
        "orientation": "wide",
        "rows": list(annex_rows(declared, year, names)),
        "notes": list(_notes(declared)),
        "subject": declared.title,
        "title": f"Phụ lục. {declared.title}",
    }
    html = template_environment().get_template("criteria_annex.html").render(context)
    return Document(f"phu-luc-{declared.id}.pdf", str(context["title"]), html)


def units_guide(province: Province, declared: CriteriaSet, year: int) -> Document:
    """The guide for the units that a set measures; arguments as of `criteria_annex`."""
    criteria = [criterion for area in declared.areas for criterion in area.criteria]
    references = {one.code: one.reference for one in criteria}
    references |= {one.code: one.reference for criterion in criteria for one in criterion.components}
    leaves = [
        GuidedLeaf(
            leaf,
            leaf.rule.sentence(leaf.max, year),
            tuple(field.label for field in leaf.rule.fields),
            leaf.rule.last_day(year),
            references.get(leaf.code),
            example_of(leaf, year),
        )
        for leaf in declared.leaves
    ]
    rounds = [round for round in _rounds_by(province, declared) if round.year == year]
    deadline = rounds[0].deadlines.of(FormKind.SELF_ASSESSMENT) if rounds else None
    context = _shared(province, declared) | {
        "agency": department_of(province.config),
        "areas": [(area, [each for each in leaves if each.leaf.area == area.code]) for area in declared.areas],
        "due": due_on(province.config, deadline) if deadline else None,
        "orientation": "",
        "ranking": rounds[0].ranking if rounds else RankingRule(),
        "subject": f"Hướng dẫn tự đánh giá, chấm điểm năm {year}",
        "surveyed": sum_of([leaf for leaf in declared.leaves if leaf.source is Source.SURVEY]),
        "title": f"Hướng dẫn tự đánh giá, chấm điểm năm {year} theo {declared.title}",
        "year": year,
    }
    html = template_environment().get_template("criteria_guide.html").render(context)
    return Document(f"huong-dan-{declared.id}.pdf", str(context["title"]), html)


def _shared(province: Province, declared: CriteriaSet) -> dict[str, Any]:
    config = province.config
    signer = config.signer(None)
    return {
        "config": config,
        "declared": declared,
        "decision": PaperHead(None, None, config.symbols.decision, signer),
        "agency": agency_of(config, signer),
        "agencies": {agency.id: agency.name for agency in config.appraisers},
        "blocks": annex_blocks(declared, names_in(province)),
    }


def _notes(declared: CriteriaSet) -> Iterator[str]:
    surveyed = sum_of([leaf for leaf in declared.leaves if leaf.source is Source.SURVEY])
    if surveyed:
        own = declared.maximum - surveyed
        yield (
            f"Trong {said(declared.maximum)} điểm có {said(own)} điểm do đánh giá, thẩm định và {said(surveyed)} điểm "
            "xác định qua điều tra xã hội học"
        )
    if any(leaf.may_be_claimed for leaf in declared.leaves):
        yield CLAIMABLE_NOTE
    yield "Tiêu chí không áp dụng đối với đơn vị được trừ khỏi điểm tối đa của đơn vị đó, không tính là 0 điểm"


def exported_set(province: Province, id: str, year: int | None, today: date, form: str, *, as_guide: bool) -> bytes:
    """The annex or the guide of a set as a file; the same bytes on every run.

    Args:
        province: whose set it is.
        id: of the set.
        year: for which deadlines are told; None for the newest round that measures by it.
        today: the day, where no round does.
        form: `.pdf` or `.docx`.
        as_guide: the units' guide, else the annex.

    Raises:
        RefusedError: there is no such set, or something in it cannot be printed.
    """
    from tasks.rendering.word import word_file

    declared = declared_set(province, id)
    told = year or year_of(province, declared, today)
    document = (units_guide if as_guide else criteria_annex)(province, declared, told)
    images = province.folder / "images"
    pictures = (images,) if images.is_dir() else ()
    made_on = datetime(told, 1, 1, tzinfo=VIETNAM)
    try:
        if form == ".docx":
            kept = () if as_guide else kept_of_set(province, id, told)
            return word_file(document, made_on, pictures, kept)
        return render_pdf(document, f"{id} {told}", made_on, pictures)
    except RenderingError as error:
        raise refusal(
            f"criteria/{id}.yaml", f"không kết xuất được: {error}", "Kiểm tra tên, chữ dùng trong bộ"
        ) from error
