"""Gaussian mixtures: where the Gaussians lie in a plane, and which of them a galaxy may be in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.layouts import Ellipse
from astro_core.figures.group_colours import counted, group_colour, group_label
from astro_core.figures.spanning_tree import group_points, plane_layout
from astro_core.figures.theme import GROUND, INK, faded, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WRAP = 52
CURVED = "This map is not a linear projection, so no ellipses are drawn"
_DASHES = ("solid", "dot")


def mixture(
    xy: NDArray[np.floating],
    labels: NDArray[np.integer],
    ellipses: Sequence[Ellipse],
    object_ids: Sequence[str],
    *,
    names: Mapping[int, str] | None = None,
    axes: tuple[str, str] = ("component 1", "component 2"),
    height: int = 520,
) -> Figure:
    """Draw galaxies in a plane, and the Gaussians at one and two standard deviations.

    Parameters
    ----------
    xy : array, shape (n, 2)
        Position of each galaxy in the plane that the ellipses were projected to.
    labels : array of int, shape (n,)
    ellipses : sequence of Ellipse
        From `clustering.layouts.ellipses`. None of them for a plane that is not a linear
        projection, such as UMAP's: the figure then says why.
    object_ids : sequence of str, length n
    names : Mapping, optional
        What groups are called.
    axes : tuple of str
        What the plane's axes are, with their units.

    Returns
    -------
    Figure
        A galaxy's customdata is its object id.
    """
    import plotly.graph_objects as go

    data = group_points(xy, labels, object_ids, names, opacity=0.4)
    data += [_outline(ellipse, place) for ellipse, place in _ranked(ellipses)]
    centres = {ellipse.group: ellipse.centre for ellipse in ellipses}
    layout = plane_layout() | {"annotations": _notes(centres)}
    n = counted(len(set(labels.tolist()) - {-1}), "Gaussian")
    sigmas = sorted({ellipse.sigma for ellipse in ellipses})
    said = f"{n} at {' and '.join(f'{s:g}' for s in sigmas)} standard deviations"
    return finish(
        go.Figure(data=data, layout=layout), said if sigmas else CURVED, n=len(xy),
        x=axes[0], y=axes[1], height=height, key="mixture", wrap=WRAP,
    )  # fmt: skip


def _ranked(ellipses: Sequence[Ellipse]) -> list[tuple[Ellipse, int]]:
    sigmas = sorted({ellipse.sigma for ellipse in ellipses})
    return [(ellipse, sigmas.index(ellipse.sigma)) for ellipse in ellipses]


def _outline(ellipse: Ellipse, place: int) -> dict[str, Any]:
    return {
        "type": "scatter", "x": ellipse.outline[:, 0], "y": ellipse.outline[:, 1],
        "mode": "lines", "hoverinfo": "skip", "showlegend": False,
        "line": {"color": group_colour(ellipse.group), "width": 2.2 if place == 0 else 1.4,
                 "dash": _DASHES[min(place, 1)]},
    }  # fmt: skip


def _notes(centres: Mapping[int, NDArray[np.float64]]) -> list[dict[str, Any]]:
    return [
        {"x": float(at[0]), "y": float(at[1]), "text": f"<b>{group}</b>", "showarrow": False,
         "font": {"size": 12, "color": INK}, "bgcolor": faded(GROUND, 0.65), "borderpad": 1}
        for group, at in centres.items()
    ]  # fmt: skip


def probabilities(
    values: NDArray[np.floating],
    object_id: str,
    *,
    names: Mapping[int, str] | None = None,
    most: int = 6,
) -> Figure:
    """Draw the probability of one galaxy for each of its likeliest groups.

    Parameters
    ----------
    values : array of float, shape (k,)
        They sum to 1.
    object_id : str
    names : Mapping, optional
        What groups are called.
    most : int
        So many bars.

    Returns
    -------
    Figure
        A bar's customdata is the number of its group.
    """
    import plotly.graph_objects as go

    order = np.argsort(-values, kind="stable")[:most].tolist()
    bars = {
        "type": "bar", "orientation": "h", "customdata": order,
        "x": values[order], "y": [escape(group_label(g, names)) + " " for g in order],
        "marker": {"color": [group_colour(g) for g in order]},
        "text": [_share(float(values[g])) for g in order],
        "textposition": "outside", "cliponaxis": False,
        "hovertemplate": "%{x:.3f}<extra>group %{y}</extra>",
    }  # fmt: skip
    layout = {
        "dragmode": False, "clickmode": "event+select", "title": {"xref": "container"},
        "xaxis": {"range": [0, 1.16], "tickvals": [0, 0.25, 0.5, 0.75, 1], "fixedrange": True},
        "yaxis": {"type": "category", "autorange": "reversed", "ticks": "", "fixedrange": True},
    }  # fmt: skip
    best = escape(group_label(order[0], names))
    said = f"{escape(object_id)} is in group {best} with {_share(float(values[order[0]]))}"
    return finish(
        go.Figure(data=bars, layout=layout), said, x="probability", y="group",
        height=104 + 26 * len(order), key=f"probabilities {object_id}", wrap=WRAP,
    )  # fmt: skip


def _share(value: float) -> str:
    if value >= 0.9995:
        return ">99.9 %"
    return f"{100 * value:.1f} %" if value >= 0.001 else "<0.1 %"
