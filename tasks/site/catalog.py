"""The site's table of contents as data, for programs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.site.editions import Edition
from tasks.site.files import Offered
from tasks.site.papers import PaperEdition
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
        "editions": [_entry({"year": one.ruling.year}, one, offered) for one in editions],
    }
    if reports:
        values["reports"] = [_entry({"period": str(one.period)}, one, offered) for one in reports]
    return json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"


def _entry(of: dict[str, Any], edition: PaperEdition, offered: Mapping[str, Sequence[Offered]]) -> dict[str, Any]:
    """One paper: what it is of, its numbering, where it is."""
    ruling = edition.ruling
    return {
        **of,
        ruling.kind.entry: ruling.notation,
        "date": ruling.day.isoformat(),
        "replaces": ruling.replaces or None,
        "replaced_by": edition.replaced_by.notation if edition.replaced_by else None,
        "page": f"{edition.place}/index.html",
        "files": _listed(edition.place, offered),
    }


def _listed(place: str, offered: Mapping[str, Sequence[Offered]]) -> list[dict[str, Any]]:
    return [{"path": f"{place}/{file.path}", "sha256": file.sha256, "size": file.size} for file in offered[place]]
