"""After the appraisal: the unit explains on a page, the appraiser looks again, the council decides; as by workbooks."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from httpx import Response
from sqlmodel import select

from models.forms.descriptions import FormKind
from models.forms.explanation import AGREES, EXPLAINS
from models.forms.sources import ScoreSource
from models.province.folder import load_province
from models.records.storage import Storage
from models.records.tables import Submission
from models.roles import Role
from tasks.recording.versions import current_scores, current_words
from tests.flows.desk.browsers import Browser
from tests.flows.desk.test_sender import send
from tests.tasks.filled_forms import filled
from tests.tasks.forms_sent import PLAN, form, on, record, self_assessment

pytestmark = pytest.mark.slow

YEAR = 2025
HERE = f"/don-vi/stc/giai-trinh/{YEAR}"
LIST, COUNCIL = f"/tham-dinh/{YEAR}/snv", f"/hoi-dong/{YEAR}/so"
WHY = "Đã hoàn thành 95 nhiệm vụ"


@pytest.fixture
def cuts(folder: Path, records: Storage) -> None:
    """The finance department claims all of 1.1.2 and that 1.1.1 never arose; the appraisal grants neither."""
    stated = self_assessment(
        on("1.1.2", facts={"numerator": "95", "denominator": "100"}, evidence=(PLAN,)),
        on("1.1.1", not_applicable=True, text="Trong năm không phát sinh"),
    )
    appraised = form(
        FormKind.APPRAISAL,
        "snv",
        on("1.1.2", points="15", text="Thiếu hồ sơ"),
        on("1.1.1", points="0", text="Có phát sinh"),
    )
    record(records, load_province(folder), stc=stated, snv=appraised)


@pytest.fixture
def unit(cuts: None, browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.UNIT)


def explain(browser: Browser, *answers: tuple[str, str, str], **fields: str) -> Response:
    """Open the page and answer: code, answer, words."""
    version = re.search(r'name="version" value="(\d+)"', browser.open(HERE).text)
    assert version
    for code, answer, words in answers:
        fields |= {f"answer-{code}": answer, f"explanation-{code}": words}
    return browser.send(HERE, **({"version": version[1]} | fields))


def answered(records: Storage) -> dict[str, tuple[str, str]]:
    with records.reading() as session:
        return {word.component: (word.answer, word.text) for word in current_words(session, YEAR) if word.answer}


def points(records: Storage, source: ScoreSource) -> dict[str, Decimal | None]:
    with records.reading() as session:
        return {one.component: one.points for one, _ in current_scores(session, YEAR) if one.source is source}


def test_the_unit_answers_on_the_page_and_gets_the_receipt_of_a_file(unit: Browser, records: Storage) -> None:
    assert "Trả lời trên trang này" in unit.open("/don-vi/stc").text
    page = unit.open(HERE).text
    assert "Sở Nội vụ: Thiếu hồ sơ" in page
    assert "còn <strong>2</strong> tiêu chí chưa trả lời" in page
    done = explain(unit, ("1.1.2", EXPLAINS, WHY), ("1.1.1", AGREES, ""), **{"document-1.1.2": "Báo cáo nhiệm vụ"})
    assert "Đã nhận, bản 1" in done.text
    assert answered(records) == {"1.1.2": (EXPLAINS, WHY), "1.1.1": (AGREES, "")}
    assert unit.open(f"{done.url.path}/bien-nhan").content[:5] == b"%PDF-"
    with records.reading() as session:
        sent = session.exec(select(Submission)).one()
    assert (sent.kind, sent.via, sent.received_by) == ("explanation", "desk", "Đơn vị (mẫu) (unit.stc)")
    page = unit.open(HERE).text
    assert WHY in page
    assert 'value="Báo cáo nhiệm vụ"' in page


def test_page_and_workbook_follow_each_other_and_an_answer_taken_back_counts_again(
    unit: Browser, records: Storage
) -> None:
    for answers, version in (((AGREES, ""), 1), ((EXPLAINS, WHY), 2), ((AGREES, ""), 3)):
        assert f"Đã nhận, bản {version}" in explain(unit, ("1.1.2", *answers)).text
    assert answered(records) == {"1.1.2": (AGREES, "")}
    assert "Trả lời chưa đủ" in unit.open("/don-vi/stc").text  # 1.1.1 was cut too
    blank = unit.open(f"/don-vi/stc/phieu/explanation/{YEAR}").content
    told = {("1.1.2", "answer"): EXPLAINS, ("1.1.2", "explanation"): "Theo tệp"}
    assert "Đã nhận, bản 4" in send(unit, filled(blank, told)).text
    assert "Theo tệp" in unit.open(HERE).text


@pytest.mark.parametrize(
    ("fields", "said", "status"),
    [
        ({"answer-1.1.2": EXPLAINS}, "chưa có nội dung giải trình", 422),
        ({"answer-1.1.2": AGREES, "date-1.1.2": "hôm qua"}, "ngày của tài liệu ghi dạng", 422),
        ({"answer-1.1.2": AGREES, "version": "7"}, "đã gửi bản giải trình khác", 409),
    ],
)
def test_what_no_workbook_may_say_is_told_and_what_was_typed_stays(
    unit: Browser, records: Storage, fields: dict[str, str], said: str, status: int
) -> None:
    page = explain(unit, **({"page-1.1.2": "trang 77"} | fields))
    assert page.status_code == status
    assert said in page.text.partition('role="alert"')[2].partition("</div>")[0]
    assert "trang 77" in page.text
    assert answered(records) == {}


def test_what_is_explained_waits_for_the_appraiser_until_it_decides_again(
    unit: Browser, browser_of: Callable[..., Browser], records: Storage
) -> None:
    appraiser = browser_of(Role.APPRAISER)
    assert "cần thẩm định lại" not in appraiser.open(f"{LIST}?lai=1").text.partition("<tbody>")[2]
    explain(unit, ("1.1.2", EXPLAINS, WHY), ("1.1.1", AGREES, ""))
    listed = appraiser.open(f"{LIST}?lai=1").text.partition("<tbody>")[2]
    assert "1.1.2" in listed
    assert "1.1.1" not in listed
    page = appraiser.open(f"{LIST}/stc/1.1.2?lai=1")
    assert f"Giải trình: {WHY}" in page.text
    officer = browser_of(Role.OFFICER)
    assert (
        f'<a href="{LIST}?lai=1" aria-label="1 dòng Sở Nội vụ cần thẩm định lại">1</a>'
        in officer.open("/tham-dinh").text
    )
    # Kept as it was: the same points, decided once more.
    done = appraiser.send(f"{LIST}/stc/1.1.2?lai=1", version="1", points="15", reason="Thiếu hồ sơ", then="next")
    assert "Đã hết danh sách" in done.text
    assert "1.1.2" not in appraiser.open(f"{LIST}?lai=1").text.partition("<tbody>")[2]
    # Sent again without another word about it: nothing to look at.
    explain(unit, ("1.1.2", EXPLAINS, WHY), ("1.1.1", EXPLAINS, "Không phát sinh thật"))
    again = appraiser.open(f"{LIST}?lai=1").text.partition("<tbody>")[2]
    assert "1.1.1" in again
    assert "1.1.2" not in again
    assert points(records, ScoreSource.APPRAISAL)["1.1.2"] == 15


def test_the_council_decides_on_what_stays_contested(
    unit: Browser, browser_of: Callable[..., Browser], records: Storage, folder: Path
) -> None:
    explain(unit, ("1.1.2", EXPLAINS, WHY), ("1.1.1", AGREES, ""))
    officer = browser_of(Role.OFFICER)
    listed = officer.open(COUNCIL).text.partition("<tbody>")[2]
    assert "1.1.2" in listed
    assert "1.1.1" not in listed, "the unit agreed"
    at = f"{COUNCIL}/stc/1.1.2"
    page = officer.open(at).text
    assert all(said in page for said in (WHY, "Thiếu hồ sơ", "12/KH-STC"))
    refused = officer.send(at, version="0", points="20")
    assert refused.status_code == 422
    assert "chưa ghi lý do" in refused.text
    done = officer.send(at, version="0", points="20", reason="Theo biên bản họp", then="next")
    assert "Đã hết danh sách" in done.text
    assert points(records, ScoreSource.COUNCIL) == {"1.1.2": Decimal(20)}


def test_the_councils_workbook_and_the_page_are_the_same_versions(
    cuts: None, browser_of: Callable[..., Browser], records: Storage, folder: Path
) -> None:
    officer = browser_of(Role.OFFICER)
    at = f"{COUNCIL}/stc/1.1.2"
    officer.open(at)
    officer.send(at, version="0", points="20", reason="Theo biên bản")
    record(records, load_province(folder), so=form(FormKind.COUNCIL, "so", on("1.1.2", points="25", text="Theo phiếu")))
    assert "Theo phiếu" in officer.open(at).text
    late = officer.send(at, version="1", points="30", reason="Ý kiến khác")
    assert late.status_code == 409
    assert points(records, ScoreSource.COUNCIL) == {"1.1.2": Decimal(25)}
    assert officer.open(f"{COUNCIL}/vpub/1.1.2").status_code == 404
    assert officer.open(f"/hoi-dong/{YEAR}/khong-co").status_code == 404


def test_others_see_and_cannot_answer(cuts: None, browser_of: Callable[..., Browser], records: Storage) -> None:
    assert browser_of(Role.UNIT, "snv").open(HERE).status_code == 403
    leader = browser_of(Role.LEADER)
    page = leader.open(HERE).text
    assert "Thiếu hồ sơ" in page
    assert "Gửi giải trình" not in page
    assert leader.send(HERE, version="0", **{"answer-1.1.2": AGREES}).status_code == 403
    assert 'name="points"' not in leader.open(f"{COUNCIL}/stc/1.1.2").text
    assert answered(records) == {}
