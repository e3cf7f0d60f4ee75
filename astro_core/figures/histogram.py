"""Pixel values of three bands, with the black point of each and what is clipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """Say how much is clipped: "Black: I 4.2 %, R 4.4 %, G 4.8 % of the pixels. White: ..."."""
    black = ", ".join(f"{line.band} {percent(line.low)}" for line in lines)
    white = ", ".join(f"{line.band} {percent(line.high)}" for line in lines)
    return f"Black: {black}. Burnt out: {white}."


def pixel_histogram(
    lines: Sequence[BandLine], *, unit: str = "", n: int | None = None, height: int = 210
) -> Figure:
    """Draw the pixel values of red, green and blue, and where black is.

    Parameters
    ----------
    lines : sequence of BandLine
        Red, green and blue.
    unit : str
        Unit of the pixel values.
    n : int, optional
        Number of galaxies that were measured.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for line in lines:
        colour, dash = LINES[line.colour]
        centres = (line.edges[:-1] + line.edges[1:]) / 2
        figure.add_scatter(
            x=centres,
            y=np.where(line.share > 0, 100 * line.share, np.nan),
            name=f"{line.colour} = {line.band}",
            mode="lines",
            line={"color": colour, "dash": dash, "shape": "hvh", "width": 1.6},
            hovertemplate=f"{line.band} %{{x:.4g}} {unit}<br>%{{y:.3g}} % of the pixels"
            "<extra></extra>",
        )
    _mark_black(figure, lines)
    finish(figure, clipped_sentence(lines), n=n, height=height, key="pixel histogram")
    figure.update_layout(
        dragmode=False,
        margin={"l": 8, "r": 8, "t": 62, "b": 8},
        title={"font": {"size": 13}},
        legend={"y": 1.0, "font": {"size": 12}},
        hovermode="closest",
    )
    figure.update_xaxes(title_text=f"pixel value / {unit}" if unit else "pixel value")
    figure.update_yaxes(title_text="pixels / %", type="log", dtick=1, exponentformat="power")
    return figure


def _mark_black(figure: Figure, lines: Sequence[BandLine]) -> None:
    """Draw a line at each black point; those outside the range are said at its edge."""
    low, high = float(lines[0].edges[0]), float(lines[0].edges[-1])
    margin = 0.02 * (high - low)
    for line in lines:
        colour, dash = LINES[line.colour]
        at = min(max(line.black_point, low - margin), high + margin)
        figure.add_vline(x=at, line={"color": colour, "dash": dash, "width": 1})
    lowest = min(min(max(line.black_point, low - margin), high) for line in lines)
    figure.add_annotation(
        x=lowest,
        y=1,
        yref="paper",
        text="black",
        showarrow=False,
        xanchor="right" if lowest > low + 0.1 * (high - low) else "left",
        yanchor="top",
        font={"size": 11},
    )
    figure.update_xaxes(range=[low - 2 * margin, high + margin])
