"""Features of a dataset: have them computed, list and open them, turn them back into images.

What is done is kept under the set's key when a run is stopped or its process dies; the next run
for the same set goes on from there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core import runs
from astro_core.datasets.store import list_datasets, open_dataset
from astro_core.domain import Dataset, RenderRecipe, Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.features import EXTRACTORS
from astro_core.params import from_mapping, to_mapping
from astro_core.workflows.feature_cost import seconds_per_object
from astro_core.workflows.feature_parts import count_measured
from astro_core.workflows.feature_plan import FeaturePlan, plan_features
from astro_core.workflows.feature_store import (
    META,
    FeatureSet,
    delete_features,
    describe_features,
    feature_problems,
    features_path,
    features_table,
    list_features,
    open_features,
    open_model,
    partial_path,
)
from astro_core.workflows.stack import stamps
from astro_core.workspace import Workspace

__all__ = [
    "FeaturePlan",
    "FeatureSet",
    "WorkAhead",
    "active_features",
    "delete_features",
    "describe_features",
    "explained_variance",
    "feature_problems",
    "features_table",
    "find_features",
    "list_features",
    "open_features",
    "plan_features",
    "reconstruct",
    "reduced",
    "submit_features",
    "work_ahead",
]

STAMP_RUN = "features"
OBJECT_RUN = "features-objects"


def find_features(workspace: Workspace, plan: FeaturePlan) -> str | None:
    """Return the key of what a plan would make, if it is there already."""
    return plan.key if (features_path(workspace, plan.key) / META).exists() else None


@dataclass(frozen=True, kw_only=True)
class WorkAhead:
    """What computing features would take.

    Attributes
    ----------
    n_objects, n_done : int
        Objects that are meant, and those that an earlier run has measured already.
    seconds : float
        Roughly, on this machine's cores with nothing else to do.
    """

    n_objects: int
    n_done: int
    seconds: float


def work_ahead(workspace: Workspace, plan: FeaturePlan) -> WorkAhead:
    """Say beforehand what computing features would take; measured on the first few objects."""
    n = len(plan.rows())
    done = count_measured(partial_path(workspace, plan.key)) if plan.spec.measure else 0
    if plan.spec.measure and n > done:
        each = seconds_per_object(plan) / (os.cpu_count() or 1)
    else:
        each = plan.spec.seconds_per_object
    return WorkAhead(n_objects=n, n_done=done, seconds=each * (n - done))


def submit_features(
    workspace: Workspace,
    dataset_name: str,
    extractor: str,
    params: Mapping[str, Any],
    *,
    sample: int | None = None,
    seed: int = 0,
) -> Run:
    """Have features computed; if that is under way already, return the run that does it.

    Parameters
    ----------
    params : Mapping
        Settings of the extractor; what is left out takes its default.
    sample : int, optional
        Compute them for that many objects only, drawn with `seed`.

    Raises
    ------
    NotFoundError, BadInputError
        See `plan_features`.
    """
    dataset = open_dataset(workspace, dataset_name)
    plan = plan_features(dataset, extractor, params, sample=sample, seed=seed)
    for run in active_features(workspace):
        if run.params["key"] == plan.key:
            return run
    asked = {
        "dataset": dataset.name,
        "extractor": extractor,
        "params": to_mapping(plan.params),
        "sample": plan.sample,
        "seed": seed,
        "key": plan.key,
    }
    kind = STAMP_RUN if plan.spec.learn else OBJECT_RUN
    run_id = runs.submit(workspace, kind, asked, title=f"{plan.spec.label}: {dataset.name}")
    return runs.get_run(workspace, run_id)


def active_features(workspace: Workspace) -> tuple[Run, ...]:
    """Runs that compute features and have not ended, the newest first."""
    kinds = (STAMP_RUN, OBJECT_RUN)
    return tuple(r for r in runs.list_runs(workspace) if r.kind in kinds and not r.finished)


def explained_variance(workspace: Workspace, key: str) -> NDArray[np.float64] | None:
    """Share of the variance of the images that each component explains, the largest first.

    Returns
    -------
    array of float64, shape (n_features,), or None
        None for features that are not components.
    """
    return open_model(workspace, key).get("explained")


def reconstruct(
    workspace: Workspace, key: str, vectors: NDArray[np.float32]
) -> NDArray[np.uint8] | None:
    """Turn vectors back into images: of a galaxy, or of the centre of a group.

    Parameters
    ----------
    vectors : array, shape (n, n_features)
        In the space of ``open_features(workspace, key).values``.

    Returns
    -------
    array of uint8, shape (n, size_px, size_px, 3), or None
        None where the extractor cannot do that.

    Raises
    ------
    BadInputError
        If the vectors have another number of features.
    """
    features = open_features(workspace, key)
    spec = EXTRACTORS.get(features.extractor)
    if spec.reconstruct is None:
        return None
    wanted = np.asarray(vectors, dtype=np.float32)
    if wanted.ndim != 2 or wanted.shape[1] != len(features.names):
        raise BadInputError(
            "These vectors do not belong to these features",
            expected=f"an array of shape (n, {len(features.names)})",
            given=f"an array of shape {wanted.shape}",
        )
    return spec.reconstruct(open_model(workspace, key), wanted)


def reduced(
    workspace: Workspace, key: str, object_ids: Sequence[str]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return images as the components saw them, and what the components keep of them.

    Returns
    -------
    originals, reduced : arrays of uint8, shape (n, size_px, size_px, 3)
        In the order asked for.

    Raises
    ------
    NotFoundError
        For an object without features, or if the dataset has changed or was deleted.
    BadInputError
        If these features cannot be turned back into images.
    """
    about, features = describe_features(workspace, key), open_features(workspace, key)
    spec = EXTRACTORS.get(about.extractor)
    if about.recipe is None or spec.show is None or spec.reconstruct is None:
        raise BadInputError(f"{about.label} cannot be turned back into images")
    row_of = {object_id: row for row, object_id in enumerate(features.object_ids)}
    missing = [object_id for object_id in object_ids if object_id not in row_of]
    if missing:
        raise NotFoundError(f"There are no features of '{missing[0]}' in this set")
    dataset = _dataset_of(workspace, about)
    images, _ = stamps(workspace, dataset, RenderRecipe.from_json(about.recipe), object_ids)
    vectors = features.values[[row_of[object_id] for object_id in object_ids]]
    originals = spec.show(images, from_mapping(spec.params, about.params))
    return originals, spec.reconstruct(open_model(workspace, key), vectors)


def _dataset_of(workspace: Workspace, about: FeatureSet) -> Dataset:
    for dataset in list_datasets(workspace):
        if dataset.fingerprint == about.fingerprint:
            return dataset
    raise NotFoundError(
        f"Dataset '{about.dataset}' has changed or was deleted",
        todo="Compute the features again",
    )
