"""A galaxy and maps over it, with an opacity that answers while it is turned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.figures.heat import HEAT
from astro_core.params import digest
from astro_core.ui.components import component
from astro_core.ui.images import data_uri, fit, png_bytes

LARGE_PX, SMALL_PX = 340, 148


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture.

    Attributes
    ----------
    image : array of uint8, shape (size, size, 3)
        The galaxy.
    heat : array, shape (size, size), or None
        From 0 to 1; None leaves the galaxy alone.
    line : bool
        Whether half of the map's maximum may be outlined; a map that is all grain has none.
    saying : str
        Stands in the picture: that the map is zero everywhere, or still to come.
    note : str
        One line below.
    pick : bool
        Whether a click on it asks for it.
    file : str
        Name under which it is saved.
    """

    name: str
    title: str
    image: NDArray[np.uint8]
    heat: NDArray[np.float32] | None = None
    line: bool = True
    saying: str = ""
    note: str = ""
    alt: str
    pick: bool = False
    file: str = "explanation.png"


def grey(heat: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A map from 0 to 1 as a grey picture; what is not a number is nothing."""
    known = np.nan_to_num(heat, nan=0.0, posinf=1.0, neginf=0.0)
    shades: NDArray[np.uint8] = np.round(255 * np.clip(known, 0, 1)).astype(np.uint8)
    return shades


def _encode(panel: Panel, side: int, *, large: bool) -> dict[str, Any]:
    return {
        "name": panel.name,
        "title": panel.title,
        "image": data_uri(png_bytes(fit(panel.image, side))),
        "heat": "" if panel.heat is None else data_uri(png_bytes(grey(panel.heat))),
        "line": panel.line,
        "saying": panel.saying,
        "note": panel.note,
        "alt": panel.alt,
        "pick": panel.pick,
        "file": panel.file,
        "side": side,
        "large": large,
    }


def board(
    panels: Sequence[Panel],
    *,
    key: str,
    on_pick: Callable[[str], None] | None = None,
    large_px: int = LARGE_PX,
    small_px: int = SMALL_PX,
    across: int = 2,
) -> None:
    """Show the first panel large and the others beside it, all under one opacity.

    Parameters
    ----------
    on_pick : callable, optional
        Called with the name of a panel that was clicked, before the page runs again.
    large_px, small_px : int
        Sides in CSS pixels; the same for both puts all in one row.
    across : int
        Small panels beside each other.
    """
    encoded = [
        _encode(panel, large_px if place == 0 else small_px, large=place == 0 < small_px < large_px)
        for place, panel in enumerate(panels)
    ]

    def told() -> None:
        name = (st.session_state.get(key) or {}).get("picked")
        if on_pick and name in [panel.name for panel in panels if panel.pick]:
            on_pick(name)

    columns = [large_px, *[small_px] * min(across, len(panels) - 1)]
    data = {"panels": encoded, "stops": list(HEAT), "columns": columns}
    component("explain_board", "parts.js")(
        key=key, data={**data, "signature": digest(data)}, on_picked_change=told
    )
