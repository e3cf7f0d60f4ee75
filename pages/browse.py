"""Browse: look through a survey, filter it, see how balanced it is, take it away."""

import streamlit as st

from astro_core.ui import (
    browse_controls,
    browse_detail,
    browse_export,
    browse_grid,
    browse_match,
    browse_panel,
    browse_selection,
    frame,
)
from astro_core.ui import browse_state as state
from astro_core.ui.address import keep, parameter

DRAW = {
    "classes": browse_panel.classes,
    "balance": browse_panel.balance,
    "sky": browse_panel.sky,
    "match": browse_match.panel,
}

workspace = frame.page("Browse", "What is in this survey, and how balanced is it?")
dataset = frame.open_dataset_or_stop(workspace)
shown = state.read(workspace, dataset)
browse_grid.heed(shown)

controls, export = st.columns([8, 1.25], vertical_alignment="center")
with controls:
    browse_controls.row(shown)
rare = export.popover("Export", icon=":material/download:", width="stretch")
with rare.container(width=browse_controls.POPOVER_PX):
    browse_export.popover(shown)
browse_controls.chips(shown)
browse_controls.active(shown)
browse_selection.tell(shown)

panel = parameter("panel", (*state.PANELS, state.HIDDEN), "classes")
if panel == state.HIDDEN:
    stamps, beside = st.container(), st.container()
else:
    stamps, beside = st.columns([1.78, 1], gap="medium")
with stamps:
    browse_grid.grid(shown)
with beside:
    key = f"{shown.key}:panel"
    st.session_state[key] = None if panel == state.HIDDEN else panel
    st.segmented_control(
        "Beside the stamps",
        list(state.PANELS),
        key=key,
        format_func=state.PANELS.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: keep("panel", st.session_state[key] or state.HIDDEN, "classes"),
    )
    if panel != state.HIDDEN:
        with frame.in_words():
            DRAW[panel](shown)

browse_detail.show(shown)
