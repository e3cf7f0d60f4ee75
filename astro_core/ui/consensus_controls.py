"""The row above Consensus: which answers, by which rule, and what can be taken along."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from astro_core.domain import Dataset
from astro_core.labels.consensus import CONSENSUS
from astro_core.ui import consensus_export, consensus_import, frame, who
from astro_core.ui import consensus_state as state
from astro_core.ui.address import keep
from astro_core.ui.consensus_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.labels import Asked
from astro_core.workspace import Workspace

POPOVER_PX = 380


def row(shown: Shown) -> None:
    """Draw the row."""
    widths = [3.7, 1.6, 0.95, 0.95]
    about, rule, taken, given = st.columns(widths, vertical_alignment="bottom", gap="small")
    with about:
        _about(shown)
    with rule:
        _rule(shown)
    out = taken.popover("Export", width="stretch", icon=":material/download:")
    with out.container(width=POPOVER_PX):
        consensus_export.panel(shown)
    back = given.popover("Import", width="stretch", icon=":material/upload:")
    with back.container(width=POPOVER_PX):
        consensus_import.panel(shown.workspace, shown.dataset, shown.person)


def _about(shown: Shown) -> None:
    key = f"{shown.dataset.fingerprint}:consensus:about"
    options = list(range(len(shown.choices)))
    said = [_words(asked, alone=_alone(shown)) for asked in shown.choices]
    here = (shown.taxonomy.name, shown.question)
    at = [(asked.taxonomy.name, asked.question) for asked in shown.choices].index(here)
    st.session_state[key] = at
    st.selectbox(
        "What people answered", options, key=key, format_func=said.__getitem__,
        on_change=lambda: _look_at(shown.choices[st.session_state[key]]),
    )  # fmt: skip


def _alone(shown: Shown) -> bool:
    return len({asked.taxonomy.name for asked in shown.choices}) == 1


def _words(asked: Asked, *, alone: bool) -> str:
    texts = {question.name: question.text for question in asked.taxonomy.questions}
    what = texts.get(asked.question, "Classes")
    whose = "" if alone else f" · {asked.taxonomy.name}"
    noun = "answer" if asked.n_answers == 1 else "answers"
    return f"{what}{whose} ({asked.n_answers:,} {noun})"


def _look_at(asked: Asked) -> None:
    state.choose(asked.taxonomy.name, asked.question)


def _rule(shown: Shown) -> None:
    key = f"{shown.key}:rule"
    st.session_state[key] = shown.rule
    st.selectbox(
        "Combined by", shown.rules, key=key,
        format_func=lambda name: CONSENSUS.get(name).label,
        help="  \n".join(_about_rule(name) for name in shown.rules),
        on_change=lambda: keep(state.RULE, st.session_state[key], state.FIRST_RULE),
    )  # fmt: skip


def _about_rule(name: str) -> str:
    spec = CONSENSUS.get(name)
    return f"**{spec.label}:** {plain(spec.description)}"


def first(workspace: Workspace, dataset: Dataset) -> NoReturn:
    """Before anybody has answered anything: how answers come, and the page ends there."""
    if (person := who.person()) is not None:
        with st.expander("Labels from a file", icon=":material/upload:"):
            consensus_import.panel(workspace, dataset, person)
    frame.empty(
        "Once people have answered, you see here how far they agree, on what they differ, and "
        "what label follows for each galaxy.",
        {"Review galaxies": "review"},
    )
