"""The gate before publication: each point it knows, what refuses a publication, what is accepted and printed."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import select

from models.findings import RefusedError
from models.numbers import vietnamese_date
from models.province.rounds import SurveyMissing
from models.records.procedure import Accepted, Procedure, Submission
from models.records.results import Basis, GroupResult, UnitResult
from models.records.snapshots import Frozen, results_in, thawed
from models.records.tables import Approval
from models.working_days import VIETNAM
from tasks.publishing.approvals import Numbering
from tasks.publishing.folders import read_manifest, verify_folder
from tasks.publishing.gate import GateKind, GatePoint, Numbered, accepted_of, gate_data, points_of, reasons_from
from tasks.publishing.visible_text import blanks_in
from tasks.recording.snapshots import newest_snapshot
from tasks.rendering.letterhead import PaperHead
from tests.tasks.districts import HEADER, YEAR, Districts
from tests.tasks.papers import drafted
from tests.tasks.papers import published as publish_paper

pytestmark = pytest.mark.slow

TODAY = datetime.now(VIETNAM).date()
SUBMISSION = Submission(45, TODAY)
NAMELESS = {"thieu-ten-nguoi-ky": "Bản thử, không nêu tên người ký thật"}
OWN_CLAIMS = f"{HEADER}di-an,1.1,self,60,,\nthuan-an,1.1,self,50,,\nthuan-an,2.1,survey,30,,\n"


def frozen_in(districts: Districts) -> Frozen:
    with districts.storage.reading() as session:
        return results_in(newest_snapshot(session, YEAR))


def evaluated(into: Path, scores: str | None = None) -> Districts:
    districts = Districts.copied(into).receive(scores)
    districts.evaluate()
    return districts


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    """The nine districts as published: all appraised, all surveyed."""
    return frozen_in(evaluated(tmp_path_factory.mktemp("complete")))


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """Two districts that only assessed themselves, one of them without a survey; nobody else sent anything."""
    return evaluated(tmp_path_factory.mktemp("doubtful"), OWN_CLAIMS)


@pytest.fixture
def open_round(doubtful: Districts, tmp_path: Path) -> Districts:
    return doubtful.duplicate(tmp_path)


def found(frozen: Frozen, day: date | None = TODAY, **numbering: object) -> dict[GateKind, GatePoint]:
    """What the gate finds of a decision of today whose results were frozen today, by kind."""
    of: dict[str, object] = {"submission": SUBMISSION, **numbering}
    decision = PaperHead(7, day, "QĐ-UBND", frozen.config.signer(None), **of)  # type: ignore[arg-type]
    return {point.kind: point for point in points_of(frozen, Numbered(decision, TODAY, TODAY), None)}


def with_units(frozen: Frozen, change: object) -> Frozen:
    """The results with every unit changed by a function."""
    assert callable(change)
    (group,) = frozen.results.groups
    changed: GroupResult = replace(group, units=tuple(change(unit) for unit in group.units))
    return replace(frozen, results=replace(frozen.results, groups=(changed,)))


def with_basis(unit: UnitResult, code: str, basis: Basis) -> UnitResult:
    leaves = tuple(leaf._replace(basis=basis) if leaf.code == code else leaf for leaf in unit.leaves)
    return replace(unit, leaves=leaves)


# --- the points -------------------------------------------------------------------------------------------------------


def test_a_round_that_is_appraised_and_surveyed_has_nothing_grave_but_the_name_of_who_signs(complete: Frozen) -> None:
    assert [kind for kind in found(complete) if kind.grave] == [GateKind.NO_SIGNER_NAME]


def test_units_that_nobody_appraised_are_named_with_the_leaves_that_stand_on_their_word(doubtful: Districts) -> None:
    point = found(frozen_in(doubtful))[GateKind.UNAPPRAISED]
    assert [(unit.code, unit.of) for unit in point.units] == [("di-an", ("1.1",)), ("thuan-an", ("1.1",))]
    assert point.what.startswith("điểm của Thị xã Dĩ An, Thị xã Thuận An chưa được thẩm định (02 tiêu chí")


def test_an_agency_that_sent_no_appraisal_is_named(doubtful: Districts) -> None:
    assert found(frozen_in(doubtful))[GateKind.SILENT_APPRAISER].what == "chưa nhận kết quả thẩm định của Sở Nội vụ"


def test_an_agency_that_appraises_itself_is_a_remark_until_the_council_decides(complete: Frozen) -> None:
    def called_as_its_appraiser(unit: UnitResult) -> UnitResult:
        return replace(unit, name="Sở Nội vụ") if unit.code == "di-an" else unit

    own = with_units(complete, called_as_its_appraiser)
    point = found(own)[GateKind.SELF_APPRAISED]
    assert [(unit.code, unit.of) for unit in point.units] == [("di-an", ("1.1",))]
    assert (point.what, point.kind.grave) == (
        "Sở Nội vụ tự thẩm định chính mình (tiêu chí 1.1), Hội đồng chưa quyết định các tiêu chí ấy",
        False,
    )
    assert GateKind.SELF_APPRAISED not in found(with_units(own, lambda unit: with_basis(unit, "1.1", Basis.COUNCIL)))


def test_one_unit_of_two_without_a_survey_is_grave_and_says_how_it_is_counted(doubtful: Districts) -> None:
    point = found(frozen_in(doubtful))[GateKind.NO_SURVEY]
    assert [unit.code for unit in point.units] == ["di-an"]
    said = "Thị xã Dĩ An chưa có kết quả điều tra xã hội học (tiêu chí 2.1), được quy đổi theo điểm còn lại"
    assert (point.what, point.kind.grave) == (said, True)


def test_where_a_missing_survey_counts_nothing_the_gate_says_so(complete: Frozen) -> None:
    zero = replace(complete, round=complete.round.model_copy(update={"survey_missing": SurveyMissing.ZERO}))
    without = with_units(zero, lambda unit: with_basis(unit, "2.1", Basis.MISSING))
    point = found(without)[GateKind.NO_SURVEY]
    assert point.what.endswith("và 04 đơn vị khác chưa có kết quả điều tra xã hội học (tiêu chí 2.1), tính 0 điểm")
    assert len(point.units) == 9


@pytest.mark.parametrize(("basis", "kind"), [(Basis.FAULTY, GateKind.FAULTY), (Basis.MISSING, GateKind.NOTHING_STATED)])
def test_leaves_that_count_nothing_are_named(complete: Frozen, basis: Basis, kind: GateKind) -> None:
    changed = with_units(complete, lambda unit: with_basis(unit, "1.1", basis) if unit.code == "di-an" else unit)
    point = found(changed)[kind]
    assert [(unit.name, unit.of) for unit in point.units] == [("Thị xã Dĩ An", ("1.1",))]
    assert "tính 0 điểm" in point.what


def test_an_index_of_others_that_is_missing_is_grave(complete: Frozen) -> None:
    values = complete.criteria_sets["huyen-2017"].model_dump(mode="json", by_alias=True)
    text = json.dumps(values).replace('"source": "self"', '"source": "external"')
    sets = {"huyen-2017": type(complete.criteria_sets["huyen-2017"]).model_validate_json(text)}
    changed = replace(complete, criteria_sets=sets)
    changed = with_units(changed, lambda unit: with_basis(unit, "1.1", Basis.MISSING) if unit.code == "di-an" else unit)
    assert found(changed)[GateKind.NO_EXTERNAL].what.startswith("Thị xã Dĩ An chưa có chỉ số do cơ quan khác công bố")


def test_open_explanations_are_remarks_and_open_council_points_are_grave(complete: Frozen) -> None:
    procedure = Procedure(unexplained={"di-an": 2}, undecided={"thuan-an": ("1.1",)})
    points = found(replace(complete, procedure=procedure))
    assert points[GateKind.UNEXPLAINED].what == "Thị xã Dĩ An chưa trả lời điểm bị giảm khi thẩm định"
    assert points[GateKind.UNDECIDED].what.startswith("Thị xã Thuận An không đồng ý điểm thẩm định")
    assert (points[GateKind.UNEXPLAINED].kind.grave, points[GateKind.UNDECIDED].kind.grave) == (False, True)


def test_a_grade_that_a_gate_capped_and_a_unit_that_was_not_scored_are_remarks(
    complete: Frozen, doubtful: Districts
) -> None:
    gated = with_units(complete, lambda unit: replace(unit, gated=unit.code == "di-an"))
    assert found(gated)[GateKind.GATED].what == "xếp loại của Thị xã Dĩ An bị khống chế theo điều kiện của kỳ"
    assert len(found(frozen_in(doubtful))[GateKind.NOT_SCORED].units) == 7


def test_printed_parts_that_do_not_come_to_the_printed_total_are_a_remark(complete: Frozen) -> None:
    assert GateKind.SUMS not in found(complete)
    parts = {"appraised_points": Decimal("46.504"), "survey_points": Decimal("31.504"), "points": Decimal("78.008")}
    odd = with_units(complete, lambda unit: replace(unit, **parts) if unit.code == "di-an" else unit)
    assert [unit.code for unit in found(odd)[GateKind.SUMS].units] == ["di-an"]


def test_units_that_joined_or_left_without_a_succession_are_remarks(tmp_path: Path) -> None:
    districts = Districts.copied(tmp_path).receive()
    text = "year,group,unit,max_points,points,index,rank,grade\n2016,huyen,tan-uyen,100,83.10,83.10,1,Tốt\n"
    districts.receive_history(text)
    districts.evaluate()
    frozen = frozen_in(districts)
    assert len(found(frozen)[GateKind.POPULATION].units) == 8

    left = replace(frozen, procedure=Procedure(left={"huyen": ("Huyện Cũ (mẫu)",)}))
    said = [point.what for point in points_of(left, _today(left), None) if point.kind is GateKind.POPULATION]
    assert said[1].startswith("Huyện Cũ (mẫu) có kết quả năm trước, nay không còn trong kỳ")


def _today(frozen: Frozen) -> Numbered:
    decision = PaperHead(7, TODAY, "QĐ-UBND", frozen.config.signer(None), submission=SUBMISSION)
    return Numbered(decision, TODAY, TODAY)


@pytest.mark.parametrize(
    ("day", "kind", "said"),
    [
        (TODAY + timedelta(days=1), GateKind.FUTURE, "ở sau hôm nay"),
        (TODAY - timedelta(days=1), GateKind.BEFORE_RESULTS, "ở trước ngày lập bản kết quả"),
    ],
)
def test_a_day_in_the_future_or_before_the_results_is_grave(
    complete: Frozen, day: date, kind: GateKind, said: str
) -> None:
    assert said in found(complete, day, submission=Submission(45, min(day, TODAY)))[kind].what


def test_a_day_on_which_units_may_still_send_is_grave(complete: Frozen) -> None:
    deadlines = complete.round.deadlines.model_copy(update={"explanation": TODAY + timedelta(days=3)})
    still_open = replace(complete, round=complete.round.model_copy(update={"deadlines": deadlines}))
    assert "ở trước khi hết hạn gửi (giải trình" in found(still_open)[GateKind.BEFORE_DEADLINE].what


def test_a_submission_after_the_decision_is_grave(complete: Frozen) -> None:
    assert GateKind.SUBMITTED_LATER in found(complete, submission=Submission(45, TODAY + timedelta(days=1)))


def test_a_draft_may_lack_its_submission_and_a_numbered_decision_may_not(complete: Frozen) -> None:
    draft = found(complete, None, draft=True, submission=None)
    assert (GateKind.NOT_SUBMITTED in draft, GateKind.BLANK in draft) == (True, False)
    assert "chưa có số, ngày của tờ trình" in found(complete, submission=None)[GateKind.BLANK].what


def test_empty_metadata_is_a_remark(complete: Frozen) -> None:
    assert "organ_id" in found(complete)[GateKind.METADATA].what


def test_dots_in_the_decision_cannot_be_accepted_and_those_of_an_annex_can(complete: Frozen) -> None:
    bases = complete.config.model_copy(update={"legal_bases": ("Quyết định số …/QĐ-UBND của Ủy ban nhân dân tỉnh",)})
    blank = found(replace(complete, config=bases))[GateKind.BLANK]
    assert "quyet-dinh.pdf còn chỗ trống" in blank.what or "to-trinh.pdf còn chỗ trống" in blank.what
    assert not blank.kind.may_be_accepted

    named = with_units(complete, lambda unit: replace(unit, name=f"{unit.name} …"))
    assert "phu-luc-" in found(named)[GateKind.DOTS].what
    assert GateKind.DOTS_IN_DATA in found(named)


def test_blanks_are_found_in_what_is_seen() -> None:
    html = (
        "<head><title>…</title></head><p>Số:\u00a0\u00a0\u00a0\u00a0/QĐ-UBND</p><br>"
        '<p class="reference"><span>số 05/QĐ-UBND<br>ngày 05</span></p><p>ngày ... tháng</p>'
    )
    assert blanks_in(html) == ["Số: /QĐ-UBND", "ngày ... tháng"]
    assert blanks_in(html, dots_only=True) == ["ngày ... tháng"]


def test_an_older_snapshot_tells_by_its_points_whether_anybody_appraised(doubtful: Districts, complete: Frozen) -> None:
    older = replace(frozen_in(doubtful), procedure=None)
    assert "procedure" not in json.loads(older.body)
    assert thawed(older.body).sha256 == older.sha256
    assert [unit.code for unit in found(older)[GateKind.UNAPPRAISED].units] == ["di-an", "thuan-an"]
    assert GateKind.UNAPPRAISED not in found(replace(complete, procedure=None))


def test_what_is_grave_comes_first_and_machines_read_every_unit(doubtful: Districts) -> None:
    points = points_of(frozen_in(doubtful), _today(frozen_in(doubtful)), None)
    assert [point.kind.grave for point in points] == sorted((point.kind.grave for point in points), reverse=True)
    told = next(row for row in gate_data(points) if row["code"] == "chua-tham-dinh")
    assert (told["severity"], told["acceptable"], told["group"]) == ("grave", True, "huyen")
    assert told["units"][0] == {"code": "di-an", "name": "Thị xã Dĩ An", "of": ["1.1"]}


# --- accepting --------------------------------------------------------------------------------------------------------


def test_only_what_is_named_with_a_reason_is_accepted(doubtful: Districts) -> None:
    points = points_of(frozen_in(doubtful), _today(frozen_in(doubtful)), None)
    with pytest.raises(RefusedError) as refused:
        accepted_of(points, NAMELESS, "kỳ 2017")
    assert [finding.what.partition("]")[0] for finding in refused.value.findings] == [
        "[chua-tham-dinh",
        "[thieu-khao-sat",
    ]
    reasons = {**NAMELESS, "chua-tham-dinh": "Kỳ thử", "thieu-khao-sat": "Chưa khảo sát", "ngay-tuong-lai": "không có"}
    accepted = accepted_of(points, reasons, "kỳ 2017")
    assert [(one.kind, one.group, one.reason) for one in accepted] == [
        ("chua-tham-dinh", "huyen", "Kỳ thử"),
        ("thieu-khao-sat", "huyen", "Chưa khảo sát"),
        ("thieu-ten-nguoi-ky", "", NAMELESS["thieu-ten-nguoi-ky"]),
    ]


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ({"chua-tham-din": "gõ nhầm"}, "không có điều nào mang mã “chua-tham-din”"),
        ({"con-bo-trong": "không chấp nhận được"}, "không có điều nào mang mã “con-bo-trong”"),
        ({"chua-tham-dinh": " "}, "chưa ghi đủ lý do"),
        ({"chua-tham-dinh": "vì …"}, "chưa ghi đủ lý do"),
    ],
)
def test_a_code_or_a_reason_that_says_nothing_is_refused(reasons: dict[str, str], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        accepted_of((), reasons, "kỳ 2017")


def test_a_typed_line_without_a_colon_is_refused() -> None:
    assert reasons_from(["chua-tham-dinh: Kỳ thử: lần 1"], "phiếu") == {"chua-tham-dinh": "Kỳ thử: lần 1"}
    with pytest.raises(RefusedError, match="chưa nêu lý do"):
        reasons_from(["chua-tham-dinh"], "phiếu")


# --- publishing -------------------------------------------------------------------------------------------------------


def place(districts: Districts) -> Path:
    return districts.folder / "var" / "published" / "first"


def publish(districts: Districts, reasons: dict[str, str], submission: Submission | None = SUBMISSION) -> Path:
    numbering = Numbering(7, TODAY, submission=submission, reasons=reasons)
    return publish_paper(districts.folder, districts.storage, YEAR, numbering, place(districts)).folder


def text_of(pdf: Path) -> str:
    pages = PdfReader(io.BytesIO(pdf.read_bytes())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def approvals(districts: Districts) -> list[Approval]:
    with districts.storage.reading() as session:
        return list(session.exec(select(Approval)))


REASONS = {**NAMELESS, "chua-tham-dinh": "Kỳ chạy thử của tỉnh", "thieu-khao-sat": "Thị xã chưa được khảo sát năm 2017"}


def test_a_round_that_nobody_appraised_is_not_published_and_takes_no_number(open_round: Districts) -> None:
    with pytest.raises(RefusedError, match="chưa được thẩm định"):
        publish(open_round, NAMELESS)
    assert (approvals(open_round), place(open_round).exists()) == ([], False)


def test_a_decision_without_number_and_day_of_its_submission_is_refused_whatever_is_accepted(
    open_round: Districts,
) -> None:
    with pytest.raises(RefusedError, match=r"\[con-bo-trong\] chưa có số, ngày của tờ trình .*Ghi số và ngày"):
        publish(open_round, REASONS, None)
    assert approvals(open_round) == []


@pytest.fixture(scope="module")
def overridden(doubtful: Districts, tmp_path_factory: pytest.TempPathFactory) -> Districts:
    districts = doubtful.duplicate(tmp_path_factory.mktemp("overridden"))
    publish(districts, REASONS)
    return districts


def test_what_was_accepted_is_kept_with_the_approval_and_told_in_the_manifest(overridden: Districts) -> None:
    (approval,) = approvals(overridden)
    kept = [(row["kind"], row["units"], row["reason"]) for row in approval.accepted]
    assert kept[:2] == [
        ("chua-tham-dinh", ["di-an", "thuan-an"], REASONS["chua-tham-dinh"]),
        ("thieu-khao-sat", ["di-an"], REASONS["thieu-khao-sat"]),
    ]
    manifest = read_manifest(place(overridden))
    assert manifest["accepted"] == approval.accepted
    assert manifest["submission"] == {"number": 45, "date": TODAY.isoformat()}
    assert verify_folder(place(overridden)) == []


def test_the_reasons_are_printed_in_the_notes_of_the_annex(overridden: Districts) -> None:
    said = text_of(place(overridden) / "phu-luc-1-huyen.pdf")
    assert f"lý do: {REASONS['chua-tham-dinh']}" in said
    assert f"(tiêu chí 2.1), được quy đổi theo điểm còn lại; lý do: {REASONS['thieu-khao-sat']}" in said
    assert f"lý do: {NAMELESS['thieu-ten-nguoi-ky']}" in said
    assert "nhóm cấp huyện./." in said


def test_the_column_of_points_that_nobody_appraised_is_not_called_appraised(overridden: Districts) -> None:
    said = text_of(place(overridden) / "phu-luc-1-huyen.pdf")
    assert "Điểm tự đánh giá (chưa thẩm định)" in said
    assert "Điểm thẩm định" not in said
    assert "Điểm của các đơn vị chưa được thẩm định, ghi theo số liệu, điểm đơn vị tự đánh giá" in said


def test_the_submission_says_only_what_was_done(overridden: Districts) -> None:
    said = text_of(place(overridden) / "to-trinh.pdf")
    assert "đã thẩm định" not in said
    assert "giải trình" not in said
    assert "tổng hợp số liệu, điểm các đơn vị tự đánh giá (chưa thẩm định)" in said


def test_report_and_sheets_do_not_call_it_appraised_either(overridden: Districts) -> None:
    report = text_of(place(overridden) / "bao-cao.pdf")
    assert "điểm chưa được thẩm định, Chỉ số xác định theo số liệu, điểm các đơn vị tự đánh giá" in report
    sheet = text_of(place(overridden) / "phieu-ket-qua" / "phieu-ket-qua-di-an.pdf")
    assert "Cột “Kết quả”: điểm đơn vị tự đánh giá, chưa được thẩm định" in sheet
    book = load_workbook(place(overridden) / "results.xlsx")
    assert "Tự đánh giá (chưa thẩm định)" in [cell.value for cell in book.worksheets[0][1]]


def test_decision_and_submission_bear_number_and_day_of_the_submission(overridden: Districts) -> None:
    said = f"tại Tờ trình số 45/TTr-SNV {vietnamese_date(TODAY)}."
    assert f"Theo đề nghị của Giám đốc Sở Nội vụ {said}" in text_of(place(overridden) / "quyet-dinh.pdf")
    letter = text_of(place(overridden) / "to-trinh.pdf")
    assert f"Số: 45/TTr-SNV Bình Dương, {vietnamese_date(TODAY)}" in letter


def test_a_draft_leaves_number_and_day_of_the_submission_blank(open_round: Districts, tmp_path: Path) -> None:
    paths = drafted(open_round.folder, open_round.storage, YEAR, tmp_path / "draft")
    assert f"tại Tờ trình số /TTr-SNV ngày tháng năm {YEAR + 1}." in text_of(paths[0])


def test_the_same_again_changes_nothing_and_another_submission_is_another_decision(
    overridden: Districts, tmp_path: Path
) -> None:
    districts = overridden.duplicate(tmp_path)
    numbering = Numbering(7, TODAY, submission=SUBMISSION)
    assert not publish_paper(districts.folder, districts.storage, YEAR, numbering, place(districts)).new
    with pytest.raises(RefusedError, match="nội dung lần này khác"):
        publish(districts, REASONS, Submission(46, TODAY))


def test_a_round_of_which_one_unit_was_appraised_names_the_other(tmp_path: Path) -> None:
    districts = evaluated(tmp_path, f"{OWN_CLAIMS}di-an,1.1,appraisal,55,,\ndi-an,2.1,survey,20,,\n")
    publish(districts, REASONS)
    annex, letter = (text_of(place(districts) / name) for name in ("phu-luc-1-huyen.pdf", "to-trinh.pdf"))
    assert "Điểm thẩm định hoặc tự đánh giá" in annex
    assert "Điểm của Thị xã Thuận An chưa được thẩm định, ghi theo số liệu" in annex
    assert "cùng các cơ quan phối hợp đã thẩm định" in letter
    assert "Điểm của Thị xã Thuận An chưa được thẩm định" in letter


def test_an_approval_of_an_earlier_version_has_neither_submission_nor_accepted_points(open_round: Districts) -> None:
    with open_round.storage.writing() as session:
        snapshot = newest_snapshot(session, YEAR)
        session.add(
            Approval(
                year=YEAR,
                snapshot_sha256=snapshot.sha256,
                verdict="approved",
                symbol="QĐ-UBND",
                number=7,
                number_year=TODAY.year,
                day=TODAY,
                decided_by="x",
                decided_at=datetime.now(UTC),
                via="command",
            )
        )
    numbering = Numbering(7, TODAY)
    folder = publish_paper(open_round.folder, open_round.storage, YEAR, numbering, place(open_round)).folder
    assert "Theo đề nghị của Giám đốc Sở Nội vụ." in text_of(folder / "quyet-dinh.pdf")
    assert "accepted" not in read_manifest(folder)


def test_rows_of_an_approval_come_back_as_they_went_in() -> None:
    from models.records.procedure import accepted_from

    one = Accepted("thieu-khao-sat", "huyen", ("di-an",), "Thị xã Dĩ An chưa có kết quả", "Chưa khảo sát")
    assert accepted_from(json.loads(json.dumps([one.as_row()]))) == (one,)
