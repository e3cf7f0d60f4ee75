"""Each class against the others: ROC, and precision against recall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import streamlit as st

from astro_core.evaluation.curves import Curve
from astro_core.figures import curves as figures
from astro_core.figures.curves import MACRO
from astro_core.ui import charts, evaluate_cached, score_words, train_curves
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.evaluation_views import Judged
from astro_core.workflows.train import KIND
from astro_core.workflows.training_state import training_state


def panel(shown: Shown, found: Judged) -> None:
    """ROC, and precision against recall, side by side; below, how the training went."""
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
    if shown.run.kind == KIND:
        train_curves.curves(training_state(shown.workspace, shown.run_id), key=f"{key}:epochs")


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
