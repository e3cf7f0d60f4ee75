"""Boxes around galaxies: as a finder found them, until a person says otherwise.

Whatever a person says of the boxes of a picture, the picture is kept whole, so that finders can
learn from it. SQLAlchemy is heavy, so the store is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from astro_core.domain import Boxes, BoxEvent, MarkedBox, Person, no_boxes, require
from astro_core.workflows.kept_pictures import BOXED, keep_picture
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.workflows.classified import Classified
    from astro_core.workflows.pictures import Picture


def corrected_boxes(
    workspace: Workspace, pictures: Sequence[str]
) -> Mapping[str, tuple[MarkedBox, ...]]:
    """The boxes of pictures, by their digests, as people left them; others are not in it."""
    from astro_core.labels.boxes import standing_boxes
    from astro_core.labels.store import open_store

    return standing_boxes(open_store(workspace), pictures)


def as_boxes(marked: Sequence[MarkedBox]) -> Boxes:
    """Return boxes as finders and classifiers take them; a person's have a score of 1."""
    if not marked:
        return no_boxes()
    scores = [1.0 if box.score is None else box.score for box in marked]
    return Boxes(corners=[box.corners for box in marked], scores=scores)


def found_boxes(classified: Classified) -> tuple[MarkedBox, ...]:
    """The boxes that a finder found, in the order of the galaxies, as a person may correct them."""
    height, width = classified.picture.image.shape[:2]
    return tuple(
        MarkedBox.around(found.box, by="model", score=found.score).within(width, height)
        for found in classified.found
    )


def change(
    workspace: Workspace,
    picture: Picture,
    person: Person,
    *,
    before: Sequence[MarkedBox],
    after: Sequence[MarkedBox],
    finder: str = "",
    event_id: str = "",
    into: str = BOXED,
) -> None:
    """Store what a person did with the boxes of a picture, and keep the picture.

    Both are on the disk when this returns.

    Parameters
    ----------
    before : sequence of MarkedBox
        The boxes that the person saw.
    finder : str
        What found those that nobody drew.
    event_id : str
        Made where the person acted: sent twice, it is stored once.
    into : str
        Name of the dataset that the picture goes into.

    Raises
    ------
    ForbiddenError
        If the person may only look.
    BadInputError
        If a box has no area inside the picture, there are too many, or the picture cannot be kept
        (see `put_image`).
    ConflictError
        If somebody else changed the boxes meanwhile.
    LabelStoreError
        If it could not be stored; the same call can be made again.
    """
    from astro_core.labels.boxes import change_boxes
    from astro_core.labels.store import open_store

    require(person, "reviewer", "draw boxes")
    height, width = picture.image.shape[:2]
    given = {"event_id": event_id} if event_id else {}
    event = BoxEvent(
        picture=picture.digest, name=picture.name, reviewer=person.name, finder=finder,
        before=tuple(before), after=tuple(box.within(width, height) for box in after), **given,
    )  # fmt: skip
    keep_picture(workspace, into, picture)
    change_boxes(open_store(workspace), event)


def confirm(
    workspace: Workspace,
    picture: Picture,
    person: Person,
    *,
    boxes: Sequence[MarkedBox],
    finder: str = "",
    into: str = BOXED,
) -> None:
    """Store that a person says that the boxes of a picture are right, and keep the picture.

    Parameters
    ----------
    boxes : sequence of MarkedBox
        The boxes that the person saw. All of them become the person's.

    Raises
    ------
    TuningForkError
        As `change`.
    """
    require(person, "reviewer", "say that boxes are right")
    after = [replace(box, by="person") for box in boxes]
    change(workspace, picture, person, before=boxes, after=after, finder=finder, into=into)


def bring(workspace: Workspace, picture: Picture, person: Person, *, into: str = BOXED) -> bool:
    """Store the boxes that came with a picture as this person's, and keep the picture.

    What people did here is newer than a file: where somebody changed the boxes of the picture,
    they stay.

    Returns
    -------
    bool
        Whether the boxes of the picture are those that came with it.

    Raises
    ------
    TuningForkError
        As `change`.
    """
    require(person, "reviewer", "bring boxes")
    assert picture.boxes is not None
    standing = corrected_boxes(workspace, [picture.digest]).get(picture.digest)
    if standing is None:
        change(workspace, picture, person, before=(), after=picture.boxes, into=into)
    return standing in (None, picture.boxes)


def undo(workspace: Workspace, picture: Picture, person: Person, *, event_id: str = "") -> str:
    """Take back the last change of a picture's boxes, if this person made it.

    Returns
    -------
    str
        What was taken back, in a sentence.

    Raises
    ------
    ForbiddenError, LabelStoreError
        As `change`.
    """
    from astro_core.labels.boxes import undo_boxes
    from astro_core.labels.store import open_store

    require(person, "reviewer", "take a box back")
    undone = undo_boxes(open_store(workspace), picture.digest, person.name, event_id=event_id)
    if undone is None:
        return "There is no change of yours to take back."
    return f"Took back that you {_did(undone)}."


def _did(event: BoxEvent) -> str:
    before, after = ([box.corners for box in boxes] for boxes in (event.before, event.after))
    if before == after:
        return "said that the boxes are right"
    did = {0: "moved a box", 1: "drew a box", -1: "deleted a box"}
    return did.get(len(after) - len(before), "brought boxes")
