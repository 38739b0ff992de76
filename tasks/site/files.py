"""What can be downloaded of an edition: the published files as they are, or data made anew without what is hidden.

A file keeps the name and the bytes that its SHA-256 stands for. Where something of a round is hidden, its PDFs, its
snapshot and its manifest would show it, so only data files are offered, written again from what may be seen.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from models.numbers import roman, vietnamese_number
from tasks.documents.report import REPORT, REPORT_ANNEX, SUBMISSION
from tasks.documents.unit_sheets import sheet_name
from tasks.publishing.exporting import FORMATS, results_in_format
from tasks.publishing.folders import MANIFEST, read_manifest
from tasks.site.editions import Edition
from tasks.site.papers import PaperEdition

FOLDER = "tai-ve"
SUMS = "SHA256SUMS"
_DATA = {
    "results.xlsx": "Bảng kết quả cho Excel, LibreOffice",
    "results.csv": "Kết quả dạng CSV, mỗi đơn vị một dòng",
    "results.json": "Kết quả đầy đủ dạng JSON, cho phần mềm",
    "snapshot.json": "Bản kết quả đã được phê duyệt: mọi con số mà quyết định dựa vào",
    "manifest.json": "Danh mục tệp của bản công bố và mã băm của từng tệp",
}
_PAPERS = {
    SUBMISSION: "Tờ trình đề nghị phê duyệt và công bố",
    "metadata.xml": "Thông tin mô tả của quyết định (Nghị định 30/2020/NĐ-CP, Phụ lục VI)",
}
_ANNEX = re.compile(r"phu-luc-(?P<place>\d+)-(?P<group>.+?)(?P<by_area>-linh-vuc)?\.pdf")
_KIB, _MIB = 1024, 1024 * 1024


class Offered(NamedTuple):
    """A file to download: its name in the folder, what it is, its hash and size, and where its bytes come from.

    An `unissued` one lies there, so that the folder can be verified, and is not offered to readers.
    """

    name: str
    title: str
    sha256: str
    size: int
    source: Path | bytes
    unissued: bool = False

    @property
    def path(self) -> str:
        """Where it lies in the edition's folder."""
        return f"{FOLDER}/{self.name}"

    @property
    def data(self) -> bool:
        """Whether it is data for programs rather than a document for people."""
        return self.name in _DATA

    @property
    def nested(self) -> bool:
        """Whether it lies in a folder of its own kind, as the sheets of units do."""
        return "/" in self.name

    @property
    def form(self) -> str:
        """Its format as people call it: PDF, XLSX …"""
        return PurePosixPath(self.name).suffix.lstrip(".").upper()

    @property
    def weight(self) -> str:
        """Its size in words: `48,2 KB`."""
        if self.size < _KIB:
            return f"{self.size} byte"
        unit, name = (_MIB, "MB") if self.size >= _MIB else (_KIB, "KB")
        return f"{vietnamese_number(format(self.size / unit, '.1f'))} {name}"


def made_anew(name: str, title: str, content: bytes) -> Offered:
    """A file that was not published like this, because something is left out."""
    return Offered(name, title, hashlib.sha256(content).hexdigest(), len(content), content)


def as_published(edition: PaperEdition, title: Callable[[str], str]) -> list[Offered]:
    """Every file of a publication as it is, its manifest last.

    Args:
        edition: a published paper of which nothing is hidden.
        title: what a file is, by its name.
    """
    files = [
        Offered(name, title(name), sha256, size, edition.source / name)
        for name, (sha256, size) in edition.files.items()
    ]
    return [*files, made_anew(MANIFEST, title(MANIFEST), (edition.source / MANIFEST).read_bytes())]


def offered_files(edition: Edition, without: Collection[str]) -> list[Offered]:
    """Everything of an edition that can be downloaded, documents first.

    Args:
        edition: a published decision.
        without: names that the data leave out.
    """
    if edition.trimmed:
        names = [f"results.{form}" for form in FORMATS]
        made = [results_in_format(edition.frozen, edition.snapshot, "published", form, without) for form in FORMATS]
        files = [made_anew(name, _DATA[name], content) for name, content in zip(names, made, strict=True)]
    else:
        blank = _with_blank_number(edition.source)
        published = as_published(edition, lambda name: _title(edition, name))
        files = [one._replace(unissued=one.name in blank) for one in published]
    return sorted(files, key=_in_order)


def _with_blank_number(folder: Path) -> frozenset[str]:
    """Papers of the department that went up with a decision and have no number: working papers that nobody issued.

    The report gets none from this system; the submission has one where it was given with the decision's.
    """
    numbered = "submission" in read_manifest(folder)
    return frozenset({REPORT, REPORT_ANNEX} if numbered else {REPORT, REPORT_ANNEX, SUBMISSION})


def _in_order(file: Offered) -> tuple[int, int, str]:
    """The decision, its annexes, other documents, then data in the order of _DATA; what lies in folders last."""
    known = list(_DATA)
    place = 2 if file.name.startswith("quyet-dinh") else 3 if file.name.startswith("phu-luc") else 4
    if file.name in known:
        place = 5 + known.index(file.name)
    return file.name.count("/"), place, file.name


def _title(edition: Edition, name: str) -> str:
    """What a published file is, in words; the name itself where it is not known."""
    if name == "quyet-dinh.pdf":
        return edition.ruling.cited
    if name in _DATA or name in _PAPERS:
        return _DATA.get(name) or _PAPERS[name]
    groups = edition.results.groups
    if annex := _ANNEX.fullmatch(name):
        group = next((group.name for group in groups if group.id == annex["group"]), annex["group"])
        return f"Phụ lục {roman(int(annex['place']))}: {group}{', theo lĩnh vực' if annex['by_area'] else ''}"
    sheets = (unit.name for group in groups for unit in group.units if name == sheet_name(unit.code))
    return next(sheets, PurePosixPath(name).name)


def sums_of(files: Sequence[Offered]) -> bytes:
    """A list of hashes that `sha256sum -c` reads in the edition's folder."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in files).encode()
