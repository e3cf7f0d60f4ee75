"""A queue that was asked for: wait for what it needs, then make it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from astro_core import runs
from astro_core.errors import NotFoundError
from astro_core.ui import frame, run_status
from astro_core.ui import review_state as state
from astro_core.ui.review_state import Shown
from astro_core.workflows.new_queue import QueuePlan, start_queue
from astro_core.workflows.queue import runs_needed


def begin(shown: Shown, plan: QueuePlan) -> None:
    """Make the queue, or start what has to be there first."""
    with frame.in_words():
        needed = runs_needed(shown.workspace, plan.request(shown.dataset.name))
        if needed:
            st.session_state[_key(shown)] = {"plan": plan.to_json(), "runs": list(needed)}
            st.rerun()
        with st.spinner("Choosing galaxies", show_time=True):
            _make(shown, plan)


def waiting(shown: Shown) -> bool:
    """Show the runs that a queue waits for, if one does; make it when they are done."""
    asked: dict[str, Any] | None = st.session_state.get(_key(shown))
    if asked is None:
        return False
    states = [_state(shown, run_id) for run_id in asked["runs"]]
    if all(one == "done" for one in states):
        del st.session_state[_key(shown)]
        with frame.in_words():
            begin(shown, QueuePlan.from_json(asked["plan"]))
        return False
    st.markdown(
        "The queue is made as soon as this is done. If you leave meanwhile, ask for it again "
        "later: what was computed stays."
    )
    for run_id in asked["runs"]:
        run_status.follow(shown.workspace, run_id)
    ended = any(one in ("failed", "cancelled", "gone") for one in states)
    label = "Ask for another queue" if ended else "Do not wait"
    if st.button(label, key=f"{shown.key}:new-give-up"):
        del st.session_state[_key(shown)]
        st.rerun()
    return True


def _make(shown: Shown, plan: QueuePlan) -> None:
    queue_id = start_queue(shown.workspace, shown.dataset.name, plan, shown.person)
    for name in ("new", "like", "selection"):
        st.query_params.pop(name, None)
    state.go(queue_id)
    st.rerun()


def _state(shown: Shown, run_id: str) -> str:
    try:
        return runs.get_run(shown.workspace, run_id).state
    except NotFoundError:
        return "gone"


def _key(shown: Shown) -> str:
    return f"review:making:{shown.dataset.folder.name}:{shown.person.name}"
