"""What the tasks of a run share."""

import shutil
from pathlib import Path

import pytest

from flows.desk.app import make_app
from flows.running import storage_of
from models.settings import Settings
from tests.conftest import copy_example


def test_a_run_opens_its_database_once_and_again_when_something_else_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    storage_of(str(folder))  # makes the database, whose file is known from now on
    storage = storage_of(str(folder))
    assert storage_of(str(folder)) is storage

    database = folder / "var" / "cchc.sqlite"
    storage.engine.dispose()
    shutil.copy(database, database.with_name("restored"))
    database.with_name("restored").replace(database)
    restored = storage_of(str(folder))
    assert restored is not storage

    monkeypatch.setenv("CCHC_USER", "người khác")
    assert storage_of(str(folder)).user == "người khác"

    province = folder / "province.yaml"
    province.write_text(province.read_text(encoding="utf-8") + "\n# đổi\n", encoding="utf-8")
    assert storage_of(str(folder)) is not restored


def test_what_the_desk_remembers_is_its_own(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    of_runs = storage_of(str(folder))
    desk = make_app(folder, Settings()).state.desk.storage
    assert desk.remembered is not None
    assert storage_of(str(folder)).remembered is None
    assert of_runs.remembered is None
    desk.engine.dispose()
