"""The nine districts of Bình Dương 2017 in a folder of their own, taken through the round step by step."""

import shutil
from pathlib import Path

from sqlalchemy import func
from sqlmodel import SQLModel, select

from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.publishing.evaluating import Evaluation, evaluate_round
from tasks.recording.importing import read_facts, read_history, read_scores
from tasks.recording.versions import facts_by_component, record_facts, record_history, record_scores
from tests.conftest import copy_example

YEAR = 2017
HEADER = "unit,component,source,points,not_applicable,note\n"
HISTORY = """year,group,unit,max_points,points,index,rank,grade
2016,huyen,thu-dau-mot,100,81.50,81.50,2,Tốt
2016,huyen,tan-uyen,100,83.10,83.10,1,Tốt
"""


class Districts:
    """A copy of the example and its database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage: Storage = open_storage(folder, Settings(user="người thử"))

    @classmethod
    def copied(cls, into: Path) -> "Districts":
        """The example as it is delivered: nothing received yet."""
        return cls(copy_example("binh-duong-2017", into))

    def duplicate(self, into: Path) -> "Districts":
        """The same folder and database once more, to be changed freely."""
        self.storage.engine.dispose()
        return Districts(Path(shutil.copytree(self.folder, into / self.folder.name)))

    @property
    def province(self) -> Province:
        """The folder as it is now."""
        return load_province(self.folder)

    @property
    def scores(self) -> str:
        """The scores file of the example."""
        return (self.folder / "scores.csv").read_text(encoding="utf-8")

    def receive(self, scores: str | None = None, name: str = "scores.csv") -> "Districts":
        """Record a scores file; the example's own unless another is given."""
        content = (scores or self.scores).encode()
        entries, _ = read_scores(content, name, self.province, YEAR)
        record_scores(self.storage, YEAR, content, name, entries)
        return self

    def receive_score(self, unit: str, component: str, source: str, points: str) -> "Districts":
        """Record a file with one new score, given back by its name."""
        return self.receive(f"{HEADER}{unit},{component},{source},{points},,\n", f"{unit}-{component}-{points}.csv")

    def receive_facts(self, rows: str) -> None:
        """Record a facts file with these rows."""
        content = f"unit,component,fact,value\n{rows}".encode()
        current = facts_by_component(self.storage, YEAR)
        entries, _ = read_facts(content, "facts.csv", self.province, YEAR, current)
        record_facts(self.storage, YEAR, content, "facts.csv", entries)

    def receive_history(self, text: str = HISTORY) -> None:
        """Record what was published for the year before."""
        content = text.encode()
        record_history(self.storage, content, "history.csv", read_history(content, "history.csv", self.province)[0])

    def evaluate(self) -> Evaluation:
        return evaluate_round(self.province, self.storage, YEAR)

    def rewrite(self, file: str, old: str, new: str) -> None:
        """Change one place in a file of the folder."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def count(self, table: type[SQLModel]) -> int:
        """How many rows a table has."""
        with self.storage.reading() as session:
            return session.exec(select(func.count()).select_from(table)).one()
