"""What is in each group: how many galaxies, and of which classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.group_colours import counted, group_colour, group_label, in_order
from astro_core.figures.theme import LEGEND_BELOW, NOBODY, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

BAR_PX = 26
ENOUGH = 10  # labelled galaxies, before a group is called pure
WRAP = 52  # characters of a title that fit a narrow column


def group_sizes(sizes: Mapping[int, int], names: Mapping[int, str] | None = None) -> Figure:
    """Draw how many galaxies each group has, noise last.

    Parameters
    ----------
    sizes : Mapping or Series
        Galaxies per group; -1 is noise.
    names : Mapping, optional
        What groups are called, where they are.

    Returns
    -------
    Figure
        A bar's customdata is the number of its group.
    """
    import plotly.graph_objects as go

    groups = in_order([int(group) for group in sizes.keys()])  # noqa: SIM118 a Series iterates values
    counts = [int(sizes[group]) for group in groups]
    total = max(sum(counts), 1)
    reach, drawn, said = _cut_short(dict(zip(groups, counts, strict=True)))
    bars = {
        "type": "bar",
        "x": drawn,
        "y": [_tick(group, names) for group in groups],
        "orientation": "h",
        "customdata": groups,
        "marker": {
            "color": [group_colour(group) for group in groups],
            "pattern": {"shape": ["/" if n > reach else "" for n in counts]},
        },
        "text": said,
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [f"{counted(n, 'galaxy')}, {n / total:.1%} of all" for n in counts],
        "hovertemplate": "%{hovertext}<extra>group %{y}</extra>",
    }
    figure = go.Figure(
        data=[bars], layout=_bars_layout(reach * (1.5 if reach < max(counts, default=0) else 1.2))
    )
    return finish(
        figure,
        _sizes_said(dict(zip(groups, counts, strict=True))),
        n=sum(counts),
        x="galaxies",
        y="group",
        height=96 + BAR_PX * len(groups),
        key="group sizes",
        wrap=WRAP,
    )


def _cut_short(counts: Mapping[int, int]) -> tuple[float, list[float], list[str]]:
    """How far bars go, each bar, and its words: noise may be so much that no group is seen."""
    largest = max((n for group, n in counts.items() if group >= 0), default=0)
    noise = counts.get(-1, 0)
    reach = float(largest if 0 < 3 * largest < noise else max(largest, noise, 1))
    drawn = [float(min(n, reach)) for n in counts.values()]
    said = [f"{n:,}, cut short" if n > reach else f"{n:,}" for n in counts.values()]
    return reach, drawn, said


def _sizes_said(counts: Mapping[int, int]) -> str:
    groups = {group: n for group, n in counts.items() if group >= 0}
    if not groups:
        return "There are no groups: all is noise"
    largest, smallest = max(groups.values()), min(groups.values())
    said = f"{counted(len(groups), 'group')} of {smallest:,} to {counted(largest, 'galaxy')}"
    noise = counts.get(-1, 0)
    return f"{said}; {noise / sum(counts.values()):.0%} are noise" if noise else said


def _tick(group: int, names: Mapping[int, str] | None) -> str:
    return escape(group_label(group, names)) + " "


def _bars_layout(reach: float) -> dict[str, Any]:
    return {
        "barmode": "stack",
        "dragmode": False,
        "clickmode": "event+select",
        "hovermode": "closest",
        "title": {"xref": "container"},
        "xaxis": {"range": [0, reach], "fixedrange": True, "nticks": 6, "tickformat": ",~g"},
        "yaxis": {"type": "category", "autorange": "reversed", "ticks": "", "fixedrange": True},
    }


def _class_bar(
    words: str,
    number: NDArray[Any],
    part: NDArray[Any],
    totals: NDArray[Any],
    *,
    share: bool,
    letter: str,
) -> dict[str, Any]:
    """One class in every group: how long its parts are and what they say."""
    return {
        "type": "bar",
        "orientation": "h",
        "x": (100 * part if share else number).tolist(),
        "name": f"{words} <b>{letter}</b>" if letter else words,
        "text": _letters_that_fit(letter, number, part, share, totals),
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "hovertext": [
            f"{n:,} of {t:,} ({p:.0%})"
            for n, t, p in zip(number.tolist(), totals.tolist(), part, strict=True)
        ],
        "hovertemplate": f"{words}: %{{hovertext}}<extra>group %{{y}}</extra>",
    }


def class_share(
    class_counts: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    letters: Mapping[str, str],
    patterns: Mapping[str, str],
    share: bool = False,
    names: Mapping[int, str] | None = None,
    legend: bool = True,
) -> Figure:
    """Draw which classes each group holds, stacked.

    Parameters
    ----------
    class_counts : DataFrame
        Galaxies per group (index) and class (columns); the empty name is "no label".
    colours, letters, patterns : Mapping
        Of each class, as `figures.theme` gives them.
    share : bool
        Whether bars are shares of the group rather than counts.
    names : Mapping, optional
        What groups are called.
    legend : bool
        Whether the classes are listed below, for which a narrow column has no room.

    Returns
    -------
    Figure
        A part's customdata is the number of its group.
    """
    import plotly.graph_objects as go

    groups = in_order([int(group) for group in class_counts.index])
    counts = class_counts.loc[groups]
    totals = counts.sum(axis=1).to_numpy()
    ticks = [_tick(group, names) for group in groups]
    bars = []
    for name in counts.columns:
        number = counts[name].to_numpy()
        part = np.divide(number, totals, out=np.zeros(len(groups)), where=totals > 0)
        words, letter = escape(str(name).replace("_", " ") or "no label"), letters.get(name, "")
        bars.append(
            _class_bar(words, number, part, totals, share=share, letter=letter)
            | {"y": ticks, "customdata": groups}
            | {
                "marker": {
                    "color": colours.get(name, NOBODY),
                    "pattern": {"shape": patterns.get(name, "")},
                }
            }
        )
    reach = 100.0 if share else max(totals.max(initial=1) * 1.04, 1)
    figure = go.Figure(data=bars, layout=_bars_layout(reach))
    figure.update_layout(legend=LEGEND_BELOW | {"traceorder": "normal"}, showlegend=legend)
    return finish(
        figure,
        _purest(counts, names),
        n=int(totals.sum()),
        x="% of the group" if share else "galaxies",
        y="group",
        height=(150 if legend else 96) + BAR_PX * len(groups),
        key=f"class share {share}",
        wrap=WRAP,
    )


def _letters_that_fit(
    letter: str, number: Any, part: Any, share: bool, totals: Any
) -> Sequence[str]:
    long = part if share else number / max(totals.max(initial=1), 1)
    return [letter if size > 0.05 else "" for size in long.tolist()]


def _purest(counts: pd.DataFrame, names: Mapping[int, str] | None) -> str:
    """The finding: the group that one class fills most, of those that are no handful."""
    known = counts.drop(columns="", errors="ignore")
    known = known[(known.index >= 0) & (known.sum(axis=1) > 0)]
    if known.empty:
        return "No galaxy in these groups has a class yet"
    enough = known.sum(axis=1) >= min(ENOUGH, known.sum(axis=1).max())
    known = known[enough]
    shares = known.div(known.sum(axis=1), axis=0).max(axis=1)
    group = int(shares.idxmax())
    name = escape(str(known.loc[group].idxmax()).replace("_", " "))
    said = escape(group_label(group, names))
    return f"Purest is group {said}: {shares[group]:.0%} {name}"
