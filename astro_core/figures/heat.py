"""The colours of a map that lies over a galaxy.

Viridis (van der Walt & Smith 2015, matplotlib): its lightness grows evenly, so that it can be read
without seeing hues, and stars and galaxies are neither green nor teal.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

HEAT = (
    "#440154", "#482878", "#3E4989", "#31688E", "#26828E",
    "#1F9E89", "#35B779", "#6ECE58", "#B5DE2B", "#FDE725",
)  # fmt: skip


@cache
def heat_table() -> NDArray[np.uint8]:
    """Colours of 0 to 255, shape (256, 3)."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in HEAT], dtype=float)
    places = np.linspace(0, len(HEAT) - 1, 256)
    columns = [np.interp(places, np.arange(len(HEAT)), stops[:, i]) for i in range(3)]
    table: NDArray[np.uint8] = np.round(np.stack(columns, axis=1)).astype(np.uint8)
    table.flags.writeable = False
    return table
