"""Image arrays to what a browser shows."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from astro_core.imaging import resize_square

QUALITY = 90
_KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))


def _picture(image: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(image))


def jpeg_bytes(image: NDArray[np.uint8], *, quality: int = QUALITY) -> bytes:
    """Write an image of shape (height, width, 3) or (height, width) as JPEG.

    Colour is kept at full resolution (4:4:4): small red and blue knots are what people look for.
    """
    stream = io.BytesIO()
    _picture(image).save(stream, "JPEG", quality=quality, subsampling=0)
    return stream.getvalue()


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """Write an image of shape (height, width, 3) or (height, width) as PNG, without loss."""
    stream = io.BytesIO()
    _picture(image).save(stream, "PNG", compress_level=3)
    return stream.getvalue()


def data_uri(content: bytes) -> str:
    """Return PNG, JPEG or WebP content as an address that holds the image itself."""
    kind = next((kind for start, kind in _KINDS if content.startswith(start)), "image/png")
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def fit(image: NDArray[np.uint8], tile_px: int) -> NDArray[np.uint8]:
    """Return a square image so that a browser shows it at `tile_px` without blurring it.

    An image of which `tile_px` is a whole multiple stays as it is (the browser repeats its
    pixels); any other is resized with Lanczos.
    """
    return image if tile_px % image.shape[0] == 0 else resize_square(image, tile_px)


def fit_within(image: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """Return an image whose longer side is no longer than that, made smaller with Lanczos."""
    if max(image.shape[:2]) <= longest_px:
        return image
    picture = _picture(image)
    picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def square_tile(image: NDArray[np.uint8], tile_px: int) -> bytes:
    """JPEG of an image of any shape in the middle of a black square, for a tile of `tile_px`."""
    picture = _picture(fit_within(image, 2 * tile_px))
    side = max(picture.size)
    square = Image.new("RGB", (side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return jpeg_bytes(np.asarray(square))


def tile_bytes(image: NDArray[Any], tile_px: int) -> bytes:
    """JPEG of a square image, ready for a tile of `tile_px`."""
    return jpeg_bytes(fit(image, tile_px))
