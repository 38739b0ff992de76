"""Under which key a row of a form is found: a leaf, a fact, a unit's leaf, a measure, a plan's task, a remark."""

import re
from typing import NamedTuple

from models.labelled import Labelled

_KEY = re.compile(r"(?:(?P<unit>[\w.\-]+):)?(?P<code>[\w.\-]+)(?:/(?P<fact>[\w.\-]+))?")


class RowKey(NamedTuple):
    """Under what a row is found: a leaf or block item, one of its facts, in tables of many units the unit.

    As text `unit:code/fact`, e.g. `1.1.3`, `1.1.3/numerator`, `so-tu-phap:1.1.3`; codes hold neither `:` nor `/`.
    """

    code: str
    fact: str = ""
    unit: str = ""

    def __str__(self) -> str:
        unit = f"{self.unit}:" if self.unit else ""
        fact = f"/{self.fact}" if self.fact else ""
        return f"{unit}{self.code}{fact}"

    @classmethod
    def read(cls, text: str) -> "RowKey | None":
        """The key of a cell's text, None where it is none."""
        match = _KEY.fullmatch(text.strip())
        return cls(match["code"], match["fact"] or "", match["unit"] or "") if match else None


def task_code(plan: str, number: str) -> str:
    """Under what a plan's task is found in a form, e.g. `kh-2025:2`; no measure has such an id."""
    return str(RowKey(number, unit=plan))


def task_of_code(code: str) -> tuple[str, str] | None:
    """Plan and number of the task under this code, None for a measure."""
    key = RowKey.read(code)
    return (key.unit, key.code) if key and key.unit else None


class Remark(Labelled):
    """What is asked once a form, outside the rows of its criteria. Its key cannot be mistaken for a code."""

    DIFFICULTIES = "#difficulties", "Khó khăn, vướng mắc"
    PROPOSALS = "#proposals", "Kiến nghị, đề xuất"
    PREPARED_BY = "#prepared_by", "Người lập phiếu (họ tên, chức vụ)"
    CONTACT = "#contact", "Điện thoại, thư điện tử"
