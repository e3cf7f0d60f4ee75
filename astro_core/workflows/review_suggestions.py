"""What a model said of the galaxies of a queue, kept in memory while people answer."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from astro_core.domain import Dataset
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows.dataset_state import DatasetState
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A model's word on one galaxy.

    Attributes
    ----------
    class_name : str
        The most probable class, in the dataset's own names.
    probability : float
        In [0, 1], calibrated where the model is.
    """

    class_name: str
    probability: float
    model_id: str


def suggestions_of(
    workspace: Workspace, dataset: Dataset, model: str, head: str = ""
) -> Mapping[str, Suggestion]:
    """Read a model's stored answers, by object_id.

    Empty where no model is named, or its answers are not there any more: people can answer
    without.
    """
    if not model:
        return {}
    return _kept(workspace, DatasetState(dataset), model, head)


@functools.lru_cache(maxsize=4)
def _kept(
    workspace: Workspace, state: DatasetState, model: str, head: str
) -> dict[str, Suggestion]:
    from astro_core.workflows import queue_needs
    from astro_core.workflows.queue_pool import class_probabilities

    wanted = queue_needs.Wanted(needs=("probabilities",), model=model, head=head)
    try:
        source = queue_needs.found(workspace, state.dataset, wanted)
        if not source.answers:
            return {}
        ids, names, values = class_probabilities(workspace, state.dataset, source)
    except (BadInputError, NotFoundError):
        return {}
    best = np.argmax(np.where(np.isfinite(values), values, -1.0), axis=1)
    top = values[np.arange(len(values)), best]
    return {
        str(object_id): Suggestion(
            class_name=names[number], probability=float(probability), model_id=model
        )
        for object_id, number, probability in zip(ids, best, top, strict=True)
        if np.isfinite(probability)
    }
