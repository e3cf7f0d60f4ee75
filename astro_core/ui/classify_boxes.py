"""Say that boxes are right, and store those that came with the pictures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from astro_core.domain import MarkedBox, Person
from astro_core.domain.box_event import boxes_to_json
from astro_core.errors import TuningForkError
from astro_core.params import digest
from astro_core.ui import classify_state as state
from astro_core.ui import who
from astro_core.ui.classify_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows import box_labels
from astro_core.workflows.classified import Classified
from astro_core.workflows.pictures import Picture
from astro_core.workspace import Workspace

_CAME = "Boxes came with these pictures."
_HELP = (
    "Galaxy finders can learn from pictures whose boxes people drew or called right. They are kept "
    "whole, in a dataset."
)


def take(workspace: Workspace, pictures: Sequence[Picture]) -> list[str]:
    """Store the boxes that came with pictures as this person's; returns what a person should know.

    Pressing anything interrupts it; the next run of the page goes on.
    """
    place = st.empty()  # always there, so that what comes below keeps its place and its focus
    brought = {_token(picture): picture for picture in pictures if picture.boxes is not None}
    person = who.person()
    if not brought:
        return []
    if person is None:
        return [f"{_CAME} They are stored as yours when you have said who you are."]
    if not person.may("reviewer"):
        return [f"{_CAME} {person.name} may look, but not store them."]
    told: dict[str, str] = dict(st.session_state.get(state.BROUGHT, {}))
    left = {token: picture for token, picture in brought.items() if token not in told}
    problems = []
    for done, (token, picture) in enumerate(left.items()):
        place.progress(done / len(left), text=f"Storing the boxes of {plain(picture.name)}")
        try:
            told[token] = _bring(workspace, picture, person)
        except (TuningForkError, OSError) as error:
            problems.append(f"{picture.name}: {error}")
        st.session_state[state.BROUGHT] = dict(told)
    place.empty()
    return [*problems, *(told[token] for token in brought if told.get(token))]


def _token(picture: Picture) -> str:
    return digest([picture.digest, boxes_to_json(picture.boxes or ())])


def _bring(workspace: Workspace, picture: Picture, person: Person) -> str:
    """Store the boxes of one picture; returns a sentence where they were left aside."""
    if box_labels.bring(workspace, picture, person, into=state.boxed_into()):
        return ""
    return (
        f"{picture.name} has boxes here that people changed. Those that came with it were left "
        "aside."
    )


def confirm(shown: Shown, classified: Classified, boxes: Sequence[MarkedBox]) -> None:
    """Draw the button that says that all boxes of the picture are right."""
    if not shown.may_answer:
        return
    said = shown.picture.digest in shown.corrected and all(box.by == "person" for box in boxes)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "These boxes are right", key=f"{shown.key}:right", shortcut="Shift+Enter",
            icon=":material/check:" if said else None, on_click=_confirm,
            args=(shown, classified, boxes), help=_HELP,
        )  # fmt: skip
        st.caption("A person says so." if said else f"The picture goes into {plain(shown.boxed)}.")


def _confirm(shown: Shown, classified: Classified, boxes: Sequence[MarkedBox]) -> None:
    assert shown.person is not None
    person = shown.person

    def act() -> str:
        box_labels.confirm(
            shown.workspace, shown.picture, person, boxes=boxes, finder=classified.finder,
            into=shown.boxed,
        )  # fmt: skip
        return "Stored that these boxes are right."

    state.try_boxes(act)
