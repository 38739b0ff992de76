"""The reports of periods as a flow and as a command: drafted, approved, published, shown; refused in plain words."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from prefect.flow_runs import resume_flow_run
from sqlmodel import select

from flows.monthly_progress import ReportApproval, due_periods, monthly_progress
from models.records.tables import Approval
from tasks.publishing.folders import read_manifest, verify_folder
from tests.conftest import ROOT
from tests.flows.conftest import artifacts
from tests.flows.suspended import continued, scheduled
from tests.tasks.months import Months

pytestmark = pytest.mark.slow

YES = {"verdict": "Phê duyệt", "approved_by": "Lãnh đạo Sở (mẫu)", "number": 12, "day": date(2025, 3, 17)}


def test_a_report_that_is_approved_at_once_is_published_and_shown(prefect_server: None, tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    (folder,) = monthly_progress(str(months.folder), "2025-03", ReportApproval(**YES))
    assert Path(folder) == months.place("bao-cao-2025-03-2025-012")
    assert verify_folder(Path(folder)) == []
    assert read_manifest(Path(folder))["report"]["notation"] == "12/BC-SNV"
    with months.storage.reading() as session:
        approval = session.exec(select(Approval)).one()
    assert (approval.decided_by, approval.via, approval.period) == ("Lãnh đạo Sở (mẫu)", "prefect", "2025-03")
    shown = asyncio.run(artifacts())
    headline = json.loads(shown["cchc-progress-2025-03"])
    assert headline[0] == {
        "Chỉ tiêu": "Hồ sơ đúng hạn",
        "Kết quả": "151/160 hồ sơ (94,38%)",
        "So với tháng trước": "tăng 4,38 điểm phần trăm",
        "So với cùng kỳ": "tăng 14,38 điểm phần trăm",
    }
    assert "bao-cao.pdf" in shown["cchc-draft-2025-03"]
    assert "don-vi" in shown["cchc-published-2025-03"]
    assert (months.folder / "var" / "site" / "bao-cao" / "2025-03" / "12-bc-snv" / "index.html").is_file()


def test_a_refusal_is_kept_and_an_impossible_approval_fails_loudly(prefect_server: None, tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    refusal = ReportApproval(verdict="Không phê duyệt", approved_by="Lãnh đạo Sở (mẫu)", reason="Chờ Xã B")
    assert monthly_progress(str(months.folder), "2025-03", refusal) == ["không phê duyệt: Chờ Xã B"]
    with months.storage.reading() as session:
        assert session.exec(select(Approval)).one().reason == "Chờ Xã B"
    early = ReportApproval(**{**YES, "day": date(2025, 1, 2)})
    with pytest.raises(RuntimeError, match="trước ngày đầu của kỳ báo cáo"):
        monthly_progress(str(months.folder), "2025-03", early)
    assert not months.place("bao-cao-2025-03-2025-012").exists()


def test_a_run_waits_for_the_form_and_publishes_what_was_drafted(prefect_server: None, tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    run = continued(
        monthly_progress, scheduled(monthly_progress, {"province": str(months.folder), "period": "2025-03"})
    )
    assert (run.state_name, len(list((months.folder / "var" / "drafts").rglob("bao-cao.pdf")))) == ("Suspended", 1)
    drafted = months.freeze("2025-03").sha256

    resume_flow_run(run.id, run_input={**YES, "number": None, "day": None})
    assert continued(monthly_progress, run).state_name == "Suspended"

    months.tell("2025-03", "xa-b,qua-han,,,9\n")
    resume_flow_run(run.id, run_input={**YES, "day": "2025-03-17"})
    assert continued(monthly_progress, run).state_name == "Completed"
    assert read_manifest(months.place("bao-cao-2025-03-2025-012"))["snapshot"] == drafted


def test_what_came_in_while_the_run_waited_stands_in_a_second_draft(prefect_server: None, tmp_path: Path) -> None:
    months = Months.told(tmp_path)
    run = continued(
        monthly_progress, scheduled(monthly_progress, {"province": str(months.folder), "period": "2025-03"})
    )
    first = months.freeze("2025-03").sha256
    months.tell("2025-03", "xa-b,qua-han,,,9\n")

    resume_flow_run(
        run.id, run_input={"verdict": "Lập lại dự thảo từ số liệu mới nhất", "approved_by": "Lãnh đạo Sở (mẫu)"}
    )
    assert continued(monthly_progress, run).state_name == "Suspended"
    assert len(list((months.folder / "var" / "drafts").rglob("bao-cao.pdf"))) == 2

    resume_flow_run(run.id, run_input={**YES, "day": "2025-03-17"})
    assert continued(monthly_progress, run).state_name == "Completed"
    published = read_manifest(months.place("bao-cao-2025-03-2025-012"))["snapshot"]
    assert published == months.freeze("2025-03").sha256 != first


@pytest.mark.parametrize(
    ("today", "periods"),
    [
        (date(2025, 3, 15), ["2025-03", "2025-Q1"]),
        (date(2025, 4, 15), ["2025-04"]),
        (date(2025, 6, 15), ["2025-06", "2025-6M"]),
        (date(2025, 9, 15), ["2025-09", "2025-Q3", "2025-9M"]),
        (date(2025, 12, 15), ["2025-12", "2025"]),
    ],
)
def test_on_the_15th_everything_that_ended_the_day_before_is_due(today: date, periods: list[str]) -> None:
    assert due_periods(today) == periods


def test_the_run_is_scheduled_for_seven_in_the_morning_of_the_15th_in_vietnam() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    (monthly,) = (one for one in deployments if one["entrypoint"].startswith("flows.monthly_progress."))
    assert monthly["schedules"] == [{"cron": "0 7 15 * *", "timezone": "Asia/Ho_Chi_Minh", "active": True}]


def test_the_command_drafts_then_publishes_and_the_folder_verifies(
    tmp_path: Path, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    folder = Months.told(tmp_path).folder
    drafted = cchc("--province", folder, "monthly", "2025-03", "--out", tmp_path / "draft")
    assert drafted.returncode == 0, drafted.stderr
    assert "Hạn gửi báo cáo tháng 3 năm 2025: 18/03/2025 (đã quá hạn" in drafted.stdout
    assert str(tmp_path / "draft" / "bao-cao.pdf") in drafted.stdout
    given = ["--number", "12", "--date", "17/03/2025", "--out", tmp_path / "out"]
    published = cchc("--province", folder, "monthly", "2025-03", *given)
    assert published.returncode == 0, published.stderr
    assert published.stdout.startswith("Đã công bố: Báo cáo số 12/BC-SNV\n")
    checked = cchc("--province", folder, "verify", tmp_path / "out")
    assert "Nguyên vẹn: Báo cáo số 12/BC-SNV ngày 17/03/2025" in checked.stdout
    state = cchc("--province", folder, "status", "2025")
    assert "đã công bố, số 12/BC-SNV" in state.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["2025-04", "--kind", "quarter"], 1, "không có kỳ “quarter” nào kết thúc vào tháng 4 năm 2025"),
        (["2099-01"], 1, "chưa có gì để báo cáo"),
        (["2025-05", "--number", "1", "--date", "2025-05-20"], 1, "chưa có dự thảo nào"),
        (["2025-Q1", "--kind", "6m"], 2, "--kind chỉ dùng cùng một tháng"),
    ],
)
def test_the_command_refuses_in_plain_words(
    tmp_path: Path,
    told: Path,
    cchc: Callable[..., subprocess.CompletedProcess[str]],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    refused = cchc("--province", told, "monthly", *arguments, "--out", tmp_path / "out")
    assert refused.returncode == code
    assert said in " ".join(refused.stderr.replace("│", " ").split())
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Months.told(tmp_path_factory.mktemp("told")).folder
