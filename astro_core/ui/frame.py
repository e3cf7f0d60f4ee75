"""What every page has: title and question, navigation, the open dataset, errors in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import NoReturn

import streamlit as st

from astro_core import __version__
from astro_core.domain import Dataset
from astro_core.errors import TuningForkError
from astro_core.ui import cached, navigation, sidebar, who
from astro_core.ui.components import component
from astro_core.ui.words import plain
from astro_core.workspace import Workspace, current

ASSETS = Path(__file__).parent / "assets"
_STYLE = Path(__file__).parent / "style.css"
_ABOUT = (
    f"**Tuning Fork {__version__}**  \nA browser workbench for galaxy images: browse, tune, group, "
    "train, review. Everything stays on this machine."
)


def _nothing() -> None:
    """Draw the page again; figures take their colours from the theme."""


def is_light() -> bool:
    """Whether the visitor uses the light theme."""
    return bool(st.context.theme.type == "light")


def page(title: str, question: str) -> Workspace:
    """Begin a page; every page calls this before anything else.

    Parameters
    ----------
    title : str
        The page's name, as in the navigation.
    question : str
        The one question that the page answers.

    Returns
    -------
    Workspace
        The workspace in use.
    """
    st.set_page_config(
        page_title=f"{title} · Tuning Fork",
        page_icon=str(ASSETS / "icon.svg"),
        layout="wide",
        initial_sidebar_state="expanded",
        menu_items={"About": _ABOUT},
    )
    navigation.ensure()
    scheme = "light" if is_light() else "dark"
    root = f":root{{color-scheme:{scheme}}}"  # pop-overs lie outside what Streamlit tells so
    st.html(f"<style>{root}{_STYLE.read_text('utf-8')}{navigation.style()}</style>")
    st.logo(str(ASSETS / "logo.svg"), size="large", icon_image=str(ASSETS / "icon.svg"))
    st.html(f'<header class="tf-head"><h1>{escape(title)}</h1><p>{escape(question)}</p></header>')
    who.admit()
    workspace = current()
    sidebar.show(workspace)
    who.badge()
    with st.sidebar.container(key="theme-watch"):
        component("theme_watch")(
            key="frame:theme", data={"pages": navigation.addresses()}, on_changed_change=_nothing
        )
    return workspace


def open_dataset(workspace: Workspace) -> Dataset | None:
    """Return the dataset that is open, as the sidebar shows it; None where there is none."""
    return sidebar.chosen(cached.datasets(workspace))


def open_dataset_or_stop(workspace: Workspace) -> Dataset:
    """Return the dataset that is open, or say how to get one and end the page there."""
    dataset = open_dataset(workspace)
    if dataset is None:
        empty(
            "There is no dataset yet: this page shows one once it is imported.",
            {"Import images": "import", "Make the demo survey": "home"},
        )
    return dataset


def empty(sentence: str, ways: dict[str, str]) -> NoReturn:
    """Say in one sentence what a page will show, offer the ways there, and end the page.

    Parameters
    ----------
    ways : dict
        Text of a button to the page that it leads to.
    """
    with st.container(border=True):
        st.markdown(sentence)
        with st.container(horizontal=True):
            for place, (label, name) in enumerate(ways.items()):
                kind = "secondary" if place else "primary"
                if st.button(label, key=f"empty:{name}:{label}", type=kind):
                    navigation.go(name)
    st.stop()


@contextmanager
def in_words() -> Iterator[None]:
    """Show errors that are meant for the reader where they happen; the page goes on after."""
    try:
        yield
    except TuningForkError as error:
        problem(error)


def problem(error: TuningForkError | str) -> None:
    """Show an error as text: what was wrong, and what to do."""
    st.error(plain(str(error)), icon=":material/error:")
