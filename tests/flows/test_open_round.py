"""Opening a round writes every unit's form and shows what was written."""

import asyncio
import json
from pathlib import Path

import pytest

from flows.open_round import open_round
from models.province.folder import load_province
from tasks.forms.batches import UNITS_A_BATCH
from tests.conftest import copy_example
from tests.flows.conftest import artifacts

pytestmark = pytest.mark.slow


def test_opening_a_round_writes_a_form_for_every_unit(prefect_server: None, tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    province = load_province(folder)
    round = province.round_of(2025)
    units = [unit for group in round.groups for unit in province.members(round, group)]
    assert len(units) > UNITS_A_BATCH, "more than one batch"

    paths = [Path(path) for path in open_round(str(folder))]

    assert [path.name for path in paths] == [f"tu-danh-gia-2025-{unit.code}.xlsx" for unit in units]
    assert {path.parent for path in paths} == {folder / "var" / "forms" / "2025"}
    assert all(path.stat().st_size > 10_000 for path in paths)
    shown = asyncio.run(artifacts())
    assert float(shown["cchc-forms-progress-2025"]) == 100
    table = json.loads(shown["cchc-forms-2025"])
    assert len(table) == len(units)
    assert (table[0]["Đơn vị"], table[0]["Tệp"]) == (units[0].name, paths[0].name)
