"""Answers to look at: the most confident wrong ones, and the least certain ones."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.ui import cluster_act
from astro_core.ui.address import keep, parameter
from astro_core.ui.evaluate_state import Shown
from astro_core.workflows.evaluation_views import Judged

KINDS = {"wrong": "Most confident, yet wrong", "uncertain": "Least certain"}
TILE_PX = 112
MOST = 300  # of the least certain; everything is uncertain to some degree


def panel(shown: Shown, found: Judged) -> None:
    """Choose which; stamps with label, answer and probability."""
    key = f"{shown.key}:mistakes"
    st.session_state[key] = parameter("of", KINDS, "wrong")
    st.segmented_control(
        "Which", list(KINDS), key=key, required=True, format_func=KINDS.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: keep("of", st.session_state[key], "wrong"),
    )  # fmt: skip
    kind = str(st.session_state[key])
    rows = rows_of(found, kind)
    ids = found.object_ids[rows].tolist()
    if not ids:
        st.success("Every answer of this part agrees with the label.")
        return
    source = {"wrong": "confident mistakes", "uncertain": "least certain answers"}[kind]
    reason = f"{KINDS[kind]}: {len(ids):,} of {found.n:,}, run {shown.run_id}"
    cluster_act.selected_panel(
        shown, ids, source=source, reason=reason, key=f"{key}:{kind}:{shown.part}",
        captions=captions(shown, found, rows), tile_px=TILE_PX,
    )  # fmt: skip
    st.caption(
        "Below each: label → answer and its probability. A confident mistake may be the label's: "
        "look before you blame the model."
    )


def rows_of(found: Judged, kind: str) -> NDArray[np.intp]:
    """Rows of one kind, the first to look at first."""
    p = found.probabilities
    top = p.max(axis=1)
    if kind == "uncertain":
        return np.argsort(top, kind="stable")[:MOST]
    wrong = np.flatnonzero(p.argmax(axis=1) != found.truth)
    ordered: NDArray[np.intp] = wrong[np.argsort(-top[wrong], kind="stable")]
    return ordered


def captions(shown: Shown, found: Judged, rows: NDArray[np.intp]) -> dict[str, str]:
    """Label, answer and probability of each: "E → S 0.97"."""
    signs = [shown.letters.get(name, name) for name in found.classes]
    p = found.probabilities
    return {
        str(found.object_ids[row]): (
            f"{signs[found.truth[row]]} → {signs[int(p[row].argmax())]} {p[row].max():.2f}"
        )
        for row in rows
    }
