"""A spanning tree drawn over positions in a plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_EDGES = 20_000
_LONG_SHARE, _MOST_LONG = 0.01, 200


@dataclass(frozen=True, kw_only=True)
class SpanningLayout:
    """Lines of a tree; each is two points and a row of NaN, so that one trace draws all.

    Attributes
    ----------
    lines : array of float, shape (3 * a, 2)
    long_lines : array of float, shape (3 * b, 2)
        The longest ones, which hold groups apart.
    long_from : float
        Length of the shortest of those.
    n_edges, n_drawn : int
        Edges there are; edges that are drawn.
    """

    lines: NDArray[np.float64]
    long_lines: NDArray[np.float64]
    long_from: float
    n_edges: int
    n_drawn: int


def spanning(
    xy: NDArray[np.floating], edges: NDArray[np.floating], *, max_edges: int = MAX_EDGES
) -> SpanningLayout:
    """Lay out a spanning tree.

    Of more than `max_edges` the longest are kept, and of the others as many as still fit, evenly
    over all lengths.

    Parameters
    ----------
    xy : array, shape (n, 2)
        A position for each row; edges to one that is not finite are left out.
    edges : array, shape (n - 1, 3)
        Row, row, length.

    Returns
    -------
    SpanningLayout
    """
    ends = edges[:, :2].astype(np.intp)
    order = np.argsort(edges[:, 2], kind="stable")
    order = order[np.isfinite(xy[ends[order]]).all(axis=(1, 2))]
    n_long = min(max(round(len(order) * _LONG_SHARE), 1), _MOST_LONG, len(order), max_edges)
    long, short = order[len(order) - n_long :], order[: len(order) - n_long]
    room = max_edges - n_long
    if len(short) > room:
        short = short[np.linspace(0, len(short) - 1, room).round().astype(np.intp)]
    return SpanningLayout(
        lines=_lines(xy, ends[short]),
        long_lines=_lines(xy, ends[long]),
        long_from=float(edges[long, 2].min()) if n_long else 0.0,
        n_edges=len(edges),
        n_drawn=len(short) + n_long,
    )


def _lines(xy: NDArray[np.floating], ends: NDArray[np.intp]) -> NDArray[np.float64]:
    lines = np.full((len(ends), 3, 2), np.nan)
    lines[:, :2] = xy[ends]
    return lines.reshape(-1, 2)
