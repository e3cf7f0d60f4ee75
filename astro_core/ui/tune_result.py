"""What a search has found, while it goes on and after: figures, and the trial looked at."""

from __future__ import annotations

from html import escape

import streamlit as st

from astro_core.figures.tuning import Aim
from astro_core.ui import frame, run_status, score_words, tune_figures, tune_trial
from astro_core.ui.address import keep, parameter
from astro_core.ui.tune_controls import aim_words
from astro_core.ui.tune_state import Search
from astro_core.ui.words import duration
from astro_core.workflows.tune import DONE, FAILED, RUNNING, STOPPED
from astro_core.workflows.tune_state import TuningState, tuning_state

VIEWS = {
    "history": "History", "settings": "Settings", "compromises": "Compromises", "trials": "Trials",
}  # fmt: skip
BAR_EVERY_S, FIGURES_EVERY_S = 1.0, 4.0


def panel(search: Search) -> None:
    """Draw the search that is looked at, going on or ended."""
    state = tuning_state(search.train.workspace, search.run_id)
    if not state.run.finished:
        st.fragment(_bar, run_every=BAR_EVERY_S)(search)
        st.fragment(_found, run_every=FIGURES_EVERY_S)(search)
        return
    if state.run.state != "done":
        n = int((state.trials["state"] != RUNNING).sum())
        kept = f"{n} of {state.tuning.trials} trials are kept"
        run_status.stopped(search.train.workspace, state.run, kept, key=f"{search.key}:resume")
    _found(search)


def _bar(search: Search) -> None:
    state = tuning_state(search.train.workspace, search.run_id)
    if state.run.finished:
        st.rerun()
    run_status.going(
        search.train.workspace, state.run, said=said(state), left=state.seconds_left
    )  # fmt: skip


def said(state: TuningState) -> str:
    """How far a search is, what it has found, and how long it will take."""
    if state.run.state == "queued" or not state.run.message:
        return ""
    parts = [state.run.message]
    if state.best is not None:
        score = state.trials.set_index("number").loc[state.best, "score"]
        parts.append(f"best so far {score_words.number(score)}")
    if state.seconds_left is not None:
        parts.append(f"about {duration(state.seconds_left)} left")
    return " · ".join(parts)


def _found(search: Search) -> None:
    state = tuning_state(search.train.workspace, search.run_id)
    if state.ended.empty and not (state.trials["state"] == STOPPED).any():
        st.caption("The figures begin when the first trial has ended.")
        tune_trial.log(state)
        return
    _facts(state)
    left, right = st.columns([2.1, 1], gap="medium")
    with left, frame.in_words():
        _views(search, state)
    with right, frame.in_words():
        tune_trial.panel(search, state)


def aim_of(state: TuningState) -> Aim:
    """What the search makes as good as it can, for figures."""
    return Aim(label=aim_words(state.tuning.objective), higher=state.higher_is_better)


def _facts(state: TuningState) -> None:
    trials = state.trials.set_index("number")
    aim, cells = score_words.SCORES[state.tuning.objective][0], []
    if state.best is not None:
        best = trials.loc[state.best]
        cells.append((score_words.number(best["score"]), f"{aim}, validation, best trial"))
        own = trials[trials["own"].fillna(False).astype(bool) & (trials["state"] == DONE)]
        if not own.empty:
            cells.append((score_words.number(own.iloc[0]["score"]), state.own_words))
    counts = trials["state"].value_counts()
    many = [f"{counts.get(name, 0)} {name}" for name in (STOPPED, FAILED) if counts.get(name, 0)]
    cells.append((f"{counts.get(DONE, 0)} of {state.tuning.trials}", ", ".join(
        ["trials to their end", *many])))  # fmt: skip
    cells.append((duration(trials["seconds"].sum()), "for all epochs"))
    inner = "".join(f"<div><b>{a}</b><span>{escape(b)}</span></div>" for a, b in cells)
    st.html(f'<div class="tf-facts">{inner}</div>')


def _views(search: Search, state: TuningState) -> None:
    views = dict(VIEWS)
    if state.ended.empty:
        del views["compromises"], views["settings"]
    key = f"{search.key}:view"
    first = "compromises" if state.tuning.front and "compromises" in views else "history"
    st.session_state[key] = parameter("view", views, first)
    st.segmented_control(
        "View", list(views), key=key, required=True, label_visibility="collapsed",
        format_func=views.__getitem__,
        on_change=lambda: keep("view", st.session_state[key], first),
    )  # fmt: skip
    draw = {
        "history": tune_figures.history, "settings": tune_figures.settings,
        "compromises": tune_figures.compromises, "trials": tune_trial.table,
    }  # fmt: skip
    draw[str(st.session_state[key])](search, state, aim_of(state))
