"""Which class was taken for which, and other tables of one answer against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Sides:
    """What rows and columns are, in words; ``{row}`` and ``{column}`` stand for two classes.

    Attributes
    ----------
    row, column : str
        What stands at the axes.
    whole : str
        What the share of a cell is a share of.
    differ, same : str
        What a cell beside and on the diagonal means.
    most : str
        The finding, with ``{n}`` of the cell and ``{total}`` of its row.
    none, perfect : str
        The finding where there is nothing, and where nothing lies beside the diagonal.
    """

    row: str = "label"
    column: str = "answer"
    whole: str = "the label"
    differ: str = "{row} taken for {column}"
    same: str = "{row}, rightly so"
    most: str = "Most often {row} is taken for {column}: {n:,} of {total:,}"
    none: str = "There is no labelled galaxy to judge by"
    perfect: str = "Every answer agrees with the label"


JUDGED = Sides()


def confusion_matrix(
    counts: NDArray[np.int64],
    classes: Sequence[str],
    *,
    letters: Mapping[str, str],
    share: bool = False,
    part: str = "",
    picked: tuple[str, str] | None = None,
    sides: Sides = JUDGED,
    words: Mapping[str, str] | None = None,
    n: int | None = None,
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
    sides : Sides
        What rows and columns are.
    words : Mapping, optional
        What a class is called, where that is not its name.
    n : int, optional
        Galaxies, where some of them are in more than one cell.

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
    said = {name: escape((words or {}).get(name, name.replace("_", " "))) for name in classes}
    cells = _cells(counts, shares, said, sides, share=share)
    layout = _layout(said, letters, totals.ravel(), picked)
    figure = go.Figure(data=[shades, cells], layout=layout)
    of = f" of the {part} part" if part else ""
    return finish(
        figure, _finding(counts, list(said.values()), sides),
        n=int(counts.sum()) if n is None else n, x=sides.column, y=f"{sides.row}{of}",
        height=max(130 + CELL_PX * len(classes), LEAST_PX), key="confusion", wrap=WRAP,
    )  # fmt: skip


def _cells(
    counts: NDArray[np.int64],
    shares: NDArray[Any],
    said: Mapping[str, str],
    sides: Sides,
    *,
    share: bool,
) -> dict[str, Any]:
    rows, columns = np.indices(counts.shape)
    pairs = list(zip(counts.ravel().tolist(), shares.ravel().tolist(), strict=True))
    text = [(f"{s:.0%}" if share else f"{n:,}") if n else "" for n, s in pairs]
    meant = [
        (sides.same if row == column else sides.differ).format(row=row, column=column)
        for row in said.values()
        for column in said.values()
    ]
    return {
        "type": "scatter", "x": columns.ravel(), "y": rows.ravel(), "mode": "markers+text",
        "customdata": [[row, column] for row in said for column in said],
        "text": text, "textposition": "middle center",
        "textfont": {"size": 12, "color": [GROUND if s > _DARK_CELL else INK for _, s in pairs]},
        "marker": {"symbol": "square", "size": CELL_PX - 4, "opacity": 0, "color": INK},
        "hovertext": [f"{m}<br>{n:,}, {s:.0%} of {sides.whole}" for m, (n, s) in
                      zip(meant, pairs, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip


def _layout(
    said: Mapping[str, str],
    letters: Mapping[str, str],
    totals: NDArray[np.int64],
    picked: tuple[str, str] | None,
) -> dict[str, Any]:
    k, classes = len(said), list(said)
    axis = {"showgrid": False, "zeroline": False, "ticks": "", "fixedrange": True,
            "tickvals": list(range(k))}  # fmt: skip
    signs = [f"<b>{escape(letters.get(name, ''))}</b>" for name in classes]
    named = [f"{s} {said[name]}" for s, name in zip(signs, classes, strict=True)]
    rows = [f"{name} ({int(n):,}) " for name, n in zip(named, totals, strict=True)]
    layout: dict[str, Any] = {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "showlegend": False, "title": {"xref": "container"},
        "xaxis": {**axis, "ticktext": signs if k > _MANY else named, "range": [-0.5, k - 0.5],
                  "autotickangles": [0, -45, -90]},
        "yaxis": {**axis, "ticktext": rows, "range": [k - 0.5, -0.5]},
    }  # fmt: skip
    if picked is not None and set(picked) <= set(classes):
        y, x = (classes.index(name) for name in picked)
        layout["shapes"] = [
            {"type": "rect", "x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5,
             "line": {"color": INK, "width": 2}}
        ]  # fmt: skip
    return layout


def _finding(counts: NDArray[np.int64], said: Sequence[str], sides: Sides) -> str:
    """The finding: the pair that is taken for another most often."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    if not counts.sum():
        return sides.none
    if not wrong.any():
        return sides.perfect
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return sides.most.format(
        row=said[row], column=said[column], n=int(wrong[row, column]), total=int(counts[row].sum())
    )
