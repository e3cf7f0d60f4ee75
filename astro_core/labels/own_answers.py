"""What one person said of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from astro_core.labels.frames import read_frame
from astro_core.labels.tables import EVENTS, STANDING
from astro_core.labels.wanted import in_taxonomy

if TYPE_CHECKING:
    import pandas as pd

    from astro_core.labels.store import LabelStore


def own_answers(store: LabelStore, dataset: str, reviewer: str, taxonomy: str = "") -> pd.DataFrame:
    """Read a person's answers, skips and flags that stand, the last first.

    Parameters
    ----------
    taxonomy : str
        Only what was said in these classes, or it was not said in which; all when empty.

    Returns
    -------
    DataFrame
        object_id, question, action, said, at (ISO 8601 in UTC), seconds (NaN where not known).
    """
    s = STANDING.c
    wanted = (
        select(s.object_id, s.question, s.action, s.said, s.at, EVENTS.c.seconds)
        .join(EVENTS, EVENTS.c.seq == s.seq)
        .where(s.dataset == dataset, s.reviewer == reviewer, *in_taxonomy(taxonomy))
        .order_by(s.at.desc(), s.seq.desc())
    )
    with store.reading() as connection:
        return read_frame(connection, wanted).astype({"seconds": float})
