"""What people have said so far of the galaxies that may be queued."""

from __future__ import annotations

import pandas as pd

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset
from astro_core.labels.rules import ReviewRules, retired
from astro_core.workspace import Workspace


def standing_answers(workspace: Workspace, dataset: Dataset) -> pd.DataFrame:
    """Each reviewer's standing answers, as `LabelStore.current` gives them."""
    from astro_core.labels.events import dataset_key
    from astro_core.labels.store import open_store

    return open_store(workspace).current(dataset_key(dataset))


def looked_at_enough(workspace: Workspace, dataset: Dataset, rules: ReviewRules) -> pd.Index:
    """Galaxies that nobody needs to look at any more, by the votes in the label store.

    Labels that came with the dataset are no votes: they may be what is doubted.
    """
    return retired(standing_answers(workspace, dataset), rules)


def given_labels(workspace: Workspace, dataset: Dataset) -> pd.Series:
    """Return the class that people gave to each galaxy, by object_id.

    That is the consensus of the reviewers where there is one, else the label that came with
    the dataset; galaxies without either are left out.
    """
    catalogue = read_catalogue(dataset, ["object_id", "label"])
    came = catalogue.dropna(subset=["label"]).set_index("object_id")["label"]
    said = _agreed_on(standing_answers(workspace, dataset))
    found: pd.Series = pd.concat([said, came[~came.index.isin(said.index)]])
    return found


def _agreed_on(standing: pd.DataFrame) -> pd.Series:
    """The class most people gave, or a lead settled on; nothing where two are as frequent."""
    told = standing[standing["action"].isin(("label", "settle")) & (standing["question"] == "")]
    weight = told["bulk"].map({True: 0.5, False: 1.0}).where(told["action"] == "label", 1e6)
    sums = weight.groupby([told["object_id"], told["said"]]).sum().reset_index(name="weight")
    best = sums.groupby("object_id")["weight"].transform("max")
    top = sums[sums["weight"] == best].drop_duplicates("object_id", keep=False)
    found: pd.Series = top.set_index("object_id")["said"].rename("label")
    return found
