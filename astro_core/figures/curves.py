"""Each class against the others: ROC, and precision against recall."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, finish

if TYPE_CHECKING:
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
