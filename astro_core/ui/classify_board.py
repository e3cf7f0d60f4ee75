"""The picture with a box around each galaxy, which people may correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.domain import MarkedBox
from astro_core.params import digest
from astro_core.ui.components import component
from astro_core.ui.gallery import Ring
from astro_core.ui.images import data_uri, fit_within, jpeg_bytes

MOST_PX = 430  # height on the page, at 1280x720
_SENT_PX = 1400  # longer side of what the browser is sent
_QUALITY = 92
_MAY = "Drag on the sky to draw a box, Shift-drag inside one. Arrow keys move it."


@dataclass(frozen=True, kw_only=True)
class BoxItem:
    """One box as it is drawn.

    Attributes
    ----------
    tag : str
        A letter or two beside the colour, so that colour is not the only carrier.
    ring : {"none", "person", "model"}
        Who said what it is: grey, solid, dashed.
    alt : str
        What is in it, in words.
    """

    box: MarkedBox
    colour: str
    tag: str
    ring: Ring
    alt: str


@dataclass(frozen=True, kw_only=True)
class Acts:
    """What is done when something is told from the board.

    Attributes
    ----------
    pick : callable
        Called with the place of a box.
    change : callable
        Called with all boxes as they are now, the place of the one that was changed, and the id
        of the event.
    undo : callable
        Called with the id of the event.
    """

    pick: Callable[[int], None]
    change: Callable[[list[MarkedBox], int, str], None]
    undo: Callable[[str], None]


def board(
    image: NDArray[np.uint8],
    items: Sequence[BoxItem],
    acts: Acts,
    *,
    key: str,
    alt: str,
    selected: int,
    may_draw: bool,
    may_undo: bool,
    arcsec_per_px: float | None = None,
    message: str = "",
    problem: bool = False,
) -> None:
    """Show a picture and its boxes; what is told from it is acted on before the page runs again.

    Parameters
    ----------
    image : array of uint8, shape (height, width, 3)
    selected : int
        Place of the box that is chosen.
    message : str
        What came of the last act.
    """
    height, width = image.shape[:2]
    boxes = [_encode(item) for item in items]
    shown = digest([[item.box.corners for item in items]])
    data = {
        "src": _source(digest([key, height, width]), image), "alt": alt,
        "width": width, "height": height, "most_px": MOST_PX, "arcsec_per_px": arcsec_per_px,
        "boxes": boxes, "shown": shown, "selected": selected, "may_draw": may_draw,
        "may_undo": may_undo, "hint": _MAY if may_draw else "", "message": message,
        "problem": problem,
    }  # fmt: skip

    def told() -> None:
        _act((st.session_state.get(key) or {}).get("told"), [i.box for i in items], shown, acts)

    component("classify_board", "parts.js")(
        key=key, data={**data, "signature": digest(data)}, on_told_change=told
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _source(key: str, _image: NDArray[np.uint8]) -> str:  # noqa: ARG001 - the key
    return data_uri(jpeg_bytes(fit_within(_image, _SENT_PX), quality=_QUALITY))


def _encode(item: BoxItem) -> dict[str, Any]:
    x0, y0, x1, y1 = item.box.corners
    return {
        "x0": x0, "y0": y0, "x1": x1, "y1": y1,
        "colour": item.colour, "tag": item.tag, "ring": item.ring, "alt": item.alt,
    }  # fmt: skip


def _act(told: object, boxes: Sequence[MarkedBox], shown: str, acts: Acts) -> None:
    """Do what the browser tells; nothing of it is believed."""
    if not isinstance(told, Mapping):
        return
    place = told.get("place")
    place = place if isinstance(place, int) else -1
    if told.get("kind") == "pick" and 0 <= place < len(boxes):
        acts.pick(place)
    elif told.get("kind") == "undo":
        acts.undo(str(told.get("event_id")))
    elif told.get("kind") == "change" and told.get("shown") == shown:
        acts.change(_as_left(told.get("boxes"), boxes), place, str(told.get("event_id")))


def _as_left(told: object, before: Sequence[MarkedBox]) -> list[MarkedBox]:
    """The boxes as the browser leaves them; those that nobody touched stay what they were."""
    found = []
    for one in told if isinstance(told, Sequence) else ():
        at = one.get("from", -1)
        if one.get("moved") or not 0 <= at < len(before):
            found.append(MarkedBox(**{name: float(one[name]) for name in ("x0", "y0", "x1", "y1")}))
        else:
            found.append(before[at])
    return found
