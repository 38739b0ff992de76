"""A round is opened: self-assessment forms go out to all its units, into the province's var/forms/YEAR/.

The forms of a batch of units are a task of the task runner of the settings. Running it again replaces the forms.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.running import (
    artifact_key,
    list_forms,
    province_folder,
    province_of,
    run_name,
    storage_of,
    submitted,
    task_runner,
    tell,
)
from models.forms.descriptions import FormKind, form_file_name
from models.settings import var_folder
from models.working_days import VIETNAM
from tasks.forms.batches import write_side_by_side


@flow(name="open_round", flow_run_name=run_name("open_round"), log_prints=True, task_runner=task_runner())
def open_round(province: str | None = None, year: int | None = None) -> list[str]:
    """Write the self-assessment forms of a round for all its units, batch by batch.

    Args:
        province: the province folder; CCHC_PROVINCE when not given.
        year: the index year; the newest declared round when not given.

    Returns:
        The paths of the forms.
    """
    folder = str(province_folder(province))
    declared = province_of(folder)
    index_year = year or max(declared.rounds)
    units = list(declared.units_of_round(index_year))
    out = var_folder(Path(folder)) / "forms" / str(index_year)
    progress = _start_progress(index_year)
    paths: list[Path] = []
    today = datetime.now(VIETNAM).date()
    for written in write_side_by_side(declared, storage_of(folder), index_year, units, out, today, submitted):
        paths += written
        tell(f"phiếu tự đánh giá: {len(paths)} trên {len(units)} đơn vị")
        update_progress_artifact(progress, 100 * len(paths) / len(units))
    list_round_forms(folder, index_year, str(out))
    return [str(path) for path in paths]


@task(name="list_forms")
def list_round_forms(folder: str, year: int, out: str) -> None:
    """Show what was written as a table in the Prefect UI."""
    forms = [
        (group.name, unit, Path(out) / form_file_name(FormKind.SELF_ASSESSMENT, year, unit.code))
        for unit, group in province_of(folder).units_of_round(year).values()
    ]
    list_forms(f"forms-{year}", f"Phiếu tự đánh giá năm {year}, thư mục {out}", "Nhóm", forms)


def _start_progress(year: int) -> UUID:
    started = create_progress_artifact(
        0.0, key=artifact_key(f"forms-progress-{year}"), description=f"Phiếu tự đánh giá năm {year} đã ghi"
    )
    assert isinstance(started, UUID)
    return started
