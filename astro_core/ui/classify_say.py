"""Confirm or correct what a galaxy is, by key; it becomes a label, and its image is kept."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from astro_core.errors import TuningForkError
from astro_core.ui import classify_look, frame, who
from astro_core.ui import classify_state as state
from astro_core.ui.classify_state import Shown
from astro_core.ui.words import plain, readable
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.keep_upload import keep_galaxy, said_of, take_back
from astro_core.workflows.kept_galaxies import kept_id

_TOLD = "classify:told"


def said(shown: Shown, classified: Classified) -> Mapping[str, str]:
    """What this person said of the galaxies of a picture, by their ids in the dataset."""
    if shown.person is None:
        return {}
    with frame.in_words():
        return said_of(shown.workspace, classified, shown.person, into=shown.into)
    return {}


def panel(shown: Shown, classified: Classified, found: Found, given: Mapping[str, str]) -> None:
    """Draw the buttons."""
    if classified.head.kind == "votes":
        st.caption("Choose a question with classes to say what it is; votes are given in Review.")
        return
    if shown.person is None:
        who.ask_here()
        return
    if not shown.may_answer:
        st.caption(f"{plain(shown.person.name)} may look, but not answer.")
        return
    mine = given.get(kept_id(classified, found), "")
    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Confirm", key=f"{shown.key}:confirm", shortcut="Enter",
            type="secondary" if mine else "primary", on_click=_keep,
            args=(shown, classified, found, found.label),
        )  # fmt: skip
        for one in classify_look.classes_of(classified.head).classes:
            st.button(
                readable(one.name).capitalize(), key=f"{shown.key}:say:{one.name}",
                shortcut=one.key or None, icon=":material/check:" if one.name == mine else None,
                on_click=_keep, args=(shown, classified, found, one.name),
            )  # fmt: skip
        if mine:
            st.button(
                "Undo", key=f"{shown.key}:undo", shortcut="Backspace", type="tertiary",
                on_click=_undo, args=(shown,),
            )  # fmt: skip
    st.caption(_message(shown, mine))


def _message(shown: Shown, mine: str) -> str:
    told = st.session_state.pop(_TOLD, "")
    if told:
        return plain(told)
    if mine:
        return f"You said {readable(mine)}. It is in the dataset {plain(shown.into)}."
    return f"It becomes a label, and the image goes into the dataset {plain(shown.into)}."


def _keep(shown: Shown, classified: Classified, found: Found, class_name: str) -> None:
    assert shown.person is not None
    try:
        kept = keep_galaxy(
            shown.workspace, classified, found, shown.person, class_name, into=shown.into
        )
    except (TuningForkError, OSError) as error:
        st.session_state[_TOLD] = str(error)
        return
    st.session_state[_TOLD] = f"{found.object_id}: {readable(class_name)}, stored as {kept}."
    _go_on(shown, classified)


def _go_on(shown: Shown, classified: Classified) -> None:
    """Choose the next galaxy of which this person said nothing, or the next picture."""
    given = said(shown, classified)
    open_ones = [
        place for place, one in enumerate(classified.found) if kept_id(classified, one) not in given
    ]
    here = state.galaxy_of(shown.picture, len(classified.found))
    after = [place for place in open_ones if place > here] or open_ones
    if after:
        state.choose_galaxy(shown.picture, after[0])
    elif shown.place + 1 < len(shown.pictures):
        state.look_at(shown.pictures[shown.place + 1])


def _undo(shown: Shown) -> None:
    assert shown.person is not None
    try:
        st.session_state[_TOLD] = take_back(shown.workspace, shown.person, into=shown.into)
    except (TuningForkError, OSError) as error:
        st.session_state[_TOLD] = str(error)
