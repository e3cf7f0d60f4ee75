"""The features one by one: how each is spread, and which galaxies lie where."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from astro_core.figures.distribution import bin_edges, histogram
from astro_core.ui import charts, cluster_act, cluster_pick, frame
from astro_core.ui.cluster_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.feature_store import FeatureSet, features_table
from astro_core.workspace import Workspace

_BINS = 24


def table(shown: Shown, about: FeatureSet) -> pd.DataFrame:
    """All that was measured, a row per galaxy; shared, so never change it."""
    return cast("pd.DataFrame", _table(str(shown.workspace.root), about.key))


@st.cache_resource(max_entries=6, show_spinner=False)
def _table(root: str, key: str) -> pd.DataFrame:
    return features_table(Workspace(Path(root)), key)


@st.fragment
def panel(shown: Shown, about: FeatureSet) -> None:
    """A row per column with its distribution; one that is picked is drawn large."""
    with frame.in_words():
        overview = _overview(str(shown.workspace.root), about.key)
        key = f"{shown.key}:columns:{about.key}"
        event = st.dataframe(
            overview, hide_index=True, key=key, on_select="rerun", selection_mode="single-row",
            height=min(36 * (len(overview) + 1), 340), column_config=_config(),
        )  # fmt: skip
        rows = event["selection"]["rows"]
        if not rows or rows[0] >= len(overview):
            st.caption("Tick a row to see how it is spread and which galaxies lie where.")
            return
        _one(shown, about, str(overview["feature"].iloc[rows[0]]))


def _config() -> dict[str, object]:
    numbers = st.column_config.NumberColumn
    return {
        "spread": st.column_config.BarChartColumn(
            "spread", help="Galaxies from the lowest to the highest value", y_min=0
        ),
        "missing": numbers(format="localized", help="Galaxies without a value"),
        **{name: numbers(format="%.4g") for name in ("lowest", "median", "highest")},
    }


@st.cache_resource(max_entries=6, show_spinner=False)
def _overview(root: str, key: str) -> pd.DataFrame:
    measured = cast("pd.DataFrame", _table(root, key)).select_dtypes("number")
    return pd.DataFrame([_row(name, measured[name].to_numpy(float)) for name in measured])


def _row(name: str, values: NDArray[np.float64]) -> dict[str, object]:
    known = values[np.isfinite(values)]
    counts, _ = np.histogram(known, bin_edges(known, _BINS))
    low, middle, high = np.quantile(known, [0, 0.5, 1]) if len(known) else [np.nan] * 3
    return {
        "feature": name,
        "spread": counts.tolist(),
        "lowest": low,
        "median": middle,
        "highest": high,
        "missing": len(values) - len(known),
    }


def _one(shown: Shown, about: FeatureSet, name: str) -> None:
    """One feature; a click on a bar shows its galaxies, the lowest values first."""
    measured = table(shown, about)
    values = measured[name].to_numpy(float)
    view = f"column:{name}"
    known = values[np.isfinite(values)]
    title = f"Half of the galaxies have {name} below {np.median(known):.3g}" if len(known) else name
    charts.show(
        histogram(values, title, x=name), key=f"{shown.key}:{view}", selectable=True,
        modes=("points",), alt=title,
        on_pick=cluster_pick.keeper(shown, view, cluster_pick.span),
    )  # fmt: skip
    ends = cluster_pick.kept(shown, view)
    if ends is None:
        st.caption("Click a bar to see its galaxies.")
        return
    low, high = ends
    rows = np.flatnonzero((values >= low) & (values <= high))
    rows = rows[np.argsort(values[rows], kind="stable")]
    ids = measured["object_id"].to_numpy()[rows].tolist()
    cluster_act.selected_panel(
        shown, ids, source=f"{name} {low:.3g} to {high:.3g}",
        reason=plain(f"Galaxies with {name} from {low:.3g} to {high:.3g}"),
        key=f"{shown.key}:{view}:{low:.6g}:{high:.6g}",
        captions={i: f"{values[row]:.4g}" for i, row in zip(ids, rows, strict=True)},
    )  # fmt: skip
