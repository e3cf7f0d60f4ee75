"""The pieces of Home: counts, the open dataset, cards of the others, disk use, recent runs."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from astro_core.domain import Dataset, Run
from astro_core.figures.theme import class_colours
from astro_core.ui import cached, frame, home_dialogs, navigation, sidebar
from astro_core.ui.images import data_uri
from astro_core.ui.run_status import elapsed_s
from astro_core.ui.words import disk, duration, objects, plain, readable
from astro_core.workflows.home import Counts, WorkspaceUse
from astro_core.workflows.reset_demo import keep_state
from astro_core.workspace import Workspace

_HERO_PX = 104
_CARD_PX = 62
_HERO_STAMPS = 15
_CARD_STAMPS = 6
_LEGEND = 6


def facts(counts: Counts, use: WorkspaceUse) -> None:
    """Live counts in one row."""
    cells = (
        (f"{counts.n_datasets:,}", "dataset" if counts.n_datasets == 1 else "datasets"),
        (f"{counts.n_objects:,}", "objects"),
        (f"{counts.n_labelled:,}", "of them have a class"),
        (
            f"{counts.n_runs:,}",
            f"{'run' if counts.n_runs == 1 else 'runs'}, {counts.n_going} in progress",
        ),
        (disk(use.total), "on disk"),
    )
    inner = "".join(f"<div><b>{value}</b><span>{name}</span></div>" for value, name in cells)
    st.html(f'<div class="tf-facts">{inner}</div>')


def strip(workspace: Workspace, dataset: Dataset, n: int, tile_px: int, *, spread: bool) -> None:
    """A row of stamps, one class after the other."""
    images = "".join(
        f'<img src="{data_uri(content)}" width="{tile_px}" height="{tile_px}" alt="">'
        for content in cached.samples(workspace, dataset, n, tile_px)
    )
    alt = escape(f"Some images of {dataset.name}", quote=True)
    style = f"height:{tile_px}px;justify-content:{'space-between' if spread else 'flex-start'}"
    # what does not fit wraps out of sight: no stamp is ever cut
    st.html(f'<div class="tf-strip" style="{style}" role="img" aria-label="{alt}">{images}</div>')


def balance(dataset: Dataset) -> str:
    """HTML of a bar with the share of each class, and its legend."""
    total = sum(dataset.class_counts.values())
    if not total:
        return '<div class="tf-legend tf-soft">no classes yet</div>'
    colours = class_colours(dataset.taxonomy, light=frame.is_light())
    present = sorted(dataset.class_counts.items(), key=lambda item: -item[1])
    bars = "".join(
        f'<span style="flex:{n};background:{colours.get(name, "#9AA3B2")}"></span>'
        for name, n in present
        if n
    )
    named = "".join(
        f'<span><i style="background:{colours.get(name, "#9AA3B2")}"></i>{escape(readable(name))} '
        f'<span class="tf-soft tf-num">{n / total:.0%}</span></span>'
        for name, n in present[:_LEGEND]
    )
    rest = len(present) - _LEGEND
    more = f'<span class="tf-soft">and {rest} more</span>' if rest > 0 else ""
    said = escape(", ".join(f"{readable(name)} {n}" for name, n in present), quote=True)
    return (
        f'<div class="tf-balance" role="img" aria-label="Class balance: {said}">{bars}</div>'
        f'<div class="tf-legend">{named}{more}</div>'
    )


def headline(dataset: Dataset) -> str:
    """HTML of name, badge and counts."""
    badge = sidebar.SIMULATED if dataset.source.simulated else ""
    bad = f", {dataset.n_bad:,} left out" if dataset.n_bad else ""
    bands = escape(" ".join(dataset.bands))
    return (
        f'<div class="tf-title"><b>{escape(dataset.name)}</b>{badge}'
        f'<span class="tf-soft tf-num">{objects(dataset.n_objects)}{bad} · {bands}</span></div>'
    )


def hero(workspace: Workspace, dataset: Dataset) -> None:
    """The open dataset, and what to do with it next."""
    with st.container(border=True, key="open-dataset"):
        st.html(headline(dataset))
        strip(workspace, dataset, _HERO_STAMPS, _HERO_PX, spread=True)
        st.html(balance(dataset))
        with st.container(horizontal=True):
            for name, label, kind in (
                ("browse", "Look through it", "primary"),
                ("stretch", "Tune the colours", "secondary"),
            ):
                spec = navigation.PAGES.get(name)
                if spec.path.is_file() and st.button(
                    label, key=f"hero:{name}", icon=spec.icon, type=kind
                ):
                    navigation.go(name, dataset=dataset.name)
            actions(workspace, dataset)


def actions(workspace: Workspace, dataset: Dataset) -> None:
    """Rename, extend, delete: the rare ones, behind a menu."""
    chosen = st.menu_button(
        "More",
        ["Rename", "Add more images", "Delete"],
        key=f"more:{dataset.name}",
        help=f"What else can be done with {plain(dataset.name)}",
    )
    if chosen == "Rename":
        home_dialogs.rename(workspace, dataset)
    elif chosen == "Add more images":
        navigation.go("import", extend=dataset.name)
    elif chosen == "Delete":
        home_dialogs.delete(workspace, dataset)


def cards(workspace: Workspace, datasets: Sequence[Dataset]) -> None:
    """A card for each dataset that is not open."""
    columns = st.columns(3, gap="small")
    for place, dataset in enumerate(datasets):
        with columns[place % 3], st.container(border=True, key=f"card-{place}"):
            strip(workspace, dataset, _CARD_STAMPS, _CARD_PX, spread=False)
            st.html(headline(dataset) + balance(dataset))
            with st.container(horizontal=True):
                if st.button("Open", key=f"open:{dataset.name}"):
                    sidebar.remember(dataset.name)
                    st.rerun()
                actions(workspace, dataset)


def reset_button(workspace: Workspace) -> None:
    """In a demonstration: start over."""
    keep_state(workspace)
    if st.button("Reset the demo", icon=":material/restart_alt:", key="home:reset"):
        home_dialogs.reset(workspace)


def recent(all_runs: Sequence[Run]) -> None:
    """How the last runs ended."""
    ended = [run for run in all_runs if run.finished][:8]
    if not ended:
        st.caption("Nothing has been run yet.")
    for run in ended:
        line = f"**{plain(run.title)}** · {run.state} · {duration(elapsed_s(run))}"
        st.markdown(line + (f"  \n{plain(run.error)}" if run.error else ""))
