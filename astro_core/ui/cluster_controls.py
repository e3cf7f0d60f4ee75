"""The row above the views: features, method, number of groups, settings, and the button."""

from __future__ import annotations

import streamlit as st

from astro_core.clustering import CLUSTERERS
from astro_core.features import EXTRACTORS
from astro_core.params import ParamInfo, describe, digest, to_mapping
from astro_core.ui import cluster_features, cluster_work, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.address import hold, taken
from astro_core.ui.cluster_state import Shown
from astro_core.ui.forms import params_form
from astro_core.ui.words import plain
from astro_core.workflows.feature_store import FeatureSet

POPOVER_PX = 380


def row(shown: Shown) -> None:
    """Draw the row."""
    leading = _leading(describe(CLUSTERERS.get(shown.method).params))
    widths = [2.5, 1.15, 2.2, *[1.1 / len(leading) + 0.35] * len(leading), 1.15, 1.25]
    features, new, method, *numbers, more, button = st.columns(
        widths, vertical_alignment="bottom", gap="small"
    )
    with features:
        _features(shown)
    if new.button(
        "New", key=f"{shown.key}:new", icon=":material/add:", width="stretch",
        help="Compute other features",
    ):  # fmt: skip
        cluster_features.dialog(shown)
    with method:
        _method(shown)
    for place, info in zip(numbers, leading, strict=True):
        with place:
            _number(shown, info)
    rare = more.popover("Settings", width="stretch")
    with rare.container(width=POPOVER_PX), frame.in_words():
        _settings(shown, [info.name for info in leading])
    with button:
        _button(shown)


def set_words(found: FeatureSet) -> str:
    """A set of features in a few words: what it is, and what is not the default about it."""
    short = found.extractor.upper() if len(found.extractor) <= 3 else found.extractor
    parts = [f"{short.replace('_', ' ')} {found.n_features}"]
    kind = EXTRACTORS.get(found.extractor).params
    for info in describe(kind):
        value = found.params.get(info.name, info.default)
        if value != info.default and info.name != "n_components":
            parts.append(info.label.lower() if value is True else f"{info.label.lower()} {value}")
    if found.sample:
        parts.append(f"sample of {found.n_objects:,}")
    return " · ".join(parts)


def _features(shown: Shown) -> None:
    words = {s.key: set_words(s) for s in shown.feature_sets}
    words.setdefault(shown.features_key, "deleted since")  # a saved grouping may outlive them
    key = hold(f"{shown.key}:features", shown.features_key)
    st.selectbox(
        "Features", list(words), key=key, format_func=words.__getitem__,
        help="What stands for each galaxy when they are compared",
        on_change=taken(key, words, state.use_features),
    )  # fmt: skip


def _method(shown: Shown) -> None:
    key = hold(f"{shown.key}:method", shown.method)
    st.selectbox(
        "Method", CLUSTERERS.names(), key=key, help=CLUSTERERS.get(shown.method).description,
        format_func=lambda name: CLUSTERERS.get(name).label,
        on_change=lambda: state.ask(shown, method=st.session_state[key]),
    )  # fmt: skip


def _leading(infos: tuple[ParamInfo, ...]) -> list[ParamInfo]:
    """The one or two settings that decide how many groups there are."""
    named = {info.name: info for info in infos}
    for names in (("n_clusters",), ("rows", "columns")):
        if all(name in named for name in names):
            return [named[name] for name in names]
    return [infos[0]]


def _number(shown: Shown, info: ParamInfo) -> None:
    key = hold(f"{shown.key}:{shown.method}:{info.name}", shown.params[info.name])
    st.number_input(
        "Groups" if info.name == "n_clusters" else info.label,
        None if info.minimum is None else int(info.minimum),
        None if info.maximum is None else int(info.maximum),
        key=key, help=info.help,
        on_change=lambda: state.ask(
            shown, params={**shown.params, info.name: st.session_state[key]}
        ),
    )  # fmt: skip


def _settings(shown: Shown, elsewhere: list[str]) -> None:
    """All other settings of the method; a change is asked for at once."""
    kind = CLUSTERERS.get(shown.method).params
    names = [info.name for info in describe(kind) if info.name not in elsewhere]
    key = f"{shown.key}:set:{shown.method}"
    if st.session_state.get(f"{key}:known") != digest(dict(shown.params)):
        for name in names:
            st.session_state[f"{key}:{name}"] = shown.params[name]
    st.session_state[f"{key}:known"] = digest(dict(shown.params))
    now = kind(**shown.params)
    changed = to_mapping(params_form(now, key, names))
    if changed != to_mapping(now):
        st.session_state[f"{key}:known"] = digest(changed)
        state.ask(shown, params=changed)
        st.rerun()


def _button(shown: Shown) -> None:
    done = shown.result is not None
    st.button(
        "Grouped" if done else "Group", key=f"{shown.key}:go", width="stretch",
        type="secondary" if done else "primary", disabled=done or not shown.features_key,
        icon=":material/check:" if done else ":material/bubble_chart:",
        help="The groups for these settings are shown below" if done else None,
        on_click=cluster_work.group_now, args=(shown,),
    )  # fmt: skip


def told(shown: Shown) -> None:
    """Say what could not be used of the address, and what is on the screen."""
    for problem in shown.problems:
        st.warning(plain(problem), icon=":material/link_off:")
    if shown.result is None or shown.clustering is None:
        return
    result, found = shown.result, shown.clustering
    parts = [f"{found.label}: {result.n_clusters} groups of {len(result.object_ids):,} galaxies"]
    if result.n_noise:
        parts.append(f"{result.n_noise:,} in none")
    if shown.feature_set is not None:
        parts.append(shown.feature_set.summary)
    named = f"**{plain(found.name)}** · " if found.name else ""
    st.caption(named + plain(" · ".join(parts)))
    for note in result.notes:
        st.caption(f":material/info: {plain(note)}")
    if result.dropped:
        _dropped(result.dropped)


def _dropped(dropped: tuple[tuple[str, str], ...]) -> None:
    with st.popover(f"{len(dropped):,} left out", type="tertiary"):
        st.caption("These could not be grouped.")
        st.dataframe(
            [{"object_id": object_id, "reason": reason} for object_id, reason in dropped],
            hide_index=True, key="cluster:dropped",
        )  # fmt: skip
