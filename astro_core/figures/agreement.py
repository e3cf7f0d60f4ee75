"""How far people agree: pair by pair, person by person, and with the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from astro_core.figures.confusion import Sides
from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

WRAP, ROW_PX, LEAST_PX, BAR_PX = 56, 30, 120, 34
_CLEAR = 0.02  # kappas that differ by less read alike

EVERYBODY = Sides(
    row="one says",
    column="another says",
    whole="the row",
    differ="One says {row}, another {column}",
    same="Two say {row}",
    most="People differ most often between {row} and {column}: {n:,} galaxies",
    none="No galaxy was answered by two people",
    perfect="Nobody ever differed from another",
)
CATALOGUE = Sides(
    row="catalogue",
    column="people",
    whole="the catalogue's class",
    differ="{row} in the catalogue, {column} by people",
    same="{row} in both",
    most="What the catalogue calls {row}, people most often call {column}: {n:,} of {total:,}",
    none="No galaxy has both a label of people and a class in the catalogue",
    perfect="People say of every galaxy what the catalogue says",
)


OTHERS = "the others"


def two_sides(one: str, other: str) -> Sides:
    """The words for one person's answers against those of another, or of `OTHERS`."""
    first, second = (f"{escape(who)} {'say' if who == OTHERS else 'says'}" for who in (one, other))
    them, they = (said.replace("{", "{{").replace("}", "}}") for said in (first, second))
    return Sides(
        row=first,
        column=second,
        whole="the row",
        differ=f"{them} {{row}}, {they} {{column}}",
        same="Both say {row}",
        most=f"Most often {they} {{column}} where {them} {{row}}: {{n:,}} of {{total:,}}",
        none=f"{escape(one)} and {escape(other)} have answered no galaxy both",
        perfect=f"{escape(one)} and {escape(other)} never differ",
    )


def pair_kappas(pairs: pd.DataFrame, *, n_pairs: int) -> Figure:
    """Draw Cohen's kappa of pairs of people with its interval, those who agree least on top.

    Parameters
    ----------
    pairs : DataFrame
        a, b, n, kappa, low, high.
    n_pairs : int
        Pairs that there are, of which these are some.

    Returns
    -------
    Figure
        A point's customdata is ``[a, b]``.
    """
    least, most = pairs.iloc[0], pairs.iloc[-1]
    if len(pairs) == 1:
        said = f"{least.a} and {least.b} agree with a kappa of {least.kappa:.2f}"
    elif most.kappa - least.kappa < _CLEAR:
        said = "All pairs agree about as well"
    else:
        said = f"{least.a} and {least.b} agree least, kappa {least.kappa:.2f}"
    labels = [f"{escape(row.a)} · {escape(row.b)}" for row in pairs.itertuples()]
    told = [
        f"kappa {row.kappa:.3f}, {row.low:.3f} to {row.high:.3f}<br>{row.n:,} galaxies"
        for row in pairs.itertuples()
    ]
    dots = _dots(pairs["kappa"], pairs["low"], pairs["high"], labels, told)
    dots["customdata"] = pairs[["a", "b"]].to_numpy().tolist()
    more = f" ({len(pairs)} of {n_pairs} pairs)" if n_pairs > len(pairs) else ""
    axis = f"Cohen's kappa, with 95 % interval{more}"
    lowest = min(0.0, float(pairs["low"].min()))
    return _rows([dots], escape(said), axis, (lowest - 0.03, 1.03), len(pairs), "kappas")


def skills(people: pd.DataFrame, *, of: str) -> Figure:
    """Draw how often each person agrees, with its interval; who agrees most is on top.

    Parameters
    ----------
    people : DataFrame
        reviewer, share, low, high, n; the order in which they are drawn.
    of : str
        With whom, for the axis.

    Returns
    -------
    Figure
        A point's customdata is the reviewer.
    """
    first, last = people.iloc[0], people.iloc[-1]
    if len(people) == 1 or last.high >= first.low:
        said = "No clear difference between people"
    else:
        least = f"{last.reviewer}, {last.share:.0%}"
        said = f"{first.reviewer} agrees most, {first.share:.0%}; least {least}"
    told = [
        f"{row.share:.1%}, {row.low:.1%} to {row.high:.1%}<br>{row.n:,} galaxies"
        for row in people.itertuples()
    ]
    labels = [escape(name) for name in people["reviewer"]]
    dots = _dots(people["share"], people["low"], people["high"], labels, told)
    dots["customdata"] = people["reviewer"].tolist()
    low = float(people["low"].min())
    return _rows([dots], escape(said), of, (max(low - 0.05, -0.02), 1.02), len(people), of)


def _dots(
    value: pd.Series, low: pd.Series, high: pd.Series, labels: list[str], told: list[str]
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "x": value.tolist(), "y": labels,
        "error_x": {
            "type": "data", "symmetric": False, "color": INK, "thickness": 1.6, "width": 5,
            "array": (high - value).tolist(), "arrayminus": (value - low).tolist(),
        },
        "marker": {"size": 10, "color": INK}, "text": told,
        "hovertemplate": "%{y}<br>%{text}<extra></extra>",
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def _rows(
    data: list[dict[str, Any]], said: str, axis: str, limits: tuple[float, float], n: int, key: str
) -> Figure:
    import plotly.graph_objects as go

    figure = go.Figure(data=data)
    figure.update_layout(
        dragmode=False, clickmode="event+select", hovermode="closest", showlegend=False,
        title={"xref": "container"},
        xaxis={"fixedrange": True, "range": limits},
        yaxis={"fixedrange": True, "range": [n - 0.4, -0.6]},
    )  # fmt: skip
    return finish(figure, said, x=axis, height=LEAST_PX + ROW_PX * n, key=key, wrap=WRAP)


def people_against_catalogue(
    people: Mapping[str, int],
    catalogue: Mapping[str, int],
    *,
    colours: Mapping[str, str],
    letters: Mapping[str, str],
    words: Mapping[str, str],
    chosen: Sequence[str] = (),
    n: int,
) -> Figure:
    """Draw how many of the same galaxies people and the catalogue give each class.

    Parameters
    ----------
    people, catalogue : Mapping
        Galaxies per class, in the order of the classes.
    chosen : sequence of str
        Classes that are looked at; the others are dimmed.
    n : int
        Galaxies that have a label of people.

    Returns
    -------
    Figure
        A bar's customdata is the class.
    """
    import plotly.graph_objects as go

    names = list(people)
    y = [f"{escape(words.get(c, c))} <b>{escape(letters.get(c, ''))}</b>" for c in names]
    dim = [1.0 if not chosen or c in chosen else 0.35 for c in names]
    common = {"type": "bar", "y": y, "orientation": "h", "customdata": names}
    fill = [colours.get(c, NOBODY) for c in names]
    bars = [
        {**common, "name": "people", "x": [people[c] for c in names],
         "text": [f"{people[c]:,}" for c in names], "textposition": "outside", "cliponaxis": False,
         "marker": {"color": fill, "opacity": dim},
         "hovertemplate": "%{x:,} by people<extra></extra>"},
    ]  # fmt: skip
    if any(catalogue.values()):
        bars.append(
            {**common, "name": "catalogue, of the same galaxies",
             "x": [catalogue.get(c, 0) for c in names],
             "text": [f"{catalogue.get(c, 0):,}" for c in names], "textposition": "outside",
             "cliponaxis": False,
             "marker": {"color": "rgba(0,0,0,0)", "line": {"color": fill, "width": 1.4},
                        "pattern": {"shape": "/", "solidity": 0.2, "fgcolor": fill},
                        "opacity": dim},
             "hovertemplate": "%{x:,} in the catalogue<extra></extra>"}
        )  # fmt: skip
    figure = go.Figure(data=bars)
    most = max([*people.values(), *catalogue.values(), 1])
    figure.update_layout(
        barmode="group", dragmode=False, clickmode="event+select", hovermode="closest",
        title={"xref": "container"}, showlegend=len(bars) > 1, legend=LEGEND_BELOW,
        xaxis={"visible": False, "fixedrange": True, "range": [0, most * 1.2]},
        yaxis={"autorange": "reversed", "ticks": "", "fixedrange": True},
    )  # fmt: skip
    height = 70 + 26 * (len(bars) > 1) + BAR_PX * len(names)
    said = _counted(people, catalogue, words)
    return finish(figure, said, n=n, height=height, key="counts", wrap=WRAP)


def _counted(
    people: Mapping[str, int], catalogue: Mapping[str, int], words: Mapping[str, str]
) -> str:
    if not any(people.values()):
        return "No galaxy has a label yet"
    if not any(catalogue.values()):
        most = max(people, key=people.__getitem__)
        return f"Most are {escape(words.get(most, most))}: {people[most]:,}"
    apart = {name: n - catalogue.get(name, 0) for name, n in people.items()}
    name = max(apart, key=lambda c: abs(apart[c]))
    if not apart[name]:
        return "People find as many of each class as the catalogue"
    way = "more" if apart[name] > 0 else "fewer"
    return (
        f"People find {abs(apart[name]):,} {way} {escape(words.get(name, name))} than the catalogue"
    )
