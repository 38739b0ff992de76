"""The XML of a workbook's parts is streamed once before anything opens the workbook, and all that stands in it counted.

A file may hold some twenty times of everything that our largest form holds, and where offices' own habits bring more
(styles and names that come along with pasted cells) as much as still costs little; a sender's file with more is refused
with what there is too much of. The largest form is an appraisal of the 168 communes of the largest province on 30
components: 5,000 rows, 100,000 cells. Source: docs/gioi-han-tep.md.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple
from xml.parsers import expat

from tasks.reading.refusing import FILL_IN_AGAIN, SAVE_AGAIN, UnopenableError

MOST_ROWS = 100_000
MOST_CELLS = 2_000_000
MOST_TEXT = 64 * 2**20  # bytes of all cells together, when what is stored once is written out wherever it stands
_MOST_DEPTH = 100  # of elements in each other; ours have 9
_MOST_ATTRIBUTES = 200  # of one element; ours have 16
_LONGEST_NUMBER = 15  # digits of a number that is looked at

_JUNK_AFTER_THE_END = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]

Attributes = Mapping[str, str]
Act = Callable[[Any, Attributes], None]


RANGES = "#ranges"
"""Under what the ranges of validations and conditional formats are counted; no element has such a name."""


class Limit(NamedTuple):
    """How many elements of a kind a workbook may have, and what they are called."""

    most: int
    called: str


_CELLS = Limit(MOST_CELLS, "ô")
_STYLES = Limit(10_000, "kiểu định dạng")
_DRAWINGS = Limit(1_000, "hình vẽ")
OTHER = Limit(200_000, "phần tử XML cùng loại")

LIMITS: Mapping[str, Limit] = {
    **dict.fromkeys(("c", "v", "f", "is", "t", "table-cell", "covered-table-cell", "p"), _CELLS),
    **dict.fromkeys(("row", "table-row"), Limit(MOST_CELLS, "dòng")),
    "si": Limit(500_000, "chuỗi chữ"),
    "mergeCell": Limit(20_000, "vùng ô gộp"),
    **dict.fromkeys(("xf", "cellStyle", "font", "fill", "border", "numFmt", "dxf", "style"), _STYLES),
    **dict.fromkeys(("definedName", "named-range"), Limit(2_000, "tên vùng")),
    **dict.fromkeys(("dataValidation", "content-validation"), Limit(2_000, "quy tắc nhập liệu")),
    **dict.fromkeys(("conditionalFormatting", "conditional-format"), Limit(5_000, "vùng định dạng có điều kiện")),
    **dict.fromkeys(("cfRule", "condition"), Limit(5_000, "định dạng có điều kiện")),
    **dict.fromkeys(("hyperlink", "a"), Limit(10_000, "liên kết")),
    **dict.fromkeys(("comment", "annotation"), Limit(10_000, "ghi chú")),
    **dict.fromkeys(("twoCellAnchor", "oneCellAnchor", "absoluteAnchor", "frame", "shape"), _DRAWINGS),
    "Relationship": Limit(20_000, "quan hệ giữa các phần"),
    "col": Limit(100_000, "nhóm cột"),
    "tbl": Limit(1_000, "bảng"),
    "tr": Limit(20_000, "dòng của bảng"),
    "tc": Limit(200_000, "ô của bảng"),
    "footnote": Limit(5_000, "chú thích"),
    RANGES: Limit(100_000, "vùng áp dụng của quy tắc nhập liệu và định dạng"),
}


class Room(dict[str, int]):
    """How many more elements of each name a workbook may have, whatever prefix they are written with."""

    def __missing__(self, name: str) -> int:
        return limit_of(name).most

    def take(self, name: str, count: int = 1) -> None:
        """Count so many more of a name.

        Raises:
            UnopenableError: that is more than there is room for.
        """
        left = self[name] - count
        self[name] = left
        if left < 0:
            raise too_many(limit_of(name))


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def limit_of(name: str) -> Limit:
    """How many elements of this name a workbook may have."""
    return LIMITS.get(local(name), OTHER)


def too_many(limit: Limit) -> UnopenableError:
    """The refusal of a workbook that has more of something than any form of ours could need."""
    what = f"tệp có hơn {limit.most:,} {limit.called}".replace(",", ".")
    return UnopenableError(f"{what}, nhiều bất thường nên không được mở", FILL_IN_AGAIN)


def refuse_far(title: str, rows: int, columns: int) -> None:
    """Refuse a sheet that reaches so far that a reader would make room for more cells than any form has.

    Raises:
        UnopenableError: it reaches too far.
    """
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        what = f"trang “{title}” có dữ liệu hoặc định dạng đến dòng {rows:,}".replace(",", ".")
        remedy = "Xóa các dòng, cột thừa sau biểu mẫu (chọn cả dòng rồi xóa), lưu lại rồi gửi"
        raise UnopenableError(f"{what}, vượt xa biểu mẫu nên không được mở", remedy)


def whole_number(text: str, most: int) -> int | None:
    """The number that XML states, None where it is none or larger than any that means something."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        return None
    number = int(text)
    return number if number <= most else None


class PartWalk:
    """One way through the XML of one part, counting; a kind of part adds what it does at certain elements.

    Attributes:
        at_start: what is done where an element of this local name begins.
    """

    at_start: ClassVar[Mapping[str, Act]] = {}

    def __init__(self, name: str, room: Room) -> None:
        self.name = name
        self.room = room
        self.parser = expat.ParserCreate()
        self._depth = 0
        self._acts = _Acts(self.at_start)

    def walk(self, part: bytes) -> None:
        """Go through the part once. What follows the last element is nobody's, and spreadsheet programs pass it over.

        Raises:
            UnopenableError: it is no XML, or there is too much of something.
        """
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        try:
            self.parser.Parse(part, bool(part))  # a part that is not there holds nothing
        except expat.ExpatError as damaged:
            if damaged.code != _JUNK_AFTER_THE_END:
                what = f"nội dung tệp bị hỏng, không đọc được (phần {self.name})"
                raise UnopenableError(what, SAVE_AGAIN) from damaged

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        self._depth += 1
        left = self.room[name] - 1
        self.room[name] = left
        if left < 0:
            raise too_many(limit_of(name))
        if self._depth > _MOST_DEPTH or len(attributes) > _MOST_ATTRIBUTES:
            odd = "lồng nhau quá sâu" if self._depth > _MOST_DEPTH else f"mang {len(attributes)} thuộc tính"
            what = f"phần {self.name} của tệp có phần tử {odd} nên không được mở"
            raise UnopenableError(what, FILL_IN_AGAIN)
        if act := self._acts[name]:
            act(self, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1


class _Acts(dict[str, "Act | None"]):
    """What is done at elements, by their names as the part spells them."""

    def __init__(self, by_local_name: Mapping[str, "Act"]) -> None:
        super().__init__()
        self._by_local_name = by_local_name

    def __missing__(self, name: str) -> "Act | None":
        act = self._by_local_name.get(local(name))
        self[name] = act
        return act
