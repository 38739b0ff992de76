"""The doctor finds what is wrong with an installation, says it in words, and ends with 1 for the monitoring."""

import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import text, update

from flows.examining import examine_schedules
from models.findings import Finding
from models.records.journal import JOURNAL
from models.settings import Settings, SigningSettings
from tasks.upkeep.examining import Examined, examine
from tests.past_the_guards import past_the_guards
from tests.tasks.districts import Districts
from tests.tasks.publishing.authority import AGENCY, PERSON, Authority
from tests.tasks.publishing.test_signing import signing

pytestmark = pytest.mark.slow


@pytest.fixture
def districts(tmp_path: Path) -> Districts:
    there = Districts.copied(tmp_path).receive()
    there.evaluate()
    return there


def look(
    districts: Districts, settings: Settings | None = None, keys: SigningSettings | None = None
) -> dict[str, Examined]:
    found = examine(districts.folder, settings or Settings(), keys or SigningSettings())
    return {examined.part: examined for examined in found}


def only(districts: Districts, part: str) -> Finding:
    """What is wrong with a part; nothing is wrong with the others."""
    looked = look(districts)
    assert [name for name, examined in looked.items() if examined.findings] == [part]
    (finding,) = looked[part].findings
    return finding


def test_a_sound_installation_has_nothing_wrong(districts: Districts) -> None:
    looked = look(districts)
    assert [examined.findings for examined in looked.values()] == [()] * 11
    assert looked["cơ sở dữ liệu"].said == "SQLite, các trang nguyên vẹn"
    assert looked["tệp đã nhận"].said == "1 tệp, 1 đúng mã băm"
    assert looked["phông chữ"].said == "đủ chữ tiếng Việt"


def test_a_postgresql_answers(tmp_path: Path, postgres_url: str) -> None:
    settings = Settings(user="a", database_url=postgres_url)
    assert look(Districts.copied(tmp_path), settings)["cơ sở dữ liệu"].said.startswith("PostgreSQL ")


def test_a_database_that_does_not_open_hides_nothing_else(districts: Districts) -> None:
    looked = look(districts, Settings(database_url="postgresql://127.0.0.1:1/cchc"))
    (finding,) = looked["cơ sở dữ liệu"].findings
    assert finding.what.startswith("không mở được (")
    assert looked["phông chữ"].said == "đủ chữ tiếng Việt"


def test_a_mistake_in_the_province_folder_is_told_with_the_rest(districts: Districts) -> None:
    districts.rewrite("province.yaml", "place:", "plcae:")
    assert look(districts)["thư mục tỉnh"].findings[0].file.endswith("province.yaml")


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(b"khac")])
def test_a_received_file_that_is_gone_or_changed_is_found(
    districts: Districts, change: Callable[[Path], object]
) -> None:
    (path,) = (districts.folder / "var" / "received").glob("??/*")
    change(path)
    finding = only(districts, "tệp đã nhận")
    assert finding.file == str(path)
    assert finding.remedy == "Khôi phục từ bản sao lưu gần nhất"


@pytest.mark.parametrize("table", ["alembic_version", "province", "score_version", "journal"])
def test_a_damaged_page_is_found_in_words_whatever_it_holds(districts: Districts, table: str) -> None:
    with districts.storage.engine.connect() as connection:
        (page,) = connection.execute(
            text("SELECT rootpage FROM sqlite_master WHERE name = :name"), {"name": table}
        ).one()
    districts.storage.engine.dispose()
    with (districts.folder / "var" / "cchc.sqlite").open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xff" * 4096)
    (finding, *_) = look(districts)["cơ sở dữ liệu"].findings
    assert re.search("khôi phục (từ )?bản sao lưu gần nhất", finding.remedy, re.IGNORECASE)


def test_a_clock_that_was_set_back_is_found(districts: Districts) -> None:
    with past_the_guards(districts.storage) as connection:
        later = datetime.now(UTC) + timedelta(hours=3)
        connection.execute(update(JOURNAL).where(JOURNAL.c.id == 3).values(recorded_at=later))
    (finding,) = look(districts)["đồng hồ"].findings
    assert finding.what.startswith("đi sau: đã có dòng ghi lúc ")
    assert finding.remedy == "Bật đồng bộ giờ (NTP) trên máy này"


def test_a_mail_server_that_hangs_is_said_and_holds_nothing_up(districts: Districts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = Settings(
            smtp_host="127.0.0.1", smtp_port=silent.getsockname()[1], smtp_from="a@mau.example", smtp_timeout=0.5
        )
        (finding,) = look(districts, settings)["thư điện tử"].findings
    assert "không trả lời trong 0.5 giây" in finding.what


def test_keys_are_opened_and_their_end_is_told(districts: Districts, tmp_path: Path) -> None:
    authority = Authority()
    person, agency = (authority.certify(name).p12(tmp_path / f"{name}.p12") for name in (PERSON, AGENCY))
    assert look(districts, keys=signing(person, agency))["khóa ký số"].said == "mở được, còn hiệu lực"
    (finding,) = look(districts, keys=signing(person, tmp_path / "khong-co.p12"))["khóa ký số"].findings
    assert finding.file == "khóa của cơ quan"


def test_a_changed_row_is_named(districts: Districts) -> None:
    with past_the_guards(districts.storage) as connection:
        connection.execute(text("DELETE FROM score_version WHERE id = 4"))
    assert "điểm số 4 đã bị xóa" in only(districts, "nhật ký").what


def test_where_the_server_has_never_run_nothing_is_missed(tmp_path: Path) -> None:
    assert examine_schedules(tmp_path, Settings(port=1)).findings == ()


def test_a_server_that_is_down_is_missed_where_it_has_run(tmp_path: Path) -> None:
    (tmp_path / "var" / "prefect").mkdir(parents=True)
    (finding,) = examine_schedules(tmp_path, Settings(port=1)).findings
    assert finding.what == "máy chủ 127.0.0.1:1 không trả lời, không việc nào tự chạy"


def test_an_officer_reads_every_part_and_the_monitoring_gets_the_code(
    districts: Districts, cchc: Callable[..., CompletedProcess[str]]
) -> None:
    sound = cchc("-p", districts.folder, "doctor", CCHC_PORT="1")
    assert (sound.returncode, sound.stderr) == (0, "")
    assert [line[:5] for line in sound.stdout.splitlines()] == ["Tốt  "] * 12
    (path,) = (districts.folder / "var" / "received").glob("??/*")
    path.unlink()
    sick = cchc("-p", districts.folder, "doctor", CCHC_PORT="1")
    assert sick.returncode == 1
    assert "LỖI  tệp đã nhận: 1 tệp, 0 đúng mã băm" in sick.stdout
    assert "thiếu tệp đã nhận. Khôi phục từ bản sao lưu gần nhất." in sick.stderr
