"""A lead's last word on a galaxy, by key or click, and taking it back."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import LabelEvent, Taxonomy
from astro_core.domain.taxonomy import KEYS
from astro_core.errors import TuningForkError
from astro_core.ui import browse_detail, consensus_cached, frame
from astro_core.ui.consensus_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.conflicts import answers_of, reopen, settle, undo_settling

_PROBLEM, _TOLD = "consensus:problem", "consensus:told"


def shortcut(key: str) -> str | None:
    """A key while nothing lies over the page that it could be meant for."""
    return None if browse_detail.PARAMETER in st.query_params else key


def panel(shown: Shown, object_id: str, after: str) -> None:
    """A button with its key for each answer; the next galaxy shows when it is stored.

    Parameters
    ----------
    after : str
        The galaxy that comes next.
    """
    if problem := st.session_state.pop(_PROBLEM, ""):
        frame.problem(problem)
    if not shown.leads:
        st.caption("Only a lead settles: the last word, which wins over all votes.")
        return
    label = consensus_cached.named(shown.asked, shown.rule).get(object_id)
    keys = keys_of(shown.taxonomy, shown.question)
    comment = f"{shown.key}:why:{object_id}"
    with st.container(horizontal=True, gap="small", key="consensus-settle"):
        for name, words in answers_of(shown.taxonomy, shown.question).items():
            st.button(
                f"{plain(words)}", key=f"{shown.key}:settle:{object_id}:{name}",
                shortcut=shortcut(keys[name]) if keys.get(name) else None,
                type="primary" if name == label else "secondary",
                on_click=_settle, args=(shown, object_id, name, comment, after),
            )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Why (kept with the last word)", key=comment, max_chars=500, width=420,
            placeholder="optional",
        )  # fmt: skip
        if object_id in consensus_cached.contested(shown.asked, shown.rule).settled:
            st.button(
                "Open it again", key=f"{shown.key}:reopen:{object_id}", icon=":material/lock_open:",
                on_click=_reopen, args=(shown, object_id, after),
                help="Takes the last word back; the votes decide again",
            )  # fmt: skip


def keys_of(taxonomy: Taxonomy, question: str) -> dict[str, str]:
    """The key of each answer: of its class, or in their order for a question."""
    if not question:
        return {one.name: one.key for one in taxonomy.with_keys().classes}
    return dict(zip(answers_of(taxonomy, question), KEYS, strict=False))


def _settle(shown: Shown, object_id: str, name: str, comment: str, after: str) -> None:
    why = str(st.session_state.get(comment, ""))
    try:
        settle(
            shown.workspace, shown.dataset, [object_id], name, by=shown.person,
            taxonomy=shown.taxonomy, question=shown.question, comment=why,
        )  # fmt: skip
    except TuningForkError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    st.query_params["galaxy"] = after


def _reopen(shown: Shown, object_id: str, after: str) -> None:
    try:
        reopen(
            shown.workspace, shown.dataset, object_id, by=shown.person,
            taxonomy=shown.taxonomy, question=shown.question,
        )  # fmt: skip
    except TuningForkError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    st.query_params["galaxy"] = after


def undo_button(shown: Shown) -> None:
    """Take back what this lead settled last; it says what that was."""
    if told := st.session_state.pop(_TOLD, ""):
        st.toast(told, icon=":material/undo:")
    if shown.leads:
        st.button(
            "Undo", key=f"{shown.key}:undo", icon=":material/undo:", shortcut=shortcut("Backspace"),
            on_click=_undo, args=(shown,), help="Takes back what you settled last",
        )  # fmt: skip


def _undo(shown: Shown) -> None:
    try:
        back = undo_settling(shown.workspace, shown.dataset, by=shown.person)
    except TuningForkError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    if back:
        st.query_params["galaxy"] = back[0].object_id
    st.session_state[_TOLD] = plain(_undone(shown, back))


def _undone(shown: Shown, back: tuple[LabelEvent, ...]) -> str:
    if not back:
        return "You have settled nothing that still stands."
    said = shown.words.get(back[0].said, back[0].said)
    whom = back[0].object_id if len(back) == 1 else f"{len(back):,} galaxies"
    return f"Took back: {whom} settled as {said}"
