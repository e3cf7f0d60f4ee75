"""From the true parameters of a galaxy to its layers of light."""

from __future__ import annotations

import numpy as np

from astro_core.datasets.demo.components import Drawing
from astro_core.datasets.demo.discs import (
    draw_elliptical,
    draw_lenticular,
    draw_ring,
    draw_spiral,
)
from astro_core.datasets.demo.edge_on import draw_edge_on
from astro_core.datasets.demo.peculiar import draw_disturbed, draw_merger
from astro_core.datasets.demo.population import Galaxy

_DRAW = {
    "elliptical": draw_elliptical,
    "lenticular": draw_lenticular,
    "spiral": draw_spiral,
    "barred_spiral": draw_spiral,
    "edge_on_bulge": draw_edge_on,
    "edge_on_no_bulge": draw_edge_on,
    "ring": draw_ring,
    "merger": draw_merger,
    "disturbed": draw_disturbed,
}


def draw(galaxy: Galaxy, rng: np.random.Generator, most_px: int) -> Drawing:
    """Draw the components of a galaxy.

    Parameters
    ----------
    rng : Generator
        Decides what the parameters leave open: where arms start, where knots are.
    most_px : int
        Largest image of structure that the canvas takes.
    """
    drawing = Drawing(galaxy, most_px)
    _DRAW[galaxy.kind](drawing, rng)
    return drawing
