"""The self-assessment workbooks of all communes of the country, as a spreadsheet program saves them.

One form is filled in and calculated by LibreOffice; the others are the same with another commune's code, name and
checksum, so that thousands are made in seconds. They are read as any received file.
"""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import yaml
from openpyxl import load_workbook

from benchmarks.national_round import KINDS, YEAR, national_set
from flows.demo.agencies import OpenForm, SampleData, fill_self_assessment
from models.forms.descriptions import FormIdentity, FormKind, form_file_name, read_identity
from models.forms.sheets import IDENTITY_SHEET
from models.province.folder import Province, load_province
from models.records.entries import FactEntry
from models.records.storage import open_storage
from models.settings import Settings
from tasks.forms.writing import write_forms

_FIRST = "xa-0000"
_FIRST_NAME = "Xã 0000"
_RIGHT, _FAULTY = "right.xlsx", "faulty.xlsx"


class Workbook(NamedTuple):
    """One received file."""

    name: str
    content: bytes


def national_folder(folder: Path, communes: int) -> Province:
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


def prepare_workbooks(work: Path) -> None:
    """Lay the form of the first commune into a folder: filled in right, and with faults; both calculated.

    Raises:
        RuntimeError: LibreOffice is not there or did not answer.
    """
    forms = work / "sent"
    forms.mkdir()
    province = national_folder(work / "one-commune", 1)
    storage = open_storage(forms, Settings(user="bench"))
    path = write_forms(province, storage, YEAR, FormKind.SELF_ASSESSMENT, [_FIRST], forms)[0]
    storage.engine.dispose()
    filled = _filled(path.read_bytes(), province)
    (forms / _RIGHT).write_bytes(filled)
    (forms / _FAULTY).write_bytes(_with_faults(filled))
    _calculate([forms / _RIGHT, forms / _FAULTY], work)


def commune_workbooks(province: Province, work: Path) -> Iterator[Workbook]:
    """One workbook a commune, filled in right, in the order of codes.

    Args:
        province: from `national_folder`.
        work: where `prepare_workbooks` laid its own.
    """
    calculated = (work / _RIGHT).read_bytes()
    with zipfile.ZipFile(io.BytesIO(calculated)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    identity, keys = _identity(calculated)
    first = identity.checksum(keys)
    for unit in province.units.values():
        own = replace(identity, subject=unit.code)
        words = {_FIRST: unit.code, _FIRST_NAME: unit.name, first: own.checksum(keys)}
        yield Workbook(form_file_name(FormKind.SELF_ASSESSMENT, YEAR, unit.code), _with_words(parts, words))


def faulty_workbook(work: Path) -> Workbook:
    """The first commune's workbook with a text for every numerator."""
    return Workbook(form_file_name(FormKind.SELF_ASSESSMENT, YEAR, _FIRST), (work / _FAULTY).read_bytes())


def _filled(form: bytes, province: Province) -> bytes:
    """The first commune's form with facts for all components, as it leaves an officer's hands."""
    chance, by_kind = Random(YEAR), {kind.rule["kind"]: kind for kind in KINDS}
    facts = [
        FactEntry(_FIRST, leaf.code, fact, value)
        for leaf in province.criteria_sets["xa-2025"].leaves
        for fact, value in by_kind[leaf.rule.model_dump()["kind"]].facts(chance).items()
    ]
    return fill_self_assessment(form, province.units[_FIRST], SampleData.of(province, YEAR, facts, ()))


def _with_faults(filled: bytes) -> bytes:
    form = OpenForm(filled)
    for row in form.rows():
        if row.fact == "numerator":
            form.put(row, "value", "khoảng hai mươi")
    return form.saved()


def _calculate(paths: Sequence[Path], into: Path) -> None:
    """Workbooks opened, calculated and saved by LibreOffice.

    Raises:
        RuntimeError: LibreOffice is not there or did not answer.
    """
    program = shutil.which("soffice") or "soffice"
    profile = f"-env:UserInstallation={(into / 'profile').resolve().as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(into), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    if not all((into / path.name).is_file() for path in paths):
        raise RuntimeError(f"LibreOffice did not calculate the workbooks: {done.stderr or done.stdout}")


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
