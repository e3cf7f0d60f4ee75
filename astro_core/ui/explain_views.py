"""The views of Explain; one line makes one more."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from astro_core.ui import (
    cluster_act,
    explain_ask,
    explain_layers,
    explain_map,
    explain_means,
    explain_turned,
    frame,
)
from astro_core.ui.address import keep, parameter
from astro_core.ui.explain_ask import Asked
from astro_core.ui.explain_state import Shown

VIEWS: dict[str, tuple[str, Callable[[Shown], list[Asked]]]] = {
    "map": ("Where it looked", explain_map.panel),
    "turned": ("Turned", explain_turned.panel),
    "layers": ("Layers", explain_layers.activations),
    "filters": ("Filters", explain_layers.filters),
    "means": ("Right against wrong", explain_means.panel),
}


def panel(shown: Shown) -> None:
    """Draw the view that the address asks for."""
    if st.session_state.pop(cluster_act.AMONG, None) and st.query_params.get("view") == "means":
        st.query_params.pop("view")  # a stamp was clicked: here that asks about its galaxy
        st.rerun()
    _, view = VIEWS[_choose(shown)]
    asked: list[Asked] = []
    with frame.in_words():
        asked = view(shown)
    explain_ask.withdraw_others(shown.workspace, [one.key for one in asked])


def _choose(shown: Shown) -> str:
    key = f"{shown.key}:view"
    first = next(iter(VIEWS))
    st.session_state[key] = parameter("view", VIEWS, first)
    st.segmented_control(
        "View", list(VIEWS), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: VIEWS[name][0],
        on_change=lambda: _go(st.session_state[key], first),
    )  # fmt: skip
    return str(st.session_state[key])


def _go(name: str, first: str) -> None:
    st.query_params.pop("page", None)
    keep("view", name, first)
