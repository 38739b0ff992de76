"""What a rule measures where it can measure either: a ratio of two facts, or one number."""

from enum import StrEnum


class Measured(StrEnum):
    """A ratio in percent, or a number."""

    RATIO = "ratio"
    NUMBER = "number"
