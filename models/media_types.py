"""Which sort of file it is, as browsers and mail programs are told: by the ending of a name that we gave ourselves."""

UNKNOWN = "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_BY_ENDING = {
    "csv": "text/csv; charset=utf-8",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}


def media_type_of(name: str) -> str:
    """The media type of a file with this name; of bytes of no known sort where the ending says nothing."""
    return _BY_ENDING.get(name.rpartition(".")[2], UNKNOWN)
