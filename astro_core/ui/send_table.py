"""Buttons that send a table to TOPCAT, Aladin and the like, where they run on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from astro_core.ui import frame, who
from astro_core.ui.words import plain
from astro_core.workflows import samp
from astro_core.workspace import Workspace


def buttons(workspace: Workspace, write: Callable[[Path], object], name: str, *, key: str) -> None:
    """Offer every program that takes tables; nothing where there is none.

    Where people sign in they sit at other machines, whose programs are not seen from here.

    Parameters
    ----------
    write : callable
        Writes the table as VOTable into the file that it is given.
    name : str
        What the program shall call it.
    """
    if who.has_sign_in():
        return
    with frame.in_words():
        for program in samp.receivers():
            if st.button(
                f"Send to {plain(program)}", key=f"{key}:{program}", icon=":material/send:",
                width="stretch",
            ):  # fmt: skip
                samp.send_table(workspace, write, name, to=program)
                st.toast(f"{plain(program)} has loaded it.")
