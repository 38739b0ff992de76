"""The appraiser's pages: the list, one leaf of a unit, points with reasons, two appraisers at once, locks."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from httpx import Response
from sqlmodel import select

from models.forms.descriptions import FormKind
from models.forms.sources import ScoreSource
from models.province.folder import load_province
from models.records.storage import Storage
from models.records.tables import Receipt, ScoreVersion
from models.roles import Role
from tasks.recording.importing import read_scores
from tasks.recording.versions import current_facts, current_scores
from tests.flows.desk.browsers import Browser
from tests.models.folders import Folder
from tests.tasks.forms_sent import PLAN, form, on, record, self_assessment

pytestmark = pytest.mark.slow

YEAR = 2025
AT = f"/tham-dinh/{YEAR}/snv"
LEAF = f"{AT}/stc/1.1.2"
LOWER = "Thiếu hồ sơ 10 nhiệm vụ"


@pytest.fixture
def claims(folder: Path, records: Storage) -> None:
    """What the finance department states: all points for 1.1.2, and that 1.1.1 never arose."""
    stated = self_assessment(
        on("1.1.2", facts={"numerator": "95", "denominator": "100"}, evidence=(PLAN,)),
        on("1.1.1", not_applicable=True, text="Trong năm không phát sinh"),
    )
    record(records, load_province(folder), stc=stated)


@pytest.fixture
def appraiser(claims: None, browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.APPRAISER)


def give(browser: Browser, path: str = LEAF, **fields: str | list[str]) -> Response:
    """Open a leaf and send its form, with the version that the page bears."""
    page = browser.open(path).text
    shown = re.search(r'name="version" value="(\d+)"', page)
    assert shown
    return browser.send(path, **({"version": shown[1]} | fields))


def given(records: Storage) -> dict[tuple[str, str], tuple[Decimal | None, str, int]]:
    """What stands as appraised: points, reason, version."""
    with records.reading() as session:
        scores = current_scores(session, YEAR)
    return {
        (entry.unit, entry.component): (entry.points, entry.note, version)
        for entry, version in scores
        if entry.source is ScoreSource.APPRAISAL
    }


def rows_of(page: str) -> list[tuple[str, ...]]:
    """The rows of the list: text of each cell, without notes."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in body.split("</tr>")]
    return [tuple(" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in row) for row in cells if row]


def test_the_list_has_every_leaf_of_every_unit_with_what_was_claimed(appraiser: Browser) -> None:
    page = appraiser.open("/tham-dinh")
    assert page.url.path == AT
    rows = rows_of(page.text)
    finance = [row for row in rows if row[1] == "Sở Tài chính"]
    assert finance[1] == (
        "1.1.2. Mức độ hoàn thành kế hoạch",
        "Sở Tài chính",
        "30",
        "30",
        "–",
        "chưa thẩm định",
    )
    assert finance[0][3] == "không áp dụng"
    assert f"<dt>Còn lại</dt><dd>{len(rows)}</dd>" in page.text
    assert not [row for row in rows if row[0].startswith("2.1")], "surveyed leaves are nobody's"


def test_filters_stand_in_the_address(appraiser: Browser) -> None:
    proven = appraiser.open(f"{AT}?thieu=1&don_vi=stc").text
    assert [row[0][:5] for row in rows_of(proven)] == ["1.1.1", "1.2. "]
    assert '<option value="stc" selected>' in proven
    give(appraiser, points="20,5", reason=LOWER)
    assert [row[:2] for row in rows_of(appraiser.open(f"{AT}?khac=1").text)] == [
        ("1.1.2. Mức độ hoàn thành kế hoạch", "Sở Tài chính")
    ]
    assert len(rows_of(appraiser.open(f"{AT}?mo=1&don_vi=stc").text)) == 2
    assert "Không có dòng nào như vậy" in appraiser.open(f"{AT}?khac=1&don_vi=snv").text


def test_one_screen_shows_what_the_points_depend_on(appraiser: Browser) -> None:
    page = appraiser.open(LEAF).text
    assert "12/KH-STC" in page
    assert "95" in page.partition("<dt>Số liệu</dt>")[2].partition("<dt>")[0]
    assert "trên 90" in page.partition("<dt>Cách tính điểm</dt>")[2].partition("<dt>")[0].lower()
    assert "Văn phòng UBND tỉnh" in page.partition("Các đơn vị khác trong nhóm")[2]
    assert "Chấp thuận không áp dụng" not in page
    assert "Trong năm không phát sinh" in appraiser.open(f"{AT}/stc/1.1.1").text


def test_points_are_a_version_with_a_receipt_that_can_be_read_again(
    appraiser: Browser, records: Storage, folder: Path
) -> None:
    page = give(appraiser, points="20,5", reason=f"  {LOWER} ")
    assert "Đã ghi 1.1.2 của Sở Tài chính." in page.text
    assert page.url.path == LEAF
    assert given(records) == {("stc", "1.1.2"): (Decimal("20.5"), LOWER, 1)}
    with records.reading() as session:
        version = session.exec(select(ScoreVersion).where(ScoreVersion.source == "appraisal")).one()
        receipt = session.get_one(Receipt, version.receipt_id)
    assert receipt.received_by == "Cơ quan thẩm định (mẫu) (appraiser.snv)"
    kept = records.kept(receipt.sha256).read_bytes()
    (entry,), _ = read_scores(kept, "tệp", load_province(folder), YEAR)
    assert (entry.unit, entry.component, entry.points, entry.note) == ("stc", "1.1.2", Decimal("20.5"), LOWER)

    give(appraiser, points="30")
    give(appraiser, points="20.5", reason=LOWER)
    assert given(records) == {("stc", "1.1.2"): (Decimal("20.5"), LOWER, 3)}
    assert "đã cắt giảm" in rows_of(appraiser.open(f"{AT}?don_vi=stc").text)[1]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"points": "20"}, "chưa ghi lý do"),
        ({"points": "31", "reason": LOWER}, "30"),
        ({"points": "-1", "reason": LOWER}, "Chưa thực hiện được"),
        ({"points": "hai", "reason": LOWER}, "không phải là số"),
        ({"points": "0,1234567890123", "reason": LOWER}, "chữ số thập phân"),
        ({"reason": LOWER}, "chưa nhập điểm thẩm định"),
        ({"points": "5", "not_applicable": "1", "reason": LOWER}, "vừa cho điểm vừa chấp thuận"),
    ],
)
def test_what_no_workbook_may_say_is_refused_and_what_was_typed_stays(
    appraiser: Browser, records: Storage, fields: dict[str, str], said: str
) -> None:
    page = give(appraiser, **fields)
    assert page.status_code == 422
    assert said in page.text.partition('role="alert"')[2].partition("</div>")[0]
    assert f'value="{fields.get("points", "")}"' in page.text
    assert given(records) == {}


def test_that_nothing_applies_is_granted_with_a_reason(appraiser: Browser, records: Storage) -> None:
    path = f"{AT}/stc/1.1.1"
    assert give(appraiser, path, not_applicable="1").status_code == 422
    give(appraiser, path, not_applicable="1", reason="Đúng là không phát sinh")
    assert given(records) == {("stc", "1.1.1"): (None, "Đúng là không phát sinh", 1)}


def test_the_second_of_two_appraisers_is_told_and_overwrites_nothing(appraiser: Browser, records: Storage) -> None:
    appraiser.open(LEAF)
    assert appraiser.send(LEAF, version="0", points="15", reason=LOWER).status_code == 200
    late = appraiser.send(LEAF, version="0", points="10", reason="Ý kiến khác")
    assert late.status_code == 409
    assert "Cơ quan thẩm định (mẫu) (appraiser.snv) đã ghi lúc" in late.text
    assert "Ý kiến khác" in late.text
    assert given(records) == {("stc", "1.1.2"): (Decimal(15), LOWER, 1)}
    assert appraiser.send(LEAF, version="1", points="10", reason="Ý kiến khác").status_code == 200


def test_a_workbook_and_the_desk_follow_each_other(appraiser: Browser, records: Storage, folder: Path) -> None:
    give(appraiser, points="20", reason=LOWER)
    sent = form(FormKind.APPRAISAL, "snv", on("1.1.2", points="10", text="Theo phiếu"))
    record(records, load_province(folder), snv=sent)
    assert given(records) == {("stc", "1.1.2"): (Decimal(10), "Theo phiếu", 2)}
    page = appraiser.open(LEAF).text
    assert "Theo phiếu" in page
    assert 'name="version" value="2"' in page
    give(appraiser, points="12", reason="Xem lại")
    assert given(records) == {("stc", "1.1.2"): (Decimal(12), "Xem lại", 3)}
    assert rows_of(appraiser.open(f"{AT}?don_vi=stc").text)[0][5].startswith("giữ nguyên theo phiếu")


def test_after_one_leaf_comes_the_next_of_the_list_as_it_is_filtered(appraiser: Browser) -> None:
    page = give(appraiser, f"{LEAF}?don_vi=stc&mo=1", points="30", then="next")
    assert page.url.path == f"{AT}/stc/1.2"
    assert page.url.query == b"mo=1&don_vi=stc"
    end = give(appraiser, f"{AT}/stc/1.2?don_vi=stc&mo=1", points="20", reason="Không vi phạm", then="next")
    assert end.url.path == AT
    assert "Đã hết danh sách" in end.text


def test_a_locked_step_takes_nothing(appraiser: Browser, records: Storage, folder: Path) -> None:
    for said, instead in (
        ("self_assessment: 2099", "self_assessment: 2026"),
        ("appraisal: 2099", "appraisal: 2026"),
        ("deadlines:\n", "locks: {appraisal: 2026-02-02}\ndeadlines:\n"),
    ):
        Folder(folder).change("rounds/2025.yaml", said, instead)
    page = give(appraiser, points="20", reason=LOWER)
    assert page.status_code == 422
    assert "bước thẩm định đã khóa từ hết ngày" in page.text
    assert given(records) == {}


def test_an_agency_appraises_its_own_leaves_only(appraiser: Browser, records: Storage) -> None:
    assert appraiser.open(f"/tham-dinh/{YEAR}/stc").status_code == 403
    appraiser.open(LEAF)
    for path, status in (
        (f"/tham-dinh/{YEAR}/stc/stc/1.1.2", 403),
        (f"{AT}/stc/2.1", 404),
        (f"{AT}/xa-ab/1.1.2", 404),
        (f"{AT}/khong-co/1.1.2", 404),
        ("/tham-dinh/2024/snv/stc/1.1.2", 404),
    ):
        assert appraiser.send(path, version="0", points="1", reason=LOWER).status_code == status, path
    assert given(records) == {}


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.AUDITOR])
def test_who_may_only_see_finds_no_form(claims: None, browser_of: Callable[..., Browser], role: Role) -> None:
    browser = browser_of(role)
    assert "Mức độ hoàn thành kế hoạch" in browser.open(AT).text
    page = browser.open(LEAF).text
    assert "12/KH-STC" in page
    assert 'name="points"' not in page
    assert browser.send(LEAF, version="0", points="20", reason=LOWER).status_code == 403
    assert browser.open(f"/tham-dinh/{YEAR}/stc").status_code == 200


def test_figures_found_give_the_points_and_are_kept_beside_those_of_the_unit(
    appraiser: Browser, records: Storage
) -> None:
    page = give(
        appraiser, reason="Xác nhận được 80 nhiệm vụ", fact_id=["numerator", "denominator"], fact=["80", "100"]
    ).text
    assert "Đã ghi 1.1.2" in page
    assert given(records)["stc", "1.1.2"] == (Decimal(15), "Xác nhận được 80 nhiệm vụ", 1)
    with records.reading() as session:
        facts = {entry.fact: entry.value for entry, _ in current_facts(session, YEAR) if entry.component == "1.1.2"}
    assert facts == {
        "numerator": "95",
        "denominator": "100",
        "appraised:numerator": "80",
        "appraised:denominator": "100",
    }
    shown = appraiser.open(LEAF).text
    assert re.search(r'id="fact-numerator"[^>]* value="80"', shown)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (["80", ""], "thiếu số liệu thẩm định"),
        (["120", "100"], "lớn hơn"),
        (["tám mươi", "100"], "không phải là số"),
    ],
)
def test_figures_that_make_no_sense_are_told_and_stay_in_the_form(
    appraiser: Browser, records: Storage, facts: list[str], why: str
) -> None:
    page = give(appraiser, reason="x", fact_id=["numerator", "denominator"], fact=facts)
    assert page.status_code == 422
    assert why in page.text
    assert f'value="{facts[0]}"' in page.text
    assert ("stc", "1.1.2") not in given(records)


def test_points_beside_figures_that_say_otherwise_are_refused(appraiser: Browser, records: Storage) -> None:
    page = give(appraiser, points="30", reason="x", fact_id=["numerator", "denominator"], fact=["80", "100"])
    assert "khác điểm theo số liệu thẩm định" in page.text
    assert ("stc", "1.1.2") not in given(records)
