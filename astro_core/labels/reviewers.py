"""Who has labelled a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from astro_core.labels.tables import STANDING

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


def reviewers_of(store: LabelStore, dataset: str) -> tuple[str, ...]:
    """Names of those whose answers stand, in order.

    It goes from one name to the next in the index, so it costs what there are names, however
    many answers there are.
    """
    s = STANDING.c
    first = func.min(s.reviewer).label("name")
    found = select(first).where(s.dataset == dataset).cte("found", recursive=True)
    after = select(func.min(s.reviewer)).where(s.dataset == dataset, s.reviewer > found.c.name)
    names = found.union_all(
        select(after.scalar_subquery()).select_from(found).where(found.c.name.is_not(None))
    )
    with store.reading() as connection:
        rows = connection.execute(select(names.c.name).where(names.c.name.is_not(None)))
        return tuple(sorted(rows.scalars()))
