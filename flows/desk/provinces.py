"""The desks of many provinces behind one address: which one a browser wants, and the page where it is chosen.

Each province keeps its own desk, as it has alone: its folder, database, accounts and sessions. What a browser chose is
a cookie, set by the address `/tinh/TÊN-THƯ-MỤC/…` that mails name too; who changes province signs in there. A desk that
cannot be opened stops no other, and a folder that is added is there at once.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from flows.deploying import provinces_in
from flows.desk.guide import help_of
from flows.desk.visiting import desk_templates
from flows.guarding import CHOSEN, App, Receive, Scope, Send, of_the_desk
from models.findings import RefusedError
from models.province.identity import identity_of
from models.roles import Permission
from models.settings import Settings
from models.wording import capitalised

COOKIE = "cchc_tinh"
_YEAR = 365 * 24 * 3600  # seconds that a browser remembers the province
_LOG = logging.getLogger("cchc.desk")


class Choice(NamedTuple):
    """A province that can be chosen: its folder's name, as the address has it, and what it is called."""

    folder: str
    name: str


class Provinces:
    """The desks of the provinces in a folder, each opened when it is first wanted.

    Args:
        folder: of the province folders.
        settings: of this machine.
        make: makes the desk of one province.
    """

    def __init__(self, folder: Path, settings: Settings, make: Callable[[Path, Settings], FastAPI]) -> None:
        self._folder, self._settings, self._make = folder, settings, make
        self._desks: dict[str, FastAPI] = {}
        self._opening = asyncio.Lock()
        self._running = AsyncExitStack()
        self.is_secure = of_the_desk(settings)[0].startswith("https:")

    @asynccontextmanager
    async def running(self, _app: Starlette) -> AsyncIterator[None]:
        """All desks while the server runs: what was sent to one before a stop is received at its start."""
        async with self._running:
            for province in provinces_in(self._folder):
                try:
                    await self.desk(province)
                except Exception:  # whatever is wrong with one; who wants it is told
                    _LOG.exception("the desk of %s cannot be opened", province.name)
            yield

    def folder_of(self, name: str) -> Path | None:
        """The province folder of a name that came from a browser; None for any other name."""
        return next((one for one in provinces_in(self._folder) if one.name == name), None)

    def choices(self) -> list[Choice]:
        """What can be chosen, by name; of two that are called alike the folder is said too."""
        known = [(one.name, identity_of(one)) for one in provinces_in(self._folder)]
        named = [(folder, capitalised(own.name) if own else folder) for folder, own in known]
        often = Counter(name for _, name in named)
        return sorted(
            (Choice(folder, f"{name} ({folder})" if often[name] > 1 else name) for folder, name in named),
            key=lambda one: one.name,
        )

    async def desk(self, province: Path) -> FastAPI:
        """The desk of a province, opened if it is not yet.

        Raises:
            RefusedError: its database cannot be opened.
        """
        async with self._opening:
            if province.name not in self._desks:
                desk = await run_in_threadpool(self._make, province, self._settings)
                await self._running.enter_async_context(desk.router.lifespan_context(desk))
                self._desks[province.name] = desk
            return self._desks[province.name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the desk that its browser has chosen (ASGI)."""
        province = self.folder_of(Request(scope).cookies.get(COOKIE, ""))
        answer: App
        if province is None:
            answer = RedirectResponse(CHOSEN, 303)
        else:
            try:
                answer = await self.desk(province)
            except RefusedError as refused:
                answer = _page("message", "Chưa mở được", 503, sentence=_SHUT, findings=tuple(refused.findings))
        await answer(scope, receive, send)


_SHUT = "Bàn làm việc của tỉnh này chưa mở được; các tỉnh khác không bị ảnh hưởng. Báo người quản trị."


def desk_of_provinces(
    folder: Path, settings: Settings, make: Callable[[Path, Settings], FastAPI], static: Callable[[str], Response]
) -> Starlette:
    """The desks of all provinces in a folder as one application, without its guard.

    Args:
        folder: of the province folders.
        settings: of this machine.
        make: makes the desk of one province.
        static: style sheet and script, for the page where one is chosen.
    """
    provinces = Provinces(folder, settings, make)

    def choose(_request: Request) -> Response:
        return _page("provinces", "Chọn tỉnh", choices=provinces.choices(), chosen=CHOSEN)

    def chosen(request: Request) -> Response:
        name = request.path_params["name"]
        if provinces.folder_of(name) is None:
            return RedirectResponse(CHOSEN, 303)
        on = f"/{request.path_params.get('rest', '')}".replace("//", "/")
        answer = RedirectResponse(on + (f"?{request.url.query}" if request.url.query else ""), 303)
        answer.set_cookie(
            COOKIE, name, max_age=_YEAR, httponly=True, samesite="lax", secure=provinces.is_secure, path="/"
        )
        return answer

    return Starlette(
        routes=[
            Route("/tep/{name}", lambda request: static(request.path_params["name"])),
            Route(CHOSEN, choose),
            Route(f"{CHOSEN}/{{name}}", chosen),
            Route(f"{CHOSEN}/{{name}}/{{rest:path}}", chosen),
            Mount("", provinces),
        ],
        lifespan=provinces.running,
    )


def _page(template: str, title: str, status: int = 200, **data: object) -> HTMLResponse:
    """A page of nobody's desk."""
    nobody = SimpleNamespace(account=None, menu=[], is_one_of_many=template != "provinces")
    shown = {
        "visit": nobody,
        "title": title,
        "left": 0,
        "said": [],
        "here": CHOSEN,
        "help": help_of(template),
        "Permission": Permission,
    }
    return HTMLResponse(desk_templates().get_template(f"desk/{template}.html").render(shown | data), status)
