"""One row for each class: key, name, what it means, examples."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import GalaxyClass
from astro_core.domain.taxonomy import check_key
from astro_core.errors import BadInputError
from astro_core.ui import review_examples
from astro_core.ui.review_draft import Desk
from astro_core.ui.review_state import Shown
from astro_core.workflows.taxonomy_draft import Kind, Row

_COLUMNS = [0.55, 1.7, 4.2, 1.25, 1.35]


def class_rows(shown: Shown, at: Desk) -> None:
    """Draw the rows, and the way to one more."""
    draft = at.draft()
    rows = draft.rows["classes"]
    if rows:
        heads = st.columns(_COLUMNS, gap="small")
        for place, words in zip(heads, ("Key", "Class", "What it means"), strict=False):
            place.caption(words)
    free = {row["number"]: one.key for row, one in zip(rows, _keyed(at), strict=False)}
    for row in rows:
        _row(shown, at, row, free.get(row["number"], ""))
    st.button(
        "Add a class", key=f"{at.key}:add", icon=":material/add:",
        on_click=at.change, args=(lambda draft: draft.add("classes"),),
    )  # fmt: skip


def _keyed(at: Desk) -> tuple[GalaxyClass, ...]:
    try:
        return at.draft().taxonomy().with_keys().classes
    except BadInputError:
        return ()


def _row(shown: Shown, at: Desk, row: Row, free: str) -> None:
    key, name, meaning, examples, act = st.columns(_COLUMNS, gap="small")
    number, called = row["number"], row["name"] or "the new class"
    key.text_input(
        f"Key of {called}", max_chars=1, label_visibility="collapsed",
        placeholder=free.upper(), **at.shown("classes", number, "key", row["key"].upper()),
    )  # fmt: skip
    name.text_input(
        f"Name of {called}", max_chars=80, label_visibility="collapsed", placeholder="Name",
        **at.shown("classes", number, "name", row["name"]),
    )  # fmt: skip
    meaning.text_input(
        f"What {called} means", max_chars=400, label_visibility="collapsed",
        placeholder="What it means, for whoever is not sure",
        **at.shown("classes", number, "description", row["description"]),
    )  # fmt: skip
    n = len(row["example_ids"])
    if examples.button(
        f"Examples ({n})" if n else "Examples", key=f"{at.key}:{number}:examples", width="stretch",
        help=f"Galaxies that show {called}",
    ):  # fmt: skip
        review_examples.dialog(shown, at, number)
    with act:
        row_buttons(at, "classes", number, called)
    try:
        check_key(row["key"].strip(), called)
    except BadInputError:
        st.caption(":material/error: This key cannot be used")


def row_buttons(at: Desk, kind: Kind, number: str, called: str) -> None:
    """Draw what is done with a row: up, down, out."""
    acts = {
        "arrow_upward": (f"Move {called} up", lambda draft: draft.move(kind, number, -1)),
        "arrow_downward": (f"Move {called} down", lambda draft: draft.move(kind, number, 1)),
        "delete": (f"Take {called} out", lambda draft: draft.remove(kind, number)),
    }
    with st.container(horizontal=True, gap="xsmall", horizontal_alignment="right"):
        for icon, (words, do) in acts.items():
            st.button(
                "", icon=f":material/{icon}:", key=f"{at.key}:{number}:{icon}", type="tertiary",
                help=words, on_click=at.change, args=(do,),
            )  # fmt: skip
