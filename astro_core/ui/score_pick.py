"""Which score a view is about."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from astro_core.ui import score_words
from astro_core.ui.address import hold, keep, parameter

SCORE = "score"


def pick(names: Sequence[str], *, key: str) -> str:
    """Let one of several scores be chosen, kept in the address; a single one needs no choice."""
    if len(names) == 1:
        return names[0]
    hold(key, parameter(SCORE, names, names[0]))
    st.segmented_control(
        "Score", names, key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: score_words.SCORES[name][0],
        on_change=lambda: keep(SCORE, st.session_state[key], names[0]),
    )  # fmt: skip
    return str(st.session_state[key])
