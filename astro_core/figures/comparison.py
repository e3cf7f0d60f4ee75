"""Trainings side by side: differences with intervals, fold by fold, and over training galaxies."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, RAMP, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

WRAP, ROW_PX, LEAST_PX, HEIGHT = 60, 42, 150, 360
_LABEL_WRAP = 34
_STYLES = (("solid", "circle"), ("dash", "square"), ("dot", "diamond"), ("dashdot", "cross"))
_INKS = (INK, RAMP[2], RAMP[3], NOBODY)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """How far one training is from the reference, with its 95 per cent interval."""

    run_id: str
    label: str
    difference: float
    low: float
    high: float


def differences(gaps: Sequence[Gap], *, score: str, against: str, n: int) -> Figure:
    """Draw by how much each training differs from one of them, on the same galaxies.

    Parameters
    ----------
    gaps : sequence of Gap
        The other trainings, in the order in which they are listed.
    score : str
        Name of the score, in words: "balanced accuracy".
    against : str
        Name of the reference, in words.
    n : int
        Galaxies.

    Returns
    -------
    Figure
        A point's customdata is the run's id.
    """
    import plotly.graph_objects as go

    clear = [gap for gap in gaps if gap.low > 0 or gap.high < 0]
    if not clear:
        said = f"No clear difference from {against} in {score}"
    elif len(gaps) == 1:
        said = f"{_capital(score)} differs from {against} by {gaps[0].difference:+.3f}"
    else:
        said = f"{len(clear)} of {len(gaps)} differ clearly from {against} in {score}"
    figure = go.Figure(data=[_gaps(gaps)])
    figure.update_layout(
        dragmode=False, showlegend=False, title={"xref": "container"},
        shapes=[{"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1,
                 "line": {"color": NOBODY, "width": 1, "dash": "dot"}}],
        yaxis={"fixedrange": True, "range": [len(gaps) - 0.4, -0.6]},
        xaxis={"fixedrange": True, "tickformat": "+.3~f"},
    )  # fmt: skip
    height = LEAST_PX + ROW_PX * len(gaps)
    return finish(
        figure, said, n=n, x="difference, with 95 % interval", height=height,
        key=score, wrap=WRAP,
    )  # fmt: skip


def _gaps(gaps: Sequence[Gap]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers",
        "x": [gap.difference for gap in gaps], "y": [_wrapped(gap.label) for gap in gaps],
        "customdata": [gap.run_id for gap in gaps],
        "error_x": {
            "type": "data", "symmetric": False, "color": INK, "thickness": 1.6, "width": 5,
            "array": [gap.high - gap.difference for gap in gaps],
            "arrayminus": [gap.difference - gap.low for gap in gaps],
        },
        "marker": {
            "size": 10, "color": INK,
            "symbol": ["circle" if g.low > 0 or g.high < 0 else "circle-open" for g in gaps],
        },
        "text": [f"{gap.low:+.3f} to {gap.high:+.3f}" for gap in gaps],
        "hovertemplate": "%{y}<br>difference %{x:+.4f}<br>95 % interval %{text}<extra></extra>",
    }  # fmt: skip


def fold_pairs(
    first: Sequence[float],
    second: Sequence[float],
    *,
    names: tuple[str, str],
    score: str,
    better: str = "high",
) -> Figure:
    """Draw a score of two recipes on the same folds, a line for each fold.

    Parameters
    ----------
    first, second : sequence of float
        In the order of the folds.
    names : (str, str)
        Of the two recipes.
    better : "high" or "low"
        Which end of the score is good.

    Returns
    -------
    Figure
        A point's customdata is its fold, from 1.
    """
    import plotly.graph_objects as go

    k = len(first)
    sign = 1 if better == "high" else -1
    wins = sum(sign * (a - b) > 0 for a, b in zip(first, second, strict=True))
    if 2 * wins >= k:
        said = f"{names[0]} is better in {wins} of {k} folds"
    else:
        said = f"{names[1]} is better in {k - wins} of {k} folds"
    places = [_wrapped(name) for name in names]
    data = [
        {
            "type": "scatter", "x": places, "y": [a, b], "mode": "lines+markers",
            "name": f"fold {fold}", "customdata": [fold, fold],
            "line": {"color": RAMP[2], "width": 1.4}, "marker": {"size": 7, "color": RAMP[3]},
            "hovertemplate": f"fold {fold}<br>{score} %{{y:.4f}}<extra></extra>",
        }
        for fold, (a, b) in enumerate(zip(first, second, strict=True), start=1)
    ]  # fmt: skip
    data.append(_means(places, (sum(first) / k, sum(second) / k), score))
    figure = go.Figure(data=data)
    figure.update_layout(
        dragmode=False, showlegend=False, title={"xref": "container"},
        xaxis={"fixedrange": True, "range": [-0.35, 1.35]}, yaxis={"fixedrange": True},
    )  # fmt: skip
    return finish(figure, said, y=score, height=HEIGHT, key=f"folds {score}", wrap=WRAP)


def _means(places: list[str], means: tuple[float, float], score: str) -> dict[str, Any]:
    return {
        "type": "scatter", "x": places, "y": list(means), "mode": "lines+markers",
        "name": "mean", "line": {"color": INK, "width": 2.6},
        "marker": {"size": 12, "color": INK, "symbol": "line-ew-open", "line": {"width": 3}},
        "hovertemplate": f"mean of the folds<br>{score} %{{y:.4f}}<extra></extra>",
    }  # fmt: skip


def learning_curves(
    curves: Sequence[tuple[str, pd.DataFrame]], *, score: str, better: str = "high"
) -> Figure:
    """Draw a score against the number of galaxies learned from.

    Parameters
    ----------
    curves : sequence of (label, DataFrame)
        Each with n_train, mean, sd, n_runs and n.
    score : str
        Name of the score, in words.
    """
    import plotly.graph_objects as go

    data = [_learned(label, points, score, place) for place, (label, points) in enumerate(curves)]
    n = int(curves[0][1]["n"].iloc[-1])
    figure = go.Figure(data=data)
    figure.update_layout(
        dragmode=False, showlegend=len(curves) > 1, legend=LEGEND_BELOW,
        title={"xref": "container"}, yaxis={"fixedrange": True},
        xaxis={"type": "log", "fixedrange": True, **_ticks(curves)},
    )  # fmt: skip
    said = _learned_words(*curves[0], score, better)
    return finish(
        figure, said, n=n, x="training galaxies (logarithmic)", y=score,
        height=HEIGHT + 22 * (len(curves) > 1), key=f"learning {score}", wrap=WRAP,
    )  # fmt: skip


def _learned(label: str, points: pd.DataFrame, score: str, place: int) -> dict[str, Any]:
    dash, symbol = _STYLES[place % len(_STYLES)]
    colour = _INKS[place % len(_INKS)]
    told = [
        f"mean of {row.n_runs} trainings" if row.n_runs > 1 else "one training"
        for row in points.itertuples()
    ]
    return {
        "type": "scatter", "name": label, "mode": "lines+markers",
        "x": points["n_train"].tolist(), "y": points["mean"].tolist(),
        "error_y": {"type": "data", "array": points["sd"].fillna(0.0).tolist(),
                    "color": colour, "thickness": 1.4, "width": 5},
        "line": {"color": colour, "dash": dash, "width": 1.8},
        "marker": {"size": 9, "symbol": symbol, "color": colour},
        "text": told, "customdata": points["share"].tolist(),
        "hovertemplate": f"%{{x:,}} training galaxies<br>{score} %{{y:.4f}}<br>%{{text}}"
                         "<extra></extra>",
    }  # fmt: skip


def _ticks(curves: Sequence[tuple[str, pd.DataFrame]]) -> dict[str, Any]:
    values = sorted({int(n) for _, points in curves for n in points["n_train"]})
    shown: list[int] = []
    for value in values:
        if not shown or math.log(value / shown[-1]) > 0.2:
            shown.append(value)
    return {"tickvals": shown, "ticktext": [f"{value:,}" for value in shown]}


def _learned_words(label: str, points: pd.DataFrame, score: str, better: str) -> str:
    """What the last step brought, within the spread or beyond it."""
    last, before = points.iloc[-1], points.iloc[-2]
    gain = float(last["mean"] - before["mean"])
    spread = max(float(points["sd"].fillna(0.0).iloc[i]) for i in (-1, -2))
    step = f"from {int(before['n_train']):,} to {int(last['n_train']):,} galaxies"
    if spread and abs(gain) <= spread:
        return f"{label}: {score} changed by {gain:+.3f} {step}, within its spread"
    helped = gain > 0 if better == "high" else gain < 0
    more = "more galaxies still help" if helped else "more galaxies did not help"
    return f"{label}: {more}, {score} {gain:+.3f} {step}"


def score_dots(table: pd.DataFrame, *, score: str, name: str, n: int | None = None) -> Figure:
    """Draw a score of everything that was trained, the best on top.

    Parameters
    ----------
    table : DataFrame
        run_id, label, the score, and where there is one ``<score>_sd``; the best first.
    score : str
        Column.
    name : str
        The score in words.
    """
    import plotly.graph_objects as go

    spread = table.get(f"{score}_sd")
    has = spread is not None and spread.notna().any()
    dots = {
        "type": "scatter", "mode": "markers", "x": table[score].tolist(),
        "y": [_wrapped(label) for label in table["label"]],
        "customdata": table["run_id"].tolist(), "marker": {"size": 10, "color": INK},
        "hovertemplate": f"%{{y}}<br>{name} %{{x:.4f}}<extra></extra>",
    }  # fmt: skip
    if has:
        dots["error_x"] = {
            "type": "data", "array": spread.fillna(0.0).tolist(), "color": INK, "thickness": 1.6,
            "width": 5,
        }  # fmt: skip
    figure = go.Figure(data=[dots])
    figure.update_layout(
        dragmode=False, title={"xref": "container"}, xaxis={"fixedrange": True},
        yaxis={"fixedrange": True, "range": [len(table) - 0.4, -0.6]},
    )  # fmt: skip
    best = table.iloc[0]
    said = f"Best so far: {best['label']}, {name} {best[score]:.3f}"
    axis = f"{name}; bars: standard deviation over folds" if has else name
    height = LEAST_PX + ROW_PX * len(table)
    return finish(figure, said, n=n, x=axis, height=height, key=f"all {score}", wrap=WRAP)


def _wrapped(label: str) -> str:
    return "<br>".join(textwrap.wrap(label, _LABEL_WRAP)) or label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
