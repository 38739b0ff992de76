"""Rules of every kind as a set may have them, where their sentence says all that they are."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.rules.base import Rule
from tasks.criteria.rule_texts.meanings import ids_for

LABELS = (
    "thu thập và xử lý thông tin",
    "kiểm tra tình hình thi hành",
    "điều tra hoặc khảo sát",
    "niêm yết tại Trung tâm phục vụ hành chính công",
    "bố trí kinh phí thực hiện",
    "phân công đơn vị chủ trì và phối hợp",
    "báo cáo gửi chậm",
    "văn bản có nội dung trái pháp luật",
    "tra cứu bằng mã QR",
    "gắn kết quả với thi đua khen thưởng",
)
PARTS = (
    "số nhiệm vụ hoàn thành đúng tiến độ",
    "số hồ sơ giải quyết trước hạn, đúng hạn",
    "số vốn đã giải ngân, triệu đồng",
)
WHOLES = ("tổng số nhiệm vụ", "tổng số hồ sơ đã giải quyết", "số vốn được giao, triệu đồng")
VALUES = ("Số nhiệm vụ quá hạn chưa hoàn thành", "Số tin, bài về CCHC đã đăng trong năm", "Giá trị")
UNITS = ("", "tin, bài", "nhiệm vụ", "lần lương")
QUARTER = Decimal("0.25")

maxima = st.integers(2, 40).map(lambda quarters: quarters * QUARTER)
labels = st.lists(st.sampled_from(LABELS), min_size=2, max_size=5, unique=True)


@st.composite
def ruled(draw: st.DrawFn) -> tuple[Rule, Decimal]:
    """A rule and the maximum under which it has no faults."""
    maximum = draw(maxima)
    kind = draw(st.sampled_from(sorted(KINDS)))
    rule = RULE_KINDS[kind].model_validate({"kind": kind, **draw(KINDS[kind](maximum))})
    return rule, maximum


@st.composite
def _falling(draw: st.DrawFn, maximum: Decimal, least: int, most: int) -> list[Decimal]:
    """Points from the maximum down, each less than the one before."""
    steps = int(maximum / QUARTER)
    lower = draw(st.lists(st.integers(0, steps - 1), min_size=least - 1, max_size=most - 1, unique=True))
    return [maximum, *(QUARTER * step for step in sorted(lower, reverse=True))]


@st.composite
def _ratio(draw: st.DrawFn) -> dict[str, object]:
    at = draw(st.integers(0, len(PARTS) - 1))
    named: dict[str, object] = {"numerator": PARTS[at], "denominator": WHOLES[at]}
    if nothing := draw(st.sampled_from([None, "full", "zero", "not_applicable"])):
        named["of_nothing"] = nothing
    return named


@st.composite
def _tiers(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    points = draw(_falling(maximum, 2, 5))
    of_ratio, rises = draw(st.booleans()), draw(st.booleans())
    halves = st.integers(1, 199 if of_ratio else 60)
    bounds = draw(st.lists(halves, min_size=len(points) - 1, max_size=len(points) - 1, unique=True))
    ordered = [Decimal(half) / 2 for half in sorted(bounds, reverse=rises)]
    names = ("over", "from") if rises else ("under", "to")
    tiers: list[dict[str, object]] = [
        {"points": worth, draw(st.sampled_from(names)): bound} for worth, bound in zip(points, ordered, strict=False)
    ]
    tiers.append({"points": points[-1]})
    if of_ratio:
        return {"tiers": tiers, **draw(_ratio())}
    return {
        "of": "number",
        "tiers": tiers,
        "value": draw(st.sampled_from(VALUES)),
        "unit": draw(st.sampled_from(UNITS)),
    }


@st.composite
def _growing(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    """Tiers of which the middle one grows."""
    full, floor = draw(st.integers(60, 99)), draw(st.integers(20, 50))
    growing: dict[str, object] = {"from": floor, "points": maximum, "pro_rata": full}
    values: dict[str, object] = {"tiers": [{"from": full, "points": maximum}, growing, {"points": 0}], **draw(_ratio())}
    return {**values, **draw(_decimals())}


def _decimals() -> st.SearchStrategy[dict[str, object]]:
    return st.sampled_from([None, 1, 2]).map(lambda decimals: {} if decimals is None else {"decimals": decimals})


@st.composite
def _proportional(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    floor = draw(st.sampled_from([0, 30, 70, 95]))
    full = draw(st.sampled_from([100, 100, 96, 99]))
    exceeds = {"may_exceed": True} if full == 100 and draw(st.booleans()) else {}
    return {"floor": floor, "full_from": full, **draw(_ratio()), **draw(_decimals()), **exceeds}


@st.composite
def _late(draw: st.DrawFn, maximum: Decimal) -> list[dict[str, object]]:
    points = [worth for worth in draw(_falling(maximum, 1, 4))[1:] if worth]
    days = sorted(draw(st.lists(st.integers(1, 90), min_size=len(points), max_size=len(points), unique=True)))
    steps: list[dict[str, object]] = [{"points": worth, "days": late} for worth, late in zip(points, days, strict=True)]
    if steps and draw(st.booleans()):
        del steps[-1]["days"]
    return steps


@st.composite
def _on_time(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    return {"deadline": draw(st.dates(date(2024, 1, 1), date(2030, 12, 31))), "late": draw(_late(maximum))}


@st.composite
def _within(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    start = draw(st.sampled_from(["Ngày nhận", "Ngày nhận văn bản", "Ngày có kết luận"]))
    working = draw(st.booleans())
    return {"days": draw(st.integers(1, 30)), "late": draw(_late(maximum)), "start": start, "working": working}


@st.composite
def _options(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    chosen = draw(st.lists(st.sampled_from(LABELS), min_size=3, max_size=5, unique=True))
    steps = int(maximum / QUARTER)
    middle = draw(st.lists(st.integers(1, steps - 1), min_size=len(chosen) - 2, max_size=len(chosen) - 2))
    points = [maximum, *sorted((QUARTER * step for step in middle), reverse=True), Decimal(0)]
    named = zip(ids_for(chosen), chosen, points, strict=True)
    return {"options": [{"id": id, "label": label, "points": worth} for id, label, worth in named]}


@st.composite
def _checklist(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    chosen = draw(labels)
    items: list[dict[str, object]] = [
        {"id": id, "label": label} for id, label in zip(ids_for(chosen), chosen, strict=True)
    ]
    way = draw(st.sampled_from(["shared", "each", "all", "own"]))
    if way == "own":
        for item in items:
            item["points"] = maximum
    extra = {"each": maximum} if way == "each" else {"all_required": True} if way == "all" else {}
    return {"items": items, **extra}


@st.composite
def _deduction(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    chosen = draw(labels)
    cases = zip(ids_for(chosen), chosen, strict=True)
    worth = st.integers(1, 8).map(lambda quarters: quarters * QUARTER)
    return {"cases": [{"id": id, "label": label, "points": draw(worth)} for id, label in cases]}


@st.composite
def _survey(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    if draw(st.booleans()):
        return {"scale": draw(st.sampled_from([5, 10, 100])), "scale_from": draw(st.sampled_from([0, 1]))}
    answers = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng"]
    weights = zip(
        ids_for(answers), answers, (100, draw(st.integers(50, 90)), draw(st.integers(10, 49)), 0), strict=True
    )
    return {"answers": [{"id": id, "label": label, "weight": weight} for id, label, weight in weights]}


@st.composite
def _external(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    names = ["Chỉ số phục vụ người dân, doanh nghiệp theo Quyết định số 766/QĐ-TTg", "Chỉ số chuyển đổi số (DTI)"]
    return {"index": draw(st.sampled_from(names)), "scale": draw(st.sampled_from([100, 80, 10]))}


@st.composite
def _points(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    return draw(st.sampled_from([{}, {"step": QUARTER}]))


@st.composite
def _min_max(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    lower = {"lower": draw(st.booleans())}
    if draw(st.booleans()):
        return {"of": "ratio", "numerator": PARTS[0], "denominator": WHOLES[0], **lower}
    return {"value": draw(st.sampled_from(VALUES)), **lower}


@st.composite
def _by_fact(draw: st.DrawFn, maximum: Decimal) -> dict[str, object]:
    kind = draw(st.sampled_from(["proportional", "tiers", "checklist", "deduction", "on_time"]))
    rule = {"kind": kind, **draw(KINDS[kind](maximum))}
    cases: list[dict[str, object]] = [
        {"id": "co_ke_hoach", "label": "Có kế hoạch", "rule": rule},
        {"id": "khong_co_ke_hoach", "label": "Không có kế hoạch", "points": draw(_falling(maximum, 2, 2))[1]},
    ]
    return {"label": "Trường hợp", "cases": cases}


KINDS = {
    "points": _points,
    "binary": lambda maximum: st.just({}),
    "options": _options,
    "tiers": lambda maximum: st.one_of(_tiers(maximum), _growing(maximum)),
    "proportional": _proportional,
    "on_time": _on_time,
    "within": _within,
    "checklist": _checklist,
    "deduction": _deduction,
    "survey": _survey,
    "external": _external,
    "min_max": _min_max,
    "by_fact": _by_fact,
}
