"""Sliders that answer while they are dragged; Streamlit's own wait for the release."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from astro_core.ui.components import component

Scale = Literal["linear", "log", "square", "tail"]


@dataclass(frozen=True, kw_only=True)
class Dial:
    """One slider with a number beside it.

    Attributes
    ----------
    minimum, maximum : float
        Ends of the slider.
    lowest, highest : float
        What may be typed.
    scale : {"linear", "log", "square", "tail"}
        How the slider's way is divided: evenly, over decades, finer near its lower end, or finer
        near 100 %.
    mark : str
        Colour of a dot before the label, as "#RRGGBB".
    """

    name: str
    label: str = ""
    value: float
    minimum: float
    maximum: float
    lowest: float
    highest: float
    scale: Scale = "linear"
    mark: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return {**self.__dict__, "finest": 0.01}


@dataclass(frozen=True, kw_only=True)
class Group:
    """Dials under one name, with a line that says what they do."""

    name: str
    help: str
    dials: tuple[Dial, ...]


def dials(
    groups: tuple[Group, ...],
    *,
    key: str,
    owner: str,
    on_turn: Callable[[Mapping[str, float]], None],
) -> None:
    """Show dials and hand on what they are turned to.

    Parameters
    ----------
    owner : str
        Whose values these are: a turn that comes late, when the dials show another's, is dropped.
    on_turn : callable
        Gets the names and values that were turned, before the page runs again.
    """

    def turned() -> None:
        event = st.session_state[key].get("turned")
        if event and event.get("owner") == owner:
            known = {d.name: d for g in groups for d in g.dials}
            on_turn(_clean(known, event.get("values")))

    last = (st.session_state.get(key) or {}).get("turned") or {}
    component("stretch_dials", "parts.js")(
        key=key,
        data={
            "owner": owner,
            "ack": last.get("seq", 0),
            "groups": [
                {"name": g.name, "help": g.help, "dials": [d.to_json() for d in g.dials]}
                for g in groups
            ],
        },
        default={"turned": None},
        on_turned_change=turned,
    )


def _clean(known: Mapping[str, Dial], values: object) -> dict[str, float]:
    """Numbers within bounds, of dials that there are; the browser is not trusted."""
    out: dict[str, float] = {}
    for name, value in values.items() if isinstance(values, dict) else ():
        dial = known.get(name)
        if dial and isinstance(value, (int, float)) and math.isfinite(value):
            out[name] = min(max(float(value), dial.lowest), dial.highest)
    return out
