"""Boxes that people drew or corrected: every change is kept, and the last one stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select

from astro_core.domain import BoxEvent, MarkedBox, new_event_id, utc_now
from astro_core.domain.box_event import boxes_from_json, boxes_to_json
from astro_core.errors import ConflictError
from astro_core.labels.box_tables import BOX_EVENTS
from astro_core.labels.store import LabelStore

_SETS = ("before", "after")


def box_events(store: LabelStore, picture: str) -> tuple[BoxEvent, ...]:
    """All that happened to the boxes of a picture, the oldest first."""
    with store.reading() as connection:
        return _events(connection, picture)


def standing_boxes(store: LabelStore, pictures: Sequence[str]) -> dict[str, tuple[MarkedBox, ...]]:
    """The boxes of pictures as people left them; those that nobody changed are not in it."""
    b = BOX_EVENTS.c
    changed = select(b.picture).where(b.picture.in_(list(pictures))).distinct()
    found = {}
    with store.reading() as connection:
        for picture in connection.execute(changed).scalars().all():
            if standing := _standing(_events(connection, picture)):
                found[picture] = standing[-1].after
    return found


def change_boxes(store: LabelStore, event: BoxEvent) -> None:
    """Store a change; it is on the disk when this returns. Sent twice, it is stored once.

    Raises
    ------
    ConflictError
        If somebody else changed the boxes since the person saw them.
    """
    with store.writing() as connection:
        events = _events(connection, event.picture)
        if any(other.event_id == event.event_id for other in events):
            return
        standing = _standing(events)
        if standing and standing[-1].after != event.before:
            raise ConflictError(
                f"{standing[-1].reviewer} changed the boxes of this picture meanwhile",
                todo="Look at them as they are now, and make your change again",
            )
        _add(connection, event)


def undo_boxes(
    store: LabelStore, picture: str, reviewer: str, *, event_id: str = ""
) -> BoxEvent | None:
    """Take back the last change that stands, if this reviewer made it.

    Parameters
    ----------
    event_id : str
        Made where the key was pressed; the same key press undoes once.

    Returns
    -------
    BoxEvent or None
        What was taken back.
    """
    key = event_id or new_event_id()
    with store.writing() as connection:
        events = _events(connection, picture)
        by_id = {event.event_id: event for event in events}
        if key in by_id:
            return by_id[by_id[key].undoes]
        standing = _standing(events)
        if not standing or standing[-1].reviewer != reviewer:
            return None
        last = standing[-1]
        back = replace(
            last, before=last.after, after=last.before, event_id=key, at=utc_now(),
            undoes=last.event_id,
        )  # fmt: skip
        _add(connection, back)
        return last


def _standing(events: Sequence[BoxEvent]) -> list[BoxEvent]:
    """Changes that were not taken back."""
    taken_back = {event.undoes for event in events if event.undoes}
    return [e for e in events if not e.undoes and e.event_id not in taken_back]


def _events(connection: Connection, picture: str) -> tuple[BoxEvent, ...]:
    b = BOX_EVENTS.c
    wanted = select(*(c for c in b if c.name != "seq")).where(b.picture == picture)
    return tuple(map(_from_row, connection.execute(wanted.order_by(b.seq)).mappings()))


def _from_row(row: Mapping[Any, Any]) -> BoxEvent:
    sets = {name: boxes_from_json(json.loads(row[name])) for name in _SETS}
    return BoxEvent(**{**row, **sets})


def _add(connection: Connection, event: BoxEvent) -> None:
    sets = {name: json.dumps(boxes_to_json(getattr(event, name))) for name in _SETS}
    connection.execute(insert(BOX_EVENTS), {**vars(event), **sets})
