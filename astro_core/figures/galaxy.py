"""One galaxy, large: in colour or a single band, with scale bar and compass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_INK = "#FFFFFF"
_HALO = "rgba(11,13,18,0.65)"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What is known of an image's place and size on the sky.

    Attributes
    ----------
    height, width : int
        Stored pixels.
    upwards : bool
        Whether rows are drawn from the bottom up, as FITS viewers do.
    bar_arcsec, bar_px : float
        Length of the scale bar; 0 for none.
    north, east : tuple of float or None
        Unit vectors (columns, rows).
    """

    height: int
    width: int
    upwards: bool
    bar_arcsec: float = 0.0
    bar_px: float = 0.0
    north: tuple[float, float] | None = None
    east: tuple[float, float] | None = None


def colour_image(picture: str, frame: Frame, *, side: int, title: str, height: int = 430) -> Figure:
    """Draw a colour image; hovering tells the stored pixel and its display colour.

    Parameters
    ----------
    picture : str
        Data URI of the central square, its first row at the top.
    side : int
        Side of that square in stored pixels.
    """
    import plotly.graph_objects as go

    left = frame.width // 2 - side // 2
    low = frame.height // 2 - side // 2
    figure = go.Figure()
    figure.add_layout_image(
        source=picture, xref="x", yref="y", x=left - 0.5, sizex=side, sizey=side,
        y=low + side - 0.5 if frame.upwards else low - 0.5,
        sizing="stretch", layer="below",
    )  # fmt: skip
    _axes(figure, frame, (left, left + side), (low, low + side))
    _marks(figure, frame, (left, left + side), (low, low + side))
    return finish(figure, title, height=height, key="galaxy")


def band_image(
    plane: NDArray[np.float32],
    frame: Frame,
    limits: tuple[float, float],
    *,
    band: str,
    unit: str,
    title: str,
    height: int = 430,
) -> Figure:
    """Draw one band in grey; hovering tells the pixel and its stored value.

    Parameters
    ----------
    plane : array, shape (height, width)
    limits : tuple of float
        Values shown as black and as white.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_heatmap(
        z=plane, zmin=limits[0], zmax=limits[1], showscale=False, zsmooth=False, hoverongaps=False,
        colorscale=[[0, "#000000"], [1, "#FFFFFF"]],
        hovertemplate=f"{band} %{{z:.5g}} {unit}<br>column %{{x}}, row %{{y}}<extra></extra>",
    )  # fmt: skip
    _axes(figure, frame, (0, frame.width), (0, frame.height))
    _marks(figure, frame, (0, frame.width), (0, frame.height))
    return finish(figure, title, height=height, key="galaxy")


def _axes(figure: Figure, frame: Frame, x: tuple[int, int], y: tuple[int, int]) -> None:
    plain = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    rows = [y[0] - 0.5, y[1] - 0.5]
    figure.update_xaxes(range=[x[0] - 0.5, x[1] - 0.5], constrain="domain", **plain)
    figure.update_yaxes(
        range=rows if frame.upwards else rows[::-1], scaleanchor="x", constrain="domain", **plain
    )
    figure.update_layout(dragmode="pan", margin={"l": 0, "r": 0, "t": 34, "b": 0})


def _marks(figure: Figure, frame: Frame, x: tuple[int, int], y: tuple[int, int]) -> None:
    side = min(x[1] - x[0], y[1] - y[0])
    up = 1 if frame.upwards else -1
    bottom = y[0] if frame.upwards else y[1]
    if frame.bar_px:
        start, row = x[0] + 0.05 * side, bottom + up * 0.06 * side
        for colour, width in ((_HALO, 6), (_INK, 2.5)):
            figure.add_shape(
                type="line", x0=start, x1=start + frame.bar_px, y0=row, y1=row,
                line={"color": colour, "width": width},
            )  # fmt: skip
        figure.add_annotation(
            x=start + frame.bar_px / 2, y=row, text=_length(frame.bar_arcsec), showarrow=False,
            yshift=12, font={"color": _INK, "size": 14}, bgcolor=_HALO, borderpad=1,
        )  # fmt: skip
    if frame.north is None or frame.east is None:
        return
    arm = 0.1 * side
    at = (x[1] - 0.16 * side, (y[1] if frame.upwards else y[0]) - up * 0.16 * side)
    for letter, (dx, dy) in (("N", frame.north), ("E", frame.east)):
        figure.add_annotation(
            x=at[0] + arm * dx, y=at[1] + arm * dy, ax=at[0], ay=at[1], axref="x", ayref="y",
            text="", showarrow=True, arrowcolor=_INK, arrowwidth=2, arrowhead=2,
        )  # fmt: skip
        figure.add_annotation(
            x=at[0] + 1.35 * arm * dx, y=at[1] + 1.35 * arm * dy, text=letter, showarrow=False,
            font={"color": _INK, "size": 14}, bgcolor=_HALO, borderpad=1,
        )  # fmt: skip


def _length(arcsec: float) -> str:
    return f"{arcsec / 60:g} arcmin" if arcsec >= 60 else f"{arcsec:g} arcsec"
