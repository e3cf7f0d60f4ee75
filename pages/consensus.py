"""Consensus: whether people agree, what follows from it, and what a lead has to decide."""

from astro_core.ui import cluster_act, consensus_controls, consensus_views, frame, who
from astro_core.ui import consensus_state as state

workspace = frame.page("Consensus", "Do we agree?")
dataset = frame.open_dataset_or_stop(workspace)
with frame.in_words():
    choices = state.asked_here(workspace, dataset)
    if not choices:
        consensus_controls.first(workspace, dataset)
    shown = state.read(workspace, dataset, choices, who.ask())
    consensus_controls.row(shown)
    consensus_views.panel(shown)
    cluster_act.opened(shown)
