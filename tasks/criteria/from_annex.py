"""An annex that we wrote and an officer edited in Word → the set's file with only what was changed, or findings.

A cell that prints what the set as it went out would print says nothing new: what the file has there stays, ids and
comments with it. Any other cell is read as in an annex from elsewhere, and only that is changed.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from models.criteria.rules.base import Rule
from models.criteria.sets import Leaf, Source
from models.findings import Finding, Severity
from models.numbers import said, spoken_or_none
from tasks.criteria.annex_lines import AnnexLine, AnnexLines
from tasks.criteria.annex_rows import BLOCKS, CLAIMABLE, NOBODY, AnnexRow, PrintedNames, annex_blocks, annex_rows
from tasks.criteria.annex_words import agencies_in, block_in, excluded_in, guidance_of, item_in, reference_in, source_in
from tasks.criteria.as_yaml import rule_as_yaml
from tasks.criteria.columns import ColumnRole
from tasks.criteria.exported import SET_ANNEX, KeptSet, ReadSet, damaged, kept_in_lines
from tasks.criteria.keeping_ids import rule_after
from tasks.criteria.opened_annexes import told_of_file
from tasks.criteria.rule_texts.clauses import ItemLine, RuleText
from tasks.criteria.rule_texts.meanings import Doubt
from tasks.criteria.rule_texts.recognising import GIVEN, read_rule
from tasks.editing.changing import WantedYaml
from tasks.editing.tables import Placed, in_order_of
from tasks.reading.printed_tables import PrintedAnnex, lines_in

_BELOW = ("areas", "criteria", "components")
_NESTED = (*_BELOW, "groups")


def set_in_annex(annex: PrintedAnnex, file: str) -> ReadSet | None:
    """What an annex that we wrote says of its set; None where it is any other one.

    Raises:
        RefusedError: it is ours, but what it keeps of its set was changed or is damaged.
    """
    if dict(annex.kept).get("kind") != SET_ANNEX:
        return None
    kept, names = kept_in_lines(file, annex.kept)
    if kept.known is None:
        raise damaged(file)
    placed = Placed(file, findings=list(told_of_file(annex, file)))
    values = _Annex(annex, kept, names, placed).values()
    return ReadSet(str(values.get("id", "")), WantedYaml(kept.name, kept.content, values, placed.cells), placed)


class _Annex:
    """One annex while its lines become values of the set's file."""

    def __init__(self, annex: PrintedAnnex, kept: KeptSet, names: PrintedNames, placed: Placed) -> None:
        assert kept.known is not None
        self._known, self._base, self._year = kept.known, kept.values, kept.year
        self._names, self._placed = names, placed
        self._rows = [*annex_rows(self._known, self._year, names)]
        self._blocks = annex_blocks(self._known, names)
        self._read = AnnexLines(annex, [*self._rows, *(row for block in self._blocks for row in block.rows)])
        self._titles = {line for table in annex.tables for line in table.above}

    def values(self) -> dict[str, Any]:
        """All that the file should say."""
        title = lines_in(self._known.title)
        if title.casefold() not in {line.casefold() for line in self._titles}:
            what = f"tên in trong văn bản không còn là “{title}”; tên bộ tiêu chí trong tệp giữ nguyên"
            remedy = "Nếu đổi tên bộ tiêu chí, ghi title mới trong tệp YAML"
            self._placed.findings.append(Finding(self._placed.file, 0, what, remedy, Severity.WARNING))
        values = {**self._base, "areas": self._areas()}
        for name, _ in BLOCKS:
            self._put_block(values, name)
        return values

    # --- areas, criteria, components ----------------------------------------------------------------------------------

    def _areas(self) -> list[dict[str, Any]]:
        """The tree that the lines make."""
        root: dict[str, Any] = {"areas": []}
        owners: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [(root, ())]
        lines = [line for line in self._read.lines if not line.block]
        for line, after in zip(lines, [*lines[1:], None], strict=True):
            level = self._level(line, after, owners)
            if level is None:
                continue
            name = level if isinstance(level, str) else _BELOW[level]
            depth = 2 if isinstance(level, str) else level
            if depth >= len(owners):
                what = f"dòng “{line.says(ColumnRole.NAME)}” đứng trước mục mà nó thuộc về"
                self._placed.complain(line.place(ColumnRole.CODE), what, "Dời dòng này xuống dưới mục ấy")
                continue
            owner, above = owners[depth]
            siblings = owner.setdefault(name, [])
            path = (*above, name, len(siblings))
            part = self._part(line, path, is_group=isinstance(level, str))
            siblings.append(part)
            if name in _BELOW:
                owners[depth + 1 :] = [(part, path)] if depth + 1 < len(_BELOW) else []
        areas: list[dict[str, Any]] = root["areas"]
        return areas

    def _level(
        self, line: AnnexLine, after: AnnexLine | None, owners: list[tuple[dict[str, Any], tuple[str | int, ...]]]
    ) -> int | str | None:
        """How deep a line lies, `groups` for one that is only named; None where it is no part, which is told."""
        if line.was is not None:
            name = str(line.was.path[-2])
            return name if name == "groups" else _BELOW.index(name)
        code = line.says(ColumnRole.CODE)
        if not code or not line.says(ColumnRole.NAME):
            what = (
                "dòng thêm vào thiếu mã hoặc tên"
                if line.says(ColumnRole.NAME) or code
                else "dòng thêm vào không có tên"
            )
            remedy = "Ghi mã và tên của mục mới; lời của một mục ghi trong ô của mục ấy, không tách thành dòng riêng"
            self._placed.complain(line.place(ColumnRole.CODE), what, remedy)
            return None
        above = [depth for depth, (part, _) in enumerate(owners) if depth and code.startswith(f"{part.get('code')}.")]
        if not above:
            return 0
        if above[-1] == 2 and after is not None and after.says(ColumnRole.CODE).startswith(f"{code}."):
            return "groups"
        return min(above[-1], 2)

    def _part(self, line: AnnexLine, path: tuple[str | int, ...], *, is_group: bool) -> dict[str, Any]:
        was = line.was
        before = self._base_part(was.path) if was else {}
        part = {name: value for name, value in before.items() if name not in _NESTED}
        self._place(line, path)
        if line.says(ColumnRole.CODE) != ("" if was is None else lines_in(was.code)):
            part["code"] = line.says(ColumnRole.CODE)
        self._put_name(part, line)
        if not is_group:
            self._put_maximum(part, line)
            self._put_beside(part, line)
            self._put_rule(part, line, self._put_source(part, line))
            self._put_appraiser(part, line)
        return in_order_of(part, before) if before else part

    def _base_part(self, path: tuple[str | int, ...]) -> Mapping[str, Any]:
        part: Any = self._base
        for step in path:
            part = part[step]
        found: Mapping[str, Any] = part
        return found

    def _place(self, line: AnnexLine, path: tuple[str | int, ...]) -> None:
        cells = self._placed.cells
        cells[path] = line.place()
        for name, role in (
            ("code", ColumnRole.CODE),
            ("max", ColumnRole.MAX),
            ("rule", ColumnRole.GUIDANCE),
            ("source", ColumnRole.EVIDENCE),
            ("evidence", ColumnRole.EVIDENCE),
            ("appraised_by", ColumnRole.APPRAISER),
        ):
            cells[*path, name] = line.place(role)

    # --- the cells of a line ------------------------------------------------------------------------------------------

    def _put_name(self, part: dict[str, Any], line: AnnexLine) -> None:
        """The name, and whether units may claim that no case arose."""
        said_name = " ".join(line.says(ColumnRole.NAME).split("\n"))
        if line.was is not None and said_name == lines_in(line.was.name):
            return
        claimable = said_name.endswith(CLAIMABLE)
        part["name"] = said_name.removesuffix(CLAIMABLE).strip()
        if claimable is not (line.was is not None and line.was.name.endswith(CLAIMABLE)):
            _put_excluded(part, by_event=claimable)

    def _put_maximum(self, part: dict[str, Any], line: AnnexLine) -> None:
        text = line.says(ColumnRole.MAX)
        if line.was is not None and text == line.was.maximum:
            return
        points = spoken_or_none(text)
        if points is None and (text or "rule" in part):
            self._placed.complain(line.place(ColumnRole.MAX), f"điểm tối đa: “{text}” không phải là số", "Nhập một số")
        elif points is not None:
            part["max"] = points

    def _put_beside(self, part: dict[str, Any], line: AnnexLine) -> None:
        """To whom it does not apply, and the law it follows."""
        told, before = guidance_of(line.says(ColumnRole.GUIDANCE).split("\n")), guidance_of(_lines(line.was))
        if told.excluded != before.excluded:
            found, unknown = excluded_in(told.excluded, self._names)
            for name in unknown:
                what, remedy = f"không có đơn vị, loại đơn vị nào tên là “{name}”", "Ghi tên như trong units.csv"
                self._placed.complain(line.place(ColumnRole.GUIDANCE), what, remedy)
            _put_excluded(part, kinds=found.get("kinds"), units=found.get("units"))
        if told.reference != before.reference:
            part.pop("reference", None)
            if told.reference:
                part["reference"] = reference_in(told.reference)

    def _put_source(self, part: dict[str, Any], line: AnnexLine) -> bool:
        """Where the points come from, and the evidence; returns whether it is a survey."""
        words = line.says(ColumnRole.EVIDENCE)
        is_leaf = "rule" in part or (line.was is None and bool(guidance_of(_cell(line)).rule))
        if is_leaf and (line.was is None or words != line.was.evidence):
            found = source_in(words)
            if found is not None:
                part["source"] = found[0].value
                part.pop("evidence", None)
                if found[1] is not None and found[1].value != "required":
                    part["evidence"] = found[1].value
                elif found[1] is None:
                    part["evidence"] = "none"
            else:
                part.setdefault("source", Source.SELF.value)
                if words:
                    what = f"tài liệu kiểm chứng ghi “{words}”: bộ tiêu chí chỉ giữ mức độ cần, không giữ tên tài liệu"
                    remedy = "Ghi: cần có, nếu có, không cần, bắt buộc…; tên tài liệu để ở văn bản"
                    self._placed.complain(line.place(ColumnRole.EVIDENCE), what, remedy, Severity.WARNING)
        return part.get("source") == Source.SURVEY.value

    def _put_appraiser(self, part: dict[str, Any], line: AnnexLine) -> None:
        words = line.says(ColumnRole.APPRAISER)
        if words == ("" if line.was is None else line.was.appraiser) or (line.was is None and words == NOBODY):
            return
        part.pop("appraised_by", None)
        ids = agencies_in(words, self._names.agencies)
        if len(ids) == 1:
            part["appraised_by"] = ids[0]
        elif words not in ("", NOBODY):
            why = "không có trong appraisers của province.yaml" if not ids else "gồm nhiều cơ quan"
            what = f"cơ quan thẩm định “{words}” {why}"
            self._placed.complain(line.place(ColumnRole.APPRAISER), what, "Ghi tên một cơ quan đã khai báo")

    def _put_rule(self, part: dict[str, Any], line: AnnexLine, survey: bool) -> None:
        """The rule that the cell says, where it says another one than it did."""
        told = guidance_of(_cell(line)).rule
        leaf = None if line.was is None else self._known.by_code.get(line.was.code)
        maximum = part.get("max")
        if leaf is not None and told == guidance_of(_lines(line.was)).rule:
            self._tell_old_maximum(line, leaf, maximum)
            return
        if not told and leaf is None:
            return
        if not isinstance(maximum, Decimal | int):
            return  # told already, or by the check
        rule = self._rule(line, told, Decimal(maximum), survey=survey, before=leaf)
        part["rule"] = rule.model_dump(mode="python", by_alias=True, exclude_defaults=True)

    def _rule(
        self, line: AnnexLine, told: tuple[str, ...], maximum: Decimal, *, survey: bool, before: Leaf | None
    ) -> Rule:
        name = line.says(ColumnRole.NAME)
        outcome = read_rule(RuleText(map(ItemLine, told), maximum, name, survey=survey))
        place = line.place(ColumnRole.GUIDANCE)
        if isinstance(outcome, Doubt):
            nearest = "; hoặc ".join(map(rule_as_yaml, outcome.nearest))
            what = f"{line.says(ColumnRole.CODE)} “{name}”: {outcome.why}; tạm ghi cho điểm trực tiếp"
            self._placed.complain(
                place, what, f"Sửa lời, hoặc chọn trong tệp YAML một trong: {nearest}", Severity.WARNING
            )
            return GIVEN
        if before is None or before.rule.kind != outcome.rule.kind:
            for each in outcome.told:
                self._placed.complain(place, each, "Kiểm tra quy tắc trong tệp YAML", Severity.INFO)
            return outcome.rule
        return rule_after(outcome.rule, before.rule, before.max, self._year)

    def _tell_old_maximum(self, line: AnnexLine, leaf: Leaf, maximum: object) -> None:
        """Words that were left as they were under another maximum."""
        if not isinstance(maximum, Decimal | int) or maximum == leaf.max:
            return
        if leaf.rule.sentence(Decimal(maximum), self._year) != leaf.rule.sentence(leaf.max, self._year):
            what = f"cách tính còn ghi theo điểm tối đa cũ {said(leaf.max)}, nay là {said(Decimal(maximum))}"
            self._placed.complain(
                line.place(ColumnRole.GUIDANCE), what, "Sửa cả cách tính trong văn bản", Severity.WARNING
            )

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _put_block(self, values: dict[str, Any], name: str) -> None:
        """The items of a block, and the most that it counts."""
        before = self._base.get(name, {})
        lines = [line for line in self._read.lines if line.block == name]
        printed = next((block for block in self._blocks if block.name == name), None)
        if not lines and printed is None:
            return
        if not lines:
            values.pop(name, None)
            return
        block = {**before, "items": [self._item(line, (name, "items", at)) for at, line in enumerate(lines)]}
        heading = self._read.headings.get(name)
        if heading is not None and (printed is None or heading.text.casefold() != lines_in(printed.heading).casefold()):
            named = block_in(heading.text)
            cap = None if named is None else named[1]
            block = {key: value for key, value in block.items() if key not in ("cap", "capped")}
            block |= {"capped": False} if cap is None else {"cap": cap}
            self._placed.cells[name, "cap"] = heading.place
        values[name] = in_order_of(block, before)

    def _item(self, line: AnnexLine, path: tuple[str | int, ...]) -> dict[str, Any]:
        before = self._base_part(line.was.path) if line.was else {}
        item = dict(before)
        self._place(line, path)
        if line.says(ColumnRole.CODE) != ("" if line.was is None else lines_in(line.was.code)):
            item["code"] = line.says(ColumnRole.CODE)
        self._put_name(item, line)
        self._put_beside(item, line)
        told = guidance_of(_cell(line)).rule
        if told != guidance_of(_lines(line.was)).rule:
            read = item_in(" ".join(told))
            if read is None:
                what = f"không đọc được cách tính “{' '.join(told)}”"
                remedy = "Ghi dạng: Mỗi trường hợp 0,5 điểm, tối đa 2 điểm"
                self._placed.complain(line.place(ColumnRole.GUIDANCE), what, remedy)
            else:
                item = {key: value for key, value in item.items() if key not in ("each", "per", "steps", "max")} | read
        return in_order_of(item, before) if before else item


def _cell(line: AnnexLine) -> list[str]:
    return line.says(ColumnRole.GUIDANCE).split("\n")


def _lines(row: AnnexRow | None) -> Iterator[str]:
    """The lines that a cell of guidance had, as a reader of Word finds them."""
    return (lines_in(line) for line in (() if row is None else row.guidance))


def _put_excluded(part: dict[str, Any], **changed: Any) -> None:
    """To whom a part does not apply, with what changed; nothing where it applies to everybody."""
    excluded = {**part.get("not_applicable", {}), **changed}
    kept = {name: value for name, value in excluded.items() if value}
    part.pop("not_applicable", None)
    if kept:
        part["not_applicable"] = kept
