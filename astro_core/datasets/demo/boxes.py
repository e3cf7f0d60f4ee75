"""The true box of a simulated galaxy: where its light by itself exceeds the noise of the sky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from astro_core.datasets.boxes import BOX_COLUMNS
from astro_core.datasets.demo.canvas import Image
from astro_core.datasets.demo.frames import BackgroundGalaxy
from astro_core.datasets.demo.population import Galaxy
from astro_core.datasets.demo.stamps import Pointing


@dataclass(frozen=True, kw_only=True)
class TrueBox:
    """A box in pixels, and the signal to noise of the light in it.

    Attributes
    ----------
    corners : tuple of int
        x0, y0, x1, y1; x1 and y1 are one beyond the last pixel, so that ``image[y0:y1, x0:x1]``
        holds all of it.
    """

    corners: tuple[int, int, int, int]
    snr: float

    def moved(self, x: int, y: int) -> TrueBox:
        """Return the box in an image that begins x columns and y rows earlier."""
        x0, y0, x1, y1 = self.corners
        return TrueBox(corners=(x0 + x, y0 + y, x1 + x, y1 + y), snr=self.snr)


def true_box(image: Image, sigma: float) -> TrueBox | None:
    """Return the box of the pixels above `sigma`; None where there is none.

    Parameters
    ----------
    image : array, shape (height, width)
        Noiseless, of one galaxy by itself, in the R band.
    sigma : float
        Noise of the sky per pixel.
    """
    above = image > sigma
    rows, cols = np.flatnonzero(above.any(axis=1)), np.flatnonzero(above.any(axis=0))
    if rows.size == 0:
        return None
    light = image[above]
    return TrueBox(
        corners=(int(cols[0]), int(rows[0]), int(cols[-1]) + 1, int(rows[-1]) + 1),
        snr=float(light.sum() / (sigma * np.sqrt(light.size))),
    )


def box_row(
    name: str,
    pointing: Pointing,
    galaxy: Galaxy | BackgroundGalaxy,
    box: TrueBox,
    centre: Sequence[int],
    position: tuple[float, float],
) -> dict[str, Any]:
    """Return the row of a galaxy in the table of boxes.

    Parameters
    ----------
    centre : sequence of int
        Column and row of the galaxy.
    position : tuple of float
        Right ascension and declination in degrees.
    """
    values = (
        name,
        pointing.name,
        f"{pointing.name}_R.fits",
        *box.corners,
        *centre,
        *(round(float(angle), 6) for angle in position),
        galaxy.kind,
        round(galaxy.mag_r, 3),
        round(galaxy.radius_arcsec, 3),
        round(box.snr, 2),
    )
    return dict(zip(BOX_COLUMNS, values, strict=True))
