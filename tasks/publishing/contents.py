"""What a published paper says of the files beside it: one hash over all of them, so that the folder protects itself.

The hash is over name, size and SHA-256 of every file before signing, the paper itself and the manifest apart, and over
whether they are signed. It stands in the metadata of the paper, under its signatures, and in its QR code: a file that
is taken away, added or replaced together with the manifest does not agree with the paper any more.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from io import BytesIO
from typing import Any

from models.digests import digest

_KEYWORD = "cchc-sha256:"
_IN_KEYWORDS = re.compile(_KEYWORD + r"([0-9a-f]{64})(?![0-9a-f])")


class Signing(StrEnum):
    """Who signs a publication: nobody, the keys of this machine (and the manifest with them), or another program."""

    NOBODY = "nobody"
    HERE = "here"
    ELSEWHERE = "elsewhere"


def content_hash(files: Mapping[str, Mapping[str, Any]], paper: str, signing: Signing) -> str:
    """The hash over everything that is published with a paper.

    Args:
        files: SHA-256 and size of every file before signing, by name.
        paper: the name of the paper itself, which is left out.
        signing: who signs them.
    """
    listed = {name: [entry["sha256"], entry["size"]] for name, entry in files.items() if name != paper}
    return digest({"files": listed, "signing": signing.value})


def keyword_of(content: str) -> str:
    """The hash as the metadata of a PDF bear it."""
    return _KEYWORD + content


def content_borne(pdf: bytes) -> str:
    """The hash that the metadata of a PDF bear; empty where there is none."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        keywords = str(PdfFileReader(BytesIO(pdf), strict=False).trailer_view["/Info"]["/Keywords"])
    except (PdfError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        return ""
    found = _IN_KEYWORDS.search(keywords)
    return found[1] if found else ""
