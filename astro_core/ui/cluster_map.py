"""The map of all galaxies: how they are laid out, and the run that does it."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from astro_core import runs
from astro_core.domain import Run, RunState
from astro_core.errors import BadInputError
from astro_core.features.planes import PLANES
from astro_core.params import describe, digest, from_mapping, to_mapping
from astro_core.ui import cluster_map_view, frame, run_status
from astro_core.ui.address import keep, parameter
from astro_core.ui.cluster_state import Shown
from astro_core.ui.forms import params_form
from astro_core.workflows import maps

FIRST = "umap"
POPOVER_PX = 340
_TAKES = {"umap": "About half a minute for a few thousand galaxies, minutes for tens of thousands."}


def panel(shown: Shown) -> None:
    """Show the map of the features in use, or make it."""
    if not shown.features_key:
        st.info("There are no features yet to lay out. Compute some above.")
        return
    method = parameter("map", PLANES.names(), FIRST)
    params = _asked(method)
    key = maps.find_map(shown.workspace, shown.features_key, method, params)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with row:
        _method(shown, method)
        _settings(shown, method, params)
    if key is None:
        _make(shown, method, params)
        return
    with frame.in_words():
        cluster_map_view.show(shown, maps.open_map(shown.workspace, key), row)


def _method(shown: Shown, method: str) -> None:
    key = f"{shown.key}:map:method"
    st.session_state[key] = method

    def take() -> None:
        keep("map", st.session_state[key], FIRST)
        st.query_params.pop("mapset", None)

    st.segmented_control(
        "Map", PLANES.names(), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: PLANES.get(name).label, on_change=take,
    )  # fmt: skip


def _asked(method: str) -> dict[str, Any]:
    """Settings of the map in the address; the default where they cannot be read."""
    kind = PLANES.get(method).params
    text = st.query_params.get("mapset", "")
    given = dict(part.split(":", 1) for part in text.split(",") if ":" in part)
    try:
        return to_mapping(from_mapping(kind, given))
    except BadInputError:
        return to_mapping(kind())


def _settings(shown: Shown, method: str, params: dict[str, Any]) -> None:
    """Settings of the method behind a button; a change is asked for at once."""
    kind = PLANES.get(method).params
    if not describe(kind):
        return
    key = f"{shown.key}:map:{method}"
    if st.session_state.get(f"{key}:known") != digest(params):  # the address is what counts
        for name, value in params.items():
            st.session_state[f"{key}:{name}"] = value
    st.session_state[f"{key}:known"] = digest(params)
    with st.popover("Settings"), st.container(width=POPOVER_PX):
        st.caption(PLANES.get(method).description)
        with frame.in_words():
            new = to_mapping(params_form(kind(**params), key))
            if new != params:
                st.session_state[f"{key}:known"] = digest(new)
                base = to_mapping(kind())
                said = ",".join(f"{k}:{v}" for k, v in new.items() if v != base[k])
                keep("mapset", said, "")
                st.rerun()


def _make(shown: Shown, method: str, params: dict[str, Any]) -> None:
    """Offer to make the map, or follow the run that does."""
    run = _going(shown, method, params)
    if run is not None and run.state in ("queued", "running", "failed"):
        run_status.follow(shown.workspace, run.run_id)
    if run is not None and not run.finished:
        return
    spec = PLANES.get(method)
    with st.container(border=True):
        st.markdown(f"**There is no {spec.label} map of these features yet.**")
        st.caption(f"{spec.description} {_TAKES.get(method, '')}")
        st.button(
            "Make the map", type="primary", icon=":material/scatter_plot:",
            key=f"{shown.key}:map:make", on_click=maps.submit_map,
            args=(shown.workspace, shown.features_key, method, params),
        )  # fmt: skip


def _going(shown: Shown, method: str, params: dict[str, Any]) -> Run | None:
    """The newest run that makes exactly this map."""
    asked = {"features": shown.features_key, "method": method, "params": params}
    return runs.find_same(shown.workspace, "map", asked, states=get_args(RunState))
