"""Signing in and out."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from flows.desk.visiting import COOKIE, SIGN_IN, Visit, anybody, sent
from tasks.accounts import signing_in
from tasks.accounts.signing_in import LONGEST_SESSION, NotSignedIn

if TYPE_CHECKING:
    from tasks.accounts.elsewhere import Provider

router = APIRouter()
_TITLE = "Đăng nhập"
_BEGUN = "cchc_desk_begun"
_BEGUN_FOR = timedelta(minutes=10)
_MOST_BEGUN = 1_000
_NOT_BEGUN = "Lần đăng nhập này không bắt đầu từ trình duyệt này, hoặc đã quá lâu. Đăng nhập lại."


@router.get(SIGN_IN)
def form(visit: Annotated[Visit, Depends(anybody)], tiep: str = "/") -> Response:
    """The form; whoever is signed in goes on."""
    if visit.account:
        return visit.go(_within(tiep))
    return _page(visit, "", tiep, "")


def _page(
    visit: Visit,
    login: str,
    next: str,
    why: str,
    status: int = 200,
    *,
    needs_code: bool = False,
    left_at: str | None = None,
) -> Response:
    return visit.page(
        "sign_in",
        _TITLE,
        status,
        login=login,
        next=_within(next),
        why=why,
        needs_code=needs_code,
        has_server=bool(visit.desk.settings.desk_oidc_issuer),
        left_at=left_at,
    )


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
        return _page(visit, login, tiep, done.why, 401, needs_code=done.needs_code)
    return _entered(visit, done.token, tiep)


def _entered(visit: Visit, token: str, next: str) -> Response:
    answer = visit.go(_within(next))
    answer.set_cookie(COOKIE, token, **_cookie(visit, LONGEST_SESSION))
    return answer


def _cookie(visit: Visit, lasting: timedelta) -> dict[str, Any]:
    seconds = int(lasting.total_seconds())
    return {"max_age": seconds, "secure": visit.desk.is_secure, "httponly": True, "samesite": "lax"}


# --- by the province's own server -------------------------------------------------------------------------------------


@router.get(f"{SIGN_IN}/may-chu")
def to_server(visit: Annotated[Visit, Depends(anybody)], tiep: str = "/") -> Response:
    """To the province's own server; what the browser comes back with is bound to this very browser."""
    from tasks.accounts.elsewhere import NotVouchedError

    try:
        begun = _provider(visit).begin()
    except NotVouchedError as error:
        return _page(visit, "", tiep, str(error), 503)
    waiting = visit.desk.begun
    waiting[begun.state] = begun, _within(tiep), visit.now
    while len(waiting) > _MOST_BEGUN or visit.now - next(iter(waiting.values()))[2] > _BEGUN_FOR:
        waiting.popitem(last=False)
    answer = RedirectResponse(begun.address, 303)
    answer.set_cookie(_BEGUN, begun.state, path=SIGN_IN, **_cookie(visit, _BEGUN_FOR))
    return answer


@router.get(f"{SIGN_IN}/tra-ve")
def from_server(
    visit: Annotated[Visit, Depends(anybody)], state: str = "", code: str = "", error: str = ""
) -> Response:
    """Back from the province's own server; once for each sign-in that this browser began."""
    from tasks.accounts.elsewhere import NotVouchedError, sign_in_as

    provider = _provider(visit)
    if error:
        return _page(visit, "", "/", "Chưa đăng nhập ở máy chủ đăng nhập của tỉnh.", 401)
    known = visit.desk.begun.pop(state, None) if state == visit.request.cookies.get(_BEGUN) else None
    if known is None or visit.now - known[2] > _BEGUN_FOR:
        return _page(visit, "", "/", _NOT_BEGUN, 401)
    begun, next, _ = known
    try:
        login = provider.finish(begun, code)
    except NotVouchedError as refused:
        return _page(visit, "", next, str(refused), 401)
    done = sign_in_as(visit.desk.storage, login, visit.address, visit.now)
    if isinstance(done, NotSignedIn):
        return _page(visit, "", next, done.why, 401)
    answer = _entered(visit, done.token, next)
    answer.delete_cookie(_BEGUN, path=SIGN_IN)
    return answer


def _provider(visit: Visit) -> "Provider":
    """The province's own server.

    Raises:
        HTTPException: 404, there is none.
        RefusedError: the settings do not name it rightly.
    """
    from tasks.accounts.elsewhere import Provider

    if not visit.desk.settings.desk_oidc_issuer:
        raise HTTPException(404)
    return Provider(visit.desk.settings, f"{visit.address_of_desk}{SIGN_IN}/tra-ve")


@router.post("/dang-xuat")
def leave(visit: Annotated[Visit, Depends(sent())]) -> Response:
    """Sign out of this browser; whoever came by the province's own server is shown how to sign out there as well."""
    signing_in.sign_out(visit.storage, visit.known, visit.who, visit.address, visit.now)
    there = visit.known.is_elsewhere and bool(visit.desk.settings.desk_oidc_issuer)
    answer = RedirectResponse(f"{SIGN_IN}/da-ra" if there else SIGN_IN, 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get(f"{SIGN_IN}/da-ra")
def left(visit: Annotated[Visit, Depends(anybody)]) -> Response:
    """Signed out here; a link signs out of the province's own server."""
    left_at = _provider(visit).left_at(f"{visit.address_of_desk}{SIGN_IN}")
    return _page(visit, "", "/", "", left_at=left_at)


def _within(path: str) -> str:
    """Where to go on: a path of the desk itself, whatever else was asked for."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own and not path.startswith(SIGN_IN) else "/"
