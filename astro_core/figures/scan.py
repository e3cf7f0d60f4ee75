"""Groupings with ever more groups: where more stop paying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from astro_core.clustering.layouts import bend
from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, RAMP, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 300, 52
_MOST_TICKS = 16
HINT = "a hint, not a test"


def elbow(scan: pd.DataFrame, *, current: int | None = None) -> Figure:
    """Draw the inertia of k-means for each number of groups, and where it bends.

    Parameters
    ----------
    scan : DataFrame
        With columns ``k`` and ``inertia``.
    current : int, optional
        The number of groups that is shown now.

    Returns
    -------
    Figure
        A point's customdata is its number of groups.
    """
    place = bend(scan["k"].to_numpy(), scan["inertia"].to_numpy())
    if place is None:
        said = "Inertia has no bend in this range"
    else:
        said = f"Inertia bends most near {int(scan['k'].iloc[place])} groups: {HINT}"
    unit = "inertia (squared distances)"
    return _curves(scan, {"inertia": "inertia"}, said, y=unit, marks=[place], current=current)


def silhouette_scan(scan: pd.DataFrame, *, current: int | None = None) -> Figure:
    """Draw the mean silhouette for each number of groups, with the largest marked.

    Parameters and customdata as for `elbow`; the columns are ``k`` and ``silhouette``.
    """
    values = scan["silhouette"].to_numpy(dtype=float)
    place = int(np.nanargmax(values)) if np.isfinite(values).any() else None
    if place is None:
        said = "No number of groups has a silhouette"
    else:
        best = values[place]
        said = f"Groups stand apart most with {int(scan['k'].iloc[place])}: silhouette {best:.2f}"
    y = "mean silhouette, -1 to 1"
    return _curves(scan, {"silhouette": "silhouette"}, said, y=y, marks=[place], current=current)


def information(scan: pd.DataFrame, *, current: int | None = None) -> Figure:
    """Draw BIC and AIC of Gaussian mixtures, with the least of each marked.

    Parameters and customdata as for `elbow`; the columns are ``k``, ``bic`` and ``aic``.
    """
    least = {name: int(scan[name].to_numpy().argmin()) for name in ("bic", "aic")}
    k = {name: int(scan["k"].iloc[place]) for name, place in least.items()}
    said = f"BIC is least with {k['bic']} Gaussians, AIC with {k['aic']}"
    ends = {int(scan["k"].iloc[0]), int(scan["k"].iloc[-1])}
    if k["bic"] in ends:
        said += "; BIC may be less beyond this range"
    names = {"bic": "BIC", "aic": "AIC"}
    marks = [least["bic"], least["aic"]]
    return _curves(scan, names, said, y="information criterion", marks=marks, current=current)


def _curves(
    scan: pd.DataFrame,
    columns: dict[str, str],
    title: str,
    *,
    y: str,
    marks: list[int | None],
    current: int | None,
) -> Figure:
    import plotly.graph_objects as go

    k = scan["k"].tolist()
    styles = zip(columns.items(), marks, ("solid", "dash"), (INK, RAMP[2]), strict=False)
    data = []
    for (column, name), mark, dash, colour in styles:
        at = [i == mark for i in range(len(k))]
        data.append(
            {
                "type": "scatter", "x": k, "y": scan[column].tolist(), "name": name,
                "mode": "lines+markers", "customdata": k,
                "line": {"color": colour, "dash": dash, "width": 1.8},
                "marker": {
                    "color": colour, "size": [13 if a else 6 for a in at],
                    "symbol": ["circle-open" if a else "circle" for a in at],
                    "line": {"width": 2},
                },
                "hovertemplate": f"%{{x}} groups<br>{name} %{{y:,.4g}}<extra></extra>",
            }
        )  # fmt: skip
    layout: dict[str, Any] = {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "showlegend": len(columns) > 1, "legend": LEGEND_BELOW,
        "title": {"xref": "container"}, "yaxis": {"fixedrange": True},
        "xaxis": {"fixedrange": True, "tickvals": k if len(k) <= _MOST_TICKS else None},
    }  # fmt: skip
    if current is not None:
        layout |= _shown_now(current)
    figure = go.Figure(data=data, layout=layout)
    return finish(figure, title, x="number of groups", y=y, height=HEIGHT, key=title, wrap=WRAP)


def _shown_now(current: int) -> dict[str, Any]:
    """A dotted line at the number of groups that the page shows."""
    line = {"type": "line", "x0": current, "x1": current, "yref": "paper", "y0": 0, "y1": 1}
    words = {"x": current, "y": 1, "yref": "paper", "text": "shown now", "showarrow": False}
    return {
        "shapes": [line | {"line": {"color": NOBODY, "width": 1, "dash": "dot"}}],
        "annotations": [
            words
            | {"xanchor": "left", "yanchor": "top", "xshift": 4}
            | {"font": {"size": 11, "color": NOBODY}}
        ],
    }
