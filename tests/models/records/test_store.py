"""The store: bytes by their SHA-256, in a folder, in memory, and on a real server that speaks S3."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.clusters import s3_server
from models.findings import RefusedError
from models.records.store import RECEIVED, WORK, LostBytesError, Store
from models.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def s3() -> Iterator[None]:
    with s3_server("cchc") as settings, pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(params=["folder", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "s3":
        request.getfixturevalue("s3")
    address = {"folder": None, "memory": f"memory://{uuid4().hex}/{{province}}", "s3": f"s3://cchc/{uuid4().hex}"}
    return Store.of(tmp_path / "tinh", Settings(store=address[request.param]))


def test_what_is_laid_down_is_found_by_its_hash_and_taken_away_again(store: Store) -> None:
    key = store.put(b"xin ch\xc3\xa0o")
    assert key == store.put(b"xin ch\xc3\xa0o") == sha256(b"xin ch\xc3\xa0o").hexdigest()
    assert (store.get(key), store.has(key), list(store.listed(WORK))) == (b"xin ch\xc3\xa0o", True, [key])
    assert list(store.listed(RECEIVED)) == []
    store.remove(key)
    store.remove(key)
    assert not store.has(key)
    with pytest.raises(LostBytesError, match="is not in the store"):
        store.get(key)


def test_a_place_of_its_own_is_taken_away_whole_and_alone(store: Store) -> None:
    others, own = store.put(b"of others"), f"{WORK}/own"
    keys = [store.put(content, own) for content in (b"one", b"two", b"of others")]
    store.clear(own)
    store.clear(own)
    assert [store.has(key, own) for key in keys] == [False, False, False]
    assert store.get(others) == b"of others"


def test_a_received_file_comes_in_pieces_and_lies_on_this_machine_when_it_is_opened(store: Store) -> None:
    key = store.put_pieces((b"first", b"second"))
    assert store.local(key).read_bytes() == b"firstsecond"
    assert store.local(key) == store.local(key)
    assert list(store.listed()) == [key]

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the line is cut")

    with pytest.raises(OSError, match="cut"):
        store.put_pieces(broken())
    assert list(store.listed()) == [key]


def test_bytes_that_are_not_what_was_laid_down_are_never_given_out(tmp_path: Path) -> None:
    store = Store.of(tmp_path, Settings())
    key = store.put(b"right")
    (tmp_path / "var" / WORK / key[:2] / key).write_bytes(b"wrong")
    with pytest.raises(LostBytesError, match="not what was laid there"):
        store.get(key)


def test_an_address_that_nobody_knows_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="không mở được “khong-biet://kho”"):
        Store.of(tmp_path, Settings(store="khong-biet://kho"))


def test_a_folder_of_the_store_is_the_same_for_all_who_name_it(tmp_path: Path) -> None:
    here, there = (Store.of(tmp_path / name, Settings(store=str(tmp_path / "kho"))) for name in ("a", "b"))
    assert there.get(here.put(b"form")) == b"form"
    assert list((tmp_path / "kho").iterdir()) == [tmp_path / "kho" / WORK]
