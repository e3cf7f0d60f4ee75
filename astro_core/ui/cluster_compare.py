"""Groupings side by side: their measures, and where the members of one are in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from astro_core.clustering.measures import MEASURES
from astro_core.figures import flow as figures
from astro_core.ui import charts, cluster_act, cluster_pick, frame
from astro_core.ui.cluster_controls import set_words
from astro_core.ui.cluster_state import NOISE, Shown
from astro_core.ui.words import plain
from astro_core.workflows import cluster_compare, clustering_store
from astro_core.workflows.clustering_store import Clustering

MOST = 8
FIRST = 4
MANY = 100  # from here on decimals of a measure say nothing
_VIEW = "compare"
_WAYS = {"flow": "Flow", "table": "Table"}


@st.fragment
def panel(shown: Shown) -> None:
    """Choose groupings, see their measures, and how two of them share the galaxies out."""
    with frame.in_words():
        known = {
            c.key: c for c in clustering_store.list_clusterings(shown.workspace, shown.dataset)
        }
        if len(known) < 2:
            st.info(
                "Comparing takes two groupings. Group the galaxies with another method or other "
                "settings, and come back.",
                icon=":material/compare_arrows:",
            )
            return
        titles = _titles(shown, list(known.values()))
        chosen = _choose(shown, known, titles)
        if len(chosen) < 2:
            st.caption("Choose at least two.")
            return
        _measures(shown, chosen, titles)
        _pair(shown, chosen, titles)


def _titles(shown: Shown, all_of_them: Sequence[Clustering]) -> dict[str, str]:
    """A title for each grouping; the time tells apart what would have the same."""
    sets = {s.key: set_words(s) for s in shown.feature_sets}
    said = {
        c.key: c.name or f"{_short(c)} · {sets.get(c.features, 'features since deleted')}"
        for c in all_of_them
    }
    often = Counter(said.values())
    return {
        c.key: said[c.key]
        if often[said[c.key]] == 1
        else f"{said[c.key]} · {c.created_at[11:19]} UTC, {c.created_at[:10]}"
        for c in all_of_them
    }


def _short(c: Clustering) -> str:
    return c.name or f"{c.label} {c.n_clusters}"


def _choose(shown: Shown, known: Mapping[str, Clustering], titles: Mapping[str, str]) -> list[str]:
    key = f"{shown.key}:{_VIEW}:chosen"
    if key not in st.session_state:
        saved = [c.key for c in known.values() if c.name]
        begin = [shown.clustering_key, *saved, *known]
        st.session_state[key] = [k for k in dict.fromkeys(begin) if k in known][:FIRST]
    else:  # some may have been deleted since
        st.session_state[key] = [k for k in st.session_state[key] if k in known]
    return st.multiselect(
        "Groupings", list(known), key=key, format_func=titles.__getitem__, max_selections=MOST,
        label_visibility="collapsed", placeholder="Choose two groupings or more",
    )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner="Measuring")
def _table(state: tuple[Any, ...], keys: tuple[str, ...], _shown: Shown) -> pd.DataFrame:  # noqa: ARG001
    return cluster_compare.compare_table(_shown.workspace, _shown.dataset, keys)


@st.cache_data(max_entries=32, show_spinner=False)
def _contingency(root: str, a: str, b: str, _shown: Shown) -> pd.DataFrame:  # noqa: ARG001
    return cluster_compare.compare(_shown.workspace, a, b)


@st.cache_data(max_entries=32, show_spinner=False)
def _alike(root: str, a: str, b: str, _shown: Shown) -> dict[str, float | int]:  # noqa: ARG001
    return cluster_compare.agreement_between(_shown.workspace, a, b)


def _measures(shown: Shown, keys: Sequence[str], titles: Mapping[str, str]) -> None:
    state = (str(shown.workspace.root), shown.dataset.fingerprint)
    table = _table(state, tuple(keys), shown)
    measures = [m for m in MEASURES if m.name in table and table[m.name].notna().any()]
    drawn = table[["n_clusters", "n_noise", *(m.name for m in measures)]]
    drawn.insert(0, "grouping", [titles[k] for k in keys])
    columns: dict[str, Any] = {
        m.name: st.column_config.NumberColumn(
            m.label,
            help=f"{m.explanation} Better: {m.better}.",
            format="%.0f" if table[m.name].max() > MANY else "%.3f",
        )
        for m in measures
    }
    columns["n_clusters"] = st.column_config.NumberColumn("groups")
    columns["n_noise"] = st.column_config.NumberColumn("noise", format="localized")
    st.dataframe(drawn, hide_index=True, key=f"{shown.key}:{_VIEW}:table", column_config=columns)
    labelled = sorted({int(n) for n in table["n_labelled"]})
    if labelled[-1]:
        said = f"{labelled[0]:,}" if len(labelled) == 1 else f"{labelled[0]:,} to {labelled[-1]:,}"
        st.caption(f"Agreement is measured on n = {said} galaxies with a class.")


def _pair(shown: Shown, keys: Sequence[str], titles: Mapping[str, str]) -> None:
    """Two of the chosen ones against each other."""
    left, right, way = st.columns([2, 2, 1.2], vertical_alignment="bottom")
    a = _one(shown, left, "One", keys, keys[0], titles)
    b = _one(shown, right, "The other", keys, keys[1], titles)
    if a == b:
        st.caption("These are the same groups; choose another one to compare with.")
        return
    drawn = way.segmented_control(
        "As", list(_WAYS), key=f"{shown.key}:{_VIEW}:way", required=True, default="table",
        format_func=_WAYS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    table = _contingency(str(shown.workspace.root), a, b, shown)
    alike = _alike(str(shown.workspace.root), a, b, shown)
    st.caption(
        f"Between these two: ARI **{alike['ari']:.2f}**, AMI **{alike['ami']:.2f}**, "
        f"n = {alike['n']:,}. 1 is the same division, 0 is chance."
    )
    called = _called(shown, (a, b), titles)
    if drawn == "flow":
        alt = _alt(table, titles[a], titles[b])
        charts.show(figures.flow(table, **called), key=f"{shown.key}:{_VIEW}:flow:{a}:{b}", alt=alt)
        return
    _cells(shown, table, (a, b), called)


def _one(
    shown: Shown, box: Any, label: str, keys: Sequence[str], begin: str, titles: Mapping[str, str]
) -> str:
    key = f"{shown.key}:{_VIEW}:{label}"
    if st.session_state.get(key) not in keys:
        st.session_state[key] = begin
    return str(box.selectbox(label, list(keys), key=key, format_func=titles.__getitem__))


def _called(shown: Shown, pair: tuple[str, str], titles: Mapping[str, str]) -> dict[str, Any]:
    """What figures call the two, and the names of their groups."""
    a, b = pair
    names = [clustering_store.describe_clustering(shown.workspace, key).group_names for key in pair]
    return {"a": titles[a], "b": titles[b], "names_a": names[0], "names_b": names[1]}


def _cells(
    shown: Shown, table: pd.DataFrame, pair: tuple[str, str], called: Mapping[str, Any]
) -> None:
    a, b = pair
    view = f"{_VIEW}:{a}:{b}"
    plot, beside = st.columns([1.5, 1], gap="medium")
    with plot:
        charts.show(
            figures.contingency(table, **called), key=f"{shown.key}:{view}", selectable=True,
            alt=_alt(table, called["a"], called["b"]), modes=("points",),
            on_pick=cluster_pick.keeper(shown, view, lambda found: list(found[0])[:2]),
        )  # fmt: skip
    with beside:
        cell = cluster_pick.kept(shown, view)
        if cell is None:
            st.caption("Click a cell to see its galaxies.")
            return
        group_a, group_b = map(int, cell)
        cluster_act.selected_panel(
            shown, _shared(shown, pair, (group_a, group_b)),
            source=f"in {_said(group_a)} and {_said(group_b)}",
            reason=f"In {_said(group_a)} of {called['a']} and {_said(group_b)} of {called['b']}",
            key=f"{shown.key}:{view}:{group_a}:{group_b}",
        )  # fmt: skip


def _said(group: int) -> str:
    return "noise" if group == NOISE else f"group {group}"


def _shared(shown: Shown, pair: tuple[str, str], groups: tuple[int, int]) -> list[str]:
    """Objects that are in one group of the first and in one of the second."""
    one, other = (clustering_store.open_clustering(shown.workspace, key) for key in pair)
    wanted = set(other.members(groups[1]))
    return [i for i in one.members(groups[0]) if i in wanted]


def _alt(table: pd.DataFrame, a: str, b: str) -> str:
    values = table.to_numpy()
    row, column = np.unravel_index(values.argmax(), values.shape)
    return plain(
        f"Galaxies per group of {a} and of {b}. The fullest cell has {values.max():,}: "
        f"{_said(int(table.index[row]))} and {_said(int(table.columns[column]))}."
    )
