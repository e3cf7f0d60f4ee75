"""One galaxy after another, large, by keyboard alone."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import cached, frame, review_begin, review_board, review_line, review_progress
from astro_core.ui.review_asked import asked_for_class
from astro_core.ui.review_state import Shown

OBJECT = "object"


def panel(shown: Shown) -> None:
    """Show the next galaxy of the queue, and what can be said of it."""
    if review_begin.ready(shown, shown.taxonomy.classes, "classes"):
        line = review_line.line_of(shown)
        line["sent"] = []  # the page was drawn anew, so the browser may have nothing
        _go_back(shown, line)
        review_line.top_up(shown, line)
        _work(shown)


@st.fragment
def _work(shown: Shown) -> None:
    """The board, and after it what nobody waits for: more galaxies, and their pictures."""
    line = review_line.line_of(shown)
    review_board.board(shown, line, asked_for_class(shown.taxonomy))
    with frame.in_words():
        review_progress.strip(shown)
        review_line.top_up(shown, line)
        review_board.fetch_ahead(shown, line)


def _go_back(shown: Shown, line: review_line.Line) -> None:
    """Somebody came by the address of one galaxy; it is shown first."""
    asked = st.query_params.pop(OBJECT, "")
    if asked and cached.view(shown.dataset).rows_of([asked])[0] >= 0:
        review_line.go_back_to(line, asked)
