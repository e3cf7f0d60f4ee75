"""What stands between a person and the galaxies: no queue yet, no right to answer, no classes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from astro_core.ui import frame
from astro_core.ui import review_state as state
from astro_core.ui.address import keep
from astro_core.ui.review_state import FIRST_VIEW, Shown
from astro_core.ui.words import objects, plain
from astro_core.workflows.review import start_random


def ready(shown: Shown, choices: Sequence[object], what: str) -> bool:
    """Whether a person can answer here; if not, the way there is offered.

    Parameters
    ----------
    choices : sequence
        The classes or the questions that this view needs.
    what : str
        What they are called.
    """
    if not shown.may_answer:
        st.info(f"{plain(shown.person.name)} may look, but not answer. Ask a lead to change that.")
    elif not choices:
        _nothing_to_choose(shown, what)
    elif shown.queue is None:
        _begin(shown)
    else:
        return True
    return False


def _nothing_to_choose(shown: Shown, what: str) -> None:
    """Lead to the view that can be answered with these classes, or to where more are made."""
    ways = {"classes": "See the classes"}
    if shown.taxonomy.questions:
        ways = {"tree": "Answer the questions"} | ways
    elif shown.taxonomy.classes:
        ways = {FIRST_VIEW: "Choose among the classes"} | ways
    with st.container(border=True):
        whose = plain(shown.taxonomy.name)
        st.markdown(f"The set **{whose}** has no {what}, which this view asks for.")
        with st.container(horizontal=True):
            for place, (view, words) in enumerate(ways.items()):
                if st.button(words, type="secondary" if place else "primary"):
                    keep("view", view, FIRST_VIEW)
                    st.rerun()


def _begin(shown: Shown) -> None:
    with st.container(border=True):
        st.markdown("Galaxies are shown here one after another, and you say by key what they are.")
        many = objects(shown.dataset.n_objects)
        if st.button(f"Start with all {many} in random order", type="primary"):
            with frame.in_words():
                state.go(start_random(shown.workspace, shown.dataset, shown.person), shown.view)
                st.rerun()
