"""What people have said so far of the galaxies that may be queued."""

from __future__ import annotations

from typing import cast

import pandas as pd

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset
from astro_core.labels.rules import ReviewRules, retired
from astro_core.workspace import Workspace

_ONE_VOTE = ["object_id", "reviewer", "kind", "question"]


def standing_answers(workspace: Workspace, dataset: Dataset) -> pd.DataFrame:
    """Each reviewer's standing answers, as `LabelStore.current` gives them."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    return open_store(workspace).current(dataset_key(dataset))


def looked_at_enough(
    workspace: Workspace, dataset: Dataset, rules: ReviewRules, taxonomy: str = ""
) -> pd.Index:
    """Galaxies that nobody needs to look at any more, by the votes in the label store.

    Labels that came with the dataset are no votes: they may be what is doubted.

    Parameters
    ----------
    taxonomy : str
        Name of the classes in which people voted; the dataset's own when empty.
    """
    said = standing_answers(workspace, dataset)
    here = said["taxonomy"].isin((taxonomy or dataset.taxonomy.name, ""))
    last = said[here].sort_values("at").drop_duplicates(_ONE_VOTE, keep="last")
    return retired(last, rules)


def given_labels(workspace: Workspace, dataset: Dataset, taxonomy: str = "") -> pd.Series:
    """Return the class that people gave to each galaxy, by object_id.

    That is the consensus of the reviewers where there is one, else the label that came with
    the dataset; galaxies without either are left out.

    Parameters
    ----------
    taxonomy : str
        Name of the classes in which people answered; the dataset's own when empty.
    """
    from astro_core.labels.consensus import consensus
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store
    from astro_core.labels.votes import read_votes

    catalogue = read_catalogue(dataset, ["object_id", "label"])
    came = catalogue.dropna(subset=["label"]).set_index("object_id")["label"]
    votes = read_votes(
        open_store(workspace), dataset_key(dataset), taxonomy=taxonomy or dataset.taxonomy.name
    )
    found = consensus(votes)
    said = found.dropna(subset=["label"]).set_index("object_id")["label"]
    return cast("pd.Series", pd.concat([said, came[~came.index.isin(said.index)]]))
