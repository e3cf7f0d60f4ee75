"""Keep a grouping under a name, open one that was kept, take groups away as a table."""

from __future__ import annotations

import shutil

import streamlit as st

from astro_core.errors import TuningForkError
from astro_core.ui import cluster_state as state
from astro_core.ui import frame
from astro_core.ui.cluster_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.clustering_store import (
    delete_clustering,
    list_clusterings,
    outdated_clusterings,
    save_clustering,
)
from astro_core.workflows.export import EXPORTS
from astro_core.workflows.export_groups import write_groups
from astro_core.workflows.export_tables import WRITERS

POPOVER_PX = 400


def popovers(shown: Shown) -> None:
    """Draw what is done with a whole grouping, at the end of a row."""
    with st.popover("Save", icon=":material/bookmark:").container(width=POPOVER_PX):
        _save(shown)
        _saved(shown)
    if shown.result is not None:
        with st.popover("Export", icon=":material/download:").container(width=POPOVER_PX):
            _export(shown)


def _save(shown: Shown) -> None:
    if shown.clustering is None:
        st.caption("There are no groups to save yet.")
        return
    with st.form(f"{shown.key}:save-groups", border=False):
        name = st.text_input(
            "Name of this grouping", shown.clustering.name, max_chars=80,
            help="Under it the grouping is found again, and compared with others",
        )  # fmt: skip
        if not st.form_submit_button("Save grouping", type="primary"):
            return
    try:
        save_clustering(shown.workspace, shown.clustering_key, name)
    except TuningForkError as error:
        frame.problem(error)
        return
    st.toast(f"Saved as '{plain(name)}'", icon=":material/bookmark:")
    st.rerun()


def _saved(shown: Shown) -> None:
    """Groupings that were kept: open or delete one."""
    found = list_clusterings(shown.workspace, shown.dataset, saved_only=True)
    if found:
        st.caption("Saved groupings")
    for one in found:
        words, delete = st.columns([5, 1], vertical_alignment="center")
        here = one.key == shown.clustering_key
        words.button(
            f"{plain(one.name)} · {one.label}, {one.n_clusters} groups",
            key=f"{shown.key}:open:{one.key}", width="stretch", disabled=here,
            on_click=state.open_grouping, args=(one.key,),
        )  # fmt: skip
        if delete.button("", key=f"{shown.key}:drop:{one.key}", icon=":material/delete:",
                         help=f"Delete '{one.name}'; selections made from it stay"):  # fmt: skip
            with frame.in_words():
                delete_clustering(shown.workspace, one.key)
                st.rerun()
    earlier = outdated_clusterings(shown.workspace, shown.dataset)
    if earlier:
        names = ", ".join(f"'{plain(one.name)}'" for one in earlier)
        st.caption(f"Of an earlier state of this dataset, group again to see them: {names}")


def _export(shown: Shown) -> None:
    name = st.selectbox(
        "As", list(WRITERS), key=f"{shown.key}:format", format_func=lambda f: EXPORTS.get(f).label
    )
    columns = st.toggle(
        "With the features", key=f"{shown.key}:with-features", value=True,
        help="One column per feature beside group, strength, group name and class",
    )  # fmt: skip
    spec = EXPORTS.get(name)
    assert shown.result is not None
    file = f"{shown.dataset.name}-{shown.method}-groups{spec.suffix}".replace(" ", "-")
    st.download_button(
        f"Download {len(shown.result.object_ids):,} rows",
        lambda: _content(shown, name, with_features=columns), file, spec.mime,
        key=f"{shown.key}:download", type="primary", icon=":material/download:",
        on_click="ignore", width="stretch",
    )  # fmt: skip


def _content(shown: Shown, format_name: str, *, with_features: bool) -> bytes:
    folder = shown.workspace.scratch_folder("groups")
    try:
        path = folder / f"groups{EXPORTS.get(format_name).suffix}"
        write_groups(
            shown.workspace, shown.dataset, shown.clustering_key, format_name, path,
            with_features=with_features,
        )  # fmt: skip
        return path.read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
