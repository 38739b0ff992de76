"""A round from workbooks alone: self-assessment, appraisal, explanation, second appraisal, council, evaluation."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from models.forms.descriptions import FormKind, form_file_name
from models.forms.explanation import EXPLAINS
from models.province.folder import Province, load_province
from models.records.procedure import Procedure
from models.records.results import Basis
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.forms.writing import write_forms
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.publishing.evaluating import evaluate_round
from tasks.scoring.explaining import explain_newest
from tests.models.folders import Folder
from tests.tasks.filled_forms import GOOD, form_of
from tests.tasks.forms_sent import YEAR, sample_province

pytestmark = pytest.mark.slow

UNIT = "stc"


class Round:
    """A province that sends workbooks and receives them."""

    def __init__(self, folder: Path) -> None:
        sample_province(folder)
        Folder(folder).open_deadlines()
        self.folder = folder
        self.storage: Storage = open_storage(folder, Settings(user="người thử"))
        self.sent = 0

    @property
    def province(self) -> Province:
        return load_province(self.folder)

    def send(self, kind: FormKind, subject: str, cells: dict[tuple[str, str], Any]) -> None:
        """Write the form as it is now, fill it in, drop it into the inbox, receive it."""
        from tasks.intake.judging import standard_parts
        from tasks.intake.receiving import receive_inbox

        settings = Settings(user="người thử")
        inbox, outbox = inbox_of(self.folder, settings), outbox_of(self.folder, settings)
        content = form_of(self.province, self.storage, kind, subject, cells, self.folder / "forms")
        self.sent += 1
        inbox.write(f"{self.sent}-{kind.file_stem}.xlsx", content)
        report = receive_inbox(self.province, self.storage, inbox, outbox, standard_parts(), "inbox", 0)
        assert [(file.outcome, file.findings if file.outcome != "accepted" else ()) for file in report.files] == [
            ("accepted", ())
        ]

    def procedure(self) -> Procedure:
        """How far the steps have come, as frozen with the results of now."""
        told = evaluate_round(self.province, self.storage, YEAR).frozen.procedure
        assert told
        return told

    def form_cells(self, kind: FormKind, subject: str) -> str:
        """All texts of a form as it is written now."""
        write_forms(self.province, self.storage, YEAR, kind, (), self.folder / "forms")
        book = load_workbook(self.folder / "forms" / form_file_name(kind, YEAR, subject))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def test_a_round_goes_from_workbooks_alone_to_its_result_and_every_step_is_told(tmp_path: Path) -> None:
    pytest.importorskip("tasks.reading.workbooks")
    round = Round(tmp_path)
    round.send(FormKind.SELF_ASSESSMENT, UNIT, dict(GOOD))
    assert "12/KH-STC" in round.form_cells(FormKind.SELF_ASSESSMENT, UNIT)

    alone = round.procedure()
    assert "1.1.2" in alone.unappraised[UNIT]
    assert alone.silent_appraisers
    assert alone.explained == ()

    assert "Kế hoạch CCHC năm 2025, số 12/KH-STC" in round.form_cells(FormKind.APPRAISAL, "snv")
    cut = {(f"{UNIT}:1.1.2", "appraised"): 15, (f"{UNIT}:1.1.2", "reason"): "Thiếu biên bản nghiệm thu"}
    round.send(FormKind.APPRAISAL, "snv", cut)

    appraised = round.procedure()
    assert "1.1.2" not in appraised.unappraised.get(UNIT, ())
    assert (appraised.unexplained, appraised.undecided) == ({UNIT: 1}, {})

    assert "Thiếu biên bản nghiệm thu" in round.form_cells(FormKind.EXPLANATION, UNIT)
    answer = {
        ("1.1.2", "answer"): EXPLAINS,
        ("1.1.2", "explanation"): "Biên bản gửi kèm",
        ("1.1.2", "document"): "Biên bản",
    }
    answer |= {("1.1.2", "number"): "5/BB-STC", ("1.1.2", "date"): "15/12/2025", ("1.1.2", "page"): "trang 1"}
    round.send(FormKind.EXPLANATION, UNIT, answer)

    explained = round.procedure()
    assert (explained.unexplained, explained.explained) == ({}, (UNIT,))
    assert explained.undecided == {UNIT: ("1.1.2",)}

    shown = round.form_cells(FormKind.APPRAISAL, "snv")
    assert "Vòng giải trình: giải trình. Biên bản gửi kèm" in shown
    assert "Tài liệu bổ sung: Biên bản, số 5/BB-STC, ngày 15/12/2025, trang 1" in shown
    raised = {(f"{UNIT}:1.1.2", "appraised"): 20, (f"{UNIT}:1.1.2", "reason"): "Chấp nhận một phần"}
    round.send(FormKind.APPRAISAL, "snv", raised)

    assert "Chấp nhận một phần" in round.form_cells(FormKind.COUNCIL, "so")
    assert round.procedure().undecided == {UNIT: ("1.1.2",)}
    round.send(FormKind.COUNCIL, "so", {})
    assert round.procedure().undecided == {}  # what the council leaves empty keeps its appraised points

    decided = {(f"{UNIT}:1.1.2", "appraised"): 25, (f"{UNIT}:1.1.2", "reason"): "Hội đồng biểu quyết"}
    round.send(FormKind.COUNCIL, "so", decided)

    assert round.procedure().undecided == {}
    leaf = next(each for each in explain_newest(round.storage, YEAR, UNIT).leaves if each.leaf.code == "1.1.2")
    assert (str(leaf.points.points), leaf.points.basis) == ("25", Basis.COUNCIL)
    assert [(step.value, step.file_name[0]) for step in leaf.steps] == [
        ("95", "1"),
        ("100", "1"),
        ("Kế hoạch CCHC năm 2025, số 12/KH-STC, ngày 20/01/2025, trang 3", "1"),
        ("15 điểm", "2"),
        ("Biên bản, số 5/BB-STC, ngày 15/12/2025, trang 1", "3"),
        ("giải trình: Biên bản gửi kèm", "3"),
        ("20 điểm", "4"),
        ("25 điểm", "6"),
    ]
    assert [step.version for step in leaf.steps if step.source == "thẩm định"] == [1, 2]
    round.storage.engine.dispose()
