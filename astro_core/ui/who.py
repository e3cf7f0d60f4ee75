"""Who is at the browser: a name typed once, or a sign-in where one is set up."""

from __future__ import annotations

from urllib.parse import unquote

import streamlit as st
from streamlit import runtime
from streamlit.errors import StreamlitAuthError

from astro_core.domain import Person, Role, require
from astro_core.errors import BadInputError, TuningForkError
from astro_core.ui import people
from astro_core.ui.components import component
from astro_core.ui.words import plain
from astro_core.workflows.network import check_reach, host_of
from astro_core.workflows.people import signed_in, typed
from astro_core.workspace import current

COOKIE = "tuning_fork_name"
_NAME = "who:name"
_BOX = "who:box"
_WRONG = "who:wrong"
MAX_TYPED = 80
_PEOPLE, _OUT, _OTHER = "People", "Sign out", "I am somebody else"


def has_sign_in() -> bool:
    """Whether people sign in here; `st.user` raises where they do not."""
    return "is_logged_in" in st.user.to_dict()


def person() -> Person | None:
    """Return who is at the browser; None until a name was typed or somebody signed in."""
    if has_sign_in():
        claims = st.user.to_dict()
        return signed_in(current(), claims) if claims["is_logged_in"] else None
    name = st.session_state.get(_NAME, _kept())
    return Person(name=name) if name else None


def admit() -> None:
    """Let in who may be here; anybody else is told why not, and the page ends there.

    Every page calls this before it shows or does anything.
    """
    sign_in = has_sign_in()
    try:
        if runtime.exists():  # a page that runs in a test listens nowhere
            asked_as = host_of(st.context.headers.get("Host", ""))
            check_reach(st.get_option("server.address"), sign_in=sign_in, asked_as=asked_as)
        stranger = sign_in and person() is None
    except TuningForkError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()
    if stranger:
        _ask_to_sign_in()
        st.stop()


def ask() -> Person:
    """Return who is at the browser; where nobody knows, ask, and end the page there."""
    found = ask_here()
    if found is None:
        st.stop()
    return found


def ask_here() -> Person | None:
    """Return who is at the browser; where nobody knows, ask, and let the page go on without."""
    found = person()
    if found is None:
        _ask_to_sign_in() if has_sign_in() else _ask_name()
    return found


def need(role: Role, doing: str) -> None:
    """Refuse somebody who signed in and may not do this; where nobody signs in, everybody may.

    Raises
    ------
    ForbiddenError
        If their role is below `role`.
    """
    found = person()
    if found is not None:
        require(found, role, doing)


def badge() -> None:
    """Say in the sidebar who is at the browser, and let them change it."""
    _keep()
    found = person()
    if found is None:
        return
    words = f"{plain(found.name)} · {found.role}" if found.signed_in else plain(found.name)
    with st.sidebar.container(key="who-badge"):
        chosen = st.menu_button(
            words, _choices(found), key="who:menu", icon=":material/person:", width="stretch",
            help=f"A {found.role} {people.MAY[found.role]}." if found.signed_in
            else "Your answers are kept under this name.",
        )  # fmt: skip
    if chosen == _PEOPLE:
        people.dialog(current(), found)
    elif chosen == _OUT:
        st.logout()
    elif chosen == _OTHER:
        st.session_state[_NAME] = ""
        st.rerun()


def _choices(found: Person) -> list[str]:
    if not found.signed_in:
        return [_OTHER]
    return [_PEOPLE, _OUT] if found.may("lead") else [_OUT]


def _kept() -> str:
    """The name that this browser kept from an earlier visit."""
    name = unquote(st.context.cookies.get(COOKIE, ""))
    try:
        return Person(name=name).name if len(name) <= MAX_TYPED else ""
    except BadInputError:
        return ""


def _keep() -> None:
    """Let the browser keep the name that was typed, or forget it."""
    name = st.session_state.get(_NAME)  # what `_kept` says is older: it came with the first request
    if has_sign_in() or name is None:
        return
    path = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")
    with st.sidebar.container(key="who-keep"):
        component("who_keep")(key="who:keep", data={"cookie": COOKIE, "name": name, "path": path})


def _ask_name() -> None:
    with st.form("who:form", width=460):
        st.markdown("**Who are you?** Your answers are kept under your name.")
        st.text_input("Your name", key=_BOX, max_chars=MAX_TYPED, autocomplete="name")
        if wrong := st.session_state.pop(_WRONG, ""):
            st.error(wrong, icon=":material/error:")
        st.form_submit_button("Go on", type="primary", on_click=_take)
    st.caption("It is asked once in this browser; use the same name each time.")


def _take() -> None:
    try:
        st.session_state[_NAME] = typed(current(), st.session_state[_BOX]).name
    except TuningForkError as error:
        st.session_state[_WRONG] = plain(str(error))


def _ask_to_sign_in() -> None:
    with st.container(border=True, width=460):
        st.markdown("**Who are you?** This Tuning Fork is for people who sign in.")
        if st.button("Sign in", key="who:in", type="primary", icon=":material/login:"):
            try:
                st.login()
            except StreamlitAuthError as error:
                st.error(plain(str(error)), icon=":material/error:")
