"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from flows.desk.visiting import COOKIE, SIGN_IN, Visit, anybody, sent
from tasks.accounts import signing_in
from tasks.accounts.signing_in import LONGEST_SESSION, NotSignedIn

router = APIRouter()
_TITLE = "Đăng nhập"


@router.get(SIGN_IN)
def form(visit: Annotated[Visit, Depends(anybody)], tiep: str = "/") -> Response:
    """The form; whoever is signed in goes on."""
    if visit.account:
        return visit.go(_within(tiep))
    return visit.page("sign_in", _TITLE, login="", next=_within(tiep), why="", needs_code=False)


@router.post(SIGN_IN)
def enter(
    visit: Annotated[Visit, Depends(anybody)],
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    tiep: Annotated[str, Form()] = "/",
) -> Response:
    """Sign in; a browser that was signed in before gets a new session, never keeps the old one."""
    desk = visit.desk
    done = signing_in.sign_in(desk.storage, desk.throttle, login, password, code, visit.address, visit.now)
    if isinstance(done, NotSignedIn):
        shown = {"login": login, "next": _within(tiep), "why": done.why, "needs_code": done.needs_code}
        return visit.page("sign_in", _TITLE, 401, **shown)
    answer = visit.go(_within(tiep))
    answer.set_cookie(
        COOKIE,
        done.token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        secure=desk.is_secure,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/dang-xuat")
def leave(visit: Annotated[Visit, Depends(sent())]) -> Response:
    """Sign out of this browser."""
    signing_in.sign_out(visit.storage, visit.known, visit.who, visit.address, visit.now)
    answer = visit.go(SIGN_IN)
    answer.delete_cookie(COOKIE)
    return answer


def _within(path: str) -> str:
    """Where to go on: a path of the desk itself, whatever else was asked for."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own and not path.startswith(SIGN_IN) else "/"
