"""One queue: how it was made, how far it is, who did what, and its rules."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.domain import Person
from astro_core.params import describe
from astro_core.ui import frame, review_progress, review_reorder
from astro_core.ui import review_queue_words as say
from astro_core.ui import review_state as state
from astro_core.ui.forms import params_form
from astro_core.ui.review_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.queue_people import people_of_queue
from astro_core.workflows.review_queues import ReviewQueue, change_rules, rule_history


def show(shown: Shown, queue: ReviewQueue) -> None:
    """Draw it."""
    title, go = st.columns([3, 1], vertical_alignment="center")
    title.subheader(plain(queue.name or "Queue"), anchor=False)
    if shown.may_answer and queue.assigned_to in ("", shown.person.name):
        go.button(
            "Work on it", key=f"{shown.key}:work", type="primary", width="stretch",
            icon=":material/play_arrow:", on_click=state.go, args=(queue.queue_id,),
        )  # fmt: skip
    review_progress.strip(shown)
    st.markdown(say.chosen_how(queue))
    st.caption(f"{say.answered_with(shown.taxonomy)} · {say.made(queue)}")
    people, rules, order = st.tabs(["Who did what", "Rules", "Order"])
    with people:
        _people(shown, queue)
    with rules:
        _rules(shown, queue)
    with order:
        review_reorder.panel(shown, queue)


def _people(shown: Shown, queue: ReviewQueue) -> None:
    found = people_of_queue(shown.workspace, shown.dataset, queue.queue_id)
    if not found:
        st.caption("Nobody has answered any of these galaxies yet.")
        return
    table = pd.DataFrame(
        {
            "Person": [one.name for one in found],
            "Answered": [one.n_answered for one in found],
            "Skipped": [one.n_skipped for one in found],
            "Per hour now": [one.per_hour for one in found],
            "Gold right": [_of(one.n_gold_right, one.n_gold) for one in found],
            "Last": [say.when(one.last_at) for one in found],
        }
    )
    st.dataframe(
        table, hide_index=True, key=f"{shown.key}:people",
        column_config={"Per hour now": st.column_config.NumberColumn(format="%.0f")},
    )  # fmt: skip
    if not queue.n_gold:
        st.caption("There is no gold in this queue: galaxies whose class is known beforehand.")


def _of(n: int, total: int) -> str:
    return f"{n:,} of {total:,}" if total else ""


def _rules(shown: Shown, queue: ReviewQueue) -> None:
    st.markdown(f"Now: **{say.rules(queue.rules)}**")
    if shown.person.may("lead"):
        with st.popover("Change the rules", icon=":material/gavel:"):
            _change(shown, queue, shown.person)
    else:
        st.caption("Only a lead changes rules.")
    history = rule_history(shown.workspace, queue.queue_id)
    for event in reversed(history):
        before = "" if event.before is None else f"{say.rules(event.before)} → "
        same = event.before == event.after
        what = "" if same else f": {before}{say.rules(event.after)}"
        why = f". {plain(event.reason)}" if event.reason else ""
        st.caption(f"{say.when(event.at)} · **{plain(event.who)}**{what}{why}")


def _change(shown: Shown, queue: ReviewQueue, person: Person) -> None:
    key = f"{shown.key}:rules:{queue.queue_id}"
    wanted = params_form(queue.rules, key, [info.name for info in describe(queue.rules)])
    reason = st.text_input("Reason", key=f"{key}:reason", max_chars=500)
    if st.button("Change", key=f"{key}:go", type="primary", disabled=wanted == queue.rules):
        with frame.in_words():
            change_rules(shown.workspace, queue.queue_id, wanted, who=person, reason=reason)
            st.rerun()
