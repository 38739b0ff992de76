"""What a province says of itself in province.yaml: names, agencies, signers, symbols, calendar, site."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from models.codes import Code, Name
from models.criteria.sets import CriteriaSet, Leaf, Source
from models.progress.periods import Reporting
from models.published_figures import SiteField
from models.units import Unit

_COMMON_NOUNS = ("tỉnh ", "thành phố ", "thủ đô ")
_WEB_ADDRESS = re.compile(r"https?://[^\s?#\"'<>/]+(/[^\s?#\"'<>]*)?")
DocumentSymbol = Annotated[str, Field(max_length=30)]  # Source: NĐ 30/2020, annex VI (CodeNotation)


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Signer(_Declared):
    """Who may sign: signing power lines, title, and the name, all as printed. Source: NĐ 30/2020, Điều 13.

    `image` is the file of the handwritten signature in images/, shown by digitally signed decisions.
    """

    id: Code
    power: tuple[str, ...] = ()
    title: Name
    name: str | None = None
    image: str | None = None


class Appraiser(_Declared):
    """An agency that appraises components (e.g. the Department of Home Affairs itself)."""

    id: Code
    name: Name


class Issuer(_Declared):
    """Who issues the decision: the lines of the letterhead, the name in a sentence."""

    lines: Annotated[tuple[str, ...], Field(min_length=1)]
    name: Name


class Seal(_Declared):
    """The agency's seal as digitally signed decisions show it: a file in images/, the real diameter in mm.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục I.
    """

    image: Name
    diameter: Annotated[Decimal, Field(ge=20, le=60)] = Decimal(36)


class Symbols(_Declared):
    """Symbols of the documents that are issued: the committee's decision, the department's report and submission."""

    decision: DocumentSymbol = "QĐ-UBND"
    report: DocumentSymbol = "BC-SNV"
    submission: DocumentSymbol = "TTr-SNV"


def _web_address(text: str) -> str:
    """An address of the web without its last slash."""
    if not _WEB_ADDRESS.fullmatch(text):
        raise ValueError(f"“{text}” không phải là địa chỉ trang web; ghi dạng https://cchc.tinh.gov.vn")
    return text.rstrip("/")


class Site(_Declared):
    """The results site: its address, once it has one, and what it does not show.

    What is hidden is a matter of the site as it is today, so it is no part of a snapshot. `show_robustness` puts a
    sentence on the pages of units that few readers ask for.
    """

    address: Annotated[str, AfterValidator(_web_address)] | None = None
    licence: Annotated[
        str | None,
        Field(exclude=True, max_length=500, description="on which terms published data may be used, one sentence"),
    ] = None
    hide_units: Annotated[tuple[Code, ...], Field(exclude=True)] = ()
    hide_fields: Annotated[tuple[SiteField, ...], Field(exclude=True)] = ()
    show_robustness: Annotated[bool, Field(exclude=True)] = False


class ProvinceConfig(_Declared):
    """province.yaml. Only `name` is needed; what a province does not say follows from it."""

    name: Name
    code: Code | None = None
    place: str | None = None
    issuer: Issuer | None = None
    organ_id: Annotated[str | None, Field(max_length=13, description="the issuer's code in document exchange")] = None
    department: Name = "Sở Nội vụ"
    department_signer: Signer = Signer(id="giam-doc", title="GIÁM ĐỐC")
    symbols: Symbols = Symbols()
    signers: tuple[Signer, ...] = ()
    seal: Seal | None = None
    appraisers: tuple[Appraiser, ...] = (Appraiser(id="snv", name="Sở Nội vụ"),)
    legal_bases: tuple[str, ...] = ()
    proposal: str | None = None
    recipients: tuple[str, ...] = ()
    filing: str = "VT, SNV"
    department_filing: str = "VT, CCHC"
    mark: Annotated[str | None, Field(description="stamped on every page, e.g. DỮ LIỆU MẪU for a sample province")] = (
        None
    )
    source_note: str | None = None
    holidays: Annotated[tuple[date, ...], Field(description="days off besides the national calendar")] = ()
    # Left out of snapshots where nothing is declared: results frozen before this key existed keep their hash.
    working_days: Annotated[
        tuple[date, ...],
        Field(description="days worked though a weekend or a holiday", exclude_if=lambda days: not days),
    ] = ()
    site: Site = Site()
    # Left out of snapshots where it is not written: it changes no result, and frozen hashes stay what they were.
    reporting: Annotated[Reporting, Field(exclude_if=lambda reporting: reporting == Reporting())] = Reporting()

    @property
    def proper_name(self) -> str:
        """The name without its common noun: `tỉnh Bình Dương` → `Bình Dương`."""
        for noun in _COMMON_NOUNS:
            if self.name.casefold().startswith(noun):
                return self.name[len(noun) :]
        return self.name

    @property
    def form_code(self) -> str:
        """What tells this province's forms from another's: its code, else its name."""
        return self.code or self.name

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

    def appraiser_of(self, leaf: Leaf) -> str | None:
        """The id of the agency that appraises a leaf: its own, else the first; None for surveys, which are approved."""
        return None if leaf.source is Source.SURVEY else leaf.appraised_by or self.appraisers[0].id

    def appraised_by_itself(self, unit: Unit, criteria_set: CriteriaSet) -> list[Leaf]:
        """The leaves of a unit that the agency of the same name appraises, so that it appraises itself."""
        names = {name.casefold() for name in (unit.name, *unit.aliases)}
        own = {agency.id for agency in self.appraisers if agency.name.casefold() in names}
        leaves = criteria_set.leaves if own else ()
        return [leaf for leaf in leaves if leaf.applies_to(unit.code, unit.kind) and self.appraiser_of(leaf) in own]

    @property
    def department_lines(self) -> tuple[str, str]:
        """The department's letterhead: the committee above it, and itself.

        Source: NĐ 30/2020/NĐ-CP, Phụ lục I và III.
        """
        return f"UBND {self.name.upper()}", self.department.upper()

    def signer(self, id: str | None) -> Signer:
        """The signer with this id, the first one when None.

        Raises:
            KeyError: no signer with this id.
        """
        declared = self.signers or (Signer(id="chu-tich", power=("TM. ỦY BAN NHÂN DÂN",), title="CHỦ TỊCH"),)
        return declared[0] if id is None else {signer.id: signer for signer in declared}[id]
