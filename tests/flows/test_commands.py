"""Remedies as the command line words them; nothing below the command line names a command."""

import re

from flows.cli.commands import COMMANDS, with_command
from models.findings import Act, Action, Finding
from tests.conftest import ROOT


def test_every_act_has_its_command() -> None:
    assert set(COMMANDS) == set(Act)


def test_a_remedy_that_the_program_can_do_ends_with_its_command() -> None:
    finding = Finding("kỳ 2025", 0, "chưa có kết quả nào", "Tính kết quả", action=Action(Act.EVALUATE, "2025"))
    assert str(finding) == "kỳ 2025: LỖI: chưa có kết quả nào. Tính kết quả."
    assert with_command(finding) == "kỳ 2025: LỖI: chưa có kết quả nào. Tính kết quả: cchc evaluate 2025"


def test_no_text_of_tasks_models_or_expectations_names_a_command_of_the_terminal() -> None:
    text = re.compile(r"\"[^\"\n]*cchc (?!forecast|serve|trung)[a-z]+[^\"\n]*\"")
    rooms = ("tasks", "models", "expectations")
    files = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py")) if path.parent.name != "publishing"]
    named = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in files
        for found in text.findall(path.read_text(encoding="utf-8"))
    ]
    assert named == []
