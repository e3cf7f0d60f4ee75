"""A self-organising map: cells side by side, each with what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.layouts import share_bars
from astro_core.figures.group_colours import counted, group_label
from astro_core.figures.theme import GROUND, INK, LEGEND_BELOW, NOBODY, RAMP, faded, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

WRAP = 52
CELL_PX = 110
_DOT_PX = 46
_SIDE = 0.74
_SHADES = {"u_matrix": "distance to neighbours", "hits": "galaxies"}


def som_map(
    u_matrix: NDArray[np.floating],
    hits: NDArray[np.integer],
    kind: str = "u_matrix",
    *,
    images: Mapping[int, str] | None = None,
    class_counts: pd.DataFrame | None = None,
    colours: Mapping[str, str] | None = None,
    patterns: Mapping[str, str] | None = None,
    letters: Mapping[str, str] | None = None,
    selected: int | None = None,
    names: Mapping[int, str] | None = None,
) -> Figure:
    """Draw the cells of a map in one of four ways, each with its number and its galaxies.

    Parameters
    ----------
    u_matrix : array of float, shape (rows, columns)
        Mean distance of each cell's weights to those of its neighbours. Bright cells part regions
        that are alike.
    hits : array of int, shape (rows, columns)
        Galaxies in each cell.
    kind : str
        "u_matrix": shades are the distances, and the area of a dot is the galaxies; "hits": shades
        are the galaxies; "images": the mean images; "class_share": the classes.
    images : Mapping, optional
        Data URI of the mean image of each cell, by its number: row * columns + column.
    class_counts : DataFrame, optional
        Galaxies per cell (index) and class (columns); a bar along each cell where images or
        classes are shown.
    colours, patterns, letters : Mapping, optional
        Of each class, as `figures.theme` gives them.
    selected : int, optional
        Cell that is framed.
    names : Mapping, optional
        What cells are called, for hovering.

    Returns
    -------
    Figure
        A cell's customdata is its number.
    """
    import plotly.graph_objects as go

    shape = hits.shape
    pictures = (images or {}) if kind == "images" else {}
    data = [_shades(kind, u_matrix, hits)]
    title = _hits_said(hits)
    shares: list[dict[str, Any]] = []
    listed = class_counts is not None and kind not in _SHADES
    if class_counts is not None and listed:
        table = class_counts.reindex(range(hits.size), fill_value=0)
        large = kind == "class_share"
        data += _class_bars(
            table, shape[1], colours or {}, patterns or {}, letters or {}, large=large
        )
        if large:
            title = _purest_said(table)
            shares = _shares(table, shape[1], letters or {})
    data.append(_cells(kind, hits, names or {}))
    figure = go.Figure(data=data, layout=_layout(hits, pictures, selected, shares))
    if kind == "u_matrix":
        title = f"Cell {int(u_matrix.argmax())} is farthest from its neighbours"
    return finish(
        figure,
        title,
        n=int(hits.sum()),
        x="column of the map",
        y="row of the map",
        height=110 + (40 if listed else 0) + CELL_PX * shape[0],
        key=f"som map {kind}",
        wrap=WRAP,
    )


def _hits_said(hits: NDArray[np.integer]) -> str:
    said = f"The fullest cell, {int(hits.argmax())}, has {counted(int(hits.max()), 'galaxy')}"
    empty = int((hits == 0).sum())
    if not empty:
        return said
    return f"{said}; {empty} of {counted(hits.size, 'cell')} {'is' if empty == 1 else 'are'} empty"


def _purest_said(table: pd.DataFrame) -> str:
    known = table.drop(columns="", errors="ignore")
    known = known[known.sum(axis=1) > 0]
    if known.empty:
        return "No galaxy in these cells has a class yet"
    share = known.div(known.sum(axis=1), axis=0).max(axis=1)
    cell = int(share.idxmax())
    name = escape(str(known.loc[cell].idxmax()).replace("_", " "))
    return f"Purest is cell {cell}: {share[cell]:.0%} {name}"


def _shades(kind: str, u_matrix: NDArray[np.floating], hits: NDArray[np.integer]) -> dict[str, Any]:
    """The quantity of each cell; one and the same shade where something else is drawn on it."""
    scale = [[place / 2, colour] for place, colour in enumerate(RAMP[:3])]
    shades = {"type": "heatmap", "colorscale": scale, "xgap": 3, "ygap": 3, "hoverinfo": "skip"}
    if kind not in _SHADES:
        return shades | {"z": np.zeros(hits.shape), "zmin": 0, "zmax": 1, "showscale": False}
    colorbar = {
        "title": {"text": _SHADES[kind], "font": {"size": 11}, "side": "right"},
        "thickness": 10, "outlinewidth": 0, "nticks": 5,
        "tickfont": {"size": 11, "color": NOBODY},
    }  # fmt: skip
    return shades | {"z": u_matrix if kind == "u_matrix" else hits, "colorbar": colorbar}


def _cells(kind: str, hits: NDArray[np.integer], names: Mapping[int, str]) -> dict[str, Any]:
    """Points over the cells: shades cannot be selected."""
    row, column = np.indices(hits.shape).reshape(2, -1)
    flat = hits.ravel().tolist()
    largest = max(float(np.sqrt(max(flat))), 1)
    dots = kind == "u_matrix"
    return {
        "type": "scatter", "x": column, "y": row, "mode": "markers",
        "customdata": list(range(len(flat))), "showlegend": False,
        "hovertext": [f"<b>cell {escape(group_label(i, names))}</b><br>{counted(n, 'galaxy')}"
                      for i, n in enumerate(flat)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": INK, "symbol": "circle" if dots else "square",
            "size": [max(_DOT_PX * n**0.5 / largest, 5) if dots else 64 for n in flat],
            "opacity": [(0.8 if n else 0.2) if dots else 0 for n in flat],
        },
    }  # fmt: skip


def _class_bars(
    class_counts: pd.DataFrame,
    columns: int,
    colours: Mapping[str, str],
    patterns: Mapping[str, str],
    letters: Mapping[str, str],
    *,
    large: bool,
) -> list[dict[str, Any]]:
    bars = share_bars(class_counts.to_numpy(), columns, large=large)
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
    hits: NDArray[np.integer],
    images: Mapping[int, str],
    selected: int | None,
    shares: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    rows, columns = hits.shape
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True}
    numbers = [_number(cell, columns) for cell in range(hits.size)]
    counts = [_count(cell, columns, n) for cell, n in enumerate(hits.ravel().tolist())]
    return {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "title": {"xref": "container"},
        "legend": LEGEND_BELOW,
        "xaxis": {**axis, "range": [-0.5, columns - 0.5], "tickvals": list(range(columns)),
                  "ticktext": list(range(1, columns + 1))},
        "yaxis": {**axis, "range": [rows - 0.5, -0.5], "tickvals": list(range(rows)),
                  "ticktext": list(range(1, rows + 1))},
        "images": [_image(cell, uri, columns) for cell, uri in images.items()],
        "shapes": [] if selected is None else [_frame(selected, columns)],
        "annotations": numbers + counts + list(shares),
    }  # fmt: skip


def _shares(
    class_counts: pd.DataFrame, columns: int, letters: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The most frequent class of each cell and its share, above its bar."""
    notes = []
    for cell, row in enumerate(class_counts.to_numpy()):
        if row.sum():
            name = str(class_counts.columns[int(row.argmax())])
            said = f"{letters.get(name, escape(name) or 'no label')} {row.max() / row.sum():.0%}"
            place = {"x": cell % columns, "xanchor": "center"}
            above = {"y": cell // columns - 0.17, "yanchor": "bottom", "text": f"<b>{said}</b>"}
            notes.append(_number(cell, columns) | place | above)
    return notes


def _image(cell: int, uri: str, columns: int) -> dict[str, Any]:
    return {
        "source": uri, "xref": "x", "yref": "y", "x": cell % columns, "y": cell // columns,
        "xanchor": "center", "yanchor": "middle", "sizex": 0.96, "sizey": _SIDE,
        "sizing": "contain", "layer": "above",
    }  # fmt: skip


def _frame(cell: int, columns: int) -> dict[str, Any]:
    x, y = cell % columns, cell // columns
    return {
        "type": "rect", "x0": x - 0.48, "x1": x + 0.48, "y0": y - 0.48, "y1": y + 0.48,
        "line": {"color": INK, "width": 2.5}, "layer": "above",
    }  # fmt: skip


def _number(cell: int, columns: int) -> dict[str, Any]:
    return {
        "x": cell % columns - 0.46, "y": cell // columns - 0.47, "text": f"<b>{cell}</b>",
        "xanchor": "left", "yanchor": "top", "showarrow": False,
        "font": {"size": 13, "color": INK}, "bgcolor": faded(GROUND, 0.6), "borderpad": 1,
    }  # fmt: skip


def _count(cell: int, columns: int, n: int) -> dict[str, Any]:
    return _number(cell, columns) | {
        "x": cell % columns + 0.46, "xanchor": "right", "text": f"{n:,}",
        "font": {"size": 11, "color": INK},
    }  # fmt: skip
