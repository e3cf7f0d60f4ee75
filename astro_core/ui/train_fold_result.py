"""A training that is done fold by fold: followed, and what came of it."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from astro_core.ui import frame, navigation, run_status, score_words, train_answers, train_curves
from astro_core.ui.address import keep, parameter
from astro_core.ui.train_state import Shown
from astro_core.ui.train_values import settings_table
from astro_core.ui.words import duration
from astro_core.workflows.folds_state import FoldsState, folds_state

ROW_PX, HEAD_PX = 33, 36
VIEWS = {"folds": "Folds", "answers": "Answers", "curves": "Curves", "settings": "Settings"}
_SIGNS = {"done": "●", "going": "◐", "stopped": "□", "waiting": "○"}
_SCORES = ("balanced_accuracy", "accuracy", "macro_f1", "ece", "rmse")


def panel(shown: Shown) -> None:
    """Draw the folds that are looked at, going on or ended."""
    state = folds_state(shown.workspace, shown.run_id)
    if not state.run.finished:
        st.fragment(_bar, run_every=train_curves.BAR_EVERY_S)(shown)
        st.fragment(_so_far, run_every=train_curves.CURVES_EVERY_S)(shown)
        return
    if state.run.state != "done":
        kept = f"{state.done} of {state.n_folds} folds are done and kept"
        run_status.stopped(shown.workspace, state.run, kept, key=f"{shown.key}:resume")
        table(state)
        return
    _facts(state)
    view = _choose(shown)
    with frame.in_words():
        _view(shown, state, view)


def _view(shown: Shown, state: FoldsState, view: str) -> None:
    if view == "folds":
        table(state)
        if left := state.run.result.get("left_out"):
            st.caption(f"The {left:,} galaxies of the dataset's test part were in no fold.")
        _ways_on(shown, state)
    elif view == "answers":
        train_answers.panel(shown, "test")
        st.caption("Every galaxy was answered by the one model that had not seen it.")
    elif view == "curves":
        _curves(shown, state)
    else:
        assert state.current is not None
        st.html(settings_table(state.current))
        st.caption(f"Run `{state.run.run_id}`")


def _bar(shown: Shown) -> None:
    state = folds_state(shown.workspace, shown.run_id)
    if state.run.finished:
        st.rerun()
    run_status.going(shown.workspace, state.run, said=said(state), left=state.seconds_left)


def said(state: FoldsState) -> str:
    """How far it is, and how long it will take; empty before the first epoch."""
    if state.run.state == "queued" or state.current is None or not state.current.epochs_done:
        return ""
    parts = [state.run.message]
    if state.seconds_left is not None:
        parts.append(f"about {duration(state.seconds_left)} left")
    return " · ".join(parts)


def _so_far(shown: Shown) -> None:
    state = folds_state(shown.workspace, shown.run_id)
    table(state)
    if state.current is not None and state.current.epochs_done:
        st.caption(f"Fold {state.current_fold + 1} of {state.n_folds}")
        train_curves.curves(state.current, key=f"{shown.key}:{shown.run_id}")


def table(state: FoldsState) -> None:
    """One row per fold, and below them mean and standard deviation."""
    found = state.table
    rows = [_row(row) for row in found.to_dict("records")]
    if scores := state.scores:
        for name, label in (("mean", "Mean"), ("sd", "Standard deviation")):
            rows.append({"Fold": label, **_scores(scores[name]), "n": scores["mean"]["n"]})
        rows[-1]["n"] = None
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key=f"folds:{state.run.run_id}", placeholder="",
        height=HEAD_PX + ROW_PX * len(rows),
        column_config={
            **{score_words.SCORES[n][0]: number(format="%.3f", help=score_words.SCORES[n][1])
               for n in _SCORES},
            "n": number(format="localized", help="Galaxies that it is judged by"),
            "Learned from": number(format="localized", help="Galaxies"),
        },
    )  # fmt: skip


def _row(row: dict[str, Any]) -> dict[str, Any]:
    best = row["best_epoch"]
    return {
        "Fold": f"{row['fold']}  {_SIGNS[row['state']]} {row['state']}",
        **_scores(row),
        "n": row.get("n"),
        "Learned from": row["n_train"],
        "Best epoch": f"{best:.0f} of {row['epochs']}" if pd.notna(best) else "",
        "Time": duration(row["seconds"]) if pd.notna(row["seconds"]) else "",
    }


def _scores(values: dict[str, Any]) -> dict[str, Any]:
    return {score_words.SCORES[n][0]: values[n] for n in _SCORES if n in values}


def _facts(state: FoldsState) -> None:
    scores = state.scores
    cells = [
        (f"{score_words.number(scores['mean'][name])} ± {score_words.number(scores['sd'][name])}",
         f"{score_words.said(name)}, mean ± sd")
        for name in ("balanced_accuracy", "accuracy", "macro_f1", "rmse")
        if name in scores["mean"]
    ]  # fmt: skip
    cells.append((str(state.n_folds), f"folds of {scores['mean']['n']:,} galaxies"))
    cells.append((duration(state.run.result["seconds"]), "for all epochs"))
    inner = "".join(f"<div><b>{a}</b><span>{escape(b)}</span></div>" for a, b in cells)
    st.html(f'<div class="tf-facts">{inner}</div>')


def _choose(shown: Shown) -> str:
    views = dict(VIEWS)
    if not train_answers.there(shown):
        del views["answers"]
    key, first = f"{shown.key}:view", "folds"
    st.session_state[key] = parameter("view", views, first)
    st.segmented_control(
        "View", list(views), key=key, required=True, label_visibility="collapsed",
        format_func=views.__getitem__,
        on_change=lambda: keep("view", st.session_state[key], first),
    )  # fmt: skip
    return str(st.session_state[key])


def _curves(shown: Shown, state: FoldsState) -> None:
    key = f"{shown.key}:fold"
    names = [str(fold) for fold in range(1, state.n_folds + 1)]
    st.session_state[key] = parameter("fold", names, names[0])
    st.segmented_control(
        "Fold", names, key=key, required=True, format_func=lambda name: f"Fold {name}",
        label_visibility="collapsed",
        on_change=lambda: keep("fold", st.session_state[key], names[0]),
    )  # fmt: skip
    fold = int(st.session_state[key]) - 1
    train_curves.curves(state.fold(shown.workspace, fold), key=f"{shown.key}:{shown.run_id}:{fold}")


def _ways_on(shown: Shown, state: FoldsState) -> None:
    there = {"dataset": shown.dataset.name, "run": state.run.run_id}
    with st.container(horizontal=True):
        for label, icon, view in (
            ("Compare with another recipe", ":material/compare_arrows:",
             {"view": "compare", "way": "folds"}),
            ("Suspected label errors", ":material/label_off:", {"view": "doubts"}),
        ):  # fmt: skip
            if st.button(label, key=f"{shown.key}:{view['view']}", icon=icon):
                navigation.go("evaluate", **there, **view)
