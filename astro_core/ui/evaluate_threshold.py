"""What goes to a person: below a threshold, or within a band where there are two classes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from astro_core.evaluation.calibration import UNDEFINED_BELOW
from astro_core.evaluation.thresholds import TradeOff, at_threshold, in_band
from astro_core.figures import thresholds as figures
from astro_core.ui import charts, cluster_act, evaluate_cached, frame
from astro_core.ui.address import hold, keep
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.evaluation_views import Judged

if TYPE_CHECKING:
    from astro_core.figures.theme import Figure

BELOW, BAND = "below", "band"
USUAL = (1 - UNDEFINED_BELOW, UNDEFINED_BELOW)


@st.fragment
def panel(shown: Shown, found: Judged) -> None:
    """A slider with what it costs and brings on the left, those galaxies on the right."""
    with frame.in_words():
        left, right = st.columns([1.15, 1], gap="medium")
        look = _band if len(found.classes) == 2 else _threshold
        with left:
            trade, figure, said = look(shown, found)
            charts.show(
                figure, key=f"{shown.key}:{shown.part}:thresholds", alt=figure.layout.title.text
            )
            with_others = "Undefined galaxies count as not found: they lower the recall."
            st.caption(with_others)
        with right:
            _undefined(shown, found, trade, said)


def _threshold(shown: Shown, found: Judged) -> tuple[TradeOff, Figure, str]:
    key = f"{shown.key}:threshold"
    hold(key, _one(st.query_params.get(BELOW, "")))
    at = st.slider(
        "Undefined below", 0.0, 1.0, step=0.01, key=key,
        help="An answer whose probability is lower counts as undefined",
        on_change=lambda: keep(BELOW, f"{st.session_state[key]:.2f}", f"{UNDEFINED_BELOW:.2f}"),
    )  # fmt: skip
    trade = at_threshold(found.probabilities, found.truth, at)
    figure = figures.threshold_curves(evaluate_cached.thresholds(shown, found), trade, at=at)
    return trade, figure, f"undefined below {at:.2f}"


def _band(shown: Shown, found: Judged) -> tuple[TradeOff, Figure, str]:
    key, (first, second) = f"{shown.key}:band", map(readable, found.classes)
    hold(key, _two(st.query_params.get(BAND, "")))
    band = st.slider(
        f"Undefined between these probabilities of {second}", 0.0, 1.0, step=0.01, key=key,
        help=f"Below the band the answer is {first}, above it {second}",
        on_change=lambda: keep(BAND, _written(st.session_state[key]), _written(USUAL)),
    )  # fmt: skip
    trade = in_band(found.probabilities, found.truth, *band)
    figure = figures.band_curves(
        evaluate_cached.thresholds(shown, found), trade, band=band, classes=found.classes,
        colours=shown.colours, letters=shown.letters,
    )  # fmt: skip
    return trade, figure, f"undefined from {band[0]:.2f} to {band[1]:.2f}"


def _written(band: tuple[float, float]) -> str:
    return "-".join(f"{end:.2f}" for end in band)


def _one(text: str) -> float:
    """A threshold of the address; the usual one for anything else."""
    try:
        value = float(text)
    except ValueError:
        return UNDEFINED_BELOW
    return value if math.isfinite(value) and 0 <= value <= 1 else UNDEFINED_BELOW


def _two(text: str) -> tuple[float, float]:
    """A band of the address; the usual one for anything else."""
    ends = text.split("-")
    try:
        low, high = map(float, ends)
    except ValueError:
        return USUAL
    return (low, high) if 0 <= low <= high <= 1 else USUAL


def _undefined(shown: Shown, found: Judged, trade: TradeOff, said: str) -> None:
    top = found.probabilities.max(axis=1)
    rows = trade.undefined.nonzero()[0]
    rows = rows[top[rows].argsort(kind="stable")]
    ids = found.object_ids[rows].tolist()
    captions = {name: f"{p:.2f}" for name, p in zip(ids, top[rows], strict=True)}
    reason = f"{said.capitalize()}: {len(ids):,} of {found.n:,}, run {shown.run_id}"
    cluster_act.selected_panel(
        shown, ids, source=said, reason=reason, key=f"{shown.key}:undefined:{shown.part}",
        captions=captions,
    )  # fmt: skip
    if ids:
        st.caption("Below each: the highest probability, the least certain first.")
