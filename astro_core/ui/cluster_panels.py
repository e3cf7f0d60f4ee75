"""The views of Cluster: the groups, the map, what only the method has, comparisons, odd ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from astro_core.ui import (
    cluster_compare,
    cluster_feature_view,
    cluster_groups,
    cluster_keep,
    cluster_map,
    cluster_odd,
    cluster_scan,
    cluster_work,
    frame,
)
from astro_core.ui.address import keep, parameter
from astro_core.ui.cluster_state import Shown
from astro_core.ui.cluster_views import METHOD_VIEWS

FIRST = "groups"


@dataclass(frozen=True, kw_only=True)
class View:
    """One view; `of_groups` says that it has nothing to show before there are groups."""

    label: str
    panel: Callable[[Shown], None]
    of_groups: bool = False


def of(shown: Shown) -> dict[str, View]:
    """The views there are for what is shown, by the name in the address."""
    own = METHOD_VIEWS.get(shown.method)
    views = {
        FIRST: View(label="Groups", panel=cluster_groups.panel, of_groups=True),
        "map": View(label="Map", panel=cluster_map.panel),
    }
    if own is not None:
        label, panel = own
        views["own"] = View(label=label, panel=panel, of_groups=panel is not cluster_scan.panel)
    return views | {
        "compare": View(label="Compare", panel=cluster_compare.panel),
        "odd": View(label="Odd ones", panel=cluster_odd.panel),
        "features": View(label="Features", panel=cluster_feature_view.panel),
    }


def choose(shown: Shown) -> View:
    """Draw the choice of views, and what is done with a whole grouping; return the one chosen."""
    views = of(shown)
    name = parameter("view", views, FIRST)
    key = f"{shown.key}:view"
    st.session_state[key] = name
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            "View", list(views), key=key, required=True, label_visibility="collapsed",
            format_func=lambda n: views[n].label,
            on_change=lambda: keep("view", st.session_state[key], FIRST),
        )  # fmt: skip
        st.space("stretch")
        cluster_keep.popovers(shown)
    return views[name]


def draw(shown: Shown, view: View) -> None:
    """Draw a view; where it has nothing to show yet, what is going on or what to do instead."""
    if shown.result is None:
        cluster_work.follow_grouping(shown, telling=view.of_groups)
    if shown.result is not None or not view.of_groups:
        with frame.in_words():
            view.panel(shown)
