"""Numbers of the trade: read as people spell them, kept exactly, printed as Vietnamese law writes them.

Points are Decimal everywhere. Two sums that are equal in truth may differ in the 25th digit after a division, so
whatever is compared or printed is first settled to 12 decimals; real differences of indices are far larger.
Source of the printed forms: Nghị định 30/2020/NĐ-CP, annex II.
"""

import re
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import cache

ZERO = Decimal(0)
HUNDRED = Decimal(100)
MOST_DECIMALS = 6
_SETTLED = Decimal(1).scaleb(-12)
EXACT = Context(prec=100)  # for products and roundings that must not lose a digit

_CANONICAL = re.compile(r"-?\d{1,18}(\.\d+)?")
_COMMA_DECIMAL = re.compile(r"-?\d{1,18},\d+")
_DOT_GROUPS = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_COMMA_GROUPS = re.compile(r"-?[1-9]\d{0,2}(,\d{3}){2,}(\.\d+)?|-?[1-9]\d{0,2}(,\d{3})+\.\d+")
_EITHER_WAY = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
_SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f\u3000]")
# Full-width signs, as some input methods type them, and signs without width that come along when text is copied.
_PLAIN_SIGNS = {
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **str.maketrans("，．％－−", ",.%--", "\u200b\u200c\u200d\u2060\ufeff"),
}


class Rounding(StrEnum):
    """How a figure is cut to its printed decimals."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


_ROUNDINGS = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN, Rounding.DOWN: ROUND_DOWN}


class UnreadableNumberError(ValueError):
    """Text that is no number, or that can be read as two different ones."""


class AmbiguousNumberError(UnreadableNumberError):
    """Text that can be read as two different numbers.

    Attributes:
        whole: the one that is whole.
    """

    def __init__(self, what: str, whole: Decimal) -> None:
        super().__init__(what)
        self.whole = whole


def canonical_number(text: str) -> Decimal:
    """Read a number written with a decimal point and no thousands marks, as data files have it.

    Raises:
        UnreadableNumberError: for anything else, with the reason in Vietnamese.
    """
    text = text.strip()
    if _CANONICAL.fullmatch(text):
        return Decimal(text)
    raise UnreadableNumberError(f"“{text}” không phải là số viết với dấu chấm thập phân, không dấu ngăn hàng nghìn")


def plainly_typed(text: str) -> str:
    """The text with full-width digits and signs as usual ones, every kind of space as a space, no invisible signs."""
    return _SPACES.sub(" ", text.translate(_PLAIN_SIGNS)).strip()


def spoken_number(text: str) -> Decimal:
    """Read a number as people spell it: `1,5`, `1.5`, `1.435,2`, `95,01%`, `82 800`, full-width digits too.

    Nothing is guessed: `1.435` may be 1435 or 1,435 and is refused.

    Raises:
        UnreadableNumberError: no number, or an ambiguous one, with the reason in Vietnamese.
    """
    bare = plainly_typed(text).removesuffix("%").strip()
    if " " in bare and re.fullmatch(r"-?\d{1,3}( \d{3})+([.,]\d+)?", bare):
        bare = bare.replace(" ", "")
    elif _EITHER_WAY.fullmatch(bare):
        whole, _, rest = bare.replace(",", ".").partition(".")
        raise AmbiguousNumberError(
            f"“{text.strip()}” có thể đọc thành hai số khác nhau, {whole}{rest} hoặc {whole},{rest}; "
            "bỏ dấu ngăn hàng nghìn hoặc viết thêm phần thập phân",
            Decimal(f"{whole}{rest}"),
        )
    if _CANONICAL.fullmatch(bare):
        return Decimal(bare)
    if _COMMA_DECIMAL.fullmatch(bare):
        return Decimal(bare.replace(",", "."))
    if _DOT_GROUPS.fullmatch(bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    if _COMMA_GROUPS.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    raise UnreadableNumberError(f"“{text.strip()}” không phải là số")


def spoken_or_none(text: str | None) -> Decimal | None:
    """The same; None where it is no number, or an ambiguous one."""
    try:
        return spoken_number(text) if text else None
    except UnreadableNumberError:
        return None


def read_only_whole(text: str) -> bool:
    """Whether a text can be read as two numbers of which one is whole, as `1.435`."""
    try:
        spoken_number(text)
    except AmbiguousNumberError:
        return True
    except UnreadableNumberError:
        return False
    return False


def settled(value: Decimal) -> Decimal:
    """The value to 12 decimals: what is compared, so that ties never hang on the noise of a division."""
    return value.quantize(_SETTLED, ROUND_HALF_UP, EXACT)


@cache
def _step(decimals: int) -> Decimal:
    """The last place of so many decimals: 0.01 for two."""
    return Decimal(1).scaleb(-decimals)


def printed(value: Decimal, decimals: int, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """The value with exactly `decimals` decimals, rounded once from its settled form; never "-0"."""
    cut = settled(value).quantize(_step(decimals), _ROUNDINGS[rounding], EXACT)
    return cut if cut else abs(cut)


def plain(value: Decimal) -> str:
    """The value with a decimal point and no trailing zeros: `100`, `96.5`, `0`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def decimals_of(value: Decimal) -> int:
    """How many decimals the value needs."""
    return len(plain(value).partition(".")[2])


def vietnamese_number(text: str) -> str:
    """A plain number as Vietnamese law writes it: `1435.2` → `1.435,2`. Signs stay.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục II.
    """
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, rest = digits.partition(".")
    groups = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{groups},{rest}" if point else f"{sign}{groups}"


def said(value: Decimal) -> str:
    """An exact value as officers read it: every digit that it needs, none beyond."""
    return vietnamese_number(plain(value))


def vietnamese_date(day: date) -> str:
    """`ngày 05 tháng 01 năm 2026`: a leading zero for days below 10 and for months 1 and 2 only.

    Source: Nghị định 30/2020/NĐ-CP, annex II.
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def document_number(number: int) -> str:
    """A document's number, below 10 with a leading zero. Source: NĐ 30/2020/NĐ-CP, Phụ lục I."""
    return f"{number:02d}"


def roman(number: int) -> str:
    """1 → I, 4 → IV: numbers of annexes. Source: Nghị định 30/2020/NĐ-CP, annex I, III.1."""
    numerals = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, numeral in numerals:
        while number >= value:
            text += numeral
            number -= value
    return text
