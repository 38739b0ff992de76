"""Who may sign in at the desk: users add, list, lock, unlock, password."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import app, opened, today
from models.roles import Role

if TYPE_CHECKING:
    from models.records.storage import Storage
    from tasks.accounts.accounts import Account

users = typer.Typer(help="Tài khoản của bàn làm việc: ai được đăng nhập, với vai trò gì, cho đơn vị nào.")
app.add_typer(users, name="users")
Login = Annotated[str, typer.Argument(metavar="TÊN", help="Tên đăng nhập")]


@users.command("add")
def add(
    login: Login,
    person: Annotated[str, typer.Option("--person", help="Họ tên, chức vụ")],
    role: Annotated[Role, typer.Option("--role", help="Vai trò")],
    subject: Annotated[str, typer.Option("--for", help="Mã đơn vị hoặc cơ quan thẩm định (unit, appraiser)")] = "",
    email: Annotated[str, typer.Option("--email", help="Thư điện tử")] = "",
) -> None:
    """Lập tài khoản; mật khẩu đầu tiên chỉ in một lần."""
    from tasks.accounts.accounts import Account, add_account, read_login

    province, storage = opened()
    account = Account(read_login(login), person, role, subject, email)
    _print_password(account.login, add_account(storage, province, account))


@users.command("units")
def units(
    out: Annotated[Path, typer.Option("--out", help="Tệp CSV ghi tên đăng nhập và mật khẩu đầu tiên", dir_okay=False)],
) -> None:
    """Lập tài khoản cho mọi đơn vị chưa có, tên đăng nhập là mã đơn vị; mật khẩu đầu tiên ghi vào tệp CSV."""
    import csv

    from models.settings import for_the_owner
    from tasks.accounts.accounts import add_unit_accounts
    from tasks.spreadsheets.inert import inert

    province, storage = opened()
    with open(out, "x", encoding="utf-8-sig", newline="", opener=for_the_owner) as file:
        rows, made = csv.writer(file), 0
        rows.writerow(["ten_dang_nhap", "don_vi", "thu_dien_tu", "mat_khau_lan_dau"])
        for account, password in add_unit_accounts(storage, province, today()):
            rows.writerow([account.login, inert(account.person), account.email, password])
            file.flush()
            made += 1
    typer.echo(f"Đã lập {made} tài khoản, mật khẩu lần đầu ghi trong {out} (chỉ tài khoản máy này đọc được).")


@users.command("list")
def listed() -> None:
    """Mọi tài khoản."""
    from tasks.accounts.accounts import accounts

    _, storage = opened()
    with storage.reading() as session:
        for account in accounts(session):
            subject = f" {account.subject}" if account.subject else ""
            state = "" if account.is_open else "  (đã đóng)"
            typer.echo(f"{account.login}  {account.person}  {account.role.description.name}{subject}{state}")


@users.command("lock")
def lock(login: Login) -> None:
    """Đóng tài khoản và mọi phiên đang mở của nó."""
    _set_open(login, is_open=False)


@users.command("unlock")
def unlock(login: Login) -> None:
    """Mở lại tài khoản đã đóng."""
    _set_open(login, is_open=True)


@users.command("password")
def password(login: Login) -> None:
    """Cấp mật khẩu đầu tiên mới, gỡ xác thực hai lớp và đóng mọi phiên đang mở."""
    from tasks.accounts.accounts import renew_password

    _, storage = opened()
    account = _known(storage, login)
    new = renew_password(storage, account.login)
    _end_sessions(storage, account.login)
    _print_password(account.login, new)


def _set_open(login: str, *, is_open: bool) -> None:
    from tasks.accounts.accounts import change_account

    province, storage = opened()
    account = _known(storage, login)
    change_account(storage, province, replace(account, is_open=is_open))
    if not is_open:
        _end_sessions(storage, account.login)
    typer.echo(f"Đã {'mở lại' if is_open else 'đóng'} tài khoản {account.login}.")


def _end_sessions(storage: "Storage", login: str) -> None:
    from datetime import UTC, datetime

    from tasks.accounts.signing_in import end_sessions

    with storage.writing() as session:
        end_sessions(session, login, "", datetime.now(UTC))


def _known(storage: "Storage", login: str) -> "Account":
    from tasks.accounts.accounts import account_of, read_login, unknown_account

    with storage.reading() as session:
        account = account_of(session, read_login(login))
    if account is None:
        raise unknown_account(login)
    return account


def _print_password(login: str, new: str) -> None:
    typer.echo(f"Tài khoản {login}, mật khẩu lần đầu (phải đổi khi đăng nhập): {new}")
