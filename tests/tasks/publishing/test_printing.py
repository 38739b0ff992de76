"""Many documents side by side: the same bytes whoever prints them, nothing left behind, every trouble told."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from models.side_by_side import SideBySide, in_threads, one_by_one
from models.working_days import VIETNAM
from tasks.publishing import printing
from tasks.publishing.printing import print_all
from tasks.reading.child import Limits
from tasks.rendering.pdf import Document, RenderingError, pictures_in, render_pdf
from tests.tasks.rendering.test_pdf import PIXEL

pytestmark = pytest.mark.slow

CREATED = datetime(2026, 1, 5, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def printed_once() -> None:
    """Here everything is printed when it is ordered."""


def document(name: str, words: str = "Chỉ số", body: str = "") -> Document:
    html = f'<p style="font-family: Times New Roman, Liberation Serif">{words}</p>{body}'
    return Document(name, "Trang", f'<!DOCTYPE html><html lang="vi"><title>Trang</title><body>{html}</body></html>')


def some(count: int) -> list[Document]:
    """Documents that make several jobs, the larger ones later."""
    return [document(f"trang-{number}.pdf", body=f"<!--{'.' * (27_000 + number)}-->") for number in range(count)]


def printed(documents: Sequence[Document], province: Path, way: SideBySide = in_threads) -> dict[str, bytes]:
    return print_all(documents, "snapshot", CREATED, pictures_in(province / "images"), province, way)


def left(province: Path) -> list[Path]:
    return [path for path in (province / "var").rglob("*") if path.is_file()]


def test_whoever_prints_the_bytes_and_their_order_are_the_same_and_the_store_is_empty_again(tmp_path: Path) -> None:
    documents = some(5)
    said = []

    def watched(function, jobs, said_of=str) -> Iterator:  # type: ignore[no-untyped-def, type-arg]
        said.extend(map(said_of, jobs))
        return in_threads(function, jobs)

    alone = printed(documents, tmp_path, one_by_one)
    together = printed(documents, tmp_path, watched)
    here = {each.name: render_pdf(each, "snapshot", CREATED) for each in documents}
    assert together == alone == here
    assert list(together) == [each.name for each in documents]
    assert said == ["in trang-4.pdf, trang-3.pdf", "in trang-2.pdf, trang-1.pdf", "in trang-0.pdf"]
    assert left(tmp_path) == []


def test_pictures_of_the_province_go_with_the_documents(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "huy-hieu.PNG").write_bytes(PIXEL)
    (tmp_path / "images" / "ra-ngoai.png").symlink_to("/etc/hostname")
    with_picture = document("trang.pdf", body='<img src="huy-hieu.PNG" alt="Huy hiệu">')
    assert printed([with_picture], tmp_path)["trang.pdf"].startswith(b"%PDF")
    outside = document("trang.pdf", body='<img src="ra-ngoai.png" alt="Huy hiệu">')
    with pytest.raises(RenderingError, match=r"trang\.pdf: không có tệp ra-ngoai\.png"):
        printed([outside], tmp_path)


def test_an_error_names_its_document_and_leaves_nothing(tmp_path: Path) -> None:
    broken = document("hong.pdf", body='<img src="khong-co.png" alt="x">')
    with pytest.raises(RenderingError, match=r"hong\.pdf: không có tệp khong-co\.png"):
        printed([*some(3), broken], tmp_path)
    assert left(tmp_path) == []


def test_a_document_that_takes_too_much_is_told_and_ends_its_own_process_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_LIMITS", Limits(memory=2**31, cpu=1, wall=20))
    with pytest.raises(RenderingError, match=r"trang-0\.pdf: tiến trình kết xuất PDF mất quá nhiều thời gian"):
        printed([document("trang-0.pdf", "<b>số</b> " * 60_000)], tmp_path)
