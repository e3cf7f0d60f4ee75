"""Cluster: features, groups of galaxies with like features, and what to do with them."""

import streamlit as st

from astro_core.ui import (
    cluster_act,
    cluster_controls,
    cluster_features,
    cluster_panels,
    cluster_work,
    frame,
)
from astro_core.ui import cluster_state as state

workspace = frame.page("Cluster", "Which galaxies belong together, and which are odd?")
dataset = frame.open_dataset_or_stop(workspace)
shown = state.read(workspace, dataset)
if not shown.feature_sets:
    cluster_features.first_visit(shown)
    st.stop()

cluster_controls.row(shown)
cluster_work.follow_features(shown)
view = cluster_panels.choose(shown)
cluster_controls.told(shown)
cluster_panels.draw(shown, view)
cluster_act.opened(shown)
