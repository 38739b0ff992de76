"""Every route and who may use it: a new one without an entry here fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from flows.desk.app import PAGES, make_app
from flows.desk.visiting import anybody, signed_in
from models.roles import Permission, Role
from models.settings import Settings
from tests.flows.desk.browsers import Browser

SENDING = (Permission.SEND_FORMS, Permission.APPRAISE)
SEEING = (Permission.SEE_FORMS, *SENDING)
DECIDING = (Permission.APPROVE, Permission.SEE_ROUND)
ROUND, RUNNING = (Permission.SEE_ROUND,), (Permission.RUN_ROUND,)
APPRAISAL = (Permission.SEE_APPRAISAL,)
EVIDENCE = (Permission.SEE_FORMS, Permission.SEE_APPRAISAL)
ANYBODY, SIGNED_IN = "anybody", "signed in"
# Method and path of every route, and what one must be allowed to do: one of these.
ROUTES: dict[str, str | tuple[Permission, ...]] = {
    "GET /": SIGNED_IN,
    "GET /dang-nhap": ANYBODY,
    "POST /dang-nhap": ANYBODY,
    "GET /dang-nhap/may-chu": ANYBODY,
    "GET /dang-nhap/tra-ve": ANYBODY,
    "GET /dang-nhap/da-ra": ANYBODY,
    "POST /dang-xuat": SIGNED_IN,
    "GET /toi": SIGNED_IN,
    "GET /toi/mat-khau": SIGNED_IN,
    "POST /toi/mat-khau": SIGNED_IN,
    "GET /toi/xac-thuc-hai-lop": SIGNED_IN,
    "POST /toi/xac-thuc-hai-lop": SIGNED_IN,
    "POST /toi/dang-xuat-moi-noi": SIGNED_IN,
    "GET /tai-khoan": (Permission.MANAGE_ACCOUNTS,),
    "POST /tai-khoan": (Permission.MANAGE_ACCOUNTS,),
    "GET /tai-khoan/{login}": (Permission.MANAGE_ACCOUNTS,),
    "POST /tai-khoan/{login}": (Permission.MANAGE_ACCOUNTS,),
    "POST /tai-khoan/{login}/dong-mo": (Permission.MANAGE_ACCOUNTS,),
    "POST /tai-khoan/{login}/mat-khau": (Permission.MANAGE_ACCOUNTS,),
    "GET /don-vi": SEEING,
    "GET /don-vi/{code}": SEEING,
    "GET /don-vi/{code}/phieu/{kind}/{when}": SEEING,
    "GET /don-vi/{code}/ban-in/{year}": SEEING,
    "POST /don-vi/{code}/ban-ky/{year}": SENDING,
    "GET /don-vi/{code}/ban-ky/{id}/goc": SEEING,
    "GET /don-vi/{code}/ket-qua/{id}": SEEING,
    "POST /don-vi/{code}/gui": SENDING,
    "GET /don-vi/{code}/cho/{upload}": SEEING,
    "GET /don-vi/{code}/tep/{id}": SEEING,
    "GET /don-vi/{code}/tep/{id}/goc": SEEING,
    "GET /don-vi/{code}/tep/{id}/phan-hoi": SEEING,
    "GET /don-vi/{code}/tep/{id}/bien-nhan": SEEING,
    "GET /don-vi/{code}/thay-doi/{before}/{after}": SEEING,
    "GET /minh-chung": EVIDENCE,
    "GET /minh-chung/{year}": EVIDENCE,
    "GET /minh-chung/tep/{id}": EVIDENCE,
    "GET /minh-chung/tep/{id}/trang/{number}": EVIDENCE,
    "GET /minh-chung/tep/{id}/goc": EVIDENCE,
    "GET /don-vi/{code}/minh-chung": (Permission.SEE_FORMS,),
    "GET /don-vi/{code}/minh-chung/{year}": (Permission.SEE_FORMS,),
    "POST /don-vi/{code}/minh-chung/{year}": (Permission.SEND_FORMS,),
    "POST /don-vi/{code}/minh-chung/{year}/gan": (Permission.SEND_FORMS,),
    "POST /don-vi/{code}/mo-khoa": SENDING,
    "GET /don-vi/{code}/giai-trinh/{year}": SEEING,
    "POST /don-vi/{code}/giai-trinh/{year}": SENDING,
    "GET /phu-luc": (Permission.RUN_ROUND, Permission.MANAGE_ACCOUNTS),
    "POST /phu-luc": (Permission.RUN_ROUND, Permission.MANAGE_ACCOUNTS),
    "GET /ky": ROUND,
    "GET /ky/{year}": ROUND,
    "POST /ky/{year}/tinh": RUNNING,
    "GET /ky/{year}/dang-tinh": ROUND,
    "GET /ky/{year}/so-du-thao": ROUND,
    "GET /ky/{year}/xep-hang": ROUND,
    "GET /ky/{year}/don-vi/{code}": ROUND,
    "GET /ky/{year}/soat": ROUND,
    "POST /ky/{year}/trinh": RUNNING,
    "POST /ky/{year}/nhac": RUNNING,
    "GET /ky/{year}/gia-han": ROUND,
    "POST /ky/{year}/gia-han": RUNNING,
    "POST /ky/{year}/gia-han/bo": RUNNING,
    "GET /ky/{year}/mien-kiem-tra": ROUND,
    "POST /ky/{year}/mien-kiem-tra": RUNNING,
    "POST /ky/{year}/mien-kiem-tra/bo": RUNNING,
    "POST /ky/{year}/de-nghi/{id}": RUNNING,
    "GET /ky/{year}/lan-tinh": ROUND,
    "GET /ky/{year}/cau-chu": ROUND,
    "POST /ky/{year}/cau-chu": (Permission.RUN_ROUND,),
    "GET /ky/{year}/soat-van-ban": ROUND,
    "POST /ky/{year}/soat-van-ban": ROUND,
    "GET /ky/{year}/thay-doi": ROUND,
    "POST /ky/{year}/du-thao": RUNNING,
    "GET /ky/{year}/ket-qua/{form}": ROUND,
    "GET /thang": ROUND,
    "GET /thang/{when}": ROUND,
    "GET /thang/{period}/so-du-thao": ROUND,
    "POST /thang/{period}/du-thao": RUNNING,
    "POST /thang/{period}/trinh": RUNNING,
    "GET /tham-dinh": APPRAISAL,
    "GET /tham-dinh/{year}/{agency}": APPRAISAL,
    "GET /tham-dinh/{year}/{agency}/{unit}/{code}": APPRAISAL,
    "POST /tham-dinh/{year}/{agency}/{unit}/{code}": (Permission.APPRAISE,),
    "POST /tham-dinh/{year}/{agency}/{unit}/nhan-ban-moi": (Permission.APPRAISE,),
    "GET /hoi-dong/{year}/{group}": ROUND,
    "GET /hoi-dong/{year}/{group}/{unit}/{code}": ROUND,
    "POST /hoi-dong/{year}/{group}/{unit}/{code}": RUNNING,
    "GET /trinh-duyet": DECIDING,
    "GET /trinh-duyet/{run}": DECIDING,
    "POST /trinh-duyet/{run}": (Permission.APPROVE,),
    "GET /du-thao/{snapshot}/{name}": DECIDING,
    "GET /du-thao/{snapshot}/{name}/trang": DECIDING,
    "GET /du-thao/{snapshot}/{name}/trang/{number}": DECIDING,
    "GET /cong-bo/{id}/{name:path}": DECIDING,
    "GET /bo-tieu-chi": (Permission.SEE_ROUND, Permission.SEE_FORMS, Permission.SEE_APPRAISAL),
    "GET /bo-tieu-chi/{id}": (Permission.SEE_ROUND, Permission.SEE_FORMS, Permission.SEE_APPRAISAL),
    "GET /bo-tieu-chi/{id}/{name}": (Permission.SEE_ROUND, Permission.SEE_FORMS, Permission.SEE_APPRAISAL),
    "GET /ky/{year}/tinh-thu": ROUND,
    "POST /ky/{year}/tinh-thu": ROUND,
    "GET /thu-muc-tinh": (Permission.EDIT_FOLDER,),
    "GET /thu-muc-tinh/bang": (Permission.EDIT_FOLDER,),
    "GET /thu-muc-tinh/bo-tieu-chi/{id}": (Permission.EDIT_FOLDER,),
    "POST /thu-muc-tinh": (Permission.EDIT_FOLDER,),
    "GET /lan-chay": (Permission.SEE_RUNS,),
    "GET /tep/{name}": "file",
}


def test_every_route_says_who_may_use_it(folder: Path) -> None:
    app = make_app(folder, Settings(user="người thử"))
    declared = [*app.routes, *(route for pages in PAGES for route in pages.router.routes)]
    routes = [route for route in declared if isinstance(route, APIRoute)]
    said = {f"{method} {route.path}": _needed(route.dependant) for route in routes for method in route.methods}
    assert said == ROUTES


def _needed(dependant: Dependant) -> str | tuple[Permission, ...]:
    calls = list(_calls(dependant))
    permissions = [call.permissions for call in calls if getattr(call, "permissions", ())]
    if permissions:
        return tuple(permissions[0])
    return SIGNED_IN if signed_in in calls else ANYBODY if anybody in calls else "file"


def _calls(dependant: Dependant) -> Iterator[Callable[..., object]]:
    for below in dependant.dependencies:
        if below.call:
            yield below.call
        yield from _calls(below)


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_it_may_and_nothing_else(browser_of: Callable[..., Browser], role: Role) -> None:
    browser = browser_of(role)
    permissions = role.description.permissions
    for route, needed in ROUTES.items():
        method, path = route.split(" ")
        if isinstance(needed, str) or "{" in path:
            continue
        if method == "GET":
            expected = 200 if permissions.intersection(needed) else 403
            assert browser.open(path).status_code == expected, route
        elif not permissions.intersection(needed):
            assert browser.send(path).status_code == 403, route


@pytest.mark.parametrize("route", [route for route, needed in ROUTES.items() if needed not in (ANYBODY, "file")])
def test_whoever_is_not_signed_in_is_asked_to(new_browser: Callable[[], Browser], route: str) -> None:
    method, path = route.split(" ")
    browser = new_browser()
    browser.client.follow_redirects = False
    answer = browser.open(path) if method == "GET" else browser.send(path)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/dang-nhap")


def test_every_answer_keeps_browsers_from_loading_or_framing_anything_foreign(
    new_browser: Callable[[], Browser],
) -> None:
    headers = new_browser().open("/dang-nhap").headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_what_cannot_be_shown_is_said_in_words(new_browser: Callable[[], Browser]) -> None:
    page = new_browser().open("/khong-co-trang-nay")
    assert page.status_code == 404
    assert "Không có trang này" in page.text
