"""What is published of a unit: every figure once, with what each medium needs to show, hide and explain it.

Annex, workbook, CSV, JSON with its schema and dictionary, site and terminal loop over FIGURES. A new figure is a new
row here and an attribute of `models.records.results.UnitResult`; where a medium puts it follows from its group.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any


class SiteField(StrEnum):
    """What a province may leave out of its results site, and of everything that can be downloaded there."""

    SELF_POINTS = "self_points"
    APPRAISED_POINTS = "appraised_points"
    SURVEY_POINTS = "survey_points"
    BONUS = "bonus"
    PENALTY = "penalty"
    GRADE = "grade"
    AREAS = "areas"
    COMPARISON = "comparison"
    ROBUSTNESS = "robustness"
    LOST_POINTS = "lost_points"


_POINTS, _PERCENT = "điểm", "%"


class Medium(Enum):
    """Where figures stand: the columns of a table, the names of the JSON, the list on a unit's page."""

    JSON = auto()
    CSV = auto()
    WORKBOOK = auto()
    ANNEX = auto()
    UNRANKED = auto()  # the annex's table of units without a rank
    SITE = auto()
    UNIT_PAGE = auto()
    TERMINAL = auto()


class Appraised(Enum):
    """Of how many units of a group the points were appraised; what is not is called what it is."""

    ALL = auto()
    SOME = auto()
    NONE = auto()

    @classmethod
    def of(cls, appraised: int, others: int) -> "Appraised":
        """Told by how many units were appraised, and how many not."""
        if not others:
            return cls.ALL
        return cls.SOME if appraised else cls.NONE


_PARTLY = "thẩm định hoặc tự đánh giá"
_NOT_APPRAISED = "tự đánh giá (chưa thẩm định)"


class ColumnGroup(Enum):
    """Figures that stand together in every medium, in the order of FIGURES."""

    UNIT = auto()
    RANK = auto()
    PARTS = auto()
    TOTAL = auto()
    INDEX = auto()
    GRADE = auto()
    STATE = auto()
    BEFORE = auto()
    CHANGE = auto()
    NOTE = auto()
    ROBUSTNESS = auto()


_G = ColumnGroup
ORDER: Mapping[Medium, Sequence[ColumnGroup]] = {
    Medium.JSON: (
        *(_G.UNIT, _G.PARTS, _G.TOTAL, _G.INDEX, _G.RANK, _G.GRADE),
        *(_G.STATE, _G.BEFORE, _G.CHANGE, _G.ROBUSTNESS),
    ),
    Medium.CSV: (_G.UNIT, _G.STATE, _G.RANK, _G.GRADE, _G.PARTS, _G.TOTAL, _G.INDEX, _G.BEFORE, _G.CHANGE),
    Medium.WORKBOOK: (_G.RANK, _G.UNIT, _G.PARTS, _G.TOTAL, _G.INDEX, _G.GRADE, _G.BEFORE, _G.CHANGE, _G.NOTE),
    Medium.ANNEX: (_G.PARTS, _G.TOTAL, _G.INDEX, _G.RANK, _G.GRADE, _G.CHANGE),
    Medium.UNRANKED: (_G.PARTS, _G.TOTAL, _G.INDEX, _G.GRADE),
    Medium.SITE: (_G.INDEX, _G.GRADE, _G.CHANGE, _G.TOTAL, _G.PARTS),  # a phone shows the first ones
    Medium.UNIT_PAGE: (_G.INDEX, _G.RANK, _G.GRADE, _G.TOTAL, _G.PARTS, _G.CHANGE),
    Medium.TERMINAL: (_G.RANK, _G.UNIT, _G.PARTS, _G.TOTAL, _G.INDEX, _G.GRADE, _G.CHANGE),
}


class DecimalsSaid(Enum):
    """With which decimals a number is said."""

    EXACT = auto()  # as it is
    PRINTED = auto()  # those of the round
    AWARDED = auto()  # as it is; on paper those of the round
    AS_PUBLISHED = auto()  # those of the round, or its own where it comes from another year and cutting would change it


class Shown(Enum):
    """When a figure has a column in a table of people, and a line on a unit's page."""

    ALWAYS = auto()
    DIFFERS = auto()  # where ranked units do not all have the same
    KNOWN = auto()  # where any ranked unit has one
    KNOWN_OF_ANY = auto()  # where any unit has one, ranked or not
    GIVEN = auto()  # where any ranked unit has one other than nothing and 0


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One figure of a unit.

    Attributes:
        id: its column in the CSV, and its name in the JSON (there without its parent's name).
        group: with which figures it stands.
        heading: over its column, where `headings` has none of the medium's own; "" where only programs read it.
        meaning: for the data dictionary.
        kind: the type, as `tasks.publishing.open_data` names it.
        path: where a UnitResult has it, when not under its id.
        unit: of measurement.
        empty: whether a unit may have none.
        cut: with which decimals it is said.
        signed: whether it is a change, said with its sign.
        shown: when people's tables have it.
        hidden_by: what a province hides it by on its site, None where it is always seen.
        headings: by medium, what stands over it there (`{year}` is the year compared with); "" where it does not stand.
        absent: media of programs that do not have it.
        width: class of its column on paper.
        star: a yes or no of the unit that marks it with an asterisk on paper.
        summand: how the total comes about from it, in the annex's note.
    """

    id: str
    group: ColumnGroup
    heading: str
    meaning: str
    kind: str = "decimal"
    path: str = ""
    unit: str = ""
    empty: bool = False
    cut: DecimalsSaid = DecimalsSaid.PRINTED
    signed: bool = False
    shown: Shown = Shown.ALWAYS
    hidden_by: SiteField | None = None
    headings: Mapping[Medium, str] = field(default_factory=dict)
    absent: Collection[Medium] = ()
    width: str = "points"
    star: str = ""
    summand: str = ""

    def of(self, unit: Any) -> Any:
        """The unit's value, None where it has none."""
        value = unit
        for name in (self.path or self.id).split("."):
            value = None if value is None else getattr(value, name)
        return value

    @property
    def in_points(self) -> bool:
        """Whether it counts points, which have decimals of their own."""
        return self.unit == _POINTS

    @property
    def attribute(self) -> str:
        """The attribute of a UnitResult that holds it."""
        return (self.path or self.id).partition(".")[0]

    @property
    def parent(self) -> str:
        """The part of a unit that holds it in the JSON, "" where the unit does."""
        return self.attribute if "." in self.path else ""

    @property
    def name(self) -> str:
        """Its name in the JSON."""
        return self.id.removeprefix(f"{self.parent}_")

    def heading_in(self, medium: Medium, appraised: Appraised = Appraised.ALL) -> str:
        """What stands over it in a medium, "" where it does not stand there.

        Points that nobody appraised are not called appraised.
        """
        return self._as_appraised(self.headings.get(medium, self.heading), appraised)

    def summand_in(self, appraised: Appraised) -> str:
        """How the total comes about from it, in the annex's note."""
        return self._as_appraised(self.summand, appraised)

    def _as_appraised(self, words: str, appraised: Appraised) -> str:
        if self.id != "appraised_points" or appraised is Appraised.ALL:
            return words
        said = _PARTLY if appraised is Appraised.SOME else _NOT_APPRAISED
        return words.replace("thẩm định", said).replace("Thẩm định", said.capitalize())

    def stands_in(self, medium: Medium) -> bool:
        """Whether the medium has it."""
        if medium in (Medium.JSON, Medium.CSV):
            return medium not in self.absent
        return bool(self.heading_in(medium))

    def told_of(self, unit: Any) -> bool:
        """Whether a unit has what a table would show it for, so that its own page does."""
        value = self.of(unit)
        match self.shown:
            case Shown.ALWAYS | Shown.DIFFERS:
                return True
            case Shown.GIVEN:
                return bool(value)
            case Shown.KNOWN | Shown.KNOWN_OF_ANY:
                return value is not None

    def tells(self, ranked: Sequence[Any], units: Sequence[Any]) -> bool:
        """Whether it tells something of a group.

        Args:
            ranked: the ranked units of the group.
            units: all its units.
        """
        if self.shown is Shown.DIFFERS:
            return len({self.of(unit) for unit in ranked}) > 1
        of = units if self.shown is Shown.KNOWN_OF_ANY else ranked
        return self.shown is Shown.ALWAYS or any(self.told_of(unit) for unit in of)


_M = Medium
FIGURES: tuple[PublishedFigure, ...] = (
    PublishedFigure("code", _G.UNIT, "Mã", "Mã đơn vị, theo units.csv của tỉnh", kind="text"),
    PublishedFigure("name", _G.UNIT, "Đơn vị", "Tên đơn vị", kind="text"),
    PublishedFigure(
        "rank",
        _G.RANK,
        "Hạng",
        "Thứ hạng trong nhóm; trống nếu không xếp hạng",
        kind="rank",
        empty=True,
        headings={_M.ANNEX: "Xếp hạng", _M.UNIT_PAGE: "Hạng trong nhóm"},
        width="rank",
    ),
    PublishedFigure("tied", _G.RANK, "", "Có đơn vị khác cùng hạng", kind="yes"),
    PublishedFigure(
        "max_points",
        _G.PARTS,
        "Điểm tối đa",
        "Điểm tối đa của chính đơn vị, đã trừ nội dung không áp dụng",
        unit=_POINTS,
        cut=DecimalsSaid.EXACT,
        shown=Shown.DIFFERS,
        headings={_M.UNIT_PAGE: "", _M.TERMINAL: "Tối đa"},
        width="extra",
    ),
    PublishedFigure(
        "self_points",
        _G.PARTS,
        "Tự chấm",
        "Điểm đơn vị tự chấm",
        unit=_POINTS,
        empty=True,
        shown=Shown.KNOWN,
        hidden_by=SiteField.SELF_POINTS,
        headings={_M.ANNEX: "", _M.UNRANKED: "", _M.SITE: "", _M.TERMINAL: ""},
    ),
    PublishedFigure(
        "appraised_points",
        _G.PARTS,
        "Thẩm định",
        "Điểm thẩm định, không gồm phần khảo sát",
        unit=_POINTS,
        empty=True,
        shown=Shown.KNOWN_OF_ANY,
        hidden_by=SiteField.APPRAISED_POINTS,
        headings={_M.ANNEX: "Điểm thẩm định", _M.UNRANKED: "", _M.TERMINAL: ""},
        summand="bằng điểm thẩm định",
    ),
    PublishedFigure(
        "survey_points",
        _G.PARTS,
        "Khảo sát",
        "Điểm điều tra xã hội học",
        unit=_POINTS,
        empty=True,
        shown=Shown.KNOWN,
        hidden_by=SiteField.SURVEY_POINTS,
        headings={_M.ANNEX: "Điểm khảo sát", _M.UNRANKED: "", _M.TERMINAL: ""},
        summand="cộng điểm khảo sát",
    ),
    PublishedFigure(
        "bonus",
        _G.PARTS,
        "Điểm thưởng",
        "Điểm thưởng",
        unit=_POINTS,
        cut=DecimalsSaid.AWARDED,
        shown=Shown.GIVEN,
        hidden_by=SiteField.BONUS,
        headings={_M.UNRANKED: "", _M.TERMINAL: ""},
        width="extra",
        summand="cộng điểm thưởng",
    ),
    PublishedFigure(
        "penalty",
        _G.PARTS,
        "Điểm trừ",
        "Điểm trừ",
        unit=_POINTS,
        cut=DecimalsSaid.AWARDED,
        shown=Shown.GIVEN,
        hidden_by=SiteField.PENALTY,
        headings={_M.UNRANKED: "", _M.TERMINAL: ""},
        width="extra",
        summand="trừ điểm trừ",
    ),
    PublishedFigure(
        "points",
        _G.TOTAL,
        "Tổng điểm",
        "Tổng điểm",
        unit=_POINTS,
        empty=True,
        headings={_M.UNIT_PAGE: "Tổng điểm / điểm tối đa"},
    ),
    PublishedFigure(
        "index",
        _G.INDEX,
        "Chỉ số (%)",
        "Chỉ số CCHC: tổng điểm chia điểm tối đa của đơn vị, nhân 100",
        unit=_PERCENT,
        empty=True,
        headings={_M.UNIT_PAGE: "Chỉ số"},
        width="index",
    ),
    PublishedFigure(
        "grade",
        _G.GRADE,
        "Xếp loại",
        "Xếp loại",
        kind="text",
        empty=True,
        shown=Shown.GIVEN,
        hidden_by=SiteField.GRADE,
        width="grade",
        star="gated",
    ),
    PublishedFigure(
        "gated_by",
        _G.GRADE,
        "Lý do khống chế xếp loại",
        "Điều kiện khống chế đã hạ xếp loại, kèm số liệu; trống nếu không bị khống chế",
        kind="text",
        empty=True,
        shown=Shown.GIVEN,
        hidden_by=SiteField.GRADE,
        headings={_M.ANNEX: "", _M.UNRANKED: "", _M.SITE: "", _M.UNIT_PAGE: "", _M.TERMINAL: ""},
    ),
    PublishedFigure("ranked", _G.STATE, "", "Đơn vị thuộc diện xếp hạng", kind="yes", absent=(_M.CSV,)),
    PublishedFigure("status", _G.STATE, "", "Đơn vị được chấm điểm (scored) hay không (not_scored)", kind="scored"),
    PublishedFigure(
        "previous_year", _G.BEFORE, "", "Năm so sánh", kind="year", path="previous.year", hidden_by=SiteField.COMPARISON
    ),
    PublishedFigure(
        "previous_index",
        _G.BEFORE,
        "Chỉ số năm trước",
        "Chỉ số năm trước; đơn vị sáp nhập: bình quân của các đơn vị trước",
        path="previous.index",
        unit=_PERCENT,
        cut=DecimalsSaid.AS_PUBLISHED,
        shown=Shown.KNOWN,
        hidden_by=SiteField.COMPARISON,
    ),
    PublishedFigure(
        "previous_rank",
        _G.BEFORE,
        "Hạng năm trước",
        "Thứ hạng năm trước; trống nếu không so sánh được",
        kind="rank",
        path="previous.rank",
        empty=True,
        shown=Shown.KNOWN,
        hidden_by=SiteField.COMPARISON,
    ),
    PublishedFigure(
        "previous_from",
        _G.BEFORE,
        "",
        "Mã của đơn vị, hoặc các đơn vị, có kết quả năm trước",
        kind="codes",
        path="previous.from_units",
        hidden_by=SiteField.COMPARISON,
        absent=(_M.CSV,),
    ),
    PublishedFigure(
        "change_index",
        _G.CHANGE,
        "Tăng, giảm chỉ số",
        "Chênh lệch chỉ số so với năm trước",
        path="change.index",
        unit="điểm phần trăm",
        cut=DecimalsSaid.AS_PUBLISHED,
        signed=True,
        shown=Shown.KNOWN,
        hidden_by=SiteField.COMPARISON,
        headings={
            _M.ANNEX: "Tăng, giảm Chỉ số so với năm {year}",
            _M.SITE: "Chỉ số tăng, giảm",
            _M.UNIT_PAGE: "Chỉ số so với năm {year}",
            _M.TERMINAL: "± chỉ số",
        },
        width="change",
    ),
    PublishedFigure(
        "change_rank",
        _G.CHANGE,
        "Tăng, giảm hạng",
        "Số bậc tăng (dương) hoặc giảm (âm); trống nếu không so sánh được",
        kind="whole",
        path="change.rank",
        unit="bậc",
        empty=True,
        signed=True,
        shown=Shown.KNOWN,
        hidden_by=SiteField.COMPARISON,
        headings={
            _M.ANNEX: "Tăng, giảm hạng so với năm {year}",
            _M.SITE: "Hạng tăng, giảm",
            _M.UNIT_PAGE: "Hạng so với năm {year}",
            _M.TERMINAL: "± hạng",
        },
        width="change",
    ),
    PublishedFigure(
        "no_comparison",
        _G.CHANGE,
        "",
        "Lý do không so sánh với năm trước; trống nếu có so sánh",
        kind="text",
        empty=True,
        hidden_by=SiteField.COMPARISON,
    ),
    PublishedFigure(
        "note",
        _G.NOTE,
        "Ghi chú",
        "Lý do không so sánh, hoặc đơn vị được sắp xếp từ đâu",
        kind="text",
        empty=True,
        shown=Shown.KNOWN_OF_ANY,
        hidden_by=SiteField.COMPARISON,
    ),
    PublishedFigure(
        "robustness_rank_p5",
        _G.ROBUSTNESS,
        "",
        "Hạng tốt nhất trong 90% trường hợp trọng số lĩnh vực thay đổi ±25%",
        kind="rank",
        path="robustness.rank_p5",
        hidden_by=SiteField.ROBUSTNESS,
    ),
    PublishedFigure(
        "robustness_rank_p95",
        _G.ROBUSTNESS,
        "",
        "Hạng thấp nhất trong 90% trường hợp trọng số lĩnh vực thay đổi ±25%",
        kind="rank",
        path="robustness.rank_p95",
        hidden_by=SiteField.ROBUSTNESS,
    ),
)


def figures_in(medium: Medium) -> list[PublishedFigure]:
    """The figures of a medium, in its order."""
    return [one for group in ORDER[medium] for one in FIGURES if one.group is group and one.stands_in(medium)]


def figures_told(medium: Medium, ranked: Sequence[Any], units: Sequence[Any]) -> list[PublishedFigure]:
    """The figures of a medium that tell something of a group of units; see `PublishedFigure.tells`."""
    return [one for one in figures_in(medium) if one.tells(ranked, units)]


def attributes_shown() -> dict[str, SiteField | None]:
    """The attributes of a UnitResult that any figure shows, each with what hides it on the site."""
    return {figure.attribute: figure.hidden_by for figure in FIGURES}
