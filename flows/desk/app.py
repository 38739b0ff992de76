"""The desk as one application: its pages, what guards them, and what is said when something goes wrong.

uvicorn starts `desk_app` in a process of its own (flows/serving.py); settings and province come from the environment.
"""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from flows.desk import (
    accounts,
    annexes,
    appraisal,
    approval,
    council,
    criteria,
    draft_comparing,
    evaluations,
    evidence,
    explaining,
    extensions,
    folder,
    home,
    months,
    own_account,
    own_words,
    proofreading,
    round,
    runs,
    sender,
    sign_in,
    trying,
    waivers,
)
from flows.desk.provinces import desk_of_provinces
from flows.desk.receiving import Uploads
from flows.desk.visiting import SIGN_IN, Desk, ElsewhereFirstError, NotSignedInError, Visit, anybody
from flows.guarding import App, Guard, Receive, Scope, Send, of_the_desk
from flows.running import province_folder
from models.findings import Finding, RefusedError
from models.records.storage import open_storage
from models.settings import Settings
from tasks.recording.remembered import Remembered

# In the order in which their pages stand in the menu.
PAGES = (
    home,
    sign_in,
    own_account,
    round,
    extensions,
    waivers,
    evaluations,
    draft_comparing,
    proofreading,
    own_words,
    months,
    sender,
    evidence,
    explaining,
    appraisal,
    council,
    approval,
    criteria,
    trying,
    accounts,
    folder,
    annexes,
    runs,
)
LARGEST_UPLOAD = 40 * 1024 * 1024  # bytes; no form comes near
_OF_EVIDENCE = re.compile(r"/don-vi/[^/]+/minh-chung/\d+")
_DRAINED = 16 * LARGEST_UPLOAD
_STYLES = ("site/site.css", "desk/desk.css")
_TEMPLATES = Path(__file__).resolve().parents[2] / "report_templates"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Not `no-referrer`: with it browsers do not say where a form comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
_SAID = {
    403: ("Không có quyền", "Tài khoản này không được xem hoặc làm việc này. Nếu cần, liên hệ người quản trị."),
    404: ("Không có trang này", "Địa chỉ không đúng, hoặc nội dung đã được chuyển đi. Quay lại trang đầu."),
    405: ("Không làm được như vậy", "Trang này không nhận kiểu yêu cầu đó. Quay lại trang đầu."),
    413: (
        "Tệp quá lớn",
        f"Tệp lớn hơn {LARGEST_UPLOAD // 2**20} MB, không phải biểu mẫu; tệp minh chứng thì gửi ít tệp hơn mỗi lần. "
        "Chưa có gì được ghi.",
    ),
    422: ("Thiếu thông tin", "Phiếu gửi lên thiếu hoặc có giá trị không đọc được. Quay lại, kiểm tra rồi gửi lại."),
    500: ("Có sự cố", "Chương trình gặp lỗi khi xử lý; lỗi đã được ghi vào nhật ký máy chủ. Chưa có gì được ghi."),
}
_STALE = "Trang đã mở quá lâu hoặc đã đăng nhập lại. Mở lại trang rồi gửi lần nữa."
_LOG = logging.getLogger("cchc.desk")


def make_app(folder: Path, settings: Settings) -> FastAPI:
    """The desk of a province, without its guard.

    Raises:
        RefusedError: the database cannot be opened.
    """
    uploads = Uploads(folder, settings)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        uploads.start()
        answers = app.state.desk.answers
        Thread(target=answers.keep_fresh, args=(app.state.desk.head,), daemon=True).start()
        try:
            yield
        finally:
            answers.stop()
            uploads.stop()
            app.state.desk.evaluations.finish(30)
            app.state.desk.drafts.finish(30)

    app = FastAPI(title="CCHC", openapi_url=None, docs_url=None, redoc_url=None, lifespan=running)
    menu = {path: item for pages in PAGES for path, item in getattr(pages, "MENU", {}).items()}
    is_secure = of_the_desk(settings)[0].startswith("https:")
    storage = open_storage(folder, settings)  # its own: what it remembers is no other reader's
    storage.remembered = Remembered()
    app.state.desk = Desk(folder, settings, storage, uploads, is_secure, menu)
    for pages in PAGES:
        app.include_router(pages.router)
    app.add_api_route("/tep/{name}", _static, methods=["GET"])
    app.add_middleware(_Answering)
    app.add_exception_handler(NotSignedInError, _to_sign_in)
    app.add_exception_handler(ElsewhereFirstError, _elsewhere)
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(RequestValidationError, _told)
    app.add_exception_handler(RefusedError, _told)
    app.add_exception_handler(500, _told)
    return app


def desk_app() -> App:
    """The desk behind its guard, for uvicorn."""
    settings = Settings()
    app: App
    if settings.provinces:
        app = desk_of_provinces(settings.provinces, settings, make_app, _static)
    else:
        app = make_app(province_folder(None), settings)
    return Guard(app, of_the_desk(settings), None)


@cache
def _style() -> bytes:
    return b"".join((_TEMPLATES / name).read_bytes() for name in _STYLES)


def _static(name: str) -> Response:
    """The style sheet and the script, the same for everybody."""
    if name == "ban-lam-viec.css":
        return Response(_style(), media_type="text/css")
    if name == "ban-lam-viec.js":
        return Response((_TEMPLATES / "desk" / "desk.js").read_bytes(), media_type="text/javascript")
    raise HTTPException(404)


class _Answering:
    """Every answer bears the headers; a request that is too large is read to its end, so that its sender is told."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                added = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in there)]
            await send(message)

        lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        length = int(lengths[0]) if lengths and lengths[0].isdigit() else 0
        largest = await run_in_threadpool(_largest_of, Request(scope))
        if length > largest:
            await _drain(receive, min(length, _DRAINED))
            scope = {**scope, "method": "GET", "path": "/qua-lon", "raw_path": b"/qua-lon"}
            await self._app(scope, _nothing, with_headers)
            return
        await self._app(scope, _limited(receive, largest), with_headers)


async def _drain(receive: Receive, most: int) -> None:
    """Read what is being sent and keep nothing of it."""
    read = 0
    while read < most:
        message = await receive()
        read += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def _largest_of(request: Request) -> int:
    """How many bytes a request may have: more of evidence, and only of somebody who is signed in."""
    if request.method != "POST" or not _OF_EVIDENCE.fullmatch(request.url.path):
        return LARGEST_UPLOAD
    try:
        visit = anybody(request)
    except ElsewhereFirstError:
        return LARGEST_UPLOAD
    sent: int = visit.desk.settings.evidence_sent * 2**20
    return max(LARGEST_UPLOAD, sent) if visit.account else LARGEST_UPLOAD


def _limited(receive: Receive, largest: int) -> Receive:
    """A body without a declared length ends where it is too large."""
    read = 0

    async def limited() -> Any:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > largest:
            raise HTTPException(413)
        return message

    return limited


# --- what is said when a page cannot be shown -------------------------------------------------------------------------


def _to_sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotSignedInError)
    if request.method != "GET":
        return RedirectResponse(SIGN_IN, 303)
    from urllib.parse import quote

    return RedirectResponse(f"{SIGN_IN}?tiep={quote(error.path, safe='')}", 303)


def _elsewhere(request: Request, error: Exception) -> Response:
    assert isinstance(error, ElsewhereFirstError)
    return RedirectResponse(error.path, 303)


def _told(request: Request, error: Exception) -> Response:
    """Whatever went wrong, as a page in words."""
    status, findings = 500, tuple[Finding, ...]()
    if isinstance(error, HTTPException):
        status = 413 if request.url.path == "/qua-lon" else error.status_code
    elif isinstance(error, RequestValidationError):
        status = 422
    elif isinstance(error, RefusedError):
        status, findings = 422, tuple(error.findings)
    else:
        _LOG.error("a page failed", exc_info=error)
    heading, sentence = _SAID.get(status, _SAID[500])
    if isinstance(error, HTTPException) and error.detail == "form":
        heading, sentence = "Gửi lại", _STALE
    if findings:
        heading, sentence = "Chưa thực hiện được", "Xử lý các điểm dưới đây rồi làm lại."
    return _visit_of(request).page("message", heading, status, sentence=sentence, findings=findings)


def _visit_of(request: Request) -> Visit:
    """Whoever it is; where even that cannot be told, nobody."""
    try:
        return anybody(request)
    except Exception:  # the database may be what failed
        return Visit(request.app.state.desk, request)
