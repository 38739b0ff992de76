"""The kinds of forms, and the identity that says which one a workbook is and whose.

Every kind is described in a file of its own and named here once. The hidden identity sheet says which form a workbook
is: kind, province, year, whose, criteria sets, and a checksum over these and the row keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Self, TypeVar

from models.criteria.sets import CriteriaSet
from models.digests import digest
from models.forms import appraisal, council, explanation, monthly, register, self_assessment, survey
from models.forms.base import FormDescription, Subject
from models.forms.sheets import FORMAT

_MAGIC = "cchc"


class FormKind(StrEnum):
    """Which form a workbook is, with its description; a step of a round is named as its form.

    The value is the description's id: database, hidden sheet and rounds/YEAR.yaml hold it.
    """

    SELF_ASSESSMENT = self_assessment.FORM
    APPRAISAL = appraisal.FORM
    EXPLANATION = explanation.FORM
    SURVEY = survey.FORM
    REGISTER = register.FORM
    COUNCIL = council.FORM
    MONTHLY = monthly.FORM

    description: FormDescription

    def __new__(cls, description: FormDescription | str) -> Self:
        """The kind whose value is the description's id; found again by it, as in `FormKind("survey")`."""
        assert isinstance(description, FormDescription)
        kind = str.__new__(cls, description.id)
        kind._value_ = description.id
        kind.description = description
        return kind

    @property
    def label(self) -> str:
        """The form as officers call it."""
        return self.description.label

    @property
    def file_stem(self) -> str:
        """How its file names begin."""
        return self.description.file_stem

    @property
    def of_a_unit(self) -> bool:
        """Whether each unit has its own; else one covers a whole group or all units of an appraising agency."""
        return self.description.subject is Subject.UNIT


ROUND_KINDS = tuple(kind for kind in FormKind if not kind.description.is_monthly)
"""The forms of a yearly round."""

MONTH_KINDS = tuple(kind for kind in FormKind if kind.description.is_monthly)
"""The forms that tell of a month."""

Entry = TypeVar("Entry")


def one_each(entries: Mapping[FormKind, Entry], kinds: Iterable[FormKind] = FormKind) -> Mapping[FormKind, Entry]:
    """What a room has for each kind of form, in the order of the kinds.

    Raises:
        TypeError: a kind has no entry, or one that is not meant; so the room cannot be imported.
    """
    wanted = tuple(kinds)
    if unlike := set(wanted) ^ set(entries):
        raise TypeError(f"not exactly one entry for each kind of form: {', '.join(sorted(unlike))}")
    return MappingProxyType({kind: entries[kind] for kind in wanted})


TABLES = tuple(dict.fromkeys(table for kind in FormKind for table in kind.description.tables))
"""The tables of all forms."""


def recorded_kind(kind: FormKind, period: str = "") -> str:
    """The kind under which receipts and submissions keep a form: each month's form is one of its own."""
    return f"{kind.value} {period}" if period else kind.value


class SetUsed(NamedTuple):
    """A criteria set as it stood when the form was written."""

    id: str
    sha256: str


def set_used(criteria_set: CriteriaSet) -> SetUsed:
    """The set's id and the digest of its canonical JSON, as a snapshot would hold it."""
    return SetUsed(criteria_set.id, digest(criteria_set.model_dump(mode="json", by_alias=True)))


class NotAnIdentityError(ValueError):
    """The rows are not those of an identity sheet; carries the reason in Vietnamese."""


@dataclass(frozen=True, slots=True)
class FormIdentity:
    """Which form a workbook is, and whose.

    Attributes:
        province: the province's code (see `ProvinceConfig.form_code`).
        subject: code of the unit, id of the appraising agency, or id of the group.
        sets: the criteria sets that its rows come from; none for a month.
        format: the number of this geometry.
        period: of a monthly form its month as `models.progress.periods.Period` spells it; empty for others.
    """

    kind: FormKind
    province: str
    year: int
    subject: str
    sets: tuple[SetUsed, ...]
    format: int = FORMAT
    period: str = ""

    @property
    def record_kind(self) -> str:
        """The kind under which receipts and submissions keep it: each month's form is one of its own."""
        return recorded_kind(self.kind, self.period)

    @classmethod
    def recorded_as(cls, record_kind: str, year: int, subject: str) -> "FormIdentity":
        """The form of a receipt or submission, without what these do not keep: province and criteria sets."""
        kind, _, period = record_kind.partition(" ")
        return cls(FormKind(kind), "", year, subject, (), period=period)

    def checksum(self, keys: Iterable[str]) -> str:
        """SHA-256 over the identity and the row keys, in whatever order the rows stand."""
        return digest([self._stated(), sorted(keys)])

    def _stated(self) -> list[list[str]]:
        return [
            ["form", _MAGIC],
            ["format", str(self.format)],
            ["kind", self.kind.value],
            ["province", self.province],
            ["year", str(self.year)],
            ["subject", self.subject],
            *([["period", self.period]] if self.period else []),
            *([f"criteria_set {used.id}", used.sha256] for used in self.sets),
        ]

    def rows(self, keys: Iterable[str]) -> list[list[str]]:
        """The identity sheet: names and values, all text, the checksum last."""
        return [*self._stated(), ["checksum", self.checksum(keys)]]


class StatedIdentity(NamedTuple):
    """An identity as a workbook states it, with its checksum."""

    identity: FormIdentity
    checksum: str

    def holds_for(self, keys: Iterable[str]) -> bool:
        """Whether neither the identity nor the set of row keys was changed since the form was written."""
        return self.identity.checksum(keys) == self.checksum


def read_identity(rows: Iterable[Sequence[object]]) -> StatedIdentity:
    """The identity from the rows of its sheet; whole numbers may have become numbers on the way.

    Raises:
        NotAnIdentityError: the rows are not an identity sheet, or one of another format.
    """
    values = {_said(row[0]): _said(row[1]) for row in rows if len(row) >= 2 and _said(row[0])}
    if values.get("form") != _MAGIC:
        raise NotAnIdentityError("trang ẩn nhận dạng không phải của biểu mẫu CCHC")
    if values.get("format") != str(FORMAT):
        raise NotAnIdentityError(f"biểu mẫu thuộc phiên bản “{values.get('format', '')}”, cần phiên bản {FORMAT}")
    prefix = "criteria_set "
    sets = tuple(SetUsed(name.removeprefix(prefix), value) for name, value in values.items() if name.startswith(prefix))
    try:
        kind = FormKind(values["kind"])
        period = values["period"] if kind.description.is_monthly else ""
        identity = FormIdentity(kind, values["province"], int(values["year"]), values["subject"], sets, FORMAT, period)
        return StatedIdentity(identity, values["checksum"])
    except (KeyError, ValueError) as error:
        raise NotAnIdentityError("trang ẩn nhận dạng thiếu thông tin hoặc đã bị sửa") from error


def _said(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def form_file_name(kind: FormKind, year: int | str, subject: str) -> str:
    """A file name that sorts by kind and year (or month) and says whose it is: `tu-danh-gia-2025-so-tu-phap.xlsx`."""
    return f"{kind.file_stem}-{year}-{subject}.xlsx"
