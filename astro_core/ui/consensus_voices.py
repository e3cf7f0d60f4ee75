"""Who said what of one galaxy."""

from __future__ import annotations

from datetime import datetime
from html import escape

import streamlit as st

from astro_core.domain import LabelEvent
from astro_core.figures.theme import in_either_theme
from astro_core.ui.consensus_state import Shown
from astro_core.ui.words import readable
from astro_core.workflows.conflicts import who_said_what

_ACTS = {"skip": "skipped it", "flag": "flagged it", "settle": "settled it as"}


def panel(shown: Shown, object_id: str) -> None:
    """A table: who, what, when, how long it took, and with what words."""
    said = who_said_what(
        shown.workspace, shown.dataset, [object_id],
        taxonomy=shown.taxonomy, question=shown.question,
    )[object_id]  # fmt: skip
    rows = "".join(_row(shown, event) for event in said)
    st.html(f'<table class="tf-voices">{rows}</table>')
    if suggestion := _suggestion(said):
        st.caption(suggestion)


def _row(shown: Shown, event: LabelEvent) -> str:
    act = _ACTS.get(event.action, "")
    words = [escape(act)] if act else []
    if event.said:
        words.append(_answer(shown, event.said))
    if event.batch_id and event.action == "label":
        words.append('<span class="tf-soft">in one go, half a vote</span>')
    comment = f"<q>{escape(event.comment)}</q>" if event.comment else ""
    return (
        f"<tr><th>{escape(event.reviewer)}</th><td>{' '.join(words)} {comment}</td>"
        f'<td class="tf-soft">{_when(event)}</td></tr>'
    )


def _answer(shown: Shown, name: str) -> str:
    colour = in_either_theme(shown.colour(name))
    words = shown.words.get(name, readable(name))
    return f'<i style="background:{colour}"></i> <b>{escape(shown.sign(name))}</b> {escape(words)}'


def _when(event: LabelEvent) -> str:
    took = f", {event.seconds:.0f} s" if event.seconds is not None else ""
    return f"{datetime.fromisoformat(event.at):%d %b %Y %H:%M} UTC{took}"


def _suggestion(said: tuple[LabelEvent, ...]) -> str:
    """What a model thought, and who saw it before answering."""
    with_one = [event for event in said if event.suggested_class]
    if not with_one:
        return ""
    last = with_one[-1]
    sure = f" {last.suggested_probability:.2f}" if last.suggested_probability is not None else ""
    saw = sum(event.shown for event in with_one)
    seen = f"{saw} of {len(with_one)} saw it before answering" if saw else "nobody saw it"
    return f"The model suggested {readable(last.suggested_class)}{sure}; {seen}."
