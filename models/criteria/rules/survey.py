"""`survey`: answers of a sociological survey, weighted, or a mean over its scale. Source: docs/maths.md, 2.9."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal, final

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, FormulaCells, not_counts
from models.criteria.rules.amounts import Bound, FactId, Label, Percent, PositivePoints
from models.criteria.rules.base import WHOLE_CONTENT, Awarded, Better, Numbers, Rule, problem, share_of
from models.criteria.rules.cells import CountCell, FactCell, NumberCell
from models.criteria.rules.counts import not_a_count, read_count
from models.criteria.rules.faults import RuleFault, named_twice
from models.criteria.rules.ratios import percent_said
from models.numbers import HUNDRED, ZERO, plain, said, vietnamese_number

_FORMS = "forms"
_MEAN = "mean"
_STEP_OF_MEAN = Decimal("0.1")


class Answer(BaseModel):
    """One answer of a questionnaire and the share of the maximum that it is worth, in percent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    weight: Percent


@final
class SurveyRule(Rule):
    """Answers × weights averaged over the valid forms, or a mean over its scale.

    With `forms` the number of valid forms is stated too, and the answers must add up to it.
    Source: docs/maths.md, 2.9 (A = 100 %, B = 60 %, C = 20 %, D = 0 %).
    """

    kind: Literal["survey"]
    answers: tuple[Answer, ...] = ()
    scale: PositivePoints | None = None
    scale_from: Bound = ZERO
    forms: bool = False

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        if self.scale is not None:
            return (FactField(_MEAN, "Điểm trung bình khảo sát", FactKind.NUMBER),)
        answers = tuple(
            FactField(answer.id, f"Số phiếu trả lời “{answer.label}”", FactKind.COUNT) for answer in self.answers
        )
        return (*answers, FactField(_FORMS, "Tổng số phiếu hợp lệ", FactKind.COUNT)) if self.forms else answers

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return CountCell() if self.scale is None else NumberCell(self.scale_from, self.scale)

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PERCENT if self.scale == HUNDRED else Numbers.PLAIN

    @property
    @override
    def of_survey(self) -> bool:
        return True

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """Not exactly one of `answers` and `scale`, a scale upside down, `forms` out of place, answers named twice."""
        if bool(self.answers) is (self.scale is not None):
            return [RuleFault((), "cần đúng một trong answers và scale", "Ghi answers (phiếu) hoặc scale (thang điểm)")]
        if self.scale is not None and self.scale_from >= self.scale:
            return [RuleFault(("scale_from",), "scale_from không nhỏ hơn scale", "Sửa lại hai đầu thang điểm")]
        if self.forms and self.scale is not None:
            return [RuleFault(("forms",), "forms chỉ dùng cùng answers", "Bỏ forms, hoặc ghi answers thay cho scale")]
        if self.forms and any(answer.id == _FORMS for answer in self.answers):
            return [RuleFault(("forms",), f"mã “{_FORMS}” dành cho tổng số phiếu", "Đặt mã khác cho câu trả lời")]
        return named_twice([answer.id for answer in self.answers], "answers")

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        if self.scale is not None:
            return (
                f"Điểm trung bình khảo sát trên thang {said(self.scale_from)}–{said(self.scale)} "
                f"quy đổi ra {said(maximum)} điểm"
            )
        weights = ", ".join(f"{answer.label} {said(answer.weight)}%" for answer in self.answers)
        return f"Bình quân số phiếu hợp lệ theo trọng số ({weights}) × {said(maximum)} điểm"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        if self.scale is not None:
            return self._of_mean(Decimal(facts[_MEAN]), self.scale, maximum)
        forms = worth = ZERO
        for answer in self.answers:
            count = read_count(facts[answer.id])
            if count is None:
                return not_a_count(answer.id, answer.label, facts[answer.id])
            forms += count
            worth += count * answer.weight
        if forms == 0:
            return problem(self.answers[0].id, "không có phiếu hợp lệ nào", "Nhập số phiếu, hoặc để trống cả mục")
        if self.forms and Decimal(facts[_FORMS]) != forms:
            stated = vietnamese_number(facts[_FORMS])
            return problem(
                _FORMS,
                f"tổng số phiếu trả lời ({said(forms)}) khác tổng số phiếu hợp lệ ({stated})",
                "Đối chiếu lại số phiếu của từng phương án với tổng số phiếu hợp lệ",
            )
        return Awarded(share_of(maximum, worth, forms * HUNDRED))

    def _of_mean(self, mean: Decimal, scale: Decimal, maximum: Decimal) -> Awarded:
        if not self.scale_from <= mean <= scale:
            return problem(
                _MEAN,
                f"điểm trung bình {said(mean)} nằm ngoài thang {said(self.scale_from)}–{said(scale)}",
                "Kiểm tra lại thang điểm của phiếu khảo sát",
            )
        return Awarded(share_of(maximum, mean - self.scale_from, scale - self.scale_from))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        if self.scale is not None:
            cell, low, high = cells.facts[_MEAN], plain(self.scale_from), plain(self.scale)
            points = f"{plain(maximum)}*({cell}-({low}))/({high}-({low}))"
            return f"IF(IF(ISNUMBER({cell}),OR({cell}<{low},{cell}>{high}),TRUE),{CHECK_TEXT},{points})"
        counts = [cells.facts[answer.id] for answer in self.answers]
        stated = [cells.facts[field.id] for field in self.fields]
        forms = "+".join(counts)
        worth = "+".join(f"{cell}*{plain(answer.weight)}" for cell, answer in zip(counts, self.answers, strict=True))
        wrong = f"OR({forms}=0,{forms}<>{stated[-1]})" if self.forms else f"{forms}=0"
        points = f"IF({wrong},{CHECK_TEXT},{plain(maximum)}*({worth})/(({forms})*100))"
        return f"IF({not_counts(stated)},{CHECK_TEXT},{points})"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        if self.scale is not None:
            mean = said(Decimal(facts[_MEAN]))
            return f"trung bình {mean} trên thang {said(self.scale_from)}–{said(self.scale)}"
        counts = [(answer, Decimal(facts[answer.id])) for answer in self.answers]
        forms = sum((count for _, count in counts), ZERO)
        worth = sum((count * answer.weight for answer, count in counts), ZERO)
        answers = ", ".join(f"{answer.label} {said(count)}" for answer, count in counts)
        return f"{said(forms)} phiếu ({answers}), đạt {percent_said(worth, forms * HUNDRED)}%"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """A mean a tenth higher, or one form that moves from the worst answer given to the best."""
        if self.scale is not None:
            mean = min(self.scale, Decimal(facts[_MEAN]) + _STEP_OF_MEAN)
            return Better(f"nâng điểm trung bình khảo sát lên {said(mean)}", {**facts, _MEAN: plain(mean)})
        best = max(self.answers, key=lambda answer: answer.weight)
        given = [answer for answer in self.answers if Decimal(facts[answer.id]) > 0 and answer.weight < best.weight]
        if not given:
            return None
        worst = min(given, key=lambda answer: answer.weight)
        moved = {
            worst.id: plain(Decimal(facts[worst.id]) - 1),
            best.id: plain(Decimal(facts[best.id]) + 1),
        }
        return Better(f"mỗi phiếu chuyển từ “{worst.label}” sang “{best.label}”", {**facts, **moved})

    @override
    def aim(self) -> str:
        return WHOLE_CONTENT
