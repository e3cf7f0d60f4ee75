"""The odd ones: every galaxy ranked by how far it is from all others, the oddest first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from astro_core.figures.distribution import histogram
from astro_core.ui import charts, cluster_act, cluster_pick, frame
from astro_core.ui.address import hold
from astro_core.ui.cluster_state import Shown
from astro_core.workflows import anomalies

BEGIN = 50
PER_PAGE = 24
TILE_PX = 112
_VIEW = "odd"
WAYS = {
    "isolation": "Isolation forest",
    "hdbscan": "HDBSCAN outlier score",
}
_AXIS = {"isolation": "isolation score, 0 to 1", "hdbscan": "outlier score, 0 to 1"}
_EXPLAINED = {
    "isolation": "How few random cuts of the features it takes to have a galaxy alone "
    "(Liu et al. 2008). Higher is odder; below 0.5 is ordinary.",
    "hdbscan": "How much thinner the space around a galaxy is than in its nearest dense region "
    "(GLOSH, Campello et al. 2015). 0 is in the midst, 1 far outside.",
}


@st.fragment
def panel(shown: Shown) -> None:
    """Galaxies by score, a page at a time; how scores are spread; a way to keep the top."""
    with frame.in_words():
        ranking(shown, _way(shown))


def ranking(shown: Shown, way: str) -> None:
    """Draw the galaxies ranked one way: "isolation", or "hdbscan" where those are the groups."""
    ranked = _ranked(shown, way)
    top = _top(shown, ranked, way)
    strip, beside = st.columns([1.78, 1], gap="medium")
    with beside:
        _scores(shown, ranked, way, top)
    with strip:
        _strip(shown, ranked, way, top)


def _way(shown: Shown) -> str:
    """How oddness is measured; HDBSCAN's score needs its own groups."""
    if not _has_outliers(shown):
        return "isolation"
    return str(
        st.segmented_control(
            "Score", list(WAYS), key=f"{shown.key}:{_VIEW}:way", required=True,
            default="isolation", format_func=WAYS.__getitem__, label_visibility="collapsed",
        )
    )  # fmt: skip


def _has_outliers(shown: Shown) -> bool:
    return shown.result is not None and "outlier_scores" in shown.result.details


def _ranked(shown: Shown, way: str) -> pd.DataFrame:
    key = shown.clustering_key if way == "hdbscan" else None
    return _scored((str(shown.workspace.root), shown.features_key, way, key or ""), shown)


@st.cache_resource(max_entries=8, show_spinner="Scoring every galaxy")
def _scored(state: tuple[str, ...], _shown: Shown) -> pd.DataFrame:
    _, features_key, way, clustering_key = state
    return anomalies.ranked(
        _shown.workspace, features_key, by=way, clustering_key=clustering_key or None
    )


def _top(shown: Shown, ranked: pd.DataFrame, way: str) -> int:
    """How many count as odd; they are marked in the histogram and can be kept."""
    number, buttons = st.columns([1, 4], vertical_alignment="bottom")
    key = f"{shown.key}:{_VIEW}:top"
    hold(key, min(int(st.session_state.get(key, BEGIN)), len(ranked)))
    n = int(number.number_input("Oddest to keep", 1, len(ranked), key=key))
    with buttons.container(horizontal=True, vertical_alignment="center"):
        cluster_act.buttons(
            shown, ranked["object_id"].head(n).tolist(), key=f"{shown.key}:{_VIEW}:{way}",
            source=f"oddest {n} by {WAYS[way]}",
            reason=f"The {n} highest of {len(ranked):,} scores; {WAYS[way]}",
        )  # fmt: skip
    return n


def _scores(shown: Shown, ranked: pd.DataFrame, way: str, top: int) -> None:
    values = ranked["score"].to_numpy()
    view = f"{_VIEW}:{way}"
    threshold = float(values[top - 1])
    charts.show(
        histogram(
            values, f"{_share(top, len(values))} score {threshold:.3g} or more",
            x=_AXIS[way],
            marks=[(threshold, f"top {top:,}")], log=True, height=300,
        ),
        key=f"{shown.key}:{view}:scores", selectable=True, modes=("points",),
        alt=f"Scores of {len(values):,} galaxies from {values.min():.3g} to {values.max():.3g}",
        on_pick=cluster_pick.keeper(shown, view, cluster_pick.span),
    )  # fmt: skip
    st.caption(f"{_EXPLAINED[way]} Click a bar to see its galaxies.")


def _share(n: int, total: int) -> str:
    return f"{n:,} of {total:,}"


def _strip(shown: Shown, ranked: pd.DataFrame, way: str, top: int) -> None:
    view = f"{_VIEW}:{way}"
    scores = ranked["score"].to_numpy()
    rows = np.arange(len(ranked))
    ends = cluster_pick.kept(shown, view)
    key = f"{shown.key}:{view}:strip"
    if ends is not None:
        low, high = ends
        rows = np.flatnonzero((scores >= low) & (scores <= high))
        key = f"{key}:{low:.6g}:{high:.6g}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{len(rows):,}** score {low:.3g} to {high:.3g}", width="content")
            st.button(
                "Show all", key=f"{key}:all", icon=":material/close:", type="tertiary",
                on_click=cluster_pick.keep, args=(shown, view, None),
            )  # fmt: skip
    else:
        st.markdown(f"**{len(rows):,}** galaxies, the oddest first; {top:,} are marked")
    ids = ranked["object_id"].to_numpy()[rows].tolist()
    captions = {
        i: f"{'● ' if row < top else ''}{row + 1:,} · {scores[row]:.3f}"
        for i, row in zip(ids, rows.tolist(), strict=True)
    }
    cluster_act.paged(shown, ids, key=key, captions=captions, tile_px=TILE_PX, per_page=PER_PAGE)
