"""compose.yaml and Dockerfile against the program that they start: settings, ports, packages, command."""

import re
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli.main import app
from models.records.store import of_the_province
from models.settings import Settings
from tests.conftest import ROOT

_LOOPBACK = "127.0.0.1"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"])


@pytest.fixture(scope="module")
def dockerfile() -> dict[str, str]:
    """The instructions of the Dockerfile that stand there once, each with what follows."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    (packages,) = re.findall(r"^RUN (apt-get .+)$", text, re.MULTILINE)
    return {**dict(re.findall(r"^([A-Z]+) (.+)$", text, re.MULTILINE)), "APT": packages}


def test_what_compose_sets_are_settings_and_their_values_are_taken(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {name: re.sub(r"\$\{[^}]*\}", "x", value) for name, value in services["cchc"]["environment"].items()}
    assert [name for name in given if name.removeprefix("CCHC_").lower() not in Settings.model_fields] == []
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.database_url is not None
    assert of_the_province(settings.database_url, ROOT / "tinh-mau").endswith("@database/cchc_tinh_mau")
    inside = {volume.rpartition(":")[2] for volume in services["cchc"]["volumes"]}
    assert str(settings.provinces) in inside
    assert services["cchc"]["ports"] == [f"{_LOOPBACK}:{port}:{port}" for port in (settings.port, settings.desk_port)]


def test_services_wait_for_one_another_and_keep_what_they_have(services: dict[str, Any]) -> None:
    declared = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["volumes"]
    for service in services.values():
        for other in service.get("depends_on", {}):
            assert "healthcheck" in services[other]
        named = [volume.partition(":")[0] for volume in service.get("volumes", [])]
        assert [name for name in named if not name.startswith(".") and name not in declared] == []
    assert services["database"]["environment"]["POSTGRES_USER"] == "cchc"


def test_the_image_has_what_the_program_needs_and_starts_a_command_that_it_knows(dockerfile: dict[str, str]) -> None:
    packages = re.search(r"^RUN_PACKAGES = (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert packages
    assert set(packages[1].split()) - {"python3-venv"} <= set(dockerfile["APT"].split())
    version = re.match(r"python:(\d+\.\d+)-", dockerfile["FROM"])
    assert version
    assert f'requires-python = ">={version[1]}' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert dockerfile["ENTRYPOINT"] == f'["{dockerfile["WORKDIR"]}/.venv/bin/cchc"]'
    command = yaml.safe_load(dockerfile["CMD"])
    assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0
    defaults = {str(Settings.model_fields[name].default) for name in ("port", "desk_port")}
    assert set(dockerfile["EXPOSE"].split()) == defaults
