"""HDBSCAN's minimum spanning tree, over the positions of a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.layouts import spanning
from astro_core.figures.group_colours import group_colour, group_label, in_order
from astro_core.figures.theme import GROUPS, INK, NOBODY, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WRAP = 52
AXES = ("map 1", "map 2")


def spanning_tree(
    xy: NDArray[np.floating],
    edges: NDArray[np.floating],
    labels: NDArray[np.integer],
    object_ids: Sequence[str],
    *,
    names: Mapping[int, str] | None = None,
    axes: tuple[str, str] = AXES,
    height: int = 520,
) -> Figure:
    """Draw the tree in WebGL; its longest edges, which hold groups apart, stand out.

    Parameters
    ----------
    xy : array, shape (n, 2)
        Position of each galaxy in a map.
    edges : array, shape (e, 3)
        Row, row, length; of more than 20,000 a part is drawn, as `clustering.layouts.spanning`
        says.
    labels : array of int, shape (n,)
        Group of each galaxy; -1 is noise.
    object_ids : sequence of str, length n
    names : Mapping, optional
        What groups are called.
    axes : tuple of str
        What the map's axes are.

    Returns
    -------
    Figure
        A galaxy's customdata is its object id.
    """
    import plotly.graph_objects as go

    layout = spanning(xy, edges)
    data = [
        _edges(layout.lines, NOBODY, 0.8, 0.5),
        *group_points(xy, labels, object_ids, names),
        _edges(layout.long_lines, INK, 1.6, 0.9),
    ]
    figure = go.Figure(data=data, layout=plane_layout())
    title = f"Bold edges are the longest: from distance {layout.long_from:.3g} on"
    if layout.n_drawn < layout.n_edges:
        title += f"; {layout.n_drawn:,} of {layout.n_edges:,} edges are drawn"
    return finish(
        figure, title, n=len(xy), x=axes[0], y=axes[1], height=height, key="spanning tree",
        wrap=WRAP,
    )  # fmt: skip


def _edges(lines: NDArray[np.float64], colour: str, width: float, opacity: float) -> dict[str, Any]:
    return {
        "type": "scattergl", "x": lines[:, 0], "y": lines[:, 1], "mode": "lines",
        "line": {"color": colour, "width": width}, "opacity": opacity,
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def group_points(
    xy: NDArray[np.floating],
    labels: NDArray[np.integer],
    object_ids: Sequence[str],
    names: Mapping[int, str] | None = None,
    *,
    opacity: float = 0.85,
) -> list[dict[str, Any]]:
    """Galaxies of a map in WebGL, with their ids as customdata.

    There is one trace per group, and of more groups than there are colours one per colour, which
    no legend lists.
    """
    ids = np.asarray(object_ids, dtype=object)
    size = 3.0 if len(ids) > 5000 else 5.0
    groups = in_order(np.unique(labels).tolist())
    listed = len(groups) <= len(GROUPS) + 1
    traces = []
    shared: dict[Any, list[int]] = {}
    for group in reversed(groups):
        shared.setdefault(group if listed else group_colour(group), []).append(group)
    for alike in shared.values():
        group = alike[0]
        at = np.flatnonzero(np.isin(labels, alike))
        said = escape(group_label(group, names))
        told = [f"group {escape(group_label(own, names))}" for own in labels[at].tolist()]
        traces.append(
            {
                "type": "scattergl", "x": xy[at, 0], "y": xy[at, 1], "mode": "markers",
                "name": said, "customdata": ids[at].tolist(), "showlegend": listed,
                "legendrank": 1000 + group % 10_000, "hovertext": told,
                "marker": {
                    "color": group_colour(group), "size": size if group >= 0 else 0.6 * size,
                    "opacity": opacity if group >= 0 else 0.6 * opacity,
                },
                "selected": {"marker": {"size": 9, "opacity": 1}},
                "unselected": {"marker": {"opacity": 0.3 * opacity}},
                "hovertemplate": "%{customdata}<extra>%{hovertext}</extra>",
            }
        )  # fmt: skip
    return traces


def plane_layout() -> dict[str, Any]:
    """Layout of a plane of galaxies, its groups beside it.

    With a lasso in hand a click would select nothing, so that is left to the tool bar.
    """
    return {
        "dragmode": "pan", "clickmode": "event+select", "hovermode": "closest",
        "title": {"xref": "container"}, "xaxis": {"zeroline": False}, "yaxis": {"zeroline": False},
        "legend": {"orientation": "v", "x": 1.01, "xanchor": "left", "y": 1, "yanchor": "top",
                   "itemsizing": "constant", "font": {"size": 12},
                   "title": {"text": "group", "font": {"size": 12}}},
    }  # fmt: skip
