"""Where the results of a decision are found on the web, and the QR code that leads there.

The address is known before the site exists: it follows from the province's own address, the year and the decision.
"""

import re

from models.province.config import ProvinceConfig
from models.wording import unaccented


def edition_folder(year: int, notation: str) -> str:
    """The folder of one decision's results on the site: `2025/05-qd-ubnd` for 05/QĐ-UBND."""
    return f"{year}/{slug(notation)}"


def slug(text: str) -> str:
    """A text as part of an address: `05/QĐ-UBND` → `05-qd-ubnd`."""
    return re.sub(r"[^a-z0-9]+", "-", unaccented(text)).strip("-")


def results_address(config: ProvinceConfig, year: int, notation: str) -> str | None:
    """The address of one decision's results, None where province.yaml names none (`site.address`).

    Args:
        config: the province.
        year: the year of the index.
        notation: number and symbol of the decision as printed: `05/QĐ-UBND`.
    """
    address = config.site.address
    return f"{address}/{edition_folder(year, notation)}/" if address else None


def qr_svg(text: str) -> str:
    """A QR code as an SVG element without a size of its own: black on white, its quiet zone inside.

    Error correction M: an eighth of the modules may be lost to print and stamp.
    """
    import segno

    return str(segno.make_qr(text, error="m").svg_inline(omitsize=True, light="#fff"))
