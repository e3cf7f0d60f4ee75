"""One galaxy: what the model says it is, how sure, why, and what it has seen that looks like it."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from astro_core.evaluation.calibration import UNDEFINED_BELOW
from astro_core.figures.explain import answer_bars
from astro_core.ui import charts, classify_look
from astro_core.ui.classify_state import Shown
from astro_core.ui.images import data_uri, fit, jpeg_bytes
from astro_core.ui.words import plain, readable
from astro_core.workflows.classified import Classified, Found, Similar
from astro_core.workflows.classify_similar import similar_images

_TILE_PX = 72


def answer(shown: Shown, classified: Classified, found: Found) -> None:
    """Draw what the model says, and why that may not be trusted."""
    if found.warnings:
        st.warning("  \n".join(map(plain, found.warnings)), icon=":material/warning:")
    if classified.head.kind == "votes":
        votes(classified, found, classified.head.name)
    else:
        _bars(shown, classified, found)
    for head in classified.heads:
        if head.kind == "votes" and head.name != classified.head.name:
            with st.popover(
                f"{readable(head.name).capitalize()} it expects", icon=":material/how_to_vote:"
            ):
                votes(classified, found, head.name)


def _bars(shown: Shown, classified: Classified, found: Found) -> None:
    head = classified.head
    values = found.answers[head.name]
    figure = answer_bars(
        head.outputs, values.tolist(), explained=head.outputs[int(values.argmax())],
        title=classify_look.verdict(classified, found),
        colours=classify_look.colours(head), letters=classify_look.letters(head),
        words={name: readable(name) for name in head.outputs},
    )  # fmt: skip
    said = (
        f"{readable(name)} {value:.2f}" for name, value in zip(head.outputs, values, strict=True)
    )
    charts.show(figure, key=f"{shown.key}:bars:{found.object_id}", alt=", ".join(said))
    st.caption(_sure(found))


def _sure(found: Found) -> str:
    """How sure that is, in words."""
    unsure = (
        f"No class reaches {UNDEFINED_BELOW:g}, so it is undefined. " if found.undefined else ""
    )
    if not found.prediction_set:
        return unsure
    names = " or ".join(readable(name) for name in found.prediction_set)
    return f"{unsure}At the coverage that the model promises it is {names}."


def votes(classified: Classified, found: Found, head_name: str) -> None:
    """Draw the answer to each question that most people would give."""
    head = next(one for one in classified.heads if one.name == head_name)
    values = found.answers[head_name]
    rows = []
    for places in head.questions or (tuple(range(len(head.outputs))),):
        at = max(places, key=lambda place: values[place])
        question, _, answer = classify_look.words(head, head.outputs[at]).rpartition(": ")
        rows.append(
            f"<tr><th>{escape(question)}</th><td>{values[at]:.2f}</td><td>{escape(answer)}</td></tr>"
        )
    st.html(
        '<table class="tf-measures"><caption>Share of people who would say so</caption>'
        + "".join(rows)
        + "</table>"
    )


def similar(shown: Shown, found: Found) -> None:
    """Draw the galaxies that the model learned from and that look most like this one."""
    if not found.similar:
        return
    images = _images(tuple(found.similar), shown)
    tiles = [_tile(one, images.get(one)) for one in found.similar]
    st.markdown("**Most like it, of what the model learned from**")
    st.html(f'<div class="tf-sheet" style="--tile:{_TILE_PX}px">{"".join(tiles)}</div>')
    if not images:
        st.caption("Their images are not in this workspace; their labels are.")


@st.cache_resource(max_entries=64, show_spinner=False)
def _images(similar_ones: tuple[Similar, ...], _shown: Shown) -> dict[Similar, np.ndarray]:
    return similar_images(_shown.workspace, similar_ones)


def _tile(one: Similar, image: np.ndarray | None) -> str:
    name = escape(readable(one.label))
    where = escape(f"{one.object_id} of {one.dataset}")
    picture = ""
    if image is not None:
        picture = f'<img src="{data_uri(jpeg_bytes(fit(image, _TILE_PX)))}" alt="{where}">'
    return f'<figure title="{where}">{picture}<figcaption>{name}</figcaption></figure>'
