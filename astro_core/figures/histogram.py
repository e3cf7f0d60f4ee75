"""Pixel values of three bands, with the black point of each and what is clipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LINES = {
    "red": ("#FF8A80", "solid"),
    "green": ("#7FD6A4", "dash"),
    "blue": ("#56B4E9", "dot"),
}


@dataclass(frozen=True, kw_only=True)
class BandLine:
    """What is drawn of one colour.

    Attributes
    ----------
    edges, share : array
        n_bins + 1 bin edges in the units of the data, n_bins shares of the pixels.
    low, high : float
        Share of the pixels at or below black, and at full brightness.
    """

    colour: str
    band: str
    edges: NDArray[Any]
    share: NDArray[Any]
    black_point: float
    low: float
    high: float


def percent(share: float) -> str:
    """Say a share in percent: "0 %", "<0.1 %", "4.2 %", "17 %"."""
    value = 100 * share
    if value == 0:
        return "0 %"
    if value < 0.1:
        return "<0.1 %"
    return f"{value:.1f} %" if value < 10 else f"{value:.0f} %"


def clipped_sentence(lines: Sequence[BandLine]) -> str:
    """Say how much is clipped: "Black: z 4.2 %, r 4.4 %, g 4.8 %. Burnt out: z 0 %, ..."."""
    black = ", ".join(f"{line.band} {percent(line.low)}" for line in lines)
    white = ", ".join(f"{line.band} {percent(line.high)}" for line in lines)
    return f"Black: {black}. Burnt out: {white}."


def _coloured(what: str, lines: Sequence[BandLine], values: Sequence[float]) -> str:
    """One line of the title; band names stand beside their colours."""
    said = (
        f"<span style='color:{LINES[line.colour][0]}'>{escape(line.band)}</span> {percent(value)}"
        for line, value in zip(lines, values, strict=True)
    )
    return f"{what} " + ", ".join(said)


def pixel_histogram(
    lines: Sequence[BandLine], *, unit: str = "", n: int, height: int = 170
) -> Figure:
    """Draw the pixel values of red, green and blue, and where black is in each.

    Parameters
    ----------
    lines : sequence of BandLine
        Red, green and blue.
    unit : str
        Unit of the pixel values.
    n : int
        Number of galaxies that were measured.
    """
    import plotly.graph_objects as go

    low, high = float(lines[0].edges[0]), float(lines[0].edges[-1])
    margin = 0.03 * (high - low)
    per = f" / {unit}" if unit else ""
    galaxies = "1 galaxy" if n == 1 else f"{n} galaxies"
    small = {"tickfont": {"size": 11}, "title": {"font": {"size": 11}, "standoff": 4}}
    # one validation of everything instead of one per call: this is drawn while a slider moves
    figure = go.Figure(
        data=[_curve(line, unit) for line in lines],
        layout={
            "dragmode": False,
            "showlegend": False,
            "margin": {"l": 4, "r": 4, "t": 44, "b": 4},
            "title": {"font": {"size": 12, "weight": 400}},
            "hovermode": "closest",
            "xaxis": {"nticks": 5, "range": [low - 1.5 * margin, high + margin], **small},
            "yaxis": {"type": "log", "tickvals": [0.01, 0.1, 1, 10, 100], **small},
            "shapes": [_black(line, low - margin, high + margin) for line in lines],
        },
    )
    title = _coloured("Black", lines, [line.low for line in lines])
    title += "<br>" + _coloured("Burnt out", lines, [line.high for line in lines])
    return finish(
        figure,
        title,
        x=f"pixel value{per}, {galaxies}",
        y="% of pixels",
        height=height,
        key="pixel histogram",
    )


def _curve(line: BandLine, unit: str) -> dict[str, Any]:
    colour, dash = LINES[line.colour]
    text = f"{escape(line.band)} %{{x:.4g}} {escape(unit)}<br>%{{y:.3g}} % of the pixels"
    return {
        "type": "scatter",
        "x": (line.edges[:-1] + line.edges[1:]) / 2,
        "y": np.where(line.share > 0, 100 * line.share, np.nan),
        "name": line.band,
        "mode": "lines",
        "line": {"color": colour, "dash": dash, "shape": "hvh", "width": 1.4},
        "hovertemplate": f"{text}<extra></extra>",
    }


def _black(line: BandLine, low: float, high: float) -> dict[str, Any]:
    """A line at the black point; one that is outside the range stands at its end."""
    colour, dash = LINES[line.colour]
    at = min(max(line.black_point, low), high)
    stroke = {"color": colour, "dash": dash, "width": 1.2}
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": stroke}
