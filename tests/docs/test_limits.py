"""What a file may hold and a child may use, as the documents say it, is what the program counts."""

from tasks.reading.child import Limits
from tasks.reading.counting import LIMITS, OTHER
from tests.docs.documents import document


def test_the_document_of_limits_lists_every_limit_of_a_file() -> None:
    section = document("gioi-han-tep.md").partition("## Tệp không được mở")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    counted = {limit.called: f"{limit.most:,}".replace(",", ".") for limit in (*LIMITS.values(), OTHER)}
    assert dict(map(tuple, rows)) == counted


def test_operators_are_told_what_a_child_may_use() -> None:
    limits, told = Limits(), document("operators.md")
    assert limits.memory == 2**30
    assert "| address space | 1 GiB |" in told
    assert f"| {limits.cpu} s · {limits.wall} s |" in told
    assert f"| {limits.files} · {limits.written // 2**20} MB |" in told
    assert f"replaced | {limits.calls} |" in told
