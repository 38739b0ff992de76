"""The officer's page that holds a text, pasted or uploaded, against what is published of a year."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response

from flows.desk.round import known_year
from flows.desk.visiting import Visit, allowed, sent
from models.records.evidence import UnopenedEvidence
from models.records.read_texts import ReadText
from models.roles import Permission
from tasks.proofreading.gathering import known_in, proofread_text
from tasks.proofreading.statements import Verdict
from tasks.reading.kept_evidence import read_text
from tasks.reading.texts import MOST_LETTERS, of_plain

router = APIRouter()
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Asking = Annotated[Visit, Depends(sent(Permission.SEE_ROUND))]


@router.get("/ky/{year}/soat-van-ban")
def asked(visit: Seeing, year: int) -> Response:
    """Where a text is pasted or a file chosen."""
    known_year(visit, year)
    return _page(visit, year)


@router.post("/ky/{year}/soat-van-ban")
def held(
    visit: Asking,
    year: int,
    text: Annotated[str, Form()] = "",
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """The text with what is wrong, unclear or unread of it; nothing of it is kept."""
    known_year(visit, year)
    known = known_in(visit.province, visit.storage, year)
    chosen = [file for file in files or () if file.filename]
    read = _uploaded(chosen[0]) if chosen else of_plain(text[:MOST_LETTERS])
    if isinstance(read, UnopenedEvidence):
        return _page(visit, year, text=text, refused=f"{read.what}. {read.remedy}.", status=422)
    if not read.paragraphs:
        return _page(visit, year, refused="Chưa có văn bản nào: dán vào ô hoặc chọn tệp.", status=422)
    return _page(visit, year, text=text, done=proofread_text(read, known))


def _uploaded(file: UploadFile) -> ReadText | UnopenedEvidence:
    """A file as a child process reads it; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cchc-soat-") as folder:
        path = Path(folder) / "van-ban"
        path.write_bytes(file.file.read())
        return read_text(path)


def _page(visit: Visit, year: int, status: int = 200, **data: object) -> Response:
    shown = {"text": "", "refused": "", "done": None}
    return visit.page("proofreading", f"Soát văn bản, kỳ {year}", status, year=year, verdicts=Verdict, **shown | data)
