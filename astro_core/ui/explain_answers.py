"""What a model answered for a galaxy, and which answer its maps are for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from astro_core.evaluation.calibration import UNDEFINED_BELOW
from astro_core.figures.explain import answer_bars
from astro_core.ui import charts, navigation
from astro_core.ui.address import hold, keep
from astro_core.ui.explain_state import Shown
from astro_core.ui.words import plain, readable
from astro_core.workflows.answer_words import answer_words
from astro_core.workflows.explain_export import numbers
from astro_core.workflows.explain_store import Explanation


def own_answer(shown: Shown, found: Explanation) -> str:
    """The answer that the model gave; of votes, to the question that everybody is asked."""
    _, head = shown.asked
    if head.kind == "votes" and head.questions:
        first = list(head.questions[0])
        return head.outputs[first[int(found.answers[first].argmax())]]
    return found.top


def words(shown: Shown, output: str) -> str:
    """An answer for a person."""
    return answer_words(output) if shown.asked[1].kind == "votes" else readable(output)


def panel(shown: Shown, found: Explanation, output: str, looks: Sequence[Explanation]) -> None:
    """Draw the bars, the choice of the answer that is explained, and the ways on."""
    _choice(shown, found, output)
    _, head = shown.asked
    rows = places(shown, output)
    outputs = [found.outputs[row] for row in rows]
    votes = head.kind == "votes"
    label = "" if votes else shown.labels_of([shown.object_id])[0] or ""
    figure = answer_bars(
        outputs, found.answers[rows].tolist(), explained=output,
        title=verdict(shown, found, output, label), label=label, x=axis(found, votes=votes),
        words={name: words(shown, name).rpartition(": ")[2] for name in outputs},
        colours={} if votes else shown.colours, letters={} if votes else shown.letters,
    )  # fmt: skip
    said = (f"{words(shown, n)} {found.answers[p]:.2f}" for n, p in zip(outputs, rows, strict=True))
    charts.show(
        figure, key=f"{shown.key}:bars:{shown.object_id}:{output}", selectable=True,
        modes=("points",), on_pick=lambda picked: _choose(str(picked[0]), own_answer(shown, found)),
        alt=", ".join(said),
    )  # fmt: skip
    _ways_on(shown, looks)


def places(shown: Shown, output: str) -> list[int]:
    """Outputs that are drawn: all classes; of votes, the answers to the same question."""
    _, head = shown.asked
    at = head.outputs.index(output)
    if head.kind == "votes":
        return next((list(q) for q in head.questions if at in q), [at])
    return list(range(len(head.outputs)))


def verdict(shown: Shown, found: Explanation, output: str, label: str) -> str:
    """Say what was answered and what people said, in one sentence."""
    if shown.asked[1].kind == "votes":
        return f"What it expects people to say: {words(shown, output).partition(': ')[0]}"
    top = float(found.answers.max())
    undecided = found.calibrated and top < UNDEFINED_BELOW
    said = "It is undecided:" if undecided else "It says"
    said = f"{said} {readable(found.top)}, {top:.2f}"
    if not label:
        return f"{said}; nobody has said yet"
    if label == found.top and not undecided:
        return f"{said}, as people do"
    unknown = "" if label in found.outputs else ", which it does not know"
    return f"{said}; people say {readable(label)}{unknown}"


def axis(found: Explanation, *, votes: bool) -> str:
    """What a number of the answer is."""
    if votes:
        return "predicted share of people"
    return "probability" if found.calibrated else "probability, not calibrated"


def _choice(shown: Shown, found: Explanation, output: str) -> None:
    key, own = f"{shown.key}:class", own_answer(shown, found)
    hold(key, output)
    st.selectbox(
        "Maps are for", list(found.outputs), key=key,
        format_func=lambda name: words(shown, name) + (" (its answer)" if name == own else ""),
        on_change=lambda: _choose(st.session_state[key], own),
    )  # fmt: skip


def _choose(name: str, own: str) -> None:
    keep("class", name, own)


def _ways_on(shown: Shown, looks: Sequence[Explanation]) -> None:
    st.markdown(f"**{plain(shown.object_id)}**")
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Maps", lambda: numbers(looks), f"{shown.object_id}-maps.npz",
            mime="application/octet-stream", key=f"{shown.key}:npz", icon=":material/download:",
            on_click="ignore", help="All maps as numbers, before they are scaled: NumPy .npz",
        )  # fmt: skip
        if st.button("Browse", key=f"{shown.key}:browse", icon=":material/grid_view:"):
            _browse(shown)


def _browse(shown: Shown) -> Any:
    navigation.go("browse", dataset=shown.dataset.name, object=shown.object_id)
