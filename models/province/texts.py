"""texts.yaml of the province folder: paragraphs that a province words itself, with placeholders filled as printed.

Sections say where a paragraph stands; placeholders are figures of one group of units (`{so_don_vi.xa}`) or of the
round. The values come from tasks/documents/own_words.py. Plain text; nothing in it is markup.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from models.codes import Name
from models.labelled import Labelled

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Section(Labelled):
    """Where a paragraph stands."""

    ARTICLE_2 = "dieu_2", "nhiệm vụ tại Điều 2 của quyết định, thay các nhiệm vụ soạn sẵn"
    ASSESSMENT = "danh_gia", "kết quả đạt được, phần III của báo cáo, sau các câu soạn sẵn"
    SHORTCOMINGS = "ton_tai", "tồn tại, hạn chế, phần III của báo cáo, sau các câu soạn sẵn"
    PROPOSALS = "kien_nghi", "kiến nghị, đề xuất, phần IV của báo cáo, sau các kiến nghị soạn sẵn"
    SUBMISSION = "to_trinh", "nội dung tờ trình, sau tóm tắt dự thảo quyết định"
    NOTES = "ghi_chu", "ghi chú của phụ lục, sau ghi chú soạn sẵn; đoạn có số liệu một nhóm chỉ ở phụ lục của nhóm ấy"


class Placeholder(NamedTuple):
    """What a placeholder is filled with, and whether it is a figure of a group."""

    meaning: str
    of_group: bool = True


PLACEHOLDERS: Mapping[str, Placeholder] = {
    "nam": Placeholder("năm của chỉ số", of_group=False),
    "nam_truoc": Placeholder("năm liền trước", of_group=False),
    "ten_tinh": Placeholder("tên tỉnh", of_group=False),
    "ten_nhom": Placeholder("tên nhóm đơn vị, như trong câu"),
    "so_don_vi": Placeholder("số đơn vị của nhóm: `08`"),
    "so_xep_hang": Placeholder("số đơn vị được xếp hạng"),
    "so_khong_cham": Placeholder("số đơn vị không được chấm điểm"),
    "chi_so_trung_binh": Placeholder("Chỉ số trung bình: `82,46%`"),
    "don_vi_dan_dau": Placeholder("đơn vị (các đơn vị) có Chỉ số cao nhất"),
    "chi_so_cao_nhat": Placeholder("Chỉ số cao nhất"),
    "don_vi_cuoi": Placeholder("đơn vị (các đơn vị) có Chỉ số thấp nhất"),
    "chi_so_thap_nhat": Placeholder("Chỉ số thấp nhất"),
    "chenh_lech": Placeholder("chênh lệch giữa cao nhất và thấp nhất: `23,25 điểm phần trăm`"),
    "linh_vuc_cao_nhat": Placeholder("lĩnh vực có Chỉ số trung bình cao nhất"),
    "chi_so_linh_vuc_cao_nhat": Placeholder("Chỉ số trung bình của lĩnh vực ấy"),
    "linh_vuc_thap_nhat": Placeholder("lĩnh vực có Chỉ số trung bình thấp nhất"),
    "chi_so_linh_vuc_thap_nhat": Placeholder("Chỉ số trung bình của lĩnh vực ấy"),
    "so_tang_chi_so": Placeholder("số đơn vị có Chỉ số tăng so với năm trước"),
    "so_giam_chi_so": Placeholder("số đơn vị có Chỉ số giảm so với năm trước"),
    "so_tang_hang": Placeholder("số đơn vị tăng hạng so với năm trước"),
    "so_giam_hang": Placeholder("số đơn vị giảm hạng so với năm trước"),
    "xep_loai": Placeholder("số đơn vị của từng mức: `Tốt 05 đơn vị; Khá 01 đơn vị`"),
}


class Asked(NamedTuple):
    """A placeholder as it stands in a text: its name, and the id of a group behind a point."""

    name: str
    group: str


def asked_in(text: str) -> Iterator[Asked]:
    """The placeholders of a text, in their order."""
    for match in _PLACEHOLDER.finditer(text):
        name, _, group = match[1].strip().partition(".")
        yield Asked(name, group)


def filled(text: str, values: Mapping[Asked, str]) -> str:
    """A text with its placeholders filled; one without a value stays as it is, for the gate to find."""

    def value(match: re.Match[str]) -> str:
        (asked,) = asked_in(match[0])
        return values.get(asked, match[0])

    return _PLACEHOLDER.sub(value, text)


class OwnTexts(BaseModel):
    """The paragraphs of each section, of one year or, without one, of every year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    dieu_2: tuple[Name, ...] = ()
    danh_gia: tuple[Name, ...] = ()
    ton_tai: tuple[Name, ...] = ()
    kien_nghi: tuple[Name, ...] = ()
    to_trinh: tuple[Name, ...] = ()
    ghi_chu: tuple[Name, ...] = ()

    def of(self, section: Section) -> tuple[str, ...]:
        """The paragraphs of a section."""
        paragraphs: tuple[str, ...] = getattr(self, section.value)
        return paragraphs

    @property
    def is_empty(self) -> bool:
        """Whether no section has a paragraph."""
        return not any(self.of(section) for section in Section)


if {section.value for section in Section} ^ (set(OwnTexts.model_fields) - {"year"}):
    raise TypeError("sections and the keys of OwnTexts differ")


class TextsFile(BaseModel):
    """texts.yaml: what holds for every year, and what single years word otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: tuple[OwnTexts, ...] = ()

    def of_year(self, year: int) -> OwnTexts:
        """The paragraphs of a year: of each section its own, else those of every year."""
        own = [one for one in self.texts if one.year == year]
        every = [one for one in self.texts if one.year is None]
        chosen = {
            section.value: next((found for one in (*own, *every) if (found := one.of(section))), ())
            for section in Section
        }
        return OwnTexts(year=year, **chosen)
