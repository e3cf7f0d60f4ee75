"""Which questions people have answered about a dataset, and in which classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from astro_core.labels.tables import STANDING

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


def answered(store: LabelStore, dataset: str) -> dict[tuple[str, str], int]:
    """Count the answers that stand, by the name of the classes in use and the question.

    The question is empty for a class, the name where nobody said which classes were in use.
    """
    s = STANDING.c
    wanted = (
        select(s.taxonomy, s.question, func.count())
        .where(s.dataset == dataset, s.action == "label")
        .group_by(s.taxonomy, s.question)
    )
    with store.reading() as connection:
        return {(row[0], row[1]): int(row[2]) for row in connection.execute(wanted)}
