"""Answers that a unit gives on a page to the points that the appraisal cut → the explanation workbook that says them.

What is typed obeys what an explanation workbook obeys, and goes in as one: the same checks, receipt and versions.
Source: docs/process.md, 1 (explanation round).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from models.findings import Finding
from models.forms.descriptions import FormIdentity, FormKind, form_file_name
from models.forms.sources import Stage
from models.province.folder import Province
from models.records.entries import EvidenceEntry, WordEntry
from models.records.storage import Storage
from models.records.submissions import EvidenceItem, Reading, Statement, storable
from tasks.forms.explanation import explanation_form
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.intake.inbox import Arrival
from tasks.intake.judging import KeptFile, not_admitted, standard_parts
from tasks.recording.extensions import with_granted
from tasks.recording.snapshots import published_years


class EnteredAnswer(NamedTuple):
    """What a unit answers to one cut: agreed or explained, in which words, with which further document."""

    answer: str = ""
    text: str = ""
    document: EvidenceItem = EvidenceItem()


def answers_of(record: UnitRecord) -> dict[str, EnteredAnswer]:
    """What stands as answered, by the code of each cut leaf."""
    return {leaf.code: EnteredAnswer(record.answer(leaf.code), *_said(record, leaf.code)) for leaf in record.cut}


def _said(record: UnitRecord, code: str) -> tuple[str, EvidenceItem]:
    documents = record.documents(code, Stage.EXPLANATION)
    first = EvidenceItem(*documents[0][4:]) if documents else EvidenceItem()
    return record.said(code, Stage.EXPLANATION), first


def faults_of(
    province: Province, storage: Storage, record: UnitRecord, answers: Mapping[str, EnteredAnswer], now: datetime
) -> list[Finding]:
    """What an explanation workbook with these answers would be told; nothing is recorded.

    Args:
        province: the checked folder.
        storage: its database.
        record: the unit's.
        answers: by code of each cut leaf.
        now: the moment of sending, with its zone, which locks go by.
    """
    province = with_granted(storage, province)
    unit = record.unit.code
    identity = FormIdentity(FormKind.EXPLANATION, province.config.form_code, record.year, unit, ())
    name = form_file_name(FormKind.EXPLANATION, record.year, unit)
    reading = Reading(name, identity, tuple(_statements(unit, answers)))
    arrival = Arrival(path=name, relative=f"{unit}/{name}", size=0, changed=None, arrived_at=now)
    with storage.reading() as session:
        published = published_years(session)
    if refused := list(not_admitted(province, KeptFile(arrival, name, ""), reading, published)):
        return refused
    (found,) = standard_parts().validate([reading], province, storage)
    return list(found)


def _statements(unit: str, answers: Mapping[str, EnteredAnswer]) -> Iterator[Statement]:
    for code, (answer, text, document) in answers.items():
        evidence = (document,) if any(document) else ()
        yield Statement(unit, code, text=text, answer=answer, evidence=evidence)


def explanation_with(records: RoundRecords, unit: str, answers: Mapping[str, EnteredAnswer], after: int) -> bytes:
    """The unit's explanation workbook with these answers filled in.

    Args:
        records: of the round.
        unit: its code.
        answers: by code of each cut leaf.
        after: how many versions of the explanation there were when they were given.
    """
    record = records.units[unit]
    words, evidence = dict(record.words), dict(record.evidence)
    for code, (answer, text, document) in answers.items():
        key = code, Stage.EXPLANATION
        words[key] = WordEntry(unit, *key, answer, storable(text))
        name, number, page = map(storable, (document.document, document.number, document.page))
        evidence[key] = [EvidenceEntry(unit, *key, 0, name, number, document.day, page)] if any(document) else []
    filled = replace(record, words=words, evidence=evidence)
    told = f"Nhập trên bàn làm việc, sau bản {after}"
    return explanation_form(replace(records, units={**records.units, unit: filled}), unit, told)
