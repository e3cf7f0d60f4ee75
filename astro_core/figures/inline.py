"""Figures inside a page that needs nothing else, for paper: in the light theme."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from astro_core.figures.theme import lighten

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_CONFIG = {"displaylogo": False, "responsive": True, "modeBarButtons": [["toImage"]]}


def script() -> str:
    """HTML that a page needs once, before its figures."""
    from plotly.offline import get_plotlyjs

    return f"<script>{get_plotlyjs()}</script>"


def inline(figure: Figure, *, alt: str, name: str) -> str:
    """HTML of a figure that keeps its own buttons to save it as SVG.

    Parameters
    ----------
    alt : str
        What it shows, in words.
    name : str
        Its name on the page, and that of the file it is saved as.
    """
    import plotly.io as pio

    light = lighten(figure)
    for trace in light.data:
        if trace.type == "scattergl":  # a picture of points does not print
            light = type(light)({**light.to_dict(), "data": _plain(light)})
            break
    config = {**_CONFIG, "toImageButtonOptions": {"format": "svg", "filename": name}}
    drawn = pio.to_html(
        light, config=config, include_plotlyjs=False, full_html=False, div_id=name,
        default_height=f"{light.layout.height or 400}px",
    )  # fmt: skip
    return f'<figure role="img" aria-label="{escape(alt, quote=True)}">{drawn}</figure>'


def _plain(figure: Figure) -> list[dict[str, object]]:
    return [
        {**trace, "type": "scatter" if trace["type"] == "scattergl" else trace["type"]}
        for trace in figure.to_dict()["data"]
    ]
