"""A province folder as it would be with other files: checked whole, nothing written."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from models.findings import Finding
from models.province.folder import Province, check_province

_FILES = ("*.yaml", "*.csv", "criteria/*.yaml", "rounds/*.yaml", "progress/*.yaml", "progress/*.csv")


def check_changed(folder: Path, files: Mapping[str, bytes]) -> tuple[Province | None, list[Finding]]:
    """What `check_province` says of a folder in which these files stand instead of, or beside, those that it has.

    Args:
        folder: the province folder.
        files: contents by name as findings name it: `units.csv`, `criteria/so-2025.yaml`.

    Returns:
        The province as it would be (its `folder` is gone when this returns), None where it would be unusable; and all
        findings.
    """
    with TemporaryDirectory() as scratch:
        copy = Path(scratch)
        for pattern in _FILES:
            for path in sorted(folder.glob(pattern)):
                if not (path.is_symlink() or path.is_file()):
                    continue  # a pipe or a device would be waited for
                target = copy / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target, follow_symlinks=False)
        for name, content in files.items():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return check_province(copy)
