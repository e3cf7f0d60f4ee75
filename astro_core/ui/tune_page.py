"""Search on the Train page: prepare one, follow one, and look at what it found."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import frame, train_cards, tune_controls, tune_how, tune_result, tune_space
from astro_core.ui import tune_state as state
from astro_core.ui.train_state import Shown


def panel(shown: Shown) -> None:
    """Draw everything below the switch."""
    search = state.read(shown)
    tune_controls.row(search)
    if search.run_id:
        with frame.in_words():
            tune_result.panel(search)
        return
    recipes, chosen = st.columns([1, 1.55], gap="medium")
    with recipes:
        train_cards.cards(shown)
    with chosen, frame.in_words():
        tune_how.panel(search)
        tune_space.panel(search)
