"""Every figure printed in five press articles goes in through the folder and the imports and comes out as printed.

cases.csv holds the 88 figures; places.csv says for each, in the same order, where it stands in examples/cases and what
comes out there.
"""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.numbers import plain, vietnamese_number
from models.progress.measures import Qualifier
from models.progress.periods import read_period
from models.progress.registers import RegisterKind
from models.progress.results import ProgressResult, Standing
from models.province.csv_files import read_csv
from models.province.folder import Province, load_province
from models.records.progress_snapshots import thawed_progress
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.documents.progress_report import report_documents_of, report_signer
from tasks.progress.freezing import freeze_progress
from tasks.progress.gathering import progress_now
from tasks.recording.progress import record_figures, record_indices, record_register
from tasks.recording.progress_importing import read_figures, read_indices, read_register
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import render_all
from tests.conftest import EXAMPLES, ROOT

pytestmark = pytest.mark.slow

GOLDEN = ROOT / "tests" / "golden" / "cases"
CASES = EXAMPLES / "cases"
READ_ON = date(2026, 1, 20)
COLUMNS = ("case", "place", "period", "unit_or_scope", "measure", "op", "value", "unit", "note")
PLACES = ("province", "sort", "subject", "unit", "period", "shown")


def rows(name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    file = read_csv((GOLDEN / name).read_bytes(), name, columns)
    assert file.findings == []
    return [row.values for row in file.rows]


ROWS = list(zip(rows("cases.csv", COLUMNS), rows("places.csv", PLACES), strict=True))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, tuple[Province, Storage]]]:
    """Each province of examples/cases with all of its files imported."""
    opened = {}
    for folder in sorted(path for path in CASES.iterdir() if path.is_dir()):
        province = load_province(folder)
        storage = open_storage(tmp_path_factory.mktemp(folder.name), Settings(user="người thử"))
        import_all(province, storage)
        opened[folder.name] = (province, storage)
    yield opened
    for _, storage in opened.values():
        storage.engine.dispose()


def import_all(province: Province, storage: Storage) -> None:
    for path in sorted(province.folder.glob("figures-*.csv")):
        period = read_period(path.stem.removeprefix("figures-"))
        figures, warnings = read_figures(path.read_bytes(), path.name, province, period, READ_ON)
        assert warnings == []
        record_figures(storage, period, path.read_bytes(), path.name, figures)
    for path in province.folder.glob("indices.csv"):
        values, warnings = read_indices(path.read_bytes(), path.name, province)
        assert warnings == []
        record_indices(storage, path.read_bytes(), path.name, values)
    for path in sorted(province.folder.glob("register-*.csv")):
        kind = RegisterKind(path.stem.removeprefix("register-"))
        entries, warnings = read_register(kind, path.read_bytes(), path.name, province, READ_ON)
        assert warnings == []
        record_register(storage, kind, READ_ON.year, path.read_bytes(), path.name, entries)


@pytest.fixture(scope="module")
def progress(known: Mapping[str, tuple[Province, Storage]]) -> "Progress":
    return Progress(known)


class Progress:
    """What the system says of a province at the end of a period; asked once for each."""

    def __init__(self, known: Mapping[str, tuple[Province, Storage]]) -> None:
        self.known = known
        self.at = cache(self._at)

    def _at(self, province: str, period: str) -> ProgressResult:
        folder, storage = self.known[province]
        return progress_now(storage, folder, read_period(period))

    def said(self, place: dict[str, str]) -> str:
        result = self.at(place["province"], place["period"])
        subject, unit = place["subject"], place["unit"]
        match place["sort"]:
            case "figure":
                row = result.measure(subject).of(unit)
                assert row is not None
                return row.shown
            case "pledge":
                return next(
                    row.pledged for row in result.commitments if (row.commitment.id, row.unit.code) == (subject, unit)
                )
            case "pledging":
                return f"{sum(row.commitment.id == subject for row in result.commitments)} đơn vị"
            case "places":
                return f"{self.known[place['province']][0].progress.commitments[subject].places} bậc"
            case "target":
                return next(row.asked for row in result.targets if row.target.id == subject)
            case "index":
                series = [row for row in result.indices if row.series.id == subject and row.unit]
                years = next(row.years for row in series if row.unit and row.unit.code == unit)
                return next(value.shown for value in years if value.year == int(place["period"]))
            case _:
                return self.in_register(result, subject)

    @staticmethod
    def in_register(result: ProgressResult, subject: str) -> str:
        (register,) = [one for one in result.registers if one.kind == subject]
        (entry,) = register.entries
        day = entry.value("date")
        return (
            f"{entry.value('number')}, {date.fromisoformat(day):%d/%m/%Y}"
            if day
            else (f"{entry.value('number')}, {entry.value('year')}")
        )


def name_of(number: int) -> str:
    case, place = ROWS[number]
    return f"{number + 1} {case['case']} {place['subject']} {place['unit']}".rstrip()


@pytest.mark.parametrize("number", range(len(ROWS)), ids=name_of)
def test_the_figure_comes_out_as_printed(progress: Progress, number: int) -> None:
    case, place = ROWS[number]
    assert case["case"].split("-")[0] == place["province"].split("-")[0]
    said = progress.said(place)
    assert said == place["shown"]
    assert printed_in(case) in said


def printed_in(case: dict[str, str]) -> str:
    """The value of a row as a Vietnamese reader expects it inside what is said."""
    value = case["value"]
    if case["measure"] == "giữ nguyên thứ hạng":
        return "giữ nguyên"
    if not re.fullmatch(r"-?[\d.]+", value) or case["measure"].startswith("Quyết định"):
        return value
    return vietnamese_number(plain(abs(Decimal(value))))


def test_every_row_of_the_list_has_its_place() -> None:
    assert len(ROWS) == 88
    assert {place["province"] for _, place in ROWS} == {path.name for path in CASES.iterdir() if path.is_dir()}


def test_an_inequality_stays_one(progress: Progress) -> None:
    for case, place in ROWS:
        if place["sort"] == "figure":
            row = progress.at(place["province"], place["period"]).measure(place["subject"]).of(place["unit"])
            assert row is not None
            assert row.figure is not None
            assert (row.figure.qualifier is Qualifier.MORE) is (case["op"] == ">")


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("tx-tan-uyen", "tăng 7,3 điểm phần trăm so với năm 2016"),
        ("khoi-xa-phuong", "tăng 1,68 điểm phần trăm so với năm 2016"),
    ],
)
def test_the_share_of_degrees_rose_by_percentage_points(progress: Progress, unit: str, words: str) -> None:
    row = progress.at("tan-uyen", "2019").measure("dai-hoc").of(unit)
    assert row is not None
    (comparison,) = row.further
    assert (comparison.words, comparison.good, comparison.relative) == (words, True, None)


def test_the_report_says_so_of_the_town_and_not_of_the_province(progress: Progress) -> None:
    province, storage = progress.known["tan-uyen"]
    frozen = thawed_progress(freeze_progress(storage, province, read_period("2019")).body)
    config = frozen.config
    numbering = PaperHead(1, READ_ON, config.symbols.report, report_signer(config, None))
    report = report_documents_of(frozen, numbering)[0]
    pdf = render_all([report], frozen.sha256, READ_ON)[report.name]
    said = " ".join(" ".join(page.extract_text() or "" for page in PdfReader(io.BytesIO(pdf)).pages).split())
    sentence = "Thị xã Tân Uyên 85,8%, tăng 7,3 điểm phần trăm so với năm 2016."
    assert sentence in said
    assert "trình độ đại học" not in said[: said.index("II. KẾT QUẢ THEO LĨNH VỰC")]


def test_the_procedures_of_counter_and_agencies_add_up_to_those_of_the_town(progress: Progress) -> None:
    row = progress.at("tan-uyen", "2019").measure("tthc-mot-cua").of("tx-tan-uyen")
    assert row is not None
    assert (row.shown, row.computed, row.without) == ("296 TTHC", True, ("khoi-xa-phuong",))


def test_ranks_pledged_are_counted_in_the_whole_province(progress: Progress) -> None:
    ranks = progress.known["vung-tau-2023"][0].progress.commitments["tang-hang"].ranks
    assert ranks is not None
    assert ranks.among == "province"
    assert max(pledge.places for pledge in ranks.pledges) == 32 > len(ranks.pledges) == 17
    assert sum(pledge.places for pledge in ranks.pledges) == 158
    assert [pledge.unit for pledge in ranks.pledges if pledge.keep] == ["Phường 4"]


def test_nothing_is_said_of_ranks_before_they_are_published(progress: Progress) -> None:
    result = progress.at("vung-tau-2023", "2023")
    standings = {row.standing for row in result.commitments if row.commitment.ranks}
    assert standings == {Standing.AWAITED}
    assert result.findings == ()


def test_the_overdue_dossiers_of_eleven_months_are_not_compared_with_a_year_without_saying_so(
    progress: Progress,
) -> None:
    of_2022 = progress.at("lang-son", "2022").measure("qua-han").of("tinh")
    of_2023 = progress.at("lang-son", "2023-11M").measure("qua-han").of("tinh")
    assert of_2022 is not None
    assert of_2022.a_year_before is not None
    assert of_2023 is not None
    assert of_2023.a_year_before is not None
    assert of_2022.a_year_before.words == "giảm 874 hồ sơ (93,58%) so với năm 2021"
    assert of_2023.a_year_before.words == (
        "giảm 34 hồ sơ (56,67%) so với năm 2022 (lưu ý: 11 tháng đầu năm 2023 chưa trọn kỳ như năm 2022)"
    )
    assert of_2023.a_year_before.good is True


def test_a_year_of_which_a_month_lacks_is_told_with_it(progress: Progress) -> None:
    row = progress.at("lang-son", "2023").measure("qua-han").of("tinh")
    assert row is not None
    assert (row.shown, [str(month) for month in row.missing]) == ("26 hồ sơ", ["2023-12"])


def test_the_time_cut_is_seven_points_over_the_plan(progress: Progress) -> None:
    (row,) = progress.at("lang-son", "2023").targets
    assert row.standing is Standing.FULFILLED
    assert row.reached == "532,3/1.435,2 ngày (37%)"
    assert row.why == "đã đạt mức của mốc này; vượt kế hoạch 7 điểm phần trăm"


def test_eight_fell_and_fourteen_rose_of_twenty_two(progress: Progress) -> None:
    result = progress.at("soc-trang-2015", "2015")
    up, down, all_ = (result.measure(id).of("tinh") for id in ("so-tang", "so-giam", "so-nganh"))
    counts = [row.figure.value for row in (up, down, all_) if row and row.figure]
    assert counts == [14, 8, 22]


def test_places_gained_follow_from_both_years_where_both_are_known(progress: Progress) -> None:
    rows = {row.unit.code: row for row in progress.at("soc-trang-2015", "2015").indices if row.unit}
    assert {code: rows[code].change.places for code in ("my-xuyen", "tran-de", "nga-nam", "ke-sach")} == {
        "my-xuyen": 6,
        "tran-de": 7,
        "nga-nam": 0,
        "ke-sach": -4,
    }
    (binh_gia,) = progress.at("lang-son", "2022").indices
    assert binh_gia.newest.rank_before == 11


@pytest.mark.parametrize(("province", "ids"), [("ben-tre", 2), ("tan-uyen", 2)])
def test_a_reduction_whose_baseline_was_not_printed_is_said_to_lack_it(
    progress: Progress, province: str, ids: int
) -> None:
    result = progress.at(province, "2021")
    assert sum(row.standing is Standing.NO_BASELINE for row in result.targets) == ids


def test_the_example_folders_say_where_their_figures_come_from() -> None:
    for folder in (path for path in Path(CASES).iterdir() if path.is_dir()):
        province = load_province(folder)
        assert province.config.source_note
        assert province.config.mark
