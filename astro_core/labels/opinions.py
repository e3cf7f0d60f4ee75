"""The events behind standing answers: who said what of some galaxies, when, and with what words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from astro_core.domain import LabelEvent
from astro_core.labels.events import from_row
from astro_core.labels.tables import EVENTS, STANDING
from astro_core.labels.wanted import in_taxonomy

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore

_OBJECTS_AT_ONCE = 500


def standing_events(
    store: LabelStore, dataset: str, object_ids: Sequence[str]
) -> Iterator[LabelEvent]:
    """What everybody's last word is on some galaxies, in the order in which it was stored."""
    wanted = (
        select(EVENTS)
        .join(STANDING, EVENTS.c.seq == STANDING.c.seq)
        .where(STANDING.c.dataset == dataset)
    )
    with store.reading() as connection:
        for start in range(0, len(object_ids), _OBJECTS_AT_ONCE):
            some = STANDING.c.object_id.in_(object_ids[start : start + _OBJECTS_AT_ONCE])
            rows = connection.execute(wanted.where(some).order_by(EVENTS.c.seq)).mappings()
            yield from map(from_row, rows)


def marked(
    store: LabelStore, dataset: str, kind: str, *, question: str | None = None, taxonomy: str = ""
) -> tuple[str, ...]:
    """Galaxies that somebody flagged ("flag") or a lead settled ("settle"), the latest first.

    Parameters
    ----------
    question : str, optional
        Only what was about this question, "" for the classes.
    taxonomy : str
        Only what was said in these classes, or it was not said in which; all when empty.
    """
    s = STANDING.c
    about = () if question is None else (s.question == question,)
    wanted = (
        select(s.object_id)
        .where(s.dataset == dataset, s.kind == kind, *about, *in_taxonomy(taxonomy))
        .group_by(s.object_id)
        .order_by(func.max(s.seq).desc())
    )
    with store.reading() as connection:
        return tuple(connection.execute(wanted).scalars())
