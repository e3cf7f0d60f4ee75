"""The map of galaxies as a component, drawn by WebGL.

The browser finds what is circled and says which rows that are; this module gives their ids.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.features.planes import PlaneMap
from astro_core.figures.galaxy_map import Look
from astro_core.params import digest
from astro_core.ui.components import component

_PARTS = tuple(f"galaxy_map_{part}.js" for part in ("search", "draw", "paper", "hand", "frame"))
_SESSION = "galaxy_map:session"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something to tell of a galaxy under the mouse: its group, its class.

    Attributes
    ----------
    of : str
        Name of it, as a `Look` has one.
    title : str
        Stands before the name; may be empty.
    codes : array of int, shape (n,)
        Place in `names`; -1 for nothing to tell.
    """

    of: str
    title: str
    codes: NDArray[np.integer]
    names: Sequence[str]


def galaxy_map(
    laid: PlaneMap, look: Look, *, state: str, key: str, title: str, facts: Sequence[Fact] = ()
) -> tuple[str, ...]:
    """Draw a map and return the ids of the galaxies that are picked in it.

    A lasso, a box or a click picks; Shift adds. Picked galaxies stay picked when the map, its
    colours or the page change, and come in the order of the map.

    Parameters
    ----------
    laid : PlaneMap
        A stored map; its key says whether the browser has the points already.
    state : str
        Changes whenever the look or the facts do; what is sent is kept under it.
    key : str
        The map's own name in the session.
    title : str
        A sentence that heads the saved picture and is read out.
    """
    with st.container(key=f"map-points-{key}"):
        component("galaxy_map_points")(key=f"{key}:points", data=sent_points(laid.key, laid))
    component("galaxy_map", "parts.js", *_PARTS)(
        key=key,
        data={
            "map": laid.key,
            "place": f"{_session()}:{key}",
            "title": title,
            "alt": f"{title} Arrow keys walk from galaxy to galaxy, Enter selects, plus and minus "
            "zoom, Shift and arrows move the map, Escape selects nothing.",
            "filename": f"map-{laid.method}-{look.of}.png",
            **_colours(f"{laid.key}:{state}", look, facts),
        },
        default={"picked": None},
        on_picked_change=lambda: _keep(key, laid),
    )
    return picked(key)


def picked(key: str) -> tuple[str, ...]:
    """Ids that are picked in the map `key`; they outlive leaving the page."""
    return tuple(st.session_state.get(f"{key}:ids", ()))


def _session() -> str:
    """Tell this visit from others, so that the browser forgets what an earlier one picked."""
    return str(st.session_state.setdefault(_SESSION, uuid.uuid4().hex[:8]))


def _keep(key: str, laid: PlaneMap) -> None:
    value = st.session_state[key].get("picked")
    if isinstance(value, dict) and value.get("map") == laid.key:
        st.session_state[f"{key}:ids"] = chosen_ids(value.get("mask"), laid)


def chosen_ids(mask: Any, laid: PlaneMap) -> list[str]:
    """Ids of the rows that a mask names: base64 of one bit per row, the lowest bit first.

    Raises
    ------
    BadInputError
        For a mask that does not fit the map.
    """
    n = len(laid.object_ids)
    try:
        content = np.frombuffer(base64.b64decode(mask, validate=True), dtype=np.uint8)
    except (TypeError, ValueError):
        content = np.empty(0, dtype=np.uint8)
    if len(content) != -(-n // 8):
        raise BadInputError(
            "What was picked does not belong to this map", todo="Open the page again"
        )
    rows = np.flatnonzero(np.unpackbits(content, count=n, bitorder="little"))
    return [laid.object_ids[row] for row in rows]


def _text(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


@st.cache_resource(max_entries=8, show_spinner=False)
def sent_points(key: str, _laid: PlaneMap) -> dict[str, str]:
    """Positions and ids of a map as the browser takes them."""
    ids = "\n".join(i.replace("\n", " ") for i in _laid.object_ids)
    return {"map": key, "xy": _text(_laid.xy.astype("<f4")), "ids": ids}


@st.cache_resource(max_entries=16, show_spinner=False)
def _colours(
    state: str,  # noqa: ARG001 - the key
    _look: Look,
    _facts: Sequence[Fact],
) -> dict[str, Any]:
    return {"look": sent_look(_look), "facts": [sent_fact(fact) for fact in _facts]}


def sent_look(look: Look) -> dict[str, Any]:
    """The colours of a map as the browser takes them."""
    entries = [
        {
            "code": entry.code, "name": entry.name, "mark": entry.mark, "colour": entry.colour,
            "count": f"{entry.count:,}", "place": entry.place,
        }
        for entry in look.entries
    ]  # fmt: skip
    shown = {
        "of": look.of,
        "title": look.title,
        "codes": _text(look.codes.astype("<u2")),
        "palette": list(look.palette),
        "entries": entries,
        "note": look.note,
        "values": None if look.values is None else _text(look.values.astype("<f4")),
        "ramp": None,
    }
    if look.limits is not None:
        low, high = look.limits
        shown["ramp"] = {"low": f"{low:.3g}", "high": f"{high:.3g}", "first": 1}
    return {**shown, "signature": digest(shown)}


def sent_fact(fact: Fact) -> dict[str, Any]:
    """Something to tell of each galaxy, as the browser takes it."""
    codes = (np.asarray(fact.codes) + 1).astype("<u2")
    return {"of": fact.of, "title": fact.title, "codes": _text(codes), "names": ["", *fact.names]}
