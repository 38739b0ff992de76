"""The self-assessment workbooks of all communes of the country, as a spreadsheet program saves them.

One form is filled in and calculated by LibreOffice; the others are the same with another commune's code, name and
checksum, so that thousands are made in seconds. They are read as any received file.
"""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import yaml
from openpyxl import load_workbook

from benchmarks.national_round import COMMUNES, KINDS, YEAR, national_set
from flows.demo.agencies import OpenForm, SampleData, fill_self_assessment
from models.forms.descriptions import IDENTITY_SHEET, FormIdentity, FormKind, form_file_name, read_identity
from models.province.folder import Province, load_province
from models.records.entries import FactEntry
from models.records.storage import open_storage
from models.settings import Settings
from tasks.forms.writing import write_forms

_FIRST = "xa-0000"
_FIRST_NAME = "Xã 0000"


class Workbook(NamedTuple):
    """One received file."""

    name: str
    content: bytes


def national_folder(folder: Path, communes: int = COMMUNES) -> Province:
    """A province folder with so many communes and the set of 90 components."""
    (folder / "criteria").mkdir(parents=True)
    (folder / "rounds").mkdir()
    _write(folder / "province.yaml", {"name": "tỉnh Đo lường", "code": "do-luong"})
    criteria_set = national_set().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    _write(folder / "criteria" / "xa-2025.yaml", criteria_set)
    group = {"id": "xa", "name": "Các xã", "criteria_set": "xa-2025", "units": {"kind": "xa"}}
    _write(folder / "rounds" / f"{YEAR}.yaml", {"year": YEAR, "groups": [group]})
    lines = ["code,name,kind", *(f"xa-{place:04d},Xã {place:04d},xa" for place in range(communes))]
    (folder / "units.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_province(folder)


def _write(path: Path, values: object) -> None:
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")


def commune_workbooks(province: Province, work: Path) -> Iterator[Workbook]:
    """One filled workbook a commune, in the order of codes.

    Args:
        province: from `national_folder`.
        work: a folder for what LibreOffice needs.
    """
    calculated = _calculated(_filled(province, work), work)
    with zipfile.ZipFile(io.BytesIO(calculated)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    identity, keys = _identity(calculated)
    first = identity.checksum(keys)
    for unit in province.units.values():
        own = replace(identity, subject=unit.code)
        words = {_FIRST: unit.code, _FIRST_NAME: unit.name, first: own.checksum(keys)}
        yield Workbook(form_file_name(FormKind.SELF_ASSESSMENT, YEAR, unit.code), _with_words(parts, words))


def _filled(province: Province, work: Path) -> Path:
    """The first commune's form with facts for all components, as it leaves an officer's hands."""
    storage = open_storage(work, Settings(user="bench"))
    path = write_forms(province, storage, YEAR, FormKind.SELF_ASSESSMENT, [_FIRST], work)[0]
    storage.engine.dispose()
    chance, by_kind = Random(YEAR), {kind.rule["kind"]: kind for kind in KINDS}
    facts = [
        FactEntry(_FIRST, leaf.code, fact, value)
        for leaf in province.criteria_sets["xa-2025"].leaves
        for fact, value in by_kind[leaf.rule.model_dump()["kind"]].facts(chance).items()
    ]
    data = SampleData.of(province, YEAR, facts, ())
    path.write_bytes(fill_self_assessment(path.read_bytes(), province.units[_FIRST], data))
    return path


def _calculated(path: Path, work: Path) -> bytes:
    """The workbook opened, calculated and saved by LibreOffice.

    Raises:
        RuntimeError: LibreOffice is not there or did not answer.
    """
    out = work / "calculated"
    profile = f"-env:UserInstallation={(work / 'profile').resolve().as_uri()}"
    command = [
        shutil.which("soffice") or "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
    ]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, timeout=240)
    if not (out / path.name).is_file():
        raise RuntimeError(f"LibreOffice did not calculate the workbook: {done.stderr or done.stdout}")
    return (out / path.name).read_bytes()


def _identity(content: bytes) -> tuple[FormIdentity, list[str]]:
    """Whose form it is, and the keys of its rows."""
    sheet = load_workbook(io.BytesIO(content))[IDENTITY_SHEET]
    return read_identity(sheet.iter_rows(values_only=True)).identity, OpenForm(content).row_keys()


def _with_words(parts: Mapping[str, bytes], words: Mapping[str, str]) -> bytes:
    """The workbook's parts zipped again with other words in them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            for old, new in words.items():
                part = part.replace(old.encode(), new.encode())
            archive.writestr(name, part)
    return out.getvalue()
