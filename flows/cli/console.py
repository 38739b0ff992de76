"""Tables that officers read in a terminal."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.findings import Severity
from models.forms.descriptions import ROUND_KINDS
from models.province.folder import Province
from models.province.rounds import RankingRule
from models.published_figures import ColumnGroup, Medium, PublishedFigure, figures_in
from models.records.results import GroupResult, RoundResult, Status, UnitResult
from models.wording import first_of
from models.working_days import VIETNAM
from report_templates.filters import announced, exact, points, printed
from tasks.intake.round_status import RoundStatus
from tasks.scoring.explaining import Explanation, Step

if TYPE_CHECKING:
    from tasks.intake.form_status import FormsStatus
    from tasks.intake.owed import Owed

_WIDTH_OF_FILES = 160
MOST_NAMES = 4


def officers_console() -> Console:
    """A console that prints names and notes as they are written, square brackets and colons too."""
    width = None if sys.stdout.isatty() else _WIDTH_OF_FILES
    return Console(width=width, highlight=False, markup=False, emoji=False)


def print_ranks(results: RoundResult) -> None:
    """One table a group: rank, unit, maximum, points, index, grade, change."""
    console = officers_console()
    for group in results.groups:
        console.print(_rank_table(group, results.ranking))
        counts, ranks = group.index_counts, group.rank_counts
        if sum(counts):
            console.print(
                f"Chỉ số: {counts.up} tăng, {counts.down} giảm, {counts.unchanged} giữ nguyên. "
                f"Thứ hạng: {ranks.up} tăng, {ranks.down} giảm, {ranks.unchanged} giữ nguyên."
            )


def _rank_table(group: GroupResult, rule: RankingRule) -> Table:
    mean = printed(group.mean, rule)
    table = Table(title=f"{group.name}: {group.size} đơn vị, trung bình {mean}", title_justify="left")
    figures = figures_in(Medium.TERMINAL)
    for figure in figures:
        table.add_column(
            figure.heading_in(Medium.TERMINAL),
            justify="left" if figure.kind == "text" else "right",
            overflow="fold" if figure.group in (ColumnGroup.UNIT, ColumnGroup.RANK) else "ellipsis",
        )
    for unit in group.units:
        table.add_row(*_rank_row(unit, figures, rule))
    return table


def _rank_row(unit: UnitResult, figures: Sequence[PublishedFigure], rule: RankingRule) -> list[str]:
    told = {figure.id: announced(unit, figure, rule) for figure in figures}
    if unit.status is Status.NOT_SCORED:
        points = [figure.id for figure in figures].index("points")
        return [*list(told.values())[:points], "không chấm điểm"]
    told["rank"] = "không xếp hạng" if unit.rank is None else f"{unit.rank}{'=' if unit.tied else ''}"
    return list(told.values())


def print_explanation(explanation: Explanation) -> None:
    """One unit: each leaf with points, rule and history, then what was lost."""
    console, unit = officers_console(), explanation.unit
    console.print(Text.assemble((unit.name, "bold"), f" ({unit.code}), {explanation.group.name}"))
    if unit.points is None:
        console.print("Đơn vị không được chấm điểm: chưa có điểm hay số liệu nào.")
        return
    rule = explanation.ranking
    index = printed(unit.index, rule)
    console.print(
        f"Tổng điểm {points(unit.points, rule)}/{exact(unit.max_points)}, "
        f"chỉ số {index}%, hạng {unit.rank or '–'}, xếp loại {unit.grade or '–'}"
        + (f" ({unit.gated_by or 'bị khống chế'})" if unit.gated else "")
    )
    if unit.robustness:
        console.print(
            f"Độ vững của hạng: từ {unit.robustness.rank_p5} đến {unit.robustness.rank_p95} "
            "trong 90% trường hợp trọng số lĩnh vực thay đổi ±25%"
        )
    if unit.bonus or unit.penalty:
        console.print(f"Điểm thưởng {exact(unit.bonus)}, điểm trừ {exact(unit.penalty)}")
        for step in explanation.blocks:
            console.print(f"  {step}")
    console.print(_leaf_table(explanation))
    _print_lost(console, explanation)
    console.print(f"Bản kết quả {explanation.snapshot}")


def _leaf_table(explanation: Explanation) -> Table:
    table = Table(show_lines=True)
    for name in ("Mã", "Tiêu chí", "Điểm", "Căn cứ", "Quy tắc", "Số liệu, điểm đã nhận"):
        table.add_column(name, overflow="fold", justify="right" if name == "Điểm" else "left")
    for leaf in explanation.leaves:
        shown = points(leaf.points.points, explanation.ranking)
        table.add_row(
            leaf.leaf.code,
            leaf.leaf.name,
            f"{shown}/{exact(leaf.points.max)}",
            leaf.points.basis.label,
            leaf.rule,
            "\n".join(_told(leaf.steps)),
        )
    return table


def _told(steps: Sequence[Step]) -> Iterator[str]:
    """What was said of a leaf, in the order received; what came together names its file once."""
    for origin, together in groupby(steps, key=lambda step: step.origin):
        for step in together:
            yield f"{step.source}: {step.value}" + (f" – {step.note}" if step.note else "")
        yield f"  ({origin})"


def _print_lost(console: Console, explanation: Explanation) -> None:
    if not explanation.lost:
        console.print("Không mất điểm nào.")
        return
    leaves = {leaf.leaf.code: leaf for leaf in explanation.leaves}
    rows = (
        (
            loss.leaf.code,
            leaves[loss.leaf.code].leaf.name,
            points(loss.lost, explanation.ranking),
            f"{exact(loss.share * 100)}%",
            leaves[loss.leaf.code].reason,
            "cần khắc phục" if loss.weak else "",
        )
        for loss in explanation.lost
    )
    columns = ("Mã", "Tiêu chí", "Mất", "Còn", "Số liệu, nguyên nhân", "")
    print_table(console, "Điểm bị mất, nhiều nhất trước", columns, rows, right=("Mất", "Còn"))


def print_reminded(rows: Sequence[Mapping[str, str]], day: date) -> None:
    """Who is reminded of what on a day, and whether the mail went out."""
    console = officers_console()
    if not rows:
        console.print(f"Ngày {day:%d/%m/%Y}: không có ai cần nhắc.")
        return
    print_table(console, f"Nhắc hạn ngày {day:%d/%m/%Y}", rows[0], (row.values() for row in rows))


def print_table(
    console: Console, title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], right: Sequence[str] = ()
) -> None:
    """A table, the columns of numbers named in `right`; nothing where it would have no rows."""
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold", justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        console.print(table)


def print_forms(status: "FormsStatus", province: Province) -> None:
    """The forms of a round: how many of each kind came, what waits for whom, what went wrong on the way."""
    from tasks.intake.form_status import deadline_said, moment_said

    console = officers_console()
    table = Table(title=f"Phiếu của kỳ đánh giá năm {status.year}", title_justify="left")
    for name in ("Phiếu", "Phải gửi", "Đã nhận", "trong đó chậm", "có cảnh báo", "Trả lại, chưa sửa", "Hạn"):
        table.add_column(name, justify="left" if name in ("Phiếu", "Hạn") else "right")
    for kind in ROUND_KINDS:
        forms = status.of_kind(kind)
        newest = [form.newest for form in forms if form.newest]
        counts = (
            sum(form.is_asked or bool(form.newest) for form in forms),
            len(newest),
            sum(version.late for version in newest),
            sum(bool(version.warnings) for version in newest),
            sum(form.open is not None for form in forms),
        )
        table.add_row(kind.label, *map(str, counts), deadline_said(status, province, kind))
    console.print(table)
    _print_list(console, "Việc đang chờ", list(_gathered(status)))
    unread = [f"{each.file_name} ({moment_said(each.received_at)}): {each.why}" for each in status.unknown]
    _print_list(console, "Tệp không phải biểu mẫu hoặc gửi nhầm chỗ (gần nhất)", unread)
    _print_list(console, "Chưa báo được cho nơi gửi", [f"{name}: {why}" for name, why in status.mail])
    _print_list(console, "Đã nhận nhưng không xóa được khỏi hộp nhận", status.stuck)


def _gathered(status: "FormsStatus") -> Iterator[str]:
    """What waits for whom; what waits for many alike in one line that names the first of them."""
    for what, names in status.waiting_by_work.items():
        if len(names) <= MOST_NAMES:
            yield from (f"{name}: {what}" for name in names)
        else:
            yield f"{len(names)} đơn vị: {what}: {first_of(names, MOST_NAMES, 'đơn vị')}"


def _print_list(console: Console, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    console.print(Text(f"{title} ({len(lines)})", style="bold"))
    for line in lines:
        console.print(f"  {line}")


def print_unit_forms(forms: "Sequence[Owed]") -> None:
    """The forms of one unit: every version, which one counts, and what was returned with every error."""
    from tasks.intake.form_status import moment_said

    console = officers_console()
    for form in forms:
        console.print(Text(f"{form.label} · {form.name} ({form.subject})", style="bold"))
        if form.is_imported:
            console.print("  số liệu đã nhập từ tệp, không phải gửi")
        elif not form.versions:
            console.print("  chưa nhận bản nào" if form.is_asked else "  không phải gửi")
        for version in form.versions:
            counts = ", được tính" if version is form.newest else ""
            late = ", chậm" if version.late else ""
            console.print(
                f"  bản {version.number}, {moment_said(version.received_at)}, {version.file_name}{late}{counts}"
            )
            for warning in version.warnings:
                console.print(f"    {warning}")
        if form.open:
            console.print(f"  {form.open.outcome.label}: {form.open.file_name}, {moment_said(form.open.received_at)}")
            for finding in form.open.findings:
                if finding.severity is Severity.CRITICAL:
                    console.print(f"    {finding}")


def print_status(status: RoundStatus) -> None:
    """Where a round stands: one line a unit, then what was decided."""
    console = officers_console()
    columns = ("Nhóm", "Mã", "Đơn vị", "Tự chấm", "Thẩm định", "Khảo sát", "Không áp dụng", "Tình trạng")
    rows = (
        (
            unit.group,
            unit.code,
            unit.name,
            f"{unit.stated}/{unit.expected}",
            f"{unit.appraised}/{unit.expected}",
            f"{unit.surveyed}/{unit.surveys}",
            str(unit.not_applicable),
            unit.state,
        )
        for unit in status.units
    )
    print_table(console, f"Kỳ đánh giá năm {status.year}", columns, rows)
    received = f", gần nhất {status.last_received.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if status.last_received else ""
    console.print(f"Đã nhận {status.files} tệp{received}.")
    for step, due in status.late:
        console.print(f"Đã quá hạn {step} ({due.last_day:%d/%m/%Y}).")
    if status.snapshot is None:
        console.print(f"Chưa tính kết quả; chạy: cchc evaluate {status.year}")
    else:
        console.print(f"Bản kết quả {status.snapshot}")
    if status.outdated:
        console.print(f"Có dữ liệu nhận sau lần tính này; chạy lại: cchc evaluate {status.year}")
    later = {replaces: name for name, _, replaces, folder in status.decisions if folder}
    for name, day, replaces, folder in status.decisions:
        instead = f", thay thế {replaces}" if replaces else ""
        instead += f", đã được thay thế bằng {later[name]}" if name in later else ""
        console.print(f"Quyết định số {name} ngày {day:%d/%m/%Y}{instead}: {folder or 'đã phê duyệt, chưa xuất bản'}")
    for snapshot, reason in status.refusals:
        console.print(f"Không phê duyệt bản {snapshot[:12]}: {reason}")
