"""Whether the answer of a model stays when the galaxy is turned or mirrored."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from astro_core.explain.results import Rotation
from astro_core.figures.explain import turned_answers
from astro_core.ui import charts, explain_answers, explain_ask
from astro_core.ui.explain_ask import Asked
from astro_core.ui.explain_state import Shown
from astro_core.ui.images import data_uri, fit, png_bytes
from astro_core.workflows.explain_store import Explanation

TILE_PX = 82


def panel(shown: Shown) -> list[Asked]:
    """Draw every orientation with its answer, and the spread of the answers."""
    asked = explain_ask.ask(shown, "rotation", wait_s=explain_ask.WAIT_S)
    found = asked.found
    if found is None:
        explain_ask.follow([asked])
        return [asked]
    turned = found.result
    assert isinstance(turned, Rotation)
    left, right = st.columns([1.5, 1], gap="medium")
    output = shown.output or explain_answers.own_answer(shown, found)
    places = explain_answers.places(shown, output)
    with left:
        st.html(_strip(shown, turned, places))
        st.caption(_maps_agree(shown, turned, output))
    with right:
        _spread(shown, found, turned, places)
    return [asked]


def _strip(shown: Shown, turned: Rotation, places: list[int]) -> str:
    """HTML of the galaxy in every orientation; below each, what it is said to be."""
    answers = turned.answers[:, places]
    usual = int(np.bincount(answers.argmax(axis=1)).argmax())
    tiles = []
    for i, view in enumerate(turned.views):
        top = int(answers[i].argmax())
        name = explain_answers.words(shown, turned.outputs[places[top]]).rpartition(": ")[2]
        source = data_uri(png_bytes(fit(turned.images[i], TILE_PX)))
        other = "" if top == usual else ' class="tf-other"'
        said = f"{answers[i, top]:.2f} {name}"
        tiles.append(
            f'<figure{other}><img src="{source}" alt="{escape(view)}: {escape(said)}">'
            f"<figcaption>{escape(said)}<br><span>{escape(view)}</span></figcaption></figure>"
        )
    return f'<div class="tf-sheet" style="--tile:{TILE_PX}px">{"".join(tiles)}</div>'


def _maps_agree(shown: Shown, turned: Rotation, output: str) -> str:
    words = explain_answers.words(shown, output)
    spread = f"The answer {words} spreads by {turned.spread(output):.3f} (standard deviation)."
    r = turned.map_agreement(output)
    if r is None:
        return f"{spread} A map of it is zero in some orientation, so maps are not compared."
    return f"{spread} Its Grad-CAM maps, turned back, agree with their mean by {r:.2f}."


def _spread(shown: Shown, found: Explanation, turned: Rotation, places: list[int]) -> None:
    votes = shown.asked[1].kind == "votes"
    outputs = [turned.outputs[place] for place in places]
    answers = turned.answers[:, places]
    figure = turned_answers(
        outputs, answers, turned.views, title=verdict(shown, turned, places),
        words={n: explain_answers.words(shown, n).rpartition(": ")[2] for n in outputs},
        colours={} if votes else shown.colours, letters={} if votes else shown.letters,
        x=explain_answers.axis(found, votes=votes),
    )  # fmt: skip
    charts.show(figure, key=f"{shown.key}:turned", alt=str(figure.layout.title.text))
    st.caption("A line is an orientation, the diamond their mean. Each is answered by itself.")


def verdict(shown: Shown, turned: Rotation, places: list[int]) -> str:
    """Say in how many orientations the answer is the same."""
    tops = turned.answers[:, places].argmax(axis=1)
    usual = int(np.bincount(tops).argmax())
    n, agree = len(tops), int((tops == usual).sum())
    name = explain_answers.words(shown, turned.outputs[places[usual]]).rpartition(": ")[2]
    if agree == n:
        return f"It says {name} however the galaxy is turned"
    return f"It says {name} in {agree} of {n} orientations"
