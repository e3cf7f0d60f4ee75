"""How good models became with the labels that people gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astro_core.figures.theme import INK, NOBODY, RAMP, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 380, 64
_ROOM = 0.06  # beyond the last point, as a share of its votes


def spent(points: pd.DataFrame, *, n: int, by_catalogue: float | None = None) -> Figure:
    """Draw balanced accuracy against the labels that people had given.

    Parameters
    ----------
    points : DataFrame
        One row per training: run_id, votes, n_galaxies, score, low and high (95 per cent).
    n : int
        Test galaxies.
    by_catalogue : float, optional
        What the same recipe reaches when it is taught by the catalogue.

    Returns
    -------
    Figure
        A point's customdata is the run's id.
    """
    import plotly.graph_objects as go

    points = points.sort_values("votes", kind="stable")
    most = max(float(points["votes"].max()), 1.0)
    figure = go.Figure(data=[_line(points), *_reference(by_catalogue, most)])
    figure.update_layout(
        dragmode=False, showlegend=False, title={"xref": "container"},
        xaxis={"fixedrange": True, "range": [-_ROOM * most, (1 + 2 * _ROOM) * most],
               "tickformat": ",d"},
        yaxis={"fixedrange": True, "tickformat": ".2f"},
    )  # fmt: skip
    return finish(
        figure, _finding(points), n=n, x="labels given, those on test galaxies left out",
        y="balanced accuracy, with 95 % interval", height=HEIGHT, key="spent", wrap=WRAP,
    )  # fmt: skip


def _finding(points: pd.DataFrame) -> str:
    first, last = points.iloc[0], points.iloc[-1]
    reached = f"{last['score']:.2f} of balanced accuracy with {last['votes']:,} labels"
    if len(points) == 1:
        return reached
    clear = last["low"] > first["high"] or last["high"] < first["low"]
    words = "up" if last["score"] > first["score"] else "down"
    change = f"{words} from {first['score']:.2f} with {first['votes']:,}"
    return f"{reached}, {change}" + ("" if clear else "; the intervals overlap")


def _line(points: pd.DataFrame) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines+markers",
        "x": points["votes"].tolist(), "y": points["score"].tolist(),
        "customdata": points["run_id"].tolist(),
        "line": {"color": RAMP[2], "width": 2}, "marker": {"size": 10, "color": INK},
        "error_y": {
            "type": "data", "symmetric": False, "color": RAMP[2], "thickness": 1.4, "width": 5,
            "array": (points["high"] - points["score"]).tolist(),
            "arrayminus": (points["score"] - points["low"]).tolist(),
        },
        "text": [f"{n:,} galaxies learned from" for n in points["n_galaxies"]],
        "hovertemplate": "%{x:,d} labels, %{text}<br>balanced accuracy %{y:.3f}<br>"
        "%{customdata}<extra></extra>",
    }  # fmt: skip


def _reference(score: float | None, most: float) -> list[dict[str, Any]]:
    if score is None:
        return []
    return [
        {
            "type": "scatter", "mode": "lines+text", "x": [0, (1 + 2 * _ROOM) * most],
            "y": [score, score], "hoverinfo": "skip",
            "line": {"color": NOBODY, "width": 1.4, "dash": "dash"},
            "text": [f"taught by the catalogue {score:.2f}", ""], "textposition": "top right",
            "textfont": {"color": NOBODY, "size": 12},
        }
    ]  # fmt: skip
