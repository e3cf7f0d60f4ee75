"""A self-organising map: cells side by side, each with what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.layouts import share_bars
from astro_core.figures.group_colours import counted
from astro_core.figures.theme import GROUND, INK, NOBODY, RAMP, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

WRAP = 52
CELL_PX = 110
_SIDE = 0.78
_PLACE = {"x": 0.0, "y": -0.08}


def som_map(
    u_matrix: NDArray[np.floating],
    hits: NDArray[np.integer],
    *,
    images: Mapping[int, str] | None = None,
    class_counts: pd.DataFrame | None = None,
    colours: Mapping[str, str] | None = None,
    patterns: Mapping[str, str] | None = None,
    letters: Mapping[str, str] | None = None,
    selected: Sequence[int] = (),
    names: Mapping[int, str] | None = None,
) -> Figure:
    """Draw the cells of a map: shade, number of galaxies, mean image and classes.

    Parameters
    ----------
    u_matrix : array of float, shape (rows, columns)
        Mean distance of each cell's weights to those of its neighbours: the shade. Bright cells
        part regions that are alike.
    hits : array of int, shape (rows, columns)
        Galaxies in each cell; drawn as a dot whose area grows with them where there is no image.
    images : Mapping, optional
        Data URI of the mean image of each cell, by its number: row * columns + column.
    class_counts : DataFrame, optional
        Galaxies per cell (index) and class (columns); drawn as a bar along the cell.
    colours, patterns, letters : Mapping, optional
        Of each class, as `figures.theme` gives them.
    selected : sequence of int
        Cells that are framed.
    names : Mapping, optional
        What cells are called.

    Returns
    -------
    Figure
        A cell's customdata is its number.
    """
    import plotly.graph_objects as go

    rows, columns = hits.shape
    data = [_shades(u_matrix)]
    if class_counts is not None:
        data += _class_bars(class_counts, columns, colours or {}, patterns or {}, letters or {})
    data.append(_cells(hits, images or {}, names or {}))
    figure = go.Figure(data=data, layout=_layout(hits.shape, images or {}, selected))
    largest = int(hits.argmax())
    said = f"The fullest cell, {largest}, has {counted(int(hits.max()), 'galaxy')}"
    empty = int((hits == 0).sum())
    if empty:
        said += f"; {counted(empty, 'cell')} of {hits.size} are empty"
    legend = 24 if class_counts is not None else 0
    return finish(
        figure,
        said,
        n=int(hits.sum()),
        x="column of the map",
        y="row of the map",
        height=110 + legend + CELL_PX * rows,
        key="som map",
        wrap=WRAP,
    )


def _shades(u_matrix: NDArray[np.floating]) -> dict[str, Any]:
    scale = [[place / 2, colour] for place, colour in enumerate(RAMP[:3])]
    return {
        "type": "heatmap", "z": u_matrix, "colorscale": scale, "xgap": 2, "ygap": 2,
        "hoverinfo": "skip",
        "colorbar": {"title": {"text": "distance to<br>neighbours", "font": {"size": 11}},
                     "thickness": 10, "outlinewidth": 0, "tickfont": {"size": 11, "color": NOBODY},
                     "nticks": 5},
    }  # fmt: skip


def _cells(
    hits: NDArray[np.integer], images: Mapping[int, str], names: Mapping[int, str]
) -> dict[str, Any]:
    """Points over the cells: shades cannot be selected."""
    row, column = np.indices(hits.shape).reshape(2, -1)
    flat = hits.ravel().tolist()
    scale = 42 / max(float(np.sqrt(max(flat))), 1)
    called = [escape(names.get(cell, "")) for cell in range(len(flat))]
    return {
        "type": "scatter", "x": column, "y": row + _PLACE["y"], "mode": "markers",
        "customdata": list(range(len(flat))),
        "hovertext": [f"cell {i} {name}<br>{counted(n, 'galaxy')}"
                      for i, (n, name) in enumerate(zip(flat, called, strict=True))],
        "hovertemplate": "%{hovertext}<extra></extra>", "showlegend": False,
        "marker": {
            "color": INK, "line": {"width": 0},
            "size": [60 if i in images else max(scale * n**0.5, 6) for i, n in enumerate(flat)],
            "opacity": [0 if i in images else 0.75 if n else 0.15 for i, n in enumerate(flat)],
        },
    }  # fmt: skip


def _class_bars(
    class_counts: pd.DataFrame,
    columns: int,
    colours: Mapping[str, str],
    patterns: Mapping[str, str],
    letters: Mapping[str, str],
) -> list[dict[str, Any]]:
    bars = share_bars(class_counts.sort_index().to_numpy(), columns)
    traces = []
    for place, name in enumerate(class_counts.columns):
        x0, y0, x1, y1 = bars[np.isfinite(bars[:, place, 0]), place].T
        gap = np.full(len(x0), np.nan)
        words = escape(str(name).replace("_", " ")) or "no label"
        letter = letters.get(name, "")
        traces.append(
            {
                "type": "scatter", "mode": "lines", "fill": "toself", "hoverinfo": "skip",
                "x": np.stack([x0, x1, x1, x0, x0, gap], axis=1).ravel(),
                "y": np.stack([y0, y0, y1, y1, y0, gap], axis=1).ravel(),
                "name": f"{words} <b>{letter}</b>" if letter else words,
                "line": {"width": 0}, "fillcolor": colours.get(name, NOBODY),
                "fillpattern": {"shape": patterns.get(name, ""), "solidity": 0.35},
            }
        )  # fmt: skip
    return traces


def _layout(
    shape: tuple[int, ...], images: Mapping[int, str], selected: Sequence[int]
) -> dict[str, Any]:
    rows, columns = shape
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True}
    return {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "title": {"xref": "container"},
        "legend": {"y": 1, "font": {"size": 12}},
        "xaxis": {**axis, "range": [-0.5, columns - 0.5], "tickvals": list(range(columns))},
        "yaxis": {**axis, "range": [rows - 0.5, -0.5], "tickvals": list(range(rows))},
        "images": [_image(cell, uri, columns) for cell, uri in images.items()],
        "shapes": [_frame(cell, columns) for cell in selected],
        "annotations": [_number(cell, columns) for cell in range(rows * columns)],
    }  # fmt: skip


def _image(cell: int, uri: str, columns: int) -> dict[str, Any]:
    return {
        "source": uri, "xref": "x", "yref": "y", "x": cell % columns,
        "y": cell // columns + _PLACE["y"], "xanchor": "center", "yanchor": "middle",
        "sizex": _SIDE, "sizey": 0.72, "sizing": "contain", "layer": "above",
    }  # fmt: skip


def _frame(cell: int, columns: int) -> dict[str, Any]:
    x, y = cell % columns, cell // columns
    return {
        "type": "rect", "x0": x - 0.48, "x1": x + 0.48, "y0": y - 0.48, "y1": y + 0.48,
        "line": {"color": INK, "width": 2.5}, "layer": "above",
    }  # fmt: skip


def _number(cell: int, columns: int) -> dict[str, Any]:
    return {
        "x": cell % columns - 0.46, "y": cell // columns - 0.46, "text": f"<b>{cell}</b>",
        "xanchor": "left", "yanchor": "top", "showarrow": False,
        "font": {"size": 12, "color": INK}, "bgcolor": GROUND, "borderpad": 1, "opacity": 0.85,
    }  # fmt: skip
