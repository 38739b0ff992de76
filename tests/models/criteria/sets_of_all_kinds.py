"""Criteria sets of every kind of rule, as their file says them, and any of them at random."""

from decimal import Decimal
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

RULES: tuple[dict[str, Any], ...] = (
    {"kind": "points", "step": Decimal("0.25"), "label": "=Điểm chất lượng"},
    {"kind": "points"},
    {"kind": "binary"},
    {
        "kind": "options",
        "label": "Mức: cao nhất",
        "options": [
            {"id": "co", "label": "Có, từ ba trở lên", "points": 2},
            {"id": "khong", "label": "-", "points": 0},
        ],
    },
    {
        "kind": "tiers",
        "numerator": "số nhiệm vụ #1",
        "denominator": "tổng số",
        "tiers": [{"over": 90, "points": 2}, {"from": Decimal("70.5"), "points": 1}, {"points": 0}],
    },
    {
        "kind": "tiers",
        "of": "number",
        "value": "Số tin, bài",
        "unit": "tin",
        "tiers": [{"to": 0, "points": 2}, {"points": 0}],
    },
    {"kind": "proportional", "floor": 70, "numerator": "số đúng hạn", "denominator": "tổng số"},
    {"kind": "on_time", "deadline": "01-15", "late": [{"points": 1, "days": 10}]},
    {"kind": "within", "days": 5, "working": True, "start": "Ngày nhận", "label": "Ngày gửi"},
    {"kind": "checklist", "items": [{"id": "a", "label": "yes"}, {"id": "b", "label": "12/05"}]},
    {"kind": "deduction", "cases": [{"id": "late", "label": "báo cáo chậm", "points": Decimal("0.25")}]},
    {"kind": "survey", "scale": 5, "scale_from": 1},
    {"kind": "external", "index": "par", "scale": 100},
    {"kind": "min_max", "value": "Số sáng kiến"},
    {
        "kind": "by_fact",
        "label": "Có phát sinh không",
        "cases": [
            {
                "id": "co",
                "label": "Có",
                "rule": {"kind": "proportional", "numerator": "đã xử lý", "denominator": "phải xử lý"},
            },
            {"id": "khong", "label": "Không", "points": 2},
        ],
    },
)
"""At least one rule of every kind, under a maximum of 2."""

_TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs")), min_size=1, max_size=10
).map(lambda text: normalize("NFC", text))
_NAMES = _TEXTS | st.sampled_from(
    [
        "=1+1",
        "+84",
        "-",
        "@a",
        "1.10",
        "2025-01-31",
        "31/01/2025",
        "yes",
        "null",
        "Tên: có dấu",
        "a #b",
        "1,5",
        "'x",
        "{a}",
    ]
)
_SOURCES = st.sampled_from(["self", "survey", "register", "external"])


@st.composite
def criteria_sets(draw: st.DrawFn) -> dict[str, Any]:
    """What the file of a set says; every part has some of what it may have."""

    def leaf(code: str) -> dict[str, Any]:
        part = {
            "code": code,
            "name": draw(_NAMES),
            "max": 2,
            "source": draw(_SOURCES),
            "rule": draw(st.sampled_from(RULES)),
        }
        if draw(st.booleans()):
            part["evidence"] = draw(st.sampled_from(["strict", "optional", "none"]))
        if draw(st.booleans()):
            part["not_applicable"] = draw(
                st.sampled_from([{"by_event": True}, {"kinds": ["so"]}, {"units": ["a", "1.10"]}])
            )
        if draw(st.booleans()):
            part["reference"] = {"document": draw(_NAMES), "article": "Điều 1"}
        if draw(st.booleans()):
            part["appraised_by"] = "snv"
        return part

    areas = []
    for area in range(1, draw(st.integers(1, 3)) + 1):
        criteria: list[dict[str, Any]] = []
        for criterion in range(1, draw(st.integers(1, 3)) + 1):
            code = f"{area}.{criterion}"
            below = [leaf(f"{code}.{number}") for number in range(1, draw(st.integers(0, 3)) + 1)]
            criteria.append({"code": code, "name": draw(_NAMES), "components": below} if below else leaf(code))
        areas.append({"code": str(area), "name": draw(_NAMES), "criteria": criteria})
    values: dict[str, Any] = {"id": "so-2025", "title": draw(_NAMES), "areas": areas}
    if draw(st.booleans()):
        values["years"] = draw(st.sampled_from([2025, [2025, 2026]]))
    if draw(st.booleans()):
        values["bonus"] = {
            "cap": Decimal("1.5"),
            "items": [{"code": "T1", "name": draw(_NAMES), "each": Decimal("0.5")}],
        }
    if draw(st.booleans()):
        steps = [{"from": 3, "points": 2}, {"from": 1, "points": 1}]
        values["penalty"] = {"capped": False, "items": [{"code": "P1", "name": draw(_NAMES), "steps": steps, "max": 2}]}
    if draw(st.booleans()):
        check = {"left": ["T1/count", "P1/count"], "op": "=", "right": "T1/count", "what": draw(_NAMES), "tolerance": 1}
        values["checks"] = [check]
    if draw(st.booleans()):
        values["changes"] = {"percent": 40, "leaves": {"1.1": 25}}
    return values
