"""Small results that the corpus of sentences speaks of: two groups with ties, an unranked unit and a silent one.

The names are those of kinds of agencies; the figures are made up.
"""

from dataclasses import replace
from decimal import Decimal

from models.province.rounds import Group, RankingRule, Round, Selection
from models.records.results import AreaResult, RoundResult, ScoredUnit
from models.records.snapshots import Frozen
from models.units import Unit
from tasks.proofreading.known import Known, known_of
from tasks.scoring.comparison import compare_group
from tasks.scoring.ranking import rank_group
from tests.tasks.building import YEAR, a_set, area, criterion, leaf, published, with_index
from tests.tasks.rendering.test_pdf import CONFIG

AREAS = {"1": "Cải cách thể chế", "2": "Cải cách thủ tục hành chính", "3": "Chuyển đổi số"}
SET = a_set(
    {**area("1", criterion("1.1", leaf("1.1.1", 20), leaf("1.1.2", 10))), "name": AREAS["1"]},
    {**area("2", leaf("2.1", 40)), "name": AREAS["2"]},
    {**area("3", leaf("3.1", 30)), "name": AREAS["3"]},
)
ROUND = Round(
    year=YEAR,
    groups=(
        Group(
            id="so",
            name="Các sở, ban, ngành",
            criteria_set="mau",
            units=Selection(kind=("so",)),
            unranked=("thanh-tra",),
        ),
        Group(id="xa", name="UBND xã, phường", criteria_set="mau", units=Selection(kind=("xa", "phuong"))),
    ),
)
UNITS = {
    unit.code: unit
    for unit in (
        Unit(code="so-noi-vu", name="Sở Nội vụ", kind="so", aliases=("Sở NV",)),
        Unit(code="so-tai-chinh", name="Sở Tài chính", kind="so", aliases=("Sở TC",)),
        Unit(code="so-y-te", name="Sở Y tế", kind="so"),
        Unit(code="so-xay-dung", name="Sở Xây dựng", kind="so"),
        Unit(code="so-gd-dt", name="Sở Giáo dục và Đào tạo", kind="so", aliases=("Sở GD&ĐT",)),
        Unit(code="so-vh-tt-dl", name="Sở Văn hóa, Thể thao và Du lịch", kind="so", aliases=("Sở VHTTDL",)),
        Unit(code="so-cong-thuong", name="Sở Công Thương", kind="so"),
        Unit(code="thanh-tra", name="Thanh tra tỉnh", kind="so"),
        Unit(code="phuong-5", name="Phường 5", kind="phuong"),
        Unit(code="xa-an-khe", name="Xã An Khê", kind="xa", aliases=("UBND xã An Khê",)),
        Unit(code="phuong-an-khe", name="Phường An Khê", kind="phuong"),
        Unit(code="xa-nhon-hoa", name="Xã Nhơn Hòa", kind="xa"),
        Unit(code="xa-long-dien", name="Xã Long Điền", kind="xa"),
        Unit(code="xa-phu-lam", name="Xã Phú Lâm", kind="xa"),
        Unit(code="xa-cu", name="Xã Tân Cũ", kind="xa"),
    )
}
# index, three areas, index and rank of the year before
FIGURES: dict[str, tuple[str | None, tuple[str, str, str], tuple[str, int | None] | None]] = {
    "so-noi-vu": ("92.15", ("95.00", "90.00", "92.17"), ("88.30", 3)),
    "so-tai-chinh": ("89.64", ("97.50", "85.25", "87.63"), ("90.12", 1)),
    "so-y-te": ("85.20", ("80.00", "88.00", "86.67"), ("80.10", 7)),
    "so-xay-dung": ("82.50", ("75.00", "85.00", "86.67"), ("82.50", 5)),
    "so-gd-dt": ("82.50", ("78.50", "80.00", "89.83"), ("84.00", 4)),
    "so-vh-tt-dl": ("76.35", ("70.00", "75.00", "84.50"), ("81.00", 6)),
    "so-cong-thuong": ("68.90", ("60.00", "66.00", "81.67"), ("89.00", 2)),
    "thanh-tra": ("81.00", ("80.00", "80.00", "83.33"), None),
    "phuong-5": ("95.00", ("96.00", "94.00", "95.33"), None),
    "xa-an-khe": ("88.10", ("90.00", "85.00", "90.33"), ("86.00", 1)),
    "phuong-an-khe": ("81.96", ("85.00", "78.00", "84.20"), ("83.00", 2)),
    "xa-nhon-hoa": ("74.44", ("70.00", "73.00", "80.80"), ("70.00", 4)),
    "xa-long-dien": ("58.03", ("50.00", "60.00", "63.43"), ("72.00", 3)),
    "xa-phu-lam": (None, ("0", "0", "0"), None),
}


def _scored(code: str) -> ScoredUnit:
    index, areas, _ = FIGURES[code]
    unit = with_index(code, index, name=UNITS[code].name)
    maxima = (30, 40, 30)
    results = tuple(
        AreaResult(area, AREAS[area], Decimal(most), Decimal(own) * most / 100, Decimal(own))
        for area, own, most in zip(AREAS, areas, maxima, strict=True)
    )
    unit = replace(unit, kind=UNITS[code].kind, areas=results if index else ())
    if code == "so-xay-dung":  # measured on its own maximum, so that points and index differ
        return replace(
            unit, max_points=Decimal(80), points=Decimal(66), appraised_points=Decimal(46), survey_points=Decimal(20)
        )
    return unit


def results(figures: dict[str, ScoredUnit] | None = None, rule: RankingRule | None = None) -> Frozen:
    """The frozen round of these figures."""
    ranking = rule or ROUND.ranking
    groups = []
    for group in ROUND.groups:
        codes = [code for code in FIGURES if UNITS[code].kind in group.units.kind]
        units = [(figures or {}).get(code) or _scored(code) for code in codes]
        ranked = rank_group(units, ranking, ROUND.grades, unranked=group.unranked)
        past = {code: (*before, group.id) for code in codes if (before := FIGURES[code][2])}
        last = published(past)  # type: ignore[arg-type]
        groups.append(compare_group(group, ranked, ranking, SET.maximum, last, (), UNITS))
    round_result = RoundResult(YEAR, ranking, tuple(groups))
    return Frozen(CONFIG, ROUND, {"mau": SET}, (), {}, "", round_result)


def known() -> Known:
    """What is published of the round."""
    return known_of(results(), UNITS, YEAR)
