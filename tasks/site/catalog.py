"""The site's table of contents as data, for programs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.site.editions import Edition
from tasks.site.files import Offered
from tasks.site.reports import ReportEdition


def catalog(
    editions: Sequence[Edition],
    reports: Sequence[ReportEdition],
    offered: Mapping[str, Sequence[Offered]],
    province: str,
) -> bytes:
    """What the site holds, for programs: every decision and every report with its files, newest first."""
    values: dict[str, Any] = {
        "format": "cchc-site/1",
        "province": province,
        "editions": [
            {
                "year": edition.ruling.year,
                "decision": edition.ruling.notation,
                "date": edition.ruling.day.isoformat(),
                "replaces": edition.ruling.replaces or None,
                "replaced_by": edition.replaced_by.notation if edition.replaced_by else None,
                "page": f"{edition.place}/index.html",
                "files": _listed(edition.place, offered),
            }
            for edition in editions
        ],
    }
    if reports:
        values["reports"] = [
            {
                "period": str(report.ruling.period),
                "report": report.ruling.notation,
                "date": report.ruling.day.isoformat(),
                "replaces": report.ruling.replaces or None,
                "replaced_by": report.replaced_by.notation if report.replaced_by else None,
                "page": f"{report.place}/index.html",
                "files": _listed(report.place, offered),
            }
            for report in reports
        ]
    return json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"


def _listed(place: str, offered: Mapping[str, Sequence[Offered]]) -> list[dict[str, Any]]:
    return [{"path": f"{place}/{file.path}", "sha256": file.sha256, "size": file.size} for file in offered[place]]
