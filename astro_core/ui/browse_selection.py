"""Saved selections in Browse: save what is ticked, open one, rename or delete it."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from astro_core.errors import TuningForkError
from astro_core.ui import browse_state as state
from astro_core.ui import frame, navigation
from astro_core.ui.address import hold, taken
from astro_core.ui.browse_state import Shown
from astro_core.ui.words import objects, plain
from astro_core.workflows.browse_query import to_query
from astro_core.workflows.selections import (
    MAX_REASON,
    Selection,
    delete_selection,
    list_selections,
    rename_selection,
    save_selection,
)


def save(shown: Shown) -> None:
    """Ask for a name and a reason, and keep the ticked objects under it."""
    ids = shown.selected
    with st.form(f"{shown.key}:save-selection", border=False):
        name = st.text_input("Name", max_chars=80)
        reason = st.text_area("Reason", max_chars=MAX_REASON, height=80, placeholder="Optional")
        replace = st.checkbox("Replace a selection of that name")
        if not st.form_submit_button(f"Save {objects(len(ids))}", type="primary"):
            return
    source = {"kind": "browse", "query": to_query(shown.filters)}
    try:
        saved = save_selection(
            shown.workspace, shown.dataset, name, ids, reason=reason, source=source,
            overwrite=replace,
        )  # fmt: skip
    except TuningForkError as error:
        frame.problem(error)
        return
    st.toast(f"Saved {objects(len(ids))} as '{plain(saved.name)}'", icon=":material/bookmark:")
    st.rerun()


def pick(shown: Shown) -> None:
    """Choose a saved selection to look at."""
    saved = {s.name: s for s in list_selections(shown.workspace, shown.dataset)}
    if not saved:
        return
    now = shown.filters.selection
    key = f"{shown.key}:selection"
    hold(key, now.name if now and now.name in saved else None)
    st.selectbox(
        "Saved selection", list(saved), key=key, index=None, placeholder="All objects",
        format_func=lambda n: f"{n} ({len(saved[n].object_ids):,})",
        on_change=taken(
            key, [None, *saved], lambda name: state.change(shown, selection=saved.get(name))
        ),
    )  # fmt: skip


def tell(shown: Shown) -> None:
    """Say what the selection that is open is, and offer to rename or delete it."""
    selection = shown.filters.selection
    if selection is None:
        return
    day = datetime.fromisoformat(selection.created_at).date().isoformat()
    said = f"{objects(len(selection.object_ids))}, saved {day}"
    why = f": {plain(selection.reason)}" if selection.reason else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f":material/bookmark: **{plain(selection.name)}** · {said}{why}", width="content"
        )
        if st.button("Review these", key=f"{shown.key}:review-selection",
                     icon=navigation.PAGES.get("review").icon):  # fmt: skip
            navigation.go(
                "review", dataset=shown.dataset.name, view="queues", new="random",
                selection=selection.name,
            )  # fmt: skip
        with st.popover("Selection", icon=":material/more_horiz:"):
            _manage(shown, selection)


def _manage(shown: Shown, selection: Selection) -> None:
    with st.form(f"{shown.key}:rename-selection", border=False):
        name = st.text_input("Name", selection.name, max_chars=80)
        if st.form_submit_button("Rename"):
            with frame.in_words():
                renamed = rename_selection(shown.workspace, shown.dataset, selection.name, name)
                state.change(shown, selection=renamed)
                st.rerun()
    if st.button("Delete selection", key=f"{shown.key}:delete-selection"):
        with frame.in_words():
            delete_selection(shown.workspace, shown.dataset, selection.name)
            state.change(shown, selection=None)
            st.toast(f"Deleted the selection '{plain(selection.name)}'; its objects stay.")
            st.rerun()
