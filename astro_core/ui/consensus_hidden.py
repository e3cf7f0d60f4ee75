"""What a person may not see yet: who was asked and has not answered is not to be led."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import streamlit as st

from astro_core.ui.consensus_cached import Key
from astro_core.ui.consensus_state import Shown
from astro_core.workflows.blind import unseen


def visible(shown: Shown, object_ids: Sequence[str]) -> list[str]:
    """Those of some galaxies that the person may look at; says how many others there are."""
    hidden = of(shown)
    seen = [object_id for object_id in object_ids if object_id not in hidden]
    n = len(object_ids) - len(seen)
    if n:
        are = "1 more is" if n == 1 else f"{n:,} more are"
        st.caption(
            f"{are} not shown: a queue still asks for them, and you have not answered them. "
            "Answer them first, or wait until the rules of the queue are met."
        )
    return seen


def of(shown: Shown) -> frozenset[str]:
    """The galaxies that are hidden from the person."""
    return cast("frozenset[str]", _unseen(shown.asked.key, shown.person.name, shown))


@st.cache_resource(max_entries=16, show_spinner=False)
def _unseen(
    key: Key,  # noqa: ARG001 - what it follows from
    name: str,  # noqa: ARG001 - the same
    _shown: Shown,
) -> frozenset[str]:
    return unseen(_shown.workspace, _shown.dataset, _shown.person)
