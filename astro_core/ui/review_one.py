"""One galaxy after another, large, by keyboard alone."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import cached, frame, review_board, review_line
from astro_core.ui import review_state as state
from astro_core.ui.review_state import Shown
from astro_core.ui.words import objects
from astro_core.workflows.review import start_random

OBJECT = "object"


def panel(shown: Shown) -> None:
    """Show the next galaxy of the queue, and what can be said of it."""
    if shown.queue is None:
        _begin(shown)
    elif not shown.may_answer:
        st.info(f"{shown.person.name} may look, but not answer. Ask a lead to change that.")
    elif not shown.taxonomy.classes:
        st.info("There are no classes to choose from yet.")
    else:
        line = review_line.line_of(shown)
        line["sent"] = []  # the page was drawn anew, so the browser may have nothing
        _go_back(shown, line)
        review_line.top_up(shown, line)
        _work(shown)


@st.fragment
def _work(shown: Shown) -> None:
    """The board, and after it what nobody waits for: more galaxies, and their pictures."""
    line = review_line.line_of(shown)
    review_board.board(shown, line)
    with frame.in_words():
        review_line.top_up(shown, line)
        review_board.fetch_ahead(shown, line)


def _go_back(shown: Shown, line: review_line.Line) -> None:
    """Somebody came by the address of one galaxy; it is shown first."""
    asked = st.query_params.pop(OBJECT, "")
    if asked and cached.view(shown.dataset).rows_of([asked])[0] >= 0:
        review_line.go_back_to(line, asked)


def _begin(shown: Shown) -> None:
    with st.container(border=True):
        st.markdown("Galaxies are shown here one after another, and you say by key what they are.")
        many = objects(shown.dataset.n_objects)
        if st.button(f"Start with all {many} in random order", type="primary"):
            with frame.in_words():
                state.go(start_random(shown.workspace, shown.dataset, shown.person))
                st.rerun()
