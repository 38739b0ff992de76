"""What tests of evidence share: the database of the province that each of them lays out."""

from collections.abc import Iterator

import pytest

from models.province.folder import Province
from models.records.storage import Storage, open_storage
from models.settings import Settings


@pytest.fixture
def storage(province: Province) -> Iterator[Storage]:
    """The database in the folder of the province."""
    opened = open_storage(province.folder, Settings(user="người thử"))
    yield opened
    opened.engine.dispose()
