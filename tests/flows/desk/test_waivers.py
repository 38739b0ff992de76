"""A check that is waived for one unit: by page and by command, in what the file is told and in the annex's notes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.main import app
from models.province.folder import load_province
from models.records.storage import Storage
from models.roles import Role
from tasks.documents.annexes import annexes_of
from tasks.publishing.evaluating import evaluate_round
from tests.flows.desk.browsers import Browser
from tests.flows.desk.test_sender import FORM, WRONG, send
from tests.tasks.filled_forms import GOOD, filled

pytestmark = pytest.mark.slow

HERE = "/ky/2025/mien-kiem-tra"
WAIVED = {
    "what": "self_assessment/facts_senseless",
    "subject": "stc",
    "asked_by": "Sở Tài chính (Công văn 9/STC)",
    "reason": "Nhiệm vụ chuyển từ năm trước được tính thêm",
}


def test_what_is_waived_is_a_note_where_it_would_send_the_form_back(
    browser_of: Callable[..., Browser], records: Storage, folder: Path
) -> None:
    unit, officer = browser_of(Role.UNIT), browser_of(Role.OFFICER)
    blank = unit.open(FORM).content
    returned = send(unit, filled(blank, WRONG))
    assert "chưa được nhận" in returned.text
    assert "Miễn kiểm tra" not in returned.text, "not the unit's to waive"
    seen = officer.open(returned.url.path).text
    assert f"{HERE}?buoc=self_assessment&amp;don_vi=stc&amp;kiem_tra=facts_senseless" in seen
    page = officer.open(f"{HERE}?buoc=self_assessment&don_vi=stc&kiem_tra=facts_senseless").text
    assert '<option value="self_assessment/facts_senseless" selected>' in page
    for changed, said in (
        ({"asked_by": ""}, "Chưa ghi ai đề nghị"),
        ({"reason": " "}, "Chưa ghi lý do"),
        ({"subject": "khong-co"}, "không gửi"),
        ({"what": "self_assessment/form_empty"}, "không có kiểm tra"),
    ):
        refused = officer.send(HERE, **WAIVED | changed)
        assert (refused.status_code, said in refused.text) == (422, True), said
    assert "Đã miễn" in officer.send(HERE, **WAIVED).text

    taken = send(unit, filled(blank, {**WRONG, ("1.1.1", "explanation"): "Ban hành ngày 20/01/2025."}))
    assert "Đã nhận, bản 1" in taken.text
    assert "được miễn kiểm tra: Nhiệm vụ chuyển từ năm trước" in taken.text

    frozen = evaluate_round(load_province(folder), records, 2025).frozen
    assert frozen.procedure
    (one,) = frozen.waived
    assert (one.unit, one.asked_by, one.granted_by) == (
        "stc",
        WAIVED["asked_by"],
        "Chuyên viên Sở Nội vụ (mẫu) (officer)",
    )
    annexes = annexes_of(frozen.config, frozen.round, frozen.results, waived=frozen.waived)
    assert [len(annex.waived) for annex in annexes] == [1, 0]
    assert "waived-0" in annexes[0].notes

    officer.open(HERE)
    officer.send(f"{HERE}/bo", what=WAIVED["what"], subject="stc")
    assert "chưa được nhận" in send(unit, filled(blank, {**WRONG, ("1.1.1", "explanation"): "Ban hành"})).text


def test_the_same_by_command(records: Storage, folder: Path) -> None:
    command = ["--province", str(folder), "waive", "2025"]
    told = CliRunner().invoke(
        app,
        [*command, "--for", "stc", "--check", "facts_senseless", "--asked-by", "Sở Tài chính", "--reason", "Có căn cứ"],
    )
    assert told.exit_code == 0, told.output
    listed = CliRunner().invoke(app, command)
    assert "stc: facts_senseless (self_assessment); Sở Tài chính đề nghị; Có căn cứ" in listed.output
    undone = [*command, "--for", "stc", "--check", "facts_senseless", "--undo"]
    assert CliRunner().invoke(app, undone).exit_code == 0
    assert CliRunner().invoke(app, undone).exit_code != 0
    assert "Chưa miễn kiểm tra nào" in CliRunner().invoke(app, command).output


def test_without_waivers_results_keep_their_name(
    records: Storage, folder: Path, browser_of: Callable[..., Browser]
) -> None:
    unit = browser_of(Role.UNIT)
    send(unit, filled(unit.open(FORM).content, GOOD))
    body = evaluate_round(load_province(folder), records, 2025).frozen.values()
    assert "waived" not in body["procedure"]
