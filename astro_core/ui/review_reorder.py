"""A new order for what nobody has looked at yet of a queue, by a model."""

from __future__ import annotations

import streamlit as st

from astro_core import runs
from astro_core.errors import TuningForkError
from astro_core.labels.acquisition import ACQUISITIONS
from astro_core.ui import frame, run_status
from astro_core.ui.review_state import Shown
from astro_core.ui.run_names import short_names
from astro_core.ui.words import plain
from astro_core.workflows.rerank import KIND, own_strategy, strategies, submit_rerank
from astro_core.workflows.retrain import class_trainings
from astro_core.workflows.review_queues import ReviewQueue

_PROBLEM = "review:reorder:problem"


def panel(shown: Shown, queue: ReviewQueue) -> None:
    """Choose a model and a way, and have the queue put in order."""
    if problem := st.session_state.pop(_PROBLEM, ""):
        frame.problem(problem)
    models = short_names(class_trainings(shown.workspace, shown.dataset))
    if not models:
        st.caption("A queue can be put in order by a model of classes; none was trained here yet.")
        return
    key = f"{shown.key}:order:{queue.queue_id}"
    by, how = st.columns(2)
    known = list(strategies())
    by.selectbox("Model", list(models), key=f"{key}:model", format_func=models.__getitem__)
    how.selectbox(
        "First", known, key=f"{key}:how", index=known.index(own_strategy(queue.request)),
        format_func=lambda name: ACQUISITIONS.get(name).label,
        help="  \n".join(
            f"**{ACQUISITIONS.get(name).label}:** {plain(ACQUISITIONS.get(name).description)}"
            for name in known
        ),
    )  # fmt: skip
    st.button(
        "New order", key=f"{key}:go", icon=":material/swap_vert:", on_click=_submit,
        args=(shown, queue, key), disabled=not shown.person.may("lead"),
        help="" if shown.person.may("lead") else "Only a lead changes the order of a queue",
    )  # fmt: skip
    st.caption(
        "What was looked at, is being looked at, was drawn for control or is gold keeps its place. "
        "Consensus, Learn trains a new model on what people said."
    )
    run_status.follow_all(
        shown.workspace,
        [
            run
            for run in runs.list_runs(shown.workspace)
            if run.kind == KIND and run.params.get("queue") == queue.queue_id
        ],
    )


def _submit(shown: Shown, queue: ReviewQueue, key: str) -> None:
    asked = st.session_state
    try:
        submit_rerank(
            shown.workspace, shown.dataset, queue.queue_id, model=asked[f"{key}:model"],
            strategy=asked[f"{key}:how"], who=shown.person,
        )  # fmt: skip
    except TuningForkError as error:
        asked[_PROBLEM] = str(error)
