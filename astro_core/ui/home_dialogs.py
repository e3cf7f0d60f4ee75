"""Questions that Home asks before it does something that cannot be taken back."""

from __future__ import annotations

import streamlit as st

from astro_core.datasets.store import delete_dataset, rename_dataset
from astro_core.domain import Dataset
from astro_core.errors import TuningForkError
from astro_core.ui import frame, sidebar, who
from astro_core.ui.words import disk, objects, plain
from astro_core.workflows.home import WorkspaceUse, clear_caches, loss
from astro_core.workflows.reset_demo import reset_demo
from astro_core.workspace import Workspace


@st.dialog("Rename")
def rename(workspace: Workspace, dataset: Dataset) -> None:
    """Ask for a new name and give it."""
    with st.form("rename", border=False):
        name = st.text_input("Name", dataset.name, max_chars=80)
        if not st.form_submit_button("Rename", type="primary"):
            return
    try:
        who.need("lead", "rename a dataset")
        renamed = rename_dataset(workspace, dataset.name, name)
    except TuningForkError as error:
        frame.problem(error)
        return
    if st.session_state.get(sidebar.PARAMETER) == dataset.name:
        sidebar.remember(renamed.name)
    st.rerun()


@st.dialog("Delete")
def delete(workspace: Workspace, dataset: Dataset) -> None:
    """Say what would be lost, and delete when that is confirmed."""
    lost = loss(workspace, dataset)
    lines = [
        f"The catalogue of **{objects(lost.n_objects)}**, {lost.n_labelled:,} of them with a class"
    ]
    if lost.disk.images:
        lines.append(f"**The images** in its own folder ({disk(lost.disk.images)})")
    if lost.disk.stacks:
        lines.append(f"Prepared pixels ({disk(lost.disk.stacks)})")
    if lost.disk.derived:
        lines.append(f"Its features, groups and maps ({disk(lost.disk.derived)})")
    for n, what in ((lost.n_selections, "selection"), (lost.n_saved, "grouping")):
        if n:
            lines.append(f"**{n:,} saved {what}{'' if n == 1 else 's'}**")
    st.markdown(f"Deleting **{plain(dataset.name)}** takes:\n\n- " + "\n- ".join(lines))
    for folder in lost.kept:
        st.markdown(f"The images in `{folder}` stay where they are.")
    sure, not_yet = st.columns(2)
    if sure.button("Delete it", type="primary", width="stretch"):
        with frame.in_words():
            who.need("lead", "delete a dataset")
            delete_dataset(workspace, dataset.name)
            sidebar.forget(dataset.name)
            st.rerun()
    if not_yet.button("Keep it", width="stretch"):
        st.rerun()


@st.dialog("Clear the caches")
def clear(workspace: Workspace, use: WorkspaceUse) -> None:
    """Say what goes, and clear when that is confirmed."""
    st.markdown(
        f"Prepared pixels, downloaded files, features, groups and maps ({disk(use.caches)}) go. "
        "Datasets, recipes, labels, selections, and groupings that you saved stay. The rest is "
        "made again when it is next needed; shape statistics take long."
    )
    if st.button("Clear them", type="primary"):
        with frame.in_words():
            who.need("lead", "clear the caches")
            freed = clear_caches(workspace)
            st.cache_resource.clear()
            st.session_state["home:said"] = f"{disk(freed)} freed."
            st.rerun()


@st.dialog("Reset the demo")
def reset(workspace: Workspace) -> None:
    """Say what goes, and start over when that is confirmed."""
    st.markdown(
        "Everything made in this demonstration goes: imported datasets, saved recipes, runs. "
        "The simulated survey is put back as it was."
    )
    if st.button("Reset", type="primary"):
        with frame.in_words():
            who.need("lead", "reset the demo")
            reset_demo(workspace)
            st.session_state.clear()
            st.query_params.clear()
            st.rerun()
