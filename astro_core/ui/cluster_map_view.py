"""The map on the page: the choice of colours, and the stamps of what is picked beside it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from astro_core.features.planes import PLANES, PlaneMap
from astro_core.ui import browse_detail, cached, cluster_act
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.cluster_map_look import Coloured, coloured
from astro_core.ui.cluster_state import Shown
from astro_core.ui.galaxy_map import galaxy_map
from astro_core.ui.words import plain
from astro_core.workflows.feature_store import open_features
from astro_core.workflows.map_values import Quantity, quantities


def show(shown: Shown, laid: PlaneMap, row: DeltaGenerator) -> None:
    """Draw a map with the stamps of what is picked in it beside.

    Parameters
    ----------
    row : container
        Where the choice of colours stands.
    """
    features = open_features(shown.workspace, shown.features_key)
    known = quantities(cached.view(shown.dataset), features, shown.result)
    with row:
        quantity = _choice(shown, known)
    _drawn(shown, laid, coloured(shown, laid, features, quantity))


def _choice(shown: Shown, known: Sequence[Quantity]) -> Quantity:
    """What to colour by, kept in the address."""
    by_name = {q.name: q for q in known}
    first = known[0].name
    key = f"{shown.key}:map:colour"
    hold(key, parameter("colour", by_name, first))
    st.selectbox(
        "Coloured by", list(by_name), key=key, label_visibility="collapsed", width=300,
        format_func=lambda name: _said(by_name[name]),
        on_change=lambda: keep("colour", st.session_state[key], first),
    )  # fmt: skip
    return by_name[st.session_state[key]]


def _said(quantity: Quantity) -> str:
    family = f"{quantity.family} " if quantity.family else ""
    return f"Coloured by {family}{quantity.label}"


@st.fragment
def _drawn(shown: Shown, laid: PlaneMap, now: Coloured) -> None:
    """Map and stamps, which answer to a lasso without the rest of the page."""
    before = browse_detail.PARAMETER in st.query_params
    spec = PLANES.get(laid.method)
    title = f"{spec.label} map of {len(laid.object_ids):,} galaxies by {now.look.title}"
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        ids = galaxy_map(
            laid, now.look, state=now.state, key=f"{shown.key}:map", title=title, facts=now.facts
        )
        _notes(laid)
    with right:
        _beside(shown, laid, ids)
    if not before and browse_detail.PARAMETER in st.query_params:
        st.rerun()  # the large view is drawn by the page


def _notes(laid: PlaneMap) -> None:
    st.caption(plain(laid.note))
    if laid.dropped:
        with st.popover(f"{len(laid.dropped):,} not on the map", type="tertiary"):
            st.dataframe(
                [{"object_id": i, "reason": why} for i, why in laid.dropped], hide_index=True,
                key="map:dropped",
            )  # fmt: skip


def _beside(shown: Shown, laid: PlaneMap, ids: Sequence[str]) -> None:
    if not ids:
        st.caption(
            "Circle galaxies on the map, or click one: their stamps appear here, to be kept as a "
            "selection or opened in Browse. A click on the legend shows one kind alone."
        )
        return
    label = PLANES.get(laid.method).label
    cluster_act.selected_panel(
        shown, ids, source=f"{label} map", key=f"{shown.key}:map:picked",
        reason=f"Picked on the {label} map of {len(laid.object_ids):,} galaxies",
    )  # fmt: skip
