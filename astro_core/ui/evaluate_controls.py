"""The row above Evaluate: which training, which part, and the table of its answers."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import evaluate_state as state
from astro_core.ui.address import keep
from astro_core.ui.evaluate_state import PARTS, Shown
from astro_core.ui.train_controls import titles
from astro_core.ui.words import plain
from astro_core.workflows.answer_files import ALL
from astro_core.workflows.evaluation_views import predictions

WARNINGS = {
    "validation": "Validation decided which epoch was best: its scores flatter a little.",
    ALL: "All holds the galaxies that it was trained on: these scores flatter.",
}


def row(shown: Shown) -> None:
    """Draw the row, and what the part means."""
    which, part, table = st.columns([3.4, 1.5, 1], vertical_alignment="bottom", gap="small")
    with which:
        _which(shown)
    with part:
        _part(shown)
    with table:
        _table(shown)
    for problem in shown.problems:
        st.warning(plain(problem), icon=":material/link_off:")
    if shown.part in WARNINGS:
        st.caption(WARNINGS[shown.part])


def _which(shown: Shown) -> None:
    by_id = titles(shown.trainings)
    key = f"{shown.key}:which"
    st.session_state[key] = shown.run_id
    st.selectbox(
        "Training", list(by_id), key=key, format_func=by_id.__getitem__,
        on_change=lambda: state.look_at(st.session_state[key]),
    )  # fmt: skip


def _part(shown: Shown) -> None:
    key = f"{shown.key}:part"
    st.session_state[key] = shown.part
    st.segmented_control(
        "Judged by", list(PARTS), key=key, required=True, format_func=PARTS.__getitem__,
        on_change=lambda: keep("part", st.session_state[key], "test"),
    )  # fmt: skip


def _table(shown: Shown) -> None:
    def csv() -> bytes:
        found = predictions(shown.workspace, shown.run_id, shown.part)
        return found.to_csv(index=False).encode()

    st.download_button(
        "Answers", csv, f"{shown.run_id}-{shown.part}.csv", mime="text/csv",
        key=f"{shown.key}:csv", icon=":material/download:", on_click="ignore", width="stretch",
        help="One row per galaxy of the part: label and what was predicted, as CSV",
    )  # fmt: skip
