"""Evidence files that are sent: taken or refused with a sentence, kept, matched, scanned, in the journal."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models.findings import RefusedError
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.records.tables import EvidenceFile, EvidenceLink
from models.settings import Settings, SigningSettings
from tasks.evidence.receiving import SentFile, Taken, receive_evidence
from tasks.evidence.scanning import examined_scanner
from tasks.evidence.searching import beside_files, search
from tasks.recording.evidence_files import (
    HandedIn,
    HeldFile,
    assign,
    handed_in,
    held_files,
    proven_components,
    refused_files,
)
from tasks.recording.journal import walk_journal
from tasks.upkeep.backing_up import back_up
from tasks.upkeep.examining import examine
from tasks.upkeep.restoring import restore
from tests.mailbox import free_port
from tests.models.folders import Folder
from tests.tasks.evidence.files import document, packed, pdf, picture
from tests.tasks.evidence.scanners import TEST_VIRUS, real_clamd, speaking_clamd
from tests.tasks.forms_sent import PLAN, YEAR, on, record, sample_province, self_assessment

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return sample_province(tmp_path)


def search_for(storage: Storage, wanted: str) -> list[HeldFile]:
    """The files of all units that have the words in themselves or their names."""
    with storage.reading() as session:
        files = held_files(session, YEAR)
        return search(session, files, wanted, beside_files(files, {}, {}))


def send(
    province: Province,
    storage: Storage,
    files: dict[str, bytes],
    unit: str = "stc",
    now: datetime = NOW,
    component: str = "",
    **settings: object,
) -> list[Taken]:
    folder = province.folder.parent / f"{province.folder.name}-sent"
    folder.mkdir(exist_ok=True)
    sent = []
    for number, (name, content) in enumerate(files.items()):
        (folder / str(number)).write_bytes(content)
        sent.append(SentFile(name, folder / str(number)))
    return receive_evidence(
        province,
        storage,
        Settings(**settings),  # type: ignore[arg-type]
        YEAR,
        unit,
        sent,
        via="command",
        now=now,
        component=component,
    )


def held(storage: Storage) -> dict[str, dict[str, str]]:
    with storage.reading() as session:
        return {file.name: dict(file.components) for file in held_files(session, YEAR)}


def test_many_at_once_are_matched_by_code_by_document_or_left_to_a_person(province: Province, storage: Storage) -> None:
    record(storage, province, stc=self_assessment(on("1.1.2", evidence=(PLAN,))))
    taken = send(
        province,
        storage,
        {"1.1.1_ke-hoach.pdf": pdf("a"), "12-KH-STC.docx": document("Kế hoạch"), "anh.png": picture()},
    )
    assert [one.components for one in taken] == [("1.1.1",), ("1.1.2",), ()]
    assert held(storage) == {
        "1.1.1_ke-hoach.pdf": {"1.1.1": "name"},
        "12-KH-STC.docx": {"1.1.2": "form"},
        "anh.png": {},
    }
    with storage.reading() as session:
        for file in held_files(session, YEAR):
            assert storage.kept(file.row.sha256).is_file()
        assert proven_components(session, YEAR) == {"stc": frozenset({"1.1.1", "1.1.2"})}


def test_an_archive_is_taken_apart_and_archives_in_it_are_refused(province: Province, storage: Storage) -> None:
    archive = packed(
        {"1.1.1/a.png": picture(), "1.2 x.pdf": pdf("b"), "trong.zip": packed({"c.pdf": b"x"}), "d.exe": b"MZ"}
    )
    taken = send(province, storage, {"tat-ca.zip": archive})
    assert [(one.name, one.components, one.file is not None) for one in taken] == [
        ("a.png", ("1.1.1",), True),
        ("1.2 x.pdf", ("1.2",), True),
        ("trong.zip", (), False),
        ("d.exe", (), False),
    ]
    with storage.reading() as session:
        refused = refused_files(session, YEAR, "stc")
    assert [row.file_name for row in refused] == ["d.exe", "trong.zip"]
    assert not storage.kept(refused[0].sha256).exists()


def test_the_same_bytes_are_one_file_that_may_prove_several_criteria(province: Province, storage: Storage) -> None:
    content = pdf("chung")
    send(province, storage, {"1.1.1_a.pdf": content, "1.1.2_b.pdf": content})
    (again,) = send(province, storage, {"1.2+1.1.1_c.pdf": content})
    assert again.is_known
    assert held(storage) == {"1.1.1_a.pdf": {"1.1.1": "name", "1.1.2": "name", "1.2": "name"}}
    send(province, storage, {"1.1.1_a.pdf": content}, unit="snv")
    with storage.reading() as session:
        assert len(held_files(session, YEAR)) == 2
        assert len(session.exec(select(EvidenceLink)).all()) == 4


def test_what_a_file_proves_is_given_and_taken_back_by_versions(province: Province, storage: Storage) -> None:
    (one,) = send(province, storage, {"x.pdf": pdf("x")}, component="1.2")
    assert one.file
    assert held(storage) == {"x.pdf": {"1.2": "person"}}
    assert not assign(storage, one.file, "1.2", NOW)
    assert assign(storage, one.file, "1.2", NOW, proves=False)
    assert assign(storage, one.file, "1.1.1", NOW)
    assert assign(storage, one.file, "1.2", NOW)
    with storage.reading() as session:
        versions = [(link.component, link.version, link.withdrawn) for link in session.exec(select(EvidenceLink))]
    assert versions == [("1.2", 1, False), ("1.2", 2, True), ("1.1.1", 1, False), ("1.2", 3, False)]


def test_every_act_is_in_the_journal_and_nothing_of_it_changes_unseen(province: Province, storage: Storage) -> None:
    send(province, storage, {"1.1.1_a.pdf": pdf("a"), "b.exe": b"MZ"})
    walked = walk_journal(storage)
    assert walked.findings == ()
    for statement in ("UPDATE evidence_file SET late = NOT late", "DELETE FROM evidence_link"):
        with pytest.raises(DBAPIError), storage.engine.begin() as connection:
            connection.execute(text(statement))
    with storage.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER only_added_update_evidence_file"))
        connection.execute(text("UPDATE evidence_file SET file_name = 'khác.pdf' WHERE id = 1"))
    told = [str(finding) for finding in walk_journal(storage).findings]
    assert any("tệp minh chứng số 1" in line and "đã bị sửa sau khi ghi" in line for line in told)


def test_a_file_that_comes_after_the_deadline_is_late_until_an_extension(province: Province, storage: Storage) -> None:
    after = datetime(2026, 1, 14, tzinfo=UTC)
    send(province, storage, {"a.pdf": pdf("a")})
    send(province, storage, {"b.pdf": pdf("b")}, now=after)
    Folder(province.folder).change(
        "rounds/2025.yaml",
        "deadlines:\n",
        "extensions: [{units: [stc], step: self_assessment, until: 2026-01-20, reason: Bão}]\ndeadlines:\n",
    )
    send(load_province(province.folder), storage, {"c.pdf": pdf("c")}, now=after)
    with storage.reading() as session:
        assert [file.row.late for file in held_files(session, YEAR)] == [False, True, False]


def test_a_locked_round_takes_nothing(province: Province, storage: Storage) -> None:
    Folder(province.folder).change(
        "rounds/2025.yaml",
        "deadlines:\n",
        "locks: {self_assessment: 2026-01-12, explanation: 2026-02-10}\ndeadlines:\n",
    )
    locked = load_province(province.folder)
    send(locked, storage, {"a.pdf": pdf("a")}, now=datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(RefusedError, match="đã khóa"):
        send(locked, storage, {"b.pdf": pdf("b")}, now=datetime(2026, 2, 12, tzinfo=UTC))
    with pytest.raises(RefusedError, match="không có đơn vị này"):
        send(locked, storage, {"b.pdf": pdf("b")}, unit="khong-co")
    with pytest.raises(RefusedError, match="không có tiêu chí"):
        send(locked, storage, {"b.pdf": pdf("b")}, component="2.1")


def test_limits_come_from_the_settings(province: Province, storage: Storage) -> None:
    big = picture("PNG") + bytes(2**20)
    (one,) = send(province, storage, {"a.png": big}, evidence_file=1)
    assert "lớn hơn giới hạn 1 MB" in one.what
    (one,) = send(province, storage, {"a.png": big}, evidence_unit=1)
    assert "đã gửi đủ 1 MB" in one.what
    assert held(storage) == {}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "a\x00b.pdf", "‮fdp.exe.pdf", "con\\..\\x.pdf", "x" * 400 + ".pdf"]
)
def test_odd_names_do_no_harm(province: Province, storage: Storage, name: str) -> None:
    (one,) = send(province, storage, {name: pdf("a")})
    assert one.file
    (shown,) = held(storage)
    assert "/" not in shown
    assert len(shown) <= 120
    assert shown.isprintable()


@pytest.mark.slow
@pytest.mark.parametrize("by_socket", [False, True])
def test_a_real_scanner_finds_the_test_virus(
    province: Province, storage: Storage, tmp_path_factory: pytest.TempPathFactory, by_socket: bool
) -> None:
    with real_clamd(tmp_path_factory.mktemp("clamd"), by_socket) as address:
        infected = pdf("a") + TEST_VIRUS
        clean, bad, inside = send(
            province,
            storage,
            {"1.1.1_a.pdf": pdf("sạch"), "b.pdf": infected, "c.zip": packed({"d.pdf": infected})},
            clamd=address,
        )
        assert clean.file
        assert "mã độc (Test.Virus" in bad.what
        assert "mã độc" in inside.what
        (large,) = send(province, storage, {"e.png": picture() + bytes(2**21)}, clamd=address)
        assert "không quét được" in large.what
    assert list(held(storage)) == ["1.1.1_a.pdf"]
    with storage.reading() as session:
        refused = refused_files(session, YEAR, "stc")
    assert [row.file_name for row in refused] == ["d.pdf", "b.pdf"]
    assert not any(storage.kept(row.sha256).exists() for row in refused)


def test_what_is_said_to_the_scanner_and_by_it(province: Province, storage: Storage) -> None:
    with speaking_clamd() as address:
        clean, bad = send(province, storage, {"a.pdf": pdf("a"), "b.pdf": pdf("b") + TEST_VIRUS}, clamd=address)
        assert examined_scanner(address) == (f"{address} trả lời", [])
    assert clean.file
    assert bad.what == "tệp có mã độc (Test.Virus) nên không được nhận và không được lưu"


def test_without_a_verdict_of_the_scanner_nothing_is_taken(province: Province, storage: Storage) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    (one,) = send(province, storage, {"a.pdf": pdf("a")}, clamd=nowhere)
    assert "máy quét vi-rút không trả lời" in one.what
    assert held(storage) == {}
    with storage.reading() as session:
        assert session.exec(select(EvidenceFile)).all() == []
    assert examined_scanner(nowhere)[1]


def test_the_doctor_holds_the_kept_files_against_the_rows(province: Province, storage: Storage) -> None:
    send(province, storage, {"a.pdf": pdf("a")})
    with storage.reading() as session:
        (file,) = held_files(session, YEAR)
    storage.kept(file.row.sha256).write_bytes(b"khac")
    seen = {part.part: part for part in examine(province.folder, Settings(user="x"), SigningSettings())}
    assert "bị thay đổi" in str(seen["tệp đã nhận"].findings[0])
    assert "không đặt máy quét" in seen["máy quét vi-rút"].said


def test_a_backup_carries_files_links_and_words(province: Province, storage: Storage, tmp_path: Path) -> None:
    send(province, storage, {"1.1.1_a.docx": document("Công khai")})
    there = tmp_path.with_name(f"{tmp_path.name}-restored")
    archive = tmp_path.with_name(f"{tmp_path.name}.zip")
    back_up(province.folder, storage, archive)
    assert restore(archive, there, Settings(user="người thử")).findings == ()
    again = open_storage(there, Settings(user="người thử"))
    (file,) = search_for(again, "cong khai")
    assert dict(file.components) == {"1.1.1": "name"}
    assert again.kept(file.row.sha256).is_file()
    assert walk_journal(again).findings == ()
    again.engine.dispose()


def test_a_search_finds_words_by_their_beginning_numbers_of_documents_and_names(
    province: Province, storage: Storage
) -> None:
    send(province, storage, {"1.1.1_a.docx": document("Kế hoạch số (12/KH-STC), niêm yết"), "1.1.2_bia.png": picture()})
    finds = ("ke hoach", "KẾ HOẠ", "12/kh", "kh-stc", "12/KH-STC", "niêm yết", "kh", "a.docx", "bia")
    assert [len(search_for(storage, wanted)) for wanted in finds] == [1] * len(finds)
    misses = ("oach", "k hoach", "niem yet xong", "12/KH-STP", "kh-stp", "ye")
    assert [len(search_for(storage, wanted)) for wanted in misses] == [0] * len(misses)
    assert len(search_for(storage, "  ")) == 2


@pytest.mark.slow
def test_postgresql_holds_evidence_alike(province: Province, postgres_url: str) -> None:
    storage = open_storage(province.folder, Settings(user="người thử", database_url=postgres_url))
    content = document("Niêm yết 100% công khai")
    (one,) = send(province, storage, {"1.1.1_a.docx": content})
    (again,) = send(province, storage, {"1.1.2_b.docx": content}, now=NOW + timedelta(days=30))
    assert (again.file, again.is_known) == (one.file, True)
    send(province, storage, {"c.exe": b"MZ"})
    with storage.reading() as session:
        files = held_files(session, YEAR, ["stc"])
        assert [list(file.components) for file in files] == [["1.1.1", "1.1.2"]]
        assert handed_in(session, YEAR, "stc") == handed_in(session, YEAR) == HandedIn(1, 1)
    found = {wanted: len(search_for(storage, wanted)) for wanted in ("100%", "1000", "CÔNG KHAI", "niêm y", "kh", "-")}
    assert found == {"100%": 1, "1000": 0, "CÔNG KHAI": 1, "niêm y": 0, "kh": 0, "-": 0}
    assert walk_journal(storage).findings == ()
    storage.engine.dispose()
