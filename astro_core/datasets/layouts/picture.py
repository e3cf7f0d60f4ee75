"""Pictures: one file per object, in display colours or grey."""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, TiffImagePlugin, UnidentifiedImageError

from astro_core.datasets.layouts.base import LAYOUTS, LayoutSpec, Row, inside
from astro_core.domain import ImagePart, Pixels
from astro_core.errors import BadInputError

COLOUR = ("R", "G", "B")
GREY = ("grey",)
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".jp2", ".pgm", ".ppm"}
)
FORMATS = ("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "JPEG2000", "PPM")
MAX_PIXELS = 8192 * 8192
_ORIENTATION = 0x0112  # of Exif
_ON_THEIR_SIDE = (5, 6, 7, 8)
_MAX_VALUES = 8  # colours of a pixel, and what some programs add to them
_GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    zlib.error,
)


def is_picture(name: str) -> bool:
    """Whether a file name looks like one of a picture."""
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - ten times Path.suffix


def _refuse_size(file: str, width: int, height: int, n_values: int = 1) -> None:
    if width * height > MAX_PIXELS or n_values > _MAX_VALUES:
        raise BadInputError(
            f"'{file}' is too large to be opened safely",
            expected=f"at most {MAX_PIXELS:,} pixels with {_MAX_VALUES} values each",
            given=f"{width:,} x {height:,} with {n_values:,}",
            todo="Cut it into smaller pictures",
        )


def _open(path: Path) -> Image.Image:
    return Image.open(path, formats=FORMATS)


def _is_deep_colour_tiff(image: Image.Image) -> bool:
    """Whether Pillow would get it wrong: colour TIFF of more than 8 bits a colour."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return False
    bits = image.tag_v2.get(258, (8,))
    return len(bits) >= 3 and max(bits) > 8


def stretch_to_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale numbers to 0..255 between their own smallest and largest; NaN becomes 0."""
    numbers = values.astype(np.float32)
    good = np.isfinite(numbers)
    if not good.any():
        raise BadInputError("The picture holds no numbers, only NaN")
    low = float(np.min(numbers, where=good, initial=np.inf))
    high = float(np.max(numbers, where=good, initial=-np.inf))
    numbers -= low  # in place: of a large picture one copy is enough
    numbers *= 255.0 / (high - low) if high > low else 0.0
    np.rint(numbers, out=numbers)
    numbers[~good] = 0
    return numbers.astype(np.uint8)


def _on_black(image: Image.Image) -> Image.Image:
    """Lay a picture with transparency on black, as the sky is."""
    rgba = image.convert("RGBA")
    black = Image.new("RGBA", rgba.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, rgba)


def _upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image) if image.getexif().get(_ORIENTATION, 1) != 1 else image


def _upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height after `_upright`, without reading the pixels."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return image.size  # Pillow has swapped them already
    exif = Image.Image.getexif(image)  # that of a PNG reads all pixels first
    return image.size[::-1] if exif.get(_ORIENTATION) in _ON_THEIR_SIDE else image.size


def _planes(image: Image.Image, grey: bool) -> NDArray[np.uint8]:
    image = _upright(image)
    if image.mode in _DEEP_MODES:
        plane = stretch_to_bytes(np.asarray(image))
        return plane[None] if grey else np.repeat(plane[None], 3, axis=0)
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        image = _on_black(image)
    values = np.asarray(image.convert("L" if grey else "RGB"))
    return values[None] if grey else values.transpose(2, 0, 1)


def _planes_of_deep_tiff(path: Path, file: str, grey: bool) -> NDArray[np.uint8]:
    """Read what Pillow cannot: 16-bit and floating-point colour TIFF."""
    import tifffile

    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages.first
        _refuse_size(file, page.imagewidth, page.imagelength, page.samplesperpixel)
        values = page.asarray()
        if page.axes == "SYX":
            values = np.moveaxis(values, 0, -1)
    values = values if values.dtype == np.uint8 else stretch_to_bytes(values)
    if values.ndim == 2:
        values = np.repeat(values[..., None], 3, axis=2)
    colour = values[..., :3].transpose(2, 0, 1)
    return colour.mean(axis=0, keepdims=True).astype(np.uint8) if grey else colour


def _read_planes(path: Path, file: str, grey: bool) -> NDArray[np.uint8]:
    try:
        with _open(path) as image:
            _refuse_size(file, *image.size, len(image.getbands()))
            if not _is_deep_colour_tiff(image):
                return _planes(image, grey)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadInputError(
            f"'{file}' is too large to be opened safely", expected=f"at most {MAX_PIXELS:,} pixels"
        ) from None
    except UnidentifiedImageError:
        if path.suffix.lower() not in (".tif", ".tiff"):
            raise
    return _planes_of_deep_tiff(path, file, grey)


def _read(root: Path, part: ImagePart, row: Row) -> Pixels:
    """Read one picture; 16-bit and floating-point ones are scaled to 8 bit by their own range."""
    file = str(row["file"])
    path = inside(root, file)
    if not path.is_file():
        raise BadInputError(f"'{file}' is missing", todo="Put the file back or drop the object")
    if path.stat().st_size == 0:
        raise BadInputError(f"'{file}' is empty, 0 bytes")
    try:
        values = _read_planes(path, file, part.bands == GREY)
    except BadInputError:
        raise
    except UnidentifiedImageError:
        raise BadInputError(f"'{file}' is not a picture that can be read") from None
    except MemoryError:
        raise BadInputError(
            f"'{file}' is damaged, or too large for the memory that may be taken"
        ) from None
    except _BROKEN as error:
        raise BadInputError(f"'{file}' is damaged or cut short", given=str(error)) from None
    return Pixels(object_id=str(row["object_id"]), bands=part.bands, values=values, display=True)


@dataclass(frozen=True, kw_only=True)
class PictureHead:
    """What a picture's header says.

    Attributes
    ----------
    kind : str
        Format as Pillow calls it: "JPEG".
    width, height : int
        Of the upright picture, as it is read.
    deep : bool
        More than 8 bits a colour; `read` scales it by its own range.
    """

    kind: str
    width: int
    height: int
    grey: bool
    deep: bool


def picture_head(path: Path) -> PictureHead | None:
    """Read a picture's header; None where there is none that Pillow understands."""
    try:
        with _open(path) as image:
            width, height = _upright_size(image)
            return PictureHead(
                kind=str(image.format),
                width=width,
                height=height,
                grey=image.mode in _GREY_MODES,
                deep=image.mode in _DEEP_MODES or _is_deep_colour_tiff(image),
            )
    except (
        *_BROKEN,
        MemoryError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        return None


def picture_mode(path: Path) -> str:
    """Return "grey" or "colour" from a picture's header, "" where it cannot be read."""
    head = picture_head(path)
    return "" if head is None else "grey" if head.grey else "colour"


def _files(_part: ImagePart, row: Row) -> tuple[str, ...]:
    return (str(row["file"]),)


PICTURE = LAYOUTS.add(
    LayoutSpec(name="picture", label="Picture per object", read=_read, files=_files)
)
