"""HDBSCAN's condensed tree: which crowds last while more and more density is asked."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from astro_core.clustering.layouts import CondensedLayout
from astro_core.clustering.layouts.condensed import UNCHOSEN
from astro_core.figures.group_colours import counted, group_colour, group_label
from astro_core.figures.theme import GROUND, INK, NOBODY, faded, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WRAP = 52
_MOST_NUMBERS = 40


def condensed_tree(
    layout: CondensedLayout,
    *,
    selected: int | None = None,
    names: Mapping[int, str] | None = None,
    height: int = 460,
) -> Figure:
    """Draw the condensed tree as icicles; the branches that became groups are outlined.

    Parameters
    ----------
    layout : CondensedLayout
        From `clustering.layouts.condensed`.
    selected : int, optional
        Number of a branch that is marked.
    names : Mapping, optional
        What groups are called, for hovering.

    Returns
    -------
    Figure
        A branch's customdata is its number in the tree.
    """
    import plotly.graph_objects as go

    data = [_joints(layout), *_icicles(layout), _points(layout, selected, names)]
    figure = go.Figure(data=data, layout=_layout(layout))
    n_groups = int((layout.groups != UNCHOSEN).sum())
    said = f"{counted(n_groups, 'group')} among {counted(layout.n_branches, 'branch')}"
    if len(layout.nodes) < layout.n_branches:
        said += f"; the {len(layout.nodes)} largest are drawn"
    return finish(
        figure,
        said,
        n=layout.n_galaxies,
        x="width: square root of the galaxies that are left",
        y="density asked, 1 / distance",
        height=height,
        key="condensed tree",
        wrap=WRAP,
    )


def _numbered(layout: CondensedLayout) -> bool:
    return int((layout.groups != UNCHOSEN).sum()) <= _MOST_NUMBERS


def _joints(layout: CondensedLayout) -> dict[str, Any]:
    points = np.full((len(layout.joints), 3, 2), np.nan)
    points[:, :2] = layout.joints.reshape(-1, 2, 2)
    return {
        "type": "scatter", "x": points[..., 0].ravel(), "y": points[..., 1].ravel(),
        "mode": "lines", "hoverinfo": "skip", "line": {"color": NOBODY, "width": 1},
    }  # fmt: skip


def _icicles(layout: CondensedLayout) -> list[dict[str, Any]]:
    """One trace for the branches that were not chosen, and one for each colour."""
    colours = [group_colour(group) for group in layout.groups.tolist()]
    gap, numbered = np.full((1, 2), np.nan), _numbered(layout)
    traces = []
    for colour in sorted(set(colours), key=lambda colour: colour != NOBODY):
        mine = [shape for shape, own in zip(layout.outlines, colours, strict=True) if own == colour]
        path = np.concatenate([part for shape in mine for part in (shape, gap)])
        chosen = colour != NOBODY
        traces.append(
            {
                "type": "scatter", "x": path[:, 0], "y": path[:, 1], "mode": "lines",
                "fill": "toself", "fillcolor": faded(colour, 0.75 if chosen else 0.22),
                "line": {"color": INK if chosen else NOBODY,
                         "width": 1.6 if chosen and numbered else 0.6},
                "hoverinfo": "skip",
            }
        )  # fmt: skip
    return traces


def _points(
    layout: CondensedLayout, selected: int | None, names: Mapping[int, str] | None
) -> dict[str, Any]:
    groups = layout.groups.tolist()
    told = []
    rows = zip(layout.sizes.tolist(), layout.births, layout.deaths, groups, strict=True)
    for size, birth, death, group in rows:
        what = "not a group" if group < 0 else f"group {escape(group_label(group, names))}"
        span = f"1 / distance from {birth:.3g} to {death:.3g}"
        told.append(f"<b>{counted(size, 'galaxy')}</b><br>{span}<br>{what}")
    numbered = _numbered(layout)
    marked = [node == selected for node in layout.nodes.tolist()]
    return {
        "type": "scatter", "x": layout.x, "y": layout.births, "mode": "markers+text",
        "customdata": layout.nodes.tolist(), "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "text": [f"<b>{group}</b>" if numbered and group >= 0 else "" for group in groups],
        "textposition": "top center", "textfont": {"size": 13, "color": INK},
        "marker": {
            "color": [group_colour(group) for group in groups],
            "size": [14 if m else 8 if numbered else 5 for m in marked],
            "line": {"color": [INK if m else GROUND for m in marked], "width": 1.2},
        },
    }  # fmt: skip


def _layout(layout: CondensedLayout) -> dict[str, Any]:
    left = min(float(outline[:, 0].min()) for outline in layout.outlines)
    right = max(float(outline[:, 0].max()) for outline in layout.outlines)
    margin = 0.03 * (right - left)
    return {
        "dragmode": "pan", "clickmode": "event+select", "hovermode": "closest",
        "hoverdistance": 30, "title": {"xref": "container"}, "showlegend": False,
        "xaxis": {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False,
                  "range": [left - margin, right + margin]},
        "yaxis": {"range": [1.03 * layout.reach, -0.07 * layout.reach], "zeroline": False},
    }  # fmt: skip
