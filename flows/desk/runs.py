"""The page of runs: what the program did by itself or on demand, how it ended, and why something failed."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from flows.desk.visiting import MenuItem, Visit, allowed
from flows.waiting import recent_runs
from models.findings import Finding, RefusedError
from models.roles import Permission

router = APIRouter()
_HERE = "/lan-chay"
MENU = {_HERE: MenuItem("Lần chạy", (Permission.SEE_RUNS,))}
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_RUNS))]


@router.get(_HERE)
def listed(visit: Seeing) -> Response:
    """The newest runs of this province."""
    trouble: Sequence[Finding] = ()
    try:
        runs = recent_runs(visit.desk.folder)
    except RefusedError as refused:
        runs, trouble = [], refused.findings
    return visit.page("runs", "Lần chạy", runs=runs, trouble=trouble)
