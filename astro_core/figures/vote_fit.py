"""Predicted fractions of votes against what people said."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import INK, NOBODY, RAMP, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 440, 52


def vote_scatter(
    voted: NDArray[np.float64],
    predicted: NDArray[np.float64],
    object_ids: Sequence[str],
    *,
    answer: str,
    mean: float,
    rmse: float,
    rmse_of_mean: float,
) -> Figure:
    """Draw predicted against voted fractions of one answer.

    Parameters
    ----------
    voted, predicted : array, shape (n,)
    object_ids : sequence of str
        What a point's customdata is.
    answer : str
        What the answer is called.
    mean : float
        The mean fraction, which a model without knowledge would give.
    rmse, rmse_of_mean : float
        Of the prediction, and of always giving the mean.
    """
    import plotly.graph_objects as go

    points = {
        "type": "scattergl", "mode": "markers", "x": voted, "y": predicted,
        "customdata": list(object_ids), "name": "galaxies",
        "marker": {"color": RAMP[2], "size": 5, "opacity": 0.7},
        "selected": {"marker": {"color": INK, "opacity": 1}},
        "unselected": {"marker": {"opacity": 0.4}},
        "hovertemplate": "%{customdata}<br>voted %{x:.2f}, predicted %{y:.2f}<extra></extra>",
    }  # fmt: skip
    edge = {"range": [-0.03, 1.03]}
    layout = {
        "showlegend": False, "hovermode": "closest", "title": {"xref": "container"},
        "clickmode": "event+select", "xaxis": edge, "yaxis": edge,
    }  # fmt: skip
    figure = go.Figure(
        data=[_straight([0, 1], [0, 1], "dash"), _straight([0, 1], [mean, mean], "dot"), points],
        layout=layout,
    )
    way = "better" if rmse < rmse_of_mean else "no better"
    title = (
        f"{escape(answer)}: RMSE {rmse:.3f}, {way} than {rmse_of_mean:.3f} for always "
        "predicting the mean"
    )
    return finish(
        figure, title, n=len(voted), x="fraction of people", y="predicted fraction",
        height=HEIGHT, key=f"votes {answer}", wrap=WRAP,
    )  # fmt: skip


def _straight(x: list[float], y: list[float], dash: str) -> dict[str, Any]:
    return {
        "type": "scatter", "x": x, "y": y, "mode": "lines", "hoverinfo": "skip",
        "line": {"color": NOBODY, "dash": dash, "width": 1},
    }  # fmt: skip
