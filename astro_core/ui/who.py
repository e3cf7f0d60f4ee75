"""Who is at the browser: a name typed once, or a sign-in where one is set up."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import Person
from astro_core.errors import BadInputError
from astro_core.ui.words import plain

_NAME = "who:name"
_BOX = "who:box"


def person() -> Person | None:
    """Return who is at the browser; None until a name was typed or somebody signed in."""
    name = st.session_state.get(_NAME, "")
    return Person(name=name) if name else None


def ask() -> Person:
    """Return who is at the browser; where nobody knows, ask, and end the page there."""
    found = person()
    if found is None:
        _ask_name()
        st.stop()
    return found


def badge() -> None:
    """Say in the sidebar who is at the browser, and let them change it."""
    found = person()
    if found is None:
        return
    with st.sidebar:
        st.caption(f"You are **{plain(found.name)}**")


def _ask_name() -> None:
    with st.form("who:form", border=True):
        st.markdown("Your answers are kept under your name.")
        st.text_input("Your name", key=_BOX, max_chars=100)
        st.form_submit_button("Go on", type="primary", on_click=_take)


def _take() -> None:
    try:
        st.session_state[_NAME] = Person(name=st.session_state[_BOX]).name
    except BadInputError as error:
        st.session_state[_NAME] = ""
        st.error(plain(str(error)), icon=":material/error:")
