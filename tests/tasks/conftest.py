"""Provinces that tests of several rooms begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.records.storage import Storage, open_storage
from models.settings import Settings
from tests.tasks.departments import Department
from tests.tasks.districts import Districts
from tests.tasks.forms_sent import sample_province
from tests.tasks.month_office import MonthOffice, month_folder


@pytest.fixture
def office(tmp_path: Path, storage: Storage) -> MonthOffice:
    """A province that tells of its months, on both databases."""
    month_folder(tmp_path)
    return MonthOffice(tmp_path, storage)


@pytest.fixture
def department(tmp_path: Path) -> Iterator[Department]:
    """The small province with deadlines on Saturdays: 10 and 31 January, 7 February 2026."""
    sample_province(tmp_path)
    settings = Settings(user="người thử")
    storage = open_storage(tmp_path, settings)
    yield Department(tmp_path, storage, settings)
    storage.engine.dispose()


@pytest.fixture
def districts(tmp_path: Path) -> Districts:
    """The real example with nothing received."""
    return Districts.copied(tmp_path)


@pytest.fixture(scope="session")
def evaluated(evaluated_districts: Path) -> Districts:
    """The real example received and evaluated; whoever changes it takes a copy."""
    return Districts(evaluated_districts)


@pytest.fixture
def copied(evaluated: Districts, tmp_path: Path) -> Districts:
    """The evaluated example in a folder of its own."""
    return evaluated.duplicate(tmp_path)
