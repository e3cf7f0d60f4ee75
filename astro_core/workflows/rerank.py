"""Put what nobody has looked at yet of a queue in the order that a newer model gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Person, require
from astro_core.errors import BadInputError
from astro_core.labels.acquisition import ACQUISITIONS, choose
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows import queue_needs
from astro_core.workflows.queue_labels import looked_at_enough
from astro_core.workflows.queue_pool import make_pool
from astro_core.workflows.taxonomies import queue_taxonomy
from astro_core.workspace import Workspace

KIND = "rerank"
USUAL = "margin_drawn"  # for queues that were made without a model


@dataclass(frozen=True, kw_only=True)
class Reranked:
    """What came of it.

    Attributes
    ----------
    n_waiting : int
        Galaxies that nobody had looked at.
    n_moved : int
        Those that got another place.
    notes : tuple of str
        What a person needs to know, in sentences.
    """

    queue_id: str
    strategy: str
    model: str
    n_waiting: int
    n_moved: int
    notes: tuple[str, ...]


def own_strategy(request: Mapping[str, Any]) -> str:
    """The strategy by which a queue is put in order anew: its own, if that asks a model."""
    own = str(request.get("strategy", ""))
    return own if own in strategies() else USUAL


def strategies() -> tuple[str, ...]:
    """Names of those by which a queue can be put in order with a model."""
    asks = {"probabilities", "members", "set_threshold"}
    return tuple(spec.name for spec in ACQUISITIONS if asks & set(spec.needs))


def runs_needed(
    workspace: Workspace, dataset: Dataset, *, model: str, strategy: str
) -> tuple[str, ...]:
    """Have made what `rerank` needs and is not there; returns the runs that are not done yet.

    Raises
    ------
    NotFoundError, BadInputError
        As `queue_needs.submit_missing`.
    """
    return queue_needs.submit_missing(workspace, dataset, _wanted(model, strategy))


def rerank(
    workspace: Workspace,
    dataset: Dataset,
    queue_id: str,
    *,
    model: str,
    strategy: str = "",
    who: Person,
) -> Reranked:
    """Put the waiting galaxies of a queue in another order; all of `runs_needed` is there.

    Who was looked at, is being looked at, was drawn for control or is gold, keeps its place. The
    queue remembers the model and the strategy, and an event says who did this.

    Parameters
    ----------
    model : str
        Id of a training or of folds, or name of a model.
    strategy : str
        Name in `ACQUISITIONS`; empty for `own_strategy`.

    Raises
    ------
    ForbiddenError
        For anybody but a lead.
    NotFoundError
        If there is no such queue, model or strategy.
    BadInputError
        If nothing is left to look at, or the model cannot be used for this.
    """
    from astro_core.labels.leases import request_of
    from astro_core.labels.reorder import reorder, waiting
    from astro_core.labels.store import open_store

    require(who, "lead", "change the order of a queue")
    store = open_store(workspace)
    request = request_of(store, queue_id)
    strategy = strategy or own_strategy(request)
    left = waiting(store, queue_id)
    if not left:
        raise BadInputError("Every galaxy of this queue was looked at, or somebody looks at it now")
    order, notes = _order(workspace, dataset, left, model, strategy, request)
    reason = f"Order by {strategy} of the model {model}"
    before = request.get("model")
    moved = reorder(
        store, queue_id, order, who=who.name,
        reason=f"{reason}, {before} before" if before else reason,
        request={"model": model, "strategy": strategy},
    )  # fmt: skip
    return Reranked(
        queue_id=queue_id, strategy=strategy, model=model, n_waiting=len(left), n_moved=moved,
        notes=notes,
    )  # fmt: skip


def _order(
    workspace: Workspace,
    dataset: Dataset,
    ids: Sequence[str],
    model: str,
    strategy: str,
    request: Mapping[str, Any],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    from astro_core.labels.rules import ReviewRules

    source = queue_needs.found(workspace, dataset, _wanted(model, strategy))
    taxonomy = queue_taxonomy(workspace, dataset, request).name
    done = looked_at_enough(workspace, dataset, ReviewRules(), taxonomy)
    left = pd.Index(list(ids))
    pool, notes = make_pool(
        workspace, dataset, left, source, labelled=done, like=(), taxonomy=taxonomy
    )
    seed = int(request.get("seed", 0))
    return choose(pool, strategy, len(pool), seed=seed).object_ids, notes


def _wanted(model: str, strategy: str) -> queue_needs.Wanted:
    return queue_needs.Wanted(needs=ACQUISITIONS.get(strategy).needs, model=model)


def submit_rerank(
    workspace: Workspace, dataset: Dataset, queue_id: str, *, model: str, strategy: str, who: Person
) -> str:
    """Have a queue put in order as soon as all that this needs is there; returns the run's id.

    Parameters
    ----------
    model : str
        Id of a finished training or of folds, or name of a model.

    Raises
    ------
    ForbiddenError
        For anybody but a lead.
    NotFoundError
        If there is no such strategy.
    """
    require(who, "lead", "change the order of a queue")
    ACQUISITIONS.get(strategy)
    asked = after_training(queue_id, dataset.name, strategy=strategy, who=who)
    params = {**asked["params"], "model": model}
    return runs.submit(workspace, asked["kind"], params, title=asked["title"])


def after_training(queue_id: str, dataset: str, *, strategy: str, who: Person) -> dict[str, Any]:
    """What a training does when it is there: a run of this kind; see `train.submit_training`."""
    params = {"dataset": dataset, "queue": queue_id, "strategy": strategy, "who": who.name}
    return {"kind": KIND, "params": params, "title": f"New order of a queue of {dataset}"}


def run_rerank(context: RunContext) -> dict[str, Any]:
    """Run kind "rerank". Params: dataset, queue (id), model (id of a training), strategy, who.

    What it needs and is not there is submitted, and with it a run like this one, told as
    ``then``, that begins when all of it is done. Whoever is named was a lead when the run was
    asked for.
    """
    asked, workspace = context.params, context.workspace
    dataset = open_dataset(workspace, asked["dataset"])
    model, strategy = asked["model"], asked["strategy"]
    if needed := runs_needed(workspace, dataset, model=model, strategy=strategy):
        title = runs.get_run(workspace, context.run_id).title
        return {"then": runs.submit(workspace, KIND, asked, title=title, after=needed)}
    who = Person(name=asked["who"])
    told = rerank(workspace, dataset, asked["queue"], model=model, strategy=strategy, who=who)
    context.log(f"{told.n_moved:,} of {told.n_waiting:,} galaxies got another place")
    return asdict(told) | {"notes": list(told.notes)}


RUN_KINDS.add(RunKind(name=KIND, label="New order", function=run_rerank))
