"""A grid of stamps: look, select, open, turn pages, by mouse or by keyboard alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.params import digest
from astro_core.ui.components import component
from astro_core.ui.images import data_uri, tile_bytes

Ring = Literal["none", "person", "model"]
Turn = Literal["first", "previous", "next", "last"]
_SAID_BY = {"none": "no label yet", "person": "", "model": "by a model"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One stamp.

    Attributes
    ----------
    image : array of uint8, shape (size, size, 3), or bytes, or None
        Pixels, or PNG or JPEG content that has the tile's size already; None shows "No image".
    label : str or None
        Class name, read out and shown when hovering.
    badge : str
        A letter or two beside the colour, so that colour is not the only carrier.
    colour : str or None
        Class colour as "#RRGGBB".
    ring : {"none", "person", "model"}
        Who said so: grey, solid, dashed.
    caption : str
        One line below the stamp.
    """

    object_id: str
    image: NDArray[np.uint8] | bytes | None
    label: str | None = None
    badge: str = ""
    colour: str | None = None
    ring: Ring = "none"
    caption: str = ""

    @property
    def alt(self) -> str:
        """What is said instead of the picture."""
        said = ", ".join(part for part in (self.label or "", _SAID_BY[self.ring]) if part)
        return f"{self.object_id}: {said}" if said else self.object_id


@dataclass(frozen=True, kw_only=True)
class GalleryEvent:
    """What was done in a gallery.

    Attributes
    ----------
    selected : tuple of str
        Object ids, in the order in which they were chosen; stays when pages are turned.
    opened : str or None
        Object that was just opened (double click or Enter).
    turn : {"first", "previous", "next", "last"} or None
        Page that was just asked for.
    """

    selected: tuple[str, ...]
    opened: str | None
    turn: Turn | None


def select(key: str, object_ids: Sequence[str]) -> None:
    """Replace what is selected in the gallery `key`, from the next time it is drawn."""
    version = _chosen(key)["version"] + 1
    st.session_state[_chosen_key(key)] = {"version": version, "selected": list(object_ids)}


def selected(key: str) -> tuple[str, ...]:
    """What is selected in the gallery `key`; it outlives leaving the page."""
    return tuple(_chosen(key)["selected"])


def _chosen_key(key: str) -> str:
    return f"{key}:chosen"


def _chosen(key: str) -> dict[str, Any]:
    return cast(
        "dict[str, Any]", st.session_state.get(_chosen_key(key), {"version": 0, "selected": []})
    )


def _keep_selection(key: str) -> None:
    now = list(st.session_state[key].get("selected") or [])
    st.session_state[_chosen_key(key)] = {**_chosen(key), "selected": now}


def _encode(item: Item, tile_px: int) -> dict[str, Any]:
    content = item.image
    if content is not None and not isinstance(content, bytes):
        content = tile_bytes(content, tile_px)
    return {
        "id": item.object_id,
        "src": data_uri(content) if content is not None else "",
        "alt": item.alt,
        "badge": item.badge,
        "colour": item.colour,
        "ring": item.ring,
        "caption": item.caption,
    }


def gallery(
    items: Sequence[Item],
    *,
    key: str,
    label: str = "Galaxies",
    selectable: bool = True,
    tile_px: int = 160,
    has_previous: bool = False,
    has_next: bool = False,
) -> GalleryEvent:
    """Show stamps in as many columns as fit, and say what was done with them.

    A click selects one, Ctrl or the mark in the corner adds one, Shift a range; a double click
    or Enter opens. Arrow keys walk, Space selects, Ctrl+A selects the page, Escape nothing;
    PageUp, PageDown and walking over the ends turn pages. Where `selectable` is False a click
    opens.

    Parameters
    ----------
    items : sequence of Item
        The page of stamps.
    key : str
        The gallery's own name in the session.
    label : str
        What the grid shows, for screen readers.
    tile_px : int
        Side of a stamp in CSS pixels.
    has_previous, has_next : bool
        Whether there are pages to turn to.
    """
    encoded = [_encode(item, tile_px) for item in items]
    result = component("gallery", "parts.js")(
        key=key,
        data={
            "items": encoded,
            "signature": digest([encoded, tile_px, selectable, label]),
            "label": label,
            "tile_px": tile_px,
            "selectable": selectable,
            "has_previous": has_previous,
            "has_next": has_next,
            **_chosen(key),
        },
        default={"selected": []},
        on_selected_change=lambda: _keep_selection(key),
        on_opened_change=lambda: None,
        on_turn_change=lambda: None,
    )
    return GalleryEvent(
        selected=selected(key),
        opened=cast("str | None", result.opened),
        turn=cast("Turn | None", result.turn),
    )
