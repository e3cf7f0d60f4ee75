"""Whether probabilities mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import INK, NOBODY, RAMP, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 430, 44


def reliability(
    bins: pd.DataFrame,
    intervals: Sequence[tuple[float, float]],
    *,
    error: float,
    chance: float,
    part: str = "",
) -> Figure:
    """Draw the share of right answers against the probability they were given with.

    Parameters
    ----------
    bins : DataFrame
        low, high, n, confidence, accuracy of each bin with galaxies.
    intervals : sequence of (low, high)
        Of the accuracy in each bin.
    error, chance : float
        Expected calibration error, and what 95 % of perfectly calibrated models show at most for
        this n.
    """
    import plotly.graph_objects as go

    figure = go.Figure(
        data=[_diagonal(), _points(bins, intervals), _counts(bins)], layout=_layout(bins)
    )
    of = f", {part} part" if part else ""
    return finish(
        figure, _said(bins, error, chance), n=int(bins["n"].sum()), height=HEIGHT,
        key=f"reliability{of}", wrap=WRAP,
    )  # fmt: skip


def _said(bins: pd.DataFrame, error: float, chance: float) -> str:
    if error <= chance:
        return "Probabilities mean what they say, as far as so many galaxies can tell"
    gap = float((bins["n"] * (bins["confidence"] - bins["accuracy"])).sum() / bins["n"].sum())
    way = "more sure of itself than it may be" if gap > 0 else "right more often than it says"
    return f"It is {way}: probability and share of right answers differ by {error:.3f}"


def _diagonal() -> dict[str, Any]:
    return {
        "type": "scatter", "x": [0, 1], "y": [0, 1], "mode": "lines", "hoverinfo": "skip",
        "line": {"color": NOBODY, "dash": "dot", "width": 1.2}, "name": "as it should be",
    }  # fmt: skip


def _points(bins: pd.DataFrame, intervals: Sequence[tuple[float, float]]) -> dict[str, Any]:
    middle = bins["accuracy"].to_numpy()
    low, high = np.array(intervals, dtype=float).reshape(-1, 2).T
    rows = zip(bins["low"], bins["high"], bins["n"], low, high, strict=True)
    return {
        "type": "scatter", "x": bins["confidence"].tolist(), "y": middle.tolist(),
        "mode": "lines+markers", "name": "answers",
        "line": {"color": INK, "width": 1.2}, "marker": {"color": INK, "size": 8},
        "error_y": {"type": "data", "array": (high - middle).tolist(),
                    "arrayminus": (middle - low).tolist(), "color": RAMP[2], "width": 3,
                    "thickness": 1.4},
        "hovertext": [f"said {a:.2f} to {b:.2f}, n = {n:,}<br>95 % interval {c:.2f} to {d:.2f}"
                      for a, b, n, c, d in rows],
        "hovertemplate": "mean probability %{x:.3f}<br>right %{y:.3f}<br>%{hovertext}"
                         "<extra></extra>",
    }  # fmt: skip


def _counts(bins: pd.DataFrame) -> dict[str, Any]:
    centres, widths = (bins["low"] + bins["high"]) / 2, bins["high"] - bins["low"]
    return {
        "type": "bar", "x": centres.tolist(), "y": bins["n"].tolist(), "yaxis": "y2",
        "width": (0.86 * widths).tolist(), "marker": {"color": RAMP[2]}, "name": "galaxies",
        "text": [f"{n:,}" for n in bins["n"]], "textposition": "outside", "cliponaxis": False,
        "textfont": {"size": 11, "color": NOBODY}, "textangle": 0,
        "hovertemplate": "%{y:,} galaxies<extra></extra>",
    }  # fmt: skip


def _layout(bins: pd.DataFrame) -> dict[str, Any]:
    first = max(0.0, float(bins["low"].min()) - 0.02) if len(bins) else 0.0
    most = float(bins["n"].max()) if len(bins) else 1.0
    fixed = {"fixedrange": True}
    return {
        "dragmode": False, "hovermode": "closest", "showlegend": False,
        "title": {"xref": "container"},
        "xaxis": {**fixed, "range": [first, 1.02], "anchor": "y2",
                  "title": {"text": "probability of the answer"}},
        "yaxis": {**fixed, "domain": [0.34, 1], "range": [-0.03, 1.05],
                  "title": {"text": "share that was right"}},
        "yaxis2": {**fixed, "domain": [0, 0.24], "range": [0, 1.3 * most], "nticks": 3,
                   "title": {"text": "galaxies"}},
    }  # fmt: skip


def set_sizes(sizes: NDArray[np.int64], *, coverage: float, wanted: float) -> Figure:
    """Draw how many classes the prediction sets of galaxies have.

    Parameters
    ----------
    sizes : array of int
        Galaxies whose set has 0, 1, 2 ... classes.
    coverage, wanted : float
        Share of sets that hold the label, and the share that was asked for.
    """
    import plotly.graph_objects as go

    total = max(int(sizes.sum()), 1)
    shares = 100 * sizes / total
    bar = {
        "type": "bar", "x": [str(size) for size in range(len(sizes))], "y": shares.tolist(),
        "marker": {"color": RAMP[2]}, "customdata": sizes.tolist(), "cliponaxis": False,
        "text": [f"{s:.0f} %" if s >= 1 else (f"{n:,}" if n else "") for s, n in
                 zip(shares.tolist(), sizes.tolist(), strict=True)],
        "textposition": "outside", "textfont": {"color": NOBODY},
        "hovertemplate": "%{x} classes<br>%{customdata:,} galaxies, %{y:.1f} %<extra></extra>",
    }  # fmt: skip
    top = 1.18 * float(shares.max() or 1)
    layout = {
        "dragmode": False, "showlegend": False, "title": {"xref": "container"},
        "xaxis": {"type": "category", "fixedrange": True},
        "yaxis": {"fixedrange": True, "range": [0, top], "ticksuffix": " %"},
    }  # fmt: skip
    figure = go.Figure(data=[bar], layout=layout)
    title = f"{coverage:.1%} of the sets hold the label; {wanted:.0%} were asked for"
    return finish(
        figure, title, n=int(sizes.sum()), x="classes in the set", y="share of galaxies",
        height=250, key="set sizes", wrap=WRAP,
    )  # fmt: skip
