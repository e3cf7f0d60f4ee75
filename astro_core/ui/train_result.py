"""What came of a training: scores, who was taken for whom, curves, and how it was made."""

from __future__ import annotations

from html import escape

import streamlit as st

from astro_core.ui import (
    frame,
    run_status,
    score_words,
    train_answers,
    train_curves,
    train_fold_result,
    train_members,
    train_preview,
)
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.run_status import elapsed_s
from astro_core.ui.train_state import Shown
from astro_core.ui.train_values import settings_table
from astro_core.ui.words import duration
from astro_core.workflows.answer_files import FOLDS
from astro_core.workflows.first_weights import first_words
from astro_core.workflows.label_training import votes_words
from astro_core.workflows.training_state import TrainingState, training_state

VIEWS = {"answers": "Answers", "curves": "Curves", "scores": "Scores", "settings": "Settings"}


def panel(shown: Shown) -> None:
    """Draw the training that is looked at, going on or ended."""
    if any(run.run_id == shown.run_id and run.kind == FOLDS for run in shown.trainings):
        train_fold_result.panel(shown)
        return
    state = training_state(shown.workspace, shown.run_id)
    key = f"{shown.key}:{shown.run_id}"
    if not state.run.finished:
        train_curves.follow(shown)
        return
    if state.run.state != "done":
        kept = f"{state.epochs_done} of {state.epochs} epochs are kept"
        run_status.stopped(shown.workspace, state.run, kept, key=f"{shown.key}:resume")
        train_curves.curves(state, key=key)
        return
    _facts(state)
    view = _choose(shown)
    with frame.in_words():
        if view == "answers":
            train_answers.panel(shown)
        elif view == "curves":
            train_curves.curves(state, key=key)
        elif view == "scores":
            st.html(score_words.table(state.scores))
            train_members.panel(state.run.result)
        else:
            _settings(shown, state)


def _facts(state: TrainingState) -> None:
    cells = []
    for part in ("test", "validation"):
        found = state.scores.get(part, {})
        name = next((name for name in score_words.LEADING if name in found), None)
        if name is not None:
            label = score_words.SCORES[name][0]
            said = f"{label}, {part}, n = {int(found['n']):,}"
            cells.append((score_words.number(found[name]), said))
    if state.best_epoch is not None:
        cells.append(
            (f"{state.best_epoch} of {state.epochs_done}", "epoch of lowest validation loss")
        )
    if "seconds" in state.history:  # a resumed training counts all its epochs
        cells.append((duration(state.history["seconds"].sum()), "for all epochs"))
    else:
        cells.append((duration(elapsed_s(state.run)), "took"))
    if state.images_per_second:
        cells.append((f"{state.images_per_second:.0f}", "images per second"))
    if words := first_words(state.run):
        cells.append((words, "first weights"))
    if told := state.run.result.get("labels"):
        cells.append((votes_words(told), f"labels: {told['labels']}"))
    inner = "".join(f"<div><b>{escape(a)}</b><span>{escape(b)}</span></div>" for a, b in cells)
    st.html(f'<div class="tf-facts">{inner}</div>')


def _choose(shown: Shown) -> str:
    views = dict(VIEWS)
    if not train_answers.there(shown):
        del views["answers"]
    first = next(iter(views))
    key = f"{shown.key}:view"
    hold(key, parameter("view", views, first))
    st.segmented_control(
        "View", list(views), key=key, required=True, label_visibility="collapsed",
        format_func=views.__getitem__,
        on_change=lambda: keep("view", st.session_state[key], first),
    )  # fmt: skip
    return str(st.session_state[key])


def _settings(shown: Shown, state: TrainingState) -> None:
    left, right = st.columns([1.3, 1], gap="medium")
    with left:
        st.html(settings_table(state))
    with right:
        if not state.parts.empty:
            st.html(train_preview.table(shown, state.parts))
        st.caption(f"Run `{state.run.run_id}`")
        if state.log:
            st.code(state.log, language=None, height=200, wrap_lines=True)
