"""The page for developers: its map is drawn from the imports, and the files it names are there."""

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "developers.md"


@pytest.mark.slow
def test_the_map_of_the_rooms_is_what_the_imports_say() -> None:
    checked = subprocess.run([sys.executable, "tools/rooms", "--check"], cwd=ROOT, check=False)
    assert checked.returncode == 0, "run tools/rooms"


def test_every_folder_and_file_that_the_page_names_is_there() -> None:
    named = re.findall(
        r"`((?:flows|tasks|models|expectations|report_templates|tests|tools|docs)/[\w./-]*)`", PAGE.read_text()
    )
    missing = [name for name in named if "KIND" not in name and not (ROOT / name).exists()]
    assert len(named) > 20
    assert missing == []


def test_every_room_says_what_comes_in_and_what_goes_out() -> None:
    rooms = [path.parent for path in (ROOT / "tasks").glob("*/__init__.py")]
    silent = [room.name for room in rooms if "→" not in (room / "__init__.py").read_text(encoding="utf-8")]
    assert len(rooms) == 19
    assert silent == []


def test_no_module_lies_directly_in_tasks() -> None:
    assert [path.name for path in (ROOT / "tasks").glob("*.py")] == ["__init__.py"]
