"""Curves over the threshold: of each class, and of what stays undefined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import streamlit as st

from astro_core.evaluation.calibration import UNDEFINED_BELOW
from astro_core.evaluation.curves import Curve
from astro_core.figures import curves as figures
from astro_core.figures.curves import MACRO
from astro_core.ui import charts, cluster_act, evaluate_cached, score_words
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.evaluation_views import Judged


def panel(shown: Shown, found: Judged) -> None:
    """ROC, and precision against recall, side by side."""
    roc, precision = evaluate_cached.curves(shown, found)
    look = {"colours": shown.colours, "letters": shown.letters}
    left, right = st.columns(2, gap="medium")
    key = f"{shown.key}:{shown.part}"
    with left:
        charts.show(figures.roc(roc, **look), key=f"{key}:roc", alt="ROC curve of each class")
    with right:
        charts.show(
            figures.precision_recall(precision, **look), key=f"{key}:precision",
            alt="Precision against recall of each class",
        )  # fmt: skip
    st.html(_areas(shown, roc, precision))
    st.caption(
        "Each class against all others; the intervals hold 95 %, from "
        f"{evaluate_cached.n_draws(found)} samples of the galaxies drawn with replacement."
    )


def _areas(shown: Shown, roc: Sequence[Curve], precision: Sequence[Curve]) -> str:
    """HTML of a table with both areas of each class."""
    heads = "<tr><td></td><td>n</td><td>area, ROC</td><td>area, precision and recall</td></tr>"
    rows = []
    for one, other in zip(roc, precision, strict=True):
        letter = f"<b>{escape(shown.letters.get(one.name, ''))}</b> {escape(readable(one.name))}"
        name = "mean of the classes" if one.name == MACRO else letter
        rows.append(
            f"<tr><th>{name}</th><td>{one.n:,}</td><td>{_area(one)}</td><td>{_area(other)}</td></tr>"
        )
    return f'<table class="tf-scores">{heads}{"".join(rows)}</table>'


def _area(curve: Curve) -> str:
    if not math.isfinite(curve.area):
        return "none"
    said = score_words.number(curve.area)
    if not math.isfinite(curve.low):
        return said
    around = f"{score_words.number(curve.low)} to {score_words.number(curve.high)}"
    return f'{said} <span class="tf-soft">{around}</span>'


def threshold(shown: Shown, found: Judged) -> None:
    """What becomes of the scores if answers below a probability do not count."""
    table = evaluate_cached.thresholds(shown, found)
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        at = st.slider(
            "Undefined below", 0.0, 1.0, UNDEFINED_BELOW, 0.01, key=f"{shown.key}:threshold",
            help="An answer whose probability is lower counts as undefined",
        )  # fmt: skip
        figure = figures.threshold_curves(table, at=at, n=found.n)
        charts.show(
            figure, key=f"{shown.key}:{shown.part}:thresholds", alt=figure.layout.title.text
        )
        if len(found.classes) == 2:
            st.caption(f"Undefined is a probability of either class from {1 - at:.2f} to {at:.2f}.")
    with right:
        _undefined(shown, found, at)


def _undefined(shown: Shown, found: Judged, at: float) -> None:
    top = found.probabilities.max(axis=1)
    rows = (top < at).nonzero()[0]
    rows = rows[top[rows].argsort(kind="stable")]
    ids = found.object_ids[rows].tolist()
    captions = {name: f"{p:.2f}" for name, p in zip(ids, top[rows], strict=True)}
    reason = f"Answer less certain than {at:.2f}: {len(ids):,} of {found.n:,}, run {shown.run_id}"
    cluster_act.selected_panel(
        shown, ids, source=f"undefined below {at:.2f}", reason=reason,
        key=f"{shown.key}:undefined:{shown.part}", captions=captions,
    )  # fmt: skip
    if ids:
        st.caption("Below each: the probability of its answer, the least certain first.")
