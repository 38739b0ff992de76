"""Two versions of one form → what changed between them, cell by cell, as its sender reads it.

Both are read again from their kept bytes, in a child as every file; nothing of the comparison is kept.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from models.criteria.cross_checks import FactReference
from models.criteria.facts import FactField
from models.findings import Place, RefusedError
from models.forms.row_keys import Remark
from models.numbers import vietnamese_number
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Reading, Statement, said_document
from models.records.tables import Submission
from tasks.reading.file_names import shown_name
from tasks.reading.kept_files import finished_reading, start_reading


class VersionChange(NamedTuple):
    """One thing that is said otherwise.

    Attributes:
        unit, code: whose row it is.
        what: which cell of the row, in words.
        before, after: as said; empty where nothing was.
        place: the cell in the later version, else in the earlier.
    """

    unit: str
    code: str
    what: str
    before: str
    after: str
    place: Place | None


def changes_between(storage: Storage, province: Province, before: Submission, after: Submission) -> list[VersionChange]:
    """What the later of two received files says otherwise than the earlier, in the order of its rows.

    Raises:
        RefusedError: one of the files cannot be read.
    """
    old, new = (_read(storage, province, submission) for submission in (before, after))
    fields = _fields(province, new)
    rows = dict.fromkeys((*_by_row(new), *_by_row(old)))
    olds, news = _by_row(old), _by_row(new)
    changes = [change for row in rows for change in _of_row(olds.get(row), news.get(row), fields)]
    return [*changes, *_of_remarks(old.remarks, new.remarks)]


def _read(storage: Storage, province: Province, submission: Submission) -> Reading:
    name = shown_name(submission.file_name)
    reading = finished_reading(start_reading(storage.kept(submission.sha256), name, province), name)
    if reading.identity is None:
        raise RefusedError(list(reading.findings))
    return reading


def _by_row(reading: Reading) -> dict[tuple[str, str], Statement]:
    return {(statement.unit, statement.code): statement for statement in reading.statements}


def _fields(province: Province, reading: Reading) -> Mapping[FactReference, FactField]:
    """Every fact of the sets that a form was made from."""
    sets = {used.id for used in reading.identity.sets} if reading.identity else set()
    known = [province.criteria_sets[id] for id in sorted(sets) if id in province.criteria_sets]
    return {reference: field for each in known for reference, field in each.facts_asked.items()}


def _of_row(
    old: Statement | None, new: Statement | None, fields: Mapping[FactReference, FactField]
) -> Iterator[VersionChange]:
    one = new or old
    assert one is not None
    befores, afters = (dict(_said(each, fields)) if each else {} for each in (old, new))
    for cell in dict.fromkeys((*afters, *befores)):
        what, before, after = cell[1], befores.get(cell, ""), afters.get(cell, "")
        if before != after:
            place = (new.places.get(cell[0]) if new else None) or (old.places.get(cell[0]) if old else None)
            yield VersionChange(one.unit, one.code, what, before, after, place)


def _said(row: Statement, fields: Mapping[FactReference, FactField]) -> Iterator[tuple[tuple[str, str], str]]:
    """What a row says: column, name of the cell, and value as people read it."""
    for id, value in row.facts.items():
        field = fields.get(FactReference(row.code, id))
        yield (f"fact:{id}", field.label if field else "Số liệu"), field.shown(value) if field else value
    if row.points is not None:
        yield ("points", "Điểm"), vietnamese_number(format(row.points.normalize(), "f"))
    if row.not_applicable:
        yield ("not_applicable", "Không áp dụng"), "có"
    for number, item in enumerate(row.evidence):
        yield (f"document/{number}", f"Tài liệu kiểm chứng {number + 1}"), said_document(*item)
    if row.answer:
        yield ("answer", "Ý kiến"), row.answer
    if row.text:
        yield ("explanation", "Giải trình, ghi chú"), row.text


def _of_remarks(old: Mapping[Remark, str], new: Mapping[Remark, str]) -> Iterator[VersionChange]:
    for remark in dict.fromkeys((*new, *old)):
        before, after = old.get(remark, ""), new.get(remark, "")
        if before != after:
            yield VersionChange("", "", remark.label, before, after, None)
