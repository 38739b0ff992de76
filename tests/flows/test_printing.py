"""Papers printed by runs of flows: the same bytes on threads and processes as without; what fails leaves nothing."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prefect import flow
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed

from flows.annual_evaluation import annual_evaluation
from flows.approving import publish, take_back
from flows.monthly_progress import monthly_progress
from flows.running import task_runner
from models.side_by_side import one_by_one
from tasks.publishing.choosing import known_paper
from tasks.publishing.folders import read_manifest
from tasks.publishing.kinds import DECISION
from tasks.site.building import site_folder
from tasks.site.issuing import issue
from tests.tasks.districts import Districts
from tests.tasks.papers import numbered

pytestmark = pytest.mark.slow

NUMBERING = numbered(7, date(2018, 8, 20))
NAME = f"{DECISION.prefix}2017-2018-007"


@pytest.fixture(scope="module")
def printed_once() -> None:
    """Here everything is printed when it is ordered."""


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Districts, str]:
    """The nine districts, evaluated, and the hash of their results."""
    districts = Districts.copied(tmp_path_factory.mktemp("printed")).receive()
    return districts, districts.evaluate().sha256


@pytest.fixture(scope="module")
def one_after_another(evaluated: tuple[Districts, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Hash and size of every file of the publication and every page of the site, made without a flow, one by one."""
    districts, sha256 = evaluated
    copied = districts.duplicate(tmp_path_factory.mktemp("alone"))
    paper = replace(known_paper(copied.folder, copied.storage, sha256), side_by_side=one_by_one)
    out = copied.folder / "out"
    assert issue(paper, copied.storage, NUMBERING, out, "command").findings == []
    return {**read_manifest(out)["files"], **site_of(copied)}


def site_of(districts: Districts) -> dict[str, bytes]:
    """Every page of the site but those with the hash of the manifest, which tells the moment of the approval."""
    site = site_folder(districts.folder)
    pages = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*.html")}
    return {name: page for name, page in pages.items() if not name.endswith("tai-ve.html")}


@flow(name="publishing")
def publishing(folder: str, sha256: str, asked: int) -> tuple[str, str]:
    return publish(folder, sha256, NUMBERING, "Lãnh đạo (mẫu)", asked)


def published_in_a_flow(districts: Districts, sha256: str, asked: int = 1) -> tuple[str, str]:
    return publishing.with_options(task_runner=task_runner())(str(districts.folder), sha256, asked)


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_every_runner_publishes_the_same_bytes(
    prefect_server: None,
    evaluated: tuple[Districts, str],
    one_after_another: dict[str, Any],
    runner: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CCHC_TASK_RUNNER", runner)
    districts = evaluated[0].duplicate(tmp_path)
    place, trouble = published_in_a_flow(districts, evaluated[1])
    assert trouble == ""
    assert {**read_manifest(Path(place))["files"], **site_of(districts)} == one_after_another
    assert files_in(districts.folder / "var" / "work") == []
    said = capsys.readouterr().out
    assert "… xong 1/" in said
    assert "trang kết quả: trang chung, 2017/07-qd-ubnd, 9 đơn vị của 2017/07-qd-ubnd" in said


def test_a_publication_that_fails_leaves_nothing_and_the_next_one_goes_on(
    prefect_server: None, evaluated: tuple[Districts, str], tmp_path: Path
) -> None:
    districts = evaluated[0].duplicate(tmp_path)
    published = districts.folder / "var" / "published"
    (published / f".{NAME}.99999999").mkdir(parents=True)  # of a run that was killed
    foreign = published / NAME / "khac.txt"
    foreign.parent.mkdir()
    foreign.write_text("khác")
    assert "thư mục đã có nội dung khác" in published_in_a_flow(districts, evaluated[1])[1]
    assert [path.name for path in published.iterdir()] == [NAME]

    shutil.rmtree(foreign.parent)
    template = districts.folder / "templates" / "decision.html"
    template.parent.mkdir()
    template.write_text('{% extends "standard/decision.html" %}{% block body %}<img src="k.png" alt="k">{% endblock %}')
    assert "không có tệp k.png" in published_in_a_flow(districts, evaluated[1], asked=2)[1]
    assert list(published.iterdir()) == []
    assert files_in(districts.folder / "var" / "work") == []

    shutil.rmtree(template.parent)
    place, trouble = published_in_a_flow(districts, evaluated[1], asked=3)
    assert (Path(place).name, trouble) == (NAME, "")
    assert [path.name for path in published.iterdir()] == [NAME]


@pytest.mark.parametrize("killed", [annual_evaluation, monthly_progress], ids=lambda each: each.name)
def test_of_a_run_that_was_killed_nothing_unfinished_stays(killed: Any, tmp_path: Path) -> None:
    published = tmp_path / "var" / "published"
    (published / f".{NAME}.99999999").mkdir(parents=True)
    (published / NAME).mkdir()
    (take_back_hook,) = killed.on_crashed_hooks
    assert take_back_hook is take_back
    take_back_hook(killed, FlowRun(flow_id=uuid4(), parameters={"province": str(tmp_path)}), Crashed())
    assert [path.name for path in published.iterdir()] == [NAME]
