"""What is to be printed together, as bytes that travel: a few documents, with all that they need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter

from tasks.rendering.pdf import BYTES_AS_TEXT, Document


@dataclass(frozen=True, slots=True)
class Order:
    """Documents that are printed one after another.

    Attributes:
        documents: what is printed.
        identifier: what they were made from, e.g. the hash of a snapshot.
        created: the moment that the files carry.
        pictures: the province's images, by their path in its folder of images.
    """

    __pydantic_config__ = BYTES_AS_TEXT

    documents: Sequence[Document]
    identifier: str
    created: datetime
    pictures: Mapping[str, bytes]


@cache
def _orders() -> TypeAdapter[Order]:
    return TypeAdapter(Order)


def written(order: Order) -> bytes:
    """An order as bytes."""
    return _orders().dump_json(order)


def read_order(content: bytes) -> Order:
    """An order that was written.

    Raises:
        ValueError: it is none.
    """
    return _orders().validate_json(content)
