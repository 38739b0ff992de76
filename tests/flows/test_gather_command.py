"""`cchc gather`: ranks what verifies, names what does not, and ends with 1 where anything was refused."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.main import app
from tests.tasks.gathering_years import YEAR, frozen_year, publish_plainly


def gather(out: Path, *words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["gather", str(YEAR), *map(str, words), "--out", str(out)])
    return result.exit_code, result.output


def test_what_does_not_verify_is_refused_by_name_after_the_others_are_ranked(tmp_path: Path) -> None:
    good, bad = (publish_plainly(frozen_year(name, {"xa-1": "90"}), tmp_path / name) for name in ("tot", "xau"))
    (bad / "snapshot.json").write_bytes((bad / "snapshot.json").read_bytes().replace(b'"90"', b'"99"'))
    code, said = gather(tmp_path / "out", good, bad)
    assert code == 1
    assert f"Từ chối {bad}:" in said
    assert "snapshot.json: LỖI: tệp đã bị thay đổi sau khi công bố" in said
    assert "UBND xã, phường, đặc khu: 1 đơn vị được xếp hạng, 1 tỉnh." in said
    assert "Tỉnh TOT" in (tmp_path / "out" / "ranking.csv").read_text(encoding="utf-8")
    assert "XAU" not in (tmp_path / "out" / "ranking.csv").read_text(encoding="utf-8")


def test_all_that_is_right_ends_with_0(tmp_path: Path) -> None:
    assert gather(tmp_path / "out", publish_plainly(frozen_year("tot", {"so-1": "90"}), tmp_path / "tot"))[0] == 0


@pytest.mark.parametrize("words", [(), ("{folder}", "--provinces", "{folder}")])
def test_either_folders_or_provinces_are_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert gather(tmp_path / "out", *(word.format(folder=tmp_path) for word in words))[0] == 2


def test_where_no_province_has_published_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "tinh").mkdir()
    (tmp_path / "tinh" / "province.yaml").write_text("name: tỉnh Im Lặng\n", encoding="utf-8")
    code, said = gather(tmp_path / "out", "--provinces", tmp_path)
    assert code == 1
    assert f"Tỉnh Im Lặng: chưa công bố kết quả năm {YEAR}." in said
    assert not (tmp_path / "out").exists()
