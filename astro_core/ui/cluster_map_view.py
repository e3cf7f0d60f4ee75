"""The map as it is drawn: what it is coloured by, and the stamps of what is picked beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from astro_core.domain import Features
from astro_core.features.planes import PLANES, PlaneMap
from astro_core.figures.galaxy_map import Look, by_kind, by_value
from astro_core.figures.theme import GROUPS, GROUPS_LIGHT, class_colours
from astro_core.ui import browse_detail, cached, cluster_act, frame
from astro_core.ui.address import keep, parameter
from astro_core.ui.cluster_state import Shown
from astro_core.ui.galaxy_map import Fact, galaxy_map
from astro_core.ui.words import plain, readable
from astro_core.workflows import map_values as values
from astro_core.workflows.feature_store import open_features
from astro_core.workflows.map_values import Quantity

_NOT_GROUPED = "noise or not grouped"


def show(shown: Shown, laid: PlaneMap, row: DeltaGenerator) -> None:
    """Draw a map with the stamps of what is picked in it beside.

    Parameters
    ----------
    row : container
        Where the choice of colours stands.
    """
    features = open_features(shown.workspace, shown.features_key)
    known = values.quantities(cached.view(shown.dataset), features, shown.result)
    with row:
        quantity = _choice(shown, known)
    look = _look(shown, laid, features, quantity)
    _drawn(shown, laid, look)


def _choice(shown: Shown, known: Sequence[Quantity]) -> Quantity:
    """What to colour by, kept in the address."""
    by_name = {q.name: q for q in known}
    first = known[0].name
    key = f"{shown.key}:map:colour"
    st.session_state[key] = parameter("colour", by_name, first)
    st.selectbox(
        "Coloured by", list(by_name), key=key, label_visibility="collapsed", width=300,
        format_func=lambda name: _said(by_name[name]),
        on_change=lambda: keep("colour", st.session_state[key], first),
    )  # fmt: skip
    return by_name[st.session_state[key]]


def _said(quantity: Quantity) -> str:
    family = f"{quantity.family} " if quantity.family else ""
    return f"Coloured by {family}{quantity.label}"


def _look(shown: Shown, laid: PlaneMap, features: Features, quantity: Quantity) -> Look:
    light = frame.is_light()
    state = (
        str(shown.workspace.root), laid.key, shown.clustering_key, quantity.name,
        tuple(shown.group_names.items()), light, *cached.view_token(shown.dataset),
    )  # fmt: skip
    return cast("Look", _coloured(state, shown, laid, features, quantity, light))


@st.cache_resource(max_entries=24, show_spinner="Colouring the map")
def _coloured(
    state: tuple[object, ...],  # noqa: ARG001 - the key
    _shown: Shown,
    _laid: PlaneMap,
    _features: Features,
    _quantity: Quantity,
    _light: bool,
) -> Look:
    if _quantity.kind == "number":
        found = values.numbers_of(
            _laid.object_ids, _quantity, workspace=_shown.workspace,
            view=cached.view(_shown.dataset), features=_features, result=_shown.result,
        )  # fmt: skip
        return by_value(found, of=_quantity.name, title=_quantity.label, light=_light)
    if _quantity.kind == "group":
        return _by_group(_shown, _laid, light=_light)
    if _quantity.kind == "class":
        return _by_class(_shown, _laid, light=_light)
    column = _quantity.name.partition(".")[2]
    kinds, names = values.texts_of(_laid.object_ids, cached.view(_shown.dataset), column)
    return by_kind(
        kinds, names, _repeated(GROUPS_LIGHT if _light else GROUPS, len(names)), _laid.xy,
        of=_quantity.name, title=_quantity.label, light=_light,
    )  # fmt: skip


def _repeated(palette: Sequence[str], n: int) -> list[str]:
    return [palette[i % len(palette)] for i in range(n)]


def _by_group(shown: Shown, laid: PlaneMap, *, light: bool) -> Look:
    assert shown.result is not None
    n = shown.result.n_clusters
    return by_kind(
        values.groups_of(laid.object_ids, shown.result),
        [shown.group_names.get(group, "") for group in range(n)],
        _repeated(GROUPS_LIGHT if light else GROUPS, n),
        laid.xy, marks=[str(group) for group in range(n)],
        of="group", title="group", nobody=_NOT_GROUPED, light=light,
    )  # fmt: skip


def _by_class(shown: Shown, laid: PlaneMap, *, light: bool) -> Look:
    codes, names = values.texts_of(laid.object_ids, cached.view(shown.dataset), "label")
    order = [n for n in shown.dataset.taxonomy.class_names if n in names]
    order += [n for n in names if n not in order]
    place = [order.index(name) for name in names]
    colours = class_colours(shown.dataset.taxonomy, light=light)
    return by_kind(
        values.in_place(codes, place),
        [readable(name) for name in order],
        [colours.get(name, GROUPS[0]) for name in order],
        laid.xy, marks=[shown.letters.get(name, "?") for name in order],
        of="class", title="class", nobody="no label", light=light,
    )  # fmt: skip


def _facts(shown: Shown, laid: PlaneMap) -> list[Fact]:
    """What is told of any galaxy, whatever the colours: its class and its group."""
    codes, names = values.texts_of(laid.object_ids, cached.view(shown.dataset), "label")
    facts = [Fact(of="class", title="class", codes=codes, names=[readable(n) for n in names])]
    if shown.result is not None:
        groups = values.groups_of(laid.object_ids, shown.result)
        said = [shown.said(group) for group in range(shown.result.n_clusters)]
        facts.append(Fact(of="group", title="", codes=groups, names=said))
    return facts


@st.fragment
def _drawn(shown: Shown, laid: PlaneMap, look: Look) -> None:
    """Map and stamps, which answer to a lasso without the rest of the page."""
    before = browse_detail.PARAMETER in st.query_params
    spec = PLANES.get(laid.method)
    title = f"{spec.label} map of {len(laid.object_ids):,} galaxies by {look.title}"
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        ids = galaxy_map(laid, look, key=f"{shown.key}:map", title=title, facts=_facts(shown, laid))
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
