"""The command line: the whole way on the real figures, and plain words with the right exit code for bad input.

Exit codes: 0 done, 1 the input was refused, 2 wrong usage; never a traceback.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import func
from sqlmodel import SQLModel, select

import flows.cli.main
from models.records.storage import open_storage
from models.records.tables import Approval, Receipt, ScoreVersion, Snapshot
from models.settings import Settings
from tests.conftest import ROOT, copy_example
from tests.tasks.papers import GATE_OPTIONS

pytestmark = pytest.mark.slow

OWN_CLAIMS = """unit,component,source,points,not_applicable,note
di-an,1.1,self,60,,
thuan-an,1.1,self,50,,
thuan-an,2.1,survey,30,,
"""
HEAVY = ("prefect", "great_expectations", "weasyprint", "pandas", "sqlalchemy")
HEADER = "unit,component,source,points,not_applicable,note\n"
PUBLISH = ("publish", "2017", "--number", "2071", "--date", "2018-07-27", *GATE_OPTIONS, "--out")


@dataclass(frozen=True)
class Said:
    """What one call of the command line answered."""

    code: int
    out: str
    err: str


class Console:
    """The command line in this process, called as a person would, on one province folder."""

    def __init__(
        self, evaluated: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self._evaluated = evaluated
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Said:
        return self.anywhere("--province", self.folder, *arguments)

    def anywhere(self, *arguments: str | Path) -> Said:
        """A call that names no province folder of its own."""
        self._monkeypatch.setattr(sys, "argv", ["cchc", *map(str, arguments)])
        self._capsys.readouterr()
        code = 0
        try:
            flows.cli.main.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        said = self._capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(code, said.out, said.err)

    def write(self, name: str, text: str) -> Path:
        """A file beside the province folder."""
        path = self.folder.parent / name
        path.write_text(text, encoding="utf-8")
        return path

    def ready(self) -> "Console":
        """The figures received and evaluated."""
        shutil.copytree(self._evaluated / "var", self.folder / "var")
        return self

    def count(self, table: type[SQLModel]) -> int:
        storage = open_storage(self.folder, Settings())
        with storage.reading() as session:
            rows = session.exec(select(func.count()).select_from(table)).one()
        storage.engine.dispose()
        return rows


@pytest.fixture
def console(
    evaluated_districts: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Console]:
    monkeypatch.setenv("CCHC_USER", "người thử")
    monkeypatch.setenv("CCHC_WORKERS", "1")
    monkeypatch.chdir(tmp_path)
    yield Console(evaluated_districts, copy_example("binh-duong-2017", tmp_path), monkeypatch, capsys)
    flows.cli.commands.chosen.province = None


def test_a_check_of_the_folder_also_writes_the_pages_of_the_checks_of_forms(console: Console, tmp_path: Path) -> None:
    checked = console("check", "--data-docs", tmp_path / "docs")
    assert (checked.code, checked.err) == (0, "")
    assert f"theo từng loại phiếu và bộ tiêu chí: {tmp_path / 'docs' / 'index.html'}" in checked.out
    assert (tmp_path / "docs" / "expectations" / "monthly.html").exists()


def test_the_whole_way_from_the_folder_to_the_verified_publication(console: Console, tmp_path: Path) -> None:
    checked = console("check")
    assert (checked.code, checked.err) == (0, "")
    assert "Thư mục hợp lệ: tỉnh Bình Dương, 9 đơn vị, 1 bộ tiêu chí, 1 kỳ đánh giá." in checked.out
    assert console("init").code == 0

    imported = console("import", "scores", "2017", console.folder / "scores.csv")
    assert (imported.code, imported.out) == (0, "scores.csv: đã ghi 18 bản mới\n")
    assert "đã nhận lúc" in console("import", "scores", "2017", console.folder / "scores.csv").out

    evaluated = console("evaluate", "2017")
    assert evaluated.code == 0
    assert "9 đơn vị, trung bình 78,39" in evaluated.out
    assert "không có gì thay đổi" in console("evaluate", "2017").out

    results = json.loads(console("results", "2017", "--format", "json").out)
    assert (results["status"], results["groups"][0]["units"][0]["index"]) == ("evaluated", "84.58")

    drafted = console("draft", "2017", "--out", tmp_path / "draft")
    assert [Path(line).name for line in drafted.out.splitlines()] == [
        "quyet-dinh.pdf",
        "phu-luc-1-huyen.pdf",
        "phu-luc-2-huyen-linh-vuc.pdf",
        "bao-cao.pdf",
        "to-trinh.pdf",
        "du-thao-quyet-dinh.docx",
        "du-thao-phu-luc-1-huyen.docx",
        "du-thao-phu-luc-2-huyen-linh-vuc.docx",
        "du-thao-bao-cao.docx",
        "du-thao-to-trinh.docx",
    ]

    published = console(*PUBLISH, tmp_path / "published")
    assert published.code == 0
    assert "Đã công bố: Quyết định số 2071/QĐ-UBND" in published.out
    assert "Đã công bố từ trước, không có gì thay đổi" in console(*PUBLISH, tmp_path / "published").out

    verified = console("verify", tmp_path / "published")
    expected = "Nguyên vẹn: Quyết định số 2071/QĐ-UBND ngày 27/07/2018, 19 tệp đúng mã băm.\n"
    assert verified.code == 0
    assert verified.out.startswith(f"{expected}Chỉ tự khớp: Quyết định mang mã băm nội dung ")
    known = "Cơ sở dữ liệu của tỉnh ghi nhận đúng manifest này.\nBản công bố này không có chữ ký số.\n"
    assert verified.out.endswith(known)
    elsewhere = console.anywhere("verify", tmp_path / "published").out
    assert elsewhere == verified.out.replace("Cơ sở dữ liệu của tỉnh ghi nhận đúng manifest này.\n", "")

    status = console("status", "2017")
    assert status.code == 0
    assert "Quyết định số 2071/QĐ-UBND ngày 27/07/2018" in status.out
    assert json.loads(console("status", "2017", "--json").out)["decisions"][0]["notation"] == "2071/QĐ-UBND"
    assert json.loads(console("results", "2017", "--format", "json").out)["status"] == "published"


def test_explain_shows_points_versions_and_what_was_lost(console: Console) -> None:
    explained = console.ready()("explain", "2017", "di-an")
    assert explained.code == 0
    for part in ("Thị xã Dĩ An", "46,50/65", "thẩm định: 46,5 điểm", "scores.csv", "Điểm bị mất", "18,50"):
        assert part in explained.out
    assert json.loads(console("explain", "2017", "di-an", "--json").out)["index"] == "78.06"


def test_evaluate_prints_json_for_machines_and_nothing_else(console: Console) -> None:
    console("import", "scores", "2017", console.folder / "scores.csv")
    evaluated = json.loads(console("evaluate", "2017", "--json").out)
    assert evaluated == json.loads(console("results", "2017", "--format", "json").out)


def test_the_gate_stands_beside_the_results_and_not_in_them(console: Console) -> None:
    console("import", "scores", "2017", console.write("own.csv", OWN_CLAIMS))
    evaluated = console("evaluate", "2017", "--json")
    assert json.loads(evaluated.out)["groups"][0]["units"][0]["code"] == "di-an"
    assert "Soát trước khi trình ký: 3 điều nghiêm trọng" in evaluated.err
    assert "NGHIÊM TRỌNG [thieu-khao-sat]: Thị xã Dĩ An chưa có kết quả điều tra xã hội học" in evaluated.err

    told = json.loads(console("review", "2017", "--json").out)
    assert [row["code"] for row in told if row["severity"] == "grave"] == [
        "chua-tham-dinh",
        "thieu-khao-sat",
        "thieu-ten-nguoi-ky",
    ]
    reviewed = console("review", "2017")
    assert (reviewed.code, "  di-an: Thị xã Dĩ An: 2.1\n" in reviewed.out) == (0, True)
    assert "[chua-tham-dinh]" in console("draft", "2017", "--out", console.folder / "draft").err


def test_what_is_grave_is_refused_until_it_is_accepted_by_its_code_and_by_somebody(
    console: Console, tmp_path: Path
) -> None:
    console("import", "scores", "2017", console.write("own.csv", OWN_CLAIMS))
    console("evaluate", "2017")
    refused = console(*PUBLISH, tmp_path / "published")
    assert refused.code == 1
    assert "[chua-tham-dinh] điểm của Thị xã Dĩ An, Thị xã Thuận An" in refused.err
    assert '--accept "thieu-khao-sat: LÝ DO" --approved-by "HỌ TÊN, CHỨC VỤ"' in refused.err
    assert console.count(Approval) == 0

    accept = ("--accept", "chua-tham-dinh: Kỳ chạy thử", "--accept", "thieu-khao-sat: Không khảo sát Dĩ An")
    published = console(*PUBLISH, tmp_path / "published", *accept)
    assert (published.code, "Đã công bố: Quyết định số 2071/QĐ-UBND" in published.out) == (0, True)
    assert "NGHIÊM TRỌNG [chua-tham-dinh]" in published.err
    annex = PdfReader(tmp_path / "published" / "phu-luc-1-huyen.pdf")
    printed = " ".join(" ".join(page.extract_text() for page in annex.pages).split())
    assert "lý do: Kỳ chạy thử" in printed
    assert "lý do: Không khảo sát Dĩ An" in printed


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ((), 1, "chưa có số, ngày của tờ trình (TTr-SNV) mà quyết định căn cứ"),
        (("--submission-number", "45"), 2, "--submission-date"),
        (("--accept", "chua-tham-dinh: vì thế"), 2, "--approved-by"),
        (("--accept", "chua-tham-dinh", "--approved-by", "ai đó"), 1, "chưa nêu lý do chấp nhận"),
        (("--accept", "gi-do: vì thế", "--approved-by", "ai đó"), 1, "không có điều nào mang mã “gi-do”"),
    ],
)
def test_a_decision_without_submission_or_with_half_of_what_it_needs_is_refused(
    console: Console, tmp_path: Path, given: tuple[str, ...], code: int, said: str
) -> None:
    out = ("--out", tmp_path / "published")
    refused = console.ready()("publish", "2017", "--number", "1", "--date", "2018-07-27", *out, *given)
    assert (refused.code, said in refused.err) == (code, True), refused.err
    assert console.count(Approval) == 0


def test_results_as_a_table_csv_and_workbook(console: Console, tmp_path: Path) -> None:
    console.ready()
    table = console("results", "2017", "--group", "huyen")
    assert (table.code, "84,58" in table.out) == (0, True)
    assert console("results", "2017", "--format", "csv").out.splitlines()[1].startswith("huyen,thu-dau-mot,")
    assert console("results", "2017", "--format", "xlsx").out == "ket-qua-cchc-2017.xlsx\n"
    assert (tmp_path / "ket-qua-cchc-2017.xlsx").read_bytes()[:2] == b"PK"
    console("results", "2017", "--format", "csv", "--out", tmp_path / "new" / "results.csv")
    assert (tmp_path / "new" / "results.csv").is_file()


def test_draft_publish_and_status_say_that_newer_figures_arrived(console: Console, tmp_path: Path) -> None:
    console.ready()
    later = console.write("later.csv", f"{HEADER}di-an,1.1,appraisal,47.5,,\n")
    assert console("import", "scores", "2017", later).code == 0
    assert "CẢNH BÁO" in console("draft", "2017", "--out", tmp_path / "draft").err
    assert "chạy lại: cchc evaluate 2017" in console("status", "2017").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("init",),
        ("evaluate", "2017"),
        ("results", "2017"),
        ("status", "2017"),
        ("explain", "2017", "di-an"),
    ],
)
def test_without_a_province_folder_it_says_how_to_name_one(console: Console, arguments: tuple[str, ...]) -> None:
    said = console.anywhere(*arguments)
    assert said.code == 2
    assert "CCHC_PROVINCE" in said.err


def test_the_setting_names_the_province_folder_too(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_PROVINCE", str(console.folder))
    assert console.anywhere("check").code == 0


def test_a_province_folder_that_is_not_there_is_wrong_usage(console: Console, tmp_path: Path) -> None:
    said = console.anywhere("--province", tmp_path / "nowhere", "check")
    assert said.code == 2
    assert "không có thư mục" in said.err


def test_check_prints_every_error_with_file_and_line(console: Console) -> None:
    path = console.folder / "criteria" / "huyen-2017.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("max: 35, source", "max: 36, source"), encoding="utf-8")
    units = console.folder / "units.csv"
    units.write_text(units.read_text(encoding="utf-8") + "di-an,Thị xã Dĩ An,huyen,\n", encoding="utf-8")
    said = console("check")
    assert said.code == 1
    assert "criteria/huyen-2017.yaml:" in said.err
    assert "units.csv:11: LỖI:" in said.err
    assert "điều cần sửa" in said.err


@pytest.mark.parametrize("arguments", [("evaluate", "2017"), ("status", "2017"), ("results", "2017")])
def test_a_broken_province_folder_is_refused_by_every_command(console: Console, arguments: tuple[str, ...]) -> None:
    (console.folder / "province.yaml").write_text("name: [", encoding="utf-8")
    said = console(*arguments)
    assert said.code == 1
    assert "province.yaml:" in said.err


def test_a_folder_that_is_no_province_is_refused(console: Console, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = console.anywhere("--province", tmp_path / "empty", "check")
    assert said.code == 1
    assert "province.yaml" in said.err


def test_a_csv_file_that_is_not_there_is_wrong_usage(console: Console) -> None:
    assert console("import", "scores", "2017", "missing.csv").code == 2


@pytest.mark.parametrize("day", ["hôm qua", "2018-02-30", "2018", ""])
def test_a_date_that_is_none_is_wrong_usage(console: Console, day: str, tmp_path: Path) -> None:
    said = console("publish", "2017", "--number", "1", "--date", day, "--out", tmp_path / "published")
    assert said.code == 2
    assert "--date" in said.err


@pytest.mark.parametrize("number", ["0", "-1", "một"])
def test_a_number_below_one_is_wrong_usage(console: Console, number: str, tmp_path: Path) -> None:
    said = console("publish", "2017", "--number", number, "--date", "2018-07-27", "--out", tmp_path / "published")
    assert said.code == 2


@pytest.mark.parametrize(
    "arguments",
    [("results", "2017", "--format", "pdf"), ("results", "muoi-bay"), ("results", "1817"), ("nothing",), ("import",)],
)
def test_an_unknown_format_year_or_command_is_wrong_usage(console: Console, arguments: tuple[str, ...]) -> None:
    assert console(*arguments).code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("results", "2017", "--group", "so"), "không có nhóm “so”"),
        (("explain", "2017", "ha-noi"), "không có đơn vị “ha-noi”"),
        ((*PUBLISH, "published", "--signer", "ke-toan"), "không có người ký “ke-toan”"),
        ((*PUBLISH, "published", "--replaces", "1/QĐ-UBND"), "để thay thế"),
        (("evaluate", "2031"), "2031"),
        (("results", "2031"), "2031"),
    ],
)
def test_an_unknown_group_unit_signer_decision_or_year_is_refused(
    console: Console, arguments: tuple[str, ...], said: str
) -> None:
    answered = console.ready()(*arguments)
    assert answered.code == 1
    assert said in answered.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("evaluate", "2017"), "chưa nhận được điểm hay số liệu nào"),
        (("results", "2017"), "chưa có kết quả nào được tính"),
        (("explain", "2017", "di-an"), "chưa có kết quả nào được tính"),
        (("draft", "2017", "--out", "draft"), "chưa có kết quả nào được tính"),
        ((*PUBLISH, "published"), "chưa có kết quả nào được tính"),
    ],
)
def test_each_step_before_its_time_is_refused_with_the_step_to_take(
    console: Console, arguments: tuple[str, ...], said: str
) -> None:
    answered = console(*arguments)
    assert answered.code == 1
    assert said in answered.err
    assert "cchc" in answered.err
    assert (console.count(Snapshot), console.count(Approval)) == (0, 0)


def test_status_of_an_untouched_round_is_no_error(console: Console) -> None:
    said = console("status", "2017")
    assert said.code == 0
    assert "Chưa tính kết quả; chạy: cchc evaluate 2017" in said.out


def test_a_bad_csv_is_refused_with_every_line_and_nothing_of_it_recorded(console: Console) -> None:
    rows = "tan-uyen,1.1,appraisal,48,,\nha-noi,1.1,appraisal,1,,\ndi-an,1.1,appraisal,66,,\ndi-an,9,appraisal,1,,\n"
    said = console("import", "scores", "2017", console.write("bad.csv", HEADER + rows))
    assert said.code == 1
    assert [line.partition(": ")[0] for line in said.err.splitlines()] == ["bad.csv:3", "bad.csv:4", "bad.csv:5"]
    assert (console.count(ScoreVersion), console.count(Receipt)) == (0, 0)


@pytest.mark.parametrize("kind", [("scores", "2017"), ("facts", "2017"), ("history",)])
def test_a_file_that_is_no_csv_of_this_kind_is_refused(console: Console, kind: tuple[str, ...]) -> None:
    said = console("import", *kind, console.write("other.csv", "a,b\n1,2\n"))
    assert said.code == 1
    assert "other.csv:1" in said.err
    assert console.count(Receipt) == 0


def test_verify_of_a_tampered_folder_is_refused_with_the_file(console: Console, tmp_path: Path) -> None:
    console.ready()(*PUBLISH, tmp_path / "published")
    results = tmp_path / "published" / "results.csv"
    results.chmod(0o644)
    results.write_bytes(results.read_bytes().replace(b"84.58", b"94.58"))
    said = console("verify", tmp_path / "published")
    assert said.code == 1
    assert said.err.startswith("results.csv: LỖI: tệp đã bị thay đổi sau khi công bố")


def test_verify_of_a_folder_that_the_province_never_published_is_refused(console: Console, tmp_path: Path) -> None:
    console.ready()(*PUBLISH, tmp_path / "published")
    other = copy_example("binh-duong-2017", tmp_path / "other")
    assert console.anywhere("--province", other, "verify", tmp_path / "published").code == 1


@pytest.mark.parametrize("manifest", [None, "{", "[]", '{"files": {}, "snapshot": ""}'])
def test_verify_of_any_other_folder_is_refused(console: Console, tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "other").mkdir()
    if manifest is not None:
        (tmp_path / "other" / "manifest.json").write_text(manifest, encoding="utf-8")
    assert console.anywhere("verify", tmp_path / "other").code == 1
    assert console.anywhere("verify", tmp_path / "nowhere").code == 2


def test_names_and_notes_in_square_brackets_are_printed_as_written(console: Console) -> None:
    units = console.folder / "units.csv"
    units.write_text(
        units.read_text(encoding="utf-8").replace("Thị xã Dĩ An", "Thị xã [/đỏ] Dĩ An :smile:"), encoding="utf-8"
    )
    noted = f"{HEADER}di-an,1.1,appraisal,46.5,,theo [/bold] văn bản\n"
    console("import", "scores", "2017", console.folder / "scores.csv")
    console("import", "scores", "2017", console.write("noted.csv", noted))
    assert "Thị xã [/đỏ] Dĩ An :smile:" in console("evaluate", "2017").out
    assert "theo [/bold] văn bản" in console("explain", "2017", "di-an").out
    assert "Thị xã [/đỏ] Dĩ An :smile:" in console("status", "2017").out


def test_a_place_that_cannot_be_written_is_named(console: Console, tmp_path: Path) -> None:
    console.ready()
    inside = console.write("file.txt", "") / "inside"
    for arguments in (("results", "2017", "--format", "csv", "--out"), ("draft", "2017", "--out"), PUBLISH):
        said = console(*arguments, inside)
        assert said.code == 1
        assert "file.txt" in said.err
    assert console("results", "2017", "--format", "csv", "--out", tmp_path).code == 2
    assert console.count(Approval) == 0


def test_a_database_that_is_none_is_refused(console: Console) -> None:
    console("init")
    (console.folder / "var" / "cchc.sqlite").write_bytes(b"not a database" * 100)
    said = console("status", "2017")
    assert said.code == 1
    assert "cơ sở dữ liệu" in said.err


def test_check_imports_none_of_the_heavy_libraries() -> None:
    program = f"""
import sys
sys.argv = ["cchc", "--province", "examples/binh-duong-2017", "check"]
from flows.cli.main import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"


def test_refusals_end_the_process_with_one_and_wrong_usage_with_two(tmp_path: Path) -> None:
    def code(*arguments: str | Path) -> int:
        call = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
        ended = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
        assert "Traceback" not in ended.stderr
        return ended.returncode

    assert code("--help") == 0
    assert code("verify", tmp_path) == 1
    assert code("check") == 2
