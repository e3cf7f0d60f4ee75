"""Where objects are on the sky, and how far apart matched sources are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.figures.theme import NOBODY, PALETTE, finish

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def sky_positions(
    ra_deg: NDArray[np.float64],
    dec_deg: NDArray[np.float64],
    object_ids: Sequence[str],
    labels: Sequence[str],
    *,
    colours: Mapping[str, str],
    title: str,
    region: Sequence[tuple[float, float]] = (),
    height: int = 320,
) -> Figure:
    """Draw positions with right ascension growing to the left, coloured by class.

    Parameters
    ----------
    ra_deg, dec_deg : array of float, shape (n,)
        RA may run below 0 or past 360 so that a survey across the origin stays in one piece.
    object_ids, labels : sequence of str, length n
        The ids are the points' customdata; an empty label is drawn grey.
    region : sequence of (ra, dec)
        Corners of a polygon to draw on top, in the same plane.
    """
    import plotly.graph_objects as go

    ids, names = np.asarray(object_ids, dtype=object), np.asarray(labels, dtype=object)
    figure = go.Figure()
    order = [""] + [n for n in colours if n] + sorted(set(names) - set(colours) - {""})
    size = 2 if len(ids) > 5000 else 5
    for name in order:
        at = np.flatnonzero(names == name)
        if not len(at):
            continue
        words = name.replace("_", " ") or "no label"
        figure.add_scattergl(
            x=ra_deg[at].astype(np.float64), y=dec_deg[at].astype(np.float64), mode="markers",
            name=words, customdata=ids[at].tolist(), showlegend=False,
            marker={"color": colours.get(name, NOBODY), "size": size, "opacity": 0.75},
            hovertemplate=f"%{{customdata}}<br>RA %{{x:.5f}}, Dec %{{y:.5f}}<extra>{words}</extra>",
        )  # fmt: skip
    if region:
        corners = [*region, region[0]]
        figure.add_scatter(
            x=[c[0] for c in corners], y=[c[1] for c in corners], mode="lines", hoverinfo="skip",
            line={"color": PALETTE[5], "width": 1.5}, showlegend=False,
        )  # fmt: skip
    _ra_axis(figure, ra_deg)
    figure.update_layout(
        dragmode="select", hovermode="closest", title_xref="container",
        modebar={"orientation": "v", "add": ["select2d"]}, margin_r=34,
    )  # fmt: skip
    return finish(
        figure, title, x="right ascension / deg", y="declination / deg", height=height, key=title
    )


def _ra_axis(figure: Figure, ra_deg: NDArray[np.float64]) -> None:
    low, high = (float(ra_deg.min()), float(ra_deg.max())) if len(ra_deg) else (0.0, 360.0)
    margin = max((high - low) * 0.03, 0.002)
    options: dict[str, Any] = {"range": [high + margin, low - margin]}
    if low < 0 or high > 360:
        step = next(s for s in (1, 2, 5, 10, 15, 30, 60, 90, 400) if (high - low) / s <= 7)
        ticks = np.arange(np.ceil(low / step) * step, high + 1e-9, step)
        options |= {"tickvals": ticks.tolist(), "ticktext": [f"{t % 360:g}" for t in ticks]}
    figure.update_xaxes(**options)


def separations(
    nearest_arcsec: NDArray[np.float64], radius_arcsec: float, *, n_matched: int
) -> Figure:
    """Draw how far the nearest source of the table is, out to four times the radius.

    True counterparts pile up at small separations; chance neighbours rise with separation. The
    radius belongs in the gap between them.
    """
    import plotly.graph_objects as go

    limit = 4 * radius_arcsec
    near = nearest_arcsec[nearest_arcsec <= limit]
    edges = np.linspace(0, limit, 41)
    counts, _ = np.histogram(near, bins=edges)
    middles = (edges[1:] + edges[:-1]) / 2
    inside = middles <= radius_arcsec
    figure = go.Figure()
    figure.add_bar(
        x=middles, y=counts, width=edges[1] * 0.94,
        marker={"color": [PALETTE[0] if i else NOBODY for i in inside]},
        hovertemplate="%{y:,} objects near %{x:.2f} arcsec<extra></extra>",
    )  # fmt: skip
    figure.add_vline(
        x=radius_arcsec, line={"color": PALETTE[1], "dash": "dash"},
        annotation={"text": f"radius {radius_arcsec:g} arcsec", "yanchor": "top"},
    )  # fmt: skip
    total = len(nearest_arcsec)
    title = f"{n_matched:,} of {total:,} objects match"
    return finish(
        figure, title, x="separation / arcsec", y="objects", height=260, key="separations"
    )
