"""Number and symbol of a paper, as printed."""

from typing import TYPE_CHECKING

from models.numbers import document_number

if TYPE_CHECKING:
    pass


def notation(number: int, symbol: str) -> str:
    """Number and symbol as printed: `05/QĐ-UBND`. Source: domain/3-document-format-nd30.md, 3.2."""
    return f"{document_number(number)}/{symbol}"
