"""Review: people say what the galaxies are, quickly, and nothing is lost."""

import streamlit as st

from astro_core.ui import frame, review_controls, review_views, who
from astro_core.ui import review_state as state

workspace = frame.page("Review", "What do we say it is?")
dataset = frame.open_dataset_or_stop(workspace)
person = who.ask()
shown = state.read(workspace, dataset, person)

with st.container(key="review"):
    review_controls.row(shown)
    review_views.panel(shown)
