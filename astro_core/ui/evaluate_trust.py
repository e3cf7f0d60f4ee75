"""Whether probabilities mean what they say, and whether prediction sets hold what they promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from astro_core.evaluation.calibration import at_temperature, calibration
from astro_core.evaluation.intervals import share_interval
from astro_core.figures import reliability as figures
from astro_core.ui import charts, evaluate_cached
from astro_core.ui.evaluate_state import Shown
from astro_core.workflows.answer_files import ALL, FOLDS
from astro_core.workflows.evaluation_views import Judged, found_calibration, prediction_sets


def panel(shown: Shown, found: Judged) -> None:
    """The reliability diagram on the left; temperature and prediction sets on the right."""
    trust = evaluate_cached.trust(shown, found)
    fitted = found_calibration(shown.workspace, shown.run_id, shown.head)
    left, right = st.columns([1.15, 1], gap="medium")
    key = f"{shown.key}:{shown.part}"
    with left:
        bins = trust.bins
        hits = (bins["accuracy"] * bins["n"]).round().astype(int)
        around = [share_interval(h, n) for h, n in zip(hits, bins["n"], strict=True)]
        figure = figures.reliability(
            bins, [(one.low, one.high) for one in around], error=trust.ece, chance=trust.chance_95,
            part="" if shown.part == ALL else shown.parts[shown.part].lower(),
        )  # fmt: skip
        charts.show(figure, key=f"{key}:reliability", alt="Share of right answers by probability")
        st.caption(
            f"Expected calibration error {trust.ece:.3f}; a perfectly calibrated model shows "
            f"{trust.chance:.3f} on so few galaxies, and 95 % of such models at most "
            f"{trust.chance_95:.3f}. Bars: 95 % intervals."
        )
    with right:
        if shown.run.kind == FOLDS:
            st.info(
                "Each fold fitted a temperature on its own calibration part; these probabilities "
                "have it. Prediction sets belong to a single training."
            )
            return
        _temperature(found, fitted, trust.ece)
        _sets(shown, found, fitted)


def _temperature(found: Judged, fitted: Mapping[str, Any], after: float) -> None:
    value = fitted.get("temperature")
    if value is None:
        st.info(
            "The calibration part was too small to fit a temperature or prediction sets: "
            "probabilities are as the model gives them."
        )
        return
    raw = at_temperature(found.probabilities, 1 / value)
    before = calibration(raw, found.truth, draws=0).ece
    way = "softens" if value > 1 else "sharpens"
    st.markdown(
        f"**Temperature {value:.2f}** {way} the probabilities: calibration error {after:.3f} with "
        f"it, {before:.3f} without, on this part. Fitted on {fitted['n_temperature']:,} galaxies "
        "of the calibration part, which is used for nothing else."
    )


def _sets(shown: Shown, found: Judged, fitted: Mapping[str, Any]) -> None:
    threshold = fitted.get("set_threshold")
    if threshold is None:
        return
    sets = prediction_sets(found, threshold)
    figure = figures.set_sizes(sets.sizes, coverage=sets.coverage, wanted=fitted["coverage"])
    charts.show(figure, key=f"{shown.key}:{shown.part}:sets", alt="Classes in a prediction set")
    st.markdown(
        f"A **prediction set** holds every class from a probability of {threshold:.3f} on. "
        f"Measured here: {sets.coverage:.1%} hold the label (95 % interval "
        f"{sets.interval.low:.1%} to {sets.interval.high:.1%}), with {sets.mean_size:.2f} classes "
        f"on the mean. Fitted on the other {fitted['n_sets']:,} galaxies of the calibration part."
    )
