"""The curves of a training, and how fast it goes; while it goes on, kept up to date."""

from __future__ import annotations

import streamlit as st

from astro_core.figures import training as figures
from astro_core.ui import charts, run_status
from astro_core.ui.words import duration, rate
from astro_core.workflows.training_state import TrainingState, training_state
from astro_core.workspace import Workspace

EVERY_S = 1.0


def follow(workspace: Workspace, state: TrainingState, *, key: str) -> None:
    """Show a training that has not ended until it has; then the page runs again."""
    st.fragment(_show, run_every=EVERY_S)(workspace, state.run.run_id, key)


def _show(workspace: Workspace, run_id: str, key: str) -> None:
    state = training_state(workspace, run_id)
    if state.run.finished:
        st.rerun()
    run_status.going(workspace, state.run, said=said(state), left=state.seconds_left)
    if state.epochs_done:
        curves(state, key=key)
    else:
        st.caption("The curves begin with the first epoch that has ended.")
    if state.log:
        st.code(state.log, language=None, height=140)


def said(state: TrainingState) -> str:
    """How far a training is, how fast, and how long it will take; empty before the first epoch."""
    if state.run.state == "queued" or not state.epochs_done:
        return ""
    if state.epochs_done >= state.epochs:
        return "All epochs are done: every galaxy is being classified"
    parts = [state.run.message]
    if state.images_per_second:
        parts.append(f"{rate(state.images_per_second)} images per second")
    if state.seconds_left is not None:
        parts.append(f"about {duration(state.seconds_left)} left")
    return " · ".join(parts)


def curves(state: TrainingState, *, key: str) -> None:
    """Loss and accuracy, side by side."""
    if state.history.empty:
        st.caption("There are no epochs to draw.")
        return
    about = {"best": state.best_epoch, "epochs": state.epochs}
    left, right = st.columns(2, gap="medium")
    loss = figures.loss_curves(state.history, **about)
    measure = figures.measure_curves(state.history, **about)
    with left:
        charts.show(loss, key=f"{key}:loss", alt="Loss by epoch, training and validation")
    with right:
        if measure is not None:
            charts.show(measure, key=f"{key}:measure", alt="Accuracy by epoch")
