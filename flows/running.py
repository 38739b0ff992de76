"""What all flows share: the province a run works on, its database, progress in the log, keys of artifacts."""

from pathlib import Path

from models.settings import Settings
from models.storage import Storage, open_storage


def province_folder(province: str | None) -> Path:
    """The folder given as a flow's parameter, else CCHC_PROVINCE.

    Raises:
        ValueError: neither names a folder.
    """
    folder = Path(province) if province else Settings().province
    if folder is None or not folder.is_dir():
        raise ValueError(f"no province folder: {folder}; give the parameter or set CCHC_PROVINCE")
    return folder.resolve()


def storage_of(folder: str) -> Storage:
    """The database of a province folder."""
    return open_storage(Path(folder), Settings())


def tell(message: str) -> None:
    """Progress into the run's log."""
    print(f"… {message}")


def artifact_key(name: str) -> str:
    """An artifact's key: lower-case letters, digits and dashes only."""
    return "cchc-" + "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
