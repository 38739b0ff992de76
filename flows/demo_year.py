"""The demonstration of a year: twelve months of the sample province, and what they mean to its yearly round.

The months go in through the same commands that officers use; then come the headlines of a few periods, the forecast of
one unit, and the self-assessment forms in which the months' figures stand already. Works in a folder of its own.
"""

import os
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from models.progress_results import ProgressResult, Standing

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "tinh-mau"
YEAR = 2025
MONTHS = tuple(f"{YEAR}-{number:02d}" for number in range(1, 13))
HEADLINES_AFTER = {
    f"{YEAR}-06": (f"{YEAR}-06", f"{YEAR}-6M"),
    f"{YEAR}-09": (f"{YEAR}-9M",),
    f"{YEAR}-12": (f"{YEAR}",),
}
REGISTERS = ("tasks", "inspections", "overdue", "initiatives")
FORECAST_OF = "so-y-te"


def main() -> None:
    """Run the year in the folder named on the command line (default out/demo-year)."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo-year").resolve()
    if out.exists():
        shutil.rmtree(out)
    for name in [name for name in os.environ if name.startswith("CCHC_")]:
        os.environ.pop(name)
    started = time.monotonic()
    forms = run_year(Path(shutil.copytree(EXAMPLE, out / EXAMPLE.name)), out / "phieu")
    _say(
        f"\nXong trong {time.monotonic() - started:.0f} giây. {len(forms)} phiếu tự đánh giá điền sẵn: {out / 'phieu'}"
    )
    _say(f"Mở thử: {next(path for path in forms if FORECAST_OF in path.name)}")
    _say("Ô màu tím, chữ nghiêng là số liệu lấy từ báo cáo tháng; đơn vị kiểm tra, sửa và điền tiếp các ô màu vàng.")


def run_year(folder: Path, out: Path) -> list[Path]:
    """Bring the months of a copy of the sample province in and write its pre-filled forms.

    Args:
        folder: the copy; its database is made in it.
        out: where the self-assessment forms go.

    Returns:
        The forms, in the order of their names.
    """
    from models.forms import FormKind
    from models.province import load_province
    from models.settings import Settings
    from models.storage import open_storage
    from tasks.forms import write_forms

    received = folder / f"progress-{YEAR}"
    _say("━━ Tỉnh Mẫu 2025 (DỮ LIỆU MẪU): mười hai tháng")
    _cchc(folder, "init")
    _cchc(folder, "import", "history", folder / f"history-{YEAR - 1}.csv")
    _cchc(folder, "import", "indices", received / f"indices-{YEAR}.csv")
    for register in REGISTERS:
        _cchc(folder, "import", "register", register, received / f"register-{register}.csv")
    for month in MONTHS:
        _run_month(folder, received, month)
    _say(f"\n━━ Dự báo chỉ số năm {YEAR} của một đơn vị, chỉ từ những gì các tháng đã báo cáo")
    _cchc(folder, "forecast", str(YEAR), "--unit", FORECAST_OF)
    storage = open_storage(folder, Settings())
    paths = write_forms(load_province(folder), storage, YEAR, FormKind.SELF_ASSESSMENT, (), out)
    storage.engine.dispose()
    return paths


def _run_month(folder: Path, received: Path, month: str) -> None:
    """What happens in one month: its figures come in, late corrections after them, then its report is made.

    Each month's report belongs at the end of this function: everything that it tells is recorded by then.
    """
    for file in sorted(received.glob(f"figures-{month}*.csv"), key=lambda path: path.stem):
        _cchc(folder, "import", "figures", month, file)
    for period in HEADLINES_AFTER.get(month, ()):
        _print_headlines(folder, period)


def _cchc(folder: Path, *words: str | Path) -> None:
    """One command of the command line, as an officer types it."""
    from flows.cli import app

    app(["--province", str(folder), *map(str, words)], standalone_mode=False)


def _print_headlines(folder: Path, period: str) -> None:
    """One line a subject; `cchc progress` prints the tables behind them."""
    from models.periods import read_period
    from models.province import load_province
    from models.settings import Settings
    from models.storage import open_storage
    from tasks.progress_gathering import progress_now

    storage = open_storage(folder, Settings())
    result = progress_now(storage, load_province(folder), read_period(period))
    storage.engine.dispose()
    _say(f"\n  {result.period.name} (cchc progress {period}):")
    for measure in result.measures:
        if measure.total.figure:
            change = f"; {measure.total.before.words}" if measure.total.before else ""
            _say(f"    {measure.measure.name}: {measure.total.shown}{change}")
    for plan in result.plans:
        _say(f"    {plan.plan.title}: {plan.counts.shown}, quá hạn {len(plan.overdue)}")
    for line in _standings(result):
        _say(f"    {line}")
    _say(f"    Chưa báo cáo: {len(result.not_reported)}/{len(result.expected)} đơn vị\n")


def _standings(result: ProgressResult) -> list[str]:
    """How many units stand how with each commitment, and where each target stands."""
    counts: dict[str, Counter[Standing]] = {}
    for row in result.commitments:
        counts.setdefault(row.commitment.title, Counter())[row.standing] += 1
    lines = [
        f"Cam kết “{title}”: " + ", ".join(f"{standings[one]} {one.label}" for one in Standing if standings[one])
        for title, standings in counts.items()
    ]
    return lines + [f"Mục tiêu “{row.target.name}”: {row.reached}, {row.standing.label}" for row in result.targets]


def _say(message: str) -> None:
    print(message, flush=True)


if __name__ == "__main__":
    main()
