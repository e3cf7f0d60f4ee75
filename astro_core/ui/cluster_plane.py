"""Where galaxies lie in a view that needs a plane: a stored map, or a straight projection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.clustering.plane import Plane, leading_plane, parting_plane
from astro_core.domain import ClusteringResult
from astro_core.ui.cluster_state import Shown
from astro_core.workflows import feature_store, maps

LEADING, PARTING = "leading", "parting"
PLANES = {LEADING: "Principal plane", PARTING: "Where groups part"}
_COMPONENTS = "pca"


@dataclass(frozen=True, kw_only=True)
class Placed:
    """The galaxies of a grouping in the plane.

    Attributes
    ----------
    name : str
        One of `PLANES`, or the name of a map's method.
    xy : array of float, shape (n_objects, 2)
        In the order of the grouping; NaN for a galaxy that has no position.
    axes : tuple of str
        What the two directions are.
    note : str
        What a reader needs to know of the plane.
    """

    name: str
    xy: NDArray[np.floating]
    axes: tuple[str, str]
    note: str


def plane_of(shown: Shown, name: str) -> Plane:
    """One of the planes that galaxies are projected to straight; see `PLANES`."""
    key = shown.clustering_key if name == PARTING else ""
    state = (str(shown.workspace.root), shown.features_key, name, key)
    return cast("Plane", _plane(state, shown))


@st.cache_resource(max_entries=12, show_spinner=False)
def _plane(state: tuple[str, str, str, str], _shown: Shown) -> Plane:
    _, features_key, name, _ = state
    features = feature_store.open_features(_shown.workspace, features_key)
    values = features.values[np.isfinite(features.values).all(axis=1)]
    if name == LEADING:
        return leading_plane(values, components=features.extractor == _COMPONENTS)
    assert _shown.result is not None
    details = _shown.result.details
    return parting_plane(values, details["means"], details["weights"])


def choose(shown: Shown, view: str) -> Placed:
    """Offer the maps that are stored beside the principal plane, and place the galaxies."""
    known = {LEADING: PLANES[LEADING]}
    umap = maps.find_map(shown.workspace, shown.features_key, "umap", {})
    if umap:
        known["umap"] = "UMAP"
    name = LEADING
    if len(known) > 1:
        name = st.segmented_control(
            "Positions", list(known), key=f"{shown.key}:{view}:plane", required=True,
            default="umap", format_func=known.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
    return _place(shown, name, umap if name == "umap" and umap else "")


def straight(shown: Shown, name: str) -> Placed:
    """Place the galaxies in one of `PLANES`."""
    return _place(shown, name, "")


def _place(shown: Shown, name: str, key: str) -> Placed:
    assert shown.result is not None
    state = (str(shown.workspace.root), shown.clustering_key, name, key)
    return cast("Placed", _placed(state, shown.result, shown))


@st.cache_resource(max_entries=12, show_spinner=False)
def _placed(state: tuple[str, str, str, str], _result: ClusteringResult, _shown: Shown) -> Placed:
    *_, name, key = state
    if name in PLANES:
        features = feature_store.open_features(_shown.workspace, _shown.features_key)
        plane = plane_of(_shown, name)
        xy = _joined(_result.object_ids, features.object_ids, plane.points(features.values))
        share = plane.shares.sum()
        note = f"The two directions drawn hold {share:.0%} of the variance of the features."
        return Placed(name=name, xy=xy, axes=("direction 1", "direction 2"), note=note)
    found = maps.open_map(_shown.workspace, key)
    xy = _joined(_result.object_ids, found.object_ids, found.xy)
    lost = int(np.isnan(xy[:, 0]).sum())
    note = f"{found.note} {lost:,} galaxies have no place in this map." if lost else found.note
    return Placed(name=name, xy=xy, axes=("UMAP 1", "UMAP 2"), note=note)


def _joined(
    wanted: tuple[str, ...], there: tuple[str, ...], xy: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Positions by id; NaN where there is none."""
    if wanted == there:
        return xy
    place = {object_id: i for i, object_id in enumerate(there)}
    at = np.array([place.get(object_id, -1) for object_id in wanted], dtype=np.intp)
    return np.where((at >= 0)[:, np.newaxis], xy[at], np.nan)
