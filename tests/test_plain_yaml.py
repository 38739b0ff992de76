"""What we write, other tools can read: every YAML file of the examples and of the documents, with plain PyYAML."""

from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.docs.documents import blocks_of

FILES = sorted((ROOT / "examples").rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_yaml_of_the_examples_is_read_by_plain_pyyaml(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_yaml_block_of_the_folder_document_is_read_by_plain_pyyaml() -> None:
    blocks = [block for block in blocks_of("thu-muc-tinh.md") if block.language == "yaml"]
    assert blocks
    for block in blocks:
        assert yaml.safe_load(block.text) is not None, block.line
