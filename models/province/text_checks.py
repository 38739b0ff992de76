"""texts.yaml beside the rest of the folder: unknown placeholders, groups that there are not, years said twice."""

from collections.abc import Iterator

from models.findings import Finding, Severity
from models.province.contents import FolderContents
from models.province.rounds import Round
from models.province.texts import PLACEHOLDERS, Asked, OwnTexts, Section, asked_in
from models.wording import meant


def check_texts(contents: FolderContents) -> Iterator[Finding]:
    """What is wrong with the placeholders of each paragraph, at its line."""
    if contents.texts is None or contents.texts_file is None:
        return
    seen: set[int | None] = set()
    for place, texts in enumerate(contents.texts.texts):
        if texts.year in seen:
            what = f"câu chữ của {'mọi năm' if texts.year is None else f'năm {texts.year}'} ghi hai lần"
            yield contents.texts_file.finding(("texts", place), what, "Gộp lại thành một")
        seen.add(texts.year)
        rounds = [round for round, _ in contents.rounds.values() if texts.year in (None, round.year)]
        if texts.year is not None and not rounds and contents.rounds:
            what = f"chưa có kỳ đánh giá năm {texts.year}"
            remedy = f"Tạo rounds/{texts.year}.yaml"
            yield contents.texts_file.finding(("texts", place, "year"), what, remedy, Severity.WARNING)
        yield from _in_texts(contents, place, texts, rounds)


def _in_texts(contents: FolderContents, place: int, texts: OwnTexts, rounds: list[Round]) -> Iterator[Finding]:
    assert contents.texts_file
    for section in Section:
        for number, paragraph in enumerate(texts.of(section)):
            faults = dict.fromkeys(fault for asked in asked_in(paragraph) for fault in _faults(asked, rounds))
            for what, remedy in faults:
                yield contents.texts_file.finding(("texts", place, section.value, number), what, remedy)
            if paragraph.count("{") != len(list(asked_in(paragraph))) or paragraph.count("{") != paragraph.count("}"):
                what = "dấu ngoặc nhọn { } không thành cặp"
                yield contents.texts_file.finding(
                    ("texts", place, section.value, number), what, "Ghi tên số liệu trong một cặp { }"
                )


def _faults(asked: Asked, rounds: list[Round]) -> Iterator[tuple[str, str]]:
    """What is wrong with a placeholder, in any of the rounds that it is used in."""
    known = PLACEHOLDERS.get(asked.name)
    shown = f"{{{asked.name}{'.' if asked.group else ''}{asked.group}}}"
    if known is None:
        remedy = f"{meant(asked.name, PLACEHOLDERS)}Dùng một trong: {', '.join(PLACEHOLDERS)}"
        yield f"không có số liệu tên {shown}", remedy
        return
    for round in rounds:
        ids = [group.id for group in round.groups]
        if asked.group and (not known.of_group or asked.group not in ids):
            remedy = f"{meant(asked.group, ids)}Nhóm của kỳ {round.year}: {', '.join(ids)}"
            yield (
                f"{shown}: kỳ {round.year} không có nhóm “{asked.group}”"
                if known.of_group
                else (f"{shown} không theo nhóm"),
                remedy if known.of_group else f"Ghi {{{asked.name}}}",
            )
        elif known.of_group and not asked.group and len(ids) > 1:
            yield f"{shown}: kỳ {round.year} có nhiều nhóm", f"Ghi rõ nhóm: {{{asked.name}.{ids[0]}}}"
