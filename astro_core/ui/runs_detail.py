"""One run closely: how it stands, what it was asked, why it failed, its log, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from astro_core import runs
from astro_core.domain import Run
from astro_core.errors import TuningForkError
from astro_core.ui import (
    cached,
    frame,
    navigation,
    run_status,
    runs_export,
    runs_search,
    score_words,
    train_curves,
    train_fold_result,
    who,
)
from astro_core.ui import runs_state as state
from astro_core.ui.run_status import elapsed_s
from astro_core.ui.runs_state import Shown
from astro_core.ui.words import duration, plain
from astro_core.workflows.answer_files import FOLDS
from astro_core.workflows.folds_state import folds_state
from astro_core.workflows.train import KIND as TRAINING
from astro_core.workflows.training_state import training_state
from astro_core.workflows.tune import KIND as SEARCH
from astro_core.workspace import Workspace

_LOG_LINES = 200
_REFUSED = "runs:refused"


def panel(shown: Shown) -> None:
    """Draw the run that is picked."""
    run = shown.picked
    if run is None:
        st.caption("Pick a run to see what it was asked, its log, and what can be done with it.")
        return
    with st.container(border=True):
        _head(shown.workspace, run)
        if refused := st.session_state.pop(_REFUSED, ""):
            frame.problem(refused)
        if not run.finished:
            run_status.going(shown.workspace, run)
        elif run.state == "failed":
            st.error(plain(run.error), icon=":material/error:")
        with frame.in_words():
            if run.kind == TRAINING:
                _training(shown.workspace, run)
            elif run.kind == FOLDS:
                _folds(shown.workspace, run)
            elif run.kind == SEARCH:
                runs_search.panel(shown.workspace, run)
            _asked(shown.workspace, run)


def _head(workspace: Workspace, run: Run) -> None:
    took = f" after {duration(elapsed_s(run))}" if run.finished and run.started_at else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(run.title)}** · {run.state}{took}", width="content")
        st.space("stretch")
        there = _on_train(run) if _dataset_there(workspace, run) else {}
        if there and st.button("Open in Train", key="runs:train", icon=":material/school:"):
            navigation.go("train", **there)
        if state.resumes(run):
            _act("Resume", ":material/play_arrow:", run_status.resume, workspace, run)
        if run.finished:
            with st.popover("Delete", icon=":material/delete:"):
                st.markdown("The run's folder goes, with its log and what it keeps there.")
                _act("Delete for good", ":material/delete:", _delete, workspace, run)


def _delete(workspace: Workspace, run_id: str) -> None:
    who.need("reviewer", "delete a run")
    runs.delete_run(workspace, run_id)


def _on_train(run: Run) -> dict[str, str]:
    """What the address of Train says to show a run; empty for what is not shown there."""
    one = {"run": run.run_id}
    ways = {TRAINING: one, FOLDS: one, SEARCH: {"mode": "search", "search": run.run_id}}
    found = ways.get(run.kind)
    return {"dataset": str(run.params["dataset"]), **found} if found else {}


def _dataset_there(workspace: Workspace, run: Run) -> bool:
    return any(d.name == run.params.get("dataset") for d in cached.datasets(workspace))


def _act(
    label: str,
    icon: str,
    function: Callable[[Workspace, str], None],
    workspace: Workspace,
    run: Run,
) -> None:
    def act() -> None:
        try:
            function(workspace, run.run_id)
        except TuningForkError as error:
            st.session_state[_REFUSED] = str(error)

    st.button(label, key=f"runs:{label}:{run.run_id}", icon=icon, on_click=act)


def _training(workspace: Workspace, run: Run) -> None:
    """Scores and curves of a training."""
    found = training_state(workspace, run.run_id)
    if found.scores:
        st.html(score_words.table(found.scores))
    if found.epochs_done:
        train_curves.curves(found, key=f"runs:{run.run_id}")
    if run.state == "done":
        runs_export.panel(workspace, run)


def _folds(workspace: Workspace, run: Run) -> None:
    """Scores of each fold, and the curves of the one that is, or was, under way."""
    found = folds_state(workspace, run.run_id)
    train_fold_result.table(found)
    if found.current is not None and found.current.epochs_done:
        st.caption(f"Fold {found.current_fold + 1} of {found.n_folds}")
        train_curves.curves(found.current, key=f"runs:{run.run_id}")


def _asked(workspace: Workspace, run: Run) -> None:
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        _table("What it was asked", dict(run.params))
        _table("What came of it", {k: v for k, v in run.result.items() if not _many(v)})
        st.caption(f"Run `{run.run_id}` · made {run.created_at[:19].replace('T', ' ')} UTC")
    with right:
        log = runs.read_log(workspace, run.run_id).splitlines()
        st.caption("Log" if log else "It wrote no log.")
        if log:
            st.code("\n".join(log[-_LOG_LINES:]), language=None, height=220, wrap_lines=True)


def _many(value: Any) -> bool:
    return isinstance(value, (dict, list))


def _table(title: str, values: dict[str, Any]) -> None:
    rows = "".join(
        f"<tr><th>{escape(_words(k))}</th><td>{escape(_written(v))}</td></tr>"
        for k, v in _flat(values).items()
    )
    if rows:
        st.html(f'<table class="tf-asked"><caption>{title}</caption>{rows}</table>')


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Settings within settings as one list."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        out |= _flat(value) if isinstance(value, dict) else {name: value}
    return out


def _words(name: str) -> str:
    return name.replace("_", " ")


def _written(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 160 else f"{text[:160]}..."
