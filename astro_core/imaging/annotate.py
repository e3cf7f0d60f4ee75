"""Boxes and words drawn on a picture, to be looked at without the program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from astro_core.domain import Boxes

_Place = tuple[int, ...]  # x0, y0, x1, y1
_DASH_PX = 6
_INK = (255, 255, 255)
_BEHIND = (0, 0, 0)


def draw_boxes(
    image: NDArray[np.uint8], boxes: Boxes, captions: Sequence[str], colours: Sequence[str]
) -> NDArray[np.uint8]:
    """Draw dashed boxes, as all that a model says, with a caption at each where there is room.

    Parameters
    ----------
    image : array of uint8, shape (height, width, 3)
    captions : sequence of str
        One per box, the most important first: one that would cover another is left out, and so
        is an empty one.
    colours : sequence of str
        One per box, as "#RRGGBB".

    Returns
    -------
    array of uint8, shape (height, width, 3)
    """
    canvas = Image.fromarray(np.ascontiguousarray(image))
    pen = ImageDraw.Draw(canvas)
    short = min(image.shape[:2])
    thick, size = max(1, short // 250), max(11, short // 32)
    places = [tuple(round(float(v)) for v in corners) for corners in boxes.corners]
    inks = [ImageColor.getrgb(colour) for colour in colours]
    for place, ink in zip(places, inks, strict=True):
        _dashed(pen, place, ink, thick)
    taken: list[_Place] = []
    for place, caption, ink in zip(places, captions, inks, strict=True):
        room = _room(pen, place, caption, size)
        if caption and not any(_overlap(room, other) for other in taken):
            _write(pen, room, caption, ink, size)
            taken.append(room)
    return np.asarray(canvas)


def _dashed(
    pen: ImageDraw.ImageDraw,
    corners: _Place,
    colour: tuple[int, ...],
    thick: int,
) -> None:
    x0, y0, x1, y1 = corners
    pen.rectangle(corners, outline=_BEHIND, width=thick + 1)
    dash = _DASH_PX * thick
    for start in range(x0, x1, 2 * dash):
        for y in (y0, y1):
            pen.line([(start, y), (min(start + dash, x1), y)], fill=colour, width=thick)
    for start in range(y0, y1, 2 * dash):
        for x in (x0, x1):
            pen.line([(x, start), (x, min(start + dash, y1))], fill=colour, width=thick)


def _room(pen: ImageDraw.ImageDraw, box: _Place, text: str, size: int) -> _Place:
    """Find where a caption goes: above the box, or in it where there is no room above."""
    wide = round(pen.textlength(text, font_size=size)) + 7
    high = round(size * 1.3)
    x = max(0, min(box[0], pen.im.size[0] - wide))
    y = box[1] - high if box[1] >= high else box[1] + 1
    return (x, y, x + wide - 1, y + high - 1)


def _overlap(one: _Place, other: _Place) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def _write(
    pen: ImageDraw.ImageDraw, room: _Place, text: str, ink: tuple[int, ...], size: int
) -> None:
    x0, y0, _, y1 = room
    pen.rectangle(room, fill=_BEHIND)
    pen.rectangle((x0, y0, x0 + 1, y1), fill=ink)
    pen.text((x0 + 4, (y0 + y1) / 2), text, fill=_INK, font_size=size, anchor="lm")
