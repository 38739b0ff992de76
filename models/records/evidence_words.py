"""The words of evidence files in a table of their own: written with a file, or made again from the kept texts."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, column, insert, table, text

from models.wording import words_in

_AT_A_TIME = 5_000
_TABLE = table("evidence_word", column("year"), column("word"), column("file_id"))
_TEXTS = text(
    "SELECT file.id, file.year, kept.words FROM evidence_file AS file JOIN evidence_text AS kept"
    " ON kept.sha256 = file.sha256 WHERE file.outcome = 'accepted' ORDER BY file.id"
)


def add_words(connection: Connection, year: int, file: int, words: str) -> None:
    """Let a search find a file by its words."""
    _add(connection, _rows(file, year, words))


def fill_words(connection: Connection) -> None:
    """Make the words of all files again, of a database that has none of them: an older one, or one from a backup."""
    texts = connection.execute(_TEXTS).all()  # all at once: SQLite does not like to be read while it is written
    _add(connection, chain.from_iterable(_rows(*each) for each in texts))


def _rows(file: int, year: int, words: str) -> Iterator[dict[str, Any]]:
    return ({"year": year, "word": word, "file_id": file} for word in sorted(words_in(words)))


def _add(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    while some := list(islice(left, _AT_A_TIME)):
        connection.execute(insert(_TABLE), some)
