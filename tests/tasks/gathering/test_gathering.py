"""The country's ranking from published folders: what does not verify is refused, everything else is ranked."""

import csv
import json
import shutil
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from models.records.snapshots import Frozen
from models.settings import Settings
from models.units import Level
from tasks.gathering.country import Country, rank_country
from tasks.gathering.publications import Gathered, gather_folders, gather_provinces
from tasks.gathering.writing import country_csv, country_json, country_xlsx, write_country
from tasks.publishing.folders import entry_of
from tests.site.publications import CORRECTION, FIRST, BuiltOnce, folder_of, shared_districts
from tests.tasks.districts import YEAR as YEAR_OF_DISTRICTS
from tests.tasks.gathering_years import YEAR, Indices, frozen_year, in_memory, marked, publish_plainly

SETTINGS = Settings()


def gathered(into: Path, *years: Frozen) -> Gathered:
    folders = [publish_plainly(frozen, into / frozen.config.code) for frozen in years if frozen.config.code]
    return gather_folders(YEAR, folders, SETTINGS)


def ranks(country: Country, level: Level) -> list[tuple[str, int | None, bool]]:
    ranking = next(one for one in country.levels if one.level is level)
    return [(each.code, each.rank, each.tied) for each in ranking.units]


def test_units_of_all_provinces_are_ranked_by_level_as_computed_by_hand(tmp_path: Path) -> None:
    """Hand: communes 95,5 > 90,00 = 90,00 > 71,25; an unranked one keeps its line, a silent one comes last."""
    first = frozen_year(
        "an", {"so-1": "80"}, {"xa-1": "90.004", "xa-2": "71.25", "phuong-3": "99"}, unranked=("phuong-3",)
    )
    second = frozen_year("bo", {"so-1": "85.5"}, {"xa-1": "95.5", "dac_khu-2": "90", "xa-9": None}, maximum=60)
    country = rank_country(gathered(tmp_path, first, second))
    assert ranks(country, Level.COMMUNE) == [
        ("bo/xa-1", 1, False),
        ("an/xa-1", 2, True),
        ("bo/dac_khu-2", 2, True),
        ("an/xa-2", 4, False),
        ("an/phuong-3", None, False),
        ("bo/xa-9", None, False),
    ]
    assert ranks(country, Level.DEPARTMENT) == [("bo/so-1", 1, False), ("an/so-1", 2, False)]
    ranking = country.levels[-1]
    assert ranking.mean == (Decimal("95.5") + 90 + 90 + Decimal("71.25")) / 4
    assert [(each.unit.rank, each.ranked_there) for each in ranking.units[:2]] == [(1, 2), (1, 2)]


@pytest.mark.slow
def test_a_publication_that_does_not_verify_is_refused_by_name_and_the_others_go_on(
    tmp_path: Path, built_once: BuiltOnce
) -> None:
    districts = shared_districts(built_once)
    good = folder_of(districts, CORRECTION)
    changed, rewritten = (shutil.copytree(good, tmp_path / name) for name in ("changed", "rewritten"))
    _overwrite(changed / "results.csv", (changed / "results.csv").read_bytes() + b" ")
    _forge(rewritten)
    found = gather_folders(YEAR_OF_DISTRICTS, [changed, tmp_path / "gone", good, rewritten], SETTINGS)
    assert [one.ruling.notation for one in found.provinces] == ["2100/QĐ-UBND"]
    assert {Path(one.name).name: one.findings[0].file for one in found.refused} == {
        "changed": "results.csv",
        "gone": "manifest.json",
        "rewritten": "quyet-dinh.pdf",
    }
    country = rank_country(found)
    assert [ranking.level for ranking in country.levels] == [Level.DISTRICT]
    assert country.levels[0].ranked == 9
    assert sum("bị từ chối" in note for note in country.notes) == 3


def _overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def _forge(folder: Path) -> None:
    """Better points in the open data, and a manifest that has their hashes."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    content = (folder / "results.csv").read_bytes().replace(b"8", b"9")
    _overwrite(folder / "results.csv", content)
    manifest["files"]["results.csv"] = entry_of(content)
    _overwrite(folder / "manifest.json", json.dumps(manifest).encode())


def test_a_decision_that_another_replaces_does_not_count(built_once: BuiltOnce) -> None:
    districts = shared_districts(built_once)
    folders = [folder_of(districts, CORRECTION), folder_of(districts, FIRST)]
    for found in (gather_folders(YEAR_OF_DISTRICTS, folders, SETTINGS), _of_installation(districts.folder)):
        assert [one.ruling.notation for one in found.provinces] == ["2100/QĐ-UBND"]
        assert not found.refused


def _of_installation(folder: Path) -> Gathered:
    return gather_provinces(YEAR_OF_DISTRICTS, [folder], SETTINGS)


def test_a_province_without_a_publication_is_named(tmp_path: Path, built_once: BuiltOnce) -> None:
    silent = tmp_path / "im-lang"
    silent.mkdir()
    (silent / "province.yaml").write_text("name: tỉnh Im Lặng\n", encoding="utf-8")
    found = gather_provinces(YEAR_OF_DISTRICTS, [shared_districts(built_once).folder, silent], SETTINGS)
    assert found.silent == ("Tỉnh Im Lặng",)
    assert "Tỉnh Im Lặng: chưa công bố kết quả năm 2017." in rank_country(found).notes


def test_of_two_decisions_beside_each_other_the_newer_counts_and_the_other_is_named(
    tmp_path: Path,
) -> None:
    older, newer = (
        publish_plainly(frozen_year("an", {"xa-1": index}), tmp_path / index, f"{number}/QĐ-UBND")
        for index, number in (("80", 5), ("90", 6))
    )
    country = rank_country(gather_folders(YEAR, [newer, older], SETTINGS))
    assert [each.index for each in country.levels[0].units] == [90]
    assert country.notes == (
        "Tỉnh AN: không dùng Quyết định số 5/QĐ-UBND ngày 20 tháng 02 năm 2026, vì tỉnh có quyết định mới hơn.",
    )


def test_a_publication_of_another_year_is_refused(tmp_path: Path) -> None:
    folder = publish_plainly(frozen_year("an", {"xa-1": "90"}), tmp_path / "an")
    (refused,) = gather_folders(YEAR - 1, [folder], SETTINGS).refused
    assert f"không phải quyết định công bố chỉ số năm {YEAR - 1}" in refused.why


def test_what_is_missing_or_differs_is_named(tmp_path: Path) -> None:
    first = frozen_year("an", {"so-1": "80"}, {"xa-1": "90"})
    second = frozen_year("bo", {"xa-1": "90.12", "hoi-1": "10"}, decimals=1)
    country = rank_country(gathered(tmp_path, first, second))
    assert [code for code, _, _ in ranks(country, Level.COMMUNE)] == ["bo/xa-1", "an/xa-1"]
    assert country.notes == (
        "Tỉnh BO: không công bố kết quả của Các sở, ban, ngành.",
        "Tỉnh BO: loại đơn vị “hoi” không thuộc nhóm nào của cả nước, không có trong bảng.",
        "Tỉnh BO: công bố chỉ số với 1 chữ số thập phân, được so sánh đúng như đã công bố.",
    )


def test_what_a_province_of_the_installation_hides_is_not_told(tmp_path: Path, built_once: BuiltOnce) -> None:
    districts = shared_districts(built_once).duplicate(tmp_path)
    with (districts.folder / "province.yaml").open("a", encoding="utf-8") as file:
        file.write("site: {hide_units: [di-an]}\n")
    country = rank_country(_of_installation(districts.folder))
    assert [code for code, _, _ in ranks(country, Level.DISTRICT) if code.endswith("di-an")] == []
    assert country.levels[0].ranked == 8
    assert [note for note in country.notes if "không công khai kết quả của 1 đơn vị" in note]
    assert {each.ranked_there for each in country.levels[0].units} == {9}


def test_the_same_publications_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    years = [frozen_year("an", {"xa-1": "90", "so-1": "70"}), marked(frozen_year("bo", {"xa-1": "90"}))]
    folders = [publish_plainly(frozen, tmp_path / str(place)) for place, frozen in enumerate(years)]
    written = []
    for name, order in (("one", folders), ("two", folders[::-1])):
        paths = write_country(rank_country(gather_folders(YEAR, order, SETTINGS)), tmp_path / name)
        written.append({path.name: path.read_bytes() for path in paths})
    assert written[0] == written[1]
    assert list(written[0]) == ["ranking.csv", "ranking.json", "ranking.xlsx", "index.html", "so.html", "xa.html"]


def test_every_medium_says_the_same_and_that_it_is_a_sample(tmp_path: Path) -> None:
    country = rank_country(
        gathered(tmp_path, marked(frozen_year("an", {"xa-1": "90", "xa-2": "82.345", "xa-3": None})))
    )
    rows = list(csv.DictReader(StringIO(country_csv(country).decode())))
    assert [(row["level"], row["rank"], row["name"], row["index"], row["note"]) for row in rows] == [
        ("xa", "1", "Đơn vị xa-1", "90.00", ""),
        ("xa", "2", "Đơn vị xa-2", "82.35", ""),
        ("xa", "", "Đơn vị xa-3", "", "không được chấm điểm"),
    ]
    document = json.loads(country_json(country))
    assert [unit["index"] for unit in document["levels"][0]["units"]] == ["90.00", "82.35", None]
    assert document["provinces"][0]["signed"] is False
    sheet, sources = load_workbook(BytesIO(country_xlsx(country))).worksheets
    (heads, *lines) = sheet.iter_rows(values_only=True)
    assert [line[heads.index("Chỉ số (%)")] for line in lines] == [90, 82.35, None]
    assert sources["A2"].value == "Tỉnh AN"
    pages = {
        path.name: path.read_text("utf-8")
        for path in write_country(country, tmp_path / "out")
        if path.suffix == ".html"
    }
    assert all("DỮ LIỆU MẪU" in page for page in pages.values())
    assert "82,35" in pages["xa.html"]
    assert pages["xa.html"].count('data-also="Tỉnh AN"') == 3, "found by the province too"
    assert "không có chữ ký số" in pages["index.html"]


INDICES = st.dictionaries(
    st.sampled_from([f"xa-{place}" for place in range(6)]),
    st.decimals(min_value=0, max_value=100, places=1).map(str),
    min_size=1,
)


@given(st.lists(INDICES, min_size=1, max_size=3))
def test_a_unit_has_as_many_before_it_as_have_a_better_index(provinces: list[Indices]) -> None:
    years = (in_memory(frozen_year(f"p{place}", indices)) for place, indices in enumerate(provinces))
    (communes,) = rank_country(Gathered(YEAR, tuple(years))).levels
    for each in communes.units:
        better = [other for other in communes.units if other.index > each.index]
        assert each.rank == 1 + len(better)
        assert each.tied == (sum(other.index == each.index for other in communes.units) > 1)
