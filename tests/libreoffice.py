"""LibreOffice for tests: recalculates workbooks and prints them, with a profile of its own."""

import shutil
import subprocess
from pathlib import Path

from openpyxl import Workbook, load_workbook

PATIENCE = 240


def recalculated(path: Path, into: Path) -> Workbook:
    """The workbook as it stands after a spreadsheet program opened, calculated and saved it: values, no formulas."""
    return load_workbook(converted(path, into, "xlsx"), data_only=True)


def converted(path: Path, into: Path, form: str) -> Path:
    """The file converted by LibreOffice without a screen."""
    return all_converted([path], into, form)[0]


def all_converted(paths: list[Path], into: Path, form: str) -> list[Path]:
    """Several files converted in one run."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is needed: make test installs it"
    out = into / f"converted-{form}"
    profile = into / "libreoffice-profile"
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", form]
    done = subprocess.run(
        [*command, "--outdir", str(out), *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    targets = [out / f"{path.stem}.{form}" for path in paths]
    assert all(target.is_file() for target in targets), done.stdout + done.stderr
    return targets
