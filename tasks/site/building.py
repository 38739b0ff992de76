"""The publications of a province → its results site: a folder that any web server, or a browser alone, can show.

The site is made from the published folders, each verified first, and from what province.yaml hides today. It is written
beside its place and moved there whole. Nothing in it depends on the clock or on this machine.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.findings import Act, Action, Finding, RefusedError, Severity, refusal
from models.province.folder import Province, load_province
from models.records.storage import Storage
from models.settings import Settings, var_folder
from models.side_by_side import SideBySide, one_by_one
from tasks.publishing.folders import remove_abandoned
from tasks.site.batches import SiteContents, made_side_by_side
from tasks.site.catalog import catalog
from tasks.site.editions import Edition, Hidden, edition_of
from tasks.site.files import offered_files
from tasks.site.papers import PublishedPaper, in_order, published_papers
from tasks.site.reports import ReportEdition, offered_of_report, report_edition_of

CATALOG = "catalog.json"
_ATTEMPTS = 5
_WARNING = Severity.WARNING


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """A site in its place: how many decisions, reports and files it has, and which publications it could not show."""

    folder: Path
    editions: int
    reports: int
    files: int
    findings: list[Finding]


def site_folder(province: Path) -> Path:
    """Where the site lies that is renewed with every publication."""
    return Settings().site or var_folder(province) / "site"


def renew_site(province: Path, storage: Storage, side_by_side: SideBySide = one_by_one) -> list[Finding]:
    """Build the province's site anew after a publication, which stands whatever becomes of the site.

    Args:
        province: the province folder.
        storage: where its publications are recorded.
        side_by_side: who makes the pages.

    Returns:
        What could not be shown, or why there is no new site: warnings, each with what to do.
    """
    try:
        out = site_folder(province)
        return build_site(load_province(province), storage, out, side_by_side=side_by_side).findings
    except RefusedError as refused:
        findings = refused.findings
    except OSError as error:
        place = str(error.filename or site_folder(province))
        findings = [Finding(place, 0, f"không ghi được ({error.strerror})", "Kiểm tra đĩa và quyền ghi")]
    told = "trang kết quả chưa được cập nhật"
    return [
        Finding(
            finding.file,
            finding.line,
            f"{told}: {finding.what}",
            f"{finding.remedy}, rồi lập lại trang kết quả",
            _WARNING,
            action=Action(Act.SITE),
        )
        for finding in findings
    ]


def build_site(
    province: Province,
    storage: Storage,
    out: Path,
    years: Sequence[int] = (),
    side_by_side: SideBySide = one_by_one,
) -> BuiltSite:
    """Write the results site of a province.

    Args:
        province: the checked folder; what it hides now is hidden.
        storage: where its publications are recorded.
        out: the folder to be; an earlier site there is replaced, anything else is left alone.
        years: index years that are shown, all of them when empty.
        side_by_side: who makes the pages.

    Raises:
        RefusedError: nothing is published, none of it can be shown, or something else lies in the folder.
    """
    out = out.resolve()
    _refuse_foreign_folder(out)
    published = [one for one in published_papers(storage) if not years or one.ruling.year in years]
    if not published:
        said = f" của {', '.join(map(str, years))}" if years else ""
        raise refusal(
            "trang kết quả",
            f"chưa có kết quả nào{said} được công bố",
            "Công bố một kết quả trước",
            action=Action(Act.PUBLISH),
        )
    editions, reports, findings = _shown(province, published)
    if not editions and not reports:
        raise RefusedError(findings)
    remove_abandoned(out)
    staging = out.with_name(f".{out.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        files = _write(staging, province, editions, reports, side_by_side)
        _move(staging, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return BuiltSite(out, len(editions), len(reports), files, findings)


def _refuse_foreign_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise refusal(str(out), "là một tệp, không phải thư mục", "Chọn --out khác")
    if out.exists() and any(out.iterdir()) and not (out / CATALOG).is_file():
        raise refusal(str(out), "thư mục đã có nội dung khác, không phải trang kết quả", "Chọn thư mục --out khác")


def _shown(
    province: Province, published: Sequence[PublishedPaper]
) -> tuple[list[Edition], list[ReportEdition], list[Finding]]:
    """The decisions and the reports that are as they were published, newest first, and what is wrong with others."""
    by_ruling = {one.ruling: one for one in published}
    hidden = Hidden.of(province.config.site, {code: unit.name for code, unit in province.units.items()})
    editions: list[Edition] = []
    reports: list[ReportEdition] = []
    findings: list[Finding] = []
    for ruling, place in in_order(list(by_ruling)):
        one = by_ruling[ruling]
        damage = one.damage
        if damage is None:
            try:
                if ruling.period is None:
                    editions.append(edition_of(one, place, list(by_ruling), hidden))
                else:
                    reports.append(report_edition_of(one, place, list(by_ruling), hidden))
                continue
            except (ValueError, KeyError, RefusedError):
                damage = "không đọc được bản số liệu đã phê duyệt; có thể do phiên bản khác của phần mềm lập ra"
        findings.append(_not_shown(one, damage))
    return editions, reports, findings


def _not_shown(one: PublishedPaper, why: str) -> Finding:
    told = f"không hiển thị được {one.ruling.cited} trên trang kết quả: {why}"
    remedy = "Đặt lại bản gốc vào đúng chỗ rồi lập lại trang kết quả; các bản khác vẫn được hiển thị"
    return Finding(str(one.folder), 0, told, remedy, _WARNING, action=Action(Act.SITE))


def _write(
    folder: Path,
    province: Province,
    editions: Sequence[Edition],
    reports: Sequence[ReportEdition],
    side_by_side: SideBySide,
) -> int:
    """Write every file of the site into a new folder; returns how many."""
    hidden = Hidden.of(province.config.site, {})
    offered = {edition.place: offered_files(edition, hidden.columns) for edition in editions}
    offered |= {report.place: offered_of_report(report) for report in reports}
    contents = SiteContents(province.config, editions, reports, offered, hidden.columns)
    written = 0
    for path, content in _files(contents, province.folder, side_by_side):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, file)
        else:
            file.write_bytes(content)
        written += 1
    return written


def _files(contents: SiteContents, province: Path, side_by_side: SideBySide) -> Iterator[tuple[str, bytes | Path]]:
    yield CATALOG, catalog(contents.editions, contents.reports, contents.offered, contents.config.name)
    yield from made_side_by_side(contents, province, side_by_side)
    for place, files in contents.offered.items():
        yield from ((f"{place}/{file.path}", file.source) for file in files)


def _move(staging: Path, out: Path) -> None:
    """Put the finished site in its place; the one before is moved away whole, then removed."""
    before = out.with_name(f".{out.name}.before.{os.getpid()}")
    out.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        shutil.rmtree(before, ignore_errors=True)
        with suppress(FileNotFoundError):
            out.rename(before)
        try:
            staging.rename(out)
            break
        except OSError as error:  # another process put its own site there in between
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                if before.exists() and not out.exists():
                    before.rename(out)
                raise
    shutil.rmtree(before, ignore_errors=True)
