"""The province folder: all that a province decides, as text files, loaded whole and checked whole.

province.yaml, units.csv, successions.csv, criteria/*.yaml, rounds/YEAR.yaml, progress/*.yaml, texts.yaml. Every error
is found at once, each with file, line, what is wrong and what to do.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.criteria.facts import read_date
from models.criteria.sets import CriteriaSet
from models.findings import Finding, RefusedError, Severity, has_critical
from models.province.config import ProvinceConfig
from models.province.contents import FolderContents, members_of
from models.province.csv_files import CsvRow, read_csv
from models.province.plain_files import UnreadableError, read_plain
from models.province.progress_files import ProgressFolder, read_progress
from models.province.rounds import Group, Round
from models.province.texts import TextsFile
from models.province.yaml_files import Model, YamlFile, load_model, said_choices
from models.units import Succession, Unit, unit_named
from models.working_days import OwnDays

_UNIT_COLUMNS = ("code", "name", "kind")
_UNIT_EXTRAS = ("aliases", "parent", "valid_from", "valid_to", "email", "head")
_SUCCESSION_COLUMNS = ("predecessor", "successor", "date", "kind")
_DATE_COLUMNS = ("valid_from", "valid_to", "date")
_ID_LINE = re.compile(r"^id:[ \t]*[\"']?([\w.\-]+)", re.MULTILINE)

# What may be left out of a faulty file so that the rest of it is checked too.
_CRITERIA = ("areas", "*", "criteria", "*")
_SET_PARTS = (
    ("areas", "*"),
    ("areas", "*", "max"),
    ("areas", "*", "not_applicable"),
    _CRITERIA,
    (*_CRITERIA, "not_applicable"),
    (*_CRITERIA, "reference"),
    (*_CRITERIA, "components", "*"),
    (*_CRITERIA, "components", "*", "not_applicable"),
    (*_CRITERIA, "components", "*", "reference"),
    ("bonus",),
    ("penalty",),
    ("issued_by",),
    ("years",),
    ("checks", "*"),
    ("changes",),
)
_ROUND_PARTS = (
    *((name,) for name in ("title", "ranking", "tie_break", "grades", "gates", "survey_missing", "legal_bases")),
    ("reference",),
    ("groups", "*"),
    ("groups", "*", "unranked"),
    ("groups", "*", "grades"),
    ("groups", "*", "gates"),
    ("deadlines", "*"),
    ("locks", "*"),
    ("extensions", "*"),
)
_CONFIG_PARTS = tuple(
    (name,)
    for name in (
        "code",
        "place",
        "issuer",
        "organ_id",
        "department",
        "department_signer",
        "symbols",
        "seal",
        "mark",
        "holidays",
        "working_days",
        "reporting",
        "site",
    )
)


@dataclass(frozen=True)
class Province:
    """The folder, loaded and checked.

    Attributes:
        progress_errors: why progress/ is empty here though the folder has it; see `load_province`.
    """

    folder: Path
    config: ProvinceConfig
    units: dict[str, Unit]
    successions: tuple[Succession, ...]
    criteria_sets: dict[str, CriteriaSet]
    rounds: dict[int, Round]
    progress: ProgressFolder = field(default_factory=ProgressFolder)
    texts: TextsFile = field(default_factory=TextsFile)
    progress_errors: tuple[Finding, ...] = ()

    def members(self, round: Round, group: Group) -> list[Unit]:
        """The units of a group in a round, by code: selected by kind on the last day of the year, or listed."""
        return members_of(self.units, round, group)

    def units_of_round(self, year: int) -> dict[str, tuple[Unit, Group]]:
        """The units of a year's round with their groups, by code, in the order of groups and codes.

        Raises:
            RefusedError: the folder has no such round.
        """
        round = self.round_of(year)
        return {unit.code: (unit, group) for group in round.groups for unit in self.members(round, group)}

    def sets_by_unit(self, year: int) -> dict[str, CriteriaSet]:
        """The criteria set of every unit of a year's round.

        Raises:
            RefusedError: the folder has no such round.
        """
        return {code: self.criteria_sets[group.criteria_set] for code, (_, group) in self.units_of_round(year).items()}

    def round_of(self, year: int) -> Round:
        """The round of a year.

        Raises:
            RefusedError: the folder has no such round.
        """
        if year not in self.rounds:
            known = ", ".join(map(str, sorted(self.rounds))) or "chưa có năm nào"
            raise RefusedError(
                [
                    Finding(
                        f"rounds/{year}.yaml",
                        0,
                        f"chưa khai báo kỳ đánh giá năm {year}",
                        f"Tạo tệp này; đã có: {known}",
                    )
                ]
            )
        return self.rounds[year]

    def office_of(self, appraiser: str, day: date) -> Unit | None:
        """The unit that an appraising agency is on a day, by its name; None where none or several bear it."""
        names = [agency.name for agency in self.config.appraisers if agency.id == appraiser]
        existing = {code: unit for code, unit in self.units.items() if unit.exists_on(day)}
        return unit_named(existing, names[0]) if names else None

    def group_of(self, round: Round, unit: str) -> Group | None:
        """The group that a unit belongs to in a round."""
        return next(
            (group for group in round.groups if any(member.code == unit for member in self.members(round, group))), None
        )


def load_province(folder: Path, *, receiving: bool = False) -> Province:
    """The province of a folder that has no errors.

    Args:
        folder: the province folder.
        receiving: whether errors in progress/ alone do not close it, since yearly forms can be received without what
            stands there; they are then its `progress_errors`.

    Raises:
        RefusedError: with every error of the folder.
    """
    contents = read_folder(folder)
    errors = [finding for finding in _all_findings(contents) if has_critical([finding])]
    if not errors and contents.config:
        return _province_of(folder, contents, contents.config)
    if receiving and contents.config and all(error.file.startswith("progress/") for error in errors):
        closed = _province_of(folder, contents, contents.config)
        return replace(closed, progress=ProgressFolder(), progress_errors=tuple(errors))
    raise RefusedError(errors)


def check_province(folder: Path) -> tuple[Province | None, list[Finding]]:
    """Read and check the whole folder.

    Returns:
        The province, None where an error makes it unusable, and all findings by file and line.
    """
    contents = read_folder(folder)
    findings = _all_findings(contents)
    if has_critical(findings) or contents.config is None:
        return None, findings
    return _province_of(folder, contents, contents.config), findings


def _all_findings(contents: FolderContents) -> list[Finding]:
    """What is wrong with each file and between them, by file and line."""
    from models.province.checks import check_contents

    found = dict.fromkeys([*contents.findings, *check_contents(contents)])
    return sorted(found, key=lambda finding: (finding.file, finding.line, finding.what))


def _province_of(folder: Path, contents: FolderContents, config: ProvinceConfig) -> Province:
    return Province(
        folder,
        config,
        contents.units,
        tuple(succession for _, succession in contents.successions),
        {id: criteria_set for id, (criteria_set, _) in contents.criteria_sets.items()},
        {year: round for year, (round, _) in contents.rounds.items()},
        contents.progress.folder,
        contents.texts or TextsFile(),
    )


def read_folder(folder: Path) -> FolderContents:
    """Read every file of the folder; what cannot be read is a finding."""
    contents = FolderContents()
    if os.path.lexists(folder / "province.yaml"):
        path = folder / "province.yaml"
        contents.config, contents.config_file = _read_yaml(
            contents, path, "province.yaml", ProvinceConfig, _CONFIG_PARTS
        )
    else:
        remedy = "Chỉ đúng thư mục tỉnh (--province) hoặc tạo tệp này"
        contents.findings.append(Finding("province.yaml", 0, f"không có tệp này trong {folder}", remedy))
        if not (folder / "units.csv").is_file():
            return contents
    _read_units(contents, folder / "units.csv")
    _read_successions(contents, folder / "successions.csv")
    for path in _yaml_files_in(contents, folder, "criteria"):
        _read_criteria_set(contents, path)
    for path in _yaml_files_in(contents, folder, "rounds"):
        _read_round(contents, path)
    if os.path.lexists(folder / "texts.yaml"):
        path = folder / "texts.yaml"
        contents.texts, contents.texts_file = _read_yaml(contents, path, "texts.yaml", TextsFile, (("texts", "*"),))
    contents.progress = read_progress(folder, _yaml_files_in(contents, folder, "progress"))
    contents.findings += contents.progress.findings
    return contents


def _yaml_files_in(contents: FolderContents, folder: Path, name: str) -> list[Path]:
    """The .yaml files of a subfolder; .yml would be passed over silently, so it is said."""
    for path in sorted((folder / name).glob("*.yml")):
        what = "tệp không được đọc vì có đuôi .yml"
        finding = Finding(f"{name}/{path.name}", 0, what, "Đổi đuôi tệp thành .yaml", Severity.WARNING)
        contents.findings.append(finding)
    return sorted((folder / name).glob("*.yaml"))


def _read_yaml(
    contents: FolderContents, path: Path, shown_as: str, model: type[Model], droppable: Sequence[Sequence[str]]
) -> tuple[Model | None, YamlFile]:
    config = contents.config
    context = OwnDays(config.holidays, config.working_days) if config else None
    value, file, findings = load_model(path, shown_as, model, droppable, context)
    contents.findings += findings
    if findings:
        contents.partly_read.add(shown_as)
    return value, file


def _read_units(contents: FolderContents, path: Path) -> None:
    if not os.path.lexists(path):
        remedy = f"Tạo tệp này với dòng tiêu đề {','.join((*_UNIT_COLUMNS, *_UNIT_EXTRAS))}"
        contents.findings.append(Finding("units.csv", 0, "thiếu tệp danh sách đơn vị", remedy))
        return
    file = read_csv(_content(contents, path), "units.csv", _UNIT_COLUMNS, _UNIT_EXTRAS, lenient=True)
    contents.findings += file.findings
    contents.units_read = bool(file.rows)
    if not file.rows and not has_critical(file.findings):
        contents.findings.append(Finding("units.csv", 0, "chưa có đơn vị nào", "Ghi mỗi đơn vị một dòng"))
    for row in file.rows:
        unit = _from_row(contents, "units.csv", row, Unit)
        if unit is None:
            contents.unread_units.add(row.values["code"])
            continue
        if unit.code in contents.units:
            what = f"mã đơn vị “{unit.code}” đã có ở dòng {contents.unit_lines[unit.code]}"
            contents.findings.append(Finding("units.csv", row.line, what, "Đặt cho mỗi đơn vị một mã riêng"))
            continue
        contents.units[unit.code] = unit
        contents.unit_lines[unit.code] = row.line


def _read_successions(contents: FolderContents, path: Path) -> None:
    if not os.path.lexists(path):
        return
    file = read_csv(_content(contents, path), "successions.csv", _SUCCESSION_COLUMNS, ("weight",), lenient=True)
    contents.findings += file.findings
    for row in file.rows:
        succession = _from_row(contents, "successions.csv", row, Succession)
        if succession:
            contents.successions.append((row.line, succession))


def _content(contents: FolderContents, path: Path) -> bytes:
    """The bytes of a file; none, with a finding, where it cannot be opened."""
    try:
        return read_plain(path)
    except UnreadableError as unreadable:
        contents.findings.append(Finding(path.name, 0, unreadable.what, unreadable.remedy))
        return b""


def _from_row(contents: FolderContents, shown_as: str, row: CsvRow, model: type[Model]) -> Model | None:
    """One CSV record as a model; empty cells are left to the model's defaults."""
    values: dict[str, object] = {name: text for name, text in row.values.items() if text and name in model.model_fields}
    if isinstance(aliases := values.get("aliases"), str):
        values["aliases"] = tuple(alias.strip() for alias in aliases.split(";") if alias.strip())
    undated = _read_dates(values)
    for column, text in undated.items():
        what = f"“{text}” ở cột {column} không phải là ngày"
        contents.findings.append(Finding(shown_as, row.line, what, "Ghi ngày dạng 2025-07-01"))
    try:
        value = model.model_validate(values)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            column = str(details["loc"][0]) if details["loc"] else ""
            if column not in undated:
                contents.findings.append(Finding(shown_as, row.line, *_said_of_cell(column, details)))
        return None
    return None if undated else value


def _read_dates(values: dict[str, object]) -> dict[str, str]:
    """Turn the cells of date columns into dates; those that are none are taken out and returned."""
    undated: dict[str, str] = {}
    for column in _DATE_COLUMNS:
        if isinstance(text := values.get(column), str):
            try:
                values[column] = read_date(text)
            except ValueError:
                undated[column] = text
                del values[column]
    return undated


def _said_of_cell(column: str, details: ErrorDetails) -> tuple[str, str]:
    """What is wrong with a cell and what to do."""
    if details["type"] == "missing":
        return f"cột {column}: thiếu giá trị", "Ghi giá trị vào ô này"
    what = f"cột {column}: “{details['input']}” không hợp lệ"
    if expected := details.get("ctx", {}).get("expected"):
        return what, f"Dùng một trong: {said_choices(expected)}"
    if column == "weight":
        return what, "Ghi số lớn hơn 0, không quá 6 chữ số thập phân, dùng dấu chấm (0.5)"
    return what, "Chỉ dùng chữ, số, dấu chấm, gạch; không có dấu cách, không quá 40 ký tự"


def _read_criteria_set(contents: FolderContents, path: Path) -> None:
    shown_as = f"criteria/{path.name}"
    criteria_set, file = _read_yaml(contents, path, shown_as, CriteriaSet, _SET_PARTS)
    if criteria_set is None:
        contents.unread_sets += [path.stem, *_declared_ids(path)]
        return
    if criteria_set.id in contents.criteria_sets:
        other = contents.criteria_sets[criteria_set.id][1].shown_as
        what = f"mã bộ tiêu chí “{criteria_set.id}” đã dùng ở {other}"
        contents.findings.append(file.finding(("id",), what, "Đặt cho mỗi bộ tiêu chí một mã riêng"))
    # A second set with a used id is still checked, under the name of its file.
    id = shown_as if criteria_set.id in contents.criteria_sets else criteria_set.id
    contents.criteria_sets[id] = (criteria_set, file)


def _declared_ids(path: Path) -> list[str]:
    """The ids that a file seems to declare, though it cannot be read as YAML."""
    try:
        return _ID_LINE.findall(read_plain(path).decode(errors="replace"))
    except UnreadableError:
        return []


def _read_round(contents: FolderContents, path: Path) -> None:
    shown_as = f"rounds/{path.name}"
    round, file = _read_yaml(contents, path, shown_as, Round, _ROUND_PARTS)
    if round is None:
        return
    if path.stem != str(round.year):
        what = f"năm {round.year} không khớp tên tệp {path.name}"
        contents.findings.append(file.finding(("year",), what, "Sửa năm hoặc tên tệp"))
    contents.rounds[int(path.stem) if path.stem.isdecimal() else round.year] = (round, file)
