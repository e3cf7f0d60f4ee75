"""One group closely: its members, its classes, its name, and what to do with it."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from astro_core.clustering import CLUSTERERS
from astro_core.errors import TuningForkError
from astro_core.figures.theme import NOBODY, in_either_theme
from astro_core.ui import cluster_act, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.cluster_state import NOISE, Shown
from astro_core.ui.words import plain, readable
from astro_core.workflows.cluster_overview import Overview
from astro_core.workflows.clustering_store import name_group

PARTS = {"typical": "Typical", "strangest": "Strangest", "all": "All", "classes": "Classes"}


def panel(shown: Shown, found: Overview, number: int) -> None:
    """Draw the group that is picked."""
    key = f"{shown.key}:group"
    _title(shown, found, number)
    counts = found.class_counts.loc[number].to_dict()
    if sum(counts.values()):
        st.html(
            cluster_act.class_bar(cluster_act.class_parts(shown, counts))
            + cluster_act.class_words(shown, counts)
        )
    ids = _members(shown, number)
    if not ids:
        st.info("No galaxy fell into this cell of the map.")
        return
    said = shown.said(number)
    label = CLUSTERERS.get(shown.method).label
    with st.container(horizontal=True, gap="small"):
        cluster_act.buttons(
            shown, ids, key=key, source=f"{said} of {label}",
            reason=f"{said[:1].upper()}{said[1:]} of {label}, {len(ids):,} galaxies",
        )  # fmt: skip
    part = st.segmented_control(
        "Members", list(PARTS), key=f"{key}:part", required=True, default="typical",
        format_func=PARTS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    if part == "classes":
        _classes(shown, found, number)
    else:
        _stamps(shown, found, number, part, ids)


def _title(shown: Shown, found: Overview, number: int) -> None:
    n, total = int(found.sizes.loc[number]), int(found.sizes.sum())
    words, name, close = st.columns([1.5, 1.6, 0.4], vertical_alignment="center")
    title = "Noise" if number == NOISE else f"Group {number}"
    words.markdown(f"**{title}** · {n:,} ({n / total:.1%})")
    if number != NOISE:
        with name:
            _name(shown, number)
    close.button(
        "", key=f"{shown.key}:unpick", icon=":material/close:", help="Back to all groups",
        type="tertiary", on_click=state.pick, args=(None,),
    )  # fmt: skip


def _name(shown: Shown, number: int) -> None:
    key = f"{shown.key}:name:{number}"
    st.session_state[key] = shown.group_names.get(number, "")
    refused = f"{shown.key}:name:refused"

    def changed() -> None:
        try:
            name_group(shown.workspace, shown.clustering_key, number, st.session_state[key])
        except TuningForkError as error:
            st.session_state[refused] = str(error)

    st.text_input(
        "Name of the group", key=key, placeholder="Give it a name", max_chars=80,
        label_visibility="collapsed", on_change=changed, icon=":material/edit:",
    )  # fmt: skip
    if problem := st.session_state.pop(refused, ""):
        frame.problem(problem)


def _members(shown: Shown, number: int) -> list[str]:
    """Members, those that belong most first."""
    assert shown.result is not None
    rows = np.flatnonzero(shown.result.labels == number)
    order = rows[np.argsort(-shown.result.strengths[rows], kind="stable")]
    return [shown.result.object_ids[i] for i in order]


def _stamps(shown: Shown, found: Overview, number: int, part: str, ids: list[str]) -> None:
    assert shown.result is not None
    chosen = {"typical": found.typical, "strangest": found.strangest}.get(part, {})
    listed = list(chosen.get(number, ids)) if part != "all" else ids
    at = dict(zip(shown.result.object_ids, shown.result.strengths, strict=True))
    captions = {i: f"{at[i]:.2f}" for i in listed}
    key = f"{shown.key}:members:{part}:{number}"
    cluster_act.paged(shown, listed, key=key, captions=captions)
    st.caption(f"Strength: {plain(CLUSTERERS.get(shown.method).strength_meaning)}")


def _classes(shown: Shown, found: Overview, number: int) -> None:
    """Each class: how many of the group, its share, and how that compares with everything."""
    here, everywhere = found.class_counts.loc[number], found.class_counts.sum()
    n, total = int(here.sum()), int(everywhere.sum())
    longest = here.max() / n
    rows = []
    for name in here.index:
        if not everywhere[name]:
            continue
        share, usual = here[name] / n, everywhere[name] / total
        colour = in_either_theme(shown.colours.get(name, NOBODY))
        style = f"width:{share / longest:.1%};background:{colour}"
        rows.append(
            f"<tr><th><b>{escape(shown.letters.get(name, ''))}</b> "
            f"{escape(readable(name) or 'no label')}</th>"
            f'<td class="tf-bar"><i style="{style}"></i></td>'
            f"<td>{int(here[name]):,}</td><td>{share:.1%}</td><td>{usual:.1%}</td></tr>"
        )
    st.html(
        '<table class="tf-classes"><tr><th>class</th><td></td><td>n</td><td>here</td>'
        f"<td>of all</td></tr>{''.join(rows)}</table>"
    )
    st.caption(f"n = {n:,} here, {total:,} in all; the last column is what chance would give.")
