"""The results site as files: whole, the same every time, escaped, without what is hidden, its links inside itself."""

import base64
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from jsonschema import Draft202012Validator, ValidationError
from openpyxl import load_workbook
from sqlalchemy import update
from sqlmodel import select
from typer.testing import CliRunner

from flows.cli.main import app
from models.findings import Act, Action, RefusedError, Severity
from models.published_figures import SiteField
from models.records.tables import METADATA, Publication
from tasks.publishing.folders import verify_folder
from tasks.site.building import build_site, renew_site, site_folder
from tests.past_the_guards import past_the_guards
from tests.site.publications import CORRECTION, FIRST, BuiltOnce, folder_of, shared_districts, site_of
from tests.tasks.districts import YEAR, Districts
from tests.tasks.papers import GATE_OPTIONS

pytestmark = pytest.mark.slow

CORRECTED, REPLACED, LATER = "2017/2100-qd-ubnd", "2017/2071-qd-ubnd", "2018/07-qd-ubnd"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def done(built_once: BuiltOnce) -> Districts:
    """2017 published and corrected, 2018 published; nobody changes this one."""
    return shared_districts(built_once)


@pytest.fixture
def districts(done: Districts, tmp_path: Path) -> Districts:
    """The same, to be changed; its published folders are those of `done`."""
    return done.duplicate(tmp_path)


@pytest.fixture(scope="module")
def site(done: Districts, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Every file of the site by its path."""
    return files_of(site_of(done, tmp_path_factory.mktemp("site") / "site").folder)


def files_of(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def hiding(districts: Districts, tmp_path: Path, **what: list[str] | bool | str) -> Files:
    """The site after province.yaml hides or shows something."""
    path = districts.folder / "province.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nsite: {json.dumps(what)}\n", encoding="utf-8")
    return files_of(site_of(districts, tmp_path / "site").folder)


class Parsed(HTMLParser):
    """What a page links to and holds."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[str] = []
        self.blocks: dict[str, list[str]] = {"style": [], "script": []}
        self.policy = ""
        self._inside = ""
        self.words: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.attributes += given
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""
        self._inside = tag if tag in self.blocks else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        (self.blocks[self._inside] if self._inside else self.words).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def pages(files: Files) -> Iterator[tuple[str, Parsed]]:
    return ((path, Parsed(content)) for path, content in files.items() if path.endswith(".html"))


def text_of(files: Files, path: str) -> str:
    return Parsed(files[path]).text


def results(files: Files, edition: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(files[f"{edition}/tai-ve/results.json"])
    return values


def test_every_decision_has_its_pages_and_downloads(site: Files) -> None:
    assert {path.rpartition("/")[0] for path in site} >= {"", "du-lieu", CORRECTED, REPLACED, LATER}
    for edition in (CORRECTED, REPLACED, LATER):
        inside = sorted(path.removeprefix(f"{edition}/") for path in site if path.startswith(f"{edition}/"))
        units = [f"don-vi/{unit['code']}.html" for unit in results(site, edition)["groups"][0]["units"]]
        assert len(units) == 9
        assert {*units, "index.html", "xep-hang-huyen.html", "so-sanh-huyen.html", "tai-ve.html"} < set(inside)


def test_the_first_page_has_the_years_newest_first(site: Files) -> None:
    assert re.findall(r'<h2 id="nam-(\d+)">', site["index.html"].decode()) == ["2018", "2017"]


def test_every_link_leads_to_a_file_or_a_place_inside_the_site(site: Files) -> None:
    parsed = dict(pages(site))
    for path, page in parsed.items():
        assert len(page.ids) == len(set(page.ids)), path
        for link in page.links:
            if link == "data:,":
                continue
            target = urlsplit(urljoin(f"http://root/{path}", link))
            assert (target.scheme, target.netloc) == ("http", "root"), (path, link)
            to = unquote(target.path).lstrip("/")
            assert to in site, (path, link)
            assert not target.fragment or target.fragment in parsed[to].ids


def test_the_same_publications_give_the_same_bytes(site: Files, done: Districts, tmp_path: Path) -> None:
    assert files_of(site_of(done, tmp_path / "elsewhere").folder) == site


def test_style_and_script_stand_in_the_page_under_the_hashes_of_its_policy(site: Files) -> None:
    for path, page in pages(site):
        for kind, blocks in page.blocks.items():
            for block in blocks:
                source = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
                assert f"{kind}-src 'sha256-{source}'" in page.policy, path
        assert page.policy.startswith("default-src 'none'; ")
        assert not any(name == "style" or name.startswith("on") for name in page.attributes), path


def test_mark_and_source_stand_on_every_page(site: Files) -> None:
    for path, page in pages(site):
        assert "BẢN MINH HỌA TỪ SỐ LIỆU ĐÃ CÔNG BỐ" in page.text, path
        assert "Số liệu: Cổng thông tin huyện Bàu Bàng" in page.text, path


def test_a_unit_page_says_index_rank_areas_and_lost_points_with_what_the_rule_asks(site: Files) -> None:
    said = text_of(site, f"{REPLACED}/don-vi/tan-uyen.html")
    assert "Chỉ số 82,00%" in said
    assert "hạng 2/9" in said
    assert "1. Kết quả thẩm định 65 48,75 75,00 71,36" in said
    assert (
        "1.1 Điểm thẩm định Cho điểm trực tiếp từ 0 đến 65 điểm. Cơ quan thẩm định chấm 48,75/65 điểm. 65 48,75 16,25"
        in said
    )
    assert said.index("16,25 thẩm định") < said.index("1,75 khảo sát")


def test_each_of_two_decisions_says_which_replaces_which_and_history_has_both(site: Files) -> None:
    for page in ("index.html", "xep-hang-huyen.html", "so-sanh-huyen.html", "tai-ve.html", "don-vi/di-an.html"):
        replaced, correction = text_of(site, f"{REPLACED}/{page}"), text_of(site, f"{CORRECTED}/{page}")
        assert "Kết quả này đã được thay thế bằng Quyết định số 2100/QĐ-UBND ngày 03 tháng 9 năm 2018" in replaced
        assert "2100/QĐ-UBND ngày 03 tháng 9 năm 2018 thay thế Quyết định số 2071/QĐ-UBND ngày 27 tháng 7" in correction
    for edition in (REPLACED, CORRECTED, LATER):
        history = text_of(site, f"{edition}/don-vi/di-an.html").partition("và các quyết định")[2]
        assert re.search(r"2017 80,06 .* 2100/QĐ-UBND", history), edition
        assert re.search(r"2017 78,06 .* 2071/QĐ-UBND", history), edition


def test_history_goes_back_through_all_years_and_forward_to_the_next(site: Files) -> None:
    history = text_of(site, f"{LATER}/don-vi/tan-uyen.html").partition("và các quyết định")[2]
    assert re.findall(r"(201\d) (\d\d,\d\d) ", history)[:4] == [
        ("2018", "82,00"),
        ("2017", "82,00"),
        ("2017", "82,00"),
        ("2016", "83,10"),
    ]
    assert "Năm sau: Thị xã Tân Uyên, năm 2018" in text_of(site, f"{CORRECTED}/don-vi/tan-uyen.html")


def test_the_comparison_has_movers_counts_and_every_year(site: Files) -> None:
    said = text_of(site, f"{LATER}/so-sanh-huyen.html")
    assert "Năm 2018 so với năm 2017" in said
    assert "Tăng hạng nhiều nhất Huyện Dầu Tiếng" in said
    assert "Đơn vị Năm 2018 Năm 2017 Năm 2016" in said
    assert "+6,00" in said
    assert "Trung bình nhóm 79,05 78,61 –" in said, said[said.index("Trung bình nhóm") :]


def test_in_one_area_units_have_the_place_and_share_that_they_have_there(site: Files) -> None:
    surveyed = Parsed(site[f"{CORRECTED}/linh-vuc-huyen-2.html"]).text
    assert "Xếp hạng Ủy ban nhân dân các huyện, thị xã, thành phố theo lĩnh vực 2. Điều tra xã hội học" in surveyed
    # The town that leads in all is second here.
    assert "1 Thị xã Tân Uyên 95,00 95,00 2 Thành phố Thủ Dầu Một 93,80 93,80 3 Huyện Bàu Bàng" in surveyed
    side_by_side = Parsed(site[f"{CORRECTED}/linh-vuc-huyen.html"]).text
    assert re.search(r"Chỉ số chung \(%\) 1\. Kết quả thẩm định 2\. Điều tra xã hội học 1 Thành phố", side_by_side)


def test_how_the_index_is_computed_is_told_with_a_unit_of_each_group(site: Files) -> None:
    told = Parsed(site[f"{CORRECTED}/cach-tinh.html"]).text
    assert "02 lĩnh vực, 02 nội dung được chấm, tối đa 100 điểm; trong đó 35 điểm do điều tra" in told
    assert re.search(r"Thành phố Thủ Dầu Một: \d+,\d+ ÷ 100 × 100 = \d+,\d+%", told)
    assert "Chỉ số bằng nhau thì cùng hạng" in told


def test_the_first_page_says_the_result_in_one_sentence(site: Files) -> None:
    assert "đứng đầu Thành phố Thủ Dầu Một (" in Parsed(site["index.html"]).text


def test_on_which_terms_data_may_be_used_is_said_where_the_province_does(
    districts: Districts, site: Files, tmp_path: Path
) -> None:
    terms = "được dùng lại tự do, có ghi nguồn"
    told = hiding(districts, tmp_path, licence=f"{terms}.")
    for page in ("du-lieu/index.html", f"{CORRECTED}/tai-ve.html"):
        assert f"Điều kiện sử dụng dữ liệu: {terms}." in Parsed(told[page]).text
        assert "Điều kiện sử dụng" not in Parsed(site[page]).text


def test_the_downloads_are_the_published_bytes_and_verify_as_a_folder(
    site: Files, done: Districts, tmp_path: Path
) -> None:
    site_of(done, tmp_path / "site")
    downloads = tmp_path / "site" / CORRECTED / "tai-ve"
    assert verify_folder(downloads) == []
    assert files_of(downloads) == files_of(folder_of(done, CORRECTION))
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=downloads.parent, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr
    shown = text_of(site, f"{CORRECTED}/tai-ve.html")
    listed = {path for path, content in files_of(downloads).items() if hashlib.sha256(content).hexdigest() in shown}
    assert files_of(downloads).keys() - listed <= {"bao-cao.pdf", "bao-cao-phu-luc.pdf", "to-trinh.pdf"}


def test_papers_without_a_number_are_not_offered(site: Files) -> None:
    page = site[f"{CORRECTED}/tai-ve.html"].decode()
    assert "tai-ve/quyet-dinh.pdf" in page
    assert "tai-ve/bao-cao" not in page


def test_how_firm_a_rank_is_stands_on_a_page_only_where_the_province_wants_it(
    districts: Districts, site: Files, tmp_path: Path
) -> None:
    path = f"{LATER}/don-vi/tan-uyen.html"
    assert "Độ vững của hạng" not in text_of(site, path)
    assert "Độ vững của hạng" in text_of(hiding(districts, tmp_path, show_robustness=True), path)


def test_the_catalog_names_every_file_with_its_hash(site: Files) -> None:
    editions = json.loads(site["catalog.json"])["editions"]
    assert [(one["decision"], one["replaces"], one["replaced_by"]) for one in editions] == [
        ("07/QĐ-UBND", None, None),
        ("2100/QĐ-UBND", "2071/QĐ-UBND", None),
        ("2071/QĐ-UBND", None, "2100/QĐ-UBND"),
    ]
    for edition in editions:
        for file in edition["files"]:
            content = site[file["path"]]
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["size"])


def test_the_json_keeps_its_schema_and_a_number_for_a_string_or_a_foreign_name_does_not(site: Files) -> None:
    schema = json.loads(site["du-lieu/results.schema.json"])
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for edition in (CORRECTED, REPLACED, LATER):
        validator.validate(results(site, edition))
    for change in ({"index": 82.0}, {"secret": "x"}, {"rank": 0}, {"status": "unknown"}):
        document = results(site, CORRECTED)
        document["groups"][0]["units"][0].update(change)
        with pytest.raises(ValidationError):
            validator.validate(document)


def names_in(value: Any, prefix: str = "") -> Iterator[str]:
    """Every name of a JSON document, as the dictionary writes it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from names_in(inner, f"{prefix}.{name}" if prefix else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from names_in(inner, f"{prefix}[]")
    elif prefix.count(".") or value is not None:
        yield prefix


def test_the_dictionary_has_every_name_column_and_heading_there_is(site: Files) -> None:
    described: dict[str, set[str]] = {}
    for file, name, meaning, _, kind in csv.reader(
        io.StringIO(site["du-lieu/tu-dien-du-lieu.csv"].decode("utf-8-sig"))
    ):
        described.setdefault(file, set()).add(name)
        assert meaning
        assert kind
    optional = {f"groups[].units[].{part}" for part in ("previous", "change", "robustness")}
    assert set(names_in(results(site, LATER))) - optional == described["results.json"]
    header = site[f"{LATER}/tai-ve/results.csv"].decode().partition("\n")[0].split(",")
    assert set(header) == described["results.csv"]
    book = load_workbook(io.BytesIO(site[f"{LATER}/tai-ve/results.xlsx"]))
    for sheet, file in (("Xếp hạng huyen", "Xếp hạng …"), ("Cần khắc phục", "Cần khắc phục")):
        headings = {cell.value for cell in book[sheet][1]}
        known = described[f"results.xlsx, trang “{file}”"]
        assert (
            headings <= known if file == "Xếp hạng …" else headings == known
        )  # what tells nothing of a group is left out


def everything(files: Files) -> bytes:
    """All bytes of the site: paths, contents, and what is packed in workbooks."""
    packed = [content for path, content in files.items() if path.endswith(".xlsx")]
    unpacked = [
        book.read(name)
        for content in packed
        for book in [zipfile.ZipFile(io.BytesIO(content))]
        for name in book.namelist()
    ]
    return b"\n".join([*(path.encode() for path in files), *files.values(), *unpacked])


def test_a_hidden_unit_is_in_no_byte_of_the_site(districts: Districts, site: Files, tmp_path: Path) -> None:
    hidden = hiding(districts, tmp_path, hide_units=["dau-tieng"])
    names = ("dau-tieng", "Dầu Tiếng", "dau tieng", json.dumps("Dầu Tiếng").strip('"'))
    assert all(name.encode() in everything(site) for name in names[:2])
    assert [name for name in names if name.encode() in everything(hidden)] == []
    assert {path.rpartition(".")[2] for path in hidden} & {"pdf"} == set()
    assert not any(path.endswith(("snapshot.json", "manifest.json")) for path in hidden)


def test_the_page_says_why_no_pdf_is_offered_and_nothing_gives_the_hidden_unit_away(
    districts: Districts, tmp_path: Path
) -> None:
    hidden = hiding(districts, tmp_path, hide_units=["dau-tieng"])
    assert "Các tệp PDF của quyết định có những nội dung ấy nên không được cung cấp" in text_of(
        hidden, f"{CORRECTED}/tai-ve.html"
    )
    ranking = text_of(hidden, f"{CORRECTED}/xep-hang-huyen.html")
    assert "1 đơn vị của nhóm không hiển thị" in ranking
    assert "trung bình" not in ranking
    assert "hạng 9/9" in text_of(hidden, f"{CORRECTED}/don-vi/bac-tan-uyen.html")
    assert "Trung bình nhóm" not in text_of(hidden, f"{CORRECTED}/don-vi/bac-tan-uyen.html")
    assert results(hidden, CORRECTED)["groups"][0]["mean"] is None
    assert results(hidden, LATER)["groups"][0]["up"] == 0
    schema = json.loads(hidden["du-lieu/results.schema.json"])
    Draft202012Validator(schema).validate(results(hidden, CORRECTED))


FIELDS = {
    SiteField.APPRAISED_POINTS: "Thẩm định",
    SiteField.SURVEY_POINTS: "Khảo sát",
    SiteField.GRADE: "Xếp loại",
    SiteField.AREAS: "Các lĩnh vực",
    SiteField.COMPARISON: "so với năm",
    SiteField.ROBUSTNESS: "Độ vững của hạng",
    SiteField.LOST_POINTS: "Điểm chưa đạt",
}


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_a_hidden_field_is_on_no_page_and_in_no_data(
    field: SiteField, districts: Districts, site: Files, tmp_path: Path
) -> None:
    hidden = hiding(districts, tmp_path, hide_fields=[field.value], show_robustness=True)
    if field is not SiteField.ROBUSTNESS:
        assert FIELDS[field] in text_of(site, f"{LATER}/don-vi/tan-uyen.html")
    assert [path for path, page in pages(hidden) if "/don-vi/" in path and FIELDS[field] in page.text] == []
    document = results(hidden, LATER)
    Draft202012Validator(json.loads(hidden["du-lieu/results.schema.json"])).validate(document)
    header = hidden[f"{LATER}/tai-ve/results.csv"].decode().partition("\n")[0].split(",")
    gone = {"comparison": "change_index", "lost_points": "repair"}.get(field.value, field.value)
    assert gone not in header
    assert gone not in document["groups"][0]["units"][0]
    book = load_workbook(io.BytesIO(hidden[f"{LATER}/tai-ve/results.xlsx"]))
    assert ("Lĩnh vực huyen" in book.sheetnames) == (field is not SiteField.AREAS)
    assert ("Cần khắc phục" in book.sheetnames) == (field is not SiteField.LOST_POINTS)
    if field is SiteField.COMPARISON:
        assert f"{LATER}/so-sanh-huyen.html" not in hidden


def test_hostile_names_are_text_on_every_page_and_inert_in_every_table(tmp_path: Path) -> None:
    districts = Districts.copied(tmp_path)
    attack = """=cmd|'/c calc'!A1<script>alert(1)</script><img src=x onerror="alert(2)">&amp;"""
    quoted = attack.replace('"', '""')
    districts.rewrite("units.csv", "Thị xã Tân Uyên,huyen,TX. Tân Uyên", f'"{quoted}",huyen,')
    districts.rewrite("province.yaml", "department: Sở Nội vụ", 'department: "Sở </style><script>alert(3)</script>"')
    districts.receive().evaluate()
    runner = CliRunner().invoke(
        app,
        [
            "-p",
            str(districts.folder),
            *f"publish {YEAR} --number 3 --date 2018-08-01".split(),
            *GATE_OPTIONS,
            "--out",
            str(tmp_path / "out"),
        ],
    )
    assert runner.exit_code == 0, runner.output
    files = files_of(site_folder(districts.folder))
    for path, page in pages(files):
        assert "alert(" not in "".join(block for blocks in page.blocks.values() for block in blocks), path
        assert not any(name.startswith("on") for name in page.attributes), path
    assert attack in text_of(files, "2017/03-qd-ubnd/don-vi/tan-uyen.html")
    lines = list(csv.reader(io.StringIO(files["2017/03-qd-ubnd/tai-ve/results.csv"].decode())))
    assert f"'{attack}" in [line[2] for line in lines]


def test_a_changed_or_lost_folder_is_named_and_does_not_stop_the_others(districts: Districts, tmp_path: Path) -> None:
    moved(districts, FIRST, tmp_path / "there")
    moved(districts, CORRECTION, tmp_path / "changed")
    changed = tmp_path / "changed" / "results.csv"
    changed.chmod(0o644)
    changed.write_text("sai", encoding="utf-8")
    built = site_of(districts, tmp_path / "site")
    assert [finding.severity for finding in built.findings] == [Severity.WARNING]
    assert "2100/QĐ-UBND" in built.findings[0].what
    assert "results.csv: tệp đã bị thay đổi" in built.findings[0].what
    files = files_of(built.folder)
    assert f"{CORRECTED}/index.html" not in files
    assert "Kết quả này đã được thay thế bằng Quyết định số 2100/QĐ-UBND" in text_of(files, f"{REPLACED}/index.html")


def moved(districts: Districts, numbering: Any, to: Path) -> None:
    """Copy a published folder and have the database know the copy."""
    source = folder_of(districts, numbering)
    shutil.copytree(source, to)
    with districts.storage.writing() as session:
        known = session.exec(select(Publication)).all()
        row = next(one for one in known if Path(one.folder).name == source.name)
        row.folder = str(to)
        session.add(row)


def test_a_lost_folder_is_named_with_what_to_do(districts: Districts, tmp_path: Path) -> None:
    moved(districts, CORRECTION, tmp_path / "moved")
    (tmp_path / "moved").rename(tmp_path / "elsewhere")
    built = site_of(districts, tmp_path / "site")
    assert built.editions == 2
    assert "không còn thư mục công bố" in built.findings[0].what
    assert "Đặt lại bản gốc" in built.findings[0].remedy


def test_only_the_years_asked_for_are_shown(done: Districts, tmp_path: Path) -> None:
    files = files_of(build_site(done.province, done.storage, tmp_path / "site", [2018]).folder)
    assert not any(path.startswith("2017/") for path in files)
    assert f"{LATER}/index.html" in files
    with pytest.raises(RefusedError, match="chưa có kết quả nào của 2015"):
        build_site(done.province, done.storage, tmp_path / "none", [2015])
    assert not (tmp_path / "none").exists()


def test_a_new_site_takes_the_place_of_the_old_one_whole(done: Districts, tmp_path: Path) -> None:
    out = tmp_path / "site"
    site_of(done, out)
    (out / "left-over.html").write_text("cũ", encoding="utf-8")
    site_of(done, out)
    assert not (out / "left-over.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_a_killed_process_left_is_taken_away(done: Districts, tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    for left in (f".site.{ended.pid}", f".site.before.{ended.pid}"):
        (tmp_path / left).mkdir()
    site_of(done, tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_snapshot_of_another_version_is_named_and_does_not_stop_the_others(
    districts: Districts, tmp_path: Path
) -> None:
    """Its folder is whole, as that version published it, but this one cannot read its results."""
    folder = tmp_path / "other-version"
    moved(districts, FIRST, folder)
    content = (folder / "snapshot.json").read_bytes().replace(b'"tied":', b'"equal":')
    bearing_no_hash = (folder / "to-trinh.pdf").read_bytes()
    listed = json.loads((folder / "manifest.json").read_bytes())
    listed["snapshot"] = hashlib.sha256(content).hexdigest()
    del listed["content"]
    written = {"snapshot.json": content, "quyet-dinh.pdf": bearing_no_hash}
    for name, other in written.items():
        listed["files"][name] = {"sha256": hashlib.sha256(other).hexdigest(), "size": len(other)}
    for name, other in {**written, "manifest.json": json.dumps(listed).encode()}.items():
        (folder / name).chmod(0o644)
        (folder / name).write_bytes(other)
    manifest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    publication = METADATA.tables["publication"]
    with past_the_guards(districts.storage) as connection:
        mine = update(publication).where(publication.c.folder == str(folder))
        connection.execute(mine.values(manifest_sha256=manifest))
    built = site_of(districts, tmp_path / "site")
    assert built.editions == 2
    assert "có thể do phiên bản khác của phần mềm" in built.findings[0].what


@pytest.mark.parametrize("occupy", [Path.mkdir, Path.touch], ids=["folder", "file"])
def test_a_place_that_holds_something_else_is_left_alone(
    done: Districts, tmp_path: Path, occupy: Callable[[Path], None]
) -> None:
    out = tmp_path / "site"
    occupy(out)
    if out.is_dir():
        (out / "bao-cao.txt").write_text("của người khác", encoding="utf-8")
    before = files_of(tmp_path)
    with pytest.raises(RefusedError, match="Chọn"):
        site_of(done, out)
    assert files_of(tmp_path) == before


def test_nothing_published_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="chưa có kết quả nào được công bố"):
        site_of(Districts.copied(tmp_path), tmp_path / "site")


def test_a_site_that_cannot_be_written_is_a_warning_and_the_publication_stands(districts: Districts) -> None:
    place = site_folder(districts.folder)
    place.write_text("một tệp", encoding="utf-8")
    findings = renew_site(districts.folder, districts.storage)
    assert [finding.severity for finding in findings] == [Severity.WARNING]
    assert "trang kết quả chưa được cập nhật" in findings[0].what
    assert findings[0].action == Action(Act.SITE)
    assert verify_folder(folder_of(districts, CORRECTION)) == []


def test_the_command_writes_the_site_and_says_where(done: Districts, tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["-p", str(done.folder), "site", "--out", str(tmp_path / "site"), "--year", "2017"])
    assert ended.exit_code == 0, ended.output
    assert "Trang kết quả: 2 quyết định" in ended.output
    assert (tmp_path / "site" / "index.html").is_file()
