"""The province folder: all that a province decides, as text files, loaded whole and checked whole.

province.yaml, units.csv, successions.csv, criteria/*.yaml, rounds/YEAR.yaml. Every error is found at once, each with
file, line, what is wrong and what to do.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.criteria import Code, CriteriaSet, Name
from models.csv_files import Row, read_csv
from models.facts import read_date
from models.findings import Finding, RefusedError, has_critical
from models.rounds import Group, Round
from models.units import Succession, Unit
from models.yaml_files import Model, YamlFile, load_model

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_COMMON_NOUNS = ("tỉnh ", "thành phố ", "thủ đô ")
_UNIT_COLUMNS = ("code", "name", "kind")
_UNIT_EXTRAS = ("aliases", "parent", "valid_from", "valid_to", "email")
_SUCCESSION_COLUMNS = ("predecessor", "successor", "date", "kind")


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Signer(_Declared):
    """Who may sign: signing power lines, title, and the name, all as printed. Source: NĐ 30/2020, Điều 13."""

    id: Code
    power: tuple[str, ...] = ()
    title: Name
    name: str | None = None


class Appraiser(_Declared):
    """An agency that appraises components (e.g. the Department of Home Affairs itself)."""

    id: Code
    name: Name


class Issuer(_Declared):
    """Who issues the decision: the lines of the letterhead, the name in a sentence."""

    lines: Annotated[tuple[str, ...], Field(min_length=1)]
    name: Name


class Symbols(_Declared):
    """Symbols of the documents that are issued."""

    decision: str = "QĐ-UBND"


class ProvinceConfig(_Declared):
    """province.yaml. Only `name` is needed; what a province does not say follows from it."""

    name: Name
    code: Code | None = None
    place: str | None = None
    issuer: Issuer | None = None
    department: Name = "Sở Nội vụ"
    symbols: Symbols = Symbols()
    signers: tuple[Signer, ...] = ()
    appraisers: tuple[Appraiser, ...] = (Appraiser(id="snv", name="Sở Nội vụ"),)
    legal_bases: tuple[str, ...] = ()
    proposal: str | None = None
    recipients: tuple[str, ...] = ()
    filing: str = "VT, SNV"
    mark: Annotated[str | None, Field(description="stamped on every page, e.g. DỮ LIỆU MẪU for a sample province")] = (
        None
    )
    source_note: str | None = None
    holidays: Annotated[tuple[date, ...], Field(description="days off besides the national calendar")] = ()

    @property
    def proper_name(self) -> str:
        """The name without its common noun: `tỉnh Bình Dương` → `Bình Dương`."""
        for noun in _COMMON_NOUNS:
            if self.name.casefold().startswith(noun):
                return self.name[len(noun) :]
        return self.name

    @property
    def place_of_issue(self) -> str:
        """The place in front of the date."""
        return self.place or self.proper_name

    @property
    def issued_by(self) -> Issuer:
        """The issuer as declared, else the province's People's Committee."""
        if self.issuer:
            return self.issuer
        return Issuer(lines=("ỦY BAN NHÂN DÂN", self.name.upper()), name=f"Ủy ban nhân dân {self.name}")

    def signer(self, id: str | None) -> Signer:
        """The signer with this id, the first one when None.

        Raises:
            KeyError: no signer with this id.
        """
        declared = self.signers or (Signer(id="chu-tich", power=("TM. ỦY BAN NHÂN DÂN",), title="CHỦ TỊCH"),)
        return declared[0] if id is None else {signer.id: signer for signer in declared}[id]


@dataclass(frozen=True)
class Province:
    """The folder, loaded and checked."""

    folder: Path
    config: ProvinceConfig
    units: dict[str, Unit]
    successions: tuple[Succession, ...]
    criteria_sets: dict[str, CriteriaSet]
    rounds: dict[int, Round]

    def members(self, round: Round, group: Group) -> list[Unit]:
        """The units of a group in a round, by code: selected by kind on the last day of the year, or listed."""
        return members_of(self.units, round, group)

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

    def group_of(self, round: Round, unit: str) -> Group | None:
        """The group that a unit belongs to in a round."""
        return next(
            (group for group in round.groups if any(member.code == unit for member in self.members(round, group))), None
        )


def members_of(units: dict[str, Unit], round: Round, group: Group) -> list[Unit]:
    """The units of a group in a round, in the order of their codes."""
    chosen = {
        unit.code: unit
        for unit in units.values()
        if unit.code in group.units.codes or (unit.kind in group.units.kind and unit.exists_on(round.last_day))
    }
    return [chosen[code] for code in sorted(chosen) if code not in group.units.except_]


@dataclass
class FolderContents:
    """What was read of a province folder before it is checked: values beside the files they come from."""

    config: ProvinceConfig | None = None
    units: dict[str, Unit] = field(default_factory=dict)
    unit_lines: dict[str, int] = field(default_factory=dict)
    successions: list[tuple[int, Succession]] = field(default_factory=list)
    criteria_sets: dict[str, tuple[CriteriaSet, YamlFile]] = field(default_factory=dict)
    rounds: dict[int, tuple[Round, YamlFile]] = field(default_factory=dict)
    unread_sets: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def load_province(folder: Path) -> Province:
    """The province of a folder that has no errors.

    Raises:
        RefusedError: with every error of the folder.
    """
    province, findings = check_province(folder)
    if province is None:
        raise RefusedError([finding for finding in findings if has_critical([finding])])
    return province


def check_province(folder: Path) -> tuple[Province | None, list[Finding]]:
    """Read and check the whole folder.

    Returns:
        The province, None where an error makes it unusable, and all findings by file and line.
    """
    from models.province_checks import check_contents

    contents = read_folder(folder)
    findings = sorted(
        [*contents.findings, *check_contents(contents)], key=lambda found: (found.file, found.line, found.what)
    )
    if has_critical(findings) or contents.config is None:
        return None, findings
    return (
        Province(
            folder,
            contents.config,
            contents.units,
            tuple(succession for _, succession in contents.successions),
            {id: criteria_set for id, (criteria_set, _) in contents.criteria_sets.items()},
            {year: round for year, (round, _) in contents.rounds.items()},
        ),
        findings,
    )


def read_folder(folder: Path) -> FolderContents:
    """Read every file of the folder; what cannot be read is a finding."""
    contents = FolderContents()
    config_path = folder / "province.yaml"
    if not config_path.is_file():
        contents.findings.append(
            Finding("province.yaml", 0, f"không có tệp này trong {folder}", "Chỉ đúng thư mục tỉnh (--province)")
        )
        return contents
    contents.config, _ = _read_yaml(contents, config_path, "province.yaml", ProvinceConfig)
    _read_units(contents, folder / "units.csv")
    _read_successions(contents, folder / "successions.csv")
    for path in sorted((folder / "criteria").glob("*.yaml")):
        _read_criteria_set(contents, path)
    for path in sorted((folder / "rounds").glob("*.yaml")):
        _read_round(contents, path)
    return contents


def _read_yaml(
    contents: FolderContents, path: Path, shown_as: str, model: type[Model]
) -> tuple[Model | None, YamlFile]:
    value, file, findings = load_model(path, shown_as, model)
    contents.findings += findings
    return value, file


def _read_units(contents: FolderContents, path: Path) -> None:
    if not path.is_file():
        contents.findings.append(Finding("units.csv", 0, "thiếu tệp danh sách đơn vị", "Tạo tệp units.csv"))
        return
    file = read_csv(path.read_bytes(), "units.csv", _UNIT_COLUMNS, _UNIT_EXTRAS, lenient=True)
    contents.findings += file.findings
    for row in file.rows:
        unit = _from_row(contents, "units.csv", row, Unit)
        if unit is None:
            continue
        if unit.code in contents.units:
            what = f"mã đơn vị “{unit.code}” đã có ở dòng {contents.unit_lines[unit.code]}"
            contents.findings.append(Finding("units.csv", row.line, what, "Đặt cho mỗi đơn vị một mã riêng"))
            continue
        contents.units[unit.code] = unit
        contents.unit_lines[unit.code] = row.line


def _read_successions(contents: FolderContents, path: Path) -> None:
    if not path.is_file():
        return
    file = read_csv(path.read_bytes(), "successions.csv", _SUCCESSION_COLUMNS, ("weight",), lenient=True)
    contents.findings += file.findings
    for row in file.rows:
        succession = _from_row(contents, "successions.csv", row, Succession)
        if succession:
            contents.successions.append((row.line, succession))


def _from_row(contents: FolderContents, shown_as: str, row: Row, model: type[Model]) -> Model | None:
    """One CSV record as a model; empty cells are left to the model's defaults."""
    values: dict[str, object] = {name: text for name, text in row.values.items() if text and name in model.model_fields}
    if isinstance(aliases := values.get("aliases"), str):
        values["aliases"] = tuple(alias.strip() for alias in aliases.split(";") if alias.strip())
    for name in ("valid_from", "valid_to", "date"):
        if isinstance(text := values.get(name), str):
            try:
                values[name] = read_date(text)
            except ValueError:
                what = f"“{text}” ở cột {name} không phải là ngày"
                contents.findings.append(Finding(shown_as, row.line, what, "Ghi ngày dạng 2025-07-01"))
                return None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            column = details["loc"][0] if details["loc"] else ""
            shown = details["input"] if details["type"] != "missing" else ""
            what = (
                f"cột {column}: thiếu giá trị"
                if details["type"] == "missing"
                else f"cột {column}: “{shown}” không hợp lệ"
            )
            remedy = details.get("ctx", {}).get("expected")
            contents.findings.append(
                Finding(shown_as, row.line, what, f"Dùng một trong: {remedy}" if remedy else "Sửa lại giá trị")
            )
        return None


def _read_criteria_set(contents: FolderContents, path: Path) -> None:
    shown_as = f"criteria/{path.name}"
    criteria_set, file = _read_yaml(contents, path, shown_as, CriteriaSet)
    if criteria_set is None:
        contents.unread_sets.append(path.stem)
        return
    if criteria_set.id in contents.criteria_sets:
        other = contents.criteria_sets[criteria_set.id][1].shown_as
        contents.findings.append(file.finding(("id",), f"mã bộ tiêu chí đã dùng ở {other}", "Đặt mã khác"))
        return
    contents.criteria_sets[criteria_set.id] = (criteria_set, file)


def _read_round(contents: FolderContents, path: Path) -> None:
    shown_as = f"rounds/{path.name}"
    round, file = _read_yaml(contents, path, shown_as, Round)
    if round is None:
        return
    if path.stem != str(round.year):
        contents.findings.append(
            file.finding(("year",), f"năm {round.year} không khớp tên tệp {path.name}", "Sửa năm hoặc tên tệp")
        )
        return
    contents.rounds[round.year] = (round, file)
