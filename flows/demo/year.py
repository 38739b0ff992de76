"""The demonstration of a year: twelve months of the sample province by workbooks, their reports, then the yearly round.

Every month forms go out, come back filled in, some wrong, are returned and mended; the report of the month is drafted,
approved and published; so are those of quarters, 6, 9 months and the year. What the months told stands in the
self-assessment forms, with which the round goes to the published decision. All through Prefect, in a folder of its own
with SQLite and a temporary server; nothing is written elsewhere.
"""

import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.demo.yearly_round import (
    EXAMPLES,
    ROUNDS,
    decide,
    import_history,
    open_deadlines,
    play_round,
    prepare_prefect,
    say,
    show_what_tasks_print,
)
from models.wording import capitalised
from models.working_days import VIETNAM

if TYPE_CHECKING:
    from models.progress.periods import Period
    from models.progress.results import ProgressResult
    from models.province.folder import Province
    from models.records.storage import Storage

ROUND = ROUNDS[-1]
REGISTERS = ("inspections", "overdue", "initiatives")
FORECAST_OF = "so-y-te"


def main() -> None:
    """Run the year in the folder named on the command line (default out/demo-year)."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo-year").resolve()
    if out.exists():
        shutil.rmtree(out)
    folder = out / ROUND.name
    prepare_prefect(folder / "var" / "prefect")
    started = time.monotonic()
    say("Mười hai tháng và kỳ đánh giá năm: bảy đến mười phút. Prefect tạo cơ sở dữ liệu của nó trong 20 giây đầu.")
    say(f"\n━━ {ROUND.title}: mười hai tháng")
    shutil.copytree(EXAMPLES / ROUND.name, folder, dirs_exist_ok=True)
    open_deadlines(folder / "rounds" / f"{ROUND.year}.yaml")
    province, storage = _opened(folder)
    import_history(province, storage)
    _run_months(province, storage)
    say(f"\n━━ Dự báo chỉ số năm {ROUND.year} của một đơn vị, chỉ từ những gì các tháng đã báo cáo")
    _cchc(folder, "forecast", str(ROUND.year), "--unit", FORECAST_OF)
    say(f"\n━━ Kỳ đánh giá năm {ROUND.year}: phiếu tự đánh giá có sẵn số liệu của các tháng (ô màu tím, chữ nghiêng)")
    play_round(province, storage, ROUND.year)
    published, _ = decide(folder, ROUND)
    _print_end(province, storage, Path(published), time.monotonic() - started)


def _opened(folder: Path) -> "tuple[Province, Storage]":
    from models.province.folder import load_province
    from models.records.storage import open_storage
    from models.settings import Settings

    return load_province(folder), open_storage(folder, Settings())


def _cchc(folder: Path, *words: str | Path) -> None:
    """One command of the command line, as an officer types it."""
    from flows.cli.main import app

    app(["--province", str(folder), *map(str, words)], standalone_mode=False)


def _run_months(province: "Province", storage: "Storage") -> None:
    """All months: what the department keeps itself goes in by files, everything else by workbooks."""
    from flows.demo.agencies import SampleInbox
    from flows.demo.months_by_workbooks import MonthsData, SampleMonths
    from flows.intake import intake
    from flows.open_month import open_month
    from models.progress.periods import whole_year
    from models.settings import var_folder

    folder, var = province.folder, var_folder(province.folder)
    received = folder / f"progress-{ROUND.year}"
    _cchc(folder, "import", "indices", received / f"indices-{ROUND.year}.csv")
    for register in REGISTERS:
        _cchc(folder, "import", "register", register, received / f"register-{register}.csv")
    say("  (số liệu năm 2025 được gửi hôm nay, nên báo cáo nào cũng ghi là gửi chậm)")
    show_what_tasks_print()

    def forms_of(month: "Period") -> list[Path]:
        return [Path(path) for path in open_month(str(folder), str(month))]

    data = MonthsData.read(province, received, datetime.now(VIETNAM).date())
    kept = var / "demo" / "bao-cao-thang"
    inbox = SampleInbox(kept, var / "inbox", var / "outbox", lambda: intake(str(folder)))
    months = SampleMonths(data, inbox, forms_of, lambda message: say(f"    {message}"))
    reports = _Reports(province, storage)
    for month in whole_year(ROUND.year).months:
        say(f"\n━━ {capitalised(month.name)}")
        months.play(month)
        reports.publish(month)


@dataclass
class _Reports:
    """The reports that are due when a month ends, each approved at once and numbered one after the other."""

    province: "Province"
    storage: "Storage"
    number: int = 0

    def publish(self, month: "Period") -> None:
        """Draft, approve and publish the report of a month, then those of the longer periods that end with it."""
        from flows.approving import Verdict
        from flows.monthly_progress import ReportApproval, monthly_progress
        from models.progress.periods import periods_ending_with
        from models.province.calendar import report_due
        from tasks.progress.gathering import progress_now

        for period in periods_ending_with(month):
            self.number += 1
            approval = ReportApproval(
                verdict=Verdict.APPROVE,
                approved_by="người dùng thử (mẫu)",
                number=self.number,
                day=report_due(self.province.config, period).deadline,
            )
            (published,) = monthly_progress(str(self.province.folder), str(period), approval)
            say(f"    Báo cáo {period.name}: {published}")
            if period != month:
                print_headlines(progress_now(self.storage, self.province, period))


def print_headlines(result: "ProgressResult") -> None:
    """One line a subject; the report has the tables and changes behind them."""
    for measure in result.measures:
        if measure.total.figure:
            say(f"      {measure.measure.name}: {measure.total.shown}")
    for plan in result.plans:
        say(f"      {plan.plan.title}: {plan.counts.shown}, quá hạn {len(plan.overdue)}")
    for line in _standings(result):
        say(f"      {line}")
    say(f"      Chưa báo cáo: {len(result.not_reported)}/{len(result.expected)} đơn vị")


def _standings(result: "ProgressResult") -> Iterator[str]:
    """How many units stand how with each commitment, and where each target stands."""
    from models.progress.results import Standing

    counts: dict[str, Counter[Standing]] = {}
    for row in result.commitments:
        counts.setdefault(row.commitment.title, Counter())[row.standing] += 1
    for title, standings in counts.items():
        told = ", ".join(f"{standings[one]} {one.label}" for one in Standing if standings[one])
        yield f"Cam kết “{title}”: {told}"
    for goal in result.targets:
        yield f"Mục tiêu “{goal.target.name}”: {goal.reached}, {goal.standing.label}"


def _print_end(province: "Province", storage: "Storage", published: Path, seconds: float) -> None:
    from flows.cli.console import print_ranks
    from models.progress.periods import whole_year
    from models.records.snapshots import thawed
    from tasks.progress.gathering import progress_now
    from tasks.publishing.folders import verify_folder

    say(f"\n━━ {ROUND.title}: kết quả của năm")
    print_ranks(thawed((published / "snapshot.json").read_bytes()).results)
    say("\nCam kết, mục tiêu so với kết quả đã công bố:")
    for line in _standings(progress_now(storage, province, whole_year(ROUND.year))):
        say(f"  {line}")
    var = province.folder / "var"
    reports = sorted((var / "published").glob("bao-cao-*"))
    intact = not any(verify_folder(folder) for folder in (*reports, published))
    say(f"\n{len(reports)} báo cáo trong năm, {'nguyên vẹn' if intact else 'KHÔNG NGUYÊN VẸN'}: {var / 'published'}")
    say(f"Quyết định và báo cáo kết quả năm {ROUND.year}: {published}")
    say(f"Báo cáo tháng các đơn vị đã gửi: {var / 'demo' / 'bao-cao-thang'}; phiếu của năm: {var / 'demo' / 'da-dien'}")
    say(f"Phiếu tự đánh giá điền sẵn: {var / 'forms' / str(ROUND.year)}")
    say(f"Trang kết quả, có trang theo dõi từng tháng: {var / 'site' / 'index.html'}")
    say(f"\nXong trong {seconds / 60:.0f} phút. Thư mục: {province.folder}")


if __name__ == "__main__":
    main()
