"""A text as it was read from a file, before anything of it is held against published figures.

One shape serves all kinds of files: the child process that opened the file makes it.
"""

from typing import NamedTuple


class ReadText(NamedTuple):
    """The paragraphs of a file that was opened to its end.

    Attributes:
        paragraphs: in their order, headings too.
        cells: how many cells of tables with something in them were left aside: a table is no sentence.
        tracked: whether it has tracked changes, which are read as if all were accepted.
    """

    paragraphs: tuple[str, ...]
    cells: int = 0
    tracked: bool = False
