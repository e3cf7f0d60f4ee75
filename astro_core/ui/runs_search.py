"""A search for settings as Runs shows it: what it found, and where to look closer."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import Run
from astro_core.figures import tuning as figures
from astro_core.ui import charts
from astro_core.ui.tune_result import aim_of
from astro_core.workflows.tune_state import tuning_state
from astro_core.workspace import Workspace


def panel(workspace: Workspace, run: Run) -> None:
    """Draw the score of every trial; Train has the settings and all else."""
    state = tuning_state(workspace, run.run_id)
    if state.trials.empty:
        st.caption("No trial has begun yet.")
        return
    figure = figures.history(
        state.trials, aim_of(state), state.labels, shown=state.best, asked=state.tuning.trials,
        own=state.own_words,
    )  # fmt: skip
    charts.show(
        figure, key=f"runs:search:{run.run_id}:{len(state.trials)}:{run.state}",
        alt="Score of each trial in order",
    )  # fmt: skip
