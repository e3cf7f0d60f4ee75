"""What the detector is shown while it learns: windows of simulated sky, never twice alike.

A window is cut at any scale around a galaxy, turned, and developed as another camera, another
survey or another person might have: so that what was learned on simulated pictures holds for real
ones.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from astro_core.detection.ssd_anchors import Marked

_AT_A_GALAXY = 0.8  # chance that a window is cut around one
_FARTHEST = 4.0  # sky in a window, in windows
_BEYOND = 1.3  # a window may show so much more than the picture; black around it
_LEAST_PX = 4.0  # smaller galaxies are nothing that could be found
_LEAST_SEEN = 0.5  # share of a box; what is cut off more than that is unsure
_FAINTEST = 4.0  # signal to noise below which nobody can tell


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """Pictures with the true boxes of their galaxies.

    Attributes
    ----------
    pixels : array of uint8, shape (n, size, size, 3)
        May be memory-mapped.
    boxes : tuple of array of float32, shape (n_galaxies, 5)
        For each picture x0, y0, x1, y1 in px and the signal to noise.
    """

    pixels: NDArray[np.uint8]
    boxes: tuple[NDArray[np.float32], ...]

    @property
    def size(self) -> int:
        """Side of the pictures in px."""
        return int(self.pixels.shape[1])


def draw_window(
    scenes: Scenes, place: int, size_px: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Marked]:
    """Draw a window of one picture, and what is marked in it."""
    boxes = scenes.boxes[place]
    x, y, side = _region(boxes, scenes.size, size_px, rng)
    cut = Pillow.fromarray(scenes.pixels[place]).crop((x, y, x + side, y + side))
    image = np.asarray(cut.resize((size_px, size_px), Pillow.Resampling.BILINEAR))
    seen = boxes.copy()
    seen[:, :4] = (boxes[:, :4] - np.array([x, y, x, y], np.float32)) * (size_px / side)
    image, seen[:, :4] = _turned(image, seen[:, :4], int(rng.integers(8)))
    return develop(image, rng), _marked(seen, size_px)


def _region(
    boxes: NDArray[np.float32], size: int, size_px: int, rng: np.random.Generator
) -> tuple[int, int, int]:
    """Column, row and side of a square of the picture."""
    longest = min(_BEYOND * size, _FARTHEST * size_px)
    shortest = min(size_px / 2, longest)
    middle = rng.uniform(0, size, 2)
    reach = 0.0
    if len(boxes) and rng.random() < _AT_A_GALAXY:
        box = boxes[rng.integers(len(boxes)), :4]
        reach = float((box[2:] - box[:2]).max())
        middle = (box[:2] + box[2:]) / 2
    side = round(np.exp(rng.uniform(np.log(min(max(shortest, reach), longest)), np.log(longest))))
    slack = (side - reach) / 2 if reach else 0.0
    x, y = np.rint(middle + rng.uniform(-1, 1, 2) * slack - side / 2)
    edge = (_BEYOND - 1) * size / 2  # no window is mostly black
    x, y = (float(np.clip(v, -edge, max(size + edge - side, -edge))) for v in (x, y))
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
