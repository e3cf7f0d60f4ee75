"""What people's labels would give a training, told before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset

LEARNED, TEST = "train", "test"


@dataclass(frozen=True, kw_only=True)
class Stock:
    """Galaxies with a label by people.

    Attributes
    ----------
    n_to_learn, n_to_test : int
        Outside the test split of the dataset, and in it.
    unlearned : tuple of str
        Classes that people gave, of which no galaxy lies in the training split.
    """

    n_to_learn: int
    n_to_test: int
    unlearned: tuple[str, ...]


def label_stock(dataset: Dataset, objects: pd.DataFrame) -> Stock:
    """Count what people together said by the split that a galaxy is in.

    Parameters
    ----------
    objects : DataFrame
        object_id and label, None where there is none; see `labels.consensus.consensus`.
    """
    split = read_catalogue(dataset, ["object_id", "split"]).set_index("object_id")["split"]
    said = objects.dropna(subset=["label"])
    part = said["object_id"].map(split).to_numpy()
    learned = set(said["label"][part == LEARNED])
    return Stock(
        n_to_learn=int((part != TEST).sum()),
        n_to_test=int((part == TEST).sum()),
        unlearned=tuple(sorted(set(said["label"]) - learned)),
    )
