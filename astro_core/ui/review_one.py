"""One galaxy after another, large, by keyboard alone."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import frame
from astro_core.ui import review_state as state
from astro_core.ui.review_state import Shown
from astro_core.ui.words import objects
from astro_core.workflows.review import start_random


def panel(shown: Shown) -> None:
    """Show the next galaxy of the queue, and what can be said of it."""
    if shown.queue is None:
        _begin(shown)
        return


def _begin(shown: Shown) -> None:
    with st.container(border=True):
        st.markdown("Galaxies are shown here one after another, and you say by key what they are.")
        many = objects(shown.dataset.n_objects)
        if st.button(f"Start with all {many} in random order", type="primary"):
            with frame.in_words():
                state.go(start_random(shown.workspace, shown.dataset, shown.person))
                st.rerun()
