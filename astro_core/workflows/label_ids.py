"""Under which ids the labels of a file are stored: none twice, and each dataset has its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from astro_core.domain import LabelEvent

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore

_NAMESPACE = uuid.UUID("a1a1f3a6-6f0e-4d0e-9a37-2f2c5d1f0e01")


def made_id(*parts: str) -> str:
    """An id that is always the same for the same texts."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join(parts)).hex


def of_this_dataset(store: LabelStore, events: Sequence[LabelEvent]) -> list[LabelEvent]:
    """Give events new ids that another dataset's labels have: both datasets keep theirs."""
    known = store.known([e.event_id for e in events])
    elsewhere = {e.event_id for e in events if known.get(e.event_id, e.dataset) != e.dataset}
    if not elsewhere:
        return list(events)

    def other(event_id: str, dataset: str) -> str:
        return made_id(dataset, event_id) if event_id in elsewhere else event_id

    return [
        replace(
            e,
            event_id=other(e.event_id, e.dataset),
            retracts=other(e.retracts, e.dataset) if e.retracts else "",
        )
        for e in events
    ]


def given_again(store: LabelStore, events: Sequence[LabelEvent]) -> list[LabelEvent]:
    """Give events new ids whose own were taken back, so that they stand when they are added.

    They are no later than they were at first: what was answered meanwhile counts more.
    """
    again = list(events)
    while back := store.taken_back([e.event_id for e in again]):
        again = [
            replace(e, event_id=made_id(e.event_id, "again"), at=min(e.at, back[e.event_id]))
            if e.event_id in back
            else e
            for e in again
        ]
    return again
