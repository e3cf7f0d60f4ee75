"""What each person did lately with each galaxy: for how many, how long, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import or_, select

from astro_core.labels.frames import read_frame
from astro_core.labels.tables import EVENTS, STANDING
from astro_core.labels.wanted import in_taxonomy

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


def standing_acts(
    store: LabelStore, dataset: str, *, question: str = "", taxonomy: str = ""
) -> pd.DataFrame:
    """Read everybody's answers, skips and flags that stand.

    Parameters
    ----------
    question : str
        Answers to this question, or classes when empty; flags come in any case.
    taxonomy : str
        Only what was said in these classes, or it was not said in which; all when empty.

    Returns
    -------
    DataFrame
        reviewer, action (label, skip or flag), bulk, at (ISO 8601 in UTC), seconds (NaN where
        not known), model_id (of the model that had a suggestion, "" without), shown (whether
        the person saw it).
    """
    s, e = STANDING.c, EVENTS.c
    wanted = (
        select(s.reviewer, s.action, s.bulk, s.at, e.seconds, e.model_id, e.shown)
        .join(EVENTS, e.seq == s.seq)
        .where(s.dataset == dataset, s.kind != "settle", *in_taxonomy(taxonomy))
        .where(or_(s.question == question, s.kind == "flag"))
    )
    with store.reading() as connection:
        return read_frame(connection, wanted).astype(
            {"bulk": bool, "shown": bool, "seconds": float}
        )
