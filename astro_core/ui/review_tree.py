"""A decision tree, one question after another; the end of it brings the next galaxy."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import frame, review_begin, review_board, review_progress, review_tree_line
from astro_core.ui.review_asked import Asked, asked_on
from astro_core.ui.review_state import Shown


def panel(shown: Shown) -> None:
    """Show the next galaxy of the queue, and the next question about it."""
    if review_begin.ready(shown, shown.taxonomy.questions, "questions"):
        line = review_tree_line.tree_line(shown)
        line["sent"] = []  # the page was drawn anew, so the browser may have nothing
        review_tree_line.give(shown, line)
        _work(shown)


@st.fragment
def _work(shown: Shown) -> None:
    """The board, and after it what nobody waits for: more galaxies, and their pictures."""
    line = review_tree_line.tree_line(shown)
    path = review_tree_line.path_here(shown, line)
    asked = asked_on(path) if path else Asked()
    review_board.board(shown, line, asked, review_tree_line.act, name="tree-board")
    with frame.in_words():
        review_progress.strip(shown)
        review_tree_line.give(shown, line)
        review_board.fetch_ahead(shown, line)
