"""docs/dong-lenh.md: its commands, run in order in one fresh copy of the sample province, print what it shows."""

import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from flows.cli.main import main
from models.province.folder import check_province, load_province
from tasks.recording.importing import read_facts, read_scores
from tests.conftest import copy_example
from tests.docs.documents import Block, blocks_of, rows_of, write_into
from tests.tasks.criteria.annexes import as_word, typed

pytestmark = pytest.mark.slow

GUIDE = "dong-lenh.md"
BLOCKS = blocks_of(GUIDE)


@dataclass(frozen=True)
class Command:
    """A command of the guide, the line it stands on, and what it prints there: “…” is anything."""

    line: int
    words: str
    shown: str


@dataclass(frozen=True)
class Screen:
    """What a command printed, findings and results as they came, and how it ended."""

    text: str
    code: int


def commands_of(block: Block) -> Iterator[Command]:
    for part in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
        yield Command(block.line + block.text[: part.start()].count("\n"), part[1], part[2])


COMMANDS = [command for block in BLOCKS for command in commands_of(block)]


def run(words: str) -> Screen:
    """Run a command as the terminal does, without the half minute that new processes would spend on imports."""
    printed = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(printed):
        patch.setattr(sys, "argv", shlex.split(words))
        with pytest.raises(SystemExit) as ended:
            main()
    return Screen(printed.getvalue(), int(ended.value.code or 0))


def as_read(text: str) -> str:
    """A text without the widths of columns."""
    return "".join(f"{' '.join(line.split())}\n" for line in text.splitlines())


def shows(shown: str, printed: str) -> bool:
    """Whether the guide shows what was printed: a line of “…” stands for any lines, “…” in a line for any words."""
    lines = (
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in as_read(shown).splitlines()
    )
    return re.fullmatch("".join(lines), as_read(printed)) is not None


def without_sheets(folder: Path) -> Path:
    """The folder, told to write no result sheets: the guide publishes twice, and shows none of them."""
    round = folder / "rounds" / "2025.yaml"
    text = round.read_text(encoding="utf-8")
    round.write_text(re.sub(r"(criteria_set: .*)", r"\1\n    result_sheets: false", text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the sample province as the working folder, with the files that the guide shows."""
    folder = without_sheets(copy_example("tinh-mau", tmp_path_factory.mktemp("guide")))
    for block in BLOCKS:
        if block.language == "csv" and block.named:
            mark = "\ufeff" if "excel" in block.named else ""
            write_into(folder, block.named, mark + block.text)
    (folder / "phu-luc.docx").write_bytes(as_word(typed("la-ma-huong-dan")))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("CCHC_PROVINCE", ".")
        patch.setenv("CCHC_USER", "Người làm thử (mẫu)")
        yield folder


@pytest.fixture(scope="module")
def screens(province: Path) -> Mapping[Command, Screen]:
    """The whole guide, carried out once."""
    return {command: run(command.words) for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"line {command.line}: {command.words}")
def test_the_command_prints_what_the_guide_shows(command: Command, screens: Mapping[Command, Screen]) -> None:
    screen = screens[command]
    assert shows(command.shown, screen.text), screen.text
    assert screen.code == (1 if "LỖI:" in command.shown else 0)


def test_every_step_of_the_table_at_the_beginning_is_carried_out() -> None:
    steps = [name for row in rows_of(GUIDE) if row[0].isdigit() for name in re.findall(r"`(?:cchc )?(.+?)`", row[1])]
    assert len(steps) >= 12
    assert [step for step in steps if not any(f"{c.words} ".startswith(f"cchc {step} ") for c in COMMANDS)] == []


def test_the_converted_file_is_as_shown_and_can_be_imported(province: Path, screens: Mapping[Command, Screen]) -> None:
    shown = next(block for block in BLOCKS if block.named == "tham-dinh.csv")
    assert (province / shown.named).read_text(encoding="utf-8") == shown.text
    assert run(f"cchc import scores 2025 {shown.named}").code == 0


SAMPLES = [block for block in BLOCKS if block.language == "csv" and not block.named]


@pytest.mark.parametrize("block", SAMPLES, ids=lambda block: block.text.partition("\n")[0])
def test_the_lines_that_show_the_form_of_a_file_can_be_imported(block: Block, tmp_path: Path) -> None:
    province, content = load_province(copy_example("tinh-mau", tmp_path)), block.text.encode()
    if ",source," in block.text:
        assert read_scores(content, "scores.csv", province, 2025)[1] == []
    else:
        assert read_facts(content, "facts.csv", province, 2025, {})[1] == []


# Of section 2: what was written wrong in the sample province, and its findings as the guide shows them.
MISTAKES = {
    "criteria/so-2025.yaml": {"kind: on_time": "kind: dung_han"},
    "province.yaml": {"department:": "departmnt:"},
    "rounds/2025.yaml": {"Khá, from: 70": "Khá, from: 70, under: 79", "explanation: 2026-02": "explanation: 2026-01"},
    "successions.csv": {"pc-4,p-5,2025-07-01,merged": "pc-4,p-5,2025-07-01,doi_ten"},
}


def shown_findings(section: str) -> str:
    """The findings that a section shows without the command that prints them."""
    return next(block.text for block in BLOCKS if block.section == section and "$" not in block.text)


def test_the_findings_of_a_faulty_folder_are_as_shown(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    for name, mistakes in MISTAKES.items():
        text = (folder / name).read_text(encoding="utf-8")
        for right, wrong in mistakes.items():
            assert right in text
            text = text.replace(right, wrong, 1)
        write_into(folder, name, text)
    _, findings = check_province(folder)
    assert shows(shown_findings("2"), "\n".join(map(str, findings)))


def test_the_findings_of_a_changed_publication_are_as_shown(
    province: Path, screens: Mapping[Command, Screen], tmp_path: Path
) -> None:
    changed = Path(shutil.copytree(province / "cong-bo-2025", tmp_path / "cong-bo-2025", copy_function=shutil.copyfile))
    changed.chmod(0o755)
    write_into(changed, "results.csv", "sai")
    write_into(changed, "ghi-chu.txt", "ghi chú")
    assert shows(shown_findings("11"), run(f"cchc verify {changed}").text)
