"""A paragraph for the methods section of a paper, to copy."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import consensus_cached
from astro_core.ui.consensus_state import Shown
from astro_core.ui.copy_text import copy_text


def panel(shown: Shown) -> None:
    """The paragraph, by the rule that is chosen above."""
    st.caption("For the methods section of a paper; it follows what is chosen above.")
    with st.container(width=860):
        copy_text(consensus_cached.methods(shown.asked, shown.rule), key=f"{shown.key}:methods")
