"""Score against size or speed: the trials of a search that no other beats in both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from astro_core.figures.theme import INK, NOBODY, RAMP, finish
from astro_core.figures.tuning import HEIGHT, WRAP, Aim, dots, layout, ring

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

COST_AXES = {"n_parameters": "parameters", "latency_ms": "time for one image [ms]"}
_COST_WORDS = {"n_parameters": "size", "latency_ms": "speed"}


def _ticks(values: pd.Series) -> dict[str, Any]:
    """Round numbers along a logarithmic axis: 1, 2 and 5 of each power of ten."""
    powers = range(math.floor(math.log10(values.min())), math.ceil(math.log10(values.max())) + 1)
    at = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    inside = [v for v in at if values.min() / 2.5 <= v <= values.max() * 2.5]
    return {"tickvals": inside, "ticktext": [f"{v:,g}" for v in inside]}


def compromises(
    ended: pd.DataFrame,
    front: Sequence[int],
    aim: Aim,
    labels: Mapping[str, str],
    *,
    cost: str,
    shown: int | None = None,
) -> Figure:
    """Draw score against cost, with the trials that no other beats in both.

    Parameters
    ----------
    ended : DataFrame
        Trials that came to their end, columns as for `history`.
    front : sequence of int
        Numbers of those that no other beats, the cheapest first.
    cost : str
        Column on the other axis: "n_parameters" or "latency_ms".

    Returns
    -------
    Figure
        A point's customdata is the number of its trial.
    """
    import plotly.graph_objects as go

    at = ended.set_index("number", drop=False).loc[list(front)]
    rest = ended[~ended["number"].isin(list(front))]
    line = {
        "type": "scatter", "mode": "lines", "x": at[cost].tolist(), "y": at["score"].tolist(),
        "line": {"color": INK, "width": 1.4, "shape": "hv"}, "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip
    others = dots(rest, "others", {"color": NOBODY, "size": 8, "symbol": "circle-open"},
                   aim, labels)  # fmt: skip
    best = dots(at, "best compromises", {"color": RAMP[2], "size": 10}, aim, labels)
    data = [line, others | {"x": rest[cost].tolist()}, best | {"x": at[cost].tolist()}]
    look = layout()
    look["xaxis"] |= {"type": "log", **_ticks(ended[cost])}
    figure = go.Figure(data=[*data, *ring(ended, shown, cost)], layout=look)
    title = (
        f"{len(front)} of {len(ended)} trials are compromises of {aim.label} and "
        f"{_COST_WORDS[cost]} that no other beats"
    )
    return finish(
        figure, title, n=len(ended), x=COST_AXES[cost], y=f"{aim.label}, validation",
        height=HEIGHT, key=f"tuning front {cost}", wrap=WRAP,
    )  # fmt: skip
