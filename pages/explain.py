"""Explain: look into a network to see why it answered as it did."""

import streamlit as st

from astro_core.ui import explain_controls, explain_views, frame
from astro_core.ui import explain_state as state

workspace = frame.page("Explain", "Why did it say so?")
dataset = frame.open_dataset_or_stop(workspace)
shown = state.read(workspace, dataset)
if shown.model is None:
    frame.empty(
        "A trained network is asked here where it looked in a galaxy, and what its layers see.",
        {"Train a model": "train"},
    )

explain_controls.row(shown)
with st.container(horizontal=True, gap="small"):
    explain_controls.heads(shown)
explain_views.panel(shown)
