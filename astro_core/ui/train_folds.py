"""What a training is to be judged by: the test part, or fold by fold."""

from __future__ import annotations

import streamlit as st

from astro_core.ui.address import keep, parameter
from astro_core.ui.train_state import Shown

PARAMETER, NONE = "folds", "0"
CHOICES = {NONE: "Test part", "3": "3 folds", "5": "5 folds", "10": "10 folds"}


def asked() -> int:
    """Number of folds that the address asks for; 0 for a single training."""
    return int(parameter(PARAMETER, CHOICES, NONE))


def control(shown: Shown) -> None:
    """Choose what the training is judged by."""
    key = f"{shown.key}:folds"
    st.session_state[key] = str(asked())
    st.segmented_control(
        "Judged by", list(CHOICES), key=key, required=True, format_func=CHOICES.__getitem__,
        on_change=lambda: keep(PARAMETER, st.session_state[key], NONE),
        help="Folds train the recipe anew for each: the spread of its scores is seen, and every "
        "galaxy is judged by a model that had not seen it",
    )  # fmt: skip
    if n := asked():
        st.caption(
            f"{n} trainings, one after the other, each judged by one part in {n} that it had not "
            "seen. The dataset's test part stays out. The same number and seed give every recipe "
            "the same folds."
        )
