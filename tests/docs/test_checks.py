"""docs/kiem-tra-phieu.md: made from the declarations of the checks, and not changed since."""

from expectations.catalogue import catalogue
from tests.docs.documents import document


def test_the_document_is_what_the_checks_say() -> None:
    assert document("kiem-tra-phieu.md") == catalogue(), "python -m expectations.catalogue > docs/kiem-tra-phieu.md"
