"""What changes with the threshold: ROC, precision and recall, and the share left undefined."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, RAMP, faded, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 400, 58
MACRO = "macro"
POINTS = 300  # drawn of a curve; it may have one for every galaxy
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_LEGEND_ROW_PX, _SHORT = 20, 15  # characters of a name up to which three stand in a row


class Curve(Protocol):
    """One class against the others, as `evaluation.curves` gives it."""

    name: str
    n: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    area: float
    low: float
    high: float


def roc(
    curves: Sequence[Curve], *, colours: Mapping[str, str], letters: Mapping[str, str]
) -> Figure:
    """Draw the ROC curve of every class, and their mean in white.

    Parameters
    ----------
    curves : sequence of Curve
        The last one, "macro", is the mean of the others.
    colours, letters : Mapping
        Of each class.
    """
    chance = {
        "type": "scatter", "x": [0, 1], "y": [0, 1], "mode": "lines", "showlegend": False,
        "line": {"color": NOBODY, "dash": "dot", "width": 1}, "hoverinfo": "skip",
    }  # fmt: skip
    return _figure(
        curves, "ROC", colours, letters, [chance], from_nothing=True,
        x="false positive rate", y="true positive rate (recall)",
    )  # fmt: skip


def precision_recall(
    curves: Sequence[Curve], *, colours: Mapping[str, str], letters: Mapping[str, str]
) -> Figure:
    """Draw precision against recall; parameters as for `roc`."""
    return _figure(
        curves,
        "Precision and recall",
        colours,
        letters,
        [],
        from_nothing=False,
        x="recall",
        y="precision",
    )


def _figure(
    curves: Sequence[Curve],
    what: str,
    colours: Mapping[str, str],
    letters: Mapping[str, str],
    below: list[dict[str, Any]],
    *,
    from_nothing: bool,
    x: str,
    y: str,
) -> Figure:
    import plotly.graph_objects as go

    drawn = [curve for curve in curves if math.isfinite(curve.area)]
    lines = [
        _line(
            curve, place, colours.get(curve.name, NOBODY), letters.get(curve.name, ""), (x, y),
            from_nothing=from_nothing,
        )
        for place, curve in enumerate(drawn)
    ]  # fmt: skip
    per_row = 3 if max((len(curve.name) for curve in drawn), default=0) <= _SHORT else 2
    edge = {"range": [-0.02, 1.02], "fixedrange": True}
    layout = {
        "dragmode": False, "hovermode": "closest", "title": {"xref": "container"},
        "legend": {**LEGEND_BELOW, "entrywidth": 0.94 / per_row, "entrywidthmode": "fraction"},
        "xaxis": edge, "yaxis": edge,
    }  # fmt: skip
    n = sum(curve.n for curve in curves if curve.name != MACRO)
    rows = math.ceil(len(drawn) / per_row)
    figure = go.Figure(data=[*below, *lines], layout=layout)
    figure = finish(
        figure, _said(what, drawn), n=n, x=x, y=y, height=HEIGHT + _LEGEND_ROW_PX * rows,
        key=what, wrap=WRAP,
    )  # fmt: skip
    return figure.update_layout(margin_b=30 + _LEGEND_ROW_PX * rows)


def _said(what: str, drawn: Sequence[Curve]) -> str:
    classes = [curve for curve in drawn if curve.name != MACRO]
    macro = next((curve for curve in drawn if curve.name == MACRO), None)
    if macro is None or not classes:
        return f"{what}: nothing to compare with"
    worst = min(classes, key=lambda curve: curve.area)
    said = f"{what}: mean area {macro.area:.3f}"
    return said if len(classes) < 2 else f"{said}, least for {_readable(worst.name)}"


def _readable(name: str) -> str:
    return escape(name.replace("_", " "))


def _line(
    curve: Curve,
    place: int,
    colour: str,
    letter: str,
    axes: tuple[str, str],
    *,
    from_nothing: bool,
) -> dict[str, Any]:
    x, y = axes
    macro = curve.name == MACRO
    name = "mean" if macro else _readable(curve.name)
    sign = "" if macro else f"<b>{escape(letter)}</b> "
    keep = _thinned(curve.x, curve.y)
    if not from_nothing:
        keep = keep[curve.x[keep] > 0]  # before the first one is found
    area = f"{curve.area:.3f}"
    if math.isfinite(curve.low):
        area += f" ({curve.low:.3f} to {curve.high:.3f})"
    return {
        "type": "scatter", "mode": "lines", "x": curve.x[keep], "y": curve.y[keep],
        "name": f"{sign}{name}",
        "line": {"color": INK if macro else colour, "width": 2.6 if macro else 1.5,
                 "dash": "solid" if macro else _DASHES[place % len(_DASHES)]},
        "hovertemplate": f"{name}, area {area}<br>{x} %{{x:.3f}}<br>{y} %{{y:.3f}}"
                         "<extra></extra>",
    }  # fmt: skip


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.intp]:
    """Places evenly along the curve, its ends among them."""
    if len(x) <= POINTS:
        return np.arange(len(x))
    along = np.append(0.0, np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y))))
    wanted = np.linspace(0, along[-1], POINTS)
    found: NDArray[np.intp] = np.unique(np.searchsorted(along, wanted))
    return np.unique(np.append(found, [0, len(x) - 1])).clip(0, len(x) - 1)


def at_threshold(table: pd.DataFrame, threshold: float) -> pd.Series:
    """The row of a threshold table that is nearest to a threshold."""
    row: pd.Series = table.iloc[int((table["threshold"] - threshold).abs().argmin())]
    return row


def trade_off(table: pd.DataFrame, threshold: float) -> str:
    """Say what a threshold costs and brings, in one sentence."""
    row = at_threshold(table, threshold)
    lost = 1 - float(row["defined"])
    if not math.isfinite(row["accuracy"]):
        return f"At {threshold:.2f}, every galaxy stays undefined."
    return (
        f"At {threshold:.2f}, {100 * lost:.0f} % stay undefined; of the rest "
        f"{100 * float(row['accuracy']):.0f} % are right."
    )


_MEASURES = (
    ("accuracy", "right, of those with an answer", INK, "solid", 2.4),
    ("undefined", "undefined", NOBODY, "dash", 2.4),
    ("precision", "precision, mean of classes", RAMP[3], "dot", 1.4),
    ("recall", "recall, mean of classes", RAMP[2], "dashdot", 1.4),
    ("f1", "F1, mean of classes", RAMP[2], "longdash", 1.4),
)


def threshold_curves(table: pd.DataFrame, *, at: float, n: int) -> Figure:
    """Draw what becomes of the scores when answers below a probability count as undefined.

    Parameters
    ----------
    table : DataFrame
        As `evaluation.curves.threshold_table` gives it.
    at : float
        The threshold that is chosen; a line stands there.
    n : int
        Number of galaxies.
    """
    import plotly.graph_objects as go

    drawn = table.assign(undefined=1 - table["defined"])
    lines = [_measure(drawn, *measure) for measure in _MEASURES]
    layout = {
        "dragmode": False, "hovermode": "x unified", "title": {"xref": "container"},
        "legend": LEGEND_BELOW,
        "xaxis": {"range": [0, 1], "fixedrange": True},
        "yaxis": {"range": [-0.02, 1.02], "fixedrange": True, "tickformat": ".0%"},
        "shapes": [
            {"type": "rect", "x0": 0, "x1": at, "yref": "paper", "y0": 0, "y1": 1,
             "fillcolor": faded(NOBODY, 0.08), "line": {"width": 0}, "layer": "below"},
            {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": INK, "width": 1.2, "dash": "dot"}},
        ],
    }  # fmt: skip
    figure = go.Figure(data=lines, layout=layout)
    figure = finish(
        figure, trade_off(table, at), n=n, x="threshold on the probability of the answer",
        y="share", height=HEIGHT, key="threshold", wrap=WRAP,
    )  # fmt: skip
    return figure.update_layout(margin_b=44)


def _measure(
    table: pd.DataFrame, column: str, said: str, colour: str, dash: str, width: float
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": table["threshold"].tolist(),
        "y": [None if math.isnan(v) else v for v in table[column]], "name": said,
        "line": {"color": colour, "dash": dash, "width": width},
        "hovertemplate": f"{said} %{{y:.1%}}<extra></extra>",
    }  # fmt: skip
