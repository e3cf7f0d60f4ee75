"""The views of Consensus; one line makes one more."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from astro_core.ui import (
    consensus_agreement,
    consensus_between,
    consensus_conflicts,
    consensus_labels,
    consensus_learn,
    consensus_methods,
    consensus_reviewers,
    frame,
)
from astro_core.ui.address import keep, parameter
from astro_core.ui.consensus_state import Shown

VIEWS: dict[str, tuple[str, Callable[[Shown], None]]] = {
    "agreement": ("Agreement", consensus_agreement.panel),
    "between": ("Between reviewers", consensus_between.panel),
    "conflicts": ("Conflicts", consensus_conflicts.panel),
    "labels": ("Labels", consensus_labels.panel),
    "reviewers": ("Reviewers", consensus_reviewers.panel),
    "learn": ("Learn", consensus_learn.panel),
    "methods": ("For a paper", consensus_methods.panel),
}


def panel(shown: Shown) -> None:
    """Draw the view that the address asks for."""
    key = f"{shown.key}:view"
    first = next(iter(VIEWS))
    st.session_state[key] = parameter("view", VIEWS, first)
    st.segmented_control(
        "View", list(VIEWS), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: VIEWS[name][0],
        on_change=lambda: keep("view", st.session_state[key], first),
    )  # fmt: skip
    _, view = VIEWS[str(st.session_state[key])]
    with frame.in_words():
        view(shown)
