"""Accepted workbooks → new versions in the database, a whole batch in one transaction.

A workbook is a complete statement of its subject: what its form said before and says no more is withdrawn by a version
that says so. What the report of an earlier month tells of a plan's task becomes a version too, but the telling of a
later month that stood is stated again after it. Only the versions about the units of the batch are read, not those of
the year. Source: docs/developers.md; docs/maths.md, section 17.6.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select as sql_select
from sqlalchemy import true
from sqlmodel import Session, col, select

from models.criteria.sets import CriteriaSet
from models.findings import Finding, Severity
from models.forms.descriptions import FormIdentity
from models.forms.row_keys import task_code
from models.progress.periods import Period
from models.province.folder import Province
from models.records.submissions import Reading, units_in
from models.records.tables import Receipt
from tasks.recording.versions import insert_rows
from tasks.recording.workbook_versions import (
    MONTH_TABLES,
    REMARKS,
    VERSION_TABLES,
    Row,
    VersionTable,
    form_key,
    month_of_form,
    stated_rows,
    tables_of,
    tells_nothing_else,
)

_UNITS_A_QUERY = 1_000
_Key = tuple[Any, ...]
_Form = tuple[str, int, str]


class Acceptance(NamedTuple):
    """An accepted workbook, whose bytes are kept, ready to be recorded; `sent_by` whom, where that is known."""

    reading: Reading
    sha256: str
    file_name: str
    size: int
    received_at: datetime
    sent_by: str = ""


class RecordedForm(NamedTuple):
    """What became of an accepted workbook.

    Attributes:
        receipt_id: of the new version, None where this very file had been accepted before.
        number: which version of its form it is, or was.
        received_before: when the same file was accepted before.
        newest: the number of the form's newest version, which is the one that counts.
        findings: what it tells of plan tasks that does not count, since a later month told of them.
    """

    receipt_id: int | None
    number: int
    received_before: datetime | None
    newest: int
    findings: tuple[Finding, ...] = ()


def record_workbooks(
    session: Session, province: Province, accepted: Sequence[Acceptance], user: str
) -> list[RecordedForm]:
    """Record a batch of accepted workbooks, in the order given, within the caller's transaction.

    Args:
        session: a writing session; no other writer overlaps it.
        province: the checked folder.
        accepted: workbooks without critical findings; their bytes are kept.
        user: who receives them.

    Returns:
        One record a workbook, in the same order.
    """
    recorded, new = _record_receipts(session, accepted, user)
    if not new:
        return recorded
    tables = _tables_of([item for item, _ in new])
    states = {table.name: _load_state(session, table, [item for item, _ in new]) for table in tables}
    sets = _sets_by_year(province, [item for item, _ in new])
    found = {receipt_id: tuple(_state_all(item, receipt_id, states, sets)) for item, receipt_id in new}
    for table in tables:
        insert_rows(session, table.model, states[table.name].rows)
    return [one._replace(findings=found[one.receipt_id]) if one.receipt_id in found else one for one in recorded]


def _state_all(
    item: Acceptance, receipt_id: int, states: Mapping[str, "_State"], sets: Mapping[int, dict[str, CriteriaSet]]
) -> list[Finding]:
    """State everything that a workbook says, and withdraw what it says no more.

    Returns:
        What does not count, since the report of a later month told of it.
    """
    identity = item.reading.identity
    assert identity is not None
    form, findings = form_key(identity), []
    for table, row in stated_rows(item.reading, identity, sets.get(identity.year, {})):
        if later := states[table.name].tell(row, form, receipt_id):
            findings.append(_kept_finding(item.reading, row, later))
    for state in states.values():
        state.withdraw_unsaid(form, receipt_id)
    return findings


def _kept_finding(reading: Reading, row: Row, later: Period) -> Finding:
    """What the sender is told of a plan's task of which a later month had told something else."""
    plan, number = json.loads(row["key"])
    code = task_code(plan, number)
    place = next((each.places.get("code") for each in reading.statements if each.code == code), None)
    what = (
        f"nhiệm vụ {number}: báo cáo {later.name} ghi khác báo cáo này; nội dung của {later.name} được giữ, "
        "nội dung ở đây chỉ được lưu lại"
    )
    remedy = f"Không cần làm gì nếu báo cáo {later.name} đúng; nếu sai thì sửa và gửi lại báo cáo {later.name}"
    return Finding(reading.file, 0, what, remedy, Severity.WARNING, place)


def _tables_of(accepted: Iterable[Acceptance]) -> list[VersionTable]:
    """The tables into which these workbooks write."""
    kinds = {item.reading.identity.kind for item in accepted if item.reading.identity}
    written = {table.name for kind in kinds for table in tables_of(kind)}
    known = {table.name: table for table in (*VERSION_TABLES, *MONTH_TABLES)}
    return [table for name, table in known.items() if name in written]


def _sets_by_year(province: Province, accepted: Iterable[Acceptance]) -> dict[int, dict[str, CriteriaSet]]:
    """The criteria set of every unit of the rounds that these workbooks belong to; made once a batch."""
    identities = [item.reading.identity for item in accepted if item.reading.identity]
    years = {identity.year for identity in identities if not identity.kind.description.is_monthly}
    return {year: province.sets_by_unit(year) for year in sorted(years)}


def _record_receipts(
    session: Session, accepted: Sequence[Acceptance], user: str
) -> tuple[list[RecordedForm], list[tuple[Acceptance, int]]]:
    """A receipt for each file that was not accepted before, in this batch or an earlier one."""
    known, numbers = _known_receipts(session, accepted)
    receipts: list[tuple[Acceptance, Receipt]] = []
    found: list[tuple[_Form, int, Receipt | None, datetime | None]] = []
    for item in accepted:
        assert item.reading.identity is not None
        form = form_key(item.reading.identity)
        before = known.get((*form[:2], item.sha256))
        if before:
            found.append((form, before[0], None, before[1]))
            continue
        numbers[form] += 1
        known[(*form[:2], item.sha256)] = numbers[form], item.received_at
        receipt = Receipt(
            kind=form[0],
            year=form[1],
            subject=form[2],
            sha256=item.sha256,
            file_name=item.file_name,
            size=item.size,
            received_at=item.received_at,
            received_by=item.sent_by or user,
        )
        receipts.append((item, receipt))
        found.append((form, numbers[form], receipt, None))
    session.add_all([receipt for _, receipt in receipts])
    session.flush()
    recorded = [
        RecordedForm(receipt.id if receipt else None, number, before, numbers[form])
        for form, number, receipt, before in found
    ]
    return recorded, [(item, receipt.id) for item, receipt in receipts if receipt.id is not None]


def _known_receipts(
    session: Session, accepted: Sequence[Acceptance]
) -> tuple[dict[tuple[str, int, str], tuple[int, datetime]], dict[_Form, int]]:
    """Number and time of every version of these forms by kind, year and SHA-256; and how many each form has."""
    forms = {form_key(item.reading.identity) for item in accepted if item.reading.identity}
    known: dict[tuple[str, int, str], tuple[int, datetime]] = {}
    numbers: dict[_Form, int] = defaultdict(int)
    statement = (
        select(Receipt)
        .where(
            col(Receipt.year).in_({year for _, year, _ in forms}), col(Receipt.kind).in_({kind for kind, *_ in forms})
        )
        .where(col(Receipt.subject).in_({subject for *_, subject in forms}))
        .order_by(col(Receipt.id))
    )
    for receipt in session.exec(statement):
        form = receipt.kind, receipt.year, receipt.subject
        numbers[form] += 1
        known[receipt.kind, receipt.year, receipt.sha256] = numbers[form], receipt.received_at
    return known, numbers


class _Latest(NamedTuple):
    """The newest version of a key.

    Attributes:
        version: its number.
        withdrawn: whether it withdrew.
        form: that it came with.
        row: where tellings go by months, what it says, with its receipt.
        month: the latest of which a report told it; what an import tells after a report stands in that report's place.
    """

    version: int
    withdrawn: bool
    form: _Form
    row: Row | None = None
    month: Period | None = None

    def stands_above(self, form: _Form, month: Period | None) -> bool:
        """Whether it was told by a later month than that of another form."""
        if self.withdrawn or self.form == form:
            return False
        return self.month is not None and month is not None and month < self.month


@dataclass
class _State:
    """What is current in one table about the units of a batch, moved on by each workbook.

    Attributes:
        latest: newest versions by key.
        said: the keys that stand as a form said them, by form.
        rows: new versions.
        restated: keys that the workbook at hand says.
    """

    table: VersionTable
    latest: dict[_Key, _Latest] = field(default_factory=dict)
    said: dict[_Form, set[_Key]] = field(default_factory=lambda: defaultdict(set))
    rows: list[Row] = field(default_factory=list)
    restated: set[_Key] = field(default_factory=set)

    def load(self, key: _Key, latest: _Latest) -> None:
        """Take in an existing version; they come in their order."""
        before = self.latest.get(key)
        if before:
            self.said[before.form].discard(key)
            if before.month and not before.withdrawn:
                latest = latest._replace(month=max(before.month, latest.month or before.month))
        if not latest.withdrawn:
            self.said[latest.form].add(key)
        self.latest[key] = latest

    def tell(self, row: Row, form: _Form, receipt_id: int) -> Period | None:
        """Add what a form says; where a later month told something else, that is stated again and stands.

        Returns:
            The later month, None where this telling counts or says nothing else.
        """
        key = self._key_of(row)
        standing, month = self.latest.get(key), self._month_of(form)
        if standing is None or standing.row is None or not standing.stands_above(form, month):
            self.state(row, form, receipt_id)
            return None
        if tells_nothing_else(row, standing.row):
            return None
        self.state(row, form, receipt_id)
        self.state(standing.row, standing.form, standing.row["receipt_id"])
        return standing.month

    def _key_of(self, row: Row) -> _Key:
        return tuple(row[name] for name in self.table.key)

    def _month_of(self, form: _Form) -> Period | None:
        return month_of_form(form[0]) if self.table.by_month else None

    def state(self, row: Row, form: _Form, receipt_id: int, withdrawn: bool = False) -> None:
        """Add the next version of a key."""
        key = self._key_of(row)
        before = self.latest.get(key)
        version = before.version + 1 if before else 1
        added = {**row, "receipt_id": receipt_id, "version": version, "withdrawn": withdrawn}
        self.rows.append(added)
        self.load(key, _Latest(version, withdrawn, form, added, self._month_of(form)))
        self.restated.add(key)

    def withdraw_unsaid(self, form: _Form, receipt_id: int) -> None:
        """Withdraw what this form said before and says no more."""
        for key in sorted(self.said[form] - self.restated):
            row = {"year": form[1], **dict(zip(self.table.key, key, strict=True)), **self.table.blank}
            self.state(row, form, receipt_id, withdrawn=True)
        self.restated.clear()


def _load_state(session: Session, table: VersionTable, items: Sequence[Acceptance]) -> _State:
    """Read the versions about the units, or for remarks the subjects, of a batch; not those of the whole year."""
    state = _State(table)
    held = ("receipt_id", "year", *table.blank) if table.by_month else ()
    columns, receipts = table.columns, Receipt.metadata.tables["receipt"].c
    forms = {form_key(item.reading.identity) for item in items if item.reading.identity}
    if table is REMARKS:
        whose, column = {subject for *_, subject in forms}, columns.subject
    else:
        whose, column = _units_concerned(session, table, items, forms), columns.unit
    codes = sorted(whose)
    for start in range(0, len(codes), _UNITS_A_QUERY):
        statement = (
            sql_select(
                *(columns[name] for name in table.key),
                columns.version,
                columns.withdrawn,
                receipts.kind.label("form_kind"),
                receipts.year.label("form_year"),
                receipts.subject.label("form_subject"),
                *(columns[name] for name in held),
            )
            .join_from(table.model, Receipt)
            .where(columns.year.in_({year for _, year, _ in forms}) if "year" in table.key else true())
            .where(column.in_(codes[start : start + _UNITS_A_QUERY]))
            .order_by(columns.version)
        )
        for found in session.execute(statement):
            key, rest = tuple(found[: len(table.key)]), found[len(table.key) :]
            version, withdrawn, *form = rest[:5]
            row = {**dict(zip(table.key, key, strict=True)), **dict(zip(held, rest[5:], strict=True))} if held else None
            state.load(key, _Latest(version, withdrawn, tuple(form), row, month_of_form(form[0]) if held else None))
    return state


def _units_concerned(
    session: Session, table: VersionTable, items: Sequence[Acceptance], forms: Iterable[_Form]
) -> set[str]:
    """The units that the workbooks speak about, and those that earlier versions of forms of many units spoke about."""
    units = units_in([item.reading for item in items])
    columns = table.columns
    for kind, year, subject in forms:
        if FormIdentity.recorded_as(kind, year, subject).kind.of_a_unit:
            units.add(subject)
            continue
        earlier = select(Receipt.id).where(Receipt.kind == kind, Receipt.year == year, Receipt.subject == subject)
        units |= set(
            session.execute(sql_select(columns.unit).where(columns.receipt_id.in_(earlier)).distinct()).scalars()
        )
    return units
