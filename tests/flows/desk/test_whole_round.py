"""The whole round by clicks and uploads, six accounts in six browsers; published as the same round by command line.

With one wrong workbook, one asked and granted extension, one explanation, one refused draft. The clicks are recorded in
PostgreSQL and the commands in SQLite, so that what both publish is the same on both.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from sqlmodel import select
from typer.testing import CliRunner

from flows.annual_evaluation import annual_evaluation
from flows.cli.main import app
from models.records.storage import Storage, open_storage
from models.records.tables import Receipt
from models.roles import Role
from models.settings import Settings
from models.working_days import VIETNAM
from tests.flows.desk.browsers import account
from tests.flows.desk.screens import WHOLE_ROUND, Screens, passed_over, send
from tests.flows.suspended import continued
from tests.models.folders import Folder
from tests.tasks.filled_forms import GOOD, filled
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

YEAR, UNIT = 2025, "stc"
UNTIL = datetime.now(VIETNAM).date() + timedelta(days=30)
DAY = datetime.now(VIETNAM).date()
SIGNERS = """\
symbols: {decision: QĐ-UBND}
signers:
  - {id: chu-tich, power: ["TM. ỦY BAN NHÂN DÂN"], title: CHỦ TỊCH, name: Người Ký Mẫu}
"""
PEOPLE = {
    "don-vi": (Role.UNIT, UNIT),
    "tham-dinh": (Role.APPRAISER, "snv"),
    "chuyen-vien": (Role.OFFICER, ""),
    "lanh-dao": (Role.LEADER, ""),
    "quan-tri": (Role.ADMINISTRATOR, ""),
    "kiem-tra": (Role.AUDITOR, ""),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small province; self-assessments are over and locked."""
    place = tmp_path / "tinh"
    place.mkdir()
    sample_province(place)
    Folder(place).add("province.yaml", SIGNERS)
    Folder(place).add("rounds/2025.yaml", "locks: {self_assessment: 2026-01-15}\n")
    return place


@pytest.fixture
def records(folder: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """The province's database, on PostgreSQL."""
    monkeypatch.setenv("CCHC_DATABASE_URL", postgres_url)
    storage = open_storage(folder, Settings(user="người thử"))
    yield storage
    storage.engine.dispose()


def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call where no event loop runs, as one does under Playwright, with what this context says of Prefect."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(copy_context().run, function, *arguments).result()


def deployed(province: Path) -> None:
    """What `cchc serve` registers; a worker is what `taken_up` is."""
    import asyncio

    async def create() -> None:
        async with get_client() as client:
            await client.create_deployment(await client.create_flow(annual_evaluation), province.name)

    asyncio.run(create())


def taken_up() -> FlowRun:
    """The newest run, taken up as a worker does."""
    import asyncio

    async def newest() -> FlowRun:
        async with get_client() as client:
            runs = await client.read_flow_runs()
            return max(runs, key=lambda run: run.created or datetime.min.replace(tzinfo=VIETNAM))

    return continued(annual_evaluation, asyncio.run(newest()))


def test_the_whole_round_by_keys_alone_is_published_as_by_commands(
    prefect_server: None,
    records: Storage,
    chromium: Browser,
    address: str,
    folder: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    apart(deployed, folder)
    bare = copytree(folder, tmp_path / "again" / "tinh", ignore=ignore_patterns("var"))
    people = {login: Screens(chromium, address) for login in PEOPLE}
    for login, (role, subject) in PEOPLE.items():
        people[login].enter(login, account(records, folder, login, role, subject))
    unit, appraiser, officer, leader, manager, auditor = people.values()

    # The unit is late: it asks, the officer grants; then one wrong workbook and one right one.
    unit.open(f"/don-vi/{UNIT}")
    unit.press(unit.page.locator("summary", has_text="Đề nghị mở khóa, gia hạn"))
    unit.reach(unit.page.get_by_label("Vì sao cần mở lại")).fill("Sáp nhập phòng chuyên môn")
    unit.look()
    unit.press(unit.page.get_by_role("button", name="Gửi đề nghị"))
    expect(unit.page.get_by_text("đang chờ trả lời")).to_be_visible()
    officer.open(f"/ky/{YEAR}")
    officer.press(officer.page.get_by_role("link", name="xem và trả lời"))
    officer.reach(officer.page.get_by_label("Đồng ý: nhận đến hết ngày")).fill(UNTIL.isoformat())
    officer.look()
    officer.press(officer.page.get_by_role("button", name="Đồng ý, gia hạn"))
    expect(officer.page.get_by_role("status")).to_contain_text("Đã đồng ý")
    officer.look()
    unit.open(f"/don-vi/{UNIT}")
    with unit.page.expect_download() as saved:
        unit.press(unit.page.get_by_role("link", name="Tải biểu mẫu để điền").first)
    blank = Path(saved.value.path()).read_bytes()
    send(unit, filled(blank, {**GOOD, ("1.1.2/numerator", "value"): 120}), tmp_path_factory)
    expect(unit.page.get_by_text("chưa được nhận")).to_be_visible()
    returned = unit.page.url
    unit.open(f"/don-vi/{UNIT}")
    send(unit, filled(blank, GOOD), tmp_path_factory)
    expect(unit.page.get_by_text("Đã nhận, bản 1")).to_be_visible()
    officer.open(returned.removeprefix(address))
    officer.press(officer.page.get_by_role("link", name="Miễn cho đơn vị").first)
    officer.look()

    # The appraiser cuts, the unit explains, the appraiser decides again, the council raises by a point.
    give(appraiser, f"/tham-dinh/{YEAR}/snv/{UNIT}/1.1.2", "10", "Thiếu hồ sơ 10 nhiệm vụ")
    unit.open(f"/don-vi/{UNIT}")
    unit.press(unit.page.get_by_role("link", name="Trả lời trên trang này"))
    unit.choose(unit.page.get_by_label("Giải trình, đề nghị xem lại"))
    unit.reach(unit.page.get_by_label("Nội dung giải trình")).fill("Hồ sơ gửi kèm công văn 9/STC")
    unit.look()
    unit.press(unit.page.get_by_role("button", name="Gửi giải trình"))
    expect(unit.page.get_by_text("Đã nhận, bản 1")).to_be_visible(timeout=60_000)
    appraiser.open(f"/tham-dinh/{YEAR}/snv?lai=1")
    appraiser.press(appraiser.page.get_by_role("link", name="1.1.2. Mức độ hoàn thành kế hoạch").first)
    give(appraiser, "", "20", "Chấp nhận một phần")
    officer.open("/tham-dinh")
    officer.press(officer.page.get_by_role("link", name="Các sở"))
    officer.look()
    officer.press(officer.page.get_by_role("link", name="1.1.2. Mức độ hoàn thành kế hoạch"))
    give(officer, "", "21", "Theo biên bản họp Hội đồng")

    # The officer evaluates and submits; the leader refuses one draft and approves the next.
    officer.open(f"/ky/{YEAR}")
    officer.press(officer.page.get_by_role("button", name="Tính chỉ số và xếp hạng"))
    expect(officer.page.get_by_role("status")).to_contain_text("Đã tính", timeout=60_000)
    submit(officer)
    decide(leader, "Không phê duyệt", {"Lý do, khi không phê duyệt": "Chờ rà soát thêm"})
    assert apart(taken_up).state_name == "Completed"
    submit(officer)
    officer.open(drawn_draft(leader))
    said = {"Số văn bản": "7", "Số tờ trình của Sở": "45"}
    days = {"Ngày ký": DAY.isoformat(), "Ngày tờ trình": DAY.isoformat()}
    accepted = decide(leader, "Phê duyệt", said | days)
    done = apart(taken_up)
    assert done.state_name == "Completed", done.state
    leader.open("/trinh-duyet")
    expect(leader.page.get_by_text("Đã công bố")).to_be_visible()
    leader.open("/cong-bo/1/")
    unit.open(f"/don-vi/{UNIT}")
    expect(unit.page.get_by_role("link", name=f"Phiếu kết quả năm {YEAR} (PDF)")).to_be_visible()
    auditor.open(f"/ky/{YEAR}/mien-kiem-tra")
    auditor.open(f"/ky/{YEAR}/so-du-thao")
    manager.open("/lan-chay")
    assert passed_over(WHOLE_ROUND, *people.values()) == []
    for who in people.values():
        assert [error for error in who.errors if "422" not in error] == []
        who.context.close()

    (published,) = (path.parent for path in (folder / "var" / "published").rglob("manifest.json"))
    again = apart(by_commands, bare, records, tmp_path / "cong-bo", accepted)
    assert again.is_dir()
    differing = {name for name in contents(published) | contents(again) if not same(published, again, name)}
    assert differing <= {"manifest.json"}, differing


def give(screens: Screens, path: str, points: str, reason: str) -> None:
    """Enter points on a leaf's page, by keyboard."""
    if path:
        screens.page.goto(path)
    screens.look()
    screens.reach(screens.page.get_by_label("Điểm, từ 0")).fill(points)
    screens.reach(screens.page.get_by_label("Lý do")).fill(reason)
    screens.page.keyboard.press("Shift+Tab")
    screens.page.keyboard.press("Enter")
    expect(screens.page.get_by_role("status").first).to_contain_text("Đã ghi")


def submit(officer: Screens) -> None:
    officer.open(f"/ky/{YEAR}/soat")
    officer.press(officer.page.get_by_role("button", name="Lập dự thảo và trình phê duyệt"))
    expect(officer.page.get_by_role("status")).to_contain_text("Đang lập dự thảo")
    assert apart(taken_up).state_name == "Suspended"


def drawn_draft(leader: Screens) -> str:
    """Where the pages of a draft that waits are shown as pictures."""
    leader.page.goto("/trinh-duyet")
    leader.press(leader.page.get_by_role("link", name="Xem dự thảo"))
    return leader.page.get_by_role("link", name="dạng hình").first.get_attribute("href") or ""


def decide(leader: Screens, verdict: str, fields: dict[str, str]) -> list[str]:
    """Answer the draft that waits; returns what was accepted, as the command line is told it."""
    leader.open("/trinh-duyet")
    leader.press(leader.page.get_by_role("link", name="Xem dự thảo"))
    expect(leader.page.get_by_role("heading", name="Trả lời")).to_be_visible()
    leader.look()
    leader.choose(leader.page.get_by_label(verdict, exact=True))
    for label, value in fields.items():
        leader.reach(leader.page.get_by_label(label, exact=True)).fill(value)
    codes: list[str] = []
    for _ in range(2):  # what is grave of number and day is told once they are given
        if verdict == "Phê duyệt":
            codes = leader.page.locator("input[name=accept_code]").evaluate_all("all => all.map(one => one.value)")
            for code in codes:
                leader.reach(leader.page.locator(f"#accept-{code}")).fill("Bản thử")
        with leader.page.expect_navigation():
            leader.press(leader.page.get_by_role("button", name="Gửi trả lời"))
        if leader.page.url.endswith("/trinh-duyet"):
            break
    expect(leader.page.get_by_role("status").first).to_contain_text("chương trình đang thực hiện")
    return [f"{code}: Bản thử" for code in codes]


def by_commands(bare: Path, records: Storage, out: Path, accepted: list[str]) -> Path:
    """The same round by command line, on SQLite: the same extension, the same files, the same approval."""

    def run(*words: str) -> None:
        done = CliRunner().invoke(
            app, ["--province", str(bare), *words], env={"CCHC_DATABASE_URL": None, "CCHC_INBOX_QUIET": "0"}
        )
        assert done.exit_code == 0, f"{words}: {done.output}"

    run(
        "extend",
        str(YEAR),
        "--step",
        "self_assessment",
        "--for",
        UNIT,
        "--until",
        UNTIL.isoformat(),
        "--reason",
        "Như trên",
    )
    with records.reading() as session:
        receipts = [(one.kind, one.sha256, one.file_name) for one in session.exec(select(Receipt).order_by(Receipt.id))]  # type: ignore[arg-type]
    for kind, sha256, name in receipts:
        content = records.kept(sha256).read_bytes()
        if kind == "scores":
            file = out.parent / name
            file.write_bytes(content)
            run("import", "scores", str(YEAR), str(file))
            continue
        inbox = out.parent / "hop-nhan" / UNIT
        inbox.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(content)
        run("intake", "--inbox", str(inbox.parent))
    run("evaluate", str(YEAR))
    words = [
        "--number",
        "7",
        "--date",
        DAY.isoformat(),
        "--submission-number",
        "45",
        "--submission-date",
        DAY.isoformat(),
    ]
    for one in accepted:
        words += ["--accept", one]
    run("publish", str(YEAR), *words, "--out", str(out), "--approved-by", "Lãnh đạo (mẫu)")
    return out


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def same(one: Path, other: Path, name: str) -> bool:
    first, second = one / name, other / name
    return first.is_file() and second.is_file() and first.read_bytes() == second.read_bytes()
