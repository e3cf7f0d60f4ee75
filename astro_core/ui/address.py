"""Plain choices of a page, held in its address."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st


def parameter(name: str, allowed: Any, default: str) -> str:
    """A plain choice from the address; the default for anything else."""
    value = st.query_params.get(name, default)
    return value if value in allowed else default


def keep(name: str, value: str, default: str) -> None:
    """Put a plain choice into the address, leaving the default out."""
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def hold(key: str, value: Any) -> str:
    """Make a widget show `value`, whatever it showed before: the address is what counts.

    It is told at every run: the run that told it first may have been cut short, and the browser
    would then show, and send, the first of the options.

    Returns
    -------
    str
        `key`.
    """
    st.session_state[key] = value
    return key


def taken(key: str, options: Collection[Any], act: Callable[[Any], None]) -> Callable[[], None]:
    """Make what happens when something is chosen: `act` is called with it.

    Streamlit takes the words of an option whose words changed since they were drawn, as those of
    a training that has ended, for a choice of their own; such a choice is none.

    Parameters
    ----------
    key : str
        Of the widget.
    """

    def told() -> None:
        chosen = st.session_state[key]
        if chosen in options:
            act(chosen)

    return told
