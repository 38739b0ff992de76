"""What was worked out is kept while it follows from the same, and no longer."""

from models.working_out import WorkedOut


def test_the_same_is_worked_out_once_and_what_changed_anew() -> None:
    known, worked = WorkedOut(), list[str]()

    def total(what: str, *given: int) -> int:
        return known.of(what, list(given), lambda: worked.append(what) or sum(given))

    assert [total("a", 1, 2), total("b", 5), total("a", 1, 2)] == [3, 5, 3]
    assert worked == ["a", "b"]
    assert [total("a", 1, 3), total("a", 1, 2)] == [4, 3], "only the last is kept"
    assert worked == ["a", "b", "a", "a"]
