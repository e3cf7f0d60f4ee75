"""Whether the Train page trains once or searches settings, held in the address."""

from __future__ import annotations

import streamlit as st

from astro_core.ui.address import keep, parameter

TRAIN, SEARCH = "train", "search"
MODES = {TRAIN: "Train once", SEARCH: "Search settings"}
WIDTHS = [1.95, 3.4, 1.25, 1]  # of the row above either: this switch, which one, more, the button


def mode() -> str:
    """What the address asks for."""
    return parameter("mode", MODES, TRAIN)


def set_mode(value: str) -> None:
    """Put it into the address."""
    keep("mode", value, TRAIN)


def switch() -> None:
    """Choose between the two."""
    key = "train:mode"
    st.session_state[key] = mode()
    st.segmented_control(
        "Mode", list(MODES), key=key, required=True, format_func=MODES.__getitem__,
        label_visibility="collapsed", on_change=lambda: set_mode(st.session_state[key]),
    )  # fmt: skip
