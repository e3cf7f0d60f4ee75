"""How many objects each class has, and what a balance strategy makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from astro_core.figures.theme import NOBODY, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from astro_core.datasets.balance import BalancePlan

BAR_PX = 25
TITLE_CHARACTERS = 38  # in the panel beside the stamps
_SPLIT_OPACITY = (1.0, 0.62, 0.36, 0.2)


def _named(name: str, letters: Mapping[str, str]) -> str:
    if not name:
        return "no label"
    words = name.replace("_", " ")
    return f"{words} <b>{letters[name]}</b>" if name in letters else words


def _finding(counts: Mapping[str, int]) -> str:
    known = {name: n for name, n in counts.items() if name and n}
    if not known:
        return "Nothing has a class yet"
    most, least = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    if known[most] == known[least]:
        return "Every class has as many objects"
    ratio = known[most] / known[least]
    said = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
    return f"{said} {most.replace('_', ' ')} for each {least.replace('_', ' ')}"


def class_counts(
    counts: pd.DataFrame,
    totals: Mapping[str, int],
    *,
    colours: Mapping[str, str],
    letters: Mapping[str, str],
    patterns: Mapping[str, str],
    chosen: Sequence[str] = (),
) -> Figure:
    """Draw objects per class as bars, the splits in shades; a pale bar shows the whole survey.

    Parameters
    ----------
    counts : DataFrame
        Objects shown, per class (index) and split (columns); the empty name is "none".
    totals : Mapping
        Objects of the whole survey, per class.
    chosen : sequence of str
        Classes that are filtered for; the others are dimmed.
    """
    import plotly.graph_objects as go

    names = list(counts.index)
    shown = counts.sum(axis=1)
    y = [_named(n, letters) for n in names]
    fill = [colours.get(n, NOBODY) for n in names]
    hatch = [patterns.get(n, "") for n in names]
    dim = [1.0 if not chosen or n in chosen else 0.35 for n in names]
    figure = go.Figure()
    everything = [totals.get(n, 0) for n in names]
    figure.add_bar(
        x=everything, y=y, orientation="h", customdata=names, showlegend=False,
        marker={"color": NOBODY, "opacity": 0.16},
        hovertemplate="%{x:,} in the whole survey<extra></extra>",
    )  # fmt: skip
    base = [0] * len(names)
    for place, split in enumerate(counts.columns):
        values = [int(v) for v in counts[split]]
        shade = _SPLIT_OPACITY[min(place, len(_SPLIT_OPACITY) - 1)]
        figure.add_bar(
            x=values, y=y, base=list(base), orientation="h", customdata=names,
            name=split or "no split",
            marker={"color": fill, "opacity": [shade * d for d in dim], "pattern.shape": hatch},
            hovertemplate=f"%{{x:,}} {split or 'without a split'}<extra>%{{customdata}}</extra>",
        )  # fmt: skip
        base = [b + v for b, v in zip(base, values, strict=True)]
    figure.add_scatter(
        x=everything, y=y, mode="text", customdata=names, showlegend=False, hoverinfo="skip",
        text=[_of(int(n), t) for n, t in zip(shown, everything, strict=True)],
        textposition="middle right", cliponaxis=False,
    )  # fmt: skip
    return _bars(figure, _finding(dict(shown)), max(everything, default=1), len(names))


def _of(n: int, total: int) -> str:
    return f" {n:,}" if n == total else f" {n:,} of {total:,}"


def _bars(figure: Figure, title: str, longest: float, n_bars: int) -> Figure:
    figure.update_layout(
        barmode="overlay", dragmode=False, clickmode="event+select", hovermode="closest",
        title_xref="container", showlegend=False,
    )  # fmt: skip
    room = max(longest, 1) * 1.4
    figure.update_xaxes(range=[0, room], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", ticks="", fixedrange=True, tickfont_size=11.5)
    return finish(figure, title, height=56 + BAR_PX * n_bars, wrap=TITLE_CHARACTERS)


def balance_bars(
    plan: BalancePlan,
    title: str,
    *,
    colours: Mapping[str, str],
    letters: Mapping[str, str],
) -> Figure:
    """Draw what a strategy draws of each class: objects, hatched copies, weight as text.

    The grey outline is what there is.
    """
    import plotly.graph_objects as go

    y = [_named(n, letters) for n in plan.class_names]
    fill = [colours.get(n, NOBODY) for n in plan.class_names]
    common: dict[str, Any] = {"y": y, "orientation": "h"}
    figure = go.Figure()
    figure.add_bar(
        x=plan.n_distinct, marker={"color": fill}, name="objects",
        hovertemplate="%{x:,} different objects<extra></extra>", **common,
    )  # fmt: skip
    figure.add_bar(
        x=plan.n_copies, base=plan.n_distinct, name="augmented copies",
        marker={"color": fill, "opacity": 0.55, "pattern": {"shape": "/", "solidity": 0.35}},
        hovertemplate="%{x:,} augmented copies<extra></extra>", **common,
    )  # fmt: skip
    figure.add_bar(
        x=plan.n_objects, name="there are",
        marker={"color": "rgba(0,0,0,0)", "line": {"color": NOBODY, "width": 1.2}},
        hovertemplate="%{x:,} objects there are<extra></extra>", **common,
    )  # fmt: skip
    longest = [int(max(a, b)) for a, b in zip(plan.n_drawn, plan.n_objects, strict=True)]
    texts = [f" {d:,}  x {w:.2g}" for d, w in zip(plan.n_drawn, plan.weights, strict=True)]
    figure.add_scatter(
        x=longest, y=y, mode="text", text=texts, textposition="middle right",
        showlegend=False, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    return _bars(figure, title, max(longest), len(y))
