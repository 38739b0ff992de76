"""What templates need to write numbers, dates and names as a Vietnamese official document writes them.

Sources: NĐ 30/2020/NĐ-CP, Phụ lục I (căn cứ, nơi nhận) and 3.6 (numbers, dates, capitals).
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from models.numbers import document_number, said, vietnamese_date, vietnamese_number
from models.province.rounds import Band, RankingRule
from models.published_figures import DecimalsSaid, PublishedFigure
from models.records.results import UnitResult
from models.wording import capitalised, continued

NOTHING = "–"
_COMMUNE = re.compile(r"^(UBND |Ủy ban nhân dân )?(Xã|Phường|Thị trấn|Đặc khu|Huyện|Quận|Thị xã|Thành phố)(?= \D)")
_COMMON_NOUNS = frozenset(
    (
        "các",
        "những",
        "khối",
        "nhóm",
        "cấp",
        "đơn",
        "cơ",
        "ngành",
        "huyện",
        "quận",
        "thị",
        "thành",
        "xã",
        "phường",
        "đặc",
        "tổ",
    )
)


def exact(value: Decimal) -> str:
    """A maximum as it is, without trailing zeros: `96.5` → `96,5`."""
    return said(value)


def printed(value: Decimal | None, ranking: RankingRule) -> str:
    """An index cut to the decimals of the round; a dash where there is none."""
    return NOTHING if value is None else vietnamese_number(format(ranking.printed(value), "f"))


def points(value: Decimal | None, ranking: RankingRule) -> str:
    """Points with the decimals that the round gives them; a dash where there are none."""
    return NOTHING if value is None else vietnamese_number(format(ranking.printed_points(value), "f"))


def percent(value: Decimal | None, ranking: RankingRule) -> str:
    """An index in a sentence, the sign closed up: `95,01%`."""
    return NOTHING if value is None else f"{printed(value, ranking)}%"


def signed(value: Decimal | None, ranking: RankingRule) -> str:
    """A difference of indices with its sign: `+1,20`, `-0,50`, `0,00`; a dash where nothing is compared."""
    if value is None:
        return NOTHING
    shown = printed(value, ranking)
    return f"+{shown}" if ranking.printed(value) > 0 else shown


def signed_count(value: int | None) -> str:
    """A difference of ranks with its sign: `+3`, `-2`, `0`; a dash where nothing is compared."""
    return NOTHING if value is None else f"{value:+d}" if value else "0"


def announced(unit: UnitResult, figure: PublishedFigure, ranking: RankingRule, *, on_paper: bool = True) -> str:
    """A unit's figure as people read it; a dash where it has none."""
    value = figure.of(unit)
    if isinstance(value, Decimal):
        if figure.signed:
            return signed(value, ranking)
        as_it_is = figure.cut is DecimalsSaid.EXACT or (figure.cut is DecimalsSaid.AWARDED and not on_paper)
        if as_it_is:
            return exact(value)
        return points(value, ranking) if figure.in_points else printed(value, ranking)
    shown = signed_count(value) if figure.signed else str(value or NOTHING)
    return f"{shown}*" if on_paper and figure.star and getattr(unit, figure.star) else shown


def counted(value: int) -> str:
    """A count in a sentence: `3.321`; from 1 to 9 with a leading zero, as in the press and in decisions: `05`.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục II (points such as “05/22”).
    """
    return f"{value:02d}" if 0 < value < 10 else vietnamese_number(str(value))


def dated(day: date) -> str:
    """`ngày 05 tháng 01 năm 2026`. Source: NĐ 30/2020/NĐ-CP, Phụ lục II."""
    return vietnamese_date(day)


def numbered(number: int) -> str:
    """A document's number, below 10 with a leading zero. Source: NĐ 30/2020/NĐ-CP, Phụ lục I."""
    return document_number(number)


def caps(text: str) -> str:
    """Text in capitals, for elements that NĐ 30 wants so."""
    return text.upper()


def in_sentence(name: str) -> str:
    """A group's name as it stands inside a sentence: common nouns small, `UBND` written out.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục II (capitals).
    """
    if name.startswith("UBND "):
        return f"Ủy ban nhân dân {name.removeprefix('UBND ')}"
    first = name.partition(" ")[0].casefold()
    common = first.endswith(",") or first in _COMMON_NOUNS
    return name[:1].lower() + name[1:] if common else name


def unit_in_sentence(name: str) -> str:
    """A unit's name inside a sentence: `xã Lộc Tân`, `UBND xã Lộc Tân`; before a number the capital stays: `Phường 5`.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục II (names of administrative units; a number makes the noun part of the name).
    """
    return _COMMUNE.sub(lambda match: (match[1] or "") + match[2].lower(), name)


def joined(names: Sequence[str], mark: str = "; ") -> str:
    """Names in a row: `A và B`; three or more parted by semicolons, since names hold commas, or by `mark`."""
    *first, last = names
    return f"{mark.join(first)} và {last}" if first else last


def units_joined(names: Sequence[str]) -> str:
    """Names of units in a row inside a sentence: `xã Ba Lâm và Phường 5`."""
    return joined([unit_in_sentence(name) for name in names])


def breakable(shown: str) -> Markup:
    """A figure that may go on in the next line after the stroke between its parts, and not within a number."""
    return Markup("/<wbr>").join(shown.split("/"))


def without_end(text: str) -> str:
    """A text without the mark that ends it, so that a template can set another."""
    return text.strip().rstrip(".;,/ ")


def legal_basis(text: str) -> str:
    """One căn cứ, beginning with this word once and without its end mark."""
    bare = without_end(text)
    return bare if bare.casefold().startswith("căn cứ ") else f"Căn cứ {bare}"


def proposal(text: str) -> str:
    """The proposal, beginning with `Theo đề nghị của` once and without its end mark."""
    bare = without_end(text)
    return bare if bare.casefold().startswith("theo ") else f"Theo đề nghị của {bare}"


def recipient(text: str) -> str:
    """One line under `Nơi nhận:`, with its hyphen and semicolon. Source: NĐ 30/2020/NĐ-CP, Phụ lục I."""
    return f"- {without_end(text).removeprefix('-').strip()};"


def band_words(grades: Sequence[Band]) -> list[str]:
    """Each grade with its bounds in words, best first: `Tốt: từ 80% đến dưới 90%`."""
    betters = (None, *grades)
    words = [(band.label, _bounds(band, better)) for band, better in zip(grades, betters, strict=False)]
    return [f"{label}: {bounds}" if bounds else label for label, bounds in words]


def _bounds(band: Band, better: Band | None) -> str:
    """From where to where a grade holds; above it ends at its own bound, else where the better grade begins."""
    under, to = band.under, band.to
    if under is None and to is None and better is not None:
        under, to = better.from_, better.over
    lower = f"từ {exact(band.from_)}%" if band.from_ is not None else ""
    lower = f"trên {exact(band.over)}%" if band.over is not None else lower
    if under is not None:
        return f"{lower} đến dưới {exact(under)}%" if lower else f"dưới {exact(under)}%"
    if to is not None:
        return f"{lower} đến {exact(to)}%" if lower else f"từ {exact(to)}% trở xuống"
    return f"{lower} trở lên" if band.from_ is not None else lower


_NAMED_ALIKE: tuple[Callable[..., object], ...] = (
    exact,
    printed,
    points,
    percent,
    signed,
    signed_count,
    announced,
    counted,
    dated,
    numbered,
    caps,
    in_sentence,
    unit_in_sentence,
    joined,
    breakable,
    without_end,
    continued,
    legal_basis,
    proposal,
    recipient,
    band_words,
)
FILTERS: dict[str, Callable[..., object]] = {
    "sentence": capitalised,
    **{function.__name__: function for function in _NAMED_ALIKE},
}
