"""A criteria set of the province folder → a workbook to be edited, that comes back by from_workbook.py."""

from models.findings import RefusedError, refusal
from models.province.folder import Province
from models.province.plain_files import read_plain
from models.province.yaml_files import values_of
from tasks.criteria.as_tables import SET_BOOK, tables_of
from tasks.editing.books import book_of


def set_as_workbook(province: Province, id: str) -> bytes:
    """The workbook of a set.

    Raises:
        RefusedError: the province has no such set.
    """
    name = file_of_set(province, id)
    content = read_plain(province.folder / name)
    known = province.criteria_sets[id]
    values, wrong = values_of(content.decode("utf-8-sig"), name)
    if wrong:
        raise RefusedError(wrong)
    year = year_of_set(province, id)
    said = {"kind": SET_BOOK, "year": str(year)}
    return book_of(known.title, province.config, said, tables_of(values, known, year), {name: content})


def file_of_set(province: Province, id: str) -> str:
    """The file of a set, as findings name it.

    Raises:
        RefusedError: the province has no such set.
    """
    for path in sorted((province.folder / "criteria").glob("*.yaml")):
        values, _ = values_of(path.read_text(encoding="utf-8-sig"), path.name)
        if isinstance(values, dict) and str(values.get("id")) == id and id in province.criteria_sets:
            return f"criteria/{path.name}"
    known = ", ".join(sorted(province.criteria_sets)) or "chưa có bộ nào"
    raise refusal(id, f"không có bộ tiêu chí “{id}”", f"Dùng một trong: {known}")


def year_of_set(province: Province, id: str) -> int:
    """The index year that a set is told for: its last one, else of the newest round that names it, else as its id."""
    known = province.criteria_sets[id]
    if known.years:
        return max(known.years)
    rounds = province.rounds.items()
    years = [year for year, round in rounds if any(group.criteria_set == id for group in round.groups)]
    return max(years, default=year_in(id) or max(province.rounds, default=2000))


def year_in(id: str) -> int | None:
    """The year that an id ends with or holds: `so-2025`."""
    digits = [part for part in id.replace("_", "-").replace(".", "-").split("-") if part.isdecimal() and len(part) == 4]
    return int(digits[-1]) if digits else None
