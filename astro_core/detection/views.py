"""What the detector is shown while it learns: windows of pictures, never twice alike.

A window is cut at any scale around a galaxy, turned, and developed as another camera, another
survey or another person might have: so that what was learned on simulated pictures holds for real
ones.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from astro_core.detection.matching import Marked

_AT_A_GALAXY = 0.8  # chance that a window is cut around one
_FARTHEST = 4.0  # sky in a window, in windows
_BEYOND = 1.3  # a window may show so much more than the picture; black around it
_LEAST_PX = 4.0  # smaller galaxies are nothing that could be found
_LEAST_SEEN = 0.5  # share of a box; what is cut off more than that is unsure
_FAINTEST = 4.0  # signal to noise below which nobody can tell


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """Pictures of any size and shape with the true boxes of their galaxies.

    Attributes
    ----------
    pixels : sequence of array of uint8, shape (height, width, 3)
        May be memory-mapped.
    boxes : tuple of array of float32, shape (n_galaxies, 5)
        For each picture x0, y0, x1, y1 in px and the signal to noise.
    """

    pixels: Sequence[NDArray[np.uint8]]
    boxes: tuple[NDArray[np.float32], ...]

    def take(self, places: Iterable[int]) -> Scenes:
        """Return some of the pictures."""
        chosen = list(places)
        return Scenes(
            pixels=[self.pixels[i] for i in chosen], boxes=tuple(self.boxes[i] for i in chosen)
        )


def gather(
    pictures: Iterable[tuple[NDArray[np.uint8], NDArray[np.float32]]], folder: Path
) -> Scenes:
    """Write pictures to a file that is gone with the process, and map it.

    Parameters
    ----------
    pictures : iterable of (image, boxes)
        One or more, as `Scenes` has them.
    folder : Path
        Where there is room.
    """
    shapes, boxes = [], []
    with tempfile.TemporaryFile(dir=folder) as out:
        for image, marked in pictures:
            out.write(image.tobytes())
            shapes.append(image.shape)
            boxes.append(marked)
        out.flush()
        values = np.asarray(np.memmap(out, dtype=np.uint8, mode="r"))
    parts = np.split(values, np.cumsum([np.prod(shape) for shape in shapes])[:-1])
    pixels = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    return Scenes(pixels=pixels, boxes=tuple(boxes))


def draw_window(
    scenes: Scenes, place: int, size_px: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Marked]:
    """Draw a window of one picture, and what is marked in it."""
    pixels, boxes = scenes.pixels[place], scenes.boxes[place]
    x, y, side = _region(boxes, pixels.shape, size_px, rng)
    left, top = max(x, 0), max(y, 0)  # only what is seen is copied, and what lies beyond is black
    near = Pillow.fromarray(pixels[top : y + side, left : x + side])
    cut = near.crop((x - left, y - top, x - left + side, y - top + side))
    image = np.asarray(cut.resize((size_px, size_px), Pillow.Resampling.BILINEAR))
    seen = boxes.copy()
    seen[:, :4] = (boxes[:, :4] - np.array([x, y, x, y], np.float32)) * (size_px / side)
    image, seen[:, :4] = _turned(image, seen[:, :4], int(rng.integers(8)))
    return develop(image, rng), _marked(seen, size_px)


def _region(
    boxes: NDArray[np.float32], shape: Sequence[int], size_px: int, rng: np.random.Generator
) -> tuple[int, int, int]:
    """Column, row and side of a square of the picture."""
    sides = np.array([shape[1], shape[0]])
    longest = min(_BEYOND * sides.min(), _FARTHEST * size_px)
    shortest = min(size_px / 2, longest)
    middle = rng.uniform(0, sides)
    reach = 0.0
    if len(boxes) and rng.random() < _AT_A_GALAXY:
        box = boxes[rng.integers(len(boxes)), :4]
        reach = float((box[2:] - box[:2]).max())
        middle = (box[:2] + box[2:]) / 2
    side = round(np.exp(rng.uniform(np.log(min(max(shortest, reach), longest)), np.log(longest))))
    slack = (side - reach) / 2 if reach else 0.0
    corner = np.rint(middle + rng.uniform(-1, 1, 2) * slack - side / 2)
    edge = (_BEYOND - 1) * sides / 2  # no window is mostly black
    x, y = np.clip(corner, -edge, np.maximum(sides + edge - side, -edge))
    return round(x), round(y), side


def _turned(
    image: NDArray[np.uint8], boxes: NDArray[np.float32], view: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """One of the eight views of a square."""
    size = image.shape[0]
    if view & 1:
        image = image[:, ::-1]
        boxes = boxes[:, [2, 1, 0, 3]] * [-1, 1, -1, 1] + [size, 0, size, 0]
    if view & 2:
        image = image[::-1]
        boxes = boxes[:, [0, 3, 2, 1]] * [1, -1, 1, -1] + [0, size, 0, size]
    if view & 4:
        image = image.transpose(1, 0, 2)
        boxes = boxes[:, [1, 0, 3, 2]]
    return image, boxes


def _marked(seen: NDArray[np.float32], size_px: int) -> Marked:
    boxes = seen[:, :4]
    clipped = boxes.clip(0, size_px)
    sides, whole = clipped[:, 2:] - clipped[:, :2], boxes[:, 2:] - boxes[:, :2]
    there = sides.min(axis=1) > 0
    shown = sides.prod(axis=1) / whole.prod(axis=1)
    sure = (sides.max(axis=1) >= _LEAST_PX) & (shown >= _LEAST_SEEN) & (seen[:, 4] >= _FAINTEST)
    return Marked(boxes=clipped[there & sure], unsure=clipped[there & ~sure])


def develop(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Show a picture in another stretch, colour, sharpness, noise and compression."""
    light = image.astype(np.float32) / 255.0
    light = light ** np.float32(np.exp(rng.normal(0, 0.2)))
    grey = light.mean(axis=-1, keepdims=True)
    light = grey + (light - grey) * np.float32(rng.uniform(0.0, 1.3))
    light *= np.exp(rng.normal(0, 0.12, 3) + rng.normal(0, 0.2)).astype(np.float32)
    light += np.float32(rng.uniform(-0.03, 0.08))
    if rng.random() < 0.5:
        light += rng.standard_normal(light.shape, np.float32) * np.float32(rng.uniform(0, 0.05))
    shown = (light.clip(0, 1) * 255).astype(np.uint8)
    return _compressed(shown, rng) if rng.random() < 0.3 else shown


def _compressed(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    Pillow.fromarray(image).save(stream, "JPEG", quality=int(rng.integers(55, 96)))
    return np.asarray(Pillow.open(stream))
