"""Passwords: what is kept of them (argon2), which are too easy, and the ones that accounts begin with."""

import secrets
from functools import cache
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 200
# Neither letters that look alike nor signs that are typed differently on a Vietnamese keyboard.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _A_GROUP = 4, 4


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _of_nobody() -> str:
    return hashed(secrets.token_urlsafe(16))


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(normalize("NFC", password))


def is_right(password: str, kept: str) -> bool:
    """Whether a password is the one of which this is kept. An empty `kept` is nobody's, and takes as long to refuse."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept or _of_nobody(), normalize("NFC", password)[:LONGEST]) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def fault_of(password: str, login: str) -> str:
    """Why a password cannot be chosen, in a sentence; empty where it can."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Mật khẩu cần từ {SHORTEST} đến {LONGEST} ký tự."
    if login.lower() in password.lower():
        return "Mật khẩu không được chứa tên đăng nhập."
    if len(set(password)) < SHORTEST // 2:
        return "Mật khẩu lặp lại quá ít ký tự khác nhau."
    return ""


def first_password() -> str:
    """A password to begin with, easy to read out: `k7mh-…`, 79 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
