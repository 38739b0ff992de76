"""cchc proofread: what is wrong in a text with what would be right, for people and for programs, by its exit code."""

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from flows.cli.main import main
from tasks.proofreading.gathering import known_in
from tests.site.publications import shared_districts
from tests.tasks.districts import YEAR, Districts

pytestmark = pytest.mark.slow

RIGHT = "Thị xã Tân Uyên đứng thứ hai với 82,00%.\n"
WRONG = "Thị xã Tân Uyên đứng thứ nhất với hơn 82%.\n"
Ran = tuple[int, str]


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Districts:
    districts = Districts.copied(tmp_path_factory.mktemp("districts")).receive()
    districts.evaluate()
    return districts


def ran(districts: Districts, tmp_path: Path, text: str, *options: str, name: str = "bai.txt") -> Ran:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    words = ["cchc", "-p", str(districts.folder), "proofread", str(path), str(YEAR), *options]
    printed = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(printed):
        patch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0), printed.getvalue()


def test_a_right_text_ends_well_and_is_listed_only_when_asked(districts: Districts, tmp_path: Path) -> None:
    code, said = ran(districts, tmp_path, RIGHT)
    assert code == 0
    assert "2 điều đã xét: 0 sai" in said
    assert "Tân Uyên" not in said
    assert "đứng thứ hai" in ran(districts, tmp_path, RIGHT, "--all")[1]


def test_a_wrong_text_ends_with_1_and_names_what_is_published(districts: Districts, tmp_path: Path) -> None:
    code, said = ran(districts, tmp_path, WRONG)
    assert code == 1
    assert "hạng 2/9" in said
    assert "chưa công bố; đối chiếu với bản tính gần nhất" in said


def test_programs_get_every_claim_with_its_place(districts: Districts, tmp_path: Path) -> None:
    code, said = ran(districts, tmp_path, RIGHT + WRONG, "--json")
    told = json.loads(said)
    assert code == 1
    assert told["published"] is False
    wrong = [one for one in told["statements"] if one["verdict"] == "wrong"]
    assert [(one["paragraph"], one["sentence"]) for one in wrong] == [(2, 1), (2, 1)]
    assert all(one["text"][one["start"] : one["end"]] == one["words"] for one in told["statements"])


def test_a_file_that_cannot_be_read_and_a_year_without_results_are_refused(
    districts: Districts, tmp_path: Path
) -> None:
    code, said = ran(districts, tmp_path, "")
    assert code == 1
    assert "không có chữ nào" in said
    other = Districts.copied(tmp_path / "other")
    assert "chưa có kết quả nào được tính" in ran(other, tmp_path, RIGHT)[1]


def test_a_published_year_is_held_against_the_decision_published_last(
    built_once: Callable[[str, Callable[[Path], object]], Path],
) -> None:
    published = shared_districts(built_once)
    known = known_in(published.province, published.storage, YEAR)
    assert known.published
    assert known.groups[0].source == "Phụ lục I"
