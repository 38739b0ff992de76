"""The administrator's page of the province folder: it and each criteria set as a workbook, out and back in."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.visiting import MenuItem, Visit, allowed, sent
from models.findings import Finding, RefusedError
from models.roles import Permission

router = APIRouter()
_HERE = "/thu-muc-tinh"
MENU = {_HERE: MenuItem("Thư mục tỉnh", (Permission.EDIT_FOLDER,))}
Editing = Annotated[Visit, Depends(allowed(Permission.EDIT_FOLDER))]
SentByEditor = Annotated[Visit, Depends(sent(Permission.EDIT_FOLDER))]


@router.get(_HERE)
def books(visit: Editing) -> Response:
    """What can be taken out, and where it comes back."""
    return _page(visit)


def _page(visit: Visit, findings: list[Finding] | None = None, status: int = 200) -> Response:
    sets = sorted(visit.province.criteria_sets.values(), key=lambda one: one.id)
    return visit.page("folder_books", "Thư mục tỉnh", status, sets=sets, findings=findings or [])


@router.get(f"{_HERE}/bang")
def folder_book(visit: Editing) -> Response:
    """The folder as a workbook."""
    from tasks.editing.folder_book import folder_as_workbook

    return visit.file("thu-muc-tinh.xlsx", folder_as_workbook(visit.province))


@router.get(f"{_HERE}/bo-tieu-chi/{{id}}")
def set_book(visit: Editing, id: str) -> Response:
    """A criteria set as a workbook."""
    from tasks.criteria.as_workbook import set_as_workbook

    if id not in visit.province.criteria_sets:
        raise HTTPException(404)
    return visit.file(f"{id}.xlsx", set_as_workbook(visit.province, id))


@router.post(_HERE)
def take_back(visit: SentByEditor, workbook: Annotated[UploadFile, File()]) -> Response:
    """An edited workbook: what it changes is written, or what is wrong with it is said at the cell."""
    from tasks.criteria.coming_back import changed_by_file
    from tasks.editing.changing import write_and_record

    if not workbook.filename or not workbook.size:
        return _page(
            visit, [Finding("tệp", 0, "chưa chọn tệp, hoặc tệp không có nội dung", "Chọn tệp rồi gửi lại")], 422
        )
    try:
        checked = changed_by_file(visit.desk.folder, workbook.file.read(), workbook.filename)
    except RefusedError as refused:
        return _page(visit, refused.findings, 422)
    write_and_record(visit.storage, visit.desk.folder, checked.changes, "workbook", visit.now)
    said = "; ".join(f"{change.name}: {change.lines_said}" for change in checked.changes)
    return visit.go(_HERE, f"Đã ghi. {said}." if said else "Không có gì thay đổi.")
