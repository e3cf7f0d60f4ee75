"""The slim row above every view of Review: which view, and which queue."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import review_state as state
from astro_core.ui.address import keep
from astro_core.ui.review_state import FIRST_VIEW, Shown
from astro_core.ui.review_views import VIEWS
from astro_core.ui.words import plain


def row(shown: Shown) -> None:
    """Show the controls."""
    views, queue = st.columns([3, 2], vertical_alignment="center")
    with views:
        _views(shown)
    with queue:
        _queues(shown)
    for problem in shown.problems:
        st.caption(plain(problem))


def _views(shown: Shown) -> None:
    key = f"{shown.key}:view"
    st.session_state[key] = shown.view if shown.view in VIEWS else FIRST_VIEW
    st.segmented_control(
        "View", list(VIEWS), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: VIEWS[name][0],
        on_change=lambda: keep("view", st.session_state[key], FIRST_VIEW),
    )  # fmt: skip


def _queues(shown: Shown) -> None:
    if shown.queue is None:
        return
    key = f"{shown.key}:queue"
    names = {queue.queue_id: _called(queue.name, queue.made_at) for queue in shown.queues}
    st.session_state[key] = shown.queue.queue_id
    st.selectbox(
        "Queue", list(names), key=key, label_visibility="collapsed",
        format_func=names.__getitem__,
        on_change=lambda: state.go(st.session_state[key], shown.view),
    )  # fmt: skip


def _called(name: str, made_at: str) -> str:
    return f"{name or 'Queue'} · {made_at[:16].replace('T', ' ')}"
