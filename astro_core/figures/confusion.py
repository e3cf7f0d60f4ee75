"""Which class was taken for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import GROUND, INK, RAMP, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WRAP, CELL_PX, LEAST_PX = 56, 34, 330
_DARK_CELL = 0.55  # share of the row from which words are written dark
_MANY = 8  # classes from which columns have only their letter


def confusion_matrix(
    counts: NDArray[np.int64],
    classes: Sequence[str],
    *,
    letters: Mapping[str, str],
    share: bool = False,
    part: str = "",
    picked: tuple[str, str] | None = None,
) -> Figure:
    """Draw labels against answers; shades are shares of the row.

    Parameters
    ----------
    counts : array of int, shape (n_classes, n_classes)
        Row the label, column the answer.
    classes : sequence of str
    letters : Mapping
        Of each class, as `figures.theme` gives them.
    share : bool
        Whether cells say the share of their row rather than the number.
    part : str
        Which galaxies these are, for the axis: "test".
    picked : (label, answer), optional
        The cell that is looked at; it has a frame.

    Returns
    -------
    Figure
        A cell's customdata is ``[label, answer]``; it is on points that lie over the shades,
        because those cannot be selected.
    """
    import plotly.graph_objects as go

    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    shades = {
        "type": "heatmap", "z": 100 * shares, "zmin": 0, "zmax": 100, "xgap": 1, "ygap": 1,
        "colorscale": [[i / (len(RAMP) - 1), c] for i, c in enumerate(RAMP)],
        "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip
    cells = _cells(counts, shares, classes, share=share)
    layout = _layout(classes, letters, totals.ravel(), picked)
    figure = go.Figure(data=[shades, cells], layout=layout)
    of = f" of the {part} part" if part else ""
    return finish(
        figure, _said(counts, classes), n=int(counts.sum()), x="answer",
        y=f"label{of}", height=max(130 + CELL_PX * len(classes), LEAST_PX), key="confusion",
        wrap=WRAP,
    )  # fmt: skip


def _readable(name: str) -> str:
    return escape(name.replace("_", " "))


def _cells(
    counts: NDArray[np.int64], shares: NDArray[Any], classes: Sequence[str], *, share: bool
) -> dict[str, Any]:
    rows, columns = np.indices(counts.shape)
    pairs = list(zip(counts.ravel().tolist(), shares.ravel().tolist(), strict=True))
    said = [(f"{s:.0%}" if share else f"{n:,}") if n else "" for n, s in pairs]
    hover = [
        f"{_readable(label)} taken for {_readable(answer)}"
        if label != answer
        else f"{_readable(label)}, rightly so"
        for label in classes
        for answer in classes
    ]
    return {
        "type": "scatter", "x": columns.ravel(), "y": rows.ravel(), "mode": "markers+text",
        "customdata": [[label, answer] for label in classes for answer in classes],
        "text": said, "textposition": "middle center",
        "textfont": {"size": 12, "color": [GROUND if s > _DARK_CELL else INK for _, s in pairs]},
        "marker": {"symbol": "square", "size": CELL_PX - 4, "opacity": 0, "color": INK},
        "hovertext": [f"{h}<br>{n:,}, {s:.0%} of the label" for h, (n, s) in
                      zip(hover, pairs, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip


def _layout(
    classes: Sequence[str],
    letters: Mapping[str, str],
    totals: NDArray[np.int64],
    picked: tuple[str, str] | None,
) -> dict[str, Any]:
    k = len(classes)
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True,
            "tickvals": list(range(k))}  # fmt: skip
    signs = [f"<b>{escape(letters.get(name, ''))}</b>" for name in classes]
    named = [f"{s} {_readable(name)}" for s, name in zip(signs, classes, strict=True)]
    rows = [f"{name} ({int(n):,}) " for name, n in zip(named, totals, strict=True)]
    layout: dict[str, Any] = {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "showlegend": False, "title": {"xref": "container"},
        "xaxis": {**axis, "ticktext": signs if k > _MANY else named, "range": [-0.5, k - 0.5],
                  "autotickangles": [0, -45, -90]},
        "yaxis": {**axis, "ticktext": rows, "range": [k - 0.5, -0.5]},
    }  # fmt: skip
    if picked is not None and set(picked) <= set(classes):
        y, x = (list(classes).index(name) for name in picked)
        layout["shapes"] = [
            {"type": "rect", "x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5,
             "line": {"color": INK, "width": 2}}
        ]  # fmt: skip
    return layout


def _said(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    """The finding: the pair that is taken for another most often."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    if not counts.sum():
        return "There is no labelled galaxy to judge by"
    if not wrong.any():
        return "Every answer agrees with the label"
    label, answer = np.unravel_index(int(wrong.argmax()), wrong.shape)
    n, total = int(wrong[label, answer]), int(counts[label].sum())
    return (
        f"Most often {_readable(classes[label])} is taken for {_readable(classes[answer])}: "
        f"{n:,} of {total:,}"
    )
