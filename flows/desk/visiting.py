"""A request of a browser: whose it is, what that account may do, and how it is answered.

Every route says over its function who may use it: `anybody`, `signed_in`, or `allowed(Permission.…)`; what is sent by a
form asks for `sent(…)`, which wants the token of that sign-in's pages too.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import col, select
from starlette.exceptions import HTTPException

from flows.desk.answers import Answers
from flows.desk.background import Background
from flows.desk.guide import help_of
from flows.desk.tables import ASKED, KINDS, tables_of, with_links
from flows.guarding import desk_address
from flows.running import province_of
from models.findings import worst_first
from models.media_types import media_type_of
from models.province.folder import Province
from models.records.snapshots import Frozen, sound_body, thawed
from models.records.storage import Storage
from models.records.tables import AccountSecret, DeskSession, JournalEntry, SignIn, Snapshot
from models.roles import Permission, Role
from models.settings import Settings, SigningSettings
from models.working_days import VIETNAM, moment_told
from models.working_out import WorkedOut
from report_templates.filters import FILTERS
from tasks.accounts.accounts import Account
from tasks.accounts.signing_in import Throttle, change_session, session_of
from tasks.forms.round_records import RoundRecords, read_round
from tasks.publishing.choosing import NewestResults, newest_results
from tasks.reading.file_names import shown_name

if TYPE_CHECKING:
    from jinja2 import Environment

    from flows.desk.receiving import Uploads

Answer = TypeVar("Answer")
Thing = TypeVar("Thing")
COOKIE = "cchc_desk"
SIGN_IN, PASSWORD, SECOND_FACTOR = "/dang-nhap", "/toi/mat-khau", "/toi/xac-thuc-hai-lop"
_TEMPLATES = Path(__file__).resolve().parents[2] / "report_templates"


@dataclass
class Desk:
    """One province's desk while it runs.

    Attributes:
        folder: the province folder.
        settings: of this machine.
        storage: the province's database.
        uploads: files that came by the desk, received one batch after another.
        is_secure: whether browsers reach it by https.
        menu: the pages that stand in the menu, by path; each with its name and what one must be allowed to do.
        evaluations: the evaluation of a round that is under way.
        drafts: the draft of a year or a period that is under way.
        begun: sign-ins that went to the province's own server, by what they come back with; with where to go on.
        throttle: failed sign-ins.
        answers: what was worked out of what is recorded.
        worked_out: parts of the answers, kept while what they follow from is the same.
    """

    folder: Path
    settings: Settings
    storage: Storage
    uploads: "Uploads"
    is_secure: bool
    menu: "Mapping[str, MenuItem]"
    evaluations: Background = field(default_factory=Background)
    drafts: Background = field(default_factory=Background)
    begun: "OrderedDict[str, tuple[Any, str, datetime]]" = field(default_factory=OrderedDict)
    throttle: Throttle = field(default_factory=Throttle)
    answers: Answers = field(default_factory=Answers)
    worked_out: WorkedOut = field(default_factory=WorkedOut)

    def head(self) -> int:
        """The newest link of the journal that any page but that of accounts tells of: nobody's coming and going."""
        links = select(JournalEntry.id).where(JournalEntry.table_name != SignIn.__tablename__)
        with self.storage.reading() as session:
            return session.exec(links.order_by(col(JournalEntry.id).desc()).limit(1)).first() or 0


@cache
def desk_templates() -> "Environment":
    """The desk's templates: everything escaped, nothing undefined."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.filters |= {"moment": moment_told, "shown_name": shown_name, "worst_first": worst_first}
    return environment


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A page of the menu: its name, and the permissions of which it takes one."""

    name: str
    permissions: tuple[Permission, ...]


class NotSignedInError(Exception):
    """The page wants a sign-in; carries where to go on afterwards."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class ElsewhereFirstError(Exception):
    """Something has to be done on another page first; carries its path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class Visit:
    """One request.

    Attributes:
        account, session: who is signed in, and by which session; None where nobody is.
    """

    desk: Desk
    request: Request
    account: Account | None = None
    session: DeskSession | None = None

    @property
    def who(self) -> Account:
        """The account of a page that wants one."""
        assert self.account is not None
        return self.account

    @property
    def known(self) -> DeskSession:
        """The session of a page that wants one."""
        assert self.session is not None
        return self.session

    @property
    def storage(self) -> Storage:
        """The database; what is recorded bears the account's name."""
        return self.desk.storage.acting_as(self.who.acting)

    @cached_property
    def province(self) -> Province:
        """The province folder as it is now.

        Raises:
            RefusedError: it has errors, those of progress/ apart.
        """
        return province_of(str(self.desk.folder), receiving=True)

    @cached_property
    def now(self) -> datetime:
        """The moment of the request."""
        return datetime.now(UTC)

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return self.now.astimezone(VIETNAM).date()

    def worked_out(self, what: Hashable, work: "Callable[[Visit], Answer]", *, ahead: bool = False) -> Answer:
        """The answer to a question about what is recorded, worked out anew when anything was recorded since.

        Args:
            what: the question.
            work: how it is answered for a visit.
            ahead: whether it is worked out anew before it is asked again, as pages are that somebody looks at all day.
        """
        state = (self.desk.head(), id(self.province), self.today)
        again = (lambda: replace(self).worked_out(what, work, ahead=True)) if ahead else None
        answer: Answer = self.desk.answers.get(what, state, lambda: work(self), again)
        return answer

    def of_frozen(self, what: Hashable, work: Callable[[], Answer]) -> Answer:
        """The answer to a question about what never changes, worked out once."""
        answer: Answer = self.desk.answers.get(what, "frozen", work)
        return answer

    def records(self, year: int) -> RoundRecords:
        """What is current about every unit of a round; of whom nothing new came, what was worked out stays."""
        what = ("records", year)
        before = self.desk.answers.last(what)
        return self.worked_out(what, lambda visit: read_round(visit.province, visit.desk.storage, year, before=before))

    def results(self, year: int) -> NewestResults:
        """The newest results of a round; a snapshot that was read before is compared with its hash, and not read again.

        Raises:
            RefusedError: there are none, or they were changed after they were frozen.
        """

        def results_of(snapshot: Snapshot) -> Frozen:
            body = sound_body(snapshot)
            return self.of_frozen(("results of", snapshot.sha256), lambda: thawed(body))

        return self.worked_out(
            ("results", year), lambda visit: newest_results(visit.desk.storage, year, results_of=results_of)
        )

    @property
    def is_one_of_many(self) -> bool:
        """Whether this desk serves other provinces as well."""
        return self.desk.settings.provinces is not None

    @property
    def address(self) -> str:
        """Where the browser is."""
        return self.request.client.host if self.request.client else ""

    @property
    def address_of_desk(self) -> str:
        """Where the desk is reached, as mails name it."""
        return desk_address(self.desk.folder, self.desk.settings)

    def may(self, permission: Permission, subject: str | None = None) -> bool:
        """Whether the account may do something, to the named subject where one is given."""
        return self.account is not None and self.account.may(permission, subject)

    def demand(self, permission: Permission, subject: str) -> None:
        """Go on only where the account may do this to this subject.

        Raises:
            HTTPException: 403.
        """
        if not self.may(permission, subject):
            raise HTTPException(403)

    def page(self, template: str, title: str, status: int = 200, **data: Any) -> Response:
        """A page from a template of report_templates/desk/, or a table of it where the address asks for one.

        Args:
            template: its name without `.html`.
            title: what browser and heading call it.
            status: of the answer.
            data: what the template is given; `left` is how many things wait for whoever looks, told by the tab.
        """
        said = self._take_said()
        page = desk_templates().get_template(f"desk/{template}.html")
        shown = {
            "visit": self,
            "title": title,
            "said": said,
            "here": self.request.url.path,
            "help": help_of(template),
            "Permission": Permission,
            "left": 0,
        }
        rendered = page.render(shown | data)
        if self.request.method != "GET" or status != 200:
            return HTMLResponse(rendered, status)
        if (asked := self.request.query_params.get(ASKED)) is not None:
            return self._table(title, rendered, asked)
        return HTMLResponse(with_links(rendered, self.request.query_params.multi_items()))

    def _table(self, title: str, page: str, asked: str) -> Response:
        """A table of a page as a file: `2.csv` asks for the second one."""
        number, _, kind = asked.partition(".")
        tables = tables_of(page)
        if kind not in KINDS or not (number.isascii() and number.isdecimal()) or not 1 <= int(number) <= len(tables):
            raise HTTPException(404)
        name = f"{title}, bảng {int(number)}.{kind}".replace("/", "-")
        return self.file(name, tables[int(number) - 1].as_file(kind))

    def _take_said(self) -> list[str]:
        """What the last act left to be said, once."""
        if self.session is None or not self.session.said:
            return []
        change_session(self.desk.storage, self.session, said=[])
        return self.session.said

    def go(self, path: str, said: str = "", *, went_well: bool = True) -> RedirectResponse:
        """Send the browser to another page, which says what was done first."""
        if said and self.session is not None:
            change_session(self.desk.storage, self.session, said=["done" if went_well else "trouble", said])
        return RedirectResponse(path, 303)

    def file(self, name: str, content: bytes, kind: str = "", *, shown: bool = False) -> Response:
        """A file to be saved, or shown in the page where `shown`; `kind` where its name is not ours and may mislead."""
        how = "inline" if shown else "attachment"
        headers = {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}"}
        if shown:  # the browser's own viewer is a page with style and script of its own
            headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        return Response(content, media_type=kind or media_type_of(name), headers=headers)

    @property
    def form_token(self) -> str:
        """What every form sends back of the pages that one sign-in was shown."""
        return self.session.form_token if self.session else ""

    @property
    def menu(self) -> list[tuple[str, str]]:
        """Path and name of the pages of the menu that this account may see."""
        return [(path, item.name) for path, item in self.desk.menu.items() if any(map(self.may, item.permissions))]


Guarded = Callable[..., Visit]


def anybody(request: Request) -> Visit:
    """A page that needs no sign-in, and may know who is signed in all the same."""
    desk: Desk = request.app.state.desk
    token = request.cookies.get(COOKIE, "")
    found = session_of(desk.storage, token, datetime.now(UTC), timedelta(minutes=desk.settings.desk_idle))
    if not token or found is None:
        return Visit(desk, request)
    session, account, secret = found
    if not session.is_elsewhere:
        _send_elsewhere_first(request, account, secret)
    return Visit(desk, request, account, session)


def _send_elsewhere_first(request: Request, account: Account, secret: AccountSecret) -> None:
    """A first password is changed before anything else; who approves what keys sign has a second factor."""
    path = request.url.path
    if path.startswith(("/toi", "/tep")) or path == "/dang-xuat":
        return
    if secret.must_change:
        raise ElsewhereFirstError(PASSWORD)
    if account.role is Role.LEADER and not secret.totp and SigningSettings().is_set:
        raise ElsewhereFirstError(SECOND_FACTOR)


def signed_in(visit: Annotated[Visit, Depends(anybody)]) -> Visit:
    """A page of whoever is signed in, as whatever."""
    if visit.account is None:
        asked = visit.request.url
        raise NotSignedInError(asked.path + (f"?{asked.query}" if asked.query else ""))
    return visit


def allowed(*permissions: Permission) -> Guarded:
    """A page of whoever may do one of these things to anything at all; the page asks about the thing itself."""

    def guarded(visit: Annotated[Visit, Depends(signed_in)]) -> Visit:
        if not any(map(visit.may, permissions)):
            raise HTTPException(403)
        return visit

    guarded.permissions = permissions  # type: ignore[attr-defined]
    return guarded


def sent(*permissions: Permission) -> Guarded:
    """The same for what a form sends: it must come from a page of this very session. No permission: of anybody."""
    guard = allowed(*permissions) if permissions else signed_in

    def guarded(visit: Annotated[Visit, Depends(guard)], form_token: Annotated[str, Form()] = "") -> Visit:
        if not form_token or form_token != visit.form_token:
            raise HTTPException(403, "form")
        return visit

    guarded.permissions = permissions  # type: ignore[attr-defined]
    return guarded


def there(found: Thing | None) -> Thing:
    """What an address asks for.

    Raises:
        HTTPException: 404, where there is no such thing.
    """
    if found is None:
        raise HTTPException(404)
    return found


def day_sent(text: str) -> date | None:
    """A day as browsers send it, or as people in Vietnam type it; None where it is none."""
    from models.criteria.facts import read_date

    try:
        return read_date(text.strip())
    except ValueError:
        return None
