"""Published folders → the decisions of a year that may be compared: each verified first, one a province.

Of what does not verify nothing is believed: it is refused by name, with the reason, and the others go on.
Source: Nghị định 30/2020/NĐ-CP, Điều 18.3 (a decision replaces another).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any

from models.findings import Finding, RefusedError, has_critical
from models.province.config import Site
from models.province.folder import load_province
from models.province.identity import identity_of
from models.published_figures import SiteField
from models.records.snapshots import Frozen, thawed
from models.records.storage import Storage, open_storage
from models.settings import Settings, var_folder
from models.wording import capitalised
from tasks.publishing.folders import MANIFEST, issued, kind_in, manifest_in, read_manifest
from tasks.publishing.kinds import DECISION
from tasks.publishing.trust import Trust, trust_of
from tasks.publishing.verifying import verify_place
from tasks.site.editions import Hidden, visible
from tasks.site.papers import Ruling, published_papers

_NOT_READ = "không đọc được bản số liệu đã phê duyệt; có thể do phiên bản khác của phần mềm lập ra"
_NOTHING = Hidden.of(Site(), {})
_NOT_COMPARED = frozenset({SiteField.AREAS, SiteField.LOST_POINTS})
"""What the country's ranking tells nothing of, and would fill memory: a year has 350,000 components."""
_ASK = "Lấy lại bản gốc từ tỉnh đã công bố"


@dataclass(frozen=True, slots=True)
class ProvincialYear:
    """What a province published of a year, verified.

    Attributes:
        frozen: its results without areas and components; of a province of this installation also without what it
            hides on its site today.
        ranked: how many units of each of its groups have a rank, hidden ones too.
        hidden: how many units it hides.
        snapshot, manifest: the hashes of what was approved and of the list of its files.
        signed: whether it bears digital signatures, which were checked.
        trusted: whether they lead to certificates that this office trusts.
    """

    ruling: Ruling
    frozen: Frozen
    ranked: Mapping[str, int]
    hidden: int
    snapshot: str
    manifest: str
    signed: bool
    trusted: bool

    @property
    def code(self) -> str:
        """By which the province is known: its code, or its name where it has none."""
        return self.frozen.config.code or self.frozen.config.name

    @property
    def name(self) -> str:
        """The province as it begins a line: `Tỉnh Cao Bằng`."""
        return capitalised(self.frozen.config.name)

    @property
    def proof(self) -> str:
        """What its folder proves of itself."""
        if not self.signed:
            return "không có chữ ký số, chỉ tự khớp"
        return "chữ ký số tin cậy" if self.trusted else "có chữ ký số, chưa rõ ai ký"


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not taken: how it was called, and why."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def why(self) -> str:
        """The reasons in words."""
        return "; ".join(f"{finding.file}: {finding.what}" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found of a year, provinces by code.

    Attributes:
        silent: the provinces that published nothing of it.
        set_aside: decisions that none of those at hand replaces, and that a newer one of the province stands before.
    """

    year: int
    provinces: tuple[ProvincialYear, ...]
    refused: tuple[Refused, ...] = ()
    silent: tuple[str, ...] = ()
    set_aside: tuple[ProvincialYear, ...] = ()


def gather_folders(year: int, folders: Sequence[Path], settings: Settings) -> Gathered:
    """The decisions of a year in published folders; of a province's several the one that no other replaces.

    Args:
        year: the index year.
        folders: published folders, in any order.
        settings: of this machine: whose certificates to believe.
    """
    found: list[ProvincialYear] = []
    refused: list[Refused] = []
    trust = trust_of(settings, None)
    for folder in sorted(set(folders)):
        try:
            found.append(_verified(year, folder, trust))
        except RefusedError as error:
            refused.append(Refused(str(folder), tuple(error.findings)))
    valid, set_aside = _valid_ones(found)
    return Gathered(year, tuple(valid), tuple(refused), set_aside=tuple(set_aside))


def gather_provinces(year: int, folders: Sequence[Path], settings: Settings) -> Gathered:
    """The decisions of a year that the provinces of an installation have published, wherever their folders lie.

    Args:
        year: the index year.
        folders: province folders.
        settings: of this machine.
    """
    found: list[ProvincialYear] = []
    refused: list[Refused] = []
    silent: list[str] = []
    for folder in sorted(folders):
        try:
            one = _published_by(year, folder, settings)
        except RefusedError as error:
            refused.append(Refused(folder.name, tuple(error.findings)))
            continue
        if one:
            found.append(one)
        else:
            identity = identity_of(folder)
            silent.append(capitalised(identity.name) if identity else folder.name)
    return Gathered(year, tuple(sorted(found, key=attrgetter("code"))), tuple(refused), tuple(silent))


def _published_by(year: int, folder: Path, settings: Settings) -> ProvincialYear | None:
    """The valid decision of a province; None where it has published none.

    Raises:
        RefusedError: its folder has errors, so that nobody knows what it hides; its database cannot be opened; or the
            decision does not verify.
    """
    if not settings.database_url and not var_folder(folder).is_dir():
        return None
    site = load_province(folder).config.site
    storage = open_storage(folder, settings)
    try:
        by_ruling = {paper.ruling: paper for paper in published_papers(storage)}
        of_year = [ruling for ruling in by_ruling if ruling.year == year and ruling.period is None]
        if not of_year:
            return None
        place = by_ruling[_valid(of_year)[0]].folder
        return _verified(year, place, trust_of(settings, folder), storage, Hidden.of(site, {}))
    finally:
        storage.engine.dispose()


def _valid(rulings: Sequence[Ruling]) -> list[Ruling]:
    """The decisions of a province and year that no other replaces, newest first; all, where they go in a circle."""
    standing = [one for one in rulings if one.among(rulings)[0] is None] or rulings
    return sorted(standing, key=attrgetter("order"), reverse=True)


def _valid_ones(found: Sequence[ProvincialYear]) -> tuple[list[ProvincialYear], list[ProvincialYear]]:
    """One decision a province, by the provinces' codes; and those that nothing replaces beside it."""
    by_province: dict[str, dict[Ruling, ProvincialYear]] = {}
    for one in found:
        by_province.setdefault(one.code, {})[one.ruling] = one
    valid: list[ProvincialYear] = []
    set_aside: list[ProvincialYear] = []
    for _, decisions in sorted(by_province.items()):
        newest, *others = (decisions[ruling] for ruling in _valid(list(decisions)))
        valid.append(newest)
        set_aside += others
    return valid, set_aside


def _verified(
    year: int, folder: Path, trust: Trust, storage: Storage | None = None, hidden: Hidden = _NOTHING
) -> ProvincialYear:
    """A published folder after its hashes, manifest and signatures were checked.

    Raises:
        RefusedError: it does not verify, is of something else, or cannot be read.
    """
    try:
        checked = verify_place(folder, trust, storage)
        if has_critical(list(checked.findings)):
            raise RefusedError(list(checked.findings))
        manifest = read_manifest(folder)
        body = (folder / DECISION.contents).read_bytes()
        ruling = _ruling_of(manifest)
    except OSError as error:
        raise RefusedError([Finding(str(folder), 0, f"không đọc được ({error.strerror})", _ASK)]) from error
    if kind_in(manifest) is not DECISION or ruling.year != year:
        what = f"không phải quyết định công bố chỉ số năm {year}: {ruling.kind.noun} của năm {ruling.year}"
        raise RefusedError([Finding(MANIFEST, 0, what, "Chỉ thư mục công bố của đúng năm")])
    try:
        frozen = thawed(body)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RefusedError([Finding(DECISION.contents, 0, _NOT_READ, _ASK)]) from None
    shown = visible(frozen, replace(hidden, fields=hidden.fields | _NOT_COMPARED))
    before, after = (sum(len(group.units) for group in each.results.groups) for each in (frozen, shown))
    signed = "signing" in manifest
    sha256 = hashlib.sha256(manifest_in(folder)).hexdigest()
    ranked = {group.id: len(group.ranked_units) for group in frozen.results.groups}
    trusted = signed and bool(trust.roots)
    return ProvincialYear(ruling, shown, ranked, before - after, frozen.sha256, sha256, signed, trusted)


def _ruling_of(manifest: Mapping[str, Any]) -> Ruling:
    numbered = issued(manifest)
    return Ruling(
        manifest["year"], numbered["notation"], date.fromisoformat(numbered["date"]), numbered["replaces"] or ""
    )
