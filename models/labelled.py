"""Closed lists whose members have a word that people read: the value is kept and written, the label is shown."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A list of values, each with what people call it: `SENT = "sent", "đã gửi"`; found again by the value alone."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """The member whose value is the first of the two."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
