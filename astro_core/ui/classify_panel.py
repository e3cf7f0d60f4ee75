"""One picture with its boxes on the left, one of its galaxies on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from astro_core.domain import MarkedBox
from astro_core.ui import (
    classify_boxes,
    classify_cached,
    classify_galaxy,
    classify_look,
    classify_say,
    classify_why,
    frame,
)
from astro_core.ui import classify_state as state
from astro_core.ui.classify_board import Acts, BoxItem, board
from astro_core.ui.classify_state import Shown
from astro_core.ui.words import plain, readable
from astro_core.workflows import box_labels
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.kept_galaxies import kept_id


def panel(shown: Shown) -> None:
    """Ask about the picture, and draw it."""
    with frame.in_words():
        # in a place of its own, so that the board keeps its focus when this comes and goes
        asking = st.container(key="classify-asking")
        with asking, st.spinner("Looking for galaxies and asking the model"):
            classified = classify_cached.classified(shown, shown.picture)
        _draw(shown, classified)


def _draw(shown: Shown, classified: Classified) -> None:
    given = classify_say.said(shown, classified)
    place = state.galaxy_of(shown.picture, len(classified.found))
    left, right = st.columns([1.08, 1], gap="medium")
    with left:
        boxes = _marked(shown, classified)
        _board(shown, classified, boxes, given, place)
        classify_boxes.confirm(shown, classified, boxes)
        _about(shown, classified)
    if not classified.found:
        right.info("There is no box in this picture. Draw one around a galaxy.")
        return
    with right:
        found = classified.found[place]
        _heading(shown, classified, place)
        classify_galaxy.answer(shown, classified, found)
        classify_say.panel(shown, classified, found, given)
        classify_why.panel(shown, classified, found)
    with left:
        classify_galaxy.similar(shown, found)


def _heading(shown: Shown, classified: Classified, place: int) -> None:
    """Say which galaxy of how many, with the ways to the others."""
    n = len(classified.found)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        name = plain(classified.found[place].object_id)
        st.markdown(f"Galaxy {place + 1:,} of {n:,}" if n > 1 else f"**{name}**", width="content")
        st.space("stretch")
        for label, to, key in (
            ("Previous", place - 1, "ArrowLeft"),
            ("Next", place + 1, "ArrowRight"),
        ):
            if n > 1:
                st.button(
                    label, key=f"{shown.key}:{label}", shortcut=key, disabled=not 0 <= to < n,
                    on_click=state.choose_galaxy, args=(shown.picture, to),
                )  # fmt: skip


def _about(shown: Shown, classified: Classified) -> None:
    """Say what a person should know of the picture, and of how it was asked."""
    own = (classify_look.facts(shown.picture),) if len(shown.pictures) > 1 else ()
    st.caption("  \n".join(map(plain, (*own, *classified.notes))))


# --- boxes ---


def _marked(shown: Shown, classified: Classified) -> tuple[MarkedBox, ...]:
    standing = shown.corrected.get(shown.picture.digest)
    return standing or box_labels.found_boxes(classified)


def _board(
    shown: Shown,
    classified: Classified,
    boxes: Sequence[MarkedBox],
    given: Mapping[str, str],
    place: int,
) -> None:
    items = [
        _item(classified, found, box, given.get(kept_id(classified, found), ""))
        for found, box in zip(classified.found, boxes, strict=True)
    ]
    message, problem = state.told_of_boxes()
    n = len(items)
    board(
        shown.picture.image, items, _acts(shown, classified, boxes), key=f"{shown.key}:board",
        alt=f"{shown.picture.name} with {n:,} {'box' if n == 1 else 'boxes'}", selected=place,
        may_draw=shown.may_answer, may_undo=shown.picture.digest in shown.corrected,
        arcsec_per_px=shown.picture.pixel_scale_arcsec, message=message, problem=problem,
    )  # fmt: skip


def _item(classified: Classified, found: Found, box: MarkedBox, mine: str) -> BoxItem:
    name = mine or found.label
    says = f"you say {readable(mine)}" if mine else classify_look.verdict(classified, found)
    drawn = ", box by a person" if box.by == "person" else ""
    return BoxItem(
        box=box,
        colour=classify_look.colour_of(classified.head, name),
        tag=_tag(classified, found, mine),
        ring="person" if mine else "model",
        alt=f"{found.object_id}: {says}{drawn}",
    )


def _tag(classified: Classified, found: Found, mine: str) -> str:
    """The letter of what it is, with a question mark where the model is undecided."""
    letter = classify_look.letters(classified.head).get(mine or found.label, "")
    return f"{letter}?" if found.undefined and not mine else letter


def _acts(shown: Shown, classified: Classified, before: Sequence[MarkedBox]) -> Acts:
    def change(after: list[MarkedBox], place: int, event_id: str) -> None:
        state.choose_galaxy(shown.picture, max(place, 0))
        state.try_boxes(lambda: _change(shown, classified, before, after, event_id))

    def undo(event_id: str) -> None:
        assert shown.person is not None
        person = shown.person
        state.try_boxes(
            lambda: box_labels.undo(shown.workspace, shown.picture, person, event_id=event_id)
        )

    return Acts(
        pick=lambda place: state.choose_galaxy(shown.picture, place), change=change, undo=undo
    )


def _change(
    shown: Shown,
    classified: Classified,
    before: Sequence[MarkedBox],
    after: Sequence[MarkedBox],
    event_id: str,
) -> str:
    assert shown.person is not None
    box_labels.change(
        shown.workspace, shown.picture, shown.person, before=before, after=after,
        finder=classified.finder, event_id=event_id, into=shown.boxed,
    )  # fmt: skip
    more = len(after) - len(before)
    return "Box stored." if more >= 0 else "Box deleted."
