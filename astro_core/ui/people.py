"""Who has signed in, and what each may do; a lead changes it here."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import ROLES, Person
from astro_core.errors import TuningForkError
from astro_core.ui.words import plain
from astro_core.workflows.people import Known, list_people, set_role
from astro_core.workspace import Workspace

_WRONG = "people:wrong"
MAY = {
    "viewer": "looks",
    "reviewer": "looks, answers, makes queues of their own",
    "lead": "does all that, settles, changes rules and classes, takes labels in, gives roles, "
    "deletes",
}


@st.dialog("People", width="medium")
def dialog(workspace: Workspace, me: Person) -> None:
    """Everybody who ever signed in with their role, to be changed."""
    st.caption("  \n".join(f"A **{role}** {may}." for role, may in MAY.items()))
    if wrong := st.session_state.pop(_WRONG, ""):
        st.error(wrong, icon=":material/error:")
    for known in list_people(workspace):
        _row(workspace, known, me)


def _row(workspace: Workspace, known: Known, me: Person) -> None:
    name, role = st.columns([1.4, 1], vertical_alignment="center")
    you = " (you)" if known.name == me.name else ""
    name.text(known.name + you)
    key = f"people:{known.name}"
    st.session_state[key] = known.role
    role.selectbox(
        f"Role of {known.name}", ROLES, key=key, label_visibility="collapsed",
        disabled=known.named, on_change=_give, args=(workspace, known.name, me),
        help="A setting of the server makes them a lead." if known.named else None,
    )  # fmt: skip


def _give(workspace: Workspace, name: str, me: Person) -> None:
    try:
        set_role(workspace, name, st.session_state[f"people:{name}"], by=me)
    except TuningForkError as error:
        st.session_state[_WRONG] = plain(str(error))
