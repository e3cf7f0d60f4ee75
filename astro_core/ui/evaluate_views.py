"""The views of Evaluate on a training that learned classes; one line makes one more."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from astro_core.ui import (
    evaluate_classes,
    evaluate_curves,
    evaluate_mistakes,
    evaluate_threshold,
    evaluate_trust,
    frame,
    train_answers,
)
from astro_core.ui.address import keep, parameter
from astro_core.ui.evaluate_state import Shown
from astro_core.workflows.evaluation_views import Judged

Panel = Callable[[Shown, Judged], None]


def _confusion(shown: Shown, found: Judged) -> None:  # noqa: ARG001 - as every view
    train_answers.panel(shown, shown.part)


VIEWS: dict[str, tuple[str, Panel]] = {
    "confusion": ("Confusion", _confusion),
    "classes": ("Classes", evaluate_classes.panel),
    "curves": ("Curves", evaluate_curves.panel),
    "threshold": ("Threshold", evaluate_threshold.panel),
    "trust": ("Trust", evaluate_trust.panel),
    "mistakes": ("Mistakes", evaluate_mistakes.panel),
}


def panel(shown: Shown, found: Judged) -> None:
    """Draw the scores and the view that the address asks for."""
    if not found.n:
        st.info("This part has no labelled galaxy to judge by. Choose another part above.")
        return
    st.html(evaluate_classes.facts(shown, found))
    _, view = VIEWS[_choose(shown)]
    with frame.in_words():
        view(shown, found)


def _choose(shown: Shown) -> str:
    key = f"{shown.key}:view"
    first = next(iter(VIEWS))
    st.session_state[key] = parameter("view", VIEWS, first)
    st.segmented_control(
        "View", list(VIEWS), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: VIEWS[name][0],
        on_change=lambda: keep("view", st.session_state[key], first),
    )  # fmt: skip
    return str(st.session_state[key])
