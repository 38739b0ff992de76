"""Every figure printed in five press articles goes in through the folder and the imports and comes out as printed.

cases.csv holds the 88 figures; places.csv says for each, in the same order, where it stands in examples/cases and what
comes out there.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from models.numbers import plain, vietnamese_number
from models.progress.measures import Qualifier
from models.progress.periods import read_period
from models.progress.registers import RegisterKind
from models.progress.results import ProgressResult, Standing
from models.province.csv_files import read_csv
from models.province.folder import Province, load_province
from models.records.progress_snapshots import FrozenProgress, thawed_progress
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.documents.progress_report import INDICES_ANNEX, TASKS_ANNEX, report_documents_of, report_signer
from tasks.documents.progress_tables import figures_workbook
from tasks.documents.report import REPORT
from tasks.progress.freezing import freeze_progress
from tasks.progress.gathering import progress_now
from tasks.proofreading.checking import proofread
from tasks.proofreading.known import known_of
from tasks.proofreading.statements import Verdict
from tasks.recording.progress import record_figures, record_indices, record_register
from tasks.recording.progress_importing import read_figures, read_indices, read_register
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import render_pdf
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


@pytest.fixture(scope="module")
def papers(known: Mapping[str, tuple[Province, Storage]]) -> "Papers":
    return Papers(known)


class Papers:
    """The finished documents of a province's report on a period, read back: the report and its annexes, by file."""

    def __init__(self, known: Mapping[str, tuple[Province, Storage]]) -> None:
        self.known = known
        self.of = cache(self._of)

    def _of(self, province: str, period: str) -> dict[str, str]:
        folder, storage = self.known[province]
        return said_in(storage, folder, period)


def said_in(storage: Storage, province: Province, period: str, *, sheets: bool = False) -> dict[str, str]:
    """The words of the report and its annexes, or of the sheets of its units, by file."""
    frozen = thawed_progress(freeze_progress(storage, province, read_period(period)).body)
    config = frozen.config
    numbering = PaperHead(1, READ_ON, config.symbols.report, report_signer(config, None))
    wanted = [one for one in report_documents_of(frozen, numbering) if ("/" in one.name) is sheets]
    return {document.name: words_of(render_pdf(document, frozen.sha256, READ_ON)) for document in wanted}


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() or "" for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_report_says_so_of_the_town_and_not_of_the_province(papers: Papers) -> None:
    said = papers.of("tan-uyen", "2019")[REPORT]
    sentence = "Thị xã Tân Uyên 85,8%, tăng 7,3 điểm phần trăm so với năm 2016."
    assert sentence in said
    assert "trình độ đại học" not in said[: said.index("II. KẾT QUẢ THEO LĨNH VỰC")]


def test_the_report_names_the_models_of_the_communes_of_tan_uyen(papers: Papers) -> None:
    said = papers.of("tan-uyen", "2019")[REPORT]
    assert (
        "Sáng kiến: 3 sáng kiến, 0 có tài liệu kiểm chứng: khai tử tại nhà; trang Facebook; viên sỏi hài lòng." in said
    )


def test_the_sheet_of_a_unit_of_lang_son_names_the_head_who_answers_for_it(
    known: Mapping[str, tuple[Province, Storage]],
) -> None:
    province, storage = known["lang-son"]
    sheets = said_in(storage, province, "2023-11M", sheets=True)
    assert "Người đứng đầu: Chủ tịch UBND huyện Bình Gia." in sheets["don-vi/binh-gia.pdf"]
    assert "Người đứng đầu: Chủ tịch UBND thị trấn Na Dương." in sheets["don-vi/na-duong.pdf"]


def test_the_report_tells_three_years_of_overdue_dossiers_in_one_sentence(papers: Papers) -> None:
    said = papers.of("lang-son", "2023-11M")[REPORT]
    assert (
        "Hồ sơ quá hạn: năm 2021 là 934 hồ sơ, năm 2022 là 60 hồ sơ, 11 tháng đầu năm 2023 là 26 hồ sơ, "
        "giảm 34 hồ sơ (56,67%) so với năm 2022 (lưu ý: 11 tháng đầu năm 2023 chưa trọn kỳ như năm 2022), "
        "giảm 908 hồ sơ (97,22%) so với năm 2021"
    ) in said


def test_the_papers_of_soc_trang_say_who_rose_and_fell_by_how_many_ranks(papers: Papers) -> None:
    said = papers.of("soc-trang-2015", "2015")
    assert (
        "so với năm 2014, 05 đơn vị tăng hạng, 03 đơn vị giảm hạng, 01 đơn vị giữ nguyên thứ hạng; "
        "tăng nhiều nhất: huyện Trần Đề (7 bậc); giảm nhiều nhất: huyện Châu Thành (6 bậc)."
    ) in said[REPORT]
    annex = said[INDICES_ANNEX]
    for unit, moved in (
        ("Huyện Mỹ Xuyên 8/11 2/11", "tăng 6 bậc"),
        ("Huyện Trần Đề 10/11 3/11", "tăng 7 bậc"),
        ("Huyện Cù Lao Dung – –", "tăng 1 bậc"),
        ("Huyện Mỹ Tú – –", "tăng 1 bậc"),
        ("Thành phố Sóc Trăng – –", "tăng 1 bậc"),
        ("Huyện Châu Thành – –", "giảm 6 bậc"),
        ("Huyện Kế Sách – –", "giảm 4 bậc"),
        ("Thị xã Vĩnh Châu – –", "giảm 2 bậc"),
        ("Thị xã Ngã Năm 11/11 11/11", "giữ nguyên thứ hạng"),
    ):
        assert f"{unit} {moved}" in annex


def test_the_workbook_of_soc_trang_holds_the_changes_of_rank(known: Mapping[str, tuple[Province, Storage]]) -> None:
    province, storage = known["soc-trang-2015"]
    frozen = thawed_progress(freeze_progress(storage, province, read_period("2015")).body)
    sheet = load_workbook(io.BytesIO(figures_workbook(frozen)))["Chỉ số khác"]
    heads, *lines = sheet.iter_rows(values_only=True)
    told = [dict(zip(heads, line, strict=True)) for line in lines]
    changes = {line["Đơn vị"]: line["Tăng, giảm hạng so với năm trước"] for line in told if line["Năm"] == 2015}
    assert changes == {
        "Huyện Long Phú": None,
        "Huyện Mỹ Xuyên": 6,
        "Huyện Trần Đề": 7,
        "Huyện Cù Lao Dung": 1,
        "Huyện Mỹ Tú": 1,
        "Thành phố Sóc Trăng": 1,
        "Huyện Châu Thành": -6,
        "Huyện Kế Sách": -4,
        "Thị xã Vĩnh Châu": -2,
        "Thị xã Ngã Năm": 0,
    }


def test_the_report_of_ben_tre_asks_to_hold_three_indices_raise_two_and_apply_ddci(papers: Papers) -> None:
    said = papers.of("ben-tre", "2021")[REPORT]
    for words in (
        "Giữ vững PCI giữ vững (đến năm 2025)",
        "Giữ vững PAPI giữ vững (đến năm 2025)",
        "Giữ vững SIPAS giữ vững (đến năm 2025)",
        "Nâng cao PAR INDEX tăng (đến năm 2025)",
        "Nâng cao ICT Index tăng (đến năm 2025)",
        "địa phương đưa vào thực hiện (đến năm 2025)",
        "Toàn bộ TTHC được cung cấp ở DVC mức độ 4 100% (đến năm 2030)",
    ):
        assert words in said


def test_the_papers_of_vung_tau_hold_the_two_pledges_without_a_number_and_all_wards_that_signed(
    papers: Papers,
) -> None:
    said = papers.of("vung-tau-2023", "2023")
    assert "Tỷ lệ phường, xã của thành phố ký cam kết: Thành phố Vũng Tàu 100%." in said[REPORT]
    for title in (
        "Thực hiện kịp thời văn bản chỉ đạo, nhiệm vụ cấp trên giao",
        "Ứng dụng công nghệ thông tin trong giải quyết công việc",
    ):
        assert f"{title}: theo đánh giá của UBND thành phố Vũng Tàu – Chưa được đánh giá" in said[TASKS_ANNEX]


@pytest.mark.parametrize(
    ("period", "kept", "standing"),
    [("2023", True, "Đạt"), ("2023", False, "Không đạt"), ("2023-6M", True, "Đúng tiến độ"), ("2023-3M", True, "Chưa")],
)
def test_a_person_judges_a_pledge_without_a_number_with_evidence(
    tmp_path: Path, period: str, kept: bool, standing: str
) -> None:
    copytree(CASES / "vung-tau-2023", tmp_path / "tinh")
    file = tmp_path / "tinh" / "progress" / "commitments.yaml"
    judge = "judged: {by: UBND thành phố Vũng Tàu}"
    found = f"unit: Phòng Kinh tế, day: 2023-06-01, kept: {str(kept).lower()}, evidence: Thông báo (mẫu)"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace(judge, judge[:-1] + f", findings: [{{{found}}}]}}", 1), encoding="utf-8")
    province, storage = load_province(tmp_path / "tinh"), open_storage(tmp_path, Settings(user="người thử"))
    annex = said_in(storage, province, period)[TASKS_ANNEX]
    storage.engine.dispose()
    row = annex[annex.index("Thực hiện kịp thời văn bản") :][:400]
    assert "theo đánh giá của UBND thành phố Vũng Tàu" in row
    assert standing in row
    evidence = "đánh giá ngày 01/06/2023; tài liệu kiểm chứng: Thông báo (mẫu)"
    assert (evidence in row) is (period != "2023-3M")


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


@pytest.mark.parametrize(("province", "ids"), [("ben-tre", 7), ("tan-uyen", 2)])
def test_a_target_whose_baseline_was_not_printed_is_said_to_lack_it(
    progress: Progress, province: str, ids: int
) -> None:
    result = progress.at(province, "2021")
    assert sum(row.standing is Standing.NO_BASELINE for row in result.targets) == ids


def test_the_example_folders_say_where_their_figures_come_from() -> None:
    for folder in (path for path in Path(CASES).iterdir() if path.is_dir()):
        province = load_province(folder)
        assert province.config.source_note
        assert province.config.mark


FIGURES = [place for _, place in ROWS if place["sort"] == "figure"]


@pytest.fixture(scope="module")
def frozen_at(known: Mapping[str, tuple[Province, Storage]]) -> Callable[[str, str], FrozenProgress]:
    """The progress of a case at the end of a period, frozen once for each."""

    @cache
    def frozen(case: str, period: str) -> FrozenProgress:
        province, storage = known[case]
        return thawed_progress(freeze_progress(storage, province, read_period(period)).body)

    return frozen


def test_sentences_of_the_articles_about_our_figures_are_read_and_a_changed_number_is_never_right(
    known: Mapping[str, tuple[Province, Storage]], frozen_at: Callable[[str, str], FrozenProgress]
) -> None:
    right = wrong = 0
    for place in FIGURES:
        province, _ = known[place["province"]]
        frozen = frozen_at(place["province"], place["period"])
        published = known_of(None, province.units, frozen.year, periods=[frozen])
        measure = frozen.progress.result.measure(place["subject"]).measure.name
        told = f"{measure} của {province.units[place['unit']].name}: {place['shown']}."
        last = re.findall(r"\d", told)[-1]
        changed = str((int(last) + 1) % 10).join(told.rsplit(last, 1))
        verdicts = [proofread([text], published)[0].verdict for text in (told, changed)]
        assert verdicts[0] is not Verdict.WRONG, told
        assert verdicts[1] is not Verdict.RIGHT, changed
        right += verdicts[0] is Verdict.RIGHT
        wrong += verdicts[1] is Verdict.WRONG
    assert min(right, wrong) / len(FIGURES) >= 0.9, (right, wrong, len(FIGURES))
