"""What a lead settled, and which galaxies of queues are gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from astro_core.labels.queue_tables import GOLD, ITEMS, QUEUES
from astro_core.labels.tables import STANDING
from astro_core.labels.wanted import in_taxonomy

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


def settled_classes(store: LabelStore, dataset: str, taxonomy: str = "") -> dict[str, str]:
    """The class that a lead settled on, by object_id; the last where two leads did."""
    s = STANDING.c
    wanted = (
        select(s.object_id, s.said)
        .where(s.dataset == dataset, s.kind == "settle", s.question == "")
        .where(*in_taxonomy(taxonomy))
        .order_by(s.at)
    )
    with store.reading() as connection:
        return {row.object_id: row.said for row in connection.execute(wanted)}


def gold_items(store: LabelStore, dataset: str, taxonomy: str = "") -> tuple[str, ...]:
    """Galaxies that are gold in any queue with these classes, sorted.

    Parameters
    ----------
    taxonomy : str
        Name; empty for all.
    """
    i, q = ITEMS.c, QUEUES.c
    wanted = (
        select(i.object_id)
        .join(QUEUES, q.queue_id == i.queue_id)
        .where(q.dataset == dataset, q.n_gold > 0, i.kind == GOLD)
        .distinct()
        .order_by(i.object_id)
    )
    if taxonomy:
        wanted = wanted.where(q.taxonomy.in_((taxonomy, "")))
    with store.reading() as connection:
        return tuple(connection.execute(wanted).scalars())
