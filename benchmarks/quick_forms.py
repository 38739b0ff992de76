"""Forms filled in fast: the typed values are put into the parts of the workbook that hold the cells, as text.

Thousands of forms are filled in as units do it without the time that a spreadsheet library takes for each. Where the
cells are is looked up once for all forms of one set and kind of unit; a form that is laid out otherwise would be
refused by the intake, which knows every row by its key.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from xml.sax.saxutils import escape

from flows.demo.agencies import OpenForm
from models.forms.row_keys import RowKey

_CELL = re.compile(r'<c r="([A-Z]+\d+)"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_FIRST_DAY = date(1899, 12, 30)  # day 0 of spreadsheets
Layout = Mapping[tuple[str, str], tuple[str, str]]
"""By row key and column id, the part of the workbook and the cell."""


def layout_of(content: bytes) -> Layout:
    """Where the cells of a form are."""
    return {
        cell: (f"xl/worksheets/sheet{place}.xml", coordinate)
        for cell, (place, coordinate) in OpenForm(content).places().items()
    }


class QuickForm:
    """A form that is typed into, as `OpenForm` is."""

    def __init__(self, content: bytes, layout: Layout) -> None:
        self._content = content
        self._layout = layout
        self._typed: dict[str, dict[str, str]] = {}

    def put(self, key: RowKey | str, column: str, value: object) -> None:
        """Type something into a cell."""
        part, cell = self._layout[str(key), column]
        self._typed.setdefault(part, {})[cell] = _written(value)

    def saved(self) -> bytes:
        """The workbook's bytes."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self._content)) as form,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as filled,
        ):
            for name in form.namelist():
                part = form.read(name)
                if typed := self._typed.get(name):
                    part = _CELL.sub(lambda cell: _cell(cell, typed), part.decode()).encode()
                filled.writestr(name, part)
        return out.getvalue()


def _cell(cell: "re.Match[str]", typed: Mapping[str, str]) -> str:
    """A cell with what was typed into it, in the look that it has."""
    value = typed.get(cell[1])
    return cell[0] if value is None else f'<c r="{cell[1]}"{cell[2] or ""}{value}</c>'


def _written(value: object) -> str:
    """A value as a cell holds it: what follows the cell's name and look."""
    if isinstance(value, date):
        value = (value - _FIRST_DAY).days
    if isinstance(value, str):
        return f' t="inlineStr"><is><t>{escape(value)}</t></is>'
    return f"><v>{value}</v>"
