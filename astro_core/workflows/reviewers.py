"""Who answered about a dataset: how many, how fast, and how often as the others."""

from __future__ import annotations

import pandas as pd

from astro_core.domain import Dataset, Taxonomy
from astro_core.evaluation.intervals import share_interval
from astro_core.labels.consensus import reviewer_skills
from astro_core.labels.events import dataset_key
from astro_core.labels.votes import Votes
from astro_core.workspace import Workspace

_COMPARED = ("n_compared", "n_agreed", "n_gold", "n_right")


def list_reviewers(
    workspace: Workspace, dataset: Dataset, votes: Votes, *, taxonomy: Taxonomy, question: str = ""
) -> pd.DataFrame:
    """Say of everybody who answered, skipped or flagged what they did; who did most comes first.

    Parameters
    ----------
    votes : Votes
        What people said in these classes, or of the question.

    Returns
    -------
    DataFrame
        reviewer; n_votes; n_bulk (of them, given to many galaxies in one go); n_skips; n_flags;
        seconds (median time for an answer, s); first and last (ISO 8601 in UTC); n_compared
        (galaxies on which the others have a leading answer); agreeing (share of them with the
        same answer) and its 95 % interval, low and high; n_gold (galaxies whose class is known
        beforehand) and right (share of them with that class).
    """
    from astro_core.labels.acts import standing_acts
    from astro_core.labels.store import open_store

    acts = standing_acts(
        open_store(workspace), dataset_key(dataset), question=question, taxonomy=taxonomy.name
    )
    people = _counted(acts).join(_compared(votes))
    whole = dict.fromkeys(_COMPARED, 0)
    people = people.fillna(whole).astype(dict.fromkeys(whole, int))
    pairs = list(zip(people["n_agreed"], people["n_compared"], strict=True))
    around = [share_interval(hits, n) for hits, n in pairs]
    people["agreeing"] = [hits / n if n else float("nan") for hits, n in pairs]
    people["right"] = people["n_right"] / people["n_gold"].where(people["n_gold"] > 0)
    people["low"], people["high"] = [i.low for i in around], [i.high for i in around]
    ordered = people.sort_values("n_votes", ascending=False, kind="stable")
    return ordered.drop(columns=["n_agreed", "n_right"]).reset_index(names="reviewer")


def _counted(acts: pd.DataFrame) -> pd.DataFrame:
    by = acts.groupby("reviewer")
    label = acts["action"] == "label"
    answers = acts[label].groupby("reviewer")
    counts = pd.DataFrame(
        {
            "n_votes": answers.size(),
            "n_bulk": answers["bulk"].sum(),
            "n_skips": acts[acts["action"] == "skip"].groupby("reviewer").size(),
            "n_flags": acts[acts["action"] == "flag"].groupby("reviewer").size(),
        },
        index=sorted(by.groups),
    )
    about = {
        "seconds": answers["seconds"].median(),
        "first": by["at"].min(),
        "last": by["at"].max(),
    }
    return counts.fillna(0).astype(int).assign(**about)


def _compared(votes: Votes) -> pd.DataFrame:
    skills = reviewer_skills(votes).set_index("reviewer")
    return skills[list(_COMPARED)]
