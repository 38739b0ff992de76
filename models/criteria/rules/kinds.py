"""The kinds of rule by name, and a rule of any of them as a criteria set writes it: `{kind: tiers, …}`.

any_rule.py declares the kinds; a kind that holds rules of other kinds takes `AnyRule` from here.
"""

import inspect
from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import BeforeValidator, SerializeAsAny, ValidationInfo
from pydantic_core import PydanticCustomError

from models.criteria.rules.base import Rule
from models.wording import meant, unaccented

RULE_KINDS: dict[str, type[Rule]] = {}
"""The kinds by the name that `kind` has in a criteria set."""


OTHER_NAMES = {
    "points": ("direct", "manual", "score", "cho_diem", "diem"),
    "binary": ("yes_no", "bool", "boolean", "dat", "co_khong"),
    "options": ("choice", "select", "enum", "phuong_an", "lua_chon"),
    "tiers": ("steps", "scale", "bands", "ranges", "levels", "formula", "bac", "thang_diem"),
    "proportional": ("ratio", "rate", "percent", "percentage", "linear", "ty_le", "ti_le"),
    "on_time": ("deadline", "date", "due", "dung_han", "thoi_han"),
    "within": ("days", "duration", "working_days", "so_ngay"),
    "checklist": ("list", "items", "danh_muc"),
    "deduction": ("minus", "penalty", "cases", "tru", "diem_tru"),
    "survey": ("khao_sat", "phieu"),
    "external": ("index", "other_index", "chi_so"),
    "min_max": ("relative", "minmax", "rank", "normalised", "normalized", "so_sanh"),
    "by_fact": ("by", "switch", "case", "chosen", "when", "if", "theo_dieu_kien"),
}
"""What people call the kinds elsewhere: whoever writes one of these words means that kind."""


def meant_kind(word: str) -> str:
    """The question whether a kind was meant by a word that names none; "" where no kind is like it."""
    plainly = unaccented(word).replace(" ", "_")
    return meant(next((kind for kind, words in OTHER_NAMES.items() if plainly in words), word), RULE_KINDS)


def declare(rule: type[Rule]) -> None:
    """Let criteria sets use a kind of rule.

    Raises:
        TypeError: it leaves something unsaid that every kind has to say, has no name of its own, or one that is taken.
    """
    if inspect.isabstract(rule):
        raise TypeError(f"{rule.__name__} does not say: {', '.join(sorted(rule.__abstractmethods__))}")
    names = get_args(rule.model_fields["kind"].annotation)
    if len(names) != 1:
        raise TypeError(f"{rule.__name__} has no name: write kind: Literal[…]")
    if RULE_KINDS.setdefault(names[0], rule) is not rule:
        raise TypeError(f"two kinds of rule are called {names[0]}")


def _of_its_kind(value: object, info: ValidationInfo) -> object:
    """The rule that a mapping describes, of the kind it names; anything else is for pydantic to refuse."""
    if not isinstance(value, Mapping):
        return value
    expected = ", ".join(RULE_KINDS)
    if "kind" not in value:
        raise PydanticCustomError("rule_kind_missing", "a rule without kind", {"expected": expected})
    kind = value["kind"]
    if not isinstance(kind, str) or kind not in RULE_KINDS:
        words = {"tag": str(kind), "expected": expected, "meant": meant_kind(str(kind))}
        raise PydanticCustomError("rule_kind_unknown", "no such kind of rule", words)
    return RULE_KINDS[kind].model_validate(value, context=info.context)


AnyRule = SerializeAsAny[Annotated[Rule, BeforeValidator(_of_its_kind)]]
