"""Choose the galaxies that people look at next, and write them in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.labels.acquisition import ACQUISITIONS, choose
from astro_core.labels.rules import ReviewRules
from astro_core.workflows import queue_needs
from astro_core.workflows.object_rows import object_table
from astro_core.workflows.queue_labels import looked_at_enough
from astro_core.workflows.queue_pool import make_pool
from astro_core.workflows.selections import open_selection
from astro_core.workspace import Workspace

SEED_LIMIT = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class QueueRequest:
    """Which galaxies are asked for.

    Attributes
    ----------
    strategy : str
        Name in `ACQUISITIONS`.
    size : int
        At most so many.
    model : str
        Id of a training or of folds, or name of a model; empty takes the newest that fits.
    head : str
        Which of its heads; empty takes the first that answers with classes.
    features : str
        Key of stored features; empty takes what the model sees if one is named, else the newest.
    like : tuple of str
        Ids of the galaxies to be like.
    selection : str
        Name of a saved selection to choose from; empty means the whole dataset.
    rules : ReviewRules
        Galaxies that were looked at enough by these are left out.
    taxonomy : str
        Name of the classes in which those votes were given; the dataset's own when empty.
    control_share : float
        Share that is drawn at random and mixed in.
    """

    dataset: str
    strategy: str
    size: int
    model: str = ""
    head: str = ""
    features: str = ""
    like: tuple[str, ...] = ()
    selection: str = ""
    rules: ReviewRules = field(default_factory=ReviewRules)
    taxonomy: str = ""
    control_share: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        spec = ACQUISITIONS.get(self.strategy)
        if self.size < 1:
            raise BadInputError(
                "A queue needs galaxies", expected="a size from 1 on", given=str(self.size)
            )
        if not 0 <= self.control_share <= 1:
            raise BadInputError(
                "This is no share", expected="0 to 1", given=str(self.control_share)
            )
        if not 0 <= self.seed <= SEED_LIMIT:
            raise BadInputError(
                "This is no seed", expected=f"0 to {SEED_LIMIT:,}", given=str(self.seed)
            )
        if ("likes" in spec.needs) != bool(self.like):
            raise BadInputError(
                f"'{spec.label}' needs a galaxy to be like"
                if "likes" in spec.needs
                else f"'{spec.label}' does not look for galaxies like another",
                todo="Name one" if "likes" in spec.needs else "Choose like_this",
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Queue:
    """Galaxies in the order in which to look at them.

    Attributes
    ----------
    object_ids : tuple of str
    control : array of bool, shape (n,)
        Those that were drawn at random and mixed in.
    model : str
        Who answered; empty where nobody was asked.
    n_pool : int
        Galaxies there were to choose from.
    notes : tuple of str
        What a person needs to know, in sentences.
    """

    request: QueueRequest
    object_ids: tuple[str, ...]
    control: NDArray[np.bool_]
    model: str
    n_pool: int
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """object_id in order; and control, where galaxies were mixed in."""
        frame = pd.DataFrame({"object_id": list(self.object_ids)}, dtype="str")
        return frame.assign(control=self.control) if self.request.control_share else frame

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        asked = self.request
        return {
            "dataset": asked.dataset, "strategy": asked.strategy, "size": asked.size,
            "seed": asked.seed, "model": self.model, "n": len(self.object_ids),
            "n_pool": self.n_pool, "object_ids": list(self.object_ids),
            "control": [i for i, c in zip(self.object_ids, self.control, strict=True) if c],
            "notes": list(self.notes),
        }  # fmt: skip


def runs_needed(workspace: Workspace, request: QueueRequest) -> tuple[str, ...]:
    """Return the runs that have to be done before the queue can be made.

    They are submitted if they are not there yet. Empty when all is there.

    Raises
    ------
    NotFoundError
        If there is no such dataset, model, selection or stored features, or no model at all.
    BadInputError
        If the model or the features cannot be used for this.
    """
    dataset = open_dataset(workspace, request.dataset)
    _pool_ids(workspace, dataset, request)
    spec = ACQUISITIONS.get(request.strategy)
    return queue_needs.submit_missing(workspace, dataset, _wanted(request, spec.needs))


def make_queue(workspace: Workspace, request: QueueRequest) -> Queue:
    """Choose the galaxies; all runs of `runs_needed` are done.

    Raises
    ------
    NotFoundError, BadInputError
        As `runs_needed` and `acquisition.choose`; also if nothing is left to look at.
    """
    dataset = open_dataset(workspace, request.dataset)
    spec = ACQUISITIONS.get(request.strategy)
    ids = _pool_ids(workspace, dataset, request)
    done = looked_at_enough(workspace, dataset, request.rules, request.taxonomy)
    left = ids[~ids.isin(done)]
    if left.empty:
        raise BadInputError(
            f"All {len(ids):,} galaxies were looked at enough",
            todo="Ask for more votes, or choose among others",
        )
    source = queue_needs.found(workspace, dataset, _wanted(request, spec.needs))
    pool, notes = make_pool(
        workspace, dataset, left, source,
        labelled=done, like=request.like, taxonomy=request.taxonomy,
    )  # fmt: skip
    if len(left) < len(ids):
        notes = (f"{len(ids) - len(left):,} were looked at enough and are left out.", *notes)
    chosen = choose(
        pool, spec.name, request.size, seed=request.seed, control_share=request.control_share
    )
    return Queue(
        request=request,
        object_ids=chosen.object_ids,
        control=chosen.control,
        model=source.model,
        n_pool=len(pool),
        notes=(*notes, *_fewer(len(chosen), request.size, selective=spec.selective)),
    )


def _wanted(request: QueueRequest, needs: tuple[str, ...]) -> queue_needs.Wanted:
    return queue_needs.Wanted(
        needs=needs, model=request.model, head=request.head, features=request.features
    )


def _pool_ids(workspace: Workspace, dataset: Dataset, request: QueueRequest) -> pd.Index:
    """Ids of the dataset or of a selection, in the order of the catalogue."""
    table = object_table(dataset)
    table.positions(request.like)
    if not request.selection:
        return table.index
    chosen = open_selection(workspace, dataset, request.selection).object_ids
    return table.index[table.index.isin(chosen)]


def _fewer(n: int, size: int, *, selective: bool) -> tuple[str, ...]:
    if n >= size:
        return ()
    if selective:
        return (f"Only {n:,} galaxies are of this kind.",)
    return (f"There are only {n:,} galaxies to choose from.",)
