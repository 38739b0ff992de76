"""Which form a kept file of another format is → the form written anew, into which its values can be copied."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from models.findings import RefusedError
from models.forms.descriptions import FormIdentity, form_file_name
from models.progress.periods import read_period
from models.province.folder import Province
from models.records.storage import Storage

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_BEGINNING = 200  # bytes that tell what a file is


def blank_form(
    province: Province, storage: Storage, kept: Path, identity: FormIdentity | None, day: date
) -> bytes | None:
    """The form that a kept .xls or .ods is, written anew; None for an .xlsx, or where nobody can tell whose form it is.

    Args:
        province: the checked folder.
        storage: what is recorded.
        kept: where the file's bytes lie; only its first bytes are looked at.
        identity: which form it is.
        day: on which it came.
    """
    with kept.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if identity is None or not (beginning.startswith(_OLD) or _OPEN_DOCUMENT in beginning):
        return None
    from tasks.forms.month_records import write_months  # what writes workbooks is loaded where one is written only
    from tasks.forms.writing import write_forms

    kind, subject = identity.kind, identity.subject
    with TemporaryDirectory() as folder:
        into = Path(folder)
        try:
            if identity.period:
                paths = write_months(province, storage, read_period(identity.period), (subject,), into, day)
            else:
                paths = write_forms(province, storage, identity.year, kind, (subject,) if kind.of_a_unit else (), into)
        except RefusedError:  # the unit or round is gone since: there is no such form any more
            return None
        if not identity.period:
            paths = [path for path in paths if path.name == form_file_name(kind, identity.year, subject)]
        return paths[0].read_bytes() if paths else None
