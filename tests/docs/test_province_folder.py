"""docs/thu-muc-tinh.md: its examples put together are a valid province folder, and it names every key there is."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from textwrap import indent
from types import ModuleType

import pytest
from pydantic import BaseModel

from models import units
from models.criteria import cross_checks, rules
from models.criteria import sets as criteria
from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.sets import CriteriaSet, Leaf
from models.findings import Severity
from models.progress import commitments, indices, measures, periods, plan_tasks, targets
from models.progress.registers import RegisterKind
from models.province import folder as province
from models.province import progress_files as progress
from models.province import rounds, texts
from models.province.config import ProvinceConfig
from models.province.folder import Province, check_province
from models.province.texts import PLACEHOLDERS
from models.province.yaml_files import load_model
from tasks.recording.progress_importing import register_columns
from tasks.rendering.pdf import template_environment
from tests.docs.documents import Block, blocks_of, code_of, document, rows_of, write_into

DOCUMENT = "thu-muc-tinh.md"
BLOCKS = blocks_of(DOCUMENT)


def file_of(block: Block) -> str:
    """The file of the folder that a block shows: its first line says it, or the paragraph above; "" for a fragment."""
    said = re.match(r"# (\S+\.(?:yaml|csv))\n", block.text)
    return said[1] if said else block.named


FRAGMENTS = [block for block in BLOCKS if block.language == "yaml" and not file_of(block)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the document."""
    for block in BLOCKS:
        if file_of(block):
            write_into(tmp_path, file_of(block), block.text)
    return tmp_path


def test_the_examples_together_are_a_folder_without_findings(folder: Path) -> None:
    checked, findings = check_province(folder)
    assert isinstance(checked, Province)
    assert [finding for finding in findings if finding.severity is not Severity.INFO] == []


def test_the_folder_has_every_sort_of_file_that_people_write(folder: Path) -> None:
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*")) == [
        "criteria/so-2025.yaml",
        "progress/commitments.yaml",
        "progress/indices.yaml",
        "progress/measures.yaml",
        "progress/nhiem-vu-2025.csv",
        "progress/plan_tasks.yaml",
        "progress/reports.yaml",
        "progress/targets.yaml",
        "province.yaml",
        "rounds/2025.yaml",
        "successions.csv",
        "templates/decision.html",
        "texts.yaml",
        "units.csv",
    ]


def test_the_decision_of_the_folder_says_article_2_in_the_words_of_its_own_template(folder: Path) -> None:
    template = template_environment(folder / "templates").get_template("decision.html")
    config, _, findings = load_model(folder / "province.yaml", "province.yaml", ProvinceConfig)
    assert findings == []
    article = "".join(template.blocks["article_2"](template.new_context({"config": config})))
    assert "Giao Sở Nội vụ thông báo kết quả" in article


def test_the_document_lists_every_placeholder_as_the_code_has_it() -> None:
    listed = {row[0].strip("`"): row[1] for row in rows_of(DOCUMENT) if row[0].strip("`") in PLACEHOLDERS}
    told = {
        name: known.meaning + ("" if known.of_group else "; không theo nhóm") for name, known in PLACEHOLDERS.items()
    }
    assert listed == told


@pytest.mark.parametrize(
    ("template", "said"),
    [("decision.html", "Các phần của quyết định: "), ("annex.html", "(`templates/annex.html`): ")],
    ids=["decision", "annex"],
)
def test_the_document_names_every_part_of_a_template(template: str, said: str) -> None:
    listed = re.split(r";|\. ", document(DOCUMENT).partition(said)[2])[0]
    environment = template_environment()
    own = environment.get_template(template).blocks.keys() - environment.get_template("base.html").blocks.keys()
    assert set(re.findall(r"`(\w+)`", listed)) == own


@pytest.mark.parametrize(
    "template", ["matrix.html", "report.html", "report_annex.html", "submission.html", "unit_sheet.html"]
)
def test_the_document_names_every_part_of_the_other_templates(template: str) -> None:
    row = next(row for row in document(DOCUMENT).splitlines() if f"| `{template}` |" in row)
    environment = template_environment()
    own = environment.get_template(template).blocks.keys() - environment.get_template("base.html").blocks.keys()
    assert set(re.findall(r"`(\w+)`", row)) == own


@pytest.mark.parametrize("block", FRAGMENTS, ids=lambda block: f"{block.section}, line {block.line}")
def test_every_rule_of_the_document_can_be_used(block: Block, tmp_path: Path) -> None:
    leaf = leaf_of(block, tmp_path)
    assert leaf.rule.faults(leaf.max) == []
    assert leaf.rule.sentence(leaf.max, 2025)


def test_every_kind_of_rule_has_an_example() -> None:
    assert {kind for block in FRAGMENTS for kind in re.findall(r"\bkind: (\w+)", block.text)} == set(RULE_KINDS)


def leaf_of(block: Block, folder: Path) -> Leaf:
    """The component that a block shows, in a set of its own."""
    code = re.search(r'code: "(\d+)\.(\d+)\.\d+"', block.text)
    assert code is not None
    text = SET.format(area=code[1], criterion=f"{code[1]}.{code[2]}") + indent(block.text, " " * 10)
    loaded, _, findings = load_model(write_into(folder, "set.yaml", text), "set.yaml", CriteriaSet)
    assert findings == []
    assert loaded is not None
    return loaded.leaves[0]


SET = """\
id: mau
title: Bộ tiêu chí của một ví dụ
areas:
  - code: "{area}"
    name: Lĩnh vực
    criteria:
      - code: "{criterion}"
        name: Tiêu chí
        components:
"""


def models_in(module: ModuleType) -> Iterator[type[BaseModel]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module.__name__:
            yield value


MODULES = (
    province,
    units,
    criteria,
    cross_checks,
    rounds,
    texts,
    *(import_module(f"{rules.__name__}.{name}") for _, name, _ in iter_modules(rules.__path__)),
    periods,
    progress,
    measures,
    plan_tasks,
    commitments,
    targets,
    indices,
)
MODELS = [model for module in MODULES for model in models_in(module)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_document_names_every_key_of_the_model(model: type[BaseModel]) -> None:
    named = {word for code in code_of(DOCUMENT) for word in re.findall(r"\w+", code)}
    keys = [field.alias or name for name, field in model.model_fields.items()]
    assert [key for key in keys if key not in named] == []


@pytest.mark.parametrize("kind", RegisterKind)
def test_the_document_names_every_column_of_the_register(kind: RegisterKind) -> None:
    (row,) = [line for line in document(DOCUMENT).splitlines() if line.startswith(f"| `{kind.value}` ")]
    required, optional = register_columns(kind)
    said = dict(re.findall(r"`(\w+)`\*?(\\\*)?", row.split("|")[2]))
    assert set(said) == {*required, *optional} - {"withdrawn"}
    assert {name for name, star in said.items() if star} == set(required)
