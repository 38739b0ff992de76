"""A month is opened: its forms go out to all units that report it, into the province's var/forms/YYYY-MM/.

The forms of a batch of units are a task of the task runner of the settings. Running it again replaces the forms.
"""

from datetime import datetime
from pathlib import Path

from prefect import flow, task

from flows.running import list_forms, province_folder, province_of, run_name, storage_of, submitted, task_runner, tell
from models.forms.descriptions import FormKind, form_file_name
from models.progress.periods import month_of, read_period
from models.settings import var_folder
from models.units import kind_name
from models.working_days import VIETNAM
from tasks.forms.batches import write_side_by_side
from tasks.progress.asked_units import asked_units


@flow(name="open_month", flow_run_name=run_name("open_month", month_of), log_prints=True, task_runner=task_runner())
def open_month(
    province: str | None = None, month: str | None = None, units: list[str] | None = None, out: str | None = None
) -> list[str]:
    """Write the forms of a month for the units that report it, batch by batch.

    Args:
        province: the province folder; CCHC_PROVINCE when not given.
        month: such as 2025-03; the month under way when not given.
        units: codes of units; when not given, all that are asked something, which may be none.
        out: the folder of the forms; var/forms/MONTH when not given.

    Returns:
        The paths of the forms.

    Raises:
        UnreadablePeriodError: `month` names no period.
        RefusedError: it names no month, or a unit that does not report it.
    """
    folder = str(province_folder(province))
    period = read_period(month) if month else month_of(datetime.now(VIETNAM).date())
    chosen = list(dict.fromkeys(units or [unit.code for unit in asked_units(province_of(folder), period)]))
    into = Path(out) if out else var_folder(Path(folder)) / "forms" / str(period)
    paths: list[Path] = []
    today = datetime.now(VIETNAM).date()
    storage, month_told = storage_of(folder), str(period)
    for written in write_side_by_side(province_of(folder), storage, month_told, chosen, into, today, submitted):
        paths += written
        tell(f"biểu mẫu {period}: {len(paths)} trên {len(chosen)} đơn vị")
    list_month_forms(folder, month_told, chosen, str(into))
    return [str(path) for path in paths]


@task(name="list_month_forms")
def list_month_forms(folder: str, month: str, units: list[str], out: str) -> None:
    """Show what was written as a table in the Prefect UI."""
    period, known = read_period(month), province_of(folder).units
    forms = [
        (kind_name(known[code].kind), known[code], Path(out) / form_file_name(FormKind.MONTHLY, str(period), code))
        for code in units
    ]
    title = f"Biểu mẫu báo cáo số liệu {period.name}: {len(units)} đơn vị, thư mục {out}"
    list_forms(f"forms-{month}", title, "Loại", forms)
