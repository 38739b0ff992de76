"""The administrator's page: who may sign in, as what, for whom."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from flows.desk.visiting import MenuItem, Visit, allowed, sent, there
from models.findings import RefusedError
from models.roles import Permission, Role
from tasks.accounts.accounts import (
    Account,
    account_of,
    accounts,
    add_account,
    change_account,
    read_login,
    renew_password,
    subjects_of,
)
from tasks.accounts.signing_in import end_sessions

router = APIRouter()
_HERE = "/tai-khoan"
MENU = {_HERE: MenuItem("Tài khoản", (Permission.MANAGE_ACCOUNTS,))}
Managing = Annotated[Visit, Depends(allowed(Permission.MANAGE_ACCOUNTS))]
SentByManager = Annotated[Visit, Depends(sent(Permission.MANAGE_ACCOUNTS))]


@router.get(_HERE)
def listed(visit: Managing) -> Response:
    """Every account, and the form for a new one."""
    return _page(visit)


def _page(visit: Visit, status: int = 200, entered: Account | None = None, findings: tuple[str, ...] = ()) -> Response:
    with visit.storage.reading() as session:
        known = accounts(session)
    subjects = {role: subjects_of(visit.province, role.description.bound) for role in Role}
    return visit.page(
        "accounts",
        "Tài khoản",
        status,
        accounts=known,
        roles=Role,
        subjects=subjects,
        entered=entered,
        faults_found=findings,
    )


@router.post(_HERE)
def add(
    visit: SentByManager,
    login: Annotated[str, Form()],
    person: Annotated[str, Form()],
    role: Annotated[Role, Form()],
    subject: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
) -> Response:
    """A new account; its first password is shown once."""
    account = Account(read_login(login), person.strip(), role, subject, email.strip())
    try:
        password = add_account(visit.storage, visit.province, account)
    except RefusedError as refused:
        return _page(visit, 422, account, tuple(f"{fault.what}. {fault.remedy}." for fault in refused.findings))
    return _shown_once(visit, account, password)


@router.get(f"{_HERE}/{{login}}")
def one(visit: Managing, login: str) -> Response:
    """One account, to be changed."""
    account = _known(visit, login)
    subjects = {role: subjects_of(visit.province, role.description.bound) for role in Role}
    return visit.page("account", f"Tài khoản {account.login}", account=account, roles=Role, subjects=subjects)


@router.post(f"{_HERE}/{{login}}")
def change(
    visit: SentByManager,
    login: str,
    person: Annotated[str, Form()],
    role: Annotated[Role, Form()],
    subject: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
) -> Response:
    """Another name, role, subject or address."""
    account = replace(_known(visit, login), person=person.strip(), role=role, subject=subject, email=email.strip())
    change_account(visit.storage, visit.province, account)
    return visit.go(_HERE, f"Đã ghi tài khoản {login}.")


@router.post(f"{_HERE}/{{login}}/dong-mo")
def close_or_open(visit: SentByManager, login: str) -> Response:
    """Close an open account, and end what it has open; or open a closed one."""
    account = _known(visit, login)
    change_account(visit.storage, visit.province, replace(account, is_open=not account.is_open))
    if account.is_open:
        with visit.storage.writing() as session:
            end_sessions(session, login, visit.address, visit.now)
    return visit.go(_HERE, f"Đã {'đóng' if account.is_open else 'mở lại'} tài khoản {login}.")


@router.post(f"{_HERE}/{{login}}/mat-khau")
def new_password(visit: SentByManager, login: str) -> Response:
    """A new first password, for somebody who lost it."""
    account = _known(visit, login)
    password = renew_password(visit.storage, login)
    with visit.storage.writing() as session:
        end_sessions(session, login, visit.address, visit.now)
    return _shown_once(visit, account, password)


def _shown_once(visit: Visit, account: Account, password: str) -> Response:
    return visit.page("first_password", "Mật khẩu đầu tiên", account=account, password=password)


def _known(visit: Visit, login: str) -> Account:
    with visit.storage.reading() as session:
        return there(account_of(session, login))
