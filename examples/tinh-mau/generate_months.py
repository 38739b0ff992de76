"""The sample province's months: facts-2025.csv → progress-2025/, everything that is recorded during the year.

Everything is made up. The yearly number of each unit is split over its reporting months, so the months add up to the
facts of the yearly round. Numerators improve a little over the year. Named situations (a department that skips a month,
another that corrects one) are declared on top. Only whole numbers are drawn and split, so the files come out the same
byte for byte everywhere.

Run from the root of the repository, after generate.py: python examples/tinh-mau/generate_months.py
"""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1]))

from models.progress.measures import Measure, OverTime  # noqa: E402
from models.progress.periods import month  # noqa: E402
from models.province.folder import Province, load_province  # noqa: E402
from models.units import Unit  # noqa: E402

SEED = 20251214
YEAR = 2025
MONTHS = range(1, 13)
OUT = FOLDER / "progress-2025"

# --- Situations -----------------------------------------------------------------------------------------------------

COMMUNES_REPORT_FROM = 7  # the first month at whose end the communes exist, which are of 01/07/2025
SKIPPED = {("so-ngoai-vu", 5)}
CORRECTED = ("so-y-te", 9)  # the first file counts some late dossiers as in time; a second file puts it right
WRONGLY_IN_TIME = 12
SERVICE_UNITS_MERGED_IN = 7
OFF_SCALE = {1: 70, 2: 60, 7: 115, 8: 110, 11: 112, 12: 120}  # fewer dossiers around Tết; 100 in other months
HALF_A_MONTH = 50
OVERDUE_SHOWN = 3  # of each department with late dossiers, so many stand in the register, one by one

# --- Sizes ----------------------------------------------------------------------------------------------------------

PAR_INDEX = ((2021, "85.12", 34), (2022, "84.37", 31), (2023, "86.05", 27), (2024, "87.41", 23))
SIPAS = ((2021, "84.60", 38), (2022, "81.95", 30), (2023, "83.20", 29), (2024, "84.75", 25))
PAPI = ((2021, "41.86", 33), (2022, "41.02", 35), (2023, "42.15", 28), (2024, "42.90", 26))
DTI = ((2021, "0.4120", 36), (2022, "0.5235", 32), (2023, "0.5871", 30), (2024, "0.6342", 24))
PROVINCES = 63
INDEX_DAYS = {"par-index": "04-06", "sipas": "04-06", "papi": "04-15", "dti": "08-20"}

Numbers = tuple[int, ...]
Facts = dict[tuple[str, str], dict[str, str]]
NOTHING_AROSE = {"numerator": "0", "denominator": "0"}


class MonthlyFigure(NamedTuple):
    """One row of a file of figures; a part that the measure does not have is empty."""

    unit: str
    measure: str
    numerator: str = ""
    denominator: str = ""
    value: str = ""
    note: str = ""


def split(total: int, weights: Sequence[int], most: Sequence[int] | None = None) -> Numbers:
    """A total over months by weights, in whole numbers, the largest remainders first.

    Args:
        total: what the parts add up to; no more than Σ most.
        weights: one for each month, some above 0.
        most: what each part may be at most; what does not fit goes to the months with room.
    """
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    if most is not None:
        excess = sum(max(0, part - room) for part, room in zip(parts, most, strict=True))
        parts = [min(part, room) for part, room in zip(parts, most, strict=True)]
        for at, room in enumerate(most):
            more = min(excess, room - parts[at])
            parts[at], excess = parts[at] + more, excess - more
    return tuple(parts)


def read_facts() -> Facts:
    """facts-2025.csv by unit and component."""
    lines = (FOLDER / "facts-2025.csv").read_text(encoding="utf-8").splitlines()
    facts: Facts = {}
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        facts.setdefault((row["unit"], row["component"]), {})[row["fact"]] = row["value"]
    return facts


# --- One unit's figures ---------------------------------------------------------------------------------------------


class UnitYear:
    """A unit's reporting months, and the split of its yearly numbers over them."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.months = tuple(number for number in MONTHS if _reports(unit, number))
        dice = Random(f"{SEED} {unit.code}")
        scale = OFF_SCALE if unit.kind == "so" else OFF_SCALE | {COMMUNES_REPORT_FROM: HALF_A_MONTH}
        self._weights = [scale.get(number, 100) + dice.randint(-8, 8) for number in self.months]

    def over_months(self, total: int, most: Sequence[int] | None = None) -> Numbers:
        """A number of things of the year, month by month, always in the same shares."""
        return split(total, self._weights, most)

    def lacking(self, total: int, most: Sequence[int]) -> Numbers:
        """What is lacking of each month, less and less as the year goes on."""
        fading = [weight * (60 - 3 * at) for at, weight in enumerate(self._weights)]
        return split(total, fading, most)

    def so_far(self, total: int) -> Numbers:
        """What has been reached by the end of each month, slowly first; the total in the last."""
        steps = split(total, [1 + at * at for at in range(len(self.months))])
        return tuple(sum(steps[: at + 1]) for at in range(len(steps)))


def _reports(unit: Unit, number: int) -> bool:
    if unit.kind != "so" and number < COMMUNES_REPORT_FROM:
        return False
    return unit.exists_on(month(YEAR, number).last)


def figures_of(measure: Measure, year: UnitYear, facts: Facts) -> Iterator[tuple[int, MonthlyFigure]]:
    """The figures of a measure, each with the number of its month, so that the months make the facts of the year.

    What did not arise with a unit all year is reported as 0 every month.
    """
    code = year.unit.code
    if measure.id == "don-vi-su-nghiep":
        yield from _service_units(year, facts.get((code, "4.4.1"), NOTHING_AROSE))
        return
    if measure.id == "qua-han-chua-xong":
        yield from _still_open(year, facts.get((code, "3.4.1"), NOTHING_AROSE))
        return
    fed = facts.get((code, _component(measure, year.unit)), NOTHING_AROSE)
    if "value" in fed:
        for number, value in zip(year.months, year.over_months(int(fed["value"])), strict=True):
            yield number, MonthlyFigure(code, measure.id, value=str(value))
        return
    for number, (numerator, denominator) in zip(year.months, _parts(measure, year, fed, facts), strict=True):
        yield number, MonthlyFigure(code, measure.id, str(numerator), str(denominator))


def _component(measure: Measure, unit: Unit) -> str:
    """The component that a measure feeds for a unit, "" where there is none."""
    criteria_set = "so-2025" if unit.kind == "so" else "xa-2025"
    return next((fed.component for fed in measure.feeds if fed.criteria_set == criteria_set), "")


def _parts(measure: Measure, year: UnitYear, fed: Mapping[str, str], facts: Facts) -> list[tuple[int, int]]:
    """Numerator and denominator of each month."""
    numerator, denominator = int(fed["numerator"]), int(fed["denominator"])
    if measure.over_time is OverTime.LAST:
        return [(reached, denominator) for reached in year.so_far(numerator)]
    if measure.id == "xin-loi":
        in_time = facts.get((year.unit.code, "3.4.1"), NOTHING_AROSE)
        resolved = year.over_months(int(in_time["denominator"]))
        wholes = year.lacking(denominator, resolved)
    else:
        wholes = year.over_months(denominator)
    lacking = year.lacking(denominator - numerator, wholes)
    return [(whole - less, whole) for whole, less in zip(wholes, lacking, strict=True)]


def _service_units(year: UnitYear, fed: Mapping[str, str]) -> Iterator[tuple[int, MonthlyFigure]]:
    """Public service units: as many as in 2021 until some are merged in the middle of the year."""
    before, merged = int(fed["denominator"]), int(fed["numerator"])
    for number in year.months:
        left = before - (merged if number >= SERVICE_UNITS_MERGED_IN else 0)
        yield number, MonthlyFigure(year.unit.code, "don-vi-su-nghiep", value=str(left))


def _still_open(year: UnitYear, fed: Mapping[str, str]) -> Iterator[tuple[int, MonthlyFigure]]:
    """Dossiers past their time and not resolved at the end of the month: about a quarter of the month's late ones."""
    late = int(fed["denominator"]) - int(fed["numerator"])
    resolved = year.over_months(int(fed["denominator"]))
    for number, of_month in zip(year.months, year.lacking(late, resolved), strict=True):
        yield number, MonthlyFigure(year.unit.code, "qua-han-chua-xong", value=str(of_month // 4))


def monthly_figures(province: Province, facts: Facts) -> dict[int, list[MonthlyFigure]]:
    """Every figure of the year by month; units in the order of the round, measures in the order of measures.yaml."""
    by_month: dict[int, list[MonthlyFigure]] = {number: [] for number in MONTHS}
    round = province.round_of(YEAR)
    sending = {code for code, _ in facts}
    for group in round.groups:
        for unit in province.members(round, group):
            if unit.code not in sending:
                continue
            year = UnitYear(unit)
            for measure in province.progress.measures.values():
                if measure.reported_by(unit.kind):
                    for number, figure in figures_of(measure, year, facts):
                        by_month[number].append(figure)
    return {
        number: [figure for figure in figures if (figure.unit, number) not in SKIPPED]
        for number, figures in by_month.items()
    }


def with_mistake(figures: Iterable[MonthlyFigure]) -> Iterator[MonthlyFigure]:
    """The month as the department first sent it: late dossiers counted as in time."""
    for figure in figures:
        if (figure.unit, figure.measure) == (CORRECTED[0], "dung-han"):
            wrong = min(int(figure.numerator) + WRONGLY_IN_TIME, int(figure.denominator))
            yield figure._replace(numerator=str(wrong))
        else:
            yield figure


# --- Other indices and registers ------------------------------------------------------------------------------------


def index_rows(facts: Facts) -> list[Sequence[str]]:
    """Values of other indices: of the province by year, of each unit what the yearly round takes over from outside."""
    rows: list[Sequence[str]] = []
    for series, values in (("par-index", PAR_INDEX), ("sipas", SIPAS), ("papi", PAPI), ("dti", DTI)):
        for year, value, rank in values:
            published = f"{year + 1}-{INDEX_DAYS[series]}"
            rows.append((series, "", str(year), value, str(rank), str(PROVINCES), published, "Số liệu mẫu"))
    for (unit, component), values_of in facts.items():
        if component == "3.6":
            rows.append(("phuc-vu-766", unit, str(YEAR), values_of["value"], "", "", "", "Số liệu mẫu"))
    return rows


def overdue_rows(province: Province, facts: Facts) -> list[Sequence[str]]:
    """A few late dossiers of each department, with the apology flag."""
    rows: list[Sequence[str]] = []
    for unit in province.units.values():
        late = facts.get((unit.code, "3.4.2")) if unit.kind == "so" else None
        if late is None:
            continue
        dice = Random(f"{SEED} overdue {unit.code}")
        for number in range(1, min(OVERDUE_SHOWN, int(late["denominator"])) + 1):
            due = date(YEAR, 3, 17) + timedelta(dice.randint(0, 230))
            done = due + timedelta(dice.randint(1, 9))
            apologised = dice.randint(0, int(late["denominator"]) - 1) < int(late["numerator"])
            dossier = f"MAU-{unit.code}-{due:%y%m%d}-{number:03d}"
            flag = str(int(apologised))
            rows.append((unit.code, dossier, due.isoformat(), done.isoformat(), flag, "Chậm lấy ý kiến phối hợp"))
    return rows


INSPECTIONS: tuple[Sequence[str], ...] = (
    ("so-noi-vu", "2025-04-16", "Sở Xây dựng", "4", "Xử lý hồ sơ trễ hạn; gửi đủ thư xin lỗi", "2025-06-30"),
    ("so-noi-vu", "2025-05-21", "Sở Ngoại vụ", "2", "Gửi bổ sung báo cáo tháng 5", ""),
    ("so-noi-vu", "2025-06-11", "Sở Y tế", "3", "Cập nhật tiến độ xử lý hồ sơ hằng ngày", "2025-08-15"),
    ("so-noi-vu", "2025-09-17", "Phường Hòa Giang", "1", "Niêm yết lại danh mục TTHC", "2025-09-30"),
    ("so-noi-vu", "2025-10-08", "Xã An Lộc", "5", "Chấn chỉnh kỷ luật, kỷ cương", ""),
    ("so-noi-vu", "2025-10-22", "Xã Ba Lâm", "6", "Phân công người làm báo cáo; báo cáo đủ các tháng", ""),
    ("so-tu-phap", "2025-07-23", "Sở Tài chính", "1", "Bổ sung hồ sơ rà soát văn bản", "2025-08-20"),
    ("thanh-tra", "2025-08-13", "Ban Quản lý khu kinh tế", "2", "Công khai lại thời hạn giải quyết", "2025-10-01"),
)
INITIATIVES = {  # what the cases of a bonus item are called
    "DT.1": "Sáng kiến mẫu số {number} của {unit}",
    "DT.2": "Mô hình mẫu số {number} của {unit} được nhân rộng",
    "DT.3": "Khen thưởng chuyên đề CCHC (mẫu) của {unit}",
}
TASKS_DONE: tuple[Sequence[str], ...] = (
    ("so-noi-vu", "kh-2025", "1", "2024-12-16", "2025-01-10", "Kế hoạch CCHC năm 2025 (mẫu)"),
    ("so-noi-vu", "kh-2025", "2", "2025-01-20", "2025-02-26", "Kế hoạch kiểm tra (mẫu)"),
    ("van-phong", "kh-2025", "3", "2025-02-03", "2025-03-27", "Quyết định phê duyệt danh mục rà soát (mẫu)"),
    ("so-tu-phap", "kh-2025", "4", "2025-01-13", "2025-02-14", "Kế hoạch rà soát văn bản (mẫu)"),
    ("so-kh-cn", "kh-2025", "5", "2025-02-10", "2025-04-24", "Báo cáo kết nối hệ thống (mẫu)"),
    ("so-tai-chinh", "kh-2025", "6", "2025-03-03", "2025-05-12", "Quyết định giao tự chủ (mẫu)"),
    ("so-noi-vu", "kh-2025", "7", "2025-03-17", "2025-06-27", "Đề án sắp xếp (mẫu)"),
    ("van-phong", "kh-2025", "8", "2025-05-05", "2025-07-01", "Thông báo hoạt động của các trung tâm (mẫu)"),
    ("so-noi-vu", "kh-2025", "9", "2025-06-16", "2025-07-18", "Tài liệu tập huấn (mẫu)"),
    ("so-xay-dung", "kh-2025", "10", "2025-05-19", "", "", "Chờ ý kiến của các cơ quan phối hợp (mẫu)"),
    ("so-nn-mt", "kh-2025", "11", "2025-04-14", "2025-10-20", "Báo cáo số hóa (mẫu)", "Thiếu máy quét (mẫu)"),
    ("so-y-te", "kh-2025", "12", "2025-06-02", "", "", "Đang hoàn thiện dự thảo, trình trong quý I/2026 (mẫu)"),
    ("so-gd-dt", "kh-2025", "13", "2025-07-21", "2025-09-25", "Quyết định công bố (mẫu)"),
    ("so-cong-thuong", "kh-2025", "14", "2025-08-04", "2025-11-07", "Phương án đơn giản hóa (mẫu)"),
    ("so-vh-tt-dl", "kh-2025", "15", "2025-09-08", "2025-11-21", "Loạt tin, bài (mẫu)"),
    ("so-noi-vu", "kh-2025", "16", "2025-09-15", "2025-12-04", "Báo cáo khảo sát (mẫu)"),
    ("so-tu-phap", "kh-2025", "18", "2025-11-03", "", ""),
    ("so-noi-vu", "de-an-2021-2025", "1", "2021-03-15", "2023-11-20", "Báo cáo sơ kết (mẫu)"),
    ("so-kh-cn", "de-an-2021-2025", "2", "2021-06-01", "2025-03-12", "Biên bản nghiệm thu (mẫu)"),
    ("so-tai-chinh", "de-an-2021-2025", "3", "2022-01-10", "", ""),
)

REMARKS: tuple[tuple[str, Sequence[int], str, str], ...] = (  # unit, months, difficulties, proposals
    ("so-xay-dung", (6, 7), "Nhiều hồ sơ phải lấy ý kiến của nhiều cơ quan, khó trả đúng hẹn (mẫu)", ""),
    ("so-xay-dung", (9,), "", "Đề nghị rút ngắn thời hạn trả lời ý kiến giữa các sở (mẫu)"),
    ("so-y-te", (3,), "Phần mềm chuyên ngành chưa kết nối với hệ thống của tỉnh (mẫu)", ""),
    (
        "so-y-te",
        (9,),
        "Phần mềm chuyên ngành chưa kết nối với hệ thống của tỉnh (mẫu)",
        "Đề nghị Sở Khoa học và Công nghệ hỗ trợ kết nối trong quý IV (mẫu)",
    ),
    ("xa-an-loc", (7, 9, 10), "Thiếu công chức có chuyên môn công nghệ thông tin (mẫu)", ""),
)
SCANNERS = "Thiếu máy quét ở điểm tiếp nhận, số hóa hồ sơ còn chậm (mẫu)"
WITHOUT_SCANNERS = ("xa-khe-thuong", "xa-long-dien", "xa-phu-lam")  # in the first month that they report


def remark_rows() -> list[Sequence[str]]:
    """What units write below their figures, by month."""
    shared = [(unit, (COMMUNES_REPORT_FROM,), SCANNERS, "") for unit in WITHOUT_SCANNERS]
    return sorted(
        (str(month(YEAR, number)), unit, difficulties, proposals)
        for unit, numbers, difficulties, proposals in (*REMARKS, *shared)
        for number in numbers
    )


def initiative_rows(province: Province, facts: Facts) -> list[Sequence[str]]:
    """One initiative for each bonus case of the yearly facts."""
    rows: list[Sequence[str]] = []
    for (code, item), values in facts.items():
        if item in INITIATIVES:
            for number in range(1, int(values["count"]) + 1):
                title = INITIATIVES[item].format(number=number, unit=province.units[code].name)
                day = date(YEAR, 9, 1) + timedelta(7 * number)
                rows.append((code, title, day.isoformat(), "cấp tỉnh", "Quyết định mẫu", item))
    return rows


# --- Files ----------------------------------------------------------------------------------------------------------


def write(name: str, remark: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write one CSV file with its remark on the first line."""
    text = io.StringIO(newline="")
    text.write(f"# DỮ LIỆU MẪU: {remark}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    (OUT / name).write_bytes(text.getvalue().encode("utf-8"))


def main() -> None:
    """Write every file of progress-2025/."""
    province, facts = load_province(FOLDER), read_facts()
    OUT.mkdir(exist_ok=True)
    by_month = monthly_figures(province, facts)
    for number, figures in by_month.items():
        remark = f"số liệu {month(YEAR, number).name}, do generate_months.py tạo ra"
        sent = with_mistake(figures) if number == CORRECTED[1] else figures
        write(f"figures-{YEAR}-{number:02d}.csv", remark, MonthlyFigure._fields, sent)
    unit, number = CORRECTED
    remark = f"{province.units[unit].name} điều chỉnh số liệu {month(YEAR, number).name}"
    right = [
        figure._replace(note="Điều chỉnh: bản đầu đếm cả hồ sơ trễ hạn")
        for figure in by_month[number]
        if (figure.unit, figure.measure) == (unit, "dung-han")
    ]
    write(f"figures-{YEAR}-{number:02d}-dieu-chinh.csv", remark, MonthlyFigure._fields, right)
    index_columns = ("index", "unit", "year", "value", "rank", "of", "published_on", "source")
    write(f"indices-{YEAR}.csv", "các chỉ số khác", index_columns, index_rows(facts))
    overdue_columns = ("unit", "dossier", "due_on", "done_on", "apology", "reason")
    overdue = sorted(overdue_rows(province, facts), key=tuple)
    write("register-overdue.csv", "trích sổ hồ sơ giải quyết quá hạn", overdue_columns, overdue)
    inspection_columns = ("unit", "date", "subject", "findings", "follow_up", "follow_up_done")
    write("register-inspections.csv", "sổ kiểm tra CCHC", inspection_columns, INSPECTIONS)
    initiative_columns = ("unit", "title", "date", "level", "evidence", "bonus_item")
    write("register-initiatives.csv", "sổ sáng kiến", initiative_columns, initiative_rows(province, facts))
    task_columns = ("unit", "plan", "number", "begun", "done_on", "evidence", "explanation")
    tasks = [[*row, *[""] * (len(task_columns) - len(row))] for row in TASKS_DONE]
    write("register-tasks.csv", "cập nhật nhiệm vụ kế hoạch", task_columns, tasks)
    said = "khó khăn, kiến nghị của các đơn vị trong báo cáo tháng"
    write("remarks.csv", said, ("period", "unit", "difficulties", "proposals"), remark_rows())


if __name__ == "__main__":
    main()
