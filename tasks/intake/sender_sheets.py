"""A sender's workbook → what openpyxl has to see of it to mark it, and back: the same sheets with the marks put in.

Openpyxl sees each sheet's views, conditional formats, links and the few cells that are or were marked; it makes styles,
comments and the sheet of results of them. All else of a sheet stays as it was sent, element by element: cells with the
values that their formulas had, checks with those that Excel keeps in its extension, protection, widths, print set-up.
"""

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree
from openpyxl import Workbook
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.cell_range import CellRange

from models.forms.sheets import IDS_ROW
from tasks.spreadsheets.clockless import packed, parts_without_clock

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_STRINGS = "xl/sharedStrings.xml"
_STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_LISTS_OF_EXCEL = "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"
_BOOK, _BOOK_LINKS, _CONTENT_TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"

# The elements of a sheet in their order (ECMA-376, part 1, 18.3.1.99).
_ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "mergeCells", "phoneticPr"),
    *("conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup"),
    *("headerFooter", "rowBreaks", "colBreaks", "cellWatches", "ignoredErrors", "drawing", "legacyDrawing", "extLst"),
)
_BY_OPENPYXL = frozenset({"sheetViews", "conditionalFormatting", "hyperlinks", "drawing", "legacyDrawing"})


def _tag(name: str) -> str:
    return f"{{{_MAIN}}}{name}"


_CELL, _FORMATS = _tag("c"), _tag("conditionalFormatting")
_SEEN = frozenset(map(_tag, (_BY_OPENPYXL - {"legacyDrawing"}) | {"autoFilter"}))


def _parsed(part: bytes) -> Any:
    """The root of a part; nothing outside it is read, no entity is resolved."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _written(root: Any) -> bytes:
    content: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    return content


@dataclass
class _Sheet:
    """One sheet as it was sent.

    Attributes:
        title: of the sheet.
        part: its name in the package.
        root: its XML.
        cells: by their addresses.
        seen: the addresses of those that openpyxl sees.
        formatted: the areas of its conditional formats, by the one that stands for them to openpyxl.
    """

    title: str
    part: str
    root: Any
    cells: dict[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    formatted: dict[str, str] = field(default_factory=dict)

    @property
    def merged(self) -> list[str]:
        """The areas of merged cells."""
        return [area.get("ref", "") for area in self.root.iterfind(f"{_tag('mergeCells')}/{_tag('mergeCell')}")]


class SenderSheets:
    """The sheets of a sender's workbook that need not go through openpyxl as a whole."""

    def __init__(self, parts: Mapping[str, bytes], marks: Collection[str], results_id: str) -> None:
        """Read the package.

        Args:
            parts: contents by name.
            marks: the colours of our marks, RRGGBB.
            results_id: what stands in the first cell of a sheet of results; such a sheet is left to openpyxl.
        """
        self._parts = parts
        self._marked_styles = _styles_with(parts.get("xl/styles.xml", b""), marks)
        self._strings = parts.get(_STRINGS, b"")
        self._sheets: dict[str, _Sheet] = {}
        self._leaves_strings = bool(self._strings)
        strings = _parsed(self._strings) if self._strings else ()
        for title, part in sheet_parts(parts):
            sheet = _sheet(title, part, parts.get(part, b""))
            if sheet and _text_at(sheet, f"A{IDS_ROW}", strings) != results_id:
                self._sheets[title] = sheet
            else:
                self._leaves_strings = False

    def for_openpyxl(self, addresses: Collection[str]) -> bytes:
        """The workbook with thin sheets.

        Args:
            addresses: the cells that may be marked now, whatever sheet they are on.
        """
        thin = {sheet.part: self._thin(sheet, addresses) for sheet in self._sheets.values()}
        if self._leaves_strings:
            thin[_STRINGS] = _written(etree.Element(_tag("sst")))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
            for name, content in self._parts.items():
                target.writestr(name, thin.get(name, content))
        return out.getvalue()

    def _thin(self, sheet: _Sheet, addresses: Collection[str]) -> bytes:
        seen = {area.partition(":")[0] for area in sheet.merged} | {*addresses}
        root = etree.Element(_tag("worksheet"), nsmap={None: _MAIN, "r": _OFFICE})
        for child in sheet.root:
            if child.tag == _tag("sheetData"):
                data = etree.SubElement(root, child.tag)
                for address, cell in sheet.cells.items():
                    if address in seen or (self._marked_styles and cell.get("s") in self._marked_styles):
                        _put_thin(data, cell)
                        sheet.seen.add(address)
            elif child.tag in _SEEN:
                root.append(deepcopy(child))
        for number, formats in enumerate(root.iterfind(_FORMATS), 1):  # hundreds of areas, which openpyxl would parse
            standing_for = f"A1:B{number}"  # no area of marks has two columns
            sheet.formatted[standing_for] = formats.get("sqref", "")
            formats.set("sqref", standing_for)
        return _written(root)

    def tell_merged(self, book: Workbook) -> None:
        """Let openpyxl know the merged cells, without making every one of them."""
        for title, sheet in self._sheets.items():
            for area in sheet.merged:
                book[title].merged_cells.add(CellRange(area))

    def with_marks(self, marked: bytes) -> bytes:
        """The marked workbook: what openpyxl made, with all else of the sheets as it was sent.

        Args:
            marked: the workbook of `for_openpyxl`, marked and saved.
        """
        parts = dict(parts_without_clock(marked))
        for title, part in sheet_parts(parts):
            if sheet := self._sheets.get(title):
                parts[part] = _grafted(sheet, _parsed(parts[part]))
        if self._strings and self._sheets:
            parts[_STRINGS] = self._strings
            types, links = _parsed(parts[_CONTENT_TYPES]), _parsed(parts[_BOOK_LINKS])
            etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{_STRINGS}", ContentType=_STRINGS_TYPE)
            link = {"Id": "rIdStrings", "Type": f"{_OFFICE}/sharedStrings", "Target": f"/{_STRINGS}"}
            etree.SubElement(links, f"{{{_PACKAGE}}}Relationship", link)
            parts[_CONTENT_TYPES], parts[_BOOK_LINKS] = _written(types), _written(links)
        return packed(sorted(parts.items(), key=lambda part: (part[0] != _CONTENT_TYPES, part[0])))


def _put_thin(data: Any, cell: Any) -> None:
    """A cell without its content at the end of the cells of a thin sheet."""
    number = cell.getparent().get("r")
    if not len(data) or data[-1].get("r") != number:
        etree.SubElement(data, _tag("row"), r=number)
    etree.SubElement(data[-1], _CELL, r=cell.get("r"), s=cell.get("s", "0"))


def sheet_parts(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Title and part name of every sheet of a package."""
    if _BOOK not in parts or _BOOK_LINKS not in parts:
        return
    targets = {link.get("Id"): unquote(link.get("Target", "")) for link in _parsed(parts[_BOOK_LINKS])}
    for sheet in _parsed(parts[_BOOK]).iterfind(f"{_tag('sheets')}/{_tag('sheet')}"):
        target = targets.get(sheet.get(f"{{{_OFFICE}}}id"), "")
        yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _sheet(title: str, part: str, content: bytes) -> _Sheet | None:
    """The sheet, if its XML is plain enough: every row and cell says where it is, and no table needs its heads."""
    if not content:
        return None
    sheet = _Sheet(title, part, _parsed(content))
    data = sheet.root.find(_tag("sheetData"))
    if sheet.root.tag != _tag("worksheet") or data is None or sheet.root.find(_tag("tableParts")) is not None:
        return None
    for row in data:
        if len(row) and not row.get("r"):
            return None
        for cell in row:
            address = cell.get("r")
            if cell.tag != _CELL or not address or address in sheet.cells:
                return None
            sheet.cells[address] = cell
    return sheet


def _text_at(sheet: _Sheet, address: str, strings: Any) -> str:
    """What stands in a cell; its text may be one of those that all sheets share."""
    cell = sheet.cells.get(address)
    text = "" if cell is None else "".join(cell.itertext())
    if cell is None or cell.get("t") != "s":
        return text
    return "".join(strings[int(text)].itertext()) if text.isdecimal() and int(text) < len(strings) else ""


def _styles_with(styles: bytes, colours: Collection[str]) -> frozenset[str]:
    """The numbers of the styles with a fill of one of these colours."""
    if not styles:
        return frozenset()
    root = _parsed(styles)
    fills = {
        str(number)
        for number, fill in enumerate(root.iterfind(f"{_tag('fills')}/{_tag('fill')}"))
        for colour in fill.iter(_tag("fgColor"))
        if colour.get("rgb", "")[-6:].upper() in colours
    }
    styled = enumerate(root.iterfind(f"{_tag('cellXfs')}/{_tag('xf')}"))
    return frozenset(str(number) for number, style in styled if style.get("fillId") in fills)


def _grafted(sheet: _Sheet, made: Any) -> bytes:
    """The sheet as it was sent, with the styles of marked cells and the elements that openpyxl has made."""
    root = sheet.root
    made_cells = made.iterfind(f"{_tag('sheetData')}/{_tag('row')}/{_tag('c')}")
    styles = {cell.get("r"): cell.get("s", "0") for cell in made_cells}
    for address in sheet.seen:
        sheet.cells[address].set("s", styles.get(address, "0"))  # one that has neither style nor value is not written
    for address, style in styles.items():
        if address not in sheet.cells and style != "0":
            _put_cell(root.find(_tag("sheetData")), address, style)
    for formats in made.iterfind(_FORMATS):
        formats.set("sqref", sheet.formatted.get(formats.get("sqref"), formats.get("sqref")))
    etree.strip_attributes(root.find(_tag("sheetData")), "cm", "vm")  # numbers of a part that is not there any more
    for child in [child for child in root if not _is_kept(child)]:
        root.remove(child)
    root.extend([child for child in made if etree.QName(child).localname in _BY_OPENPYXL])
    ordered = sorted(root, key=lambda child: _ORDER.index(etree.QName(child).localname))
    for place, child in enumerate(ordered):
        if root[place] is not child:  # taking the cells out and putting them back would cost more than all else here
            root.insert(place, child)
    return _written(root)


def _is_kept(child: Any) -> bool:
    """Whether an element stays as it was sent: not what openpyxl made anew, nor what needs other parts."""
    if not isinstance(child.tag, str) or etree.QName(child).namespace != _MAIN:
        return False
    name = etree.QName(child).localname
    if name == "pageSetup":
        child.attrib.pop(f"{{{_OFFICE}}}id", None)
    if name == "extLst":
        for extension in list(child):
            if extension.get("uri", "").upper() != _LISTS_OF_EXCEL:
                child.remove(extension)
        return len(child) > 0
    return name in _ORDER and name not in _BY_OPENPYXL


def _put_cell(data: Any, address: str, style: str) -> None:
    """A new empty cell at its place among the others."""
    number, column = coordinate_to_tuple(address)
    row = next((row for row in data if int(row.get("r")) == number), None)
    if row is None:
        row = etree.Element(_tag("row"), r=str(number))
        data.insert(sum(int(other.get("r")) < number for other in data), row)
    row.attrib.pop("spans", None)
    place = sum(coordinate_to_tuple(other.get("r"))[1] < column for other in row)
    row.insert(place, etree.Element(_tag("c"), r=address, s=style))
