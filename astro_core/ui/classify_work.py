"""Ask the model about every picture, one after the other, while the page can be used."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from astro_core.errors import TuningForkError
from astro_core.ui import classify_cached
from astro_core.ui.classify_state import Shown
from astro_core.ui.words import duration, plain, rate

_STOPPED = "classify:stopped"  # for which pictures and question this visit cancelled
_FAILED = "classify:failed"  # what was wrong with those that could not be answered
_NAMED = 3


def go_on(shown: Shown) -> None:
    """Ask about what is left, with a bar and Cancel; called last, when all else is drawn.

    A press anywhere interrupts it; the next run of the page goes on.
    """
    left = [p for p in shown.pictures if not classify_cached.is_done(shown, p)]
    token = str([shown.asked, len(shown.pictures)])
    if not left:
        return
    if st.session_state.get(_STOPPED) == token:
        _offer(len(left))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, text=_words(shown, left, 0, 0.0))
        st.button("Cancel", key="classify:stop", on_click=_stop, args=(token,))
    begun, failed = time.monotonic(), []
    for done, picture in enumerate(left):
        bar.progress(
            (len(shown.pictures) - len(left) + done) / len(shown.pictures),
            text=_words(shown, left, done, time.monotonic() - begun),
        )
        try:
            classify_cached.classified(shown, picture)
        except TuningForkError as error:
            failed.append(f"{picture.name}: {error}")
    if failed:
        _stop(token, failed)
    st.rerun()


def _words(shown: Shown, left: list, done: int, seconds: float) -> str:
    n = len(shown.pictures)
    said = f"{n - len(left) + done:,} of {n:,} pictures"
    if not done or not seconds:
        return said
    per_second = done / seconds
    return (
        f"{said}, {rate(per_second)} per second, {duration((len(left) - done) / per_second)} left"
    )


def _stop(token: str, failed: Sequence[str] = ()) -> None:
    st.session_state[_STOPPED], st.session_state[_FAILED] = token, failed


def _offer(n_left: int) -> None:
    failed = st.session_state[_FAILED]
    for said in failed[:_NAMED]:
        st.error(plain(said), icon=":material/error:")
    if len(failed) > _NAMED:
        st.error(f"{len(failed) - _NAMED:,} more could not be answered.")
    with st.container(horizontal=True, vertical_alignment="center"):
        left = "1 picture has" if n_left == 1 else f"{n_left:,} pictures have"
        st.markdown(f"{left} no answer.", width="content")
        st.button(
            "Go on", key="classify:go-on", on_click=lambda: st.session_state.pop(_STOPPED, None)
        )
