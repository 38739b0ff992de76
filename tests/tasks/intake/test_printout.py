"""A form of the sample, filled in by its agency, received, printed to be signed: the finished PDF read back."""

import hashlib
import io
from pathlib import Path
from unicodedata import is_normalized

import pytest
from pypdf import PdfReader

from flows.demo.agencies import SampleData, fill_self_assessment
from models.criteria.facts import FactKind
from models.criteria.sets import Source
from models.findings import RefusedError
from models.forms.descriptions import FormKind, form_file_name
from models.province.folder import Province, load_province
from models.province.rounds import Group
from models.records.storage import open_storage
from models.records.submissions import Outcome
from models.settings import Settings
from tasks.forms.writing import write_forms
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.printout import printout, write_printouts
from tasks.intake.receiving import receive_inbox
from tasks.recording.importing import read_facts, read_scores
from tasks.recording.versions import record_facts
from tests.conftest import copy_example

pytestmark = pytest.mark.slow

YEAR, DEPARTMENT, COMMUNE = 2025, "so-tu-phap", "xa-long-dien"


def sizes(reader: PdfReader) -> set[int]:
    """The type sizes of all text, in whole points."""
    found: set[int] = set()

    def seen(text: str, now: list[float], matrix: list[float], font: object, size: float) -> None:
        if text.strip():
            found.add(round(abs(size * matrix[3] * now[3])))

    for page in reader.pages:
        page.extract_text(visitor_text=seen)
    return found


def _has(province: Province, group: Group, unit: str) -> bool:
    return unit in {member.code for member in province.members(province.round_of(YEAR), group)}


def _one_day(province: Province) -> bytes:
    """A row of a CSV file that changes a fact of the department: the first day that stands alone in its leaf."""
    criteria_set = next(
        province.criteria_sets[group.criteria_set]
        for group in province.round_of(YEAR).groups
        if _has(province, group, DEPARTMENT)
    )
    leaf = next(
        leaf
        for leaf in criteria_set.leaves
        if leaf.source is Source.SELF and [field.kind for field in leaf.rule.fields] == [FactKind.DATE]
    )
    return f"{DEPARTMENT},{leaf.code},{leaf.rule.fields[0].id},2025-03-03\n".encode()


def test_a_received_self_assessment_is_printed_a_row_a_criterion_to_be_signed(tmp_path: Path) -> None:
    province = load_province(copy_example("tinh-mau", tmp_path))
    settings = Settings(user="người thử")
    storage = open_storage(province.folder, settings)
    facts, _ = read_facts((province.folder / "facts-2025.csv").read_bytes(), "f.csv", province, YEAR, {})
    scores, _ = read_scores((province.folder / "scores-2025.csv").read_bytes(), "s.csv", province, YEAR)
    data = SampleData.of(province, YEAR, facts, scores)
    inbox = inbox_of(province.folder, settings)
    sent = {}
    for path in write_forms(
        province, storage, YEAR, FormKind.SELF_ASSESSMENT, (DEPARTMENT, COMMUNE), tmp_path / "forms"
    ):
        unit = next(unit for unit in data.senders if path.name.endswith(f"-{YEAR}-{unit.code}.xlsx"))
        sent[unit.code] = fill_self_assessment(path.read_bytes(), unit, data)
        (Path(inbox.root) / path.name).write_bytes(sent[unit.code])
    outbox = outbox_of(province.folder, settings)
    report = receive_inbox(province, storage, inbox, outbox, standard_parts(), "inbox", 0)
    assert [file.outcome for file in report.files] == [Outcome.ACCEPTED] * 2

    paths = write_printouts(province, storage, YEAR, (), tmp_path / "in")
    assert [path.name for path in paths] == [f"ban-in-tu-danh-gia-{YEAR}-{unit}.pdf" for unit in (DEPARTMENT, COMMUNE)]
    for path, signature in zip(paths, ("THỦ TRƯỞNG ĐƠN VỊ", "CHỦ TỊCH"), strict=True):
        unit = path.stem.removeprefix(f"ban-in-tu-danh-gia-{YEAR}-")
        reader = PdfReader(io.BytesIO(path.read_bytes()))
        pages = [" ".join(page.extract_text().split()) for page in reader.pages]
        text = " ".join(pages)
        assert len(pages) <= 5
        assert len(pages[-1]) > 600  # the signature stands under rows of the table
        assert min(sizes(reader)) >= 10
        assert is_normalized("NFC", text)
        assert signature in pages[-1]
        assert "NGƯỜI LẬP PHIẾU" in pages[-1]
        assert form_file_name(FormKind.SELF_ASSESSMENT, YEAR, unit) in pages[0]
        hashed = hashlib.sha256(sent[unit]).hexdigest()
        assert hashed in pages[0].replace(" ", "")
        assert all(hashed[:16] in page for page in pages)
        assert all(f" {number} DỮ LIỆU MẪU SHA-256" in page for number, page in enumerate(pages[1:], 2))
        assert "ghi nhận từ tệp khác" not in text
        criteria_set = next(
            group.criteria_set for group in province.round_of(YEAR).groups if _has(province, group, unit)
        )
        own = [leaf for leaf in province.criteria_sets[criteria_set].leaves if leaf.source is Source.SELF]
        squeezed = text.replace(" ", "")
        assert [leaf.code for leaf in own if f"{leaf.code}{leaf.name}".replace(" ", "") not in squeezed] == []
        assert "tiêu chí đơn vị không chấm: điều tra xã hội học" in text

    assert printout(province, storage, YEAR, DEPARTMENT) == paths[0].read_bytes()
    with pytest.raises(RefusedError, match="chưa gửi phiếu tự đánh giá"):
        printout(province, storage, YEAR, "thanh-tra")

    later = b"unit,component,fact,value\n" + _one_day(province)
    entries, _ = read_facts(later, "bo-sung.csv", province, YEAR, {})
    record_facts(storage, YEAR, later, "bo-sung.csv", entries)
    changed = PdfReader(io.BytesIO(printout(province, storage, YEAR, DEPARTMENT)))
    assert "ghi nhận từ tệp khác" in " ".join(changed.pages[0].extract_text().split())
    storage.engine.dispose()
