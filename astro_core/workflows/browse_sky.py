"""Positions of a survey, thinned to what a browser can draw and put in one piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.workflows.browse import CatalogueView, Rows

LIMIT = 20_000


@dataclass(frozen=True, kw_only=True)
class SkySample:
    """Positions to draw; arrays have shape (n_shown,).

    Attributes
    ----------
    rows : array of int
        Positions in the catalogue.
    ra_deg : array of float
        RA cut at the widest gap, so it may run past 360 degrees.
    n_positions : int
        Objects with a position, drawn or not.
    """

    rows: Rows
    ra_deg: NDArray[np.float64]
    dec_deg: NDArray[np.float64]
    n_positions: int

    @property
    def thinned(self) -> bool:
        """Whether only a random part is drawn."""
        return len(self.rows) < self.n_positions


def unwrapped(ra_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the circle of right ascension at its widest empty stretch.

    A field across RA 0 becomes one piece around 0; where nothing is near 0 the values stay as
    they are.
    """
    if not len(ra_deg):
        return ra_deg
    ordered = np.sort(ra_deg % 360)
    gaps = np.diff(ordered, append=ordered[0] + 360)
    start = ordered[(int(np.argmax(gaps)) + 1) % len(ordered)]
    out = (ra_deg - start) % 360 + start
    return np.asarray(out - 360 if out.max() > 360 and start > 180 else out)


def sky_sample(view: CatalogueView, rows: Rows, limit: int = LIMIT) -> SkySample:
    """Draw at most `limit` of the rows that have a position, at random but always the same."""
    missing = view.missing("ra_deg") | view.missing("dec_deg")
    known = rows[~missing[rows]]
    chosen = known
    if len(known) > limit:
        chosen = known[np.sort(np.random.default_rng(0).choice(len(known), limit, replace=False))]
    return SkySample(
        rows=chosen,
        ra_deg=unwrapped(view.numbers("ra_deg")[chosen].astype(np.float64)),
        dec_deg=view.numbers("dec_deg")[chosen].astype(np.float64),
        n_positions=len(known),
    )


def simplified(corners: list[tuple[float, float]], most: int) -> tuple[tuple[float, float], ...]:
    """A lasso with at most `most` corners: those that stray least from their neighbours go.

    Visvalingam & Whyatt 1993 (Cartographic Journal 30, 46), by triangle area.
    """
    points = np.array(corners, dtype=float)
    while len(points) > most:
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        a, b = points - before, after - before
        points = np.delete(points, np.argmin(np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])), axis=0)
    return tuple((round(float(x), 6), round(float(y), 6)) for x, y in points)
