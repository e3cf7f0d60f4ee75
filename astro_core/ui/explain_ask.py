"""Ask for looks into a model, follow them, and give up those that nobody waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

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
    question : Mapping
        Arguments of `explain`, to ask once more.
    """

    key: str
    label: str
    state: ExplanationState
    workspace: Workspace
    question: Mapping[str, Any]

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
    return ask_of(
        shown.workspace, method, model=model, dataset=shown.dataset.name,
        object_id=shown.object_id, head=head.name, output=output, layer=layer, first=first,
        wait_s=wait_s,
    )  # fmt: skip


def ask_of(workspace: Workspace, method: str, *, wait_s: float = 0.0, **question_of: Any) -> Asked:
    """Ask for a look at any galaxy, unless it is there or was given up.

    Parameters
    ----------
    question_of
        Other arguments of `workflows.explain.explain`.

    Raises
    ------
    NotFoundError, BadInputError
        As `explain`.
    """
    given = {"method": method, **question_of}
    key = str(question(workspace, **given)["key"])
    state = explanation_state(workspace, key)
    if state.state == "none" and key not in _given_up():
        explain(workspace, **given, wait_s=wait_s)
        state = explanation_state(workspace, key)
    return Asked(
        key=key, label=METHODS.get(method).label, state=state, workspace=workspace, question=given
    )


def _given_up() -> list[str]:
    found: list[str] = st.session_state.setdefault(_GIVEN_UP, [])
    return found


def follow(asked: Sequence[Asked]) -> None:
    """Show what is under way with Cancel, until one of them is done; then the page runs again."""
    for one in asked:
        if one.state.state == "failed":
            st.error(f"{one.label}: {plain(one.state.error)}", icon=":material/error:")
        if one.state.state in ("failed", "none"):
            _again(one)
    going = [one for one in asked if not one.state.finished]
    if going:
        st.fragment(_going, run_every=EVERY_S)(going)


def _again(one: Asked) -> None:
    label = f"{one.label}: ask again"
    st.button(
        label, key=f"again:{one.key}", icon=":material/replay:", on_click=_once_more, args=(one,)
    )


def _once_more(one: Asked) -> None:
    st.session_state[_GIVEN_UP] = [key for key in _given_up() if key != one.key]
    explain(one.workspace, **one.question, again=True)


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
