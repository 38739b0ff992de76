"""The morning's reminders as a flow and as a command: sent once, shown as a table, nothing lost without mail."""

import asyncio
import json
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

from flows.reminders import reminders
from tests.conftest import copy_example
from tests.flows.conftest import artifacts
from tests.mailbox import Mailbox, free_port, serving
from tests.tasks.months import FIRST, Months

pytestmark = pytest.mark.slow

DAY = date(2026, 1, 12)


def few_units(tmp_path: Path) -> Path:
    """The sample province with the departments only."""
    folder = copy_example("tinh-mau", tmp_path)
    path = folder / "rounds" / "2025.yaml"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("  - id: xa\n")
    path.write_text(head + rest[rest.index("\nranking:") + 1 :], encoding="utf-8")
    return folder


def test_the_flow_reminds_everybody_once_and_shows_whom(
    prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = few_units(tmp_path)
    mailbox = Mailbox()
    with serving(mailbox) as mail:
        for name, value in {"HOST": mail.host, "PORT": mail.port, "SECURITY": "none", "FROM": mail.sender}.items():
            monkeypatch.setenv(f"CCHC_SMTP_{name}", str(value))
        rows = reminders(str(folder), DAY)
        again = reminders(str(folder), DAY)
        monkeypatch.setenv("CCHC_SMTP_PORT", str(free_port()))
        with pytest.raises(RuntimeError, match="16 thư nhắc chưa gửi được"):
            reminders(str(folder), date(2026, 1, 13))
    assert len(mailbox.received) == len(rows) == 16
    assert {row["Nhắc"] for row in rows} == {"đã gửi thư"}
    assert {row["Nhắc"] for row in again} == {"đã nhắc trong ngày"}
    shown = asyncio.run(artifacts())
    assert json.loads(shown["cchc-reminders-2026-01-12"]) == again
    assert len(json.loads(shown["cchc-reminders-2026-01-13"])) == 16


def test_the_flow_reminds_of_months_beside_rounds(prefect_server: None, tmp_path: Path) -> None:
    rows = reminders(str(few_units(tmp_path)), date(2026, 1, 9))
    mine = [(row["Việc"], row["Tình trạng"]) for row in rows if row["Nơi nhận"] == "Sở Y tế"]
    assert mine == [
        ("Phiếu tự đánh giá năm 2025", "còn 1 ngày làm việc"),
        ("Báo cáo số liệu tháng 1 năm 2026", "còn 7 ngày"),
    ]
    (notice,) = (tmp_path / "tinh-mau" / "var" / "outbox").rglob("so-y-te-mau.example-*.eml")
    assert notice.stat().st_size > 0
    assert json.loads(asyncio.run(artifacts())["cchc-reminders-2026-01-09"]) == rows


def test_the_flow_shows_an_empty_table_where_nobody_is_due(prefect_server: None, tmp_path: Path) -> None:
    assert reminders(str(few_units(tmp_path)), date(2026, 1, 1)) == []
    assert json.loads(asyncio.run(artifacts())["cchc-reminders-2026-01-01"]) == []


def test_from_ten_days_after_a_month_an_event_says_each_week_that_its_report_is_missing_and_none_where_it_is_there(
    prefect_server: None, tmp_path: Path
) -> None:
    silent, told = Months.told(tmp_path / "a"), Months.told(tmp_path / "b")
    told.freeze("2025-03")
    told.publish("2025-03", FIRST, "bao-cao")
    (tmp_path / "khac").mkdir()
    reminders(str(told.folder.rename(tmp_path / "khac" / "tinh-khac")), date(2025, 3, 24))
    for day in (date(2025, 3, day) for day in (23, 24, 25, 30, 31)):
        reminders(str(silent.folder), day)
    assert missing_reports(2) == [("cchc.province.tinh", "2025-03")] * 2


def missing_reports(expected: int) -> list[tuple[str, str]]:
    """Of every report that an event says is missing the province and the month; events may come a little later."""
    asked = {"filter": {"event": {"name": ["cchc.report.missing"]}}}
    end = time.monotonic() + 20
    with get_client(sync_client=True) as client:
        while True:
            time.sleep(1)
            events = client.request("POST", "/events/filter", json=asked).json()["events"]
            if len(events) >= expected or time.monotonic() > end:
                return [(one["resource"]["prefect.resource.id"], one["payload"]["period"]) for one in events]


def test_the_command_shows_whom_it_would_remind_and_reminds(
    tmp_path: Path, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    folder = few_units(tmp_path)
    planned = cchc("--province", folder, "remind", "--date", "2026-01-12", "--dry-run")
    assert planned.returncode == 0
    assert planned.stdout.count("sẽ nhắc") == 16
    assert not (folder / "var" / "outbox").exists()
    month = cchc("--province", folder, "remind", "--date", "2025-03-18", "--dry-run")
    assert month.stdout.count("Báo cáo số liệu tháng 3 năm 2025 │ 18/03/2025 │ hết hạn hôm nay │ sẽ nhắc") == 16
    done = cchc("--province", folder, "remind", "--date", "12/01/2026")
    assert done.returncode == 0
    assert done.stdout.count("chưa bật gửi thư") == 16
    assert len(list((folder / "var" / "outbox" / "reminders" / "2026-01-12").glob("*.eml"))) == 16
    nobody = cchc("--province", folder, "remind", "--date", "2026-01-02")
    assert nobody.stdout == "Ngày 02/01/2026: không có ai cần nhắc.\n"
    down = {"CCHC_SMTP_HOST": "127.0.0.1", "CCHC_SMTP_PORT": str(free_port()), "CCHC_SMTP_FROM": "cchc@mau.example"}
    failed = cchc("--province", folder, "remind", "--date", "2026-01-12", **down)
    assert failed.returncode == 1
    assert "chưa gửi được thư: không kết nối" in " ".join(failed.stdout.split())
    beyond = cchc("--province", folder, "remind", "--date", "3000-01-01")
    assert (beyond.returncode, "Traceback" in beyond.stderr) == (1, False)
