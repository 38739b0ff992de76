"""One's own account: password, second factor, signing out everywhere."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from flows.desk.visiting import PASSWORD, SECOND_FACTOR, Visit, sent, signed_in
from models.records.tables import AccountSecret
from tasks.accounts.signing_in import (
    choose_password,
    end_sessions,
    new_second_factor,
    second_factor_address,
    use_second_factor,
)

router = APIRouter()
_OWN = "/toi"


@router.get(_OWN)
def own(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """Who one is here, and what can be changed."""
    with visit.storage.reading() as session:
        secret = session.get(AccountSecret, visit.who.login)
    return visit.page("own_account", "Tài khoản của tôi", has_second_factor=bool(secret and secret.totp))


@router.get(PASSWORD)
def password(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """The form for a new password."""
    with visit.storage.reading() as session:
        secret = session.get(AccountSecret, visit.who.login)
    return visit.page("password", "Đổi mật khẩu", is_first=bool(secret and secret.must_change), why="")


@router.post(PASSWORD)
def change_password(
    visit: Annotated[Visit, Depends(sent())],
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change it; every other browser is signed out."""
    why = choose_password(visit.storage, visit.who, visit.known, old, new, again, visit.address, visit.now)
    if why:
        return visit.page("password", "Đổi mật khẩu", 422, is_first=False, why=why)
    return visit.go("/", "Đã đổi mật khẩu; các trình duyệt khác đã được đăng xuất.")


@router.get(SECOND_FACTOR)
def second_factor(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """A new secret, to be read by an authenticator application and confirmed by a code of it."""
    return _enrolment(visit, new_second_factor(), "")


@router.post(SECOND_FACTOR)
def confirm_second_factor(
    visit: Annotated[Visit, Depends(sent())],
    secret: Annotated[str, Form(pattern="^[A-Z2-7]{32}$")],
    code: Annotated[str, Form()] = "",
) -> Response:
    """Use the secret from now on."""
    if not use_second_factor(visit.storage, visit.who, secret, code, visit.now):
        return _enrolment(visit, secret, "Mã không đúng. Kiểm tra giờ của điện thoại rồi nhập mã đang hiện.")
    return visit.go("/", "Từ nay đăng nhập bằng mật khẩu và mã của ứng dụng xác thực.")


def _enrolment(visit: Visit, secret: str, why: str) -> Response:
    import segno

    address = second_factor_address(secret, visit.who.login, f"CCHC {visit.province.config.name}")
    drawn = segno.make(address, micro=False).png_data_uri(scale=5)
    status = 422 if why else 200
    return visit.page("second_factor", "Xác thực hai lớp", status, secret=secret, drawn=drawn, why=why)


@router.post(f"{_OWN}/dang-xuat-moi-noi")
def leave_everywhere(visit: Annotated[Visit, Depends(sent())]) -> Response:
    """Sign out of every other browser."""
    with visit.storage.writing() as session:
        end_sessions(session, visit.who.login, visit.address, visit.now, visit.known.token_sha256)
    return visit.go(_OWN, "Đã đăng xuất khỏi mọi trình duyệt khác.")
