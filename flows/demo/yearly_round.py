"""The demonstration: the yearly round of two provinces to the published decision, through Prefect.

A real one, whose published figures come out exactly, from its CSV files; and a sample one that uses everything, from
workbooks: forms go out, come back filled in, some wrong, are returned, mended, appraised, explained, decided on.
Works in a folder of its own with SQLite and a temporary Prefect server; nothing is written elsewhere.
"""

import logging
import os
import re
import shutil
import sys
import time
import warnings
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from models.working_days import VIETNAM

if TYPE_CHECKING:
    from models.province.folder import Province
    from models.records.storage import Storage

_NOT_FOR_SHOW = ("PREFECT_API_URL", "CCHC_DATABASE_URL", "CCHC_INBOX", "CCHC_OUTBOX", "CCHC_SMTP_", "CCHC_SIGN_")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Demonstrated(NamedTuple):
    """An example province and how its round is run; what is grave in it is accepted, each with its reason."""

    name: str
    title: str
    year: int
    number: int
    day: date
    submission: tuple[int, date]
    accepted: Mapping[str, str]
    from_workbooks: bool = False


ROUNDS = (
    Demonstrated(
        "binh-duong-2017",
        "Bình Dương 2017 (số liệu thật đã công bố: 9 huyện, thị xã)",
        2017,
        1,
        date(2018, 8, 15),
        (45, date(2018, 8, 10)),
        {
            "thieu-ten-nguoi-ky": "Bản minh họa, không nêu tên người ký",
            "ngay-truoc-ket-qua": "Bản minh họa, dựng lại từ kết quả đã công bố năm 2018",
        },
    ),
    Demonstrated(
        "tinh-mau",
        "Tỉnh Mẫu 2025 (DỮ LIỆU MẪU: 16 sở, 64 xã)",
        2025,
        5,
        date(2026, 2, 20),
        (45, date(2026, 2, 12)),
        {
            "chua-tham-dinh": "Sở Công Thương gửi phiếu sau khi thẩm định đã xong (dữ liệu mẫu cố ý để vậy)",
            "thieu-khao-sat": "Dữ liệu mẫu cố ý thiếu kết quả khảo sát để minh họa việc quy đổi",
            "thieu-ten-nguoi-ky": "Dữ liệu mẫu, không có người ký thật",
            "ngay-truoc-ket-qua": "Kỳ mẫu chạy thử, ngày ký cố định",
            "ngay-truoc-han": "Kỳ mẫu chạy thử trong một ngày, hạn gửi được dời về sau ngày chạy",
            "ngay-tuong-lai": "Kỳ mẫu chạy thử, ngày ký cố định",
        },
        True,
    ),
)


def main() -> None:
    """Run both rounds in the folder named on the command line (default out/demo)."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo").resolve()
    if out.exists():
        shutil.rmtree(out)
    prepare_prefect(out / "tinh-mau" / "var" / "prefect")
    started = time.monotonic()
    say("Lần chạy đầu, Prefect tạo cơ sở dữ liệu của nó trong khoảng 20 giây.")
    runs = [(round, *_run(round, out)) for round in ROUNDS]
    _print_end(out, runs, time.monotonic() - started)
    _open_the_desk(out / "tinh-mau")


def prepare_prefect(home: Path) -> None:
    """Prefect's settings for this process, before it is imported; no telemetry, no colours of another theme."""
    home.mkdir(parents=True)
    for name in [name for name in os.environ if name.startswith(_NOT_FOR_SHOW)]:
        os.environ.pop(name, None)
    os.environ |= {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "CCHC_INBOX_QUIET": "0",
    }
    warnings.filterwarnings("ignore")


def say(message: str) -> None:
    """Tell who watches; at once, also through a pipe."""
    print(message, flush=True)


def _run(round: Demonstrated, out: Path) -> tuple[str, str]:
    """Bring an example's data in and run its round; returns the published folder and the Prefect run."""
    from models.province.folder import load_province
    from models.records.storage import open_storage
    from models.settings import Settings

    say(f"\n━━ {round.title}")
    folder = out / round.name
    shutil.copytree(EXAMPLES / round.name, folder, dirs_exist_ok=True)
    if round.from_workbooks:
        open_deadlines(folder / "rounds" / f"{round.year}.yaml")
    province = load_province(folder)
    say(f"  kiểm tra thư mục tỉnh: hợp lệ, {len(province.units)} đơn vị, {len(province.criteria_sets)} bộ tiêu chí")
    storage = open_storage(folder, Settings())
    import_history(province, storage)
    if round.from_workbooks:
        play_round(province, storage, round.year)
    else:
        _import_scores(province, storage, round.year)
    return decide(folder, round)


def open_deadlines(file: Path) -> None:
    """Move the deadlines of the example behind today, so that nobody of this demonstration is late."""
    text = file.read_text(encoding="utf-8")
    days = [datetime.now(VIETNAM).date() + timedelta(weeks=weeks) for weeks in (1, 4, 5)]
    moved = "deadlines: {{self_assessment: {}, appraisal: {}, explanation: {}}}".format(*days)
    file.write_text(re.sub(r"^deadlines: .*$", moved, text, flags=re.MULTILINE), encoding="utf-8")
    say(f"  (hạn gửi của kỳ mẫu được dời đến {days[0]:%d/%m/%Y} để chạy thử hôm nay)")


def import_history(province: "Province", storage: "Storage") -> None:
    """Import last year as it was published."""
    from tasks.recording.importing import read_history
    from tasks.recording.versions import record_history

    for path in sorted(province.folder.glob("history*.csv")):
        content = path.read_bytes()
        history, _ = read_history(content, path.name, province)
        say(f"  {path.name}: {record_history(storage, content, path.name, history)}")


def _import_scores(province: "Province", storage: "Storage", year: int) -> None:
    """Import the scores of the example."""
    from tasks.recording.importing import read_scores
    from tasks.recording.versions import record_scores

    for path in sorted(province.folder.glob("scores*.csv")):
        content = path.read_bytes()
        scores, _ = read_scores(content, path.name, province, year)
        say(f"  {path.name}: {record_scores(storage, year, content, path.name, scores)}")


def play_round(province: "Province", storage: "Storage", year: int) -> None:
    """Let the sample agencies fill in their forms; the inbox is received by its flow."""
    from flows.demo.agencies import SampleData, SampleInbox
    from flows.demo.round_by_workbooks import SampleRound
    from flows.intake import intake
    from flows.open_round import open_round
    from models.settings import var_folder
    from tasks.recording.importing import read_facts, read_scores

    folder = province.folder
    show_what_tasks_print()
    say("  chạy luồng open_round: phiếu tự đánh giá cho mọi đơn vị")
    open_round(str(folder), year)
    facts, _ = read_facts((folder / f"facts-{year}.csv").read_bytes(), "facts", province, year, {})
    scores, _ = read_scores((folder / f"scores-{year}.csv").read_bytes(), "scores", province, year)
    data = SampleData.of(province, year, facts, scores)
    var = var_folder(folder)
    kept = var / "demo" / "da-dien"
    inbox = SampleInbox(kept, var / "inbox", var / "outbox", lambda: intake(str(folder)))
    SampleRound(data, storage, var / "demo" / "bieu-mau", inbox, _said).play()


def _said(message: str) -> None:
    say(f"    {message}")


def decide(folder: Path, round: Demonstrated) -> tuple[str, str]:
    """Evaluate, approve and publish a round through Prefect.

    Returns:
        The published folder and the id of the flow run.
    """
    from flows.annual_evaluation import DecisionApproval, annual_evaluation
    from flows.approving import Verdict

    say("  chạy luồng annual_evaluation trong Prefect")
    show_what_tasks_print()
    number, day = round.submission
    approval = DecisionApproval(
        verdict=Verdict.APPROVE,
        approved_by="người dùng thử (mẫu)",
        number=round.number,
        day=round.day,
        submission_number=number,
        submission_day=day,
        accepted="\n".join(f"{code}: {reason}" for code, reason in round.accepted.items()),
    )
    state = annual_evaluation(str(folder), round.year, approval, return_state=True)
    published = str(state.result())
    assert state.state_details.flow_run_id is not None
    return published, str(state.state_details.flow_run_id)


def _open_the_desk(folder: Path) -> None:
    """An account a role of the sample province, and how the desk is opened."""
    from models.province.folder import load_province
    from models.records.storage import open_storage
    from models.roles import Role
    from models.settings import Settings
    from tasks.accounts.accounts import Account, add_account, subjects_of

    province, storage = load_province(folder), open_storage(folder, Settings())
    say(f"\n━━ Bàn làm việc: make serve PROVINCE={folder}, rồi mở http://127.0.0.1:4280")
    for role in Role:
        subject = next(iter(subjects_of(province, role.description.bound)), "")
        account = Account(role.value, f"{role.description.name} (mẫu)", role, subject)
        password = add_account(storage, province, account)
        say(f"  {role.value:14} {password}   {role.description.name}{f' {subject}' if subject else ''}")
    say("  Mật khẩu dùng cho lần đăng nhập đầu, đăng nhập xong chương trình yêu cầu đổi.")


def show_what_tasks_print() -> None:
    """What our tasks print goes into Prefect's log; show it here too, without Prefect's own messages."""
    logger = logging.getLogger("prefect.task_runs")
    if not any(isinstance(handler, _Shown) for handler in logger.handlers):
        logger.addHandler(_Shown())


class _Shown(logging.Handler):
    """Prints our own messages, which begin with “… ”."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message."""
        message = record.getMessage()
        if message.startswith("… ") and sys.__stdout__:
            sys.__stdout__.write(f"    {message}\n")
            sys.__stdout__.flush()


def _print_end(out: Path, runs: list[tuple[Demonstrated, str, str]], seconds: float) -> None:
    import json

    from flows.cli.console import print_ranks
    from models.records.snapshots import thawed
    from tasks.publishing.folders import verify_folder

    for round, folder, _ in runs:
        say(f"\n━━ {round.title}")
        print_ranks(thawed((Path(folder) / "snapshot.json").read_bytes()).results)
    say("\n━━ Kết quả")
    for round, folder, run in runs:
        intact = "nguyên vẹn" if not verify_folder(Path(folder)) else "KHÔNG NGUYÊN VẸN"
        decision = json.loads((Path(folder) / "manifest.json").read_bytes())["decision"]
        say(f"{round.title}\n  Quyết định số {decision['notation']} ({intact}):")
        for path in sorted(Path(folder).glob("*.pdf")):
            say(f"    {path}")
        say(f"  Bảng kết quả: {folder}/results.xlsx, results.csv, results.json")
        if round.from_workbooks:
            var = out / round.name / "var"
            say(f"  Phiếu đã điền: {var / 'demo' / 'da-dien'}; phiếu trả lại: {var / 'outbox'}")
        say(f"  Trang kết quả: {out}/{round.name}/var/site/index.html")
        say(f"  Lần chạy Prefect: http://127.0.0.1:4200/runs/flow-run/{run} (mở sau khi chạy: make serve)")
    say(f"\nXong trong {seconds:.0f} giây. Thư mục: {out}")
    say("Tiếp theo: README.md, mục “Dùng cho tỉnh của bạn”.")


if __name__ == "__main__":
    main()
