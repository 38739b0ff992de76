"""The year of one sample province through the flows as they are: forms out, filled in, received, evaluated, published.

It runs in a process of its own and tells what each stage took. Filling the forms
in is the work of the units, done here by a script; all other stages are the program's.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path

from benchmarks.national_sample import YEAR, made_up_facts, of_others
from benchmarks.process_memory import Watched
from benchmarks.quick_forms import Layout, QuickForm, layout_of
from flows.demo.agencies import SampleData, assess
from models.forms.descriptions import FormKind, form_file_name
from models.province.folder import Province, load_province
from models.records.storage import open_storage
from models.settings import Settings, var_folder
from tasks.publishing.choosing import newest_paper
from tasks.publishing.issuing import draft_folder

FORMS, FILLED, RECEIVED, EVALUATED, DRAFTED, PUBLISHED, SITE = STAGES = (
    "forms out",
    "forms filled in, by the units",
    "intake",
    "evaluation",
    "drafts",
    "publication",
    "site",
)
_DAY = date(YEAR + 1, 2, 20)
_SAMPLE = "Dữ liệu mẫu, không phải số liệu thật"
_ACCEPTED = (
    "chua-tham-dinh",
    "thieu-khao-sat",
    "thieu-chi-so-ngoai",
    "thieu-ten-nguoi-ky",
    "ngay-truoc-ket-qua",
    "ngay-tuong-lai",
)


@dataclass
class YearPlayed:
    """What a province's year took.

    Attributes:
        published: the folder of the decision.
        seconds: by stage.
        memory: by stage, the most MiB that one process held: this one or one that it started.
    """

    province: Path
    units: int
    published: Path = Path()
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


def play_year(folder: Path) -> YearPlayed:
    """The year of a province folder of the sample, by its flows.

    Raises:
        RuntimeError: a form was not accepted.
    """
    from flows.intake import intake
    from flows.open_round import open_round

    province = load_province(folder)
    played = YearPlayed(folder, len(province.units_of_round(YEAR)))
    with redirect_stdout(StringIO()):  # what flows tell is no measurement
        with _stage(played, FORMS):
            open_round(str(folder), YEAR)
        with _stage(played, FILLED):
            fill_in(province)
        with _stage(played, RECEIVED):
            reports = intake(str(folder))
        left = [path.name for path in (var_folder(folder) / "inbox").iterdir()]
        if len(reports) != played.units or left:
            raise RuntimeError(
                f"{folder.name}: {len(reports)} of {played.units} received, {len(left)} left: {reports[:3]}"
            )
        _decide(played)
    return played


def fill_in(province: Province) -> None:
    """Fill in the forms of all units as they would, lay them into the inbox, and import what others publish of them."""
    from tasks.recording.versions import record_facts

    var, facts = var_folder(province.folder), made_up_facts(province)
    data, layouts = SampleData.of(province, YEAR, facts, ()), dict[tuple[str, str], Layout]()
    (var / "inbox").mkdir(exist_ok=True)
    for unit, group in province.units_of_round(YEAR).values():
        name = form_file_name(FormKind.SELF_ASSESSMENT, YEAR, unit.code)
        content = (var / "forms" / str(YEAR) / name).read_bytes()
        layout = layouts.get((group.id, unit.kind)) or layouts.setdefault((group.id, unit.kind), layout_of(content))
        form = QuickForm(content, layout)
        assess(form, unit, data)
        (var / "inbox" / name).write_bytes(form.saved())
    storage = open_storage(province.folder, Settings())
    record_facts(storage, YEAR, b"", "facts of others", of_others(province, facts))
    storage.engine.dispose()


def _decide(played: YearPlayed) -> None:
    """Evaluate, draft, publish and renew the site, in the flow of the year; what it left tells how long each took."""
    from flows.annual_evaluation import DecisionApproval, annual_evaluation
    from flows.approving import Verdict

    approval = DecisionApproval(
        verdict=Verdict.APPROVE,
        approved_by="người đo (mẫu)",
        number=5,
        day=_DAY,
        submission_number=4,
        submission_day=_DAY,
        accepted="\n".join(f"{code}: {_SAMPLE}" for code in _ACCEPTED),
    )
    with Watched() as watched:
        started = time.time()
        played.published = Path(annual_evaluation(str(played.province), YEAR, approval))
        ended = time.time()
    evaluated, drafted = _moments(played.province)
    # The folder is moved to its place when all is written, before the site is made anew.
    moments = [started, evaluated, drafted, played.published.parent.stat().st_mtime, ended]
    for stage, begin, end in zip((EVALUATED, DRAFTED, PUBLISHED, SITE), moments, moments[1:], strict=False):
        played.seconds[stage] = end - begin
        played.memory[stage] = watched.peak


def _moments(folder: Path) -> tuple[float, float]:
    """When the results were frozen, and when the last document of their draft was written."""
    storage = open_storage(folder, Settings())
    paper = newest_paper(folder, storage, YEAR)
    storage.engine.dispose()
    written = draft_folder(paper).iterdir()
    return paper.snapshot.created_at.timestamp(), max(path.stat().st_mtime for path in written)


@contextmanager
def _stage(played: YearPlayed, stage: str) -> Iterator[None]:
    with Watched() as watched:
        started = time.time()
        yield
        played.seconds[stage] = time.time() - started
    played.memory[stage] = watched.peak
