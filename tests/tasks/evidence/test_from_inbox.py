"""Evidence that lies in the inbox: whose it is, what becomes of it, what is told, what stays."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.evidence.from_inbox import EvidenceReport, receive_evidence_inbox
from tasks.intake.inbox import FileStore, inbox_of, outbox_of
from tasks.mail.telling_desk import tell_of_evidence
from tasks.reading.evidence_places import EvidencePlace, evidence_place
from tasks.recording.evidence_files import held_files, refused_files
from tests.mailbox import Mailbox, serving
from tests.models.folders import Folder
from tests.tasks.evidence.files import packed, pdf, picture
from tests.tasks.forms_sent import YEAR, sample_province

SETTINGS = Settings(user="người thử")


@pytest.fixture
def province(tmp_path: Path) -> Province:
    sample_province(tmp_path)
    Folder(tmp_path).open_deadlines()
    return load_province(tmp_path)


@pytest.fixture
def storage(province: Province) -> Iterator[Storage]:
    opened = open_storage(province.folder, SETTINGS)
    yield opened
    opened.engine.dispose()


def lay(province: Province, **files: bytes) -> None:
    for relative, content in files.items():
        path = province.folder / "var" / "inbox" / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def run(province: Province, storage: Storage) -> EvidenceReport:
    inbox, outbox = inbox_of(province.folder, SETTINGS), outbox_of(province.folder, SETTINGS)
    lying = inbox.listed(datetime.now(UTC), 0)
    assert lying.ready == (), "nothing of this is a form"
    return receive_evidence_inbox(province, storage, SETTINGS, inbox, outbox, lying.evidence)


def lying(province: Province) -> list[str]:
    inbox = province.folder / "var" / "inbox"
    return sorted(path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file())


def held(storage: Storage) -> dict[tuple[str, str], list[str]]:
    with storage.reading() as session:
        return {(file.row.unit, file.name): list(file.components) for file in held_files(session, YEAR)}


@pytest.mark.parametrize(
    ("relative", "place"),
    [
        ("minh-chung/stc/1.1.1_a.pdf", EvidencePlace("stc", None, "1.1.1_a.pdf")),
        ("Minh chứng/stc/1.2/a.pdf", EvidencePlace("stc", None, "1.2/a.pdf")),
        ("minh_chung-2025/stc/a.pdf", EvidencePlace("stc", 2025, "a.pdf")),
        ("minh-chung/stc.zip", EvidencePlace("stc", None, "stc.zip")),
        ("minh-chung/STC-minh-chung.zip", EvidencePlace("STC", None, "STC-minh-chung.zip")),
        ("minh-chung/a.pdf", EvidencePlace("", None, "a.pdf")),
        ("stc/minh-chung/1.1.1/a.pdf", EvidencePlace("stc", None, "1.1.1/a.pdf", "stc")),
        ("stc/minh-chung.zip", EvidencePlace("stc", None, "minh-chung.zip", "stc")),
        ("snv/stc-minh-chung.zip", EvidencePlace("stc", None, "stc-minh-chung.zip", "snv")),
        ("so-noi-vu-minh-chung-2025.zip", EvidencePlace("so-noi-vu", 2025, "so-noi-vu-minh-chung-2025.zip")),
        ("minh-chung.zip", EvidencePlace("", None, "minh-chung.zip")),
        ("minh-chung", None),
        ("tu-danh-gia-2025-stc.xlsx", None),
        ("stc/tu-danh-gia-2025-stc.xlsx", None),
        ("stc-minh-chung.pdf", None),
        ("stc/2025/phieu.zip", None),
    ],
)
def test_the_place_says_whose_evidence_it_is(relative: str, place: EvidencePlace | None) -> None:
    assert evidence_place(relative) == place


@pytest.mark.slow
def test_files_and_archives_are_matched_kept_answered_and_taken_out(province: Province, storage: Storage) -> None:
    lay(
        province,
        **{
            "minh-chung/stc/1.1.1_ke-hoach.pdf": pdf("Kế hoạch"),
            "minh-chung/stc/1.2/anh.png": picture(),
            "minh-chung/stc/khac.pdf": pdf("Khác"),
            "STC-minh-chung.zip": packed({"1.1.2/b.pdf": pdf("b"), "x.exe": b"MZ"}),
            "snv/minh-chung/1.1.1.pdf": pdf("của Sở Nội vụ"),
        },
    )
    report = run(province, storage)
    assert (report.left, report.stuck, lying(province)) == ([], [], [])
    assert held(storage) == {
        ("stc", "1.1.1_ke-hoach.pdf"): ["1.1.1"],
        ("stc", "anh.png"): ["1.2"],
        ("stc", "khac.pdf"): [],
        ("stc", "b.pdf"): ["1.1.2"],
        ("snv", "1.1.1.pdf"): ["1.1.1"],
    }
    with storage.reading() as session:
        assert [row.via for row in refused_files(session, YEAR, "stc")] == ["inbox"]
    assert [answer.unit for answer in report.answers] == ["snv", "stc"]
    of_stc = report.answers[1]
    letter = province.folder / "var" / "outbox" / of_stc.name
    said = " ".join(PdfReader(io.BytesIO(letter.read_bytes())).pages[0].extract_text().split())
    assert "Kính gửi: Sở Tài chính." in said
    assert "nhận 04 tệp, không nhận 01 tệp" in said
    assert "Tệp “1.1.1_ke-hoach.pdf”: đã nhận, tiêu chí 1.1.1." in said
    assert "Tệp “khac.pdf”: đã nhận, chưa rõ tiêu chí" in said
    assert "Tệp “x.exe”: không nhận vì nội dung không thuộc loại tệp được nhận" in said


def test_the_unit_is_told_by_mail(province: Province, storage: Storage) -> None:
    change = Folder(province.folder).change
    change("units.csv", "stc,Sở Tài chính,so,,,,,\n", "stc,Sở Tài chính,so,,,,,stc@mau.example\n")
    known, box = load_province(province.folder), Mailbox()
    lay(province, **{"minh-chung/stc/khac.pdf": pdf("Khác"), "minh-chung/stc/x.exe": b"MZ"})
    (answer,) = run(known, storage).answers
    with serving(box) as mail:
        settings = Settings(
            smtp_host=mail.host, smtp_port=mail.port, smtp_security=mail.security, smtp_from=mail.sender
        )
        tell_of_evidence(known, storage, settings, answer, "https://cchc.mau.example", datetime.now(UTC))
    ((to, message),) = box.received
    assert (to, str(message["Subject"])) == (
        ["stc@mau.example"],
        "[CCHC] Minh chứng năm 2025: nhận 1 tệp, không nhận 1 tệp",
    )
    said = message.get_content()
    assert "khac.pdf: đã nhận, chưa rõ tiêu chí" in said
    assert "x.exe: KHÔNG NHẬN: nội dung không thuộc loại tệp được nhận" in said
    assert "https://cchc.mau.example/don-vi/stc/minh-chung/2025" in said


def test_a_run_that_is_killed_before_it_clears_the_inbox_is_finished_without_a_trace(
    province: Province, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(province, **{"minh-chung/stc/1.1.1_a.pdf": pdf("a"), "minh-chung/stc/b.exe": b"MZ"})
    with monkeypatch.context() as killed:
        killed.setattr(FileStore, "remove", lambda *unused: False)
        (before,) = run(province, storage).answers
    (after,) = run(province, storage).answers
    assert (before.name, before.content) == (after.name, after.content)
    assert lying(province) == []
    with storage.reading() as session:
        assert len(held_files(session, YEAR)) == len(refused_files(session, YEAR, "stc")) == 1


@pytest.mark.parametrize(
    ("relative", "why"),
    [
        ("minh-chung/khong-co/1.1.1.pdf", "không rõ minh chứng của đơn vị nào"),
        ("minh-chung/1.1.1.pdf", "không rõ minh chứng của đơn vị nào"),
        ("minh-chung-2019/stc/1.1.1.pdf", "kỳ 2019 không có đơn vị stc"),
        ("snv/stc-minh-chung.zip", "nằm trong thư mục của snv"),
    ],
)
def test_what_is_nobodys_stays_and_is_told(province: Province, storage: Storage, relative: str, why: str) -> None:
    lay(province, **{relative: pdf("x")})
    report = run(province, storage)
    assert lying(province) == [relative]
    assert why in report.left[0][1]
    assert any(why in line for line in report.lines())
    assert (report.answers, held(storage)) == ([], {})


def test_a_round_that_takes_none_any_more_refuses_it_in_a_letter(province: Province, storage: Storage) -> None:
    Folder(province.folder).add("rounds/2025.yaml", "locks: {self_assessment: 2026-01-15, explanation: 2026-02-15}\n")
    for step in ("self_assessment", "appraisal", "explanation"):
        Folder(province.folder).change("rounds/2025.yaml", f"{step}: 2099", f"{step}: 2026")
    closed = load_province(province.folder)
    lay(closed, **{"minh-chung/stc/1.1.1.pdf": pdf("x")})
    (answer,) = run(closed, storage).answers
    assert [one.file for one in answer.taken] == [None]
    assert lying(closed) == []
    with storage.reading() as session:
        (row,) = refused_files(session, YEAR, "stc")
    assert row.why == answer.taken[0].what


def test_without_a_verdict_of_the_scanner_it_waits_in_the_inbox(province: Province, storage: Storage) -> None:
    lay(province, **{"minh-chung/stc/1.1.1.pdf": pdf("x")})
    inbox, outbox = inbox_of(province.folder, SETTINGS), outbox_of(province.folder, SETTINGS)
    down = Settings(user="người thử", clamd=str(province.folder / "no-such-socket"))
    here = inbox.listed(datetime.now(UTC), 0).evidence
    report = receive_evidence_inbox(province, storage, down, inbox, outbox, here)
    assert [why.partition(":")[0] for _, why in report.left] == ["chưa nhận"]
    assert (report.answers, lying(province)) == ([], ["minh-chung/stc/1.1.1.pdf"])
