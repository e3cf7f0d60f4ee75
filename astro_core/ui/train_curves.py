"""The curves of a training, and how fast it goes; while it goes on, kept up to date."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.figures import training as figures
from astro_core.ui import charts, run_status, train_members, train_preview
from astro_core.ui.train_state import Shown
from astro_core.ui.words import duration, rate
from astro_core.workflows.training_state import (
    MEMBER,
    TrainingState,
    best_epoch,
    members_of,
    training_state,
)

BAR_EVERY_S, CURVES_EVERY_S = 1.0, 4.0  # an epoch is longer; drawing dims what it replaces


def follow(shown: Shown) -> None:
    """Show a training that has not ended until it has; then the page runs again."""
    st.fragment(_bar, run_every=BAR_EVERY_S)(shown)
    st.fragment(_so_far, run_every=CURVES_EVERY_S)(shown)


def _bar(shown: Shown) -> None:
    state = training_state(shown.workspace, shown.run_id)
    if state.run.finished:
        st.rerun()
    run_status.going(shown.workspace, state.run, said=said(state), left=state.seconds_left)


def _so_far(shown: Shown) -> None:
    state = training_state(shown.workspace, shown.run_id)
    if state.epochs_done:
        curves(state, key=f"{shown.key}:{shown.run_id}")
    else:
        st.caption("The curves begin when the first epoch has ended.")
    parts, log = st.columns(2, gap="medium")
    if not state.parts.empty:
        parts.html(train_preview.table(shown, state.parts))
    if state.log:
        log.code(state.log, language=None, height=200, wrap_lines=True)


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
    return " · ".join([*parts, *run_status.memory_words(state.run)])


def curves(state: TrainingState, *, key: str) -> None:
    """Loss and accuracy, side by side."""
    history, best, epochs = state.history, state.best_epoch, state.epochs
    if history.empty:
        st.caption("There are no epochs to draw.")
        return
    if MEMBER in history:
        history, key = _one_member(state, key)
        best, epochs = best_epoch(history), int(state.training["epochs"])
    left, right = st.columns(2, gap="medium")
    with left:
        loss = figures.loss_curves(history, best=best, epochs=epochs)
        charts.show(loss, key=f"{key}:loss", alt="Loss by epoch, training and validation")
    with right:
        measure = figures.measure_curves(history, best=best, epochs=epochs)
        if measure is not None:
            charts.show(measure, key=f"{key}:measure", alt="Accuracy by epoch")


def _one_member(state: TrainingState, key: str) -> tuple[pd.DataFrame, str]:
    """Choose a member of an ensemble; at first the newest. Its epochs, and a key of its own."""
    names = members_of({"network": state.network})
    begun = sorted({int(place) for place in state.history[MEMBER]})
    place = st.segmented_control(
        "Member", begun, key=f"{key}:member:{len(begun)}", default=begun[-1], required=True,
        format_func=lambda place: f"{place + 1}. {train_members.label(names[place])}",
    )  # fmt: skip
    return state.history[state.history[MEMBER] == place], f"{key}:{place}"
