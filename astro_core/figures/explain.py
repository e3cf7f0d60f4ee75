"""What a network answered for one galaxy, and how its reasons hold when the galaxy is turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import INK, LEGEND_BELOW, PALETTE, faded, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ROW_PX, PROFILE_PX, WRAP = 36, 330, 34
_DIM = 0.5  # opacity of bars that are not explained
_DASHES = ("solid", "dash", "dot")


def _readable(name: str) -> str:
    return escape(name.replace("_", " "))


def answer_bars(
    outputs: Sequence[str],
    values: Sequence[float],
    *,
    explained: str,
    title: str,
    words: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    letters: Mapping[str, str] | None = None,
    label: str = "",
    x: str = "probability",
) -> Figure:
    """Draw a bar per answer of the network.

    Parameters
    ----------
    explained : str
        The output that the maps are for; its bar is solid, the others are faint.
    title : str
        The finding, in words.
    words, colours, letters : Mapping, optional
        How outputs are called and look; their own names and one colour without.
    label : str
        What people said; it is marked.

    Returns
    -------
    Figure
        A bar's customdata is the output's name.
    """
    import plotly.graph_objects as go

    said = [(words or {}).get(name) or _readable(name) for name in outputs]
    bar = {
        "type": "bar", "orientation": "h", "y": list(range(len(outputs))), "x": list(values),
        "marker": _looks(outputs, explained, colours or {}), "width": 0.38, "cliponaxis": False,
        "text": [f" {value:.2f}" for value in values], "textposition": "outside", "textangle": 0,
        "textfont": {"size": 12}, "customdata": list(outputs), "hovertext": said,
        "hovertemplate": "%{hovertext}: %{x:.3f}<extra></extra>",
    }  # fmt: skip
    layout = {
        "dragmode": False, "showlegend": False, "title": {"xref": "container"},
        "annotations": _names(outputs, said, letters or {}, label),
        "xaxis": {"range": [0, 1.16], "tickvals": [0, 0.5, 1], "fixedrange": True},
        "yaxis": {"range": [len(outputs) - 0.6, -0.9], "showticklabels": False, "ticks": "",
                  "showgrid": False, "fixedrange": True},
    }  # fmt: skip
    figure = go.Figure(data=[bar], layout=layout)
    return finish(
        figure, title, x=x, height=86 + ROW_PX * len(outputs), key="answers", wrap=WRAP
    )  # fmt: skip


def _names(
    outputs: Sequence[str], said: Sequence[str], letters: Mapping[str, str], label: str
) -> list[dict[str, Any]]:
    """What each bar is, over it: names are too long to stand beside bars."""
    signs = [f"<b>{escape(letters[n])}</b> " if n in letters else "" for n in outputs]
    ends = [" <b>people say so</b>" if n == label else "" for n in outputs]
    return [
        {"text": f"{sign}{name}{end}", "x": 0, "y": place - 0.21, "xanchor": "left",
         "yanchor": "bottom", "showarrow": False, "borderpad": 0, "font": {"size": 12.5}}
        for place, (sign, name, end) in enumerate(zip(signs, said, ends, strict=True))
    ]  # fmt: skip


def _looks(outputs: Sequence[str], explained: str, colours: Mapping[str, str]) -> dict[str, Any]:
    solid = [colours.get(name, PALETTE[0]) for name in outputs]
    return {
        "color": [
            colour if name == explained else faded(colour, _DIM)
            for name, colour in zip(outputs, solid, strict=True)
        ],
        "line": {"width": [2 if name == explained else 0 for name in outputs], "color": INK},
    }


def turned_answers(
    outputs: Sequence[str],
    answers: NDArray[np.float32],
    views: Sequence[str],
    *,
    title: str,
    words: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    letters: Mapping[str, str] | None = None,
    x: str = "probability",
) -> Figure:
    """Draw each answer in every orientation as a point, and their mean as a line.

    Parameters
    ----------
    answers : array, shape (n_views, n_outputs)
    views : sequence of str
        What each orientation is called; points say it.
    title : str
        The finding, in words.
    words, colours, letters : Mapping, optional
        As for `answer_bars`.

    Returns
    -------
    Figure
        A point's customdata is the place of its orientation.
    """
    import plotly.graph_objects as go

    said = [(words or {}).get(name) or _readable(name) for name in outputs]
    rows = np.repeat(np.arange(len(outputs)), len(views))
    points = {
        "type": "scatter", "mode": "markers", "x": answers.T.ravel().tolist(), "y": rows.tolist(),
        "marker": {"size": 13, "symbol": "line-ns", "line": {
            "width": 2.5, "color": [(colours or {}).get(outputs[r], PALETTE[0]) for r in rows]}},
        "customdata": np.tile(np.arange(len(views)), len(outputs)).tolist(),
        "hovertext": [f"{said[r]}, {views[i % len(views)]}" for i, r in enumerate(rows)],
        "hovertemplate": "%{hovertext}: %{x:.3f}<extra></extra>", "cliponaxis": False,
    }  # fmt: skip
    means = {
        "type": "scatter", "mode": "markers", "x": answers.mean(axis=0).tolist(),
        "y": list(range(len(outputs))), "hovertemplate": "mean %{x:.3f}<extra></extra>",
        "marker": {"size": 9, "symbol": "diamond", "color": INK}, "cliponaxis": False,
    }  # fmt: skip
    layout = {
        "dragmode": False, "showlegend": False, "title": {"xref": "container"},
        "xaxis": {"range": [-0.02, 1.02], "tickvals": [0, 0.5, 1], "fixedrange": True},
        "yaxis": _rows_axis(outputs, said, letters or {}),
    }  # fmt: skip
    figure = go.Figure(data=[points, means], layout=layout)
    return finish(
        figure, title, n=len(views), x=x, height=100 + ROW_PX * len(outputs), key="turned",
        wrap=WRAP,
    )  # fmt: skip


def _rows_axis(
    outputs: Sequence[str], said: Sequence[str], letters: Mapping[str, str]
) -> dict[str, Any]:
    marks = [escape(letters.get(name, "")) for name in outputs]
    return {
        "tickvals": list(range(len(outputs))), "fixedrange": True, "ticks": "", "showgrid": False,
        "ticktext": [f"<b>{m}</b> {s}" if m else s for m, s in zip(marks, said, strict=True)],
        "range": [len(outputs) - 0.4, -0.6], "tickfont": {"color": INK}, "zeroline": False,
    }  # fmt: skip


def profiles(
    rings: Mapping[str, NDArray[np.float64]], n: Mapping[str, int], *, title: str
) -> Figure:
    """Draw how far from the centre maps are strong, a line for each group of galaxies.

    Parameters
    ----------
    rings : Mapping of str to array, shape (n_rings,)
        Mean of the map in rings from the centre to the edge.
    n : Mapping of str to int
        Galaxies of each group.
    """
    import plotly.graph_objects as go

    lines = []
    for place, (name, values) in enumerate(rings.items()):
        at = (np.arange(len(values)) + 0.5) / len(values)
        lines.append({
            "type": "scatter", "mode": "lines", "x": at.tolist(), "y": values.tolist(),
            "name": f"{escape(name)} (n = {n[name]:,})", "connectgaps": True,
            "line": {"color": (INK, PALETTE[1], PALETTE[0])[place], "width": 2.2,
                     "dash": _DASHES[place]},
            "hovertemplate": "%{y:.2f} at %{x:.2f}<extra>%{fullData.name}</extra>",
        })  # fmt: skip
    top = max((float(np.nanmax(v)) for v in rings.values()), default=1.0)
    layout = {
        "dragmode": False, "showlegend": True, "title": {"xref": "container"},
        "legend": LEGEND_BELOW,
        "xaxis": {"range": [0, 1], "fixedrange": True},
        "yaxis": {"range": [0, 1.08 * max(top, 0.1)], "fixedrange": True},
    }  # fmt: skip
    figure = go.Figure(data=lines, layout=layout)
    return finish(
        figure, title, x="distance from the centre, in half sides", y="mean of the maps",
        height=PROFILE_PX, key="profiles", wrap=WRAP + 10,
    )  # fmt: skip
