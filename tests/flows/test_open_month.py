"""Opening a month writes the form of every unit that reports it, and shows what was written."""

import asyncio
import json
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from flows.open_month import open_month
from models.findings import RefusedError
from models.progress.periods import month_of
from models.province.folder import load_province
from models.working_days import VIETNAM
from tasks.forms.batches import UNITS_A_BATCH
from tests.conftest import ROOT, copy_example
from tests.flows.conftest import artifacts
from tests.models.progress_folder import progress_folder

pytestmark = pytest.mark.slow


def test_opening_a_month_writes_a_form_for_every_unit_in_batches(prefect_server: None, tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    units = [unit for _, unit in sorted(load_province(folder).units.items()) if unit.exists_on(date(2025, 8, 14))]
    assert len(units) > UNITS_A_BATCH, "more than one batch"

    paths = [Path(path) for path in open_month(str(folder), "2025-08")]

    assert [path.name for path in paths] == [f"bao-cao-thang-2025-08-{unit.code}.xlsx" for unit in units]
    assert {path.parent for path in paths} == {folder / "var" / "forms" / "2025-08"}
    assert all(path.stat().st_size > 5_000 for path in paths)
    table = json.loads(asyncio.run(artifacts())["cchc-forms-2025-08"])
    assert [(row["Mã"], row["Tệp"]) for row in table] == [
        (unit.code, path.name) for unit, path in zip(units, paths, strict=True)
    ]


def test_units_that_are_asked_nothing_get_no_form_and_stop_nobody(prefect_server: None, tmp_path: Path) -> None:
    folder = progress_folder(tmp_path / "tinh")
    text = (folder.path / "progress" / "measures.yaml").read_text(encoding="utf-8")
    folder.write("progress/measures.yaml", text.replace("kinds: [so, xa, phuong]", "kinds: [so]"))

    paths = open_month(str(folder.path), "2025-03", out=str(tmp_path / "out"))

    written = ["snv", "stc", "vpub"]
    assert paths == [str(tmp_path / "out" / f"bao-cao-thang-2025-03-{unit}.xlsx") for unit in written]
    with pytest.raises(RefusedError, match="không có chỉ tiêu hay nhiệm vụ nào giao cho Xã A"):
        open_month(str(folder.path), "2025-03", ["stc", "xa-a"])


def test_without_a_month_the_one_under_way_is_opened_and_nothing_is_written_where_nothing_is_followed(
    prefect_server: None, tmp_path: Path
) -> None:
    today = datetime.now(VIETNAM).date()
    (path,) = open_month(str(progress_folder(tmp_path / "tinh").path), units=["stc"])
    assert Path(path).parent.name in {str(month_of(today)), str(month_of(datetime.now(VIETNAM).date()))}
    assert open_month(str(copy_example("binh-duong-2017", tmp_path)), "2018-03") == []


def test_the_forms_are_scheduled_for_seven_in_the_morning_of_the_10th_in_vietnam() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    (forms,) = (one for one in deployments if one["entrypoint"] == "flows.open_month.open_month")
    assert forms["schedules"] == [{"cron": "0 7 10 * *", "timezone": "Asia/Ho_Chi_Minh", "active": True}]
