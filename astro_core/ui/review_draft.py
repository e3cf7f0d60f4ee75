"""The classes that somebody is changing, kept in the session until they are saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from astro_core.domain import Dataset, Taxonomy
from astro_core.params import digest
from astro_core.workflows.taxonomy_draft import Draft, Kind


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where one set of classes is changed.

    Attributes
    ----------
    base : Taxonomy
        What is saved, in its newest version.
    key : str
        Begins the keys of widgets.
    place : str
        Where the session keeps the rows.
    """

    dataset: Dataset
    base: Taxonomy
    key: str
    place: str

    def draft(self) -> Draft:
        """Return the rows as they are now."""
        text = st.session_state.get(self.place)
        return Draft.from_text(text) if text else Draft(self.base)

    def change(self, do: Callable[[Draft], Any]) -> None:
        """Change the rows, and keep them."""
        draft = self.draft()
        do(draft)
        st.session_state[self.place] = draft.to_text()

    def put(self, kind: Kind, number: str, field: str, widget: str) -> None:
        """Take over what a widget says now."""
        value = st.session_state[widget]
        self.change(lambda draft: draft.row(kind, number).update({field: value}))

    def shown(self, kind: Kind, number: str, field: str, value: Any) -> dict[str, Any]:
        """Make a widget show a value and take over what is done with it: its key and callback."""
        widget = f"{self.key}:{number}:{field}"
        st.session_state[widget] = value
        return {
            "key": widget, "on_change": self.put, "args": (kind, number, field, widget),
        }  # fmt: skip

    def drop(self) -> None:
        """Forget the changes."""
        st.session_state.pop(self.place, None)


def desk(dataset: Dataset, base: Taxonomy) -> Desk:
    """Open what somebody was changing, or begin with what is saved."""
    token = [str(dataset.folder), base.name, base.version]
    key = f"review:classes:{digest(token, length=6)}"
    return Desk(dataset=dataset, base=base, key=key, place=f"{key}:draft")


def begin_from(dataset: Dataset, base: Taxonomy, older: Taxonomy) -> None:
    """Let the changes begin with what an older version says."""
    again = Draft(replace(older, version=base.version))
    st.session_state[desk(dataset, base).place] = again.to_text()
