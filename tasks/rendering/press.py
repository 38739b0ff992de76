"""What a child does that prints: imported before children are forked, so that all of them share WeasyPrint.

Nothing but what starts children may import this: WeasyPrint costs seconds and a hundred megabytes.
"""

from dataclasses import replace

import tasks.rendering.style_sheets  # noqa: F401 - see above
from tasks.rendering.orders import read_order
from tasks.rendering.pdf import RenderingError, render_pdf


def printed(order: bytes) -> list[bytes] | str:
    """The PDFs of an order in the order of its documents; or what cannot be printed and why, in words.

    Args:
        order: as `tasks.rendering.orders.written` writes it.
    """
    read = read_order(order)
    documents = [replace(document, images={**read.pictures, **document.images}) for document in read.documents]
    try:
        return [render_pdf(document, read.identifier, read.created) for document in documents]
    except RenderingError as error:
        return str(error)
