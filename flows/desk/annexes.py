"""A printed annex of criteria read at the desk: what was recognised, what is not sure, and the YAML to take away.

Nothing is written: the set gets into the province folder by whoever keeps it.
"""

from base64 import b64encode
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile
from fastapi.responses import Response

from flows.desk.visiting import MenuItem, Visit, allowed, sent
from models.findings import RefusedError
from models.roles import Permission
from tasks.criteria.annex_rows import names_in
from tasks.criteria.importing import ImportedSet, import_annex
from tasks.criteria.new_sets import earlier_sets, id_of_file
from tasks.reading.file_names import shown_name

router = APIRouter()
_PAGE = "/phu-luc"
_READING = (Permission.RUN_ROUND, Permission.MANAGE_ACCOUNTS)
MENU = {_PAGE: MenuItem("Phụ lục", (Permission.MANAGE_ACCOUNTS,))}
Reading = Annotated[Visit, Depends(allowed(*_READING))]
Sending = Annotated[Visit, Depends(sent(*_READING))]


@router.get(_PAGE)
def ask(visit: Reading) -> Response:
    """The form that takes an annex."""
    return _page(visit)


@router.post(_PAGE)
def read(visit: Sending, annex: Annotated[UploadFile, File()]) -> Response:
    """Read an annex; the page says how each leaf was taken, or why there is no set."""
    content = annex.file.read()
    if not annex.filename or not content:
        return _page(visit, trouble=["Chưa chọn tệp, hoặc tệp không có nội dung."], status=422)
    name = shown_name(annex.filename)
    id = id_of_file(PurePath(name).stem) or "bo-tieu-chi"
    title = f"Bộ tiêu chí đọc từ {name}"
    earlier = earlier_sets(visit.province.criteria_sets)
    try:
        imported = import_annex(content, name, id, title, names_in(visit.province), earlier)
    except RefusedError as refused:
        return _page(visit, trouble=[str(finding) for finding in refused.findings], status=422)
    return _page(visit, imported=imported)


def _page(
    visit: Visit, imported: ImportedSet | None = None, trouble: list[str] | None = None, status: int = 200
) -> Response:
    unsure = [leaf for leaf in imported.leaves if leaf.doubt] if imported else []
    return visit.page(
        "annex",
        "Đọc phụ lục bộ tiêu chí",
        status=status,
        imported=imported,
        unsure=unsure,
        text=b64encode(imported.text.encode()).decode() if imported else "",
        trouble=trouble or [],
    )
