"""The first page: where the work of each role begins."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from flows.desk import approval
from flows.desk.visiting import Visit, signed_in
from models.roles import Permission

router = APIRouter()


@router.get("/")
def home(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """To what waits: drafts for whoever approves, else the first page of the menu; who has no page is told so."""
    if visit.may(Permission.APPROVE):
        return visit.go(approval.HERE)
    if visit.menu:
        return visit.go(visit.menu[0][0])
    return visit.page("message", "Bàn làm việc", sentence="Tài khoản này chưa có trang nào.", findings=())
