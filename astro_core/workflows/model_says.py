"""What a model says of galaxies, in the answers that people give."""

from __future__ import annotations

import pandas as pd

from astro_core.domain import Dataset
from astro_core.errors import BadInputError, NotFoundError
from astro_core.labels.consensus import CONSENSUS
from astro_core.labels.votes import Votes, with_probabilities
from astro_core.workflows import queue_needs
from astro_core.workflows.queue_pool import class_probabilities
from astro_core.workspace import Workspace


def with_model(workspace: Workspace, dataset: Dataset, votes: Votes, rule: str) -> Votes:
    """Add a model's probabilities to votes, where a consensus rule asks for them.

    The newest folds trained on the dataset are asked, whose answers are about galaxies that they
    did not learn from; without folds the newest training.

    Raises
    ------
    NotFoundError
        If there is no such rule, or no model of classes that was trained on the dataset.
    BadInputError
        If the model has not been asked about these galaxies yet.
    """
    if not CONSENSUS.get(rule).asks_model:
        return votes
    needs = ("probabilities", "labels")  # labels: of folds, each by who did not learn from it
    try:
        source = queue_needs.found(workspace, dataset, queue_needs.Wanted(needs=needs))
    except NotFoundError:
        raise NotFoundError(
            f"There is no model of classes that was trained on '{dataset.name}'",
            todo="Train one first, best fold by fold, or combine otherwise",
        ) from None
    if not source.answers:
        raise BadInputError(
            f"The model '{source.model}' has not been asked about all galaxies yet",
            todo="Make a queue by 'margin' with it first, or combine otherwise",
        )
    ids, names, values = class_probabilities(workspace, dataset, source)
    return with_probabilities(votes, pd.DataFrame(values, index=ids, columns=list(names)))
