"""A province's own templates: the same paper as ours, and whatever else they try costs only themselves."""

import shutil

import pytest
from sqlmodel import select

from models.findings import RefusedError, Severity
from models.records.tables import Snapshot
from tasks.publishing import own_templates
from tasks.publishing.decisions import decision_of
from tasks.publishing.papers import Drafted
from tasks.reading.child import Limits
from tests.tasks.districts import Districts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def printed_once() -> None:
    """Here everything is printed when it is ordered."""


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Districts:
    """The nine districts, evaluated."""
    districts = Districts.copied(tmp_path_factory.mktemp("own")).receive()
    districts.evaluate()
    return districts


def printed(districts: Districts) -> dict[str, bytes]:
    """The drafted papers as they are printed now."""
    with districts.storage.reading() as session:
        paper = decision_of(districts.folder, session.exec(select(Snapshot)).one())
        return paper.printed(paper.draft(None))


def draft_of(districts: Districts) -> Drafted:
    with districts.storage.reading() as session:
        paper = decision_of(districts.folder, session.exec(select(Snapshot)).one())
        return paper.drafted(paper.draft(None))


def with_template(districts: Districts, text: str) -> None:
    folder = districts.folder / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "decision.html").write_text(text, encoding="utf-8")


def test_a_province_with_templates_of_its_own_prints_the_same_bytes_through_the_child(evaluated: Districts) -> None:
    shutil.rmtree(evaluated.folder / "templates", ignore_errors=True)
    ours = printed(evaluated)
    with_template(evaluated, '{% extends "standard/decision.html" %}')
    assert {name: content == ours[name] for name, content in printed(evaluated).items()} == dict.fromkeys(ours, True)


REACHING = (
    '{{ config.parse_raw("x", proto="pickle", allow_pickle=True) }}',
    '{{ config.parse_file("/etc/passwd") }}',
    '{{ config.model_copy(update={"name": "x"}) }}',
    '{{ config | attr("parse_raw") }}{{ (config | attr("parse_raw"))("x") }}',
    '{{ [config] | map(attribute="model_dump_json") | first }}{{ ([config] | map(attribute="copy") | first)() }}',
    "{{ config.__class__.__mro__ }}",
    "{{ config.model_fields_set }}",
    '{{ "{0.__class__}".format(config) }}',
    '{{ "%999999999d" % 1 }}',
    '{{ "a" * 10 ** 9 }}',
    "{{ 9 ** 999999 }}",
    "{{ config._of }}",
    '{{ config["_of"].parse_raw("x") }}',
    '{{ (config | attr("_of")) ~ "" }}',
    '{{ [config] | map(attribute="_of") | map("attr", "parse_raw") | first }}',
    "{{ ranking.printed(annexes[0].group.mean) }}",
    "{{ annexes[0].group.units[0].model_dump() }}",
    "{{ decision.__reduce_ex__(2) }}",
    "{{ config.signers.append(1) }}",
    "{{ group_sentence.__globals__ }}{{ band_words.__globals__ }}",
    "{{ self._TemplateReference__context.environment }}",
    "{% for a in annexes %}{{ loop.__class__ }}{% endfor %}",
    "{{ namespace.__init__.__globals__ }}",
    '{{ config | announced(config, config) }}{{ "x" | printed(config) }}',
    "{{ khong_co }}",
    "{{ config.khong_co }}",
    '{% include "../province.yaml" %}',
)


@pytest.mark.parametrize("text", REACHING)
def test_a_template_reaches_no_method_and_makes_nothing_endless(evaluated: Districts, text: str) -> None:
    with_template(evaluated, f"\n{text}")
    with pytest.raises(RefusedError, match=r"templates/decision\.html:2: LỖI: mẫu văn bản có lỗi") as refused:
        printed(evaluated)
    assert "Sửa mẫu trong thư mục templates/" in str(refused.value)
    assert not set(str(refused.value).split()) & {"undefined", "unsafe.", "attribute"}, refused.value


ENDLESS = {
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}": "mất quá nhiều thời gian",
    "{% set n = namespace(x='aaaaaaaa') %}{% for a in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}": "bộ nhớ",
    "{% for a in range(9999) %}{% for b in range(9999) %}aaaaa{% endfor %}{% endfor %}": "bộ nhớ|quá dài|thời gian",
}


@pytest.mark.parametrize(("text", "said"), ENDLESS.items(), ids=["time", "memory", "output"])
def test_a_template_without_end_is_ended_and_told(
    evaluated: Districts, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_templates, "_LIMITS", Limits(cpu=3, wall=20))
    with_template(evaluated, text)
    with pytest.raises(RefusedError, match=rf"templates/decision\.html: LỖI: mẫu văn bản .*({said})"):
        printed(evaluated)


def test_a_faulty_template_is_named_with_its_line(evaluated: Districts) -> None:
    with_template(evaluated, "\n\n{% if %}")
    with pytest.raises(RefusedError, match=r"templates/decision\.html:3: LỖI: mẫu văn bản có lỗi"):
        printed(evaluated)


def test_a_fault_inside_a_template_is_told_as_one(evaluated: Districts) -> None:
    with_template(evaluated, "{{ 1 // 0 }}")
    with pytest.raises(RefusedError, match=r"mẫu văn bản có lỗi \(ZeroDivisionError"):
        printed(evaluated)


def test_a_template_with_elements_of_its_own_costs_only_the_word_file_and_is_told(evaluated: Districts) -> None:
    block = '{% extends "standard/decision.html" %}{% block article_2 %}'
    for written, said in (
        ('<p class="text">Điều riêng</p>', ""),
        ("<blockquote>Điều riêng</blockquote>", "<blockquote>"),
    ):
        with_template(evaluated, f"{block}{written}{{% endblock %}}")
        drafted = draft_of(evaluated)
        told = [(finding.file, said in finding.what, finding.severity) for finding in drafted.findings]
        assert told == ([("quyet-dinh.pdf", True, Severity.WARNING)] if said else [])
        assert ("du-thao-quyet-dinh.docx" in drafted.files) is not bool(said)
        assert {"quyet-dinh.pdf", "du-thao-phu-luc-1-huyen.docx"} <= drafted.files.keys()
