"""What was clicked in a view, kept for as long as the same groups are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from astro_core.ui.cluster_state import Shown


def _place(shown: Shown, view: str) -> str:
    return f"{shown.key}:{view}:picked"


def _of(shown: Shown) -> str:
    return f"{shown.features_key}:{shown.clustering_key}"


def kept(shown: Shown, view: str) -> Any:
    """What was picked in a view of the groups shown now; None without a pick."""
    of, value = st.session_state.get(_place(shown, view), ("", None))
    return value if of == _of(shown) else None


def keep(shown: Shown, view: str, value: Any) -> None:
    """Remember a pick: numbers, texts, or lists of them."""
    st.session_state[_place(shown, view)] = (_of(shown), value)


def keeper(
    shown: Shown, view: str, read: Callable[[list[Any]], Any]
) -> Callable[[list[Any]], None]:
    """Make what a chart calls when something is picked in it.

    Parameters
    ----------
    read : callable
        Makes of the customdata of the picked points what is remembered; None keeps what was.
    """

    def picked(customdata: list[Any]) -> None:
        value = read(customdata)
        if value is not None:
            keep(shown, view, value)

    return picked


def first(customdata: list[Any]) -> Any:
    """The first value of the first point: figures give a value, or a list that begins with it."""
    value = customdata[0]
    while isinstance(value, (list, tuple)):
        value = value[0]
    return value


def every(customdata: list[Any]) -> list[Any]:
    """The first value of every point, each once."""
    return list(dict.fromkeys(first([value]) for value in customdata))


def span(customdata: list[Any]) -> list[float] | None:
    """From the lowest to the highest end of the bars that were picked."""
    ends = [float(end) for bar in customdata if isinstance(bar, (list, tuple)) for end in bar]
    return [min(ends), max(ends)] if ends else None
