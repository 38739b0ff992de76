"""The sample round played by its agencies, from workbooks alone: forms out, filled in, received, returned, mended,
appraised, explained, appraised again, decided by the council.

Whoever plays says how the inbox is received (a Prefect flow in the demonstration, the plain function in a test).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.demo.agencies import (
    MISTAKES,
    SampleData,
    SampleInbox,
    fill_appraisal,
    fill_explanation,
    fill_facts,
    fill_self_assessment,
    mended,
    read_all,
    with_mistake,
)
from models.forms.descriptions import FormKind, form_file_name
from models.forms.sources import ScoreSource
from models.records.storage import Storage
from models.units import Unit
from tasks.forms.round_records import read_round
from tasks.forms.writing import write_forms

_DAMAGED_AT = 3_000  # bytes of a file whose transfer broke off


@dataclass
class SampleRound:
    """One round on its way.

    Attributes:
        data: what the sample agencies know.
        storage: the province's database, for the forms that show what is recorded.
        forms: where the forms lie, a folder a step.
        inbox: where workbooks go in and replies come out.
        tell: says what happens.
    """

    data: SampleData
    storage: Storage
    forms: Path
    inbox: SampleInbox
    tell: Callable[[str], None]
    explained: dict[str, list[str]] = field(default_factory=dict)

    def play(self) -> None:
        """The whole round; what comes late nobody appraises."""
        self.assess_themselves()
        self.enter_surveys_and_registers()
        later = self.rows_with_later_evidence()
        self.appraise("tham-dinh-lan-1", later)
        self.explain()
        self.appraise("tham-dinh-lan-2", ())
        self.let_the_council_decide()
        self.send_late()

    def assess_themselves(self) -> None:
        """Self-assessments come in; those with mistakes come back, are mended and sent again."""
        forms = self._forms(FormKind.SELF_ASSESSMENT, "tu-danh-gia")
        right = {
            unit.code: fill_self_assessment(forms[self._name(unit)], unit, self.data)
            for unit in self.data.senders
            if unit not in self.data.late_senders
        }
        sent, hasty = self._with_mistakes(right)
        self.tell(f"{len(sent)} đơn vị gửi phiếu, {len(hasty)} phiếu có lỗi cố ý")
        self.inbox.send("tu-danh-gia", sent)
        self.tell("các đơn vị sửa phiếu bị trả lại và gửi lại")
        again = {}
        for unit, told in hasty.items():
            self.tell(f"{unit.name}: {told}")
            reply = self.inbox.reply_to(self._name(unit))
            again[self._name(unit)] = mended(reply.read_bytes(), right[unit.code]) if reply else right[unit.code]
        self.inbox.send("tu-danh-gia-gui-lai", again)

    def _with_mistakes(self, right: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[Unit, str]]:
        """All workbooks: the first units' with a mistake each, the next one's cut off; and what is wrong with them."""
        hasty: dict[Unit, str] = {}
        units = [unit for unit in self.data.senders if unit.code in right]
        sent = {self._name(unit): right[unit.code] for unit in units}
        for unit, mistake in zip(units, MISTAKES, strict=False):
            sent[self._name(unit)] = with_mistake(right[unit.code], unit, self.data, mistake)
            hasty[unit] = mistake.told
        broken = units[len(MISTAKES)]
        sent[self._name(broken)] = right[broken.code][:_DAMAGED_AT]
        hasty[broken] = "tệp hỏng khi gửi"
        return sent, hasty

    def enter_surveys_and_registers(self) -> None:
        """The department enters survey results, what it keeps itself, bonus and penalty."""
        for kind, folder in ((FormKind.SURVEY, "khao-sat"), (FormKind.REGISTER, "so-theo-doi")):
            forms = self._forms(kind, folder)
            self.tell(f"{kind.label}: {len(forms)} tệp")
            self.inbox.send(folder, {name: fill_facts(content, self.data) for name, content in forms.items()})

    def rows_with_later_evidence(self) -> tuple[tuple[str, str], ...]:
        """Rows of which the evidence comes only with the explanation: the first appraised leaf of the first units."""
        first: dict[str, str] = {}
        for (unit, code, source), entry in sorted(self.data.scores.items()):
            if source is ScoreSource.APPRAISAL and entry.points:
                first.setdefault(unit, code)
        return tuple(first.items())[:4]

    def appraise(self, folder: str, later: tuple[tuple[str, str], ...]) -> None:
        """Every appraising agency sends its workbook."""
        forms = self._forms(FormKind.APPRAISAL, folder)
        self.tell(f"{len(forms)} cơ quan thẩm định gửi phiếu thẩm định")
        for unit, code in later:
            self.explained.setdefault(unit, []).append(code)
        filled = {
            name: fill_appraisal(content, self.data, ScoreSource.APPRAISAL, later) for name, content in forms.items()
        }
        self.inbox.send(folder, filled)

    def explain(self) -> None:
        """Units answer what was cut: they explain what the council or the second appraisal gives back."""
        for unit, code, source in self.data.scores:
            if source is ScoreSource.COUNCIL:
                self.explained.setdefault(unit, []).append(code)
        records = read_round(self.data.province, self.storage, self.data.year)
        cut = [code for code, record in records.units.items() if record.cut]
        forms = self._forms(FormKind.EXPLANATION, "giai-trinh", cut)
        self.tell(f"{len(cut)} đơn vị bị giảm điểm trả lời; {len(self.explained)} đơn vị giải trình")
        filled = {
            form_file_name(FormKind.EXPLANATION, self.data.year, code): fill_explanation(
                forms[form_file_name(FormKind.EXPLANATION, self.data.year, code)], self.explained.get(code, ())
            )
            for code in cut
        }
        self.inbox.send("giai-trinh", filled)

    def let_the_council_decide(self) -> None:
        """The council decides on what stays contested."""
        forms = self._forms(FormKind.COUNCIL, "hoi-dong")
        self.tell("Hội đồng quyết định")
        filled = {name: fill_appraisal(content, self.data, ScoreSource.COUNCIL, ()) for name, content in forms.items()}
        self.inbox.send("hoi-dong", filled)

    def send_late(self) -> None:
        """Who was late sends its self-assessment when all agencies have appraised."""
        late = self.data.late_senders
        forms = self._forms(FormKind.SELF_ASSESSMENT, "tu-danh-gia-gui-muon", [unit.code for unit in late])
        for unit in late:
            self.tell(f"{unit.name} gửi phiếu sau khi các cơ quan đã gửi phiếu thẩm định: chưa ai thẩm định")
        filled = {self._name(unit): fill_self_assessment(forms[self._name(unit)], unit, self.data) for unit in late}
        self.inbox.send("tu-danh-gia-gui-muon", filled)

    def _name(self, unit: Unit) -> str:
        return form_file_name(FormKind.SELF_ASSESSMENT, self.data.year, unit.code)

    def _forms(self, kind: FormKind, folder: str, units: tuple[str, ...] | list[str] = ()) -> dict[str, bytes]:
        """The forms of a kind, written into a folder."""
        out = self.forms / folder
        return read_all(write_forms(self.data.province, self.storage, self.data.year, kind, units, out))
