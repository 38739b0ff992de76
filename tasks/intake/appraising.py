"""Points that an appraising agency or the council enters leaf by leaf, and the lists of what they have to decide.

What is entered here obeys what an appraisal or council workbook obeys (who decides on which leaf, maximum, reasons,
locks, publication) and becomes the same versions. The entered row is kept as the CSV file that `cchc import scores`
takes. Source: docs/process.md, 1 (appraisal, second appraisal, council).
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from models.criteria.facts import appraised_id
from models.criteria.formulas import NOT_APPLICABLE
from models.criteria.sets import Leaf
from models.findings import Finding, RefusedError, Severity, has_critical
from models.forms.appraisal import points_found
from models.forms.base import Subject
from models.forms.descriptions import FormIdentity, FormKind
from models.forms.explanation import EXPLAINS
from models.forms.sources import ScoreSource, Stage
from models.labelled import Labelled
from models.numbers import MOST_DECIMALS, decimals_of, plain, printed
from models.province.config import Appraiser
from models.province.folder import Province
from models.province.rounds import Group
from models.records.entries import FactEntry, ScoreEntry
from models.records.results import LeafPoints
from models.records.snapshots import results_in
from models.records.storage import Storage
from models.records.submissions import Reading, Statement, storable
from models.records.tables import EvidenceVersion, FactVersion, Receipt, ScoreVersion, WordVersion
from tasks.forms.appraisal import appraised_groups
from tasks.forms.council import contested_rows
from tasks.forms.decision_rows import claimed_points
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.intake.inbox import Arrival
from tasks.intake.judging import KeptFile, not_admitted, standard_parts
from tasks.recording.extensions import with_granted
from tasks.recording.importing import SCORE_COLUMNS, SCORE_EXTRAS
from tasks.recording.snapshots import known_snapshot, published_years
from tasks.recording.versions import Recorded, record_scores
from tasks.scoring.points import Given

_COUNCIL = ScoreSource.COUNCIL
_EXPLAINED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (WordVersion, ("answer", "text")),
    (EvidenceVersion, ("document", "number", "day", "page")),
)
_OF_AGENCIES = [kind.value for kind in FormKind if kind.description.subject is Subject.APPRAISER]


class AppraisalState(Labelled):
    """How far the appraisal of a leaf of a unit has come. The form of an agency keeps the points it leaves empty."""

    OPEN = "open", "chưa thẩm định"
    KEPT = "kept", "giữ nguyên theo phiếu"
    DONE = "done", "đã thẩm định"
    CUT = "cut", "đã cắt giảm"
    AGAIN = "again", "đã giải trình, cần thẩm định lại"


class AppraisedLeaf(NamedTuple):
    """One leaf of one unit before its appraiser.

    Attributes:
        claimed: points, the words for a claim that nothing applies, None where the unit stated nothing.
        given: points, the same words where that is granted, None before the appraisal.
        has_evidence: whether the unit names any document, at whatever stage, or has sent a file.
        state: `AGAIN` where the unit explained a cut, or explained it otherwise, after the appraisal last decided.
    """

    record: UnitRecord
    leaf: Leaf
    claimed: Decimal | str | None
    given: Decimal | str | None
    state: AppraisalState
    has_evidence: bool

    @property
    def differs(self) -> bool:
        """Whether what was given is not what is claimed."""
        return self.given is not None and self.given != self.claimed

    @property
    def is_open(self) -> bool:
        """Whether the appraiser still has to look at it."""
        return self.state in (AppraisalState.OPEN, AppraisalState.AGAIN)


def appraised_leaves(storage: Storage, records: RoundRecords, agency: Appraiser) -> list[AppraisedLeaf]:
    """All that an agency appraises in a round, leaf by leaf and below each the units, as in its workbook."""
    with storage.reading() as session:
        seen = what_was_seen(session, records.round.year)
        explained = _explained_since(session, records.round.year)
    return [
        _appraised_leaf(
            record,
            leaf,
            seen.confirms(agency.id, record.unit.code, leaf.code),
            (record.unit.code, leaf.code) in explained,
        )
        for part in appraised_groups(records, agency)
        for leaf in part.leaves
        for record in part.units
        if leaf.applies_to(record.unit.code, record.unit.kind)
    ]


class Seen(NamedTuple):
    """How far the workbooks of appraising agencies follow what units state, by the order in which both came in.

    Attributes:
        forms: by agency, the receipt of its newest workbook.
        stated: by unit and component, the receipt of the newest fact or own points.
    """

    forms: Mapping[str, int]
    stated: Mapping[tuple[str, str], int]

    def confirms(self, agency: str | None, unit: str, code: str) -> bool:
        """Whether a workbook of the agency keeps what it leaves empty: it has sent one since the unit stated this."""
        form = self.forms.get(agency or "")
        return form is not None and self.stated.get((unit, code), form) <= form


def what_was_seen(session: Session, year: int) -> Seen:
    """Which statements of a round the newest workbooks of the agencies can have shown."""
    of_agencies = select(Receipt.subject, func.max(Receipt.id)).where(
        col(Receipt.kind).in_(_OF_AGENCIES), Receipt.year == year
    )
    forms = {agency: receipt or 0 for agency, receipt in session.exec(of_agencies.group_by(Receipt.subject))}
    facts = select(FactVersion.unit, FactVersion.component, func.max(FactVersion.receipt_id)).where(
        FactVersion.year == year
    )
    own_points = select(ScoreVersion.unit, ScoreVersion.component, func.max(ScoreVersion.receipt_id)).where(
        ScoreVersion.year == year, ScoreVersion.source == ScoreSource.SELF.value
    )
    stated: dict[tuple[str, str], int] = {}
    for rows in (
        session.exec(facts.group_by(FactVersion.unit, FactVersion.component)),
        session.exec(own_points.group_by(ScoreVersion.unit, ScoreVersion.component)),
    ):
        for unit, component, receipt in rows:
            stated[unit, component] = max(receipt, stated.get((unit, component), 0))
    return Seen(forms, stated)


def _explained_since(session: Session, year: int) -> set[tuple[str, str]]:
    """Units and leaves of which the explanation says something new since the appraisal last decided on them.

    An explanation states every answer anew, so only what differs from the version before is new.
    """
    latest: dict[tuple[str, str], int] = {}
    for table, said in _EXPLAINED:
        before: dict[tuple[object, ...], tuple[object, ...]] = {}
        of_year = select(table).where(table.year == year, table.stage == Stage.EXPLANATION.value)
        for row in session.exec(of_year.order_by(table.version)):
            key, says = (row.unit, row.component, getattr(row, "place", 0)), tuple(getattr(row, name) for name in said)
            if before.get(key) != says:
                before[key] = says
                latest[row.unit, row.component] = max(latest.get((row.unit, row.component), 0), row.receipt_id)
    decided = (
        select(ScoreVersion.unit, ScoreVersion.component, func.max(ScoreVersion.receipt_id))
        .where(ScoreVersion.year == year, ScoreVersion.source == ScoreSource.APPRAISAL.value)
        .group_by(ScoreVersion.unit, ScoreVersion.component)
    )
    last = {(unit, component): receipt for unit, component, receipt in session.exec(decided)}
    return {key for key, receipt in latest.items() if receipt > last.get(key, receipt)}


def _appraised_leaf(record: UnitRecord, leaf: Leaf, is_kept: bool, explained_since: bool) -> AppraisedLeaf:
    given = record.given.get((leaf.code, ScoreSource.APPRAISAL))
    if given is None:
        state = AppraisalState.KEPT if is_kept else AppraisalState.OPEN
    elif explained_since and record.answer(leaf.code) == EXPLAINS and record.decided(leaf.code) is not _COUNCIL:
        state = AppraisalState.AGAIN
    else:
        state = AppraisalState.CUT if record.was_cut(leaf.code) else AppraisalState.DONE
    return AppraisedLeaf(record, leaf, _claimed(record, leaf), _said_points(given), state, leaf.code in record.proven)


def _claimed(record: UnitRecord, leaf: Leaf) -> Decimal | str | None:
    claimed = claimed_points(leaf, record)
    assert claimed is None or isinstance(claimed, Decimal | str)
    return claimed


def _said_points(given: Given | LeafPoints | None) -> Decimal | str | None:
    """Points, the words where nothing applies, None where nobody decided."""
    return None if given is None else NOT_APPLICABLE if given.points is None else given.points


class ContestedLeaf(NamedTuple):
    """One contested leaf of one unit before the council.

    Attributes:
        claimed, appraised, decided: points, the words that nothing applies, None where nothing was said or decided.
    """

    record: UnitRecord
    leaf: Leaf
    claimed: Decimal | str | None
    appraised: Decimal | str | None
    decided: Decimal | str | None

    @property
    def is_open(self) -> bool:
        """Whether the council has not decided."""
        return self.decided is None


def contested_leaves(records: RoundRecords, group: Group) -> list[ContestedLeaf]:
    """All that is contested in a group, leaf by leaf and below each the units, as in the council's workbook."""
    return [
        ContestedLeaf(
            record,
            leaf,
            _claimed(record, leaf),
            _said_points(record.appraised[leaf.code]),
            _said_points(record.given.get((leaf.code, _COUNCIL))),
        )
        for leaf, units in contested_rows(records, group)
        for record in units
    ]


def leaves_of(storage: Storage, sha256: str) -> dict[tuple[str, str, str], LeafPoints]:
    """The points of published results, by unit, code and name of the leaf: a code may stand for another next year."""
    frozen = results_in(known_snapshot(storage, sha256))
    names = {
        group.id: frozen.criteria_sets[frozen.round.group(group.id).criteria_set].by_code
        for group in frozen.round.groups
    }
    return {
        (unit.code, leaf.code, names[group.id][leaf.code].name): leaf
        for group in frozen.results.groups
        for unit in group.units
        for leaf in unit.leaves
    }


class Entered(NamedTuple):
    """What is entered for one leaf of one unit: points, the facts found from which they follow, or the grant that
    nothing applies; and why.
    """

    points: Decimal | None
    not_applicable: bool
    reason: str
    facts: Mapping[str, str] = MappingProxyType({})


class AppraisalOutcome(NamedTuple):
    """What became of an entry, and what should be looked at again."""

    recorded: Recorded
    warnings: tuple[Finding, ...]


def decide_leaf(
    *,
    province: Province,
    storage: Storage,
    year: int,
    form: FormKind,
    subject: str,
    unit: str,
    code: str,
    entered: Entered,
    following: int,
    now: datetime,
) -> AppraisalOutcome:
    """Record what an agency or the council gives for one leaf of one unit, in one transaction.

    Args:
        province: the checked folder.
        storage: its database; what is recorded bears its user's name.
        year: of the round.
        form: as which workbook the entry counts: that of an agency, or of the council.
        subject: whose workbook: id of the agency, or of the group before the council.
        unit, code: what is decided, of whom.
        entered: the entry.
        following: the version of these points that whoever decides saw, 0 where there was none.
        now: the moment of the entry, with its zone, which locks go by.

    Raises:
        RefusedError: the step is locked, the round published, or the entry breaks a rule of such workbooks.
        OvertakenError: another version stands; nothing is recorded.
    """
    entered = entered._replace(reason=storable(" ".join(entered.reason.split())))
    province, source = with_granted(storage, province), form.description.decides
    assert source is not None
    name = f"{form.description.file_stem}-{year}-{unit}-{code}.csv"
    identity = FormIdentity(form, province.config.form_code, year, subject, ())
    statement = Statement(
        unit,
        code,
        facts=entered.facts,
        points=entered.points,
        not_applicable=entered.not_applicable,
        text=entered.reason,
    )
    reading = Reading(name, identity, (statement,))
    points = entered.points if not entered.facts else _points_found(province, year, unit, code, entered.facts)
    entry = ScoreEntry(unit, code, source, points, entered.not_applicable, entered.reason)
    content = _canonical(entry, subject, following, entered.facts)
    arrival = Arrival(path=name, relative=f"{subject}/{name}", size=len(content), changed=None, arrived_at=now)
    unreadable = list(_unreadable(name, form, entered))
    warnings = _judged(province, storage, KeptFile(arrival, name, ""), reading, unreadable)
    found = [FactEntry(unit, code, appraised_id(fact), value) for fact, value in entered.facts.items()]
    recorded = record_scores(storage, year, content, name, [entry], following=following, facts=found)
    return AppraisalOutcome(recorded, warnings)


def _judged(
    province: Province, storage: Storage, received: KeptFile, reading: Reading, unreadable: Sequence[Finding]
) -> tuple[Finding, ...]:
    """What the checks of such workbooks warn of in an entry that is as good as one.

    Raises:
        RefusedError: what they refuse, or what no workbook could say either.
    """
    with storage.reading() as session:
        published = published_years(session)
    findings = [*unreadable, *not_admitted(province, received, reading, published)]
    if not findings:
        (told,) = standard_parts().validate([reading], province, storage)
        findings = list(told)
    if has_critical(findings):
        raise RefusedError([finding for finding in findings if finding.severity is Severity.CRITICAL])
    return tuple(finding for finding in findings if finding.severity is Severity.WARNING)


def _points_found(province: Province, year: int, unit: str, code: str, facts: Mapping[str, str]) -> Decimal | None:
    """The points that follow from what an appraiser found; None where none do, which the checks then tell."""
    _, group = province.units_of_round(year)[unit]
    outcome = points_found(province.criteria_sets[group.criteria_set].by_code[code], facts, year)
    return None if outcome is None or outcome.points is None else printed(outcome.points, MOST_DECIMALS)


def _unreadable(name: str, form: FormKind, entered: Entered) -> Iterator[Finding]:
    """What no workbook could say either: nothing at all, more digits than are kept."""
    if entered.points is None and not entered.not_applicable and not entered.facts:
        what = f"chưa nhập điểm {form.description.step}"
        kept = "điểm tự chấm" if form.description.decides is ScoreSource.APPRAISAL else "điểm thẩm định"
        yield Finding(name, 0, what, f"Nhập điểm; nếu giữ nguyên thì nhập đúng {kept}")
    elif entered.points is not None and decimals_of(entered.points) > MOST_DECIMALS:
        yield Finding(name, 0, f"điểm có quá {MOST_DECIMALS} chữ số thập phân", "Làm tròn điểm")


def _canonical(entry: ScoreEntry, subject: str, following: int, facts: Mapping[str, str]) -> bytes:
    """The entry as a file of scores.

    Its first line tells it from the same points given at another time, and from which facts they follow.
    """
    out = io.StringIO(newline="")
    found = "".join(f", {fact}={value}" for fact, value in facts.items())
    out.write(f"# {subject}, sau bản {following}{found}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*SCORE_COLUMNS, *SCORE_EXTRAS))
    points = "" if entry.points is None else plain(entry.points)
    writer.writerow((entry.unit, entry.component, entry.source.value, points, int(entry.not_applicable), entry.note))
    return out.getvalue().encode()


def rounds_to_appraise(storage: Storage, rounds: Collection[int]) -> list[int]:
    """The years of the rounds: those that are not published first, in each case the newest first."""
    with storage.reading() as session:
        published = published_years(session)
    return sorted(rounds, key=lambda year: (year in published, -year))
