"""A person's own record: how much, what, when, and how well."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from astro_core.domain import Dataset, Taxonomy
from astro_core.evaluation.intervals import Interval, share_interval
from astro_core.labels.consensus import reviewer_skills
from astro_core.labels.events import dataset_key
from astro_core.workflows.labels import votes_for
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Hits:
    """How many of `n` were as they should be."""

    hits: int
    n: int

    @property
    def share(self) -> float:
        """Share of them; NaN of nothing."""
        return self.hits / self.n if self.n else float("nan")

    @property
    def interval(self) -> Interval:
        """95 % interval of the share."""
        return share_interval(self.hits, self.n)


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """What one person did in one set of classes.

    Attributes
    ----------
    n_answered, n_skipped, n_flagged : int
        Galaxies.
    seconds : float
        Median time for a galaxy, s; NaN where it is not known.
    per_class : Series
        Galaxies by class, in the order of the classes; those that nobody gets are 0.
    per_day : Series
        Galaxies by day in UTC, the first day first, days without any left out.
    with_others, on_gold : Hits
        Galaxies on which the others together say the same; gold galaxies that are right.
    last : DataFrame
        The last answers: object_id, said (a class, all answers down a tree, "skipped" or
        "flagged") and at, the newest first.
    """

    n_answered: int
    n_skipped: int
    n_flagged: int
    seconds: float
    per_class: pd.Series
    per_day: pd.Series
    with_others: Hits
    on_gold: Hits
    last: pd.DataFrame


def own_record(
    workspace: Workspace, dataset: Dataset, taxonomy: Taxonomy, name: str, *, n_last: int = 24
) -> Record:
    """Put together what somebody did; nobody else's answers can be read from it.

    Parameters
    ----------
    n_last : int
        How many of the last answers are listed.
    """
    from astro_core.labels.own_answers import own_answers
    from astro_core.labels.store import open_store

    acts = own_answers(open_store(workspace), dataset_key(dataset), name, taxonomy.name)
    label = acts[acts["action"] == "label"]
    classes = label.loc[label["question"] == "", "said"].value_counts()
    names = list(dict.fromkeys([*taxonomy.class_names, *classes.index]))
    days = acts[acts["action"].isin(("label", "skip"))].drop_duplicates("object_id")
    agreed, gold = _compared(workspace, dataset, taxonomy, name, any_class=not classes.empty)
    return Record(
        n_answered=label["object_id"].nunique(),
        n_skipped=int((acts["action"] == "skip").sum()),
        n_flagged=int((acts["action"] == "flag").sum()),
        seconds=float(label.groupby("object_id")["seconds"].sum(min_count=1).median()),
        per_class=classes.reindex(names, fill_value=0).astype(int),
        per_day=days["at"].str[:10].value_counts().sort_index(),
        with_others=agreed,
        on_gold=gold,
        last=_last(acts, n_last),
    )


def _compared(
    workspace: Workspace, dataset: Dataset, taxonomy: Taxonomy, name: str, *, any_class: bool
) -> tuple[Hits, Hits]:
    if not any_class:
        return Hits(hits=0, n=0), Hits(hits=0, n=0)
    skills = reviewer_skills(votes_for(workspace, dataset, taxonomy=taxonomy))
    own = skills.set_index("reviewer").loc[name]
    return (
        Hits(hits=int(own["n_agreed"]), n=int(own["n_compared"])),
        Hits(hits=int(own["n_right"]), n=int(own["n_gold"])),
    )


def _last(acts: pd.DataFrame, n: int) -> pd.DataFrame:
    """One row per galaxy: the answers down a tree belong together."""
    some = acts[acts["object_id"].isin(acts["object_id"].unique()[:n])]
    words = {"skip": "skipped", "flag": "flagged"}
    said = some["said"].where(some["action"] == "label", some["action"].map(words))
    told = some.assign(said=said)[::-1].groupby("object_id", sort=False)
    found = told.agg(said=("said", ", ".join), at=("at", "max")).reset_index()
    return found.sort_values("at", ascending=False, kind="stable").reset_index(drop=True)
