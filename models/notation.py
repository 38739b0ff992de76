"""Number and symbol of a paper, as printed."""

from typing import TYPE_CHECKING

from models.numbers import document_number

if TYPE_CHECKING:
    pass


def notation(number: int, symbol: str) -> str:
    """Number and symbol as printed: `05/QĐ-UBND`. Source: NĐ 30/2020/NĐ-CP, Phụ lục I."""
    return f"{document_number(number)}/{symbol}"
