"""Two groupings of the same galaxies: how many are in which pair, and who goes where."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from astro_core.figures.group_colours import counted, group_colour, group_label
from astro_core.figures.theme import GROUND, INK, RAMP, faded, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

WRAP = 52
CELL_PX = 26
_DARK_CELL = 0.55  # share of the row from which words are written dark


def contingency(
    table: pd.DataFrame,
    *,
    a: str = "first grouping",
    b: str = "second grouping",
    names_a: Mapping[int, str] | None = None,
    names_b: Mapping[int, str] | None = None,
) -> Figure:
    """Draw how many galaxies are in each pair of groups; shades are shares of the row.

    Parameters
    ----------
    table : DataFrame
        Galaxies per group of one grouping (index) and of another, or class (columns).
    a, b : str
        What the two are called.
    names_a, names_b : Mapping, optional
        What groups are called.

    Returns
    -------
    Figure
        A cell's customdata is ``[row, column]``, as they stand in the table; it is on points that
        lie over the shades, because those cannot be selected.
    """
    import plotly.graph_objects as go

    counts = table.to_numpy(dtype=float)
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    rows, columns = np.indices(counts.shape)
    flat = share.ravel()
    ids = [[_plain(i), _plain(j)] for i in table.index for j in table.columns]
    said = [f"{int(n):,}" if n else "" for n in counts.ravel()]
    shades = {
        "type": "heatmap", "z": 100 * share, "zmin": 0, "zmax": 100, "xgap": 1, "ygap": 1,
        "colorscale": _scale(), "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip
    points = {
        "type": "scatter", "x": columns.ravel(), "y": rows.ravel(), "mode": "markers+text",
        "customdata": ids, "text": said, "textposition": "middle center",
        "textfont": {
            "size": 11, "color": [GROUND if s > _DARK_CELL else INK for s in flat.tolist()]
        },
        "marker": {"symbol": "square", "size": CELL_PX - 4, "opacity": 0, "color": INK},
        "unselected": {"textfont": {"color": INK}},  # numbers stay readable beside a picked cell
        "hovertext": [f"{counted(int(n), 'galaxy')}, {s:.0%} of the row"
                      for n, s in zip(counts.ravel(), flat, strict=True)],
        "hovertemplate": f"{escape(a)}: %{{customdata[0]}}<br>{escape(b)}: %{{customdata[1]}}<br>"
        "%{hovertext}<extra></extra>",
    }  # fmt: skip
    figure = go.Figure(data=[shades, points], layout=_cells_layout(table, names_a, names_b))
    return finish(
        figure,
        _kept_said(table, a, b),
        n=int(counts.sum()),
        x=escape(b),
        y=escape(a),
        height=120 + CELL_PX * len(table),
        key="contingency",
        wrap=WRAP,
    )


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, int | np.integer) else str(value)


def _named(value: Any, names: Mapping[int, str] | None) -> str:
    if isinstance(value, int | np.integer):
        return escape(group_label(int(value), names))
    return escape(str(value).replace("_", " ")) or "no label"


def _scale() -> list[list[Any]]:
    return [[place / (len(RAMP) - 1), colour] for place, colour in enumerate(RAMP)]


def _cells_layout(
    table: pd.DataFrame, names_a: Mapping[int, str] | None, names_b: Mapping[int, str] | None
) -> dict[str, Any]:
    rows, columns = table.shape
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True}
    return {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "showlegend": False, "title": {"xref": "container"},
        "xaxis": {**axis, "autotickangles": [0, -45, -90], "tickvals": list(range(columns)),
                  "range": [-0.5, columns - 0.5],
                  "ticktext": [_named(v, names_b) for v in table.columns]},
        "yaxis": {**axis, "tickvals": list(range(rows)), "range": [rows - 0.5, -0.5],
                  "ticktext": [_named(v, names_a) for v in table.index]},
    }  # fmt: skip


def _kept_said(table: pd.DataFrame, a: str, b: str) -> str:
    """The finding: how far the groups of one stay together in the other."""
    counts = table.to_numpy(dtype=float)
    total = counts.sum()
    if not total:
        return f"{escape(a)} and {escape(b)} have no galaxy in common"
    together = counts.max(axis=1).sum() / total
    return f"{together:.0%} stay with most of their group of {escape(a)}"


def flow(
    table: pd.DataFrame,
    *,
    a: str = "first grouping",
    b: str = "second grouping",
    names_a: Mapping[int, str] | None = None,
    names_b: Mapping[int, str] | None = None,
    height: int | None = None,
) -> Figure:
    """Draw who goes from which group to which, as bands as thick as their galaxies are many.

    Parameters as for `contingency`. A band has no customdata: pages select in `contingency`.
    """
    import plotly.graph_objects as go

    left, right = list(table.index), list(table.columns)
    counts = table.to_numpy(dtype=float)
    from_, to = np.nonzero(counts)
    ends = [(v, names_a) for v in left] + [(v, names_b) for v in right]
    totals = [*counts.sum(axis=1), *counts.sum(axis=0)]
    labels = [f"{_named(v, names)}  ({n:,.0f})" for (v, names), n in zip(ends, totals, strict=True)]
    bands = {
        "type": "sankey", "arrangement": "fixed",
        "textfont": {"size": 12, "color": INK},
        "node": {
            "label": labels, "pad": 16, "thickness": 14, "line": {"width": 0},
            "color": [_colour(v) for v, _ in ends],
            "hovertemplate": "%{label}<extra></extra>",
        },
        "link": {
            "source": from_.tolist(), "target": (to + len(left)).tolist(),
            "value": counts[from_, to].tolist(),
            "color": [faded(_colour(left[i]), 0.38) for i in from_.tolist()],
            "hovertemplate": "%{value:,.0f} galaxies<br>%{source.label} to %{target.label}"
            "<extra></extra>",
        },
    }  # fmt: skip
    figure = go.Figure(data=[bands], layout={"title": {"xref": "container"}})
    n, most = int(counts.sum()), max(counts.shape)
    return finish(
        figure,
        _kept_said(table, a, b),
        n=n,
        height=height or 120 + 32 * most,
        key="flow",
        wrap=WRAP,
    )


def _colour(value: Any) -> str:
    return group_colour(int(value)) if isinstance(value, int | np.integer) else RAMP[2]
