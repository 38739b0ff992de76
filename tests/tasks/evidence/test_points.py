"""Points that count only with evidence, and evidence in the workbooks of units and appraisers."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from models.forms.descriptions import FormKind
from models.province.folder import Province, load_province
from models.records.results import Basis, LeafPoints
from models.records.storage import Storage
from models.settings import Settings
from tasks.evidence.receiving import SentFile, receive_evidence
from tasks.forms.round_records import read_round
from tasks.forms.writing import write_forms
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.gate import GateKind, GatePoint, Numbered, points_of
from tasks.reading.workbooks import read_workbook
from tasks.rendering.letterhead import PaperHead
from tasks.scoring.gathering import outdated_warnings
from tasks.scoring.repairs import reason_of
from tests.models.folders import Folder
from tests.tasks.evidence.files import pdf
from tests.tasks.filled_forms import form_of
from tests.tasks.forms_sent import PLAN, YEAR, form, on, record, sample_province, self_assessment

pytestmark = pytest.mark.slow

CLAIMED = {"numerator": "95", "denominator": "100"}
LEAF = "1.1.2"


@pytest.fixture
def province(tmp_path: Path) -> Province:
    sample_province(tmp_path)
    Folder(tmp_path).change(
        "criteria/so.yaml",
        "            name: Mức độ hoàn thành kế hoạch\n",
        "            name: Mức độ hoàn thành kế hoạch\n            evidence: required_for_points\n",
    )
    return load_province(tmp_path)


def points(province: Province, storage: Storage) -> LeafPoints:
    """What stands for the leaf of the finance department when the round is computed."""
    results = evaluate_round(province, storage, YEAR).frozen.results
    (unit,) = (unit for group in results.groups for unit in group.units if unit.code == "stc")
    return next(leaf for leaf in unit.leaves if leaf.code == LEAF)


def unproven(province: Province, storage: Storage) -> list[GatePoint]:
    """What the gate says of points that do not count for want of evidence."""
    frozen, day = evaluate_round(province, storage, YEAR).frozen, date(2026, 3, 1)
    decision = PaperHead(7, day, "QĐ-UBND", frozen.config.signer(None))
    points = points_of(frozen, Numbered(decision, day, day), None)
    return [point for point in points if point.kind is GateKind.UNPROVEN]


def send_file(province: Province, storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(pdf("Kế hoạch"))
    now = datetime(2026, 1, 5, tzinfo=UTC)
    sent = [SentFile(f"{LEAF}_ke-hoach.pdf", path)]
    receive_evidence(province, storage, Settings(), YEAR, "stc", sent, via="command", now=now)


def test_without_document_and_file_a_leaf_counts_nothing_and_says_why(province: Province, storage: Storage) -> None:
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED, text="Đã làm đủ")))
    leaf = points(province, storage)
    assert (leaf.points, leaf.self_points, leaf.basis) == (Decimal(0), Decimal(30), Basis.UNPROVEN)
    declared = province.criteria_sets["so-2025"].by_code[LEAF]
    assert reason_of(leaf, declared, YEAR) == "không có tài liệu kiểm chứng nên không được tính điểm (tự chấm 30 điểm)"


def test_a_document_is_enough(province: Province, storage: Storage) -> None:
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED, evidence=(PLAN,))))
    assert points(province, storage).points == 30


def test_a_file_is_enough_and_outdates_what_was_computed(province: Province, storage: Storage, tmp_path: Path) -> None:
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED)))
    assert points(province, storage).points == 0
    assert outdated_warnings(storage, province, YEAR) == []
    send_file(province, storage, tmp_path)
    assert outdated_warnings(storage, province, YEAR)
    assert (points(province, storage).points, points(province, storage).basis) == (30, Basis.FACTS)
    assert outdated_warnings(storage, province, YEAR) == []


def test_an_appraisal_decides_otherwise(province: Province, storage: Storage) -> None:
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED)))
    record(storage, province, snv=form(FormKind.APPRAISAL, "snv", on(LEAF, points="15", text="Có hồ sơ lưu")))
    assert (points(province, storage).points, points(province, storage).basis) == (15, Basis.APPRAISAL)


def test_who_signs_is_told_of_a_zero_about_which_the_unit_was_not_asked(province: Province, storage: Storage) -> None:
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED)))
    (told,) = unproven(province, storage)
    assert [(unit.code, unit.of) for unit in told.units] == [("stc", (LEAF,))]
    assert told.what.endswith(f"vì thiếu tài liệu kiểm chứng (tiêu chí {LEAF}) mà chưa được đề nghị giải trình")
    assert not told.kind.grave
    record(storage, province, snv=form(FormKind.APPRAISAL, "snv", on(LEAF, points="0", text="Không có hồ sơ")))
    assert unproven(province, storage) == []
    assert [leaf.code for leaf in read_round(province, storage, YEAR).units["stc"].cut] == [LEAF]


def test_the_claim_stays_what_the_unit_claims(province: Province, storage: Storage) -> None:
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED)))
    unit = read_round(province, storage, YEAR).units["stc"]
    assert (unit.claimed[LEAF].points, unit.standing[LEAF].points) == (30, 0)


def test_the_forms_say_so(province: Province, storage: Storage, tmp_path: Path) -> None:
    said = "thì không được tính điểm"
    assert said in text_of(form_of(province, storage, FormKind.SELF_ASSESSMENT, "stc", {}, tmp_path / "forms"))
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED)))
    assert "không được tính điểm nếu không ghi" in text_of(appraisal(province, storage, tmp_path))


def test_the_appraisal_workbook_names_files_leads_to_the_desk_and_comes_back(
    province: Province, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(storage, province, stc=self_assessment(on(LEAF, facts=CLAIMED)))
    send_file(province, storage, tmp_path)
    plain = appraisal(province, storage, tmp_path)
    assert f"Tệp: {LEAF}_ke-hoach.pdf" in text_of(plain)
    assert links_of(plain) == []
    monkeypatch.setenv("CCHC_DESK_ADDRESSES", "https://cchc.mau.example")
    content = appraisal(province, storage, tmp_path)
    assert links_of(content) == [f"https://cchc.mau.example/tham-dinh/{YEAR}/snv/stc/{LEAF}#minh-chung"]
    reading = read_workbook(content, "tham-dinh.xlsx", province)
    assert reading.identity is not None
    assert reading.findings == ()


def appraisal(province: Province, storage: Storage, tmp_path: Path) -> bytes:
    (path,) = write_forms(province, storage, YEAR, FormKind.APPRAISAL, (), tmp_path / "out")
    return path.read_bytes()


def text_of(content: bytes) -> str:
    book = load_workbook(io.BytesIO(content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def links_of(content: bytes) -> list[str]:
    book = load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return [
        f"{cell.hyperlink.target}#{cell.hyperlink.location}" if cell.hyperlink.location else cell.hyperlink.target
        for cell in cells
        if cell.hyperlink
    ]
