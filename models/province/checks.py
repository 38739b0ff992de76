"""What must hold between the files of a province folder, beyond the form of each: contents → findings.

Each check is one sentence of the trade. All are run; none stops another.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from models.findings import Finding, Severity
from models.province.contents import FolderContents
from models.province.progress_checks import check_progress
from models.province.reference_checks import check_references
from models.province.round_checks import check_round
from models.province.set_checks import check_criteria_set
from models.province.text_checks import check_texts
from models.province.year_checks import check_years
from models.units import Succession, SuccessionKind, circle_in, mail_addresses

_PRINTABLE = re.compile(r"[ -~\u00a0-\u024f\u1e00-\u1eff\u2010-\u2027]")  # what the font of documents has for sure
_OF_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.IGNORECASE)


def check_contents(contents: FolderContents) -> list[Finding]:
    """Every finding between and inside the files of the folder."""
    findings: list[Finding] = []
    findings += _check_config(contents)
    findings += _check_units(contents)
    findings += _check_successions(contents)
    for criteria_set, file in contents.criteria_sets.values():
        in_set = check_criteria_set(contents, criteria_set, file)
        findings += _critical(in_set) if file.shown_as in contents.partly_read else in_set
    for round, file in contents.rounds.values():
        findings += check_round(contents, round, file)
    findings += check_references(contents)
    findings += check_years(contents)
    findings += check_progress(contents)
    findings += check_texts(contents)
    return findings


def _critical(findings: Iterator[Finding]) -> list[Finding]:
    """Of a file that is read only in part: what is wrong whatever the rest says."""
    return [finding for finding in findings if finding.severity is Severity.CRITICAL]


def _check_config(contents: FolderContents) -> Iterator[Finding]:
    if contents.config is None or contents.config_file is None:
        return
    for name, declared in (("signers", contents.config.signers), ("appraisers", contents.config.appraisers)):
        ids = [one.id for one in declared]
        for position, id in enumerate(ids):
            if id in ids[:position]:
                path = (name, position, "id")
                yield contents.config_file.finding(path, f"mã “{id}” lặp lại trong {name}", "Đặt mã khác")
    for position, day in enumerate(contents.config.working_days):
        if day in contents.config.holidays:
            what = f"ngày {day:%d/%m/%Y} vừa là ngày nghỉ (holidays) vừa là ngày làm việc (working_days)"
            yield contents.config_file.finding(("working_days", position), what, "Bỏ ngày này ở một trong hai mục")
    for position, code in enumerate(contents.config.site.hide_units):
        if not contents.knows_unit(code):
            remedy = "Sửa mã theo units.csv, nếu không đơn vị vẫn hiện trên trang kết quả"
            what = f"không có đơn vị “{code}” trong units.csv"
            yield contents.config_file.finding(("site", "hide_units", position), what, remedy)


def _check_units(contents: FolderContents) -> Iterator[Finding]:
    for code, unit in contents.units.items():
        line = contents.unit_lines[code]
        if unit.parent and not contents.knows_unit(unit.parent):
            yield Finding("units.csv", line, f"không có đơn vị cấp trên “{unit.parent}”", "Sửa cột parent")
        if code in _above(contents, code):
            yield Finding("units.csv", line, f"đơn vị “{code}” là cấp trên của chính nó", "Sửa cột parent")
        if strange := sorted({letter for letter in unit.name if not _PRINTABLE.fullmatch(letter)}):
            what = f"tên đơn vị có ký tự không in được ({', '.join(f'U+{ord(letter):04X}' for letter in strange)})"
            yield Finding("units.csv", line, what, "Gõ lại tên trên một dòng, chỉ dùng chữ, số và dấu câu thường")
        if _OF_DEVICES.fullmatch(code):
            what = f"mã “{code}” là tên thiết bị của Windows, không đặt tên tệp được"
            yield Finding("units.csv", line, what, "Đặt mã khác")
        if unit.email and len(mail_addresses(unit.email)) < len(re.split(r"[\s,;]+", unit.email.strip(" ,;"))):
            what = f"địa chỉ thư điện tử “{unit.email}” không hợp lệ"
            yield Finding("units.csv", line, what, "Sửa cột email; nhiều địa chỉ cách nhau bằng ;", Severity.WARNING)
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            yield Finding(
                "units.csv",
                line,
                f"ngày bắt đầu ({unit.valid_from:%d/%m/%Y}) sau ngày kết thúc ({unit.valid_to:%d/%m/%Y})",
                "Sửa lại valid_from và valid_to",
            )


def _above(contents: FolderContents, code: str) -> list[str]:
    """The units above a unit, nearest first; in a circle each once."""
    above: list[str] = []
    unit = contents.units.get(code)
    while unit and unit.parent and unit.parent not in above:
        above.append(unit.parent)
        unit = contents.units.get(unit.parent)
    return above


def _check_successions(contents: FolderContents) -> Iterator[Finding]:
    file = "successions.csv"
    seen: dict[Succession, int] = {}
    for line, step in contents.successions:
        for code in (step.predecessor, step.successor):
            if not contents.knows_unit(code):
                yield Finding(file, line, f"không có đơn vị “{code}” trong units.csv", "Sửa mã hoặc thêm đơn vị")
        if step in seen:
            yield Finding(file, line, f"dòng lặp lại dòng {seen[step]}", "Bỏ bớt một dòng")
        seen.setdefault(step, line)
    weighted: dict[tuple[str, object], list[tuple[int, bool]]] = {}
    for line, step in contents.successions:
        weighted.setdefault((step.successor, step.date), []).append((line, step.weight is not None))
    for lines in weighted.values():
        if len({has for _, has in lines}) == 2:
            line = next(line for line, has in lines if not has)
            what = "thiếu trọng số, trong khi dòng khác của cùng đơn vị mới có trọng số"
            yield Finding(file, line, what, "Ghi weight cho mọi dòng của đơn vị mới này, hoặc bỏ hết")
    yield from _check_own_past(contents)
    yield from _check_circles(contents.successions)


def _check_own_past(contents: FolderContents) -> Iterator[Finding]:
    """A unit that goes on while others merge into it keeps its own past only by a row of its own."""
    kept = {(step.successor, step.date) for _, step in contents.successions if step.predecessor == step.successor}
    told: set[tuple[str, date]] = set()
    for line, step in contents.successions:
        key = step.successor, step.date
        unit = contents.units.get(step.successor)
        if step.kind is not SuccessionKind.MERGED or unit is None or key in kept | told:
            continue
        if unit.exists_on(step.date - timedelta(days=1)):
            told.add(key)
            what = f"đơn vị {unit.name} đã có trước ngày {step.date:%d/%m/%Y}; thiếu dòng kế thừa của chính đơn vị này"
            remedy = f"Thêm dòng {unit.code},{unit.code},{step.date},continued (kèm weight nếu các dòng khác có)"
            yield Finding("successions.csv", line, what, f"{remedy}; hoặc ghi valid_from nếu đơn vị được lập ngày đó")


def _check_circles(successions: Sequence[tuple[int, Succession]]) -> Iterator[Finding]:
    """Within a year nothing may come from itself; over the years a unit may come back, but a person should look."""
    circles = set()
    for year in sorted({step.date.year for _, step in successions}):
        within = [(line, step) for line, step in successions if step.date.year == year]
        for line, circle in _circles_in(within):
            circles.add(frozenset(circle))
            what = f"kế thừa thành vòng tròn: {' → '.join(circle)}"
            yield Finding("successions.csv", line, what, "Sửa lại đơn vị trước và đơn vị sau")
    for line, circle in _circles_in(successions):
        if frozenset(circle) not in circles:
            what = f"qua nhiều năm, đơn vị quay về mã cũ: {' → '.join(circle)}"
            yield Finding("successions.csv", line, what, "Kiểm tra lại các mã và ngày", Severity.WARNING)


def _circles_in(successions: Sequence[tuple[int, Succession]]) -> Iterator[tuple[int, list[str]]]:
    """Every circle that shares no line with one before it, with the first of its lines."""
    left = list(successions)
    while circle := circle_in([step for _, step in left]):
        links = set(pairwise(circle))
        yield next(line for line, step in left if (step.predecessor, step.successor) in links), circle
        left = [(line, step) for line, step in left if (step.predecessor, step.successor) not in links]
