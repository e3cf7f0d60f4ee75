"""Ask for looks into a model, follow them, and give up those that nobody waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from astro_core.errors import BadInputError
from astro_core.ui.explain_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.explain import (
    METHODS,
    ExplanationState,
    cancel_explanation,
    explain,
    explanation_state,
    open_explanation,
    question,
)
from astro_core.workflows.explain_store import Explanation
from astro_core.workspace import Workspace

EVERY_S = 0.25
WAIT_S = 0.4  # a look that takes no longer is shown at once
_GIVEN_UP = "explain:given-up"
_ASKED = "explain:asked"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A look that was asked for.

    Attributes
    ----------
    label : str
        What it is, for a person.
    """

    key: str
    label: str
    state: ExplanationState
    workspace: Workspace

    @property
    def found(self) -> Explanation | None:
        """What came of it; None before it is done."""
        if self.state.state != "done":
            return None
        return open_explanation(self.workspace, self.key)

    @property
    def saying(self) -> str:
        """Why there is nothing to see yet."""
        return {
            "done": "", "none": "given up", "failed": "failed", "starting": "loading the network",
            "waiting": "on its way", "running": "on its way",
        }[self.state.state]  # fmt: skip


def ask(
    shown: Shown,
    method: str,
    *,
    output: str = "",
    layer: str = "",
    first: int = 0,
    wait_s: float = 0.0,
) -> Asked:
    """Ask for a look at the galaxy that is shown, unless it is there or was given up.

    Raises
    ------
    NotFoundError, BadInputError
        If the model cannot be looked into, or has no such layer.
    """
    model, head = shown.asked
    given = (shown.workspace, model, shown.dataset.name, shown.object_id, method)
    more = {"head": head.name, "output": output, "layer": layer, "first": first}
    key = str(question(*given, **more)["key"])
    state = explanation_state(shown.workspace, key)
    if state.state == "none" and key not in _given_up():
        explain(*given, **more, wait_s=wait_s)
        state = explanation_state(shown.workspace, key)
    return Asked(
        key=key, label=METHODS.get(method).label, state=state, workspace=shown.workspace
    )  # fmt: skip


def need(asked: Asked) -> Explanation | None:
    """What came of a look that a view cannot do without; says why if it failed."""
    if asked.state.state == "failed":
        raise BadInputError(f"{asked.label}: {asked.state.error}")
    return asked.found


def _given_up() -> list[str]:
    found: list[str] = st.session_state.setdefault(_GIVEN_UP, [])
    return found


def follow(asked: Sequence[Asked]) -> None:
    """Show what is under way with Cancel, until one of them is done; then the page runs again."""
    for one in asked:
        if one.state.state == "failed":
            st.error(f"{one.label}: {plain(one.state.error)}", icon=":material/error:")
        if one.state.state == "none":
            _again(one)
    going = [one for one in asked if not one.state.finished]
    if going:
        st.fragment(_going, run_every=EVERY_S)(going)


def _again(one: Asked) -> None:
    label = f"{one.label}: ask again"
    st.button(
        label, key=f"again:{one.key}", icon=":material/replay:", on_click=_take_back, args=(one,)
    )


def _take_back(one: Asked) -> None:
    st.session_state[_GIVEN_UP] = [key for key in _given_up() if key != one.key]


def _going(going: Sequence[Asked]) -> None:
    for one in going:
        state = explanation_state(one.workspace, one.key)
        if state.finished:
            st.rerun()
        bar, button = st.columns([5, 1], vertical_alignment="center")
        share = min(state.done / state.total, 1.0) if state.total else 0.0
        bar.progress(share, text=f"{one.label}: {_said(state)}")
        button.button(
            "Cancel", key=f"cancel:{one.key}", width="stretch", on_click=_give_up, args=(one,)
        )


def _said(state: ExplanationState) -> str:
    if state.state == "starting":
        return "loading the network, which takes some seconds the first time"
    if state.state == "waiting":
        return "waiting for its turn"
    message = plain(state.message) or "looking"
    return f"{message}, {state.done:,} of {state.total:,}" if state.total else message


def _give_up(one: Asked) -> None:
    _given_up().append(one.key)
    cancel_explanation(one.workspace, one.key)


def withdraw_others(workspace: Workspace, keys: Sequence[str]) -> None:
    """Give up what this visitor asked for before and does not look at any more."""
    for key in st.session_state.get(_ASKED, []):
        if key not in keys:
            cancel_explanation(workspace, key)
    st.session_state[_ASKED] = list(keys)
