"""How one number is spread over the galaxies: bars, each with the ids that are in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import NOBODY, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BAR = "#7F93B2"
MARK = "#E3B341"
MAX_BINS = 40


def bin_edges(values: NDArray[Any], n_bins: int = MAX_BINS) -> NDArray[np.float64]:
    """Edges of equal bins over the finite values, shape (n_bins + 1,); one bin where all agree."""
    finite = values[np.isfinite(values)].astype(np.float64)
    if not len(finite):
        return np.array([0.0, 1.0])
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    return np.linspace(low, high, min(n_bins, max(1, len(np.unique(finite)))) + 1)


def histogram(
    values: NDArray[Any],
    title: str,
    *,
    x: str,
    marks: Sequence[tuple[float, str]] = (),
    log: bool = False,
    height: int = 240,
) -> Figure:
    """Draw how many galaxies have which value; values that are not finite are counted in words.

    Parameters
    ----------
    values : array of float, shape (n,)
    title : str
        A sentence that says the finding.
    x : str
        What the value is, with its unit.
    marks : sequence of (value, text)
        Vertical lines, such as a threshold.
    log : bool
        Whether counts are drawn on a logarithmic axis, for long tails.

    Returns
    -------
    Figure
        A bar's customdata is ``[low, high]``, the ends of its bin.
    """
    import plotly.graph_objects as go

    edges = bin_edges(values)
    finite = values[np.isfinite(values)]
    counts, _ = np.histogram(finite, edges)
    ends = np.stack([edges[:-1], edges[1:]], axis=1)
    bars = {
        "type": "bar",
        "x": ends.mean(axis=1),
        "y": np.where(counts > 0, counts, np.nan) if log else counts,
        "width": np.diff(edges) * 0.92,
        "marker": {"color": BAR},
        "customdata": ends,
        "hovertemplate": "%{y:,} galaxies<br>%{customdata[0]:.4g} to %{customdata[1]:.4g}"
        "<extra></extra>",
    }
    figure = go.Figure(data=[bars], layout=_layout(marks, log=log))
    n_missing = len(values) - len(finite)
    said = f"{x}; {n_missing:,} without a value" if n_missing else x
    return finish(figure, title, n=len(finite), x=said, y="galaxies", height=height, key=title)


def _layout(marks: Sequence[tuple[float, str]], *, log: bool) -> dict[str, Any]:
    lines = [
        {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1,
         "line": {"color": MARK, "width": 1.5, "dash": "dash"}}
        for at, _ in marks
    ]  # fmt: skip
    texts = [
        {"x": at, "y": 1, "yref": "paper", "text": escape(text), "showarrow": False,
         "xanchor": "left", "yanchor": "top", "xshift": 4, "font": {"size": 12, "color": MARK}}
        for at, text in marks
    ]  # fmt: skip
    return {
        "dragmode": False,
        "clickmode": "event+select",
        "hovermode": "closest",
        "showlegend": False,
        "bargap": 0.02,
        "yaxis": {"type": "log", "dtick": 1, "fixedrange": True} if log else {"fixedrange": True},
        "xaxis": {"fixedrange": True},
        "shapes": lines,
        "annotations": texts,
        "modebar": {"color": NOBODY},
    }
