"""The pages there are, in their groups."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import Page

from astro_core.registry import Registry

FOLDER = Path(__file__).resolve().parents[2] / "pages"
_DECLARED = "navigation:declared"
_INSIDE: ContextVar[bool] = ContextVar("inside_app", default=False)


@dataclass(frozen=True, kw_only=True)
class PageSpec:
    """One page.

    Attributes
    ----------
    name : str
        Its address: "browse" is at /browse; "" is the first page.
    file : str
        Its file in pages/. A page whose file is not there yet is not in the navigation.
    symbol : str
        A Material symbol, drawn by our own style sheet: given to `st.Page`, the browser would
        fetch it from the internet to show it on its tab.
    """

    name: str
    title: str
    group: str
    file: str
    symbol: str

    @property
    def icon(self) -> str:
        """The symbol as buttons and links take it."""
        return f":material/{self.symbol}:"

    @property
    def path(self) -> Path:
        """The page's file."""
        return FOLDER / self.file


PAGES: Registry[PageSpec] = Registry("page")
for _spec in (
    PageSpec(name="home", title="Home", group="", file="home.py", symbol="home"),
    PageSpec(
        name="import",
        title="Import",
        group="Survey",
        file="import.py",
        symbol="download",
    ),
    PageSpec(
        name="browse",
        title="Browse",
        group="Survey",
        file="browse.py",
        symbol="grid_view",
    ),
    PageSpec(name="stretch", title="Stretch", group="Survey", file="stretch.py", symbol="tune"),
    PageSpec(
        name="cluster",
        title="Cluster",
        group="Discover",
        file="cluster.py",
        symbol="bubble_chart",
    ),
    PageSpec(name="train", title="Train", group="Learn", file="train.py", symbol="school"),
    PageSpec(name="runs", title="Runs", group="Learn", file="runs.py", symbol="list_alt"),
    PageSpec(
        name="evaluate",
        title="Evaluate",
        group="Learn",
        file="evaluate.py",
        symbol="fact_check",
    ),
    PageSpec(
        name="explain",
        title="Explain",
        group="Learn",
        file="explain.py",
        symbol="visibility",
    ),
    PageSpec(
        name="classify",
        title="Classify",
        group="Decide",
        file="classify.py",
        symbol="image_search",
    ),
    PageSpec(name="review", title="Review", group="Decide", file="review.py", symbol="rate_review"),
    PageSpec(
        name="consensus",
        title="Consensus",
        group="Decide",
        file="consensus.py",
        symbol="handshake",
    ),
    PageSpec(
        name="catalogue",
        title="Catalogue",
        group="Decide",
        file="catalogue.py",
        symbol="public",
    ),
):
    PAGES.add(_spec)


def _streamlit_page(spec: PageSpec) -> Page:
    first = spec.name == "home"
    return st.Page(
        spec.path,
        title=spec.title,
        url_path=None if first else spec.name,
        default=first,
    )


def _declare() -> Page:
    groups: dict[str, list[Page]] = {}
    for spec in PAGES:
        if spec.path.is_file():
            groups.setdefault(spec.group, []).append(_streamlit_page(spec))
    return st.navigation(groups, expanded=True)


def run() -> None:
    """Show the navigation and run the page that the address names; `app.py` calls this."""
    page = _declare()
    token = _INSIDE.set(True)
    try:
        page.run()
    finally:
        _INSIDE.reset(token)


def ensure() -> None:
    """Show the navigation on a page that runs on its own.

    The first visit to a deep link after the server's start runs the page without `app.py`. Once
    Streamlit knows the pages it runs `app.py` instead and takes every widget for a new one, so
    that happens at once and not at the visitor's first click, which would be lost.
    """
    if _INSIDE.get():
        return
    _declare()
    if not st.session_state.get(_DECLARED):
        st.session_state[_DECLARED] = True
        st.rerun()


def addresses() -> list[str]:
    """Path of every page: "/", "/browse"."""
    return ["/" if spec.name == "home" else f"/{spec.name}" for spec in PAGES]


def style() -> str:
    """Style rules that put the symbols into the navigation."""
    rules = []
    for spec, end in zip(PAGES, addresses(), strict=True):
        rules.append(
            f'[data-testid="stSidebarNavLink"][href$="{end}"]::before{{content:"{spec.symbol}"/""}}'
        )
    return "".join(rules)


def go(name: str, **query: str) -> NoReturn:
    """Leave for another page, with these values in its address."""
    st.switch_page(PAGES.get(name).path, query_params=query)


def link(name: str, label: str, *, icon: str | None = None, **query: str) -> None:
    """A link to another page, with these values in its address."""
    spec = PAGES.get(name)
    st.page_link(spec.path, label=label, icon=icon or spec.icon, query_params=query)
