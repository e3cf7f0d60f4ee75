"""The one thing everything depends on: the open dataset, in the sidebar and in the address."""

from __future__ import annotations

from html import escape

import streamlit as st

from astro_core.domain import Dataset
from astro_core.ui import cached
from astro_core.ui.images import data_uri
from astro_core.ui.words import plain
from astro_core.workspace import Workspace

PARAMETER = "dataset"
_PICKER = "frame:dataset"
_MISSING = "frame:missing"  # a dataset that the address asked for and that is not there
_COLOURS = ("#FF7A6B", "#7FD6A4", "#6FA8FF")
SIMULATED = '<span class="tf-chip tf-simulated">simulated</span>'


def _asked_for(datasets: tuple[Dataset, ...]) -> str | None:
    """Name that the address or the session asks for, if there is such a dataset."""
    names = {d.name.lower(): d.name for d in datasets}
    for asked in (st.query_params.get(PARAMETER), st.session_state.get(PARAMETER)):
        if asked and asked.lower() in names:
            return names[asked.lower()]
    return None


def chosen(datasets: tuple[Dataset, ...]) -> Dataset | None:
    """The open dataset: the one asked for, else the demo, else the first."""
    if not datasets:
        return None
    name = _asked_for(datasets)
    by_name = {d.name: d for d in datasets}
    return by_name[name] if name else by_name.get("demo", datasets[0])


def remember(name: str) -> None:
    """Open the dataset `name`: in the session, so that every page knows, and in the address."""
    st.session_state[PARAMETER] = name
    st.query_params[PARAMETER] = name
    st.session_state.pop(_MISSING, None)


def forget(name: str) -> None:
    """Close the dataset `name` if it is open."""
    if st.session_state.get(PARAMETER) == name:
        del st.session_state[PARAMETER]
        st.query_params.clear()


def switch() -> None:
    """What the picker does: filters in the address belong to the dataset that was open before."""
    name = st.session_state[_PICKER]
    st.query_params.clear()
    remember(name)


def show(workspace: Workspace) -> None:
    """Draw the open dataset in the sidebar."""
    datasets = cached.datasets(workspace)
    dataset = chosen(datasets)
    with st.sidebar:
        if dataset is None:
            st.caption("No dataset yet.")
            return
        asked = st.query_params.get(PARAMETER)
        if asked and asked.lower() != dataset.name.lower():
            st.session_state[_MISSING] = asked
        if missing := st.session_state.get(_MISSING):
            said = f"There is no dataset named '{plain(missing)}'."
            st.warning(said, icon=":material/search_off:")
        st.session_state[PARAMETER] = st.query_params[PARAMETER] = dataset.name
        st.session_state[_PICKER] = dataset.name
        st.selectbox("Dataset", [d.name for d in datasets], key=_PICKER, on_change=switch)
        st.html(card(workspace, dataset))


def card(workspace: Workspace, dataset: Dataset) -> str:
    """HTML of a dataset in brief: first stamp, size, recipe, and whether it is simulated."""
    stamp = cached.first_stamp(workspace, dataset)
    alt = escape(f"First image of {dataset.name}")
    picture = f'<img src="{data_uri(stamp)}" alt="{alt}">' if stamp else ""
    badge = SIMULATED if dataset.source.simulated else ""
    lines = [
        f'<span class="tf-num">{dataset.n_objects:,}</span> objects',
        swatch(dataset),
        badge,
    ]
    inner = "".join(f"<div>{line}</div>" for line in lines if line)
    return f'<div class="tf-open">{picture}<div class="tf-lines">{inner}</div></div>'


def swatch(dataset: Dataset) -> str:
    """HTML of the default recipe: which band is which colour."""
    recipe = dataset.recipe
    if recipe.transform == "picture":
        return '<span class="tf-soft">colours as stored</span>'
    bands = "".join(
        f'<span style="border-color:{colour}">{escape(band)}</span>'
        for band, colour in zip(recipe.bands, _COLOURS, strict=True)
    )
    return f'<span class="tf-swatch">{bands}</span> <span class="tf-soft">{recipe.transform}</span>'
