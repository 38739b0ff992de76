"""The pages of a site → made in batches wherever there is room; they come back by the store.

What they are made from lies there once for all batches, a batch names a part of it: the pages of a paper, or those of
some of its units, which are by far the most.
"""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from models.province.config import ProvinceConfig
from models.records.store import WORK, Store
from models.settings import Settings
from models.side_by_side import SideBySide
from models.wording import first_of
from tasks.reading.plain_values import read_values
from tasks.site.editions import Edition, SiteArchive
from tasks.site.files import Offered
from tasks.site.pages import SitePages
from tasks.site.papers import REPORTS_FOLDER
from tasks.site.report_pages import ReportPages
from tasks.site.reports import ReportEdition

_UNITS_A_BATCH = 40
_AS_MANY_UNITS = 10  # that take as long to make as the pages of a paper
_MOST_NAMED = 3


class SitePart(NamedTuple):
    """What of a site is made together.

    Attributes:
        paper: the place of a decision or report; of all reports the folder they lie in; empty for what is of none.
        units: codes of units whose pages of it are made; empty for its other pages.
    """

    paper: str = ""
    units: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{len(self.units)} đơn vị của {self.paper}" if self.units else self.paper or "trang chung"


class PageBatch(NamedTuple):
    """What a worker makes: for which province, where in its store, from what (a key there), and which parts."""

    province: str
    place: str
    contents: str
    parts: tuple[SitePart, ...]

    def __str__(self) -> str:
        """As people read it who watch: `trang kết quả: 40 đơn vị của 2025/05-qd-ubnd`."""
        return f"trang kết quả: {first_of([str(part) for part in self.parts], _MOST_NAMED, 'phần')}"


@dataclass(frozen=True)
class SiteContents:
    """What the pages of a site are made from.

    Attributes:
        config: the province's.
        editions, reports: what is shown, the newest first.
        offered: what can be downloaded, by the place of its paper.
        without: names that the open data leave out.
    """

    config: ProvinceConfig
    editions: Sequence[Edition]
    reports: Sequence[ReportEdition]
    offered: Mapping[str, Sequence[Offered]]
    without: frozenset[str]

    @cached_property
    def pages(self) -> SitePages:
        """Those of decisions, and of none."""
        return SitePages(self.config, SiteArchive(self.editions), self.offered, bool(self.reports))

    @cached_property
    def report_pages(self) -> ReportPages:
        """Those of reports."""
        return ReportPages(self.pages.page, self.reports, self.offered)

    def parts(self) -> Iterator[SitePart]:
        """All that there is to make."""
        yield SitePart()
        for edition in self.editions:
            yield SitePart(edition.place)
            codes = [unit.code for group in edition.results.groups for unit in group.units]
            yield from _some_units(edition.place, codes)
        if self.reports:
            yield SitePart(REPORTS_FOLDER)
            yield from (SitePart(report.place) for report in self.reports)
            yield from _some_units(REPORTS_FOLDER, list(self.report_pages.units))

    def made(self, part: SitePart) -> Iterator[tuple[str, bytes]]:
        """The pages and small files of a part, each as its path and its bytes."""
        edition = next((one for one in self.editions if one.place == part.paper), None)
        report = next((one for one in self.reports if one.place == part.paper), None)
        if edition:
            yield from self.pages.units(edition, part.units) if part.units else self.pages.edition(edition)
        elif report:
            yield from self.report_pages.report(report)
        elif part.units:
            yield from (self.report_pages.unit(self.report_pages.units[code]) for code in part.units)
        else:
            yield from self.report_pages.overview() if part.paper else self.pages.general(self.without)


def _some_units(paper: str, codes: Sequence[str]) -> Iterator[SitePart]:
    for start in range(0, len(codes), _UNITS_A_BATCH):
        yield SitePart(paper, tuple(codes[start : start + _UNITS_A_BATCH]))


def made_side_by_side(contents: SiteContents, province: Path, side_by_side: SideBySide) -> Iterator[tuple[str, bytes]]:
    """Every page and small file of a site: its path and its bytes, in a fixed order.

    Args:
        contents: what they are made from.
        province: the province folder, whose store all workers reach.
        side_by_side: who makes them.
    """
    store, place = Store.of(province, Settings()), f"{WORK}/{uuid4().hex}"
    _given_out[place] = contents
    try:
        key = store.put(pickle.dumps(_without_files(contents), pickle.HIGHEST_PROTOCOL), place)
        jobs = [PageBatch(str(province.resolve()), place, key, parts) for parts in _batches(contents.parts())]
        for made in side_by_side(make_pages, jobs):
            yield from read_values(store.get(made, place))
            store.remove(made, place)
    finally:
        del _given_out[place]
        store.clear(place)


def _without_files(contents: SiteContents) -> SiteContents:
    """The same, without the bytes of what is downloaded, of which pages tell hash and size."""
    offered = {place: [file._replace(source=b"") for file in files] for place, files in contents.offered.items()}
    return SiteContents(contents.config, contents.editions, contents.reports, offered, contents.without)


def _batches(parts: Iterator[SitePart]) -> Iterator[tuple[SitePart, ...]]:
    """What is made together: small parts, so that a batch is worth its way."""
    together: list[SitePart] = []
    for part in parts:
        together.append(part)
        if sum(len(one.units) or _AS_MANY_UNITS for one in together) >= _UNITS_A_BATCH:
            yield tuple(together)
            together = []
    if together:
        yield tuple(together)


def make_pages(batch: PageBatch) -> str:
    """Make the pages of a batch, on whatever machine; returns their key in the place of the batch.

    Raises:
        LostBytesError: what they are made from is gone: whoever gave the batch out wants it no more.
    """
    contents = _given_out.get(batch.place) or _fetched(batch.province, batch.place, batch.contents)
    made = [page for part in batch.parts for page in contents.made(part)]
    return Store.of(Path(batch.province), Settings()).put(pickle.dumps(made), batch.place)


_given_out: dict[str, SiteContents] = {}
"""What this process gave out itself, by its place: it need not be fetched here."""


@lru_cache(maxsize=1)
def _fetched(province: str, place: str, key: str) -> SiteContents:
    # Its key is its hash, and comes with the job: no other bytes than those that were laid down are loaded.
    contents: SiteContents = pickle.loads(Store.of(Path(province), Settings()).get(key, place))
    return contents
