"""All settings of all trials at once: a vertical axis for each setting, a line for each trial."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from astro_core.classifiers.tuning.space import Dimension
from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, RAMP, finish
from astro_core.figures.tuning import Aim, words

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 360, 110
_ROOMY = 7  # axes up to which names of two words may stand in one line
_WIDEST = 14  # letters of a name in one line
_MOST_CHOICES = 8
_ROOM_PX = 78  # for the title and the names of the axes


def parallel(
    ended: pd.DataFrame,
    dimensions: Sequence[Dimension],
    aim: Aim,
    labels: Mapping[str, str],
    *,
    shown: int | None = None,
) -> Figure:
    """Draw each trial as a line through its settings, the best quarter apart from the others.

    Parameters
    ----------
    ended : DataFrame
        Trials that came to their end: number, state, score, settings, n_parameters, latency_ms.
    dimensions : sequence of Dimension
        One axis each, in this order.
    shown : int, optional
        Number of the trial that is looked at.

    Returns
    -------
    Figure
        A point's customdata is the number of its trial.
    """
    import plotly.graph_objects as go

    order = ended.sort_values("score", ascending=not aim.higher)
    quarter = max(1, len(order) // 4)
    looks = (
        ("others", order.iloc[quarter:], NOBODY, 1.0, 0.5),
        ("best quarter", order.iloc[:quarter], RAMP[2], 2.0, 1.0),
        ("looked at", order[order["number"] == shown], INK, 3.0, 1.0),
    )
    data = [
        _lines(rows, dimensions, aim, labels, name) | _look(colour, width, opacity)
        for name, rows, colour, width, opacity in looks
        if len(rows)
    ]
    figure = go.Figure(data=data, layout=_layout(dimensions, labels))
    best = "best trial" if quarter == 1 else f"{quarter} best trials"
    title = f"Settings of the {best} against the others"
    made = finish(figure, title, n=len(order), height=HEIGHT, key="tuning parallel", wrap=WRAP)
    return made.update_layout(margin_t=_ROOM_PX)


def place(dimension: Dimension, value: Any) -> float:
    """Where a value lies on its axis, from 0 to 1."""
    if dimension.choices:
        return _on_steps(dimension.choices.index(value), len(dimension.choices))
    if dimension.high <= dimension.low:
        return 0.5
    low, high, at = dimension.low, dimension.high, float(value)
    if dimension.log:
        low, high, at = math.log(low), math.log(high), math.log(at)
    return (at - low) / (high - low)


def _on_steps(number: int, of: int) -> float:
    return 0.5 if of == 1 else number / (of - 1)


def _lines(
    rows: pd.DataFrame,
    dimensions: Sequence[Dimension],
    aim: Aim,
    labels: Mapping[str, str],
    name: str,
) -> dict[str, Any]:
    """All trials of one look as one line with gaps."""
    x: list[Any] = []
    y: list[Any] = []
    numbers: list[Any] = []
    text: list[str] = []
    for trial in rows.to_dict("records"):
        said = words(trial, aim, labels)
        for at, dimension in enumerate(dimensions):
            x.append(at)
            y.append(place(dimension, trial["settings"][dimension.name]))
        x.append(None)
        y.append(None)
        numbers += [trial["number"]] * (len(dimensions) + 1)
        text += [said] * (len(dimensions) + 1)
    return {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": x, "y": y,
        "customdata": numbers, "text": text, "hovertemplate": "%{text}<extra></extra>",
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def _look(colour: str, width: float, opacity: float) -> dict[str, Any]:
    return {
        "line": {"color": colour, "width": width}, "opacity": opacity,
        "marker": {"color": colour, "size": 4 + width},
    }  # fmt: skip


def _layout(dimensions: Sequence[Dimension], labels: Mapping[str, str]) -> dict[str, Any]:
    n = len(dimensions)
    ends = [note for at, d in enumerate(dimensions) for note in _marks(at, d)]
    axes = [
        {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "layer": "below",
         "line": {"color": NOBODY, "width": 1}}
        for at in range(n)
    ]  # fmt: skip
    return {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "legend": LEGEND_BELOW, "title": {"xref": "container"}, "shapes": axes,
        "annotations": ends,
        "xaxis": {
            "fixedrange": True, "range": [-0.55, n - 0.6], "showgrid": False, "tickangle": 0,
            "zeroline": False, "side": "top",
            "tickvals": list(range(n)), "ticks": "", "linecolor": "rgba(0,0,0,0)",
            "ticktext": [_wrapped(labels.get(d.name, d.name), n) for d in dimensions],
        },
        "yaxis": {"fixedrange": True, "range": [-0.06, 1.06], "visible": False},
    }  # fmt: skip


def _wrapped(label: str, n: int) -> str:
    short = len(label) <= (_WIDEST if n <= _ROOMY else _WIDEST - 5)
    return label if short else label.replace(" ", "<br>", 1)


def _number(value: float) -> str:
    """A number in few letters: 0.3, 36, 1e-4."""
    if 0 < abs(value) < 1e-2 or abs(value) >= 1e5:
        digits, _, power = f"{value:.0e}".partition("e")
        return f"{digits}e{int(power)}"
    return f"{value:.3g}"


def _marks(at: int, dimension: Dimension) -> list[dict[str, Any]]:
    """What stands at an axis: its ends and middle, or its choices."""
    if dimension.choices:
        shown = dimension.choices if len(dimension.choices) <= _MOST_CHOICES else ()
        spots = [(_on_steps(i, len(shown)), str(c)) for i, c in enumerate(shown)]
    else:
        middle = math.sqrt(dimension.low * dimension.high) if dimension.log else (
            (dimension.low + dimension.high) / 2
        )  # fmt: skip
        middle = round(middle) if dimension.whole else middle
        values = (dimension.low, middle, dimension.high)
        spots = [(place(dimension, v), _number(v)) for v in dict.fromkeys(values)]
    return [
        {"x": at, "y": y, "text": said, "showarrow": False, "xanchor": "right", "xshift": -8,
         "font": {"size": 11, "color": NOBODY}}
        for y, said in spots
    ]  # fmt: skip
