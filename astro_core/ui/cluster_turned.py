"""What turning galaxies to one orientation does: to the images, and to the groups."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from astro_core.ui import frame
from astro_core.ui.cluster_state import Shown
from astro_core.ui.images import data_uri, tile_bytes
from astro_core.workflows import cluster_compare, clustering_store
from astro_core.workflows.cluster_overview import overview
from astro_core.workflows.clustering_store import Clustering
from astro_core.workflows.feature_store import FeatureSet, open_features
from astro_core.workflows.features import reduced

SETTING = "normalise_orientation"
TILE_PX = 96
_IMAGES = 10
_MOST = 6  # groupings that are compared


def panel(shown: Shown, about: FeatureSet) -> None:
    """The same galaxies from both sets of features, and what the groups made of them."""
    if SETTING not in about.params:
        return
    twin = _twin(shown, about)
    if twin is None:
        other = "without" if about.params[SETTING] else "with"
        st.caption(
            f"Compute these features {other} **Same orientation** as well to see here what turning "
            "galaxies does to the images and to the groups."
        )
        return
    upright, turned = (twin, about) if about.params[SETTING] else (about, twin)
    with st.expander("What turning galaxies does", expanded=False), frame.in_words():
        ids = open_features(shown.workspace, about.key).object_ids[:_IMAGES]
        st.html(_images((upright.key, turned.key), ids, shown))
        st.caption("Above: as rendered. Below: turned so that the long axis lies flat.")
        _groups(shown, upright, turned)


def _twin(shown: Shown, about: FeatureSet) -> FeatureSet | None:
    """The set that differs in nothing but the orientation."""
    wanted = {**about.params, SETTING: not about.params[SETTING]}
    return next(
        (
            other
            for other in shown.feature_sets
            if other.extractor == about.extractor
            and dict(other.params) == wanted
            and (other.sample, other.seed) == (about.sample, about.seed)
        ),
        None,
    )


@st.cache_resource(max_entries=8, show_spinner="Turning galaxies")
def _images(keys: tuple[str, str], ids: tuple[str, ...], _shown: Shown) -> str:
    before, after = (reduced(_shown.workspace, key, ids)[0] for key in keys)
    cells = []
    for object_id, plain_image, turned in zip(ids, before, after, strict=True):
        name = escape(object_id, quote=True)
        images = "".join(
            f'<img src="{data_uri(tile_bytes(image, TILE_PX))}" alt="{name}, {said}">'
            for image, said in ((plain_image, "as rendered"), (turned, "turned"))
        )
        cells.append(f'<figure title="{name}">{images}</figure>')
    return f'<div class="tf-pairs">{"".join(cells)}</div>'


def _groups(shown: Shown, upright: FeatureSet, turned: FeatureSet) -> None:
    """Groupings made alike from both sets, and how well each agrees with the classes."""
    known = clustering_store.list_clusterings(shown.workspace, shown.dataset)
    pairs = _alike(known, upright.key, turned.key)[:_MOST]
    if not pairs:
        st.caption("Group both sets by the same method and settings to compare the groups here.")
        return
    keys = tuple((a.key, b.key) for a, b in pairs)
    found = _measured((shown.dataset.fingerprint, keys), shown)
    found.insert(0, "groups", [f"{a.label} {a.n_clusters}" for a, _ in pairs])
    st.dataframe(
        found, hide_index=True, key=f"{shown.key}:turned",
        column_config={
            name: st.column_config.NumberColumn(format="%.3f") for name in found.columns[1:]
        },
    )  # fmt: skip
    st.caption(
        "AMI with the classes, of groups made from images as they are and turned, and AMI between "
        "the two groupings: 1 is the same division, 0 is chance."
    )


def _alike(
    known: Sequence[Clustering], upright: str, turned: str
) -> list[tuple[Clustering, Clustering]]:
    """Groupings of both sets by the same method and settings."""
    found = []
    for one in known:
        if one.features == upright:
            same = (
                c for c in known
                if c.features == turned and c.method == one.method and c.params == one.params
            )  # fmt: skip
            other = next(same, None)
            if other is not None:
                found.append((one, other))
    return found


@st.cache_data(max_entries=8, show_spinner="Measuring the groups")
def _measured(state: tuple[str, tuple[tuple[str, str], ...]], _shown: Shown) -> pd.DataFrame:
    rows = []
    for a, b in state[1]:
        ami = [
            overview(_shown.workspace, _shown.dataset, key).agreement.get("ami", float("nan"))
            for key in (a, b)
        ]
        between = cluster_compare.agreement_between(_shown.workspace, a, b)["ami"]
        rows.append({"AMI as they are": ami[0], "AMI turned": ami[1], "AMI between": between})
    return pd.DataFrame(rows)
