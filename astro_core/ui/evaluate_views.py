"""The views of Evaluate on a training that learned classes or votes; a line makes one more."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from astro_core.ui import (
    evaluate_classes,
    evaluate_compare,
    evaluate_curves,
    evaluate_label_errors,
    evaluate_mistakes,
    evaluate_threshold,
    evaluate_trust,
    evaluate_votes,
    frame,
    train_answers,
)
from astro_core.ui.address import keep, parameter
from astro_core.ui.evaluate_state import Shown
from astro_core.workflows.evaluation_views import Judged

Panel = Callable[[Shown, Judged], None]


def _confusion(shown: Shown, found: Judged) -> None:  # noqa: ARG001 - as every view
    train_answers.panel(shown, shown.part)


def _doubts(shown: Shown, found: Judged) -> None:  # noqa: ARG001 - as every view
    evaluate_label_errors.panel(shown)


def _compare(shown: Shown, found: Judged) -> None:  # noqa: ARG001 - as every view
    evaluate_compare.panel(shown)


VIEWS: dict[str, tuple[str, Panel]] = {
    "confusion": ("Confusion", _confusion),
    "classes": ("Classes", evaluate_classes.panel),
    "curves": ("Curves", evaluate_curves.panel),
    "threshold": ("Threshold", evaluate_threshold.panel),
    "trust": ("Trust", evaluate_trust.panel),
    "mistakes": ("Mistakes", evaluate_mistakes.panel),
    "doubts": ("Label errors", _doubts),
    "compare": ("Compare", _compare),
}


VOTE_VIEWS: dict[str, tuple[str, Callable[[Shown], None]]] = {
    "votes": ("Answers", evaluate_votes.panel),
    "compare": ("Compare", evaluate_compare.panel),
}


def panel(shown: Shown, found: Judged) -> None:
    """Draw the scores and the view that the address asks for."""
    if not found.n:
        st.info("This part has no labelled galaxy to judge by. Choose another part above.")
        return
    st.html(evaluate_classes.facts(shown, found))
    _, view = VIEWS[_choose(shown, {name: label for name, (label, _) in VIEWS.items()})]
    with frame.in_words():
        view(shown, found)


def votes(shown: Shown) -> None:
    """Draw the view of a training that learned vote fractions."""
    _, view = VOTE_VIEWS[_choose(shown, {name: label for name, (label, _) in VOTE_VIEWS.items()})]
    with frame.in_words():
        view(shown)


def _choose(shown: Shown, labels: dict[str, str]) -> str:
    key = f"{shown.key}:view"
    first = next(iter(labels))
    st.session_state[key] = parameter("view", labels, first)
    st.segmented_control(
        "View", list(labels), key=key, required=True, label_visibility="collapsed",
        format_func=labels.__getitem__,
        on_change=lambda: keep("view", st.session_state[key], first),
    )  # fmt: skip
    return str(st.session_state[key])
