"""The journal walked from its first link to its head: what was changed, removed, added or reordered since.

Nothing is mended here. A whole journal proves that the rows are those that were recorded; that nobody wrote a whole
other one is proven by its head where it stands outside the database: in published manifests, backups, on paper.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Table, inspect, select

from models.findings import Act, Action, Finding
from models.records.journal import (
    BEGINNING,
    JOURNAL,
    fixed_columns,
    key_of,
    keys_in,
    link_hash,
    missing_guards,
    official_tables,
    row_hash,
)
from models.records.storage import Storage
from models.working_days import moment_told

NAMED = "nhật ký"
_MOST_TOLD = 20
_AT_A_TIME = 2_000
_REMEDY = "Khôi phục từ bản sao lưu trước đó và báo người phụ trách an toàn thông tin"
_TABLES = {
    "receipt": "biên nhận",
    "submission": "lượt nộp",
    "reply": "thư trả lời",
    "delivery": "lần gửi thư",
    "score_version": "điểm",
    "fact_version": "số liệu",
    "evidence_version": "tài liệu kiểm chứng",
    "evidence_file": "tệp minh chứng",
    "evidence_link": "gắn tệp minh chứng với tiêu chí",
    "word_version": "giải trình",
    "remark_version": "ý kiến trong phiếu",
    "published_index": "chỉ số đã công bố trước đây",
    "figure_version": "số liệu tháng",
    "index_version": "chỉ số do nơi khác công bố",
    "register_version": "sổ theo dõi",
    "snapshot": "bản số liệu",
    "approval": "phê duyệt",
    "publication": "bản công bố",
    "extension_version": "gia hạn",
    "opening_request": "đề nghị mở khóa",
    "opening_answer": "trả lời đề nghị mở khóa",
    "waiver_version": "miễn kiểm tra",
    "signed_summary": "bản tự đánh giá đã ký",
    "account_version": "tài khoản",
    "sign_in": "lần đăng nhập",
}
_TELLING = (
    "year",
    "period",
    "unit",
    "subject",
    "component",
    "source",
    "fact",
    "measure",
    "key",
    "number",
    "file_name",
    "login",
)


class _Sealed(NamedTuple):
    """What the journal says of one row: in which link, over which columns, with which hash."""

    link: int
    columns: str
    hash: bytes


class _Break(NamedTuple):
    """Something that is not as it was recorded, to be told in the order of the links."""

    link: int
    what: str
    row: str


@dataclass(frozen=True, slots=True)
class WalkedJournal:
    """What the walk came to.

    Attributes:
        links: how many links.
        rows: how many rows they hold.
        sealed: how many of these were there before the journal began.
        head: the hash of the newest link.
        known: the hashes of all links: a head that was noted elsewhere must be among them.
        findings: the first breaks, in the order in which they were recorded; empty where all is as recorded.
    """

    links: int
    rows: int
    sealed: int
    head: str
    known: frozenset[str]
    findings: tuple[Finding, ...]


def walk_journal(storage: Storage) -> WalkedJournal:
    """Hold every row of every official table against the journal, and the journal against itself."""
    with storage.reading() as session:
        connection = session.connection()
        walk = _Walk()
        walk.over_links(connection)
        there = set(inspect(connection).get_table_names())
        for table in official_tables():
            if table.name in there:
                walk.over_rows(connection, table)
        guards = missing_guards(connection)
    findings = [*walk.findings(), *([_unguarded(guards)] if guards else [])]
    return WalkedJournal(walk.links, walk.rows, walk.sealed, walk.head, frozenset(walk.known), tuple(findings))


def _unguarded(guards: list[str]) -> Finding:
    what = f"{len(guards)} bộ chặn sửa, xóa của cơ sở dữ liệu đã bị gỡ hoặc tắt ({guards[0]}…)"
    return Finding(NAMED, 0, what, "Lập lại bộ chặn, rồi tìm ai đã gỡ", action=Action(Act.INIT))


class _Walk:
    """What is known while walking."""

    def __init__(self) -> None:
        self.links = self.rows = self.sealed = 0
        self.head = BEGINNING
        self.known: set[str] = set()
        self._of: dict[str, dict[str, _Sealed]] = {}
        self._acts: dict[int, tuple[datetime, str, str]] = {}
        self._breaks: list[_Break] = []

    def over_links(self, connection: Connection) -> None:
        """The chain itself: every link as it was written, each on the one before."""
        expected = 1
        rows = connection.execution_options(yield_per=200).execute(select(JOURNAL).order_by(JOURNAL.c.id))
        for link in rows.mappings():
            self._acts[link["id"]] = (link["recorded_at"], link["recorded_by"], link["act"])
            if link["id"] != expected:
                missing = f"{expected}" if link["id"] == expected + 1 else f"{expected} đến {link['id'] - 1}"
                self._note(expected, f"thiếu mắt xích {missing}: đã bị xóa khỏi nhật ký")
            elif link["before"] != self.head:
                self._note(link["id"], "mắt xích không nối tiếp mắt xích trước: đã bị thêm, thay hoặc đảo thứ tự")
            if link_hash(link) != link["sha256"]:
                self._note(link["id"], "mắt xích đã bị sửa sau khi ghi")
            self._take(link)
            self.head, expected = link["sha256"], link["id"] + 1
            self.known.add(self.head)
            self.links += 1

    def _take(self, link: Any) -> None:
        hashes = link["row_hashes"]
        try:
            keys = list(keys_in(link["rows"]))
        except ValueError:
            keys = []
        if len(hashes) != 32 * len(keys):
            self._note(link["id"], "mắt xích không đọc được danh sách dòng")
        of = self._of.setdefault(link["table_name"], {})
        for place, key in enumerate(keys):
            if key in of:
                self._note(link["id"], f"{_named(link['table_name'])} số {key} được ghi hai lần trong nhật ký")
            of[key] = _Sealed(link["id"], link["columns"], hashes[32 * place : 32 * place + 32])
        self.rows += len(keys)
        self.sealed += len(keys) if link["act"] == "sealed" else 0

    def over_rows(self, connection: Connection, table: Table) -> None:
        """The rows of one table: each as it was recorded, none less, none more."""
        of = self._of.get(table.name, {})
        changed: list[tuple[str, _Sealed, bytes, str]] = []
        left = set(of)
        for key, row, columns in _rows_of(connection, table):
            left.discard(key)
            sealed = of.get(key)
            if sealed is None:
                self._note(self._following(table, key), "được thêm ngoài chương trình", _told(table, key, row))
                continue
            now = row_hash([row[name] for name in _names(sealed.columns, columns)])
            if now != sealed.hash:
                changed.append((key, sealed, now, _told(table, key, row)))
        hashes = {sealed.hash: key for key, sealed in of.items()} if changed else {}
        for key, sealed, now, told in changed:
            other = hashes.get(now)
            what = f"bị đổi chỗ với số {other}" if other and other != key else "đã bị sửa sau khi ghi"
            self._note(sealed.link, what, told)
        for key in left:
            self._note(of[key].link, "đã bị xóa", f"{_named(table.name)} số {key}")

    def _following(self, table: Table, key: str) -> int:
        """The first link of rows that were recorded after a row that is in none: it came in before these."""
        if not isinstance(key_of(table).type, Integer):
            return self.links + 1
        later = (sealed.link for known, sealed in self._of.get(table.name, {}).items() if int(known) > int(key))
        return min(later, default=self.links + 1)

    def _note(self, link: int, what: str, row: str = "") -> None:
        self._breaks.append(_Break(link, what, row))

    def findings(self) -> Iterator[Finding]:
        """The breaks in the order of the links, the first of them told in full."""
        ordered = sorted(self._breaks, key=lambda found: found.link)
        for place, found in enumerate(ordered[:_MOST_TOLD]):
            when = self._when(found.link)
            first = "chỗ sai đầu tiên: " if place == 0 else ""
            what = f"{first}{found.row} {found.what}" if found.row else f"{first}{found.what}"
            yield Finding(f"{NAMED}, mắt xích {found.link}", 0, f"{what}{when}", _REMEDY)
        if len(ordered) > _MOST_TOLD:
            yield Finding(NAMED, 0, f"còn {len(ordered) - _MOST_TOLD} chỗ sai khác", _REMEDY)

    def _when(self, link: int) -> str:
        if link not in self._acts:
            return ""
        at, by, act = self._acts[link]
        moment = moment_told(at)
        return f" (niêm phong lúc {moment})" if act == "sealed" else f" (ghi lúc {moment}, người ghi: {by})"


def _rows_of(connection: Connection, table: Table) -> Iterator[tuple[str, Any, frozenset[str]]]:
    """Every row with its key as text and the columns that are there."""
    there = frozenset(column["name"] for column in inspect(connection).get_columns(table.name))
    key = key_of(table)
    columns = [key, *(table.c[name] for name in fixed_columns(table) if name in there)]
    read = connection.execution_options(yield_per=_AT_A_TIME).execute(select(*columns).order_by(key))
    for row in read.mappings():
        yield str(row[key.name]), row, there


def _names(columns: str, there: frozenset[str]) -> list[str]:
    """The columns that a row's hash was over; those that are gone make another hash."""
    return [name for name in columns.split(" ") if name in there]


def _named(table: str) -> str:
    return _TABLES.get(table, table)


def _told(table: Table, key: str, row: Any) -> str:
    """A row as an officer knows it: what it is, of whom, for which year."""
    said = ", ".join(str(row[name]) for name in _TELLING if row.get(name) not in (None, ""))
    return f"{_named(table.name)} số {key}{f' ({said})' if said else ''}"
