"""What the map is coloured by, and what is told of each galaxy under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from astro_core.domain import Features
from astro_core.features.planes import PlaneMap
from astro_core.figures.galaxy_map import Look, by_kind, by_value
from astro_core.figures.theme import GROUPS, GROUPS_LIGHT, class_colours
from astro_core.params import digest
from astro_core.ui import cached, frame
from astro_core.ui.cluster_state import Shown
from astro_core.ui.galaxy_map import Fact
from astro_core.ui.words import readable
from astro_core.workflows import map_values as values
from astro_core.workflows.map_values import Quantity

_NOT_GROUPED = "noise or not grouped"


@dataclass(frozen=True, kw_only=True)
class Coloured:
    """The look of a map and what is told of its galaxies; `state` names this very combination."""

    state: str
    look: Look
    facts: tuple[Fact, ...]


def coloured(shown: Shown, laid: PlaneMap, features: Features, quantity: Quantity) -> Coloured:
    """Colour a map by a quantity; kept while nothing that it rests on changes.

    Raises
    ------
    NotFoundError
        If the quantity has no values.
    """
    light = frame.is_light()
    token = cached.view_token(shown.dataset)
    names = sorted(shown.group_names.items())
    state = digest(
        [
            str(shown.workspace.root),
            laid.key,
            shown.clustering_key,
            quantity.name,
            names,
            light,
            token,
        ]
    )
    return cast("Coloured", _coloured(state, shown, laid, features, quantity, light))


@st.cache_resource(max_entries=24, show_spinner="Colouring the map")
def _coloured(
    state: str,
    _shown: Shown,
    _laid: PlaneMap,
    _features: Features,
    _quantity: Quantity,
    _light: bool,
) -> Coloured:
    look = _look(_shown, _laid, _features, _quantity, light=_light)
    return Coloured(state=state, look=look, facts=_facts(_shown, _laid))


def _look(
    shown: Shown, laid: PlaneMap, features: Features, quantity: Quantity, *, light: bool
) -> Look:
    view = cached.view(shown.dataset)
    if quantity.kind == "number":
        found = values.numbers_of(
            laid.object_ids, quantity, workspace=shown.workspace, view=view, features=features,
            result=shown.result,
        )  # fmt: skip
        return by_value(found, of=quantity.name, title=quantity.label, light=light)
    if quantity.kind == "group":
        return _by_group(shown, laid, light=light)
    if quantity.kind == "class":
        return _by_class(shown, laid, light=light)
    column = quantity.name.partition(".")[2]
    kinds, names = values.texts_of(laid.object_ids, view, column)
    return by_kind(
        kinds, names, _repeated(GROUPS_LIGHT if light else GROUPS, len(names)), laid.xy,
        of=quantity.name, title=quantity.label, light=light,
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


def _facts(shown: Shown, laid: PlaneMap) -> tuple[Fact, ...]:
    """What is told of any galaxy, whatever the colours: its class and its group."""
    codes, names = values.texts_of(laid.object_ids, cached.view(shown.dataset), "label")
    facts = [Fact(of="class", title="class", codes=codes, names=[readable(n) for n in names])]
    if shown.result is not None:
        groups = values.groups_of(laid.object_ids, shown.result)
        said = [shown.said(group) for group in range(shown.result.n_clusters)]
        facts.append(Fact(of="group", title="", codes=groups, names=said))
    return tuple(facts)
