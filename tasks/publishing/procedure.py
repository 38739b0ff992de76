"""The records of a round → how far its steps had come: appraisal, explanation, council, units that joined and left.

Who owes which form is answered by `tasks/intake/owed.py`. Source: docs/process.md, 1.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from models.criteria.sets import Source
from models.forms.descriptions import FormKind
from models.forms.explanation import AGREES
from models.forms.sources import ScoreSource, Stage
from models.progress.registers import RegisterKind
from models.province.folder import Province
from models.records.procedure import Procedure, Waived
from models.records.results import RoundResult
from models.records.storage import Storage
from tasks.forms.round_records import RoundRecords, UnitRecord, read_round
from tasks.intake.appraising import Seen, what_was_seen
from tasks.intake.owed import Owed, owed_in_round
from tasks.intake.waiving import standing_waivers, waivable_checks, waivers_in
from tasks.progress.computing import head_of
from tasks.recording.progress import current_register
from tasks.scoring.comparison import LastYear


def procedure_of(province: Province, storage: Storage, results: RoundResult, last_year: LastYear) -> Procedure:
    """How far the steps before the results of a round have come.

    Args:
        province: the checked folder.
        storage: what was received.
        results: what was computed.
        last_year: what was published for the year before.
    """
    records = read_round(province, storage, results.year)
    with storage.reading() as session:
        owed = owed_in_round(session, records)
        heads = current_register(session, [RegisterKind.HEADS])
        seen = what_was_seen(session, results.year)
    unappraised, unconfirmed = _own_leaves(records, owed, seen)
    answers = {code: record for code, record in records.units.items() if any(map(record.answer, _leaves(record)))}
    decided = {form.subject for form in owed if form.kind.description.decides is ScoreSource.COUNCIL and form.versions}
    contested = (item for item in records.units.items() if item[1].group.id not in decided)
    undecided = {code: _undecided(record) for code, record in contested}
    return Procedure(
        unappraised=unappraised,
        unconfirmed=unconfirmed,
        silent_appraisers=tuple(form.name for form in owed if _appraises(form) and form.is_owed),
        explained=tuple(answers),
        unexplained={form.subject: form.left for form in owed if _explains(form) and form.left},
        undecided={code: leaves for code, leaves in undecided.items() if leaves},
        left=_left(province, results, last_year),
        heads={
            code: head
            for code, record in sorted(records.units.items())
            if (head := head_of(heads, record.unit, date(results.year, 12, 31)))
        },
        waived=_waived(storage, results.year),
    )


def _waived(storage: Storage, year: int) -> tuple[Waived, ...]:
    """The checks that count as waived now, by unit, form and check."""
    with storage.reading() as session:
        rows = standing_waivers(waivers_in(session, year))
    ordered = sorted(rows, key=lambda row: (row.subject, row.form, row.check_name))
    return tuple(
        Waived(
            row.subject,
            (kind := FormKind(row.form)).label,
            waivable_checks(kind).get(row.check_name, row.check_name),
            row.asked_by,
            row.recorded_by,
            row.reason,
        )
        for row in ordered
    )


def _appraises(form: Owed) -> bool:
    return form.kind.description.decides is ScoreSource.APPRAISAL


def _explains(form: Owed) -> bool:
    return form.kind.description.stage is Stage.EXPLANATION


def _leaves(record: UnitRecord) -> list[str]:
    return [leaf.code for leaf in record.criteria_set.leaves]


def _own_leaves(
    records: RoundRecords, owed: Sequence[Owed], seen: Seen
) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """By unit, the leaves that stand on what it says itself: where nobody appraised, and where others were appraised.

    The form of an agency confirms what it leaves empty, but nothing that came in after it; imported points confirm
    nothing but themselves.
    """
    config = records.province.config
    without = {form.subject for form in owed if _appraises(form) and form.is_owed} | set(seen.forms)
    unappraised: dict[str, tuple[str, ...]] = {}
    unconfirmed: dict[str, tuple[str, ...]] = {}
    for code, record in records.units.items():
        own = [leaf for leaf in record.criteria_set.leaves if leaf.source is Source.SELF and _is_own(record, leaf.code)]
        own = [leaf for leaf in own if not seen.confirms(config.appraiser_of(leaf), code, leaf.code)]
        nobody = not any(map(record.decided, _leaves(record)))
        silent = [leaf.code for leaf in own if nobody or config.appraiser_of(leaf) in without]
        if silent:
            unappraised[code] = tuple(silent)
        if others := [leaf.code for leaf in own if leaf.code not in silent]:
            unconfirmed[code] = tuple(others)
    return unappraised, unconfirmed


def _is_own(record: UnitRecord, code: str) -> bool:
    """Whether the unit states a leaf on which nobody above it decided."""
    stated = code in record.facts or (code, ScoreSource.SELF) in record.given
    return stated and record.decided(code) is None


def _undecided(record: UnitRecord) -> tuple[str, ...]:
    """The leaves on which unit and appraiser disagree, the unit has answered and the council has not decided.

    The council's form of a group keeps the appraised points of what it leaves empty, so nothing is open after it.
    """
    contested = (code for code in _leaves(record) if record.answer(code) not in ("", AGREES))
    open_ones = (code for code in contested if (code, ScoreSource.COUNCIL) not in record.given)
    return tuple(code for code in open_ones if record.is_contested(code))


def _left(province: Province, results: RoundResult, last_year: LastYear) -> Mapping[str, tuple[str, ...]]:
    """By group, last year's ranked units that are neither in the round nor continued by any unit."""
    here = {unit.code for group in results.groups for unit in group.units}
    here |= {step.predecessor for step in province.successions}
    left: dict[str, list[str]] = defaultdict(list)
    for code, entry in sorted(last_year.entries.items()):
        if code not in here and entry.rank is not None:
            left[entry.group].append(province.units[code].name if code in province.units else code)
    return {group: tuple(names) for group, names in left.items()}
