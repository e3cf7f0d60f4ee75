"""The trained finder: windows of a picture at several scales, asked about by LiteRT.

A window has one size, galaxies have all: a picture is looked at whole and then twice as closely
each time, in windows that overlap (as Akyon et al. 2022, ICIP, arXiv:2202.06934). No TensorFlow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from astro_core.detection.architectures import BOX, SCORE
from astro_core.detection.box_voting import vote
from astro_core.detection.finder_bundle import Finder, open_finder
from astro_core.detection.registry import FINDERS, FinderSpec, Image
from astro_core.detection.ssd import SSD
from astro_core.domain import Boxes
from astro_core.params import param

FINDER = "galaxy-finder"
SHIPPED = Path(__file__).resolve().parents[2] / "data" / "models" / FINDER
Answer = Callable[[NDArray[np.float32]], dict[str, NDArray[np.float32]]]
_CLOSEST = 2.0  # enlargement of pictures that are smaller than a window
_NEARLY = 1.4  # a scale so little coarser than the picture's own will do for it
_STEP = 0.75  # of a window, from one to the next
_MARGIN_PX = 2.0  # what ends nearer to the edge of a window goes on beyond it
_CANDIDATE = 0.2  # score of an anchor from which it counts


@dataclass(frozen=True, kw_only=True)
class GalaxyFinderParams:
    """What counts as found."""

    least_score: float = param(
        0.65, label="Least score", minimum=0.01, maximum=0.99, step=0.05,
        help="Boxes of which the finder is less sure are left out.",
    )  # fmt: skip
    overlap: float = param(
        0.3, label="Overlap", minimum=0.1, maximum=0.95, step=0.05,
        help="Of boxes that overlap by more than this, intersection over union, the surest stays.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Window:
    """A square of a picture that was brought to a scale.

    Attributes
    ----------
    pixels : array of uint8, shape (size_px, size_px, 3)
        Black beyond the picture.
    scale : float
        Window px per px of the picture.
    corner : array, shape (2,)
        x and y of its top left corner in px of the scaled picture.
    inner : array of bool, shape (4,)
        Whether the picture goes on beyond the left, upper, right and lower edge.
    """

    pixels: NDArray[np.uint8]
    scale: float
    corner: NDArray[np.float64]
    inner: NDArray[np.bool_]


def windows(image: Image, size_px: int) -> Iterator[Window]:
    """Yield the windows of a picture, the whole of it first."""
    longest = max(image.shape[:2])
    scale = min(size_px / longest, _CLOSEST)
    while True:
        yield from _at_scale(image, scale, size_px)
        if scale * _NEARLY >= 1.0:
            return
        scale = min(2 * scale, 1.0)


def _at_scale(image: Image, scale: float, size_px: int) -> Iterator[Window]:
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    shown = Pillow.fromarray(image).resize((width, height), Pillow.Resampling.BILINEAR)
    for y in _starts(height, size_px):
        for x in _starts(width, size_px):
            cut = shown.crop((x, y, x + size_px, y + size_px))
            beyond = (x > 0, y > 0, x + size_px < width, y + size_px < height)
            yield Window(
                pixels=np.asarray(cut),
                scale=scale,
                corner=np.array([x, y], dtype=np.float64),
                inner=np.array(beyond),
            )


def _starts(length: int, size_px: int) -> list[int]:
    """Where windows begin along one side; together they cover it."""
    last = max(0, length - size_px)
    count = 1 + int(np.ceil(last / (size_px * _STEP)))
    return [round(start) for start in np.linspace(0, last, count)]


def find_with(answer: Answer, size_px: int, image: Image, params: GalaxyFinderParams) -> Boxes:
    """Find the galaxies of a picture with a detector.

    Parameters
    ----------
    answer : callable
        A network of `ARCHITECTURES`, or its LiteRT file.
    size_px : int
        Side of its windows.

    Returns
    -------
    Boxes
        The surest first.
    """
    height, width = image.shape[:2]
    corners, scores = [], []
    for window in windows(image, size_px):
        told = answer(window.pixels[None].astype(np.float32))
        score = 1 / (1 + np.exp(-told[SCORE][0, :, 0].astype(np.float64)))
        box = told[BOX][0].astype(np.float64)
        kept = (score >= _CANDIDATE) & _whole(box, window, size_px)
        corners.append((box[kept] + np.tile(window.corner, 2)) / window.scale)
        scores.append(score[kept])
    every = np.concatenate(corners).clip(0, [width, height, width, height])
    found = vote(every, np.concatenate(scores), params.overlap)
    return found.take(found.scores >= params.least_score)


def _whole(box: NDArray[np.float64], window: Window, size_px: int) -> NDArray[np.bool_]:
    """Whether boxes end inside the window wherever the picture goes on beyond it."""
    room = np.hstack([box[:, :2], size_px - box[:, 2:]])
    return np.asarray(((room > _MARGIN_PX) | ~window.inner).all(axis=1))


_opened = functools.lru_cache(maxsize=2)(open_finder)


def trained_finder(folder: Path, name: str, reference: str = "") -> FinderSpec:
    """Return a finder that was trained; its files are read when it first looks.

    Parameters
    ----------
    folder : Path
        The bundle, see `open_finder`.
    """

    def find(image: Image, params: Any) -> Boxes:
        finder: Finder = _opened(folder)
        return find_with(finder.answer, finder.info.size_px, image, params)

    return FinderSpec(
        name=name,
        label="Galaxy finder",
        description="A small network that learned on simulated pictures what a galaxy is and how "
        "far it reaches.",
        params=GalaxyFinderParams,
        find=find,
        reference=reference,
    )


FINDERS.add(trained_finder(SHIPPED, FINDER, SSD.reference))
