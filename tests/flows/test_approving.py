"""An approval approves what was seen, of a year and of a month, though program, results or facts changed meanwhile."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prefect import Flow
from prefect.client.schemas.objects import FlowRun
from prefect.flow_runs import resume_flow_run
from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings
from pypdf import PdfReader
from sqlmodel import col, select

from flows.annual_evaluation import DecisionApproval, annual_evaluation
from flows.approving import ApprovalForm, form_about
from flows.monthly_progress import monthly_progress
from models.records.storage import Storage
from models.records.tables import Approval, Snapshot
from tests.flows.suspended import continued, continued_after_an_upgrade, question, scheduled
from tests.tasks.districts import HEADER, YEAR, Districts
from tests.tasks.months import Months

pytestmark = pytest.mark.slow


class Waiting(NamedTuple):
    """A run that waits for an approval of what it drafted, and how another fact comes in."""

    flow: Flow[..., Any]
    run: FlowRun
    storage: Storage
    told: Any
    answer: dict[str, Any]
    results: Path

    def a_fact_comes_in(self) -> None:
        self.told()

    def results_are_lost(self) -> None:
        shutil.rmtree(self.results)

    def answered(self, **changed: Any) -> None:
        resume_flow_run(self.run.id, run_input={**self.answer, **changed})

    def taken_up(self) -> FlowRun:
        return continued(self.flow, self.run)

    def taken_up_after_an_upgrade(self, into: Path) -> FlowRun:
        return continued_after_an_upgrade(self.flow, self.run, into)

    @property
    def drafted(self) -> str:
        """What was frozen last."""
        with self.storage.reading() as session:
            newest = session.exec(select(Snapshot).order_by(col(Snapshot.evaluated_at).desc())).first()
        assert newest
        return newest.sha256

    @property
    def approvals(self) -> list[Approval]:
        with self.storage.reading() as session:
            return list(session.exec(select(Approval)))


@pytest.fixture
def results(prefect_server: None, tmp_path: Path) -> Iterator[Path]:
    """Where the results of tasks are kept."""
    folder = tmp_path / "results"
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: folder}):
        yield folder


@pytest.fixture(params=["year", "month"])
def waiting(request: pytest.FixtureRequest, tmp_path: Path, results: Path) -> Waiting:
    if request.param == "year":
        districts = Districts.copied(tmp_path).receive()
        flow: Flow[..., Any] = annual_evaluation
        parameters: dict[str, Any] = {"province": str(districts.folder), "year": YEAR}
        storage = districts.storage
        answer = {
            "number": 7,
            "day": "2018-08-20",
            "submission_number": 45,
            "submission_day": "2018-08-13",
            "accepted": "thieu-ten-nguoi-ky: bản thử\nngay-truoc-ket-qua: bản thử",
        }

        def told() -> None:
            districts.receive_score("di-an", "1.1", "council", "48.5")
    else:
        months = Months.told(tmp_path)
        flow = monthly_progress
        parameters = {"province": str(months.folder), "period": "2025-03"}
        storage, answer = months.storage, {"number": 12, "day": "2025-03-17"}

        def told() -> None:
            months.tell("2025-03", "xa-b,qua-han,,,9\n")

    run = continued(flow, scheduled(flow, parameters))
    assert run.state_name == "Suspended"
    return Waiting(
        flow, run, storage, told, {"verdict": "Phê duyệt", "approved_by": "Lãnh đạo (mẫu)", **answer}, results
    )


@pytest.mark.parametrize("form", [ApprovalForm, DecisionApproval])
def test_the_form_asks_in_vietnamese_with_an_input_of_its_own_for_numbers_and_days(form: type[ApprovalForm]) -> None:
    asked = form_about(form, "Dự thảo", "a" * 64).model_json_schema()
    fields = asked["properties"]
    assert fields["snapshot"] == {
        "default": "a" * 64,
        "title": "Bản số liệu đã xem (mã SHA-256, ghi sẵn theo dự thảo)",
        "type": "string",
    }
    assert [name for name, field in fields.items() if field["title"].isascii()] == []
    assert fields["verdict"]["description"].startswith("Phê duyệt thì ghi số")
    assert asked["$defs"]["Verdict"]["enum"] == ["Phê duyệt", "Lập lại dự thảo từ số liệu mới nhất", "Không phê duyệt"]
    kinds = {name: (field.get("type"), field.get("format")) for name, field in fields.items()}
    assert (kinds["number"], kinds["day"]) == (("integer", None), ("string", "date"))


def test_an_upgrade_between_draft_and_answer_changes_nothing(waiting: Waiting, tmp_path: Path) -> None:
    seen = waiting.drafted
    waiting.a_fact_comes_in()
    waiting.answered()
    assert waiting.taken_up_after_an_upgrade(tmp_path / "next").state_name == "Completed"
    assert [approval.snapshot_sha256 for approval in waiting.approvals] == [seen]


def test_lost_results_and_new_facts_are_asked_about_again_and_nothing_is_published_meanwhile(waiting: Waiting) -> None:
    seen = waiting.drafted
    waiting.results_are_lost()
    waiting.a_fact_comes_in()
    waiting.answered()
    again = waiting.taken_up()
    assert (again.state_name, waiting.approvals) == ("Suspended", [])
    newer = waiting.drafted
    assert newer != seen
    assert newer in question(again)
    assert "trả lời trước đây không áp dụng cho bản này" in question(again)
    assert "trả lời trước đây" not in question(waiting.run)

    waiting.answered()
    assert waiting.taken_up().state_name == "Completed"
    assert [approval.snapshot_sha256 for approval in waiting.approvals] == [newer]


def test_an_answer_that_names_another_draft_is_asked_about_again_and_lost_results_alone_change_nothing(
    waiting: Waiting,
) -> None:
    seen = waiting.drafted
    waiting.answered(snapshot="0" * 64)
    again = waiting.taken_up()
    assert (again.state_name, waiting.approvals) == ("Suspended", [])
    assert f"Trả lời nêu bản số liệu {'0' * 64}, bản đang chờ phê duyệt là {seen}." in question(again)

    waiting.results_are_lost()
    waiting.answered(snapshot=waiting.drafted)
    assert waiting.taken_up().state_name == "Completed"
    assert [approval.snapshot_sha256 for approval in waiting.approvals] == [seen]


@pytest.mark.parametrize("waiting", ["year"], indirect=True)
def test_a_publication_that_fails_in_the_middle_leaves_nothing_half_and_the_same_answer_is_carried_out_later(
    waiting: Waiting,
) -> None:
    folder = Path(waiting.run.parameters["province"])
    name = "2017-2018-007"
    place = folder / "var" / "published" / name
    killed = place.with_name(f".{name}.{NO_PROCESS}")
    for left in (place / "la.txt", killed / "quyet-dinh.pdf"):
        left.parent.mkdir(parents=True)
        left.write_bytes(b"")
    waiting.answered()
    occupied = waiting.taken_up()
    assert (occupied.state_name, waiting.approvals) == ("Suspended", [])
    assert "thư mục đã có nội dung khác" in question(occupied)
    assert [path.name for path in place.parent.iterdir()] == [name], "what the killed one left is taken back"

    shutil.rmtree(place)
    broken = folder / "templates" / "decision.html"
    broken.parent.mkdir(exist_ok=True)
    broken.write_text("{{ 1 / 0 }}", encoding="utf-8")
    waiting.answered()
    unprinted = waiting.taken_up()
    assert (unprinted.state_name, waiting.approvals) == ("Suspended", [])
    assert "templates/decision.html:1: LỖI: mẫu văn bản có lỗi" in question(unprinted)
    assert list(place.parent.iterdir()) == []
    assert not (folder / "var" / "site").exists()

    broken.unlink()
    waiting.answered()
    assert waiting.taken_up().state_name == "Completed"
    assert [path.name for path in place.parent.iterdir()] == [name]
    assert (folder / "var" / "site" / "index.html").is_file()


NO_PROCESS = 2**31 - 1  # above every process number of Linux
OWN_CLAIMS = f"{HEADER}di-an,1.1,self,60,,\nthuan-an,1.1,self,50,,\nthuan-an,2.1,survey,30,,\n"
DATED = {"verdict": "Phê duyệt", "approved_by": "Lãnh đạo (mẫu)", "number": 7, "day": "2018-08-20"}
SUBMITTED = {**DATED, "submission_number": 45, "submission_day": "2018-08-13"}
EXAMPLE = "thieu-ten-nguoi-ky: bản thử\nngay-truoc-ket-qua: bản thử"


def test_the_form_shows_the_gate_and_what_is_grave_is_asked_about_until_it_is_accepted(
    tmp_path: Path, results: Path
) -> None:
    districts = Districts.copied(tmp_path).receive(OWN_CLAIMS)
    parameters = {"province": str(districts.folder), "year": YEAR}
    run = continued(annual_evaluation, scheduled(annual_evaluation, parameters))
    asked = question(run)
    assert "Soát trước khi trình ký:" in asked
    assert "NGHIÊM TRỌNG [chua-tham-dinh]: điểm của Thị xã Dĩ An, Thị xã Thuận An chưa được thẩm định" in asked
    assert "LƯU Ý [khong-cham-diem]" in asked

    for answer, trouble in (
        (DATED, "Phê duyệt thì cần số và ngày của tờ trình"),
        ({**SUBMITTED, "accepted": EXAMPLE}, "[thieu-khao-sat] Thị xã Dĩ An chưa có kết quả điều tra xã hội học"),
        ({**SUBMITTED, "accepted": "chua-tham-dinh"}, "chưa nêu lý do chấp nhận"),
    ):
        resume_flow_run(run.id, run_input=answer)
        run = continued(annual_evaluation, run)
        assert (run.state_name, trouble in question(run)) == ("Suspended", True), question(run)

    accepted = f"{EXAMPLE}\n\nchua-tham-dinh: Kỳ chạy thử\nthieu-khao-sat: Không khảo sát Dĩ An"
    resume_flow_run(run.id, run_input={**SUBMITTED, "accepted": accepted})
    assert continued(annual_evaluation, run).state_name == "Completed"
    with districts.storage.reading() as session:
        (approval,) = session.exec(select(Approval))
    assert (approval.submission_number, approval.decided_by) == (45, "Lãnh đạo (mẫu)")
    reasons = {row["kind"]: row["reason"] for row in approval.accepted}
    assert reasons["thieu-khao-sat"] == "Không khảo sát Dĩ An"
    (annex,) = (districts.folder / "var" / "published").rglob("phu-luc-1-huyen.pdf")
    printed = " ".join(" ".join(page.extract_text() for page in PdfReader(annex).pages).split())
    assert "lý do: Không khảo sát Dĩ An" in printed
