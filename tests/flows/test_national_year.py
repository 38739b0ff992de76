"""`make national`: the sample of the country, and a province's year through the flows; its figures say nothing here."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.naive_year import Naive
from benchmarks.national import Run, table
from benchmarks.national_sample import YEAR, country, made_up_facts, write_country
from benchmarks.national_year import STAGES, YearPlayed, play_year
from benchmarks.quick_forms import QuickForm, layout_of
from flows.demo.agencies import SampleData, assess, fill_self_assessment
from models.forms.descriptions import FormKind
from models.province.folder import load_province
from models.records.storage import open_storage
from models.settings import Settings
from tasks.forms.writing import write_forms
from tasks.publishing.folders import verify_folder
from tasks.reading.workbooks import read_workbook


def test_the_sample_has_every_province_and_commune_once() -> None:
    """Source: Quyết định số 19/2025/QĐ-TTg: 34 provinces; 2,621 xã, 687 phường, 13 đặc khu."""
    communes = [commune for one in country() for commune in one.communes]
    assert len(country()) == len({one.folder for one in country()}) == 34
    assert len({code for code, _, _ in communes}) == len(communes) == 3_321
    assert Counter(kind for _, _, kind in communes) == {"xa": 2_621, "phuong": 687, "dac_khu": 13}
    assert all(one.communes for one in country())


def test_the_same_country_comes_out_every_time_and_says_that_it_is_a_sample(tmp_path: Path) -> None:
    first, again = (write_country(tmp_path / name, 2, 1, 15)[1] for name in ("first", "again"))
    province = load_province(first)
    assert made_up_facts(province) == made_up_facts(load_province(again))
    assert (province.config.name, province.config.mark) == ("tỉnh Cao Bằng", "DỮ LIỆU MẪU")
    assert len(province.units_of_round(YEAR)) == 16


@pytest.mark.slow
def test_a_form_filled_in_fast_reads_as_one_that_a_spreadsheet_library_saved(tmp_path: Path) -> None:
    (folder,) = write_country(tmp_path, 1, 1, 0)
    province, storage = load_province(folder), open_storage(folder, Settings())
    (path,) = write_forms(province, storage, YEAR, FormKind.SELF_ASSESSMENT, [], folder / "out")
    content, (unit,) = path.read_bytes(), province.units.values()
    data = SampleData.of(province, YEAR, made_up_facts(province), ())
    form = QuickForm(content, layout_of(content))
    assess(form, unit, data)
    fast, slow = (
        read_workbook(each, path.name, province) for each in (form.saved(), fill_self_assessment(content, unit, data))
    )
    assert fast == slow
    assert any(statement.facts for statement in fast.statements)


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_province_plays_its_year_through_the_flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_INBOX_QUIET", "0")
    (folder,) = write_country(tmp_path, 1, 1, 0)
    played = play_year(folder)
    assert verify_folder(played.published) == []
    assert list(played.seconds) == list(played.memory) == list(STAGES)
    assert all(seconds > 0 for seconds in played.seconds.values())
    assert (folder / "var" / "site" / "index.html").is_file()


def test_the_table_says_of_every_promise_whether_it_is_held() -> None:
    played = [
        YearPlayed(Path(f"p{place}"), 10, Path(), dict.fromkeys(STAGES, 1.0 + place), dict.fromkeys(STAGES, 200.0))
        for place in range(10)
    ]
    said = table(Run(played, 60.0, 900.0, 2.0), Naive(0.2, 0.2, 0.5, 1.0)).splitlines()
    assert [line.split("  ")[0] for line in said[1:8]] == list(STAGES)
    assert said[1].split("  ")[-2:] == ["5.50 x", "200 MiB"]
    assert sum(line.endswith("NOT HELD") for line in said) == 2
    assert "3,831 units from files to files, told from 100 units" in said[10]
