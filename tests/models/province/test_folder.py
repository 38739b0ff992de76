"""The province folder: every error at once, each with file, line, what is wrong and what to do."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from models.criteria.rules.any_rule import AnyRule
from models.criteria.rules.within import WithinRule
from models.findings import Finding, RefusedError, Severity
from models.province.folder import check_province, load_province
from tests.models.folders import FILES, SO, Folder, sample_folder

SO_FILE, ROUND_FILE = "criteria/so.yaml", "rounds/2025.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path)


def only(folder: Folder, file: str, part: str) -> str:
    """What is said of the line that holds the part, when that is the folder's only error."""
    (error,) = folder.errors()
    place = f"{file}:{folder.line_of(file, part)}: "
    assert error.startswith(place), f"{error} is not at {place}"
    return error.removeprefix(place)


NO_CAP = "khối điểm cần đúng một trong: cap (nhiều nhất của cả khối) hoặc capped: false (không chặn)"


# --- a folder without errors ------------------------------------------------------------------------------------------


def test_a_good_folder_has_no_findings(folder: Folder) -> None:
    assert folder.findings() == []


def test_an_agency_that_appraises_itself_is_remarked(folder: Folder) -> None:
    folder.change("criteria/so.yaml", "            appraised_by: snv", "            appraised_by: stc")
    line = folder.line_of("rounds/2025.yaml", "units: {kind: so}")
    who = "Sở Nội vụ (2 tiêu chí), Sở Tài chính (1 tiêu chí)"
    assert folder.remarks() == [f"rounds/2025.yaml:{line}: vừa được đánh giá, vừa thẩm định chính mình: {who}"]


def test_a_rule_of_working_days_knows_what_its_province_adds_to_the_calendar(folder: Folder) -> None:
    rule = "{kind: within, days: 5, working: true}"
    folder.change(SO_FILE, "{kind: deduction, cases: [{id: late, label: Báo cáo chậm, points: 0.5}]}", rule)
    folder.add("province.yaml", "holidays: [2025-03-21]\nworking_days: [2025-03-22]\n")
    read = load_province(folder.path).criteria_sets["so-2025"].by_code["1.2"].rule
    assert isinstance(read, WithinRule)
    assert (read.days_off, read.days_worked) == ((date(2025, 3, 21),), (date(2025, 3, 22),))
    assert TypeAdapter(AnyRule).validate_json(TypeAdapter(AnyRule).dump_json(read)) == read


@pytest.mark.parametrize(
    ("area", "criterion", "codes"),
    [
        ("1", "1.2", ("1.2.3.4", "1.2.3.5", "1.2.10.1")),
        ("I", "I.1", ("I.1.1.a", "I.1.1.d", "I.1.1.đ", "I.1.1.e")),
        ("I", "I.1", ("I.1.VIII.1", "I.1.IX.1", "I.1.X.1")),
        ("1", "1.1", ("1.1.9a", "1.1.10a", "1.1.10b")),
    ],
)
def test_codes_of_four_levels_with_letters_and_roman_numerals_keep_their_order(
    folder: Folder, area: str, criterion: str, codes: tuple[str, ...]
) -> None:
    def errors(order: Iterable[str]) -> list[str]:
        worth = "max: 10, source: self, rule: {kind: points}"
        leaves = "".join(f"          - {{code: {code}, name: Mục, {worth}}}\n" for code in order)
        head = f"      - code: {criterion}\n        name: Tiêu chí\n        components:\n"
        areas = f"areas:\n  - code: '{area}'\n    name: Lĩnh vực\n    criteria:\n{head}{leaves}"
        folder.write(SO_FILE, f"id: so-2025\ntitle: Bộ\n{areas}")
        return [error for error in folder.errors() if "mã" in error and SO_FILE in error]

    assert errors(codes) == []
    assert len(errors(reversed(codes))) == len(codes) - 1


@pytest.mark.parametrize(
    ("groups", "codes", "said"),
    [
        ("[{code: 1.1.1, name: Nhóm}]", ("1.1.1.1", "1.1.1.2", "1.1.2"), ""),
        ("[{code: 1.1.9, name: Nhóm}]", ("1.1.1.1",), "nhóm 1.1.9 không có tiêu chí thành phần nào"),
        ("[{code: 1.2.1, name: Nhóm}]", ("1.1.1.1",), "mã 1.2.1 không thuộc 1.1"),
        (
            "[{code: 1.1.1, name: A}, {code: 1.1.1.1, name: B}]",
            ("1.1.1.1.1", "1.1.1.2"),
            "nhóm 1.1.1.1 nằm trong nhóm khác",
        ),
    ],
)
def test_a_named_level_has_components_of_its_own_and_lies_under_its_criterion(
    folder: Folder, groups: str, codes: tuple[str, ...], said: str
) -> None:
    worth = "max: 10, source: self, rule: {kind: points}"
    leaves = "".join(f"          - {{code: {code}, name: Mục, {worth}}}\n" for code in codes)
    head = f"      - code: '1.1'\n        name: Tiêu chí\n        groups: {groups}\n        components:\n"
    areas = f"areas:\n  - code: '1'\n    name: Lĩnh vực\n    criteria:\n{head}{leaves}"
    folder.write(SO_FILE, f"id: so-2025\ntitle: Bộ\n{areas}")
    errors = [error for error in folder.errors() if SO_FILE in error and ("mã" in error or "nhóm" in error)]
    assert bool(errors) == bool(said)
    assert all(said in error for error in errors[:1])


def test_a_good_folder_becomes_a_province(folder: Folder) -> None:
    province = load_province(folder.path)
    assert province.config.proper_name == "Mẫu"
    assert list(province.rounds) == [2025]
    assert list(province.criteria_sets) == ["so-2025", "xa-2025"]
    assert province.units["phuong-c"].aliases == ("Phường Cũ", "P. C")
    assert [str(step.weight) for step in province.successions] == ["0.6", "0.4"]


def test_a_group_has_the_units_that_exist_on_the_last_day_of_the_year(folder: Folder) -> None:
    province = load_province(folder.path)
    round = province.round_of(2025)
    members = {group.id: [unit.code for unit in province.members(round, group)] for group in round.groups}
    assert members == {"so": ["snv", "stc", "vpub"], "xa": ["phuong-c", "xa-ab"]}


def test_a_unit_is_found_in_its_group(folder: Folder) -> None:
    province = load_province(folder.path)
    found = province.group_of(province.round_of(2025), "xa-ab")
    assert found is not None
    assert found.id == "xa"
    assert province.group_of(province.round_of(2025), "xa-a") is None


def test_a_listed_unit_that_ended_within_the_year_may_take_part(folder: Folder) -> None:
    folder.change(ROUND_FILE, "{kind: [xa, phuong]}", "{kind: [xa, phuong], codes: [xa-a], except: [phuong-c]}")
    assert folder.errors() == []
    province = load_province(folder.path)
    round = province.round_of(2025)
    assert [unit.code for unit in province.members(round, round.groups[1])] == ["xa-a", "xa-ab"]


def test_a_year_without_a_round_is_refused_with_the_years_there_are(folder: Folder) -> None:
    with pytest.raises(RefusedError) as refused:
        load_province(folder.path).round_of(2024)
    assert str(refused.value) == (
        "rounds/2024.yaml: LỖI: chưa khai báo kỳ đánh giá năm 2024. Tạo tệp này; đã có: 2025."
    )


def test_a_folder_with_errors_is_refused_with_all_of_them(folder: Folder) -> None:
    folder.change(SO_FILE, "max: 60", "max: 50").remove("units.csv")
    with pytest.raises(RefusedError) as refused:
        load_province(folder.path)
    assert [finding.file for finding in refused.value.findings] == [SO_FILE, "units.csv"]


def test_warnings_alone_refuse_nothing(folder: Folder) -> None:
    folder.change(SO_FILE, "max: 60", "max: 61")
    assert load_province(folder.path).criteria_sets["so-2025"].maximum == 100
    line = folder.line_of(SO_FILE, "max: 61")
    assert folder.warnings() == [
        f"{SO_FILE}:{line}: lĩnh vực 1: tổng điểm tối đa của các mục con là 60, thấp hơn 61",
    ]


def test_codes_without_quotes_keep_their_zeros(folder: Folder) -> None:
    more = [f"      - {{code: 1.{n}, name: Mục, max: 0.1, source: self, rule: {{kind: binary}}}}" for n in range(3, 11)]
    folder.change(SO_FILE, 'code: "1.1"', "code: 1.1").change(SO_FILE, "        max: 20\n", "        max: 19.2\n")
    folder.change(SO_FILE, '  - code: "2"\n', "\n".join([*more, '  - code: "2"\n']))
    assert folder.errors() == []
    codes = [leaf.code for leaf in load_province(folder.path).criteria_sets["so-2025"].leaves]
    assert codes[2:] == ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "2.1"]


def test_a_code_with_a_leading_zero_keeps_it(folder: Folder) -> None:
    folder.add("units.csv", "010,Xã Mười,xa,,,,,\n").change(
        ROUND_FILE, "{kind: [xa, phuong]}", "{kind: [xa, phuong], except: [010]}"
    )
    assert folder.errors() == []
    assert load_province(folder.path).round_of(2025).groups[1].units.except_ == ("010",)


# --- findings ---------------------------------------------------------------------------------------------------------


def test_a_finding_is_said_in_one_line_with_place_and_remedy(folder: Folder) -> None:
    folder.change("units.csv", "snv,Sở Nội vụ", "stc,Sở Nội vụ")
    (finding,) = folder.findings()
    assert str(finding) == ("units.csv:3: LỖI: mã đơn vị “stc” đã có ở dòng 2. Đặt cho mỗi đơn vị một mã riêng.")


def test_ten_errors_in_six_files_are_all_reported_at_once(folder: Folder) -> None:
    folder.change("province.yaml", "name: tỉnh Mẫu", "name: tỉnh Mẫu\nten: Mẫu")
    folder.change("units.csv", "snv,Sở Nội vụ,so,,,,,", "snv,Sở Nội vụ,so,,khong-co,,,")
    folder.change("units.csv", "xa-b,Xã B,xa,,,,2025-06-30,", "xa-b,Xã B,xa,,,2025-07-15,2025-06-30,")
    folder.change("successions.csv", "xa-b,xa-ab,2025-07-01,merged,0.4", "xa-b,xa-ab,2025-07-01,merged,")
    folder.change(SO_FILE, "max: 60", "max: 59").change(SO_FILE, 'code: "1.2"', 'code: "3.2"')
    folder.change(SO_FILE, "kind: survey, scale: 5", "kind: suvey, scale: 5")
    folder.change("criteria/xa.yaml", "max: 100", "max: 100.1234567")
    folder.change(ROUND_FILE, "{kind: so}", "{kind: [so, ban]}")
    folder.change(ROUND_FILE, "appraisal: 2026-01-31", "appraisal: 2026-01-01")
    assert folder.errors() == [
        "criteria/so.yaml:6: lĩnh vực 1: tổng điểm tối đa của các mục con là 60, vượt 59",
        "criteria/so.yaml:28: mã 3.2 không thuộc 1",
        "criteria/so.yaml:42: không có loại quy tắc “suvey”",
        "criteria/xa.yaml:7: “max” là 100.1234567, có quá 6 chữ số thập phân",
        "province.yaml:2: không có mục tên “ten”",
        "rounds/2025.yaml:6: không có loại đơn vị “ban” trong units.csv",
        "rounds/2025.yaml:21: hạn thẩm định (01/01/2026) trước hạn tự đánh giá (10/01/2026)",
        "successions.csv:3: thiếu trọng số, trong khi dòng khác của cùng đơn vị mới có trọng số",
        "units.csv:3: không có đơn vị cấp trên “khong-co”",
        "units.csv:6: ngày bắt đầu (15/07/2025) sau ngày kết thúc (30/06/2025)",
    ]


def test_findings_are_sorted_by_file_and_line_and_have_a_remedy(folder: Folder) -> None:
    folder.change(SO_FILE, "max: 60", "max: 50").change(SO_FILE, 'code: "2.1"', 'code: "1.2"')
    folder.change(ROUND_FILE, "[vpub]", "[khong-co]").change("units.csv", "phuong-c,Phường C,phuong", "phuong c,,")
    findings = folder.findings()
    assert len(findings) >= 6
    assert findings == sorted(findings, key=lambda finding: (finding.file, finding.line, finding.what))
    assert all(finding.remedy and not finding.remedy.endswith(".") for finding in findings)
    assert all(finding.what and not finding.what.endswith(".") for finding in findings)


# --- province.yaml ----------------------------------------------------------------------------------------------------


def test_a_folder_that_is_no_province_is_named(tmp_path: Path) -> None:
    province, (finding,) = check_province(tmp_path / "nowhere")
    assert province is None
    assert finding.what == f"không có tệp này trong {tmp_path / 'nowhere'}"
    assert finding.remedy == "Chỉ đúng thư mục tỉnh (--province) hoặc tạo tệp này"


def test_a_missing_province_file_hides_no_other_error(folder: Folder) -> None:
    folder.remove("province.yaml").change(SO_FILE, "max: 60", "max: 50")
    assert [error.split(":")[0] for error in folder.errors()] == [SO_FILE, "province.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("name: tỉnh Mẫu", "name: ''", "“name” để trống"),
        ("name: tỉnh Mẫu", "name:", "“name” để trống"),
        ("name: tỉnh Mẫu", "names: tỉnh Mẫu", "không có mục tên “names”"),
        ("{id: stc, name: Sở Tài chính}", "{id: snv, name: Sở Tài chính}", "mã “snv” lặp lại trong appraisers"),
    ],
)
def test_an_error_of_the_province_file_is_at_its_line(folder: Folder, old: str, new: str, what: str) -> None:
    folder.change("province.yaml", old, new)
    line = folder.line_of("province.yaml", new)
    assert f"province.yaml:{line}: {what}" in folder.errors()


@pytest.mark.parametrize(
    ("site", "what"),
    [
        ("hide_units: [stc, khong-co]", "không có đơn vị “khong-co” trong units.csv"),
        ("hide_fields: [grade, ten]", "giá trị “ten” không hợp lệ ở mục “hide_fields (mục thứ 2)”"),
        (
            "address: cchc.mau.example",
            "“cchc.mau.example” không phải là địa chỉ trang web; ghi dạng https://cchc.tinh.gov.vn",
        ),
        (
            "address: 'https://a.example/?q=1'",
            "“https://a.example/?q=1” không phải là địa chỉ trang web; ghi dạng https://cchc.tinh.gov.vn",
        ),
        ("adress: https://a.example", "không có mục tên “adress”"),
    ],
)
def test_an_error_of_the_results_site_is_at_its_line(folder: Folder, site: str, what: str) -> None:
    folder.change("province.yaml", "name: tỉnh Mẫu", f"name: tỉnh Mẫu\nsite:\n  {site}")
    assert folder.errors() == [f"province.yaml:3: {what}"]


def test_the_address_of_the_results_site_is_kept_without_its_last_slash(folder: Folder) -> None:
    folder.change("province.yaml", "name: tỉnh Mẫu", "name: tỉnh Mẫu\nsite: {address: 'https://mau.example/cchc/'}")
    assert load_province(folder.path).config.site.address == "https://mau.example/cchc"


# --- units.csv --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("stc,Sở Y tế,so,,,,,", "mã đơn vị “stc” đã có ở dòng 2"),
        ("syt,Sở Y tế,so,,khong-co,,,", "không có đơn vị cấp trên “khong-co”"),
        ("syt,Sở Y tế,so,,syt,,,", "đơn vị “syt” là cấp trên của chính nó"),
        ("syt,Sở Y tế,so,,,2025-07-02,2025-07-01,", "ngày bắt đầu (02/07/2025) sau ngày kết thúc (01/07/2025)"),
        ("syt,Sở Y tế,so,,,1/72025,,", "“1/72025” ở cột valid_from không phải là ngày"),
        ("syt,,so,,,,,", "cột name: thiếu giá trị"),
        ("syt,Sở Y tế,,,,,,", "cột kind: thiếu giá trị"),
        ("s yt,Sở Y tế,so,,,,,", "cột code: “s yt” không hợp lệ"),
        ("syt,Sở Y tế, Y học,so,,,,,,", "có 10 cột, trong khi dòng tiêu đề có 8"),
    ],
)
def test_an_error_of_a_unit_is_at_its_line(folder: Folder, row: str, what: str) -> None:
    folder.add("units.csv", row + "\n")
    assert folder.errors() == [f"units.csv:9: {what}"]


def test_all_errors_of_one_unit_are_said_together(folder: Folder) -> None:
    folder.add("units.csv", "s yt,,so,,,hôm nay,mai,\n")
    assert folder.errors() == [
        "units.csv:9: cột code: “s yt” không hợp lệ",
        "units.csv:9: cột name: thiếu giá trị",
        "units.csv:9: “hôm nay” ở cột valid_from không phải là ngày",
        "units.csv:9: “mai” ở cột valid_to không phải là ngày",
    ]


def test_a_unit_whose_line_is_wrong_is_not_called_unknown_elsewhere(folder: Folder) -> None:
    folder.change("units.csv", "xa-a,Xã A,xa,,,,2025-06-30,", "xa-a,Xã A,xa,,,,30/62025,")
    assert folder.errors() == ["units.csv:5: “30/62025” ở cột valid_to không phải là ngày"]


def test_units_in_a_circle_of_superiors_are_each_named(folder: Folder) -> None:
    folder.add("units.csv", "a,A,so,,b,,,\nb,B,so,,a,,,\n")
    assert folder.errors() == [
        "units.csv:9: đơn vị “a” là cấp trên của chính nó",
        "units.csv:10: đơn vị “b” là cấp trên của chính nó",
    ]


def test_a_missing_list_of_units_is_one_error_and_not_fifty(folder: Folder) -> None:
    folder.remove("units.csv")
    assert folder.errors() == ["units.csv:0: thiếu tệp danh sách đơn vị"]


def test_a_list_of_units_without_a_needed_column_is_one_error(folder: Folder) -> None:
    folder.change("units.csv", "code,name,kind", "code,name,loai")
    assert folder.errors() == ["units.csv:1: thiếu cột “kind”"]
    assert folder.warnings() == ["units.csv:1: không biết cột “loai”"]


def test_a_list_of_units_without_units_is_an_error(folder: Folder) -> None:
    folder.write("units.csv", FILES["units.csv"].splitlines()[0])
    assert folder.errors() == ["units.csv:0: chưa có đơn vị nào"]


def test_a_list_of_units_saved_by_excel_is_taken(folder: Folder) -> None:
    text = folder.text("units.csv").replace(";", "/").replace(",", ";").replace("\n", "\r\n")
    folder.write("units.csv", b"\xef\xbb\xbf" + text.encode())
    assert folder.findings() == []


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ('sxd,"Sở Xây\ndựng",so', "tên đơn vị có ký tự không in được (U+000A)"),
        ("sxd,Sở Xây dựng 🏗,so", "tên đơn vị có ký tự không in được (U+1F3D7)"),
        ("CON,Sở Xây dựng,so", "mã “CON” là tên thiết bị của Windows, không đặt tên tệp được"),
        ("lpt1,Sở Xây dựng,so", "mã “lpt1” là tên thiết bị của Windows, không đặt tên tệp được"),
    ],
)
def test_a_unit_that_no_paper_or_file_can_bear_is_refused(folder: Folder, row: str, what: str) -> None:
    folder.add("units.csv", f"{row},,,,,\n")
    assert [error.split(": ", 1)[1] for error in folder.errors()] == [what]


# --- successions.csv --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("khong-co,phuong-c,2025-07-01,renamed,", "không có đơn vị “khong-co” trong units.csv"),
        ("xa-a,khong-co,2025-07-01,renamed,", "không có đơn vị “khong-co” trong units.csv"),
        ("xa-a,xa-ab,2025-07-01,merged,0.6", "dòng lặp lại dòng 2"),
        ("xa-a,phuong-c,2025-07-01,dissolved,", "cột kind: “dissolved” không hợp lệ"),
        ('xa-a,phuong-c,2025-07-01,split,"0,5"', "cột weight: “0,5” không hợp lệ"),
        ("xa-a,phuong-c,2025-07-01,split,0", "cột weight: “0” không hợp lệ"),
        ("xa-a,phuong-c,,split,", "cột date: thiếu giá trị"),
        ("xa-a,phuong-c,31/02/2025,split,", "“31/02/2025” ở cột date không phải là ngày"),
        ("xa-a,xa-a,2025-07-01,renamed,", "kế thừa thành vòng tròn: xa-a → xa-a"),
    ],
)
def test_an_error_of_a_succession_is_at_its_line(folder: Folder, row: str, what: str) -> None:
    folder.add("successions.csv", row + "\n")
    assert folder.errors() == [f"successions.csv:4: {what}"]


def test_an_unknown_kind_of_succession_names_the_known_ones(folder: Folder) -> None:
    folder.add("successions.csv", "xa-a,phuong-c,2025-07-01,dissolved,\n")
    assert folder.findings()[0].remedy == "Dùng một trong: renamed, merged, split, continued"


def test_weights_are_given_to_all_or_to_none(folder: Folder) -> None:
    folder.change("successions.csv", "merged,0.4", "merged,")
    assert folder.errors() == ["successions.csv:3: thiếu trọng số, trong khi dòng khác của cùng đơn vị mới có trọng số"]


def test_a_unit_that_others_merge_into_says_whether_its_own_past_counts(folder: Folder) -> None:
    folder.add("successions.csv", "xa-b,phuong-c,2025-07-01,merged,\n")
    assert folder.errors() == [
        "successions.csv:4: đơn vị Phường C đã có trước ngày 01/07/2025; thiếu dòng kế thừa của chính đơn vị này"
    ]
    folder.add("successions.csv", "phuong-c,phuong-c,2025-07-01,continued,\n")
    assert folder.errors() == []


def test_a_circle_of_successions_is_told_in_order(folder: Folder) -> None:
    folder.add("successions.csv", "xa-ab,phuong-c,2025-08-01,renamed,\nphuong-c,xa-b,2025-09-01,renamed,\n")
    assert folder.errors() == ["successions.csv:3: kế thừa thành vòng tròn: phuong-c → xa-b → xa-ab → phuong-c"]


def test_every_circle_of_successions_is_told(folder: Folder) -> None:
    folder.write("successions.csv", "predecessor,successor,date,kind\n")
    folder.add("successions.csv", "xa-a,xa-b,2025-07-01,renamed\nxa-b,xa-a,2025-07-01,renamed\n")
    folder.add("successions.csv", "stc,snv,2025-07-01,renamed\nsnv,stc,2025-07-01,renamed\n")
    assert folder.errors() == [
        "successions.csv:2: kế thừa thành vòng tròn: xa-a → xa-b → xa-a",
        "successions.csv:4: kế thừa thành vòng tròn: snv → stc → snv",
    ]


def test_a_unit_that_comes_back_after_years_is_only_a_warning(folder: Folder) -> None:
    folder.write("successions.csv", "predecessor,successor,date,kind\n")
    folder.add("successions.csv", "xa-a,xa-b,2019-07-01,split\nxa-b,xa-a,2025-07-01,merged\n")
    folder.add("successions.csv", "xa-a,xa-a,2025-07-01,continued\n")
    assert folder.errors() == []
    assert folder.warnings() == ["successions.csv:2: qua nhiều năm, đơn vị quay về mã cũ: xa-a → xa-b → xa-a"]


def test_three_thousand_successions_are_checked_in_a_second(folder: Folder) -> None:
    units = "".join(f"x{n},Xã {n},xa,,,,2024-12-31,\n" for n in range(3000))
    steps = "".join(f"x{n},xa-ab,2025-07-01,merged,1\n" for n in range(3000))
    folder.add("units.csv", units).add("successions.csv", steps)
    assert len(load_province(folder.path).successions) == 3002


# --- criteria/*.yaml --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("max: 60", "max: 59.5", "lĩnh vực 1: tổng điểm tối đa của các mục con là 60, vượt 59,5"),
        (
            "năm\n        max: 40",
            "năm\n        max: 30",
            "tiêu chí 1.1: tổng điểm tối đa của các mục con là 40, vượt 30",
        ),
        ('code: "1.1.2"', 'code: "1.1.1" # hai', "mã 1.1.1 đã dùng ở dòng 12"),
        ('code: "1.1.2"', 'code: "1.1.0"', "mã 1.1.0 đứng sau 1.1.1: sai thứ tự"),
        ('code: "1.2"', 'code: "1.0"', "mã 1.0 đứng sau 1.1: sai thứ tự"),
        ('code: "1.2"', 'code: "2.2"', "mã 2.2 không thuộc 1"),
        ('code: "1.1.2"', 'code: "1.2.2"', "mã 1.2.2 không thuộc 1.1"),
        ("code: T1", 'code: "1.2"', "mã 1.2 đã dùng ở dòng 28"),
        ("appraised_by: snv", "appraised_by: syt", "không có cơ quan thẩm định “syt”"),
        ("năm\n        max: 40", "năm\n        appraised_by: syt", "không có cơ quan thẩm định “syt”"),
        ("{units: [vpub]}", "{units: [vpubx]}", "không có đơn vị “vpubx”"),
        ("{units: [vpub]}", "{kinds: [ban]}", "không có loại đơn vị “ban” trong units.csv"),
        ("each: 0.5, max: 1}", "each: 0.5, not_applicable: {units: [x]}}", "không có đơn vị “x”"),
        ("source: survey", "source: self #", "tiêu chí 2.1 tính từ phiếu khảo sát mà nguồn là self"),
        ("        max: 20\n", "", "tiêu chí 1.2 không có tiêu chí thành phần mà thiếu max"),
        ("        source: register\n", "", "tiêu chí 1.2 không có tiêu chí thành phần mà thiếu source"),
        ("năm\n        max: 40", "năm\n        rule: {kind: binary}", "tiêu chí 1.1 vừa có rule vừa có components"),
        ("{over: 90,", "{from: 70,", "tiêu chí 1.1.2: bậc chồng lấn với bậc trước tại 70"),
        ("{over: 90, points: 30}", "{over: 90, points: 31}", "tiêu chí 1.1.2: 31 điểm vượt điểm tối đa 30"),
        (
            "- {points: 0}",
            "- {from: 10, points: 0}",
            "tiêu chí 1.1.2: bậc cuối có cận nên còn giá trị không thuộc bậc nào",
        ),
        ("scale: 5", "scale: 5, scale_from: 5", "tiêu chí 2.1: scale_from không nhỏ hơn scale"),
    ],
)
def test_what_does_not_fit_in_a_criteria_set_is_said(folder: Folder, old: str, new: str, what: str) -> None:
    folder.change(SO_FILE, old, new)
    assert [error.split(": ", 1)[1] for error in folder.errors()] == [what]


@pytest.mark.parametrize(
    ("old", "new", "line_with"),
    [
        ("max: 60", "max: 59.5", "max: 59.5"),
        ('code: "1.1.2"', 'code: "1.1.1" # hai', "# hai"),
        ("appraised_by: snv", "appraised_by: syt", "appraised_by: syt"),
        ("- {points: 0}", "- {from: 10, points: 0}", "from: 10"),
        ("{over: 90,", "{from: 70,", "- {from: 70, points: 15"),
        ("        source: register\n", "", 'code: "1.2"'),
    ],
)
def test_what_does_not_fit_is_said_at_its_line(folder: Folder, old: str, new: str, line_with: str) -> None:
    folder.change(SO_FILE, old, new)
    assert only(folder, SO_FILE, line_with)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("max: 30", "max: hai", "“max” là “hai”, không phải là số"),
        ("max: 30", 'max: "2,5"', "“max” là “2,5”, không phải là số"),
        ("max: 30", "max: 2,5", "“max” là “2,5”, không phải là số"),
        ("max: 30", "max: [30]", "“max” không phải là số"),
        ("max: 30", "max: -30", "“max” là -30, phải lớn hơn 0"),
        ("max: 30", "max: 30.1234567", "“max” là 30.1234567, có quá 6 chữ số thập phân"),
        ("max: 30", "max: 1000000000000000", "“max” là 1000000000000000, quá lớn"),
        ("max: 30", "max: .nan", "“max” là “.nan”, không phải là số"),
        ("max: 30", "max:", "“max” để trống"),
        ("kind: deduction", "kind: deductions", "không có loại quy tắc “deductions”"),
        ("{kind: deduction, cases", "{cases", "quy tắc thiếu loại (kind)"),
        ("source: register", "source: tu-cham", "giá trị “tu-cham” không hợp lệ ở mục “source”"),
        ("id: late", "id: Báo cáo", "“id” có ký tự không dùng được: Báo cáo"),
        ("code: T1", "code: T 1", "“code” có ký tự không dùng được: T 1"),
        ("code: T1", "code: yes", "“code” phải là chữ"),
        ("days: 10", 'days: "10"', "“days” không phải là số nguyên"),
        ("days: 10", "days: 2.5", "“days” không phải là số nguyên"),
        (
            "deadline: 01-31",
            "deadline: 02-30",
            "hạn “02-30” phải là ngày có thật, dạng 2025-01-31, hoặc tháng-ngày cho mọi năm, dạng “01-31”",
        ),
        ("{units: [vpub]}", "{units: vpub}", "“units” phải là một danh sách"),
        ("{units: [vpub]}", "{units: [true]}", "“units (mục thứ 1)” phải là chữ"),
        ("{units: [vpub]}", "vpub", "“not_applicable” phải có các mục con"),
        ("{units: [vpub]}", "{by_event: được}", "“by_event” là “được”, không phải là có hoặc không"),
        ("title: Bộ tiêu chí", "evidence: x\ntitle: Bộ tiêu chí", "không có mục tên “evidence”"),
        ("  cap: 2\n", "", NO_CAP),
        ("  cap: 2\n", "  cap: 2\n  capped: false\n", NO_CAP),
        ("name: Sáng kiến được công nhận", "name: ' '", "“name” để trống"),
        ("cases: [{id: late, label: Báo cáo chậm, points: 0.5}]", "cases: []", "“cases” có quá ít mục (cần ít nhất 1)"),
        ("max: 60", "max: 60\n    max: 61", "mục “max” ghi hai lần"),
    ],
)
def test_what_is_not_as_a_criteria_set_is_written_is_said(folder: Folder, old: str, new: str, what: str) -> None:
    folder.change(SO_FILE, old, new)
    assert [error.split(": ", 1)[1] for error in folder.errors()] == [what]


def test_an_unknown_kind_of_rule_names_the_known_ones(folder: Folder) -> None:
    folder.change(SO_FILE, "kind: deduction", "kind: deductions")
    known = "points, binary, options, tiers, proportional, on_time, within, checklist, deduction, survey, external"
    known += ", by_fact, min_max"
    assert folder.findings()[0].remedy == f"Có phải “deduction”? Dùng một trong: {known}"


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("tier", "tiers"),
        ("ratio", "proportional"),
        ("deadline", "on_time"),
        ("tỷ lệ", "proportional"),
        ("check_list", "checklist"),
    ],
)
def test_a_kind_called_otherwise_is_asked_about(folder: Folder, kind: str, meant: str) -> None:
    folder.change(SO_FILE, "kind: deduction", f"kind: {kind}")
    assert folder.findings()[0].remedy.startswith(f"Có phải “{meant}”? ")


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("late: [{days", "laet: [{days", "late"),
        ("{over: 90, points", "{ovr: 90, points", "over"),
        ("cases: [{id: late, label", "cases: [{id: late, lable", "label"),
        ("each: 0.5", "eech: 0.5", "each"),
        ("appraised_by: snv", "apraised_by: snv", "appraised_by"),
        ("{units: [vpub]}", "{unit: [vpub]}", "units"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest_that_may_stand_there(
    folder: Folder, old: str, new: str, meant: str
) -> None:
    folder.change(SO_FILE, old, new)
    remedies = [finding.remedy for finding in folder.findings() if finding.what.startswith("không có mục tên")]
    assert [remedy.partition("?")[0] for remedy in remedies] == [f"Có phải “{meant}”"]


def test_a_name_like_no_other_is_answered_with_all_that_may_stand_there(folder: Folder) -> None:
    folder.change(SO_FILE, "{kind: survey, scale: 5}", "{kind: survey, scale: 5, xyz: 1}")
    remedy = "Sửa tên mục hoặc bỏ đi; ở đây ghi được: kind, answers, scale, scale_from, forms"
    assert [finding.remedy for finding in folder.findings()] == [remedy]


def test_a_rule_without_a_kind_names_the_known_ones(folder: Folder) -> None:
    folder.change(SO_FILE, "{kind: deduction, cases", "{cases")
    assert folder.findings()[0].remedy.startswith("Ghi kind là một trong: points, binary,")


def test_a_wrong_source_names_the_known_ones(folder: Folder) -> None:
    folder.change(SO_FILE, "source: register", "source: tu-cham")
    assert folder.findings()[0].remedy == "Dùng một trong: self, survey, register, external"


def test_a_misspelt_value_is_asked_about(folder: Folder) -> None:
    folder.change(SO_FILE, "source: register", "source: registr")
    assert folder.findings()[0].remedy.startswith("Có phải “register”? Dùng một trong: self,")


def test_errors_of_form_and_of_sense_in_one_file_are_said_together(folder: Folder) -> None:
    folder.change(SO_FILE, "kind: deduction", "kind: deductions").change(SO_FILE, "max: 30", "max: ba mươi")
    folder.change(SO_FILE, 'code: "2.1"', 'code: "1.1"').change(SO_FILE, "late: [", "lates: [")
    folder.change(SO_FILE, "max: 40\n    not_applicable", "max: 39\n    not_applicable")
    assert folder.errors() == [
        f"{SO_FILE}:16: không có mục tên “lates”",
        f"{SO_FILE}:20: “max” là “ba mươi”, không phải là số",
        f"{SO_FILE}:32: không có loại quy tắc “deductions”",
        f"{SO_FILE}:35: lĩnh vực 2: tổng điểm tối đa của các mục con là 40, vượt 39",
        f"{SO_FILE}:38: mã 1.1 không thuộc 2",
        f"{SO_FILE}:38: mã 1.1 đã dùng ở dòng 8",
    ]


def test_of_a_set_that_is_read_in_part_nothing_is_said_that_hangs_on_the_rest(folder: Folder) -> None:
    folder.change(SO_FILE, "max: 30", "max: ba mươi")
    assert [finding.what for finding in folder.findings()] == ["“max” là “ba mươi”, không phải là số"]


def test_two_sets_with_one_id_are_an_error_and_both_are_checked(folder: Folder) -> None:
    folder.write("criteria/so-2.yaml", SO.replace("max: 60", "max: 59"))
    assert folder.errors() == [
        "criteria/so-2.yaml:6: lĩnh vực 1: tổng điểm tối đa của các mục con là 60, vượt 59",
        "criteria/so.yaml:1: mã bộ tiêu chí “so-2025” đã dùng ở criteria/so-2.yaml",
    ]


def test_a_set_of_another_total_than_100_is_a_warning(folder: Folder) -> None:
    folder.change("criteria/xa.yaml", "max: 100", "max: 98.5")
    assert folder.errors() == []
    assert folder.warnings() == ["criteria/xa.yaml:3: tổng điểm tối đa của bộ tiêu chí là 98,5, không phải 100"]


def test_a_file_that_would_be_passed_over_is_a_warning(folder: Folder) -> None:
    folder.write("criteria/nhap.yml", "id: x\n")
    assert folder.warnings() == ["criteria/nhap.yml:0: tệp không được đọc vì có đuôi .yml"]


# --- YAML -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("id: a: b\n", 1, "sai cú pháp YAML: thừa dấu hai chấm hoặc thụt dòng sai"),
        ("id: a\ntitle\nareas: []\n", 3, "sai cú pháp YAML: thiếu dấu hai chấm sau tên mục"),
        ("id: a\nareas:\n\t- code\n", 3, "sai cú pháp YAML: có ký tự không được đứng đầu"),
        ("id: a\nareas:\n  - a: 1\n - b: 2\n", 4, "sai cú pháp YAML: thụt dòng không đều"),
        ("id: a\nareas: [1, 2\ntitle: x\n", 3, "sai cú pháp YAML: dấu ngoặc mở mà không đóng"),
        ('id: "a\n', 2, "sai cú pháp YAML: dấu ngoặc mở mà không đóng"),
        ("id: *a\n", 1, "sai cú pháp YAML: dấu * chỉ tới một tên không có"),
        ('id: "\\q"\n', 1, "sai cú pháp YAML: dấu \\ trong ngoặc kép"),
        ("id: a\n---\nid: b\n", 2, "sai cú pháp YAML: tệp có hai phần ngăn bằng ---"),
        ("id: a\ntitle: b\x01\n", 2, "có ký tự điều khiển không in được"),
        ("? [a]\n: b\nid: a\n", 1, "tên mục không phải là chữ"),
        ("- id: a\n", 1, "tệp không có nội dung dạng “mục: giá trị”"),
        ("", 1, "tệp không có nội dung dạng “mục: giá trị”"),
        ("areas: " + "[" * 50000, 1, "các mục lồng nhau quá sâu"),
        ("Bộ tiêu chí".encode("utf-16"), 0, "tệp không phải UTF-8"),
    ],
)
def test_a_file_that_is_no_yaml_is_an_error_at_its_line(
    folder: Folder, content: str | bytes, line: int, what: str
) -> None:
    folder.write("criteria/moi.yaml", content)
    assert f"criteria/moi.yaml:{line}: {what}" in folder.errors()


def test_a_set_that_cannot_be_read_is_not_called_unknown(folder: Folder) -> None:
    folder.change(SO_FILE, "title: Bộ", "title: Bộ: ")
    assert [error.split(":")[0] for error in folder.errors()] == [SO_FILE]


def test_a_folder_in_place_of_a_file_cannot_be_read(folder: Folder) -> None:
    (folder.path / "criteria" / "cu.yaml").mkdir()
    assert folder.errors() == ["criteria/cu.yaml:0: là thư mục, không phải tệp"]


def test_what_refers_to_itself_does_no_harm(folder: Folder) -> None:
    folder.write("criteria/vong.yaml", "id: vong\ntitle: Vòng\nareas: &a\n  - criteria: *a\n")
    assert folder.errors()
    assert all(error.startswith("criteria/vong.yaml:") for error in folder.errors())


def test_a_part_may_be_written_once_and_used_twice(folder: Folder) -> None:
    folder.change("criteria/xa.yaml", "max: 100", "max: 60").change("criteria/xa.yaml", "rule: {", "rule: &ty-le {")
    more = '      - {code: "1.2", name: Trả kết quả đúng hạn, max: 40, source: external, rule: *ty-le }\n'
    folder.add("criteria/xa.yaml", more)
    assert folder.findings() == []
    first, second = load_province(folder.path).criteria_sets["xa-2025"].leaves
    assert first.rule == second.rule


# --- rounds/YEAR.yaml -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("year: 2025", "year: 2024 #", "năm 2024 không khớp tên tệp 2025.yaml"),
        ("id: xa\n", "id: so #\n", "nhóm “so” khai báo hai lần"),
        ("criteria_set: xa-2025", "criteria_set: xa-2024", "không có bộ tiêu chí “xa-2024”"),
        ("{kind: so}", "{kind: [so, ban]}", "không có loại đơn vị “ban” trong units.csv"),
        ("{kind: so}", "{kind: so, codes: [sxd]}", "không có đơn vị “sxd” trong units.csv"),
        ("{kind: so}", "{kind: so, except: [sxd]}", "không có đơn vị “sxd” trong units.csv"),
        ("unranked: [vpub]", "unranked: [sxd]", "không có đơn vị “sxd” trong units.csv"),
        ("unranked: [vpub]", "unranked: [xa-ab]", "đơn vị “xa-ab” không thuộc nhóm “so”"),
        ("{kind: so}", "{kind: so, codes: [xa-cu]}", "đơn vị “xa-cu” (Xã Cũ) không tồn tại trong năm 2025"),
        ("[xa, phuong]", "[xa, phuong, so]", "đơn vị “{so}” thuộc hai nhóm: so và xa"),
        ("{kind: [xa, phuong]}", "{}", "nhóm “xa” không có đơn vị nào vào ngày cuối năm 2025"),
        ("{kind: [xa, phuong]}", "{kind: huyen}", "nhóm “xa” không có đơn vị nào vào ngày cuối năm 2025"),
        ('tie_break: ["1"]', 'tie_break: ["9"]', "không biết khóa phân hạng “9”"),
        (
            "appraisal: 2026-01-31",
            "appraisal: 2026-01-09",
            "hạn thẩm định (09/01/2026) trước hạn tự đánh giá (10/01/2026)",
        ),
        (
            "explanation: 2026-02-07",
            "explanation: 2026-01-30",
            "hạn giải trình (30/01/2026) trước hạn thẩm định (31/01/2026)",
        ),
        ("explanation: 2026-02-07", "explanation: 2026-02-30", "“explanation” là “2026-02-30”, không phải là ngày"),
        ("explanation: 2026-02-07", "explanation: 20260207", "“explanation” là “20260207”, không phải là ngày"),
        ("year: 2025", "year: 2025\nsurvey_missing: bỏ", "giá trị “bỏ” không hợp lệ ở mục “survey_missing”"),
        ("year: 2025", "year: 2025\nranking: {decimals: 9}", "“decimals” là 9, không được quá 6"),
    ],
)
def test_what_does_not_fit_in_a_round_is_said(folder: Folder, old: str, new: str, what: str) -> None:
    folder.add("units.csv", "xa-cu,Xã Cũ,xa,,,,2024-12-31,\nhuyen-x,Huyện X,huyen,,,,2025-06-30,\n")
    folder.change(ROUND_FILE, old, new)
    names = {"stc": "Sở Tài chính", "snv": "Sở Nội vụ", "vpub": "Văn phòng UBND tỉnh"}
    expected = [what.replace("“{so}”", f"“{code}” ({name})") for code, name in names.items()]
    assert {error.split(": ", 1)[1] for error in folder.errors()} == set(expected)


@pytest.mark.parametrize(
    ("old", "new", "line_with"),
    [
        ("criteria_set: xa-2025", "criteria_set: xa-2024", "xa-2024"),
        ("unranked: [vpub]", "unranked:\n      - vpub\n      - sxd", "- sxd"),
        ("{kind: so}", "\n      kind: so\n      codes:\n        - sxd", "- sxd"),
        ('tie_break: ["1"]', 'tie_break:\n  - "1"\n  - "9"', '- "9"'),
        ("explanation: 2026-02-07", "explanation: 2026-01-30", "explanation"),
    ],
)
def test_what_does_not_fit_in_a_round_is_said_at_its_line(folder: Folder, old: str, new: str, line_with: str) -> None:
    folder.change(ROUND_FILE, old, new)
    assert only(folder, ROUND_FILE, line_with)


def test_errors_of_form_and_of_sense_in_one_round_are_said_together(folder: Folder) -> None:
    folder.change(ROUND_FILE, "year: 2025", "year: 2025\nranking: {ties: chia}")
    folder.change(ROUND_FILE, "[vpub]", "[sxd]").change(ROUND_FILE, "appraisal: 2026-01-31", "appraisal: 2026-01-01")
    assert [error.split(": ", 1)[1] for error in folder.errors()] == [
        "giá trị “chia” không hợp lệ ở mục “ties”",
        "không có đơn vị “sxd” trong units.csv",
        "hạn thẩm định (01/01/2026) trước hạn tự đánh giá (10/01/2026)",
    ]


# --- grades -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bands", "what"),
    [
        (
            ["A, from: 90", "B, from: 80, under: 85", "C"],
            "khoảng trống giữa mức “B” (dưới 85) và mức “A” (từ 90)",
        ),
        (["A, over: 90", "B, from: 80, under: 90", "C"], "khoảng trống giữa mức “B” (dưới 90) và mức “A” (trên 90)"),
        (["A, from: 90", "B, from: 80, to: 90", "C"], "mức “B” chồng lấn mức “A”"),
        (["A, from: 90", "B, from: 80, under: 95", "C"], "mức “B” chồng lấn mức “A”"),
        (["A, from: 80", "B, from: 90", "C"], "mức “B” chồng lấn mức “A”"),
        (["A, from: 90", "B, from: 90", "C"], "mức “B” chồng lấn mức “A”"),
        (["A, from: 90", "B, from: 80"], "khoảng trống: chỉ số dưới 80 không thuộc mức nào"),
        (["A, from: 90", "B, over: 80"], "khoảng trống: chỉ số từ 80 trở xuống không thuộc mức nào"),
        (["A, from: 90, under: 100", "B"], "khoảng trống: chỉ số trên 100 không thuộc mức nào"),
        (["A, from: 90, to: 99", "B"], "khoảng trống: chỉ số trên 99 không thuộc mức nào"),
        (["A", "B, from: 80", "C"], "mức “A” không có cận dưới mà còn mức sau nó"),
        (["A, from: 90", "A"], "mức “A” ghi hai lần"),
        (["A, from: 90, over: 91", "B"], "mức “A” có hai cận cùng phía"),
        (["A, from: 90", "B, from: 80, to: 80", "C"], "khoảng trống giữa mức “B” (đến 80) và mức “A” (từ 90)"),
    ],
)
def test_bands_that_leave_a_gap_or_overlap_are_an_error(folder: Folder, bands: list[str], what: str) -> None:
    declared = "".join(f"  - {{label: {band}}}\n" for band in bands)
    head, _, _ = folder.text(ROUND_FILE).partition("grades:\n")
    folder.write(ROUND_FILE, f"{head}grades:\n{declared}")
    assert what in [error.split(": ", 1)[1] for error in folder.errors()]


@pytest.mark.parametrize(
    "bands",
    [
        ["A, from: 90", "B, from: 80, under: 90", "C, under: 80"],
        ["A, over: 90", "B, from: 80, to: 90", "C"],
        ["A, over: 90, to: 100", "B, from: 90", "C"],
        ["A, from: 90", "B, from: 0"],
        ["A"],
    ],
)
def test_bands_that_meet_are_right(folder: Folder, bands: list[str]) -> None:
    declared = "".join(f"  - {{label: {band}}}\n" for band in bands)
    head, _, _ = folder.text(ROUND_FILE).partition("grades:\n")
    folder.write(ROUND_FILE, f"{head}grades:\n{declared}")
    assert folder.errors() == []


def test_the_bands_of_a_group_are_checked_too(folder: Folder) -> None:
    folder.change(
        ROUND_FILE, "unranked: [vpub]", "unranked: [vpub]\n    grades: [{label: Khá, from: 50}]\n    gates: []"
    )
    assert only(folder, ROUND_FILE, "from: 50") == "khoảng trống: chỉ số dưới 50 không thuộc mức nào"


def test_no_bands_at_all_are_an_error(folder: Folder) -> None:
    head, _, _ = folder.text(ROUND_FILE).partition("grades:\n")
    folder.write(ROUND_FILE, f"{head}grades: []\n")
    assert only(folder, ROUND_FILE, "grades: []") == "không có mức xếp loại nào"


# --- points -----------------------------------------------------------------------------------------------------------


def test_points_have_some_decimals_or_all_of_them(folder: Folder) -> None:
    folder.change(ROUND_FILE, "year: 2025", "year: 2025\nranking: {points_decimals: exact}")
    assert folder.errors() == []
    folder.change(ROUND_FILE, "exact}", "all}")
    assert only(folder, ROUND_FILE, "ranking") == "giá trị “all” không hợp lệ ở mục “points_decimals”"


def test_no_maximum_is_finer_than_points_are_rounded(folder: Folder) -> None:
    folder.change(ROUND_FILE, "year: 2025", "year: 2025\nranking: {points_decimals: 2}")
    folder.change(SO_FILE, "cap: 2\n", "cap: 2.125\n")
    what = "điểm làm tròn đến 2 chữ số thập phân, nhưng điểm tối đa của bonus (so-2025) là 2,125"
    assert only(folder, ROUND_FILE, "ranking") == what
    folder.change(ROUND_FILE, "points_decimals: 2", "points_decimals: 3")
    assert folder.errors() == []


def test_bonus_that_is_not_cut_needs_a_bonus(folder: Folder) -> None:
    folder.change(ROUND_FILE, "year: 2025", "year: 2025\nranking: {capped: false}")
    warned = [finding.what for finding in folder.findings() if "capped" in finding.what]
    assert warned == []
    head, _, _ = folder.text(SO_FILE).partition("bonus:\n")
    folder.write(SO_FILE, head)
    warned = [finding.what for finding in folder.findings() if "capped" in finding.what]
    assert warned == ["capped: false, nhưng không bộ tiêu chí nào của kỳ có điểm thưởng"]


# --- gates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "what"),
    [
        ('{not_above: Giỏi, when: {area: "1", under: 70}}', "không có mức xếp loại “Giỏi”"),
        ('{not_above: Khá, when: {area: "9", under: 70}}', "bộ tiêu chí so-2025, xa-2025 không có mã 9"),
        ('{not_above: Khá, when: {criterion: "1.9", under: 70}}', "bộ tiêu chí so-2025, xa-2025 không có mã 1.9"),
        ('{not_above: Khá, when: {component: "1.1.9", under: 70}}', "bộ tiêu chí so-2025, xa-2025 không có mã 1.1.9"),
        ('{not_above: Khá, when: {component: "1", under: 70}}', "bộ tiêu chí so-2025, xa-2025 không có mã 1"),
        ('{not_above: Khá, when: {component: "1.2", fact: số, over: 2}}', "số liệu “số” của tiêu chí 1.2 không có"),
        (
            '{not_above: Khá, when: {component: "1.1.1", fact: date, over: 2}}',
            "số liệu “date” của tiêu chí 1.1.1 không phải là số",
        ),
        ("{not_above: Khá, when: {under: 70}}", "điều kiện cần đúng một trong area, criterion, component"),
        (
            '{not_above: Khá, when: {area: "1", criterion: "1.1", under: 70}}',
            "điều kiện cần đúng một trong area, criterion, component",
        ),
        ('{not_above: Khá, when: {area: "1"}}', "điều kiện cần under (%), hoặc component cùng fact và over"),
        (
            '{not_above: Khá, when: {area: "1", fact: late, over: 2}}',
            "điều kiện cần under (%), hoặc component cùng fact và over",
        ),
        (
            '{not_above: Khá, when: {component: "1.2", fact: late, over: 2, under: 5}}',
            "điều kiện cần under (%), hoặc component cùng fact và over",
        ),
        ('{not_above: Khá, when: {area: "1", under: 170}}', "“under” là 170, không được quá 100"),
    ],
)
def test_a_gate_that_can_never_close_is_an_error(folder: Folder, gate: str, what: str) -> None:
    folder.change(ROUND_FILE, '{not_above: Khá, when: {area: "1", under: 70}}', gate)
    assert only(folder, ROUND_FILE, gate) == what


def test_a_gate_of_the_round_may_name_a_part_that_only_one_set_has(folder: Folder) -> None:
    folder.change(ROUND_FILE, 'area: "1", under: 70', 'component: "1.2", fact: late, over: 2')
    assert folder.errors() == []


def test_a_gate_of_a_group_names_a_part_of_its_own_set(folder: Folder) -> None:
    gate = '{not_above: Khá, when: {component: "1.2", under: 50}}'
    folder.change(ROUND_FILE, "{kind: [xa, phuong]}", f"{{kind: [xa, phuong]}}\n    gates: [{gate}]")
    assert only(folder, ROUND_FILE, gate) == "bộ tiêu chí xa-2025 không có mã 1.2"


def test_a_gate_of_the_round_must_suit_the_grades_of_every_group_that_uses_it(folder: Folder) -> None:
    folder.change(ROUND_FILE, "[vpub]", "[vpub]\n    grades: [{label: A, from: 50}, {label: B}]")
    assert only(folder, ROUND_FILE, "not_above") == "nhóm “so” không có mức xếp loại “Khá”"


def test_of_a_set_that_cannot_be_read_no_gate_is_doubted(folder: Folder) -> None:
    folder.change(ROUND_FILE, 'area: "1", under: 70', 'area: "2", under: 70').change(
        SO_FILE, "title: Bộ", "title: Bộ: "
    )
    assert [error.split(":")[0] for error in folder.errors()] == [SO_FILE]


# --- cross-checks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "what"),
    [
        ("{left: 1.9/numerator, op: <=, right: 1.2/late, what: A}", "bộ tiêu chí không có mã 1.9"),
        ("{left: 1.1/numerator, op: <=, right: 1.2/late, what: A}", "bộ tiêu chí không có mã 1.1"),
        ("{left: 1.1.2/late, op: =, right: 1.2/late, what: A}", "số liệu “late” của tiêu chí 1.1.2 không có"),
        ("{left: 1.1.1/date, op: =, right: 1.2/late, what: A}", "số liệu “date” của tiêu chí 1.1.1 không phải là số"),
        ("{left: 1.2/late, op: <, right: [T1/count, T1/count], what: A}", "số liệu T1/count ghi hai lần"),
        ("{left: 1.2/late, op: '>', right: T1/count, what: A}", "giá trị “>” không hợp lệ ở mục “op”"),
        ("{left: 1.2, op: <, right: T1/count, what: A}", "“1.2” không có dạng mã/số liệu, ví dụ 3.4.1/numerator"),
        ("{left: 1.2/late, op: <, right: T1/count}", "thiếu mục “what”"),
        ("{left: [], op: <, right: T1/count, what: A}", "“left” có quá ít mục"),
    ],
)
def test_a_cross_check_that_cannot_be_made_is_an_error(folder: Folder, check: str, what: str) -> None:
    folder.add(SO_FILE, f"checks:\n  - {check}\n")
    assert only(folder, SO_FILE, check).startswith(what)


def test_a_cross_check_of_numbers_that_the_set_asks_for_is_good(folder: Folder) -> None:
    check = "{left: [1.1.2/numerator, 1.2/late], op: =, right: T1/count, what: A, severity: warning, tolerance: 0.5}"
    folder.add(SO_FILE, f"checks: [{check}]\nchanges: {{percent: 30, leaves: {{1.1.2: 80}}}}\n")
    assert folder.findings() == []


def test_a_threshold_of_a_leaf_that_is_not_there_is_an_error(folder: Folder) -> None:
    folder.add(SO_FILE, 'changes:\n  leaves: {"1.9": 80}\n')
    assert only(folder, SO_FILE, "leaves") == "bộ tiêu chí không có mã 1.9"


def test_of_a_set_that_is_read_in_part_no_cross_check_is_doubted(folder: Folder) -> None:
    folder.add(SO_FILE, "checks: [{left: 1.2/late, op: <=, right: 1.1.2/numerator, what: A}]\n")
    folder.change(SO_FILE, "max: 30\n            source", "max: ba mươi\n            source")
    assert len(folder.errors()) == 1


# --- whatever people send ---------------------------------------------------------------------------------------------


def mangled(text: str) -> st.SearchStrategy[bytes]:
    """A file with pieces cut out, doubled or replaced by other bytes."""
    content = text.encode()
    places = st.integers(0, len(content))
    pieces = st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [b"", b"\n", b"\t", b": ", b"- ", b'"', b"&a ", b"*a", b"{", b"]", b"? ", b"<<: ", b",", b";", b"\xff"]
        ),
        places.map(lambda place: content[place : place + 40]),
    )
    edits = st.lists(st.tuples(places, st.integers(0, 40), pieces), min_size=1, max_size=4)

    def edited(changes: list[tuple[int, int, bytes]]) -> bytes:
        result = content
        for place, cut, piece in changes:
            result = result[:place] + piece + result[place + cut :]
        return result

    return edits.map(edited)


def checked(folder: Folder) -> Iterator[Finding]:
    province, findings = check_province(folder.path)
    refused = any(finding.severity is Severity.CRITICAL for finding in findings)
    assert refused is (province is None)
    yield from findings


@pytest.mark.parametrize("file", list(FILES))
def test_a_mangled_file_gives_findings_and_never_a_traceback(file: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(mangled(FILES[file]))
    def findings_of(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as place:
            for finding in checked(sample_folder(Path(place)).write(file, content)):
                assert finding.what
                assert finding.remedy

    findings_of()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(FILES)), st.binary(max_size=200))
def test_any_bytes_in_place_of_a_file_give_findings(file: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        findings = list(checked(sample_folder(Path(place)).write(file, content)))
    assert findings or file == "successions.csv"
