"""All queues of a survey, what is in each of them, and the way to a new one."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import review_new_queue, review_queue_detail, review_queue_words
from astro_core.ui import review_state as state
from astro_core.ui.review_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.review_queues import ReviewQueue

VIEW = "queues"


def panel(shown: Shown) -> None:
    """List the queues, and beside them the one that is chosen, or a new one."""
    if not shown.queues:
        with st.container(width=680):
            st.caption("A queue says which galaxies people look at, in which order, and how often.")
            review_new_queue.form(shown)
        return
    making = review_new_queue.NEW in st.query_params
    left, right = st.columns([1, 1.5], gap="medium")
    with left:
        if shown.may_answer:
            st.button(
                "Make a queue", key=f"{shown.key}:new-queue", icon=":material/add:",
                disabled=making, on_click=_begin,
            )  # fmt: skip
        for queue in shown.queues:
            _card(shown, queue, chosen=not making and queue == shown.queue)
    with right:
        if making:
            review_new_queue.form(shown)
        elif shown.queue is not None:
            review_queue_detail.show(shown, shown.queue)


def _begin() -> None:
    st.query_params[review_new_queue.NEW] = "1"


def _look_at(queue_id: str) -> None:
    review_new_queue.leave()
    state.go(queue_id, VIEW)


def _card(shown: Shown, queue: ReviewQueue, *, chosen: bool) -> None:
    with st.container(border=True, key=f"queue-{queue.queue_id}", gap="small"):
        title, button = st.columns([3, 1], vertical_alignment="center")
        mark = ":material/chevron_right: " if chosen else ""
        title.markdown(f"{mark}**{plain(queue.name or 'Queue')}**")
        button.button(
            "Look", key=f"{shown.key}:look:{queue.queue_id}", width="stretch", disabled=chosen,
            help=f"See what is in {plain(queue.name or 'this queue')}",
            on_click=_look_at, args=(queue.queue_id,),
        )  # fmt: skip
        share = queue.n_done / queue.n_objects if queue.n_objects else 1.0
        st.progress(share, text=f"{queue.n_done:,} of {queue.n_objects:,} done")
        st.caption(review_queue_words.made(queue))
        if queue.at_work:
            st.caption(f":material/person: {plain(', '.join(queue.at_work))} at work now")
