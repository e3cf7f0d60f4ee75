"""Where the objects of one picture are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError

USUAL_FINDER = "source-extraction"  # the better one so far: docs/detection.md


def _rows(values: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    copy = np.array(values, dtype=np.float64).reshape(shape)
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True, kw_only=True)
class Boxes:
    """Upright boxes in one picture, in pixels of the picture as it is shown.

    x runs to the right and y down, both from the top left corner of the picture. A box is
    half-open: ``image[y0:y1, x0:x1]`` are its pixels.

    Attributes
    ----------
    corners : array of float64, shape (n, 4)
        x0, y0, x1, y1. Copied in and read-only.
    scores : array of float64, shape (n,)
        How sure the finder is, in [0, 1]; 1 for boxes that a person drew or a simulation knows.
    labels : tuple of str
        One per box, or none at all.

    Raises
    ------
    BadInputError
        If the numbers of corners, scores and labels differ, or a box has no area.
    """

    corners: NDArray[np.float64]
    scores: NDArray[np.float64]
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        corners = _rows(self.corners, (-1, 4))
        scores = _rows(self.scores, (-1,))
        if len(scores) != len(corners) or len(self.labels) not in (0, len(corners)):
            raise BadInputError(
                "Scores or labels do not belong to these boxes",
                expected=f"one for each of {len(corners)} boxes",
                given=f"{len(scores)} scores and {len(self.labels)} labels",
            )
        if not (np.isfinite(corners).all() and (corners[:, 2:] > corners[:, :2]).all()):
            raise BadInputError("A box has no area", expected="x0 < x1 and y0 < y1, in pixels")
        object.__setattr__(self, "corners", corners)
        object.__setattr__(self, "scores", scores)

    def __len__(self) -> int:
        return len(self.corners)

    @property
    def sides(self) -> NDArray[np.float64]:
        """Width and height in pixels, shape (n, 2)."""
        return np.asarray(self.corners[:, 2:] - self.corners[:, :2])

    def take(self, which: Any) -> Boxes:
        """Return some of the boxes; `which` is a mask or a list of places."""
        places = np.arange(len(self))[which]
        labels = tuple(self.labels[i] for i in places) if self.labels else ()
        return Boxes(corners=self.corners[places], scores=self.scores[places], labels=labels)

    def flipped(self, height_px: int) -> Boxes:
        """Return the boxes in a picture turned upside down.

        The first row of a FITS image is shown last: boxes measured in the array become boxes in
        the picture, and back.
        """
        x0, y0, x1, y1 = self.corners.T
        corners = np.stack([x0, height_px - y1, x1, height_px - y0], axis=1)
        return Boxes(corners=corners, scores=self.scores, labels=self.labels)


def no_boxes() -> Boxes:
    """Return the boxes of a picture in which nothing was found."""
    return Boxes(corners=np.empty((0, 4)), scores=np.empty(0))
