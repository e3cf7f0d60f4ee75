"""What the Evaluate page computes, kept until the answers of the training change."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from astro_core.evaluation import curves as curve_math
from astro_core.evaluation.calibration import Calibration
from astro_core.evaluation.calibration import calibration as calibrate
from astro_core.evaluation.curves import Curve
from astro_core.evaluation.thresholds import band_table, threshold_table
from astro_core.ui.evaluate_state import Shown
from astro_core.workflows.evaluation_views import (
    Judged,
    JudgedVotes,
    changed_at,
    judged,
    judged_votes,
)

DRAWS, FEWEST = 200, 25
_BUDGET = 100_000_000  # probabilities that are drawn again in about a second
Key = tuple[str, str, str, str, int]


def _key(shown: Shown) -> Key:
    changed = changed_at(shown.workspace, shown.run_id)
    return (str(shown.workspace.root), shown.run_id, shown.part, shown.head, changed)


def answers(shown: Shown) -> Judged | None:
    """Labels and probabilities; None for votes."""
    return cast("Judged | None", _answers(_key(shown), shown))


@st.cache_resource(max_entries=8, show_spinner=False)
def _answers(key: Key, _shown: Shown) -> Judged | None:  # noqa: ARG001 - the key
    return judged(_shown.workspace, _shown.run_id, _shown.part, _shown.head)


def votes(shown: Shown) -> JudgedVotes:
    """Predicted and voted fractions."""
    return cast("JudgedVotes", _votes(_key(shown), shown))


@st.cache_resource(max_entries=4, show_spinner=False)
def _votes(key: Key, _shown: Shown) -> JudgedVotes:  # noqa: ARG001 - the key
    return judged_votes(_shown.workspace, _shown.run_id, _shown.part, _shown.head)


def n_draws(found: Judged) -> int:
    """Bootstrap samples that the intervals of the curves are made from."""
    return max(FEWEST, min(DRAWS, _BUDGET // max(found.n * len(found.classes), 1)))


def curves(shown: Shown, found: Judged) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """ROC, and precision against recall."""
    both = _curves(_key(shown), found)
    return cast("tuple[tuple[Curve, ...], tuple[Curve, ...]]", both)


@st.cache_resource(max_entries=8, show_spinner="Drawing the galaxies again for the intervals")
def _curves(
    key: Key,  # noqa: ARG001 - the key
    _found: Judged,
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    given = (_found.probabilities, _found.truth, _found.classes)
    return curve_math.both_curves(*given, draws=n_draws(_found))


def thresholds(shown: Shown, found: Judged) -> pd.DataFrame:
    """What each threshold costs and brings; each end of a band for two classes."""
    return cast("pd.DataFrame", _thresholds(_key(shown), found))


@st.cache_resource(max_entries=8, show_spinner=False)
def _thresholds(key: Key, _found: Judged) -> pd.DataFrame:  # noqa: ARG001 - the key
    make = band_table if len(_found.classes) == 2 else threshold_table
    return make(_found.probabilities, _found.truth)


def trust(shown: Shown, found: Judged) -> Calibration:
    """How well probabilities match what was right."""
    return cast("Calibration", _trust(_key(shown), found))


@st.cache_resource(max_entries=8, show_spinner=False)
def _trust(key: Key, _found: Judged) -> Calibration:  # noqa: ARG001 - the key
    return calibrate(_found.probabilities, _found.truth)
