"""What a search may change, and between which values: a row of widgets for each setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from astro_core.classifiers.tuning.presets import PRESETS
from astro_core.classifiers.tuning.space import Dimension, Setting, parse, suggest
from astro_core.ui import tune_state
from astro_core.ui.address import hold
from astro_core.ui.tune_state import Search

_WIDTHS = [1.75, 0.95, 0.95, 1.15, 0.75]
_SPREADS = {False: "Even", True: "By factors"}
_SPREAD_HELP = (
    "By factors: each doubling is as likely as another; for what spans orders of magnitude."
)


def panel(search: Search) -> None:
    """Choose the settings, by preset or one by one, and their ranges."""
    _presets(search)
    _which(search)
    if any(not dimension.choices for dimension in search.dimensions):
        _heads()
    for dimension in search.dimensions:
        _row(search, dimension)
    if not search.dimensions:
        st.info("Choose at least one setting to search.", icon=":material/tune:")


def _heads() -> None:
    places = st.columns(_WIDTHS, vertical_alignment="bottom", gap="small")
    heads = ("Setting, recipe's value", "From", "To", "Spread", "Step")
    for place, said in zip(places, heads, strict=True):
        place.caption(said, help=_SPREAD_HELP if said == "Spread" else None)


def _presets(search: Search) -> None:
    fitting = [p for p in PRESETS if p.dimensions(search.known)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Searched**", width="content")
        st.space("stretch")
        for preset in fitting:
            st.button(
                preset.label, key=f"{search.key}:preset:{preset.name}", help=preset.description,
                type="tertiary", icon=":material/playlist_add_check:",
                on_click=tune_state.ask_space, args=(preset.dimensions(search.known),),
            )  # fmt: skip


def _which(search: Search) -> None:
    key = f"{search.key}:which-settings"
    now = {dimension.name: dimension for dimension in search.dimensions}
    hold(key, list(now))

    def changed() -> None:
        chosen: Sequence[str] = st.session_state[key]
        tune_state.ask_space([now.get(n) or suggest(search.known[n]) for n in chosen])

    st.multiselect(
        "Searched", list(search.known), key=key, label_visibility="collapsed", on_change=changed,
        format_func=lambda name: search.known[name].label, placeholder="Settings to search",
    )  # fmt: skip


def _row(search: Search, dimension: Dimension) -> None:
    setting = search.known[dimension.name]
    name, *places = st.columns(_WIDTHS, vertical_alignment="center", gap="small")
    unit = f" [{setting.info.unit}]" if setting.info.unit else ""
    name.markdown(f"{setting.label}{unit} :gray[{_said(setting.value)}]", help=setting.info.help)
    if setting.choices:
        _choices(search, setting, dimension)
        return
    with places[0]:
        _number(search, setting, dimension, "low", "From")
    with places[1]:
        _number(search, setting, dimension, "high", "To")
    with places[2]:
        _spread(search, setting, dimension)
    if dimension.whole and not dimension.log:
        with places[3]:
            _number(search, setting, dimension, "step", "Step")


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _put(search: Search, changed: Dimension) -> None:
    """Put a changed range into the address, or say why not."""

    def put() -> None:
        found = parse(changed.text, search.known)
        tune_state.ask_space([found if d.name == found.name else d for d in search.dimensions])

    tune_state.try_to(search, put)


def _number(search: Search, setting: Setting, dimension: Dimension, part: str, label: str) -> None:
    kind = int if dimension.whole or part == "step" else float
    key = f"{search.key}:{dimension.name}:{part}"
    hold(key, kind(getattr(dimension, part)))
    more = {} if kind is int else {"format": "%.6g"}
    st.number_input(
        f"{label}: {setting.label}", key=key, label_visibility="collapsed",
        step=1 if kind is int else None, help=None,
        on_change=lambda: _put(
            search, replace(dimension, **{part: st.session_state[key]})
        ), **more,
    )  # fmt: skip


def _spread(search: Search, setting: Setting, dimension: Dimension) -> None:
    key = f"{search.key}:{dimension.name}:spread"
    hold(key, dimension.log)
    st.selectbox(
        f"Spread: {setting.label}", list(_SPREADS), key=key, format_func=_SPREADS.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: _put(
            search, replace(dimension, log=st.session_state[key], step=1)
        ),
    )  # fmt: skip


def _choices(search: Search, setting: Setting, dimension: Dimension) -> None:
    key = f"{search.key}:{dimension.name}:choices"
    hold(key, list(dimension.choices))

    def changed() -> None:
        if chosen := st.session_state[key]:  # none at all stays as it was
            _put(search, replace(dimension, choices=tuple(chosen)))

    st.multiselect(
        f"Choices: {setting.label}", list(setting.choices), key=key, label_visibility="collapsed",
        on_change=changed,
    )  # fmt: skip
