"""The geometry of forms: keys, columns, and the identity that tells whose form a workbook is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.criteria.facts import FactField, FactKind
from models.criteria.sets import CriteriaSet
from models.forms.appraisal import APPRAISED
from models.forms.descriptions import (
    FormIdentity,
    FormKind,
    NotAnIdentityError,
    SetUsed,
    form_file_name,
    read_identity,
    set_used,
)
from models.forms.explanation import CUT
from models.forms.row_keys import Remark, RowKey
from models.forms.self_assessment import CRITERIA, SUMMARY
from models.forms.sheets import KEY_ID, sheet_title
from models.forms.tables import fact_of_column, fact_table_columns
from models.wording import capitalised

IDENTITY = FormIdentity(
    FormKind.SELF_ASSESSMENT, "tinh-mau", 2025, "so-tu-phap", (SetUsed("so-2025", "ab" * 32), SetUsed("xa-2025", "c"))
)
KEYS = ["1.1.1", "1.1.1/date", "1.1.3", "1.1.3/numerator", "1.1.3/denominator"]
CODES = st.from_regex(r"\w[\w.\-]{0,12}", fullmatch=True)


@given(CODES, st.one_of(st.just(""), CODES), st.one_of(st.just(""), CODES))
def test_a_row_key_is_read_back_from_its_text(code: str, fact: str, unit: str) -> None:
    key = RowKey(code, fact, unit)
    assert RowKey.read(f" {key} ") == key


@pytest.mark.parametrize("text", ["", "a b", "a:b:c", "a/b/c", "/a", ":a", "Tổng cộng", "a/"])
def test_other_text_is_no_row_key(text: str) -> None:
    assert RowKey.read(text) is None


def test_no_remark_can_be_taken_for_a_criterion() -> None:
    assert [RowKey.read(remark) for remark in Remark] == [None] * len(Remark)
    assert all(remark.label for remark in Remark)


@pytest.mark.parametrize("kind", FormKind)
def test_an_identity_is_read_back_from_its_rows(kind: FormKind) -> None:
    identity = replace(IDENTITY, kind=kind, period="2025-03" if kind is FormKind.MONTHLY else "")
    stated = read_identity(identity.rows(KEYS))
    assert stated.identity == identity
    assert stated.holds_for(KEYS)
    assert stated.holds_for(reversed(KEYS)), "rows may have been moved"


def test_a_number_that_became_a_number_is_still_read() -> None:
    rows: list[list[object]] = [list(row) for row in IDENTITY.rows(KEYS)]
    for row in rows:
        if row[0] in ("year", "format"):
            row[1] = float(str(row[1]))
    assert read_identity([[None, None], *rows, ["", ""]]).identity == IDENTITY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "appraisal"),
        ("province", "tinh-khac"),
        ("year", "2024"),
        ("subject", "so-y-te"),
        ("criteria_set so-2025", "00"),
    ],
)
def test_a_changed_identity_is_noticed(name: str, value: str) -> None:
    rows = [[name, value] if row[0] == name else row for row in IDENTITY.rows(KEYS)]
    stated = read_identity(rows)
    assert stated.identity != IDENTITY
    assert not stated.holds_for(KEYS)


def test_a_lost_or_added_row_key_is_noticed() -> None:
    stated = read_identity(IDENTITY.rows(KEYS))
    assert not stated.holds_for(KEYS[1:])
    assert not stated.holds_for([*KEYS, "1.1.4"])
    assert not stated.holds_for([*KEYS, KEYS[0]])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "không phải của biểu mẫu CCHC"),
        ([["form", "khác"]], "không phải của biểu mẫu CCHC"),
        ([["form", "cchc"], ["format", "99"]], "phiên bản “99”"),
        ([["form", "cchc"], ["format", "1"]], "thiếu thông tin"),
        ([["form", "cchc"], ["format", "1"], ["kind", "loạn"]], "thiếu thông tin"),
    ],
)
def test_rows_of_something_else_are_refused_with_the_reason(rows: list[list[str]], said: str) -> None:
    with pytest.raises(NotAnIdentityError, match=said):
        read_identity(rows)


def test_the_digest_of_a_set_changes_with_its_contents() -> None:
    leaf = {"code": "1.1", "name": "Kế hoạch", "max": 2, "source": "self", "rule": {"kind": "binary"}}
    first = CriteriaSet.model_validate(
        {"id": "a", "title": "A", "areas": [{"code": "1", "name": "L", "criteria": [leaf]}]}
    )
    other = CriteriaSet.model_validate(
        {"id": "a", "title": "A", "areas": [{"code": "1", "name": "L", "criteria": [{**leaf, "max": 3}]}]}
    )
    assert set_used(first).id == "a"
    assert set_used(first).sha256 != set_used(other).sha256


@pytest.mark.parametrize("columns", [CRITERIA.columns, SUMMARY.columns, APPRAISED.columns, CUT.columns])
def test_column_ids_are_unique_and_begin_with_the_key(columns: tuple[object, ...]) -> None:
    ids = [column.id for column in columns]  # type: ignore[attr-defined]
    assert ids[0] == KEY_ID
    assert len(ids) == len(set(ids))


def test_the_columns_of_a_fact_table_name_their_facts() -> None:
    fields = (FactField("points", "điểm đánh giá", FactKind.NUMBER), FactField("note", "ghi chú", FactKind.COUNT))
    columns = fact_table_columns(fields)
    assert [fact for column in columns if (fact := fact_of_column(column.id))] == ["points", "note"]
    assert len({column.id for column in columns}) == len(columns)
    assert columns[5].title == "Điểm đánh giá"


def test_file_names_say_what_they_are_and_whose() -> None:
    assert form_file_name(FormKind.SELF_ASSESSMENT, 2025, "so-tu-phap") == "tu-danh-gia-2025-so-tu-phap.xlsx"
    names = [form_file_name(kind, 2025, "x") for kind in FormKind]
    assert len(set(names)) == len(FormKind)


def test_the_first_letter_is_made_large_and_the_rest_stays() -> None:
    assert [capitalised(text) for text in ("đã gửi TTHC", "", "Tổng")] == ["Đã gửi TTHC", "", "Tổng"]


def test_sheet_titles_are_what_spreadsheets_accept() -> None:
    assert sheet_title("Sở/ban: [ngành]?*") == "Sở-ban- -ngành---"
    assert len(sheet_title("rất dài " * 20)) <= 31
    assert sheet_title("''") == "Trang"
    first = sheet_title("UBND xã, phường, đặc khu thuộc tỉnh")
    second = sheet_title("UBND xã, phường, đặc khu thuộc tỉnh", [first])
    assert second != first
    assert len(second) <= 31
