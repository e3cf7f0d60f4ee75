"""Where a falling curve bends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def bend(x: NDArray[np.floating], y: NDArray[np.floating]) -> int | None:
    """Find the point that is farthest below the chord between the ends, as Satopää et al. do.

    Both axes are scaled to 0...1 first, so that units do not matter. It is a hint, not a test:
    every falling curve that is hollow has such a point.

    Parameters
    ----------
    x, y : array, shape (n,)
        Ascending x.

    Returns
    -------
    int or None
        Place of the point; None where there are fewer than three or none is below the chord.

    References
    ----------
    Satopää et al. 2011, "Finding a 'kneedle' in a haystack", ICDCS Workshops, 166
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(y))
    if len(known) < 3:
        return None
    across, down = x[known] - x[known[0]], y[known[0]] - y[known]
    if across[-1] <= 0 or down[-1] <= 0:
        return None
    below = down / down[-1] - across / across[-1]
    place = int(below.argmax())
    return int(known[place]) if below[place] > 1e-9 else None
