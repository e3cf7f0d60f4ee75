"""Figures on a page: our own template in either theme, what was selected, and a download."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from astro_core.figures.theme import lighten

if TYPE_CHECKING:
    from astro_core.figures.theme import Figure

_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "autoScale2d"]}
_FORMAT = "charts:format"
_FORMATS = {"png": "PNG", "svg": "SVG"}


def show(
    figure: Figure,
    *,
    key: str,
    alt: str,
    selectable: bool = False,
    modes: tuple[str, ...] = ("points", "lasso", "box"),
    bar: bool = False,
    on_pick: Callable[[list[Any]], None] | None = None,
) -> list[Any]:
    """Draw a figure and return what is selected in it.

    Parameters
    ----------
    alt : str
        What the figure shows, in words, for who cannot see it.
    selectable : bool
        Whether clicking or a lasso selects; the page then runs again.
    bar : bool
        Whether the tool bar is always there, rather than when hovering.
    on_pick : callable, optional
        Called once when something is selected, with its customdata and before the page runs
        again, so that the figure itself can show what was picked. A figure that changed forgets
        its selection: whoever wants to know later keeps it.

    Returns
    -------
    list
        The customdata of the selected points, where figures put object ids or class names.
    """
    light = st.context.theme.type == "light"
    event = st.plotly_chart(
        lighten(figure) if light else figure,
        theme=None,
        key=key,
        alt=alt,
        on_select=_told(key, on_pick) if selectable else "ignore",
        selection_mode=modes,
        config={**_CONFIG, **_kept_as(alt), "displayModeBar": True if bar else "hover"},
    )
    if not selectable:
        return []
    return _customdata(event)


def picture_format() -> None:
    """Ask how the camera above a figure keeps it, for all figures and pages."""
    st.session_state.setdefault(_FORMAT, "png")
    st.segmented_control(
        "Camera above a figure", list(_FORMATS), key=_FORMAT, required=True,
        format_func=_FORMATS.__getitem__, persist_state="session",
        help="SVG stays sharp at any size; PNG is a picture of twice the size on the screen",
    )  # fmt: skip


def _kept_as(alt: str) -> dict[str, Any]:
    """What plotly is told about keeping a figure."""
    name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"<[^>]*>", " ", alt).lower()).strip("-")[:60]
    options = {"filename": name.strip("-") or "tuning-fork", "scale": 2}
    kind = st.session_state.get(_FORMAT, "png")
    return {"toImageButtonOptions": {**options, "format": kind if kind in _FORMATS else "png"}}


def _told(key: str, on_pick: Callable[[list[Any]], None] | None) -> Any:
    if on_pick is None:
        return "rerun"

    def tell() -> None:
        picked = _customdata(st.session_state.get(key))
        if picked:
            on_pick(picked)

    return tell


def _customdata(event: Any) -> list[Any]:
    points = (event or {}).get("selection", {}).get("points", [])
    return [point.get("customdata") for point in points if point.get("customdata") is not None]
