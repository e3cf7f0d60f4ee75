"""The slim row above every view of Review: which view, and which queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from astro_core.ui import review_state as state
from astro_core.ui.address import hold, keep
from astro_core.ui.review_state import FIRST_VIEW, Shown
from astro_core.ui.review_views import VIEWS
from astro_core.ui.words import plain
from astro_core.workflows.review_queues import ReviewQueue


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
    hold(key, shown.view if shown.view in VIEWS else FIRST_VIEW)
    st.segmented_control(
        "View", list(VIEWS), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: VIEWS[name][0],
        on_change=lambda: keep("view", st.session_state[key], FIRST_VIEW),
    )  # fmt: skip


def _queues(shown: Shown) -> None:
    if shown.queue is None:
        return
    key = f"{shown.key}:queue"
    names = _names(shown.queues)
    hold(key, shown.queue.queue_id)
    st.selectbox(
        "Queue", list(names), key=key, label_visibility="collapsed",
        format_func=names.__getitem__,
        on_change=lambda: state.go(st.session_state[key], shown.view),
    )  # fmt: skip


def _names(queues: Sequence[ReviewQueue]) -> dict[str, str]:
    """What each queue is called, all different: the browser tells a choice by its words."""
    called = {queue.queue_id: _called(queue.name, queue.made_at) for queue in queues}
    alike = Counter(called.values())
    number: Counter[str] = Counter()
    names = {}
    for queue_id, words in reversed(called.items()):
        number[words] += 1
        names[queue_id] = words if alike[words] == 1 else f"{words} ({number[words]})"
    return {queue_id: names[queue_id] for queue_id in called}


def _called(name: str, made_at: str) -> str:
    return f"{name or 'Queue'} · {made_at[:16].replace('T', ' ')}"
