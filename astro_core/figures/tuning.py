"""What a search for settings found, trial by trial."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, RAMP, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 320, 62
RING = {"size": 15, "symbol": "circle-open", "color": INK, "line": {"width": 2}}


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a search makes as good as it can.

    Attributes
    ----------
    label : str
        "balanced accuracy".
    higher : bool
        Whether a larger score is better.
    """

    label: str
    higher: bool


def words(trial: Mapping[str, Any], aim: Aim, labels: Mapping[str, str]) -> str:
    """A trial in some lines, for hovering; `labels` names its settings."""
    said = [f"trial {int(trial['number']) + 1}, {trial['state']}"]
    if not math.isnan(trial["score"]):
        said.append(f"{aim.label} {trial['score']:.3f}")
    if trial["n_parameters"] and not math.isnan(trial["n_parameters"]):
        said.append(f"{int(trial['n_parameters']):,} parameters, {trial['latency_ms']:.1f} ms")
    said += [f"{labels.get(n, n).lower()} {_short(v)}" for n, v in trial["settings"].items()]
    return "<br>".join(map(escape, said))


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def history(
    trials: pd.DataFrame,
    aim: Aim,
    labels: Mapping[str, str],
    *,
    shown: int | None = None,
    asked: int = 0,
    own: str = "the recipe's own settings",
) -> Figure:
    """Draw the score of each trial in the order they were made, and the best so far.

    A trial that was stopped early stands where it stopped; one that failed has no score.

    Parameters
    ----------
    trials : DataFrame
        number, state, score, by_epoch, own, n_parameters, latency_ms, settings.
    shown : int, optional
        Number of the trial that is looked at; it has a ring.
    asked : int
        Trials asked for; the axis goes so far.
    own : str
        What the trial had that is marked as the recipe's own.

    Returns
    -------
    Figure
        A point's customdata is the number of its trial.
    """
    import plotly.graph_objects as go

    done = trials[trials["state"] == "done"]
    stopped = trials[(trials["state"] == "stopped early") & trials["by_epoch"].map(bool)]
    stopped = stopped.assign(score=stopped["by_epoch"].map(lambda scores: scores[-1]))
    data = [
        _best_so_far(done, aim),
        dots(stopped, "stopped early", {"color": NOBODY, "size": 8, "symbol": "x-thin-open"},
              aim, labels),
        dots(done, "ended", {"color": RAMP[2], "size": 9}, aim, labels),
        *ring(done, shown),
    ]  # fmt: skip
    look = layout()
    look["xaxis"] |= {"range": [0.4, max(asked, len(trials), 2) + 0.6], "tickformat": ",d"}
    figure = go.Figure(data=data, layout=look)
    return finish(
        figure, _finding(done, aim, own), n=len(trials), x="trial", y=f"{aim.label}, validation",
        height=HEIGHT, key="tuning history", wrap=WRAP,
    )  # fmt: skip


def _finding(done: pd.DataFrame, aim: Aim, own: str) -> str:
    if done.empty:
        return "No trial has ended yet"
    best = done.loc[done["score"].idxmax() if aim.higher else done["score"].idxmin()]
    label = aim.label if aim.label.isupper() else aim.label.capitalize()
    said = f"{label} {best['score']:.3f} in trial {int(best['number']) + 1}"
    first = done[done["own"].fillna(False).astype(bool)]
    if first.empty:
        return said
    if first.iloc[0]["number"] == best["number"]:
        return f"{said}, which had {own}"
    return f"{said}; {own} gave {first.iloc[0]['score']:.3f}"


def _best_so_far(done: pd.DataFrame, aim: Aim) -> dict[str, Any]:
    best = done["score"].cummax() if aim.higher else done["score"].cummin()
    return {
        "type": "scatter", "x": (done["number"] + 1).tolist(), "y": best.tolist(),
        "mode": "lines", "name": "best so far", "hoverinfo": "skip",
        "line": {"color": INK, "width": 1.6, "shape": "hv"},
    }  # fmt: skip


def dots(
    rows: pd.DataFrame, name: str, marker: dict[str, Any], aim: Aim, labels: Mapping[str, str]
) -> dict[str, Any]:
    """Trials as points in the order they were made; customdata is the trial's number."""
    return {
        "type": "scatter", "mode": "markers", "name": name, "marker": marker,
        "x": (rows["number"] + 1).tolist(), "y": rows["score"].tolist(),
        "customdata": rows["number"].tolist(),
        "text": [words(t, aim, labels) for t in rows.to_dict("records")],
        "hovertemplate": "%{text}<extra></extra>",
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def ring(done: pd.DataFrame, shown: int | None, x: str = "number") -> list[dict[str, Any]]:
    """A ring around the trial that is looked at, if it is among these."""
    at = done[done["number"] == shown]
    if at.empty:
        return []
    return [
        {"type": "scatter", "mode": "markers", "marker": RING, "name": "looked at",
         "x": [at.iloc[0][x] + (1 if x == "number" else 0)], "y": [at.iloc[0]["score"]],
         "hoverinfo": "skip"}
    ]  # fmt: skip


def layout() -> dict[str, Any]:
    """What the figures of a search have in common."""
    return {
        "dragmode": False, "clickmode": "event+select", "hovermode": "closest",
        "legend": LEGEND_BELOW, "title": {"xref": "container"},
        "xaxis": {"fixedrange": True}, "yaxis": {"fixedrange": True},
    }  # fmt: skip


def by_epoch(
    trials: pd.DataFrame, aim: Aim, labels: Mapping[str, str], *, shown: int | None = None
) -> Figure | None:
    """Draw the score after each epoch of every trial; None where no epoch is known.

    Parameters and customdata as for `history`.
    """
    import plotly.graph_objects as go

    known = trials[trials["by_epoch"].map(bool)]
    if known.empty:
        return None
    looks = (
        ("ended", known["state"] == "done", RAMP[2], "solid", 1.1),
        ("stopped early", known["state"] == "stopped early", NOBODY, "dot", 1.1),
        ("under way", known["state"] == "running", INK, "dot", 1.6),
        ("looked at", known["number"] == shown, INK, "solid", 2.6),
    )
    data = [
        _runs(known[rows], name, {"color": colour, "dash": dash, "width": width}, aim, labels)
        for name, rows, colour, dash, width in looks
        if rows.any()
    ]
    stopped = int((trials["state"] == "stopped early").sum())
    title = f"{stopped} of {len(trials)} trials were stopped early"
    title = title if stopped else "No trial was stopped early"
    figure = go.Figure(data=data, layout=layout())
    return finish(
        figure, title, n=len(known), x="epoch", y=f"{aim.label}, validation", height=HEIGHT,
        key="tuning epochs", wrap=WRAP,
    )  # fmt: skip


def _runs(
    rows: pd.DataFrame, name: str, line: dict[str, Any], aim: Aim, labels: Mapping[str, str]
) -> dict[str, Any]:
    """All curves of one look as one line with gaps."""
    x: list[Any] = []
    y: list[Any] = []
    numbers: list[Any] = []
    text: list[str] = []
    for trial in rows.to_dict("records"):
        scores = list(trial["by_epoch"])
        x += [*range(1, len(scores) + 1), None]
        y += [*scores, None]
        numbers += [trial["number"]] * (len(scores) + 1)
        text += [words(trial, aim, labels)] * (len(scores) + 1)
    return {
        "type": "scatter", "mode": "lines+markers", "x": x, "y": y, "name": name, "line": line,
        "marker": {"size": 4, "color": line["color"]}, "customdata": numbers, "text": text,
        "hovertemplate": "epoch %{x}: %{y:.3f}<br>%{text}<extra></extra>",
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def importance(shares: Mapping[str, float], aim: Aim, labels: Mapping[str, str], n: int) -> Figure:
    """Draw how much of the differences between the scores each setting explains.

    Parameters
    ----------
    shares : Mapping
        Name of a setting to its share, from 0 to 1.
    n : int
        Trials that came to their end.
    """
    import plotly.graph_objects as go

    ordered = sorted(shares.items(), key=lambda item: item[1])
    name, share = ordered[-1]
    bars = {
        "type": "bar", "orientation": "h", "x": [v for _, v in ordered],
        "y": [escape(labels.get(k, k)) for k, _ in ordered], "marker": {"color": RAMP[2]},
        "text": [f"{v:.0%}" for _, v in ordered], "textposition": "outside", "cliponaxis": False,
        "hovertemplate": "%{y}<br>%{x:.1%} of the differences<extra></extra>",
    }  # fmt: skip
    look = layout()
    look["xaxis"] |= {"range": [0, max(1.15 * share, 0.1)], "tickformat": ".0%"}
    title = (
        f"{escape(labels.get(name, name))} explains {share:.0%} of the differences in {aim.label}"
    )
    figure = go.Figure(data=[bars], layout=look)
    return finish(
        figure, title, n=n, x="share of the variance", height=max(180, 90 + 34 * len(ordered)),
        key="tuning importance", wrap=WRAP,
    )  # fmt: skip
