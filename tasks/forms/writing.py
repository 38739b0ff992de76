"""A round and its units → the workbooks to fill in: self-assessment, appraisal, explanation, survey, register, council.

In: the province folder and what is recorded. Out: .xlsx files that ask for facts and show the points they give. Found
again by keys, not positions (models/forms); the same records give the same bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from models.criteria.sets import Source
from models.findings import Act, Action, Finding, RefusedError, refusal
from models.forms.base import Subject
from models.forms.descriptions import ROUND_KINDS, FormKind, form_file_name, one_each
from models.province.folder import Province
from models.records.storage import Storage
from tasks.forms.appraisal import appraisal_form
from tasks.forms.council import council_form
from tasks.forms.explanation import explanation_form
from tasks.forms.register import register_form
from tasks.forms.round_records import RoundRecords, read_round, with_suggestions
from tasks.forms.self_assessment import self_assessment_form
from tasks.forms.survey import survey_form

Writer = Callable[[RoundRecords, str], bytes | None]
"""The form of a unit, agency or group by its code or id; None where there is nothing to fill in."""

WRITERS: Mapping[FormKind, Writer] = one_each(
    {
        FormKind.SELF_ASSESSMENT: self_assessment_form,
        FormKind.APPRAISAL: appraisal_form,
        FormKind.EXPLANATION: explanation_form,
        FormKind.SURVEY: survey_form,
        FormKind.REGISTER: register_form,
        FormKind.COUNCIL: council_form,
    },
    ROUND_KINDS,
)


def write_forms(
    province: Province, storage: Storage, year: int, kind: FormKind, units: Sequence[str], out: Path
) -> list[Path]:
    """Write the forms of one kind into a folder, one file a unit, group or appraising agency.

    Args:
        province: the checked folder.
        storage: what is recorded; facts that are known already stand in the forms.
        year: the index year.
        kind: which form of a round; those of months are written by `tasks.forms.month_records.write_months`.
        units: codes of the units to write for; all units of the round when empty.
        out: the folder, made where it is missing; files of the same name are replaced.

    Returns:
        The files, in the order of their names' subjects as the round declares them.

    Raises:
        RefusedError: no such round, a form that belongs to none, or units that do not take part in it.
    """
    if kind not in ROUND_KINDS:
        what = f"{kind.label} không phải là biểu mẫu của kỳ đánh giá năm {year}"
        raise refusal(f"kỳ {year}", what, "Ghi biểu mẫu của một tháng", action=Action(Act.MONTH_FORMS))
    records = only(read_round(province, storage, year), units)
    if Source.SELF in kind.description.states:
        records = with_suggestions(storage, records)
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for subject in _subjects(records, kind.description.subject):
        if (content := WRITERS[kind](records, subject)) is not None:
            path = out / form_file_name(kind, year, subject)
            path.write_bytes(content)
            paths.append(path)
    return paths


def only(records: RoundRecords, units: Sequence[str]) -> RoundRecords:
    """The records of the named units; all when none is named.

    Raises:
        RefusedError: with every unit that does not take part in the round.
    """
    if not units:
        return records
    unknown = [code for code in dict.fromkeys(units) if code not in records.units]
    if unknown:
        raise RefusedError([_unknown_unit(records, code) for code in unknown])
    chosen = set(units)
    return RoundRecords(
        records.province, records.round, {code: record for code, record in records.units.items() if code in chosen}
    )


def _unknown_unit(records: RoundRecords, code: str) -> Finding:
    year = records.round.year
    if code in records.province.units:
        what = f"đơn vị “{code}” không thuộc nhóm nào của kỳ đánh giá năm {year}"
        return Finding(f"rounds/{year}.yaml", 0, what, "Bổ sung đơn vị vào một nhóm hoặc bỏ khỏi lệnh")
    near = ", ".join(sorted(records.units)[:5])
    return Finding("units.csv", 0, f"không có đơn vị mang mã “{code}”", f"Dùng mã trong units.csv, ví dụ: {near}")


def _subjects(records: RoundRecords, subject: Subject) -> list[str]:
    """Whose forms there may be, in the order of the round."""
    match subject:
        case Subject.UNIT:
            return list(records.units)
        case Subject.APPRAISER:
            return [appraiser.id for appraiser in records.province.config.appraisers]
        case Subject.GROUP:
            return [group.id for group in records.round.groups]
