"""What it costs and brings to leave galaxies to a person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from astro_core.figures.theme import INK, LEGEND_BELOW, NOBODY, RAMP, faded, finish

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

HEIGHT, WRAP = 360, 58
_LEGEND_ROW_PX = 20
_UNDEFINED = "undefined"
_MEASURES = (
    ("accuracy", "right, of those with an answer", INK, "solid", 2.4),
    (_UNDEFINED, "undefined", NOBODY, "dash", 2.4),
    ("precision", "precision, mean of classes", RAMP[3], "dot", 1.4),
    ("recall", "recall, mean of classes", RAMP[2], "dashdot", 1.4),
    ("f1", "F1, mean of classes", RAMP[2], "longdash", 1.4),
)
_OF_A_CLASS = (("precision", "solid", 2.0), ("recall", "dash", 1.6), ("f1", "dot", 1.2))


class TradeOff(Protocol):
    """What a threshold costs and brings, as `evaluation.thresholds` gives it."""

    @property
    def n(self) -> int:
        """Number of galaxies."""
        ...

    @property
    def n_undefined(self) -> int:
        """How many go to a person."""
        ...

    @property
    def n_defined(self) -> int:
        """How many keep an answer."""
        ...

    @property
    def n_right(self) -> int:
        """Of those, how many are right."""
        ...


def trade_off(found: TradeOff) -> str:
    """Say what goes to a person and what is left, in one sentence."""
    if not found.n_defined:
        return f"All {found.n:,} go to a person"
    go = f"{found.n_undefined:,} go" if found.n_undefined != 1 else "1 goes"
    if not found.n_undefined:
        return f"None of {found.n:,} goes to a person; {_percent(found)} of all are right"
    return f"Of {found.n:,}, {go} to a person; of the rest {_percent(found)} are right"


def _percent(found: TradeOff) -> str:
    share = 100 * found.n_right / found.n_defined
    return f"{share:.0f} %" if share < 99 or share == 100 else f"{share:.1f} %"


def threshold_curves(table: pd.DataFrame, found: TradeOff, *, at: float) -> Figure:
    """Draw what becomes of the scores when answers below a probability count as undefined.

    Parameters
    ----------
    table : DataFrame
        As `evaluation.thresholds.threshold_table` gives it.
    found : TradeOff
        Of the threshold that is chosen.
    at : float
        Where it is; a line stands there.
    """
    drawn = table.assign(undefined=1 - table["defined"])
    lines = [_line(drawn["threshold"], drawn[column], *look) for column, *look in _MEASURES]
    x = "threshold on the probability of the answer"
    return _figure(lines, found, (0.0, at), x, "threshold")


def band_curves(
    table: pd.DataFrame,
    found: TradeOff,
    *,
    band: tuple[float, float],
    classes: Sequence[str],
    colours: Mapping[str, str],
    letters: Mapping[str, str],
) -> Figure:
    """Draw what becomes of two classes when a band of probabilities counts as undefined.

    Parameters
    ----------
    table : DataFrame
        As `evaluation.thresholds.band_table` gives it.
    found : TradeOff
        Of the band that is chosen.
    classes : sequence of str
        The first is answered below the band, the second above it.
    colours, letters : Mapping
        Of each class.
    """
    lines = []
    for k, name in enumerate(classes):
        side = "up to" if k == 0 else "from"
        sign = f"<b>{escape(letters.get(name, ''))}</b>"
        for measure, dash, width in _OF_A_CLASS:
            said = f"{sign} {'F1' if measure == 'f1' else measure}, {side} here"
            look = (said, colours.get(name, NOBODY), dash, width)
            lines.append(_line(table["threshold"], table[f"{measure}_{k}"], *look))
    lines.append(_line(table["threshold"], table["below"], "galaxies below", NOBODY, "dash", 2.0))
    x = f"probability of {escape(classes[1].replace('_', ' '))}"
    return _figure(lines, found, band, x, "band")


def _figure(
    lines: list[dict[str, Any]], found: TradeOff, band: tuple[float, float], x: str, key: str
) -> Figure:
    import plotly.graph_objects as go

    layout = {
        "dragmode": False, "hovermode": "x unified", "title": {"xref": "container"},
        "legend": {**LEGEND_BELOW, "entrywidth": 0.47, "entrywidthmode": "fraction"},
        "shapes": _marks(band),
        "xaxis": {"range": [0, 1], "fixedrange": True},
        "yaxis": {"range": [-0.02, 1.02], "fixedrange": True, "tickformat": ".0%"},
    }  # fmt: skip
    below = _LEGEND_ROW_PX * math.ceil(len(lines) / 2)
    figure = finish(
        go.Figure(data=lines, layout=layout), trade_off(found), n=found.n, x=x, y="share",
        height=HEIGHT + below, key=key, wrap=WRAP,
    )  # fmt: skip
    return figure.update_layout(margin_b=30 + below)


def _marks(band: tuple[float, float]) -> list[dict[str, Any]]:
    """The band as a shade, and a line at each end that is not the axis."""
    across = {"yref": "paper", "y0": 0, "y1": 1}
    shade = {"type": "rect", "x0": band[0], "x1": band[1], **across, "layer": "below",
             "fillcolor": faded(NOBODY, 0.08), "line": {"width": 0}}  # fmt: skip
    dotted = {"color": INK, "width": 1.2, "dash": "dot"}
    ends = [{"type": "line", "x0": x, "x1": x, **across, "line": dotted} for x in band if x > 0]
    return [shade, *ends]


def _line(
    x: pd.Series, values: pd.Series, said: str, colour: str, dash: str, width: float
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": x.tolist(), "name": said,
        "y": [None if math.isnan(v) else v for v in values],
        "line": {"color": colour, "dash": dash, "width": width},
        "hovertemplate": f"{said} %{{y:.1%}}<extra></extra>",
    }  # fmt: skip
