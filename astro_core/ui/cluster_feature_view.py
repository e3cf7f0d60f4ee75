"""The features themselves: what they keep of the images, and who got none."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from astro_core.features import EXTRACTORS
from astro_core.figures import variance as figures
from astro_core.params import describe
from astro_core.ui import charts, cluster_columns, cluster_turned, frame
from astro_core.ui.cluster_state import Shown
from astro_core.ui.images import data_uri, tile_bytes
from astro_core.ui.words import duration, objects, plain
from astro_core.workflows.features import (
    FeatureSet,
    delete_features,
    explained_variance,
    feature_problems,
    open_features,
    reduced,
)

TILE_PX = 96
_PAIRS = 10
_ROWS = 2000  # of the table, in the browser


def panel(shown: Shown) -> None:
    """Draw what is known of the features in use."""
    about = shown.feature_set
    if about is None:
        return
    _facts(about)
    pairs, numbers = st.columns([1.25, 1], gap="medium")
    with pairs, frame.in_words():
        if about.recipe is not None:
            _pairs(shown, about)
            cluster_turned.panel(shown, about)
        else:
            cluster_columns.panel(shown, about)
        _table(shown, about)
    with numbers, frame.in_words():
        _variance(shown, about)
        _problems(shown, about)
        _delete(shown, about)


def _facts(about: FeatureSet) -> None:
    drawn = f"a random sample, seed {about.seed}" if about.sample else "all that have an image"
    what = f"**{plain(about.label)}**: {about.n_features} numbers for each of"
    parts = [
        f"{what} {objects(about.n_objects)} ({drawn})",
        plain(about.summary),
        f"computed {about.created_at[:10]} in {duration(about.seconds)}",
    ]
    st.markdown(" · ".join(part for part in parts if part))
    st.caption(plain(_settings(about)))
    for note in about.notes:
        st.caption(f":material/info: {plain(note)}")


def _settings(about: FeatureSet) -> str:
    said = []
    for info in describe(EXTRACTORS.get(about.extractor).params):
        value = about.params.get(info.name)
        words = {True: "yes", False: "no"}.get(value, value) if info.kind is bool else value
        said.append(f"{info.label} {words}" + (f" {info.unit}" if info.unit else ""))
    return " · ".join(said)


def _pairs(shown: Shown, about: FeatureSet) -> None:
    """Images beside what the features keep of them."""
    key = f"{shown.key}:pairs"
    turn = int(st.session_state.get(key, 0))
    features = open_features(shown.workspace, about.key)
    n = min(_PAIRS, len(features.object_ids))
    chosen = np.sort(np.random.default_rng(turn).choice(len(features.object_ids), n, replace=False))
    ids = [features.object_ids[i] for i in chosen]
    st.html(_pairs_html((about.key, tuple(ids)), shown))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Above: as rendered. Below: what {about.n_features} numbers keep of it.")
        if st.button("Others", key=f"{key}:more", icon=":material/shuffle:", type="tertiary"):
            st.session_state[key] = turn + 1
            st.rerun()


@st.cache_resource(max_entries=16, show_spinner="Turning numbers back into images")
def _pairs_html(key: tuple[str, tuple[str, ...]], _shown: Shown) -> str:
    features_key, ids = key
    originals, kept = reduced(_shown.workspace, features_key, ids)
    cells = []
    for object_id, before, after in zip(ids, originals, kept, strict=True):
        name = escape(object_id, quote=True)
        images = "".join(
            f'<img src="{data_uri(tile_bytes(image, TILE_PX))}" alt="{name}, {said}">'
            for image, said in ((before, "as rendered"), (after, "reduced"))
        )
        cells.append(f'<figure title="{name}">{images}</figure>')
    return f'<div class="tf-pairs">{"".join(cells)}</div>'


def _variance(shown: Shown, about: FeatureSet) -> None:
    ratios = explained_variance(shown.workspace, about.key)
    if ratios is not None:
        charts.show(
            figures.explained_variance(ratios), key=f"{shown.key}:variance",
            alt=f"{len(ratios)} components explain {ratios.sum():.0%} of the variance",
        )  # fmt: skip


def _table(shown: Shown, about: FeatureSet) -> None:
    with st.expander("Numbers"):
        table = cluster_columns.table(shown, about)
        st.dataframe(table.head(_ROWS), hide_index=True, key=f"{shown.key}:numbers", height=300)
        if len(table) > _ROWS:
            st.caption(f"The first {_ROWS:,} of {len(table):,} rows; Export has all.")


def _problems(shown: Shown, about: FeatureSet) -> None:
    if about.n_bad:
        with st.expander(f"{objects(about.n_bad)} without features"):
            table = feature_problems(shown.workspace, about.key)
            st.dataframe(table.head(_ROWS), hide_index=True, key=f"{shown.key}:problems")


def _delete(shown: Shown, about: FeatureSet) -> None:
    with st.popover("Delete these features", type="tertiary", icon=":material/delete:"):
        st.markdown("They can be computed again. Saved selections stay.")
        if st.button("Delete them", key=f"{shown.key}:delete-features", type="primary"):
            delete_features(shown.workspace, about.key)
            st.query_params.pop("features", None)
            st.rerun()
