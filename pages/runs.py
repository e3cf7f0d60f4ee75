"""Runs: everything that is going on or has ended, and what came of it."""

import streamlit as st

from astro_core.ui import frame, runs_compare, runs_detail, runs_table
from astro_core.ui import runs_state as state
from astro_core.ui.address import keep, parameter

VIEWS = {"runs": "All runs", "compare": "Compare trainings"}
EVERY_S = 2.0

workspace = frame.page("Runs", "What is running, and what came of the others?")
dataset = frame.open_dataset(workspace)


def listed(*, polled: bool) -> None:
    """The table and the run that is picked; kept up to date while anything is going on."""
    shown = state.read(workspace)
    if polled != state.going(shown.every):
        st.rerun()
    runs_table.filters(shown)
    runs_table.table(shown)
    runs_detail.panel(shown)


every = state.read(workspace).every
if not every:
    frame.empty(
        "Long work, such as an import or a training, is listed here once there is some.",
        {"Import images": "import", "Train a model": "train"},
    )
view = parameter("view", VIEWS, "runs")
if dataset is not None:
    st.session_state["runs:view"] = view
    st.segmented_control(
        "View", list(VIEWS), key="runs:view", required=True, format_func=VIEWS.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: keep("view", st.session_state["runs:view"], "runs"),
    )  # fmt: skip
if view == "compare" and dataset is not None:
    with frame.in_words():
        runs_compare.panel(workspace, dataset)
else:
    going = state.going(every)
    st.fragment(listed, run_every=EVERY_S if going else None)(polled=going)
