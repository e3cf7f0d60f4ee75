"""A tree of merges: who joins whom, at which distance, and where it is cut."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.layouts import ABOVE, DendrogramLayout
from astro_core.figures.group_colours import counted, group_colour, group_label
from astro_core.figures.theme import GROUND, INK, faded, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WRAP = 52
_BELOW = 0.13  # room for the numbers of groups, as a part of the height of the tree
_MOST_NUMBERS = 30


def dendrogram(
    layout: DendrogramLayout,
    *,
    selected: int | None = None,
    names: Mapping[int, str] | None = None,
    height: int = 460,
) -> Figure:
    """Draw the upper branches of a tree, in the colours of the groups below the cut.

    A triangle stands for all that is not drawn below it; its label is how many galaxies it holds.
    Distances are drawn as their square roots: of most trees the last merges are by far the
    farthest, and would leave no room for those near the cut.

    Parameters
    ----------
    layout : DendrogramLayout
        From `clustering.layouts.dendrogram`; about 30 ends fit a narrow column, 60 a page.
    selected : int, optional
        Number of a branch that is drawn bold.
    names : Mapping, optional
        What groups are called, for hovering.

    Returns
    -------
    Figure
        A branch's customdata is its number in the tree: a leaf below m, or m + i for the i-th
        merge. `clustering.tree.branch_members` tells who is in it.
    """
    import plotly.graph_objects as go

    data = [] if selected is None else [_bold(layout, layout.below(selected))]
    data += [*_wedges(layout), *_branches(layout), *_spans(layout)]
    data += [_points(layout, selected, names)]
    figure = go.Figure(data=data, layout=_layout(layout))
    title = _said(layout)
    return finish(
        figure,
        title,
        x="galaxies in each branch",
        y="distance of merging, square-root scale",
        height=height,
        key="dendrogram",
        wrap=WRAP,
    )


def _said(layout: DendrogramLayout) -> str:
    groups = counted(layout.n_groups, "group")
    said = f"Cut at {layout.cut_height:.3g}: {groups} of {counted(layout.n_galaxies, 'galaxy')}"
    drawn = int(layout.tops.sum())
    return said if drawn == layout.n_groups else f"{said}; only {drawn} fit the drawing"


def _path(strokes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lines with gaps between them, for one trace."""
    points = np.full((len(strokes), 3, 2), np.nan)
    points[:, :2] = strokes.reshape(-1, 2, 2)
    return points[..., 0].ravel(), points[..., 1].ravel()


def _by_colour(groups: NDArray[np.intp]) -> list[tuple[str, NDArray[np.bool_]]]:
    """Each colour, and which of the groups have it: one trace draws all of these."""
    colours = np.array([group_colour(group) for group in groups.tolist()], dtype=object)
    return [(colour, colours == colour) for colour in dict.fromkeys(colours.tolist())]


def _branches(layout: DendrogramLayout) -> list[dict[str, Any]]:
    return [
        _tree_line(layout.strokes[mine], colour, 1.6)
        for colour, mine in _by_colour(layout.stroke_groups)
    ]


def _tree_line(strokes: NDArray[np.float64], colour: str, width: float) -> dict[str, Any]:
    x, heights = _path(strokes)
    return _line(x, np.sqrt(heights), colour, width)


def _line(x: Any, y: Any, colour: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter", "x": x, "y": y, "mode": "lines", "hoverinfo": "skip",
        "line": {"color": colour, "width": width},
    }  # fmt: skip


def _bold(layout: DendrogramLayout, inside: NDArray[np.bool_]) -> dict[str, Any]:
    return _tree_line(layout.strokes[inside[layout.stroke_branches]], INK, 7) | {"opacity": 0.4}


def _wedges(layout: DendrogramLayout) -> list[dict[str, Any]]:
    drawn = np.isfinite(layout.wedges[:, 0, 0])
    traces = []
    for colour, mine in _by_colour(layout.groups[drawn]):
        corners = layout.wedges[drawn][mine]
        shut = np.concatenate([corners, corners[:, :1], np.full_like(corners[:, :1], np.nan)], 1)
        traces.append(
            _line(shut[..., 0].ravel(), np.sqrt(shut[..., 1].ravel()), colour, 0.5)
            | {"fill": "toself", "fillcolor": faded(colour, 0.35)}
        )
    return traces


def _points(
    layout: DendrogramLayout, selected: int | None, names: Mapping[int, str] | None
) -> dict[str, Any]:
    chosen = layout.nodes == (-1 if selected is None else selected)
    return {
        "type": "scatter", "x": layout.x, "y": np.sqrt(layout.heights), "mode": "markers",
        "customdata": layout.nodes.tolist(),
        "hovertext": _told(layout, names),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": [group_colour(g) for g in layout.groups.tolist()],
            "size": np.where(chosen, 13, np.where(layout.ends, 5, 7)).tolist(),
            "line": {"color": np.where(chosen, INK, GROUND).tolist(), "width": 1.2},
        },
    }  # fmt: skip


def _told(layout: DendrogramLayout, names: Mapping[int, str] | None) -> list[str]:
    told = []
    rows = zip(
        layout.sizes.tolist(), layout.heights.tolist(), layout.groups.tolist(),
        layout.tops.tolist(), strict=True,
    )  # fmt: skip
    for size, height, group, top in rows:
        where = f"group {escape(group_label(group, names))}"
        if group == ABOVE:
            where = "holds several groups"
        elif not top:
            where = f"part of {where}"
        merged = f"merged at {height:.3g}" if size > 1 else "not merged yet"
        told.append(f"<b>{counted(size, 'galaxy')}</b><br>{merged}<br>{where}")
    return told


def _top(layout: DendrogramLayout) -> float:
    return float(np.sqrt(layout.heights.max(initial=0))) or 1.0


def _spans(layout: DendrogramLayout) -> list[dict[str, Any]]:
    """Under each group a bar of its colour, and its number where there is room."""
    at = -0.025 * _top(layout)
    groups = layout.spans[:, 0].astype(int).tolist()
    strokes = np.array([[first - 0.4, at, last + 0.4, at] for _, first, last in layout.spans])
    bars = [
        _line(*_path(strokes[mine]), colour, 4)
        for colour, mine in _by_colour(np.array(groups, dtype=np.intp))
    ]
    numbers = {
        "type": "scatter", "x": layout.spans[:, 1:].mean(axis=1), "mode": "text",
        "y": np.full(len(layout.spans), 3 * at),
        "text": [f"<b>{group}</b>" for group in groups],
        "textfont": {"size": 13, "color": INK}, "hoverinfo": "skip",
    }  # fmt: skip
    return [*bars, numbers] if len(groups) <= _MOST_NUMBERS else bars


def _layout(layout: DendrogramLayout) -> dict[str, Any]:
    top, cut = _top(layout), float(np.sqrt(layout.cut_height))
    ends = np.flatnonzero(layout.ends)
    ends = ends[np.argsort(layout.x[ends])]
    ticks = _ticks(top)
    line = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": cut, "y1": cut,
        "line": {"color": INK, "width": 1.4, "dash": "dash"},
    }  # fmt: skip
    return {
        "dragmode": "pan", "clickmode": "event+select", "hovermode": "closest",
        "hoverdistance": 30, "title": {"xref": "container"}, "showlegend": False, "shapes": [line],
        "xaxis": {
            "tickvals": layout.x[ends].tolist(), "showgrid": False, "zeroline": False,
            "ticktext": [f"{size:,}" for size in layout.sizes[ends].tolist()],
            "tickangle": -90, "tickfont": {"size": 10}, "ticks": "",
            "range": [-0.8, len(ends) - 0.2],
        },
        "yaxis": {
            "range": [-_BELOW * top, 1.04 * max(top, cut)], "zeroline": False,
            "tickvals": [tick**0.5 for tick in ticks], "ticktext": [f"{tick:g}" for tick in ticks],
        },
    }  # fmt: skip


def _ticks(top: float) -> list[float]:
    """Round heights, not closer than a tenth of the axis, whose end is the square root `top`."""
    scale = 10.0 ** np.floor(np.log10(top**2))
    ticks = [0.0]
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 8, 10):
        height = float(step * scale)
        if ticks[-1] ** 0.5 + top / 10 <= height**0.5 <= top:
            ticks.append(height)
    return ticks
