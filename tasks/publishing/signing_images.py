"""Pictures of signature and seal as they stand on paper: blue ink, red seal, transparent ground.

Source: Nghị định 30/2020/NĐ-CP, annex I.
"""

from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from models.findings import RefusedError, refusal

Ink = tuple[int, int, int]
BLUE: Ink = (16, 42, 160)
RED: Ink = (214, 16, 32)
_LARGEST = 1600
_VISIBLE = 24


def in_ink(path: Path, shown_as: str, ink: Ink) -> Image.Image:
    """A picture in its ink on a transparent ground, cut to what is drawn.

    A picture that already has both stays as it is; a scan on white paper loses the paper, black ink gets the colour.

    Args:
        path: a PNG file.
        shown_as: its name in messages.
        ink: BLUE for a signature, RED for a seal.

    Raises:
        RefusedError: the file is missing, no PNG picture, or has nothing drawn on it.
    """
    picture = _read(path, shown_as)
    alpha = picture.getchannel("A")
    has_ground = alpha.getextrema() != (255, 255)
    drawn = alpha if has_ground else _darkness(picture)
    box = drawn.point(lambda value: 255 if value > _VISIBLE else 0).getbbox()
    if box is None:
        raise refusal(shown_as, "hình không có nét nào", "Thay bằng hình PNG nền trong suốt")
    if not (has_ground and _is_of(picture, ink)):
        visible = ImageChops.multiply(alpha, _darkness(picture))
        picture = Image.new("RGBA", picture.size, (*ink, 0))
        picture.putalpha(visible)
    picture = picture.crop(box)
    picture.thumbnail((_LARGEST, _LARGEST))
    return picture


def _read(path: Path, shown_as: str) -> Image.Image:
    try:
        with Image.open(path, formats=("PNG",)) as opened:
            return opened.convert("RGBA")
    except FileNotFoundError:
        raise refusal(shown_as, "không có tệp hình này", "Đặt tệp vào thư mục images/ của tỉnh") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _no_picture(shown_as) from None


def _no_picture(shown_as: str) -> RefusedError:
    return refusal(shown_as, "không phải hình PNG đọc được", "Thay bằng hình PNG nền trong suốt")


def _darkness(picture: Image.Image) -> Image.Image:
    """How far each point is from white: paper 0, black or full colour 255."""
    red, green, blue = picture.convert("RGB").split()
    return ImageChops.invert(ImageChops.darker(ImageChops.darker(red, green), blue))


def _is_of(picture: Image.Image, ink: Ink) -> bool:
    """Whether what is drawn is mainly of the ink's colour."""
    means = ImageStat.Stat(picture.convert("RGB"), mask=picture.getchannel("A")).mean
    strongest = means.pop(ink.index(max(ink)))
    return strongest > 1.3 * max(means)
